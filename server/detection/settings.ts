// How each rule is set: its place on the ladder and its parameters, as the company left them or as they came.
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { type Response, type RuleDefinition, responses } from './rule.ts'
import { rules } from './rules/index.ts'

export interface SetRule {
  rule: RuleDefinition
  params: Record<string, unknown>
  ladder: Response
}

/** The lower of what the rule asks for and what the ladder allows. */
export function effectiveResponse(set: SetRule): Response {
  return responses[Math.min(responses.indexOf(set.rule.response), responses.indexOf(set.ladder))]!
}

/** Every rule as it is set now. A stored parameter that no longer fits falls back to the default of the whole rule. */
export async function loadRules(db: Db | Tx): Promise<SetRule[]> {
  const rows = await db.selectFrom('rule_settings').selectAll().execute()
  const stored = new Map(rows.map((row) => [row.rule, row]))
  return rules
    .filter((rule) => rule.status !== 'retired')
    .map((rule) => {
      const row = stored.get(rule.id)
      const parsed = rule.params.safeParse(row?.params ?? {})
      return { rule, params: parsed.success ? parsed.data : rule.params.parse({}), ladder: row?.ladder ?? 'hold' }
    })
}

/** Moves a rule on the ladder or sets its parameters, and wakes every device for the sweep. Returns how many. */
export async function setRule(
  tx: Tx,
  act: Act,
  input: { ruleId: string; ladder: Response; params: Record<string, unknown>; note: string },
): Promise<{ woken: number }> {
  const rule = rules.find((one) => one.id === input.ruleId)
  if (rule === undefined) throw new AppError('not_found', 'There is no such rule.')
  const parsed = rule.params.strict().safeParse(input.params)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => ({
      path: issue.path.join('.') || 'params',
      problem: issue.message,
    }))
    throw new AppError('invalid', 'The parameters do not fit the rule.', faults)
  }
  const values = {
    ladder: input.ladder,
    params: JSON.stringify(input.params),
    set_by: JSON.stringify(act.actor),
    set_at: act.now,
  }
  await tx
    .insertInto('rule_settings')
    .values({ rule: rule.id, ...values })
    .onConflict((oc) => oc.column('rule').doUpdateSet(values))
    .execute()
  const noteId = await keepNote(tx, act.now, input.note)
  const woken = await wakeDevices(tx, act.now)
  await record(tx, act.now, [
    {
      kind: 'rule.set',
      occurredAt: act.now,
      actor: act.actor,
      payload: { rule: rule.id, ladder: input.ladder, params: input.params, noteId },
    },
  ])
  return { woken }
}

/** Has every device looked at again by the sweep: after a change of what rules rest on. */
async function wakeDevices(tx: Tx, now: Date): Promise<number> {
  const woken = await tx
    .insertInto('watch')
    .columns(['device_id', 'look_again_at'])
    .expression((eb) =>
      eb
        .selectFrom('devices')
        .select(['id', eb.val(now).as('look_again_at')])
        .where('withdrawn_at', 'is', null)
        // In the order in which detection takes them, or the two could wait for each other.
        .orderBy('id'),
    )
    .onConflict((oc) => oc.column('device_id').doUpdateSet({ look_again_at: now }))
    .executeTakeFirst()
  return Number(woken.numInsertedOrUpdatedRows ?? 0n)
}
