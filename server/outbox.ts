// The outbox: delivers what the transactions left there, in order per key, each attempt kept where a person can see it.
import { sql } from 'kysely'
import type { Db } from './lib/database.ts'
import { MINUTE, plus } from './lib/time.ts'
import type { Clock, Sink } from './ports.ts'

export interface Delivering {
  db: Db
  clock: Clock
  sinks: Sink[]
}

// Standard Webhooks' own schedule (wire formats 6.1): at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
const pausesMs = [
  5_000,
  5 * MINUTE,
  30 * MINUTE,
  120 * MINUTE,
  300 * MINUTE,
  600 * MINUTE,
  840 * MINUTE,
  1200 * MINUTE,
  1440 * MINUTE,
]
/** So many messages go out at one time; each key has one under way at most. */
const AT_ONCE = 8

/** Delivers everything that is due. A message that fails holds back only those of its own key. */
export async function deliver(delivering: Delivering): Promise<{ delivered: number; failed: number }> {
  const counts = { delivered: 0, failed: 0 }
  const sinks = new Map(delivering.sinks.map((sink) => [sink.name, sink]))
  const work = async () => {
    for (;;) {
      const outcome = await deliverNext(delivering, sinks)
      if (outcome === null) return
      counts[outcome]++
    }
  }
  if (await isAnyDue(delivering, [...sinks.keys()])) await Promise.all(Array.from({ length: AT_ONCE }, work))
  return counts
}

/** Asked after every judgement, and mostly there is nothing. */
async function isAnyDue({ db, clock }: Delivering, names: string[]): Promise<boolean> {
  if (names.length === 0) return false
  const due = await db
    .selectFrom('outbox')
    .select('id')
    .where('status', '=', 'waiting')
    .where('next_attempt_at', '<=', clock())
    .where('sink', '=', sql<string>`any (${names}::text[])`)
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/** While a message is out, others leave it alone for so long; longer than any sink's time-out. */
const CLAIM_MS = 2 * MINUTE

async function deliverNext(
  { db, clock }: Delivering,
  sinks: Map<string, Sink>,
): Promise<'delivered' | 'failed' | null> {
  const now = clock()
  const claimed = await sql<{ id: string; sink: string; type: string; body: string; attempts: number }>`
    update outbox set next_attempt_at = ${plus(now, CLAIM_MS)}, attempts = attempts + 1
    where id = (
      select o.id from outbox o
      where o.status = 'waiting' and o.next_attempt_at <= ${now} and o.sink = any (${[...sinks.keys()]}::text[])
        and not exists (select 1 from outbox e where e.sink = o.sink and e.ordering_key = o.ordering_key and e.status = 'waiting' and e.position < o.position)
      order by o.position limit 1 for update skip locked
    ) returning id, sink, type, body, attempts`.execute(db)
  const message = claimed.rows[0]
  if (message === undefined) return null
  const answer = await sinks
    .get(message.sink)!
    .send({ id: message.id, type: message.type, timestamp: clock(), body: message.body })
  const isDelivered = answer.status !== null && answer.status >= 200 && answer.status < 300
  const pause = pausesMs[message.attempts - 1]
  // 410 Gone says that nobody will ever listen there again.
  const isOver = answer.status === 410 || pause === undefined
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('outbox_attempts')
      .values({
        message_id: message.id,
        attempt: message.attempts,
        at: clock(),
        request_headers: JSON.stringify(answer.requestHeaders),
        status: answer.status,
        answer: answer.body,
        error: answer.error,
      })
      .execute()
    await tx
      .updateTable('outbox')
      .set(
        isDelivered
          ? { status: 'delivered' }
          : isOver
            ? { status: 'given up' }
            : { next_attempt_at: plus(clock(), pause) },
      )
      .where('id', '=', message.id)
      .execute()
  })
  return isDelivered ? 'delivered' : 'failed'
}

/** Whether anything still waits for its first attempt. */
export async function hasUndelivered(db: Db, sinks: Sink[]): Promise<boolean> {
  const names = sinks.map((sink) => sink.name)
  if (names.length === 0) return false
  const row = await db
    .selectFrom('outbox')
    .select('id')
    .where('status', '=', 'waiting')
    .where('attempts', '=', 0)
    .where('sink', 'in', names)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Has a message sent again, also one that was given up. */
export async function resend(db: Db, now: Date, id: string): Promise<boolean> {
  const done = await db
    .updateTable('outbox')
    .set({ status: 'waiting', next_attempt_at: now })
    .where('id', '=', id)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** The newest messages, or those of one case, with their attempts. */
export async function listOutbox(db: Db, input: { caseId?: string | undefined; limit: number }) {
  const rows = await db
    .selectFrom('outbox')
    .selectAll()
    .$if(input.caseId !== undefined, (qb) => qb.where('ordering_key', '=', input.caseId!))
    .orderBy('position', 'desc')
    .limit(input.limit)
    .execute()
  const ids = rows.map((row) => row.id)
  const attempts =
    ids.length === 0
      ? []
      : await db.selectFrom('outbox_attempts').selectAll().where('message_id', 'in', ids).orderBy('attempt').execute()
  const byMessage = Map.groupBy(attempts, (attempt) => attempt.message_id)
  return rows.map((row) => ({
    id: row.id,
    sink: row.sink,
    type: row.type,
    body: row.body,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    nextAttemptAt: row.status === 'waiting' ? row.next_attempt_at.toISOString() : null,
    attempts: (byMessage.get(row.id) ?? []).map((attempt) => ({
      attempt: attempt.attempt,
      at: attempt.at.toISOString(),
      requestHeaders: attempt.request_headers as Record<string, string>,
      status: attempt.status,
      answer: attempt.answer,
      error: attempt.error,
    })),
  }))
}
