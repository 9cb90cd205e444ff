// Cases: the queue, one case, and every step of working it.
import { z } from 'zod'
import { assignCase, closeCase, commentCase, finishTask, reopenCase, setCaseStatus } from '../cases/work.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { caseSeverities, caseStatuses, listCases, readCase } from '../views/cases.ts'
import { readTimeline } from '../views/timeline.ts'

const analyst = allow('admin', 'analyst')
const caseId = z.string().max(100)
const text = z.string().trim().min(1, 'say something').max(10_000)

export const casesRouter = router({
  list: everybody
    .input(
      z.object({
        status: z.array(z.enum(caseStatuses)).default([]),
        severity: z.array(z.enum(caseSeverities)).default([]),
        assignee: z.string().max(100).nullable().default(null),
        sort: z.enum(['due', 'opened', 'severity']).default('due'),
        limit: z.number().int().min(1).max(200).default(50),
        offset: z.number().int().min(0).max(100_000).default(0),
      }),
    )
    .query(({ ctx, input }) => listCases(ctx.house.db, input)),
  get: everybody
    .input(z.object({ number: z.number().int().positive() }))
    .query(({ ctx, input }) => readCase(ctx.house.db, input.number)),
  timeline: everybody
    .input(z.object({ caseId, deviceIds: z.array(z.string().max(100)).max(20).default([]) }))
    .query(async ({ ctx, input }) => {
      const own = await readTimeline(ctx.house.db, { caseId: input.caseId, limit: 200 })
      const pages = await Promise.all(
        input.deviceIds.map((deviceId) => readTimeline(ctx.house.db, { deviceId, limit: 200 })),
      )
      const entries = new Map([own, ...pages].flatMap((page) => page.entries).map((entry) => [entry.seq, entry]))
      return [...entries.values()].sort((a, b) =>
        a.occurredAt < b.occurredAt ? 1 : a.occurredAt > b.occurredAt ? -1 : b.seq - a.seq,
      )
    }),

  assign: analyst
    .input(z.object({ caseId, from: z.string().nullable(), to: z.string().nullable() }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => assignCase(tx, act, input))),
  comment: analyst
    .input(z.object({ caseId, text }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => commentCase(tx, act, input))),
  setStatus: analyst
    .input(
      z.object({
        caseId,
        status: z.enum(['investigating', 'waiting', 'snoozed']),
        until: z.iso.datetime({ offset: true }).nullable().default(null),
        waitingOn: z.string().trim().max(200).nullable().default(null),
        note: text.nullable().default(null),
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) =>
        setCaseStatus(tx, act, { ...input, until: input.until === null ? null : new Date(input.until) }),
      ),
    ),
  close: analyst
    .input(z.object({ caseId, outcome: z.enum(['benign', 'policy_breach', 'confirmed', 'cannot_tell']), note: text }))
    .mutation(async ({ ctx, input }) => {
      await inTransaction(ctx, (tx, act) => closeCase(tx, act, ctx.house.outside, input))
      ctx.house.worker.wake('deliver')
    }),
  reopen: analyst.input(z.object({ caseId, note: text })).mutation(async ({ ctx, input }) => {
    await inTransaction(ctx, (tx, act) => reopenCase(tx, act, ctx.house.outside, input))
    ctx.house.worker.wake('deliver')
  }),
  finishTask: allow('admin', 'analyst', 'provisioner')
    .input(z.object({ taskId: z.string().max(100) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => finishTask(tx, act, input))),
})
