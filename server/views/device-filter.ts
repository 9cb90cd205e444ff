// Which devices are meant: the questions that the device list and the map have in common.
import { type Expression, type SqlBool, sql } from 'kysely'
import { ANY_SOURCE } from '../checkins/device-seen.ts'
import type { Db } from '../lib/database.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import type { IpPlace, ProofLevel } from '../ports.ts'

/** How long ago, in days of UTC: from the fewest to the most. After 30 days what was told is taken for unknown. */
export const seenBands = {
  today: [0, 0],
  week: [1, 7],
  month: [8, 30],
  older: [31, null],
} as const satisfies Record<string, [number, number | null]>
export type SeenBand = keyof typeof seenBands | 'never'

export const networkKinds = [
  'home',
  'mobile',
  'carrier NAT',
  'hosting',
  'vpn',
  'relay',
  'ours',
  'unknown',
] as const satisfies IpPlace['network'][]

/** A place as the map counts it: null where that part is not known, and all of them where nothing is. */
export interface PlaceKey {
  country: string | null
  region: string | null
  city: string | null
}

export interface WhereaboutsFilter {
  proof: (ProofLevel | 'none')[]
  network: IpPlace['network'][]
  /** The last place is in another country than the assignee's home. */
  abroad: boolean
}

export interface DeviceFilter extends WhereaboutsFilter {
  text: string
  lifeCycle: string[]
  holder: string[]
  known: boolean | null
  place: PlaceKey | null
  /** When it was last seen, by one source or by any. */
  seen: SeenBand | null
  source: string | null
}

/** The devices that count: not taken back, and not another record's, which is taken back by that. */
export const counted = sql<SqlBool>`devices.withdrawn_at is null`

// All homes at once and hashed, since the question is asked of every device.
const livesElsewhere = sql<SqlBool>`exists (
  select from (
    select distinct on (person_id) person_id, country from address_versions
    where use = 'home' and withdrawn_at is null and refused_at is null order by person_id, valid_from desc, id desc
  ) as home where home.person_id = devices.assignee_id and home.country <> p.country)`

/** Whether a device with its row of `device_places` (as `p`) answers the questions of the map. */
export function whereabouts({ proof, network, abroad }: WhereaboutsFilter): Expression<SqlBool>[] {
  const levels = proof.filter((level) => level !== 'none')
  return [
    ...(proof.length === 0
      ? []
      : [
          sql<SqlBool>`(devices.proof = any (${levels}::text[]) or (${proof.includes('none')} and devices.proof is null))`,
        ]),
    ...(network.length === 0 ? [] : [sql<SqlBool>`p.network = any (${network}::text[])`]),
    ...(abroad ? [livesElsewhere] : []),
  ]
}

/** Devices as the list asks for them, newest first or by their last day. */
export function matchingDevices(db: Db, filter: DeviceFilter, now: Date) {
  const text = filter.text.trim()
  const like = `${text.replace(/[\\%_]/g, '\\$&')}%`
  const needsPlace = filter.network.length > 0 || filter.abroad || filter.place !== null
  return db
    .selectFrom('devices')
    .where(counted)
    .$if(text !== '', (qb) =>
      qb.where((eb) =>
        eb.or([
          eb('serial_number', 'like', like.toUpperCase()),
          eb(eb.fn('lower', ['asset_tag']), 'like', like.toLowerCase()),
          eb(eb.fn('lower', ['model']), 'like', `%${like.toLowerCase()}`),
          eb(eb.fn('lower', ['hostname']), 'like', like.toLowerCase()),
        ]),
      ),
    )
    .$if(filter.lifeCycle.length > 0, (qb) => qb.where('life_cycle', 'in', filter.lifeCycle))
    .$if(filter.holder.length > 0, (qb) => qb.where('holder_kind', 'in', filter.holder))
    .$if(filter.known !== null, (qb) => qb.where('known', '=', filter.known!))
    .$if(needsPlace, (qb) =>
      qb.where(
        sql<SqlBool>`exists (select from device_places p where p.device_id = devices.id and ${sql.join(
          [...whereabouts({ ...filter, proof: [] }), ...(filter.place === null ? [] : [atPlace(filter.place)])],
          sql` and `,
        )})`,
      ),
    )
    .$if(filter.proof.length > 0, (qb) =>
      qb.where(whereabouts({ proof: filter.proof, network: [], abroad: false })[0]!),
    )
    .$if(filter.seen !== null, (qb) => qb.where(seenWithin(filter.seen!, filter.source ?? ANY_SOURCE, now)))
}

/** Each part plainly, so that the index by place serves. */
function atPlace(place: PlaceKey): Expression<SqlBool> {
  const parts = (['country', 'region', 'city'] as const).map((part) =>
    place[part] === null ? sql`${sql.ref(`p.${part}`)} is null` : sql`${sql.ref(`p.${part}`)} = ${place[part]}`,
  )
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}

function seenWithin(band: SeenBand, source: string, now: Date): Expression<SqlBool> {
  const row = sql`select from device_seen s where s.device_id = devices.id and s.source = ${source}`
  // Whatever was never seen has no proof, and that has an index.
  if (band === 'never')
    return sql<SqlBool>`not exists (${row})${source === ANY_SOURCE ? sql` and devices.proof is null` : sql``}`
  const [fewest, most] = seenBands[band]
  const day = (ago: number) => dayOf(plus(now, -ago * DAY))
  const from = most === null ? sql`` : sql` and s.seen_on >= ${day(most)}::date`
  const to = fewest === 0 ? sql`` : sql` and s.seen_on <= ${day(fewest)}::date`
  return sql<SqlBool>`exists (${row}${from}${to})`
}
