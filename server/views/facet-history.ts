// What changed at an endpoint over time, facet by facet, newest first by when it was recorded; and the days it was seen.
import { type SqlBool, sql } from 'kysely'
import type { Facet } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import type { Platform } from '../detection/catalog/entries.ts'
import type { Db } from '../lib/database.ts'
import type { ProofLevel } from '../ports.ts'
import { idsOf } from './endpoint.ts'
import { memberWords, placeNoted, type SeemingPlace, sayItem, type Told } from './facet-words.ts'
import { cutPage } from './page.ts'

export interface ChangedItem extends Told {
  label: string
  place: SeemingPlace | null
}

export interface FacetChange {
  seq: number
  at: string
  recordedAt: string
  facet: Facet
  source: string
  proof: ProofLevel
  isLate: boolean
  /** Its clock was ahead: the time is that of receipt. */
  isCapped: boolean
  /** The first that this source told of it. */
  isFirst: boolean
  added: ChangedItem[]
  removed: ChangedItem[]
  /** Items beyond those told. */
  more: number
}

export interface HistoryInput {
  deviceId: string
  facet: Facet[]
  source: string[]
  /** Only changes before this sequence number: the next page. */
  before: number | null
  limit: number
}

/** Of a first report with hundreds of programs, so many are told. */
const ITEMS_MAX = 30

/** A page of changes. Erased ones are left out: the chain tab names them. */
export async function readHistory(
  db: Db,
  input: HistoryInput,
): Promise<{ changes: FacetChange[]; next: number | null; sources: string[] }> {
  const ids = await idsOf(db, input.deviceId)
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('device_id', 'in', ids)
    .where('kind', '=', 'checkin.changed')
    .where('payload', 'is not', null)
    .$if(input.facet.length > 0, (qb) => qb.where(sql<SqlBool>`payload->>'facet' = any (${input.facet}::text[])`))
    .$if(input.source.length > 0, (qb) => qb.where(sql<SqlBool>`payload->>'source' = any (${input.source}::text[])`))
    .$if(input.before !== null, (qb) => qb.where('seq', '<', input.before!))
    .orderBy('seq', 'desc')
    .limit(input.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, input.limit)
  const facets = await db
    .selectFrom('facets')
    .select(['source', 'content', 'facet'])
    .where('device_id', 'in', ids)
    .execute()
  const platform = facets
    .filter((row) => row.facet === 'posture')
    .map((row) => (row.content as { platform?: Platform }).platform)
    .find((told) => told !== undefined)
  return {
    changes: page.map(toEvent).flatMap((event) => changeOf(event, platform ?? null)),
    next: last?.seq ?? null,
    sources: [...new Set(facets.map((row) => row.source))].sort(),
  }
}

interface Item {
  member: string
  value: unknown
  place?: unknown
}

function changeOf(event: ReturnType<typeof toEvent>, platform: Platform | null): FacetChange[] {
  if (event.kind !== 'checkin.changed' || event.payload === null) return []
  const { payload } = event
  const added = wordsOf(payload.added as Item[], platform)
  const removed = wordsOf(payload.removed as Item[], platform)
  return [
    {
      seq: event.seq,
      at: event.occurredAt.toISOString(),
      recordedAt: event.recordedAt.toISOString(),
      facet: payload.facet,
      source: payload.source,
      proof: payload.proof,
      isLate: payload.late,
      isCapped: payload.capped === true,
      isFirst: payload.first,
      added: added.slice(0, ITEMS_MAX),
      removed: removed.slice(0, ITEMS_MAX),
      more: Math.max(0, added.length - ITEMS_MAX) + Math.max(0, removed.length - ITEMS_MAX),
    },
  ]
}

/** What the catalogue knows comes first, so that no list hides it. */
function wordsOf(items: Item[], platform: Platform | null): ChangedItem[] {
  return items
    .map(({ member, value, place }) => ({
      ...sayItem(member, value, platform),
      label: memberWords[member] ?? member,
      place: placeNoted(place),
    }))
    .sort((a, b) => Number(b.mark !== null) - Number(a.mark !== null))
}

export interface PresenceInput {
  deviceId: string
  /** The last row of the page before. */
  after: { day: string; source: string } | null
  limit: number
}

/** The days on which each source saw the laptop, newest first. */
export async function readPresence(db: Db, input: PresenceInput) {
  const ids = await idsOf(db, input.deviceId)
  const rows = await db
    .selectFrom('presence')
    .select(['source', 'day', 'first_at', 'last_at', 'proof', 'sealed', sql<number>`bit_count(slots)`.as('slots')])
    .where('device_id', 'in', ids)
    .$if(input.after !== null, (qb) =>
      qb.where(
        sql<SqlBool>`(day < ${input.after!.day}::date or (day = ${input.after!.day}::date and source > ${input.after!.source}))`,
      ),
    )
    .orderBy('day', 'desc')
    .orderBy('source')
    .limit(input.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, input.limit)
  return {
    days: page.map((row) => ({
      source: row.source,
      day: row.day,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      proof: row.proof as ProofLevel,
      /** Ten-minute spans of the day in which it was seen, of 144. */
      slots: row.slots,
      isSealed: row.sealed !== null,
    })),
    next: last === null ? null : { day: last.day, source: last.source },
  }
}
