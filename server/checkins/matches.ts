// By what each source's reports were known to be of a device.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Tx } from '../lib/database.ts'
import type { Sighted } from './sighted.ts'

/**
 * Keeps what is new among them: a source's first report of a device, another id in the source, anything matched by less
 * than the serial number. One statement, and none where nothing is new.
 */
export async function keepMatches(
  tx: Tx,
  act: Act,
  changed: Sighted[],
  seenBefore: ReadonlyMap<string, Date>,
): Promise<void> {
  const keyOf = (one: Sighted) => `${one.device.id}\n${one.source}`
  const isNew = (one: Sighted) => !seenBefore.has(keyOf(one)) || one.isNew || one.matchedBy !== 'serial number'
  const isOnTime = (one: Sighted) => (seenBefore.get(keyOf(one)) ?? one.at) <= one.at
  const newest = new Map(
    changed
      .filter((one) => isNew(one) && isOnTime(one))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .map((one) => [keyOf(one), one] as const),
  )
  if (newest.size === 0) return
  const rows = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  await sql`
    insert into device_matches as m (device_id, source, matched_by, source_device_id, matched_at)
    select told.*, ${act.now}::timestamptz from unnest(
      ${rows.map((one) => one.device.id)}::text[], ${rows.map((one) => one.source)}::text[],
      ${rows.map((one) => one.matchedBy)}::text[], ${rows.map((one) => one.identity.sourceDeviceId)}::text[]
    ) as told
    on conflict (device_id, source) do update set
      matched_by = excluded.matched_by, matched_at = excluded.matched_at,
      source_device_id = coalesce(excluded.source_device_id, m.source_device_id)
    where m.matched_by <> excluded.matched_by or m.source_device_id is distinct from excluded.source_device_id`.execute(
    tx,
  )
}
