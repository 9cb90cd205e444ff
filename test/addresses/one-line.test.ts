// Addresses pasted as one line: where the place begins, and what is left of the street.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKeys } from '../../server/addresses/keys.ts'
import { parseAddressLine } from '../../server/addresses/one-line.ts'
import { locateCity } from '../../server/integrations/places/cities.ts'

const read = (text: string, country = 'US') => {
  const { line1, city, region, postalCode } = parseAddressLine(text, country, { locateCity })
  return [line1, city, region, postalCode]
}

describe('in the United States', () => {
  test.each([
    ['14 Quay St Apt 4, Boston, MA 02110', ['14 Quay St Apt 4', 'Boston', 'MA', '02110']],
    ['14 Quay St Apt 4 Boston MA 02110-1234', ['14 Quay St Apt 4', 'Boston', 'MA', '02110-1234']],
    ['14 QUAY STREET SALT LAKE CITY UTAH 84101', ['14 QUAY STREET', 'SALT LAKE CITY', 'UT', '84101']],
    ['Kim Rivera, 14 Quay St, Boston, Massachusetts 02110, USA', ['Kim Rivera, 14 Quay St', 'Boston', 'MA', '02110']],
    ['c/o Kim Rivera 14 Quay St #4 St. Louis, MO 63101', ['c/o Kim Rivera 14 Quay St #4', 'St. Louis', 'MO', '63101']],
    ['14 Quay St NW, Washington, D.C. 20005', ['14 Quay St NW', 'Washington', 'DC', '20005']],
    ['14 Quay St, NW Ste 200 Atlanta, GA 30303', ['14 Quay St, NW Ste 200', 'Atlanta', 'GA', '30303']],
    ['PO Box 44, Lake Forest, IL 60045', ['PO Box 44', 'Lake Forest', 'IL', '60045']],
    ['14 Quay St, Boston', ['14 Quay St', 'Boston', '', '']],
    ['14 Quay St 6th Fl', ['14 Quay St 6th Fl', '', '', '']],
    ['14 Quay Ct', ['14 Quay Ct', '', '', '']],
    ['14 Quay St, New York 10001', ['14 Quay St', 'New York', '', '10001']],
    ['14 Quay St, Hoboken, NJ 7030', ['14 Quay St', 'Hoboken', 'NJ', '7030']],
    ['Calle A 150, Urb Las Lomas, San Juan, PR 00926', ['Calle A 150, Urb Las Lomas', 'San Juan', 'PR', '00926']],
  ])('%s', (text, parts) => expect(read(text)).toEqual(parts))
})

describe('elsewhere', () => {
  test.each([
    ['CA', '4-123 Maple St, Toronto, ON M5V 2T6', ['4-123 Maple St', 'Toronto', 'ON', 'M5V2T6']],
    ['CA', '123 rue Principale, Québec QC G1R 4S9', ['123 rue Principale', 'Québec', 'QC', 'G1R4S9']],
    ['GB', 'Flat 2, 14 High Street, London SW1A 1AA', ['Flat 2, 14 High Street', 'London', '', 'SW1A 1AA']],
    [
      'GB',
      'Flat 2, 14 High Street, London, SW1A1AA, United Kingdom',
      ['Flat 2, 14 High Street', 'London', '', 'SW1A 1AA'],
    ],
    ['DE', 'Hauptstr. 5, 10115 Berlin', ['Hauptstr. 5', 'Berlin', '', '10115']],
    ['DE', 'Hauptstraße 5 D-10115 Berlin', ['Hauptstraße 5', 'Berlin', '', '10115']],
    ['FR', '14 rue des Lilas, 75002 Paris, France', ['14 rue des Lilas', 'Paris', '', '75002']],
    ['NL', 'Hoofdstraat 5, 3511 AB Utrecht', ['Hoofdstraat 5', 'Utrecht', '', '3511AB']],
    ['PL', 'ul. Długa 5/7, 00-238 Warszawa', ['ul. Długa 5/7', 'Warszawa', '', '00-238']],
  ])('%s: %s', (country, text, parts) => expect(read(text, country)).toEqual(parts))

  test('a country at the end of the line wins over the one that was given', () => {
    expect(parseAddressLine('Hauptstr. 5, 10115 Berlin, Germany', 'US').country).toBe('DE')
    expect(parseAddressLine('14 Quay St, Atlanta, Georgia', 'US').country).toBe('US')
  })
})

test('a pasted line and the same address in fields have one door', () => {
  const line = parseAddressLine('14 Quay Street #4, Boston, MA 02110', 'United States', { locateCity })
  expect(addressKeys(line)).toMatchObject({ door: 'us|02110|quay st|14|apt 4', doubtful: false })
})

test('whatever is pasted, nothing throws, and a long line is no work', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 80 }),
      fc.constantFrom('US', 'CA', 'GB', 'DE', 'IN', 'Atlantis'),
      (text, country) => {
        parseAddressLine(text, country)
      },
    ),
  )
  for (const piece of ['a ', '1 ', 'St, ', '# ', 'New York ']) {
    expect(parseAddressLine(piece.repeat(50_000), 'US', { locateCity }).line1.length).toBeLessThan(500)
  }
})
