// Says how near two addresses are: by their parts, and in km where both can be placed.
import { type Circle, distanceKm } from '../lib/geo.ts'
import { keysOf, unitKey } from './keys.ts'
import { type Address, type Parsed, type Place, parseAddress, placeOf } from './parse.ts'

export interface Placed {
  address: Address
  circle: Circle | null
}

/** The closest relation that both addresses prove; further ones may hold too. */
type Relation =
  | 'same door'
  | 'same building'
  | 'same street'
  | 'same city'
  | 'same region'
  | 'same country'
  | 'elsewhere'
  | 'cannot tell'

export interface Comparison {
  relation: Relation
  /** Between the two centres; null where either cannot be placed. */
  km: number | null
}

/** Compares two addresses; 'cannot tell' when a country is unknown. Never throws. */
export function compareAddresses(a: Placed, b: Placed): Comparison {
  return {
    relation: relationOf(a.address, b.address),
    km: a.circle && b.circle ? distanceKm(a.circle, b.circle) : null,
  }
}

function relationOf(a: Address, b: Address): Relation {
  const [placeA, placeB] = [placeOf(a), placeOf(b)]
  if (!placeA || !placeB) return 'cannot tell'
  if (placeA.country !== placeB.country) return 'elsewhere'
  const [parsedA, parsedB] = [parseAddress(a), parseAddress(b)]
  const within = parsedA && parsedB && isSamePostalPlace(placeA, placeB) ? relationWithin(parsedA, parsedB) : null
  return within ?? relationOfPlaces(placeA, placeB)
}

function relationWithin(a: Parsed, b: Parsed): Relation | null {
  const [keysA, keysB] = [keysOf(a), keysOf(b)]
  const certain = !keysA.doubtful && !keysB.doubtful && keysA.door !== null && keysB.door !== null
  const isSameDoor = certain && unitKey(a.units) === unitKey(b.units)
  if (isSameBox(a, b)) return isSameDoor ? 'same door' : keysA.building ? 'same building' : null
  if (!a.street || a.street !== b.street) return null
  if (!a.number || a.number !== b.number) return 'same street'
  return isSameDoor ? 'same door' : 'same building'
}

function isSameBox(a: Parsed, b: Parsed): boolean {
  return a.box !== null && b.box !== null && a.box.kind === b.box.kind && a.box.number === b.box.number
}

/** Streets of one name exist twice in a large city: two different postal codes are two places. */
function isSamePostalPlace(a: Place, b: Place): boolean {
  return a.postalCode && b.postalCode ? a.postalCode === b.postalCode : isSameCity(a, b)
}

function relationOfPlaces(a: Place, b: Place): Relation {
  if (isSameCity(a, b) || (a.postalCode !== '' && a.postalCode === b.postalCode)) return 'same city'
  return a.region !== '' && a.region === b.region ? 'same region' : 'same country'
}

/** US and Canadian cities share names across regions, so there both regions must be told. */
function isSameCity(a: Place, b: Place): boolean {
  if (a.city === '' || a.city !== b.city) return false
  const needsRegion = a.country === 'US' || a.country === 'CA'
  return a.region === b.region ? a.region !== '' || !needsRegion : !needsRegion && (a.region === '' || b.region === '')
}
