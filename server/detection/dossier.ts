// The dossier: what stood at one moment, assembled purely from the facts of a device.
import { destinationChanges } from '../custody/destinations.ts'
import type { LedgerEvent, Payload } from '../custody/events.ts'
import { type DeviceState, foldDevice, foldShipment, inOrder, withReadings } from '../custody/state.ts'
import { DAY } from '../lib/time.ts'
import { DECLARATION_DAYS_MAX } from '../people/declarations.ts'
import { endpointFacts, outageFacts } from './endpoint-facts.ts'
import type { DeclarationValues, Facts } from './facts.ts'
import { personOf } from './links.ts'
import { apart } from './measure.ts'
import { mergedIn, ofRecords, presenceOf, recordsOf, trusted, withoutUndone } from './one-machine.ts'
import type {
  AddressFact,
  DeclarationFact,
  Dossier,
  Nearness,
  OrderFact,
  Place,
  ReturnFact,
  ScanFact,
  SharedFact,
  ShipmentFact,
  SignedFact,
} from './rule.ts'
import { sharedFacts } from './shared-facts.ts'
import { catalogueFacts, networkFacts } from './stays.ts'
import { vouchedFor } from './vouched.ts'

/** The newest time at which anything in the facts happened, as far as its own record allows: detection's `now` after an event. */
const newestTime = (times: Date[]): Date => times.reduce((newest, at) => (at > newest ? at : newest), new Date(0))

/** After all that can have happened: what is known of others is then cut by number alone. */
const EVER = new Date('9999-12-31T00:00:00Z')

const timesOf = (shared: SharedFact[]): Date[] =>
  shared.flatMap(({ others }) =>
    others.flatMap(({ from, to, confirmed }) => [from, to, confirmed?.at].filter((at) => at instanceof Date)),
  )

/**
 * The dossier as of `seq`. Pure: the same facts, number and time give the same dossier, so that a back-test sees what
 * was seen. `now` is left out after an event, and given by a sweep.
 */
export function assembleDossier(facts: Facts, input: { seq: number; now?: Date }): Dossier {
  const { now: asked } = input
  const known = withoutUndone(trusted(ofDevice(facts, input.seq)))
  const events = withReadings(asked === undefined ? known : known.filter((event) => event.occurredAt <= asked))
  const state = foldDevice(
    events.filter((event) => event.deviceId === facts.device.id || event.shipmentId !== null),
    facts.device.id,
  )
  const orders = otherOrders(facts, input, state.assigneeId)
  const signatures = signaturesBeside(facts, events, input)
  const newest = newestTime([
    ...events.map((event) => event.occurredAt),
    ...[...orders, ...signatures].map((one) => one.at),
  ])
  const date = (iso: string | null) => (iso === null ? null : new Date(iso))
  const person = facts.people.find((one) => one.id === state.assigneeId)
  const vouched = vouchedFor(events, person ?? null)
  const declarations = [...declarationFacts(facts, events, state.assigneeId), ...vouched.declarations]
  const all = atOffices(addressFacts(facts, events), declarations, asked ?? newest)
  const shipments = shipmentFacts(events, all, state.assignedAt, signersBy(signatures))
  const shipment = shipments.findLast((one) => one.isCurrent) ?? null
  const addresses = all
    .filter((address) => address.personId === state.assigneeId && state.assigneeId !== null)
    .map(({ personId: _, ...address }) => address)
  const sharedAt = (at: Date) =>
    state.assigneeId === null
      ? []
      : sharedFacts(facts.shared, {
          seq: input.seq,
          now: at,
          events,
          personId: state.assigneeId,
          inHand: inHand(state, shipment),
          addresses,
          networks: networkFacts(events, declarations, at),
          declarations,
        })
  // What somebody else did moves the time too: their laptop came to this one's network.
  const now = asked ?? newestTime([newest, ...(facts.shared.links.length === 0 ? [] : timesOf(sharedAt(EVER)))])
  const networks = networkFacts(events, declarations, now)
  return {
    now,
    seq: input.seq,
    device: {
      ...facts.device,
      isKnown: events.some(isOfOurs),
      lifeCycle: state.lifeCycle,
      holder: state.holder,
      assignedAt: date(state.assignedAt),
      shippedAt: date(state.shippedAt),
      firstScanAt: date(state.firstScanAt),
      deliveredAt: date(state.deliveredAt),
      acceptedAt: date(state.acceptedAt),
      firstCheckInAt:
        shipment === null
          ? date(state.firstCheckInAt)
          : firstCheckInAfter(events, shipment.firstScanAt ?? shipment.shippedAt),
      contradictions: state.contradictions,
    },
    person:
      person === undefined
        ? null
        : {
            id: person.id,
            kind: person.kind,
            startsOn: dayStart(person.startsOn),
            leavesOn: dayStart(person.leavesOn),
          },
    addresses,
    shipments,
    shipment,
    checkIns: events.flatMap((event) =>
      event.kind === 'device.checked_in' && event.payload
        ? [{ seq: event.seq, at: event.occurredAt, source: event.payload.source, proof: event.payload.proof }]
        : [],
    ),
    presence: presenceOf(facts, ofSeq(facts, input.seq))
      .filter((day) => day.firstAt <= now)
      .map((day) => (day.lastAt <= now ? day : { ...day, lastAt: now })),
    networks,
    ...endpointFacts(events),
    outages: outageFacts(events),
    ...catalogueFacts(events, { declarations, commonTools: vouched.commonTools }, now),
    declarations,
    returns: returnFacts(events),
    otherOrders: orders,
    shared: sharedAt(now),
    readBacks: events.flatMap((event) =>
      event.kind === 'device.read_back' && event.payload
        ? [{ seq: event.seq, at: event.occurredAt, result: event.payload.result }]
        : [],
    ),
  }
}

/** Since when the laptop is with its person; null while it is in the house, on the bench or in stock. */
function inHand(state: DeviceState, shipment: ShipmentFact | null): { from: Date; byParcel: boolean } | null {
  if (personOf(state) === null) return null
  const left = shipment === null ? null : (shipment.firstScanAt ?? shipment.shippedAt ?? shipment.delivered?.at ?? null)
  if (left !== null) return { from: left, byParcel: true }
  return state.assignedAt === null ? null : { from: new Date(state.assignedAt), byParcel: false }
}

/** A record of ours: imported, or put in a parcel. What only reports know of has neither. */
const isOfOurs = (event: LedgerEvent) =>
  event.kind === 'shipment.ordered' ||
  (event.kind === 'device.registered' && event.payload !== null && event.payload.origin !== 'check-in')

interface AsOf {
  seq: number
  now?: Date
}

const isKnown = (one: { seq: number; at: Date }, { seq, now }: AsOf) =>
  one.seq <= seq && (now === undefined || one.at <= now)

const ofSeq = (facts: Facts, seq: number) => facts.events.filter((event) => event.seq <= seq)

/** What is known by `seq`; a parcel is this laptop's from the event that put it in, with all that came before. */
function ofDevice(facts: Facts, seq: number): LedgerEvent[] {
  const upTo = ofSeq(facts, seq)
  const records = recordsOf(upTo, facts.device.id)
  const known = ofRecords(upTo, facts.device.id, mergedIn(facts.events))
  const parcels = new Set(known.flatMap((event) => (isPutIn(event, records) ? [event.shipmentId] : [])))
  return known.filter((event) => !event.kind.startsWith('shipment.') || parcels.has(event.shipmentId))
}

/** What a payload said that was erased can only have been this laptop: nothing else is loaded. */
const isPutIn = (event: LedgerEvent, records: ReadonlySet<string>) =>
  (event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') &&
  (event.payload === null || event.payload.deviceIds.some((id) => records.has(id)))

/** What the hands that signed for this laptop's parcels signed elsewhere. */
function signaturesBeside(facts: Facts, events: LedgerEvent[], asOf: AsOf): Facts['signers'] {
  const own = new Set(
    events.flatMap((event) => (event.kind === 'shipment.signed' && event.payload ? [event.payload.signer] : [])),
  )
  return facts.signers.filter((one) => own.has(one.signer) && isKnown(one, asOf))
}

/** Where a parcel came to: the address it was bound for, and the place of its delivery, else of that address. */
type CameTo = Pick<AddressFact, 'doorKey' | 'buildingKey' | 'place'>

/** What one signer signed for others, as of this dossier: one entry per person, their first. */
type SignersBy = (signer: string, own: string | null, cameTo: CameTo | null) => SignedFact['others']

function signersBy(signatures: Facts['signers']): SignersBy {
  return (signer, own, cameTo) => {
    const first = new Map<string, SignedFact['others'][number]>()
    // What was said last of a parcel stands.
    const standing = new Map(signatures.toSorted((a, b) => a.seq - b.seq).map((one) => [one.shipmentId, one]))
    const theirs = [...standing.values()]
      .filter((one) => one.signer === signer && one.personId !== own)
      .toSorted(
        (a, b) =>
          a.at.getTime() - b.at.getTime() ||
          a.personId.localeCompare(b.personId) ||
          a.shipmentId.localeCompare(b.shipmentId),
      )
    for (const { seq, at, personId, result, ...other } of theirs)
      if (!first.has(personId)) first.set(personId, { seq, at, personId, result, where: nearness(cameTo, other) })
    return [...first.values()]
  }
}

function nearness(a: CameTo | null, b: CameTo): Nearness {
  if (a === null) return 'cannot tell'
  if (a.doorKey !== null && a.doorKey === b.doorKey) return 'door'
  if (a.buildingKey !== null && a.buildingKey === b.buildingKey) return 'building'
  const { gapKm, isOtherCountry, isOtherRegion } = apart(a.place, b.place)
  if (gapKm === null) return isOtherCountry || isOtherRegion ? 'far' : 'cannot tell'
  return gapKm === 0 ? 'near' : 'far'
}

function otherOrders(facts: Facts, asOf: AsOf, assigneeId: string | null): OrderFact[] {
  const found = new Map<string, OrderFact & { personId: string | null }>()
  for (const one of facts.otherOrders) {
    if (!isKnown(one, asOf)) continue
    const { seq, shipmentId, at } = one
    const was = found.get(shipmentId) ?? { seq, shipmentId, personId: null, deviceIds: [], at }
    const deviceIds = [...new Set([...was.deviceIds, ...one.deviceIds])]
    found.set(shipmentId, { ...was, personId: one.personId ?? was.personId, deviceIds })
  }
  return [...found.values()]
    .filter((one) => one.personId === assigneeId && assigneeId !== null && !one.deviceIds.includes(facts.device.id))
    .map(({ personId: _, ...order }) => order)
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.shipmentId.localeCompare(b.shipmentId))
}

function returnFacts(events: LedgerEvent[]): ReturnFact[] {
  const found = new Map<string, ReturnFact>()
  for (const event of events)
    if (event.kind === 'return.opened' && event.payload)
      found.set(event.payload.returnId, {
        id: event.payload.returnId,
        seq: event.seq,
        openedAt: event.occurredAt,
        reason: event.payload.reason,
        dueAt: dayEnd(event.payload.dueOn),
        received: null,
        closed: null,
      })
  for (const event of inOrder(events)) {
    if (event.payload === null) continue
    if (event.kind === 'return.due_changed' || event.kind === 'return.closed') {
      const fact = found.get(event.payload.returnId)
      if (fact === undefined) continue
      if (event.kind === 'return.due_changed') fact.dueAt = dayEnd(event.payload.dueOn)
      else fact.closed = { seq: event.seq, at: event.occurredAt, outcome: event.payload.outcome }
    } else if (event.kind === 'device.received' && event.payload.returnId !== undefined) {
      const fact = found.get(event.payload.returnId)
      if (fact) fact.received = { seq: event.seq, at: event.occurredAt, serial: event.payload.serial ?? 'unread' }
    }
  }
  return [...found.values()].sort((a, b) => a.openedAt.getTime() - b.openedAt.getTime() || a.id.localeCompare(b.id))
}

const dayEnd = (day: string) => new Date(`${day}T23:59:59Z`)

const dayStart = (day: string | null) => (day === null ? null : new Date(`${day}T00:00:00Z`))

/**
 * The earliest check-in after the carrier had the laptop (DESIGN 6.6), by any of its traces: one that came in before its
 * order was known has left its facets only.
 */
function firstCheckInAfter(events: LedgerEvent[], start: Date | null): Date | null {
  if (start === null) return null
  const times = events
    .filter(
      (event) => (event.kind === 'device.checked_in' || event.kind === 'checkin.changed') && event.occurredAt >= start,
    )
    .map((event) => event.occurredAt.getTime())
  return times.length === 0 ? null : new Date(Math.min(...times))
}

function addressFacts(facts: Facts, events: LedgerEvent[]): (AddressFact & { personId: string | null })[] {
  const values = new Map(facts.addresses.map((address) => [address.id, address]))
  const found = new Map<string, AddressFact & { personId: string | null }>()
  for (const event of events) {
    if (event.kind === 'address.added' && event.payload) {
      const value = values.get(event.payload.addressId)
      if (value === undefined) continue
      found.set(value.id, {
        seq: event.seq,
        id: value.id,
        personId: value.isSomebodys ? event.personId : null,
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
        // Military and diplomatic post goes on to wherever its reader is: such an address is no place to measure from.
        place: value.class.kind === 'military' ? nowhere : value.place,
        ...value.class,
        authorId: event.actor.type === 'user' ? event.actor.id : null,
        approverId: null,
        verified: null,
      })
    }
  }
  for (const event of inOrder(events)) {
    if (event.payload === null) continue
    if (event.kind === 'address.approved' || event.kind === 'address.refused') {
      const fact = found.get(event.payload.addressId)
      const approved = event.kind === 'address.approved'
      const approverId = approved && event.actor.type === 'user' ? event.actor.id : null
      const approvedAt = approved ? event.occurredAt : null
      if (fact) Object.assign(fact, { approved, approvedAt, approverId, refused: !approved })
    } else if (event.kind === 'address.classified') {
      const { addressId, ...read } = event.payload
      const fact = found.get(addressId)
      const place = read.kind === 'military' ? nowhere : values.get(addressId)?.place
      if (fact && place) Object.assign(fact, { ...read, place, why: 'It is so by a newer list of places.' })
    } else if (event.kind === 'address.verified') {
      const { addressId, result, codes } = event.payload
      const fact = found.get(addressId)
      if (fact) fact.verified = { seq: event.seq, at: event.occurredAt, result, codes }
    }
  }
  return [...found.values()].sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime() || a.seq - b.seq)
}

/**
 * An address in a building that the company declared as an office, then or now, is an office of ours. A listed place in
 * that building stays what it is, unless its door was declared.
 */
function atOffices<A extends AddressFact>(addresses: A[], declarations: DeclarationFact[], now: Date): A[] {
  const offices = declarations.filter((one) => one.kind === 'office' && one.place?.buildingKey)
  if (offices.length === 0) return addresses
  return addresses.map((address) => {
    const isThere = ({ place, from, to }: DeclarationFact) =>
      [address.validFrom, now].some((at) => from <= at && at <= to) &&
      place?.buildingKey === address.buildingKey &&
      (address.placeId === null || place?.doorKey === address.doorKey)
    if (address.use === 'identity' || !offices.some(isThere)) return address
    const why = 'The company declared an office in this building.'
    return { ...address, kind: 'office', why, confidence: 1, placeId: null, customerCode: false }
  })
}

function shipmentFacts(
  events: LedgerEvent[],
  addresses: AddressFact[],
  assignedAt: string | null,
  signersOf: SignersBy,
): ShipmentFact[] {
  const byId = new Map(addresses.map((address) => [address.id, address]))
  const groups = Map.groupBy(
    events.filter((event) => event.shipmentId !== null),
    (event) => event.shipmentId!,
  )
  const found: ShipmentFact[] = []
  for (const [id, group] of groups) {
    const ordered = group.find((event) => event.kind === 'shipment.ordered')
    if (ordered?.kind !== 'shipment.ordered' || ordered.payload === null) continue
    const state = foldShipment(group)
    const bound = destinationOf(ordered, group)
    const confirmed = new Set(
      group.flatMap((event) =>
        event.kind === 'shipment.scan_confirmed' && event.payload ? [event.payload.scanId] : [],
      ),
    )
    const scans = inOrder(group).flatMap((event): ScanFact[] =>
      event.kind === 'shipment.scanned' && event.payload ? [scanFact(event, event.payload, confirmed)] : [],
    )
    const shipped = group.find((event) => event.kind === 'shipment.shipped')
    const destination = bound.addressId === null ? null : (byId.get(bound.addressId) ?? null)
    const delivered = scans.findLast((scan) => scan.reading.is === 'delivered' && scan.reading.to !== 'sender') ?? null
    found.push({
      id,
      seq: ordered.seq,
      direction: ordered.payload.direction,
      orderedAt: ordered.occurredAt,
      recordedAt: ordered.recordedAt,
      shippedAt: shipped?.occurredAt ?? null,
      shippedSeq: shipped?.seq ?? null,
      destination,
      destinationSeq: bound.seq,
      destinationAt: bound.at,
      scans,
      firstScanAt: state.firstScanAt === null ? null : new Date(state.firstScanAt),
      delivered,
      held: state.held !== null,
      ...preparedFacts(group),
      destinationChanges: destinationChanges(group),
      ...nameFacts(group, signersOf, cameTo(destination, delivered)),
      // A return that is ordered meanwhile ends no custody period.
      isCurrent: ordered.payload.direction === 'out' && ordered.occurredAt.toISOString() === assignedAt,
    })
  }
  return found.sort((a, b) => a.orderedAt.getTime() - b.orderedAt.getTime())
}

/** Who prepared it and under what policy, and the label in force. */
function preparedFacts(group: LedgerEvent[]): Pick<ShipmentFact, 'preparedBy' | 'policy' | 'label'> {
  let preparedBy: string | null = null
  let policy: ShipmentFact['policy'] = null
  let label: (NonNullable<ShipmentFact['label']> & { id: string }) | null = null
  for (const event of group) {
    if (event.payload === null) continue
    if (event.kind === 'shipment.prepared') {
      preparedBy = event.actor.type === 'user' ? event.actor.id : null
      policy = { seq: event.seq, at: event.occurredAt, tier: event.payload.tier, policy: event.payload.policy }
    } else if (event.kind === 'shipment.label_bought') {
      const { labelId: id, signature, holdForPickup } = event.payload
      label = { seq: event.seq, at: event.occurredAt, signature, holdForPickup, id }
    } else if (event.kind === 'shipment.label_refunded' && event.payload.state !== 'rejected')
      if (label?.id === event.payload.labelId) label = null
  }
  if (label === null) return { preparedBy, policy, label }
  const { id: _, ...bought } = label
  return { preparedBy, policy, label: bought }
}

const cameTo = (destination: AddressFact | null, delivered: ScanFact | null): CameTo => ({
  doorKey: destination?.doorKey ?? null,
  buildingKey: destination?.buildingKey ?? null,
  place: delivered?.place ?? destination?.place ?? nowhere,
})

const nowhere: Place = { city: null, region: null, country: null, circle: null }

/** Names are compared here, and anew once the person or the name is another one: what was said last stands. */
function nameFacts(
  group: LedgerEvent[],
  signersOf: SignersBy,
  where: CameTo,
): Pick<ShipmentFact, 'addressee' | 'signed'> {
  let addressee: ShipmentFact['addressee'] = null
  let signed: ShipmentFact['signed'] = null
  for (const event of group.toSorted((a, b) => a.seq - b.seq)) {
    if (event.payload === null) continue
    if (event.kind === 'shipment.addressee_compared') addressee = { seq: event.seq, result: event.payload.result }
    else if (event.kind === 'shipment.signed') {
      const { signer, result } = event.payload
      signed = { seq: event.seq, at: event.occurredAt, result, others: signersOf(signer, event.personId, where) }
    }
  }
  return { addressee, signed }
}

/** Where a parcel is bound, and by which event since when: the order, or the last change that gave it another address. */
function destinationOf(ordered: Extract<LedgerEvent, { kind: 'shipment.ordered' }>, group: LedgerEvent[]) {
  let bound = { addressId: ordered.payload?.addressId ?? null, seq: ordered.seq, at: ordered.occurredAt }
  for (const event of inOrder(group)) {
    if (event.kind !== 'shipment.changed' || !event.payload?.addressId || event.payload.addressId === bound.addressId)
      continue
    bound = { addressId: event.payload.addressId, seq: event.seq, at: event.occurredAt }
  }
  return bound
}

const scanFact = (
  event: LedgerEvent,
  payload: Payload<'shipment.scanned'>,
  confirmed: ReadonlySet<string>,
): ScanFact => ({
  seq: event.seq,
  at: event.occurredAt,
  from: new Date(payload.from),
  to: new Date(payload.to),
  status: payload.status,
  reading: payload.reading,
  place: payload.place,
  confirmed: payload.confirmed || confirmed.has(payload.scanId),
})

function periodOf(one: DeclarationValues): { from: Date; to: Date } {
  const from = new Date(`${one.startsOn}T00:00:00Z`)
  const longest = new Date(from.getTime() + DECLARATION_DAYS_MAX * DAY)
  const to = one.endsOn === null ? longest : new Date(`${one.endsOn}T23:59:59Z`)
  return { from, to: to < longest ? to : longest }
}

function declarationFacts(facts: Facts, events: LedgerEvent[], assigneeId: string | null): DeclarationFact[] {
  const made = new Set(
    events.flatMap((event) =>
      event.kind === 'declaration.made' && event.payload ? [event.payload.declarationId] : [],
    ),
  )
  const ended = new Map(
    events.flatMap((event) =>
      event.kind === 'declaration.ended' && event.payload
        ? [[event.payload.declarationId, event.occurredAt] as const]
        : [],
    ),
  )
  return facts.declarations
    .filter((one) => made.has(one.id))
    .filter((one) => one.personId === null || one.personId === assigneeId || one.otherPersonId === assigneeId)
    .map((one) => {
      const { from, to } = periodOf(one)
      const end = ended.get(one.id)
      return {
        id: one.id,
        kind: one.kind,
        personId: one.personId,
        otherPersonId: one.otherPersonId,
        value: one.value,
        place: one.place
          ? { ...one.place.place, doorKey: one.place.doorKey, buildingKey: one.place.buildingKey }
          : null,
        from,
        to: end && end < to ? end : to,
      }
    })
}
