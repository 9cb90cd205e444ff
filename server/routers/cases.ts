// Cases: the queue, one case, and every step of working it.
import { z } from 'zod'
import { BULK_MAX, type BulkStep, previewBulk, workMany } from '../cases/bulk.ts'
import { acknowledgeCheck, answerCheck, checkAnswers, checkItems } from '../cases/checklists.ts'
import { attendCase, claimCase, releaseCase, takeNext } from '../cases/claims.ts'
import {
  assignCase,
  closeCase,
  commentCase,
  escalateCase,
  finishTask,
  reopenCase,
  setCaseStatus,
  splitCase,
} from '../cases/work.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { caseDues, caseSeverities, caseStatuses, countCases, listCases, matchingCases } from '../views/case-list.ts'
import { readCase } from '../views/cases.ts'
import { readFindingNow } from '../views/finding-now.ts'
import { readTimeline } from '../views/timeline.ts'

const analyst = allow('admin', 'analyst')
const working = allow('admin', 'analyst', 'provisioner')
const caseId = z.string().max(100)
const text = z.string().trim().min(1, 'say something').max(10_000)

const words = (max: number) => z.string().trim().min(1).max(max).nullable().default(null)
const outcome = z.enum(['benign', 'policy_breach', 'confirmed', 'cannot_tell'])
const instant = z.iso.datetime({ offset: true })

const filter = z.object({
  status: z.array(z.enum(caseStatuses)).default([]),
  severity: z.array(z.enum(caseSeverities)).default([]),
  assignee: z.string().max(100).nullable().default(null),
  due: z.enum(caseDues).nullable().default(null),
  escalated: z.boolean().default(false),
})

/** Cases that were picked one by one, or all that match, with how many the person was told. */
const which = z.discriminatedUnion('which', [
  z.object({ which: z.literal('these'), caseIds: z.array(caseId).min(1).max(BULK_MAX) }),
  z.object({ which: z.literal('all'), filter, expected: z.number().int().min(0).nullable().default(null) }),
])

const step = z.discriminatedUnion('step', [
  z.object({ step: z.literal('assign'), to: z.string().max(100).nullable() }),
  z.object({ step: z.literal('snooze'), until: instant, note: text.nullable().default(null) }),
  z.object({ step: z.literal('close'), outcome, note: text }),
])

const aim = z.discriminatedUnion('step', [
  z.object({ step: z.literal('assign'), to: z.string().max(100).nullable() }),
  z.object({ step: z.literal('snooze') }),
  z.object({ step: z.literal('close') }),
])

const stepOf = (given: z.output<typeof step>): BulkStep =>
  given.step === 'snooze' ? { ...given, until: new Date(given.until) } : given

/** What is meant now. A list that has changed since it was counted is not worked unseen. */
async function pick(db: Db, given: z.output<typeof which>, now: Date): Promise<string[]> {
  if (given.which === 'these') return given.caseIds
  const ids = await matchingCases(db, given.filter, now, BULK_MAX + 1)
  if (ids.length > BULK_MAX)
    throw new AppError('invalid', `More than ${BULK_MAX} cases match; narrow the filter and go in steps.`)
  if (given.expected !== null && given.expected !== ids.length)
    throw new AppError('conflict', `${ids.length} cases match now, not ${given.expected}; look at the preview again.`)
  return ids
}

export const casesRouter = router({
  list: everybody
    .input(
      filter.extend({
        sort: z.enum(['due', 'opened', 'severity']).default('due'),
        limit: z.number().int().min(1).max(200).default(50),
        offset: z.number().int().min(0).max(100_000).default(0),
      }),
    )
    .query(({ ctx, input }) => listCases(ctx.house.db, input, ctx.house.clock())),
  count: everybody.input(filter).query(({ ctx, input }) => countCases(ctx.house.db, input, ctx.house.clock())),
  get: everybody
    .input(z.object({ number: z.number().int().positive() }))
    .query(({ ctx, input }) => readCase(ctx.house.db, input.number, ctx.house.clock())),
  findingNow: everybody
    .input(z.object({ findingId: z.string().max(100) }))
    .query(({ ctx, input }) => readFindingNow(ctx.house.db, input.findingId, ctx.house.clock())),
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
        until: instant.nullable().default(null),
        waitingOn: z.string().trim().max(200).nullable().default(null),
        note: text.nullable().default(null),
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) =>
        setCaseStatus(tx, act, { ...input, until: input.until === null ? null : new Date(input.until) }),
      ),
    ),
  close: analyst.input(z.object({ caseId, outcome, note: text })).mutation(async ({ ctx, input }) => {
    await inTransaction(ctx, (tx, act) => closeCase(tx, act, ctx.house.outside, input))
    ctx.house.worker.wake('deliver')
  }),
  reopen: analyst.input(z.object({ caseId, note: text })).mutation(async ({ ctx, input }) => {
    await inTransaction(ctx, (tx, act) => reopenCase(tx, act, ctx.house.outside, input))
    ctx.house.worker.wake('deliver')
  }),
  escalate: analyst
    .input(z.object({ caseId, escalated: z.boolean(), note: text }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => escalateCase(tx, act, input))),
  split: analyst
    .input(z.object({ caseId, note: text }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => splitCase(tx, act, input))),

  attend: everybody
    .input(z.object({ caseId, isActive: z.boolean() }))
    .mutation(({ ctx, input }) =>
      attendCase(ctx.house.db, { ...input, userId: ctx.session.userId, now: ctx.house.clock() }),
    ),
  claim: analyst
    .input(z.object({ caseId, takeOver: z.boolean().default(false) }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => claimCase(tx, { ...input, userId: ctx.session.userId, now: act.now })),
    ),
  release: analyst
    .input(z.object({ caseId }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx) => releaseCase(tx, { ...input, userId: ctx.session.userId })),
    ),
  takeNext: analyst.mutation(({ ctx }) =>
    inTransaction(ctx, (tx, act) => takeNext(tx, { userId: ctx.session.userId, now: act.now })),
  ),

  // Asked by POST: hundreds of ids are too long for an address.
  previewBulk: analyst.input(z.object({ which, aim })).mutation(async ({ ctx, input }) =>
    previewBulk(ctx.house.db, {
      caseIds: await pick(ctx.house.db, input.which, ctx.house.clock()),
      aim: input.aim,
    }),
  ),
  bulk: analyst.input(z.object({ which, step })).mutation(async ({ ctx, input }) => {
    const { db, outside, worker } = ctx.house
    const caseIds = await pick(db, input.which, ctx.act.now)
    const result = await workMany(db, (work) => inTransaction(ctx, work), outside, {
      caseIds,
      step: stepOf(input.step),
    })
    worker.wake('deliver')
    return result
  }),

  check: working
    .input(
      z.object({
        caseId,
        item: z.enum(checkItems),
        answer: z.enum(checkAnswers).nullable(),
        reference: words(200),
        waitingOn: words(200),
        note: text.nullable().default(null),
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => answerCheck(tx, act, { ...input, userId: ctx.session.userId })),
    ),
  acknowledge: working
    .input(z.object({ caseId, item: z.enum(checkItems), at: instant }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) =>
        acknowledgeCheck(tx, act, { ...input, userId: ctx.session.userId, at: new Date(input.at) }),
      ),
    ),
  finishTask: working
    .input(z.object({ taskId: z.string().max(100) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => finishTask(tx, act, input))),
})
