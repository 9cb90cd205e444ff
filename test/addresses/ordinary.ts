// Ordinary addresses of several countries: homes, flats, offices, dormitories, and streets with misleading names.
import type { Address } from '../../server/addresses/parse.ts'

interface Country {
  country: string
  cities: [city: string, region: string, postalCode: string][]
  streets: string[]
  /** The first line, of street and number. */
  line1(street: string, number: number): string
  /** What may stand in the second line. */
  line2: string[]
}

const numberFirst = (street: string, number: number) => `${number} ${street}`
const numberLast = (street: string, number: number) => `${street} ${number}`

const countries: Country[] = [
  {
    country: 'US',
    cities: [
      ['Springfield', 'IL', '62704'],
      ['Boise', 'ID', '83702'],
      ['Asheville', 'NC', '28801'],
      ['Tucson', 'AZ', '85719'],
      ['Rochester', 'MN', '55902'],
      ['Bozeman', 'MT', '59715'],
    ],
    streets: [
      'Elm Street',
      'Old Storage Road',
      'Hotel Drive',
      'Marriott Drive',
      'Boxwood Lane',
      'Mailbox Road',
      'Forwarder Court',
      'Packers Avenue',
      'Anchor Inn Road',
      'University Avenue',
      'N 5th St',
      'Hilton Avenue',
      'Post Road',
      'Locker Street',
      'Military Trail',
      'Express Lane',
      'Storey Blvd',
      'Cargo Way',
      'County Road 12',
      'Virtual Way',
    ],
    line1: numberFirst,
    line2: [
      '',
      '',
      'Apt 4B',
      'Apt 392',
      'Apt #12',
      'Suite 200',
      'Ste 1150',
      'Unit 12',
      'Unit B',
      '# 210',
      '#3',
      'Floor 3',
      'Bldg 2 Apt 14',
      'Lot 14',
      'Unit 101-102',
      'PH 3',
      'c/o Miller family',
      'c/o Grandma Rose',
      'Room 214, Baker Hall, State University',
      'Rear',
      'Attn: Jordan',
      'Apt A101',
    ],
  },
  {
    country: 'GB',
    cities: [
      ['Leeds', '', 'LS6 3HN'],
      ['Bristol', '', 'BS6 5TJ'],
      ['Norwich', 'Norfolk', 'NR2 3AB'],
      ['Cardiff', '', 'CF24 4HQ'],
    ],
    streets: [
      'High Street',
      'Inn Lane',
      'Station Road',
      'Post Office Lane',
      'Hotel Street',
      'Barracks Road',
      'The Green',
    ],
    line1: numberFirst,
    line2: [
      '',
      'Flat 2',
      'Flat 14B',
      'Top Floor Flat',
      'Rose Cottage',
      'The Old Post House',
      'c/o Mrs Patel',
      'Unit 4',
    ],
  },
  {
    country: 'DE',
    cities: [
      ['Leipzig', 'Sachsen', '04109'],
      ['Köln', '', '50674'],
      ['Freiburg', '', '79098'],
    ],
    streets: ['Hauptstraße', 'Postgasse', 'Hotelstraße', 'Lagerstraße', 'Am Packhof', 'Gasthausweg', 'Kasernenstr.'],
    line1: numberLast,
    line2: [
      '',
      '3. OG links',
      'Whg. 12',
      'Hinterhaus',
      'bei Müller',
      'c/o Familie Schmidt',
      'Studentenwohnheim, Zimmer 214',
    ],
  },
  {
    country: 'CA',
    cities: [
      ['Halifax', 'NS', 'B3H 1Y2'],
      ['Regina', 'SK', 'S4P 3Y2'],
      ['Ottawa', 'ON', 'K1N 6N5'],
    ],
    streets: ['King Street W', 'Storage Road', 'Rue Principale', 'Inn Crescent', 'Lakeshore Dr'],
    line1: (street, number) => (number % 3 === 0 ? `${(number % 40) + 1}-${number} ${street}` : `${number} ${street}`),
    line2: ['', 'Apt 1204', 'Unit 7', 'Basement', 'Suite 300'],
  },
  {
    country: 'FR',
    cities: [
      ['Lyon', '', '69003'],
      ['Nantes', '', '44000'],
    ],
    streets: ['rue de la Poste', 'avenue de l’Hôtel de Ville', 'rue du Relais', 'place du Marché'],
    line1: numberFirst,
    line2: ['', 'Bâtiment B', 'Appartement 12', '3e étage', 'chez Dupont'],
  },
  {
    country: 'NL',
    cities: [
      ['Utrecht', '', '3511 AB'],
      ['Delft', '', '2611 CD'],
    ],
    streets: ['Oudegracht', 'Postweg', 'Herbergstraat'],
    line1: numberLast,
    line2: ['', '2 hoog', 'Appartement 5'],
  },
  {
    country: 'ES',
    cities: [
      ['Valencia', '', '46003'],
      ['Sevilla', '', '41001'],
    ],
    streets: ['Calle de la Posada', 'Calle Mayor', 'Avenida del Correo'],
    line1: numberLast,
    line2: ['', '3º B', 'Piso 2 puerta 4'],
  },
  {
    country: 'IN',
    cities: [
      ['Pune', 'Maharashtra', '411001'],
      ['Kochi', 'Kerala', '682001'],
    ],
    streets: ['MG Road', 'Cargo Road', 'Temple Street'],
    line1: numberFirst,
    line2: ['', 'Flat 302', 'Near City Hospital', 'Sunrise Apartments'],
  },
  {
    country: 'SG',
    cities: [['Singapore', '', '560123']],
    streets: ['Ang Mo Kio Ave 3', 'Storage Lane', 'Hotel Road'],
    line1: numberFirst,
    line2: ['#12-3456', '#02-01', '', '#07-112'],
  },
]

/** So many addresses, the same at every run. */
export function ordinaryAddresses(count: number): Address[] {
  let state = 20_260_801
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!
  return Array.from({ length: count }, (_, index) => {
    // Half of them American, where most of the misleading forms are.
    const { country, cities, streets, line1, line2 } = index % 2 === 0 ? countries[0]! : pick(countries.slice(1))
    const [city, region, postalCode] = pick(cities)
    return { line1: line1(pick(streets), next(1900) + 1), line2: pick(line2), city, region, postalCode, country }
  })
}
