// Finds the region and the postal code at the end of a North American line.
import { regionCode } from '../lib/countries.ts'
import { type Cities, type CityPlace, cityAtEnd, endsWhole, isWholeStreet } from './line-cities.ts'
import { plainOf, textOf, type Word } from './line-words.ts'
import { directionWords, nameWords, suffixWords } from './words.ts'

const ZIP = /^\d{5}(?:-?\d{4})?-?$/
const ZIP_WITHOUT_ZERO = /^\d{4}(?:-\d{4})?$/

interface Code {
  text: string
  start: number
  end: number
}

/** The last ZIP code of the line: at its end, or behind a region. */
export function zipAt(words: Word[]): Code | null {
  for (let at = words.length - 1; at > 0; at--) {
    const text = words[at]!.text.replace(/\.$/, '')
    const isBehindRegion = regionAtEnd(words.slice(0, at), 'US', true) !== null
    const isZip = ZIP.test(text) || (isBehindRegion && ZIP_WITHOUT_ZERO.test(text))
    if (!isZip || (at < words.length - 1 && !isBehindRegion && !/^-?\d{4}$/.test(words[at + 1]!.text))) continue
    const isFollowed = at === words.length - 2 && /^-?\d{4}$/.test(words[at + 1]!.text) && text.length === 5
    // 30 Main St Apt 60606 is no ZIP without a place in front of it.
    if (!isBehindRegion && /^(?:#|box|apt\.?|suite|ste\.?|unit|hwy|highway|route)$/i.test(words[at - 1]!.text))
      return null
    return { text: text.replace(/-$/, ''), start: at, end: at + (isFollowed ? 2 : 1) }
  }
  return null
}

/** A Canadian code, with or without its space. */
export function postcodeAt(words: Word[]): Code | null {
  for (let at = words.length - 1; at >= 0; at--) {
    const pair = `${words[at]!.text}${words[at + 1]?.text ?? ''}`
    if (/^[a-z]\d[a-z]-?\d[a-z]\d$/i.test(words[at]!.text)) return { text: words[at]!.text, start: at, end: at + 1 }
    if (/^[a-z]\d[a-z]\d[a-z]\d$/i.test(pair)) return { text: pair, start: at, end: at + 2 }
  }
  return null
}

/** States as newspapers shorten them, where that is not the code. */
const SHORT_STATES: Record<string, string> = {
  ala: 'AL',
  ariz: 'AZ',
  ark: 'AR',
  calif: 'CA',
  cal: 'CA',
  colo: 'CO',
  conn: 'CT',
  del: 'DE',
  fla: 'FL',
  ill: 'IL',
  ind: 'IN',
  kan: 'KS',
  mass: 'MA',
  mich: 'MI',
  minn: 'MN',
  miss: 'MS',
  mont: 'MT',
  neb: 'NE',
  nev: 'NV',
  okla: 'OK',
  ore: 'OR',
  penn: 'PA',
  tenn: 'TN',
  tex: 'TX',
  wash: 'WA',
  wis: 'WI',
  wyo: 'WY',
}

/** The region that the words end with; NE is a direction unless a postal code follows. */
function regionAtEnd(words: Word[], country: string, hasCode: boolean): { code: string; length: number } | null {
  for (const length of [3, 2, 1]) {
    const tail = words.slice(-length)
    if (tail.length < length || tail.some(({ ends }, i) => ends && i < length - 1)) continue
    const plain = plainOf(tail)
    const joined = plain.replaceAll(' ', '')
    const code =
      regionCode(country, plain) ??
      (joined.length === 2 ? regionCode(country, joined) : null) ??
      (country === 'US' && length === 1 ? SHORT_STATES[plain] : undefined)
    if (!code) continue
    // 4th Fl is a floor.
    const isFloor =
      plain === 'fl' && /^\d/.test(nameWords.get(plainOf(words.slice(-2, -1))) ?? plainOf(words.slice(-2, -1)))
    if (hasCode || (!directionWords.has(plain) && !isFloor)) return { code, length }
  }
  return null
}

/** The region at the end, with what repeats it; without a postal code only where a comma or a known city stands before it. */
export function regionTold(
  words: Word[],
  country: string,
  hasCode: boolean,
  cities?: Cities,
): { code: string; length: number } | null {
  const region = regionAtEnd(words, country, hasCode)
  if (!region) {
    const [before, last] = [words.at(-2), words.at(-1)]
    const isSlip = hasCode && before?.ends && /^[a-z]{2}$/i.test(last?.text ?? '')
    return isSlip ? { code: last!.text, length: 1 } : null
  }
  const rest = words.slice(0, -region.length)
  if (
    !hasCode &&
    !rest.at(-1)?.ends &&
    !isBehindCity(rest, plainOf(words.slice(-region.length)), { country, region: region.code, isTold: true }, cities)
  )
    return null
  // Memphis TN, TN 38103; but New York, NY.
  const isRepeated = hasCode && rest.length > 1 && plainOf(rest.slice(-1)) === region.code.toLowerCase()
  return isRepeated ? { ...region, length: region.length + 1 } : region
}

/** Without a comma and a postal code a region counts behind a city of its own; 5 Hartford Ct is a street. */
function isBehindCity(words: Word[], region: string, place: CityPlace, cities?: Cities): boolean {
  const length = cityAtEnd(words, place, cities)
  const [city, rest] = [textOf(words.slice(-length || words.length)), words.slice(0, -length)]
  if (length === 0) return false
  if (cities?.locateCity({ city, region: place.region, country: place.country }) == null) return isWholeStreet(rest)
  return !suffixWords.has(region) || (rest.length > 1 && endsWhole(rest, place.country))
}
