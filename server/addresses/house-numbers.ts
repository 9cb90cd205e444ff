// Reads house numbers: letters, fractions, grids, ranges, and the units that some countries write into them.
import { endsAsStreet } from './street-names.ts'
import { type Unit, unitId } from './units.ts'
import { directionWords, suffixWords, wordsAbroad } from './words.ts'

const HOUSE_NUMBER =
  /^(?:\d{1,6}(?:-?\p{L}|-?(?:bis|ter|quater)|\p{L}?-\d{1,6}\p{L}?|(?:\/\d{1,5}){1,3}\p{L}?|\/\p{L})?|\p{L}-?\d{1,6}|[nsew]\d{1,5}[nsew]\d{1,6})$/u
const FRACTION = /^[1-7]\/[2-8]$/
/** Half of a Wisconsin grid number: N6 W23001. */
const GRID_HALF = /^[nsew]\d{1,6}$/
const SPELLED_NUMBERS = new Map(
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, index) => [word, String(index + 1)] as [string, string])
    .concat('thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, index) => [word, `${index + 3}0`])),
)

export const isHouseNumber = (token: string) => HOUSE_NUMBER.test(token) && !/^\p{L}-?\d+$/u.test(token)

/** The number that a word spells (`one`); undefined for other words. */
export const spelledNumber = (word: string | undefined): string | undefined => SPELLED_NUMBERS.get(word ?? '')

interface FoundNumber {
  text: string
  /** How many tokens it takes. */
  length: number
}

/** The house number that the tokens begin with, as one text, and how many of them it takes (0: none). */
export function numberAt(tokens: string[], country: string): FoundNumber {
  const [first = '', second = '', third = '', fourth = ''] = tokens
  if (country === 'US' && /^[nsew]\d{1,6}[nsew]?$/.test(first) && GRID_HALF.test(second))
    return { text: first + second, length: 2 }
  const pair = `${first}${second}`
  if (country === 'US' && GRID_HALF.test(pair) && GRID_HALF.test(`${third}${fourth}`) && /^[nsew]$/.test(first))
    return { text: `${pair}${third}${fourth}`, length: 4 }
  if (!isHouseNumber(first) && !(/^[a-z]-?\d+$/.test(first) && endsAsStreet(tokens))) return { text: '', length: 0 }
  if (FRACTION.test(second) && third) return { text: `${first} ${second}`, length: 2 }
  // Canada: 4 - 123 Main St; but 123 17 Ave.
  if (country === 'CA' && /^\d+\p{L}?$/u.test(first) && /^\d+\p{L}?$/u.test(second) && third && !suffixWords.has(third))
    return { text: `${first}-${second}`, length: 2 }
  // 14 A Main St, 14 bis rue X; but 14 A Street.
  const isLetter =
    /^\p{L}$/u.test(second) &&
    /^\p{L}{2,}$/u.test(third) &&
    third !== 'and' &&
    !directionWords.has(second) &&
    /^\d+$/.test(first)
  const isLoneName = country === 'US' && tokens.length === 3 && /^\p{L}{4,}$/u.test(third) && !suffixWords.has(third)
  const isBeforeDirection = country === 'US' && directionWords.has(third) && fourth !== '' && !suffixWords.has(fourth)
  if (isLetter && (isLoneName || isBeforeDirection)) return { text: `${first}${second}`, length: 2 }
  if (isLetter && isNameOfStreet(tokens.slice(2), country)) return { text: `${first}${second}`, length: 2 }
  if (/^(?:bis|ter|quater)$/.test(second) && /^\d+$/.test(first) && third)
    return { text: `${first}${second}`, length: 2 }
  return { text: first, length: 1 }
}

/** Two words at least, a street's own one among them but not in front. */
function isNameOfStreet(tokens: string[], country: string): boolean {
  if (country === 'FR') return wordsAbroad.has(tokens[0] ?? '') && tokens.length > 1
  return !suffixWords.has(tokens[0] ?? '') && tokens.slice(1).some((token) => suffixWords.has(token))
}

/** The house number that the tokens end with: 5, 5 a, 5 1/2, in the Netherlands also 5 2; or null. */
export function wholeNumber(tokens: string[], country: string): FoundNumber | null {
  const [before = '', last = ''] = [tokens.at(-2), tokens.at(-1)]
  if (/^\d{1,5}$/.test(before)) {
    if (FRACTION.test(last)) return { text: `${before} ${last}`, length: 2 }
    if (/^(?:\p{L}|bis|ter)$/u.test(last)) return { text: `${before}${last}`, length: 2 }
    if (country === 'NL' && /^(?:\d{1,4}|hs|[iv]{1,4})$/.test(last)) return { text: `${before}-${last}`, length: 2 }
  }
  return isHouseNumber(last) ? { text: last, length: 1 } : null
}

/** The number in its standard form, and the unit that some countries write into it. */
export function houseNumber(token: string, country: string): { number: string; units: Unit[] } {
  const [first = '', second = '', third = ''] = token.split(/[-/]/)
  const isPair = /^\d+\p{L}?$/u.test(first) && second !== ''
  // Canada writes the unit before the number (4-100 Main St), as Australia does with a slash (4/100).
  if (country === 'CA' && isPair && token.includes('-') && /^\d/.test(second)) return unitBefore(first, second)
  if ((country === 'AU' || country === 'NZ') && isPair && token.includes('/')) return unitBefore(first, second)
  // Austria: house/stair/door. The Netherlands: house-addition. Poland: house/flat.
  const isFlatBehind = (country === 'AT' || country === 'PL') && token.includes('/')
  if (isPair && (isFlatBehind || (country === 'NL' && token.includes('-'))))
    return { number: first, units: [{ word: '#', id: [second, third].filter(Boolean).join('/') }] }
  return { number: unitId(token), units: [] }
}

const unitBefore = (unit: string, number: string) => ({ number, units: [{ word: '#', id: unit }] })
