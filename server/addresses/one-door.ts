// One door in two writings: an address that proves to be another on file, slips and left-out parts forgiven, goes by that one's keys.
import { sql } from 'kysely'
import type { Tx } from '../lib/database.ts'
import { NORMALISER_VERSION, type storedKeys } from './keys.ts'
import { type Address, parseAddress } from './parse.ts'
import { comparePrepared, type Prepared, prepareAddress } from './prepared.ts'

/** So many doors under one house number are compared with; more are a block of flats, whose writing is known by then. */
const LOOKED_AT = 100

/** The keys by which an address is known to be another on file; null where its own are the only ones. */
export interface LinkedKeys {
  linked_door_key: string | null
  linked_building_key: string | null
  /** Under what it is looked for: its house number in its postal code, and in its city. */
  site_hints: string[]
}

interface Known {
  prepared: Prepared
  door_key: string | null
  building_key: string
  linked_door_key: string | null
  linked_building_key: string | null
}

/** Finds the older address that this one is. Compares with what is on file as of now; `exceptId` is itself. */
export async function linkedKeys(
  tx: Tx,
  address: Address,
  { door_key: door, building_key: building }: Pick<ReturnType<typeof storedKeys>, 'door_key' | 'building_key'>,
  exceptId: string | null = null,
): Promise<LinkedKeys> {
  const site_hints = building === null ? [] : hintsOf(address)
  if (building === null || site_hints.length === 0)
    return { linked_door_key: null, linked_building_key: null, site_hints }
  const known = await knownAt(tx, { site_hints, door, building, exceptId })
  const prepared = prepareAddress(address)
  const linkedBuilding = buildingAmong(known, prepared, building)
  const linkedDoor =
    door === null
      ? null
      : linkedBuilding === null
        ? doorAmong(known, prepared, door)
        : `${linkedBuilding}${door.slice(building.length)}`
  return { linked_door_key: linkedDoor, linked_building_key: linkedBuilding, site_hints }
}

function hintsOf(address: Address): string[] {
  const parsed = parseAddress(address)
  if (parsed === null || parsed.box !== null || parsed.number === '') return []
  const { country, postalCode, city, region, number } = parsed
  return [postalCode, city && `${city} ${region}`].filter(Boolean).map((place) => `${country}|${place}|${number}`)
}

/** Those under the same house number, the oldest of each door: its own writing first. */
async function knownAt(
  tx: Tx,
  input: { site_hints: string[]; door: string | null; building: string; exceptId: string | null },
): Promise<Known[]> {
  const { rows } = await sql<
    Omit<Known, 'prepared'> & Record<'line1' | 'line2' | 'city' | 'region' | 'postal_code' | 'country', string | null>
  >`
    select * from (
      select distinct on (coalesce(door_key, building_key)) line1, line2, city, region, postal_code, country,
        door_key, building_key, linked_door_key, linked_building_key, recorded_at, id
      from address_versions
      where site_hints && ${input.site_hints}::text[] and building_key is not null and line1 is not null
        and withdrawn_at is null and use <> 'identity' and normaliser_version = ${NORMALISER_VERSION}
        and id is distinct from ${input.exceptId}
      order by coalesce(door_key, building_key), recorded_at, id) known
    order by (door_key is not distinct from ${input.door}) desc, (building_key = ${input.building}) desc, recorded_at, id
    limit ${LOOKED_AT}`.execute(tx)
  return rows.map(({ line1, line2, city, region, postal_code, country, ...keys }) => ({
    ...keys,
    prepared: prepareAddress({
      line1: line1 ?? '',
      line2: line2 ?? '',
      city: city ?? '',
      region: region ?? '',
      postalCode: postal_code ?? '',
      country: country ?? '',
    }),
  }))
}

/** The key of a building that this one is whichever flat is meant; null where it has its own writing only. */
function buildingAmong(known: Known[], prepared: Prepared, own: string): string | null {
  const same = known.find((one) => one.building_key === own)
  if (same) return same.linked_building_key
  const here = { ...prepared, unit: 'here' }
  return agreed(
    known,
    (one) => one.linked_building_key ?? one.building_key,
    (one) => comparePrepared(here, { ...one.prepared, unit: 'there' }) === 'same building',
  )
}

/** The key of a door that this one is, where a slip in a short name needs the same flat to be none. */
function doorAmong(known: Known[], prepared: Prepared, own: string): string | null {
  const same = known.find((one) => one.door_key === own)
  if (same) return same.linked_door_key
  return agreed(
    known.filter((one) => one.door_key !== null),
    (one) => one.linked_door_key ?? one.door_key!,
    (one) => comparePrepared(prepared, one.prepared) === 'same door',
  )
}

/** The first key of which all say that they are this: streets of one name in one city stay two, whoever left out the code. */
function agreed(known: Known[], keyOf: (one: Known) => string, isThis: (one: Known) => boolean): string | null {
  for (const [key, all] of Map.groupBy(known, keyOf)) if (all.every(isThis)) return key
  return null
}
