// What only a person can do about a parcel: added once per reason, done with one click.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, logText } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { Carrier } from '../ports.ts'
import { lockShipment } from './holds.ts'

/** The task of having a parcel on its way stopped; there is one per parcel. */
export const CALL_CARRIER = 'call-carrier'

/** Whom to call, and what to ask for. No number is given: one that is wrong, or planted, would be worse than none. */
export function callCarrier(carrier: string | null): string {
  const who = carrier ?? 'the carrier'
  return `The parcel is on its way: call ${who} and ask for it to be stopped and sent back. Take customer service's number from ${who}'s own web site or the account's contract, never from a mail, and have the tracking number at hand.`
}

/** Adds a task; the same key again adds nothing. The event is the caller's to record. */
export async function addShipmentTask(
  tx: Tx,
  act: Act,
  input: { shipmentId: string; key: string; task: string; noteId?: string | undefined },
): Promise<NewEvent[]> {
  const id = newId('tsk')
  const inserted = await tx
    .insertInto('shipment_tasks')
    .values({ id, shipment_id: input.shipmentId, key: input.key, task: input.task, added_at: act.now })
    .onConflict((oc) => oc.columns(['shipment_id', 'key']).doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) return []
  const payload = { taskId: id, task: input.task, ...(input.noteId === undefined ? {} : { noteId: input.noteId }) }
  return [{ kind: 'shipment.task_added', shipmentId: input.shipmentId, occurredAt: act.now, actor: act.actor, payload }]
}

/** Marks a task done; one that is done already stays as it is. Returns its parcel and key. */
export async function finishShipmentTask(
  tx: Tx,
  act: Act,
  input: { taskId: string },
): Promise<{ shipmentId: string; key: string }> {
  const task = await tx.selectFrom('shipment_tasks').selectAll().where('id', '=', input.taskId).executeTakeFirst()
  if (task === undefined) throw new AppError('not_found', 'There is no such task.')
  const found = { shipmentId: task.shipment_id, key: task.key }
  await lockShipment(tx, task.shipment_id)
  const done = await tx
    .updateTable('shipment_tasks')
    .set({ done_at: act.now, done_by: JSON.stringify(act.actor) })
    .where('id', '=', task.id)
    .where('done_at', 'is', null)
    .executeTakeFirst()
  if (done.numUpdatedRows === 0n) return found
  await record(tx, act.now, [
    {
      kind: 'shipment.task_done',
      shipmentId: task.shipment_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { taskId: task.id },
    },
  ])
  return found
}

/** Statuses in which a carrier has the parcel and could still stop it. */
export const interceptable = ['shipped', 'at the counter']

/** A person wants a parcel on its way stopped: a task that says whom to call, until the carrier's service took it. */
export async function stopShipment(tx: Tx, act: Act, input: { shipmentId: string; reason: string }): Promise<void> {
  const row = await lockShipment(tx, input.shipmentId)
  if (!interceptable.includes(row.status))
    throw new AppError(
      'conflict',
      ['ordered', 'packed'].includes(row.status)
        ? 'It has not left: hold it instead.'
        : `It is ${row.status}: no carrier can stop it any more.`,
    )
  const noteId = await keepNote(tx, act.now, input.reason)
  const events = await addShipmentTask(tx, act, {
    shipmentId: row.id,
    key: CALL_CARRIER,
    task: callCarrier(row.carrier),
    noteId,
  })
  if (events.length === 0) throw new AppError('conflict', 'It was asked for already: see the tasks of this shipment.')
  await record(tx, act.now, events)
}

interface InterceptDesk {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  carrier: Carrier
  log: { error(message: string): void }
}

/**
 * Asks the provider, once per task, to stop the parcels that somebody or a rule wants stopped. Where it can, the task is
 * done; where it cannot, or nobody knows, the task stays with people.
 */
export async function askToStop(desk: InterceptDesk, act: Act): Promise<void> {
  const open = await desk.run((tx) =>
    tx
      .selectFrom('shipment_tasks')
      .innerJoin('labels', 'labels.shipment_id', 'shipment_tasks.shipment_id')
      .select(['shipment_tasks.id', 'labels.external_id'])
      .where('key', '=', CALL_CARRIER)
      .where('done_at', 'is', null)
      .where('shipment_tasks.asked_at', 'is', null)
      .where('labels.state', '=', 'bought')
      .where('labels.provider', '=', desk.carrier.name)
      .execute(),
  )
  for (const { id, external_id } of open) {
    // Asked once at most: an interception that was asked for twice may be charged twice.
    const claimed = await desk.run((tx) =>
      tx
        .updateTable('shipment_tasks')
        .set({ asked_at: act.now })
        .where('id', '=', id)
        .where('asked_at', 'is', null)
        .executeTakeFirst(),
    )
    if (claimed.numUpdatedRows === 0n || external_id === null) continue
    try {
      if (await desk.carrier.intercept({ externalId: external_id }))
        await desk.run((tx) => finishShipmentTask(tx, act, { taskId: id }))
    } catch (error) {
      desk.log.error(`the carrier could not be asked to stop a parcel: ${logText(error)}`)
    }
  }
}
