// Addresses as EasyPost keeps and checks them: upper-cased with ZIP+4 where found, left as typed where not (wire formats 1.2).
import { createHash } from 'node:crypto'
import type { Books } from './books.ts'
import { type Entry, missing, notFound, Refusal } from './refusal.ts'

export interface Verification {
  success: boolean
  errors: Entry[]
  details: { latitude?: number | null; longitude?: number | null; time_zone?: string | null } | null
}

export interface Address {
  id: string
  object: 'Address'
  created_at: string
  updated_at: string
  name: string | null
  company: string | null
  street1: string | null
  street2: string | null
  city: string | null
  state: string | null
  zip: string | null
  country: string | null
  phone: string | null
  email: string | null
  mode: 'production' | 'test'
  carrier_facility: null
  residential: boolean | null
  federal_tax_id: null
  state_tax_id: null
  verifications: { zip4?: Verification; delivery?: Verification; verify_carrier?: string }
}

/** Where a city is; what the look-alike answers a verification's details with. Null: somewhere nobody knows. */
export type Locate = (place: {
  city: string
  region: string | null
  country: string
}) => Required<NonNullable<Verification['details']>> | null

type Typed = Record<string, unknown>

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** An address as typed, or the one that an id names. Throws Refusal. */
export function addressFrom(books: Books, typed: unknown, field: string): Address {
  if (typeof typed !== 'object' || typed === null) throw missing(field)
  const id = text((typed as Typed)['id'])
  return id === null ? keepAddress(books, typed as Typed) : addressOf(books, id)
}

export function addressOf(books: Books, id: string): Address {
  const address = books.addresses.get(id)
  if (address === undefined) throw notFound('The address was not found.')
  return address
}

function keepAddress(books: Books, typed: Typed): Address {
  const at = `${books.now().toISOString().slice(0, 19)}+00:00`
  const address: Address = {
    id: books.newId('adr'),
    object: 'Address',
    created_at: at,
    updated_at: at,
    name: text(typed['name']),
    company: text(typed['company']),
    street1: text(typed['street1']),
    street2: text(typed['street2']),
    city: text(typed['city']),
    state: text(typed['state']),
    zip: text(typed['zip']),
    country: text(typed['country']) ?? 'US',
    phone: text(typed['phone']),
    email: text(typed['email']),
    mode: books.mode,
    carrier_facility: null,
    residential: null,
    federal_tax_id: null,
    state_tax_id: null,
    verifications: {},
  }
  books.addresses.set(address.id, address)
  return address
}

const faultsByCode = {
  'E.ADDRESS.NOT_FOUND': ['address', 'Address not found'],
  'E.HOUSE_NUMBER.MISSING': ['street1', 'House number is missing'],
  'E.SECONDARY_INFORMATION.MISSING': ['street2', 'Missing secondary information(Apt/Suite#)'],
} as const

const entry = (code: keyof typeof faultsByCode): Entry => {
  const [field, message] = faultsByCode[code]
  return { code, field, message, suggestion: null }
}

/**
 * What is wrong with an address. There is no map behind this: streets called unknown or nowhere, house number 000 and the
 * state ZZ are not found; a street without a number lacks one; a tower without a unit lacks that, softly.
 */
function faultsOf(address: Address): { hard: Entry[]; soft: Entry[] } {
  const street = address.street1 ?? ''
  const isUnknown =
    /\b(unknown|nowhere)\b|^0+\b/i.test(street) ||
    address.state === 'ZZ' ||
    street === '' ||
    ((address.city ?? '') === '' && (address.zip ?? '') === '')
  const isPostBox = /^(p\.? ?o\.? ?box|packstation|postfach)\b/i.test(street)
  if (!isUnknown && !/\d/.test(street) && !isPostBox)
    return { hard: [entry('E.ADDRESS.NOT_FOUND'), entry('E.HOUSE_NUMBER.MISSING')], soft: [] }
  if (isUnknown) return { hard: [entry('E.ADDRESS.NOT_FOUND')], soft: [] }
  const lacksUnit = /\btowers?\b/i.test(street) && (address.street2 ?? '') === ''
  return { hard: [], soft: lacksUnit ? [entry('E.SECONDARY_INFORMATION.MISSING')] : [] }
}

export interface Checks {
  zip4: boolean
  delivery: boolean
  /** A carrier that is asked itself: its answer is a success whatever it found (the recorded quirk). */
  carrier: string | null
}

/** Checks an address and writes the outcome into it. Returns what is hard about it. */
export function verify(address: Address, checks: Checks, locate: Locate): Entry[] {
  const { hard, soft } = faultsOf(address)
  const isFound = hard.length === 0
  const success = isFound || checks.carrier !== null
  if (success) Object.assign(address, standardised(address, isFound))
  const details = isFound
    ? (locate({ city: address.city ?? '', region: address.state, country: address.country ?? 'US' }) ?? unplaced)
    : checks.carrier === null
      ? {}
      : unplaced
  const errors = [...hard, ...soft]
  if (checks.zip4) address.verifications.zip4 = { success, errors: [...hard], details: null }
  if (checks.delivery) address.verifications.delivery = { success, errors, details }
  if (checks.carrier !== null) address.verifications.verify_carrier = checks.carrier.toLowerCase()
  return hard
}

const unplaced = { latitude: null, longitude: null, time_zone: null }

function standardised(address: Address, isFound: boolean): Partial<Address> {
  const upper = (value: string | null) => value?.toUpperCase() ?? null
  return {
    name: upper(address.name),
    company: upper(address.company),
    street1: upper(address.street1),
    street2: upper(address.street2) ?? '',
    city: upper(address.city),
    state: upper(address.state),
    zip: isFound ? withPlus4(address) : address.zip,
    residential: isFound ? (address.company ?? '') === '' : null,
  }
}

/** The same door always has the same four digits. */
function withPlus4({ country, zip, street1, street2 }: Address): string | null {
  if (country !== 'US' || zip === null || !/^\d{5}$/.test(zip)) return zip
  const door = `${street1} ${street2 ?? ''} ${zip}`.toUpperCase()
  const digits = createHash('sha256').update(door).digest().readUInt32BE(0) % 10_000
  return `${zip}-${String(digits).padStart(4, '0')}`
}

/** `verify` and its kin stand beside the address or within it; true asks for both checks, a list for those named. */
export function checksOf(body: Typed, typed: Typed): { checks: Checks | null; isStrict: boolean } {
  const member = (name: string) => body[name] ?? typed[name]
  const strict = member('verify_strict')
  const asked = isAsked(strict) ? strict : member('verify')
  const carrier = text(member('verify_carrier'))
  if (!isAsked(asked) && carrier === null) return { checks: null, isStrict: false }
  const has = (name: string) => !Array.isArray(asked) || asked.includes(name)
  return { checks: { zip4: has('zip4'), delivery: has('delivery'), carrier }, isStrict: isAsked(strict) }
}

const isAsked = (value: unknown) => value === true || value === 'true' || (Array.isArray(value) && value.length > 0)

export const failedVerification = (entries: Entry[]) =>
  new Refusal(422, 'ADDRESS.VERIFY.FAILURE', 'Unable to verify address.', entries)

/** A copy under an id of its own, as `GET /addresses/:id/verify` answers. */
export function copyOf(books: Books, address: Address): Address {
  const copy = { ...address, id: books.newId('adr'), verifications: {} }
  books.addresses.set(copy.id, copy)
  return copy
}
