import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyAddress } from '../../server/addresses/classify.ts'
import { compareAddresses } from '../../server/addresses/compare.ts'
import { addressKeys, NORMALISER_VERSION } from '../../server/addresses/keys.ts'
import { knownPlaces } from '../../server/addresses/known-places.ts'
import { type Address, parseAddress } from '../../server/addresses/parse.ts'

const word = fc.constantFrom(
  ...'# apt ste unit po box p.o. c/o 14 4b 12-3 North st. Street Quay rr hc pmb Packstation 123 fl 2nd , - / ½ ß Ünter Str. é'.split(
    ' ',
  ),
)
const line = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
)
const anyAddress: fc.Arbitrary<Address> = fc.record({
  line1: line,
  line2: line,
  city: fc.oneof(fc.constant('Boston'), line),
  region: fc.oneof(fc.constantFrom('MA', '', 'ON'), line),
  postalCode: fc.oneof(fc.constantFrom('02110', '10115', 'SW1A 1AA'), line),
  country: fc.oneof(fc.constantFrom('US', 'DE', 'GB', 'CA', 'FR', 'ES', 'SG'), line),
})

/** The address as we would write it after reading it. */
function rewritten(address: Address): Address | null {
  const parsed = parseAddress(address)
  if (!parsed || parsed.box || addressKeys(address).doubtful) return null
  const { number, street, unit, city, region, postalCode, country } = parsed
  const line1 = country === 'DE' ? `${street} ${number}` : `${number} ${street}`
  return { line1, line2: unit ?? '', city, region, postalCode, country }
}

describe('whatever was typed', () => {
  test('nothing throws', () => {
    fc.assert(
      fc.property(anyAddress, anyAddress, (a, b) => {
        parseAddress(a)
        addressKeys(a)
        classifyAddress(a, knownPlaces)
        compareAddresses({ address: a, circle: null }, { address: b, circle: null })
      }),
      { numRuns: 2000 },
    )
  })

  test('what is read is read again as the same door', () => {
    const parts = fc.record({
      number: fc.oneof(fc.integer({ min: 1, max: 99999 }).map(String), fc.constantFrom('14a', '12-30', '10685-B')),
      name: fc.constantFrom(
        'Quay',
        'N.W. 5th',
        'Saint James',
        'Old Mill',
        'Martin Luther King Jr',
        "O'Neil",
        'Winston-Salem',
      ),
      suffix: fc.constantFrom('St', 'Avenue', 'blvd.', 'ROAD', 'Ln', 'Circle NE'),
      unit: fc.constantFrom('', 'Apt 4', '#12', 'Suite 392-536', 'Bldg 2 Apt 4', '2nd Floor', 'PMB 1750', '4b', 'Rear'),
      country: fc.constantFrom('US', 'GB', 'CA', 'AU'),
    })
    fc.assert(
      fc.property(parts, ({ number, name, suffix, unit, country }) => {
        const address = {
          line1: `${number} ${name} ${suffix}`,
          line2: unit,
          city: 'Boston',
          region: 'MA',
          postalCode: '',
          country,
        }
        const again = rewritten(address)
        expect(again).not.toBeNull()
        expect(addressKeys(again!)).toEqual(addressKeys(address))
      }),
    )
  })

  test('a line of a hundred thousand characters is no work', () => {
    for (const piece of ['a', '1', '# ', 'apt 4 ', 'p o ', '1-', 'c/o ', '(', 'rr 2 box ']) {
      const text = piece.repeat(100_000 / piece.length)
      const address = { line1: text, line2: text, city: text, region: text, postalCode: text, country: 'US' }
      expect(addressKeys(address).version).toBe(NORMALISER_VERSION)
      expect(classifyAddress(address, knownPlaces).confidence).toBeLessThan(1)
    }
  }, 5_000)
})

const corpus = new URL('../../../shared/data/address/usaddress-train-us50.xml', import.meta.url)
const isMissing = !existsSync(corpus) && !process.env['CI']

describe.skipIf(isMissing)('real US addresses', () => {
  test('nearly all that have a house number get a key that is not doubtful, and few look like anything but a street', () => {
    const addresses = readLabelled(readFileSync(corpus, 'utf8'))
    const numbered = addresses.filter(({ isNumbered }) => isNumbered).map(({ address }) => address)
    const keyed = numbered.filter((address) => addressKeys(address).door && !addressKeys(address).doubtful)
    const kinds = numbered
      .map((address) => classifyAddress(address, knownPlaces))
      .filter(({ kind }) => kind !== 'unknown')
    console.info(
      `keys: ${keyed.length} of ${numbered.length} numbered (${addresses.length} in all); not unknown: ${kinds.length}`,
    )
    expect(keyed.length / numbered.length).toBeGreaterThan(0.9)
    expect(kinds.length / numbered.length).toBeLessThan(0.02)
  })
})

/** The labels of the set give city, state and ZIP; all else is line 1. */
function readLabelled(xml: string): { address: Address; isNumbered: boolean }[] {
  return [...xml.matchAll(/<AddressString>(.*?)<\/AddressString>/g)].map(([, body]) => {
    const pieces = [...body!.matchAll(/<(\w+)>([^<]*)<\/\w+>([^<]*)/g)].map(([, label, text, tail]) => ({
      label,
      text: `${text}${tail}`,
    }))
    const of = (...labels: string[]) =>
      pieces
        .filter(({ label }) => labels.includes(label!))
        .map(({ text }) => text.trim())
        .join(' ')
        .replace(/,$/, '')
    const rest = pieces.filter(({ label }) => !['PlaceName', 'StateName', 'ZipCode'].includes(label!))
    return {
      isNumbered: rest.some(({ label }) => label === 'AddressNumber'),
      address: {
        line1: rest.map(({ text }) => text).join(''),
        line2: '',
        city: of('PlaceName'),
        region: of('StateName'),
        postalCode: of('ZipCode'),
        country: 'US',
      },
    }
  })
}
