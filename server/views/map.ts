// The map: how many devices were last in which place, counted by the database in one statement.
import { sql } from 'kysely'
import type { Db } from '../lib/database.ts'
import { counted, type PlaceKey, type WhereaboutsFilter, whereabouts } from './device-filter.ts'

/** So many places are told; the rest is counted. */
const PLACES_MAX = 500

export interface MapPlace extends PlaceKey {
  devices: number
  /** Of them, those behind a hosting, VPN or relay address: the place is its, not the laptop's. */
  exits: number
  /** The newest of them. */
  at: string
  circle: { latitude: number; longitude: number; radiusKm: number } | null
}

export interface MapView {
  /** The fullest first. */
  places: MapPlace[]
  devices: number
  /** Devices that told an address which cannot be placed. */
  unknown: number
  /** Devices that match but for having told no address at all; null where the filter asks for one. */
  untold: number | null
  /** Places beyond those told, and their devices. */
  rest: { places: number; devices: number }
}

/** Counts devices by their last place. */
export async function readMap(db: Db, filter: WhereaboutsFilter): Promise<MapView> {
  // Places are kept of devices that count only: who asks for nothing else needs no other table.
  const needsDevices = filter.proof.length > 0 || filter.abroad
  const { rows } = await sql<{
    country: string | null
    region: string | null
    city: string | null
    devices: number
    exits: number
    at: Date
    latitude: number | null
    longitude: number | null
    radius_km: number | null
  }>`
    select p.country, p.region, p.city, count(*) as devices,
      count(*) filter (where p.network in ('hosting', 'vpn', 'relay')) as exits, max(p.at) as at,
      avg(p.latitude) as latitude, avg(p.longitude) as longitude, max(p.radius_km) as radius_km
    from device_places p ${needsDevices ? sql`join devices on devices.id = p.device_id` : sql``}
    where ${sql.join([sql`true`, ...whereabouts(filter)], sql` and `)}
    group by p.country, p.region, p.city order by devices desc, p.country, p.region, p.city`.execute(db)
  const isKnown = (row: PlaceKey) => row.country !== null || row.city !== null
  const known = rows.filter(isKnown)
  const sum = (some: { devices: number }[]) => some.reduce((total, row) => total + row.devices, 0)
  const beyond = known.slice(PLACES_MAX)
  return {
    places: known.slice(0, PLACES_MAX).map((row) => ({
      country: row.country,
      region: row.region,
      city: row.city,
      devices: row.devices,
      exits: row.exits,
      at: row.at.toISOString(),
      circle:
        row.latitude === null || row.longitude === null
          ? null
          : { latitude: row.latitude, longitude: row.longitude, radiusKm: row.radius_km ?? 100 },
    })),
    devices: sum(rows),
    unknown: sum(rows.filter((row) => !isKnown(row))),
    untold: filter.network.length > 0 || filter.abroad ? null : (await countDevices(db, filter)) - sum(rows),
    rest: { places: beyond.length, devices: sum(beyond) },
  }
}

async function countDevices(db: Db, filter: WhereaboutsFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from devices where ${sql.join([counted, ...whereabouts(filter)], sql` and `)}`.execute(db)
  return rows[0]!.count
}
