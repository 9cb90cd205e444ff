// Parses an address into normalised parts: structured fields as given, only the two lines are read for more.
import { countryCode, regionCode } from '../lib/countries.ts'
import { plainText } from '../lib/plain.ts'
import { type Box, readLines, type Unit } from './lines.ts'
import { isGerman } from './orders.ts'
import { germanVowels } from './street-names.ts'
import { transliterate } from './transliterate.ts'
import { nameWords, suffixWords } from './words.ts'

/** An address as typed; an absent part is an empty string. */
export interface Address {
  line1: string
  line2: string
  city: string
  region: string
  postalCode: string
  country: string
}

/** The normalised place of an address. All lower case but the country. */
export interface Place {
  /** ISO 3166-1 alpha-2, upper case. */
  country: string
  city: string
  /** Code where we know the country's codes (US, CA), else the name as typed. */
  region: string
  /** Without spaces; US ZIP+4 cut to five; empty where it is not a whole code of its country. */
  postalCode: string
}

export interface Parsed extends Place {
  /** Empty where the street is named without one. */
  number: string
  street: string
  /** Standard words and ids: `apt 4`, `bldg 2 apt 4`, `# 4b`. */
  unit: string | null
  units: Unit[]
  box: Box | null
  /** Text that found no place: makes the address doubtful. */
  leftOver: string[]
}

/** Shapes of whole postal codes, spaces removed; other countries' codes are taken as they come. */
const POSTAL_SHAPES: Record<string, RegExp> = {
  US: /^\d{5}$/,
  DE: /^\d{5}$/,
  CA: /^[a-z]\d[a-z]\d[a-z]\d$/,
  GB: /^[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}$/,
}

/** Parses an address; null when its country is unknown or neither street nor box can be found. Never throws. */
export function parseAddress(address: Address): Parsed | null {
  const place = placeOf(address)
  if (!place) return null
  const { number, street, units, box, leftOver } = readLines(address, place.country)
  const told = street !== '' && (number !== '' || NAMED_STREETS.has(place.country))
  if (!told && !box) return null
  return { ...place, number: plainNumber(number, place), street, unit: unitText(units), units, box, leftOver }
}

/** Queens and Hawaii write 55-12 and 5512 for one house (USPS Publication 28, appendix D1); elsewhere 12-14 is a range. */
function plainNumber(number: string, { country, postalCode }: Place): string {
  const bare = number.replace(/^0+(?=\d)/, '')
  return country === 'US' && /^(?:11[0-6]|96[78])/.test(postalCode) ? bare.replace(/^(\d+)-(\d+)/, '$1$2') : bare
}

/** Countries whose streets we can tell from other names even without a house number. */
const NAMED_STREETS = new Set(['US', 'CA', 'GB', 'DE'])

/** The normalised place of an address, whatever its lines say; null when the country is unknown. */
export function placeOf(address: Pick<Address, 'city' | 'region' | 'postalCode' | 'country'>): Place | null {
  const told = countryCode(address.country)
  if (!told) return null
  const isTerritory = US_TERRITORIES.has(told)
  const country = isTerritory ? 'US' : told
  const region = isTerritory ? told : (regionCode(country, address.region) ?? plainText(address.region))
  return {
    country,
    city: cityName(address.city, country),
    region: region.toLowerCase(),
    postalCode: postalCode(country, address.postalCode),
  }
}

/** Countries of their own to ISO, regions to the United States' post (USPS Publication 28, appendix B). */
const US_TERRITORIES = new Set(['PR', 'GU', 'VI', 'AS', 'MP'])

function cityName(city: string, country: string): string {
  const name = transliterate(plainText(city))
    .split(' ')
    .map((word) => (SHORTENED.has(word) ? (suffixWords.get(word) ?? nameWords.get(word)!) : word))
    .join(' ')
  return isGerman(country) ? germanVowels(name) : name
}

/** Words of city names that are as often short as long. */
const SHORTENED = new Set(['saint', 'sainte', 'fort', 'mount', 'heights'])

function postalCode(country: string, text: string): string {
  const plain = plainText(text).replaceAll(' ', '')
  const code = country === 'US' ? zipCode(plain) : country === 'DE' ? plain.replace(/^d(?=\d{5}$)/, '') : plain
  const shape = POSTAL_SHAPES[country]
  return !shape || shape.test(code) ? code : ''
}

/** Nine digits are ZIP+4; spreadsheets drop the leading zero of New England and New Jersey. */
function zipCode(plain: string): string {
  if (/^\d{9}$/.test(plain)) return plain.slice(0, 5)
  return /^\d{4}$/.test(plain) ? `0${plain}` : plain
}

function unitText(units: Unit[]): string | null {
  return units.length === 0 ? null : units.map(({ word, id }) => (id ? `${word} ${id}` : word)).join(' ')
}
