// A laptop in use that was heard of regularly, and then by no source at all.
import { z } from 'zod'
import {
  daysWithin,
  excusedUntil,
  habitOf,
  heardFrom,
  isAskedBack,
  lastWord,
  listenersOf,
  patienceDays,
  presenceOfPeriod,
} from '../hearing.ts'
import { custodySteps, hoursAfter, hoursBetween, weightAt } from '../measure.ts'
import { type Dossier, defineRule } from '../rule.ts'
import { latest } from '../spans.ts'

/** So many times the wait, and it weighs no more. */
const STEPS_MAX = 4
/** Nearly as many ordinary laptops lie still for weeks as diverted ones end so: it is shown, and waits for more. */
const WEIGHT = 2
/** Days before the habit's end within which it has to have been regular. */
const REGULAR_WITHIN = 14

export const goneSilent = defineRule({
  id: 'gone-silent',
  title: 'Gone silent',
  severity: 'medium',
  weight: WEIGHT,
  group: 'silence',
  layer: 'custody',
  watches: [
    ...custodySteps,
    'device.checked_in',
    'device.merged',
    'device.match_undone',
    'return.opened',
    'return.closed',
    'network',
    'identity',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A laptop that works reports every day. One that stops was switched off, wiped or sold, or moved to where nothing is let out; that is also how a seat in a farm ends once questions are asked.',
  references: [
    'United States v. Chapman, where laptops were kept running for others and 49 went abroad: https://lifestyle.swishinteractiv.com/us-woman-jailed-for-8-years-over-identity-theft-scheme-aiding-north-korean-workers',
    'MITRE ATT&CK T1562.001, disabling what reports: https://attack.mitre.org/techniques/T1562/001',
  ],
  attack: ['T1562.001'],
  falsePositives: [
    'Holidays, parental leave and illness that nobody declared.',
    'A second laptop that lies in a drawer.',
    'A broken laptop whose repair is not on file.',
  ],
  blindSpots: [
    'While every source that used to see it fails or is silent as a whole, nothing is concluded; the connector is what needs a check then.',
    'A laptop used on few days a month has a long patience, by its own habit.',
    'One whose agent still reports is not silent, whoever drives it.',
  ],
  runbook: [
    'Ask the person whether they still have the laptop, and to switch it on.',
    'Look at its last days: another place, a new tool, a changed user.',
    'If they are away, declare it; if it is broken, say that it is in repair.',
    'If nobody answers, lock it in the management system so that it locks when it appears.',
  ],
  params: z.object({
    days: z
      .number()
      .positive()
      .max(730)
      .default(10)
      .describe(
        'Days without a report from any source, at least; half as long again as its own longest silence where that is more. A default, not a fact.',
      ),
    daysSeen: z
      .number()
      .int()
      .positive()
      .max(730)
      .default(3)
      .describe('Days of the two weeks before on which it has to have been seen. A default, not a fact.'),
    newDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(30)
      .describe('Days in use within which a silence counts in full. A default, not a fact.'),
    longDays: z
      .number()
      .positive()
      .max(730)
      .default(365)
      .describe('Days in use from which it counts for less than half. A default, not a fact.'),
    leavingDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(14)
      .describe('Days before a leaving date from which a silence is half as surprising. A default, not a fact.'),
  }),
  response: 'watch',
  evaluate(dossier, params) {
    const { device, now } = dossier
    const presence = presenceOfPeriod(dossier)
    const habit = habitOf(presence)
    if (habit === null || !['checked in', 'in service'].includes(device.lifeCycle) || isAskedBack(dossier)) return []
    const soon = hoursAfter(now, 24)
    if (daysWithin(habit, REGULAR_WITHIN) < params.daysSeen)
      return { findings: [], lookAgainAt: hoursAfter(now, params.days * 24) }
    // Whoever got it from another is waited for from then on.
    const began = latest([
      habit.lastAt,
      ...(dossier.shipment === null && device.assignedAt ? [device.assignedAt] : []),
    ])!
    const wait = patienceDays(habit, params.days)
    const from = heardFrom(dossier, listenersOf(presence, habit), excusedUntil(dossier, began, wait))
    if (from === null) return { findings: [], lookAgainAt: soon }
    const steps = Math.min(STEPS_MAX, Math.floor(hoursBetween(from, now) / 24 / wait))
    const evidence = lastWord(dossier, habit.lastAt) ?? dossier.shipment?.seq ?? null
    if (steps < 1 || evidence === null) {
      const due = hoursAfter(from, wait * 24)
      return { findings: [], lookAgainAt: due > now ? due : soon }
    }
    return {
      findings: [
        {
          // A silence is one until it is heard of again.
          key: habit.lastAt.toISOString().slice(0, 10),
          summary: `Not heard of for ${steps * wait} days or more, after it was seen on ${daysWithin(habit, REGULAR_WITHIN)} of ${REGULAR_WITHIN} days`,
          evidence: [evidence],
          since: hoursAfter(from, wait * 24),
          facts: {
            lastSeenAt: habit.lastAt.toISOString(),
            countedFrom: from.toISOString(),
            days: steps * wait,
            longestSilenceBefore: habit.longestGapDays,
            sources: listenersOf(presence, habit).join(', '),
          },
          weight: weigh(dossier, { steps, lastAt: habit.lastAt }, params),
        },
      ],
      // A plain report wakes no rule, and ends this.
      lookAgainAt: soon,
    }
  },
})

/** Grows with the silence; less for a laptop that has served for long, and for somebody who is about to leave. */
function weigh(
  { device, person }: Dossier,
  { steps, lastAt }: { steps: number; lastAt: Date },
  params: { newDays: number; longDays: number; leavingDays: number },
): number {
  // A silence of two weeks is mostly a holiday that nobody declared.
  const grown = weightAt(steps, [
    [1, WEIGHT / 2],
    [2, WEIGHT],
    [STEPS_MAX, WEIGHT * 2],
  ])
  const servedDays = device.firstCheckInAt === null ? 0 : hoursBetween(device.firstCheckInAt, lastAt) / 24
  const served = weightAt(servedDays, [
    [params.newDays, 1],
    [params.longDays, 0.4],
  ])
  const leavesOn = person?.leavesOn ?? null
  const isLeaving = leavesOn !== null && lastAt >= hoursAfter(leavesOn, -params.leavingDays * 24)
  return Math.round(grown * served * (isLeaving ? 0.5 : 1) * 10) / 10
}
