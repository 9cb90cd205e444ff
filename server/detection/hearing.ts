// By whom a laptop is heard of, how often, and from when on its silence says something.
import { DAY, dayOf, plus } from '../lib/time.ts'
import type { DeclarationFact, Dossier, PresenceFact } from './rule.ts'
import { earliest, latest } from './spans.ts'

/** So long back a laptop's, or a source's, habits are read. */
const HABIT_DAYS = 60
/** Who has not seen it for so long before it was seen last is not expected to see it again. */
const LISTENER_DAYS = 28
/** A silence longer than its own longest one by half is out of the ordinary for it. */
const GAP_TIMES = 1.5
/** A source that has been failing for longer, and never saw the laptop, is not waited for. */
const STRANGER_DAYS = 14

/** How often something was seen until it was seen last. */
export interface Habit {
  firstAt: Date
  lastAt: Date
  /** Distinct days, oldest first. */
  days: string[]
  /** The longest time between two of them, in days. */
  longestGapDays: number
}

/** The habit of these sightings; null where there are none. */
export function habitOf(presence: readonly PresenceFact[]): Habit | null {
  const lastAt = latest(presence.map((one) => one.lastAt))
  const firstAt = earliest(presence.map((one) => one.firstAt))
  if (lastAt === null || firstAt === null) return null
  const from = dayOf(plus(lastAt, -HABIT_DAYS * DAY))
  const days = [...new Set(presence.map((one) => one.day))].filter((day) => day >= from).toSorted()
  const longestGapDays = days.reduce((longest, day, index) => {
    const before = days[index - 1]
    return before === undefined ? longest : Math.max(longest, (Date.parse(day) - Date.parse(before)) / DAY)
  }, 0)
  return { firstAt, lastAt, days, longestGapDays }
}

/** On how many of the last `within` days of a habit there was a sighting. */
export const daysWithin = ({ days, lastAt }: Habit, within: number): number => {
  const from = dayOf(plus(lastAt, -within * DAY))
  return days.filter((day) => day > from).length
}

/** Days without a sighting that are out of the ordinary for this habit; `days` at least. */
export const patienceDays = ({ longestGapDays }: Habit, days: number): number =>
  Math.max(days, Math.ceil(GAP_TIMES * longestGapDays))

/** The sources that used to see the laptop shortly before it was seen last. */
export function listenersOf(presence: readonly PresenceFact[], { lastAt }: Habit): string[] {
  const from = plus(lastAt, -LISTENER_DAYS * DAY)
  return [...new Set(presence.filter((one) => one.lastAt >= from).map((one) => one.source))].toSorted()
}

/**
 * From when on, after `since`, one of these sources could hear the laptop without a break: a source that failed meanwhile
 * begins anew. Null while all of them fail: then nothing is to be concluded (DESIGN 6.10).
 */
export function heardFrom({ outages }: Pick<Dossier, 'outages'>, sources: readonly string[], since: Date): Date | null {
  const times = sources.map((source) => {
    const cuts = outages.filter((one) => one.source === source && (one.to === null || one.to > since))
    if (cuts.some((one) => one.to === null)) return null
    return latest([since, ...cuts.flatMap((one) => one.to ?? [])])
  })
  return earliest(times.filter((at) => at !== null))
}

/** The same for a laptop that no source has seen yet: whichever fails may be the one that would. */
export function heardFromAny({ outages, now }: Pick<Dossier, 'outages' | 'now'>, since: Date): Date | null {
  const young = plus(now, -STRANGER_DAYS * DAY)
  if (outages.some((one) => one.to === null && one.from > young)) return null
  return latest([since, ...outages.flatMap((one) => one.to ?? [])])
}

/**
 * From when a silence counts that began at `since`: the end of what the company vouches for, where it began within `days`
 * of it. A journey excuses the laptop, not one of its sources.
 */
export function excusedUntil(
  dossier: Dossier,
  since: Date,
  days: number,
  by: readonly string[] = ['travel', 'repair', 'migration'],
): Date {
  return dossier.declarations
    .filter((one) => by.includes(one.kind) && isAbout(dossier, one))
    .toSorted((a, b) => a.from.getTime() - b.from.getTime())
    .reduce((from, one) => (one.to > from && one.from <= plus(from, days * DAY) ? one.to : from), since)
}

/** A repair names the laptop it is about, where it names one. */
const isAbout = ({ device }: Dossier, { kind, value }: DeclarationFact) =>
  kind !== 'repair' || value === null || value === device.serialNumber

/** Whether a change of systems is declared around a time that takes this source's place, or any. */
export const isMigrating = ({ declarations }: Dossier, source: string, at: Date, days: number): boolean =>
  declarations.some(
    (one) =>
      one.kind === 'migration' &&
      (one.value === null || one.value === '' || one.value === source) &&
      one.from <= plus(at, days * DAY) &&
      one.to >= plus(at, -days * DAY),
  )

/** Sightings of this custody period: since the carrier had the laptop; all of them where it came by no parcel. */
export function presenceOfPeriod({ presence, shipment }: Dossier): PresenceFact[] {
  const from = shipment === null ? null : (shipment.firstScanAt ?? shipment.shippedAt ?? shipment.orderedAt)
  return from === null ? presence : presence.filter((one) => one.lastAt >= from)
}

/** Whether it is asked back: then its silence is the return's affair. */
export const isAskedBack = ({ returns }: Dossier): boolean => returns.some((one) => one.closed === null)

/** The newest fact that a source told, or any of them, by a time; null where none has a number. */
export function lastWord(dossier: Dossier, at: Date, source?: string): number | null {
  const told = [
    ...dossier.checkIns,
    ...dossier.networks,
    ...dossier.clocks,
    ...dossier.users,
    ...dossier.enrolments,
    ...dossier.machines,
    ...dossier.postures,
  ].filter((one) => one.at <= at && (source === undefined || one.source === source))
  return (
    told.reduce<{ seq: number; at: Date } | null>(
      (last, one) => (last === null || one.at > last.at || (+one.at === +last.at && one.seq > last.seq) ? one : last),
      null,
    )?.seq ?? null
  )
}
