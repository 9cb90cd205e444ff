// What the catalogue's page shows: each entry with how many laptops show it now, and one entry with its traces and where it is.
import { sql } from 'kysely'
import { catalog } from '../detection/catalog/catalog.ts'
import { refreshCatalog } from '../detection/catalog/company.ts'
import { contextFamilies, drivingFamilies, type Hardware, type Tool } from '../detection/catalog/entries.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'

export const families = [...drivingFamilies, ...contextFamilies, 'ip-kvm', 'capture', 'gadget'] as const

export interface CatalogRow {
  id: string
  name: string
  vendor: string | null
  family: (typeof families)[number]
  /** Whether somebody else can drive the laptop through it. */
  drives: boolean
  /** Whose list it came with; null: ours. */
  origin: string | null
  /** How many laptops show it now. */
  laptops: number
  /** What the company says of it: everybody may have it, some may, it waits for a word, or it is switched off. */
  standing: 'approved' | 'approved for some' | 'asked' | 'off' | null
}

/** Every entry that matches, those that are here first. Small enough for one answer: hundreds. */
export async function listCatalog(
  db: Db,
  input: { text: string; family: CatalogRow['family'] | null; isHere: boolean },
): Promise<{ entries: CatalogRow[]; total: number }> {
  await refreshCatalog(db)
  const rows = await rowsOf(db)
  const words = input.text.toLowerCase().split(/\s+/).filter(Boolean)
  const entries = rows
    .filter((row) => input.family === null || row.family === input.family)
    .filter((row) => !input.isHere || row.laptops > 0)
    .filter((row) => words.every((word) => `${row.name} ${row.vendor ?? ''} ${row.id}`.toLowerCase().includes(word)))
    .sort((a, b) => b.laptops - a.laptops || a.name.localeCompare(b.name))
  return { entries, total: rows.length }
}

async function rowsOf(db: Db): Promise<CatalogRow[]> {
  const counts = await sql<{ value: string; laptops: number }>`
    select value, count(*)::int as laptops from fleet_use u join devices d on d.id = u.device_id
    where what in ('tool', 'hardware') and d.withdrawn_at is null group by value`.execute(db)
  const laptopsOf = new Map(counts.rows.map((row) => [row.value, row.laptops]))
  const entries = await db.selectFrom('catalog_entries').select(['id', 'origin']).execute()
  const originOf = new Map(entries.map((row) => [row.id, row.origin]))
  const standingOf = await standings(db)
  return [
    ...catalog.tools.map((tool) => ({
      id: tool.id,
      name: tool.name,
      vendor: tool.vendor,
      family: tool.family,
      drives: tool.drives,
      origin: originOf.get(tool.id) ?? null,
      laptops: laptopsOf.get(tool.id) ?? 0,
      standing: standingOf(tool),
    })),
    ...catalog.hardware.map((one) => ({
      id: one.id,
      name: one.name,
      vendor: null,
      family: one.family,
      drives: one.family === 'ip-kvm',
      origin: null,
      laptops: laptopsOf.get(one.id) ?? 0,
      standing: standingOf({ id: one.id, vendor: null }),
    })),
  ]
}

/** What the open approvals say of a tool; the strongest word counts. */
async function standings(db: Db): Promise<(entry: { id: string; vendor: string | null }) => CatalogRow['standing']> {
  const rows = await db
    .selectFrom('approvals')
    .select(['what', 'value', 'people', 'status'])
    .where('status', 'in', ['asked', 'granted'])
    .execute()
  return (entry) => {
    const about = rows.filter((row) => row.value === (row.what === 'publisher' ? entry.vendor : entry.id))
    const granted = about.filter((row) => row.status === 'granted')
    if (granted.some((row) => row.what === 'entry_off')) return 'off'
    if (granted.some((row) => row.people === null)) return 'approved'
    if (granted.length > 0) return 'approved for some'
    return about.length > 0 ? 'asked' : null
  }
}

/** So many laptops are listed by name; the count tells the rest. */
const LISTED_MAX = 50

/** One tool or device of the catalogue. Throws 'not_found'. */
export async function readCatalogEntry(db: Db, id: string) {
  await refreshCatalog(db)
  const tool = catalog.byId.get(id)
  const hardware = catalog.hardware.find((one) => one.id === id)
  const row = (await rowsOf(db)).find((one) => one.id === id)
  if (row === undefined) throw new AppError('not_found', 'The catalogue has no such entry.')
  const devices = await db
    .selectFrom('fleet_use')
    .innerJoin('devices', 'devices.id', 'fleet_use.device_id')
    .leftJoin('people', 'people.id', 'devices.assignee_id')
    .select(['devices.id', 'serial_number', 'people.id as person_id', 'people.name as person'])
    .where('what', '=', hardware ? 'hardware' : 'tool')
    .where('value', '=', id)
    .orderBy('devices.id')
    .limit(LISTED_MAX)
    .execute()
  return {
    ...row,
    sources: Object.entries(tool?.sources ?? hardware?.sources ?? {}).map(([key, text]) => ({ key, text })),
    platforms: (tool?.platforms ?? []).map((one) => platformNames[one]),
    aliases: tool?.aliases ?? [],
    traces: tool ? tracesOfTool(tool) : hardware ? tracesOfHardware(hardware) : [],
    devices: devices.map((one) => ({
      id: one.id,
      serialNumber: one.serial_number,
      person: one.person_id === null ? null : { id: one.person_id, name: one.person },
    })),
  }
}

/** What shows an entry, a line per platform, source and kind; `tells`: whether it is enough by itself. */
export interface TraceLine {
  platform: string
  kind: string
  texts: string[]
  tells: boolean
  /** The key of one of the entry's sources. */
  source: string
}

const platformNames: Record<string, string> = { darwin: 'macOS', windows: 'Windows', linux: 'Linux', any: 'Any system' }

function tracesOfTool(tool: Tool): TraceLine[] {
  const parts = Object.entries(tool.traces).flatMap(([key, all]) => all.map((part) => ({ key, part })))
  const everywhere = (tool.platforms ?? []).map((one) => platformNames[one]).join(', ')
  return parts.flatMap(({ key, part }) => {
    const platform = (key === 'any' && everywhere) || platformNames[key] || key
    const line = (kind: string, texts: (string | number)[] | undefined, tells = true): TraceLine[] =>
      texts === undefined ? [] : [{ platform, kind, texts: texts.map(String), tells, source: part.source }]
    return [
      ...line('bundle or package id', part.identifiers),
      ...line('name', part.names),
      ...line(
        'name with its publisher',
        part.signed?.map(({ name, publisher }) => `${name} by ${publisher}`),
      ),
      ...line('executable', part.processes),
      ...line('service', part.services),
      ...line('browser extension', part.extensions),
      ...line(
        'executable on a port',
        part.listens?.map(({ process, ports }) => `${process} on ${ports.join(', ')}`),
      ),
      ...line('DNS server it sets', part.resolvers),
      ...line('default port', part.ports, false),
      ...line('name it calls', part.domains, false),
    ]
  })
}

function tracesOfHardware({ traces }: Hardware): TraceLine[] {
  return traces.flatMap(tracesOfSource)
}

function tracesOfSource({ source, usb, displays, hostnames, ouis }: Hardware['traces'][number]): TraceLine[] {
  const platform = platformNames['any']!
  const words = (identity: Record<string, unknown>) =>
    Object.entries(identity).flatMap(([member, value]) =>
      typeof value === 'string'
        ? [`${memberWords[member]} ${value}`]
        : Array.isArray(value)
          ? [`it is at once ${value.join(', ')}`]
          : [],
    )
  const line = (kind: string, texts: string[] = [], tells = true): TraceLine[] =>
    texts.length === 0 ? [] : [{ platform, kind, texts, tells, source }]
  const told = (all: { exceptional: boolean }[] | undefined, exceptional: boolean) =>
    all?.filter((one) => one.exceptional === exceptional).map((one) => words(one).join(', '))
  return [
    ...line('on the USB bus', told(usb, true)),
    ...line('on the USB bus, with other signs', told(usb, false), false),
    ...line('as the display', told(displays, true)),
    ...line('as the display, with other signs', told(displays, false), false),
    ...line('name on the network', hostnames, false),
    ...line('MAC address begins', ouis, false),
  ]
}

const memberWords: Record<string, string> = {
  vendorId: 'vendor id',
  productId: 'product id',
  vendor: 'maker',
  product: 'product',
  serial: 'serial',
  manufacturer: 'maker',
  productCode: 'product code',
  name: 'name',
}
