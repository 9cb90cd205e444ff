// The keys by which two addresses are known to be one door or one building.
import type { Unit } from './lines.ts'
import { type Address, type Parsed, parseAddress } from './parse.ts'

/** Raised whenever an address could get another key than before, so that stored keys are made again. */
export const NORMALISER_VERSION = 2

export interface AddressKeys {
  version: number
  /** `us|02110|quay st|14|apt 4`; the building's key where no unit is given. */
  door: string | null
  /** `us|02110|quay st|14`; null for boxes at a post office. */
  building: string | null
  /** Something in the lines found no place, or the house number is missing: such keys never link. */
  doubtful: boolean
}

/** Words that people swap freely for one and the same door. */
const SWAPPED = new Set(['apt', 'ste', 'unit', '#', 'rm', 'flat', 'no'])

/** Keys of an address; null without number, street and place (postal code, or city and region). Never throws. */
export function addressKeys(address: Address): AddressKeys {
  const parsed = parseAddress(address)
  return parsed ? keysOf(parsed) : { version: NORMALISER_VERSION, door: null, building: null, doubtful: true }
}

/** `addressKeys` of what is parsed already. */
export function keysOf(parsed: Parsed): AddressKeys {
  const site = siteKeysOf(parsed)[0] ?? null
  const unit = unitKey(parsed.units)
  const shared = parsed.box?.kind === 'packstation' || parsed.box?.kind === 'post office'
  const door = site && (unit ? `${site}|${unit}` : parsed.box?.kind === 'general delivery' || shared ? null : site)
  return {
    version: NORMALISER_VERSION,
    door,
    building: parsed.box && !shared ? null : site,
    doubtful: isDoubtful(parsed) || site === null,
  }
}

/** The keys as they are kept with an address on file: none that is doubtful. */
export function storedKeys(address: Address): {
  door_key: string | null
  building_key: string | null
  normaliser_version: number
} {
  const { door, building, doubtful, version } = addressKeys(address)
  return {
    door_key: doubtful ? null : door,
    building_key: doubtful ? null : building,
    normaliser_version: version,
  }
}

/** Every key under which this building or box may be listed: by postal code, and by city and region. */
export function siteKeysOf(parsed: Parsed): string[] {
  const spot = spotOf(parsed)
  const country = parsed.country.toLowerCase()
  return spot === null ? [] : placeNames(parsed).map((place) => `${country}|${place}|${spot}`)
}

/** The unit as it stands in a door key; null without one. */
export function unitKey(units: Unit[]): string | null {
  if (units.length === 0) return null
  return units
    .map(({ word, id }) => (id ? `${SWAPPED.has(word) ? 'apt' : word} ${id}` : word))
    .sort()
    .join(' ')
}

function spotOf({ box, street, number }: Parsed): string | null {
  if (box && !street) return box.number ? `${box.kind}|${box.number}` : null
  return street && number ? `${street}|${number}` : null
}

function placeNames({ postalCode, city, region }: Parsed): string[] {
  return [postalCode, city && region && `${city} ${region}`].filter((name) => name !== '')
}

/** A box beside a street leaves open which of the two is meant. */
function isDoubtful({ leftOver, box, street, number }: Parsed): boolean {
  return leftOver.length > 0 || (box !== null && street !== '') || (box === null && number === '')
}
