// What the company vouches for and what it keeps quiet: declarations, suppressions, and who silenced what.
import { z } from 'zod'
import { companyDeclarationSchema, declareForAll } from '../detection/company-declarations.ts'
import { extendDeclaration } from '../detection/extend-declaration.ts'
import { keptQuietBy } from '../detection/kept-quiet.ts'
import { addSuppression, endSuppression, suppressionSchema } from '../detection/suppressions.ts'
import { DAY, plus } from '../lib/time.ts'
import { declarationKinds } from '../people/declarations.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listDeclarations, readSilences } from '../views/declarations.ts'
import { listSuppressions } from '../views/suppressions.ts'
import { id, reason } from './inputs.ts'

const limit = z.number().int().min(1).max(100).default(25)

export const declarationsRouter = router({
  list: everybody
    .input(
      z.object({
        state: z.enum(['in force', 'to come', 'over', 'all']).default('in force'),
        kind: z.enum(declarationKinds).nullable().default(null),
        scope: z.enum(['everybody', 'somebody']).nullable().default(null),
        after: z.object({ startsOn: z.iso.date(), id }).nullable().default(null),
        limit,
      }),
    )
    .query(({ ctx, input }) => listDeclarations(ctx.house.db, { ...input, now: ctx.house.clock() })),
  /** What each of these keeps quiet now. */
  keptQuiet: everybody
    .input(z.object({ ids: z.array(id).min(1).max(25) }))
    .query(({ ctx, input }) => keptQuietBy(ctx.house.db, { declarationIds: input.ids, now: ctx.house.clock() })),
  /** For everybody: it waits for a second person. */
  declareForAll: allow('admin', 'analyst')
    .input(companyDeclarationSchema.extend({ reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => declareForAll(tx, act, input))),
  extend: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ declarationId: id, endsOn: z.iso.date(), reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => extendDeclaration(tx, act, input))),
  /** Who silenced what in the last days, for whoever audits it. */
  silences: everybody
    .input(z.object({ days: z.number().int().min(1).max(180).default(7) }))
    .query(({ ctx, input }) => readSilences(ctx.house.db, { since: plus(ctx.house.clock(), -input.days * DAY) })),
})

export const suppressionsRouter = router({
  list: everybody
    .input(
      z.object({
        state: z.enum(['in force', 'over', 'all']).default('in force'),
        ruleId: id.nullable().default(null),
        after: z.object({ at: z.iso.datetime(), id }).nullable().default(null),
        limit,
      }),
    )
    .query(({ ctx, input }) => listSuppressions(ctx.house.db, { ...input, now: ctx.house.clock() })),
  add: allow('admin', 'analyst')
    .input(suppressionSchema.extend({ reason }))
    .mutation(async ({ ctx, input }) => {
      const done = await inTransaction(ctx, (tx, act) => addSuppression(tx, act, input))
      ctx.house.worker.wake('sweep')
      return done
    }),
  end: allow('admin', 'analyst')
    .input(z.object({ suppressionId: id, reason }))
    .mutation(async ({ ctx, input }) => {
      const done = await inTransaction(ctx, (tx, act) => endSuppression(tx, act, input))
      ctx.house.worker.wake('sweep')
      return done
    }),
})
