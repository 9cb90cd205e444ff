// Old scans read again once somebody has said what their wording means: in batches, so that what is left is taken up later.
import { sql } from 'kysely'
import type { Act, World } from '../custody/act.ts'
import { actorSchema, type NewEvent } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { type Clock, readingSchema } from '../ports.ts'
import { signerEvents } from './name-checks.ts'
import { isSameReading, readAs } from './wordings.ts'

/** So many old scans are read again in one transaction. */
const BATCH = 100

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
    if (isSameReading(reading, scan.reading)) return []
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
