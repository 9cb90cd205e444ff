// Cancels a parcel that was prepared by mistake and has not left: its laptops are where they were, and free again.
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { keepNote, record, refoldDevices } from '../custody/record.ts'
import { withdrawHandover } from '../devices/handovers.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { involvedIn, lockShipment, stoppable } from './holds.ts'
import { labelInForce, labelsOf } from './label-rows.ts'

/**
 * The parcel no longer counts; what happened to it stays in its laptops' timelines. A held one is a second person's to
 * cancel. Throws 'conflict' for one that has left, comes back, or has a label that is not voided.
 */
export async function cancelShipment(tx: Tx, act: Act, input: { shipmentId: string; reason: string }): Promise<void> {
  const shipment = await lockShipment(tx, input.shipmentId)
  if (shipment.direction === 'return')
    throw new AppError('conflict', 'This parcel brings a laptop back: close its return instead.')
  if (!stoppable.includes(shipment.status) || shipment.first_scan_at !== null)
    throw new AppError('conflict', 'It has left: have it stopped instead.')
  // A hold is not got round by preparing the same again.
  if (shipment.held_at !== null)
    await requireSecondPerson(tx, act, { involved: await involvedIn(tx, shipment), since: shipment.held_at })
  await requireNoLabel(tx, shipment.id)
  const open = await tx
    .selectFrom('handovers')
    .select('id')
    .where('shipment_id', '=', shipment.id)
    .where('status', '=', 'open')
    .orderBy('id')
    .execute()
  for (const { id } of open) await withdrawHandover(tx, act, { handoverId: id, reason: input.reason })
  await tx.updateTable('shipments').set({ withdrawn_at: act.now }).where('id', '=', shipment.id).execute()
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'shipment.withdrawn',
      shipmentId: shipment.id,
      personId: shipment.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { noteId },
    },
  ])
  const carried = await tx
    .selectFrom('shipment_devices')
    .select('device_id')
    .where('shipment_id', '=', shipment.id)
    .execute()
  await refoldDevices(
    tx,
    carried.map((row) => row.device_id),
  )
}

/** Money is asked back, or known not to be spent, before the parcel is gone from every list. Rates that were asked for are given up. */
async function requireNoLabel(tx: Tx, shipmentId: string): Promise<void> {
  const labels = await labelsOf(tx, shipmentId)
  if (labelInForce(labels) !== undefined) throw new AppError('conflict', 'It has a label: void that first.')
  const isOpen = labels.some(
    (label) => label.state === 'buying' || (label.state === 'refund asked' && !label.voided_at),
  )
  if (isOpen) throw new AppError('conflict', 'Its label is not settled with the carrier yet: try again in a minute.')
  await tx
    .updateTable('labels')
    .set({ state: 'given up', next_look_at: null })
    .where('shipment_id', '=', shipmentId)
    .where('state', 'in', ['quoting', 'quoted'])
    .execute()
}
