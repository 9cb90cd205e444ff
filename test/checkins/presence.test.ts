// Presence: a row a day, sealed once the day is over, and sealed again when something late opens it.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sealPresence, verifyPresence } from '../../server/checkins/presence.ts'
import { openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const seal = (now: string) => sealPresence(world.db, time(now))
const seen = (at: string, serialNumber = 'C02TALE001', told = at) =>
  world.checkIn(at, { serialNumber, osVersion: '15' }, { told })

test('a day is sealed once it is over, and only once', async () => {
  await seen('2026-03-01T10:00:00Z')
  expect(await seal('2026-03-01T23:59:00Z')).toEqual([])
  expect(await seal('2026-03-02T00:30:00Z')).toEqual(['2026-03-01'])
  expect(await seal('2026-03-03')).toEqual([])
  expect((await world.events('presence.sealed'))[0]!.payload).toMatchObject({
    day: '2026-03-01',
    rows: 1,
    supersedes: null,
  })
  expect(await verifyPresence(world.db)).toBeNull()
})

test('a late check-in opens its day, and the next seal supersedes the one before', async () => {
  await seen('2026-03-01T10:00:00Z')
  await seal('2026-03-02')
  await seen('2026-03-01T18:00:00Z', 'C02TALE002', '2026-03-03')
  expect(await seal('2026-03-03')).toEqual(['2026-03-01'])
  const [first, second] = await world.events('presence.sealed')
  expect(second!.payload).toMatchObject({ rows: 2, supersedes: first!.seq })
  expect(await verifyPresence(world.db)).toBeNull()
})

test('the same check-in again opens nothing', async () => {
  await seen('2026-03-01T10:00:00Z')
  await seen('2026-03-01T11:00:00Z')
  await seal('2026-03-02')
  await seen('2026-03-01T10:00:00Z', 'C02TALE001', '2026-03-03')
  expect(await seal('2026-03-03')).toEqual([])
})

test.each([
  ['a changed row', `update presence set last_at = last_at + interval '1 minute' where day = '2026-03-01'`],
  ['a dropped row', `delete from presence where device_id = (select min(device_id) from presence)`],
  ['a dropped day', `delete from presence where day = '2026-03-01'`],
  [
    'an added row',
    `insert into presence select device_id, 'forged', day, first_at, last_at, slots, proof, booted_at, sealed from presence limit 1`,
  ],
])('%s shows against the seal', async (_, statement) => {
  await seen('2026-03-01T10:00:00Z')
  await seen('2026-03-01T10:00:00Z', 'C02TALE002')
  await seal('2026-03-02')
  const [sealed] = await world.events('presence.sealed')
  await sql.raw(statement).execute(world.db)
  expect(await verifyPresence(world.db)).toEqual({ seq: sealed!.seq, problem: expect.stringContaining('2026-03-01') })
})

test('of a day’s starts the newest is kept, in whatever order they come in', async () => {
  const up = (at: string, uptimeSeconds: number) =>
    world.checkIn(at, { serialNumber: 'C02TALE001', uptimeSeconds }, { told: '2026-03-02' })
  await up('2026-03-01T12:00:00Z', 600)
  await up('2026-03-01T10:00:00Z', 3600)
  await up('2026-03-01T13:00:00Z', 4200)
  const rows = await world.db.selectFrom('presence').select('booted_at').execute()
  expect(rows.map((row) => row.booted_at?.toISOString())).toEqual(['2026-03-01T11:50:00.000Z'])
})
