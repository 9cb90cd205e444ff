// Where an office or a second home is that somebody declared: its line is read once, and kept with the declaration.
import { z } from 'zod'
import type { Places } from '../ports.ts'
import { NORMALISER_VERSION, storedKeys } from './keys.ts'
import { parseAddressLine } from './one-line.ts'

/** Kinds of declaration whose value is an address line. */
export const placedKinds: readonly string[] = ['office', 'second_home']

const declaredPlaceSchema = z.object({
  version: z.number(),
  /** As the keys of addresses; null where the line names no door, or no building. */
  doorKey: z.string().nullable(),
  buildingKey: z.string().nullable(),
  place: z.object({
    city: z.string().nullable(),
    region: z.string().nullable(),
    country: z.string().nullable(),
    circle: z.object({ latitude: z.number(), longitude: z.number(), radiusKm: z.number() }).nullable(),
  }),
})
export type DeclaredPlace = z.infer<typeof declaredPlaceSchema>

/** Where a line names no country and its postal code tells none either: most who write so are there. */
const USUAL_COUNTRY = 'US'

/** Reads the line; what it does not tell is null. Without `places` cities are found less surely and nothing is placed. */
export function readDeclaredPlace(line: string, places: Pick<Places, 'locateCity'> | null): DeclaredPlace {
  const told = parseAddressLine(line, '', places ?? undefined)
  const address = told.country === '' ? parseAddressLine(line, USUAL_COUNTRY, places ?? undefined) : told
  const { door_key: doorKey, building_key: buildingKey, normaliser_version: version } = storedKeys(address)
  const named = { city: address.city || null, region: address.region || null, country: address.country || null }
  const place = { ...named, circle: places?.locateCity(named) ?? null }
  // A city alone may lie in any country.
  const isTold = told.country !== '' || buildingKey !== null || (place.circle !== null && place.region !== null)
  return { version, doorKey, buildingKey, place: isTold ? place : nowhere }
}

const nowhere: DeclaredPlace['place'] = { city: null, region: null, country: null, circle: null }

/**
 * The place that is kept with a declaration. One that was made before places were kept, or by an older normaliser, is
 * read anew from its line. Null for other kinds, and where the line was erased.
 */
export function keptPlace(row: { kind: string; value: string | null; place: unknown }): DeclaredPlace | null {
  if (!placedKinds.includes(row.kind) || row.value === null) return null
  const kept = declaredPlaceSchema.safeParse(row.place)
  if (kept.success && kept.data.version === NORMALISER_VERSION) return kept.data
  return { ...readDeclaredPlace(row.value, null), ...(kept.success ? { place: kept.data.place } : {}) }
}

/** What is wrong with a line that an office or a second home is declared by; null where it says enough. */
export function faultOfPlace(kind: string, line: string, places: Places): string | null {
  if (!placedKinds.includes(kind)) return null
  const { buildingKey, place } = readDeclaredPlace(line, places)
  if (buildingKey !== null || (kind === 'second_home' && place.circle !== null)) return null
  return kind === 'office'
    ? 'cannot be read as one building: write its whole address in one line, as in “12 Maple Street, Boston, MA 02118, USA”'
    : 'cannot be found on a map: write its address in one line, or its city with region and country'
}
