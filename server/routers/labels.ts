// Labels of a parcel: rates, buying at the price that was seen, looking up a lost answer, voiding.
import { z } from 'zod'
import { requireDesk } from '../desk.ts'
import { buyLabel, quoteLabel, refundLabel, settleShipment } from '../shipping/labels.ts'
import { allow, everybody, router } from '../trpc.ts'
import { readLabels } from '../views/labels.ts'
import { id } from './inputs.ts'

const provisioner = allow('admin', 'provisioner')
const cm = z.number().min(1, 'at least 1 cm').max(300, 'at most 300 cm')

export const labelsRouter = router({
  get: everybody
    .input(z.object({ shipmentId: id }))
    .query(({ ctx, input }) => readLabels(ctx.house.db, ctx.house.carrier(), input.shipmentId)),
  /** Rates cost nothing. */
  quote: provisioner
    .input(
      z.object({
        shipmentId: id,
        parcel: z.object({
          lengthCm: cm,
          widthCm: cm,
          heightCm: cm,
          weightGrams: z.number().int().min(50, 'at least 50 g').max(70_000, 'at most 70 kg'),
        }),
      }),
    )
    .mutation(({ ctx, input }) => quoteLabel(requireDesk(ctx.house), ctx.act, input)),
  buy: provisioner
    .input(
      z.object({
        shipmentId: id,
        labelId: id,
        rateId: z.string().max(200),
        amount: z.string().regex(/^\d{1,10}(\.\d{1,4})?$/, 'must be a decimal amount, such as 12.40'),
        currency: z.string().regex(/^[A-Z]{3}$/, 'must be three letters, such as USD'),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      try {
        await buyLabel(requireDesk(ctx.house), ctx.act, input)
      } finally {
        // What was judged on the way may have alerts to send.
        ctx.house.worker.wake('deliver')
      }
    }),
  /** Looks up a purchase whose answer was lost. */
  settle: provisioner
    .input(z.object({ shipmentId: id }))
    .mutation(({ ctx, input }) => settleShipment(requireDesk(ctx.house), ctx.act, input)),
  refund: provisioner
    .input(z.object({ labelId: id }))
    .mutation(({ ctx, input }) => refundLabel(requireDesk(ctx.house), ctx.act, input)),
})
