// Compares the names on a parcel with its person's: whom it is addressed to, and who signed. Only results are recorded.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent, Payload } from '../custody/events.ts'
import { lockSubjects } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import type { NameMatch } from '../ports.ts'
import { compareNames, signerHash } from './names.ts'

/** Older parcels are left as they were read: no rule looks back further. */
const ANEW_MS = 180 * DAY

/** A parcel on its way out to somebody who was not erased; null for any other, of whom nothing is compared. */
async function parcelOf(tx: Tx, shipmentId: string) {
  const row = await tx
    .selectFrom('shipments')
    .innerJoin('people', 'people.id', 'shipments.person_id')
    .select(['shipments.id', 'addressee', 'signed_by', 'delivered_at', 'person_id', 'people.name', 'people.erased_at'])
    .where('shipments.id', '=', shipmentId)
    .where('direction', '=', 'out')
    .executeTakeFirst()
  if (row === undefined || row.erased_at !== null || row.name === null) return null
  return { ...row, person_id: row.person_id!, name: row.name }
}

/** Compares all names on a parcel anew, once its person is another one. Events are the caller's to record. */
export async function nameEvents(tx: Tx, act: Act, input: { shipmentId: string; at: Date }): Promise<NewEvent[]> {
  return [...(await addresseeEvents(tx, act, input)), ...(await signerEvents(tx, act, input.shipmentId))]
}

/**
 * Compares the names on what was sent to these people lately anew: once a name is another one, or somebody may sign for
 * them, or no longer may. A parcel that came counts as of its delivery. Events are the caller's to record.
 */
export async function nameEventsOf(tx: Tx, act: Act, personIds: (string | null)[]): Promise<NewEvent[]> {
  const ids = personIds.filter((id) => id !== null)
  if (ids.length === 0) return []
  const parcels = await tx
    .selectFrom('shipments')
    .select(['id', 'delivered_at'])
    .where('person_id', 'in', ids)
    .where('direction', '=', 'out')
    .where('ordered_at', '>', plus(act.now, -ANEW_MS))
    .where('withdrawn_at', 'is', null)
    .execute()
  // Whoever records a signer of one of them meanwhile comes before or after, and sees what we see.
  await lockSubjects(tx, { shipmentIds: parcels.map((parcel) => parcel.id) })
  const events: NewEvent[] = []
  for (const { id, delivered_at } of parcels)
    events.push(...(await nameEvents(tx, act, { shipmentId: id, at: delivered_at ?? act.now })))
  return events
}

/** Says anew how the addressee compares with the person, where that is not what was said last. Events are the caller's to record. */
async function addresseeEvents(tx: Tx, act: Act, input: { shipmentId: string; at: Date }): Promise<NewEvent[]> {
  const parcel = await parcelOf(tx, input.shipmentId)
  if (parcel === null || parcel.addressee === null) return []
  const result = await resultOf(tx, { ...parcel, written: parcel.addressee, at: input.at })
  const said = await lastSaid(tx, parcel.id, 'shipment.addressee_compared')
  if (said?.personId === parcel.person_id && said.payload?.result === result) return []
  const subject = { shipmentId: parcel.id, personId: parcel.person_id, occurredAt: input.at, actor: act.actor }
  return [{ ...subject, kind: 'shipment.addressee_compared', payload: { result } }]
}

/** The same of who signed for a parcel that was delivered. */
export async function signerEvents(tx: Tx, act: Act, shipmentId: string): Promise<NewEvent[]> {
  const parcel = await parcelOf(tx, shipmentId)
  if (parcel === null || parcel.signed_by === null || parcel.delivered_at === null) return []
  const deliveredAt = parcel.delivered_at
  const result = await resultOf(tx, { ...parcel, written: parcel.signed_by, at: deliveredAt })
  const signer = signerHash(act.world, parcel.signed_by, parcel.id)
  const said = await lastSaid(tx, parcel.id, 'shipment.signed')
  if (said?.personId === parcel.person_id && said.payload?.result === result && said.payload.signer === signer)
    return []
  const subject = { shipmentId: parcel.id, personId: parcel.person_id, occurredAt: deliveredAt, actor: act.actor }
  return [{ ...subject, kind: 'shipment.signed', payload: { signer, result } }]
}

async function lastSaid<K extends 'shipment.addressee_compared' | 'shipment.signed'>(
  tx: Tx,
  shipmentId: string,
  kind: K,
): Promise<{ personId: string | null; payload: Payload<K> | null } | undefined> {
  const row = await tx
    .selectFrom('ledger')
    .select(['person_id', 'payload'])
    .where('shipment_id', '=', shipmentId)
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { personId: row.person_id, payload: row.payload as Payload<K> | null }
}

async function resultOf(
  tx: Tx,
  input: { name: string; written: string; person_id: string; at: Date },
): Promise<NameMatch> {
  const result = compareNames(input.written, input.name)
  if (result === 'same' || result === 'desk or agent') return result
  const declared = await declaredFor(tx, input.person_id, input.at)
  return declared.some((name) => compareNames(input.written, name) === 'same') ? 'delegate' : result
}

/** Names of those who were declared for a person at a time: delegates, colleagues or not, and who lives with them. */
async function declaredFor(tx: Tx, personId: string, at: Date): Promise<string[]> {
  const day = dayOf(at)
  const rows = await sql<{ name: string }>`
    select unnest(array_remove(array[p.name, case when d.kind = 'delegate' then d.value end], null)) as name
    from declarations d
    left join people p on p.erased_at is null
      and p.id = case when d.person_id = ${personId} then d.other_person_id else d.person_id end
    where (d.person_id = ${personId} or (d.kind = 'household' and d.other_person_id = ${personId}))
      and d.kind in ('household', 'delegate')
      and d.starts_on <= ${day}::date and (d.ends_on is null or d.ends_on >= ${day}::date)
      and (d.ended_at is null or d.ended_at > ${at})`.execute(tx)
  return rows.rows.map((row) => row.name)
}
