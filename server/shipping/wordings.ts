// Carriers' wording that no row of the tables knows: counted, shown, and read as an analyst says from then on, old scans too.
import { sql } from 'kysely'
import type { Act, World } from '../custody/act.ts'
import { actorSchema, type NewEvent } from '../custody/events.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { foldCase } from '../lib/plain.ts'
import { type Clock, type Reading, readingSchema } from '../ports.ts'
import { signerEvents } from './name-checks.ts'

/** So many old scans are read again in one transaction. */
const BATCH = 100

/**
 * A wording without the names, streets and places of its own parcel, so that it names nobody and counts as one. `phrases`
 * go as a whole, of `names` every word.
 */
export function maskKnown(wording: string, input: { names: (string | null)[]; phrases: (string | null)[] }): string {
  const ofPerson = new Set(input.names.flatMap((name) => words(name)).filter((word) => word.length > 2))
  const phrases = input.phrases.map((phrase) => words(phrase)).filter((phrase) => phrase.join('').length > 2)
  const written = wording.split(' ')
  const plain = written.map((word) => words(word).join(''))
  const gone = plain.map((word) => ofPerson.has(word))
  for (const phrase of phrases)
    for (let at = 0; at + phrase.length <= plain.length; at += 1)
      if (phrase.every((word, index) => plain[at + index] === word)) gone.fill(true, at, at + phrase.length)
  return written
    .map((word, at) => (gone[at] ? '#' : word))
    .join(' ')
    .replace(/#(?: #)+/g, '#')
}

const words = (text: string | null) =>
  foldCase(text ?? '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

export interface Seen {
  wording: string
  status: string
}

export interface Known {
  id: string
  /** As an analyst said; null while nobody has. */
  reading: Reading | null
}

/** Counts wordings of new scans, one entry per scan. Returns each with what it means, if that was said. */
export async function countWordings(tx: Tx, act: Act, carrier: string, seen: Seen[]): Promise<Map<string, Known>> {
  const known = new Map<string, Known>()
  const groups = Map.groupBy(seen, (one) => one.wording)
  // In one order for all writers, or two parcels with the same wordings wait for each other.
  for (const [wording, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row = await tx
      .insertInto('wordings')
      .values({
        id: newId('wrd'),
        carrier,
        wording,
        status: group[0]!.status,
        seen: group.length,
        first_at: act.now,
        last_at: act.now,
      })
      .onConflict((oc) =>
        oc.columns(['carrier', 'wording']).doUpdateSet((eb) => ({
          seen: sql<number>`wordings.seen + ${eb.ref('excluded.seen')}`,
          first_at: sql<Date>`least(wordings.first_at, ${eb.ref('excluded.first_at')})`,
          last_at: sql<Date>`greatest(wordings.last_at, ${eb.ref('excluded.last_at')})`,
        })),
      )
      .returning(['id', 'reading'])
      .executeTakeFirstOrThrow()
    known.set(wording, { id: row.id, reading: row.reading === null ? null : readingSchema.parse(row.reading) })
  }
  return known
}

/** What a scan with a classified wording means. What has the status *delivered* stays delivered; only to whom may be said. */
export function readAs(said: Reading, status: string): Reading {
  if (status !== 'delivered' || said.is === 'delivered') return said
  return { is: 'delivered', to: 'address' }
}

export interface ClassifyInput {
  wordingId: string
  reading: Reading
  reason: string
}

/**
 * Says what a wording means, or corrects it. New scans are read so at once; old ones by `rereadWordings`. A wording stands
 * for itself, letter by letter: it is never a pattern. Throws 'not_found', 'conflict' where that is said already, and
 * 'invalid' for a reading that delivered wording cannot have.
 */
export async function classifyWording(tx: Tx, act: Act, { wordingId, reading, reason }: ClassifyInput): Promise<void> {
  const row = await tx.selectFrom('wordings').selectAll().where('id', '=', wordingId).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such wording.')
  if (row.status === 'delivered' && reading.is !== 'delivered' && reading.is !== 'cannot tell')
    throw new AppError(
      'invalid',
      'The carrier says “delivered” beside these words: say to whom, or that nobody can tell.',
      [{ path: 'reading', problem: 'must be a delivery, or cannot tell' }],
    )
  if (row.reading !== null && isSame(readingSchema.parse(row.reading), reading))
    throw new AppError('conflict', 'This wording is taken to mean that already.')
  await tx
    .updateTable('wordings')
    .set({
      reading: JSON.stringify(reading),
      classified_by: JSON.stringify(act.actor),
      classified_at: act.now,
      reread_at: null,
    })
    .where('id', '=', wordingId)
    .execute()
  const noteId = await keepNote(tx, act.now, reason)
  await record(tx, act.now, [
    {
      kind: 'wording.classified',
      occurredAt: act.now,
      actor: act.actor,
      payload: { wordingId, carrier: row.carrier, reading, noteId },
    },
  ])
}

// Parsed readings have their members in the order of the schema.
const isSame = (a: Reading, b: Reading) =>
  JSON.stringify(readingSchema.parse(a)) === JSON.stringify(readingSchema.parse(b))

/**
 * Reads the old scans of every classified wording again, a bounded batch in each transaction: what is left when it is
 * interrupted is taken up by the next call. Returns how many scans mean something else now.
 */
export async function rereadWordings(house: { db: Db; clock: Clock; world: World }): Promise<number> {
  let reread = 0
  const done = new Set<string>()
  for (;;) {
    const due = await house.db
      .selectFrom('wordings')
      .select(['id', 'classified_by'])
      .where('reading', 'is not', null)
      .where('reread_at', 'is', null)
      .orderBy('id')
      .execute()
    const wording = due.find((row) => !done.has(row.id))
    if (wording === undefined) return reread
    done.add(wording.id)
    const act = { now: house.clock(), actor: actorSchema.parse(wording.classified_by), world: house.world }
    let after: string | null = ''
    while (after !== null) {
      const from: string = after
      const batch = await house.db.transaction().execute((tx) => rereadBatch(tx, act, wording.id, from))
      reread += batch.reread
      after = batch.next
    }
  }
}

/** One batch of a wording's scans, by their ids. The last one marks the wording as read, unless it was said anew meanwhile. */
async function rereadBatch(
  tx: Tx,
  act: Act,
  wordingId: string,
  after: string,
): Promise<{ reread: number; next: string | null }> {
  const scans = await tx
    .selectFrom('scans')
    .select(['id', 'shipment_id'])
    .where('wording_id', '=', wordingId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(BATCH)
    .execute()
  await lockSubjects(tx, { shipmentIds: scans.map((scan) => scan.shipment_id) })
  const wording = await tx.selectFrom('wordings').selectAll().where('id', '=', wordingId).executeTakeFirstOrThrow()
  const said = readingSchema.parse(wording.reading)
  const standing =
    scans.length === 0
      ? []
      : await standingOf(
          tx,
          scans.map((scan) => scan.id),
        )
  const events = standing.flatMap((scan): NewEvent[] => {
    const reading = readAs(said, scan.status)
    if (isSame(reading, scan.reading)) return []
    return [
      {
        kind: 'shipment.reread',
        shipmentId: scan.shipment_id,
        personId: scan.person_id,
        occurredAt: act.now,
        actor: act.actor,
        payload: { scanId: scan.id, reading, wordingId },
      },
    ]
  })
  await record(tx, act.now, events)
  await recordSigners(tx, act, events)
  if (scans.length === BATCH) return { reread: events.length, next: scans.at(-1)!.id }
  await tx
    .updateTable('wordings')
    .set({ reread_at: act.now })
    .where('id', '=', wordingId)
    .where('classified_at', '=', wording.classified_at)
    .execute()
  return { reread: events.length, next: null }
}

/** Where a parcel turns out to have been delivered, who signed for it counts from now on. */
async function recordSigners(tx: Tx, act: Act, reread: NewEvent[]): Promise<void> {
  const signed: NewEvent[] = []
  for (const shipmentId of new Set(reread.flatMap((event) => event.shipmentId ?? [])))
    signed.push(...(await signerEvents(tx, act, shipmentId)))
  if (signed.length > 0) await record(tx, act.now, signed)
}

/** How these scans are read now. Those of erased people are left as they are. */
async function standingOf(tx: Tx, scanIds: string[]) {
  const found = await sql<{
    id: string
    shipment_id: string
    person_id: string | null
    status: string
    reading: unknown
  }>`
    select s.id, s.shipment_id, p.person_id, scanned.payload->>'status' as status,
      coalesce(anew.reading, scanned.payload->'reading') as reading
    from scans s
    join shipments p on p.id = s.shipment_id
    join ledger scanned on scanned.shipment_id = s.shipment_id and scanned.kind = 'shipment.scanned'
      and scanned.payload->>'scanId' = s.id
    left join lateral (
      select r.payload->'reading' as reading from ledger r
      where r.shipment_id = s.shipment_id and r.kind = 'shipment.reread' and r.payload->>'scanId' = s.id
      order by r.seq desc limit 1) anew on true
    where s.id = any (${scanIds}::text[])
      and not exists (select from people where people.id = p.person_id and people.erased_at is not null)
    order by s.id`.execute(tx)
  return found.rows.map((row) => ({ ...row, reading: readingSchema.parse(row.reading) }))
}

// ── The list ───────────────────────────────────────────────────────────────────────────────────────────────

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
  const page = rows.slice(0, limit)
  const ids = page.map((row) => row.id)
  const examples = await examplesOf(db, ids)
  const said = await saidOf(db, ids)
  const last = rows.length > limit ? page.at(-1)! : null
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
    place: row.place,
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
    reading: readingSchema.parse(row.reading),
    by: row.by,
    reason: row.reason,
  }))
}
