// Addresses that wait for a decision, and asking the person by what was on file before.
import { z } from 'zod'
import { askAboutAddress } from '../addresses/proposals.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listProposals } from '../views/address-review.ts'
import { id } from './inputs.ts'

export const addressesRouter = router({
  proposals: everybody
    .input(
      z.object({
        personId: id.nullable().default(null),
        after: z.object({ recordedAt: z.iso.datetime(), id: z.string() }).nullable().default(null),
        limit: z.number().int().min(1).max(100).default(20),
      }),
    )
    .query(({ ctx, input }) => listProposals(ctx.house.db, input)),
  /** The mail address or phone number to ask by; that somebody asks is recorded. */
  ask: allow('admin', 'provisioner', 'analyst')
    .input(
      z.object({
        addressId: id,
        by: z.enum(['mail', 'phone']),
        note: z.string().trim().max(2000).nullable().default(null),
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => askAboutAddress(tx, act, { ...input, note: input.note || null })),
    ),
})
