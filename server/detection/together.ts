// What rules measure of what laptops and people share: who counts as another, how strongly, and in which words.
import { z } from 'zod'
import { DAY, plus } from '../lib/time.ts'
import { partOf } from './measure.ts'
import type { Dossier, LinkKind, RuleFinding, SharedFact, SharedWith } from './rule.ts'

/** What wakes a rule about what is shared: somebody else came to share it, or something is known that excuses it. */
export const sharedSteps = [
  'shared',
  'network',
  'hardware',
  'address.added',
  'address.approved',
  'address.refused',
  'shipment.ordered',
  'shipment.changed',
  'shipment.scanned',
  'device.transferred',
  'device.status_reported',
  'device.received',
  'declaration.made',
  'declaration.ended',
  'time',
] as const

/** What counts of a kind: neither crowded nor the company's own, with others who are no declared household. */
export function sharedOf({ shared }: Dossier, kinds: readonly LinkKind[]): SharedFact[] {
  return shared.flatMap((fact) => {
    if (!kinds.includes(fact.kind) || fact.crowded || fact.declared) return []
    const others = fact.others.filter((other) => !other.household)
    return others.length === 0 ? [] : [{ ...fact, others }]
  })
}

/** Whether two live at one place, as far as their addresses tell: then being together says little. */
export const liveTogether = ({ homes }: Pick<SharedWith, 'homes'>): boolean => homes === 'door' || homes === 'building'

/** How much of what a shared network weighs counts for one other person: the brackets of `site-shared-*`. */
export type Closeness = 'one home' | 'comes and goes' | 'cannot tell' | 'of late' | 'only there'

/** What being on one network with somebody means: a shared home, a place where people come and go, or one where laptops stay. */
export function closenessOf(other: SharedWith): Closeness {
  if (liveTogether(other)) return 'one home'
  if (other.besides === 'somewhere') return 'comes and goes'
  if (other.homes === 'cannot tell' || other.besides === 'cannot tell') return 'cannot tell'
  return other.besides === 'never' ? 'only there' : 'of late'
}

const order: Closeness[] = ['one home', 'comes and goes', 'cannot tell', 'of late', 'only there']

/** The closest of several. */
export const closest = (others: readonly SharedWith[]): Closeness =>
  order[Math.max(0, ...others.map((other) => order.indexOf(closenessOf(other))))]!

/** Networks that both were on at one time, for `hours` at least; one seen at different times tells of nobody together. */
export const togetherFor = ({ together }: SharedWith, hours: number, now: Date): boolean =>
  together !== null && (together.to ?? now) >= plus(together.from, hours * (DAY / 24))

/** Still so, or until a while ago: what is long over says nothing of today. */
export const isRecent = ({ together }: SharedWith, days: number, now: Date): boolean =>
  together !== null && (together.to === null || together.to >= plus(now, -days * DAY))

/** Whether the laptop is out of the house, so that what it shares is its person's. */
export const isOut = (dossier: Dossier): boolean => dossier.person !== null && dossier.device.lifeCycle !== 'returned'

/** The shared values that somebody had about whom a case was confirmed, with those people alone. */
export const confirmedIn = (facts: SharedFact[]): { fact: SharedFact; others: SharedWith[] }[] =>
  facts.flatMap((fact) => {
    const others = fact.others.filter((other) => other.confirmed !== null)
    return others.length === 0 ? [] : [{ fact, others }]
  })

export const peopleText = (count: number): string => `${count} other ${count === 1 ? 'person' : 'people'}`

/** Sequence numbers of a shared value: this laptop's first, then the others'. */
export const evidenceOf = (fact: SharedFact, others: readonly SharedWith[]): number[] => [
  ...new Set([...fact.spans.map((span) => span.seq).slice(0, 1), ...others.flatMap((other) => other.seqs.slice(0, 1))]),
]

/** When both first had it; where never at once, when the later one came to it. */
export function sharedSince(fact: SharedFact, others: readonly SharedWith[]): Date {
  const own = fact.spans[0]!.from
  const times = others.map((other) => other.together?.from ?? (other.from > own ? other.from : own))
  return new Date(Math.min(...times.map((at) => at.getTime())))
}

// ── Laptops at one place ───────────────────────────────────────────────────────────────────────────────────

/** What tells an office that nobody declared from a farm: how many are there, and whether parcels brought the laptops. */
export const crowdParams = {
  officeFrom: z
    .number()
    .int()
    .min(3)
    .max(100)
    .default(12)
    .describe(
      'From so many people of ours on it is rather an office that nobody declared, and weighs nothing; from three quarters of them on less. Farms hold one to nine laptops of one employer.',
    ),
  noParcelShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.45)
    .describe(
      'Part of the weight where no parcel brought the laptop: who gets it at the counter keeps it at a desk. A default, not a fact.',
    ),
}
type CrowdParams = { officeFrom: number; noParcelShare: number }

/** How much of being together counts: less for a crowd, and for a laptop that was handed over in the house. */
export function farmShare({ shipment }: Dossier, people: number, { officeFrom, noParcelShare }: CrowdParams): number {
  const full = Math.ceil(officeFrom * 0.75)
  const crowd = people <= full ? 1 : Math.max(0, (officeFrom - people) / (officeFrom - full))
  return crowd * (shipment === null ? noParcelShare : 1)
}

/** What being together weighs: the parameters of `site-shared-*`. */
export const closenessParams = (weights: Record<Closeness | 'several', number>) => ({
  homeWeight: weightParam(weights['one home'], 'where both live at that door or in that building'),
  passingWeight: weightParam(weights['comes and goes'], 'where either laptop was on other networks within a week'),
  unclearWeight: weightParam(
    weights['cannot tell'],
    'where it cannot be told whether they live apart or were elsewhere',
  ),
  recentWeight: weightParam(weights['of late'], 'where they live apart and neither was elsewhere for a week'),
  onlyWeight: weightParam(weights['only there'], 'where they live apart and neither was ever elsewhere'),
  severalWeight: weightParam(weights.several, 'for two other people or more who live apart and stay there'),
  ...crowdParams,
  fadeDays: z
    .number()
    .positive()
    .max(730)
    .default(60)
    .describe('Days after they were last there together from which it counts no more. A default, not a fact.'),
})
type ClosenessParams = z.output<z.ZodObject<ReturnType<typeof closenessParams>>>

/** With whom a laptop is at one place, by any of these kinds of network. */
export interface Place {
  facts: SharedFact[]
  /** One entry a person, the closest. */
  others: SharedWith[]
  closeness: Closeness
  /** Those who live apart from this one's person and whose laptops stay there. */
  stay: SharedWith[]
  weight: number
}

export function placeTogether(
  dossier: Dossier,
  kinds: readonly LinkKind[],
  params: ClosenessParams & { hours?: number },
): Place | null {
  const { now } = dossier
  if (!isOut(dossier)) return null
  const counts = (other: SharedWith) =>
    isRecent(other, params.fadeDays, now) && togetherFor(other, params.hours ?? 0, now)
  const facts = sharedOf(dossier, kinds).flatMap((fact) => {
    const others = fact.others.filter(counts)
    return others.length === 0 ? [] : [{ ...fact, others }]
  })
  if (facts.length === 0) return null
  const others = byPerson(facts)
  const closeness = closest(others)
  const stay = others.filter(staysThere)
  const weights: Record<Closeness, number> = {
    'one home': params.homeWeight,
    'comes and goes': params.passingWeight,
    'cannot tell': params.unclearWeight,
    'of late': params.recentWeight,
    'only there': params.onlyWeight,
  }
  const full = stay.length >= 2 ? Math.max(params.severalWeight, weights[closeness]) : weights[closeness]
  const weight = partOf(full, farmShare(dossier, others.length + 1, params))
  return { facts, others, closeness, stay, weight }
}

/** How many households these are: who lives in one building with another counts once. */
export function householdsIn(others: readonly SharedWith[]): number {
  const groups: Set<string>[] = []
  for (const { personId, buildings } of others) {
    const keys = new Set(buildings.length === 0 ? [personId] : buildings)
    const met = groups.filter((group) => !group.isDisjointFrom(keys))
    for (const group of met) {
      groups.splice(groups.indexOf(group), 1)
      for (const key of group) keys.add(key)
    }
    groups.push(keys)
  }
  return groups.length
}

/** Lives elsewhere, and has the laptop nowhere else. */
export const staysThere = (other: SharedWith): boolean => ['of late', 'only there'].includes(closenessOf(other))

function byPerson(facts: SharedFact[]): SharedWith[] {
  const groups = Map.groupBy(
    facts.flatMap((fact) => fact.others),
    (other) => other.personId,
  )
  return [...groups.values()].map((all) => all.find((one) => closenessOf(one) === closest(all))!)
}

const saying: Record<Closeness, string> = {
  'one home': ', who live there too',
  'comes and goes': ', and they come and go',
  'cannot tell': '',
  'of late': ', and none of them was elsewhere for a week',
  'only there': ', and none of them was ever elsewhere',
}

/** The one finding that such a place gives. `at`: "behind one router". */
export function placeFinding(place: Place, at: string): RuleFinding {
  const { facts, others, closeness, stay, weight } = place
  return {
    key: 'together',
    summary: `The laptop is ${at} with those of ${peopleText(others.length)}${saying[closeness]}`,
    evidence: [...new Set(facts.flatMap((fact) => evidenceOf(fact, fact.others)))].toSorted((a, b) => a - b),
    since: new Date(Math.min(...facts.map((fact) => sharedSince(fact, fact.others).getTime()))),
    facts: {
      others: others.length,
      'of these only there': stay.length,
      closeness,
      ...Object.fromEntries(kindsOf(facts).map(([kind, count]) => [kind, count])),
    },
    weight,
  }
}

const kindsOf = (facts: SharedFact[]): [LinkKind, number][] =>
  [...Map.groupBy(facts, (fact) => fact.kind)].map(([kind, all]) => [kind, all.length])

/** Where laptops were besides counts for a week: then it is looked at again, while that can still change what is said. */
export const lookAgainAfterWeek = (place: Place | null, now: Date): Date | null =>
  place === null || place.closeness === 'only there' || place.closeness === 'one home' ? null : plus(now, 7 * DAY)

export const weightParam = (weight: number, what: string) =>
  z.number().nonnegative().max(20).default(weight).describe(`Decibans ${what}. A default, not a fact.`)
