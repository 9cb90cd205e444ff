// Sites: where laptops of several people are together.
import { z } from 'zod'
import { allow, router } from '../trpc.ts'
import { listSites, readSite, siteStates } from '../views/sites.ts'
import { id } from './inputs.ts'

/** Who lives with whom is seen by those who judge it only. */
const judging = allow('admin', 'analyst', 'auditor')

export const sitesRouter = router({
  list: judging
    .input(
      z.object({
        state: z.enum(siteStates).default('open'),
        after: z.object({ foundAt: z.iso.datetime(), id }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) =>
      listSites(ctx.house.db, {
        ...input,
        after: input.after && { ...input.after, foundAt: new Date(input.after.foundAt) },
      }),
    ),
  read: judging.input(z.object({ id })).query(({ ctx, input }) => readSite(ctx.house.db, input.id)),
})
