// How each rule is set: its place on the ladder and its parameters, as the company left them or as they came.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import { lockJudging } from '../custody/judging.ts'
import { headSeq } from '../custody/ledger.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { type Response, type RuleDefinition, responses } from './rule.ts'
import { ruleById, rules } from './rules/index.ts'
import { loadSuppressions, type Suppression } from './suppressed.ts'

export interface SetRule {
  rule: RuleDefinition
  params: Record<string, unknown>
  ladder: Response
  /** Counts how often it was set; 0 or absent: as it came. */
  version?: number
  /** What rests on facts up to this number alone leads to no more than it did before. Null: everything speaks. */
  quietTo?: number | null
  /** What of it is kept quiet, and until when. */
  suppressions?: Suppression[]
}

/** The lower of two responses. */
export const lowerOf = (a: Response, b: Response): Response =>
  responses[Math.min(responses.indexOf(a), responses.indexOf(b))]!

/** The lower of what the rule asks for and what the ladder allows. */
export const effectiveResponse = (set: Pick<SetRule, 'rule' | 'ladder'>): Response =>
  lowerOf(set.rule.response, set.ladder)

/** Every rule as it is set now. A stored parameter that no longer fits falls back to the default of the whole rule. */
export async function loadRules(db: Db | Tx): Promise<SetRule[]> {
  const rows = await db.selectFrom('rule_settings').selectAll().execute()
  const stored = new Map(rows.map((row) => [row.rule, row]))
  const suppressions = Map.groupBy(await loadSuppressions(db), (one) => one.rule)
  return rules
    .filter((rule) => rule.status !== 'retired')
    .map((rule) => {
      const row = stored.get(rule.id)
      const parsed = rule.params.safeParse(row?.params ?? {})
      return {
        rule,
        params: parsed.success ? parsed.data : rule.params.parse({}),
        ladder: row?.ladder ?? 'hold',
        version: row?.version ?? 0,
        quietTo: row?.quiet_to ?? null,
        suppressions: suppressions.get(rule.id) ?? [],
      }
    })
}

/** One rule as it is set now. */
export async function loadRule(db: Db | Tx, ruleId: string): Promise<SetRule> {
  const found = (await loadRules(db)).find((one) => one.rule.id === ruleId)
  if (found === undefined) throw new AppError('not_found', `There is no rule “${ruleId}”.`)
  return found
}

/** Parameters with their defaults; throws 'invalid' with each fault. */
export function fitParams(rule: RuleDefinition, params: Record<string, unknown>): Record<string, unknown> {
  const parsed = rule.params.strict().safeParse(params)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.') || 'params',
    problem: issue.message,
  }))
  const said = faults.map((fault) => `${fault.path}: ${fault.problem}`).join('; ')
  throw new AppError('invalid', `The parameters do not fit: ${said}`, faults)
}

export interface RuleChange {
  ruleId: string
  ladder: Response
  params: Record<string, unknown>
  /**
   * False: what rests on facts from before alone leads to no more than it did, and the change speaks of what is new.
   * Absent: as the version before had it.
   */
  alsoExisting?: boolean | undefined
}

interface Said {
  note: string
  /** Who wrote it, where somebody else approved it. */
  author?: Actor
  isWeaker?: boolean
}

/** Sets a rule, as its next version, and wakes every device for the sweep. Returns the version, and how many are looked at again. */
export async function setRule(tx: Tx, act: Act, input: RuleChange & Said): Promise<{ woken: number; version: number }> {
  const rule = ruleById(input.ruleId)
  if (rule === undefined) throw new AppError('not_found', 'There is no such rule.')
  fitParams(rule, input.params)
  const head = await headSeq(tx)
  const values = {
    ladder: input.ladder,
    params: JSON.stringify(input.params),
    set_by: JSON.stringify(act.actor),
    set_at: act.now,
  }
  const quietTo = input.alsoExisting === false ? head : null
  const { version, quiet_to } = await tx
    .insertInto('rule_settings')
    .values({ rule: rule.id, ...values, version: 1, quiet_to: quietTo })
    .onConflict((oc) =>
      oc.column('rule').doUpdateSet({
        ...values,
        version: sql<number>`rule_settings.version + 1`,
        quiet_to: input.alsoExisting === undefined ? sql<number | null>`rule_settings.quiet_to` : quietTo,
      }),
    )
    .returning(['version', 'quiet_to'])
    .executeTakeFirstOrThrow()
  const noteId = await keepNote(tx, act.now, input.note)
  const woken = await wakeDevices(tx, act.now)
  await tx
    .insertInto('rule_versions')
    .values({
      rule: rule.id,
      version,
      ladder: input.ladder,
      params: values.params,
      quiet_to,
      woken,
      note_id: noteId,
      author: JSON.stringify(input.author ?? act.actor),
      approved_by: input.author === undefined ? null : values.set_by,
      set_at: act.now,
    })
    .execute()
  await record(tx, act.now, [
    {
      kind: 'rule.set',
      occurredAt: act.now,
      actor: act.actor,
      payload: {
        rule: rule.id,
        ladder: input.ladder,
        params: input.params,
        noteId,
        version,
        isWeaker: input.isWeaker ?? false,
      },
    },
  ])
  return { woken, version }
}

/** Has every device looked at again by the sweep: after a change of what rules rest on. */
export async function wakeDevices(tx: Tx, now: Date): Promise<number> {
  await lockJudging(tx)
  const woken = await tx
    .insertInto('watch')
    .columns(['device_id', 'look_again_at'])
    .expression((eb) =>
      eb
        .selectFrom('devices')
        .select(['id', eb.val(now).as('look_again_at')])
        .where('withdrawn_at', 'is', null),
    )
    .onConflict((oc) => oc.column('device_id').doUpdateSet({ look_again_at: now }))
    .executeTakeFirst()
  return Number(woken.numInsertedOrUpdatedRows ?? 0n)
}
