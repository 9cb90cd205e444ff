// One record of an MMDB, whoever made it, as what we ask of it: the shapes of MaxMind, DB-IP and IPinfo read alike.
import type { Circle, IpPlace } from '../../ports.ts'

export interface Told {
  country: string | null
  region: string | null
  city: string | null
  circle: Circle | null
  asn: number | null
  operator: string | null
  network: IpPlace['network'] | null
}

/**
 * How far a city told by an IP address is believed at least, in km: home lines are placed by metropolitan area at best
 * (DB-IP City Lite, tried on known addresses), so 100 km is agreement.
 */
const CITY_RADIUS_KM = 100

/**
 * What a record tells; null where it tells nothing. Members as their makers document them: nested objects with names per
 * language (MaxMind, DB-IP: https://dev.maxmind.com/geoip/docs/databases), flat ones (IPinfo:
 * https://ipinfo.io/developers/data-types), flat with `state1` (ip-location-db). Coordinates may be text.
 */
export function readRecord(record: unknown): Told | null {
  if (typeof record !== 'object' || record === null) return null
  const at = (...path: string[]) => memberAt(record, path)
  const first = (...paths: string[][]) => paths.map((path) => textOf(at(...path))).find((text) => text !== null) ?? null
  const city = first(['city', 'names', 'en'], ['city'])
  const told: Told = {
    country: countryOf(first(['country', 'iso_code'], ['country_code'], ['country'])),
    region: first(['subdivisions', '0', 'names', 'en'], ['state1'], ['region']),
    // Quarters stand in brackets: Montreal (Ville-Marie).
    city: city?.replace(/ \(.*\)$/s, '') || null,
    circle: circleOf(at, city !== null),
    asn: asnOf(at),
    operator: operatorOf(first),
    network: networkOf(at),
  }
  return Object.values(told).some((value) => value !== null) ? told : null
}

type At = (...path: string[]) => unknown

function memberAt(record: unknown, path: string[]): unknown {
  let value = record
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : null

const countryOf = (text: string | null): string | null => (text && /^[a-z]{2}$/i.test(text) ? text.toUpperCase() : null)

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'string' && /^-?\d{1,10}(\.\d{1,15})?$/.test(value.trim()) ? Number(value) : null
}

/** Some builds write flags as text. */
const isSet = (value: unknown): boolean => value === true || value === 1 || value === 'true' || value === '1'

/** Where no city is told, what is told is the middle of a country: believed only with the radius that it says. */
function circleOf(at: At, hasCity: boolean): Circle | null {
  const latitude = numberOf(at('location', 'latitude') ?? at('latitude') ?? at('lat'))
  const longitude = numberOf(at('location', 'longitude') ?? at('longitude') ?? at('lng') ?? at('lon'))
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null
  const radiusKm = numberOf(at('location', 'accuracy_radius') ?? at('accuracy_radius') ?? at('radius'))
  if (radiusKm === null && !hasCity) return null
  return { latitude, longitude, radiusKm: Math.max(CITY_RADIUS_KM, radiusKm ?? 0) }
}

function asnOf(at: At): number | null {
  const value = at('autonomous_system_number') ?? at('traits', 'autonomous_system_number') ?? at('asn')
  return numberOf(typeof value === 'string' ? value.replace(/^AS/i, '') : value)
}

/** A VPN service by its own name says more than the hosting provider it rents from. */
const operatorOf = (first: (...paths: string[][]) => string | null): string | null =>
  first(
    ['service'],
    ['provider_name'],
    ['isp'],
    ['traits', 'isp'],
    ['organization'],
    ['traits', 'organization'],
    ['autonomous_system_organization'],
    ['traits', 'autonomous_system_organization'],
    ['as_name'],
    ['asn_name'],
    ['name'],
  )

/** Tor, proxies and VPNs are all somebody else's exit: `vpn`. */
const exits = ['vpn', 'proxy', 'tor', 'is_anonymous_vpn', 'is_public_proxy', 'is_residential_proxy', 'is_tor_exit_node']

const kinds: Record<string, IpPlace['network']> = {
  cellular: 'mobile',
  mobile: 'mobile',
  hosting: 'hosting',
  corporate: 'unknown',
  residential: 'home',
  cable: 'home',
  dsl: 'home',
  'cable/dsl': 'home',
}

function networkOf(at: At): IpPlace['network'] | null {
  const flag = (name: string) => isSet(at(name)) || isSet(at('traits', name))
  if (flag('relay')) return 'relay'
  if (exits.some(flag)) return 'vpn'
  if (flag('hosting') || flag('is_hosting_provider') || flag('is_hosting')) return 'hosting'
  if (flag('is_mobile') || textOf(at('carrier', 'name')) !== null) return 'mobile'
  const words = [at('traits', 'user_type'), at('user_type'), at('connection_type'), at('traits', 'connection_type')]
  const kind = [...words, at('as_type'), at('type')].map((word) => kinds[textOf(word)?.toLowerCase() ?? ''])
  return kind.find((one) => one !== undefined && one !== 'unknown') ?? null
}
