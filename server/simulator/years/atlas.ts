// The map of the labelled years: real cities, and a plan of invented public addresses that says where and whose each one is.
import { countryCode } from '../../lib/countries.ts'
import { distanceKm } from '../../lib/geo.ts'
import { zoneAt } from '../../lib/zones.ts'
import type { IpPlace, Places } from '../../ports.ts'
import { type City, cities as known } from '../cities.ts'
import type { Random } from '../random.ts'

export interface Spot extends City {
  latitude: number
  longitude: number
}

/** Rounded to a hundredth of a degree, as any atlas has them. */
const coordinates: Record<string, [latitude: number, longitude: number]> = {
  Phoenix: [33.45, -112.07],
  Denver: [39.74, -104.98],
  Austin: [30.27, -97.74],
  Portland: [45.52, -122.68],
  Raleigh: [35.78, -78.64],
  Minneapolis: [44.98, -93.27],
  Nashville: [36.16, -86.78],
  Tampa: [27.95, -82.46],
  Sacramento: [38.58, -121.49],
  'Kansas City': [39.1, -94.58],
  'Salt Lake City': [40.76, -111.89],
  Pittsburgh: [40.44, -79.99],
  Boise: [43.62, -116.2],
  Madison: [43.07, -89.4],
  Charlotte: [35.23, -80.84],
  Seattle: [47.61, -122.33],
  Boston: [42.36, -71.06],
  Chicago: [41.88, -87.63],
  Atlanta: [33.75, -84.39],
  'San Diego': [32.72, -117.16],
  Albuquerque: [35.08, -106.65],
  Richmond: [37.54, -77.44],
  Omaha: [41.26, -95.93],
  Columbus: [39.96, -83],
  Tucson: [32.22, -110.97],
  Houston: [29.76, -95.37],
  Newark: [40.74, -74.17],
  Memphis: [35.15, -90.05],
  Louisville: [38.25, -85.76],
  Indianapolis: [39.77, -86.16],
  Toronto: [43.65, -79.38],
  Calgary: [51.05, -114.07],
  Manchester: [53.48, -2.24],
  Bristol: [51.45, -2.59],
  Leipzig: [51.34, 12.37],
  Hamburg: [53.55, 9.99],
  Lisbon: [38.72, -9.14],
  Dubai: [25.2, 55.27],
  Shenyang: [41.8, 123.43],
}

const spot = (name: string, country: string, zone: string, latitude: number, longitude: number): Spot => ({
  name,
  region: null,
  country,
  zone,
  postalCodes: ['0000'],
  networks: [],
  latitude,
  longitude,
})

/** Of reported cases: where laptops were sent on to. Sources: threat.md B1, B8, B14. */
export const farAway: Spot[] = [
  spot('Dandong', 'CN', 'Asia/Shanghai', 40.13, 124.39),
  spot('Shenyang', 'CN', 'Asia/Shanghai', 41.8, 123.43),
  spot('Karachi', 'PK', 'Asia/Karachi', 24.86, 67.01),
  spot('Lagos', 'NG', 'Africa/Lagos', 6.45, 3.39),
  spot('Dubai', 'AE', 'Asia/Dubai', 25.2, 55.27),
  spot('London', 'GB', 'Europe/London', 51.51, -0.13),
]

const holidays: Spot[] = [
  spot('Lisbon', 'PT', 'Europe/Lisbon', 38.72, -9.14),
  spot('Mexico City', 'MX', 'America/Mexico_City', 19.43, -99.13),
  spot('Madrid', 'ES', 'Europe/Madrid', 40.42, -3.7),
  spot('Tokyo', 'JP', 'Asia/Tokyo', 35.68, 139.69),
  spot('Mumbai', 'IN', 'Asia/Kolkata', 19.08, 72.88),
  spot('Vancouver', 'CA', 'America/Vancouver', 49.28, -123.12),
]

export const spots: Spot[] = [
  ...known
    .filter((city) => !farAway.some((one) => one.name === city.name) && !holidays.some((one) => one.name === city.name))
    .map((city) => {
      const [latitude, longitude] = coordinates[city.name]!
      return { ...city, latitude, longitude }
    }),
  ...farAway,
  ...holidays,
]

export function spotNamed(name: string): Spot {
  const found = spots.find((one) => one.name === name)
  if (found === undefined) throw new Error(`The labelled years know no city ${name}.`)
  return found
}

export const usSpots = spots.filter((one) => one.country === 'US')
export const homeSpots = usSpots.filter((one) => !['Memphis', 'Louisville', 'Indianapolis'].includes(one.name))
export const foreignHomes = spots.filter(
  (one) => ['CA', 'GB', 'DE'].includes(one.country) && !['London', 'Vancouver'].includes(one.name),
)
export const abroad = (from: Spot): Spot[] => holidays.filter((one) => one.country !== from.country)

/** The next cities of its country, nearest first; itself where there is no other. */
export function spotsNear(from: Spot): Spot[] {
  const others = homesOf(from.country).filter((one) => one !== from)
  return others.length === 0 ? [from] : others.toSorted((a, b) => distanceKm(from, a) - distanceKm(from, b)).slice(0, 5)
}

/** Where people of a country live. */
export const homesOf = (country: string): Spot[] =>
  country === 'US' ? homeSpots : spots.filter((one) => one.country === country)

/** What a block of public addresses is used for. */
const uses = ['cable', 'fibre', 'mobile', 'carrier NAT', 'business', 'hosting', 'vpn', 'relay'] as const
export type Use = (typeof uses)[number]

const kinds: Record<Use, [network: IpPlace['network'], operator: string]> = {
  cable: ['home', 'Tamarack Cable'],
  fibre: ['unknown', 'Meadow Fiber Cooperative'],
  mobile: ['mobile', 'Halo Mobile'],
  'carrier NAT': ['carrier NAT', 'Skylark Satellite'],
  business: ['unknown', 'Tamarack Business'],
  hosting: ['hosting', 'Basalt Hosting'],
  vpn: ['vpn', 'Umbra VPN'],
  relay: ['relay', 'iCloud Private Relay'],
}

/** The first of the blocks of 65,536 addresses: nobody routes them, and nothing here leaves the process. */
const FIRST_BLOCK = 72 * 256

export function addressOf(at: Spot, use: Use, line: number): string {
  const block = FIRST_BLOCK + spots.indexOf(at) * uses.length + uses.indexOf(use)
  return [block >> 8, block & 255, (line >> 8) & 255, line & 255].join('.')
}

/**
 * Whoever draws a line of a city's provider: mostly placed within the city's reach, at times a region away. Providers
 * number by their own regions, so that such data is off by tens of km as a rule. Source: threat.md A3-02; shares are ours.
 */
export const lineIn = (random: Random): number => random.whole(0, 65_535)

const lined = (value: number) => {
  let mixed = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296
}

/** How far off a line is placed: 7 in 1,000 at a hub of its provider's, 3 in 100 in the next city. */
function placedAt(at: Spot, use: Use, value: number): Spot {
  const share = lined(value)
  if (at.country !== 'US' || use === 'vpn' || use === 'relay') return at
  const near = spotsNear(at)
  if (share < 0.007) return near[4] ?? at
  if (share < 0.037) return near[0] ?? at
  // Mobile operators let half their customers out by a few gateways.
  if (use === 'mobile' && share < 0.4) return near[Math.floor(share * 1000) % 3] ?? at
  return at
}

/** CITY_RADIUS_KM of the shipped place data: what tells a city tells it no finer. */
const RADIUS_KM = 100

export function locateIp(ip: string): IpPlace | null {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number)
  const index = a * 256 + b - FIRST_BLOCK
  const at = spots[Math.floor(index / uses.length)]
  const use = uses[index % uses.length]
  if (index < 0 || at === undefined || use === undefined) return null
  const placed = placedAt(at, use, (index << 16) + c * 256 + d)
  const [network, operator] = kinds[use]
  const { country, region, name: city, latitude, longitude } = placed
  return { country, region, city, circle: { latitude, longitude, radiusKm: RADIUS_KM }, operator, network }
}

/** Places as the port has them, by this map alone: an address is where the year put it. */
export const atlas: Places = {
  locateIp,
  locateCity({ city, region, country }) {
    const found = spots.find(
      (one) =>
        one.name.toLowerCase() === city?.trim().toLowerCase() &&
        (country === null || one.country === country) &&
        (!region || one.region === null || one.region.toLowerCase() === region.trim().toLowerCase()),
    )
    return found === undefined ? null : { latitude: found.latitude, longitude: found.longitude, radiusKm: 25 }
  },
  timeZoneAt: zoneAt,
  countryCode,
}
