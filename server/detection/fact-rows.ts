// The rows that facts are made of: each function one statement.
import { sql } from 'kysely'
import type { LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { type Db, oneOf, type Tx } from '../lib/database.ts'
import type { NameMatch } from '../ports.ts'
import type { AddressFact } from './rule.ts'

/** An outgoing parcel as one event had it: whose it was then, and with which laptops. */
export interface OrderSaid {
  seq: number
  shipmentId: string
  personId: string | null
  deviceIds: string[]
  at: Date
  recordedAt: Date
}

/** What one signer signed, for whom, and where that was as of the signature. */
export interface SignedElsewhere {
  seq: number
  shipmentId: string
  signer: string
  personId: string
  at: Date
  recordedAt: Date
  result: NameMatch
  doorKey: string | null
  buildingKey: string | null
  place: AddressFact['place']
}

export const devicesOf = (db: Db | Tx, deviceIds: string[]) =>
  db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'assignee_id'])
    .select(sql<string[]>`array(select m.id from devices m where m.merged_into = devices.id)`.as('merged'))
    .where('id', '=', oneOf(deviceIds))
    .where('withdrawn_at', 'is', null)
    .execute()

/** What was said of these people, and of everybody: addresses, declarations, tokens that are not believed. */
export async function eventsBeside(
  db: Db | Tx,
  { personIds, maxSeq }: { personIds: string[]; maxSeq: number },
): Promise<LedgerEvent[]> {
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('seq', '<=', maxSeq)
    .where((eb) =>
      eb.or([
        eb.and([
          eb('person_id', '=', oneOf(personIds)),
          eb('kind', 'in', [
            'address.added',
            'address.approved',
            'address.refused',
            'address.verified',
            'address.classified',
            'declaration.made',
            'declaration.ended',
          ]),
        ]),
        // Literal, so that the indexes of these few are seen to hold them all, however the statement is planned.
        sql<boolean>`kind = 'token.distrusted'`,
        sql<boolean>`kind in ('approval.proposed', 'approval.granted', 'approval.refused', 'approval.ended')`,
        eb.and([
          eb.or([
            eb('person_id', 'is', null),
            // What is said of two people stands under the first.
            eb(
              'person_id',
              '=',
              sql<string>`any (array(select person_id from declarations where other_person_id = ${oneOf(personIds)}))`,
            ),
          ]),
          sql<boolean>`kind in ('declaration.made', 'declaration.ended')`,
        ]),
      ]),
    )
    .execute()
  return rows.map(toEvent)
}

export const addressesOf = (db: Db | Tx, input: { personIds: string[]; addressIds: string[] }) =>
  db
    .selectFrom('address_versions')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('person_id', '=', oneOf(input.personIds)), eb('id', '=', oneOf(input.addressIds))]))
    .execute()

export const peopleOf = (db: Db | Tx, personIds: string[]) =>
  db
    .selectFrom('people')
    .select(['id', 'kind', 'starts_on', 'leaves_on', 'notes'])
    .where('id', '=', oneOf(personIds))
    .execute()

export const presenceOf = (db: Db | Tx, recordIds: string[]) =>
  db
    .selectFrom('presence')
    .select(['device_id', 'source', 'day', 'first_at', 'last_at', 'proof', 'booted_at'])
    .where('device_id', '=', oneOf(recordIds))
    .orderBy('day')
    .execute()

export const declarationsOf = (db: Db | Tx, personIds: string[]) =>
  db
    .selectFrom('declarations')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('person_id', 'is', null),
        eb('person_id', '=', oneOf(personIds)),
        eb('other_person_id', '=', oneOf(personIds)),
      ]),
    )
    .execute()

type PlaceColumns = Record<'latitude' | 'longitude' | 'radius_km', number | null> &
  Record<'city' | 'region' | 'country', string | null>

export const placeOf = (row: PlaceColumns): AddressFact['place'] => ({
  city: row.city,
  region: row.region,
  country: row.country,
  circle:
    row.latitude === null || row.longitude === null
      ? null
      : { latitude: row.latitude, longitude: row.longitude, radiusKm: row.radius_km ?? 0 },
})

/** Outgoing parcels that were ever for one of these people: whole, so that whose each was can be told as of any number. */
export async function ordersOf(
  db: Db | Tx,
  input: { personIds: string[]; maxSeq: number },
): Promise<{ personIds: (string | null)[]; said: OrderSaid[] }[]> {
  if (input.personIds.length === 0) return []
  const rows = await db
    .selectFrom('ledger')
    .innerJoin('shipments', 'shipments.id', 'ledger.shipment_id')
    .select(['seq', 'ledger.shipment_id', 'ledger.person_id', 'payload', 'recorded_at', 'shipments.ordered_at'])
    .where('ledger.shipment_id', 'in', (eb) =>
      eb
        .selectFrom('ledger as theirs')
        .select('theirs.shipment_id')
        .where('theirs.person_id', '=', oneOf(input.personIds))
        .where('theirs.kind', 'in', ['shipment.ordered', 'shipment.changed']),
    )
    .where('kind', 'in', ['shipment.ordered', 'shipment.changed'])
    .where('seq', '<=', input.maxSeq)
    .where('shipments.direction', '=', 'out')
    .where('shipments.withdrawn_at', 'is', null)
    .orderBy('seq')
    .execute()
  return [...Map.groupBy(rows, (row) => row.shipment_id).values()].map((group) => ({
    personIds: group.map((row) => row.person_id),
    said: group.map((row) => ({
      seq: row.seq,
      shipmentId: row.shipment_id!,
      personId: row.person_id,
      deviceIds: (row.payload as { deviceIds: string[] } | null)?.deviceIds ?? [],
      at: row.ordered_at,
      recordedAt: row.recorded_at,
    })),
  }))
}

export async function signersOf(
  db: Db | Tx,
  input: { events: LedgerEvent[]; maxSeq: number },
): Promise<SignedElsewhere[]> {
  const signers = [
    ...new Set(
      input.events.flatMap((event) =>
        event.kind === 'shipment.signed' && event.payload ? [event.payload.signer] : [],
      ),
    ),
  ]
  if (signers.length === 0) return []
  const rows = await db
    .selectFrom('ledger')
    .innerJoin('shipments', 'shipments.id', 'ledger.shipment_id')
    // Where it was bound for and where it came to as of the signature: what comes later must not move it.
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('ledger as said')
          .select(sql<string>`said.payload->>'addressId'`.as('address_id'))
          .whereRef('said.shipment_id', '=', 'ledger.shipment_id')
          .where('said.kind', 'in', ['shipment.ordered', 'shipment.changed'])
          .where(sql`said.payload->>'addressId'`, 'is not', null)
          .whereRef('said.seq', '<=', 'ledger.seq')
          .orderBy('said.seq', 'desc')
          .limit(1)
          .as('to'),
      (join) => join.onTrue(),
    )
    .leftJoin('address_versions as bound', 'bound.id', 'to.address_id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('ledger as scan')
          .select(sql<AddressFact['place']>`scan.payload->'place'`.as('place'))
          .whereRef('scan.shipment_id', '=', 'ledger.shipment_id')
          .where('scan.kind', '=', 'shipment.scanned')
          .where(sql`scan.payload->'reading'->>'is'`, '=', 'delivered')
          .whereRef('scan.seq', '<=', 'ledger.seq')
          .orderBy('scan.occurred_at', 'desc')
          .orderBy('scan.seq', 'desc')
          .limit(1)
          .as('came'),
      (join) => join.onTrue(),
    )
    .select(['ledger.seq', 'ledger.person_id', 'ledger.payload', 'ledger.occurred_at', 'ledger.recorded_at'])
    .select('shipments.id as shipment_id')
    .select('came.place')
    .select(['door_key', 'building_key', 'linked_door_key', 'linked_building_key'])
    .select(['city', 'region', 'country', 'latitude', 'longitude', 'radius_km'])
    .where(sql<boolean>`ledger.kind = 'shipment.signed'`)
    .where(sql<string>`ledger.payload->>'signer'`, 'in', signers)
    .where('ledger.seq', '<=', input.maxSeq)
    .where('ledger.person_id', 'is not', null)
    .where('shipments.withdrawn_at', 'is', null)
    .orderBy('ledger.seq')
    // A mailroom signs for everybody: more than this says no more.
    .limit(200)
    .execute()
  return rows.map((row) => ({
    seq: row.seq,
    shipmentId: row.shipment_id,
    personId: row.person_id!,
    at: row.occurred_at,
    recordedAt: row.recorded_at,
    ...(row.payload as { signer: string; result: NameMatch }),
    doorKey: row.linked_door_key ?? row.door_key,
    buildingKey: row.linked_building_key ?? row.building_key,
    place: row.place ?? placeOf(row),
  }))
}

/** Since when the sources that saw the device failed as a whole, and until when. */
export async function outagesOf(
  db: Db | Tx,
  input: { sources: string[] | null; maxSeq: number },
): Promise<LedgerEvent[]> {
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where(sql<boolean>`kind in ('connector.failing', 'connector.recovered')`)
    .$if(input.sources !== null, (qb) => qb.where(sql<string>`payload->>'source'`, '=', oneOf(input.sources ?? [])))
    .where('seq', '<=', input.maxSeq)
    .orderBy('seq')
    .execute()
  return rows.map(toEvent)
}
