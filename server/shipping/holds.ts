// Holds: a shipment that may not be bought, printed, handed over or released by the one who prepared it.
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { type Actor, actorSchema, type NewEvent } from '../custody/events.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { type Shipment, wakeSetAside } from './shipments.ts'

/** Locks a parcel and reads it. Throws `not_found`. */
export async function lockShipment(tx: Tx, shipmentId: string): Promise<Shipment> {
  await lockSubjects(tx, { shipmentIds: [shipmentId] })
  const row = await tx
    .selectFrom('shipments')
    .selectAll()
    .where('id', '=', shipmentId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such shipment.')
  return row
}

/** Statuses in which the parcel is still in our hands, so that a hold can stop it. */
export const stoppable = ['ordered', 'packed']

export interface HoldInput {
  shipmentId: string
  findingId: string | null
  reason: string | null
}

/** Holds a parcel that has not left: the event is the caller's to record. None when it is held already or has left. */
export async function holdEvents(tx: Tx, act: Act, input: HoldInput): Promise<NewEvent[]> {
  const row = await lockShipment(tx, input.shipmentId)
  if (row.held_at !== null || !stoppable.includes(row.status)) return []
  const noteId = input.reason === null ? undefined : await keepNote(tx, act.now, input.reason)
  const by = act.actor.type === 'user' ? ('person' as const) : ('rule' as const)
  const payload = {
    by,
    findingId: input.findingId,
    preparedBy: actorSchema.parse(row.prepared_by),
    ...(noteId ? { noteId } : {}),
  }
  return [
    {
      kind: 'shipment.held',
      shipmentId: row.id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload,
    },
  ]
}

/** A person holds a parcel. */
export async function holdShipment(tx: Tx, act: Act, input: { shipmentId: string; reason: string }): Promise<void> {
  const events = await holdEvents(tx, act, { ...input, findingId: null })
  if (events.length === 0) throw new AppError('conflict', 'It is held already, or it has left: then call the carrier.')
  await record(tx, act.now, events)
}

/** Releases a hold: a second person, with a reason. */
export async function releaseShipment(tx: Tx, act: Act, input: { shipmentId: string; reason: string }): Promise<void> {
  const row = await lockShipment(tx, input.shipmentId)
  if (row.held_at === null) throw new AppError('conflict', 'This shipment is not held.')
  const { alone } = await requireSecondPerson(tx, act, { involved: await involvedIn(tx, row), since: row.held_at })
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'shipment.released',
      shipmentId: row.id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { alone, noteId },
    },
  ])
}

/** Who prepared or edited the parcel, or wrote the address it goes to. */
export async function involvedIn(tx: Tx, row: Shipment): Promise<Actor[]> {
  const edits = await tx
    .selectFrom('ledger')
    .select('actor')
    .where('shipment_id', '=', row.id)
    .where('kind', 'in', ['shipment.ordered', 'shipment.changed', 'shipment.prepared', 'shipment.packed'])
    .execute()
  const address = row.address_version_id
    ? await tx
        .selectFrom('address_versions')
        .select('author')
        .where('id', '=', row.address_version_id)
        .executeTakeFirst()
    : undefined
  return [row.prepared_by, ...edits.map((edit) => edit.actor), ...(address ? [address.author] : [])].map((actor) =>
    actorSchema.parse(actor),
  )
}

/** Packed: the device is in the box. */
export async function packShipment(tx: Tx, act: Act, input: { shipmentId: string }): Promise<void> {
  const row = await lockShipment(tx, input.shipmentId)
  if (row.held_at !== null)
    throw new AppError('conflict', 'This shipment is held: it cannot be packed until a second person releases it.')
  if (row.status !== 'ordered') throw new AppError('conflict', `It cannot be packed: it is ${row.status} already.`)
  await record(tx, act.now, [
    {
      kind: 'shipment.packed',
      shipmentId: row.id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: {},
    },
  ])
}

/** Shipped: handed to the carrier. Refused while it is held. */
export async function shipShipment(
  tx: Tx,
  act: Act,
  input: { shipmentId: string; trackingCode?: string | undefined },
): Promise<void> {
  const row = await lockShipment(tx, input.shipmentId)
  if (row.held_at !== null)
    throw new AppError(
      'conflict',
      'This shipment is held: it cannot be marked shipped until a second person releases it.',
    )
  if (!stoppable.includes(row.status))
    throw new AppError('conflict', `It cannot be marked shipped: it is ${row.status} already.`)
  if (input.trackingCode) {
    await tx.updateTable('shipments').set({ tracking_code: input.trackingCode }).where('id', '=', row.id).execute()
    await wakeSetAside(tx, act.now, input.trackingCode)
  }
  await record(tx, act.now, [
    {
      kind: 'shipment.shipped',
      shipmentId: row.id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: {},
    },
  ])
}
