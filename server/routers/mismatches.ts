// Mismatches: the queue, settling one, and who owns each field.
import { z } from 'zod'
import {
  decisions,
  fieldNames,
  fieldOwners,
  mismatchStates,
  setFieldOwner,
  settleMismatch,
} from '../devices/mismatches.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { readMismatches, readMismatchSources, readOwners } from '../views/mismatches.ts'
import { id, reason } from './inputs.ts'

export const mismatchesRouter = router({
  list: everybody
    .input(
      z.object({
        status: z.enum(mismatchStates).default('open'),
        field: z.array(z.enum(fieldNames)).default([]),
        source: z.array(z.string().max(100)).max(50).default([]),
        deviceId: id.nullable().default(null),
        personId: id.nullable().default(null),
        after: z.object({ openedAt: z.iso.datetime(), id }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) =>
      readMismatches(ctx.house.db, {
        ...input,
        after: input.after && { ...input.after, openedAt: new Date(input.after.openedAt) },
      }),
    ),
  sources: everybody.query(({ ctx }) => readMismatchSources(ctx.house.db)),
  owners: everybody.query(({ ctx }) => readOwners(ctx.house.db)),
  /** Answers with what is still to be done by somebody. */
  settle: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ id, decision: z.enum(decisions), reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => settleMismatch(tx, act, input))),
  setOwner: allow('admin')
    .input(z.object({ field: z.enum(fieldNames), owner: z.enum(fieldOwners) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setFieldOwner(tx, act, input))),
})
