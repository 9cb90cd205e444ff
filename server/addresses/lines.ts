// Reads line 1 and line 2 of an address: house number, street, units, box, and the names beside them.

import { regionCode } from '../lib/countries.ts'
import { segmentsOf, tokensOf } from './tokens.ts'
import {
  directionWords,
  firmWords,
  germanFloorWords,
  germanUnitWords,
  loneUnitWords,
  nameWords,
  suffixWords,
  unitWords,
} from './words.ts'

type BoxKind = 'po box' | 'rural route' | 'military' | 'packstation' | 'post office' | 'general delivery'

export interface Box {
  kind: BoxKind
  /** As normalised: `1234`, `rr 2 box 45`, `psc 12 box 345`; empty for general delivery. */
  number: string
}

/** One part of a unit: its standard word (`apt`, `ste`, `#` when only a code was given) and its id. */
export interface Unit {
  word: string
  id: string
}

/** What the two lines say; empty where they say nothing. */
export interface Lines {
  number: string
  street: string
  units: Unit[]
  box: Box | null
  /** Segments that name somebody or something: firms, care of, buildings. */
  names: string[]
  /** Text with digits or unit words that found no place; with it the address is doubtful. */
  leftOver: string[]
}

interface Reading extends Lines {
  country: string
  /** An APO, FPO or DPO address, where `Unit 2050 Box 4190` stands for a street. */
  isMilitaryPost: boolean
  /** A segment that looks like a street without a house number. */
  bareStreet: string
}

const HOUSE_NUMBER =
  /^(?:\d{1,6}(?:-?\p{L}|-?(?:bis|ter|quater)|-\d{1,6}\p{L}?|\/\d{1,5})?|[nsew]\d{1,5}[nsew]\d{1,6})$/u
/** A number on its own belongs to what follows: a house number to its street, a post number to its Packstation. */
const LONE_NUMBER = /^\d{1,10}(?:-?\p{L}|-\d{1,6})?$/u
const FRACTION = /^\d\/\d$/
const ORDINAL = /^(\d{1,3})(?:st|nd|rd|th)$/
const BARE_CODE = /^(?:\p{L}{0,4}-?\d{1,8}(?:-\d{1,8})?\p{L}?|\p{L})$/u
const SPELLED_NUMBERS = new Map(
  'one two three four five six seven eight nine ten'.split(' ').map((word, index) => [word, String(index + 1)]),
)
const ROAD_WITH_NUMBER = new Set(['rd', 'hwy', 'rte', 'loop', 'fwy'])

/** The parts of an address that are read here; city, region and postal code only so as to skip them in the lines. */
interface Written {
  line1: string
  line2: string
  city: string
  region: string
  postalCode: string
}

/** Reads the two lines by the order usual in the country ('' when unknown). Never throws. */
export function readLines(address: Written, country: string): Lines {
  const place = placeTokens(address, country)
  const reading: Reading = {
    country,
    isMilitaryPost: country === 'US' && ['apo', 'fpo', 'dpo', 'aa', 'ae', 'ap'].some((token) => place.has(token)),
    number: '',
    street: '',
    units: [],
    box: null,
    names: [],
    leftOver: [],
    bareStreet: '',
  }
  let number: string | null = null
  for (const segment of [...segmentsOf(address.line1), ...segmentsOf(address.line2)]) {
    if (segment.every((token) => place.has(token))) continue
    const tokens: string[] = number === null ? segment : [number, ...segment]
    const alone: boolean = tokens.length === 1 && LONE_NUMBER.test(tokens[0]!) && !reading.street && !reading.box
    number = alone ? tokens[0]! : null
    if (!alone) readSegment(reading, tokens)
  }
  if (number !== null) reading.leftOver.push(number)
  return finish(reading)
}

/** Tokens of the structured place: a segment of nothing else repeats it. */
function placeTokens({ city, region, postalCode }: Written, country: string): Set<string> {
  return new Set([city, region, postalCode, country, regionCode(country, region) ?? ''].flatMap(tokensOf))
}

function finish(reading: Reading): Lines {
  const { country: _country, isMilitaryPost: _post, bareStreet, ...lines } = reading
  const { street } = lines
  if (/(?:^| )(?:#|apt|suite|unit|pmb|pobox)(?: |$)/.test(street)) lines.leftOver.push(street)
  return { ...lines, street: street || bareStreet }
}

function readSegment(reading: Reading, segment: string[]): void {
  const isCareOf = /^(?:careof|attn|attention|fao)$/.test(segment[0]!)
  const tokens = isCareOf ? segment.slice(1) : segment
  if (isCareOf && !numberInside(tokens, reading.country)) {
    reading.names.push(tokens.join(' '))
    return
  }
  const unboxed = readBox(reading, tokens)
  const right = readUnitsFromRight(unboxed, reading.country)
  const left = readUnitsFromLeft(right.rest, reading.country)
  reading.units.push(...left.units, ...right.units)
  if (left.rest.length > 0) readRest(reading, left.rest)
}

function readRest(reading: Reading, tokens: string[]): void {
  const text = tokens.join(' ')
  const street = reading.street ? null : readStreet(tokens, reading.country)
  if (street) {
    Object.assign(reading, { number: street.number, street: street.street })
    reading.units.push(...street.units)
    if (street.before) reading.names.push(street.before)
  } else if (tokens.some((token) => firmWords.has(token))) reading.names.push(text)
  else if (tokens.length === 1 && BARE_CODE.test(text) && (reading.street || reading.box)) {
    reading.units.push({ word: '#', id: unitId(text) })
  } else if (/\p{N}|#/u.test(text)) reading.leftOver.push(text)
  else if (!reading.bareStreet && endsAsStreet(tokens)) reading.bareStreet = streetName(tokens, reading.country)
  else reading.names.push(text)
}

// ── Boxes ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Each over the segment as one text; what it matches is cut out. */
const BOXES: { kind: BoxKind; pattern: RegExp }[] = [
  { kind: 'military', pattern: /^(?:psc|cmr|unit|ship|uss) (?:# )?[a-z0-9]+ box (?:# )?[a-z0-9-]+/ },
  { kind: 'military', pattern: /^bfpo (?:# )?\d+/ },
  { kind: 'rural route', pattern: /(?:^| )(?:rr|hc) (?:# )?\d+[a-z]? box (?:# )?[a-z0-9-]+/ },
  { kind: 'rural route', pattern: /^(?:rt|rte|route) (?:# )?\d+[a-z]? box (?:# )?[a-z0-9-]+/ },
  { kind: 'packstation', pattern: /(?:^| )packstation (?:nr )?\d{3}(?= |$)/ },
  { kind: 'post office', pattern: /(?:^| )(?:postfiliale|postfil) (?:nr )?\d{3}(?= |$)/ },
  {
    kind: 'general delivery',
    pattern: /(?:^| )(?:general delivery|poste restante|postlagernd|lista de correos|fermo posta)(?= |$)/,
  },
  { kind: 'po box', pattern: /(?:^| )pobox (?:# )?[a-z]{0,2}-?\d[\d-]*[a-z]?(?: \d+)*(?= |$)/ },
]

const BOX_WORDS =
  /^(?:pobox|packstation|postfiliale|postfil|general delivery|poste restante|postlagernd|lista de correos|fermo posta)\b/

function readBox(reading: Reading, tokens: string[]): string[] {
  const text = tokens.join(' ')
  for (const { kind, pattern } of reading.box ? [] : BOXES) {
    const match = pattern.exec(text)
    if (!match) continue
    if (kind === 'military' && !/^(?:psc|cmr|bfpo)/.test(match[0]) && !reading.isMilitaryPost) continue
    const number = match[0]
      .trim()
      .replace(BOX_WORDS, '')
      .replace(/^ nr | # /, ' ')
      .trim()
    reading.box = { kind, number: kind === 'po box' ? number.replace(/[ -]/g, '') : number }
    return `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`.split(' ').filter(Boolean)
  }
  const postNumber = /^(?:postnummer|post nr|postnr) (\d{6,10})$/.exec(text)?.[1]
  if (postNumber) reading.units.push({ word: '#', id: postNumber })
  return postNumber ? [] : tokens
}

// ── Units ──────────────────────────────────────────────────────────────────────────────────────────────────

interface Pulled {
  units: Unit[]
  rest: string[]
}

function readUnitsFromRight(tokens: string[], country: string): Pulled {
  const units: Unit[] = []
  let rest = tokens
  const takes = (length: number) => {
    const kept = rest.slice(0, rest.length - length)
    // Where the house number comes last, Altes Haus 5 is a street: a number must remain in front of the unit.
    return NUMBER_FIRST.has(country) || kept.length === 0 || kept.some((token) => /\p{N}/u.test(token))
  }
  for (let pulled = unitAtEnd(rest, country); pulled && takes(pulled.length); pulled = unitAtEnd(rest, country)) {
    units.unshift(pulled.unit)
    rest = rest.slice(0, rest.length - pulled.length)
  }
  return { units, rest }
}

/** `Apt 4 100 Main St`, `Flat 2 14 High Street`: a unit in front counts when a house number follows. */
function readUnitsFromLeft(tokens: string[], country: string): Pulled {
  for (const length of [2, 3]) {
    const found = unitAtEnd(tokens.slice(0, length), country)
    if (found?.length === length && HOUSE_NUMBER.test(tokens[length] ?? '') && tokens.length > length + 1) {
      return { units: [found.unit], rest: tokens.slice(length) }
    }
  }
  return { units: [], rest: tokens }
}

/** The unit that the tokens end with, and how many of them it takes. */
function unitAtEnd(tokens: string[], country: string): { unit: Unit; length: number } | null {
  const [before, word, mark, id] = [tokens.at(-4), tokens.at(-3), tokens.at(-2), tokens.at(-1)]
  if (id === undefined) return null
  const german = country === 'DE' || country === 'AT' || country === 'CH'
  const wordFor = (token: string | undefined) =>
    token === undefined
      ? undefined
      : german
        ? (germanUnitWords.get(token) ?? unitWords.get(token))
        : unitWords.get(token)
  if (isUnitId(id)) {
    const marked = mark === '#' || mark === 'nr' ? wordFor(word) : undefined
    if (marked) return { unit: { word: marked, id: unitId(id) }, length: 3 }
    if (mark === '#') return { unit: { word: '#', id: unitId(id) }, length: 2 }
    const unit = wordFor(mark)
    if (unit && !(unit === 'no' && ROAD_WITH_NUMBER.has(suffixWords.get(word ?? '') ?? ''))) {
      return { unit: { word: unit, id: unitId(id) }, length: 2 }
    }
    // Apt 4 B
    const parted = /^\d+$/.test(mark ?? '') && /^\p{L}$/u.test(id) ? (word === '#' ? '#' : wordFor(word)) : undefined
    if (parted) {
      const outer = word === '#' ? wordFor(before) : undefined
      return { unit: { word: outer ?? parted, id: `${mark}${id}` }, length: outer ? 4 : 3 }
    }
  }
  return floorAtEnd(tokens, german) ?? loneUnitAtEnd(tokens)
}

/** `2nd floor`, and `2 OG` in German. */
function floorAtEnd(tokens: string[], german: boolean): { unit: Unit; length: number } | null {
  const [floor, word] = [tokens.at(-2), tokens.at(-1)!]
  const number = ORDINAL.exec(floor ?? '')?.[1] ?? ORDINAL.exec(nameWords.get(floor ?? '') ?? '')?.[1]
  if (number && unitWords.get(word) === 'fl') return { unit: { word: 'fl', id: number }, length: 2 }
  const germanFloor = german ? germanFloorWords.get(word) : undefined
  if (!germanFloor) return null
  // In Hauptstr. 5 OG the 5 is the house.
  const isCounted =
    /^\d{1,2}$/.test(floor ?? '') && (tokens.length === 2 || tokens.slice(0, -2).some((token) => /\d/.test(token)))
  if (germanFloor === 'og' && isCounted) return { unit: { word: 'og', id: floor! }, length: 2 }
  return { unit: { word: germanFloor, id: '' }, length: 1 }
}

/** `100 Main St Rear`: only behind a street suffix, a direction or another unit, since these words are names too. */
function loneUnitAtEnd(tokens: string[]): { unit: Unit; length: number } | null {
  const word = loneUnitWords.get(tokens.at(-1)!)
  const [mark, before] = [tokens.at(-3) ?? '', tokens.at(-2)]
  const isBehindStreet = tokens.length > 3 && (suffixWords.has(before!) || directionWords.has(before!))
  const isBehindUnit = isUnitId(before ?? '') && (mark === '#' || unitWords.has(mark))
  return word && (before === undefined || isBehindStreet || isBehindUnit) ? { unit: { word, id: '' }, length: 1 } : null
}

function isUnitId(token: string): boolean {
  if (/\p{N}/u.test(token)) return token.length <= 14 && !ORDINAL.test(token)
  // Dock Rd and Bay Ne are streets.
  const isStreetWord = token.length > 1 && (suffixWords.has(token) || directionWords.has(token))
  return token.length <= 2 && /\p{L}/u.test(token) && !isStreetWord
}

function unitId(token: string): string {
  return token.replace(/(?<=\p{L})-(?=\p{N})|(?<=\p{N})-(?=\p{L})/gu, '')
}

// ── Streets ────────────────────────────────────────────────────────────────────────────────────────────────

interface Street {
  number: string
  street: string
  units: Unit[]
  /** A name written in front of the house number. */
  before: string
}

const NUMBER_FIRST = new Set(['US', 'CA', 'GB', 'IE', 'AU', 'NZ', 'FR', 'IN', 'SG', 'ZA', 'LU', 'MT', 'PR', 'PH', ''])

function readStreet(tokens: string[], country: string): Street | null {
  return NUMBER_FIRST.has(country)
    ? (numberFirst(tokens, country) ?? numberInside(tokens, country))
    : (numberLast(tokens, country) ?? numberFirst(tokens, country))
}

function numberFirst(tokens: string[], country: string): Street | null {
  const [first, second, third] = [SPELLED_NUMBERS.get(tokens[0] ?? '') ?? tokens[0], tokens[1], tokens[2]]
  if (first !== tokens[0] && !endsAsStreet(tokens)) return null
  if (!first || !second || !HOUSE_NUMBER.test(first)) return null
  const fraction = FRACTION.test(second) && third ? second : null
  const { number, units } = houseNumber(first, country)
  const { name, units: trailing } = trailingUnit(tokens.slice(fraction ? 2 : 1))
  return {
    number: fraction ? `${number} ${fraction}` : number,
    street: streetName(name, country),
    units: [...units, ...trailing],
    before: '',
  }
}

/** `Acme 14 Quay St`: a name in front, when what follows the number ends as a street does. */
function numberInside(tokens: string[], country: string): Street | null {
  const at = tokens.findIndex((token, i) => i > 0 && HOUSE_NUMBER.test(token) && tokens.length > i + 2)
  if (at < 0 || !endsAsStreet(tokens.slice(at + 1))) return null
  const street = numberFirst(tokens.slice(at), country)
  return street && { ...street, before: tokens.slice(0, at).join(' ') }
}

/** `Hauptstr. 5 a`: the last number of the segment. */
function numberLast(tokens: string[], country: string): Street | null {
  const last = tokens.at(-1)!
  const parted = /^\p{L}$/u.test(last) && /^\d{1,5}$/.test(tokens.at(-2) ?? '')
  const number = parted ? `${tokens.at(-2)}${last}` : last
  const name = tokens.slice(0, parted ? -2 : -1)
  if (name.length === 0 || !HOUSE_NUMBER.test(number) || name.every((token) => /^\d/.test(token))) return null
  return { ...houseNumber(number, country), street: streetName(name, country), before: '' }
}

/** Canada writes the unit before the number: 4-100 Main St. */
function houseNumber(token: string, country: string): { number: string; units: Unit[] } {
  const [unit, number] = token.split('-')
  if (country === 'CA' && unit && number && /^\d/.test(number)) return { number, units: [{ word: '#', id: unit }] }
  return { number: unitId(token), units: [] }
}

/** `14 Quay St 4B`: a code behind a suffix, unless such roads are themselves numbered. */
function trailingUnit(name: string[]): { name: string[]; units: Unit[] } {
  const [last, before] = [name.at(-1)!, suffixWords.get(name.at(-2) ?? '')]
  const isUnit =
    name.length > 2 && before && !ROAD_WITH_NUMBER.has(before) && /^(?:\d{1,5}\p{L}?|\p{L}\d{1,5})$/u.test(last)
  return isUnit ? { name: name.slice(0, -1), units: [{ word: '#', id: last }] } : { name, units: [] }
}

function endsAsStreet(tokens: string[]): boolean {
  const last = tokens.at(-1)!
  if (directionWords.has(last)) return suffixWords.has(tokens.at(-2) ?? '')
  return tokens.length > 1 && suffixWords.has(last)
}

/** Standard spelling of every word of a street's name; the same street always comes out the same. */
function streetName(tokens: string[], country: string): string {
  const words = tokens.flatMap((token) => token.split('-'))
  return country === 'DE' || country === 'AT' || country === 'CH' ? germanStreet(words) : englishStreet(words)
}

function englishStreet(words: string[]): string {
  return words
    .map((word) => directionWords.get(word) ?? suffixWords.get(word) ?? nameWords.get(word) ?? word)
    .join(' ')
    .replace(/(?<= |^)([ns]) ([ew])(?= |$)/g, '$1$2')
    .replace(/(?<= |^)cr(?= \d)/g, 'co rd')
}

/** Umlauts are read the same as `ae`, `oe`, `ue` and as bare vowels; `Haupt Str.` is `hauptstr`. */
function germanStreet(words: string[]): string {
  return words
    .join(' ')
    .replace(/(?<![aeiouq])([aou])e/g, '$1')
    .replace(/(?:strasse|str)(?= |$)/g, 'str')
    .replace(/ str(?= |$)/g, 'str')
    .replace(/(?<= |^)pl(?= |$)/g, 'platz')
}
