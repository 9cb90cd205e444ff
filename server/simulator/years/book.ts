// The book of a year: who is there and what they have, and every input that follows from what happens to them.
import { DAY, dayOf, HOUR, MINUTE, plus } from '../../lib/time.ts'
import type { CarrierName, Parcel } from '../easypost.ts'
import { arrivals, deliveredAt } from '../journeys.ts'
import { lastNames } from '../names.ts'
import type { Random } from '../random.ts'
import type { Spot } from './atlas.ts'
import type { Diversion, Input, RowKind } from './inputs.ts'
import { type Gear, type Laptop, laptopsFrom, networkAt, type Usage, usageOf } from './laptops.ts'
import { type Ends, parcelOf } from './parcels.ts'
import { type Address, type Network, type Person, type PersonInput, peopleFrom, personRow, weekday } from './people.ts'

export interface Book {
  random: Random
  startsAt: Date
  endsAt: Date
  inputs: Input[]
  usages: Usage[]
  people: Person[]
  diversions: Diversion[]
  hire(input: PersonInput): Person
  buy(platform?: Laptop['platform']): Laptop
  reference(): string
}

export function openBook(random: Random, startsAt: Date, endsAt: Date): Book {
  const person = peopleFrom(random.fork('people'))
  const buy = laptopsFrom(random.fork('laptops'))
  const people: Person[] = []
  let orders = 0
  const hire = (input: PersonInput) => {
    const one = person(input)
    people.push(one)
    return one
  }
  const reference = () => `PO-${String(++orders).padStart(6, '0')}`
  return { random, startsAt, endsAt, inputs: [], usages: [], people, diversions: [], hire, buy, reference }
}

export function row(book: Book, at: Date, to: RowKind, cells: Record<string, string>): void {
  book.inputs.push({ at, is: 'rows', to, row: cells })
}

/** A report beside the regular ones. */
export function report(book: Book, usage: Usage, at: Date): void {
  for (const { name, from, until } of usage.sources)
    if (from <= at && (until === null || at < until))
      book.inputs.push({ at, is: 'check-in', serialNumber: usage.laptop.serialNumber, source: name })
}

/** It is on another network from now on. */
export function stay(book: Book, usage: Usage, at: Date, network: Network): void {
  usage.stays.push({ from: at, network })
  usage.stays.sort((a, b) => a.from.getTime() - b.from.getTime())
  report(book, usage, at)
}

/** Somewhere else for a while, and back to where it was. */
export function visit(book: Book, usage: Usage, from: Date, until: Date, network: Network): void {
  const back = networkAt(usage, from)
  stay(book, usage, from, network)
  stay(book, usage, until, back)
}

/** Something is on it or attached to it from a time on. */
export function wear(book: Book, usage: Usage, gear: Gear): void {
  usage.gear.push(gear)
  report(book, usage, plus(gear.from, MINUTE))
  if (gear.until !== null) report(book, usage, plus(gear.until, MINUTE))
}

export function declare(
  book: Book,
  at: Date,
  kind: string,
  cells: { person?: Person; other?: Person; value?: string; startsOn?: string; endsOn?: string; reason: string },
): void {
  row(book, at, 'declarations', {
    kind,
    person_email: cells.person?.email ?? '',
    other_email: cells.other?.email ?? '',
    value: cells.value ?? '',
    starts_on: cells.startsOn ?? dayOf(at),
    ends_on: cells.endsOn ?? '',
    reason: cells.reason,
  })
}

/** HR has another address of somebody. Moving there is another matter. */
export function readdress(book: Book, at: Date, person: Person, address: Address, isVerified: boolean): void {
  row(
    book,
    at,
    'people',
    personRow(person, {
      ...address,
      address_verified: isVerified ? 'yes' : 'no',
      address_changed_at: at.toISOString(),
    }),
  )
}

export interface Issue {
  reference: string
  laptop: Laptop
  person: Person
  orderedAt: Date
  shippedAt: Date
  deliveredAt: Date
  parcel: Parcel
}

export interface IssueInput {
  person: Person
  orderedAt: Date
  laptop?: Laptop
  /** Where the order says it goes; the person's home without. */
  to?: Address
  /** Where the carrier brings it. */
  spot?: Spot
  ends?: Ends
  signedBy?: string | null
  addressee?: string
}

const carriers: CarrierName[] = ['UPS', 'UPS', 'FedEx', 'FedEx', 'USPS']

/** Orders and ships a laptop to somebody: the rows, and the carrier's events as they come in. */
export function issue(book: Book, input: IssueInput): Issue {
  const { random } = book
  const { person, orderedAt } = input
  const laptop = input.laptop ?? book.buy()
  const reference = book.reference()
  const to = input.to ?? person.home.address
  const shippedAt = weekday(plus(orderedAt, random.whole(18, 60) * HOUR), 19)
  const spot = input.spot ?? person.home.spot
  const carrier = spot.country === 'US' ? random.pick(carriers) : random.pick(carriers.slice(0, 4))
  const signedBy = input.signedBy === undefined ? usualSigner(random, person) : input.signedBy
  const parcel = parcelOf(random, {
    carrier,
    to: spot,
    labelAt: shippedAt,
    ends: input.ends ?? usualEnd(random),
    signedBy,
  })
  const order = {
    reference,
    direction: 'out',
    carrier,
    serial_number: laptop.serialNumber,
    person_email: person.email,
    ...to,
    ordered_at: orderedAt.toISOString(),
    addressee: input.addressee ?? person.name,
  }
  row(book, plus(orderedAt, -HOUR), 'devices', {
    serial_number: laptop.serialNumber,
    asset_tag: `YT-${laptop.number}`,
    manufacturer: laptop.manufacturer,
    model: laptop.model,
    hardware_uuid: laptop.hardwareUuid,
    purchased_on: dayOf(plus(orderedAt, -30 * DAY)),
    status: 'stock',
    holder_email: '',
  })
  row(book, orderedAt, 'shipments', order)
  book.inputs.push({ at: plus(shippedAt, -HOUR), is: 'release', reference })
  row(book, shippedAt, 'shipments', {
    reference,
    direction: 'out',
    tracking_code: parcel.trackingCode,
    shipped_at: shippedAt.toISOString(),
  })
  for (const { at, count } of arrivals(random, parcel)) book.inputs.push({ at, is: 'tracker', parcel, count })
  return { reference, laptop, person, orderedAt, shippedAt, deliveredAt: deliveredAt(parcel), parcel }
}

/** Half of all parcels are signed for; by relatives, desks and neighbours too. */
function usualSigner(random: Random, person: Person): string | null {
  const share = random.next()
  const last = person.name.split(' ').at(-1)!.toUpperCase()
  if (share < 0.42) return last
  if (share < 0.48) return person.name.toUpperCase()
  if (share < 0.54) return `${random.text('ABCDEGHJKLMNPRSTVW', 1)}. ${random.pick(lastNames).toUpperCase()}`
  if (share < 0.6) return random.pick(['FRONT DESK', 'RECEPTION', 'MAILROOM', 'CONCIERGE'])
  return null
}

/** What becomes of parcels when nobody is home, and when carriers err. Shares are ours. */
function usualEnd(random: Random): Ends {
  const share = random.next()
  if (share < 0.04) return { is: 'neighbour' }
  if (share < 0.08) return { is: 'counter', by: 'carrier' }
  if (share < 0.1) return { is: 'counter', by: 'receiver' }
  if (share < 0.12) return { is: 'locker' }
  if (share < 0.18) return { is: 'desk' }
  if (share < 0.2) return { is: 'delayed', days: random.whole(3, 8) }
  if (share < 0.215) return { is: 'missorted' }
  if (share < 0.225) return { is: 'corrected' }
  if (share < 0.23) return { is: 'other day' }
  return { is: 'delivered' }
}

/** Unpacked and used from a time on. */
export function unpack(book: Book, issued: Issue, at: Date, network: Network = issued.person.home.network): Usage {
  const usage = usageOf(issued.laptop, issued.person, at, network)
  book.usages.push(usage)
  for (const hours of [0, 1, 5]) report(book, usage, plus(at, hours * HOUR + 3 * MINUTE))
  return usage
}

/** What somebody has had since before the first day. */
export function alreadyHas(book: Book, person: Person): Usage {
  const laptop = book.buy()
  row(book, plus(book.startsAt, 2 * HOUR), 'devices', {
    serial_number: laptop.serialNumber,
    asset_tag: `YT-${laptop.number}`,
    manufacturer: laptop.manufacturer,
    model: laptop.model,
    hardware_uuid: laptop.hardwareUuid,
    purchased_on: dayOf(plus(person.startsAt, -20 * DAY)),
    status: 'in_service',
    holder_email: person.email,
  })
  const usage = usageOf(laptop, person, plus(book.startsAt, 3 * HOUR), person.home.network)
  usage.stays[0]!.from = person.startsAt
  book.usages.push(usage)
  return usage
}

/** Where a return is sent from, where that is not where its person lives. */
export interface SendingBack {
  from?: Spot
  at: Date
}

/** Sends a laptop back to the stockroom, which takes it in. */
export function sendBack(book: Book, usage: Usage, { at, from }: SendingBack): void {
  const { random } = book
  const { laptop, person } = usage
  usage.until = at
  const reference = book.reference()
  const parcel = parcelOf(random, {
    carrier: 'UPS',
    from: from ?? person.home.spot,
    labelAt: at,
    ends: { is: 'delivered' },
    signedBy: 'DOCK',
  })
  row(book, plus(at, -HOUR), 'shipments', {
    reference,
    direction: 'return',
    carrier: 'UPS',
    tracking_code: parcel.trackingCode,
    serial_number: laptop.serialNumber,
    person_email: person.email,
    line1: '1900 Foundry Row',
    line2: 'Dock 2',
    city: 'Columbus',
    region: 'OH',
    postal_code: '43215',
    country: 'US',
    ordered_at: plus(at, -HOUR).toISOString(),
    addressee: 'IT stockroom',
  })
  for (const { at: heard, count } of arrivals(random, parcel))
    book.inputs.push({ at: heard, is: 'tracker', parcel, count })
  row(book, weekday(plus(deliveredAt(parcel), 20 * HOUR), 20), 'devices', {
    serial_number: laptop.serialNumber,
    status: 'stock',
    holder_email: '',
  })
}

/** Times of something that happens so often a year, at working hours. */
export function times(random: Random, perYear: number, from: Date, until: Date): Date[] {
  const found: Date[] = []
  let at = from
  for (;;) {
    at = plus(at, (-Math.log(1 - random.next()) / perYear) * 365 * DAY)
    if (at >= until) return found
    found.push(weekday(at, 14 + random.whole(0, 7)))
  }
}
