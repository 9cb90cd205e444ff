// Finds the city at the end of a line: by commas, by names that are known, by where the street is whole.
import type { Places } from '../ports.ts'
import { hasDigit, textOf, type Word } from './line-words.ts'
import { endsAsStreet } from './street-names.ts'
import { tokensOf } from './tokens.ts'
import { unitAtEnd } from './units.ts'
import { directionWords, nameWords, suffixWords } from './words.ts'

/** Knows cities by name; without it a city is found by commas and by where the street ends. */
export type Cities = Pick<Places, 'locateCity'>

export interface CityPlace {
  country: string
  region: string
  /** A region or a postal code follows, so that a city is to be expected. */
  isTold: boolean
}

/** How many of the last words are the city; 0 where none is told. */
export function cityAtEnd(words: Word[], place: CityPlace, cities?: Cities): number {
  let best = { length: 0, score: 0.1 }
  for (let length = 1; length <= Math.min(5, words.length); length++) {
    const [tail, rest] = [words.slice(-length), words.slice(0, -length)]
    if (tail.some(({ text, ends }, i) => /\d|#/.test(text) || (ends && i < length - 1))) break
    const score = cityScore(tail, rest, place, cities)
    if (score >= best.score) best = { length, score }
  }
  return best.length
}

/** How well the line parts before its last words: by a comma, by a city's name, by a street that is whole. */
function cityScore(tail: Word[], rest: Word[], place: CityPlace, cities?: Cities): number {
  const city = textOf(tail)
  const tokens = tokensOf(city)
  const isParted = rest.length === 0 || rest.at(-1)!.ends
  const isShort = (tokens.at(-1) ?? '').length < 3 && !isParted
  const isKnown =
    cities?.locateCity({ city: spelledOut(city), region: place.region || null, country: place.country }) != null
  const isWhole = rest.length > 0 && endsWhole(rest, place.country)
  // Evergreen Pk is a city when the street in front of it is whole.
  const isLost = isShort && !isKnown && !(isWhole && place.isTold && tokens.length > 1)
  if (tokens.length === 0 || isLost || !canBeCity(tokens, place.country, isKnown || isParted)) return -1
  const isStreetWord = suffixWords.has(tokens[0]!) && !isParted
  if (!isKnown && isStreetWord && (tokens.length === 1 || !isTypeless(tokens[0]!))) return -1
  if (!place.isTold && !isUntoldCity(tokens, rest, { isKnown, isParted })) return -1
  if (!isKnown && !isParted && tokens.some((token) => token !== 'st' && !isTypeless(token))) return -1
  if (!isParted && !isWhole && !isKnown) return tail.length === 1 ? 0.5 : 0
  const parted = rest.length === 0 ? 2 : isParted ? 4 : 0
  return (isKnown ? 3 : 0) + parted + (isWhole ? 2 : 0)
}

/** E Grand Rapids is East Grand Rapids. */
const spelledOut = (city: string) =>
  city.replace(
    /^[nsew]\.?(?= )/i,
    (letter) => ({ n: 'North', s: 'South', e: 'East', w: 'West' })[letter[0]!.toLowerCase()]!,
  )

/** Without region and postal code, a city stands behind a comma or behind a numbered street that is whole. */
function isUntoldCity(
  tokens: string[],
  rest: Word[],
  { isKnown, isParted }: { isKnown: boolean; isParted: boolean },
): boolean {
  if (rest.length < 2 || !hasDigit(rest)) return false
  if (isParted) return isKnown || !endsAsStreet(tokens)
  if (/\bbox #? ?\d+\w?$/i.test(textOf(rest))) return true
  return isWholeStreet(rest) && (isKnown || !endsAsStreet(tokens) || tokens.length > 1) && !suffixWords.has(tokens[0]!)
}

/** A house number, a name and a type that ends a street for sure. */
export function isWholeStreet(words: Word[]): boolean {
  const tokens = tokensOf(textOf(words))
  const named = tokens.filter((token) => !directionWords.has(token))
  return /^\d/.test(tokens[0] ?? '') && named.length > 2 && endsAsStreet(tokens) && !isTypeless(named.at(-1)!)
}

/** Words that are as often a city's as a street's: Park Ridge, Lake Forest, Fort Worth. */
const isTypeless = (word: string) =>
  !/^(?:street|avenue|ave|av|road|rd|drive|dr|lane|ln|court|ct|boulevard|blvd|place|pl|terrace|circle|cir|way|st)$/.test(
    word,
  )

/** What stands behind a number or a name as a part of a house. */
const NO_CITY = new Set(
  'fl flr floor level suite apt apartment unit room building bldg box penthouse rear front lobby basement'.split(' '),
)

/** A direction or a unit is no beginning of a city; NW Norcross is Norcross. */
function canBeCity(tokens: string[], country: string, isKnown: boolean): boolean {
  const [first = '', last = ''] = [tokens[0], tokens.at(-1)]
  if (/^(?:ne|nw|se|sw|of|and|at|attn|careof)$/.test(first) || tokens.includes('and')) return false
  if (/^[nsew]$/.test(first)) return isKnown && tokens.length > 1
  if ((first.length === 1 && tokens.length > 1) || (NO_CITY.has(first) && !isKnown)) return false
  if (tokens.every((token) => /^\d/.test(nameWords.get(token) ?? token))) return false
  if (tokens.every((token) => directionWords.has(token)) || (tokens.length < 3 && NO_CITY.has(last))) return false
  return ![1, 2, 3].some((length) => unitAtEnd(tokens.slice(0, length), country)?.length === length)
}

/** The words end with a street's type, a direction behind one, a unit or a number. */
export function endsWhole(words: Word[], country: string): boolean {
  const tokens = tokensOf(textOf(words.slice(words.findLastIndex(({ ends }, i) => ends && i < words.length - 1) + 1)))
  const last = tokens.at(-1) ?? ''
  return (
    endsAsStreet(tokens) ||
    unitAtEnd(tokens, country) !== null ||
    (/\d/.test(last) &&
      (endsAsStreet(tokens.slice(0, -1)) || /^(?:hwy|highway|route|rte|rt|us|road|rd)$/.test(tokens.at(-2) ?? '')))
  )
}
