import { describe, expect, test } from 'vitest'
import { addressKeys, NORMALISER_VERSION } from '../../server/addresses/keys.ts'
import { berlin, london, toronto, written } from './written.ts'

const doorOf = (...args: Parameters<typeof written>) => addressKeys(written(...args)).door

describe('the key of a door', () => {
  test('reads as what it is', () => {
    expect(addressKeys(written('14 Quay Street', { line2: 'Apt 4' }))).toEqual({
      version: NORMALISER_VERSION,
      door: 'us|02110|quay st|14|apt 4',
      building: 'us|02110|quay st|14',
      doubtful: false,
    })
  })

  test.each([
    written('14 QUAY ST APT 4', { city: 'BOSTON', postalCode: '02110-1234' }),
    written('14 Quay St.', { line2: '#4', country: 'United States', region: 'Massachusetts' }),
    written('14 Quay Street, Unit 4', { postalCode: '021101234' }),
    written('Apt. 4, 14 Quay Street', { postalCode: '2110' }),
    written('Apt 4 14 Quay St'),
    written('14  quay   strt', { line2: 'apartment 4' }),
    written('14 Quáy St', { line2: '4' }),
    written('14 Quay St Apt4'),
    written('14 Quay St', { line2: 'APT-4' }),
    written('c/o Kim Rivera', { line2: '14 Quay St Apt 4' }),
    written('Harbor Widgets Inc', { line2: '14 Quay St #4' }),
    written('Harbor Widgets 14 Quay St Suite # 4'),
    written('14 Quay St Apt 4, Boston, MA 02110'),
  ])('is the same however it is typed: $line1 / $line2', (address) => {
    expect(addressKeys(address)).toMatchObject({ door: 'us|02110|quay st|14|apt 4', doubtful: false })
  })

  test.each([
    ['100 NW 5th Ave S', '100 N.W. Fifth Avenue South'],
    ['100 N W 5th Ave', '100 Northwest 5th Av.'],
    ['12 Saint James Pl', '12 St. James Place'],
    ["3 O'Neil Ct", '3 ONeil Court'],
    ['10685-B Hazel Dr', '10685B Hazel Drive'],
    ['1 Main St', 'One Main Street'],
    ['9 Elm St 2nd Floor', '9 Elm Street, Fl 2'],
    ['PO Box 44', 'P. O. BOX # 44'],
    ['RR 2 Box 45', 'Rural Route #2 Box 45'],
  ])('%s is %s', (a, b) => {
    expect(doorOf(a)).not.toBeNull()
    expect(doorOf(a)).toBe(doorOf(b))
  })

  test.each([
    ['Hauptstr. 5a', 'Hauptstraße 5 A'],
    ['Karl-Marx-Straße 5', 'KARL MARX STR. 5'],
    ['Müllerstr. 7, 2. OG', 'Muellerstrasse 7 2.OG'],
    ['Packstation 123, 1234567', '1234567, Packstation Nr. 123'],
  ])('in Germany %s is %s', (a, b) => {
    expect(doorOf(a, berlin)).not.toBeNull()
    expect(doorOf(a, berlin)).toBe(doorOf(b, berlin))
  })

  test('in Germany a house number is no flat', () => {
    expect(doorOf('Altes Haus 5', berlin)).toBe('de|10115|altes haus|5')
    expect(doorOf('Hauptstr. 5 EG', berlin)).toBe('de|10115|hauptstr|5|eg')
    expect(doorOf('Hauptstr. 5 Whg. 12', berlin)).toBe('de|10115|hauptstr|5|whg 12')
  })

  test('in Britain the flat may come first, and postcodes need no space', () => {
    expect(doorOf('Flat 2, 14 High Street', london)).toBe('gb|sw1a1aa|high st|14|apt 2')
    expect(doorOf('14 High St', { ...london, line2: 'Flat 2', postalCode: 'sw1a1aa' })).toBe(
      'gb|sw1a1aa|high st|14|apt 2',
    )
  })

  test('in Canada the unit may stand before the number', () => {
    expect(doorOf('4-100 Main St', toronto)).toBe(doorOf('100 Main Street Unit 4', toronto))
  })

  test('another flat is another door of the same building', () => {
    const [a, b] = [addressKeys(written('14 Quay St Apt 4')), addressKeys(written('14 Quay St Apt 5'))]
    expect(a.door).not.toBe(b.door)
    expect(a.building).toBe(b.building)
    expect(doorOf('14 Quay St Bldg 2 Apt 4')).not.toBe(a.door)
    expect(doorOf('14 Quay St')).toBe(a.building)
  })

  test.each([
    ['14 Quay St', '15 Quay St'],
    ['14 Quay St', '14 Quay Ave'],
    ['14 N Quay St', '14 S Quay St'],
    ['14 Quay St', '14A Quay St'],
  ])('%s is not %s', (a, b) => expect(doorOf(a)).not.toBe(doorOf(b)))

  test('city and region stand in for a postal code', () => {
    expect(doorOf('14 Quay St', { postalCode: '' })).toBe('us|boston ma|quay st|14')
    expect(doorOf('14 Quay St', { postalCode: '', region: '' })).toBeNull()
    expect(doorOf('14 Quay St', { postalCode: 'unknown', region: '' })).toBeNull()
  })

  test('a post office box is a door and no building; a Packstation without post number is a building and no door', () => {
    expect(addressKeys(written('PO Box 44'))).toMatchObject({ door: 'us|02110|po box|44', building: null })
    expect(addressKeys(written('Packstation 123', berlin))).toMatchObject({
      door: null,
      building: 'de|10115|packstation|123',
    })
  })
})

describe('no parse, no key; what is doubtful says so', () => {
  test.each([
    written(''),
    written('14 Quay St', { country: '' }),
    written('14 Quay St', { country: 'Atlantis' }),
    written('Quay Street'),
    written('The blue house by the church'),
  ])('no key: $line1 ($country)', (address) => {
    expect(addressKeys(address)).toMatchObject({ door: null, building: null, doubtful: true })
  })

  test.each([
    written('14 Quay St', { line2: 'ring 3 times' }),
    written('14 Quay St', { line2: '20 Other Ave' }),
    written('14 Quay St', { line2: 'PO Box 44' }),
    written('14 apt upstairs by Quay St'),
  ])('doubtful: $line1 / $line2', (address) => expect(addressKeys(address).doubtful).toBe(true))

  test.each([
    '14 Quay St',
    '961 North A1A Box 158',
    '1200 County Road 12',
    '55 Dock Rd',
    '12 Bay Ne',
    '123 1/2 Main St',
  ])('not doubtful: %s', (line1) =>
    expect(addressKeys(written(line1))).toMatchObject({ doubtful: false, door: expect.any(String) }),
  )
})
