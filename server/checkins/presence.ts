// Presence: when a device was seen, one row per device, source and day, sealed by one digest event a day.
import { createHash } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { systemActor } from '../custody/events.ts'
import { append } from '../custody/ledger.ts'
import { canonicalText } from '../lib/canonical.ts'
import type { Db, Tx } from '../lib/database.ts'
import type { PresenceTable } from '../lib/tables.ts'
import { DAY, dayOf, MINUTE } from '../lib/time.ts'
import type { ProofLevel } from '../ports.ts'

export interface Seen {
  deviceId: string
  source: string
  at: Date
  proof: ProofLevel
  /** When it was last started, to ± 10 minutes; null where the source does not say. */
  bootedAt: Date | null
  /** Of the whole report; null where it was not taken. */
  fingerprint: number | null
}

/** Ten-minute slots of a day: how finely a day's presence is kept. */
const SLOTS = 144

function slotsOf(times: Date[]): string {
  const bits = new Array<string>(SLOTS).fill('0')
  for (const at of times) bits[Math.floor((at.getTime() % DAY) / (10 * MINUTE))] = '1'
  return bits.join('')
}

/**
 * Moves presence. A repeated sighting changes nothing; one for a sealed day opens it for the next seal. Of a day's starts
 * the newest is kept: as all of a row, it does not hang on the order in which sightings come in.
 */
export async function movePresence(tx: Tx, seen: Seen[]): Promise<void> {
  if (seen.length === 0) return
  const groups = [...Map.groupBy(seen, (one) => `${one.deviceId}\n${one.source}\n${dayOf(one.at)}`).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group)
  const rows = groups.map((group) => {
    const times = group.map((one) => one.at).sort((a, b) => a.getTime() - b.getTime())
    // Of two at the same moment the later one in the batch, which is also compared last.
    const last = group.findLast((one) => one.at.getTime() === times.at(-1)!.getTime())!
    const starts = group.flatMap((one) => one.bootedAt ?? []).sort((a, b) => a.getTime() - b.getTime())
    return {
      last,
      first_at: times[0]!,
      last_at: times.at(-1)!,
      slots: slotsOf(times),
      booted_at: starts.at(-1) ?? null,
    }
  })
  await sql`
    insert into presence as p (device_id, source, day, first_at, last_at, slots, proof, booted_at, fingerprint)
    select device_id, source, (last_at at time zone 'utc')::date, first_at, last_at, slots::bit(144), proof, booted_at, fingerprint
    from unnest(
      ${rows.map((row) => row.last.deviceId)}::text[], ${rows.map((row) => row.last.source)}::text[],
      ${rows.map((row) => row.first_at)}::timestamptz[], ${rows.map((row) => row.last_at)}::timestamptz[],
      ${rows.map((row) => row.slots)}::text[], ${rows.map((row) => row.last.proof)}::text[], ${rows.map((row) => row.booted_at)}::timestamptz[],
      ${rows.map((row) => row.last.fingerprint)}::bigint[]
    ) as seen (device_id, source, first_at, last_at, slots, proof, booted_at, fingerprint)
    on conflict (device_id, source, day) do update set
      first_at = least(p.first_at, excluded.first_at),
      last_at = greatest(p.last_at, excluded.last_at),
      slots = p.slots | excluded.slots,
      proof = case when excluded.last_at >= p.last_at then excluded.proof else p.proof end,
      booted_at = greatest(p.booted_at, excluded.booted_at),
      fingerprint = case when excluded.last_at >= p.last_at then excluded.fingerprint else p.fingerprint end,
      sealed = null
    where excluded.first_at < p.first_at or excluded.last_at > p.last_at or (p.slots | excluded.slots) <> p.slots
      or excluded.booted_at > coalesce(p.booted_at, '-infinity') 
      or (excluded.last_at = p.last_at and excluded.fingerprint is distinct from p.fingerprint)`.execute(tx)
}

/** The newest sighting of each device and source, before this batch: one step back in the index for each. */
export async function lastSeen(tx: Tx, asked: { deviceId: string; source: string }[]): Promise<Map<string, Date>> {
  if (asked.length === 0) return new Map()
  const rows = await sql<{ device_id: string; source: string; last_at: Date }>`
    select asked.device_id, asked.source, newest.last_at
    from (select distinct * from unnest(${asked.map((one) => one.deviceId)}::text[], ${asked.map((one) => one.source)}::text[])) as asked (device_id, source)
    cross join lateral (
      select last_at from presence p where p.device_id = asked.device_id and p.source = asked.source order by day desc limit 1
    ) as newest`.execute(tx)
  return new Map(rows.rows.map((row) => [`${row.device_id}\n${row.source}`, row.last_at]))
}

type Row = Selectable<PresenceTable>

function digestOf(rows: Row[]): string {
  const hash = createHash('sha256')
  for (const row of rows) {
    const { device_id, source, day, first_at, last_at, slots, proof, booted_at } = row
    hash.update(
      canonicalText({
        device_id,
        source,
        day,
        first_at: first_at.toISOString(),
        last_at: last_at.toISOString(),
        slots,
        proof,
        booted_at: booted_at?.toISOString() ?? null,
      }),
    )
  }
  return hash.digest('hex')
}

const rowsOf = (db: Db | Tx, day: string) =>
  db.selectFrom('presence').selectAll().where('day', '=', day).orderBy('device_id').orderBy('source')

async function lastSeal(db: Db | Tx, day: string): Promise<number | null> {
  const row = await db
    .selectFrom('ledger')
    .select('seq')
    .where('kind', '=', 'presence.sealed')
    .where(sql<boolean>`payload->>'day' = ${day}`)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.seq ?? null
}

/** Seals every day that is over and has changed since its last seal, each in a transaction of its own. Returns the days sealed. */
export async function sealPresence(db: Db, now: Date): Promise<string[]> {
  const open = await db
    .selectFrom('presence')
    .select('day')
    .distinct()
    .where('sealed', 'is', null)
    .where('day', '<', dayOf(now))
    .orderBy('day')
    .limit(100)
    .execute()
  for (const { day } of open) await db.transaction().execute((tx) => sealDay(tx, now, day))
  return open.map((row) => row.day)
}

async function sealDay(tx: Tx, now: Date, day: string): Promise<void> {
  const rows = await rowsOf(tx, day).forUpdate().execute()
  const supersedes = await lastSeal(tx, day)
  const [seal] = await append(tx, now, [
    {
      kind: 'presence.sealed',
      occurredAt: now,
      actor: systemActor('presence'),
      payload: { day, rows: rows.length, digest: digestOf(rows), supersedes },
    },
  ])
  // Only what the digest holds: a sighting that came in since waits for the next seal.
  await sql`
    update presence as p set sealed = ${seal!.seq}
    from unnest(${rows.map((row) => row.device_id)}::text[], ${rows.map((row) => row.source)}::text[]) as held (device_id, source)
    where p.device_id = held.device_id and p.source = held.source and p.day = ${day}`.execute(tx)
}

/** Compares every sealed day with its newest seal. Null when all hold, else the seal that does not and why. */
export async function verifyPresence(db: Db): Promise<{ seq: number; problem: string } | null> {
  const seals = await sql<{ day: string; seq: number; digest: string }>`
    select distinct on (payload->>'day') payload->>'day' as day, seq, payload->>'digest' as digest
    from ledger where kind = 'presence.sealed' and payload is not null order by payload->>'day', seq desc`.execute(db)
  for (const { day, seq, digest } of seals.rows) {
    const rows = await rowsOf(db, day).execute()
    if (rows.some((row) => row.sealed === null)) continue
    if (digestOf(rows) !== digest) return { seq, problem: `the presence of ${day} differs from its seal` }
  }
  return null
}
