// Known places from a file: new ones are added, changed ones wait for a second person, one bad line stops no other.
import {
  addPlaces,
  companyPlaces,
  correctPlace,
  type PlaceChanged,
  placesInForce,
} from '../addresses/company-places.ts'
import { type KnownPlace, knownPlaceSchema } from '../addresses/known-places.ts'
import type { Act } from '../custody/act.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, messageOf } from '../lib/errors.ts'
import { retrying } from './import.ts'
import { readTable } from './table.ts'

export interface PlacesImported {
  added: number
  /** Of these, and of the changed ones, wait for a second person. */
  waiting: number
  unchanged: number
  rejected: { line: number; column: string; problem: string }[]
}

/** So many lines a file may have, and so many are added in one transaction. */
const LINES_MAX = 5000
const AT_ONCE = 200

/** Column and member, in the order in which they are written. */
export const placeColumns = {
  id: 'id',
  kind: 'kind',
  name: 'name',
  line1: 'line1',
  city: 'city',
  region: 'region',
  postal_code: 'postalCode',
  country: 'country',
  unit_pattern: 'unitPattern',
  multi_tenant: 'multiTenant',
  confidence: 'confidence',
  source: 'source',
} as const satisfies Record<string, keyof KnownPlace>

/**
 * Brings a file of known places in. A line whose `id` is listed and says the same is unchanged, one that says otherwise
 * asks for a correction; without a known id it is added, unless the same is in force. `confidence` is 0 to 1.
 */
export async function importPlaces(
  db: Db,
  act: Act,
  input: { bytes: Uint8Array; reason: string },
): Promise<PlacesImported> {
  const table = readTable(input.bytes)
  for (const column of ['kind', 'name', 'confidence'])
    if (!table.header.includes(column))
      throw new AppError('unreadable', `The column “${column}” is missing: the first line has to name the columns.`)
  if (table.rows.length > LINES_MAX)
    throw new AppError('too_large', `At most ${LINES_MAX} lines at a time: split the file.`)
  const inForce = placesInForce(await companyPlaces(db))
  const byId = new Map(inForce.map((place) => [place.id, place]))
  const known = new Set(inForce.map(contentOf))
  const done: PlacesImported = { added: 0, waiting: 0, unchanged: 0, rejected: [] }
  const added: { line: number; entry: KnownPlace }[] = []
  const changed: { line: number; entry: KnownPlace }[] = []
  for (const { line, cells } of table.rows) {
    const read = knownPlaceSchema.safeParse(entryOf(cells))
    if (!read.success) {
      done.rejected.push({ line, ...faultOf(read.error.issues[0]) })
      continue
    }
    const entry = read.data
    const content = contentOf(entry)
    if (known.has(content)) done.unchanged++
    else if (byId.has(entry.id)) changed.push({ line, entry })
    else added.push({ line, entry })
    known.add(content)
  }
  const count = ({ waits }: PlaceChanged) => (waits ? done.waiting++ : done.added++)
  for (let at = 0; at < added.length; at += AT_ONCE) {
    const entries = added.slice(at, at + AT_ONCE).map(({ entry: { id: _, ...entry } }) => entry)
    const came = await inOne(db, (tx) => addPlaces(tx, act, { entries, reason: input.reason }))
    for (const one of came) count(one)
  }
  for (const { line, entry } of changed)
    await inOne(db, (tx) => correctPlace(tx, act, { placeId: entry.id, entry, reason: input.reason })).then(
      count,
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error
        done.rejected.push({ line, column: 'id', problem: messageOf(error) })
      },
    )
  return done
}

const inOne = <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> => retrying(() => db.transaction().execute(work))

/** What a line says, in our members; what is not said has its default. The apostrophe guards a cell from being a formula. */
function entryOf(cells: Record<string, string>): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  for (const [column, member] of Object.entries(placeColumns)) {
    const text = (cells[column] ?? '').replace(/^'(?=[=+\-@])/, '')
    if (text !== '') told[member] = cellValue(member, text)
  }
  return { id: 'new', source: 'a file of the company', ...told }
}

function cellValue(member: keyof KnownPlace, text: string): unknown {
  if (member === 'confidence') return Number(text.replace(',', '.'))
  return member === 'multiTenant' ? /^(?:yes|true|1)$/i.test(text) : text
}

const columnOf = new Map<string, string>(Object.entries(placeColumns).map(([column, member]) => [member, column]))

function faultOf(issue: { path: PropertyKey[]; message: string } | undefined): { column: string; problem: string } {
  const member = String(issue?.path[0] ?? '')
  return { column: columnOf.get(member) ?? member, problem: issue?.message ?? 'cannot be read' }
}

/** The same but for id and source is the same entry. */
function contentOf({ id: _, source: __, ...entry }: KnownPlace): string {
  return JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
}
