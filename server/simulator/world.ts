// The world while it is planned: who is there, what is in use, and what will happen when.
import { DAY, HOUR, plus } from '../lib/time.ts'
import { type Company, createCompany, type Laptop, type Person } from './company.ts'
import type { CarrierName, Parcel } from './easypost.ts'
import { lineOf, type Stay, type Usage } from './habits.ts'
import { bought, hired, type Issue, type IssueInput, issue, received, usageAfter } from './issues.ts'
import type { Moment } from './moments.ts'
import { type Random, randomFrom } from './random.ts'

export interface World {
  random: Random
  company: Company
  startsAt: Date
  /** Laptops in use, whose days are told one by one. */
  usages: Usage[]
  plan(...moments: Moment[]): void
  reference(): string
}

/**
 * A world in which nothing is planned yet. `take` removes and gives what is due by a time, in the order in which it happens;
 * `newParcels` those that carriers will carry, each once.
 */
export function createWorld(
  seed: number,
  startsAt: Date,
  staffed: number,
): { world: World; take(until: Date): Moment[]; newParcels(): Parcel[] } {
  const random = randomFrom(seed)
  let planned: Moment[] = []
  let parcels: Parcel[] = []
  let references = 0
  return {
    world: {
      random,
      company: createCompany(random, startsAt, staffed),
      startsAt,
      usages: [],
      plan(...moments) {
        planned.push(...moments)
        for (const { deed } of moments) if (deed.is === 'tracker' && deed.count === 1) parcels.push(deed.parcel)
      },
      reference: () => `S-${String(++references).padStart(5, '0')}`,
    },
    take(until) {
      const due = planned.filter((one) => one.at < until)
      planned = planned.filter((one) => one.at >= until)
      return due.sort((a, b) => a.at.getTime() - b.at.getTime())
    },
    newParcels() {
      const found = parcels
      parcels = []
      return found
    },
  }
}

/** The moment so many days, and hours, after the first morning. */
export const on = (world: World, days: number, hours = 0): Date => plus(world.startsAt, days * DAY + hours * HOUR)

/** Somebody new and a laptop for them, known and bought well before the order. */
export function newcomer(
  world: World,
  input: Parameters<Company['hire']>[0] & { platform?: Laptop['platform'] },
  orderedAt: Date,
): { person: Person; laptop: Laptop } {
  const person = world.company.hire(input)
  const laptop = world.company.buy(input.platform)
  world.plan(hired(plus(orderedAt, -4 * DAY), person, world.company.manager), bought(plus(orderedAt, -3 * DAY), laptop))
  return { person, laptop }
}

const carriers: CarrierName[] = ['FedEx', 'FedEx', 'UPS', 'UPS', 'USPS']

/** The post office takes no parcels abroad for us. */
export const carrierFor = (random: Random, person: Person): CarrierName =>
  person.city.country === 'US' ? random.pick(carriers) : 'FedEx'

/** Orders a laptop for somebody and sends it. */
export function send(
  world: World,
  input: Omit<IssueInput, 'random' | 'reference' | 'carrier'> & { carrier?: CarrierName },
): Issue {
  const random = world.random.fork(`parcel ${input.laptop.serialNumber}`)
  const issued = issue({
    ...input,
    random,
    reference: world.reference(),
    carrier: input.carrier ?? carrierFor(random, input.person),
  })
  world.plan(...issued.order, ...issued.dispatch)
  return issued
}

/** It comes, is unpacked and accepted, and stays in use. `stays` may follow the first, at home. */
export function settleIn(world: World, issued: Issue, laptop: Laptop, person: Person, stays: Stay[] = []): Usage {
  const usage = usageAfter(issued, laptop, person, stays)
  world.usages.push(usage)
  world.plan(...received(world.random.fork(`first day ${laptop.serialNumber}`), issued, usage))
  return usage
}

/** The line at home, from a time on: what somebody comes back to. */
export const atHome = (person: Person, from: Date): Stay => ({ from, city: person.city, line: lineOf(person) })
