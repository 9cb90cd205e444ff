// Says what kind of place an address is: by known places first, then by what its lines say.
import { siteKeysOf, unitKey } from './keys.ts'
import { type KnownPlace, parsePlace, type placeKinds } from './known-places.ts'
import { type Lines, readLines, type Unit } from './lines.ts'
import { type Address, type Parsed, parseAddress, placeOf } from './parse.ts'
import { tokensOf } from './tokens.ts'

export type AddressKind = 'home' | (typeof placeKinds)[number] | 'unknown'

/** Below this a class is a mere hint. */
export const HINT_MAX = 0.4

export interface Classification {
  kind: AddressKind
  /** One neutral sentence for a person. */
  why: string
  /** 0 to 1: below 0.4 a mere hint, from 0.4 needs a second signal, from 0.75 worth acting on alone. */
  confidence: number
  /** The known place it is, if it is one. */
  placeId: string | null
  /** The unit has the form of a forwarder's or mail agent's customer code. */
  customerCode: boolean
}

/** Classifies an address; an ordinary street address is 'unknown', never 'home'. Never throws. */
export function classifyAddress(address: Address, places: readonly KnownPlace[]): Classification {
  const country = placeOf(address)?.country ?? ''
  const lines = readLines(address, country)
  const parsed = parseAddress(address)
  return (
    (parsed && byKnownPlace(parsed, lines, places)) ??
    byKnownName(lines, places) ??
    byText(lines, address, country) ?? {
      kind: 'unknown',
      why: 'Nothing in this address says what kind of place it is.',
      confidence: 0,
      placeId: null,
      customerCode: false,
    }
  )
}

// ── Known places ───────────────────────────────────────────────────────────────────────────────────────────

interface Listed {
  place: KnownPlace
  units: Unit[]
  pattern: RegExp | null
}

/** Lists rarely change and are used many times: each is indexed once. */
const indexes = new WeakMap<readonly KnownPlace[], Map<string, Listed[]>>()

function byKnownPlace(parsed: Parsed, lines: Lines, places: readonly KnownPlace[]): Classification | null {
  const index = indexOf(places)
  const listed = siteKeysOf(parsed).flatMap((key) => index.get(key) ?? [])
  const codes = codesOf(lines)
  const byCode = listed.find(({ pattern }) => pattern && codes.some((code) => pattern.test(code)))
  if (byCode) return knownPlace(byCode.place, true)
  const found = listed.find(({ place, units }) => !place.multiTenant || isWithin(units, parsed.units))
  return found ? knownPlace(found.place, false) : null
}

function knownPlace(place: KnownPlace, customerCode: boolean): Classification {
  const { kind, confidence, id } = place
  const why = customerCode
    ? `${place.name} receives here (${kind}), and the unit has the form of its customers' codes.`
    : `${place.name} is listed at this address (${kind}).`
  return { kind, why, confidence, placeId: id, customerCode }
}

function indexOf(places: readonly KnownPlace[]): Map<string, Listed[]> {
  const known = indexes.get(places)
  if (known) return known
  const index = new Map<string, Listed[]>()
  for (const place of places) {
    const parsed = parsePlace(place)
    if (!parsed) continue
    const pattern = place.unitPattern === null ? null : new RegExp(place.unitPattern, 'u')
    const listed = { place, units: parsed.units, pattern }
    for (const key of siteKeysOf(parsed)) index.set(key, [...(index.get(key) ?? []), listed])
  }
  indexes.set(places, index)
  return index
}

/** The place's own unit is among those given (`Ste 1703` in `Ste 1703 PMB 12345`). */
function isWithin(own: Unit[], given: Unit[]): boolean {
  const keys = new Set(given.map((unit) => unitKey([unit])))
  return own.length > 0 && own.every((unit) => keys.has(unitKey([unit])))
}

/** What may be a customer's code: ids of units, and words that found no place. */
function codesOf({ units, leftOver }: Lines): string[] {
  return [...units.map(({ id }) => id), ...leftOver.flatMap((text) => [text, ...text.split(' ')])]
}

/** A name stands in a segment of its own; in a street (Marriott Drive) it says nothing. */
function byKnownName(lines: Lines, places: readonly KnownPlace[]): Classification | null {
  if (lines.names.length === 0) return null
  for (const place of places) {
    const name = place.line1 ? '' : tokensOf(place.name).join(' ')
    if (name && lines.names.some((text) => ` ${text} `.includes(` ${name} `))) {
      const why = `The address names ${place.name} (${place.kind}).`
      return { kind: place.kind, why, confidence: place.confidence, placeId: place.id, customerCode: false }
    }
  }
  return null
}

// ── What the lines say ─────────────────────────────────────────────────────────────────────────────────────

type Said = [kind: AddressKind, confidence: number, why: string]

function byText(lines: Lines, address: Address, country: string): Classification | null {
  const said =
    militarySaid(lines, address, country) ?? boxSaid(lines, country) ?? mailDropSaid(lines, country) ?? nameSaid(lines)
  const customerCode = lines.units.some((unit) => isCustomerCode(unit, country))
  if (said) return { kind: said[0], why: said[2], confidence: said[1], placeId: null, customerCode }
  if (!customerCode) return null
  const why = 'Suite code of the kind freight forwarders give their customers.'
  return { kind: 'freight forwarder', why, confidence: 0.5, placeId: null, customerCode }
}

function militarySaid({ box }: Lines, address: Address, country: string): Said | null {
  const place = placeOf(address)
  const post = country === 'US' && (/^(?:apo|fpo|dpo)$/.test(place?.city ?? '') || /^a[aep]$/.test(place?.region ?? ''))
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
  const long = country === 'US' && units.some(({ word, id }) => word === '#' && /^\d{5,6}$/.test(id))
  return long ? ['mail drop', 0.5, 'A # with five or six digits is usually a mailbox number.'] : null
}

/** Each over a segment that is neither street nor unit; a street called after one of these never gets here. */
const NAME_PATTERNS: { kind: AddressKind; confidence: number; pattern: RegExp; why: string }[] = [
  {
    kind: 'registered agent',
    confidence: 0.8,
    pattern: /\b(?:registered|statutory) agents?\b/,
    why: 'The address names a registered agent.',
  },
  {
    kind: 'self-storage',
    confidence: 0.7,
    pattern: /\b(?:self|mini) ?storage\b/,
    why: 'The address names a self-storage site.',
  },
  {
    kind: 'hotel',
    confidence: 0.6,
    pattern: /\b(?:hotel|motel|hostel|inn|resort|aparthotel|gasthof)\b/,
    why: 'The address names a hotel.',
  },
  {
    kind: 'locker or counter',
    confidence: 0.75,
    pattern:
      /\b(?:(?:parcel|package) lockers?|access point|pick ?up (?:point|station)|hub counter|paketshop|point relais)\b/,
    why: 'The address names a parcel locker or counter.',
  },
  {
    kind: 'mail drop',
    confidence: 0.6,
    pattern: /\b(?:mail ?box(?:es)?|mail (?:center|forwarding|drop))\b/,
    why: 'The address names a mailbox service.',
  },
  {
    kind: 'freight forwarder',
    confidence: 0.45,
    pattern: /\b(?:fwd|forwarding|freight forwarders?|casillero|reship(?:ping|per)?)\b/,
    why: 'The address has a word that forwarders use.',
  },
]

function nameSaid({ names, leftOver }: Lines): Said | null {
  const texts = [...names, ...leftOver]
  const found = NAME_PATTERNS.find(({ pattern }) => texts.some((text) => pattern.test(text)))
  return found ? [found.kind, found.confidence, found.why] : null
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
    /^(?:\d{1,2}-\d{4,6}|\p{L}{2,4}\d{3,6}|\p{L}\d{5,6}|\d{3,4}\p{L}{3,4})$/u.test(id)
  )
}

/** `Unit 101-102` is two units taken together. */
function isRange(id: string): boolean {
  const [first, last] = id.split('-').map(Number)
  return last! > first! && last! - first! < 50
}
