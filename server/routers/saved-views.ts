// Saved views: the lists a person keeps, and what they make of those that others share.
import { z } from 'zod'
import { listViews, markView, removeView, saveView, viewPages } from '../access/saved-views.ts'
import { everybody, inTransaction, router } from '../trpc.ts'

const id = z.string().max(100)
/** An address's search is short; a view is not a place to keep things in. */
const search = z
  .record(z.string().min(1).max(50), z.string().min(1).max(500))
  .refine((pairs) => Object.keys(pairs).length <= 30, 'has too many parts')

export const savedViewsRouter = router({
  list: everybody.query(({ ctx }) => listViews(ctx.house.db, ctx.session.userId)),
  save: everybody
    .input(
      z.object({
        id: id.nullable().default(null),
        page: z.enum(viewPages),
        name: z.string().trim().min(1, 'give it a name').max(60),
        search,
        isShared: z.boolean().default(false),
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => saveView(tx, { ...input, userId: ctx.session.userId, now: act.now })),
    ),
  mark: everybody
    .input(z.object({ id, isPinned: z.boolean(), isDefault: z.boolean() }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx) => markView(tx, { ...input, userId: ctx.session.userId }))),
  remove: everybody
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx) => removeView(tx, { ...input, userId: ctx.session.userId }))),
})
