// How long what sources told held, and which networks tell where a laptop is.
import type { Circle } from '../ports.ts'
import { apart, homeAt, isApart, isDeclared } from './measure.ts'
import type { AddressFact, DeclarationFact, Dossier, NetworkFact, Place, Said } from './rule.ts'

/** What one source told, from when to when it held: until its next word on it. */
export interface Span<T> {
  fact: T
  from: Date
  /** Null while it holds. */
  to: Date | null
}

type Told = Pick<Said, 'seq' | 'at' | 'source' | 'late'>

/** Spans of facts, oldest first. A late report shows a moment, since nobody knows what held after it. */
export function spansOf<T extends Told>(facts: readonly T[]): Span<T>[] {
  const spans: Span<T>[] = []
  for (const all of Map.groupBy(facts, (fact) => fact.source).values()) {
    const onTime = inTime(all.filter((fact) => !fact.late))
    spans.push(...onTime.map((fact, index) => ({ fact, from: fact.at, to: onTime[index + 1]?.at ?? null })))
    spans.push(...all.filter((fact) => fact.late).map((fact) => ({ fact, from: fact.at, to: fact.at })))
  }
  return spans.toSorted((a, b) => byTime(a.fact, b.fact))
}

/** By their own times; of one moment, by who said it: never by the order of arrival, where that can be helped. */
const byTime = (a: Told, b: Told) =>
  a.at.getTime() - b.at.getTime() || a.source.localeCompare(b.source) || a.seq - b.seq

export const inTime = <T extends Told>(facts: readonly T[]): T[] => facts.toSorted(byTime)

/** When a source last saw the laptop, as of the dossier; null where it never did. */
export function lastSeenBy(dossier: Dossier, source: string): Date | null {
  return latest(dossier.presence.filter((day) => day.source === source).map((day) => day.lastAt))
}

/** When a source was last known to see the laptop before a time; null where it was not. Of a day, only its first and last report are kept. */
export function lastSeenBefore(dossier: Dossier, source: string, at: Date): Date | null {
  const days = dossier.presence.filter((day) => day.source === source)
  return latest(days.flatMap((day) => [day.firstAt, day.lastAt]).filter((seen) => seen < at))
}

/** Until when a span is known to have held: its end, else when its source last saw the laptop. */
export function seenUntil<T extends Told>(dossier: Dossier, { fact, from, to }: Span<T>): Date {
  if (to !== null) return to
  return latest([from, lastSeenBy(dossier, fact.source) ?? from])!
}

export const latest = (times: readonly Date[]): Date | null =>
  times.reduce<Date | null>((last, at) => (last === null || at > last ? at : last), null)

export const earliest = (times: readonly Date[]): Date | null =>
  times.reduce<Date | null>((first, at) => (first === null || at < first ? at : first), null)

/** Whether a time lies within a span. */
export const holdsAt = ({ from, to }: Span<unknown>, at: Date): boolean =>
  from <= at && (to === null || at < to || +from === +at)

export interface Located extends NetworkFact {
  place: NonNullable<NetworkFact['place']> & { circle: Circle }
}

/**
 * Whether the place of a network is the laptop's own: a line at a home, or one of a kind that nobody knows. Exits are
 * somewhere else, and mobile and shared addresses anywhere in a country.
 */
export const tellsPlace = (network: NetworkFact): network is Located =>
  network.place !== null && network.place.circle !== null && ['home', 'unknown'].includes(network.place.network)

/** The first network at each place: the next address of the same line is no news to whoever has looked at it. */
export function firstPerPlace<T extends NetworkFact>(networks: readonly T[]): T[] {
  const placed = Map.groupBy(networks, ({ place }) => JSON.stringify([place?.country, place?.region, place?.city]))
  return [...placed.values()].map(([first]) => first!)
}

/** So near to a second home is at it: places of addresses and of networks are off by tens of kilometres. */
const SECOND_HOME_KM = 100

/**
 * Whether they are vouched for to be elsewhere: on a journey, or at their second home. Where `place` is given, and it is
 * known where that home is, only near it.
 */
export const isAway = (dossier: Dossier, at: Date, place: Place | null = null): boolean =>
  isDeclared(dossier, 'travel', at) ||
  dossier.declarations.some(
    (one) =>
      one.kind === 'second_home' &&
      one.from <= at &&
      at <= one.to &&
      (place === null || one.place === null || !isApart(apart(one.place, place), SECOND_HOME_KM)),
  )

/** The first moment at or after `at` that none of these declarations covers. */
export function afterThese(declarations: readonly DeclarationFact[], at: Date): Date {
  const inOrder = declarations.toSorted((a, b) => a.from.getTime() - b.from.getTime())
  return inOrder.reduce((after, one) => (one.from <= after && one.to > after ? one.to : after), at)
}

/** The first moment at or after `at` at which no journey is declared. */
export const backFrom = ({ declarations }: Dossier, at: Date): Date =>
  afterThese(
    declarations.filter((one) => one.kind === 'travel' || one.kind === 'second_home'),
    at,
  )

/** Where the laptop may well be: the addresses that somebody approved, and the home on file at a time. */
export function homesAt(dossier: Dossier, at: Date): AddressFact[] {
  const home = homeAt(dossier, at)
  const approved = dossier.addresses.filter((address) => address.approved && address !== home)
  return [...(home ? [home] : []), ...approved]
}
