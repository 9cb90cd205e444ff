// Known places, indexed so that an address is looked up among thousands in a step: by building or box, and by name.
import { siteKeysOf, unitKey } from './keys.ts'
import { type KnownPlace, parsePlace } from './known-places.ts'
import type { Unit } from './lines.ts'
import { type Parsed, type Place, placeOf } from './parse.ts'
import { tokensOf } from './tokens.ts'

interface Listed {
  place: KnownPlace
  units: Unit[]
  pattern: RegExp | null
}

interface Named {
  place: KnownPlace
  name: string
  /** Where only the name counts; null: everywhere. */
  within: Partial<Place> | null
}

interface PlaceIndex {
  byKey: Map<string, Listed[]>
  byFirstWord: Map<string, Named[]>
}

/** Lists rarely change and are used many times: each is indexed once. */
const indexes = new WeakMap<readonly KnownPlace[], PlaceIndex>()

export function indexOf(places: readonly KnownPlace[]): PlaceIndex {
  const known = indexes.get(places)
  if (known) return known
  const index: PlaceIndex = { byKey: new Map(), byFirstWord: new Map() }
  for (const place of places) {
    if (place.line1) addListed(index, place)
    else addNamed(index, place)
  }
  indexes.set(places, index)
  return index
}

function addListed({ byKey }: PlaceIndex, place: KnownPlace): void {
  const parsed = parsePlace(place)
  if (!parsed) return
  const pattern = place.unitPattern === null ? null : new RegExp(place.unitPattern, 'u')
  for (const key of siteKeysOf(parsed)) push(byKey, key, { place, units: parsed.units, pattern })
}

function addNamed({ byFirstWord }: PlaceIndex, place: KnownPlace): void {
  const words = tokensOf(place.name)
  if (words.length > 0) push(byFirstWord, words[0]!, { place, name: words.join(' '), within: scopeOf(place) })
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

function scopeOf(place: KnownPlace): Partial<Place> | null {
  const read = placeOf(place)
  if (!read) return null
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== ''))
}

/** What an address is among known places: by a unit of the place's own form, by its own door, or in its building. */
export interface Found {
  place: KnownPlace
  by: 'code' | 'door' | 'building' | 'name'
}

/**
 * The place that an address is, null where it is none. `codes`: what may be a customer's code. Where several are listed
 * in one building, the code decides, then the surest; a mere building says that no unit was given.
 */
export function findByAddress(index: PlaceIndex, parsed: Parsed, codes: readonly string[]): Found | null {
  const listed = siteKeysOf(parsed).flatMap((key) => index.byKey.get(key) ?? [])
  if (listed.length === 0) return null
  const byCode = surest(listed.filter(({ pattern }) => pattern && codes.some((code) => pattern.test(code))))
  if (byCode) return { place: byCode.place, by: 'code' }
  const byDoor = surest(listed.filter(({ place, units }) => !place.multiTenant || isWithin(units, parsed.units)))
  if (byDoor) return { place: byDoor.place, by: 'door' }
  const inside = parsed.units.length === 0 ? surest(listed) : null
  return inside && { place: inside.place, by: 'building' }
}

/** The earlier of two that are equally sure: ours stand before the company's, so that adding an entry hides none. */
function surest(listed: Listed[]): Listed | null {
  return listed.reduce<Listed | null>(
    (best, one) => (best === null || one.place.confidence > best.place.confidence ? one : best),
    null,
  )
}

/** The place's own unit is among those given (`Ste 1703` in `Ste 1703 PMB 12345`). */
function isWithin(own: Unit[], given: Unit[]): boolean {
  const keys = new Set(given.map((unit) => unitKey([unit])))
  return own.length > 0 && own.every((unit) => keys.has(unitKey([unit])))
}

/** The place that one of these texts names as whole words; null where none does. */
export function findByName(index: PlaceIndex, texts: readonly string[], where: Place | null): KnownPlace | null {
  let best: Named | null = null
  for (const text of texts) {
    const whole = ` ${text} `
    for (const word of new Set(text.split(' '))) {
      for (const named of index.byFirstWord.get(word) ?? []) {
        if (best !== null && best.name.length >= named.name.length) continue
        if (whole.includes(` ${named.name} `) && isThere(named, where)) best = named
      }
    }
  }
  return best?.place ?? null
}

function isThere({ within }: Named, where: Place | null): boolean {
  if (within === null) return true
  if (where === null) return false
  // A postal code says more than the name of a city, which is written in many ways.
  if (within.postalCode && where.postalCode) {
    return within.country === where.country && within.postalCode === where.postalCode
  }
  return (['country', 'region', 'city'] as const).every((part) => !within[part] || within[part] === where[part])
}
