// What manages the laptop was taken off: a source says so, or falls silent while another one still hears of it.
import { z } from 'zod'
import {
  daysWithin,
  excusedUntil,
  type Habit,
  habitOf,
  heardFrom,
  isAskedBack,
  isMigrating,
  lastWord,
  patienceDays,
  presenceOfPeriod,
} from '../hearing.ts'
import { custodySteps, hoursAfter, hoursBetween, isOfPeriod, isProven, weighProof, weightAt } from '../measure.ts'
import { type Dossier, defineRule, type EnrolmentFact, type RuleFinding } from '../rule.ts'
import { earliest, latest } from '../spans.ts'

const WEIGHT = 9
/** One that only fell silent may be broken. */
const SILENT_WEIGHT = 5
const STEPS_MAX = 3
/** Days before a source's last report in which both have to have been heard. */
const REGULAR_WITHIN = 28

export const agentRemoved = defineRule({
  id: 'agent-removed',
  title: 'Management or agent removed',
  severity: 'medium',
  weight: WEIGHT,
  group: 'management',
  layer: 'software',
  watches: [
    ...custodySteps,
    'identity',
    'device.checked_in',
    'device.match_undone',
    'return.opened',
    'return.closed',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Whoever hands a laptop to somebody else first takes off what watches it. An enrolment that ends while the person still has the laptop, or one agent that stops while the other goes on, is rarely an accident.',
  references: [
    'MITRE ATT&CK T1562.001, disable or modify tools: https://attack.mitre.org/techniques/T1562/001',
    'FBI IC3, 2025-01, on local administrators and what they can take off: https://www.scworld.com/brief/fbi-north-korean-it-worker-scheme-involves-source-code-theft-extortion',
  ],
  attack: ['T1562.001'],
  falsePositives: [
    'A change of systems that nobody declared and whose new one does not report here yet.',
    'An agent that broke with an update on this laptop alone.',
    'A laptop set up afresh by the helpdesk, until it is enrolled again.',
  ],
  blindSpots: [
    'Where one source is all there is, its silence is that of the laptop: see gone-silent.',
    'A source that fails as a whole says nothing about one laptop, and nothing is concluded from it.',
    'Another of our own systems that takes the laptop over at the same time is taken for a change of systems.',
  ],
  runbook: [
    'Ask IT whether the laptop was set up afresh or moved to another system; declare the migration if so.',
    'Ask the person what they did on that day.',
    'Have the agent installed or the laptop enrolled again; see whether it stays.',
    'If it does not come back, ask for the laptop.',
  ],
  params: z.object({
    days: z
      .number()
      .positive()
      .max(730)
      .default(5)
      .describe(
        'Days for which one source says nothing while another one reports, at least; half as long again as its own longest silence where that is more. A default, not a fact.',
      ),
    daysSeen: z
      .number()
      .int()
      .positive()
      .max(730)
      .default(3)
      .describe('Days on which both have to have reported before. A default, not a fact.'),
    takeoverDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(14)
      .describe(
        'Days around the end within which another system that enrols the laptop takes it over. A default, not a fact.',
      ),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    if (!['delivered', 'accepted', 'checked in', 'in service'].includes(dossier.device.lifeCycle)) return []
    if (isAskedBack(dossier)) return []
    const told = endedEnrolments(dossier).flatMap((fact) => toldFinding(dossier, fact, params))
    const habits = habitsBySource(dossier)
    const stops = [...habits].flatMap(([source, habit]) =>
      told.some((one) => one.key === source) ? [] : (stopOf(dossier, { source, habit, habits }, params) ?? []),
    )
    const findings = [...told, ...stops.flatMap((stop) => stop.finding ?? [])]
    return {
      findings,
      // A plain report wakes no rule.
      lookAgainAt: findings.length > 0 ? hoursAfter(dossier.now, 24) : earliest(stops.map((stop) => stop.lookAgainAt)),
    }
  },
})

interface Params {
  days: number
  daysSeen: number
  takeoverDays: number
}

// ── A source says so ───────────────────────────────────────────────────────────────────────────────────────

/** The last word of each source that had the laptop enrolled and has it no more, within this custody period. */
function endedEnrolments(dossier: Dossier): EnrolmentFact[] {
  const said = dossier.enrolments.filter((one) => one.enrolled !== null && !one.late)
  return [...Map.groupBy(said, (one) => one.source).values()].flatMap((all) => {
    const byTime = all.toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
    const last = byTime.at(-1)!
    const hadIt = byTime.some((one) => one.enrolled)
    return last.enrolled === false && hadIt && isOfPeriod(dossier, { from: last.at, to: last.at }) ? [last] : []
  })
}

function toldFinding(dossier: Dossier, fact: EnrolmentFact, params: Params): RuleFinding[] {
  const { source, at, seq } = fact
  if (isMigrating(dossier, source, at, params.days) || isTakenOver(dossier, source, at, params)) return []
  return [
    {
      key: source,
      summary: `${source} no longer manages it, and it was not asked back`,
      evidence: [seq],
      since: at,
      facts: { source, endedAt: at.toISOString(), proof: fact.proof },
      // Who could have enrolled it is who can say that it is so no more.
      weight: weighProof(WEIGHT, hadProof(dossier, fact)),
    },
  ]
}

/** The proof that the source gave while it had it: a laptop that is not enrolled proves nothing itself. */
const hadProof = ({ enrolments }: Dossier, { source, at, proof }: EnrolmentFact) =>
  enrolments.findLast((one) => one.source === source && one.enrolled && one.at <= at)?.proof ?? proof

// ── A source falls silent ──────────────────────────────────────────────────────────────────────────────────

/** Of every source that saw it in this custody period. */
function habitsBySource(dossier: Dossier): Map<string, Habit> {
  const bySource = Map.groupBy(presenceOfPeriod(dossier), (one) => one.source)
  return new Map(
    [...bySource].flatMap(([source, days]) => {
      const habit = habitOf(days)
      return habit === null ? [] : [[source, habit] as const]
    }),
  )
}

interface Stop {
  finding: RuleFinding | null
  lookAgainAt: Date
}

/** Whether a source has stopped, measured until another one that both had known was heard last. */
function stopOf(
  dossier: Dossier,
  { source, habit, habits }: { source: string; habit: Habit; habits: Map<string, Habit> },
  params: Params,
): Stop | null {
  const { now } = dossier
  const end = habit.lastAt
  const others = [...habits].filter(([name]) => name !== source && wasBeside(dossier, name, end, params))
  if (others.length === 0 || daysWithin(habit, REGULAR_WITHIN) < params.daysSeen) return null
  const wait = patienceDays(habit, params.days)
  const from = heardFrom(dossier, [source], excusedUntil(dossier, end, wait, ['repair']))
  if (from === null) return { finding: null, lookAgainAt: hoursAfter(now, 24) }
  const heard = others.filter(([, other]) => daysAfter(other, end) >= params.daysSeen)
  const until = latest([from, ...heard.map(([, other]) => other.lastAt)])!
  const steps = Math.min(STEPS_MAX, Math.floor(hoursBetween(from, until) / 24 / wait))
  const due = hoursAfter(from, wait * 24)
  const quiet: Stop = { finding: null, lookAgainAt: due > now ? due : hoursAfter(now, 24) }
  if (steps < 1 || isMigrating(dossier, source, end, wait) || isTakenOver(dossier, source, end, params)) return quiet
  // What the other one told by the time it was due: its later words change nothing.
  const evidence = [lastWord(dossier, end, source), lastWord(dossier, due, heard[0]?.[0])].filter((seq) => seq !== null)
  if (evidence.length === 0) return quiet
  return {
    finding: {
      key: source,
      summary: `${source} has said nothing of it for ${steps * wait} days or more, while ${heard.map(([name]) => name).join(' and ')} still ${heard.length === 1 ? 'does' : 'do'}`,
      evidence: [...new Set(evidence)],
      since: due,
      facts: {
        source,
        lastSeenAt: end.toISOString(),
        days: steps * wait,
        others: heard.map(([name]) => name).join(', '),
        otherSeenAt: until.toISOString(),
      },
      weight: weightAt(steps, [
        [1, SILENT_WEIGHT],
        [STEPS_MAX, WEIGHT],
      ]),
    },
    lookAgainAt: hoursAfter(now, 24),
  }
}

const daysAfter = ({ days }: Habit, at: Date) => days.filter((day) => day > at.toISOString().slice(0, 10)).length

/** Whether another source knew the laptop before that as well, for long enough. */
const wasBeside = (dossier: Dossier, source: string, end: Date, { daysSeen }: Params) =>
  presenceOfPeriod(dossier).filter((one) => one.source === source && one.firstAt <= end).length >= daysSeen

/**
 * Another system of ours began to hear of it around then, and has it enrolled: a move, whoever declared it or not. What
 * began together with the one that ended, as on a new laptop, takes nothing over.
 */
function isTakenOver({ presence, enrolments }: Dossier, source: string, at: Date, params: Params): boolean {
  const { takeoverDays, daysSeen } = params
  const beganOf = (name: string) => earliest(presence.filter((one) => one.source === name).map((one) => one.firstAt))
  const own = beganOf(source) ?? at
  const from = latest([hoursAfter(at, -takeoverDays * 24), hoursAfter(own, daysSeen * 24)])!
  const to = hoursAfter(at, takeoverDays * 24)
  return enrolments.some((one) => {
    const began = one.source !== source && one.enrolled && isProven(one.proof) ? beganOf(one.source) : null
    return began !== null && began >= from && began <= to
  })
}
