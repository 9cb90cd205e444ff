// The back-test: what a rule would have raised over the last days, stepped as it would have been seen then.

import { headSeq } from '../custody/ledger.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY, plus } from '../lib/time.ts'
import { assembleDossier } from './dossier.ts'
import { type Facts, loadManyFacts } from './facts.ts'
import { evaluateRules, LATE_MS } from './judge.ts'
import { ruleById } from './rules/index.ts'
import type { SetRule } from './settings.ts'

export interface BacktestMatch {
  deviceId: string
  serialNumber: string | null
  key: string
  summary: string
  weight: number
  /** When it would have been raised. */
  at: string
  /** Whether what raised it came in more than a day late. */
  backfill: boolean
  /** How the case it is in ended, if it was really raised and closed. */
  outcome: string | null
}

export interface Backtest {
  rule: string
  days: number
  devices: number
  matches: BacktestMatch[]
  casesPerWeek: number
  byOutcome: Record<string, number>
}

/** So many devices are read at once. */
const PAGE = 50

/** Replays history through one rule with the given parameters. Reads only. Devices are streamed, so memory stays flat. */
export async function backtest(
  db: Db,
  input: { ruleId: string; days: number; params: Record<string, unknown>; now: Date },
): Promise<Backtest> {
  const rule = ruleById(input.ruleId)
  if (rule === undefined) throw new AppError('not_found', `There is no rule “${input.ruleId}”.`)
  const params = rule.params.strict().safeParse(input.params)
  if (!params.success) {
    const faults = params.error.issues.map((issue) => ({
      path: issue.path.join('.') || 'param',
      problem: issue.message,
    }))
    throw new AppError(
      'invalid',
      `The parameters do not fit: ${faults.map((fault) => `${fault.path}: ${fault.problem}`).join('; ')}`,
      faults,
    )
  }
  const set: SetRule = { rule, params: params.data, ladder: 'hold' }
  const since = plus(input.now, -input.days * DAY)
  const seq = await headSeq(db)
  const matches: BacktestMatch[] = []
  let devices = 0
  let after = ''
  for (;;) {
    const page = await db
      .selectFrom('devices')
      .select('id')
      .where('id', '>', after)
      .where('withdrawn_at', 'is', null)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    for (const facts of (
      await loadManyFacts(
        db,
        page.map((row) => row.id),
        seq,
      )
    ).values()) {
      devices++
      matches.push(...replay(facts, set, since, input.now))
    }
    after = page.at(-1)?.id ?? after
    if (page.length < PAGE) break
  }
  await addOutcomes(db, rule.id, matches)
  const byOutcome: Record<string, number> = {}
  for (const match of matches)
    byOutcome[match.outcome ?? 'never closed'] = (byOutcome[match.outcome ?? 'never closed'] ?? 0) + 1
  return {
    rule: rule.id,
    days: input.days,
    devices,
    matches,
    casesPerWeek: Math.round((matches.length / Math.max(1, input.days / 7)) * 10) / 10,
    byOutcome,
  }
}

/** Steps one device event by event, and through the times at which the rule asked to look again. Each key counts once. */
function replay(facts: Facts, set: SetRule, since: Date, until: Date): BacktestMatch[] {
  const found = new Map<string, BacktestMatch>()
  let due: Date | null = null
  const look = (seq: number, now: Date | undefined, at: Date, backfill: boolean) => {
    const dossier = assembleDossier(facts, { seq, ...(now ? { now } : {}) })
    const { evaluated } = evaluateRules(dossier, [set], new Set(['all']))
    due = evaluated[0]?.lookAgainAt ?? null
    for (const finding of evaluated[0]?.findings ?? []) {
      if (found.has(finding.key)) continue
      const match = {
        key: finding.key,
        summary: finding.summary,
        weight: finding.weight ?? set.rule.weight,
        at: at.toISOString(),
        backfill,
        outcome: null,
      }
      found.set(finding.key, { deviceId: facts.device.id, serialNumber: facts.device.serialNumber, ...match })
    }
  }
  let last = 0
  const passTime = (to: Date) => {
    // Bounded: a rule that keeps asking for the same time is asked once.
    for (let step = 0; due !== null && due <= to && step < 50; step++) {
      const at: Date = due
      look(last, at, at, false)
      if (due !== null && (due as Date) <= at) due = null
    }
  }
  for (const { seq, occurredAt, recordedAt } of stepsOf(facts)) {
    // What came late is judged at its own time, and counted as backfill (DESIGN 6.3).
    const backfill = recordedAt.getTime() - occurredAt.getTime() > LATE_MS
    const at = backfill ? occurredAt : recordedAt
    passTime(at)
    last = seq
    look(seq, undefined, at, backfill)
  }
  passTime(until)
  return [...found.values()].filter((match) => match.at >= since.toISOString())
}

/** All that woke the device, in the order it was recorded: its own events, and those of other parcels that bear on it. */
function stepsOf({ events, otherOrders, signers }: Facts): { seq: number; occurredAt: Date; recordedAt: Date }[] {
  const beside = [...otherOrders, ...signers].map(({ seq, at, recordedAt }) => ({ seq, occurredAt: at, recordedAt }))
  return [...new Map([...beside, ...events].map((step) => [step.seq, step])).values()].sort((a, b) => a.seq - b.seq)
}

async function addOutcomes(db: Db, ruleId: string, matches: BacktestMatch[]): Promise<void> {
  if (matches.length === 0) return
  const rows = await db
    .selectFrom('findings')
    .innerJoin('cases', 'cases.id', 'findings.case_id')
    .select(['findings.key', 'cases.outcome'])
    .where('rule', '=', ruleId)
    .execute()
  const outcomes = new Map(rows.map((row) => [row.key, row.outcome]))
  for (const match of matches) match.outcome = outcomes.get(`${match.deviceId}:${match.key}`) ?? null
}
