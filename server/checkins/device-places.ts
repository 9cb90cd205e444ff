// Where each device was last: follows the ledger with its own cursor, so that a check-in pays nothing for the map.
import { type RawBuilder, sql } from 'kysely'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import { headSeq } from '../custody/ledger.ts'
import type { Db, Tx } from '../lib/database.ts'
import { recountSeen } from './device-seen.ts'

const CURSOR = 'device places'
/** So many events of the ledger are looked through in one transaction. */
const BATCH = 2_000

/** Brings `device_places` up to the ledger's head. Several processes may call it. Returns how many events it read. */
export async function followPlaces(db: Db): Promise<number> {
  let read = 0
  for (;;) {
    const step = await db.transaction().execute(followBatch)
    read += step
    if (step < BATCH) return read
  }
}

async function followBatch(tx: Tx): Promise<number> {
  const from = await lockCursor(tx, CURSOR)
  const to = Math.min(await headSeq(tx), from + BATCH)
  if (to === from) return 0
  const span = sql`l.seq > ${from} and l.seq <= ${to}`
  await takeNewer(tx, span)
  const anew = await unsettled(tx, span)
  if (anew.length > 0) {
    await readAnew(tx, anew)
    await recountSeen(tx, anew)
  }
  await moveCursor(tx, CURSOR, to)
  return to - from
}

// What an event that told a public address says of the place; the item's `place` is null where it could not be found.
const told = sql`
  l.occurred_at as at, l.seq, l.payload->>'source' as source, l.payload->>'tokenId' as token_id,
  coalesce(item->'place'->>'network', 'unknown') as network, item->'place'->>'country' as country,
  item->'place'->>'region' as region, item->'place'->>'city' as city,
  (item->'place'->'circle'->>'latitude')::float8 as latitude, (item->'place'->'circle'->>'longitude')::float8 as longitude,
  (item->'place'->'circle'->>'radiusKm')::float8 as radius_km`
const tellsPlace = sql`
  l.kind = 'checkin.changed' and l.payload->>'facet' = 'network' and not (l.payload->>'late')::boolean
  and item->>'member' = 'publicIp'`
const columns = sql`device_id, at, seq, source, token_id, network, country, region, city, latitude, longitude, radius_km`

/** Places told in this span, each where it is newer than what is known. */
async function takeNewer(tx: Tx, span: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into device_places as p (${columns})
    select distinct on (device_id) ${columns} from (
      select coalesce(d.merged_into, d.id) as device_id, ${told}
      from ledger l join devices d on d.id = l.device_id cross join lateral jsonb_array_elements(l.payload->'added') as item
      where ${span} and ${tellsPlace} and (d.withdrawn_at is null or d.merged_into is not null)
    ) as newest order by device_id, at desc, seq desc
    on conflict (device_id) do update set
      at = excluded.at, seq = excluded.seq, source = excluded.source, token_id = excluded.token_id, network = excluded.network,
      country = excluded.country, region = excluded.region, city = excluded.city,
      latitude = excluded.latitude, longitude = excluded.longitude, radius_km = excluded.radius_km
    where excluded.at >= p.at`.execute(tx)
}

/** Devices of which this span says that they, or some of their reports, do not count any more, or count elsewhere. */
async function unsettled(tx: Tx, span: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select l.device_id as id from ledger l
    where ${span} and l.kind in ('device.merged', 'device.unmerged', 'device.match_undone', 'device.withdrawn') and l.device_id is not null
    union select l.payload->>'fromDeviceId' from ledger l
    where ${span} and l.kind in ('device.merged', 'device.unmerged') and l.payload is not null
    union select p.device_id from ledger l
      join device_places p on p.token_id = l.payload->>'tokenId' and p.at >= (l.payload->>'since')::timestamptz
    where ${span} and l.kind = 'token.distrusted'`.execute(tx)
  return rows.map((row) => row.id)
}

/** Reads their newest place out of their whole chain, merged records among it. */
async function readAnew(tx: Tx, deviceIds: string[]): Promise<void> {
  await tx.deleteFrom('device_places').where('device_id', 'in', deviceIds).execute()
  await sql`
    insert into device_places (${columns})
    select one.id, newest.* from unnest(${deviceIds}::text[]) as one (id)
    join devices d on d.id = one.id and d.withdrawn_at is null
    cross join lateral (
      select ${told}
      from ledger l cross join lateral jsonb_array_elements(l.payload->'added') as item
        left join tokens t on t.id = l.payload->>'tokenId'
      where l.device_id in (select id from devices where id = one.id or merged_into = one.id) and ${tellsPlace}
        and (t.distrusted_since is null or l.occurred_at < t.distrusted_since)
        and not exists (
          select from ledger u where u.device_id = l.device_id and u.kind = 'device.match_undone' and u.seq > l.seq
            and u.payload->>'source' = l.payload->>'source' and l.occurred_at >= (u.payload->>'since')::timestamptz)
      order by l.occurred_at desc, l.seq desc limit 1
    ) as newest`.execute(tx)
}
