// The laptop's clock is set to hours that neither its home nor its network has.
import { z } from 'zod'
import { hoursAhead, isNoPlace } from '../clocks.ts'
import {
  custodySteps,
  fading,
  fadingParams,
  hoursAfter,
  hoursBetween,
  hoursText,
  isOfPeriod,
  partOf,
  weighProof,
} from '../measure.ts'
import { type AddressFact, type ClockFact, type Dossier, defineRule, type NetworkFact } from '../rule.ts'
import { backFrom, earliest, firstPerPlace, homesAt, type Span, seenUntil, spansOf, tellsPlace } from '../spans.ts'

const WEIGHT = 9

/** What the networks of that time say of the place: somewhere with other hours than the clock's, nothing since an exit hides it, or nothing. */
type Networks = 'elsewhere' | 'hidden' | 'silent'

interface Mismatch {
  fact: ClockFact
  home: AddressFact
  from: Date
  /** Until when it was seen. */
  until: Date
  isOver: boolean
  /** Hours ahead of the nearest home. */
  hours: number
  networks: Networks
  evidence: number[]
}

const exits = ['hosting', 'vpn', 'relay']

const settings = z.object({
  hoursMin: z
    .number()
    .positive()
    .max(8760)
    .default(2)
    .describe('Hours of difference from which it counts; one hour is a border or summer time. A default, not a fact.'),
  farHours: z
    .number()
    .positive()
    .max(8760)
    .default(4)
    .describe('Hours of difference from which it counts in full. A default, not a fact.'),
  nearShare: z.number().min(0).max(1).default(0.6).describe('Part of the weight below that. A default, not a fact.'),
  hiddenWeight: z
    .number()
    .nonnegative()
    .max(20)
    .default(6)
    .describe('Decibans where an exit hides the place of the network. A default, not a fact.'),
  silentWeight: z
    .number()
    .nonnegative()
    .max(20)
    .default(5)
    .describe('Decibans where no network tells a place. A default, not a fact.'),
  utcWeight: z
    .number()
    .nonnegative()
    .max(20)
    .default(2)
    .describe('Decibans at most for a clock set to UTC, as servers have it. A default, not a fact.'),
  passingHours: z
    .number()
    .nonnegative()
    .max(8760)
    .default(24)
    .describe('Hours below which it counts by a third. A default, not a fact.'),
  lastingHours: z
    .number()
    .positive()
    .max(8760)
    .default(168)
    .describe('Hours from which it counts in full, by two thirds until then. A default, not a fact.'),
  ...fadingParams(14, 60, 'it ended'),
})
type Params = z.output<typeof settings>

export const timeZoneMismatch = defineRule({
  id: 'time-zone-mismatch',
  title: 'Clock set to other hours than the home',
  severity: 'medium',
  weight: WEIGHT,
  group: 'clock',
  layer: 'place',
  watches: [
    ...custodySteps,
    'clock',
    'network',
    'device.checked_in',
    'device.match_undone',
    'address.added',
    'address.approved',
    'address.refused',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Who works on a laptop from elsewhere, or sits behind a network that is led home, sees a wrong clock all day and often sets it right.',
  references: [
    'KnowBe4, 2024: the laptop was driven from elsewhere, in shifts to match local hours: https://newsieevents.com/crime-security-reports/how-a-u-s-security-company-unknowingly-hired-a-north-korean-hacker',
    'FBI IC3, 2023-10-18, on comparing the place of laptops with addresses: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'A journey that nobody declared, on a network that tells no place.',
    'People who keep the clock of their team or their customers, or UTC.',
    'An image with a fixed time zone, and nobody who changed it.',
  ],
  blindSpots: [
    'Whoever leaves the clock alone: the ordinary farm. A right clock clears nobody.',
    'Homes whose place or zone is not known, and names of zones that no table has.',
    'A clock that was set so at the bench and stayed.',
  ],
  runbook: [
    'Ask the person whether they travel or keep another clock on purpose; declare the journey if so.',
    'Look at the network of the same days: is it an exit, or does it tell a place?',
    'Look for remote-control tools, and for hours of work that fit the clock.',
  ],
  params: settings,
  response: 'notify',
  evaluate(dossier, params) {
    const all = spansOf(dossier.clocks).flatMap((span) => mismatchOf(dossier, span, params.hoursMin) ?? [])
    const weighed = all.map((one) => ({ ...one, ...weigh(dossier, one, params) })).filter(({ weight }) => weight >= 1)
    const nexts = weighed.flatMap(({ nextAt }) => nextAt ?? [])
    const findings = [...Map.groupBy(weighed, ({ fact }) => fact.timeZone)].map(([timeZone, group]) => {
      const best = group.reduce((a, b) => (b.weight > a.weight ? b : a))
      const lasted = hoursBetween(best.from, best.until)
      return {
        key: timeZone,
        summary: `The clock was set ${Math.abs(best.hours)} hours ${best.hours > 0 ? 'ahead of' : 'behind'} the home’s${lasted < 1 ? '' : `, for ${lasted >= params.lastingHours ? 'a week or more' : hoursText(lasted)}`}${words[best.networks]}`,
        evidence: [...new Set(best.evidence)].toSorted((a, b) => a - b),
        since: best.from,
        facts: {
          timeZone,
          hoursAhead: best.hours,
          from: best.from.toISOString(),
          until: best.isOver ? best.until.toISOString() : null,
          network: best.networks,
          source: best.fact.source,
          proof: best.fact.proof,
        },
        weight: best.weight,
      }
    })
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

const words: Record<Networks, string> = {
  elsewhere: ', while its network had other hours',
  hidden: ', while its network was an exit of somebody’s',
  silent: '',
}

function mismatchOf(dossier: Dossier, span: Span<ClockFact>, hoursMin: number): Mismatch | null {
  const { fact } = span
  if (dossier.device.firstCheckInAt === null || !isOfPeriod(dossier, span)) return null
  // What begins on a journey that is vouched for counts from its end, if it is still so.
  const from = backFrom(dossier, later(span.from, dossier.device.assignedAt ?? span.from))
  const until = seenUntil(dossier, span)
  if (until < from) return null
  const off = offHome(dossier, fact, [from, until])
  if (off === null || Math.abs(off.hours) < hoursMin) return null
  const { networks, seqs } = networksDuring(dossier, { fact, from, until }, hoursMin)
  if (networks === null) return null
  const evidence = [fact.seq, off.home.seq, ...seqs]
  return { fact, from, until, isOver: span.to !== null, ...off, networks, evidence }
}

const later = (a: Date, b: Date) => (a > b ? a : b)

/** How far it is from the nearest of the homes, at the kinder of some times: zones change to summer time on different days. */
function offHome(
  dossier: Dossier,
  { timeZone }: ClockFact,
  times: Date[],
): { home: AddressFact; hours: number } | null {
  const all = times.flatMap((at) =>
    homesAt(dossier, at).flatMap((home) => {
      const hours = home.place.circle && hoursAhead(timeZone, home.place.circle, at)
      return hours === null ? [] : [{ home, hours }]
    }),
  )
  return all.length === 0 ? null : all.reduce((a, b) => (Math.abs(b.hours) < Math.abs(a.hours) ? b : a))
}

/** What the networks of that while say; null where a place with the clock's own hours explains it for the most part. */
function networksDuring(
  dossier: Dossier,
  { fact, from, until }: { fact: ClockFact; from: Date; until: Date },
  hoursMin: number,
): { networks: Networks | null; seqs: number[] } {
  const during = spansOf(dossier.networks)
    .map((span) => ({ fact: span.fact, from: later(span.from, from), to: seenUntil(dossier, span) }))
    .map((span) => ({ ...span, to: span.to < until ? span.to : until }))
    .filter((span) => span.from <= span.to)
  const total = { own: 0, other: 0 }
  const others: NetworkFact[] = []
  // Whoever told the clock knows best where that was: what another source had told long before may be old.
  const same = during.filter((span) => span.fact.source === fact.source && tellsPlace(span.fact))
  for (const { fact: network, from: start, to } of same.length > 0 ? same : during) {
    if (!tellsPlace(network)) continue
    const ahead = hoursAhead(fact.timeZone, network.place.circle, start)
    if (ahead === null) continue
    const isOwn = Math.abs(ahead) < hoursMin
    // A moment counts, too.
    total[isOwn ? 'own' : 'other'] += to.getTime() - start.getTime() + 1
    if (!isOwn) others.push(network)
  }
  if (total.own > 0 && total.own >= total.other) return { networks: null, seqs: [] }
  if (total.other > 0) return { networks: 'elsewhere', seqs: seqsOf(others) }
  const hidden = during.map((span) => span.fact).filter(isExit)
  return { networks: hidden.length > 0 ? 'hidden' : 'silent', seqs: seqsOf(hidden) }
}

const seqsOf = (networks: NetworkFact[]) => firstPerPlace(networks).map((one) => one.seq)

const isExit = ({ place }: NetworkFact) => place !== null && exits.includes(place.network)

function weigh(dossier: Dossier, one: Mismatch, params: Params): { weight: number; nextAt: Date | null } {
  const base = { elsewhere: WEIGHT, hidden: params.hiddenWeight, silent: params.silentWeight }[one.networks]
  const lasted = hoursBetween(one.from, one.until)
  const lasting = lasted < params.passingHours ? 1 / 3 : lasted < params.lastingHours ? 2 / 3 : 1
  const far = Math.abs(one.hours) >= params.farHours ? 1 : params.nearShare
  const fade = one.isOver ? fading(one.until, dossier.now, params) : null
  const full = partOf(base, lasting * far * (fade?.share ?? 1))
  const weight = isNoPlace(one.fact.timeZone) ? Math.min(full, params.utcWeight) : full
  // Another day of the same wakes nobody.
  const isGrowing = !one.isOver && lasting < 1 && hoursBetween(one.until, dossier.now) < params.lastingHours
  return {
    weight: weighProof(weight, one.fact.proof),
    nextAt: fade?.nextAt ?? (isGrowing ? hoursAfter(dossier.now, 24) : null),
  }
}
