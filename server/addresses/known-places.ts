// The list of places known to be something other than a home: its shape, its checks, and our own small list.
import { z } from 'zod'
import { AppError, type Fault } from '../lib/errors.ts'
import { siteKeysOf } from './keys.ts'
import ownList from './known-places.json' with { type: 'json' }
import { type Parsed, parseAddress } from './parse.ts'

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

const knownPlaceSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be lower-case words with hyphens'),
    kind: z.enum(placeKinds),
    name: z.string().min(1).max(120),
    /** Empty: the place is known by its name alone, found beside a street in the lines of an address. */
    line1: z.string().max(200),
    city: z.string().max(100),
    region: z.string().max(100),
    postalCode: z.string().max(20),
    country: z.string().max(60),
    /** Over one unit id in lower case without its word: `392-536`, `afw696` (letter-digit hyphens dropped). */
    unitPattern: unitPattern.nullable(),
    /** Others have their doors in this building too: only units of the pattern, or of line 1, are this place. */
    multiTenant: z.boolean(),
    /** How sure we are that this is what `kind` says, 0 to 1. */
    confidence: z.number().min(0).max(1),
    /** A public page, or how it was shown. */
    source: z.string().min(1).max(300),
  })
  .superRefine((place, ctx) => {
    const problem = faultOf(place)
    if (problem) ctx.addIssue({ code: 'custom', path: [problem.path], message: problem.problem })
  })

export type KnownPlace = z.infer<typeof knownPlaceSchema>

/** Reads a list of places; throws AppError 'invalid' that names every fault. */
export function readKnownPlaces(list: unknown): KnownPlace[] {
  const result = z.array(knownPlaceSchema).safeParse(list)
  const faults = result.success
    ? repeatedIds(result.data)
    : result.error.issues.map(({ path, message }) => ({ path: path.join('.'), problem: message }))
  if (!result.success || faults.length > 0) {
    const named = faults.map(({ path, problem }) => `${path}: ${problem}`).join('; ')
    throw new AppError('invalid', `The list of known places has faults: ${named}`, faults)
  }
  return result.data
}

/** The address of a place; null where it is known by name only or cannot be keyed. */
export function parsePlace(place: KnownPlace): Parsed | null {
  return place.line1 ? parseAddress({ ...place, line2: '' }) : null
}

function faultOf(place: KnownPlace): Fault | null {
  if (!place.line1) return null
  const parsed = parsePlace(place)
  if (!parsed || siteKeysOf(parsed).length === 0) {
    return { path: 'line1', problem: 'must be a street and number, with postal code or city and region, and country' }
  }
  const open = place.multiTenant && !place.unitPattern && parsed.units.length === 0
  return open
    ? { path: 'unitPattern', problem: 'is needed where others have their doors too, or a unit in line1' }
    : null
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
export const knownPlaces: readonly KnownPlace[] = readKnownPlaces(ownList)
