// The catalogue of remote access: its tools and hardware, where they are now, and what the company vouches for.
import { z } from 'zod'
import { peopleGroupSchema } from '../custody/events.ts'
import { approvalKinds, askApproval, decideApproval, endApproval } from '../detection/approvals.ts'
import { commonSchema, setCommon } from '../detection/common.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listApprovals } from '../views/approvals.ts'
import { families, listCatalog, readCatalogEntry } from '../views/catalog.ts'
import { id, reason } from './inputs.ts'

const word = z.string().trim().min(1).max(200)
const group = peopleGroupSchema.options[1].extend({ column: word, value: word })

export const catalogRouter = router({
  list: everybody
    .input(
      z.object({
        text: z.string().max(200).default(''),
        family: z.enum(families).nullable().default(null),
        /** Only what a laptop here shows now. */
        isHere: z.boolean().default(false),
      }),
    )
    .query(({ ctx, input }) => listCatalog(ctx.house.db, input)),
  entry: everybody.input(z.object({ id })).query(({ ctx, input }) => readCatalogEntry(ctx.house.db, input.id)),
  approvals: everybody
    .input(
      z.object({
        show: z.enum(['open', 'past']).default('open'),
        /** Only of this tool. */
        toolId: id.nullable().default(null),
      }),
    )
    .query(({ ctx, input }) => listApprovals(ctx.house.db, { ...input, now: ctx.house.clock() })),

  /** Asks for an approval; somebody else decides. */
  ask: allow('admin', 'provisioner', 'analyst')
    .input(
      z.object({
        what: z.enum(approvalKinds),
        value: word,
        people: z.union([peopleGroupSchema.options[0], group]).nullable().default(null),
        endsOn: z.iso.date().nullable(),
        reason,
      }),
    )
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => askApproval(tx, act, input))),
  /** Grants or refuses; answers how many laptops are judged again. */
  decide: allow('admin', 'analyst')
    .input(z.object({ approvalId: id, decision: z.enum(['granted', 'refused']), reason }))
    .mutation(async ({ ctx, input }) => {
      const done = await inTransaction(ctx, (tx, act) => decideApproval(tx, act, input))
      ctx.house.worker.wake('sweep')
      return done
    }),
  end: allow('admin', 'analyst')
    .input(z.object({ approvalId: id, reason }))
    .mutation(async ({ ctx, input }) => {
      const done = await inTransaction(ctx, (tx, act) => endApproval(tx, act, input))
      ctx.house.worker.wake('sweep')
      return done
    }),
  setCommon: allow('admin')
    .input(commonSchema)
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setCommon(tx, act, input))),
})
