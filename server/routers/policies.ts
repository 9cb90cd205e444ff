// Delivery policies: what holds per tier and country, and setting it with a reason.
import { z } from 'zod'
import { deliveryPolicySchema, tiers } from '../custody/events.ts'
import { setPolicy } from '../shipping/delivery-policy.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listPolicies } from '../views/policies.ts'
import { reason } from './inputs.ts'

const word = z.string().trim().min(1).max(100)

export const policiesRouter = router({
  list: everybody.query(({ ctx }) => listPolicies(ctx.house.db)),
  set: allow('admin')
    .input(
      z.object({
        tier: z.enum(tiers),
        country: z.string().trim().max(100).nullable(),
        policy: deliveryPolicySchema.extend({ carriers: z.record(word, z.array(word).max(50)) }),
        reason,
      }),
    )
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setPolicy(tx, act, input))),
})
