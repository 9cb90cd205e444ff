// The rules, one line each: what is not listed here does not run.
import type { RuleDefinition } from '../rule.ts'
import { addressChangedBeforeDispatch } from './address-changed-before-dispatch.ts'
import { addressChangedByPreparer } from './address-changed-by-preparer.ts'
import { addressChangedInFlight } from './address-changed-in-flight.ts'
import { addressChangedRepeatedly } from './address-changed-repeatedly.ts'
import { addressNotApproved } from './address-not-approved.ts'
import { addressOfClosedCase } from './address-of-closed-case.ts'
import { addressShared } from './address-shared.ts'
import { addressUndeliverable } from './address-undeliverable.ts'
import { addresseeMismatch } from './addressee-mismatch.ts'
import { agentRemoved } from './agent-removed.ts'
import { checkInAbroad } from './check-in-abroad.ts'
import { checkInBeforeDelivery } from './check-in-before-delivery.ts'
import { contextSigns } from './context-signs.ts'
import { deliveredAndSilent } from './delivered-and-silent.ts'
import { deliveredElsewhere } from './delivered-elsewhere.ts'
import { destinationChanged } from './destination-changed.ts'
import { duplicateSerialLive } from './duplicate-serial-live.ts'
import { enrolmentDoubtful } from './enrolment-doubtful.ts'
import { farm } from './farm.ts'
import { firstCheckInFar } from './first-check-in-far.ts'
import { goneSilent } from './gone-silent.ts'
import { hardwareSwapped } from './hardware-swapped.ts'
import { hostingOrVpnExit } from './hosting-or-vpn-exit.ts'
import { impossibleTravel } from './impossible-travel.ts'
import { kvmHardware } from './kvm-hardware.ts'
import { kvmOnLan } from './kvm-on-lan.ts'
import { labelWithoutScan } from './label-without-scan.ts'
import { namedVpn } from './named-vpn.ts'
import { neverAtHome } from './never-at-home.ts'
import { parcelForwarded } from './parcel-forwarded.ts'
import { parcelHeldForPickup } from './parcel-held-for-pickup.ts'
import { parcelRedirected } from './parcel-redirected.ts'
import { parcelStalled } from './parcel-stalled.ts'
import { phoneShared } from './phone-shared.ts'
import { remoteLoginEnabled } from './remote-login-enabled.ts'
import { remoteToolEarly } from './remote-tool-early.ts'
import { remoteToolUnapproved } from './remote-tool-unapproved.ts'
import { remoteToolsSeveral } from './remote-tools-several.ts'
import { returnFromElsewhere } from './return-from-elsewhere.ts'
import { returnOfAnother } from './return-of-another.ts'
import { returnOverdue } from './return-overdue.ts'
import { secondDeviceSoon } from './second-device-soon.ts'
import { shipToDiffersFromHome } from './ship-to-differs-from-home.ts'
import { shipToDiffersFromIdentity } from './ship-to-differs-from-identity.ts'
import { shippedToForwarder } from './shipped-to-forwarder.ts'
import { shippedToLodgingOrStorage } from './shipped-to-lodging-or-storage.ts'
import { shippedToMailDrop } from './shipped-to-mail-drop.ts'
import { shippedToPickupCounter } from './shipped-to-pickup-counter.ts'
import { shippedToPoBox } from './shipped-to-po-box.ts'
import { shippedToVirtualOffice } from './shipped-to-virtual-office.ts'
import { signedByStranger } from './signed-by-stranger.ts'
import { signerShared } from './signer-shared.ts'
import { siteOfClosedCase } from './site-of-closed-case.ts'
import { siteSharedAccessPoint } from './site-shared-access-point.ts'
import { siteSharedNetwork } from './site-shared-network.ts'
import { siteSharedPeripheral } from './site-shared-peripheral.ts'
import { timeZoneMismatch } from './time-zone-mismatch.ts'
import { tunnelOrMeshVpn } from './tunnel-or-mesh-vpn.ts'
import { unattendedAccess } from './unattended-access.ts'
import { unknownDevice } from './unknown-device.ts'
import { wokeAbroad } from './woke-abroad.ts'
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
  shippedToVirtualOffice,
  shippedToPoBox,
  shippedToPickupCounter,
  shippedToLodgingOrStorage,
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
  wokeAbroad,
  firstCheckInFar,
  checkInAbroad,
  neverAtHome,
  impossibleTravel,
  timeZoneMismatch,
  hostingOrVpnExit,
  namedVpn,
  remoteToolEarly,
  remoteToolsSeveral,
  remoteToolUnapproved,
  unattendedAccess,
  tunnelOrMeshVpn,
  kvmHardware,
  kvmOnLan,
  contextSigns,
  remoteLoginEnabled,
  hardwareSwapped,
  duplicateSerialLive,
  enrolmentDoubtful,
  wrongUser,
  unknownDevice,
  returnOverdue,
  returnFromElsewhere,
  returnOfAnother,
  addressShared,
  addressOfClosedCase,
  phoneShared,
  siteSharedNetwork,
  siteSharedAccessPoint,
  siteSharedPeripheral,
  farm,
  siteOfClosedCase,
]

const byId = new Map(rules.map((rule) => [rule.id, rule]))

export const ruleById = (id: string): RuleDefinition | undefined => byId.get(id)
