// The ledger keeps its promises on a real PostgreSQL, also against somebody with the rights of its owner.
import { createHash, generateKeyPairSync } from 'node:crypto'
import canonicalize from 'canonicalize'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NewEvent } from '../../server/custody/events.ts'
import { append, erasePayloads, signingKey, takeCheckpoint, verifyLedger } from '../../server/custody/ledger.ts'
import { HOUR, plus } from '../../server/lib/time.ts'
import { fern, openWorld, order, parcel, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const now = time('2026-03-01')
const key = signingKey(Buffer.alloc(32, 7))
const said = (text: string, over: Partial<NewEvent> = {}): NewEvent =>
  ({
    kind: 'token.revoked',
    occurredAt: now,
    actor: { type: 'user', id: 'usr_1' },
    payload: { tokenId: text },
    ...over,
  }) as NewEvent
const write = (...texts: string[]) =>
  world.run((tx) =>
    append(
      tx,
      now,
      texts.map((text) => said(text)),
    ),
  )

/** What somebody with the owner's rights can do, with the trigger off. */
async function tamper(statement: string): Promise<void> {
  await sql`alter table ledger disable trigger all`.execute(world.db)
  await sql.raw(statement).execute(world.db)
  await sql`alter table ledger enable trigger all`.execute(world.db)
}

describe('numbers and times', () => {
  test('twenty writers at once leave one gapless chain that verifies', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => write(`a${i}`, `b${i}`)))
    const events = await world.events()
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(await verifyLedger(world.db)).toMatchObject({ ok: true, events: 40, bad: null })
  })

  test('more events than fit one statement are numbered through', async () => {
    await write(...Array.from({ length: 1203 }, (_, i) => `t${i}`))
    expect((await world.events()).map((event) => event.payload)).toEqual(
      Array.from({ length: 1203 }, (_, i) => ({ tokenId: `t${i}` })),
    )
    expect((await verifyLedger(world.db)).ok).toBe(true)
  })

  test('a transaction that is taken back leaves no gap', async () => {
    await write('one')
    await world
      .run(async (tx) => {
        await append(tx, now, [said('never')])
        throw new Error('taken back')
      })
      .catch(() => {})
    await write('two')
    expect((await world.events()).map((event) => event.seq)).toEqual([1, 2])
  })

  test('the time of record never goes back, whatever a clock says', async () => {
    await world.run((tx) => append(tx, now, [said('one')]))
    await world.run((tx) => append(tx, plus(now, -HOUR), [said('two', { occurredAt: plus(now, -HOUR) })]))
    const [one, two] = await world.events()
    expect(two!.recordedAt).toEqual(one!.recordedAt)
    expect((await verifyLedger(world.db)).ok).toBe(true)
  })

  test('what happened in the future is capped at its record', async () => {
    await world.run((tx) => append(tx, now, [said('one', { occurredAt: plus(now, HOUR) })]))
    expect((await world.events())[0]!.occurredAt).toEqual(now)
  })
})

describe('what is written', () => {
  test('NUL and lone surrogates are cleaned, in names of members too, and the chain verifies', async () => {
    await world.run((tx) =>
      append(tx, now, [
        said('a\u0000b\ud800c'),
        {
          kind: 'rule.set',
          occurredAt: now,
          actor: { type: 'source', name: 'mdm\u0000\udc00' },
          payload: { rule: 'x', ladder: 'off', params: { 'k\u0000\ud800': ['v\u0000'] }, noteId: 'n' },
        },
      ]),
    )
    const [token, rule] = await world.events()
    expect(token!.payload).toEqual({ tokenId: 'ab\ufffdc' })
    expect(rule!.payload).toMatchObject({ params: { 'k\ufffd': ['v'] } })
    expect(rule!.actor).toEqual({ type: 'source', name: 'mdm\ufffd' })
    expect((await verifyLedger(world.db)).ok).toBe(true)
  })

  test('a row can be checked by anybody with SHA-256 and RFC 8785 alone', async () => {
    await write('first')
    await world.run((tx) => append(tx, now, [said('“ä” & 😀', { deviceId: 'dev_1', caseId: 'case_1' })]))
    const [first, row] = await world.db.selectFrom('ledger').selectAll().orderBy('seq').execute()
    const hash = (...parts: (Buffer | string)[]) =>
      createHash('sha256')
        .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
        .digest('hex')
    const commitment = hash(row!.salt!, canonicalize({ tokenId: '“ä” & 😀' })!)
    expect(row!.commitment.toString('hex')).toBe(commitment)
    const header = {
      seq: 2,
      kind: 'token.revoked',
      device_id: 'dev_1',
      person_id: null,
      shipment_id: null,
      case_id: 'case_1',
      occurred_at: '2026-03-01T12:00:00.000Z',
      recorded_at: '2026-03-01T12:00:00.000Z',
      actor: { type: 'user', id: 'usr_1' },
      commitment,
    }
    expect(row!.hash.toString('hex')).toBe(hash(first!.hash, canonicalize(header)!))
    expect(first!.prev_hash).toEqual(Buffer.alloc(32))
  })
})

describe('the database refuses', () => {
  test.each([
    ['update', `update ledger set kind = 'x' where seq = 1`],
    ['update of the payload alone', `update ledger set payload = null, salt = null where seq = 1`],
    ['delete', 'delete from ledger where seq = 1'],
    ['truncate', 'truncate ledger'],
  ])('%s', async (_, statement) => {
    await write('one')
    await expect(sql.raw(statement).execute(world.db)).rejects.toThrow('append-only')
    expect(await world.events()).toHaveLength(1)
  })
})

describe('behind its back', () => {
  const forged = `insert into ledger select 6, kind, device_id, person_id, shipment_id, case_id, occurred_at, recorded_at, actor, payload, salt, commitment, hash, sha256(hash) from ledger where seq = 5`
  test.each([
    ['a changed payload', `update ledger set payload = '{"tokenId": "other"}' where seq = 3`, 3, /payload/],
    ['a changed actor', `update ledger set actor = '{"type": "user", "id": "usr_2"}' where seq = 2`, 2, /hash/],
    ['a changed time', `update ledger set occurred_at = occurred_at - interval '1 ms' where seq = 4`, 4, /hash/],
    ['a changed subject', `update ledger set device_id = 'dev_9' where seq = 4`, 4, /hash/],
    ['a dropped row', 'delete from ledger where seq = 2', 2, /missing/],
    ['a forged row', forged, 6, /hash/],
    [
      'two rows in each other’s place',
      'update ledger set seq = 99 where seq = 2; update ledger set seq = 2 where seq = 3; update ledger set seq = 3 where seq = 99',
      2,
      /follow/,
    ],
    [
      'a payload that is gone without an erasure',
      'update ledger set payload = null, salt = null where seq = 3',
      3,
      /gone/,
    ],
  ])('%s is named by its number', async (_, statement, seq, problem) => {
    await write('a', 'b', 'c', 'd', 'e')
    await tamper(statement)
    const verdict = await verifyLedger(world.db)
    expect(verdict.ok).toBe(false)
    expect(verdict.bad).toEqual({ seq, problem: expect.stringMatching(problem) })
  })

  test('a cut tail shows against a checkpoint held outside, and only there', async () => {
    await write('a', 'b', 'c')
    const held = await world.run((tx) => takeCheckpoint(tx, now, key))
    await tamper('delete from ledger where seq > 1; delete from checkpoints')
    expect((await verifyLedger(world.db)).ok).toBe(true)
    expect((await verifyLedger(world.db, [held!])).bad).toEqual({ seq: 2, problem: expect.stringContaining('cut') })
  })

  test('a history rewritten whole differs from a checkpoint held outside', async () => {
    await write('a', 'b')
    const held = await world.run((tx) => takeCheckpoint(tx, now, key))
    await tamper('truncate ledger; truncate checkpoints')
    await write('x', 'y', 'z')
    expect((await verifyLedger(world.db)).ok).toBe(true)
    expect((await verifyLedger(world.db, [held!])).bad).toMatchObject({
      seq: 2,
      problem: expect.stringContaining('differs'),
    })
  })

  test('a checkpoint that its key did not sign is named', async () => {
    await write('a', 'b')
    const held = await world.run((tx) => takeCheckpoint(tx, now, key))
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    expect((await verifyLedger(world.db, [held!])).ok).toBe(true)
    expect((await verifyLedger(world.db, [{ ...held!, seq: 1 }])).bad).toMatchObject({ seq: 1 })
    expect((await verifyLedger(world.db, [{ ...held!, publicKey: other }])).bad).toMatchObject({ seq: 2 })
    expect((await verifyLedger(world.db, [{ ...held!, publicKey: 'no key' }])).ok).toBe(false)
    await tamper(`update checkpoints set taken_at = taken_at + interval '1 day'`)
    expect((await verifyLedger(world.db)).bad).toMatchObject({ seq: 2, problem: expect.stringContaining('signed') })
  })
})

describe('erasing', () => {
  test('an erased payload still verifies, and says who erased it and why', async () => {
    await write('a', 'b', 'c')
    await world.run((tx) => erasePayloads(tx, now, { seqs: [2], actor: user('usr_9'), reason: 'asked for' }))
    expect(await verifyLedger(world.db)).toEqual({
      ok: true,
      events: 4,
      checkpoints: 0,
      bad: null,
      erased: [{ seq: 2, by: user('usr_9'), at: now.toISOString(), reason: 'asked for' }],
    })
    expect((await world.events())[1]!.payload).toBeNull()
  })

  test('what was erased cannot be told again in its place', async () => {
    await write('a')
    await world.run((tx) => erasePayloads(tx, now, { seqs: [1], actor: user('usr_9'), reason: 'asked for' }))
    await tamper(`update ledger set payload = '{"tokenId": "other"}', salt = '\\x00' where seq = 1`)
    expect((await verifyLedger(world.db)).bad).toMatchObject({ seq: 1 })
  })
})

test('a carrier and a fleet that report at the same moment never wait for each other', async () => {
  await order(world)
  const day = (i: number) => `2026-03-02T${String(10 + (i % 10)).padStart(2, '0')}:${String(i).padStart(2, '0')}:00Z`
  const work = Array.from({ length: 24 }, (_, i) =>
    i % 2 === 0
      ? world.scan('2026-03-05', { scans: [{ at: day(i), in: 'Boston', is: 'moving' }] })
      : world.checkIn(day(i), { serialNumber: parcel.serial_number, osVersion: `15.${i}` }, { told: '2026-03-05' }),
  )
  const outcomes = await Promise.allSettled([...work, world.importPeople('2026-03-05', [{ ...fern, phone: '1' }])])
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toEqual([])
  expect((await verifyLedger(world.db)).ok).toBe(true)
})
