// The inbox: authenticated bytes are stored first and understood later, so that a bug in understanding loses nothing.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Act, World } from './custody/act.ts'
import type { ImportKind } from './imports/columns.ts'
import { importOne } from './imports/import.ts'
import { type Provenance, recordObservation } from './intake.ts'
import type { Db, Tx } from './lib/database.ts'
import { AppError, logText, messageOf } from './lib/errors.ts'
import { newId } from './lib/id.ts'
import { DAY, HOUR, MINUTE, plus } from './lib/time.ts'
import { type Carrier, type Clock, cleanText, type Observation, type Vouches } from './ports.ts'
import { type ReadBack, readBack, withReadBack } from './read-back.ts'
import { askSoon } from './shipping/tracking.ts'

export interface Delivery {
  source: string
  deliveryKey: string | null
  body: Uint8Array
  tokenId: string | null
}

/** Deliveries without an id of their own are one when their bytes are, for so long. Source: CONTRACTS, "Incoming". */
const SAME_BYTES_MS = HOUR

/** Stores a delivery (T1). A repeated one is not stored again. Returns whether it is new. */
export async function storeDelivery(db: Db, now: Date, delivery: Delivery): Promise<boolean> {
  const digest = createHash('sha256').update(delivery.body).digest()
  return db.transaction().execute(async (tx) => {
    if (delivery.deliveryKey === null && (await hasSameBytes(tx, now, delivery.source, digest))) return false
    const inserted = await tx
      .insertInto('inbox')
      .values({
        id: newId('inb'),
        source: delivery.source,
        delivery_key: delivery.deliveryKey,
        digest,
        received_at: now,
        body: Buffer.from(delivery.body),
        token_id: delivery.tokenId,
        next_attempt_at: now,
      })
      .onConflict((oc) => oc.columns(['source', 'delivery_key']).where('delivery_key', 'is not', null).doNothing())
      .executeTakeFirst()
    return inserted.numInsertedOrUpdatedRows === 1n
  })
}

async function hasSameBytes(tx: Tx, now: Date, source: string, digest: Buffer): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(7355609, ${digest.readInt32BE(0)})`.execute(tx)
  const same = await tx
    .selectFrom('inbox')
    .select('id')
    .where('digest', '=', digest)
    .where('source', '=', source)
    .where('received_at', '>', plus(now, -SAME_BYTES_MS))
    .executeTakeFirst()
  return same !== undefined
}

/** Keeps what came in and could not be applied, bytes as they are and values as JSON; it is not tried again by itself. */
export async function keepRejected(
  db: Db,
  now: Date,
  input: { source: string; tokenId: string | null; items: { body: unknown; reason: string }[] },
): Promise<void> {
  for (let at = 0; at < input.items.length; at += 500) {
    const rows = input.items.slice(at, at + 500).map(({ body, reason }) => {
      const bytes = Buffer.from(body instanceof Uint8Array ? body : JSON.stringify(body ?? null))
      return {
        id: newId('inb'),
        source: input.source,
        delivery_key: null,
        digest: createHash('sha256').update(bytes).digest(),
        received_at: now,
        body: bytes,
        token_id: input.tokenId,
        status: 'failed' as const,
        reason: cleanText(reason.slice(0, 1000)),
        attempts: 1,
      }
    })
    await db.insertInto('inbox').values(rows).execute()
  }
}

/** A record of a polled source that could not be read or recorded. */
export interface Unreadable {
  record: unknown
  reason: string
}

/** Every sync may bring the same record again, with another time in it: so many are kept of one source. */
const UNREADABLE_KEPT = 200
/** And so many bytes of them, whichever is less. */
const UNREADABLE_BYTES = 64 * 1024 * 1024

/** Keeps records of a page that could not be applied: each once while its bytes are the same, the newest of a source. */
export async function keepUnreadable(
  tx: Tx,
  now: Date,
  { source, records }: { source: string; records: Unreadable[] },
): Promise<void> {
  if (records.length === 0) return
  const bodies = records.map(({ record, reason }) => {
    const body = Buffer.from(JSON.stringify(record ?? null))
    return { body, reason, digest: createHash('sha256').update(body).digest() }
  })
  const kept = await tx
    .selectFrom('inbox')
    .select('digest')
    .where(
      'digest',
      'in',
      bodies.map(({ digest }) => digest),
    )
    .where('source', '=', source)
    .where('status', 'in', ['waiting', 'failed'])
    .execute()
  const known = new Set(kept.map(({ digest }) => digest.toString('hex')))
  const items = bodies.filter(({ digest }) => !known.has(digest.toString('hex')))
  await keepRejected(tx, now, { source, tokenId: null, items })
  await sql`
    delete from inbox where id in (
      select id from (
        select id, row_number() over newest as place, sum(octet_length(body)) over newest as bytes
        from inbox where source = ${source} and status = 'failed' window newest as (order by received_at desc, id desc)
      ) as kept where place > ${UNREADABLE_KEPT} or (place > 1 and bytes > ${UNREADABLE_BYTES}))`.execute(tx)
}

// ── Reading ────────────────────────────────────────────────────────────────────────────────────────────────

/** What reads the bytes of each source: the webhooks' adapters, and the endpoints that keep what they refuse. */
export interface Reader {
  source: string
  vouches: Vouches
  /** Throws AppError where the bytes cannot be read. */
  read(body: Uint8Array): Observation[] | { kind: ImportKind; cells: unknown }
}

export interface InboxReading {
  db: Db
  clock: Clock
  world: World
  readers: Map<string, Reader>
  /** Who is asked about what weighs; without, nothing is read back. */
  carrier?(): Carrier | null
  log: { error(message: string): void }
}

/** After so many tries a person has to look. The pauses grow: 1, 4, 16, 64 minutes. */
const ATTEMPTS_MAX = 5
const pauseOf = (attempts: number) => MINUTE * 4 ** (attempts - 1)

interface Counts {
  read: number
  failed: number
  setAside: number
}

/**
 * Reads everything that waits (T2), each row in a transaction of its own. One bad row never stops the others, and what the
 * provider has to be asked about keeps no other source waiting.
 */
export async function readInbox(reading: InboxReading): Promise<Counts> {
  const counts: Counts = { read: 0, failed: 0, setAside: 0 }
  const provider = reading.carrier?.() ?? null
  if (provider?.mode === 'production') while (await readAskedAbout(reading, counts, provider.name)) {}
  else await readAll(reading, counts)
  return counts
}

/** Everything but what one source sent. */
async function readAll(reading: InboxReading, counts: Counts, except?: string): Promise<void> {
  for (;;) {
    const outcome = await readNext(reading, except === undefined ? {} : { except })
    if (outcome === null) return
    counts[outcome]++
  }
}

/** So many deliveries are asked about together: an answer takes far longer than its recording. */
const ASKED_TOGETHER = 20

/**
 * Looks at the next rows of one source without taking them, reads back what weighs in them while all other sources are
 * read, and then reads each: the network is never asked within a transaction. Returns whether there were any.
 */
async function readAskedAbout(reading: InboxReading, counts: Counts, source: string): Promise<boolean> {
  const { db, clock, carrier } = reading
  const rows = await nextRows(db, clock()).where('source', '=', source).limit(ASKED_TOGETHER).execute()
  const observations = rows.flatMap((row) => observationsOf(reading, row))
  const asking = readBack({ db, clock, carrier: carrier ?? (() => null) }, observations)
  const [back] = await Promise.all([asking, readAll(reading, counts, source)])
  for (const { id } of rows) {
    const outcome = await readNext(reading, { id, back })
    if (outcome !== null) counts[outcome]++
  }
  return rows.length > 0
}

const nextRows = (db: Db | Tx, now: Date) =>
  db
    .selectFrom('inbox')
    .selectAll()
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .orderBy('id')
    .forUpdate()
    .skipLocked()

interface Wanted {
  /** This row and no other; null comes back where another process has it. */
  id?: string
  except?: string
  back?: ReadBack
}

async function readNext(reading: InboxReading, wanted: Wanted): Promise<keyof Counts | null> {
  const now = reading.clock()
  let id: string | null = null
  let attempts = 0
  try {
    return await reading.db.transaction().execute(async (tx) => {
      const row = await nextRows(tx, now)
        .$if(wanted.id !== undefined, (qb) => qb.where('id', '=', wanted.id!))
        .$if(wanted.except !== undefined, (qb) => qb.where('source', '<>', wanted.except!))
        .limit(1)
        .executeTakeFirst()
      if (row === undefined) return null
      id = row.id
      attempts = row.attempts
      return readRow(tx, reading, { now, row, back: wanted.back ?? new Map() })
    })
  } catch (error) {
    if (id === null) throw error
    await noteFailure(reading, now, id, attempts + 1, error)
    return 'failed'
  }
}

interface Row {
  id: string
  source: string
  body: Buffer | null
  token_id: string | null
}

/** What a row's bytes tell; nothing where they cannot be read, which is said when the row is. */
function observationsOf(reading: InboxReading, row: Row): Observation[] {
  try {
    const came = row.body === null ? [] : reading.readers.get(row.source)?.read(row.body)
    return Array.isArray(came) ? came : []
  } catch {
    return []
  }
}

async function readRow(
  tx: Tx,
  reading: InboxReading,
  { now, row, back }: { now: Date; row: Row; back: ReadBack },
): Promise<'read' | 'setAside'> {
  const reader = reading.readers.get(row.source)
  if (reader === undefined) throw new AppError('invalid', `The source “${row.source}” is not configured here.`)
  if (row.body === null) throw new AppError('invalid', 'Its bytes are gone: retention or an erasure took them.')
  const token =
    row.token_id === null
      ? undefined
      : await tx.selectFrom('tokens').select(['source', 'vouches']).where('id', '=', row.token_id).executeTakeFirst()
  const provenance: Provenance = {
    source: token?.source ?? reader.source,
    vouches: token?.vouches ?? reader.vouches,
    tokenId: row.token_id,
  }
  const actor =
    row.token_id === null
      ? ({ type: 'source', name: row.source } as const)
      : ({ type: 'token', id: row.token_id } as const)
  const act: Act = { now, actor, world: reading.world }
  const came = reader.read(row.body)
  let aside: { why: string; about: string | null } | null = null
  if (!Array.isArray(came)) await importOne(tx, act, { ...came, source: row.source })
  else
    for (const observation of came.flatMap((one) => withReadBack(one, back))) {
      const recorded = await recordObservation(tx, act, provenance, observation)
      if (!recorded.done) aside = recorded
      else if (observation.kind === 'tracker' && back.has(observation.trackerId))
        await askSoon(tx, now, observation.trackingCode)
    }
  if (aside === null) {
    await tx
      .updateTable('inbox')
      .set({ status: 'read', body: null, reason: null, read_at: now, next_attempt_at: null })
      .where('id', '=', row.id)
      .execute()
    return 'read'
  }
  await tx
    .updateTable('inbox')
    .set({ status: 'set aside', reason: aside.why, about: aside.about, read_at: now, next_attempt_at: null })
    .where('id', '=', row.id)
    .execute()
  return 'setAside'
}

async function noteFailure(
  reading: InboxReading,
  now: Date,
  id: string,
  attempts: number,
  error: unknown,
): Promise<void> {
  // What cannot be read today cannot be read in a minute either; what the database or a bug refused may be.
  const isFinal = attempts >= ATTEMPTS_MAX || (error instanceof AppError && error.problem !== 'unavailable')
  if (!(error instanceof AppError)) reading.log.error(`inbox ${id} could not be recorded: ${logText(error)}`)
  await reading.db
    .updateTable('inbox')
    .set({
      status: 'failed',
      reason: cleanText(messageOf(error).slice(0, 1000)),
      attempts,
      next_attempt_at: isFinal ? null : plus(now, pauseOf(attempts)),
    })
    .where('id', '=', id)
    .execute()
}

/** Has one kept row, or all of them, tried again. Returns how many. */
export async function retryInbox(db: Db, now: Date, id: string | null): Promise<number> {
  const retried = await db
    .updateTable('inbox')
    .set({ status: 'waiting', next_attempt_at: now, attempts: 0 })
    .where('status', 'in', ['failed', 'set aside'])
    .where('body', 'is not', null)
    .$if(id !== null, (qb) => qb.where('id', '=', id!))
    .executeTakeFirst()
  if (id !== null && retried.numUpdatedRows === 0n)
    throw new AppError('not_found', `There is nothing kept in the inbox under ${id}.`)
  return Number(retried.numUpdatedRows)
}

/** Failures and what was set aside, newest first. */
export async function listInbox(db: Db, input: { limit: number; after?: string | undefined }) {
  const rows = await db
    .selectFrom('inbox')
    .select([
      'id',
      'source',
      'received_at',
      'status',
      'reason',
      'attempts',
      'next_attempt_at',
      sql<number>`octet_length(body)`.as('bytes'),
    ])
    .where('status', 'in', ['failed', 'set aside'])
    .$if(input.after !== undefined, (qb) => qb.where('id', '<', input.after!))
    .orderBy('id', 'desc')
    .limit(input.limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    receivedAt: row.received_at.toISOString(),
    status: row.status,
    reason: row.reason,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    bytes: row.bytes,
  }))
}

/** Raw bodies of failures go after so long, of what is set aside for an unknown parcel later; the keys of read ones then too. */
const FAILED_MS = 14 * DAY
const ASIDE_MS = 90 * DAY

/** Retention of the inbox. */
export async function retainInbox(db: Db, now: Date): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ body: null })
    .where('status', '=', 'failed')
    .where('received_at', '<', plus(now, -FAILED_MS))
    .where('body', 'is not', null)
    .execute()
  await db
    .updateTable('inbox')
    .set({ body: null })
    .where('status', '=', 'set aside')
    .where('received_at', '<', plus(now, -ASIDE_MS))
    .where('body', 'is not', null)
    .execute()
  await db.deleteFrom('inbox').where('status', '=', 'read').where('received_at', '<', plus(now, -ASIDE_MS)).execute()
}
