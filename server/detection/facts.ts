// The facts of one device: everything a dossier is made of, in the order it was recorded.
import { type DeclaredPlace, keptPlace } from '../addresses/declared-place.ts'
import { knownKeys } from '../addresses/versions.ts'
import type { LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { type Db, oneOf, type Tx } from '../lib/database.ts'
import type { ProofLevel } from '../ports.ts'
import {
  addressesOf,
  declarationsOf,
  devicesOf,
  eventsBeside,
  type OrderSaid,
  ordersOf,
  outagesOf,
  peopleOf,
  placeOf,
  presenceOf,
  type SignedElsewhere,
  signersOf,
} from './fact-rows.ts'
import { noShared, type SharedRows } from './link-rows.ts'
import type { AddressFact } from './rule.ts'
import { loadShared } from './shared-rows.ts'

/** What an address version holds besides its events: ids to values that never change. */
export interface AddressValues {
  id: string
  doorKey: string | null
  buildingKey: string | null
  /** False for where a return goes, whatever the event of old had; such an address is nobody's. */
  isSomebodys: boolean
  place: AddressFact['place']
  /** As it was first read; what came of a newer list of places are events. */
  class: {
    kind: string
    why: string
    confidence: number
    placeId: string | null
    customerCode: boolean
    isOfNoCensusArea?: true
  }
}

export interface DeclarationValues {
  id: string
  kind: string
  personId: string | null
  otherPersonId: string | null
  value: string | null
  startsOn: string
  endsOn: string | null
  /** Where an office or a second home is, as far as its line tells. */
  place?: DeclaredPlace | null
}

/** All that is known of a device, in the order it was recorded; cut at a sequence number only by `assembleDossier`. */
export interface Facts {
  device: { id: string; serialNumber: string | null }
  people: {
    id: string
    kind: 'employee' | 'contractor'
    startsOn: string | null
    leavesOn: string | null
    /** Columns of their import; groups of people are told by them. */
    notes?: Record<string, string>
  }[]
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
  otherOrders: OrderSaid[]
  /** What the signers of this device's parcels signed for other people, and where that was. */
  signers: SignedElsewhere[]
  /** Who else has or had what this laptop and its people have. */
  shared: SharedRows
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
  'address.classified',
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
 * Reads everything about some devices, up to `maxSeq`, in twelve statements however many they are, and one more where
 * they share anything. A device that is not there is not in what comes back. `isReplayed`: they are looked at as of
 * earlier numbers too.
 */
export async function loadManyFacts(
  db: Db | Tx,
  deviceIds: string[],
  maxSeq: number,
  { isReplayed }: { isReplayed: boolean } = { isReplayed: true },
): Promise<Map<string, Facts>> {
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
  await loadShared(db, [...found.values()], { maxSeq, isReplayed })
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
  const isOfBoth = (event: LedgerEvent) =>
    event.kind === 'declaration.ended' ||
    (event.kind === 'declaration.made' && isTheirs(event.payload?.otherPersonId ?? null))
  const theirs = beside.events.filter((event) => event.personId === null || isTheirs(event.personId) || isOfBoth(event))
  const outages = beside.outages.filter((event) => sources.size === 0 || sources.has(sourceOf(event)))
  const events = [...new Map([...mine, ...theirs, ...outages].map((event) => [event.seq, event])).values()].sort(
    (a, b) => a.seq - b.seq,
  )
  const addressIds = new Set(addressesIn(mine))
  return {
    device: { id: device.id, serialNumber: device.serial_number },
    people: beside.people
      .filter((row) => isTheirs(row.id))
      .map((row) => ({
        id: row.id,
        kind: row.kind,
        startsOn: row.starts_on,
        leavesOn: row.leaves_on,
        notes: row.notes,
      })),
    events,
    addresses: beside.addresses
      .filter((row) => isTheirs(row.person_id) || addressIds.has(row.id))
      .map((row) => ({
        id: row.id,
        doorKey: knownKeys(row).door,
        buildingKey: knownKeys(row).building,
        isSomebodys: row.person_id !== null,
        place: placeOf(row),
        class: (row.first_class ?? row.class) as AddressValues['class'],
      })),
    otherOrders: beside.orders.filter((order) => order.personIds.some(isTheirs)).flatMap((order) => order.said),
    signers: await signersOf(db, { events, maxSeq }),
    shared: noShared,
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
        place: keptPlace(row),
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

/** Ship-to addresses are versions too, and may belong to nobody yet. */
const addressesIn = (events: LedgerEvent[]): string[] =>
  events.flatMap((event) =>
    (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') && event.payload?.addressId
      ? [event.payload.addressId]
      : [],
  )

function assigneesIn(event: LedgerEvent): string[] {
  if (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed')
    return event.payload?.personId ? [event.payload.personId] : []
  if (event.kind === 'device.transferred') return event.payload ? [event.payload.toPersonId] : []
  if (event.kind === 'device.status_reported') return event.payload?.holderId ? [event.payload.holderId] : []
  return []
}
