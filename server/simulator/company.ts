// The invented company: two hundred people with homes and laptops, some of whom come, move on and go while one watches.
import { DAY, plus } from '../lib/time.ts'
import { abroadCities, type City, headquarters, homeCities } from './cities.ts'
import { firstNames, lastNames, streetEndings, streets } from './names.ts'
import type { Random } from './random.ts'

export interface Home {
  line1: string
  line2: string
  city: string
  region: string
  postal_code: string
  country: string
}

export interface Person {
  externalId: string
  name: string
  email: string
  kind: 'employee' | 'contractor'
  city: City
  home: Home
  startsOn: Date
  leavesOn: Date | null
  /** In the office on most days; the others are at home. */
  isOfficeStaff: boolean
}

export interface Laptop {
  serialNumber: string
  assetTag: string
  manufacturer: string
  model: string
  /** As the machine names its own model. */
  modelName: string
  platform: 'darwin' | 'windows' | 'linux'
  osVersion: string
  hardwareUuid: string
  hostname: string
  number: number
}

export interface Company {
  /** Everybody who was there on the first day, with what they had. */
  staff: { person: Person; laptop: Laptop }[]
  manager: Person
  hire(input: { city?: City; kind?: Person['kind']; startsOn: Date }): Person
  buy(platform?: Laptop['platform']): Laptop
  homeIn(city: City): Home
}

/** The company on its first day, with so many people. Hiring and buying go on from there, in the order in which they are asked for. */
export function createCompany(random: Random, startsAt: Date, staffed: number): Company {
  const people = random.fork('people')
  const shop = random.fork('laptops')
  const names = new Set<string>()
  let hired = 0
  let bought = 0
  const homeIn = (city: City) => inventHome(people, city)
  const hire: Company['hire'] = ({ city, kind, startsOn }) => {
    const lives = city ?? (people.chance(0.12) ? people.pick(abroadCities) : people.pick(homeCities))
    hired += 1
    const name = inventName(people, names)
    return {
      externalId: `P-${String(hired).padStart(4, '0')}`,
      name,
      email: `${name.toLowerCase().replace(' ', '.')}@example.com`,
      kind: kind ?? (people.chance(0.18) ? 'contractor' : 'employee'),
      city: lives,
      home: homeIn(lives),
      startsOn,
      leavesOn: null,
      isOfficeStaff: lives === headquarters && people.chance(0.8),
    }
  }
  const buy = (platform?: Laptop['platform']) => inventLaptop(shop, ++bought, platform)
  const staff = Array.from({ length: staffed }, () => {
    const startsOn = plus(startsAt, -people.whole(20, 1500) * DAY)
    const person = hire(people.chance(0.25) ? { city: headquarters, startsOn } : { startsOn })
    return { person, laptop: buy() }
  })
  return { staff, manager: staff[0]!.person, hire, buy, homeIn }
}

function inventName(random: Random, taken: Set<string>): string {
  for (;;) {
    const name = `${random.pick(firstNames)} ${random.pick(lastNames)}`
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}

function inventHome(random: Random, city: City): Home {
  const country = city.country as keyof typeof streets
  const street =
    `${random.pick(streets[country] ?? streets.US).replace('-', ' ')} ${random.pick(streetEndings[country] ?? streetEndings.US)}`.trim()
  const number = country === 'US' ? random.whole(100, 4800) : random.whole(2, 180)
  const code = random.pick(city.postalCodes)
  return {
    line1: country === 'DE' ? `${street} ${number}` : `${number} ${street}`,
    line2: country === 'US' && random.chance(0.3) ? `Apt ${random.whole(1, 24)}` : '',
    city: city.name,
    region: city.region ?? '',
    postal_code:
      country === 'CA'
        ? `${code} ${random.whole(1, 9)}${random.text('ABCEGHJKLMNPRSTVXY', 1)}${random.whole(1, 9)}`
        : code,
    country: city.country,
  }
}

const HEX = '0123456789ABCDEF'
/** No letters that are taken for digits, as the makers do. */
const LETTERS = 'CDFGHJKLMNPQRTVWXY23456789'

type Kind = [
  weight: number,
  manufacturer: string,
  model: string,
  modelName: string,
  platform: Laptop['platform'],
  osVersion: string,
  serial: (random: Random) => string,
]

const kinds: Kind[] = [
  [34, 'Apple', 'MacBook Pro 14', 'Mac15,6', 'darwin', '15.6', (r) => r.text(LETTERS, 10)],
  [24, 'Apple', 'MacBook Air 13', 'Mac15,12', 'darwin', '15.6', (r) => r.text(LETTERS, 10)],
  [20, 'Dell', 'Latitude 5450', 'Latitude 5450', 'windows', '10.0.26100', (r) => r.text(LETTERS, 7)],
  [
    16,
    'Lenovo',
    'ThinkPad T14 Gen 5',
    '21ML ThinkPad T14 Gen 5',
    'windows',
    '10.0.26100',
    (r) => `PF${r.text(LETTERS, 6)}`,
  ],
  [6, 'Framework', 'Laptop 13', 'Laptop 13 (AMD Ryzen 7040)', 'linux', '24.04', (r) => `FRAN${r.text(LETTERS, 14)}`],
]

function inventLaptop(random: Random, number: number, platform?: Laptop['platform']): Laptop {
  const offered = kinds.filter((kind) => platform === undefined || kind[4] === platform)
  let left = random.next() * offered.reduce((sum, kind) => sum + kind[0], 0)
  const [, manufacturer, model, modelName, runs, osVersion, serial] =
    offered.find(([weight]) => {
      left -= weight
      return left < 0
    }) ?? offered[0]!
  const uuid = [8, 4, 4, 4, 12].map((length) => random.text(HEX, length)).join('-')
  const assetTag = `FH-${String(number).padStart(4, '0')}`
  return {
    serialNumber: serial(random),
    assetTag,
    manufacturer,
    model,
    modelName,
    platform: runs,
    osVersion,
    hardwareUuid: uuid,
    hostname: assetTag.toLowerCase(),
    number,
  }
}
