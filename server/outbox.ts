// The outbox: delivers what the transactions left there, in order per key, each attempt kept where a person can see it.
import { sql } from 'kysely'
import { type Db, oneOf } from './lib/database.ts'
import { gather } from './lib/gather.ts'
import { MINUTE, plus } from './lib/time.ts'
import type { Clock, Sink, SinkAnswer } from './ports.ts'

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
  const { db, clock } = delivering
  // One statement for those who ask at one time, and one for what they have to tell.
  const claim = gather((asks: null[]) => claimNext(db, clock(), { sinks: [...sinks.keys()], count: asks.length }))
  const keep = gather((attempts: Attempt[]) => keepAttempts(db, clock(), attempts))
  const work = async () => {
    for (;;) {
      const [message] = await claim([null])
      if (message == null) return
      const answer = await sinks.get(message.sink)!.send({ ...message, timestamp: clock() })
      await keep([{ message, answer }])
      counts[isDelivered(answer) ? 'delivered' : 'failed']++
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
    .where('sink', '=', oneOf(names))
    .limit(1)
    .executeTakeFirst()
  return due !== undefined
}

/** While a message is out, others leave it alone for so long; longer than any sink's time-out. */
const CLAIM_MS = 2 * MINUTE

interface Message {
  id: string
  sink: string
  type: string
  body: string
  /** With the one that it is claimed for. */
  attempts: number
}

/** The next messages that are due, the first of each key; as many places as were asked for, empty ones null. */
async function claimNext(
  db: Db,
  now: Date,
  { sinks, count }: { sinks: string[]; count: number },
): Promise<(Message | null)[]> {
  const { rows } = await sql<Message>`
    update outbox set next_attempt_at = ${plus(now, CLAIM_MS)}, attempts = attempts + 1
    where id in (
      select o.id from outbox o
      where o.status = 'waiting' and o.next_attempt_at <= ${now} and o.sink = ${oneOf(sinks)}
        and not exists (select 1 from outbox e where e.sink = o.sink and e.ordering_key = o.ordering_key and e.status = 'waiting' and e.position < o.position)
      order by o.position limit ${count} for update skip locked
    ) returning id, sink, type, body, attempts`.execute(db)
  return Array.from({ length: count }, (_, index) => rows[index] ?? null)
}

interface Attempt {
  message: Message
  answer: SinkAnswer
}

const isDelivered = ({ status }: SinkAnswer) => status !== null && status >= 200 && status < 300

/** What becomes of a message after an attempt; 410 Gone says that nobody will ever listen there again. */
function fateOf({ message, answer }: Attempt): { status: 'delivered' | 'given up' | 'waiting'; pauseMs: number } {
  if (isDelivered(answer)) return { status: 'delivered', pauseMs: 0 }
  const pauseMs = pausesMs[message.attempts - 1]
  return pauseMs === undefined || answer.status === 410
    ? { status: 'given up', pauseMs: 0 }
    : { status: 'waiting', pauseMs }
}

/** Writes attempts and what becomes of their messages, in one statement. */
async function keepAttempts(db: Db, now: Date, attempts: Attempt[]): Promise<Attempt[]> {
  const rows = attempts.map(({ message, answer }) => {
    const { status: fate, pauseMs } = fateOf({ message, answer })
    const { requestHeaders: headers, status, body, error } = answer
    return { id: message.id, attempt: message.attempts, headers, status, body, error, fate, again: plus(now, pauseMs) }
  })
  await sql`
    with made as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as made (
        id text, attempt int, headers jsonb, status int, body text, error text, fate text, again timestamptz)),
    kept as (
      insert into outbox_attempts (message_id, attempt, at, request_headers, status, answer, error)
      select id, attempt, ${now}, headers, status, body, error from made)
    update outbox set status = made.fate,
      next_attempt_at = case when made.fate = 'waiting' then made.again else outbox.next_attempt_at end
    from made where outbox.id = made.id`.execute(db)
  return attempts
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
