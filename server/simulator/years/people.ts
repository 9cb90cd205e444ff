// The people of a labelled year: who they are, where they live, and the network they have there.
import { DAY, dayOf, HOUR, plus } from '../../lib/time.ts'
import { firstNames, lastNames, streetEndings, streets } from '../names.ts'
import { type Random, randomFrom } from '../random.ts'
import { addressOf, foreignHomes, homeSpots, lineIn, type Spot, spotNamed, type Use } from './atlas.ts'

export interface Address {
  line1: string
  line2: string
  city: string
  region: string
  postal_code: string
  country: string
}

/** One access network as a laptop sees it. */
export interface Network {
  spot: Spot
  ip: string
  gatewayMac: string
  bssid: string
  ssid: string
  /** Neighbours in its ARP table, by MAC and name. */
  neighbours: { mac: string; hostname?: string }[]
  zone: string
}

/** A household: people who live at one address share it. */
export interface Home {
  spot: Spot
  address: Address
  network: Network
}

export interface Person {
  number: number
  name: string
  email: string
  phone: string
  kind: 'employee' | 'contractor'
  role: 'developer' | 'it' | 'support' | 'other'
  /** Goes to an office on some days. */
  office: Spot | null
  home: Home
  startsAt: Date
  leavesAt: Date | null
  /** What happened to them, for whoever wonders why a case was opened. */
  stories: Set<string>
}

const HEX = '0123456789abcdef'
export const mac = (random: Random, prefix: string): string => {
  const missing = 6 - prefix.split(':').length
  return [prefix, ...Array.from({ length: missing }, () => random.text(HEX, 2))].join(':')
}

/** Makers of home routers; one in fifty is a travel router, whose prefix a KVM shares. Source: threat.md A3-11. */
const routers = ['10:27:f5', '14:22:3b', '60:8d:26', 'a4:08:f5', 'c0:3c:04']

export function networkIn(random: Random, spot: Spot, use?: Use): Network {
  const share = random.next()
  const means = use ?? (share < 0.66 ? 'cable' : share < 0.88 ? 'fibre' : share < 0.95 ? 'mobile' : 'carrier NAT')
  // Behind a carrier's NAT some hundred customers come by few addresses.
  const line = means === 'carrier NAT' || means === 'mobile' ? random.whole(0, 30) : lineIn(random)
  const gateway = random.chance(0.02) ? '94:83:c4' : random.pick(routers)
  const neighbours = [{ mac: mac(random, '3c:22:fb') }]
  if (random.chance(0.05)) neighbours.push({ mac: mac(random, 'dc:a6:32') })
  return {
    spot,
    ip: addressOf(spot, means, line),
    gatewayMac: mac(random, gateway),
    bssid: mac(random, random.pick(routers)),
    ssid: `net-${random.text('abcdefghkmnpqrstuvwxyz23456789', 7)}`,
    neighbours,
    zone: spot.zone,
  }
}

/** The same household's network after its provider gave it another address. */
export const renumbered = (random: Random, network: Network): Network => {
  const [a, b] = network.ip.split('.')
  const line = lineIn(random)
  return { ...network, ip: [a, b, line >> 8, line & 255].join('.') }
}

export function addressIn(random: Random, spot: Spot): Address {
  const country = spot.country as keyof typeof streets
  const street =
    `${random.pick(streets[country] ?? streets.US).replace('-', ' ')} ${random.pick(streetEndings[country] ?? streetEndings.US)}`.trim()
  const number = country === 'US' ? random.whole(100, 9800) : random.whole(2, 240)
  const isFlat = random.chance(0.35)
  const code = random.pick(spot.postalCodes)
  return {
    line1: country === 'DE' ? `${street} ${number}` : `${number} ${street}`,
    line2: isFlat && (country === 'US' || country === 'CA') ? `Apt ${random.whole(1, 400)}` : '',
    city: spot.name,
    region: spot.region ?? '',
    postal_code:
      country === 'CA'
        ? `${code} ${random.whole(1, 9)}${random.text('ABCEGHJKLMNPRSTVXY', 1)}${random.whole(1, 9)}`
        : code,
    country: spot.country,
  }
}

/** A home of one's own; one in twenty is in a large house in which others live too, whose internet some share. */
export function homeIn(random: Random, spot: Spot): Home {
  const home = { spot, address: addressIn(random, spot), network: networkIn(random, spot) }
  if (spot.country !== 'US' || !random.chance(0.05)) return home
  const { address, network } = largeHouse(spot)
  const flat = { ...address, line2: `Apt ${random.whole(1, 400)}` }
  return random.chance(0.15)
    ? { spot, address: flat, network: { ...home.network, ip: network.ip } }
    : { ...home, address: flat }
}

/** The one large house of a city, always the same. */
function largeHouse(spot: Spot): { address: Address; network: Network } {
  const random = randomFrom(spot.name.length * 7919 + spot.name.charCodeAt(0) * 31 + spot.name.charCodeAt(1))
  const street = `${random.whole(200, 900)} ${random.pick(streets.US).replace('-', ' ')} Blvd`
  return { address: { ...addressIn(random, spot), line1: street }, network: networkIn(random, spot, 'business') }
}

const spellings: [RegExp, string][] = [
  [/ St$/, ' Street'],
  [/ Ave$/, ' Avenue'],
  [/ Ln$/, ' Lane'],
  [/ Dr$/, ' Drive'],
  [/ Ct$/, ' Court'],
  [/ Street$/, ' St'],
  [/ Road$/, ' Rd'],
]

/** The same door as another hand writes it. */
export function spelled(random: Random, address: Address): Address {
  const [from, to] = spellings.find(([pattern]) => pattern.test(address.line1)) ?? [/$/, '']
  const line1 = random.chance(0.6) ? address.line1.replace(from, to) : address.line1
  const line2 = address.line2.replace(/^Apt /, random.pick(['Apt ', '#', 'Unit ', 'Apartment ']))
  const isLoud = random.chance(0.25)
  const isOneLine = line2 !== '' && random.chance(0.2)
  const written = isOneLine ? { ...address, line1: `${line1} ${line2}`, line2: '' } : { ...address, line1, line2 }
  return isLoud ? { ...written, line1: written.line1.toUpperCase(), city: written.city.toUpperCase() } : written
}

export const offices: Spot[] = [spotNamed('Columbus'), spotNamed('Austin'), spotNamed('Toronto')]

/** A mobile number of its own for each: numbers of the country's length, of no plan in particular. */
function phoneOf(country: string, count: number): string {
  if (country === 'GB') return `+44 7700 ${900_000 + count}`
  if (country === 'DE') return `+49 1590 ${1_000_000 + count}`
  return `+1 ${country === 'CA' ? 416 : 614} ${200 + Math.floor(count / 10_000)} ${String(count % 10_000).padStart(4, '0')}`
}

export interface PersonInput {
  startsAt: Date
  spot?: Spot
  home?: Home
  kind?: Person['kind']
  role?: Person['role']
}

/** Invents people; names are mixed at random and no two people share an e-mail. */
export function peopleFrom(random: Random) {
  let count = 0
  return (input: PersonInput): Person => {
    count += 1
    const spot =
      input.home?.spot ?? input.spot ?? (random.chance(0.14) ? random.pick(foreignHomes) : random.pick(homeSpots))
    const first = random.pick(firstNames)
    const last = random.pick(lastNames)
    const share = random.next()
    const near = offices.find((office) => office === spot)
    return {
      number: count,
      name: `${first} ${last}`,
      email: `${first}.${last}.${count}@example.com`.toLowerCase(),
      phone: phoneOf(spot.country, count),
      kind: input.kind ?? (random.chance(0.15) ? 'contractor' : 'employee'),
      role: input.role ?? (share < 0.3 ? 'developer' : share < 0.32 ? 'it' : share < 0.4 ? 'support' : 'other'),
      office: near !== undefined && random.chance(0.75) ? near : null,
      home: input.home ?? homeIn(random, spot),
      startsAt: input.startsAt,
      leavesAt: null,
      stories: new Set(),
    }
  }
}

export function personRow(person: Person, over: Record<string, string> = {}): Record<string, string> {
  return {
    external_id: `Y-${String(person.number).padStart(5, '0')}`,
    name: person.name,
    email: person.email,
    phone: person.phone,
    kind: person.kind,
    starts_on: dayOf(person.startsAt),
    leaves_on: person.leavesAt === null ? '' : dayOf(person.leavesAt),
    ...person.home.address,
    address_verified: 'yes',
    ...over,
  }
}

/** The next weekday at an hour of UTC. */
export function weekday(after: Date, hour: number): Date {
  const day = new Date(after)
  day.setUTCHours(0, 0, 0, 0)
  for (let at = plus(day, hour * HOUR); ; at = plus(at, DAY))
    if (at > after && ![0, 6].includes(at.getUTCDay())) return at
}
