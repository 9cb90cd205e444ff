// What the page of known places shows: ours and the company's, what waits, and how many addresses here match each.
import { sql } from 'kysely'
import { readWalk } from '../addresses/classify-anew.ts'
import { companyPlaces, type PlaceRow } from '../addresses/company-places.ts'
import { type KnownPlace, knownPlaceSchema, knownPlaces, type PlaceKind } from '../addresses/known-places.ts'
import { placeColumns } from '../imports/import-places.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { plainText } from '../lib/plain.ts'
import { namesOf } from './actors.ts'

export interface PlaceFilter {
  kinds: PlaceKind[]
  from: 'ours' | 'company' | null
  state: 'on' | 'off' | 'waits' | 'matched' | null
  text: string
  /** The last of the page before. */
  after: string | null
  limit: number
}

interface Listed {
  entry: KnownPlace
  from: 'ours' | 'company'
  isCorrected: boolean
  isOff: boolean
  /** Whether the entry is, or was until switched off, in force; an added one that waits never was. */
  asked: PlaceRow['asked']
  row: PlaceRow | null
}

/** Every entry once, by name: ours as corrected, and the company's. */
async function allPlaces(db: Db): Promise<Listed[]> {
  const rows = await companyPlaces(db)
  const changed = new Map(rows.map((row) => [row.id, row]))
  const ours = knownPlaces.map((place) => listedOf(place, changed.get(place.id) ?? null))
  const ids = new Set(knownPlaces.map(({ id }) => id))
  const added = rows.filter((row) => !ids.has(row.id)).map((row) => listedOf(null, row))
  return [...ours, ...added].sort(
    (a, b) => a.entry.name.localeCompare(b.entry.name) || (a.entry.id < b.entry.id ? -1 : 1),
  )
}

function listedOf(place: KnownPlace | null, row: PlaceRow | null): Listed {
  const kept = row?.entry ? knownPlaceSchema.parse(row.entry) : null
  const entry = kept ?? place ?? knownPlaceSchema.parse(row?.asked_entry)
  return {
    entry,
    from: place ? 'ours' : 'company',
    isCorrected: place !== null && kept !== null,
    isOff: row?.is_off ?? false,
    asked: row?.asked ?? null,
    row,
  }
}

/** A page of the list, with the number of addresses that match each entry now: what waits first, then what matches. */
export async function listKnownPlaces(db: Db, filter: PlaceFilter) {
  const all = await allPlaces(db)
  const words = plainText(filter.text).split(' ').filter(Boolean)
  const matches = await countMatches(db)
  const rankOf = ({ asked, entry }: Listed) => (asked !== null ? 0 : matches.has(entry.id) ? 1 : 2)
  const found = all
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .filter(
      (one) =>
        (filter.kinds.length === 0 || filter.kinds.includes(one.entry.kind)) &&
        (filter.from === null || one.from === filter.from) &&
        isInState(one, filter.state, matches) &&
        hasWords(one, words),
    )
  const start = filter.after === null ? 0 : found.findIndex(({ entry }) => entry.id === filter.after) + 1
  const page = found.slice(start, start + filter.limit)
  const last = start + filter.limit < found.length ? page.at(-1) : undefined
  return {
    total: found.length,
    all: all.length,
    waiting: all.filter(({ asked }) => asked !== null).length,
    walk: await walkOf(db),
    next: last?.entry.id ?? null,
    places: page.map((one) => ({ ...shown(one), matches: matches.get(one.entry.id) ?? 0 })),
  }
}

function isInState(
  { isOff, asked, entry }: Listed,
  state: PlaceFilter['state'],
  matches: Map<string, number>,
): boolean {
  switch (state) {
    case null:
      return true
    case 'on':
      return !isOff && asked !== 'add'
    case 'off':
      return isOff
    case 'waits':
      return asked !== null
    case 'matched':
      return matches.has(entry.id)
    default:
      return state satisfies never
  }
}

function hasWords({ entry }: Listed, words: string[]): boolean {
  const { name, line1, city, region, postalCode, country, kind } = entry
  const text = plainText([name, line1, city, region, postalCode, country, kind].join(' '))
  return words.every((word) => text.includes(word))
}

const shown = ({ entry, from, isCorrected, isOff, asked }: Listed) => ({ ...entry, from, isCorrected, isOff, asked })

/** By id of the place, the addresses on file that are at it. */
async function countMatches(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('address_versions')
    .select([sql<string>`class->>'placeId'`.as('id'), sql<number>`count(*)`.as('count')])
    .where(sql`class->>'placeId'`, 'is not', null)
    .where('withdrawn_at', 'is', null)
    .groupBy(sql`class->>'placeId'`)
    .execute()
  return new Map(rows.map(({ id, count }) => [id, count]))
}

/** How far the addresses on file are read by the newest list. */
async function walkOf(db: Db) {
  const walk = await readWalk(db)
  return walk && { isDone: walk.isDone, looked: walk.looked, changed: walk.changed }
}

/** One entry with what was made of it, by whom and why, and how many addresses are there. */
export async function readKnownPlace(db: Db, id: string) {
  const found = (await allPlaces(db)).find(({ entry }) => entry.id === id)
  if (found === undefined) throw new AppError('not_found', 'There is no such known place.')
  const { row } = found
  const history = await historyOf(db, id)
  const { count } = await db
    .selectFrom('address_versions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(sql<string>`class->>'placeId'`, '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirstOrThrow()
  const ask = history.find(({ kind }) => kind === 'place.asked')
  return {
    ...shown(found),
    original: found.isCorrected ? (knownPlaces.find((place) => place.id === id) ?? null) : null,
    askedEntry: row?.asked_entry ? knownPlaceSchema.parse(row.asked_entry) : null,
    askedBy: row?.asked && ask ? { name: ask.by, byId: ask.byId, at: ask.at, reason: ask.reason } : null,
    matches: count,
    history: history.map(({ byId: _, ...one }) => one),
    walk: await walkOf(db),
  }
}

/** What was asked and set, the newest first. */
async function historyOf(db: Db, id: string) {
  const rows = await db
    .selectFrom('ledger')
    .leftJoin('notes', (join) => join.on('notes.id', '=', sql`payload->>'noteId'`))
    .select(['seq', 'kind', 'actor', 'recorded_at', 'notes.text'])
    .select(sql<string | null>`payload->>'change'`.as('change'))
    .select(sql<boolean>`payload->>'alone' = 'true'`.as('alone'))
    .where('kind', 'in', ['place.set', 'place.asked', 'place.refused'])
    .where(sql<string>`payload->>'placeId'`, '=', id)
    .orderBy('seq', 'desc')
    .execute()
  const nameOf = await namesOf(
    db,
    rows.map((row) => row.actor),
  )
  return rows.map((row) => {
    const actor = row.actor as { type: string; id?: string }
    return {
      seq: row.seq,
      kind: row.kind,
      change: row.change,
      alone: row.alone,
      at: row.recorded_at.toISOString(),
      by: nameOf(row.actor),
      byId: actor.type === 'user' ? (actor.id ?? null) : null,
      reason: row.text,
    }
  })
}

/** The whole list as rows of text under `placeColumns`, for a file; switched-off entries say so in `state`. */
export async function exportKnownPlaces(db: Db): Promise<string[][]> {
  const columns = Object.entries(placeColumns)
  const rows = (await allPlaces(db)).map(({ entry, from, isOff, asked }) => [
    ...columns.map(([, member]) => textOf(entry[member])),
    from,
    isOff ? 'off' : asked === 'add' ? 'waits' : 'on',
  ])
  return [[...columns.map(([column]) => column), 'from', 'state'], ...rows]
}

const textOf = (value: string | number | boolean | null) =>
  value === null ? '' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
