// The facts of one device: everything a dossier is made of, in the order it was recorded.
import { sql } from 'kysely'
import type { LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import type { Db, Tx } from '../lib/database.ts'
import type { NameMatch, ProofLevel } from '../ports.ts'
import type { AddressFact } from './rule.ts'

/** What an address version holds besides its events: ids to values that never change. */
export interface AddressValues {
  id: string
  doorKey: string | null
  buildingKey: string | null
  /** False for where a return goes, whatever the event of old had; such an address is nobody's. */
  isSomebodys: boolean
  place: AddressFact['place']
  class: { kind: string; why: string; confidence: number; placeId: string | null; customerCode: boolean }
}

export interface DeclarationValues {
  id: string
  kind: string
  personId: string | null
  otherPersonId: string | null
  value: string | null
  startsOn: string
  endsOn: string | null
}

/** All that is known of a device, in the order it was recorded; cut at a sequence number only by `assembleDossier`. */
export interface Facts {
  device: { id: string; serialNumber: string | null }
  people: { id: string; kind: 'employee' | 'contractor'; startsOn: string | null; leavesOn: string | null }[]
  events: LedgerEvent[]
  addresses: AddressValues[]
  presence: {
    source: string
    day: string
    firstAt: Date
    lastAt: Date
    proof: ProofLevel
    bootedAt: Date | null
    /** The record it was seen as, where that one was merged with the device. */
    mergedFrom?: string
  }[]
  declarations: DeclarationValues[]
  /** Outgoing parcels that were ever for the same people, as each of their events had it. */
  otherOrders: {
    seq: number
    shipmentId: string
    personId: string | null
    deviceIds: string[]
    at: Date
    recordedAt: Date
  }[]
  /** What the signers of this device's parcels signed for other people, and where that was. */
  signers: {
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
  }[]
}

/** Kinds that a dossier is made of; the detector's own conclusions are none of them. */
const factKinds = [
  'device.registered',
  'device.changed',
  'device.status_reported',
  'device.accepted',
  'device.received',
  'device.checked_in',
  'shipment.ordered',
  'shipment.changed',
  'shipment.packed',
  'shipment.shipped',
  'shipment.scanned',
  'shipment.destination_changed',
  'shipment.held',
  'shipment.released',
  'shipment.prepared',
  'shipment.label_bought',
  'shipment.label_refunded',
  'shipment.reread',
  'shipment.scan_confirmed',
  'shipment.addressee_compared',
  'shipment.signed',
  'device.transferred',
  'device.read_back',
  'return.opened',
  'return.due_changed',
  'return.closed',
  'checkin.changed',
  'address.added',
  'address.approved',
  'address.refused',
  'address.verified',
  'declaration.made',
  'declaration.ended',
  'token.distrusted',
  'device.merged',
  'device.unmerged',
  'device.match_undone',
  'device.identity_doubted',
] as const

/** Reads everything about a device in eleven statements, up to `maxSeq`. Null when there is no such device. */
export async function loadFacts(db: Db | Tx, deviceId: string, maxSeq: number): Promise<Facts | null> {
  const device = await db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'assignee_id'])
    .select(sql<string[]>`array(select m.id from devices m where m.merged_into = devices.id)`.as('merged'))
    .where('id', '=', deviceId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (device === undefined) return null
  const records = [deviceId, ...device.merged]
  const parcels = await db
    .selectFrom('shipment_devices')
    .innerJoin('shipments', 'shipments.id', 'shipment_devices.shipment_id')
    .select('shipment_id')
    .where('device_id', '=', deviceId)
    .where('shipments.withdrawn_at', 'is', null)
    .execute()
  const own = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('seq', '<=', maxSeq)
    .where('kind', 'in', factKinds)
    // The parcels by their ids: a subquery within the alternative would read the whole ledger.
    .where((eb) =>
      eb.or([
        eb('device_id', '=', eb.fn.any(eb.val(records))),
        eb('shipment_id', '=', eb.fn.any(eb.val(parcels.map((row) => row.shipment_id)))),
      ]),
    )
    .orderBy('seq')
    .execute()
  const mine = own.map(toEvent)
  const personIds = [...new Set([...mine.flatMap(assigneesIn), ...(device.assignee_id ? [device.assignee_id] : [])])]
  const theirs = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('seq', '<=', maxSeq)
    .where((eb) =>
      eb.or([
        eb.and([
          eb('person_id', 'in', personIds.length > 0 ? personIds : ['']),
          eb('kind', 'in', [
            'address.added',
            'address.approved',
            'address.refused',
            'address.verified',
            'declaration.made',
            'declaration.ended',
          ]),
        ]),
        eb('kind', '=', 'token.distrusted'),
        eb.and([eb('person_id', 'is', null), eb('kind', 'in', ['declaration.made', 'declaration.ended'])]),
      ]),
    )
    .execute()
  // Ship-to addresses are versions too, and may belong to nobody yet.
  const addressIds = mine.flatMap((event) =>
    (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') && event.payload?.addressId
      ? [event.payload.addressId]
      : [],
  )
  const addresses = await db
    .selectFrom('address_versions')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('person_id', 'in', personIds.length > 0 ? personIds : ['']),
        eb('id', 'in', addressIds.length > 0 ? addressIds : ['']),
      ]),
    )
    .execute()
  const people =
    personIds.length === 0
      ? []
      : await db
          .selectFrom('people')
          .select(['id', 'kind', 'starts_on', 'leaves_on'])
          .where('id', 'in', personIds)
          .execute()
  const presence = await db
    .selectFrom('presence')
    .select(['device_id', 'source', 'day', 'first_at', 'last_at', 'proof', 'booted_at'])
    .where((eb) => eb('device_id', '=', eb.fn.any(eb.val(records))))
    .orderBy('day')
    .execute()
  const declarations = await db
    .selectFrom('declarations')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('person_id', 'is', null),
        eb('person_id', 'in', personIds.length > 0 ? personIds : ['']),
        eb('other_person_id', 'in', personIds.length > 0 ? personIds : ['']),
      ]),
    )
    .execute()
  const outages = await outagesOf(db, { sources: [...new Set(presence.map((row) => row.source))], maxSeq })
  const events = [
    ...new Map([...mine, ...theirs.map(toEvent), ...outages].map((event) => [event.seq, event])).values(),
  ].sort((a, b) => a.seq - b.seq)
  return {
    device: { id: device.id, serialNumber: device.serial_number },
    people: people.map((row) => ({ id: row.id, kind: row.kind, startsOn: row.starts_on, leavesOn: row.leaves_on })),
    events,
    addresses: addresses.map((row) => ({
      id: row.id,
      doorKey: row.door_key,
      buildingKey: row.building_key,
      isSomebodys: row.person_id !== null,
      place: placeOf(row),
      class: row.class as AddressValues['class'],
    })),
    otherOrders: await otherOrdersOf(db, { personIds, maxSeq }),
    signers: await signersOf(db, { events, maxSeq }),
    presence: presence.map((row) => ({
      source: row.source,
      day: row.day,
      firstAt: row.first_at,
      lastAt: row.last_at,
      proof: row.proof as ProofLevel,
      bootedAt: row.booted_at,
      ...(row.device_id === device.id ? {} : { mergedFrom: row.device_id }),
    })),
    declarations: declarations.map((row) => ({
      id: row.id,
      kind: row.kind,
      personId: row.person_id,
      otherPersonId: row.other_person_id,
      value: row.value,
      startsOn: row.starts_on,
      endsOn: row.ends_on,
    })),
  }
}

type PlaceColumns = Record<'latitude' | 'longitude' | 'radius_km', number | null> &
  Record<'city' | 'region' | 'country', string | null>

const placeOf = (row: PlaceColumns): AddressFact['place'] => ({
  city: row.city,
  region: row.region,
  country: row.country,
  circle:
    row.latitude === null || row.longitude === null
      ? null
      : { latitude: row.latitude, longitude: row.longitude, radiusKm: row.radius_km ?? 0 },
})

/** The parcels of these people: whole, so that whose each was can be told as of any number. */
async function otherOrdersOf(
  db: Db | Tx,
  input: { personIds: string[]; maxSeq: number },
): Promise<Facts['otherOrders']> {
  if (input.personIds.length === 0) return []
  const rows = await db
    .selectFrom('ledger')
    .innerJoin('shipments', 'shipments.id', 'ledger.shipment_id')
    .select(['seq', 'ledger.shipment_id', 'ledger.person_id', 'payload', 'recorded_at', 'shipments.ordered_at'])
    .where('ledger.shipment_id', 'in', (eb) =>
      eb
        .selectFrom('ledger as theirs')
        .select('theirs.shipment_id')
        .where('theirs.person_id', 'in', input.personIds)
        .where('theirs.kind', 'in', ['shipment.ordered', 'shipment.changed']),
    )
    .where('kind', 'in', ['shipment.ordered', 'shipment.changed'])
    .where('seq', '<=', input.maxSeq)
    .where('shipments.direction', '=', 'out')
    .where('shipments.withdrawn_at', 'is', null)
    .orderBy('seq')
    .execute()
  return rows.map((row) => ({
    seq: row.seq,
    shipmentId: row.shipment_id!,
    personId: row.person_id,
    deviceIds: (row.payload as { deviceIds: string[] } | null)?.deviceIds ?? [],
    at: row.ordered_at,
    recordedAt: row.recorded_at,
  }))
}

async function signersOf(db: Db | Tx, input: { events: LedgerEvent[]; maxSeq: number }): Promise<Facts['signers']> {
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
    .select(['door_key', 'building_key', 'city', 'region', 'country', 'latitude', 'longitude', 'radius_km'])
    .where('ledger.kind', '=', 'shipment.signed')
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
    doorKey: row.door_key,
    buildingKey: row.building_key,
    place: row.place ?? placeOf(row),
  }))
}

/** Since when the sources that saw the device failed as a whole, and until when. */
async function outagesOf(db: Db | Tx, input: { sources: string[]; maxSeq: number }): Promise<LedgerEvent[]> {
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('kind', 'in', ['connector.failing', 'connector.recovered'])
    // Of one that nobody has seen yet, whichever source fails may be the one that would.
    .$if(input.sources.length > 0, (qb) => qb.where(sql<string>`payload->>'source'`, 'in', input.sources))
    .where('seq', '<=', input.maxSeq)
    .orderBy('seq')
    .execute()
  return rows.map(toEvent)
}

function assigneesIn(event: LedgerEvent): string[] {
  if (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed')
    return event.payload?.personId ? [event.payload.personId] : []
  if (event.kind === 'device.transferred') return event.payload ? [event.payload.toPersonId] : []
  if (event.kind === 'device.status_reported') return event.payload?.holderId ? [event.payload.holderId] : []
  return []
}
