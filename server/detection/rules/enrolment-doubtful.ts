// What shows that the laptop is managed by us has become weaker, is another machine's, or is gone.
import { z } from 'zod'
import { wasWithUs } from '../boards.ts'
import {
  custodySteps,
  fading,
  fadingParams,
  hoursAfter,
  hoursBetween,
  isDeclared,
  isOfPeriod,
  isProven,
  partOf,
  weighProof,
} from '../measure.ts'
import { type Dossier, defineRule, type RuleFinding } from '../rule.ts'
import { earliest, inTime } from '../spans.ts'

const WEIGHT = 7

export const enrolmentDoubtful = defineRule({
  id: 'enrolment-doubtful',
  title: 'Enrolment in doubt',
  severity: 'low',
  weight: WEIGHT,
  group: 'machine identity',
  layer: 'identity',
  watches: [
    ...custodySteps,
    'identity',
    'device.checked_in',
    'device.identity_doubted',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'An enrolment that was copied, redone by hand or not shown any more proves less: the machine that reports need not be the one that was issued.',
  references: [
    'Mandiant 2024, on the serial number as what only the one who holds the laptop knows: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'FBI IC3, 2025-01, on local administrators and what they can change: https://www.scworld.com/brief/fbi-north-korean-it-worker-scheme-involves-source-code-theft-extortion',
  ],
  attack: ['T1562.001'],
  falsePositives: [
    'A new Mac set up from a backup of the old one takes the old enrolment along.',
    'A laptop wiped and enrolled by hand by somebody of IT, with no repair on record.',
    'A source that stopped telling how a laptop is enrolled.',
  ],
  blindSpots: [
    'Sources whose word is not vouched for.',
    'A laptop that was never enrolled at all.',
    'An agent that is copied together with everything it reports.',
  ],
  runbook: [
    'Ask IT whether they wiped or re-enrolled it; declare the repair or the migration if so.',
    'Have the serial number read aloud from the laptop.',
    'Enrol it again through the maker’s or reseller’s programme.',
  ],
  params: z.object({
    fellWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(5)
      .describe('Decibans where an automated enrolment was redone by hand. A default, not a fact.'),
    unprovenWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(4)
      .describe('Decibans where it was enrolled on the bench and no check-in shows it since. A default, not a fact.'),
    days: z
      .number()
      .positive()
      .max(730)
      .default(7)
      .describe('Days after the first check-in in which an enrolment may show. A default, not a fact.'),
    ...fadingParams(30, 120, 'it came up'),
  }),
  response: 'watch',
  evaluate(dossier, params) {
    if (dossier.device.firstCheckInAt === null) return []
    const nexts: Date[] = []
    const weighed = (finding: RuleFinding): RuleFinding[] => {
      const { share, nextAt } = fading(finding.since, dossier.now, params)
      if (nextAt !== null) nexts.push(nextAt)
      return share === 0 ? [] : [{ ...finding, weight: partOf(finding.weight ?? WEIGHT, share) }]
    }
    const findings = [
      ...copied(dossier).flatMap(weighed),
      ...fallen(dossier, params.fellWeight).flatMap(weighed),
      ...unproven(dossier, params, nexts),
    ]
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

/** The enrolment, or the UUID, of another machine: one finding per kind, by its first report of this period. */
function copied(dossier: Dossier): RuleFinding[] {
  const doubts = dossier.doubts
    .filter(({ doubt }) => doubt !== 'serial on several machines')
    .filter(({ at }) => isOfPeriod(dossier, { from: at, to: at }))
    .filter(({ at }) => !isDeclared(dossier, 'migration', at) && !wasWithUs(dossier, at, at))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.source.localeCompare(b.source) || a.seq - b.seq)
  return [...Map.groupBy(doubts, ({ doubt }) => doubt)].map(([doubt, group]) => {
    const first = group[0]!
    return {
      key: doubt,
      summary:
        doubt === 'enrolment of another machine'
          ? 'It reports with the enrolment of another machine'
          : 'It reports with the hardware UUID of another machine',
      evidence: group.map((one) => one.seq).toSorted((a, b) => a - b),
      since: first.at,
      facts: { first: first.at.toISOString(), source: first.source, otherDevice: first.otherDeviceId },
    }
  })
}

/** The latest fall of each source from an enrolment through a programme to one by hand that still stands. */
function fallen(dossier: Dossier, weight: number): RuleFinding[] {
  const sources = Map.groupBy(
    inTime(dossier.enrolments).filter((one) => !one.late),
    (one) => one.source,
  )
  return [...sources].flatMap(([source, all]) => {
    const methods = all.filter(({ method }) => method !== null && method !== 'unknown')
    const is = methods.at(-1)
    const was = methods.at(-2)
    if (is === undefined || was === undefined || was.method !== 'automated') return []
    if (!isOfPeriod(dossier, { from: is.at, to: is.at }) || wasWithUs(dossier, was.at, is.at)) return []
    if (isDeclared(dossier, 'migration', is.at)) return []
    return [
      {
        key: `by hand, ${source}`,
        summary: 'It was enrolled through the programme, and has been enrolled anew by hand',
        evidence: [was.seq, is.seq],
        since: is.at,
        facts: { method: is.method, at: is.at.toISOString(), source, proof: is.proof },
        weight: weighProof(weight, is.proof),
      },
    ]
  })
}

/** Enrolled while it was with us, and since its first check-in no report of any source proves more than that it claims so. */
function unproven(
  dossier: Dossier,
  params: { unprovenWeight: number; days: number; fullDays: number; goneDays: number },
  nexts: Date[],
): RuleFinding[] {
  const start = dossier.device.firstCheckInAt!
  const before = inTime(dossier.enrolments).findLast((one) => one.at < start && isProven(one.proof))
  if (before === undefined || dossier.shipment === null || isDeclared(dossier, 'migration', dossier.now)) return []
  // The source that could prove it says nothing at all: that is another matter.
  if (dossier.outages.some((one) => one.source === before.source && (one.to === null || one.to > start))) return []
  const since = dossier.presence.filter((day) => day.lastAt >= start)
  const isShown =
    since.some((day) => isProven(day.proof)) || dossier.enrolments.some((one) => one.at >= start && isProven(one.proof))
  const dueAt = hoursAfter(start, params.days * 24)
  const last = since.reduce<Date>((latest, day) => (day.lastAt > latest ? day.lastAt : latest), start)
  if (isShown) return []
  if (dossier.now < dueAt || last < dueAt) {
    if (hoursBetween(start, dossier.now) < params.goneDays * 24)
      nexts.push(dueAt > dossier.now ? dueAt : hoursAfter(dossier.now, 24))
    return []
  }
  const { share, nextAt } = fading(last, dossier.now, params)
  if (nextAt !== null) nexts.push(nextAt)
  if (share === 0) return []
  return [
    {
      key: 'not shown any more',
      summary: 'It was enrolled before it left, and no check-in since its first has shown it',
      evidence: [before.seq],
      since: dueAt,
      facts: { enrolledAt: before.at.toISOString(), source: before.source, proof: before.proof },
      weight: partOf(params.unprovenWeight, share),
    },
  ]
}
