// Rules: how each is set, tried on history before it is changed, and what waits for a second person.
import { z } from 'zod'
import { backtest } from '../detection/backtest.ts'
import { decideChange } from '../detection/decide-change.ts'
import { responses } from '../detection/rule.ts'
import { changeRule, ruleChangeSchema, setAsksAlways } from '../detection/rule-versions.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listChanges } from '../views/changes.ts'
import { listRules, readRule } from '../views/rules.ts'
import { id, reason } from './inputs.ts'

/** So many matches of a back-test are shown, the newest first. */
const EXAMPLES = 10

export const rulesRouter = router({
  list: everybody.query(({ ctx }) => listRules(ctx.house.db, { now: ctx.house.clock() })),
  get: everybody
    .input(z.object({ ruleId: id }))
    .query(({ ctx, input }) => readRule(ctx.house.db, { ...input, now: ctx.house.clock() })),
  backtest: allow('admin', 'analyst', 'auditor')
    .input(
      z.object({
        ruleId: id,
        days: z.number().int().min(1).max(3650),
        params: z.record(z.string(), z.unknown()),
        ladder: z.enum(responses).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const { matches, against, ...tried } = await backtest(ctx.house.db, { ...input, now: ctx.house.clock() })
      const some = (these: typeof matches) => ({
        count: these.length,
        examples: these.toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(0, EXAMPLES),
      })
      return {
        ...tried,
        ...some(matches),
        backfill: matches.filter((one) => one.backfill).length,
        against: against && { added: some(against.added), gone: some(against.gone) },
      }
    }),
  save: allow('admin', 'analyst')
    .input(ruleChangeSchema.extend({ note: reason }))
    .mutation(async ({ ctx, input }) => {
      const done = await inTransaction(ctx, (tx, act) => changeRule(tx, act, input))
      ctx.house.worker.wake('sweep')
      return done
    }),
  setAsksAlways: allow('admin')
    .input(z.object({ always: z.boolean() }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setAsksAlways(tx, act, input))),
})

export const changesRouter = router({
  list: everybody.query(({ ctx }) => listChanges(ctx.house.db, {})),
  decide: allow('admin', 'analyst')
    .input(z.object({ changeId: id, decision: z.enum(['approved', 'refused']), note: reason }))
    .mutation(async ({ ctx, input }) => {
      await inTransaction(ctx, (tx, act) => decideChange(tx, act, input))
      ctx.house.worker.wake('sweep')
      ctx.house.worker.wake('detect')
    }),
})
