// Reads labelled US addresses (usaddress XML), and says which fields of each a parser got right.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { readLines } from '../../server/addresses/lines.ts'
import { parseAddressLine } from '../../server/addresses/one-line.ts'
import { streetName } from '../../server/addresses/street-names.ts'
import { tokensOf } from '../../server/addresses/tokens.ts'
import { locateCity } from '../../server/integrations/places/cities.ts'
import { regionCode } from '../../server/lib/countries.ts'
import { plainText } from '../../server/lib/plain.ts'

/** What a line says, in plain text; an absent field is empty. Names of people, firms and buildings are not asked for. */
export interface Fields {
  number: string
  street: string
  /** Ids of units in alphabetical order, without their words: annotators split these in their own ways. */
  unit: string
  box: string
  city: string
  region: string
  postalCode: string
}

export interface LabelledLine {
  text: string
  fields: Fields
}

/** The rows of a labelled file, all of them: crossings and lines that hold no address count as well. */
export function readLabelled(path: string): LabelledLine[] {
  const xml = readFileSync(path, 'utf8').replace(/<!--[\s\S]*?-->/g, '')
  return [...xml.matchAll(/<AddressString>([\s\S]*?)<\/AddressString>/g)].map(([, body]) => {
    const pieces = [...body!.matchAll(/<(\w+)>([^<]*)<\/\w+>/g)].map(([, label, text]) => ({
      label: label!,
      text: decode(text!),
    }))
    const of = (pattern: RegExp) =>
      pieces
        .filter(({ label }) => pattern.test(label))
        .map(({ text }) => text.trim())
        .join(' ')
    return {
      text: decode(body!.replace(/<[^>]+>/g, ''))
        .replace(/\s+/g, ' ')
        .trim(),
      fields: plainFields({
        number: of(/^AddressNumber/),
        street: of(/^(?:StreetName|suffix$)/),
        unit: of(/^(?:Occupancy|Subaddress)/),
        box: of(/^USPSBox/),
        city: of(/^PlaceName$/),
        region: of(/^StateName$/),
        postalCode: of(/^ZipCode$/),
      }),
    }
  })
}

const decode = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>')

/** Fields as they are compared: one spelling per street word, region as code, ZIP of five digits. */
function plainFields(raw: Fields): Fields {
  return {
    number: plainText(raw.number).replace(/ /g, '').replace(/^one$/, '1').replace(/^two$/, '2'),
    street: streetName(tokensOf(raw.street), 'US').replace(/[^a-z0-9 ]/g, ''),
    unit: idsOf(raw.unit),
    box: (plainText(raw.box).match(/[a-z]{0,2}\d[a-z0-9]*/g) ?? []).map((id) => id.replace(/^0+(?=\d)/, '')).join(''),
    city: plainText(raw.city)
      .replace(/^saint /, 'st ')
      .replace(/^fort /, 'ft ')
      .replace(/^mount /, 'mt '),
    region: regionCode('US', raw.region) ?? plainText(raw.region),
    postalCode: raw.postalCode
      .replace(/\D/g, '')
      .padStart(5, '0')
      .slice(0, 5)
      .replace(/^0{5}$/, ''),
  }
}

/** `Second Floor` is 2, `Suite # 4-B` is 4b. */
function idsOf(unit: string): string {
  const ids = tokensOf(unit).map((token) =>
    streetName([token], 'US')
      .replace(/(?<=^\d+)(?:st|nd|rd|th)$/, '')
      .replace(/[^a-z0-9]/g, '')
      .replace(/^0+(?=\d)/, ''),
  )
  return ids
    .filter((id) => /\d/.test(id) || id.length === 1)
    .sort()
    .join('')
}

/** Telltale's own reader. */
export function readOurs(text: string): Fields {
  const address = parseAddressLine(text, 'US', { locateCity })
  const { number, street, units, box } = readLines(address, 'US')
  return plainFields({
    number,
    street,
    unit: units.map(({ word, id }) => `${word} ${id}`).join(' '),
    box: box ? `${box.kind === 'general delivery' ? '' : box.number}` : '',
    city: address.city,
    region: address.region,
    postalCode: address.postalCode,
  })
}

type Parts = Record<string, string | undefined>
const parseAddressPackage = createRequire(import.meta.url)('parse-address') as {
  parseLocation(text: string): Parts | null
}

/** The npm package `parse-address`, scored alike. */
export function readByPackage(text: string): Fields {
  const parts = parseAddressPackage.parseLocation(text) ?? {}
  const isBox = /box/i.test(parts['sec_unit_type'] ?? '')
  const unit = [parts['sec_unit_type'], parts['sec_unit_num']].filter(Boolean).join(' ')
  const street = ['prefix', 'street', 'type', 'suffix']
    .map((part) => parts[part])
    .filter(Boolean)
    .join(' ')
  const [city, region, postalCode, number] = ['city', 'state', 'zip', 'number'].map((part) => parts[part] ?? '') as [
    string,
    string,
    string,
    string,
  ]
  return plainFields({
    number,
    street,
    unit: isBox ? '' : unit,
    box: isBox ? (parts['sec_unit_num'] ?? '') : '',
    city,
    region,
    postalCode,
  })
}

/** The names of the fields that differ. */
export function wrongFields(expected: Fields, read: Fields): (keyof Fields)[] {
  return (Object.keys(expected) as (keyof Fields)[]).filter((field) => expected[field] !== read[field])
}
