// A labelled year: a company's ordinary life and its diversions, from one seed, as the inputs that a service would get, in order.
import { DAY, HOUR, plus } from '../../lib/time.ts'
import { randomFrom } from '../random.ts'
import { openBook } from './book.ts'
import { divertedYear } from './diversions.ts'
import type { Diversion, Input } from './inputs.ts'
import { heartbeats, isQuiet, type Usage } from './laptops.ts'
import { ordinaryYear } from './ordinary.ts'

export interface YearInput {
  seed: number
  /** On the first day. */
  people: number
  diversions: number
  startsAt: Date
}

export interface LabelledYear {
  startsAt: Date
  endsAt: Date
  /** By the time at which each is heard of. */
  inputs: Input[]
  usages: Map<string, Usage>
  diversions: Diversion[]
  /** By e-mail: what happened to each person that a case might be opened for. */
  stories: Map<string, string[]>
}

const YEAR_DAYS = 364

export function labelledYear({ seed, people, diversions, startsAt }: YearInput): LabelledYear {
  const endsAt = plus(startsAt, YEAR_DAYS * DAY)
  const random = randomFrom(seed)
  const book = openBook(random, startsAt, endsAt)
  ordinaryYear(book, people)
  divertedYear(book, diversions, [4, 9, 6, 3, 5][seed % 5]!)
  const late = random.fork('late')
  for (const usage of book.usages)
    for (const source of usage.sources)
      for (const at of heartbeats(usage, endsAt)) {
        if (at < source.from || (source.until !== null && at >= source.until)) continue
        const heardAt = late.chance(0.004) ? { heardAt: plus(at, late.whole(5, 90) * HOUR) } : {}
        book.inputs.push({
          at,
          is: 'check-in',
          serialNumber: usage.laptop.serialNumber,
          source: source.name,
          ...heardAt,
        })
      }
  const usages = new Map(book.usages.map((usage) => [usage.laptop.serialNumber, usage]))
  const inputs = book.inputs
    .filter(
      (one) => heardOf(one) < endsAt && (one.is !== 'check-in' || !isQuiet(usages.get(one.serialNumber)!, one.at)),
    )
    .sort((a, b) => heardOf(a).getTime() - heardOf(b).getTime())
  return {
    startsAt,
    endsAt,
    inputs,
    usages,
    diversions: book.diversions,
    stories: new Map(book.people.map((person) => [person.email, [...person.stories].toSorted()])),
  }
}

/** When an input comes in. */
export const heardOf = (input: Input): Date => (input.is === 'check-in' ? (input.heardAt ?? input.at) : input.at)
