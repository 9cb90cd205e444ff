// Reads line 1 and line 2 of an address: house number, street, units, box, and the names beside them.
import { crossingOf, isNumberedStreet, nameAsStreet } from './bare-streets.ts'
import { type Box, readBox, readPostNumber } from './boxes.ts'
import { isHouseNumber } from './house-numbers.ts'
import { hasKnownOrder, isEnglish, isNumberFirst, languageOf } from './orders.ts'
import { isLoneNumber, placeTokens, segmentsIn, type Written, withoutPlace } from './segments.ts'
import { endsAsStreet, streetName } from './street-names.ts'
import { readStreet, type Street } from './streets.ts'
import { type FoundUnit, isNumberedRoad, isUnitId, type Unit, unitAtEnd, unitId, unitWord } from './units.ts'
import { firmWords } from './words.ts'

export type { Box } from './boxes.ts'
export type { Unit } from './units.ts'

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
  /** The house number was spelt out (One Harbor Plaza), which a building's name is as well. */
  isSpelled: boolean
  /** Puerto Rico's part of town, without which its streets are not told apart. */
  urbanization: string
}

const BARE_CODE = /^(?:\p{L}{0,4}-?\d{1,8}(?:-\d{1,8})?\p{L}?|\p{L})$/u

/** Reads the two lines by the order usual in the country ('' when unknown). Never throws. */
export function readLines(address: Written, country: string): Lines {
  const place = placeTokens(address, country)
  const reading: Reading = {
    country,
    isMilitaryPost: country === 'US' && ['apo', 'fpo', 'dpo', 'aa', 'ae', 'ap'].some((token) => place.all.has(token)),
    number: '',
    street: '',
    units: [],
    box: null,
    names: [],
    leftOver: [],
    bareStreet: '',
    isSpelled: false,
    urbanization: '',
  }
  let number: string | null = null
  for (const segment of segmentsIn(address, country)) {
    if (segment.every((token) => place.all.has(token))) continue
    const written: string[] = number === null ? segment : [number, ...segment]
    const tokens = withoutPlace(written, place)
    const alone: boolean = tokens.length === 1 && isLoneNumber(tokens[0]!) && !reading.street && !reading.box
    number = alone ? tokens[0]! : null
    if (!alone) readSegment(reading, tokens)
  }
  if (number !== null) reading.leftOver.push(number)
  return finish(reading, address.city !== '' || address.postalCode !== '')
}

function finish(reading: Reading, hasPlace: boolean): Lines {
  const { country, isMilitaryPost: _post, bareStreet, isSpelled: _spelled, urbanization, ...lines } = reading
  const { street, leftOver } = lines
  if (/(?:^| )(?:#|apt|suite|unit|pmb|pobox)(?: |$)/.test(street)) leftOver.push(street)
  if (street && !isSure(street, lines.number, country)) leftOver.push(street)
  // Church Street Station, PO Box 62: the box says where, and the name in front only whose.
  const beside = lines.box && !/\d/.test(bareStreet) ? '' : bareStreet
  const isLone = !street && !beside && !lines.box && hasPlace && country === 'US'
  const named = isLone && lines.units.length === 0 ? nameAsStreet(lines.names) : ''
  return { ...lines, street: [street || beside || named, urbanization].filter(Boolean).join(' ') }
}

/** Outside the countries whose order we know, a street counts when an English or shared street word says so. */
function isSure(street: string, number: string, country: string): boolean {
  if (hasKnownOrder(country)) return /\p{L}{2}|\d|^\p{L}/u.test(street)
  return isEnglish(country)
    ? endsAsStreet(street.split(' '))
    : /^\d{1,5}\p{L}?$/u.test(number) && /^\D*\p{L}{3}\D*$/u.test(street)
}

function readSegment(reading: Reading, segment: string[]): void {
  const isCareOf = /^(?:careof|attn|attention|fao|zhd|bei)$/.test(segment[0]!)
  const careOf = segment.findIndex((token, i) => i > 1 && /^(?:careof|attn|attention)$/.test(token))
  if (careOf > 0) reading.names.push(segment.slice(careOf + 1).join(' '))
  const tokens = segment.slice(isCareOf ? 1 : 0, careOf < 0 ? undefined : careOf)
  if (tokens.length === 0) return
  if (isCareOf && !readStreetInside(tokens, reading.country)) {
    reading.names.push(tokens.join(' '))
    return
  }
  const rest = readUrbanization(reading, takeBox(reading, tokens))
  const calle =
    !reading.street && reading.country === 'US' && /^(?:calle|cll)$/.test(rest[0] ?? '') ? readStreet(rest, 'US') : null
  if (calle) {
    reading.units.push(...takeStreet(reading, calle))
    return
  }
  const right = readUnitsFromRight(rest, reading.country)
  const left = readUnitsFromLeft(right.rest, reading.country)
  const last = left.rest.length > 0 ? readRest(reading, left.rest) : []
  reading.units.push(...left.units, ...last, ...right.units)
}

const readStreetInside = (tokens: string[], country: string) =>
  readStreet(readUnitsFromRight(tokens, country).rest, country)?.before

function takeBox(reading: Reading, tokens: string[]): string[] {
  const found = reading.box ? null : readBox(tokens, reading)
  if (found) {
    reading.box = found.box
    return found.rest
  }
  const postNumber = readPostNumber(tokens)
  if (postNumber) reading.units.push({ word: '#', id: postNumber })
  return postNumber ? [] : tokens
}

/** `Urb Las Lomas 150 Calle A` (USPS Publication 28, section 29): the name reaches to the house number. */
function readUrbanization(reading: Reading, tokens: string[]): string[] {
  if (reading.country !== 'US' || !/^urb(?:anizacion)?$/.test(tokens[0] ?? '')) return tokens
  const at = tokens.findIndex((token, i) => i > 1 && /\d/.test(token))
  const name = tokens.slice(1, at < 0 ? undefined : at)
  reading.urbanization = name.length > 0 ? `urb ${name.join(' ')}` : ''
  return at < 0 ? [] : tokens.slice(at)
}

/** Finds what is left when boxes and outer units are off; returns the units found on the way. */
function readRest(reading: Reading, tokens: string[]): Unit[] {
  const { country } = reading
  const text = tokens.join(' ')
  const street =
    reading.street && !(reading.isSpelled && isHouseNumber(tokens[0]!))
      ? null
      : (readStreetBeforeUnit(reading, tokens) ?? readStreet(tokens, country))
  if (street) {
    if (reading.street) reading.names.push(`${reading.number} ${reading.street}`)
    reading.isSpelled = country === 'US' && !street.before && !/\d/.test(tokens[0]!)
    return takeStreet(reading, street)
  }
  const crossing = reading.street || country !== 'US' ? null : crossingOf(tokens)
  if (crossing) {
    reading.bareStreet = crossing
    return []
  }
  const front = reading.street ? unitInFront(tokens, country) : null
  if (
    front &&
    tokens.length > front.length &&
    tokens.slice(front.length).every((token) => /^\p{L}{2,}$/u.test(token))
  ) {
    reading.names.push(tokens.slice(front.length).join(' '))
    return [front.unit]
  }
  // Dept 30, Bin 1411, File 20: sorting codes of whoever has the box.
  const isSorted =
    reading.box !== null &&
    tokens.length > 1 &&
    tokens.length < 4 &&
    !/^(?:hwy|highway|route|rt)$/.test(tokens[0]!) &&
    /^\d{2,}$/.test(tokens.at(-1)!)
  if (isSorted && tokens.slice(0, -1).every((token) => /^\p{L}+$/u.test(token)))
    return [{ word: '#', id: unitId(tokens.at(-1)!) }]
  const isStreet = endsAsStreet(tokens) || (country === 'US' && isNumberedStreet(tokens))
  const isNumbered =
    /\p{N}|#/u.test(text) && !(isStreet && country === 'US' && !reading.street && !/^\d+$/.test(tokens[0]!))
  if (tokens.some((token) => firmWords.has(token))) reading.names.push(text)
  else if ((reading.street || reading.box) && isBareCode(tokens, country))
    return [{ word: '#', id: unitId(text.replace(/ /g, '')) }]
  else if (isNumbered) reading.leftOver.push(text)
  else if (reading.street && isNamedUnit(tokens)) return [{ word: text, id: '' }]
  else if (!reading.bareStreet && isStreet) reading.bareStreet = streetName(tokens, country)
  else reading.names.push(text)
  return []
}

/** Garden Flat, Upper Unit, Annexe: a flat that goes by a name is another door all the same. */
function isNamedUnit(tokens: string[]): boolean {
  if (tokens.length === 1) return /^(?:annexe|upstairs|downstairs|maisonette)$/.test(tokens[0]!)
  return tokens.some((token) => /^(?:flat|apartment|unit|annexe|upstairs|downstairs|maisonette)$/.test(token))
}

function isBareCode(tokens: string[], country: string): boolean {
  if (tokens.length === 1) return BARE_CODE.test(tokens[0]!)
  if (tokens.length === 2 && /^\d+$/.test(tokens[0]!) && /^\p{L}$/u.test(tokens[1]!)) return true
  // 3º B in Spain, 2. tv in Denmark
  return (
    tokens.length === 2 &&
    languageOf(country) === 'other' &&
    /^\d{1,3}[oae]?$/.test(tokens[0]!) &&
    /^\p{L}{1,3}$/u.test(tokens[1]!)
  )
}

function takeStreet(reading: Reading, { number, street, units, before, behind }: Street): Unit[] {
  Object.assign(reading, { number, street })
  if (behind) reading.names.push(behind)
  if (!before) return units
  const words = before.split(' ')
  const right = readUnitsFromRight(words, 'US')
  const left = right.units.length === 0 ? unitInFront(words, reading.country) : null
  const name = left ? words.slice(left.length) : right.rest
  if (name.length > 0 && !(name.length === 1 && unitWord(name[0], reading.country))) reading.names.push(name.join(' '))
  return [...(left ? [left.unit] : right.units), ...units]
}

/** `100 Main St Ste 4 North Tower`: the street ends where a unit begins, and what follows is a name. */
function readStreetBeforeUnit(reading: Reading, tokens: string[]): Street | null {
  const at = tokens.findIndex(
    (token, i) =>
      i > 1 &&
      !isNumberedRoad(tokens, i - 1) &&
      (token === '#' || unitWord(token, reading.country) !== undefined) &&
      isUnitId(tokens[i + 1] ?? ''),
  )
  const street = at < 0 ? null : readStreet(tokens.slice(0, at), reading.country)
  const found = street && unitAtEnd(tokens.slice(at, at + 2), reading.country)
  if (
    !street ||
    !found ||
    !(endsAsStreet(street.street.split(' ')) || /(?:hwy|rte|rd|fm|interstate) \d+$/.test(street.street))
  )
    return null
  const name = tokens.slice(at + 2)
  if (name.some((token) => /\p{N}/u.test(token))) return null
  reading.names.push(name.join(' '))
  return { ...street, units: [...street.units, found.unit] }
}

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
    return isNumberFirst(country) || kept.length === 0 || kept.some((token) => /\p{N}/u.test(token))
  }
  for (let pulled = unitAtEnd(rest, country); pulled && takes(pulled.length); pulled = unitAtEnd(rest, country)) {
    units.unshift(pulled.unit)
    rest = rest.slice(0, rest.length - pulled.length)
  }
  // A unit word that nothing follows says nothing: 14 Quay St Apt.
  const isIdle = rest.length > 2 && /^(?:apt|apartment|ste|suite|unit)$/.test(rest.at(-1)!)
  return { units, rest: isIdle ? rest.slice(0, -1) : rest }
}

/** `Apt 4 100 Main St`, `Flat 2 14 High Street`: a unit in front counts when a house number follows. */
function readUnitsFromLeft(tokens: string[], country: string): Pulled {
  for (const length of [2, 3]) {
    const found = unitAtEnd(tokens.slice(0, length), country)
    if (found?.length === length && isHouseNumber(tokens[length] ?? '') && tokens.length > length + 1) {
      return { units: [found.unit], rest: tokens.slice(length) }
    }
  }
  return { units: [], rest: tokens }
}

function unitInFront(tokens: string[], country: string): FoundUnit | null {
  for (const length of [3, 2]) {
    const found = unitAtEnd(tokens.slice(0, length), country)
    if (found?.length === length) return found
  }
  return null
}
