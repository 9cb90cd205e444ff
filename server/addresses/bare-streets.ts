// Tells American streets without a house number from names: highways, crossings, a lone name.
import { endsAsStreet, streetName } from './street-names.ts'
import { firmWords } from './words.ts'

const HIGHWAY = '(?:(?:us|state|co|interstate) (?:hwy|rte|rd)|hwy|us hwy|state rte|co rd|interstate|fm) \\d+[a-z]?'
const NUMBERED = new RegExp(`^(?:[nsew]{1,2} )?${HIGHWAY}(?: (?:[nsew]{1,2}|${HIGHWAY}))?$`)

/** `US Highway 22`, `I-70 Highway 9`. */
export function isNumberedStreet(tokens: string[]): boolean {
  return /\d/.test(tokens.join(' ')) && NUMBERED.test(streetName(tokens, 'US'))
}

/** `79th St & Joliet Rd`: a crossing is two streets and no house. */
export function crossingOf(tokens: string[]): string | null {
  const at = tokens.findIndex((token, i) => (token === 'and' || token === 'at') && i > 0 && i < tokens.length - 1)
  const first = tokens.slice(0, at).filter((token) => !/^(?:cor|corner|of)$/.test(token))
  if (at < 0 || first.length === 0) return null
  const second = tokens.slice(at + 1)
  const isStreet = [first, second].some((side) => endsAsStreet(side) || side.some((token) => /\d/.test(token)))
  return isStreet ? streetName([...first, ...second], 'US') : null
}

/** What firms, houses and landmarks are called. */
const NOT_STREETS = new Set(
  'the co company management insurance bank building bldg airport airfield inn hotel motel house school university college hospital church office airpark stadium'.split(
    ' ',
  ),
)

/** Where nothing else is told, a single name may be a street's: Main, Lawson; empty when it is somebody's. */
export function nameAsStreet(names: string[]): string {
  const tokens = names.length === 1 && names[0]!.length > 3 ? names[0]!.split(' ') : []
  return tokens.some((token) => firmWords.has(token) || NOT_STREETS.has(token)) ? '' : streetName(tokens, 'US')
}
