// On which day each source saw a device last, out of presence: what the device list sorts and filters by.
import { sql } from 'kysely'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import type { Db, Tx } from '../lib/database.ts'

/** The name under which `device_seen` keeps the day on which whichever source saw a device. */
export const ANY_SOURCE = ''

const CURSOR = 'device seen'

/**
 * Brings `device_seen` up to presence: of the days that are not sealed, and of those sealed since the last time, since a
 * late check-in may have opened one and been sealed in between. One write per device, source and day. Returns how many.
 */
export async function followPresence(db: Db): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const from = await lockCursor(tx, CURSOR)
    const sealed = await sql<{ seq: number; day: string | null }>`
      select seq, payload->>'day' as day from ledger where kind = 'presence.sealed' and seq > ${from} order by seq`.execute(
      tx,
    )
    const days = [...new Set(sealed.rows.flatMap((row) => row.day ?? []))]
    const moved = await sql`
      insert into device_seen as s (device_id, source, seen_on)
      select n.device_id, coalesce(n.source, ${ANY_SOURCE}), max(n.day) from (
        select coalesce(d.merged_into, p.device_id) as device_id, p.source, p.day
        from (
          select device_id, source, day from presence where sealed is null
          union all select device_id, source, day from presence where day = any (${days}::date[])
        ) as p
          left join device_seen k on k.device_id = p.device_id and k.source = p.source
          join devices d on d.id = p.device_id
        where k.seen_on is null or k.seen_on < p.day
      ) as n group by grouping sets ((n.device_id, n.source), (n.device_id))
      on conflict (device_id, source) do update set seen_on = excluded.seen_on where s.seen_on < excluded.seen_on`.execute(
      tx,
    )
    const last = sealed.rows.at(-1)
    if (last) await moveCursor(tx, CURSOR, last.seq)
    return Number(moved.numAffectedRows ?? 0)
  })
}

/** Counts devices anew out of all their presence, that of merged records among it. */
export async function recountSeen(tx: Tx, deviceIds: string[]): Promise<void> {
  await tx.deleteFrom('device_seen').where('device_id', 'in', deviceIds).execute()
  await sql`
    insert into device_seen (device_id, source, seen_on)
    select n.device_id, coalesce(n.source, ${ANY_SOURCE}), max(n.day) from (
      select coalesce(d.merged_into, d.id) as device_id, p.source, p.day from presence p join devices d on d.id = p.device_id
      where d.id = any (${deviceIds}::text[]) or d.merged_into = any (${deviceIds}::text[])
    ) as n group by grouping sets ((n.device_id, n.source), (n.device_id))
    on conflict (device_id, source) do update set seen_on = excluded.seen_on`.execute(tx)
}
