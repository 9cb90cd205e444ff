// Reads the parts of a house from the ends of a segment: apartments, suites, floors, codes.
import { languageOf } from './orders.ts'
import {
  directionWords,
  germanFloorWords,
  germanUnitWords,
  loneUnitWords,
  nameWords,
  spanishUnitWords,
  suffixWords,
  unitWords,
  unitWordsAbroad,
} from './words.ts'

/** One part of a unit: its standard word (`apt`, `ste`, `#` when only a code was given) and its id. */
export interface Unit {
  word: string
  id: string
}

export interface FoundUnit {
  unit: Unit
  /** How many tokens it takes. */
  length: number
}

const ORDINAL = /^(\d{1,3})(?:st|nd|rd|th|e|er|eme|o|a)$/
const NUMBERED_ROADS = new Set(['hwy', 'rte', 'fwy', 'loop'])
const ROAD_OWNERS = new Set([
  'county',
  'co',
  'cnty',
  'state',
  'us',
  'farm',
  'market',
  'ranch',
  'township',
  'twp',
  'forest',
  'fs',
])

/** Whether the token there is a road that goes by a number: Highway #9, County Road No. 12, but not Frontage Road #4. */
export function isNumberedRoad(tokens: string[], at: number): boolean {
  const road = suffixWords.get(tokens.at(at) ?? '') ?? ''
  const before = tokens.at(at - 1) ?? ''
  const isNamed = /^\p{L}{3,}$/u.test(before) && !ROAD_OWNERS.has(before) && !directionWords.has(before)
  return (NUMBERED_ROADS.has(road) && !isNamed) || (road === 'rd' && ROAD_OWNERS.has(tokens.at(at - 1) ?? ''))
}

/** The standard word of a unit in the country's language; undefined for other words. */
export function unitWord(token: string | undefined, country: string): string | undefined {
  if (token === undefined) return undefined
  const language = languageOf(country)
  if (language === 'german') return germanUnitWords.get(token) ?? unitWords.get(token)
  if (language === 'other') return unitWordsAbroad.get(token) ?? unitWords.get(token)
  return unitWords.get(token) ?? (country === 'US' ? spanishUnitWords.get(token) : undefined)
}

/** The unit that the tokens end with, and how many of them it takes. */
export function unitAtEnd(tokens: string[], country: string): FoundUnit | null {
  const [before, word, mark, id] = [tokens.at(-4), tokens.at(-3), tokens.at(-2), tokens.at(-1)]
  if (id === undefined) return null
  const wordFor = (token: string | undefined) => unitWord(token, country)
  if (isUnitId(id)) {
    const marked = mark === '#' || mark === 'nr' || mark === 'no' || mark === 'num' ? wordFor(word) : undefined
    if (marked && marked !== 'no') return { unit: { word: marked, id: unitId(id) }, length: 3 }
    if (mark === '#' && !isNumberedRoad(tokens, -3)) return { unit: { word: '#', id: unitId(id) }, length: 2 }
    const unit = wordFor(mark)
    if (unit && !(unit === 'no' && isNumberedRoad(tokens, -3))) {
      return { unit: { word: unit, id: unitId(id) }, length: 2 }
    }
    // Apt 4 B
    const parted =
      /^\d+$/.test(mark ?? '') && /^\p{L}$/u.test(id) && !isNumberedRoad(tokens, -4)
        ? word === '#'
          ? '#'
          : wordFor(word)
        : undefined
    if (parted) {
      const outer = word === '#' ? wordFor(before) : undefined
      return { unit: { word: outer ?? parted, id: `${mark}${id}` }, length: outer ? 4 : 3 }
    }
  }
  if (wordFor(mark) === 'fl' && /^(?:ground|top|lower|upper|main)$/.test(id))
    return { unit: { word: 'fl', id }, length: 2 }
  const isGermanFloor = languageOf(country) === 'german' && germanFloorWords.get(mark ?? '') === 'og'
  if (isGermanFloor && /^\d{1,2}$/.test(id)) return { unit: { word: 'og', id }, length: 2 }
  return floorAtEnd(tokens, country) ?? loneUnitAtEnd(tokens, country)
}

/** `2nd floor`, and `2 OG` in German. */
function floorAtEnd(tokens: string[], country: string): FoundUnit | null {
  const [floor, word = ''] = [tokens.at(-2), tokens.at(-1)]
  const number = ORDINAL.exec(floor ?? '')?.[1] ?? ORDINAL.exec(nameWords.get(floor ?? '') ?? '')?.[1]
  if (number && unitWord(word, country) === 'fl') return { unit: { word: 'fl', id: number }, length: 2 }
  if (
    tokens.length > 3 &&
    /^\d{1,2}$/.test(floor ?? '') &&
    languageOf(country) === 'english' &&
    unitWord(word, country) === 'fl'
  )
    return { unit: { word: 'fl', id: floor! }, length: 2 }
  const isNamed = floor === 'ground' || floor === 'top' || floor === 'lower' || floor === 'upper' || floor === 'main'
  if (isNamed && (unitWord(word, country) === 'fl' || word === 'level'))
    return { unit: { word: 'fl', id: floor }, length: 2 }
  const germanFloor = languageOf(country) === 'german' ? germanFloorWords.get(word) : undefined
  if (!germanFloor) return null
  // In Hauptstr. 5 OG the 5 is the house.
  const isCounted =
    /^\d{1,2}$/.test(floor ?? '') && (tokens.length === 2 || tokens.slice(0, -2).some((token) => /\d/.test(token)))
  if (germanFloor === 'og' && isCounted) return { unit: { word: 'og', id: floor! }, length: 2 }
  return { unit: { word: germanFloor, id: '' }, length: 1 }
}

/** `100 Main St Rear`, `Ground Floor Flat`: only behind a street suffix, a direction or another unit, since these words are names too. */
function loneUnitAtEnd(tokens: string[], country: string): FoundUnit | null {
  const last = tokens.at(-1)!
  const [mark = '', before] = [tokens.at(-3), tokens.at(-2)]
  if (last === 'flat' && (country === 'GB' || country === 'IE')) {
    const inner = floorAtEnd(tokens.slice(0, -1), country)
    if (inner) return { unit: inner.unit, length: inner.length + 1 }
    if (before === 'basement' || before === 'garden')
      return { unit: { word: before === 'basement' ? 'bsmt' : 'garden flat', id: '' }, length: 2 }
  }
  const word = loneUnitWords.get(last)
  const isBehindStreet =
    tokens.length > 3 && (suffixWords.has(before!) || directionWords.has(before!) || ORDINAL.test(before!))
  const isBehindUnit = isUnitId(before ?? '') && (mark === '#' || unitWords.has(mark))
  return word && (before === undefined || isBehindStreet || isBehindUnit) ? { unit: { word, id: '' }, length: 1 } : null
}

export function isUnitId(token: string): boolean {
  if (/\p{N}/u.test(token)) return token.length <= 14 && !/^\d+(?:st|nd|rd|th)$/.test(token)
  // Dock Rd and Bay Ne are streets.
  const isStreetWord = token.length > 1 && (suffixWords.has(token) || directionWords.has(token))
  return token.length <= 2 && /\p{L}/u.test(token) && !isStreetWord
}

/** A unit's id in one spelling: 4-B is 4b. */
export function unitId(token: string): string {
  return (
    token
      .replace(/(?<=\p{L})-(?=\p{N})|(?<=\p{N})-(?=\p{L})|(?<=\p{N})\/(?=\p{L})/gu, '')
      .replace(/^0+(?=\d)/, '')
      // 3º B is 3 B.
      .replace(/(?<=^\d{1,2})[oa](?=\p{L}$)/u, '')
  )
}
