// The rules, one line each: what is not listed here does not run.
import type { RuleDefinition } from '../rule.ts'
import { addressChangedBeforeDispatch } from './address-changed-before-dispatch.ts'
import { addressChangedByPreparer } from './address-changed-by-preparer.ts'
import { addressChangedInFlight } from './address-changed-in-flight.ts'
import { addressChangedRepeatedly } from './address-changed-repeatedly.ts'
import { addressNotApproved } from './address-not-approved.ts'
import { addressUndeliverable } from './address-undeliverable.ts'
import { addresseeMismatch } from './addressee-mismatch.ts'
import { agentRemoved } from './agent-removed.ts'
import { checkInAbroad } from './check-in-abroad.ts'
import { checkInBeforeDelivery } from './check-in-before-delivery.ts'
import { deliveredAndSilent } from './delivered-and-silent.ts'
import { deliveredElsewhere } from './delivered-elsewhere.ts'
import { destinationChanged } from './destination-changed.ts'
import { duplicateSerialLive } from './duplicate-serial-live.ts'
import { enrolmentDoubtful } from './enrolment-doubtful.ts'
import { firstCheckInFar } from './first-check-in-far.ts'
import { goneSilent } from './gone-silent.ts'
import { hardwareSwapped } from './hardware-swapped.ts'
import { hostingOrVpnExit } from './hosting-or-vpn-exit.ts'
import { impossibleTravel } from './impossible-travel.ts'
import { kvmHardware } from './kvm-hardware.ts'
import { labelWithoutScan } from './label-without-scan.ts'
import { namedVpn } from './named-vpn.ts'
import { neverAtHome } from './never-at-home.ts'
import { parcelForwarded } from './parcel-forwarded.ts'
import { parcelHeldForPickup } from './parcel-held-for-pickup.ts'
import { parcelRedirected } from './parcel-redirected.ts'
import { parcelStalled } from './parcel-stalled.ts'
import { remoteLoginEnabled } from './remote-login-enabled.ts'
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
import { timeZoneMismatch } from './time-zone-mismatch.ts'
import { unknownDevice } from './unknown-device.ts'
import { wrongUser } from './wrong-user.ts'

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
  goneSilent,
  agentRemoved,
  firstCheckInFar,
  checkInAbroad,
  neverAtHome,
  impossibleTravel,
  timeZoneMismatch,
  hostingOrVpnExit,
  namedVpn,
  remoteToolEarly,
  remoteToolsSeveral,
  kvmHardware,
  remoteLoginEnabled,
  hardwareSwapped,
  duplicateSerialLive,
  enrolmentDoubtful,
  wrongUser,
  unknownDevice,
  returnOverdue,
  returnFromElsewhere,
  returnOfAnother,
]

const byId = new Map(rules.map((rule) => [rule.id, rule]))

export const ruleById = (id: string): RuleDefinition | undefined => byId.get(id)
