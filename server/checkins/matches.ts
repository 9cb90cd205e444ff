// By what each source's reports were known to be of a device.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Tx } from '../lib/database.ts'
import type { Sighted } from './sighted.ts'

/** Keeps by what the newest report of each source was matched, and the last id that it told. One statement at most. */
export async function keepMatches(
  tx: Tx,
  act: Act,
  changed: Sighted[],
  seenBefore: ReadonlyMap<string, Date>,
): Promise<void> {
  const keyOf = (one: Sighted) => `${one.device.id}\n${one.source}`
  const onTime = changed
    .filter((one) => (seenBefore.get(keyOf(one)) ?? one.at) <= one.at)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const newest = new Map(onTime.map((one) => [keyOf(one), one]))
  const ids = new Map(
    onTime.flatMap((one) =>
      one.identity.sourceDeviceId === null ? [] : [[keyOf(one), one.identity.sourceDeviceId] as const],
    ),
  )
  if (newest.size === 0) return
  const rows = [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  await sql`
    insert into device_matches as m (device_id, source, matched_by, source_device_id, matched_at)
    select told.*, ${act.now}::timestamptz from unnest(
      ${rows.map((one) => one.device.id)}::text[], ${rows.map((one) => one.source)}::text[],
      ${rows.map((one) => one.matchedBy)}::text[], ${rows.map((one) => ids.get(keyOf(one)) ?? null)}::text[]
    ) as told (device_id, source, matched_by, source_device_id)
    where not exists (
      select from device_matches as same where same.device_id = told.device_id and same.source = told.source
        and same.matched_by = told.matched_by and same.source_device_id is not distinct from coalesce(told.source_device_id, same.source_device_id))
    on conflict (device_id, source) do update set
      matched_by = excluded.matched_by, matched_at = excluded.matched_at,
      source_device_id = coalesce(excluded.source_device_id, m.source_device_id)`.execute(tx)
}
