// The device list: filtered, newest first or by silence, by keyset.
import { sql } from 'kysely'
import { ANY_SOURCE } from '../checkins/device-seen.ts'
import type { Db } from '../lib/database.ts'
import type { ProofLevel } from '../ports.ts'
import { type DeviceFilter, matchingDevices } from './device-filter.ts'
import { countSome, cutPage } from './page.ts'

export interface DeviceListInput extends DeviceFilter {
  /** `seen` and `silent` go by the day, and leave out what was never seen: by one source where it is named, else by any. */
  sort: 'newest' | 'seen' | 'silent'
  /** The last row of the page before. */
  after: { id: string; seenOn: string | null } | null
  limit: number
}

// The day is known to `device_seen` within minutes; from there on presence tells the moment.
const lastSeen = (source: string | null) => sql<Date | null>`(
  select max(p.last_at) from presence p where p.device_id = devices.id and p.day >= coalesce(s.seen_on, '-infinity')
    and (${source}::text is null or p.source = ${source}))`

/** A page of devices. */
export async function listDevices(db: Db, input: DeviceListInput, now: Date) {
  const { sort, source, after } = input
  const matching = matchingDevices(db, input, now).$if(sort !== 'newest', (qb) =>
    qb.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('device_seen')
          .select('seen_on')
          .whereRef('device_id', '=', 'devices.id')
          .where('device_seen.source', '=', source ?? ANY_SOURCE),
      ),
    ),
  )
  const rows = await matchingDevices(db, input, now)
    .leftJoin('device_seen as s', (join) =>
      join.onRef('s.device_id', '=', 'devices.id').on('s.source', '=', source ?? ANY_SOURCE),
    )
    .leftJoin('people', 'people.id', 'devices.assignee_id')
    .select([
      'devices.id',
      'serial_number',
      'asset_tag',
      'manufacturer',
      'model',
      'life_cycle',
      'holder_kind',
      'known',
      'proof',
      'assignee_id',
      'people.name as assignee_name',
      's.seen_on',
      lastSeen(source).as('last_seen_at'),
    ])
    .$if(sort === 'newest', (qb) => qb.orderBy('devices.id', 'desc'))
    .$if(sort === 'newest' && after !== null, (qb) => qb.where('devices.id', '<', after!.id))
    .$if(sort === 'seen', (qb) =>
      qb.where('s.seen_on', 'is not', null).orderBy('s.seen_on', 'desc').orderBy('s.device_id', 'desc'),
    )
    .$if(sort === 'silent', (qb) => qb.where('s.seen_on', 'is not', null).orderBy('s.seen_on').orderBy('s.device_id'))
    .$if(sort !== 'newest' && after?.seenOn != null, (qb) =>
      qb.where(
        sort === 'seen'
          ? sql<boolean>`(s.seen_on, s.device_id) < (${after!.seenOn}::date, ${after!.id})`
          : sql<boolean>`(s.seen_on, s.device_id) > (${after!.seenOn}::date, ${after!.id})`,
      ),
    )
    .limit(input.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, input.limit)
  return {
    total: await countSome(db, matching.select('devices.id')),
    next: last === null ? null : { id: last.id, seenOn: last.seen_on },
    devices: page.map((row) => ({
      id: row.id,
      serialNumber: row.serial_number,
      assetTag: row.asset_tag,
      manufacturer: row.manufacturer,
      model: row.model,
      lifeCycle: row.life_cycle,
      holder: row.holder_kind,
      known: row.known,
      proof: row.proof as ProofLevel | null,
      assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name },
      lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    })),
  }
}

/** Every source that ever saw a device: what the list can be asked for. */
export async function listSources(db: Db): Promise<string[]> {
  // One step in the index per source, however many devices there are.
  const { rows } = await sql<{ source: string }>`
    with recursive one as (
      (select source from device_seen where source > ${ANY_SOURCE} order by source limit 1)
      union all
      select (select source from device_seen where source > one.source order by source limit 1) from one where one.source is not null
    ) select source from one where source is not null`.execute(db)
  return rows.map((row) => row.source)
}
