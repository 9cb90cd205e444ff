// Addresses made ready once, so that two of them are compared without reading them again.
import { keysOf, unitKey } from './keys.ts'
import { isEnglish, isGerman } from './orders.ts'
import { type Address, parseAddress, placeOf } from './parse.ts'
import { isOneSlip, slipBetween } from './slips.ts'
import { directionWords, nameWords, suffixWords } from './words.ts'

/** The closest relation that both addresses prove; further ones may hold too. */
export type Relation =
  | 'same door'
  | 'same building'
  | 'same street'
  | 'same city'
  | 'same region'
  | 'same country'
  | 'elsewhere'
  | 'cannot tell'

/** An address in its parts; empty texts where it says nothing. */
export interface Prepared {
  country: string
  region: string
  city: string
  postalCode: string
  number: string
  street: string
  /** The street in whole words: `north quay street`. */
  spelled: string
  /** The street without its type (`quay`), and the type (`st`); the whole street where a type cannot be told. */
  stem: string
  type: string
  unit: string
  /** `po box 44`; empty without a box. */
  box: string
  /** The box stands in a building of its own, as a Packstation does. */
  isBoxBuilding: boolean
  /** Its door key is known and not doubtful. */
  isCertain: boolean
}

/** Reads an address for comparing. Never throws. */
export function prepareAddress(address: Address): Prepared {
  const place = placeOf(address)
  const parsed = place && parseAddress(address)
  const keys = parsed && keysOf(parsed)
  const { stem, type } = parsed ? stemOf(parsed.street, parsed.country) : { stem: '', type: '' }
  // One literal, so that all of them have one shape and comparing stays fast.
  return {
    country: place?.country ?? '',
    region: place?.region ?? '',
    city: place?.city ?? '',
    postalCode: place?.postalCode ?? '',
    number: parsed?.number ?? '',
    street: parsed?.street ?? '',
    spelled: parsed ? spelledOut(parsed.street, parsed.country) : '',
    stem,
    type,
    unit: (parsed && unitKey(parsed.units)) ?? '',
    box: parsed?.box ? `${parsed.box.kind} ${parsed.box.number}` : '',
    isBoxBuilding: parsed?.box != null && keys?.building != null,
    isCertain: keys !== null && !keys.doubtful && keys.door !== null,
  }
}

function stemOf(street: string, country: string): { stem: string; type: string } {
  if (!isEnglish(country)) return { stem: street, type: '' }
  const words = street.split(' ')
  const at = directionWords.has(words.at(-1)!) ? words.length - 2 : words.length - 1
  const type = at > 0 ? suffixWords.get(words[at]!) : undefined
  return type ? { stem: words.toSpliced(at, 1).join(' '), type } : { stem: street, type: '' }
}

/** The street in whole words, so that a slip in one of them (Nroth, Stret) still lies near it. */
function spelledOut(street: string, country: string): string {
  if (isGerman(country)) return germanStem(street)
  return isEnglish(country) ? street.replace(/[a-z0-9]+/g, (word) => longWords.get(word) ?? word) : street
}

/** Standard spelling to the whole word: n to north, 5th to fifth, ave to avenue. Where both are, dr is a drive, no doctor. */
const longWords = new Map([...longestOf(nameWords), ...longestOf(directionWords), ...longestOf(suffixWords)])

/** The longest spelling of each, plurals only of what is one itself (Trl is Trail, not Trails). */
function longestOf(words: Map<string, string>): Map<string, string> {
  const longest = new Map<string, string>()
  for (const [word, standard] of words) {
    const isPlural = word.endsWith('s') && !standard.endsWith('s')
    if (!isPlural && word.length > (longest.get(standard)?.length ?? 0)) longest.set(standard, word)
  }
  return longest
}

/** `hauptstrase` as `hauptstr`. */
function germanStem(street: string): string {
  for (const length of [8, 7, 6]) {
    if (street.length > length + 2 && isOneSlip(street.slice(-length), 'strasse'))
      return `${street.slice(0, -length)}str`
  }
  return street
}

// ── Comparing ──────────────────────────────────────────────────────────────────────────────────────────────

/** How near two addresses are; symmetric. 'cannot tell' when a country is unknown. */
export function comparePrepared(a: Prepared, b: Prepared): Relation {
  if (a.country === '' || b.country === '') return 'cannot tell'
  if (a.country !== b.country) return 'elsewhere'
  const within = isSamePostalPlace(a, b) ? relationWithin(a, b) : null
  return within ?? relationOfPlaces(a, b)
}

function relationWithin(a: Prepared, b: Prepared): Relation | null {
  const isSameUnit = a.unit === b.unit
  const isSameDoor = isSameUnit && a.isCertain && b.isCertain
  if (a.box !== '' && a.box === b.box) return isSameDoor ? 'same door' : a.isBoxBuilding ? 'same building' : null
  if (a.street === '' || b.street === '') return null
  if (a.number === '' || a.number !== b.number) return a.street === b.street ? 'same street' : null
  if (!isSameStreet(a, b, isSameUnit)) return null
  return isSameDoor ? 'same door' : 'same building'
}

/** The same name, or one slip of the same house number; a slip in a short word needs the same unit too. */
function isSameStreet(a: Prepared, b: Prepared, isSameUnit: boolean): boolean {
  if (a.street === b.street || a.spelled === b.spelled) return true
  const isTypeMissing = a.type !== b.type && (a.type === '' || b.type === '')
  if (isTypeMissing && a.stem === b.stem) return isSameUnit && isTelling(a.stem)
  const slip = slipBetween(a.spelled, b.spelled)
  return slip === 'long' || (slip === 'short' && isSameUnit)
}

/** A name that says enough without its type: 5th may be a street and an avenue, Quay is one of them. */
function isTelling(stem: string): boolean {
  return stem.length >= 4 && !/\d/.test(stem)
}

/** Streets of one name exist twice in a large city: two different postal codes are two places. */
function isSamePostalPlace(a: Prepared, b: Prepared): boolean {
  if (a.postalCode !== '' && b.postalCode !== '') return a.postalCode === b.postalCode
  return isSameCity(a, b, true)
}

function relationOfPlaces(a: Prepared, b: Prepared): Relation {
  if (isSameCity(a, b, false) || (a.postalCode !== '' && a.postalCode === b.postalCode)) return 'same city'
  return a.region !== '' && a.region === b.region ? 'same region' : 'same country'
}

/** US and Canadian cities share names across regions, so there both regions must be told. */
function isSameCity(a: Prepared, b: Prepared, slipAllowed: boolean): boolean {
  if (a.city === '' || b.city === '') return false
  const needsRegion = a.country === 'US' || a.country === 'CA'
  const isSameRegion =
    a.region === b.region ? a.region !== '' || !needsRegion : !needsRegion && (a.region === '' || b.region === '')
  return isSameRegion && (a.city === b.city || (slipAllowed && slipBetween(a.city, b.city) !== null))
}
