// Tells a laptop's life as the events that would have been recorded, and gives the dossier: rule tests need no database.

import { diff, type Members, merge, sightingOf } from '../../server/checkins/facets.ts'
import { proofOf } from '../../server/checkins/proof.ts'
import type { EventKind, LedgerEvent, Payload, Subjects } from '../../server/custody/events.ts'
import { foldDevice } from '../../server/custody/state.ts'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { AddressValues, DeclarationValues, Facts } from '../../server/detection/facts.ts'
import type { Dossier, Evaluation, RuleDefinition, RuleFinding } from '../../server/detection/rule.ts'
import { type CheckIn, checkInSchema, type IpPlace, type Reading, type Vouches } from '../../server/ports.ts'

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

function ipPlaceOf(city: City, network: IpPlace['network']): IpPlace {
  const [, region, country, latitude, longitude] = cities[city]
  return { city, region, country, circle: { latitude, longitude, radiusKm: IP_KM }, operator: null, network }
}

const ipOf = (city: City) => `198.51.100.${Object.keys(cities).indexOf(city) + 1}`

type Draft = { [K in EventKind]: Partial<Subjects> & { kind: K; occurredAt: Date; payload: Payload<K> } }[EventKind]

/** What was told at one time: its events may depend on what was recorded before. */
interface Told {
  at: Date
  tell: (before: LedgerEvent[]) => Draft[]
}

interface AddressTold {
  /** When it holds from; the day of the story's start by default. */
  at?: string
  approved?: boolean
  use?: 'home' | 'ship_to'
  /** Said to have replaced another. */
  changed?: boolean
  kind?: string
  confidence?: number
  placeId?: string
  customerCode?: boolean
  /** Equal doors are one home written twice. */
  door?: string
  /** When we heard of it. */
  told?: string
}

interface CheckInTold {
  from?: City
  network?: IpPlace['network']
  source?: string
  vouches?: Vouches
  software?: (string | { name: string; [member: string]: unknown })[]
  usbDevices?: CheckIn['usbDevices']
  displays?: CheckIn['displays']
  neighbors?: { mac?: string; hostname?: string }[]
  told?: string
}

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
  const person: Facts['people'][number] = { id: 'per_1', kind: 'employee', startsOn: null, leavesOn: null }
  const known: { source: string; facet: string; at: Date; members: Members }[] = []
  let parcel = 0
  const shipmentId = () => `shp_${parcel}`
  const tell = (at: string, drafts: Draft[], heard = at) => {
    told.push({ at: date(heard), tell: () => drafts })
    return self
  }
  const onParcel = { deviceId: null, personId: person.id }

  const self = {
    person(values: Partial<Facts['people'][number]>) {
      Object.assign(person, values)
      return self
    },
    home(city: City, input: AddressTold & { id?: string } = {}) {
      const id = input.id ?? `adr_${city}`
      const at = input.at ?? '2026-01-05'
      const door = input.door ?? id
      const { kind = 'unknown', confidence = 0, placeId = null, customerCode = false } = input
      addresses.push({
        id,
        doorKey: door,
        buildingKey: door,
        place: placeOf(city),
        class: { kind, why: '', confidence, placeId, customerCode },
      })
      const changedAt = input.changed ? date(at).toISOString() : null
      const payload = {
        addressId: id,
        use: input.use ?? ('home' as const),
        source: 'hr',
        approved: input.approved ?? false,
        changedAt,
        replaces: null,
      }
      return tell(at, [{ kind: 'address.added', personId: person.id, occurredAt: date(at), payload }], input.told)
    },
    approves(id: string, at: string) {
      return tell(at, [
        {
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
      const payload = { direction: 'out' as const, personId: person.id, addressId: id, deviceIds: ['dev_1'] }
      return tell(
        at,
        [{ ...onParcel, shipmentId: shipmentId(), kind: 'shipment.ordered', occurredAt: date(at), payload }],
        input.told,
      )
    },
    returnOrdered(at: string) {
      parcel += 1
      const payload = { direction: 'return' as const, personId: person.id, addressId: null, deviceIds: ['dev_1'] }
      return tell(at, [
        { ...onParcel, shipmentId: shipmentId(), kind: 'shipment.ordered', occurredAt: date(at), payload },
      ])
    },
    readdressed(at: string, addressId: string) {
      const payload = { fields: ['address_version_id'], personId: person.id, addressId, deviceIds: ['dev_1'] }
      return tell(at, [
        { ...onParcel, shipmentId: shipmentId(), kind: 'shipment.changed', occurredAt: date(at), payload },
      ])
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
      input: { told?: string; zoneKnown?: boolean; circle?: boolean } = {},
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
        confirmed: false,
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
      input: { told?: string; zoneKnown?: boolean; circle?: boolean } = {},
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
    received(at: string) {
      return tell(at, [
        { deviceId: 'dev_1', kind: 'device.received', occurredAt: date(at), payload: { shipmentId: shipmentId() } },
      ])
    },
    declared(kind: string, from: string, to: string, value: string | null = null) {
      const id = `dcl_${declarations.length}`
      const said = { kind, personId: person.id, otherPersonId: null, startsOn: from, endsOn: to }
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
      const checkIn = checkInSchema.parse({
        serialNumber: 'TALE0001',
        reportedAt: date(at).toISOString(),
        platform: 'darwin',
        enrollment: { enrolled: true, method: 'automated', attested: true },
        ...(from ? { publicIp: ipOf(from) } : {}),
        ...(software
          ? {
              software: software.map((item) =>
                typeof item === 'string' ? { name: item, kind: 'app', ...tools[item] } : { kind: 'app', ...item },
              ),
            }
          : {}),
        usbDevices: input.usbDevices,
        displays: input.displays,
        ...(input.neighbors ? { network: { neighbors: input.neighbors } } : {}),
      })
      const time = date(at)
      presence.push({ source, day: time.toISOString().slice(0, 10), firstAt: time, lastAt: time })
      const record = (before: LedgerEvent[]): Draft[] => {
        const drafts: Draft[] = []
        const common = {
          source,
          proof: proofOf(vouches, checkIn.enrollment),
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
          const noted = added.map((item) =>
            item.member === 'publicIp' && from ? { ...item, place: ipPlaceOf(from, network) } : item,
          )
          const payload = {
            ...common,
            facet: facet as 'network',
            tokenId: null,
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
      known.length = 0
      for (const one of order(told) as Told[]) {
        for (const draft of one.tell(events)) {
          const subjects = { deviceId: null, personId: null, shipmentId: null, caseId: null }
          events.push({
            ...subjects,
            ...draft,
            seq: events.length + 1,
            recordedAt: one.at,
            actor: { type: 'system', part: 'story' },
          } as LedgerEvent)
        }
      }
      return {
        device: { id: 'dev_1', serialNumber: 'TALE0001' },
        people: [person],
        events,
        addresses,
        presence,
        declarations,
        otherOrders,
        signers,
      }
    },
    /** After all events, or as of a number, or as a sweep at a time sees it. */
    dossier(input: { seq?: number; now?: string } = {}): Dossier {
      const facts = self.facts()
      return assembleDossier(facts, {
        seq: input.seq ?? facts.events.length,
        ...(input.now ? { now: date(input.now) } : {}),
      })
    },
  }
  return self
}

export type Story = ReturnType<typeof story>

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
