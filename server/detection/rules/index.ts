// The rules, one line each: what is not listed here does not run.
import type { RuleDefinition } from '../rule.ts'
import { addressChangedBeforeDispatch } from './address-changed-before-dispatch.ts'
import { addressChangedByPreparer } from './address-changed-by-preparer.ts'
import { addressChangedInFlight } from './address-changed-in-flight.ts'
import { addressChangedRepeatedly } from './address-changed-repeatedly.ts'
import { addressNotApproved } from './address-not-approved.ts'
import { addressUndeliverable } from './address-undeliverable.ts'
import { addresseeMismatch } from './addressee-mismatch.ts'
import { checkInAbroad } from './check-in-abroad.ts'
import { checkInBeforeDelivery } from './check-in-before-delivery.ts'
import { deliveredAndSilent } from './delivered-and-silent.ts'
import { deliveredElsewhere } from './delivered-elsewhere.ts'
import { destinationChanged } from './destination-changed.ts'
import { firstCheckInFar } from './first-check-in-far.ts'
import { kvmHardware } from './kvm-hardware.ts'
import { labelWithoutScan } from './label-without-scan.ts'
import { parcelForwarded } from './parcel-forwarded.ts'
import { parcelHeldForPickup } from './parcel-held-for-pickup.ts'
import { parcelRedirected } from './parcel-redirected.ts'
import { parcelStalled } from './parcel-stalled.ts'
import { remoteToolEarly } from './remote-tool-early.ts'
import { remoteToolsSeveral } from './remote-tools-several.ts'
import { returnFromElsewhere } from './return-from-elsewhere.ts'
import { returnOfAnother } from './return-of-another.ts'
import { returnOverdue } from './return-overdue.ts'
import { secondDeviceSoon } from './second-device-soon.ts'
import { shipToDiffersFromHome } from './ship-to-differs-from-home.ts'
import { shipToDiffersFromIdentity } from './ship-to-differs-from-identity.ts'
import { shippedToForwarder } from './shipped-to-forwarder.ts'
import { shippedToMailDrop } from './shipped-to-mail-drop.ts'
import { signedByStranger } from './signed-by-stranger.ts'
import { signerShared } from './signer-shared.ts'

export const rules: readonly RuleDefinition[] = [
  addressChangedBeforeDispatch,
  addressChangedInFlight,
  addressNotApproved,
  addressChangedRepeatedly,
  addressChangedByPreparer,
  addressUndeliverable,
  addresseeMismatch,
  shipToDiffersFromHome,
  shipToDiffersFromIdentity,
  secondDeviceSoon,
  parcelStalled,
  labelWithoutScan,
  shippedToForwarder,
  shippedToMailDrop,
  parcelRedirected,
  parcelForwarded,
  destinationChanged,
  parcelHeldForPickup,
  deliveredElsewhere,
  signedByStranger,
  signerShared,
  checkInBeforeDelivery,
  deliveredAndSilent,
  firstCheckInFar,
  checkInAbroad,
  remoteToolEarly,
  remoteToolsSeveral,
  kvmHardware,
  returnOverdue,
  returnFromElsewhere,
  returnOfAnother,
]

const byId = new Map(rules.map((rule) => [rule.id, rule]))

export const ruleById = (id: string): RuleDefinition | undefined => byId.get(id)
