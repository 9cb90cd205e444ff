// Says what kind of place an address is: by known places first, then by what its lines say.
import { foldCase } from '../lib/plain.ts'
import type { AddressClass } from '../ports.ts'
import type { KnownPlace, PlaceKind } from './known-places.ts'
import { type Lines, readLines, type Unit } from './lines.ts'
import { type Address, type Parsed, type Place, parseAddress, placeOf } from './parse.ts'
import { type Found, findByAddress, findByName, indexOf } from './place-index.ts'
import { careOf, lineWords, numberedWords, segmentWords, type Word } from './place-words.ts'
import { hasPostalArea } from './us-postal-areas.ts'
import { firmWords } from './words.ts'

export type AddressKind = 'home' | PlaceKind | 'unknown'

/** Below this a class is a mere hint. */
export const HINT_MAX = 0.4

export interface Classification extends AddressClass {
  kind: AddressKind
}

/** Classifies an address; an ordinary street address is 'unknown', never 'home'. Never throws. */
export function classifyAddress(address: Address, places: readonly KnownPlace[]): Classification {
  const place = placeOf(address)
  const lines = readLines(address, place?.country ?? '')
  const parsed = parseAddress(address)
  const found = byKnownPlace({ place, parsed, lines }, places) ??
    byText(lines, address, place) ?? {
      kind: 'unknown',
      why: 'Nothing in this address says what kind of place it is.',
      confidence: 0,
      placeId: null,
      customerCode: false,
    }
  return isOfNoArea(place, lines) && found.kind !== 'military' ? withoutArea(found) : found
}

/** Only of streets: boxes have codes of their own. */
const isOfNoArea = (place: Place | null, { box }: Lines): boolean =>
  place?.country === 'US' && place.postalCode !== '' && box === null && !hasPostalArea(place.postalCode)

const withoutArea = (found: Classification): Classification => ({
  ...found,
  why: `${found.why} No Census area has its postal code, as is so for those of PO boxes and of single large receivers.`,
  isOfNoCensusArea: true,
})

/**
 * The customer's code that an address carries in its unit, in lower case without hyphens between letters and digits;
 * null where its unit is an ordinary one. Two unrelated people with codes at one street number show a forwarder.
 */
export function unitCodeOf(parsed: Parsed): string | null {
  return parsed.units.find((unit) => isCustomerCode(unit, parsed.country))?.id ?? null
}

// ── Known places ───────────────────────────────────────────────────────────────────────────────────────────

/** How much of a place's confidence is left where the address names its building and no unit. */
const BUILDING_SHARE = 0.6

interface Read {
  place: Place | null
  parsed: Parsed | null
  lines: Lines
}

function byKnownPlace({ place, parsed, lines }: Read, places: readonly KnownPlace[]): Classification | null {
  const index = indexOf(places)
  const found = parsed && findByAddress(index, parsed, codesOf(lines))
  if (found && found.by !== 'building') return knownPlace(found)
  const named = findByName(index, [...lines.names, ...lines.leftOver], place)
  if (named) return knownPlace({ place: named, by: 'name' })
  return found && knownPlace(found)
}

function knownPlace({ place, by }: Found): Classification {
  const { kind, name, id } = place
  const confidence = by === 'building' ? Math.round(place.confidence * BUILDING_SHARE * 100) / 100 : place.confidence
  const why = {
    code: `${name} receives here (${kind}), and the unit has the form of its customers’ codes.`,
    door: `${name} is listed at this address (${kind}).`,
    building: `${name} is listed in this building (${kind}), and no unit is given.`,
    name: `The address names ${name} (${kind}).`,
  }[by]
  return { kind, why, confidence, placeId: id, customerCode: by === 'code' }
}

/** What may be a customer's code: ids of units, and words that found no place. */
function codesOf({ units, leftOver }: Lines): string[] {
  return [...units.map(({ id }) => id), ...leftOver.flatMap((text) => [text, ...text.split(' ')])]
}

// ── What the lines say ─────────────────────────────────────────────────────────────────────────────────────

type Said = [kind: AddressKind, confidence: number, why: string]

function byText(lines: Lines, address: Address, place: Place | null): Classification | null {
  const country = place?.country ?? ''
  const written = foldCase(`${address.line1} ${address.line2}`)
  const said =
    militarySaid(lines, written, place) ??
    boxSaid(lines, country) ??
    mailDropSaid(lines, country) ??
    wordSaid(segmentWords, [...lines.names, ...lines.leftOver]) ??
    wordSaid([...numberedWords, ...lineWords], [written]) ??
    careOfSaid(lines, written)
  const customerCode = lines.units.some((unit) => isCustomerCode(unit, country))
  if (said) return { kind: said[0], why: said[2], confidence: said[1], placeId: null, customerCode }
  if (!customerCode) return null
  const why = 'Suite code of the kind freight forwarders give their customers.'
  return { kind: 'freight forwarder', why, confidence: 0.5, placeId: null, customerCode }
}

/** Forces' post of other countries: Canada's station, Germany's field post, France's postal sector. */
const MILITARY_WORDS: Record<string, RegExp> = {
  CA: /\b(?:cfpo|stn forces|station forces)\b/,
  DE: /\bfeldpost\b/,
  FR: /\b(?:sp|secteur postal) \d{3,5}\b.*\barmees\b/,
}

function militarySaid({ box }: Lines, written: string, place: Place | null): Said | null {
  const country = place?.country ?? ''
  const post =
    (country === 'US' && (/^(?:apo|fpo|dpo)$/.test(place?.city ?? '') || /^a[aep]$/.test(place?.region ?? ''))) ||
    (country === 'GB' && /^bf1\d/.test(place?.postalCode ?? '')) ||
    MILITARY_WORDS[country]?.test(written)
  return post || box?.kind === 'military' ? ['military', 0.95, 'Military or diplomatic post address.'] : null
}

/** Where streets have no delivery, a PO box is how everybody gets mail. */
const BOX_COUNTRIES = new Set(['AE', 'SA', 'QA', 'KW', 'BH', 'OM', 'JO', 'KE', 'TZ', 'UG', 'GH', 'NA', 'BW'])

function boxSaid({ box, street }: Lines, country: string): Said | null {
  switch (box?.kind) {
    case 'po box': {
      if (BOX_COUNTRIES.has(country)) return ['unknown', 0, 'A PO box is the ordinary address in this country.']
      return street ? ['po box', 0.7, 'A PO box is given beside the street.'] : ['po box', 0.95, 'PO box.']
    }
    case 'packstation':
      return ['locker or counter', 0.95, 'Packstation: a parcel locker.']
    case 'post office':
      return ['locker or counter', 0.9, 'To be picked up at a post office counter.']
    case 'general delivery':
      return ['locker or counter', 0.9, 'General delivery: to be picked up at the post office.']
    case 'rural route':
      return ['unknown', 0, 'A box on a rural route is the ordinary address of a home there.']
    case 'military':
    case undefined:
      return null
  }
}

function mailDropSaid({ units }: Lines, country: string): Said | null {
  if (units.some(({ word }) => word === 'pmb')) return ['mail drop', 0.9, 'Private mailbox (PMB) at a mail agent.']
  if (country !== 'US') return null
  const numbers = units.filter(({ word, id }) => word === '#' && /^\d{3,6}$/.test(id))
  if (numbers.some(({ id }) => id.length >= 5))
    return ['mail drop', 0.5, 'A # with five or six digits is usually a mailbox number.']
  const isWithin = numbers.length > 0 && units.some(({ word }) => word === 'ste' || word === 'unit')
  return isWithin ? ['mail drop', 0.45, 'A # behind a suite is usually a mailbox within it.'] : null
}

function wordSaid(words: readonly Word[], texts: readonly string[]): Said | null {
  const found = words.find(({ pattern }) => texts.some((text) => pattern.test(text)))
  return found ? [found.kind, found.confidence, found.why] : null
}

/** A firm that receives for others; a family that does is a flat share. A mere hint. */
function careOfSaid({ names }: Lines, written: string): Said | null {
  const isFirm = careOf.test(written) && names.some((text) => text.split(' ').some((word) => firmWords.has(word)))
  return isFirm ? ['mail drop', 0.35, 'The address is in care of a firm.'] : null
}

/** Words that a customer's code stands behind; `apt 392` and `flat a1234` are homes. */
const CODE_WORDS = new Set(['ste', 'unit', '#'])
/** Where `#12-34` is a floor and a door. */
const FLOOR_DOOR_COUNTRIES = new Set(['SG', 'HK', 'MY', 'JP', 'KR', 'CN', 'TW'])
/** Letters that stand for a part of a building: ph101, th12. */
const BUILDING_LETTERS = /^(?:ph|th|gf|lg|ug|fl|bldg|rm|apt|ste|lot|no)\d/

/** Forms seen on forwarders' labels: `392-536`, `AFW696`, `BG-10233`, `12-1234`, `C39598`, `1234-ABCD`. */
function isCustomerCode({ word, id }: Unit, country: string): boolean {
  if (!CODE_WORDS.has(word) || FLOOR_DOOR_COUNTRIES.has(country) || BUILDING_LETTERS.test(id)) return false
  return (
    (/^\d{3,4}-\d{3}$/.test(id) && !isRange(id)) ||
    /^(?:\d{1,2}-\d{4,6}|\p{L}{2,4}\d{3,8}|\p{L}\d{5,6}|\d{3,4}\p{L}{3,4})$/u.test(id)
  )
}

/** `Unit 101-102` is two units taken together. */
function isRange(id: string): boolean {
  const [first, last] = id.split('-').map(Number)
  return last! > first! && last! - first! < 50
}
