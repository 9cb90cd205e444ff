// A laptop was asked back, its day has passed, and it is not on its way.
import { z } from 'zod'
import { hoursAfter, hoursBetween, weightAt } from '../measure.ts'
import { type Dossier, defineRule, type ReturnFact, type RuleFinding } from '../rule.ts'

const WEEK_HOURS = 7 * 24
/** After so many weeks it weighs no more. */
const WEEKS_MAX = 12

/** Half of all leavers are late by some days; of those who never had the laptop all are. */
const WEIGHT = 2

export const returnOverdue = defineRule({
  id: 'return-overdue',
  title: 'Return overdue',
  severity: 'medium',
  weight: WEIGHT,
  group: 'return',
  layer: 'custody',
  watches: [
    'return.opened',
    'return.due_changed',
    'return.closed',
    'shipment.ordered',
    'shipment.scanned',
    'device.received',
    'device.status_reported',
    'time',
  ],
  status: 'experimental',
  why: 'Whoever does not have a laptop cannot send it back. Laptops of a farm stay away when the work ends, or are said to be lost.',
  references: [
    'Secureworks incident, with company data and equipment kept after the dismissal, told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: [],
  falsePositives: [
    'People who leave are busy, on holiday, or have got no box and no label.',
    'A laptop that was handed over at the office, and nobody wrote it down.',
    'A label that came late.',
  ],
  blindSpots: ['A laptop that nobody asked back.', 'A parcel on its way that is empty, or holds another laptop.'],
  runbook: [
    'Ask whether a label and a box came; send them again.',
    'Ask for the serial number to be read from the laptop: who has it can do so today.',
    'Lock the laptop in the management system, and look at where it last checked in.',
  ],
  params: z.object({
    graceDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(3)
      .describe('Days after the due day that are not counted. A default, not a fact.'),
    weightMax: z
      .number()
      .nonnegative()
      .max(9)
      .default(7)
      .describe('Decibans after twelve weeks: it grows slowly, and alone it opens no case. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const open = isAway(dossier) ? dossier.returns.filter((one) => one.closed === null && !hasComeBack(one)) : []
    if (open.length === 0 || (isOnItsWay(dossier) && open.every((one) => one.received === null))) return []
    const judged = open.map((one) => judgeReturn(dossier.now, one, params))
    const times = judged.flatMap((one) => one.lookAgainAt?.getTime() ?? [])
    return {
      findings: judged.flatMap((one) => one.finding ?? []),
      lookAgainAt: times.length === 0 ? null : new Date(Math.min(...times)),
    }
  },
})

function judgeReturn(
  now: Date,
  one: ReturnFact,
  params: { graceDays: number; weightMax: number },
): { finding: RuleFinding | null; lookAgainAt: Date | null } {
  const from = hoursAfter(one.dueAt, params.graceDays * 24)
  const weeks = Math.min(WEEKS_MAX, Math.floor(hoursBetween(from, now) / WEEK_HOURS))
  if (weeks < 0) return { finding: null, lookAgainAt: from }
  const days = weeks * 7 + params.graceDays
  return {
    finding: {
      key: one.id,
      summary: `The laptop was due back and is not on its way for ${days} days or more`,
      evidence: [one.seq],
      since: from,
      facts: { dueAt: one.dueAt.toISOString(), reason: one.reason, days },
      weight: weightAt(weeks, [
        [0, Math.min(WEIGHT, params.weightMax)],
        [WEEKS_MAX, params.weightMax],
      ]),
    },
    lookAgainAt: weeks === WEEKS_MAX ? null : hoursAfter(from, (weeks + 1) * WEEK_HOURS),
  }
}

/** Not once we have it, or have given it up: others look after that. */
const isAway = ({ device }: Dossier): boolean =>
  !['stock', 'returned', 'repair', 'lost', 'retired'].includes(device.lifeCycle)

/** Another laptop in its place brings nothing back. */
const hasComeBack = ({ received }: ReturnFact): boolean => received !== null && received.serial !== 'different'

/** The carrier has a return parcel of this custody period. */
function isOnItsWay({ device, shipments }: Dossier): boolean {
  return shipments.some(
    ({ direction, firstScanAt }) =>
      direction === 'return' &&
      firstScanAt !== null &&
      (device.assignedAt === null || firstScanAt >= device.assignedAt),
  )
}
