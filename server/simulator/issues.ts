// Laptops on their way out and back: the order, the bench, the parcel, the first day, the acceptance; later the return.
import { DAY, dayOf, HOUR, MINUTE, plus } from '../lib/time.ts'
import { type City, headquarters } from './cities.ts'
import type { Company, Home, Laptop, Person } from './company.ts'
import type { CarrierName, Parcel } from './easypost.ts'
import { benchDay, firstDay, homeUsage, type Stay, type Usage } from './habits.ts'
import { arrivals, deliveredAt, type JourneyInput, journey, nextLocal } from './journeys.ts'
import { type Colleague, type Moment, moment, type Row, works } from './moments.ts'
import type { Random } from './random.ts'

/** Where parcels come back to. */
const stockroom: Home = {
  line1: '1900 Foundry Row',
  line2: 'Dock 2',
  city: headquarters.name,
  region: 'OH',
  postal_code: '43215',
  country: 'US',
}

export function personRow(person: Person, manager: Person, over: Row = {}): Row {
  return {
    external_id: person.externalId,
    name: person.name,
    email: person.email,
    kind: person.kind,
    manager_email: person === manager ? '' : manager.email,
    starts_on: dayOf(person.startsOn),
    leaves_on: person.leavesOn === null ? '' : dayOf(person.leavesOn),
    ...person.home,
    address_verified: 'yes',
    ...over,
  }
}

function laptopRow(laptop: Laptop, over: Row): Row {
  const { serialNumber, assetTag, manufacturer, model } = laptop
  return {
    serial_number: serialNumber,
    asset_tag: assetTag,
    manufacturer,
    model,
    hardware_uuid: laptop.hardwareUuid,
    ...over,
  }
}

/** Somebody new, as HR tells of them. */
export const hired = (at: Date, person: Person, manager: Person): Moment =>
  moment(at, { is: 'rows', to: 'people', rows: [personRow(person, manager)] })

export const bought = (at: Date, laptop: Laptop): Moment =>
  moment(at, { is: 'rows', to: 'devices', rows: [laptopRow(laptop, { purchased_on: dayOf(at), status: 'stock' })] })

export interface IssueInput {
  random: Random
  reference: string
  person: Person
  laptop: Laptop
  orderedAt: Date
  carrier: CarrierName
  /** Where the order says it goes; the person's home without. */
  to?: Home
  /** The city of `to`, where it is another than the person's. */
  toCity?: City
  ends?: JourneyInput['ends']
  /** The name given at the door; the person's own, or none, without. */
  signedBy?: string
  /** Days from the order to the packing. */
  packAfterDays?: number
  packedBy?: Colleague
}

export interface Issue {
  reference: string
  parcel: Parcel
  orderedAt: Date
  shippedAt: Date
  deliveredAt: Date
  /** When whoever has it unpacks it, if all goes well. */
  unpackedAt: Date
  order: Moment[]
  /** The bench, the packing and the parcel. */
  dispatch: Moment[]
}

export function orderRow(issue: {
  reference: string
  person: Person
  laptop: Laptop
  orderedAt: Date
  carrier: CarrierName
  to: Home
}): Row {
  return {
    reference: issue.reference,
    direction: 'out',
    carrier: issue.carrier,
    serial_number: issue.laptop.serialNumber,
    person_email: issue.person.email,
    ...issue.to,
    ordered_at: issue.orderedAt.toISOString(),
    addressee: issue.person.name,
  }
}

/** A laptop sent to somebody. What they do with it is the caller's to say. */
export function issue(input: IssueInput): Issue {
  const { random, reference, person, laptop, orderedAt, carrier } = input
  const packedAt = nextLocal(plus(orderedAt, (input.packAfterDays ?? 1) * DAY - 20 * HOUR), headquarters, 10)
  const shippedAt = plus(packedAt, 3 * HOUR)
  const city = input.toCity ?? person.city
  const parcel = journey({
    random,
    carrier,
    from: headquarters,
    to: city,
    labelAt: shippedAt,
    ...(input.ends ? { ends: input.ends } : {}),
    signedBy: input.signedBy ?? ownName(random, person),
  })
  const end = deliveredAt(parcel)
  const by = input.packedBy ?? 'provisioner'
  const row = orderRow({ reference, person, laptop, orderedAt, carrier, to: input.to ?? person.home })
  return {
    reference,
    parcel,
    orderedAt,
    shippedAt,
    deliveredAt: end,
    unpackedAt: nextLocal(plus(end, 90 * MINUTE), city, 9 + random.next() * 3),
    order: [moment(orderedAt, { is: 'rows', to: 'shipments', rows: [row] })],
    dispatch: [
      ...benchDay(laptop, person, plus(packedAt, -90 * MINUTE)),
      works(packedAt, by, (desk) => desk.pack(reference)),
      works(shippedAt, by, (desk) => desk.ship(reference, parcel.trackingCode)),
      ...trackerMoments(random, parcel),
    ],
  }
}

const ownName = (random: Random, person: Person) =>
  random.chance(0.5) ? person.name.split(' ')[1]!.toUpperCase() : null

export const trackerMoments = (random: Random, parcel: Parcel): Moment[] =>
  arrivals(random, parcel).map(({ at, count }) => moment(at, { is: 'tracker', parcel, count }))

/** Delivered, unpacked at home, accepted: what happens nearly always. Other stays may follow the first. */
export function received(random: Random, issued: Issue, usage: Usage): Moment[] {
  const acceptedAt = nextLocal(plus(issued.deliveredAt, 42 * HOUR), headquarters, 11 + random.next() * 4)
  return [
    ...firstDay(random, usage),
    works(acceptedAt, 'provisioner', (desk) => desk.accept(usage.laptop.serialNumber)),
  ]
}

/** The usage of somebody who works where they live. */
export const usageAfter = (issued: Issue, laptop: Laptop, person: Person, stays: Stay[] = []): Usage => {
  const usage = homeUsage(laptop, person, issued.unpackedAt)
  return { ...usage, stays: [...usage.stays, ...stays] }
}

export interface ReturnInput {
  random: Random
  reference: string
  person: Person
  laptop: Laptop
  at: Date
  /** Where it is handed in; at home without. */
  from?: City
}

/** A laptop sent back to the stockroom, taken in, and put in stock again. */
export function returned(input: ReturnInput): Moment[] {
  const { parcel, moments } = sentBack(input)
  const { serialNumber } = input.laptop
  const takenIn = nextLocal(plus(deliveredAt(parcel), 42 * HOUR), headquarters, 14)
  return [
    ...moments,
    works(takenIn, 'provisioner', (desk) => desk.receive(serialNumber)),
    works(plus(takenIn, 50 * MINUTE), 'provisioner', (desk) => desk.restock(serialNumber)),
  ]
}

/** The parcel back to the stockroom. What is done with it there is the caller's to say. */
export function sentBack(input: ReturnInput): { parcel: Parcel; moments: Moment[] } {
  const { random, reference, person, laptop, at } = input
  const parcel = journey({
    random,
    carrier: 'UPS',
    from: input.from ?? person.city,
    to: headquarters,
    labelAt: at,
    isReturn: true,
    signedBy: 'DOCK',
  })
  const row: Row = {
    reference,
    direction: 'return',
    carrier: 'UPS',
    tracking_code: parcel.trackingCode,
    serial_number: laptop.serialNumber,
    person_email: person.email,
    ...stockroom,
    ordered_at: at.toISOString(),
    addressee: 'IT stockroom',
  }
  return {
    parcel,
    moments: [moment(at, { is: 'rows', to: 'shipments', rows: [row] }), ...trackerMoments(random, parcel)],
  }
}

/** Everybody and everything there is on the first day. */
export function opening(company: Company, at: Date): Moment[] {
  const { staff, manager } = company
  return [
    moment(at, { is: 'rows', to: 'people', rows: staff.map(({ person }) => personRow(person, manager)) }),
    moment(plus(at, HOUR), {
      is: 'rows',
      to: 'devices',
      rows: staff.map(({ person, laptop }) =>
        laptopRow(laptop, { purchased_on: dayOf(person.startsOn), status: 'in_service', holder_email: person.email }),
      ),
    }),
  ]
}
