// Carriers' wording that nobody knows: the list, and saying what one means.
import { z } from 'zod'
import { readingSchema } from '../ports.ts'
import { rereadWordings } from '../shipping/rereading.ts'
import { classifyWording } from '../shipping/wordings.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listWordings } from '../views/wordings.ts'
import { reason } from './inputs.ts'

export const wordingsRouter = router({
  list: everybody
    .input(
      z.object({
        show: z.enum(['open', 'classified']).default('open'),
        after: z
          .object({ seen: z.number().int(), id: z.string().max(100) })
          .nullable()
          .default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listWordings(ctx.house.db, input)),
  /** Says what a wording means; answers once the old scans are read again, with how many mean something else now. */
  classify: allow('admin', 'analyst')
    .input(
      z.object({
        wordingId: z.string().max(100),
        reading: readingSchema,
        reason,
      }),
    )
    .mutation(async ({ ctx, input }) => {
      await inTransaction(ctx, (tx, act) => classifyWording(tx, act, input))
      const reread = await rereadWordings(ctx.house)
      ctx.house.worker.wake('detect')
      return { reread }
    }),
})
