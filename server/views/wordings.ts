// What the list of carriers' wordings shows: how often each was seen, its newest parcels, and what was said of it.
import { sql } from 'kysely'
import type { Db } from '../lib/database.ts'
import { readingSchema } from '../ports.ts'
import { readingInWords } from './event-words.ts'
import { cutPage } from './page.ts'
import { placeText } from './scans.ts'

export interface WordingFilter {
  /** Those nobody has said anything of, or the others. */
  show: 'open' | 'classified'
  after: { seen: number; id: string } | null
  limit: number
}

/** So many parcels are named for a wording. */
const EXAMPLES = 3

/** Wordings by how often they were seen, each with its newest parcels and what was said of it. */
export async function listWordings(db: Db, { show, after, limit }: WordingFilter) {
  const rows = await db
    .selectFrom('wordings')
    .selectAll()
    .where('reading', show === 'open' ? 'is' : 'is not', null)
    .$if(after !== null, (qb) =>
      qb.where(sql<boolean>`(seen < ${after!.seen} or (seen = ${after!.seen} and id > ${after!.id}))`),
    )
    .orderBy('seen', 'desc')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  const { page, last } = cutPage(rows, limit)
  const ids = page.map((row) => row.id)
  const examples = await examplesOf(db, ids)
  const said = await saidOf(db, ids)
  return {
    next: last && { seen: last.seen, id: last.id },
    wordings: page.map((row) => ({
      id: row.id,
      carrier: row.carrier,
      wording: row.wording,
      status: row.status,
      seen: row.seen,
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      means: row.reading === null ? null : inWords(row.reading),
      reading: row.reading === null ? null : readingSchema.parse(row.reading),
      examples: examples.filter((one) => one.wordingId === row.id).map(({ wordingId: _, ...example }) => example),
      /** What was said of it, newest first. */
      history: said.filter((one) => one.wordingId === row.id).map(({ wordingId: _, ...one }) => one),
    })),
  }
}

async function examplesOf(db: Db, wordingIds: string[]) {
  const found = await sql<{
    wording_id: string
    shipment_id: string
    at: Date
    reference: string | null
    place: { city: string | null; region: string | null; country: string | null } | null
  }>`
    select w.id as wording_id, e.shipment_id, e.at, p.reference, scanned.payload->'place' as place
    from unnest(${wordingIds}::text[]) as w (id)
    cross join lateral (
      select s.id, s.shipment_id, s.at from scans s where s.wording_id = w.id order by s.id desc limit ${EXAMPLES}) e
    join shipments p on p.id = e.shipment_id and p.withdrawn_at is null
    left join ledger scanned on scanned.shipment_id = e.shipment_id and scanned.kind = 'shipment.scanned'
      and scanned.payload->>'scanId' = e.id
    order by e.at desc`.execute(db)
  return found.rows.map((row) => ({
    wordingId: row.wording_id,
    shipmentId: row.shipment_id,
    reference: row.reference,
    at: row.at.toISOString(),
    place: row.place && placeText(row.place),
  }))
}

async function saidOf(db: Db, wordingIds: string[]) {
  const rows = await sql<{
    wording_id: string
    at: Date
    reading: unknown
    by: string | null
    reason: string | null
  }>`
    select payload->>'wordingId' as wording_id, occurred_at as at, payload->'reading' as reading, u.name as by,
      n.text as reason
    from ledger
    left join auth."user" u on u.id = actor->>'id'
    left join notes n on n.id = payload->>'noteId'
    where kind = 'wording.classified' and payload->>'wordingId' = any (${wordingIds}::text[])
    order by seq desc`.execute(db)
  return rows.rows.map((row) => ({
    wordingId: row.wording_id,
    at: row.at.toISOString(),
    means: inWords(row.reading),
    by: row.by,
    reason: row.reason,
  }))
}

const inWords = (reading: unknown) => readingInWords(readingSchema.parse(reading))
