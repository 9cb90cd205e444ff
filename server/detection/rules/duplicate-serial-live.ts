// Two machines report under one serial number in the same days, or one laptop reports from two far places at once.
import { z } from 'zod'
import { boardsOf, wasWithUs } from '../boards.ts'
import {
  apart,
  custodySteps,
  fading,
  fadingParams,
  hoursAfter,
  hoursBetween,
  isOfPeriod,
  kmText,
  partOf,
  placeName,
} from '../measure.ts'
import { type Dossier, defineRule, type PresenceFact, type RuleFinding } from '../rule.ts'
import { earliest, isAway, type Located, latest, type Span, spansOf, tellsPlace } from '../spans.ts'

const WEIGHT = 8

const settings = z.object({
  days: z
    .number()
    .positive()
    .max(730)
    .default(14)
    .describe('Days within which a board that comes back means two machines. A default, not a fact.'),
  doubtWeight: z
    .number()
    .nonnegative()
    .max(20)
    .default(5)
    .describe('Decibans where reports of a shared serial number are all there is. A default, not a fact.'),
  placesWeight: z
    .number()
    .nonnegative()
    .max(20)
    .default(4)
    .describe('Decibans where two sources tell two far places at once. A default, not a fact.'),
  placesDays: z
    .number()
    .int()
    .positive()
    .max(730)
    .default(2)
    .describe('Days on which they must. A default, not a fact.'),
  kmMin: z
    .number()
    .nonnegative()
    .max(20000)
    .default(500)
    .describe('Kilometres between the circles from which two places are far. A default, not a fact.'),
  virtualWeight: z
    .number()
    .nonnegative()
    .max(20)
    .default(2)
    .describe('Decibans where one of the two is a virtual machine. A default, not a fact.'),
  ...fadingParams(14, 60, 'it was last so'),
})
type Params = z.output<typeof settings>

export const duplicateSerialLive = defineRule({
  id: 'duplicate-serial-live',
  title: 'One serial number, two machines',
  severity: 'medium',
  weight: WEIGHT,
  group: 'machine identity',
  layer: 'identity',
  watches: [
    ...custodySteps,
    'hardware',
    'network',
    'device.checked_in',
    'device.identity_doubted',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A serial number that two machines tell in turn has been copied: one of them is not the laptop that was issued, and may be anywhere.',
  references: [
    'Mandiant 2024, on serial numbers as what ties a laptop to its worker: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'ANY.RUN and others, 2025-12, a farm watched live on virtual machines that passed for laptops: https://thehackernews.com/2025/12/researchers-capture-lazarus-apts-remote.html',
  ],
  attack: ['T1036'],
  falsePositives: [
    'A virtual machine that takes over the serial number of its host.',
    'A maker that gave one number to several machines, or a placeholder that we do not know as one.',
    'A source that reaches us through an exit which no database knows.',
  ],
  blindSpots: [
    'Two machines that report the same hardware UUID.',
    'Two machines in one place.',
    'Sources that tell neither hardware UUID nor public address.',
  ],
  runbook: [
    'Look at the history of both: models, networks, users.',
    'Have the serial number read aloud from the case in a video call.',
    'If one is a virtual machine or a maker’s mistake, undo the match on the page of the device.',
  ],
  params: settings,
  response: 'notify',
  evaluate(dossier, params) {
    if (dossier.person === null) return []
    const nexts: Date[] = []
    const fadingFrom = (at: Date, finding: RuleFinding): RuleFinding[] => {
      const { share, nextAt } = fading(at, dossier.now, params)
      if (nextAt !== null) nexts.push(nextAt)
      return share === 0 ? [] : [{ ...finding, weight: partOf(finding.weight ?? WEIGHT, share) }]
    }
    const findings = [
      ...machinesInTurn(dossier, params).flatMap(({ at, finding }) => fadingFrom(at, finding)),
      ...placesAtOnce(dossier, params, nexts).flatMap(({ at, finding }) => fadingFrom(at, finding)),
    ]
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

interface Dated {
  /** When it was last so. */
  at: Date
  finding: RuleFinding
}

/** Boards that come back after another has reported, and reports that the serial number is on several machines. */
function machinesInTurn(dossier: Dossier, params: Params): Dated[] {
  const boards = boardsOf(dossier).filter((one) => isOfPeriod(dossier, one))
  const turns = boards.flatMap((back, index) => {
    const between = boards.slice(0, index)
    const was = between.findLast((one) => one.key === back.key && one.from < back.from)
    const other = between.findLast((one) => one.key !== back.key && (was === undefined || one.from >= was.from))
    if (was === undefined || other === undefined || hoursBetween(other.from, back.from) > params.days * 24) return []
    return wasWithUs(dossier, other.from, back.from) ? [] : [{ was, other, back }]
  })
  const doubts = dossier.doubts
    .filter((one) => one.doubt === 'serial on several machines' && isOfPeriod(dossier, { from: one.at, to: one.at }))
    .filter((one) => !wasWithUs(dossier, one.at, one.at))
  const at = latest([...turns.map(({ back }) => back.from), ...doubts.map((one) => one.at)])
  if (at === null) return []
  const isVirtual =
    turns.length > 0
      ? turns.every(({ other, back }) => other.isVirtual || back.isVirtual)
      : boards.some((one) => one.isVirtual)
  // The same two machines once more, or the same source, are no news to whoever has looked at them.
  const seqs = [
    ...firstOf(turns, ({ other, back }) => [other.key, back.key].toSorted().join()).flatMap(({ was, other, back }) =>
      [was, other, back].map((one) => one.fact.seq),
    ),
    ...firstOf(doubts, ({ source, otherDeviceId }) => `${source} ${otherDeviceId}`).map((one) => one.seq),
  ]
  const times = [...turns.map(({ other }) => other.from), ...doubts.map((one) => one.at)]
  const finding = {
    key: 'machines',
    summary:
      turns.length > 0
        ? `Two ${isVirtual ? 'machines, one of them virtual,' : 'machines'} report under its serial number in turn`
        : 'Its serial number is reported by more than one machine',
    evidence: [...new Set(seqs)].toSorted((a, b) => a - b),
    since: earliest(times)!,
    facts: { turns: turns.length, doubts: doubts.length, virtual: isVirtual, last: at.toISOString() },
    weight: isVirtual ? params.virtualWeight : turns.length > 0 ? WEIGHT : params.doubtWeight,
  }
  return [{ at, finding }]
}

const firstOf = <T>(all: readonly T[], by: (one: T) => string): T[] =>
  [...Map.groupBy(all, by).values()].map(([first]) => first!)

/** Days on which two sources saw it at the same time in places that lie far apart. */
function placesAtOnce(dossier: Dossier, params: Params, nexts: Date[]): Dated[] {
  const start = dossier.device.firstCheckInAt
  if (start === null) return []
  const since = dossier.presence.filter((day) => day.firstAt >= start && !isAway(dossier, day.lastAt))
  const spans = spansOf(dossier.networks)
  const far = [...Map.groupBy(since, (row) => row.day).values()].flatMap(
    (rows) => farPair(spans, rows, params.kmMin) ?? [],
  )
  const last = far.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1)
  if (last === undefined) return []
  // Another day of the same wakes nobody.
  if (far.length < params.placesDays) {
    if (hoursBetween(last.at, dossier.now) < params.fullDays * 24) nexts.push(hoursAfter(dossier.now, 24))
    return []
  }
  const [a, b] = last.pair
  const km = apart(a.place, b.place).km!
  const pairs = firstOf(far, ({ pair }) => pair.map((one) => `${one.source} ${placeName(one.place)}`).join())
  const finding = {
    key: 'places',
    summary: `At the same time in ${placeName(a.place)} and in ${placeName(b.place)}, ${kmText(km)} apart, by two sources on several days`,
    evidence: [...new Set(pairs.flatMap(({ pair }) => pair.map((one) => one.seq)))].toSorted((x, y) => x - y),
    since: earliest(far.map((one) => one.at))!,
    facts: {
      place: placeName(a.place),
      otherPlace: placeName(b.place),
      km: Math.round(km),
      source: a.source,
      otherSource: b.source,
      last: last.at.toISOString().slice(0, 10),
    },
    weight: params.placesWeight,
  }
  return [{ at: last.at, finding }]
}

/** Two networks of two sources, held at the same time on one day, that lie further apart than circles explain. */
function farPair(
  spans: Span<Dossier['networks'][number]>[],
  rows: PresenceFact[],
  kmMin: number,
): { at: Date; pair: [Located, Located] } | null {
  const held = rows.flatMap((row) =>
    spans
      .filter((span) => span.fact.source === row.source)
      .map(({ fact, from, to }) => ({
        fact,
        from: from > row.firstAt ? from : row.firstAt,
        to: to !== null && to < row.lastAt ? to : row.lastAt,
      }))
      .filter((one) => one.from <= one.to),
  )
  for (const [index, { fact: a, ...own }] of held.entries())
    for (const { fact: b, ...other } of held.slice(index + 1)) {
      if (a.source === b.source || !tellsPlace(a) || !tellsPlace(b)) continue
      if (own.from > other.to || other.from > own.to) continue
      const pair: [Located, Located] = a.source < b.source ? [a, b] : [b, a]
      if ((apart(a.place, b.place).gapKm ?? 0) >= kmMin) return { at: own.to < other.to ? own.to : other.to, pair }
    }
  return null
}
