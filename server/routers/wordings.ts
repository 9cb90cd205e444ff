// Carriers' wording that nobody knows: the list, and saying what one means.
import { z } from 'zod'
import { readingSchema } from '../ports.ts'
import { classifyWording, listWordings, rereadWordings } from '../shipping/wordings.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { readingInWords } from '../views/event-words.ts'
import { placeText } from '../views/scans.ts'

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
    .query(async ({ ctx, input }) => {
      const { wordings, next } = await listWordings(ctx.house.db, input)
      return {
        next,
        wordings: wordings.map((one) => ({
          ...one,
          examples: one.examples.map(({ place, ...example }) => ({ ...example, place: place && placeText(place) })),
          means: one.reading && readingInWords(one.reading),
          history: one.history.map(({ reading, ...said }) => ({ ...said, means: readingInWords(reading) })),
        })),
      }
    }),
  /** Says what a wording means; answers once the old scans are read again, with how many mean something else now. */
  classify: allow('admin', 'analyst')
    .input(
      z.object({
        wordingId: z.string().max(100),
        reading: readingSchema,
        reason: z.string().trim().min(3, 'say why, in a few words').max(2000),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      await inTransaction(ctx, (tx, act) => classifyWording(tx, act, input))
      const reread = await rereadWordings(ctx.house)
      ctx.house.worker.wake('detect')
      return { reread }
    }),
})
