// The short cut: a check-in that says what the last one said moves presence by one statement, and is never read.
import { sql } from 'kysely'
import { type Db, timeOf } from '../lib/database.ts'
import { DAY, MINUTE } from '../lib/time.ts'
import type { Vouches } from '../ports.ts'
import { type Glance, glanceAt, saltOf } from './fingerprint.ts'

/** A check-in that may be a repeat: the device is the one its fingerprint was last recorded for. */
export interface Repeat {
  deviceId: string
  source: string
  fingerprint: number
  /** In ms. */
  at: number
  uptimeSeconds: number | null
}

/** Which device each fingerprint was recorded for: a guess, which the database then confirms. */
export interface ShortCut {
  /** Null where it has to be read: never seen so, without a time of its own, or ahead of the clock. */
  guess(text: Uint8Array, range: { from: number; to: number }, by: Sender, now: Date): Guess | null
  remember(fingerprint: number, deviceId: string): void
}

export interface Sender {
  source: string
  vouches: Vouches
}

export interface Guess {
  glance: Glance
  /** Null where no device is known by it. */
  repeat: Repeat | null
}

/** About 100 bytes each; the oldest go first. */
const REMEMBERED_MAX = 300_000

export function createShortCut(): ShortCut {
  const devices = new Map<number, string>()
  const salts = new Map<string, number>()
  const saltFor = ({ source, vouches }: Sender) => {
    const key = `${vouches} ${source}`
    const known = salts.get(key)
    if (known !== undefined) return known
    if (salts.size >= 10_000) salts.clear()
    const salt = saltOf(key)
    salts.set(key, salt)
    return salt
  }
  return {
    guess(text, { from, to }, by, now) {
      const glance = glanceAt(text, from, to, saltFor(by))
      if (glance === null) return null
      const { fingerprint, reportedAt, uptimeSeconds } = glance
      const deviceId = devices.get(fingerprint)
      if (deviceId === undefined || reportedAt === null || reportedAt > now.getTime()) return { glance, repeat: null }
      return { glance, repeat: { deviceId, source: by.source, fingerprint, at: reportedAt, uptimeSeconds } }
    },
    remember(fingerprint, deviceId) {
      devices.delete(fingerprint)
      if (devices.size >= REMEMBERED_MAX) devices.delete(devices.keys().next().value as number)
      devices.set(fingerprint, deviceId)
    },
  }
}

/**
 * Moves presence for those that are repeats indeed, and says which: the newest report of that day said the same, it was
 * earlier, and no first check-in is awaited. One statement, its own transaction; of several for one device the first only.
 */
export async function moveRepeats(db: Db, repeats: Repeat[]): Promise<boolean[]> {
  const firsts = new Map<string, Repeat>()
  for (const one of repeats) {
    const key = `${one.deviceId}\n${one.source}`
    if (!firsts.has(key)) firsts.set(key, one)
  }
  const asked = [...firsts.values()]
  const { rows } = await sql<{ moved: number[] | null }>`
    with moved as (
      update presence as p set
        last_at = r.at, slots = set_bit(p.slots, r.slot, 1), booted_at = greatest(p.booted_at, r.booted_at), sealed = null
      from unnest(
        ${asked.map((one) => one.deviceId)}::text[], ${asked.map((one) => one.source)}::text[],
        ${asked.map((one) => one.at)}::bigint[], ${asked.map((one) => slotOf(one.at))}::int[],
        ${asked.map((one) => bootOf(one))}::bigint[], ${asked.map((one) => one.fingerprint)}::bigint[]
      ) with ordinality as said (device_id, source, at_ms, slot, booted_ms, fingerprint, place)
      cross join lateral (select said.*, ${timeOf('said.at_ms')} as at, ${timeOf('said.booted_ms')} as booted_at) as r
      join devices d on d.id = r.device_id
      where p.device_id = r.device_id and p.source = r.source and p.day = (r.at at time zone 'utc')::date
        and p.fingerprint = r.fingerprint and p.last_at < r.at and d.withdrawn_at is null
        and ((d.state->>'firstCheckInAt')::timestamptz <= r.at
          or d.state->>'assignedAt' is null or (d.state->>'assignedAt')::timestamptz > r.at)
      returning r.place)
    select array_agg(place) as moved from moved`.execute(db)
  const moved = new Set(rows[0]?.moved?.map((place) => asked[place - 1]))
  return repeats.map((one) => moved.has(one))
}

const slotOf = (at: number) => Math.floor((at % DAY) / (10 * MINUTE))

const bootOf = ({ at, uptimeSeconds }: Repeat) =>
  uptimeSeconds === null ? null : Math.round(at - uptimeSeconds * 1000)
