// Tells a laptop's life as the events that would have been recorded, and gives the dossier: rule tests need no database.

import { diff, type Members, merge, sightingOf } from '../../server/checkins/facets.ts'
import { proofOf } from '../../server/checkins/proof.ts'
import type { Actor, EventKind, IdentityDoubt, LedgerEvent, Payload, Subjects } from '../../server/custody/events.ts'
import { foldDevice } from '../../server/custody/state.ts'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { AddressValues, DeclarationValues, Facts } from '../../server/detection/facts.ts'
import type { Dossier, Evaluation, LinkKind, RuleDefinition, RuleFinding } from '../../server/detection/rule.ts'
import { DAY, dayOf } from '../../server/lib/time.ts'
import {
  type CheckIn,
  checkInSchema,
  type IpPlace,
  type NameMatch,
  type ProofLevel,
  type Reading,
  type Vouches,
} from '../../server/ports.ts'

/** Cities as our list of cities places them, and as a database of addresses names their region. */
const cities = {
  Boston: ['MA', 'Massachusetts', 'US', 42.36, -71.06],
  Cambridge: ['MA', 'Massachusetts', 'US', 42.37, -71.11],
  Providence: ['RI', 'Rhode Island', 'US', 41.82, -71.41],
  Columbus: ['OH', 'Ohio', 'US', 39.96, -83.0],
  Denver: ['CO', 'Colorado', 'US', 39.74, -104.98],
  Phoenix: ['AZ', 'Arizona', 'US', 33.45, -112.07],
  Miami: ['FL', 'Florida', 'US', 25.77, -80.19],
  Lisbon: [null, 'Lisboa', 'PT', 38.72, -9.14],
  Shenyang: [null, 'Liaoning', 'CN', 41.79, 123.43],
} as const
type City = keyof typeof cities

const CITY_KM = 25
const IP_KM = 100

/** A scan's or an address's place; a city we have no circle for keeps its name only. */
function placeOf(city: City | null, circle = true) {
  if (city === null) return { city: null, region: null, country: null, circle: null }
  const [region, , country, latitude, longitude] = cities[city]
  return {
    city: city.toUpperCase(),
    region,
    country,
    circle: circle ? { latitude, longitude, radiusKm: CITY_KM } : null,
  }
}

function ipPlaceOf(city: City, network: IpPlace['network'], operator: string | null = null): IpPlace {
  const [, region, country, latitude, longitude] = cities[city]
  return { city, region, country, circle: { latitude, longitude, radiusKm: IP_KM }, operator, network }
}

const ipOf = (city: City) => `198.51.100.${Object.keys(cities).indexOf(city) + 1}`

/** The story's own part records an event unless it says who did. */
type Draft = {
  [K in EventKind]: Partial<Subjects> & { kind: K; occurredAt: Date; payload: Payload<K>; actor?: Actor }
}[EventKind]

/** What was told at one time: its events may depend on what was recorded before. */
interface Told {
  at: Date
  tell: (before: LedgerEvent[]) => Draft[]
  /** A fact of other laptops: it takes a number of the ledger and is no event of this one. */
  aside?: (seq: number, recordedAt: Date) => void
}

interface AddressTold {
  /** When it holds from; the day of the story's start by default. */
  at?: string
  approved?: boolean
  use?: 'home' | 'identity' | 'ship_to'
  /** Said to have replaced another. */
  changed?: boolean
  kind?: string
  confidence?: number
  placeId?: string
  customerCode?: boolean
  /** No Census area has its postal code. */
  isOfNoArea?: boolean
  /** Equal doors are one home written twice; null is one that could not be read. */
  door?: string | null
  /** The door's own, where it is not another's too. */
  building?: string | null
  /** The account that brought it; a file or a system otherwise. */
  by?: string
  source?: string
  /** When we heard of it. */
  told?: string
}

interface CheckInTold {
  from?: City
  network?: IpPlace['network']
  operator?: string
  dnsServers?: string[]
  source?: string
  vouches?: Vouches
  software?: (string | { name: string; [member: string]: unknown })[]
  usbDevices?: CheckIn['usbDevices']
  displays?: CheckIn['displays']
  neighbors?: { mac?: string; hostname?: string }[]
  /** An address of its own, where the city's is not meant. */
  publicIp?: string
  gateway?: string
  bssid?: string
  listeningPorts?: CheckIn['listeningPorts']
  timeZone?: string
  /** The id of the person whose e-mail is told; null is an e-mail that is nobody's here. */
  user?: string | null
  /** A name with no e-mail to it. */
  userName?: string
  enrollment?: CheckIn['enrollment']
  hardwareUuid?: string
  model?: string
  platform?: CheckIn['platform']
  remoteLogin?: boolean
  screenSharing?: boolean
  power?: CheckIn['power']
  /** Its clock ran ahead: the time is that of receipt. */
  capped?: boolean
  told?: string
}

/** The actor of an account, or nothing where none is named. */
const userOf = (id: string | undefined): { actor?: Actor } =>
  id === undefined ? {} : { actor: { type: 'user', id } as const }

const emailOf = (personId: string | null) => `${personId ?? 'somebody'}@example.com`

const date = (text: string) => new Date(text.length === 10 ? `${text}T12:00:00Z` : text)
const tools: Record<string, { identifier?: string }> = { AnyDesk: { identifier: 'com.philandro.anydesk' } }

/** Begins a story about one laptop and one employee. Every method tells one thing and gives the story back. */
export function story() {
  const told: Told[] = []
  const addresses: AddressValues[] = []
  const declarations: DeclarationValues[] = []
  const otherOrders: Facts['otherOrders'] = []
  const signers: Facts['signers'] = []
  const presence: Facts['presence'] = []
  const shared: Facts['shared'] = { links: [], networks: [], tools: [], addresses: [], confirmed: [] }
  const person: Facts['people'][number] = { id: 'per_1', kind: 'employee', startsOn: null, leavesOn: null }
  const others: Facts['people'] = []
  const known: { source: string; facet: string; at: Date; members: Members }[] = []
  let parcel = 0
  let label = 0
  let wayBack = 0
  let elsewhere = 0
  let bound: string | null = null
  const shipmentId = () => `shp_${parcel}`
  const returnId = () => `ret_${wayBack}`
  const tell = (at: string, drafts: Draft[], heard = at) => {
    told.push({ at: date(heard), tell: () => drafts })
    return self
  }
  const tellAside = (at: string, aside: NonNullable<Told['aside']>, heard = at) => {
    told.push({ at: date(heard), tell: () => [], aside })
    return self
  }
  /** Presence as `checkins/presence.ts` keeps it: one row a source and day, with the proof of its newest report. */
  const seen = (at: Date, source: string, proof: ProofLevel) => {
    const day = presence.find((one) => one.source === source && one.day === dayOf(at))
    if (day === undefined) presence.push({ source, day: dayOf(at), firstAt: at, lastAt: at, proof, bootedAt: null })
    else if (at < day.firstAt) day.firstAt = at
    else if (at >= day.lastAt) Object.assign(day, { lastAt: at, proof })
  }
  const onParcel = { deviceId: null, personId: person.id }
  const ofParcel = () => ({ ...onParcel, shipmentId: shipmentId() })
  const onDevice = { deviceId: 'dev_1', personId: person.id }

  const self = {
    person(values: Partial<Facts['people'][number]>) {
      Object.assign(person, values)
      return self
    },
    home(city: City, input: AddressTold & { id?: string } = {}) {
      const id = input.id ?? `adr_${city}`
      const at = input.at ?? '2026-01-05'
      const door = input.door === undefined ? id : input.door
      const building = input.building === undefined ? door : input.building
      const { kind = 'unknown', confidence = 0, placeId = null, customerCode = false } = input
      addresses.push({
        id,
        doorKey: door,
        buildingKey: building,
        isSomebodys: true,
        place: placeOf(city),
        class: {
          ...{ kind, why: '', confidence, placeId, customerCode },
          ...(input.isOfNoArea ? { isOfNoCensusArea: true } : {}),
        },
      })
      const changedAt = input.changed ? date(at).toISOString() : null
      const payload = {
        addressId: id,
        use: input.use ?? ('home' as const),
        source: input.source ?? 'hr',
        approved: input.approved ?? false,
        changedAt,
        replaces: null,
      }
      const event = { kind: 'address.added' as const, personId: person.id, occurredAt: date(at), payload }
      return tell(at, [{ ...event, ...userOf(input.by) }], input.told)
    },
    /** The address on the identity document. */
    identity(city: City, input: AddressTold & { id?: string } = {}) {
      return self.home(city, { id: `adr_id_${city}`, use: 'identity', ...input })
    },
    /** A newer list of places says what the address is. */
    readAnew(id: string, at: string, read: { kind: string; confidence: number; placeId: string | null }) {
      const payload = { addressId: id, customerCode: false, ...read }
      return tell(at, [{ kind: 'address.classified', personId: person.id, occurredAt: date(at), payload }])
    },
    approves(id: string, at: string, by?: string) {
      return tell(at, [
        {
          ...userOf(by),
          kind: 'address.approved',
          personId: person.id,
          occurredAt: date(at),
          payload: { addressId: id, noteId: 'note_1' },
        },
      ])
    },
    refuses(id: string, at: string) {
      return tell(at, [
        {
          kind: 'address.refused',
          personId: person.id,
          occurredAt: date(at),
          payload: { addressId: id, noteId: 'note_1' },
        },
      ])
    },
    /** To an address told before, or to a ship-to of its own. */
    ordered(at: string, to: City | { id: string } | null, input: AddressTold = {}) {
      parcel += 1
      const id = to === null ? null : typeof to === 'object' ? to.id : `adr_${to}`
      if (typeof to === 'string' && !addresses.some((address) => address.id === id))
        self.home(to, { use: 'ship_to', at, ...input })
      bound = id
      const payload = { direction: 'out' as const, personId: person.id, addressId: id, deviceIds: ['dev_1'] }
      return tell(at, [{ ...ofParcel(), kind: 'shipment.ordered', occurredAt: date(at), payload }], input.told)
    },
    /** Prepared here under a delivery policy, the standard one by default; by a system unless it says who. */
    prepared(
      at: string,
      input: { tier?: Payload<'shipment.prepared'>['tier']; by?: string; holdForPickup?: boolean } = {},
    ) {
      const policy = {
        carriers: {},
        signature: 'none' as const,
        holdForPickup: input.holdForPickup ?? false,
        forbidRedirect: false,
        secondPerson: false,
      }
      const under = { policyId: null, tier: input.tier ?? ('standard' as const), country: null, policy }
      const payload = { ...under, addressId: bound ?? '', answers: [] }
      return tell(at, [
        { ...ofParcel(), ...userOf(input.by), kind: 'shipment.prepared', occurredAt: date(at), payload },
      ])
    },
    labelBought(
      at: string,
      input: Partial<Pick<Payload<'shipment.label_bought'>, 'signature' | 'holdForPickup' | 'redirect'>> = {},
    ) {
      label += 1
      const price = { carrier: 'UPS', service: 'Ground', amount: '12.40', currency: 'USD' }
      const options = { signature: 'none' as const, holdForPickup: false, redirect: 'allowed' as const, ...input }
      const payload = { labelId: `lbl_${label}`, ...price, ...options }
      return tell(at, [{ ...ofParcel(), kind: 'shipment.label_bought', occurredAt: date(at), payload }])
    },
    /** The newest label is given back. */
    labelRefunded(at: string, state: Payload<'shipment.label_refunded'>['state'] = 'refunded') {
      const payload = { labelId: `lbl_${label}`, state }
      return tell(at, [{ ...ofParcel(), kind: 'shipment.label_refunded', occurredAt: date(at), payload }])
    },
    /** A provider's check of an address. */
    verified(
      at: string,
      addressId: string,
      result: Payload<'address.verified'>['result'],
      codes: string[] = [],
      told = at,
    ) {
      const payload = { addressId, provider: 'provider', result, codes, residential: null }
      return tell(at, [{ personId: person.id, kind: 'address.verified', occurredAt: date(at), payload }], told)
    },
    /** The name on the parcel, compared with the assignee's. */
    addressee(at: string, result: NameMatch) {
      return tell(at, [
        { ...ofParcel(), kind: 'shipment.addressee_compared', occurredAt: date(at), payload: { result } },
      ])
    },
    /** Somebody signed for the parcel; the same signer is the same hand. */
    signed(at: string, result: NameMatch, signer = 'sig_1') {
      return tell(at, [{ ...ofParcel(), kind: 'shipment.signed', occurredAt: date(at), payload: { signer, result } }])
    },
    /** The same hand signed for somebody else's parcel. */
    signedFor(
      at: string,
      personId: string,
      city: City,
      input: { result?: NameMatch; signer?: string; door?: string; building?: string; told?: string } = {},
    ) {
      const { result = 'different', signer = 'sig_1', door = `adr_${personId}`, building = door } = input
      const came = { doorKey: door, buildingKey: building, place: placeOf(city) }
      const said = { shipmentId: `shp_of_${personId}`, signer, personId, at: date(at), result, ...came }
      return tellAside(at, (seq, recordedAt) => signers.push({ seq, recordedAt, ...said }), input.told)
    },
    /** The carrier names another place as where it is bound. */
    destinationChanged(at: string, from: City, to: City, input: { circle?: boolean; told?: string } = {}) {
      const payload = { from: placeOf(from, input.circle), to: placeOf(to, input.circle) }
      const event = { ...ofParcel(), kind: 'shipment.destination_changed' as const, occurredAt: date(at), payload }
      return tell(at, [event], input.told)
    },
    /** A person holds the parcel. */
    held(at: string) {
      const payload = { by: 'person' as const, findingId: null, preparedBy: null }
      return tell(at, [{ ...ofParcel(), kind: 'shipment.held', occurredAt: date(at), payload }])
    },
    /** Somebody else has the same from a time on, until another where it says so; of their laptop where it is one's. */
    shares(
      at: string,
      personId: string,
      kind: LinkKind,
      value: string,
      input: { to?: string; device?: string; use?: 'home' | 'ship_to'; told?: string } = {},
    ) {
      const isLaptops = ['network', 'gateway', 'access point', 'peripheral'].includes(kind)
      const deviceId = isLaptops ? (input.device ?? `dev_of_${personId}`) : null
      const row = { kind, value, deviceId, personId, use: input.use ?? null, from: date(at) }
      const standing: Facts['shared']['links'] = []
      tellAside(
        at,
        (fromSeq) => {
          standing.push({ ...row, fromSeq, toSeq: null, to: null })
          shared.links.push(standing.at(-1)!)
          if (isLaptops && kind !== 'peripheral') shared.networks.push(standing.at(-1)!)
        },
        input.told,
      )
      if (input.to === undefined) return self
      const to = date(input.to)
      return tellAside(input.to, (toSeq) => Object.assign(standing.at(-1)!, { toSeq, to }))
    },
    /** Somebody else's laptop showed a tool or device by which it can be driven. */
    isDrivenBy(at: string, personId: string, toolId: string) {
      return tellAside(at, (seq) => shared.tools.push({ personId, toolId, seq, at: date(at) }))
    },
    /** Their laptop is on a network that this one never was on. */
    isElsewhere(at: string, personId: string, value: string, input: { kind?: LinkKind; to?: string } = {}) {
      return self.shares(at, personId, input.kind ?? 'gateway', value, input)
    },
    /** Somebody else lives at a door, or had a parcel sent there. */
    livesAt(
      at: string,
      personId: string,
      door: string,
      input: { building?: string; approved?: boolean; use?: 'home' | 'ship_to' } = {},
    ) {
      const { building = door, approved = true, use = 'home' } = input
      const since = date(at)
      if (use === 'home' || approved)
        shared.addresses.push({
          personId,
          doorKey: door,
          buildingKey: building,
          since,
          approvedAt: approved ? since : null,
        })
      return self.shares(at, personId, 'door', door, { use }).shares(at, personId, 'building', building, { use })
    },
    /** A case about somebody else, closed so. */
    confirmed(at: string, personId: string, outcome: 'confirmed' | 'policy_breach' = 'confirmed') {
      const said = { personId, caseId: `case_of_${personId}`, at: date(at), outcome }
      return tellAside(at, (seq) => shared.confirmed.push({ seq, ...said }))
    },
    /** Their own number, as a keyed hash. */
    hasPhone(at: string, value: string) {
      return self.shares(at, person.id, 'phone', value)
    },
    /** Another laptop is ordered for the same person, unless it says for whom. */
    otherOrder(at: string, input: { deviceIds?: string[]; personId?: string | null; told?: string } = {}) {
      elsewhere += 1
      const order = { shipmentId: `shp_other_${elsewhere}`, deviceIds: input.deviceIds ?? [`dev_other_${elsewhere}`] }
      const personId = input.personId === undefined ? person.id : input.personId
      return tellAside(
        at,
        (seq, recordedAt) => otherOrders.push({ seq, ...order, personId, at: date(at), recordedAt }),
        input.told,
      )
    },
    returnOpened(at: string, dueOn: string, reason: Payload<'return.opened'>['reason'] = 'leaving') {
      wayBack += 1
      const payload = { returnId: returnId(), reason, dueOn }
      return tell(at, [{ ...onDevice, kind: 'return.opened', occurredAt: date(at), payload }])
    },
    returnDueChanged(at: string, dueOn: string) {
      const payload = { returnId: returnId(), dueOn }
      return tell(at, [{ ...onDevice, kind: 'return.due_changed', occurredAt: date(at), payload }])
    },
    returnClosed(at: string, outcome: Payload<'return.closed'>['outcome'] = 'stock') {
      const payload = { returnId: returnId(), outcome, noteId: 'note_1' }
      return tell(at, [{ ...onDevice, kind: 'return.closed', occurredAt: date(at), payload }])
    },
    readBack(at: string, result: Payload<'device.read_back'>['result']) {
      return tell(at, [
        { ...onDevice, kind: 'device.read_back', occurredAt: date(at), payload: { handoverId: 'hov_1', result } },
      ])
    },
    packed(at: string) {
      return tell(at, [
        { ...ofParcel(), kind: 'shipment.packed', occurredAt: date(at), payload: { deviceId: 'dev_1' } },
      ])
    },
    returnOrdered(at: string) {
      parcel += 1
      const payload = { direction: 'return' as const, personId: person.id, addressId: null, deviceIds: ['dev_1'] }
      return tell(at, [
        { ...onParcel, shipmentId: shipmentId(), kind: 'shipment.ordered', occurredAt: date(at), payload },
      ])
    },
    readdressed(at: string, addressId: string, by?: string) {
      bound = addressId
      const payload = { fields: ['address_version_id'], personId: person.id, addressId, deviceIds: ['dev_1'] }
      return tell(at, [{ ...ofParcel(), ...userOf(by), kind: 'shipment.changed', occurredAt: date(at), payload }])
    },
    shipped(at: string) {
      return tell(at, [
        { ...onParcel, shipmentId: shipmentId(), kind: 'shipment.shipped', occurredAt: date(at), payload: {} },
      ])
    },
    scan(
      at: string,
      city: City | null,
      reading: Reading | 'moving' | 'accepted' | 'out',
      input: { told?: string; zoneKnown?: boolean; circle?: boolean; confirmed?: boolean } = {},
    ) {
      const time = date(at)
      const slack = input.zoneKnown === false ? 14 * 3_600_000 : 0
      const payload: Payload<'shipment.scanned'> = {
        scanId: `scn_${told.length}`,
        status: 'in_transit',
        statusDetail: null,
        carrierCode: null,
        reading: typeof reading === 'string' ? { is: reading } : reading,
        place: placeOf(city, input.circle),
        from: new Date(time.getTime() - slack).toISOString(),
        to: new Date(time.getTime() + slack).toISOString(),
        wordsDigest: `${told.length}`,
        confirmed: input.confirmed ?? false,
      }
      return tell(
        at,
        [{ ...onParcel, shipmentId: shipmentId(), kind: 'shipment.scanned', occurredAt: time, payload }],
        input.told,
      )
    },
    delivered(
      at: string,
      city: City | null,
      to: Extract<Reading, { is: 'delivered' }>['to'] = 'address',
      input: { told?: string; zoneKnown?: boolean; circle?: boolean; confirmed?: boolean } = {},
    ) {
      return self.scan(at, city, { is: 'delivered', to }, input)
    },
    accepted(at: string) {
      const payload = { personId: person.id, proof: 'confirmation' as const, shipmentId: shipmentId() }
      return tell(at, [{ deviceId: 'dev_1', kind: 'device.accepted', occurredAt: date(at), payload }])
    },
    status(at: string, status: Payload<'device.status_reported'>['status']) {
      return tell(at, [
        {
          deviceId: 'dev_1',
          kind: 'device.status_reported',
          occurredAt: date(at),
          payload: { status, holderId: status === 'in_service' ? person.id : null },
        },
      ])
    },
    /** Back in the stockroom; ends the return that is open, where one was opened. */
    received(at: string, serial?: 'same' | 'different' | 'unread') {
      const payload = {
        shipmentId: shipmentId(),
        ...(wayBack > 0 ? { returnId: returnId() } : {}),
        ...(serial === undefined ? {} : { serial }),
      }
      return tell(at, [{ deviceId: 'dev_1', kind: 'device.received', occurredAt: date(at), payload }])
    },
    /** A record of an import's, or one that only reports know of. */
    registered(at: string, origin: Payload<'device.registered'>['origin'] = 'import') {
      return tell(at, [{ deviceId: 'dev_1', kind: 'device.registered', occurredAt: date(at), payload: { origin } }])
    },
    /** Handed over to another person, who has it from then on. */
    transferred(at: string, personId: string) {
      if (!others.some((one) => one.id === personId))
        others.push({ id: personId, kind: 'employee', startsOn: null, leavesOn: null })
      const payload = { fromPersonId: person.id, toPersonId: personId, handoverId: null }
      return tell(at, [{ deviceId: 'dev_1', personId, kind: 'device.transferred', occurredAt: date(at), payload }])
    },
    /** A source as a whole fails from a time on, until it recovers. */
    outage(source: string, from: string, to?: string) {
      const failing = { kind: 'connector.failing' as const, occurredAt: date(from) }
      tell(from, [{ ...failing, payload: { source, why: 'unreachable' } }])
      if (to === undefined) return self
      const payload = { source, failedFrom: date(from).toISOString() }
      return tell(to, [{ kind: 'connector.recovered', occurredAt: date(to), payload }])
    },
    /** What a report said of itself is another machine's too. */
    doubted(at: string, doubt: IdentityDoubt, input: { source?: string; otherDeviceId?: string } = {}) {
      const payload = { doubt, source: input.source ?? 'mdm', otherDeviceId: input.otherDeviceId ?? null }
      return tell(at, [{ deviceId: 'dev_1', kind: 'device.identity_doubted', occurredAt: date(at), payload }])
    },
    /** Seen every day, at the same hour and saying nothing new, by one source. */
    seenDaily(from: string, to: string, input: { source?: string; proof?: ProofLevel; every?: number } = {}) {
      for (let at = date(from); at <= date(to); at = new Date(at.getTime() + (input.every ?? 1) * DAY))
        seen(at, input.source ?? 'mdm', input.proof ?? 'attested')
      return self
    },
    declared(kind: string, from: string, to: string, value: string | null = null, other: string | null = null) {
      const id = `dcl_${declarations.length}`
      const said = { kind, personId: person.id, otherPersonId: other, startsOn: from, endsOn: to }
      declarations.push({ id, value, ...said })
      return tell(from, [
        {
          personId: person.id,
          kind: 'declaration.made',
          occurredAt: date(from),
          payload: { declarationId: id, ...said },
        },
      ])
    },
    /** Recorded as `checkins/record-checkins.ts` does: facets that changed since the one before it, by its own time. */
    checkedIn(at: string, input: CheckInTold = {}) {
      const { from, network = 'unknown', source = 'mdm', vouches = 'attestation', software } = input
      const { remoteLogin, screenSharing } = input
      const checkIn = checkInSchema.parse({
        serialNumber: 'TALE0001',
        reportedAt: date(at).toISOString(),
        platform: input.platform ?? 'darwin',
        enrollment: input.enrollment ?? { enrolled: true, method: 'automated', attested: true },
        hardwareUuid: input.hardwareUuid,
        model: input.model,
        timeZone: input.timeZone,
        ...(input.user !== undefined || input.userName
          ? { user: { ...(input.user === undefined ? {} : { email: emailOf(input.user) }), name: input.userName } }
          : {}),
        ...(remoteLogin === undefined && screenSharing === undefined
          ? {}
          : { posture: { remoteLogin, screenSharing } }),
        listeningPorts: input.listeningPorts,
        power: input.power,
        ...(from ? { publicIp: input.publicIp ?? ipOf(from) } : {}),
        ...(software
          ? {
              software: software.map((item) =>
                typeof item === 'string' ? { name: item, kind: 'app', ...tools[item] } : { kind: 'app', ...item },
              ),
            }
          : {}),
        usbDevices: input.usbDevices,
        displays: input.displays,
        ...(input.neighbors || input.dnsServers || input.gateway || input.bssid
          ? {
              network: {
                neighbors: input.neighbors,
                dnsServers: input.dnsServers,
                gatewayMac: input.gateway,
                ...(input.bssid ? { wifi: { bssid: input.bssid } } : {}),
              },
            }
          : {}),
      })
      const time = date(at)
      const proof = proofOf(vouches, checkIn.enrollment)
      seen(time, source, proof)
      const record = (before: LedgerEvent[]): Draft[] => {
        const drafts: Draft[] = []
        const common = {
          source,
          proof,
          late: known.some((one) => one.source === source && one.at > time),
        }
        const { assignedAt, firstCheckInAt } = foldDevice(
          before.filter((event) => event.deviceId === 'dev_1' || event.shipmentId !== null),
        )
        if (assignedAt && assignedAt <= time.toISOString() && !(firstCheckInAt && firstCheckInAt <= time.toISOString()))
          drafts.push({ deviceId: 'dev_1', kind: 'device.checked_in', occurredAt: time, payload: common })
        for (const [facet, said] of Object.entries(sightingOf(checkIn, (value) => value).facets)) {
          const earlier = known
            .filter((one) => one.source === source && one.facet === facet && one.at <= time)
            .toSorted((a, b) => a.at.getTime() - b.at.getTime())
          const was = earlier.at(-1)?.members ?? null
          const members = merge(was, said)
          known.push({ source, facet, at: time, members })
          const { added, removed } = diff(was, members)
          if (added.length === 0 && removed.length === 0) continue
          const noted = added.map((item) => {
            if (item.member === 'publicIp' && from) return { ...item, place: ipPlaceOf(from, network, input.operator) }
            return item.member === 'userEmail' ? { ...item, personId: input.user ?? null } : item
          })
          const payload = {
            ...common,
            facet: facet as 'network',
            tokenId: null,
            ...(input.capped ? { capped: true } : {}),
            first: was === null,
            added: noted,
            removed,
          }
          drafts.push({ deviceId: 'dev_1', kind: 'checkin.changed', occurredAt: time, payload })
        }
        return drafts
      }
      told.push({ at: date(input.told ?? at), tell: record })
      return self
    },
    /** The facts as they were recorded: by the time we heard, or in an order of the test's own. */
    facts(
      order: (told: readonly { at: Date }[]) => readonly { at: Date }[] = (all) =>
        all.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
    ): Facts {
      const events: LedgerEvent[] = []
      known.length = otherOrders.length = signers.length = 0
      shared.links.length = shared.networks.length = shared.tools.length = shared.confirmed.length = 0
      let seq = 0
      for (const one of order(told) as Told[]) {
        one.aside?.(++seq, one.at)
        for (const draft of one.tell(events)) {
          const subjects = { deviceId: null, personId: null, shipmentId: null, caseId: null }
          events.push({
            ...subjects,
            ...draft,
            seq: ++seq,
            recordedAt: one.at,
            actor: draft.actor ?? { type: 'system', part: 'story' },
          } as LedgerEvent)
        }
      }
      return {
        device: { id: 'dev_1', serialNumber: 'TALE0001' },
        people: [person, ...others],
        events,
        addresses,
        presence,
        declarations,
        otherOrders: [...otherOrders],
        signers: [...signers],
        shared: {
          ...shared,
          links: [...shared.links],
          networks: [...shared.networks],
          tools: [...shared.tools],
          confirmed: [...shared.confirmed],
        },
      }
    },
    /** After all events, or as of a number, or as a sweep at a time sees it. */
    dossier(input: { seq?: number; now?: string } = {}): Dossier {
      const facts = self.facts()
      return assembleDossier(facts, {
        seq: input.seq ?? headOf(facts),
        ...(input.now ? { now: date(input.now) } : {}),
      })
    },
  }
  return self
}

export type Story = ReturnType<typeof story>

/** The last number that the ledger gave in a story. */
export const headOf = ({ events, otherOrders, signers, shared }: Facts): number =>
  Math.max(
    0,
    ...[...events, ...otherOrders, ...signers, ...shared.confirmed, ...shared.tools].map((one) => one.seq),
    ...shared.links.map((one) => Math.max(one.fromSeq, one.toSeq ?? 0)),
  )

/** What a rule says of a dossier, with its default parameters or some of one's own. */
export function judge(
  rule: RuleDefinition,
  dossier: Dossier,
  params: Record<string, unknown> = {},
): Required<Evaluation> {
  const came = rule.evaluate(dossier, rule.params.parse(params))
  return Array.isArray(came) ? { findings: came, lookAgainAt: null } : { lookAgainAt: null, ...came }
}

/** The findings of a rule at the end of a story. */
export function findingsOf(rule: RuleDefinition, told: Story, at: { seq?: number; now?: string } = {}): RuleFinding[] {
  return judge(rule, told.dossier(at)).findings
}

/** What a finding counts. */
export const weightOf = (rule: RuleDefinition, finding: RuleFinding | undefined): number =>
  finding === undefined ? 0 : (finding.weight ?? rule.weight)

/** A parcel that left for Boston on March 2nd and was delivered there on the 5th; the approved home is in Boston. */
export const cleanDelivery = (): Story =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .scan('2026-03-02', 'Columbus', 'accepted')
    .scan('2026-03-04', 'Boston', 'out')
    .delivered('2026-03-05', 'Boston')
