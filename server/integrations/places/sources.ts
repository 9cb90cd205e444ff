// Where newer data about addresses comes from: each set with its licence, its bounds, and how its file is read.
import { gunzipSync } from 'node:zlib'
import { Reader, type Response } from 'maxmind'
import { AppError, messageOf } from '../../lib/errors.ts'
import { parseAddress, parseRange } from '../../lib/ip.ts'
import { buildTable, type LabelledRange, tableBytes } from './range-table.ts'

export const sourceNames = ['cities', 'operators', 'vpn', 'hosting', 'hosting-operators', 'relay'] as const
export type SourceName = (typeof sourceNames)[number]

export interface PlaceSource {
  name: SourceName
  title: string
  /** What it tells, for the settings page. */
  tells: string
  licence: string
  /** Whom a page that shows it must name, and where they are. */
  credit: { text: string; url: string }
  /** Each entry is tried in turn where the one before is not there (404); its parts are read as one. */
  urls(now: Date): string[][]
  /** Of each part, as it comes. */
  bytesMax: number
  /** Fewer is a broken list. */
  rowsMin: number
  /** How it is kept: `.ranges`, `.asns` or `.mmdb`. */
  ending: string
  /** What came, as it is kept; throws 'unreadable' with what is wrong. */
  compile(parts: Buffer[]): Compiled
}

export interface Compiled {
  bytes: Buffer
  rows: number
}

const MB = 1_000_000
const x4b = 'https://raw.githubusercontent.com/X4BNet/lists_vpn/main/output'
const x4bCredit = { text: 'X4BNet lists_vpn', url: 'https://github.com/X4BNet/lists_vpn' }

/** Facts about the sets: their own pages, read 2026-11. */
export const sources: Record<SourceName, PlaceSource> = {
  cities: {
    name: 'cities',
    title: 'DB-IP City Lite',
    tells: 'country, region and city',
    licence: 'CC BY 4.0',
    credit: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com' },
    urls: (now) => [now, monthBefore(now)].map((at) => [cityUrl(at)]),
    bytesMax: 250 * MB,
    rowsMin: 100_000,
    ending: 'mmdb',
    compile: compileCities,
  },
  operators: {
    name: 'operators',
    title: 'IPtoASN',
    tells: 'the operator',
    licence: 'PDDL 1.0',
    credit: { text: 'IPtoASN', url: 'https://iptoasn.com' },
    urls: () => [['https://iptoasn.com/data/ip2asn-combined.tsv.gz']],
    bytesMax: 60 * MB,
    rowsMin: 100_000,
    ending: 'ranges',
    compile: (parts) => compileRanges(linesOf(parts, 400 * MB), operatorRow),
  },
  vpn: {
    name: 'vpn',
    title: 'X4BNet VPN ranges',
    tells: 'VPN exits',
    licence: 'MIT',
    credit: x4bCredit,
    urls: () => [[`${x4b}/vpn/ipv4.txt`, `${x4b}/vpn/ipv6.txt`]],
    bytesMax: 20 * MB,
    rowsMin: 1_000,
    ending: 'ranges',
    compile: (parts) => compileRanges(linesOf(parts, 40 * MB), rangeRow),
  },
  hosting: {
    name: 'hosting',
    title: 'X4BNet data-centre ranges',
    tells: 'hosting providers',
    licence: 'MIT',
    credit: x4bCredit,
    urls: () => [[`${x4b}/datacenter/ipv4.txt`, `${x4b}/datacenter/ipv6.txt`]],
    bytesMax: 20 * MB,
    rowsMin: 1_000,
    ending: 'ranges',
    compile: (parts) => compileRanges(linesOf(parts, 40 * MB), rangeRow),
  },
  'hosting-operators': {
    name: 'hosting-operators',
    title: 'bad-asn-list',
    tells: 'operators that are hosting providers',
    licence: 'MIT',
    credit: { text: 'bad-asn-list', url: 'https://github.com/brianhama/bad-asn-list' },
    urls: () => [['https://raw.githubusercontent.com/brianhama/bad-asn-list/master/bad-asn-list.csv']],
    bytesMax: 5 * MB,
    rowsMin: 100,
    ending: 'asns',
    compile: (parts) => compileAsns(linesOf(parts, 5 * MB)),
  },
  relay: {
    name: 'relay',
    title: 'iCloud Private Relay exits',
    tells: 'private relays',
    licence: 'published by Apple for operators of networks; no licence named',
    credit: {
      text: 'Apple',
      url: 'https://developer.apple.com/support/prepare-your-network-for-icloud-private-relay/',
    },
    urls: () => [['https://mask-api.icloud.com/egress-ip-ranges.csv']],
    bytesMax: 100 * MB,
    rowsMin: 1_000,
    ending: 'ranges',
    compile: (parts) => compileRanges(linesOf(parts, 100 * MB), rangeRow),
  },
}

const cityUrl = (at: Date) => `https://download.db-ip.com/free/dbip-city-lite-${at.toISOString().slice(0, 7)}.mmdb.gz`

function monthBefore(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 1, 1))
}

// ── Reading ────────────────────────────────────────────────────────────────────────────────────────────────

const unreadable = (problem: string) => new AppError('unreadable', problem)

/** A part may be compressed; it inflates to so many bytes at most. */
function inflated(part: Buffer, bytesMax: number): Buffer {
  if (part[0] !== 0x1f || part[1] !== 0x8b) return part
  try {
    return gunzipSync(part, { maxOutputLength: bytesMax })
  } catch (error) {
    throw unreadable(`The file is cut or broken: ${messageOf(error)}.`)
  }
}

const linesOf = (parts: Buffer[], bytesMax: number): string[] =>
  parts.flatMap((part) => inflated(part, bytesMax).toString('utf8').split(/\r?\n/))

/** One line in a hundred may be of another shape, as formats grow; more is another file. */
const FAULTY_SHARE = 0.01

/** A row; undefined where the line says nothing of ours, null where it is of another shape. */
type Row = (line: string) => LabelledRange | null | undefined

function compileRanges(lines: string[], row: Row): Compiled {
  let faulty = 0
  const found = lines.flatMap((line) => {
    const read = line.trim() === '' || line.startsWith('#') ? undefined : row(line)
    if (read === null) faulty += 1
    return read ?? []
  })
  if (faulty > lines.length * FAULTY_SHARE) throw unreadable(`${faulty} of ${lines.length} lines are no ranges.`)
  const table = buildTable(found)
  // The rows of the list, not those that were joined.
  return { bytes: tableBytes(table), rows: found.length }
}

/** `203.0.113.0/24`, perhaps with columns after it. */
const rangeRow: Row = (line) => {
  const range = parseRange(line.split(',', 1)[0]!)
  return range && { range, label: '' }
}

/** `start ⇥ end ⇥ number ⇥ country ⇥ name`; 0 is not announced by anybody. */
const operatorRow: Row = (line) => {
  const [start = '', end = '', asn = '', , name = ''] = line.split('\t')
  const [from, to] = [parseAddress(start), parseAddress(end)]
  if (from === null || to === null || from.version !== to.version || !/^\d{1,10}$/.test(asn)) return null
  if (asn === '0') return undefined
  const range = { version: from.version, start: from.value, end: to.value } as LabelledRange['range']
  return range.start > range.end ? null : { range, label: `${asn}\t${operatorName(name)}` }
}

/** `GOOGLE-CLOUD-PLATFORM - Google LLC` says the same twice: the name after the handle. */
const operatorName = (text: string): string =>
  text
    .replace(/^[A-Z0-9][A-Z0-9_-]* - /, '')
    .trim()
    .slice(0, 120)

function compileAsns(lines: string[]): Compiled {
  const rows = lines.filter((line) => line.trim() !== '')
  const asns = rows.flatMap((line) => /^"?(?:AS)?(\d{1,10})"?\s*(?:,|$)/i.exec(line.trim())?.[1] ?? [])
  // The first line names the columns.
  if (rows.length - 1 - asns.length > rows.length * FAULTY_SHARE)
    throw unreadable(`${rows.length - asns.length} of ${rows.length} lines name no autonomous system.`)
  return { bytes: Buffer.from(JSON.stringify(asns.map(Number))), rows: asns.length }
}

function compileCities(parts: Buffer[]): Compiled {
  const bytes = inflated(Buffer.concat(parts), 600 * MB)
  try {
    const { metadata } = new Reader<Response>(bytes)
    if (!/city/i.test(metadata.databaseType)) throw new Error(`it is of type ${metadata.databaseType}`)
    return { bytes, rows: metadata.nodeCount }
  } catch (error) {
    throw unreadable(`The file is no MMDB of cities: ${messageOf(error)}.`)
  }
}
