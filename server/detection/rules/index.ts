// The rules, one line each: what is not listed here does not run.
import type { RuleDefinition } from '../rule.ts'
import { addressChangedBeforeDispatch } from './address-changed-before-dispatch.ts'
import { addressChangedInFlight } from './address-changed-in-flight.ts'
import { checkInAbroad } from './check-in-abroad.ts'
import { checkInBeforeDelivery } from './check-in-before-delivery.ts'
import { deliveredAndSilent } from './delivered-and-silent.ts'
import { deliveredElsewhere } from './delivered-elsewhere.ts'
import { firstCheckInFar } from './first-check-in-far.ts'
import { kvmHardware } from './kvm-hardware.ts'
import { parcelRedirected } from './parcel-redirected.ts'
import { remoteToolEarly } from './remote-tool-early.ts'
import { remoteToolsSeveral } from './remote-tools-several.ts'
import { shippedToForwarder } from './shipped-to-forwarder.ts'
import { shippedToMailDrop } from './shipped-to-mail-drop.ts'

export const rules: readonly RuleDefinition[] = [
  addressChangedBeforeDispatch,
  addressChangedInFlight,
  shippedToForwarder,
  shippedToMailDrop,
  parcelRedirected,
  deliveredElsewhere,
  checkInBeforeDelivery,
  deliveredAndSilent,
  firstCheckInFar,
  checkInAbroad,
  remoteToolEarly,
  remoteToolsSeveral,
  kvmHardware,
]

const byId = new Map(rules.map((rule) => [rule.id, rule]))

export const ruleById = (id: string): RuleDefinition | undefined => byId.get(id)
