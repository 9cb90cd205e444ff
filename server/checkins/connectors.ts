// Where each source that is asked stands: the sync that is under way, how asking it goes, and its newest runs.
import { sql } from 'kysely'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, messageOf, RetryLater } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { HOUR, MINUTE, plus } from '../lib/time.ts'
import { cleanText } from '../ports.ts'
import { type FailingWhy, markRecovered } from './source-health.ts'

/** Who holds a sync keeps it so long without a sign of life; then another process goes on. A page may take some minutes. */
const LEASE_MS = 10 * MINUTE
/** After a failure it is asked again after a minute, and twice as long each time. */
const PAUSE_MS = MINUTE
/** Refused credentials are not tried often: vendors lock accounts. */
const REFUSED_PAUSE_MS = 15 * MINUTE
const PAUSE_MAX_MS = HOUR
/** So many unreadable answers in a row at one cursor, and it begins anew: the vendor may have forgotten it. */
const BEGIN_ANEW_AFTER = 5
/** It fails when no sync became whole for so many of its turns, an hour at least. */
const TURNS_MISSED = 3
const FAILING_MS_MIN = HOUR
const RUNS_KEPT = 100

/** What of an MDM its state hangs on. */
export interface Asked {
  source: string
  everyMs: number
}

/** A sync that this process has in hand until `lease`, which moves with every transaction that recorded something of it. */
export interface Claim {
  source: string
  cursor: unknown
  startedAt: Date
  lease: Date
}

// ── A sync in hand ─────────────────────────────────────────────────────────────────────────────────────────

/** Takes a sync in hand where the source's time has come and nobody else has it; a broken one goes on at its cursor. */
export async function claimSync(db: Db, now: Date, { source }: Asked): Promise<Claim | null> {
  await db
    .insertInto('connectors')
    .values({ source, next_at: now })
    .onConflict((oc) => oc.column('source').doUpdateSet({ next_at: now }).where('connectors.next_at', 'is', null))
    .execute()
  const { rows } = await sql<{ cursor: unknown; started_at: Date; next_at: Date }>`
    update connectors set next_at = ${leaseFrom(now)}, started_at = coalesce(started_at, ${now})
    where source = (select source from connectors where source = ${source} and next_at <= ${now} for update skip locked)
    returning cursor, started_at, next_at`.execute(db)
  const [row] = rows
  return row === undefined ? null : { source, cursor: row.cursor, startedAt: row.started_at, lease: row.next_at }
}

/** Told apart from another process's of the same moment by its milliseconds. */
const leaseFrom = (now: Date) => plus(now, LEASE_MS + Math.floor(Math.random() * 1000))

/** Locks the sync for this transaction. False where another process has taken it over. */
export async function holdSync(tx: Tx, { source, lease }: Claim): Promise<boolean> {
  const row = await tx
    .selectFrom('connectors')
    .select('source')
    .where('source', '=', source)
    .where('next_at', '=', lease)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** Holds it for longer, so that the pages after this one are this process's too; with the page's cursor once it is recorded. */
export async function keepSync(tx: Tx, now: Date, claim: Claim, next?: { cursor: unknown }): Promise<Claim> {
  const lease = leaseFrom(now)
  const cursor = next === undefined ? {} : { cursor: jsonOf(next.cursor), failures: 0, problem: null }
  await tx
    .updateTable('connectors')
    .set({ next_at: lease, ...cursor })
    .where('source', '=', claim.source)
    .execute()
  return { ...claim, lease, ...(next === undefined ? {} : { cursor: next.cursor }) }
}

const jsonOf = (cursor: unknown) => (cursor == null ? null : JSON.stringify(cursor))

/** Lets go of a sync that is not whole: it goes on at its next turn, which is now. */
export async function releaseSync(db: Db, now: Date, { source, lease }: Claim): Promise<void> {
  await db
    .updateTable('connectors')
    .set({ next_at: now })
    .where('source', '=', source)
    .where('next_at', '=', lease)
    .execute()
}

/** Has a source asked at once, whatever it waits for; whoever has a sync of it in hand loses it. */
export async function askNow(db: Db, now: Date, { source }: Asked): Promise<void> {
  await db
    .insertInto('connectors')
    .values({ source, next_at: now })
    .onConflict((oc) => oc.column('source').doUpdateSet({ next_at: now }))
    .execute()
}

/** The sync is whole with the page that was just recorded. Ends a failing; silence ends when a device is heard of. */
export async function endSync(tx: Tx, now: Date, claim: Claim, { everyMs }: Asked): Promise<void> {
  const row = await tx
    .selectFrom('connectors')
    .select('failing_why')
    .where('source', '=', claim.source)
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('connectors')
    .set({
      started_at: null,
      last_success_at: now,
      last_began_at: claim.startedAt,
      next_at: plus(now, everyMs),
      failures: 0,
      problem: null,
      ...(row.failing_why === 'silent' ? {} : { failing_since: null }),
    })
    .where('source', '=', claim.source)
    .execute()
  if (row.failing_why !== null && row.failing_why !== 'silent') await markRecovered(tx, now, claim.source)
}

/** What went wrong with a page, in the words of the ledger. */
export function whyOf(error: unknown): FailingWhy {
  const problem = error instanceof AppError ? error.problem : null
  switch (problem) {
    case 'unauthenticated':
    case 'forbidden':
      return 'refused'
    case 'unavailable':
    case 'too_many':
      return 'unreachable'
    default:
      return 'unreadable'
  }
}

/** In words for a page: ours as they are, since they quote no body; of anything else only that it happened. */
export const problemOf = (error: unknown): string =>
  error instanceof AppError
    ? cleanText(messageOf(error).slice(0, 500))
    : 'Something went wrong here while reading; the log says what.'

/**
 * Notes that a page could not be read, and when it is asked again. Gives why the source counts as failing by now; null
 * where it does not yet. Being asked to come later is no failure by itself.
 */
export async function noteFailure(
  tx: Tx,
  now: Date,
  input: { claim: Claim; asked: Asked; error: unknown },
): Promise<FailingWhy | null> {
  const { claim, asked, error } = input
  if (!(await holdSync(tx, claim))) return null
  const was = await tx.selectFrom('connectors').selectAll().where('source', '=', claim.source).executeTakeFirstOrThrow()
  const why = whyOf(error)
  const isLater = error instanceof RetryLater
  const failures = was.failures + (isLater ? 0 : 1)
  const begin = why === 'refused' ? REFUSED_PAUSE_MS : PAUSE_MS
  const pause = isLater ? error.retryAfterMs : Math.min(begin * 2 ** (failures - 1), PAUSE_MAX_MS)
  const beginsAnew = why === 'unreadable' && failures % BEGIN_ANEW_AFTER === 0
  await tx
    .updateTable('connectors')
    .set({
      next_at: plus(now, pause),
      failures,
      problem: problemOf(error),
      failing_since: was.failing_since ?? now,
      ...(beginsAnew ? { cursor: null } : {}),
    })
    .where('source', '=', claim.source)
    .execute()
  if (why === 'refused') return why
  return isOverdue(was.last_success_at ?? claim.startedAt, now, asked) ? why : null
}

/** Whether nothing has become whole for too long, counted from the last success or from when the sync began. */
export const isOverdue = (since: Date, now: Date, { everyMs }: Asked): boolean =>
  now.getTime() - since.getTime() >= Math.max(TURNS_MISSED * everyMs, FAILING_MS_MIN)

/** What went wrong when a source was asked last; null where nothing did. */
export async function readProblem(db: Db, { source }: Asked): Promise<string | null> {
  const row = await db.selectFrom('connectors').select('problem').where('source', '=', source).executeTakeFirstOrThrow()
  return row.problem
}

// ── Runs ───────────────────────────────────────────────────────────────────────────────────────────────────

export interface RunCounts {
  pages: number
  records: number
  changed: number
  unreadable: number
}

/** Adds to the row of the sync that began then; the newest hundred of a source are kept. */
export async function noteRun(
  tx: Tx,
  now: Date,
  { source, startedAt }: Claim,
  input: Partial<RunCounts> & { isWhole?: boolean; problem?: string },
): Promise<void> {
  const { pages = 0, records = 0, changed = 0, unreadable = 0, isWhole = false, problem } = input
  const { rows } = await sql<{ id: string }>`
    update connector_runs set
      ended_at = ${now}, pages = pages + ${pages}, records = records + ${records}, changed = changed + ${changed},
      unreadable = unreadable + ${unreadable}, problem = coalesce(${problem ?? null}, problem),
      outcome = ${isWhole ? 'complete' : sql`case when pages + ${pages} > 0 then 'partial' else 'failed' end`}
    where id = (select id from connector_runs where source = ${source} and began_at = ${startedAt} limit 1)
    returning id`.execute(tx)
  if (rows.length > 0) return
  const outcome = isWhole ? 'complete' : pages > 0 ? 'partial' : 'failed'
  await tx
    .insertInto('connector_runs')
    .values({
      id: newId('run'),
      source,
      began_at: startedAt,
      ended_at: now,
      outcome,
      pages,
      records,
      changed,
      unreadable,
      problem: problem ?? null,
    })
    .execute()
  await sql`
    delete from connector_runs where source = ${source} and id not in (
      select id from connector_runs where source = ${source} order by began_at desc, id desc limit ${RUNS_KEPT})`.execute(
    tx,
  )
}
