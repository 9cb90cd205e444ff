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

/** Reads everything about one device. Null when there is no such device. */
export async function loadFacts(db: Db | Tx, deviceId: string, maxSeq: number): Promise<Facts | null> {
  const found = await loadManyFacts(db, [deviceId], maxSeq)
  return found.get(deviceId) ?? null
}

/**
 * Reads everything about some devices, up to `maxSeq`, in eleven statements however many they are. A device that is not
 * there is not in what comes back.
 */
export async function loadManyFacts(db: Db | Tx, deviceIds: string[], maxSeq: number): Promise<Map<string, Facts>> {
  const devices = await devicesOf(db, deviceIds)
  const recordIds = devices.flatMap((device) => [device.id, ...device.merged])
  const own = await ownEvents(db, { devices, recordIds, maxSeq })
  const personIdsOf = new Map(devices.map((device) => [device.id, personsIn(own.get(device.id) ?? [], device)]))
  const personIds = [...new Set([...personIdsOf.values()].flat())]
  const presence = await presenceOf(db, recordIds)
  const beside: Beside = {
    events: await eventsBeside(db, { personIds, maxSeq }),
    outages: await outagesOf(db, { sources: sourcesOf(devices, presence), maxSeq }),
    presence,
    people: await peopleOf(db, personIds),
    addresses: await addressesOf(db, { personIds, addressIds: [...own.values()].flatMap(addressesIn) }),
    declarations: await declarationsOf(db, personIds),
    orders: await ordersOf(db, { personIds, maxSeq }),
  }
  const found = new Map<string, Facts>()
  for (const device of devices) {
    const mine = own.get(device.id) ?? []
    found.set(device.id, await factsOf(db, device, mine, personIdsOf.get(device.id)!, beside, maxSeq))
  }
  return found
}

/** What stands beside the devices' own events: of all of them at once. */
interface Beside {
  events: LedgerEvent[]
  outages: LedgerEvent[]
  presence: Awaited<ReturnType<typeof presenceOf>>
  people: Awaited<ReturnType<typeof peopleOf>>
  addresses: Awaited<ReturnType<typeof addressesOf>>
  declarations: Awaited<ReturnType<typeof declarationsOf>>
  orders: Awaited<ReturnType<typeof ordersOf>>
}

type DeviceRow = Awaited<ReturnType<typeof devicesOf>>[number]

/** One device's part of what was read. */
async function factsOf(
  db: Db | Tx,
  device: DeviceRow,
  mine: LedgerEvent[],
  personIds: string[],
  beside: Beside,
  maxSeq: number,
): Promise<Facts> {
  const isTheirs = (personId: string | null) => personId !== null && personIds.includes(personId)
  const records = [device.id, ...device.merged]
  const presence = beside.presence.filter((row) => records.includes(row.device_id))
  const sources = new Set(presence.map((row) => row.source))
  const theirs = beside.events.filter((event) => event.personId === null || isTheirs(event.personId))
  const outages = beside.outages.filter((event) => sources.size === 0 || sources.has(sourceOf(event)))
  const events = [...new Map([...mine, ...theirs, ...outages].map((event) => [event.seq, event])).values()].sort(
    (a, b) => a.seq - b.seq,
  )
  const addressIds = new Set(addressesIn(mine))
  return {
    device: { id: device.id, serialNumber: device.serial_number },
    people: beside.people
      .filter((row) => isTheirs(row.id))
      .map((row) => ({ id: row.id, kind: row.kind, startsOn: row.starts_on, leavesOn: row.leaves_on })),
    events,
    addresses: beside.addresses
      .filter((row) => isTheirs(row.person_id) || addressIds.has(row.id))
      .map((row) => ({
        id: row.id,
        doorKey: row.door_key,
        buildingKey: row.building_key,
        isSomebodys: row.person_id !== null,
        place: placeOf(row),
        class: row.class as AddressValues['class'],
      })),
    otherOrders: beside.orders.filter((order) => order.personIds.some(isTheirs)).flatMap((order) => order.said),
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
    declarations: beside.declarations
      .filter((row) => row.person_id === null || isTheirs(row.person_id) || isTheirs(row.other_person_id))
      .map((row) => ({
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

/** Null for every source: of a device that nobody has seen yet, whichever fails may be the one that would. */
function sourcesOf(devices: DeviceRow[], presence: Beside['presence']): string[] | null {
  const seen = new Set(presence.map((row) => row.device_id))
  const isUnseen = devices.some(({ id, merged }) => ![id, ...merged].some((record) => seen.has(record)))
  return isUnseen ? null : [...new Set(presence.map((row) => row.source))]
}

const sourceOf = (event: LedgerEvent) =>
  (event.kind === 'connector.failing' || event.kind === 'connector.recovered') && event.payload
    ? event.payload.source
    : ''

/** As one parameter, so that however many they are it is one statement, which the server has planned. */
const oneOf = (ids: Iterable<string>) => sql<string>`any (${[...ids]}::text[])`

const devicesOf = (db: Db | Tx, deviceIds: string[]) =>
  db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'assignee_id'])
    .select(sql<string[]>`array(select m.id from devices m where m.merged_into = devices.id)`.as('merged'))
    .where('id', '=', oneOf(deviceIds))
    .where('withdrawn_at', 'is', null)
    .execute()

/** The events of each device and of every parcel that it was in, in the order they were recorded. */
async function ownEvents(
  db: Db | Tx,
  { devices, recordIds, maxSeq }: { devices: DeviceRow[]; recordIds: string[]; maxSeq: number },
): Promise<Map<string, LedgerEvent[]>> {
  const parcels = await db
    .selectFrom('shipment_devices')
    .innerJoin('shipments', 'shipments.id', 'shipment_devices.shipment_id')
    .select(['device_id', 'shipment_id'])
    .where('device_id', '=', oneOf(devices.map((device) => device.id)))
    .where('shipments.withdrawn_at', 'is', null)
    .execute()
  const inParcel = Map.groupBy(parcels, (row) => row.shipment_id)
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('seq', '<=', maxSeq)
    .where('kind', 'in', factKinds)
    // The parcels by their ids: a subquery within the alternative would read the whole ledger.
    .where((eb) => eb.or([eb('device_id', '=', oneOf(recordIds)), eb('shipment_id', '=', oneOf(inParcel.keys()))]))
    .orderBy('seq')
    .execute()
  const deviceOf = new Map(devices.flatMap((device) => [device.id, ...device.merged].map((id) => [id, device.id])))
  const found = new Map<string, LedgerEvent[]>(devices.map((device) => [device.id, []]))
  for (const event of rows.map(toEvent)) {
    const named = event.deviceId === null ? undefined : deviceOf.get(event.deviceId)
    const carried = event.shipmentId === null ? [] : (inParcel.get(event.shipmentId) ?? []).map((row) => row.device_id)
    for (const id of new Set([...(named === undefined ? [] : [named]), ...carried])) found.get(id)?.push(event)
  }
  return found
}

/** Everybody the device was ever meant for. */
const personsIn = (events: LedgerEvent[], { assignee_id }: DeviceRow): string[] => [
  ...new Set([...events.flatMap(assigneesIn), ...(assignee_id ? [assignee_id] : [])]),
]

/** What was said of these people, and of everybody: addresses, declarations, tokens that are not believed. */
async function eventsBeside(
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
            'declaration.made',
            'declaration.ended',
          ]),
        ]),
        eb('kind', '=', 'token.distrusted'),
        eb.and([eb('person_id', 'is', null), eb('kind', 'in', ['declaration.made', 'declaration.ended'])]),
      ]),
    )
    .execute()
  return rows.map(toEvent)
}

/** Ship-to addresses are versions too, and may belong to nobody yet. */
const addressesIn = (events: LedgerEvent[]): string[] =>
  events.flatMap((event) =>
    (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') && event.payload?.addressId
      ? [event.payload.addressId]
      : [],
  )

const addressesOf = (db: Db | Tx, input: { personIds: string[]; addressIds: string[] }) =>
  db
    .selectFrom('address_versions')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('person_id', '=', oneOf(input.personIds)), eb('id', '=', oneOf(input.addressIds))]))
    .execute()

const peopleOf = (db: Db | Tx, personIds: string[]) =>
  db.selectFrom('people').select(['id', 'kind', 'starts_on', 'leaves_on']).where('id', '=', oneOf(personIds)).execute()

const presenceOf = (db: Db | Tx, recordIds: string[]) =>
  db
    .selectFrom('presence')
    .select(['device_id', 'source', 'day', 'first_at', 'last_at', 'proof', 'booted_at'])
    .where('device_id', '=', oneOf(recordIds))
    .orderBy('day')
    .execute()

const declarationsOf = (db: Db | Tx, personIds: string[]) =>
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

const placeOf = (row: PlaceColumns): AddressFact['place'] => ({
  city: row.city,
  region: row.region,
  country: row.country,
  circle:
    row.latitude === null || row.longitude === null
      ? null
      : { latitude: row.latitude, longitude: row.longitude, radiusKm: row.radius_km ?? 0 },
})

/** Outgoing parcels that were ever for one of these people: whole, so that whose each was can be told as of any number. */
async function ordersOf(
  db: Db | Tx,
  input: { personIds: string[]; maxSeq: number },
): Promise<{ personIds: (string | null)[]; said: Facts['otherOrders'] }[]> {
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
async function outagesOf(db: Db | Tx, input: { sources: string[] | null; maxSeq: number }): Promise<LedgerEvent[]> {
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('kind', 'in', ['connector.failing', 'connector.recovered'])
    .$if(input.sources !== null, (qb) => qb.where(sql<string>`payload->>'source'`, '=', oneOf(input.sources ?? [])))
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
