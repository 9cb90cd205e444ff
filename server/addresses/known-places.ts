// The list of places known to be something other than a home: its shape, its checks, and our own list.
import { z } from 'zod'
import { AppError, type Fault, faultsOf } from '../lib/errors.ts'
import { siteKeysOf } from './keys.ts'
import { type Parsed, parseAddress } from './parse.ts'
import agentsAndOffices from './places/agents-and-offices.json' with { type: 'json' }
import counters from './places/counters.json' with { type: 'json' }
import forwarders from './places/forwarders.json' with { type: 'json' }
import lodgingAndStorage from './places/lodging-and-storage.json' with { type: 'json' }
import mailDrops from './places/mail-drops.json' with { type: 'json' }

export const placeKinds = [
  'office',
  'po box',
  'mail drop',
  'virtual office',
  'registered agent',
  'freight forwarder',
  'locker or counter',
  'hotel',
  'self-storage',
  'military',
] as const
export type PlaceKind = (typeof placeKinds)[number]

const PATTERN_MAX = 80

/**
 * The only patterns we run: anchored alternatives of letters, digits, hyphens, `\d` and classes, each at most
 * counted (`{2,5}` or `?`). No groups, references, stars or dots, so no pattern can be slow.
 */
const SAFE_PATTERN = /^\^(?:(?:[a-z0-9-]|\\d|\[[a-z0-9-]{1,20}\])(?:\{\d{1,2}(?:,\d{1,2})?\}|\?)?){1,40}\$$/

const unitPattern = z
  .string()
  .max(PATTERN_MAX, `must have at most ${PATTERN_MAX} characters`)
  .refine((text) => text.split('|').every((part) => SAFE_PATTERN.test(part)) && compiles(text), {
    message:
      'must be anchored alternatives such as ^[a-z]{3}\\d{3}$ in lower case: no groups, references, stars or dots',
  })

/** An entry as it is written; what is left out is empty. */
export const knownPlaceSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9_-]{1,60}$/i, 'must be words with hyphens'),
    kind: z.enum(placeKinds, `must be one of ${placeKinds.join(', ')}`),
    name: z.string().trim().min(1).max(120),
    /** Empty: the place is known by its name, found beside a street in the lines of an address. */
    line1: z.string().trim().max(200).default(''),
    /** Of a place known by name: only there, as far as they are told. */
    city: z.string().trim().max(100).default(''),
    region: z.string().trim().max(100).default(''),
    postalCode: z.string().trim().max(20).default(''),
    country: z.string().trim().max(60).default(''),
    /** Over one unit id in lower case without its word: `392-536`, `afw696` (letter-digit hyphens dropped). */
    unitPattern: unitPattern.nullable().default(null),
    /** Others have their doors in this building too: only units of the pattern, or of line 1, are this place. */
    multiTenant: z.boolean().default(false),
    /** How sure we are that this is what `kind` says, 0 to 1. */
    confidence: z.number().min(0).max(1),
    /** A public page, or how it was shown. */
    source: z.string().trim().min(1).max(300),
  })
  .superRefine((place, ctx) => {
    for (const fault of placeFaults(place)) ctx.addIssue({ code: 'custom', path: [fault.path], message: fault.problem })
  })

export type KnownPlace = z.infer<typeof knownPlaceSchema>

/** Reads a list of places; throws AppError 'invalid' that names every fault. */
export function readKnownPlaces(list: unknown): KnownPlace[] {
  const result = z.array(knownPlaceSchema).safeParse(list)
  const faults = result.success ? repeatedIds(result.data) : faultsOf(result.error.issues)
  if (!result.success || faults.length > 0) {
    const named = faults.map(({ path, problem }) => `${path}: ${problem}`).join('; ')
    throw new AppError('invalid', `The list of known places has faults: ${named}`, faults)
  }
  return result.data
}

/** The address of a place; null where it is known by name only or cannot be keyed. */
export function parsePlace(
  place: Pick<KnownPlace, 'line1' | 'city' | 'region' | 'postalCode' | 'country'>,
): Parsed | null {
  return place.line1 ? parseAddress({ ...place, line2: '' }) : null
}

/** A name shorter than this would be found in half the addresses. */
const NAME_MIN = 4

function placeFaults(place: Omit<KnownPlace, 'id'>): Fault[] {
  if (!place.line1) {
    if (place.unitPattern !== null)
      return [{ path: 'unitPattern', problem: 'needs a street: a place known by its name is found without one' }]
    const letters = place.name.replace(/[^\p{L}\p{N}]/gu, '').length
    return letters < NAME_MIN
      ? [{ path: 'name', problem: `must have at least ${NAME_MIN} letters where no street is given` }]
      : []
  }
  const parsed = parsePlace(place)
  if (!parsed || siteKeysOf(parsed).length === 0) {
    return [{ path: 'line1', problem: 'must be a street and number, with postal code or city and region, and country' }]
  }
  return place.multiTenant && !place.unitPattern && parsed.units.length === 0
    ? [{ path: 'unitPattern', problem: 'is needed where others have their doors too, or a unit in line1' }]
    : []
}

function repeatedIds(places: KnownPlace[]): Fault[] {
  const seen = new Set<string>()
  return places.flatMap(({ id }, index) => {
    if (seen.has(id)) return [{ path: `${index}.id`, problem: `is there twice: ${id}` }]
    seen.add(id)
    return []
  })
}

function compiles(text: string): boolean {
  try {
    return Boolean(new RegExp(text, 'u'))
  } catch {
    return false
  }
}

/** Our own list, checked when the program starts. */
export const knownPlaces: readonly KnownPlace[] = readKnownPlaces([
  ...forwarders,
  ...mailDrops,
  ...agentsAndOffices,
  ...counters,
  ...lodgingAndStorage,
])
