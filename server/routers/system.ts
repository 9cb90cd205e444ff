// The house itself: search, counts, live updates, the ledger's state, the inbox, outgoing messages.

import { sql } from 'kysely'
import { z } from 'zod'
import { alert } from '../cases/alerts.ts'
import { verifyPresence } from '../checkins/presence.ts'
import { verifyLedger } from '../custody/ledger.ts'
import { listInbox, retryInbox } from '../inbox.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { remember } from '../lib/remember.ts'
import { MINUTE } from '../lib/time.ts'
import { listOutbox, resend } from '../outbox.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { readCounts } from '../views/counts.ts'
import { search } from '../views/search.ts'

const BYTES_SHOWN = 64 * 1024

export const searchRouter = router({
  find: everybody
    .input(z.object({ text: z.string().max(300) }))
    .query(({ ctx, input }) => search(ctx.house.db, input.text)),
})

/** The last full verification serves everybody for a while. */
const verdictOf = remember(10 * MINUTE, (db: Db) => verifyLedger(db))

/** Whole tables are counted now and then, not for every page that listens. */
const totalsOf = remember(30_000, async (db: Db) => {
  const rows = await sql<{ devices: number; people: number }>`
    select (select count(*) from devices where withdrawn_at is null) as devices, (select count(*) from people where withdrawn_at is null) as people`.execute(
    db,
  )
  return rows.rows[0]!
})

export const systemRouter = router({
  /** The numbers beside the navigation; each leads to what it counts. */
  counts: everybody.query(async ({ ctx }) => ({
    ...(await readCounts(ctx.house.db, { userId: ctx.session.userId, now: ctx.house.clock() })),
    ...(await totalsOf(ctx.house.db)).value,
  })),
  /** Yields after every commit that recorded something, at most four times a second: pages then ask again for what they show. */
  live: everybody.subscription(async function* ({ ctx, signal }) {
    let wake = () => {}
    let isStale = true
    const stop = ctx.changes.subscribe(() => {
      isStale = true
      wake()
    })
    const onAbort = () => wake()
    signal?.addEventListener('abort', onAbort)
    try {
      while (!signal?.aborted) {
        if (!isStale) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        isStale = false
        yield { at: ctx.house.clock().toISOString() }
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    } finally {
      stop()
      signal?.removeEventListener('abort', onAbort)
    }
  }),
  ledger: everybody.query(async ({ ctx }) => {
    const { at, value } = await verdictOf(ctx.house.db)
    const { ok, events, checkpoints, erased, bad } = value
    return { ok, events, checkpoints, erased: erased.length, bad, at: at.toISOString() }
  }),
  verify: allow('admin', 'auditor', 'analyst').mutation(async ({ ctx }) => {
    verdictOf.forget(ctx.house.db)
    const { value } = await verdictOf(ctx.house.db)
    return { ...value, bad: value.bad ?? (await verifyPresence(ctx.house.db)) }
  }),

  inbox: allow('admin', 'provisioner', 'analyst', 'auditor')
    .input(
      z.object({ after: z.string().nullable().default(null), limit: z.number().int().min(1).max(200).default(50) }),
    )
    .query(({ ctx, input }) => listInbox(ctx.house.db, { limit: input.limit, after: input.after ?? undefined })),
  /** The kept bytes as text: they may name people, so this is not for everybody. */
  inboxBody: allow('admin', 'analyst')
    .input(z.object({ id: z.string().max(100) }))
    .query(async ({ ctx, input }) => {
      const row = await ctx.house.db.selectFrom('inbox').select('body').where('id', '=', input.id).executeTakeFirst()
      if (row === undefined) throw new AppError('not_found', 'There is nothing kept under this id.')
      return {
        text: row.body === null ? null : new TextDecoder().decode(row.body.subarray(0, BYTES_SHOWN)),
        cut: (row.body?.length ?? 0) > BYTES_SHOWN,
      }
    }),
  retryInbox: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ id: z.string().max(100).nullable() }))
    .mutation(async ({ ctx, input }) => {
      const retried = await retryInbox(ctx.house.db, ctx.act.now, input.id)
      ctx.house.worker.wake('read')
      return { retried }
    }),

  messages: allow('admin', 'analyst', 'auditor').query(async ({ ctx }) => ({
    sinks: ctx.house.outside.sinks,
    messages: await listOutbox(ctx.house.db, { limit: 100 }),
  })),
  resendMessage: allow('admin', 'analyst')
    .input(z.object({ id: z.string().max(100) }))
    .mutation(async ({ ctx, input }) => {
      if (!(await resend(ctx.house.db, ctx.act.now, input.id)))
        throw new AppError('not_found', 'There is no such message.')
      ctx.house.worker.wake('deliver')
    }),
  sendTest: allow('admin').mutation(async ({ ctx }) => {
    if (ctx.house.outside.sinks.length === 0)
      throw new AppError(
        'conflict',
        'No sink is configured: set ALERT_WEBHOOK_URL and ALERT_WEBHOOK_SECRET, and start again.',
      )
    await inTransaction(ctx, (tx, act) =>
      alert(tx, ctx.house.outside, { type: 'test', now: act.now, orderingKey: 'test' }),
    )
    ctx.house.worker.wake('deliver')
  }),
})
