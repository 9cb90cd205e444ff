// Where a device and a parcel stand: pure folds of their chains, ordered by when things happened, not by when we heard.
import type { Reading } from '../ports.ts'
import type { EventKind, LedgerEvent, ReturnOutcome } from './events.ts'

/** The life cycle (DESIGN 2). `returning` runs until the stockroom has it; `returned` until it is back in stock. */
export const lifeCycles = [
  'stock',
  'ordered',
  'packed',
  'shipped',
  'delivered',
  'accepted',
  'checked in',
  'in service',
  'returning',
  'returned',
  'repair',
  'lost',
  'retired',
] as const
export type LifeCycle = (typeof lifeCycles)[number]

/** Who has custody now: always exactly one. */
export type Holder =
  | { kind: 'stockroom' | 'carrier' | 'counter' | 'unaccepted' | 'vendor' | 'unknown' }
  | { kind: 'person'; personId: string | null }

/** A report that does not fit what was known at its time: kept, and marked. */
export interface Contradiction {
  seq: number
  why: string
}

export interface DeviceState {
  lifeCycle: LifeCycle
  holder: Holder
  assigneeId: string | null
  /** From when the assignee is the one the device is meant for. */
  assignedAt: string | null
  /** The shipment that this custody period began with, or that is under way. */
  shipmentId: string | null
  /** Whether that shipment brings it back. */
  isReturn: boolean
  shippedAt: string | null
  firstScanAt: string | null
  deliveredAt: string | null
  acceptedAt: string | null
  /** The earliest check-in after the carrier's first scan (else after `shippedAt`) of this custody period. */
  firstCheckInAt: string | null
  contradictions: Contradiction[]
}

export const newDevice: DeviceState = {
  lifeCycle: 'stock',
  holder: { kind: 'stockroom' },
  assigneeId: null,
  assignedAt: null,
  shipmentId: null,
  isReturn: false,
  shippedAt: null,
  firstScanAt: null,
  deliveredAt: null,
  acceptedAt: null,
  firstCheckInAt: null,
  contradictions: [],
}

// At the same moment, what must come first comes first: a parcel is ordered before it is scanned.
const ranks: Partial<Record<EventKind, number>> = {
  'device.registered': 0,
  'device.status_reported': 1,
  'shipment.ordered': 2,
  'shipment.changed': 3,
  'shipment.packed': 4,
  'shipment.shipped': 5,
  'shipment.scanned': 6,
  'device.accepted': 7,
  'device.checked_in': 8,
  'checkin.changed': 9,
  'device.received': 10,
  'device.transferred': 11,
  'return.closed': 12,
  'shipment.reread': 13,
  'device.merged': 14,
  'device.unmerged': 15,
  'device.match_undone': 16,
}

/** The order of facts: when it happened, then what kind it is, then its own reference. Never the order of arrival. */
export function inOrder(events: LedgerEvent[]): LedgerEvent[] {
  return events.toSorted(
    (a, b) =>
      a.occurredAt.getTime() - b.occurredAt.getTime() ||
      (ranks[a.kind] ?? 99) - (ranks[b.kind] ?? 99) ||
      reference(a).localeCompare(reference(b)) ||
      a.seq - b.seq,
  )
}

function reference(event: LedgerEvent): string {
  if (event.kind !== 'shipment.scanned' || event.payload === null) return ''
  const { from, status, reading, place } = event.payload
  return `${from} ${status} ${JSON.stringify(reading)} ${place.city ?? ''}`
}

/** The kinds that move a device; the others need not be read for a refold. */
export const deviceKinds = Object.keys(ranks) as EventKind[]

/** Scans with the reading that stands: what was read anew counts from the first, as if it had been read so at once. */
export function withReadings(events: LedgerEvent[]): LedgerEvent[] {
  const anew = new Map<string, Reading>()
  for (const event of events.toSorted((a, b) => a.seq - b.seq))
    if (event.kind === 'shipment.reread' && event.payload) anew.set(event.payload.scanId, event.payload.reading)
  if (anew.size === 0) return events
  return events.map((event) => {
    if (event.kind !== 'shipment.scanned' || event.payload === null) return event
    const reading = anew.get(event.payload.scanId)
    return reading === undefined ? event : { ...event, payload: { ...event.payload, reading } }
  })
}

/** Folds a device's own events and those of its shipments; scans that put another laptop in the same box are not its own. */
export function foldDevice(events: LedgerEvent[], deviceId?: string): DeviceState {
  const own = events.filter((event) => event.kind !== 'shipment.packed' || isOf(event.payload?.deviceId, deviceId))
  const ordered = inOrder(withReadings(own))
  const firstScans: FirstScans = new Map()
  for (const event of ordered) {
    const isScan = event.kind === 'shipment.scanned' && event.payload !== null && event.payload.reading.is !== 'created'
    if (isScan && event.shipmentId !== null && !firstScans.has(event.shipmentId))
      firstScans.set(event.shipmentId, event.occurredAt.toISOString())
  }
  return ordered.reduce((state, event) => stepDevice(state, event, firstScans), newDevice)
}

const isOf = (named: string | undefined, deviceId: string | undefined) =>
  named === undefined || deviceId === undefined || named === deviceId

/** When the carrier first had each parcel: known ahead, since a check-in is judged by it (DESIGN 6.6). */
type FirstScans = Map<string, string>

/** A new custody period: whatever the one before left behind is over. */
const period = (over: Partial<DeviceState>, was: DeviceState): DeviceState => ({
  ...newDevice,
  contradictions: was.contradictions,
  ...over,
})

function stepDevice(state: DeviceState, event: LedgerEvent, firstScans: FirstScans): DeviceState {
  const at = event.occurredAt.toISOString()
  const against = (why: string): DeviceState => ({
    ...state,
    contradictions: [...state.contradictions, { seq: event.seq, why }],
  })
  switch (event.kind) {
    case 'device.status_reported': {
      const { status, holderId } = event.payload ?? { status: 'stock' as const, holderId: null }
      if (status === 'stock') return period({}, state)
      if (status === 'in_service')
        return period(
          {
            lifeCycle: 'in service',
            holder: { kind: 'person', personId: holderId },
            assigneeId: holderId,
            assignedAt: at,
            acceptedAt: at,
            firstCheckInAt: at,
          },
          state,
        )
      if (status === 'repair') return { ...state, lifeCycle: 'repair', holder: { kind: 'vendor' } }
      if (status === 'retired') return period({ lifeCycle: 'retired' }, state)
      return { ...state, lifeCycle: 'lost', holder: { kind: 'unknown' } }
    }
    case 'shipment.ordered': {
      if (event.payload === null) return state
      if (event.payload.direction === 'return')
        return { ...state, lifeCycle: 'returning', shipmentId: event.shipmentId, isReturn: true }
      const next = period(
        { lifeCycle: 'ordered', assigneeId: event.payload.personId, assignedAt: at, shipmentId: event.shipmentId },
        state,
      )
      if (state.lifeCycle === 'stock' || state.lifeCycle === 'returned') return next
      return {
        ...next,
        // An order alone takes a laptop out of nobody's hands.
        holder: state.holder,
        contradictions: [
          ...next.contradictions,
          { seq: event.seq, why: `ordered for a person while it was ${state.lifeCycle}` },
        ],
      }
    }
    case 'shipment.changed':
      // The person may only be known after the order: the one the parcel is for is the assignee all along.
      return event.shipmentId === state.shipmentId && event.payload?.personId
        ? { ...state, assigneeId: event.payload.personId }
        : state
    case 'shipment.packed':
      if (event.shipmentId !== state.shipmentId) return against('packed in a parcel it was not ordered in')
      if (state.isReturn || state.lifeCycle === 'packed') return state
      return state.lifeCycle === 'ordered'
        ? { ...state, lifeCycle: 'packed' }
        : against(`packed while it was ${state.lifeCycle}`)
    case 'shipment.shipped':
      if (event.shipmentId !== state.shipmentId) return against('shipped in a parcel it was not ordered in')
      return { ...withCarrier(state), shippedAt: at }
    case 'shipment.scanned':
      return event.shipmentId === state.shipmentId && event.payload
        ? stepScan(state, event.payload.reading, at, against)
        : state
    case 'device.accepted': {
      if (state.lifeCycle === 'ordered' || state.lifeCycle === 'packed')
        return against(`accepted while it was ${state.lifeCycle}`)
      const holder: Holder = { kind: 'person', personId: event.payload?.personId ?? null }
      return { ...state, holder, acceptedAt: at, lifeCycle: state.firstCheckInAt === null ? 'accepted' : 'in service' }
    }
    case 'device.checked_in':
    case 'checkin.changed':
      return stepCheckIn(state, at, against, firstScans)
    case 'device.received':
      return event.payload?.serial === 'different'
        ? against('another laptop came back in its place')
        : period({ lifeCycle: 'returned' }, state)
    case 'device.transferred': {
      if (event.payload === null) return state
      const { toPersonId } = event.payload
      const inHand = { holder: { kind: 'person', personId: toPersonId } as Holder, acceptedAt: at, firstCheckInAt: at }
      return period({ lifeCycle: 'in service', assigneeId: toPersonId, assignedAt: at, ...inHand }, state)
    }
    case 'return.closed':
      return event.payload === null ? state : stepReturn(state, event.payload.outcome)
    default:
      return state
  }
}

const inTheHouse: LifeCycle[] = ['stock', 'returned', 'repair', 'retired']

/**
 * Where a returned device goes: quarantine keeps it returned, so that nothing can be ordered from it unseen. One that was
 * sent out again before its return was closed stays where it is.
 */
function stepReturn(state: DeviceState, outcome: ReturnOutcome): DeviceState {
  const isHere = inTheHouse.includes(state.lifeCycle)
  if (outcome === 'withdrawn' || isHere === (outcome === 'kept' || outcome === 'lost')) return state
  switch (outcome) {
    case 'stock':
      return period({}, state)
    case 'repair':
      return period({ lifeCycle: 'repair', holder: { kind: 'vendor' } }, state)
    case 'quarantine':
      return period({ lifeCycle: 'returned' }, state)
    case 'disposed':
      return period({ lifeCycle: 'retired' }, state)
    case 'kept':
      return { ...state, lifeCycle: 'retired' }
    case 'lost':
      return { ...state, lifeCycle: 'lost', holder: { kind: 'unknown' } }
    default:
      return outcome satisfies never
  }
}

const onTheWay = (state: DeviceState) => ['ordered', 'packed', 'shipped', 'lost'].includes(state.lifeCycle)

/** The carrier has it, also again after it had lost it. */
function withCarrier(state: DeviceState): DeviceState {
  if (isComingBack(state)) return { ...state, lifeCycle: 'returning', holder: { kind: 'carrier' } }
  return onTheWay(state) ? { ...state, lifeCycle: 'shipped', holder: { kind: 'carrier' } } : state
}

const isComingBack = (state: DeviceState) => state.isReturn || state.lifeCycle === 'returning'

type ScanReading = NonNullable<Extract<LedgerEvent, { kind: 'shipment.scanned' }>['payload']>['reading']

function stepScan(
  state: DeviceState,
  reading: ScanReading,
  at: string,
  against: (why: string) => DeviceState,
): DeviceState {
  const scanned = { ...state, firstScanAt: state.firstScanAt ?? at }
  switch (reading.is) {
    case 'created':
      return state
    case 'delivered':
      if (reading.to === 'sender') return { ...scanned, lifeCycle: 'returning', holder: { kind: 'unaccepted' } }
      if (isComingBack(state)) return { ...scanned, lifeCycle: 'returning', holder: { kind: 'unaccepted' } }
      if (reading.to === 'counter' || reading.to === 'locker')
        return { ...withCarrier(scanned), holder: { kind: 'counter' } }
      if (state.acceptedAt !== null) return { ...against('delivered after it was accepted'), deliveredAt: at }
      return {
        ...scanned,
        lifeCycle: state.firstCheckInAt === null ? 'delivered' : 'checked in',
        holder: { kind: 'unaccepted' },
        deliveredAt: at,
      }
    case 'held':
      return { ...withCarrier(scanned), holder: reading.at === 'carrier' ? { kind: 'carrier' } : { kind: 'counter' } }
    case 'returned':
      return { ...scanned, lifeCycle: 'returning', holder: { kind: 'carrier' } }
    case 'lost':
      return { ...scanned, lifeCycle: 'lost', holder: { kind: 'unknown' } }
    case 'accepted':
    case 'moving':
    case 'out':
    case 'attempted':
    case 'damaged':
    case 'customs':
    case 'address corrected':
    case 'forwarded':
    case 'delivery change':
    case 'cannot tell':
      if (isComingBack(state)) return withCarrier(scanned)
      if (state.deliveredAt !== null && (reading.is === 'moving' || reading.is === 'out' || reading.is === 'accepted'))
        return against(`${reading.is} after it was delivered`)
      return withCarrier(scanned)
    default:
      return reading satisfies never
  }
}

function stepCheckIn(
  state: DeviceState,
  at: string,
  against: (why: string) => DeviceState,
  firstScans: FirstScans,
): DeviceState {
  // Before the carrier has it, a check-in is bench work; it says nothing about custody.
  const carrierHadIt = (state.shipmentId !== null ? firstScans.get(state.shipmentId) : undefined) ?? state.shippedAt
  if (carrierHadIt === null || at < carrierHadIt) return state
  if (state.firstCheckInAt !== null) return state
  const seen = { ...state, firstCheckInAt: at }
  if (state.acceptedAt !== null) return { ...seen, lifeCycle: 'in service' }
  if (state.deliveredAt !== null) return { ...seen, lifeCycle: 'checked in' }
  return { ...against(`checked in while it was ${state.lifeCycle}`), firstCheckInAt: at }
}

// ── Shipments ──────────────────────────────────────────────────────────────────────────────────────────────

export type ShipmentStatus =
  | 'ordered'
  | 'packed'
  | 'shipped'
  | 'delivered'
  | 'at the counter'
  | 'returning'
  | 'returned'
  | 'lost'

export interface ShipmentState {
  status: ShipmentStatus
  shippedAt: string | null
  firstScanAt: string | null
  lastScanAt: string | null
  deliveredAt: string | null
  /** The laptops that belong in it, and those whose serial number was scanned into the box. */
  deviceIds: string[]
  packedIds: string[]
  held: { seq: number; at: string; by: 'rule' | 'person'; findingId: string | null } | null
  contradictions: Contradiction[]
}

export const newShipment: ShipmentState = {
  status: 'ordered',
  shippedAt: null,
  firstScanAt: null,
  lastScanAt: null,
  deliveredAt: null,
  deviceIds: [],
  packedIds: [],
  held: null,
  contradictions: [],
}

/** Folds a shipment's own events. */
export function foldShipment(events: LedgerEvent[]): ShipmentState {
  return inOrder(withReadings(events)).reduce(stepShipment, newShipment)
}

/** Packed once every laptop of it was scanned, or when somebody says so of the whole. */
function stepPacked(state: ShipmentState, deviceId: string | undefined): ShipmentState {
  const packedIds = deviceId === undefined ? state.packedIds : [...new Set([...state.packedIds, deviceId])]
  const isWhole = deviceId === undefined || state.deviceIds.every((id) => packedIds.includes(id))
  return { ...state, packedIds, status: isWhole && state.status === 'ordered' ? 'packed' : state.status }
}

function stepShipment(state: ShipmentState, event: LedgerEvent): ShipmentState {
  const at = event.occurredAt.toISOString()
  switch (event.kind) {
    case 'shipment.ordered':
      return { ...state, deviceIds: [...new Set([...state.deviceIds, ...(event.payload?.deviceIds ?? [])])] }
    case 'shipment.changed': {
      const deviceIds = [...new Set([...state.deviceIds, ...(event.payload?.deviceIds ?? [])])]
      if (event.payload?.reportedAddressId === undefined) return { ...state, deviceIds }
      const why = 'another address was reported after it was prepared: it stays bound for the one that was checked'
      return { ...state, deviceIds, contradictions: [...state.contradictions, { seq: event.seq, why }] }
    }
    case 'shipment.packed':
      return stepPacked(state, event.payload?.deviceId)
    case 'shipment.shipped': {
      const shipped = {
        ...state,
        shippedAt: at,
        status: state.firstScanAt === null ? ('shipped' as const) : state.status,
      }
      if (state.held === null) return shipped
      return {
        ...shipped,
        contradictions: [...state.contradictions, { seq: event.seq, why: 'reported shipped while it was held' }],
      }
    }
    case 'shipment.held':
      return {
        ...state,
        held: { seq: event.seq, at, by: event.payload?.by ?? 'person', findingId: event.payload?.findingId ?? null },
      }
    case 'shipment.released':
      return { ...state, held: null }
    case 'shipment.scanned': {
      const reading = event.payload?.reading
      if (reading === undefined || reading.is === 'created') return state
      const scanned = { ...state, firstScanAt: state.firstScanAt ?? at, lastScanAt: at }
      if (reading.is === 'lost') return { ...scanned, status: 'lost' }
      if (reading.is === 'returned') return { ...scanned, status: 'returning' }
      if (reading.is === 'held' && reading.at !== 'carrier') return { ...scanned, status: 'at the counter' }
      if (reading.is === 'delivered') {
        if (reading.to === 'sender') return { ...scanned, status: 'returned' }
        if (reading.to === 'counter' || reading.to === 'locker') return { ...scanned, status: 'at the counter' }
        return { ...scanned, status: 'delivered', deliveredAt: at }
      }
      if (state.status === 'delivered') {
        return {
          ...scanned,
          contradictions: [...state.contradictions, { seq: event.seq, why: `${reading.is} after it was delivered` }],
        }
      }
      return state.status === 'returning' ? scanned : { ...scanned, status: 'shipped' }
    }
    default:
      return state
  }
}
