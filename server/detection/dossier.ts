// The dossier: `loadFacts` reads what there is about a device, `assembleDossier` makes of it what stood at one moment.
import { sql } from 'kysely'
import type { LedgerEvent, Payload } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { foldDevice, foldShipment, inOrder } from '../custody/state.ts'
import type { Db, Tx } from '../lib/database.ts'
import { DAY } from '../lib/time.ts'
import { DECLARATION_DAYS_MAX } from '../people/declarations.ts'
import type { IpPlace, ProofLevel } from '../ports.ts'
import { findTool, type Platform } from './catalog/catalog.ts'
import { matchDisplay, matchNeighbour, matchSoftware, matchUsb } from './catalog/match.ts'
import type { AddressFact, DeclarationFact, Dossier, HardwareFact, NetworkFact, ScanFact, ShipmentFact, ToolFact } from './rule.ts'

/** What an address version holds besides its events: ids to values that never change. */
export interface AddressValues {
  id: string
  doorKey: string | null
  buildingKey: string | null
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
  presence: { source: string; day: string; firstAt: Date; lastAt: Date }[]
  declarations: DeclarationValues[]
}

/** Kinds that a dossier is made of; the detector's own conclusions are none of them. */
const factKinds = [
  'device.registered', 'device.changed', 'device.status_reported', 'device.accepted', 'device.received', 'device.checked_in',
  'shipment.ordered', 'shipment.changed', 'shipment.packed', 'shipment.shipped', 'shipment.scanned', 'shipment.destination_changed', 'shipment.held', 'shipment.released',
  'checkin.changed', 'address.added', 'address.approved', 'address.refused', 'declaration.made', 'declaration.ended', 'token.distrusted',
] as const

/** Reads everything about a device in six statements, up to `maxSeq`. Null when there is no such device. */
export async function loadFacts(db: Db | Tx, deviceId: string, maxSeq: number): Promise<Facts | null> {
  const device = await db.selectFrom('devices').select(['id', 'serial_number', 'assignee_id']).where('id', '=', deviceId).where('withdrawn_at', 'is', null).executeTakeFirst()
  if (device === undefined) return null
  const own = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('seq', '<=', maxSeq)
    .where('kind', 'in', factKinds)
    .where((eb) =>
      eb.or([
        eb('device_id', '=', deviceId),
        eb(
          'shipment_id',
          'in',
          eb
            .selectFrom('shipment_devices')
            .innerJoin('shipments', 'shipments.id', 'shipment_devices.shipment_id')
            .select('shipment_id')
            .where('device_id', '=', deviceId)
            .where('shipments.withdrawn_at', 'is', null),
        ),
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
        eb.and([eb('person_id', 'in', personIds.length > 0 ? personIds : ['']), eb('kind', 'in', ['address.added', 'address.approved', 'address.refused', 'declaration.made', 'declaration.ended'])]),
        eb('kind', '=', 'token.distrusted'),
      ]),
    )
    .execute()
  // Ship-to addresses are versions too, and may belong to nobody yet.
  const addressIds = mine.flatMap((event) => (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') && event.payload?.addressId ? [event.payload.addressId] : [])
  const addresses = await db
    .selectFrom('address_versions')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('person_id', 'in', personIds.length > 0 ? personIds : ['']), eb('id', 'in', addressIds.length > 0 ? addressIds : [''])]))
    .execute()
  const loose = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('kind', '=', 'address.added')
    .where('person_id', 'is', null)
    .where('seq', '<=', maxSeq)
    .where(sql<boolean>`payload->>'addressId' = any (${addressIds}::text[])`)
    .$if(addressIds.length === 0, (qb) => qb.where(sql<boolean>`false`))
    .execute()
  const people = personIds.length === 0 ? [] : await db.selectFrom('people').select(['id', 'kind', 'starts_on', 'leaves_on']).where('id', 'in', personIds).execute()
  const presence = await db.selectFrom('presence').select(['source', 'day', 'first_at', 'last_at']).where('device_id', '=', deviceId).orderBy('day').execute()
  const declarations = await db
    .selectFrom('declarations')
    .selectAll()
    .where((eb) => eb.or([eb('person_id', 'is', null), eb('person_id', 'in', personIds.length > 0 ? personIds : ['']), eb('other_person_id', 'in', personIds.length > 0 ? personIds : [''])]))
    .execute()
  const events = [...new Map([...mine, ...theirs.map(toEvent), ...loose.map(toEvent)].map((event) => [event.seq, event])).values()].sort((a, b) => a.seq - b.seq)
  return {
    device: { id: device.id, serialNumber: device.serial_number },
    people: people.map((row) => ({ id: row.id, kind: row.kind, startsOn: row.starts_on, leavesOn: row.leaves_on })),
    events,
    addresses: addresses.map((row) => ({
      id: row.id,
      doorKey: row.door_key,
      buildingKey: row.building_key,
      place: {
        city: row.city,
        region: row.region,
        country: row.country,
        circle: row.latitude === null || row.longitude === null ? null : { latitude: row.latitude, longitude: row.longitude, radiusKm: row.radius_km ?? 0 },
      },
      class: row.class as AddressValues['class'],
    })),
    presence: presence.map((row) => ({ source: row.source, day: row.day, firstAt: row.first_at, lastAt: row.last_at })),
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

function assigneesIn(event: LedgerEvent): string[] {
  if (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') return event.payload?.personId ? [event.payload.personId] : []
  if (event.kind === 'device.status_reported') return event.payload?.holderId ? [event.payload.holderId] : []
  return []
}

/** The newest time at which anything in the facts happened, as far as its own record allows: detection's `now` after an event. */
export function newestTime(events: LedgerEvent[]): Date {
  return events.reduce((newest, event) => (event.occurredAt > newest ? event.occurredAt : newest), new Date(0))
}

/**
 * The dossier as of `seq`. Pure: the same facts, number and time give the same dossier, so that a back-test sees what
 * was seen. `now` is left out after an event, and given by a sweep.
 */
export function assembleDossier(facts: Facts, input: { seq: number; now?: Date }): Dossier {
  const known = trusted(facts.events.filter((event) => event.seq <= input.seq))
  const now = input.now ?? newestTime(known)
  const events = input.now === undefined ? known : known.filter((event) => event.occurredAt <= now)
  const state = foldDevice(events.filter((event) => event.deviceId === facts.device.id || event.shipmentId !== null))
  const date = (iso: string | null) => (iso === null ? null : new Date(iso))
  const person = facts.people.find((one) => one.id === state.assigneeId)
  const all = addressFacts(facts, events)
  const shipments = shipmentFacts(events, all, state.assignedAt)
  const shipment = shipments.findLast((one) => one.isCurrent) ?? null
  return {
    now,
    seq: input.seq,
    device: {
      ...facts.device,
      lifeCycle: state.lifeCycle,
      holder: state.holder,
      assignedAt: date(state.assignedAt),
      shippedAt: date(state.shippedAt),
      firstScanAt: date(state.firstScanAt),
      deliveredAt: date(state.deliveredAt),
      acceptedAt: date(state.acceptedAt),
      firstCheckInAt: shipment === null ? date(state.firstCheckInAt) : firstCheckInAfter(events, shipment.firstScanAt ?? shipment.shippedAt),
      contradictions: state.contradictions,
    },
    person: person === undefined ? null : { id: person.id, kind: person.kind, startsOn: dayStart(person.startsOn), leavesOn: dayStart(person.leavesOn) },
    addresses: all.filter((address) => address.personId === state.assigneeId && state.assigneeId !== null).map(({ personId: _, ...address }) => address),
    shipments,
    shipment,
    checkIns: events.flatMap((event) => (event.kind === 'device.checked_in' && event.payload ? [{ seq: event.seq, at: event.occurredAt, source: event.payload.source, proof: event.payload.proof }] : [])),
    presence: facts.presence.filter((day) => day.firstAt <= now).map((day) => (day.lastAt <= now ? day : { ...day, lastAt: now })),
    networks: networkFacts(events),
    ...catalogueFacts(events, facts.declarations, now),
    declarations: declarationFacts(facts, events, state.assigneeId),
  }
}

const dayStart = (day: string | null) => (day === null ? null : new Date(`${day}T00:00:00Z`))

/**
 * The earliest check-in after the carrier had the laptop (DESIGN 6.6), by any of its traces: one that came in before its
 * order was known has left its facets only.
 */
function firstCheckInAfter(events: LedgerEvent[], start: Date | null): Date | null {
  if (start === null) return null
  const times = events.filter((event) => (event.kind === 'device.checked_in' || event.kind === 'checkin.changed') && event.occurredAt >= start).map((event) => event.occurredAt.getTime())
  return times.length === 0 ? null : new Date(Math.min(...times))
}

/** Facts of a token that was distrusted from a time on are left out from there, as of the event that said so. */
function trusted(events: LedgerEvent[]): LedgerEvent[] {
  const since = new Map(events.flatMap((event) => (event.kind === 'token.distrusted' && event.payload ? [[event.payload.tokenId, new Date(event.payload.since)] as const] : [])))
  if (since.size === 0) return events
  return events.filter((event) => {
    const tokenId = event.kind === 'checkin.changed' ? event.payload?.tokenId : event.actor.type === 'token' && event.kind === 'device.checked_in' ? event.actor.id : null
    const from = tokenId ? since.get(tokenId) : undefined
    return from === undefined || event.occurredAt < from
  })
}

function addressFacts(facts: Facts, events: LedgerEvent[]): (AddressFact & { personId: string | null })[] {
  const values = new Map(facts.addresses.map((address) => [address.id, address]))
  const found = new Map<string, AddressFact & { personId: string | null }>()
  for (const event of events) {
    if (event.payload === null) continue
    if (event.kind === 'address.added') {
      const value = values.get(event.payload.addressId)
      if (value === undefined) continue
      found.set(value.id, {
        seq: event.seq,
        id: value.id,
        personId: event.personId,
        use: event.payload.use,
        source: event.payload.source,
        validFrom: event.occurredAt,
        recordedAt: event.recordedAt,
        changedAt: event.payload.changedAt === null ? null : new Date(event.payload.changedAt),
        replaces: event.payload.replaces,
        approved: event.payload.approved,
        approvedAt: event.payload.approved ? event.recordedAt : null,
        refused: false,
        doorKey: value.doorKey,
        buildingKey: value.buildingKey,
        place: value.place,
        ...value.class,
      })
    } else if (event.kind === 'address.approved' || event.kind === 'address.refused') {
      const fact = found.get(event.payload.addressId)
      const approved = event.kind === 'address.approved'
      if (fact) Object.assign(fact, { approved, approvedAt: approved ? event.occurredAt : null, refused: !approved })
    }
  }
  return [...found.values()].sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime() || a.seq - b.seq)
}

function shipmentFacts(events: LedgerEvent[], addresses: AddressFact[], assignedAt: string | null): ShipmentFact[] {
  const byId = new Map(addresses.map((address) => [address.id, address]))
  const groups = Map.groupBy(events.filter((event) => event.shipmentId !== null), (event) => event.shipmentId!)
  const found: ShipmentFact[] = []
  for (const [id, group] of groups) {
    const ordered = group.find((event) => event.kind === 'shipment.ordered')
    if (ordered?.kind !== 'shipment.ordered' || ordered.payload === null) continue
    const state = foldShipment(group)
    const bound = destinationOf(ordered, group)
    const scans = group.flatMap((event): ScanFact[] => (event.kind === 'shipment.scanned' && event.payload ? [scanFact(event, event.payload)] : [])).sort((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
    const shipped = group.find((event) => event.kind === 'shipment.shipped')
    found.push({
      id,
      seq: ordered.seq,
      direction: ordered.payload.direction,
      orderedAt: ordered.occurredAt,
      recordedAt: ordered.recordedAt,
      shippedAt: shipped?.occurredAt ?? null,
      shippedSeq: shipped?.seq ?? null,
      destination: bound.addressId === null ? null : (byId.get(bound.addressId) ?? null),
      destinationSeq: bound.seq,
      destinationAt: bound.at,
      scans,
      firstScanAt: state.firstScanAt === null ? null : new Date(state.firstScanAt),
      delivered: scans.findLast((scan) => scan.reading.is === 'delivered' && scan.reading.to !== 'sender') ?? null,
      held: state.held !== null,
      // A return that is ordered meanwhile ends no custody period.
      isCurrent: ordered.payload.direction === 'out' && ordered.occurredAt.toISOString() === assignedAt,
    })
  }
  return found.sort((a, b) => a.orderedAt.getTime() - b.orderedAt.getTime())
}

/** Where a parcel is bound, and by which event since when: the order, or the last change that gave it another address. */
function destinationOf(ordered: Extract<LedgerEvent, { kind: 'shipment.ordered' }>, group: LedgerEvent[]) {
  let bound = { addressId: ordered.payload?.addressId ?? null, seq: ordered.seq, at: ordered.occurredAt }
  for (const event of inOrder(group)) {
    if (event.kind !== 'shipment.changed' || !event.payload?.addressId || event.payload.addressId === bound.addressId) continue
    bound = { addressId: event.payload.addressId, seq: event.seq, at: event.occurredAt }
  }
  return bound
}

const scanFact = (event: LedgerEvent, payload: Payload<'shipment.scanned'>): ScanFact => ({
  seq: event.seq,
  at: event.occurredAt,
  from: new Date(payload.from),
  to: new Date(payload.to),
  status: payload.status,
  reading: payload.reading,
  place: payload.place,
})

type Item = { member: string; value: unknown; place?: IpPlace | null }

/** The facet changes in the order of their own times. */
function changes(events: LedgerEvent[], facet: string) {
  return events
    .flatMap((event) => (event.kind === 'checkin.changed' && event.payload?.facet === facet ? [{ event, payload: event.payload, added: event.payload.added as Item[], removed: event.payload.removed as Item[] }] : []))
    .sort((a, b) => a.event.occurredAt.getTime() - b.event.occurredAt.getTime() || a.event.seq - b.event.seq)
}

function networkFacts(events: LedgerEvent[]): NetworkFact[] {
  return changes(events, 'network').flatMap(({ event, payload, added }) =>
    added
      .filter((item) => item.member === 'publicIp')
      .map((item) => ({ seq: event.seq, at: event.occurredAt, source: payload.source, proof: payload.proof as ProofLevel, late: payload.late, publicIp: String(item.value), place: item.place ?? null })),
  )
}

/** Catalogue hits over time, the union of all sources: what came and went was there. */
function catalogueFacts(events: LedgerEvent[], declarations: DeclarationValues[], now: Date): { tools: ToolFact[]; hardware: HardwareFact[] } {
  const platform = platformOf(events)
  const tools = stays(changes(events, 'software'), ({ member, value }) => {
    const hit = member === 'software' ? matchSoftware(value as never, platform) : null
    return hit && { key: hit.toolId, hit, startup: (value as { startup?: boolean }).startup === true }
  })
  const hardware = stays([...changes(events, 'hardware'), ...changes(events, 'network')], (item) => {
    const hit = matchHardware(item)
    return hit && { key: `${hit.hardwareId} ${hit.by} ${hit.exceptional}`, hit, startup: false }
  })
  return {
    // One that was approved when it came stays so when the declaration has ended.
    tools: tools.map(({ hit: { toolId, name, family, drives }, ...stay }) => {
      const approved = isApproved(declarations, toolId, now) || isApproved(declarations, toolId, stay.from)
      return { ...stay, toolId, name, family, drives, approved }
    }),
    hardware: hardware.map(({ hit: { hardwareId, name, family, by, exceptional }, startup: _, ...stay }) => ({ ...stay, hardwareId, name, family, by, exceptional })),
  }
}

function matchHardware({ member, value }: Item) {
  if (member === 'usbDevices') return matchUsb(value as never)
  if (member === 'displays') return matchDisplay(value as never)
  if (member !== 'neighbours') return null
  const { block, hostname } = value as { block?: string; hostname?: string }
  return matchNeighbour({ ...(block ? { mac: macOf(block) } : {}), ...(hostname ? { hostname } : {}) })
}

interface Stay<H> {
  seq: number
  from: Date
  to: Date | null
  proof: ProofLevel
  startup: boolean
  hit: H
}

/**
 * From when to when each hit was there. It ends when the last source that showed it has lost the last of its traces;
 * one that comes again later is another stay. A late report shows a moment.
 */
function stays<H>(found: ReturnType<typeof changes>, match: (item: Item) => { key: string; hit: H; startup: boolean } | null): Stay<H>[] {
  const all: Stay<H>[] = []
  const open = new Map<string, { stay: Stay<H>; traces: Set<string> }>()
  for (const { event, payload, added, removed } of found) {
    const trace = (item: Item) => `${payload.source}\n${item.member}\n${JSON.stringify(item.value)}`
    const lost = new Set<string>()
    for (const item of payload.late ? [] : removed) {
      const known = match(item)
      if (known && open.get(known.key)?.traces.delete(trace(item))) lost.add(known.key)
    }
    for (const item of added) {
      const known = match(item)
      if (known === null) continue
      const current = open.get(known.key)
      if (current) current.stay.startup ||= known.startup
      if (current && !payload.late) current.traces.add(trace(item))
      if (current) continue
      const stay = { seq: event.seq, from: event.occurredAt, to: payload.late ? event.occurredAt : null, proof: payload.proof as ProofLevel, startup: known.startup, hit: known.hit }
      all.push(stay)
      if (!payload.late) open.set(known.key, { stay, traces: new Set([trace(item)]) })
    }
    for (const key of lost) {
      const current = open.get(key)
      if (current === undefined || current.traces.size > 0) continue
      current.stay.to = event.occurredAt
      open.delete(key)
    }
  }
  return all
}

/** A MAC block of 28 bits as a MAC address again, its unknown rest zero. */
const macOf = (block: string) => (block.padEnd(12, '0').match(/../g) ?? []).join(':')

function platformOf(events: LedgerEvent[]): Platform | null {
  const item = changes(events, 'posture').flatMap(({ added }) => added.filter((one) => one.member === 'platform')).at(-1)
  return (item?.value as Platform | undefined) ?? null
}

function isApproved(declarations: DeclarationValues[], toolId: string, now: Date): boolean {
  return declarations.some((one) => one.kind === 'tool' && one.value !== null && findTool(one.value)?.id === toolId && covers(one, now))
}

function periodOf(one: DeclarationValues): { from: Date; to: Date } {
  const from = new Date(`${one.startsOn}T00:00:00Z`)
  const longest = new Date(from.getTime() + DECLARATION_DAYS_MAX * DAY)
  const to = one.endsOn === null ? longest : new Date(`${one.endsOn}T23:59:59Z`)
  return { from, to: to < longest ? to : longest }
}

const covers = (one: DeclarationValues, at: Date) => {
  const { from, to } = periodOf(one)
  return from <= at && at <= to
}

function declarationFacts(facts: Facts, events: LedgerEvent[], assigneeId: string | null): DeclarationFact[] {
  const ended = new Map(events.flatMap((event) => (event.kind === 'declaration.ended' && event.payload ? [[event.payload.declarationId, event.occurredAt] as const] : [])))
  return facts.declarations
    .filter((one) => one.personId === null || one.personId === assigneeId || one.otherPersonId === assigneeId)
    .map((one) => {
      const { from, to } = periodOf(one)
      const end = ended.get(one.id)
      return { id: one.id, kind: one.kind, personId: one.personId, value: one.value, place: null, from, to: end && end < to ? end : to }
    })
}
