// A file of the operator's own: an MMDB of MaxMind, IPinfo, DB-IP or anybody, known by what it says of itself.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Reader, type Response } from 'maxmind'
import { AppError, messageOf } from '../../lib/errors.ts'
import type { PlaceFile } from '../../ports.ts'
import { readRecord, type Told } from './mmdb-record.ts'

export interface OpenMmdb {
  file: PlaceFile
  /** What it tells of an address as it is written; null where it tells nothing. */
  tell(ip: string): Told | null
}

/** Node reads a larger file in no single piece. */
const BYTES_MAX = 2_000_000_000

/** Makers by the type that their files name, and whom a page must name (their terms, read 2026-11). */
const makers = [
  {
    type: /^(?:geolite2|geoip2)/i,
    name: 'MaxMind',
    credit: { text: 'Includes GeoLite data created by MaxMind', url: 'https://www.maxmind.com' },
  },
  { type: /^dbip/i, name: 'DB-IP', credit: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' } },
  {
    type: /^ipinfo/i,
    name: 'IPinfo',
    credit: { text: 'IP address data powered by IPinfo', url: 'https://ipinfo.io' },
  },
] as const

/** What files of a type tell, by the words of their names. */
const typesTell = [
  { type: /city|location|enterprise|lite\b/i, tells: 'country, region and city' },
  { type: /country/i, tells: 'country' },
  { type: /asn|isp|as\b/i, tells: 'the operator' },
  { type: /anonymous|privacy|proxy/i, tells: 'VPNs, proxies, relays and hosting providers' },
  { type: /connection|carrier|mobile/i, tells: 'the kind of line' },
] as const

/** Addresses of which any file of the whole world knows something, for types that we have not heard of. */
const probes = ['8.8.8.8', '1.1.1.1', '9.9.9.9', '17.253.144.10', '73.0.0.1', '81.2.69.142', '2001:4860:4860::8888']

/** Opens an MMDB file. Throws AppError 'invalid' with what is wrong with it, and what to do. */
export function openMmdb(filePath: string): OpenMmdb {
  const bytes = bytesOf(filePath)
  const reader = readerOf(filePath, bytes)
  const { databaseType, buildEpoch } = reader.metadata
  const tell = (ip: string) => {
    try {
      return readRecord(reader.get(ip))
    } catch {
      // Files of IPv4 only, and records that point nowhere.
      return null
    }
  }
  const tells = tellsOf(databaseType, tell)
  if (tells === null)
    throw faultOf(
      filePath,
      `is an MMDB file of the type “${databaseType}”, which tells nothing of places, operators or VPNs`,
    )
  const maker = makers.find((one) => one.type.test(databaseType))
  return {
    tell,
    file: {
      id: filePath,
      title: maker ? `${databaseType} (${maker.name})` : databaseType,
      tells,
      from: 'own',
      isOff: false,
      builtOn: Number.isNaN(buildEpoch.getTime()) ? null : buildEpoch.toISOString().slice(0, 10),
      fetchedAt: null,
      rows: reader.metadata.nodeCount,
      bytes: bytes.length,
      digest: null,
      licence: null,
      credit: maker?.credit ?? null,
      problem: null,
    },
  }
}

/** The same without keeping it open, with its digest. */
export function inspectMmdb(filePath: string): PlaceFile {
  const digest = createHash('sha256').update(bytesOf(filePath)).digest('hex')
  return { ...openMmdb(filePath).file, digest }
}

/** What stands in the list for a file that cannot be used. */
export const unusable = (filePath: string, problem: string): PlaceFile => ({
  id: filePath,
  title: path.basename(filePath),
  tells: 'nothing',
  from: 'own',
  isOff: false,
  builtOn: null,
  fetchedAt: null,
  rows: null,
  bytes: null,
  digest: null,
  licence: null,
  credit: null,
  problem,
})

const faultOf = (filePath: string, problem: string) =>
  new AppError('invalid', `${filePath} ${problem}.`, [{ path: 'path', problem }])

function bytesOf(filePath: string): Buffer {
  if (!path.isAbsolute(filePath))
    throw faultOf(filePath, 'must be a whole path on the server, such as /var/lib/GeoIP/GeoLite2-City.mmdb')
  try {
    const { size } = statSync(filePath)
    if (size > BYTES_MAX) throw faultOf(filePath, 'is larger than 2 GB')
    return readFileSync(filePath)
  } catch (error) {
    if (error instanceof AppError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw faultOf(filePath, 'is not there; the path is one on the server')
    if (code === 'EACCES') throw faultOf(filePath, 'may not be read by the account that Telltale runs as')
    if (code === 'EISDIR') throw faultOf(filePath, 'is a folder; name the file in it')
    throw faultOf(filePath, `cannot be read (${messageOf(error)})`)
  }
}

function readerOf(filePath: string, bytes: Buffer): Reader<Response> {
  const refused = () => faultOf(filePath, 'is no MMDB file, or only a part of one; take the .mmdb out of its archive')
  let reader: Reader<Response>
  try {
    reader = new Reader<Response>(bytes)
  } catch {
    throw refused()
  }
  const { databaseType, searchTreeSize } = reader.metadata
  if (typeof databaseType !== 'string' || !(searchTreeSize > 0) || searchTreeSize + 16 > bytes.length) throw refused()
  return reader
}

function tellsOf(databaseType: string, tell: (ip: string) => Told | null): string | null {
  const known = typesTell.filter((one) => one.type.test(databaseType)).map((one) => one.tells)
  if (known.length > 0) return [...new Set(known)].join('; ')
  const told = probes.flatMap((ip) => tell(ip) ?? [])
  const parts = [
    told.some((one) => one.country !== null) ? 'country, region and city' : null,
    told.some((one) => one.operator !== null || one.asn !== null) ? 'the operator' : null,
    told.some((one) => one.network !== null) ? 'the kind of line' : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join('; ')
}
