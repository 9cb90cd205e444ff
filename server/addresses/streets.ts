// Reads a street and its house number from the tokens of one segment, in the order of the country.
import { houseNumber, isHouseNumber, numberAt, spelledNumber, wholeNumber } from './house-numbers.ts'
import { isNumberFirst, languageOf } from './orders.ts'
import { endsAsStreet, streetName } from './street-names.ts'
import { type Unit, unitId, unitWord } from './units.ts'
import { directionWords, spanishWords, suffixWords } from './words.ts'

export interface Street {
  number: string
  street: string
  units: Unit[]
  /** A name written in front of the house number. */
  before: string
  /** A building's name written behind it. */
  behind?: string
}

/** Roads that are themselves numbered: a number behind them is no unit. */
const NUMBERED_ROADS = new Set(
  'rd hwy rte loop fwy co st us fm rm cr sr interstate i carr calle bypass spur exit mile no number district business'.split(
    ' ',
  ),
)

/** Reads a street in the order usual in the country; null when there is no house number to it. */
export function readStreet(tokens: string[], country: string): Street | null {
  const words = tokens[0] === 'no' || tokens[0] === 'nr' || tokens[0] === '#' ? tokens.slice(1) : tokens
  if (country === 'JP') return numberedBlocks(words)
  return isNumberFirst(country)
    ? (numberFirst(words, country) ?? numberInside(words, country) ?? numberBehind(words, country))
    : (numberThenFlat(words, country) ?? numberLast(words, country) ?? numberFirst(words, country))
}

function numberFirst(tokens: string[], country: string): Street | null {
  const spelled = spelledNumber(tokens[0])
  if (spelled && (!endsAsStreet(tokens) || tokens.slice(1).some(isHouseNumber))) return null
  const { text, length } = spelled ? { text: spelled, length: 1 } : numberAt(tokens, country)
  const rest = tokens.slice(length)
  if (length === 0 || rest.length === 0) return null
  const { number, units } = houseNumber(text, country)
  const { name: whole, units: trailing } = trailingUnit(rest, country)
  const { name, behind } = country === 'US' ? withoutBuilding(whole) : { name: whole, behind: '' }
  return { number, street: streetName(name, country), units: [...units, ...trailing], before: '', behind }
}

/** Street types that end a street's name, whatever follows. */
const FIRM_TYPES = new Set(['st', 'ave', 'blvd', 'rd', 'dr', 'ln'])

/** `Quay St NE Harbor Tower`, `Quay Dr Harbor Commons`: two words or more behind a street's type name a building. */
function withoutBuilding(name: string[]): { name: string[]; behind: string } {
  for (let at = 1; at < name.length - 1; at++) {
    if (!FIRM_TYPES.has(suffixWords.get(name[at]!) ?? '') || directionWords.has(name[at - 1]!)) continue
    const isDirected = /^(?:[ns][ew]|north(?:east|west)|south(?:east|west))$/.test(name[at + 1]!)
    const behind = name.slice(at + (isDirected ? 2 : 1))
    if (behind.length === 1 && suffixWords.has(behind[0]!)) continue
    const isBuilding = isDirected
      ? behind.length > 0
      : behind.length > 1 && !FIRM_TYPES.has(suffixWords.get(behind.at(-1)!) ?? '')
    if (
      isBuilding &&
      (isDirected ||
        behind.every((word) => /^\p{L}{3,}$/u.test(word) && !directionWords.has(word) && !NUMBERED_ROADS.has(word)))
    )
      return { name: name.slice(0, name.length - behind.length), behind: behind.join(' ') }
  }
  return { name, behind: '' }
}

/** `Acme 14 Quay St`: a name in front, when what follows the number ends as a street does. */
function numberInside(tokens: string[], country: string): Street | null {
  for (let at = tokens.length - 2; at > 0; at--) {
    const [before, token] = [tokens[at - 1]!, tokens[at]!]
    // Unit 5 Mill Estate has no house number.
    const isUnit =
      !/^(?:tower|building)$/.test(before) &&
      unitWord(before, country) !== undefined &&
      !isFloorWord(tokens, at - 1) &&
      !(country === 'CA' && token.includes('-'))
    if (!isHouseNumber(token) || NUMBERED_ROADS.has(before) || isUnit) continue
    const street = numberFirst(tokens.slice(at), country)
    const name = street?.street.split(' ') ?? []
    const last = directionWords.has(name.at(-1) ?? '') ? name.at(-2) : name.at(-1)
    const isDirected = country === 'US' && directionWords.has(tokens[at + 1]!) && name.length > 1
    if (street && name.length > 1 && (isDirected || suffixWords.has(last ?? '')))
      return { ...street, before: tokens.slice(0, at).join(' ') }
  }
  return null
}

/** 10th Floor 312 Elm Ave, 3 FL 312 Elm Ave: the number before it is the floor's. */
const isFloorWord = (tokens: string[], at: number) =>
  /^(?:fl|flr|floor)$/.test(tokens[at]!) && /^\d/.test(tokens[at - 1] ?? '')

/** Puerto Rico also writes Calle Amapola 16. */
function numberBehind(tokens: string[], country: string): Street | null {
  return country === 'US' && spanishWords.get(tokens[0] ?? '') === 'calle' && tokens.length > 2
    ? numberLast(
        tokens.filter((token) => token !== '#'),
        country,
      )
    : null
}

/** `Calle Mayor 5 3 B`: what follows the number is short, and a flat. */
function numberThenFlat(tokens: string[], country: string): Street | null {
  const at = languageOf(country) === 'other' ? tokens.findIndex((token, i) => i > 0 && isHouseNumber(token)) : -1
  const flat = at < 0 ? [] : tokens.slice(at + 1)
  if (
    flat.length === 0 ||
    flat.length > 3 ||
    /^\p{L}$/u.test(flat.join('')) ||
    !flat.every((token) => /^(?:\d{1,3}[oae]?|\p{L}{1,3})$/u.test(token))
  )
    return null
  const street = numberLast(tokens.slice(0, at + 1), country)
  return street && { ...street, units: [...street.units, { word: '#', id: unitId(flat.join('')) }] }
}

/** `Hauptstr. 5 a`: the last number of the segment. */
function numberLast(tokens: string[], country: string): Street | null {
  const found = wholeNumber(tokens, country)
  const front = found === null ? [] : tokens.slice(0, -found.length)
  const name = /^(?:no|nr|num)$/.test(front.at(-1) ?? '') ? front.slice(0, -1) : front
  if (found === null || name.length === 0 || name.every((token) => /^\d/.test(token))) return null
  return { ...houseNumber(found.text, country), street: streetName(name, country), before: '' }
}

/** Japan counts blocks: 2-11-3 Meguro is ward, block and house, a fourth number the flat. */
function numberedBlocks(tokens: string[]): Street | null {
  const at = tokens.findIndex((token) => /^\d+(?:-\d+){2,3}$/.test(token))
  const name = tokens.filter((_, i) => i !== at).filter((token) => !/^(?:cho|chome)$/.test(token))
  if (at < 0 || name.length === 0) return null
  const parts = tokens[at]!.split('-')
  const units = parts[3] ? [{ word: '#', id: parts[3] }] : []
  return {
    number: parts.slice(0, 3).join('-'),
    street: name.map((word) => word.replace(/-/g, ' ')).join(' '),
    units,
    before: '',
  }
}

/** `14 Quay St 4B`, `223 W Jackson 512`: a code behind a street is a unit, unless such roads are themselves numbered. */
function trailingUnit(name: string[], country: string): { name: string[]; units: Unit[] } {
  const last = name.at(-1)!
  const front = name.slice(0, -1)
  // Park Ave 4 N is flat 4N, but 200 S 400 W is a street.
  const inner = front.slice(0, -1)
  const isParted = country === 'US' && /^\p{L}$/u.test(last) && /^\d{1,3}$/.test(front.at(-1) ?? '')
  if (isParted && (endsAsStreet(inner) || /^\p{L}{4,}$/u.test(inner.at(-1) ?? '')) && !inner.some(isRoadWord))
    return { name: inner, units: [{ word: '#', id: `${front.at(-1)}${last}` }] }
  const isCode = endsAsStreet(front)
    ? isCodeBehindStreet(last, front)
    : country === 'US' && isCodeBehindName(last, front)
  return isCode ? { name: front, units: [{ word: '#', id: unitId(last) }] } : { name, units: [] }
}

const isRoadWord = (word: string) => NUMBERED_ROADS.has(suffixWords.get(word) ?? word) && suffixWords.get(word) !== 'st'

function isCodeBehindStreet(code: string, street: string[]): boolean {
  const words = street.filter((word) => !directionWords.has(word))
  const type = suffixWords.get(words.at(-1)!) ?? ''
  if (
    words.length < 2 ||
    (NUMBERED_ROADS.has(type) && type !== 'st') ||
    street.some((word) => suffixWords.get(word) === 'hwy')
  )
    return false
  if (/^st(?:ate)?$/.test(words[0]!) && NUMBERED_ROADS.has(type)) return false
  return /^(?:\d{1,5}-?\p{L}?|\p{L}{1,2}-?\d{1,5}\p{L}?|\p{L})$/u.test(code) && !directionWords.has(code)
}

function isCodeBehindName(code: string, name: string[]): boolean {
  const before = name.at(-1) ?? ''
  const isRoad =
    NUMBERED_ROADS.has(before) || suffixWords.has(before) || directionWords.has(before) || spanishWords.has(before)
  return /^(?:\d{3,5}|\d{1,4}\p{L})$/u.test(code) && /^\p{L}{4,}$/u.test(before) && !isRoad
}
