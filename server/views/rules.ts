// What the pages of rules show: how each is set and has been set, what stands of it, and how it has done.
import { sql } from 'kysely'
import { z } from 'zod'
import { type Performance, readPerformance } from '../detection/performance.ts'
import { responses } from '../detection/rule.ts'
import { asksAlways } from '../detection/rule-versions.ts'
import { effectiveResponse, loadRules, type SetRule } from '../detection/settings.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY, plus } from '../lib/time.ts'
import { namesOf } from './actors.ts'
import { listChanges } from './changes.ts'
import { changesOf, type SettingChange } from './rule-changes.ts'
import { listSuppressions } from './suppressions.ts'

/** Performance looks back so far. */
const PERFORMANCE_DAYS = 365

/** Every rule, with what stands of it now. */
export async function listRules(db: Db, input: { now: Date }) {
  const set = await loadRules(db)
  const active = await db
    .selectFrom('findings')
    .select(['rule', sql<number>`count(*)`.as('count')])
    .where('status', '=', 'active')
    .groupBy('rule')
    .execute()
  const failing = await db
    .selectFrom('rule_failures')
    .select(['rule', sql<number>`count(*)`.as('count')])
    .groupBy('rule')
    .execute()
  const performance = await readPerformance(db, { since: plus(input.now, -PERFORMANCE_DAYS * DAY), now: input.now })
  const waiting = new Set((await listChanges(db, { what: 'rule' })).map((one) => one.about))
  const activeOf = new Map(active.map((row) => [row.rule, row.count]))
  const failingOf = new Map(failing.map((row) => [row.rule, row.count]))
  return {
    asksAlways: await asksAlways(db),
    rules: set.map((one) => ({
      ...ruleView(one),
      active: activeOf.get(one.rule.id) ?? 0,
      failing: failingOf.get(one.rule.id) ?? 0,
      precision: performance.get(one.rule.id)?.precision ?? null,
      suppressions: performance.get(one.rule.id)?.suppressions ?? 0,
      isWaiting: waiting.has(one.rule.id),
    })),
  }
}

const ruleView = (one: SetRule) => ({
  id: one.rule.id,
  title: one.rule.title,
  severity: one.rule.severity,
  weight: one.rule.weight,
  group: one.rule.group,
  layer: one.rule.layer,
  status: one.rule.status,
  response: one.rule.response,
  ladder: one.ladder,
  effective: effectiveResponse(one),
  version: one.version ?? 0,
})

/** One rule with all that is known about it. */
export async function readRule(db: Db, input: { ruleId: string; now: Date }) {
  const one = (await loadRules(db)).find(({ rule }) => rule.id === input.ruleId)
  if (one === undefined) throw new AppError('not_found', 'There is no such rule; it may have been retired.')
  const { rule } = one
  const since = plus(input.now, -PERFORMANCE_DAYS * DAY)
  const performance = (await readPerformance(db, { since, now: input.now, ruleId: rule.id })).get(rule.id)
  const versions = await versionsOf(db, one)
  return {
    ...ruleView(one),
    why: rule.why,
    references: rule.references,
    attack: rule.attack,
    falsePositives: rule.falsePositives,
    blindSpots: rule.blindSpots,
    runbook: rule.runbook,
    params: one.params,
    defaults: rule.params.parse({}),
    paramsSchema: z.toJSONSchema(rule.params, { io: 'input' }),
    isQuietOnOld: one.quietTo !== null,
    asksAlways: await asksAlways(db),
    standing: await standingOf(db, rule.id),
    failing: await failingOf(db, rule.id),
    performance: performance ?? silent(rule.id),
    performanceDays: PERFORMANCE_DAYS,
    progress: await progressOf(db, rule.id),
    waiting: (await listChanges(db, { what: 'rule', about: rule.id })).at(0) ?? null,
    suppressions: (
      await listSuppressions(db, { ruleId: rule.id, state: 'in force', now: input.now, after: null, limit: 50 })
    ).suppressions,
    versions,
  }
}

const silent = (rule: string): Performance => ({
  rule,
  fired: 0,
  people: 0,
  confirmed: 0,
  policyBreach: 0,
  benign: 0,
  cannotTell: 0,
  open: 0,
  precision: null,
  medianHoursToClose: null,
  suppressions: 0,
  suppressed: 0,
})

/** Laptops with a standing finding, by what it leads to: who hears of them when the rule goes up the ladder. */
async function standingOf(db: Db, ruleId: string) {
  const rows = await db
    .selectFrom('findings')
    .select(['response', sql<number>`count(distinct device_id)`.as('devices')])
    .where('rule', '=', ruleId)
    .where('status', '=', 'active')
    .groupBy('response')
    .execute()
  const of = new Map(rows.map((row) => [row.response, row.devices]))
  return responses.map((response) => ({ response, devices: of.get(response) ?? 0 }))
}

async function failingOf(db: Db, ruleId: string): Promise<number> {
  const row = await db
    .selectFrom('rule_failures')
    .select(sql<number>`count(*)`.as('count'))
    .where('rule', '=', ruleId)
    .executeTakeFirstOrThrow()
  return row.count
}

/** How far the looking again has come that the newest version asked for; null where none did. */
async function progressOf(db: Db, ruleId: string): Promise<{ woken: number; left: number } | null> {
  const row = await db
    .selectFrom('rule_versions')
    .select(['woken', 'set_at'])
    .where('rule', '=', ruleId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined || row.woken === null) return null
  const left = await db
    .selectFrom('watch')
    .select(sql<number>`count(*)`.as('count'))
    // Another rule that was set since has them look again for this one as well.
    .where('look_again_at', 'in', db.selectFrom('rule_versions').select('set_at').where('set_at', '>=', row.set_at))
    .executeTakeFirstOrThrow()
  return { woken: row.woken, left: left.count }
}

export interface RuleVersion {
  version: number
  ladder: string
  params: Record<string, unknown>
  at: string | null
  author: string | null
  approvedBy: string | null
  note: string | null
  isQuietOnOld: boolean
  /** Findings that were raised or last changed under it. */
  findings: number
  /** Against the version before. */
  changes: SettingChange[]
}

/** Every version, newest first; the last one is the rule as it came. */
async function versionsOf(db: Db, { rule }: SetRule): Promise<RuleVersion[]> {
  const rows = await db
    .selectFrom('rule_versions')
    .leftJoin('notes', 'notes.id', 'rule_versions.note_id')
    .selectAll('rule_versions')
    .select('notes.text as note')
    .where('rule', '=', rule.id)
    .orderBy('version')
    .execute()
  const counts = await db
    .selectFrom('findings')
    .select(['rule_version', sql<number>`count(*)`.as('count')])
    .where('rule', '=', rule.id)
    .groupBy('rule_version')
    .execute()
  const countOf = new Map(counts.map((row) => [row.rule_version, row.count]))
  const nameOf = await namesOf(
    db,
    rows.flatMap((row) => [row.author, row.approved_by]),
  )
  const asItCame: RuleVersion = {
    version: 0,
    ladder: 'hold',
    params: rule.params.parse({}),
    at: null,
    author: null,
    approvedBy: null,
    note: null,
    isQuietOnOld: false,
    findings: countOf.get(0) ?? 0,
    changes: [],
  }
  const versions = [asItCame]
  for (const row of rows) {
    const before = versions.at(-1)!
    // A parameter that was left out had its default.
    const params = { ...asItCame.params, ...row.params }
    versions.push({
      version: row.version,
      ladder: row.ladder,
      params,
      at: row.set_at.toISOString(),
      author: nameOf(row.author),
      approvedBy: row.approved_by === null ? null : nameOf(row.approved_by),
      note: row.note,
      isQuietOnOld: row.quiet_to !== null,
      findings: countOf.get(row.version) ?? 0,
      changes: changesOf(before, { ladder: row.ladder, params }),
    })
  }
  return versions.reverse()
}
