// The back-test: what a rule would have raised over the last days, stepped as it would have been seen then.

import { headSeq } from '../custody/ledger.ts'
import type { Db } from '../lib/database.ts'
import { DAY, plus } from '../lib/time.ts'
import { refreshCatalog } from './catalog/company.ts'
import { assembleDossier } from './dossier.ts'
import { type Facts, loadManyFacts } from './facts.ts'
import { evaluateRules, LATE_MS } from './judge.ts'
import type { Response } from './rule.ts'
import { CASE_SCORE } from './score.ts'
import { effectiveResponse, fitParams, loadRule, type SetRule } from './settings.ts'

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
  findingsPerWeek: number
  /** Of laptops that would open a case by this rule alone. */
  casesPerWeek: number
  byOutcome: Record<string, number>
  /** What holds at the end. */
  standing: { devices: number; findings: number }
  /** Against the rule as it is set now; null where it was tried as it is. */
  against: { added: BacktestMatch[]; gone: BacktestMatch[] } | null
}

/** So many devices are read at once. */
const PAGE = 50

export interface BacktestAsked {
  ruleId: string
  days: number
  params: Record<string, unknown>
  /** How far it may go; as far as the rule asks where it is absent. */
  ladder?: Response | undefined
  now: Date
}

/** Replays history through one rule with the given parameters. Reads only. Devices are streamed, so memory stays flat. */
export async function backtest(db: Db, input: BacktestAsked): Promise<Backtest> {
  const current = await loadRule(db, input.ruleId)
  const { rule } = current
  const set: SetRule = { rule, params: fitParams(rule, input.params), ladder: 'hold' }
  const isChanged = JSON.stringify(set.params) !== JSON.stringify(current.params)
  const before: SetRule = { rule, params: current.params, ladder: 'hold' }
  const since = plus(input.now, -input.days * DAY)
  const matches: BacktestMatch[] = []
  const against = { added: [] as BacktestMatch[], gone: [] as BacktestMatch[] }
  const standing = { devices: 0, findings: 0 }
  let devices = 0
  for await (const facts of allFacts(db)) {
    devices++
    const came = replay(facts, set, since, input.now)
    matches.push(...came.matches)
    standing.findings += came.standing
    if (came.standing > 0) standing.devices++
    if (!isChanged) continue
    const was = replay(facts, before, since, input.now)
    against.added.push(...lacking(came.matches, was.matches))
    against.gone.push(...lacking(was.matches, came.matches))
  }
  await addOutcomes(db, rule.id, [...matches, ...against.gone])
  const weeks = Math.max(1, input.days / 7)
  const response = effectiveResponse({ rule, ladder: input.ladder ?? 'hold' })
  return {
    rule: rule.id,
    days: input.days,
    devices,
    matches,
    findingsPerWeek: tenths(matches.length / weeks),
    casesPerWeek: tenths(
      new Set(matches.filter((one) => opensCase(response, one)).map((one) => one.deviceId)).size / weeks,
    ),
    byOutcome: Object.fromEntries(
      Map.groupBy(matches, (one) => one.outcome ?? 'never closed')
        .entries()
        .map(([outcome, these]) => [outcome, these.length]),
    ),
    standing,
    against: isChanged ? against : null,
  }
}

const tenths = (value: number) => Math.round(value * 10) / 10

const lacking = (these: BacktestMatch[], those: BacktestMatch[]) => {
  const keys = new Set(those.map((one) => one.key))
  return these.filter((one) => !keys.has(one.key))
}

/** Whether a finding opens a case with nothing beside it (DESIGN 8, "Ladder"). */
function opensCase(response: Response, { weight }: BacktestMatch): boolean {
  switch (response) {
    case 'off':
    case 'watch':
      return false
    case 'notify':
      return weight >= CASE_SCORE
    case 'case':
    case 'hold':
      return true
  }
}

/** The facts of every device, by id. */
async function* allFacts(db: Db): AsyncGenerator<Facts> {
  await refreshCatalog(db)
  const seq = await headSeq(db)
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
    const ids = page.map((row) => row.id)
    yield* (await loadManyFacts(db, ids, seq)).values()
    after = page.at(-1)?.id ?? after
    if (page.length < PAGE) return
  }
}

/** Steps one device event by event, and through the times at which the rule asked to look again. Each key counts once. */
function replay(facts: Facts, set: SetRule, since: Date, until: Date): { matches: BacktestMatch[]; standing: number } {
  const found = new Map<string, BacktestMatch>()
  let due: Date | null = null
  let standing = 0
  const look = (seq: number, now: Date | undefined, at: Date, backfill: boolean) => {
    const dossier = assembleDossier(facts, { seq, ...(now ? { now } : {}) })
    const { evaluated } = evaluateRules(dossier, [set], new Set(['all']))
    due = evaluated[0]?.lookAgainAt ?? null
    standing = evaluated[0]?.findings.length ?? 0
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
  return { matches: [...found.values()].filter((match) => match.at >= since.toISOString()), standing }
}

interface Step {
  seq: number
  occurredAt: Date
  recordedAt: Date
}

/** All that woke the device, in the order it was recorded: its own events, other parcels that bear on it, and others' links. */
function stepsOf({ events, otherOrders, signers, shared }: Facts): Step[] {
  const beside = [...otherOrders, ...signers].map(({ seq, at, recordedAt }) => ({ seq, occurredAt: at, recordedAt }))
  // Of others' links only their own time is kept.
  const timed = (seq: number, at: Date): Step => ({ seq, occurredAt: at, recordedAt: at })
  const links = shared.links.flatMap(({ fromSeq, from, toSeq, to }) => [
    timed(fromSeq, from),
    ...(toSeq !== null && to !== null ? [timed(toSeq, to)] : []),
  ])
  const confirmed = shared.confirmed.map(({ seq, at }) => timed(seq, at))
  const all = [...links, ...confirmed, ...beside, ...events]
  return [...new Map(all.map((step) => [step.seq, step])).values()].sort((a, b) => a.seq - b.seq)
}

async function addOutcomes(db: Db, ruleId: string, matches: BacktestMatch[]): Promise<void> {
  if (matches.length === 0) return
  const rows = await db
    .selectFrom('findings')
    .innerJoin('cases', 'cases.id', 'findings.case_id')
    .select(['findings.key', 'cases.outcome'])
    .where('rule', '=', ruleId)
    .orderBy('raised_at')
    .execute()
  const outcomes = new Map(rows.map((row) => [row.key, row.outcome]))
  for (const match of matches) match.outcome = outcomes.get(`${match.deviceId}:${match.key}`) ?? null
}
