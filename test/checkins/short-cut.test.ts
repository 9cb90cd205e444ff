// The short cut: what is taken for a repeat is one, and the database has the last word on it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { recordCheckIns } from '../../server/checkins/record-checkins.ts'
import { createShortCut, moveRepeats, type Repeat } from '../../server/checkins/short-cut.ts'
import { erasePerson } from '../../server/people/erase.ts'
import { checkInSchema } from '../../server/ports.ts'
import { openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const shortCut = createShortCut()
const agent = { source: 'agent', vouches: 'enrolment' } as const

function bytesOf(at: string, over: object = {}) {
  const body = {
    serialNumber: 'C02TALE001',
    reportedAt: time(at).toISOString(),
    software: [{ name: 'Slack' }],
    ...over,
  }
  return Buffer.from(JSON.stringify(body))
}

const guess = (bytes: Buffer, now = '2026-03-02', by: Parameters<typeof shortCut.guess>[2] = agent) =>
  shortCut.guess(bytes, { from: 0, to: bytes.length }, by, time(now))

/** Told the long way, as a first report is. */
async function told(at: string, over: object = {}): Promise<void> {
  const bytes = bytesOf(at, over)
  const fingerprint = guess(bytes)?.glance.fingerprint ?? null
  const item = { ...agent, checkIn: checkInSchema.parse(JSON.parse(bytes.toString())), tokenId: null, fingerprint }
  await world.run((tx) =>
    recordCheckIns(tx, world.act('2026-03-02'), [item], (_, deviceId) => shortCut.remember(fingerprint!, deviceId)),
  )
}

const repeatOf = (at: string, over: object = {}): Repeat => {
  const repeat = guess(bytesOf(at, over))?.repeat
  if (!repeat) throw new Error('It is not taken for a repeat.')
  return repeat
}

test('a report like the last is guessed from its bytes, and moved by one statement', async () => {
  await told('2026-03-01T08:00:00Z')
  expect(await moveRepeats(world.db, [repeatOf('2026-03-01T09:00:00Z')])).toEqual([true])
  const rows = await world.db.selectFrom('presence').select('last_at').execute()
  expect(rows).toEqual([{ last_at: time('2026-03-01T09:00:00Z') }])
})

test('nothing is guessed for another report, another source, or a time ahead of ours', async () => {
  await told('2026-03-01T08:00:00Z')
  expect(guess(bytesOf('2026-03-01T09:00:00Z', { software: [] }))?.repeat).toBeNull()
  expect(guess(bytesOf('2026-03-01T09:00:00Z'), '2026-03-02', { ...agent, source: 'other' })?.repeat).toBeNull()
  expect(guess(bytesOf('2026-03-01T09:00:00Z'), '2026-03-02', { ...agent, vouches: 'nothing' })?.repeat).toBeNull()
  expect(guess(bytesOf('2026-03-01T09:00:00Z'), '2026-03-01T08:30:00Z')?.repeat).toBeNull()
})

test('what was said in between by another process is seen: the guess is wrong, and nothing moves', async () => {
  await told('2026-03-01T08:00:00Z')
  const repeat = repeatOf('2026-03-01T10:00:00Z')
  await world.checkIn('2026-03-01T09:00:00Z', { serialNumber: 'C02TALE001', software: [] }, { source: 'agent' })
  expect(await moveRepeats(world.db, [repeat])).toEqual([false])
})

test('of two for one device in a batch the second goes the long way; so does an earlier one and a repeated one', async () => {
  await told('2026-03-01T08:00:00Z')
  const nine = repeatOf('2026-03-01T09:00:00Z')
  expect(await moveRepeats(world.db, [nine, repeatOf('2026-03-01T10:00:00Z')])).toEqual([true, false])
  expect(await moveRepeats(world.db, [nine])).toEqual([false])
  expect(await moveRepeats(world.db, [repeatOf('2026-03-01T08:30:00Z')])).toEqual([false])
})

test('an erasure that empties a facet ends it, so that the next report is compared anew', async () => {
  await world.importPeople('2026-02-01', [{ external_id: 'E-1', name: 'Fern Hollis', email: 'fern@example.com' }])
  await told('2026-03-01T08:00:00Z', { software: [{ name: 'Diary of Fern Hollis' }] })
  const repeat = repeatOf('2026-03-01T09:00:00Z', { software: [{ name: 'Diary of Fern Hollis' }] })
  const { id } = await world.db.selectFrom('people').select('id').executeTakeFirstOrThrow()
  await world.run((tx) => erasePerson(tx, world.act('2026-03-02'), { personId: id, reason: 'asked' }))
  expect(await moveRepeats(world.db, [repeat])).toEqual([false])
})
