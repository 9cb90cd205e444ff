// Whether a source as a whole has fallen silent: measured against its own habits, so that a company may sleep at the weekend.
import { sql } from 'kysely'
import { z } from 'zod'
import type { Db, Tx } from '../lib/database.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import { DAY, dayOf, HOUR, MINUTE, plus } from '../lib/time.ts'

/** So many devices, seen on so many of the last seven days, make a source of which something is expected. Our own figures: a start. */
const REGULAR_DEVICES_MIN = 5
const REGULAR_DAYS_MIN = 3
const REGULAR_WITHIN_DAYS = 7
/** No device at all for so long, */
const SILENT_MS_MIN = DAY
/** and for so many times its longest gap of the two weeks before: a public holiday makes a weekend half as long again. */
const GAP_TIMES = 1.5
const HABIT_DAYS = 14
/** Until a source has been heard for a week, its weekend is not known: a long one is granted. */
const WEEKEND_MS = 72 * HOUR
/** A source that has been silent for longer than its habits are kept is no news any more. */
const FORGOTTEN_MS = 30 * DAY
const SLOT_MS = 10 * MINUTE
/** Looked less often than that, and nobody was here to be told: what was silent meanwhile may have been turned away. */
const LISTENING_GAP_MS = HOUR
const listeningSetting = 'listening'
const listeningSchema = z.object({ since: z.iso.datetime(), at: z.iso.datetime() })

/** When each source was heard of last, of those heard of after `from`. */
export async function heardSince(db: Db | Tx, from: Date): Promise<Map<string, Date>> {
  const { rows } = await sql<{ source: string; at: Date }>`
    select source, max(last_at) as at from presence where day >= ${dayOf(from)}::date
    group by source having max(last_at) > ${from}`.execute(db)
  return new Map(rows.map((row) => [row.source, row.at]))
}

/** A day of a source: when any of its devices was seen, as 144 bits of ten minutes. */
export interface SourceDay {
  day: string
  slots: string
}

/** Between the first and the last slot in which it was heard, the longest time without any; days in order. */
export function longestGapMs(days: SourceDay[]): number {
  const heard = days.flatMap(({ day, slots }) => {
    const start = Date.parse(`${day}T00:00:00Z`)
    return [...slots].flatMap((bit, slot) => (bit === '1' ? [start + slot * SLOT_MS] : []))
  })
  return heard.reduce((longest, at, index) => Math.max(longest, at - (heard[index - 1] ?? at)), 0)
}

/** How long a source may say nothing before it counts as silent. */
export function patienceMs(days: SourceDay[]): number {
  const [first, last] = [days.at(0), days.at(-1)]
  if (first === undefined || last === undefined) return Number.POSITIVE_INFINITY
  const isKnown = Date.parse(last.day) - Date.parse(first.day) >= 7 * DAY
  return Math.max(SILENT_MS_MIN, GAP_TIMES * longestGapMs(days), isKnown ? 0 : WEEKEND_MS)
}

/** Notes that we are here to listen. Returns since when without a break. */
export async function noteListening(tx: Tx, now: Date): Promise<Date> {
  const value = await readSetting(tx, listeningSetting)
  const was = value === undefined ? null : listeningSchema.parse(value)
  const isBroken = was === null || now.getTime() - Date.parse(was.at) > LISTENING_GAP_MS
  const since = isBroken ? now.toISOString() : was.since
  await saveSetting(tx, listeningSetting, { since, at: now.toISOString() })
  return new Date(since)
}

interface Unheard {
  source: string
  heardAt: Date
  /** Since when anybody could have told us. */
  listeningSince: Date
}

/** Whether a source is silent by `now`. */
export async function isSilent(db: Db | Tx, now: Date, input: Unheard): Promise<boolean> {
  const { source, heardAt, listeningSince } = input
  const quietMs = now.getTime() - Math.max(heardAt.getTime(), listeningSince.getTime())
  if (quietMs < SILENT_MS_MIN || now.getTime() - heardAt.getTime() > FORGOTTEN_MS) return false
  const from = (days: number) => dayOf(plus(heardAt, -days * DAY))
  const regular = await sql<{ n: number }>`
    select count(*) as n from (
      select device_id from presence
      where day > ${from(REGULAR_WITHIN_DAYS)}::date and day <= ${dayOf(heardAt)}::date and source = ${source}
      group by device_id having count(*) >= ${REGULAR_DAYS_MIN} limit ${REGULAR_DEVICES_MIN}) as often`.execute(db)
  if ((regular.rows[0]?.n ?? 0) < REGULAR_DEVICES_MIN) return false
  const days = await sql<SourceDay>`
    select day::text as day, bit_or(slots)::text as slots from presence
    where day >= ${from(HABIT_DAYS)}::date and day <= ${dayOf(heardAt)}::date and source = ${source}
    group by day order by day`.execute(db)
  return quietMs >= patienceMs(days.rows)
}
