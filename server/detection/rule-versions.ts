// Changing a rule: what weakens it needs a second person, what each version was stays on file, and what stood is asked about.
import { z } from 'zod'
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import { headSeq } from '../custody/ledger.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import { assembleDossier } from './dossier.ts'
import { loadManyFacts } from './facts.ts'
import { evaluateRules } from './judge.ts'
import { type Response, responses } from './rule.ts'
import { effectiveResponse, fitParams, loadRule, type RuleChange, type SetRule, setRule } from './settings.ts'
import { proposeChange } from './waiting-changes.ts'

/** Whether every change of a rule needs a second person, not only one that weakens it. */
const EVERY_CHANGE = 'every rule change needs a second person'

/** Whether the company asks for a second person for every change of a rule. */
export const asksAlways = async (db: Db | Tx): Promise<boolean> => (await readSetting(db, EVERY_CHANGE)) === true

export async function setAsksAlways(tx: Tx, act: Act, input: { always: boolean }): Promise<void> {
  await saveSetting(tx, EVERY_CHANGE, input.always)
  await record(tx, act.now, [
    {
      kind: 'setting.changed',
      occurredAt: act.now,
      actor: act.actor,
      payload: { setting: EVERY_CHANGE, how: input.always ? 'set' : 'cleared' },
    },
  ])
}

/** What a change of a rule asks for, as it waits for a second person. */
export const ruleChangeSchema = z.object({
  ruleId: z.string().max(100),
  ladder: z.enum(responses),
  params: z.record(z.string(), z.unknown()),
  alsoExisting: z.boolean().optional(),
})

export type Changed = { state: 'set'; woken: number; version: number } | { state: 'waiting'; changeId: string }

/**
 * Sets a rule as somebody asks on a page; a change that weakens it, or every one where the company wants that, waits for a
 * second person. Weaker: its findings lead to less than before, or something that stands now would no longer, or weigh less.
 */
export async function changeRule(tx: Tx, act: Act, input: RuleChange & { note: string }): Promise<Changed> {
  const now = await loadRule(tx, input.ruleId)
  const next: SetRule = { ...now, ladder: input.ladder, params: fitParams(now.rule, input.params) }
  const letsSpeak = input.alsoExisting === true && now.quietTo != null
  if (isSame(now, next) && !letsSpeak) throw new AppError('conflict', 'Nothing is changed: the rule is set so already.')
  const waits = await tx
    .selectFrom('waiting_changes')
    .select('id')
    .where('what', '=', 'rule')
    .where('about', '=', input.ruleId)
    .where('decided_at', 'is', null)
    .executeTakeFirst()
  if (waits)
    throw new AppError(
      'conflict',
      'A change of this rule waits for a second person: have it approved or refused first.',
    )
  const isWeaker = await weakens(tx, act.now, now, next)
  const { note, ...asked } = input
  if (act.actor.type === 'user' && (isWeaker || (await asksAlways(tx))))
    return {
      state: 'waiting',
      ...(await proposeChange(tx, act, { what: 'rule', about: input.ruleId, asked, reason: note })),
    }
  return { state: 'set', ...(await setRule(tx, act, { ...input, isWeaker })) }
}

/** Sets a rule as its author asked, by the word of whoever approves it. */
export async function applyRuleChange(
  tx: Tx,
  act: Act,
  input: { asked: unknown; author: Actor; reason: string },
): Promise<void> {
  const asked = ruleChangeSchema.parse(input.asked)
  const now = await loadRule(tx, asked.ruleId)
  const next: SetRule = { ...now, ladder: asked.ladder, params: fitParams(now.rule, asked.params) }
  const isWeaker = await weakens(tx, act.now, now, next)
  await setRule(tx, act, { ...asked, note: input.reason, author: input.author, isWeaker })
}

const isSame = (a: SetRule, b: SetRule) => a.ladder === b.ladder && canonical(a.params) === canonical(b.params)

const canonical = (params: Record<string, unknown>) =>
  JSON.stringify(Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1)))

const rank = (response: Response) => responses.indexOf(response)

async function weakens(tx: Tx, now: Date, was: SetRule, next: SetRule): Promise<boolean> {
  if (rank(effectiveResponse(next)) < rank(effectiveResponse(was))) return true
  return canonical(was.params) !== canonical(next.params) && losesWhatStands(tx, now, was, next)
}

/** So many laptops with a standing finding of the rule are tried; where there are more, a few do not decide it. */
const TRIED = 500

async function losesWhatStands(tx: Tx, now: Date, was: SetRule, next: SetRule): Promise<boolean> {
  const rows = await tx
    .selectFrom('findings')
    .select('device_id')
    .distinct()
    .where('rule', '=', was.rule.id)
    .where('status', '=', 'active')
    .orderBy('device_id')
    .limit(TRIED)
    .execute()
  if (rows.length === 0) return false
  const seq = await headSeq(tx)
  const facts = await loadManyFacts(
    tx,
    rows.map((row) => row.device_id),
    seq,
  )
  return facts.values().some((one) => {
    const dossier = assembleDossier(one, { seq, now })
    const weights = (set: SetRule) =>
      new Map(
        evaluateRules(dossier, [{ ...set, ladder: 'hold' }], new Set(['all']))
          .evaluated.flatMap((come) => come.findings)
          .map((finding) => [finding.key, finding.weight ?? set.rule.weight]),
      )
    const after = weights(next)
    return weights(was)
      .entries()
      .some(([key, weight]) => (after.get(key) ?? Number.NEGATIVE_INFINITY) < weight)
  })
}
