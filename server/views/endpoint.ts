// The endpoint tab: what each source last told of a laptop, side by side, how old it is, and what nobody told.
import { sql } from 'kysely'
import type { Facet } from '../custody/events.ts'
import type { Platform } from '../detection/catalog/entries.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY } from '../lib/time.ts'
import type { ProofLevel } from '../ports.ts'
import { memberWords, placeNoted, type SeemingPlace, sayItem, type Told } from './facet-words.ts'

/** What a source told so long ago is taken for unknown: it may have changed since. */
const SILENT_DAYS = 30

export interface EndpointSource {
  source: string
  /** When it was last heard of the laptop. */
  lastAt: string | null
  proof: ProofLevel | null
  bootedAt: string | null
  /** When it was first heard of it, as far as presence goes back. */
  firstAt: string | null
  isSilent: boolean
  /** Its own id of the laptop. */
  ownId: string | null
  /** By what its reports lead here; null where none does any more. */
  matchedBy: string | null
  matchedAt: string | null
}

export interface EndpointCell {
  told: Told[]
  place: SeemingPlace | null
  person: { id: string; name: string | null; isAssignee: boolean } | null
}

export interface EndpointRow {
  member: string
  label: string
  /** By source; a source that did not tell has none. */
  cells: Record<string, EndpointCell>
  /** Sources that were heard of lately tell different things. */
  differs: boolean
}

export interface EndpointSection {
  facet: Facet
  rows: EndpointRow[]
  /** By source: since when it tells this facet as it stands. */
  since: Record<string, string>
  /** What no source told. */
  untold: string[]
}

export interface EndpointView {
  sources: EndpointSource[]
  sections: EndpointSection[]
  silentDays: number
}

/** Software has a list of its own, which can be searched. */
const members: [Facet, string[]][] = [
  ['identity', ['hostname', 'userEmail', 'userName', 'assetTag', 'enrolled', 'enrolmentMethod', 'attested']],
  ['network', ['publicIp', 'gateway', 'gatewayBlock', 'bssid', 'ssid', 'dnsServers', 'privateNetworks', 'neighbours']],
  ['hardware', ['hardwareUuid', 'model', 'usbDevices', 'displays', 'networkCards']],
  ['software', ['listeningPorts']],
  [
    'posture',
    ['platform', 'osVersion', 'diskEncrypted', 'firewall', 'remoteLogin', 'screenSharing', 'onAc', 'lidClosed'],
  ],
  ['clock', ['timeZone']],
]

/** Members that hold still for a while: two sources that tell them differently do not agree. */
const steady = new Set([
  'hardwareUuid',
  'hostname',
  'userEmail',
  'assetTag',
  'platform',
  'osVersion',
  'diskEncrypted',
  'firewall',
  'remoteLogin',
  'screenSharing',
  'timeZone',
])

/** The record's own id and those of the records that proved to be the same laptop. */
export async function idsOf(db: Db, deviceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('devices')
    .select('id')
    .where((eb) => eb.or([eb('id', '=', deviceId), eb('merged_into', '=', deviceId)]))
    .execute()
  if (rows.length === 0) throw new AppError('not_found', 'There is no such device.')
  return rows.map((row) => row.id)
}

/** Everything that is known of an endpoint but its software. */
export async function readEndpoint(db: Db, deviceId: string, now: Date): Promise<EndpointView> {
  const ids = await idsOf(db, deviceId)
  const told = await readTold(db, ids)
  const sources = await sourcesOf(db, ids, told, now)
  const noted = await notes(db, { deviceId, ids, sources: sources.map((one) => one.source) })
  const fresh = new Set(sources.filter((one) => !one.isSilent).map((one) => one.source))
  const platform = platformOf(told)
  const cellOf = (member: string, { source, content }: FacetRow): EndpointCell => ({
    told: [content[member]].flat().map((one) => sayItem(member, one, platform)),
    place: member === 'publicIp' ? (noted.places.get(source) ?? null) : null,
    person: member === 'userEmail' ? (noted.people.get(source) ?? null) : null,
  })
  const sections = members.map(([facet, names]): EndpointSection => {
    const own = told.filter((row) => row.facet === facet)
    const rows = names.flatMap((member): EndpointRow[] => {
      const telling = own.filter(({ content }) => content[member] !== undefined && content[member] !== null)
      if (telling.length === 0) return []
      const values = telling.filter(({ source }) => fresh.has(source)).map(({ content }) => String(content[member]))
      const cells = Object.fromEntries(telling.map((row) => [row.source, cellOf(member, row)]))
      const differs = steady.has(member) && new Set(values.map((value) => value.toLowerCase())).size > 1
      return [{ member, label: wordFor(member), cells, differs }]
    })
    const known = new Set(rows.map((row) => row.member))
    return {
      facet,
      rows,
      since: Object.fromEntries(own.map((row) => [row.source, row.at.toISOString()])),
      untold: names.filter((name) => !known.has(name)).map(wordFor),
    }
  })
  return { sources, sections, silentDays: SILENT_DAYS }
}

const wordFor = (member: string) => memberWords[member] ?? member

interface FacetRow {
  source: string
  facet: Facet
  content: Record<string, unknown>
  at: Date
}

/** The newest of each source and facet; of software, which may be long, only what is shown beside the rest. */
async function readTold(db: Db, ids: string[]): Promise<FacetRow[]> {
  const rows = await db
    .selectFrom('facets')
    .distinctOn(['source', 'facet'])
    .select(['source', 'facet', 'at'])
    .select(
      sql<Record<string, unknown>>`case when facet = 'software' then content - 'software' else content end`.as(
        'content',
      ),
    )
    .where('device_id', 'in', ids)
    .orderBy('source')
    .orderBy('facet')
    .orderBy('at', 'desc')
    .execute()
  return rows.map((row) => ({ ...row, facet: row.facet as Facet }))
}

const platforms: readonly string[] = ['darwin', 'windows', 'linux', 'chromeos']
function platformOf(told: FacetRow[]): Platform | null {
  const platform = told.findLast((row) => row.content['platform'] !== undefined)?.content['platform']
  return platforms.includes(String(platform)) ? (platform as Platform) : null
}

async function sourcesOf(db: Db, ids: string[], told: FacetRow[], now: Date): Promise<EndpointSource[]> {
  const seen = await db
    .selectFrom('presence')
    .distinctOn('source')
    .select(['source', 'last_at', 'proof', 'booted_at'])
    .select(sql<Date>`min(first_at) over (partition by source)`.as('first_at'))
    .where('device_id', 'in', ids)
    .orderBy('source')
    .orderBy('day', 'desc')
    .execute()
  const matches = await db
    .selectFrom('device_matches')
    .select(['source', 'matched_by', 'source_device_id', 'matched_at'])
    .where('device_id', 'in', ids)
    .orderBy('matched_at', 'desc')
    .execute()
  const names = new Set([...seen.map((row) => row.source), ...told.map((row) => row.source)])
  return [...names].sort().map((source) => {
    const last = seen.find((row) => row.source === source)
    const match = matches.find((row) => row.source === source)
    return {
      source,
      lastAt: last?.last_at.toISOString() ?? null,
      proof: (last?.proof ?? null) as ProofLevel | null,
      bootedAt: last?.booted_at?.toISOString() ?? null,
      firstAt: last?.first_at.toISOString() ?? null,
      isSilent: last === undefined || now.getTime() - last.last_at.getTime() > SILENT_DAYS * DAY,
      ownId: match?.source_device_id ?? null,
      matchedBy: match?.matched_by ?? null,
      matchedAt: match?.matched_at.toISOString() ?? null,
    }
  })
}

/** What the newest event of each source noted beside an address and an e-mail: where, and whose. */
async function notes(db: Db, { deviceId, ids, sources }: { deviceId: string; ids: string[]; sources: string[] }) {
  const newest = (facet: Facet, member: string) =>
    sql<{ source: string; item: Record<string, unknown> }>`
    select one.source, newest.item from unnest(${sources}::text[]) as one (source) cross join lateral (
      select item from ledger l cross join lateral jsonb_array_elements(l.payload->'added') as item
      where l.device_id = any (${ids}::text[]) and l.kind = 'checkin.changed' and l.payload->>'facet' = ${facet}
        and l.payload->>'source' = one.source and not (l.payload->>'late')::boolean and item->>'member' = ${member}
      order by l.seq desc limit 1
    ) as newest`.execute(db)
  const places = await newest('network', 'publicIp')
  const emails = await newest('identity', 'userEmail')
  const personIds = emails.rows.flatMap(({ item }) => (typeof item['personId'] === 'string' ? [item['personId']] : []))
  const { assignee_id } = await db
    .selectFrom('devices')
    .select('assignee_id')
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow()
  const people = await db
    .selectFrom('people')
    .select(['id', 'name'])
    .where('id', 'in', [...personIds, ''])
    .execute()
  const person = (id: unknown) => {
    const found = people.find((one) => one.id === id)
    return found ? { ...found, isAssignee: found.id === assignee_id } : null
  }
  return {
    places: new Map(places.rows.map(({ source, item }) => [source, placeNoted(item['place'])])),
    people: new Map(emails.rows.map(({ source, item }) => [source, person(item['personId'])])),
  }
}
