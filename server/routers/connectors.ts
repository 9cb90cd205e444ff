// Connectors: how every source is, its syncs and failures, a test of its settings, and a sync at once.
import { z } from 'zod'
import { askNow } from '../checkins/connectors.ts'
import { dismissSource } from '../checkins/source-health.ts'
import { mdmOf, testMdm } from '../sync.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listConnectors, listRuns, listUnread } from '../views/connectors.ts'

const ofSource = z.object({ source: z.string().max(100) })
const newest = ofSource.extend({ limit: z.number().int().min(1).max(100).default(20) })

export const connectorsRouter = router({
  list: everybody.query(async ({ ctx: { house } }) => ({
    connectors: await listConnectors(house),
    /** What could be set up and is not, by the names of its variables. */
    offered: house.vendors.filter((vendor) => !vendor.isSet).map(({ title, variables }) => ({ title, variables })),
  })),
  runs: everybody.input(newest).query(({ ctx, input }) => listRuns(ctx.house.db, input)),
  /** Reasons name members of a record, never what stood in them. */
  unread: everybody.input(newest).query(({ ctx, input }) => listUnread(ctx.house.db, input)),
  /** What the vendor answers to the cheapest call; its refusal is an answer too. */
  test: allow('admin')
    .input(ofSource)
    .mutation(({ ctx, input }) => testMdm(mdmOf(ctx.house, input.source))),
  sync: allow('admin')
    .input(ofSource)
    .mutation(async ({ ctx, input }) => {
      await askNow(ctx.house.db, ctx.act.now, mdmOf(ctx.house, input.source))
      ctx.house.worker.wake('sync')
    }),
  dismiss: allow('admin')
    .input(ofSource)
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => dismissSource(tx, act, input.source))),
})
