// Reads an address that was pasted as one line: finds the place at its end, and leaves the rest as line 1.
import { countryCode, regionCode } from '../lib/countries.ts'
import { type Cities, cityAtEnd } from './line-cities.ts'
import { postcodeAt, regionTold, zipAt } from './line-regions.ts'
import { hasDigit, plainOf, textOf, type Word, wordsOf } from './line-words.ts'
import type { Address } from './parse.ts'

/**
 * Reads a pasted line (`Kim Rivera, 14 Quay St Apt 4, Boston MA 02110`) into an address: what is no place stands in
 * `line1`, names in front included. A country told at the end of the line wins over the one given. Never throws.
 */
export function parseAddressLine(text: string, country: string, cities?: Cities): Address {
  const { words, country: found } = withoutCountry(wordsOf(text), countryCode(country) ?? '')
  const read = found === 'US' || found === 'CA' ? readNorthAmerican : found === 'GB' ? readBritish : readElsewhere
  return { ...read(words, found, cities), line2: '', country: found }
}

type Found = Omit<Address, 'line2' | 'country'>

/** The country's name at the end; a code of two letters may be a region. */
function withoutCountry(words: Word[], country: string): { words: Word[]; country: string } {
  for (const length of [4, 3, 2, 1]) {
    const tail = words.slice(-length)
    if (tail.length < length || words.length === length || tail.some(({ ends }, i) => ends && i < length - 1)) continue
    const found = plainOf(tail).length > 2 || /^U\.?S\.?$/.test(textOf(tail)) ? countryCode(textOf(tail)) : null
    const isRegion = regionCode(country, textOf(tail)) !== null
    if (found && !isRegion && (found === country || country === '' || words.at(-length - 1)?.ends))
      return { words: words.slice(0, -length), country: found }
  }
  return { words, country }
}

// ── The United States and Canada ───────────────────────────────────────────────────────────────────────────

function readNorthAmerican(words: Word[], country: string, cities?: Cities): Found {
  const code = country === 'US' ? zipAt(words) : postcodeAt(words)
  const before = code ? words.slice(0, code.start) : words
  const region = regionTold(before, country, code !== null, cities)
  const rest = region ? before.slice(0, -region.length) : before
  const city = cityAtEnd(
    rest,
    { country, region: region?.code ?? '', isTold: code !== null || region !== null },
    cities,
  )
  // New York 10001 names no region but the city.
  if (city === 0 && region && region.length > 0 && plainOf(before.slice(-region.length)).length > 2 && hasDigit(rest))
    return { line1: textOf(rest), city: textOf(before.slice(-region.length)), region: '', postalCode: code?.text ?? '' }
  const after = code ? words.slice(code.end) : []
  return {
    line1: textOf([...rest.slice(0, rest.length - city), ...after]),
    city: city === 0 ? '' : textOf(rest.slice(-city)).replace(/[.\s]+$/, ''),
    region: region?.code ?? '',
    postalCode: code?.text ?? '',
  }
}

// ── Other countries ────────────────────────────────────────────────────────────────────────────────────────

const BRITISH_CODE = /\b([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})\b[\s.,]*$/i

/** Everything in front of the postcode; the city is the last part by commas. A county behind the city is left to it. */
function readBritish(words: Word[]): Found {
  const text = textOf(words)
  const code = BRITISH_CODE.exec(text)
  const parts = (code ? text.slice(0, code.index) : text)
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const city = parts.length > 1 && !/\d/.test(parts.at(-1)!) ? parts.pop()! : ''
  return { line1: parts.join(', '), city, region: '', postalCode: code ? `${code[1]} ${code[2]}`.toUpperCase() : '' }
}

/** A postal code of most countries, a country's letters in front of it or not. */
const CODE = /^(?:[a-z]{1,2}-)?(\d{4,6}|\d{2}-\d{3}|\d{3}-\d{4})$/i

/** `Hauptstr. 5, 10115 Berlin`: the code stands in front of the city; `Sydney NSW 2000`: behind it. */
function readElsewhere(words: Word[]): Found {
  const at = words.findLastIndex(({ text }, i) => i > 0 && CODE.test(text))
  if (at < 0) return withoutCode(words)
  const letters = /^[a-z]{2}$/i.test(words[at + 1]?.text ?? '') && /^\d{4}$/.test(words[at]!.text) ? 1 : 0
  const postalCode = (CODE.exec(words[at]!.text)?.[1] ?? '') + (letters ? words[at + 1]!.text : '')
  const after = words.slice(at + 1 + letters)
  if (after.length > 0) return { line1: textOf(words.slice(0, at)), city: textOf(after), region: '', postalCode }
  return { ...withoutCode(words.slice(0, at)), postalCode }
}

function withoutCode(words: Word[]): Found {
  const at = words.findLastIndex(({ ends }, i) => ends && i < words.length - 1)
  const tail = words.slice(at + 1)
  const isCity = at >= 0 && !tail.some(({ text }) => /\d/.test(text))
  return {
    line1: textOf(isCity ? words.slice(0, at + 1) : words),
    city: isCity ? textOf(tail) : '',
    region: '',
    postalCode: '',
  }
}
