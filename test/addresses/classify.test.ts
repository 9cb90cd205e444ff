import { describe, expect, test } from 'vitest'
import { classifyAddress } from '../../server/addresses/classify.ts'
import { type KnownPlace, knownPlaces } from '../../server/addresses/known-places.ts'
import type { Address } from '../../server/addresses/parse.ts'
import { sampleOf } from './sample-of.ts'
import { berlin, london, madrid, moscow, paris, tokyo, toronto, utrecht, warsaw, written } from './written.ts'

const classify = (address: Address) => classifyAddress(address, knownPlaces)
const addressOf = (place: KnownPlace, line2 = ''): Address => ({ ...place, line2 })
const withAddress = knownPlaces.filter(({ line1 }) => line1 !== '')

/** Codes as customers of these places write them, by id of the place; of the others one of the form listed. */
const CODES: Record<string, string> = {
  'myus-sarasota': 'Suite 392-536',
  'myus-sarasota-old-zip': 'Ste AB1234',
  'shipito-hawthorne': 'Suite #AFW-696',
  'qwintry-newark': 'Qwintry Suite 12-123456',
  'fishisfast-new-castle': 'FF123-456 FISHISFAST',
  'skyshop-miami': 'Suite AB-1234',
  'doral-couriers': 'Suite BG-10233',
  'us-global-mail-houston': 'PMB 12164',
  'hazelhurst-houston': '# 29406',
  'earth-class-mail-boston': 'PMB 12345',
  'the-green-dover': 'Suite #A',
}
const codeOf = (place: KnownPlace) => CODES[place.id] ?? `# ${sampleOf(place.unitPattern ?? '')}`

describe('known places', () => {
  test.each(withAddress.filter(({ unitPattern }) => unitPattern))('$id is found with a customer code', (place) => {
    expect(classify(addressOf(place, codeOf(place)))).toMatchObject({
      kind: place.kind,
      placeId: place.id,
      customerCode: true,
      confidence: place.confidence,
    })
  })

  test.each(withAddress.filter(({ multiTenant }) => !multiTenant))('$id is found without one, in capitals', (place) => {
    const { line1, city, country } = place
    const shouted = {
      ...addressOf(place),
      line1: line1.toUpperCase(),
      city: city.toUpperCase(),
      country: country.toLowerCase(),
    }
    expect(classify(shouted)).toMatchObject({ kind: place.kind, placeId: place.id, customerCode: false })
  })

  test.each(withAddress.filter(({ multiTenant }) => multiTenant))('the neighbours of $id are left alone', (place) => {
    const line1 = place.line1.replace(/,? (?:(?:Suite|Unit) .*|\S+ Floor)$/, '')
    expect(classify({ ...addressOf(place, 'Apt 7'), line1 }).placeId).toBeNull()
  })

  test('a place with a unit of its own is found by that unit', () => {
    const place = withAddress.find(({ id }) => id === 'earth-class-mail-boston')!
    expect(classify(addressOf(place)).placeId).toBe(place.id)
  })

  test('another postal code of the same town does not hide a building', () => {
    const place = withAddress.find(({ id }) => id === 'shipito-hawthorne')!
    expect(classify({ ...addressOf(place), postalCode: '90251' }).placeId).toBe(place.id)
    expect(classify({ ...addressOf(place), city: 'Boston', region: 'MA', postalCode: '02110' }).placeId).toBeNull()
  })

  test('a name counts beside the street, not within it', () => {
    expect(classify(written('The UPS Store #1234', { line2: '55 Dock Rd' }))).toMatchObject({
      kind: 'mail drop',
      placeId: 'ups-store',
    })
    expect(classify(written('Public Storage Unit B12', { line2: '55 Dock Rd' })).kind).toBe('self-storage')
    expect(classify(written('Amazon Locker - Otter', { line2: '55 Dock Rd' })).kind).toBe('locker or counter')
    expect(classify(written('55 Public Storage Rd')).kind).toBe('unknown')
  })

  test('a list of the company, edited, takes effect', () => {
    const office: KnownPlace = {
      ...withAddress[0]!,
      id: 'our-office',
      kind: 'office',
      name: 'Our office',
      line1: '14 Quay Street',
      city: 'Boston',
      region: 'MA',
      postalCode: '02110',
      unitPattern: null,
      multiTenant: false,
    }
    expect(classifyAddress(written('14 Quay St', { line2: 'Fl 3' }), [office])).toMatchObject({
      kind: 'office',
      placeId: 'our-office',
    })
  })
})

describe('what the lines say', () => {
  test.each([
    ['po box', written('P.O. Box 1234')],
    ['po box', written('POB 4120')],
    ['po box', written('Post Office Box 9')],
    ['po box', written('Drawer 12')],
    ['po box', written('14 Quay St', { line2: 'PO Box 12' })],
    ['po box', written('Postfach 10 20 30', berlin)],
    ['mail drop', written('10 Oak Ave PMB #12')],
    ['mail drop', written('10 Oak Ave Ste 413 PMB 1750')],
    ['mail drop', written('10 Oak Ave', { line2: 'Private Mailbox 12' })],
    ['mail drop', written('411 Walnut St #14431')],
    ['mail drop', written('10 Oak Ave Ste 205', { line2: '#1234' })],
    ['locker or counter', written('Packstation 123, 1234567', berlin)],
    ['locker or counter', written('Postfiliale 512', { ...berlin, line2: '1234567' })],
    ['locker or counter', written('General Delivery')],
    ['locker or counter', written('Parcel Locker 10112, 55 Dock Rd')],
    ['military', written('PSC 1234 Box 5678', { city: 'APO', region: 'AE', postalCode: '09012' })],
    ['military', written('Unit 2050 Box 4190', { city: 'FPO', region: 'AP', postalCode: '96278' })],
    ['military', written('BFPO 58', london)],
    ['hotel', written('Holiday Inn Room 210', { line2: '55 Dock Rd' })],
    ['hotel', written('Hotel Sonne, Am Markt 3', berlin)],
    ['self-storage', written('Harbor Self Storage unit 4', { line2: '55 Dock Rd' })],
    ['registered agent', written('c/o Harbor Registered Agent, LLC', { line2: '55 Dock Rd' })],
    ['hotel', written('Auberge du Lac, 4 rue du Port', paris)],
    ['hotel', written('Room 12, Boston Marriott Downtown', { line2: '55 Dock Rd' })],
    ['hotel', written('ホテル日航 1-2-3', tokyo)],
    ['hotel', written('55 Dock Rd', { line2: 'Extended Stay America, Room 4' })],
    ['self-storage', written('Trastero 12, Calle Mayor 4', madrid)],
    ['self-storage', written('Mietlager Nord, Hauptstr. 5', berlin)],
    ['self-storage', written('U-Haul Moving, 55 Dock Rd')],
    ['locker or counter', written('Paczkomat WAW22A', warsaw)],
    ['locker or counter', written('Point Relais Tabac, 4 rue du Port', paris)],
    ['locker or counter', written('PostNL-punt Bruna, Oudegracht 5', utrecht)],
    ['locker or counter', written('Hermes PaketShop, Hauptstr. 5', berlin)],
    ['locker or counter', written('Postlagernd', berlin)],
    ['locker or counter', written('Poste Restante', paris)],
    ['locker or counter', written('浅草局留', tokyo)],
    ['po box', written('私書箱12号', tokyo)],
    ['po box', written('а/я 12', moscow)],
    ['po box', written('Apartado postal 55', madrid)],
    ['mail drop', written('FedEx Office Print and Ship, 55 Dock Rd')],
    ['mail drop', written('Pak Mail, 55 Dock Rd')],
    ['virtual office', written('Oficina virtual 12, Calle Mayor 4', madrid)],
    ['virtual office', written('Regus, 55 Dock Rd')],
    [
      'registered agent',
      written('Ugland House, South Church Street', { city: 'George Town', region: '', postalCode: '', country: 'KY' }),
    ],
    ['military', written('14 Quay St', { ...london, postalCode: 'BF1 3AA' })],
    ['military', written('CFPO 5047', { ...toronto, postalCode: '' })],
    ['freight forwarder', written('Casillero 4471, 55 Dock Rd')],
    ['freight forwarder', written('c/o MyUS, 55 Dock Rd')],
    ['freight forwarder', written('Miami FWD 8822, 55 Dock Rd')],
    ['freight forwarder', written('999 Dock Blvd Suite 392-536')],
    ['freight forwarder', written('999 Dock Blvd', { line2: 'Suite #AFW696' })],
    ['freight forwarder', written('999 Dock Blvd', { line2: 'Ste US123456' })],
  ] as const)('%s: $line1 $line2', (kind, address) => {
    const result = classify(address)
    expect(result.kind).toBe(kind)
    expect(result.why).toMatch(/^[A-Z].*\.$/)
    expect(result.confidence).toBeGreaterThan(0)
  })

  test.each([
    written('12 Boxwood Lane'),
    written('100 Post Road'),
    written('14 Boxer Ct'),
    written('33 Elm St Apt 392'),
    written('500 W Madison St # 2510'),
    written('500 W Madison St Suite 2510'),
    written('12 Main St #4B'),
    written('12 Main St Floor 3 Suite 310'),
    written('12 Main St Bldg 2', { line2: '#310' }),
    written('12 Main St Unit 101-102'),
    written('12 Main St PH101'),
    written('14 Anchor Inn Road'),
    written('Anchor Inn Road'),
    written('12 Innsbruck Ave'),
    written('14 Storey St'),
    written('12 Apollo Ave'),
    written('RR 2 Box 45'),
    written('HC 73 Box 12'),
    written('961 North A1A Box 158'),
    written('12 Locker Street'),
    written('Unit 5 Box 12, 100 Main St'),
    written('Packstr. 3', berlin),
    written('Postgasse 4', berlin),
    written('Lagerstraße 12', berlin),
    written('Gasthausweg 3', berlin),
    written('12 Hilton Avenue'),
    written('4 Marriott Drive', { line2: 'Apt 3' }),
    written('c/o Hilton family, 14 Quay St'),
    written('14 Quay St', { line2: 'c/o Jordan Marriott' }),
    written('York House, 3 Mill Lane', london),
    written('1 University Avenue', { line2: 'Baker Hall Room 214' }),
    written('14 Storage Road'),
    written('9 Virtual Way'),
    written('3 Cargo Way Unit 4'),
    written('12 rue de la Poste', paris),
    written('4 place de l’Hôtel de Ville', paris),
    written('Flat 2, 14 High Street', london),
    written('4-100 Main St', toronto),
    written('Blk 5 Hill St #12-3456', { country: 'SG', region: '', city: 'Singapore', postalCode: '179369' }),
    written('PO Box 12', { country: 'AE', region: '', city: 'Dubai', postalCode: '' }),
    written(''),
  ])('an ordinary address stays unknown: $line1', (address) => {
    expect(classify(address)).toMatchObject({ kind: 'unknown', placeId: null, customerCode: false })
  })

  test('a code alone is never more than medium', () => {
    const { confidence, customerCode } = classify(written('999 Dock Blvd', { line2: '#AFW696' }))
    expect(customerCode).toBe(true)
    expect(confidence).toBeLessThanOrEqual(0.6)
  })

  test('a box is a box even where the country is missing', () => {
    expect(classify(written('PO Box 12', { country: '' })).kind).toBe('po box')
  })
})
