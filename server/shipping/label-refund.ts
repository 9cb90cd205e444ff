// Voiding a label that was bought: what is committed before the provider is asked, and what its answers do.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { HOUR, plus } from '../lib/time.ts'
import type { ProvidedShipment } from '../ports.ts'
import { CERTAIN_MS, type Label, LOOK_AGAIN_MS, lockLabel, setLabel } from './label-rows.ts'

/** Carriers take days to pay back. */
const REFUND_LOOK_MS = 6 * HOUR

/** Commits to voiding a label that no carrier has scanned. */
export async function beginRefund(tx: Tx, act: Act, input: { labelId: string }): Promise<{ externalId: string }> {
  const { label, shipment } = await lockLabel(tx, input.labelId)
  if (label.state !== 'bought' || label.external_id === null)
    throw new AppError('conflict', 'Only a label that was bought and not voided yet can be voided.')
  if (shipment.first_scan_at !== null)
    throw new AppError('conflict', 'The carrier has scanned this parcel: its label cannot be voided any more.')
  await setLabel(tx, label.id, {
    state: 'refund asked',
    voiding_since: act.now,
    next_look_at: plus(act.now, LOOK_AGAIN_MS),
    error: null,
  })
  return { externalId: label.external_id }
}

/** What the provider says of a refund: taken, paid, refused, or (null) never asked. An answer that comes late counts. */
export async function recordRefund(
  tx: Tx,
  act: Act,
  input: { labelId: string; refund: ProvidedShipment['refund'] },
): Promise<void> {
  const { label, shipment } = await lockLabel(tx, input.labelId)
  const { refund } = input
  const isLate = label.state === 'bought' && refund !== null
  if (label.state !== 'refund asked' && !isLate) return
  if (refund === null)
    return unrefund(tx, label.id, 'The carrier’s service never heard that it was voided: void it again.')
  const isNews = refund !== 'submitted' || label.voided_at === null
  const state = { submitted: 'refund asked', refunded: 'refunded', rejected: 'refund refused' }[refund]
  await setLabel(tx, label.id, {
    state,
    voided_at: refund === 'rejected' ? label.voided_at : (label.voided_at ?? act.now),
    next_look_at: refund === 'submitted' ? plus(act.now, REFUND_LOOK_MS) : null,
    error: refund === 'rejected' ? 'The carrier refused to take the label back: it stands, and can be used.' : null,
  })
  if (!isNews) return
  const event: NewEvent = {
    kind: 'shipment.label_refunded',
    shipmentId: shipment.id,
    personId: shipment.person_id,
    occurredAt: act.now,
    actor: act.actor,
    payload: { labelId: label.id, state: refund },
  }
  await record(tx, act.now, [event])
}

/** It was not voided: the label stands. */
export async function unrefund(tx: Tx, labelId: string, why: string): Promise<void> {
  const { label } = await lockLabel(tx, labelId)
  if (label.state !== 'refund asked' || label.voided_at !== null) return
  await setLabel(tx, labelId, { state: 'bought', next_look_at: null, error: why.slice(0, 1000) })
}

/** Unheard for so long it was never asked; sooner, the question may still be under way. */
export async function settleRefund(
  tx: Tx,
  act: Act,
  { label, refund }: { label: Label; refund: ProvidedShipment['refund'] },
): Promise<void> {
  const isCertain = label.voiding_since === null || plus(label.voiding_since, CERTAIN_MS) <= act.now
  if (refund !== null || isCertain) return recordRefund(tx, act, { labelId: label.id, refund })
  await setLabel(tx, label.id, { next_look_at: plus(act.now, LOOK_AGAIN_MS) })
}
