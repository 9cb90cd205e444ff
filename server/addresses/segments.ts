// Cuts the two lines into segments, puts together what a comma parted, and leaves out what repeats the place.
import { regionCode } from '../lib/countries.ts'
import { isNumberFirst } from './orders.ts'
import { endsAsStreet } from './street-names.ts'
import { segmentsOf, tokensOf } from './tokens.ts'
import { directionWords, unitWords } from './words.ts'

/** The parts of an address that are read here; city, region and postal code only so as to skip them in the lines. */
export interface Written {
  line1: string
  line2: string
  city: string
  region: string
  postalCode: string
}

/** A number on its own belongs to what follows: a house number to its street, a post number to its Packstation. */
export const isLoneNumber = (text: string) => /^\d{1,10}(?:-?\p{L}|bis|ter|-\d{1,6}|\/\d{1,5})?$/u.test(text)

/** The segments of both lines; where the number comes last, `Via Roma, 5` is one of them. */
export function segmentsIn({ line1, line2 }: Written, country: string): string[][] {
  const segments = rejoined([...segmentsOf(line1), ...segmentsOf(line2)])
  if (isNumberFirst(country)) return segments
  const hasDigit = (segment: string[]) => segment.some((token) => /\p{N}/u.test(token))
  const joined: string[][] = []
  for (const segment of segments) {
    const before = joined.at(-1)
    const isNumber =
      segment.length <= 2 && isLoneNumber(segment.filter((token) => token !== 'no' && token !== 'nr').join(''))
    if (before && isNumber && !hasDigit(before) && joined.every((each) => !hasDigit(each))) before.push(...segment)
    else joined.push([...segment])
  }
  return joined
}

/** `1800 M St, NW, Ste 700`: a direction behind a comma belongs to the street before it. */
function rejoined(segments: string[][]): string[][] {
  return segments.reduce<string[][]>((joined, segment) => {
    const [first = '', second] = segment
    const isTail = directionWords.has(first) && (second === undefined || second === '#' || unitWords.has(second))
    // `Quay Road, N.E. Harbor Court`: the quadrant alone is the street's.
    const isQuadrant = /^(?:ne|nw|se|sw)$/.test(first) && !isTail && !segment.some((token) => /\d/.test(token))
    if (isQuadrant && endsAsStreet(joined.at(-1) ?? [])) {
      joined.at(-1)!.push(first)
      joined.push(segment.slice(1))
      return joined
    }
    const isMilitaryBox = first === 'box' && /^(?:psc|cmr|unit|rr|hc) \d+[a-z]?$/.test(joined.at(-1)?.join(' ') ?? '')
    if (isMilitaryBox || (isTail && endsAsStreet(joined.at(-1) ?? []))) joined.at(-1)!.push(...segment)
    else joined.push(segment)
    return joined
  }, [])
}

interface PlaceTokens {
  city: string[]
  /** Region, postal code and country: what stands behind a city. */
  behind: Set<string>
  all: Set<string>
}

/** Tokens of the structured place: a segment of nothing else repeats it. */
export function placeTokens({ city, region, postalCode }: Written, country: string): PlaceTokens {
  const cityTokens = tokensOf(city)
  const behind = new Set([region, postalCode, country, regionCode(country, region) ?? ''].flatMap(tokensOf))
  return { city: cityTokens, behind, all: new Set([...cityTokens, ...behind]) }
}

/** Leaves out `Boston MA 02110` at the end of a segment that says more. */
export function withoutPlace(tokens: string[], { city, behind }: PlaceTokens): string[] {
  let end = tokens.length
  while (end > 0 && behind.has(tokens[end - 1]!)) end--
  if (end === tokens.length || city.length === 0) return tokens
  const start = end - city.length
  return start > 1 && city.every((word, i) => tokens[start + i] === word) ? tokens.slice(0, start) : tokens
}
