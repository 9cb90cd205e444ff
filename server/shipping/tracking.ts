// Follows parcels on our own account: asks the provider after those of which nothing was heard, also numbers bought elsewhere.
import { sql } from 'kysely'
import { z } from 'zod'
import type { Act, World } from '../custody/act.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, logText } from '../lib/errors.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import { DAY, HOUR, MINUTE, plus } from '../lib/time.ts'
import type { Carrier, Clock, TrackerReport } from '../ports.ts'
import { hasUnconfirmed, isOfSameParcel, standingBy } from './confirm.ts'
import { recordTracker } from './scans.ts'

export interface Tracking {
  db: Db
  clock: Clock
  world: World
  carrier(): Carrier | null
  log: { error(message: string): void }
}

/** Nothing heard for so long: ask. Carriers scan a parcel every few hours, and a webhook that is lost costs no more than that. */
const QUIET_MS = 6 * HOUR
/** A parcel claimed by a run that died is taken up again after so long; so is one whose question had no answer. */
const AGAIN_MS = 15 * MINUTE
/** What the provider refused is asked once a day: a number bought elsewhere is often known a day later. */
const REFUSED_MS = DAY
/** No carrier keeps a parcel so long; whoever still misses it looks elsewhere. */
const FOLLOWED_MS = 90 * DAY
const PER_RUN = 50
/** So many in a row without an answer: the others would have none either. */
const UNANSWERED_MAX = 3
const FAILING_MS = HOUR

const pollingSetting = 'carrier polling'
const pollingSchema = z.object({
  okAt: z.iso.datetime().nullable(),
  failingSince: z.iso.datetime().nullable(),
  failure: z.string().nullable(),
  /** When it was said outside that it keeps failing. */
  alertedAt: z.iso.datetime().nullable(),
  /** Not before then, since the provider takes no more for now; doubled each time. */
  pausedUntil: z.iso.datetime().nullable(),
  pauses: z.number().int(),
})
export type Polling = z.infer<typeof pollingSchema>

const neverAsked: Polling = {
  okAt: null,
  failingSince: null,
  failure: null,
  alertedAt: null,
  pausedUntil: null,
  pauses: 0,
}

/** How asking goes, as last noted. */
export async function readPolling(db: Db | Tx): Promise<Polling> {
  const value = await readSetting(db, pollingSetting)
  return value === undefined ? neverAsked : pollingSchema.parse(value)
}

/** Whether it is to be said outside that the provider has kept failing for an hour. */
export const isNewlyFailing = (polling: Polling, now: Date): boolean =>
  polling.alertedAt === null && polling.failingSince !== null && plus(new Date(polling.failingSince), FAILING_MS) <= now

export async function savePolling(tx: Tx, change: (polling: Polling) => Polling): Promise<Polling> {
  await sql`select pg_advisory_xact_lock(7355622)`.execute(tx)
  const polling = change(await readPolling(tx))
  await saveSetting(tx, pollingSetting, polling)
  return polling
}

interface Due {
  id: string
  tracking_code: string
  carrier: string | null
  tracker_id: string | null
  tracked_at: Date | null
  ordered_at: Date
  status: string
}

type Outcome = 'nothing to ask' | 'answered' | 'unanswered' | 'too many' | 'key refused'

/**
 * Asks after what is due, at most fifty parcels a run, none of them within a transaction. One failure never stops the others, a
 * provider that takes no more stops the run. Reports are recorded as webhooks' are. Safe to run in several processes.
 */
export async function trackDue(tracking: Tracking): Promise<{ answered: number; failed: number; polling: Polling }> {
  const { db, clock } = tracking
  const carrier = tracking.carrier()
  const before = await readPolling(db)
  const counts = { answered: 0, failed: 0 }
  // Trackers of test mode are never judged, so there is nothing to ask.
  if (carrier?.mode !== 'production') return { ...counts, polling: before }
  if (before.pausedUntil !== null && new Date(before.pausedUntil) > clock()) return { ...counts, polling: before }
  await enrol(db, clock())
  let failure: string | null = null
  let isPaused = false
  let unanswered = 0
  for (const due of await claim(db, clock())) {
    const { outcome, problem } = await follow(tracking, carrier, due)
    if (outcome === 'nothing to ask') continue
    if (outcome === 'answered') {
      counts.answered++
      unanswered = 0
      continue
    }
    counts.failed++
    failure = problem
    isPaused = outcome === 'too many'
    unanswered++
    if (outcome !== 'unanswered' || unanswered >= UNANSWERED_MAX) break
  }
  if (counts.answered + counts.failed === 0) return { ...counts, polling: before }
  const now = clock()
  const polling = await db
    .transaction()
    .execute((tx) => savePolling(tx, (was) => judged(was, { now, isAnswered: counts.answered > 0, failure, isPaused })))
  return { ...counts, polling }
}

function judged(
  was: Polling,
  { now, isAnswered, failure, isPaused }: { now: Date; isAnswered: boolean; failure: string | null; isPaused: boolean },
): Polling {
  const pauses = isPaused ? was.pauses + 1 : isAnswered ? 0 : was.pauses
  const pausedUntil = isPaused ? plus(now, Math.min(MINUTE * 2 ** was.pauses, HOUR)).toISOString() : null
  if (isAnswered) return { ...neverAsked, okAt: now.toISOString(), pauses, pausedUntil }
  return { ...was, failingSince: was.failingSince ?? now.toISOString(), failure, pauses, pausedUntil }
}

/** Sets the time of the first question for parcels that have none. */
async function enrol(db: Db, now: Date): Promise<void> {
  await sql`
    update shipments set next_track_at = coalesce(tracked_at + ${`${QUIET_MS} ms`}::interval, ${now})
    where id in (
      select id from shipments
      where tracking_code is not null and next_track_at is null and withdrawn_at is null
        and status not in ('delivered', 'returned') and ordered_at > ${plus(now, -FOLLOWED_MS)}
      order by ordered_at limit 500 for update skip locked)`.execute(db)
}

async function claim(db: Db, now: Date): Promise<Due[]> {
  const { rows } = await sql<Due>`
    update shipments set next_track_at = ${plus(now, AGAIN_MS)}
    where id in (
      select id from shipments where next_track_at <= ${now} and tracking_code is not null and withdrawn_at is null
      order by next_track_at limit ${PER_RUN} for update skip locked)
    returning id, tracking_code, carrier, tracker_id, tracked_at, ordered_at, status`.execute(db)
  return rows
}

async function follow(
  tracking: Tracking,
  carrier: Carrier,
  due: Due,
): Promise<{ outcome: Outcome; problem: string | null }> {
  const { db, clock } = tracking
  try {
    const story = await storyOf(db, due, clock())
    const quietUntil = due.tracked_at === null ? null : plus(due.tracked_at, QUIET_MS)
    const isQuiet = story === 'open' && (quietUntil === null || quietUntil <= clock())
    if (!isQuiet && story !== 'claimed') {
      const next = story === 'over' ? null : quietUntil
      await db.updateTable('shipments').set({ next_track_at: next }).where('id', '=', due.id).execute()
      return { outcome: 'nothing to ask', problem: null }
    }
    const report = standingBy(await ask(carrier, due))
    await keep(tracking, carrier, due, report)
    return { outcome: 'answered', problem: null }
  } catch (error) {
    return noteFailure(tracking, due, error)
  }
}

/** Whether a parcel is still to be followed: it is under way, or something that weighs in its story is only claimed. */
async function storyOf(db: Db | Tx, due: Due, now: Date): Promise<'open' | 'claimed' | 'over'> {
  if (plus(due.ordered_at, FOLLOWED_MS) < now) return 'over'
  if (await hasUnconfirmed(db, due.id)) return 'claimed'
  return due.status === 'delivered' || due.status === 'returned' ? 'over' : 'open'
}

/** The tracker of the parcel's own number; it has another where the number or the account changed. */
async function ask(carrier: Carrier, due: Due): Promise<TrackerReport> {
  if (due.tracker_id !== null) {
    const report = await carrier.readTracker(due.tracker_id).catch((error) => {
      if (error instanceof AppError && error.problem === 'not_found') return null
      throw error
    })
    if (report !== null && isOfSameParcel(report, due.tracking_code)) return report
  }
  return carrier.track({ trackingCode: due.tracking_code, carrier: due.carrier })
}

async function keep(tracking: Tracking, carrier: Carrier, due: Due, report: TrackerReport): Promise<void> {
  const now = tracking.clock()
  const act: Act = { now, actor: { type: 'source', name: carrier.name }, world: tracking.world }
  await tracking.db.transaction().execute(async (tx) => {
    const recorded = await recordTracker(tx, act, report)
    const { status } = await tx
      .selectFrom('shipments')
      .select('status')
      .where('id', '=', due.id)
      .executeTakeFirstOrThrow()
    const isOver = recorded.done && (await storyOf(tx, { ...due, status }, now)) === 'over'
    const next = plus(now, recorded.done ? QUIET_MS : REFUSED_MS)
    await tx
      .updateTable('shipments')
      .set({ next_track_at: isOver ? null : next, track_error: recorded.done ? null : recorded.why })
      .where('id', '=', due.id)
      .execute()
  })
}

async function noteFailure(
  { db, clock, log }: Tracking,
  due: Due,
  error: unknown,
): Promise<{ outcome: Outcome; problem: string | null }> {
  // What went wrong here leaves the parcel claimed, and it is asked after again.
  if (!(error instanceof AppError)) {
    log.error(`an answer about ${due.id} could not be recorded: ${logText(error)}`)
    return { outcome: 'nothing to ask', problem: null }
  }
  const isRefused = error.problem === 'not_found' || error.problem === 'invalid'
  const now = clock()
  await db
    .updateTable('shipments')
    .set({
      track_error: error.message.slice(0, 500),
      ...(isRefused ? { next_track_at: plus(now, REFUSED_MS) } : {}),
      ...(error.problem === 'too_many' ? { next_track_at: now } : {}),
    })
    .where('id', '=', due.id)
    .execute()
  const problem = error.message
  if (isRefused) return { outcome: 'answered', problem }
  if (error.problem === 'too_many') return { outcome: 'too many', problem }
  return { outcome: error.problem === 'conflict' ? 'key refused' : 'unanswered', problem }
}

/** Has a parcel asked after soon, since something in it is only claimed. */
export async function askSoon(tx: Tx, now: Date, trackingCode: string): Promise<void> {
  await tx
    .updateTable('shipments')
    .set({ next_track_at: plus(now, MINUTE) })
    .where((eb) => eb(eb.fn('upper', ['tracking_code']), '=', trackingCode.toUpperCase()))
    .where('withdrawn_at', 'is', null)
    .execute()
}
