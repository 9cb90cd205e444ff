// A finding explained: what its rule would say of the laptop now, as it is set now, and whom else it was said of.
import { headSeq } from '../custody/ledger.ts'
import { assembleDossier } from '../detection/dossier.ts'
import { loadFacts } from '../detection/facts.ts'
import { evaluateRules } from '../detection/judge.ts'
import type { RuleFinding } from '../detection/rule.ts'
import { ruleById } from '../detection/rules/index.ts'
import { loadRules } from '../detection/settings.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'

/** Whom else it was said of, at most so many. */
const OTHERS_MAX = 20

export interface FindingNow {
  /** Null where the rule says nothing now, or could not be asked. */
  now: { summary: string; facts: RuleFinding['facts']; since: string } | null
  /** Why it could not be asked, or is silent for another reason than the facts. */
  why: string | null
  /** Settings that are not what they were when it was raised. */
  changes: { param: string; before: string | null; after: string | null }[]
  /** Other laptops with a finding of the same rule that stands. */
  others: { deviceId: string; serialNumber: string | null; caseNumber: number | null }[]
  othersCount: number
}

/** Reads only: judges the laptop as of now with the one rule, and keeps nothing of it. */
export async function readFindingNow(db: Db, findingId: string, now: Date): Promise<FindingNow> {
  const row = await db.selectFrom('findings').selectAll().where('id', '=', findingId).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such finding.')
  const others = await db
    .selectFrom('findings as f')
    .innerJoin('devices as d', 'd.id', 'f.device_id')
    .leftJoin('cases as c', 'c.id', 'f.case_id')
    .select(['d.id as device_id', 'd.serial_number', 'c.number'])
    .distinct()
    .where('f.rule', '=', row.rule)
    .where('f.status', '=', 'active')
    .where('f.device_id', '<>', row.device_id)
    .orderBy('d.id')
    .limit(OTHERS_MAX)
    .execute()
  const { count } = await db
    .selectFrom('findings')
    .select((eb) => eb.fn.count<number>('device_id').distinct().as('count'))
    .where('rule', '=', row.rule)
    .where('status', '=', 'active')
    .where('device_id', '<>', row.device_id)
    .executeTakeFirstOrThrow()
  const said = await askRule(db, row, now)
  return {
    ...said,
    others: others.map((one) => ({
      deviceId: one.device_id,
      serialNumber: one.serial_number,
      caseNumber: one.number,
    })),
    othersCount: Number(count),
  }
}

interface Asked {
  rule: string
  key: string
  device_id: string
  params: unknown
}

async function askRule(db: Db, row: Asked, now: Date): Promise<Pick<FindingNow, 'now' | 'why' | 'changes'>> {
  const rule = ruleById(row.rule)
  const set = (await loadRules(db)).find((one) => one.rule.id === row.rule)
  if (rule === undefined || set === undefined) return { now: null, why: 'This rule is not run any more.', changes: [] }
  const changes = changesOf(row.params as Record<string, unknown>, set.params)
  if (set.ladder === 'off') return { now: null, why: 'The rule is switched off.', changes }
  const facts = await loadFacts(db, row.device_id, await headSeq(db))
  if (facts === null) return { now: null, why: 'The laptop’s record is gone.', changes }
  const dossier = assembleDossier(facts, { seq: await headSeq(db), now })
  const { evaluated, failures } = evaluateRules(dossier, [set], new Set(['all']))
  if (failures.length > 0) return { now: null, why: 'The rule failed on this laptop; an admin sees why.', changes }
  const found = evaluated.flatMap((one) => one.findings).find((one) => `${row.device_id}:${one.key}` === row.key)
  return {
    now: found === undefined ? null : { summary: found.summary, facts: found.facts, since: found.since.toISOString() },
    why: null,
    changes,
  }
}

const text = (value: unknown): string | null =>
  value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)

function changesOf(then: Record<string, unknown>, now: Record<string, unknown>): FindingNow['changes'] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .map((param) => ({ param, before: text(then[param]), after: text(now[param]) }))
    .filter((one) => one.before !== one.after)
}
