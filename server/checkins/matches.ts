// By what each source's reports were known to be of a device, and the source's own ids of it.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Tx } from '../lib/database.ts'
import type { Sighted } from './sighted.ts'

/**
 * Keeps what is new among them: a source's first report of a device, another id in the source, anything matched by less
 * than the serial number. One statement, and none where nothing is new. An id that is another's stays that one's, unless that
 * record was withdrawn.
 */
export async function keepMatches(
  tx: Tx,
  act: Act,
  changed: Sighted[],
  seenBefore: ReadonlyMap<string, Date>,
): Promise<void> {
  const keyOf = (one: Sighted) => `${one.device.id}\n${one.source}`
  const isNew = (one: Sighted) => !seenBefore.has(keyOf(one)) || !one.isIdKnown || one.matchedBy !== 'serial number'
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
    with told as (
      select * from unnest(
        ${rows.map((one) => one.device.id)}::text[], ${rows.map((one) => one.source)}::text[],
        ${rows.map((one) => one.matchedBy)}::text[], ${rows.map((one) => one.identity.sourceDeviceId)}::text[]
      ) as told (device_id, source, matched_by, source_device_id)
    ), named as (
      insert into device_aliases as a (source, alias, device_id)
      select distinct on (source, source_device_id) source, source_device_id, device_id from told
      where source_device_id is not null order by source, source_device_id, device_id
      on conflict (source, alias) do update set device_id = excluded.device_id, merged_from = null
      where exists (select from devices d where d.id = a.device_id and d.withdrawn_at is not null)
    )
    insert into device_matches as m (device_id, source, matched_by, source_device_id, matched_at)
    select device_id, source, matched_by, source_device_id, ${act.now} from told
    on conflict (device_id, source) do update set
      matched_by = excluded.matched_by, matched_at = excluded.matched_at,
      source_device_id = coalesce(excluded.source_device_id, m.source_device_id)
    where m.matched_by <> excluded.matched_by or m.source_device_id is distinct from excluded.source_device_id`.execute(
    tx,
  )
}
