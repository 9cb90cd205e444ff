// The ledger: its only insert, its reading, its checkpoints and its verification.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import { canonicalText } from '../lib/canonical.ts'
import { type Db, type Tx, timeOf } from '../lib/database.ts'
import type { LedgerTable } from '../lib/tables.ts'
import { cleanText } from '../ports.ts'
import { type Actor, actorSchema, type EventKind, type LedgerEvent, type NewEvent, payloads } from './events.ts'

/** The advisory lock that makes appends one after the other. */
const LEDGER_LOCK = 7_355_608
/** At most so many events in one append, so that the lock is held for milliseconds. */
export const APPEND_MAX = 500
/** What the first row chains to. */
const GENESIS = Buffer.alloc(32)

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** commitment = SHA-256(salt ‖ canonical JSON of the payload). */
const commit = (salt: Uint8Array, payloadText: string): Buffer => sha256(salt, payloadText)

type Header = Omit<Selectable<LedgerTable>, 'payload' | 'salt' | 'hash' | 'prev_hash'>

/** hash = SHA-256(prev_hash ‖ canonical JSON of the row without payload and salt). */
function chain(prevHash: Uint8Array, row: Header): Buffer {
  return sha256(
    prevHash,
    canonicalText({
      seq: row.seq,
      kind: row.kind,
      device_id: row.device_id,
      person_id: row.person_id,
      shipment_id: row.shipment_id,
      case_id: row.case_id,
      occurred_at: row.occurred_at.toISOString(),
      recorded_at: row.recorded_at.toISOString(),
      actor: row.actor,
      commitment: row.commitment.toString('hex'),
    }),
  )
}

interface Storable<T> {
  value: T
  /** Its canonical JSON. */
  text: string
}

/** Cleans every string in a JSON value, so that what is hashed is what jsonb gives back. */
function storable<T>(value: T): Storable<T> {
  const text = canonicalText(value)
  // A NUL and half a character are escaped as \u…: where there is none, there is nothing to clean.
  if (!text.includes('\\u')) return { value, text }
  const clean = JSON.parse(text, (_key, item) => {
    if (typeof item === 'string') return cleanText(item)
    const isObject = typeof item === 'object' && item !== null && !Array.isArray(item)
    return isObject ? Object.fromEntries(Object.entries(item).map(([name, one]) => [cleanText(name), one])) : item
  })
  return { value: clean, text: canonicalText(clean) }
}

/**
 * Records facts, in the order given, as one step: the only way into the ledger. Call it last in a transaction, after
 * all row locks. A time after `now` is capped at `now`. Returns the events with their sequence numbers.
 */
export async function append(tx: Tx, now: Date, events: NewEvent[]): Promise<LedgerEvent[]> {
  if (events.length === 0) return []
  if (events.length > APPEND_MAX) {
    const first = await append(tx, now, events.slice(0, APPEND_MAX))
    return [...first, ...(await append(tx, now, events.slice(APPEND_MAX)))]
  }
  const prepared = events.map((event) => {
    const payload = storable(payloads[event.kind].parse(event.payload) as LedgerEvent['payload'])
    const actor = storable(actorSchema.parse(event.actor))
    const salt = randomBytes(16)
    return { event, payload, actor, salt, commitment: commit(salt, payload.text) }
  })
  await sql`select pg_advisory_xact_lock(${LEDGER_LOCK})`.execute(tx)
  const head = await tx
    .selectFrom('ledger')
    .select(['seq', 'hash', 'recorded_at'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  let seq = head?.seq ?? 0
  let prevHash: Buffer = head?.hash ?? GENESIS
  const recordedAt = head !== undefined && head.recorded_at > now ? head.recorded_at : now
  const made = prepared.map(({ event, payload, actor, salt, commitment }) => {
    const header: Header = {
      seq: ++seq,
      kind: event.kind,
      device_id: event.deviceId ?? null,
      person_id: event.personId ?? null,
      shipment_id: event.shipmentId ?? null,
      case_id: event.caseId ?? null,
      occurred_at: event.occurredAt > recordedAt ? recordedAt : event.occurredAt,
      recorded_at: recordedAt,
      actor: actor.value,
      commitment,
    }
    const hash = chain(prevHash, header)
    const row = { ...header, payload: payload.value, salt, prev_hash: prevHash, hash }
    prevHash = hash
    return { row, event: eventOf(header, payload.value) }
  })
  await insert(
    tx,
    made.map(({ row }) => row),
  )
  // Whoever waits for facts (the detector, open pages, another process) hears of it at the commit.
  await sql`select pg_notify('ledger', ${String(seq)})`.execute(tx)
  return made.map(({ event }) => event)
}

/** As one value, so that the server keeps one plan for lists of any length. */
async function insert(tx: Tx, rows: Selectable<LedgerTable>[]): Promise<void> {
  const values = rows.map((row) => ({
    ...row,
    occurred_at: row.occurred_at.getTime(),
    recorded_at: row.recorded_at.getTime(),
    salt: row.salt!.toString('hex'),
    commitment: row.commitment.toString('hex'),
    prev_hash: row.prev_hash.toString('hex'),
    hash: row.hash.toString('hex'),
  }))
  await sql`
    insert into ledger (seq, kind, device_id, person_id, shipment_id, case_id, occurred_at, recorded_at, actor, payload, salt,
      commitment, prev_hash, hash)
    select seq, kind, device_id, person_id, shipment_id, case_id, ${timeOf('occurred_at')}, ${timeOf('recorded_at')}, actor,
      payload, decode(salt, 'hex'), decode(commitment, 'hex'), decode(prev_hash, 'hex'), decode(hash, 'hex')
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as made (
      seq bigint, kind text, device_id text, person_id text, shipment_id text, case_id text, occurred_at bigint,
      recorded_at bigint, actor jsonb, payload jsonb, salt text, commitment text, prev_hash text, hash text)`.execute(
    tx,
  )
}

type Read = Omit<Selectable<LedgerTable>, 'salt' | 'commitment' | 'prev_hash' | 'hash'>

/** A row as an event; its payload is parsed again by its schema, as it was when it was written. */
export function toEvent(row: Read): LedgerEvent {
  const payload = row.payload === null ? null : payloads[row.kind as EventKind].parse(row.payload)
  return eventOf({ ...row, actor: actorSchema.parse(row.actor) }, payload)
}

const eventOf = (row: Omit<Read, 'payload'>, payload: unknown) =>
  ({
    seq: row.seq,
    kind: row.kind,
    deviceId: row.device_id,
    personId: row.person_id,
    shipmentId: row.shipment_id,
    caseId: row.case_id,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    actor: row.actor,
    payload,
  }) as LedgerEvent

export const eventColumns = [
  'seq',
  'kind',
  'device_id',
  'person_id',
  'shipment_id',
  'case_id',
  'occurred_at',
  'recorded_at',
  'actor',
  'payload',
] as const

/** The newest sequence number, 0 for an empty ledger. */
export async function headSeq(db: Db | Tx): Promise<number> {
  const row = await db.selectFrom('ledger').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row?.seq ?? 0
}

/**
 * Takes payload and salt of the given events out of the database and records that, by whom and why. The chain still
 * verifies afterwards.
 */
export async function erasePayloads(
  tx: Tx,
  now: Date,
  input: { seqs: number[]; actor: Actor; reason: string; personId?: string },
): Promise<void> {
  if (input.seqs.length === 0) return
  await sql`select ledger_erase(${sql.val(input.seqs)}::bigint[])`.execute(tx)
  await append(tx, now, [
    {
      kind: 'payload.erased',
      personId: input.personId ?? null,
      occurredAt: now,
      actor: input.actor,
      payload: {
        seqs: input.seqs,
        reason: input.reason,
        ...(input.personId === undefined ? {} : { personId: input.personId }),
      },
    },
  ])
}

// ── Checkpoints ────────────────────────────────────────────────────────────────────────────────────────────

/** A signed statement of how far the ledger had come: kept here, and outside, where nobody here can rewrite it. */
export interface Checkpoint {
  seq: number
  hash: string
  takenAt: string
  signature: string
  publicKey: string
}

const statement = (c: { seq: number; hash: string; takenAt: string }) =>
  Buffer.from(`telltale checkpoint ${c.seq} ${c.hash} ${c.takenAt}`)

/** An Ed25519 key from 32 bytes of seed (RFC 8410's PKCS #8 prefix before the seed). */
export function signingKey(seed: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed.subarray(0, 32)]),
    format: 'der',
    type: 'pkcs8',
  })
}

/** Signs the ledger's head and keeps the checkpoint; null when nothing was recorded since the last one. */
export async function takeCheckpoint(tx: Tx, now: Date, key: KeyObject): Promise<Checkpoint | null> {
  const head = await tx.selectFrom('ledger').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  if (head === undefined) return null
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const made = { seq: head.seq, hash: head.hash.toString('hex'), takenAt: now.toISOString() }
  const signature = sign(null, statement(made), key)
  const inserted = await tx
    .insertInto('checkpoints')
    .values({ seq: head.seq, hash: head.hash, taken_at: now, signature, public_key: publicKey })
    .onConflict((oc) => oc.column('seq').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) return null
  return { ...made, signature: signature.toString('base64'), publicKey: publicKey.toString('base64') }
}

function signatureHolds(checkpoint: Checkpoint): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(checkpoint.publicKey, 'base64'), format: 'der', type: 'spki' })
    return verify(null, statement(checkpoint), key, Buffer.from(checkpoint.signature, 'base64'))
  } catch {
    return false
  }
}

// ── Verification ───────────────────────────────────────────────────────────────────────────────────────────

export interface Erasure {
  seq: number
  by: Actor
  at: string
  reason: string
}

export interface Verdict {
  ok: boolean
  events: number
  checkpoints: number
  erased: Erasure[]
  /** The first bad row and what is wrong with it; null when all holds. */
  bad: { seq: number; problem: string } | null
}

const CHUNK = 5000

/**
 * Walks the whole chain, in chunks: every hash, every commitment, every number, every checkpoint of ours, and `held`
 * checkpoints that were kept outside. Names the first bad row; a cut tail shows against a held checkpoint.
 */
export async function verifyLedger(db: Db | Tx, held: Checkpoint[] = []): Promise<Verdict> {
  const own = await db.selectFrom('checkpoints').selectAll().orderBy('seq').execute()
  const checkpoints: Checkpoint[] = [
    ...own.map((row) => ({
      seq: row.seq,
      hash: row.hash.toString('hex'),
      takenAt: row.taken_at.toISOString(),
      signature: row.signature.toString('base64'),
      publicKey: row.public_key.toString('base64'),
    })),
    ...held,
  ]
  const expected = Map.groupBy(checkpoints, (checkpoint) => checkpoint.seq)
  const unexplained = new Set<number>()
  const erased: Erasure[] = []
  let seq = 0
  let prevHash: Buffer = GENESIS
  let recordedAt = new Date(0)
  const verdict = (bad: Verdict['bad']): Verdict => ({
    ok: bad === null,
    events: seq,
    checkpoints: checkpoints.length,
    erased,
    bad,
  })
  const forged = checkpoints.find((checkpoint) => !signatureHolds(checkpoint))
  if (forged) return verdict({ seq: forged.seq, problem: 'a checkpoint here is not signed by the key it names' })
  for (;;) {
    const rows = await db.selectFrom('ledger').selectAll().where('seq', '>', seq).orderBy('seq').limit(CHUNK).execute()
    for (const row of rows) {
      const problem = faultOf(row, seq + 1, prevHash, recordedAt)
      if (problem) return verdict({ seq: seq + 1, problem })
      const off = expected.get(row.seq)?.find((checkpoint) => checkpoint.hash !== row.hash.toString('hex'))
      if (off) return verdict({ seq: row.seq, problem: `differs from the checkpoint taken at ${off.takenAt}` })
      if (row.payload === null) unexplained.add(row.seq)
      if (row.kind === 'payload.erased' && row.payload !== null) {
        const event = toEvent(row)
        if (event.kind === 'payload.erased' && event.payload)
          for (const gone of event.payload.seqs)
            if (unexplained.delete(gone))
              erased.push({
                seq: gone,
                by: event.actor,
                at: event.occurredAt.toISOString(),
                reason: event.payload.reason,
              })
      }
      seq = row.seq
      prevHash = row.hash
      recordedAt = row.recorded_at
    }
    if (rows.length < CHUNK) break
  }
  const last = Math.max(0, ...checkpoints.map((checkpoint) => checkpoint.seq))
  if (last > seq)
    return verdict({
      seq: seq + 1,
      problem: `the ledger ends at ${seq}, but a checkpoint says it had reached ${last}: its tail was cut`,
    })
  const [first] = unexplained
  if (first !== undefined) return verdict({ seq: first, problem: 'its payload is gone and no erasure is recorded' })
  return verdict(null)
}

/** Checks the rows of one device or shipment alone: that each is as it was hashed. How many, and the first that is not. */
export async function verifyChain(
  db: Db | Tx,
  input: { deviceId: string },
): Promise<{ events: number; bad: number | null }> {
  const rows = await db
    .selectFrom('ledger')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb('device_id', '=', input.deviceId),
        eb(
          'shipment_id',
          'in',
          eb.selectFrom('shipment_devices').select('shipment_id').where('device_id', '=', input.deviceId),
        ),
      ]),
    )
    .orderBy('seq')
    .execute()
  const bad = rows.find((row) => faultOf(row, row.seq, row.prev_hash, new Date(0)) !== null)
  return { events: rows.length, bad: bad?.seq ?? null }
}

function faultOf(row: Selectable<LedgerTable>, seq: number, prevHash: Buffer, recordedAt: Date): string | null {
  if (row.seq !== seq) return `is missing: the next row there is ${row.seq}`
  if (!row.prev_hash.equals(prevHash)) return 'does not follow from the row before it'
  if (!row.hash.equals(chain(row.prev_hash, row))) return 'was changed: its hash does not fit its contents'
  if (
    row.payload !== null &&
    (row.salt === null || !commit(row.salt, canonicalText(row.payload)).equals(row.commitment))
  )
    return 'was changed: its payload does not fit its commitment'
  if (row.recorded_at < recordedAt) return 'was recorded before the row that precedes it'
  return null
}
