// Where devices were last and on which day: kept beside the check-ins, out of what they recorded.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { distrustToken } from '../../server/access/tokens.ts'
import { followPlaces } from '../../server/checkins/device-places.ts'
import { followPresence } from '../../server/checkins/device-seen.ts'
import { sealPresence } from '../../server/checkins/presence.ts'
import { record } from '../../server/custody/record.ts'
import { mergeDevices, unmergeDevice } from '../../server/devices/merging.ts'
import { ipIn, openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.reset())
afterAll(() => world?.close())

const SERIAL = 'C02TALE001'
const at = (city: Parameters<typeof ipIn>[0]) => ({ serialNumber: SERIAL, publicIp: ipIn(city) })
const placeOf = async () => {
  await followPlaces(world.db)
  const row = await world.db.selectFrom('device_places').selectAll().executeTakeFirst()
  return row && { city: row.city, source: row.source }
}
const seen = async () => {
  await followPresence(world.db)
  const rows = await world.db.selectFrom('device_seen').selectAll().orderBy('source').execute()
  return rows.map((row) => [row.source, row.seen_on])
}

test('the newest place counts, whoever told it; a late report moves nothing', async () => {
  await world.checkIn('2026-03-01', at('Boston'))
  expect(await placeOf()).toEqual({ city: 'Boston', source: 'mdm' })
  await world.checkIn('2026-03-03', at('Denver'), { source: 'agent' })
  await world.checkIn('2026-03-02', at('Miami'), { told: '2026-03-04' })
  expect(await placeOf()).toEqual({ city: 'Denver', source: 'agent' })
  await world.checkIn('2026-03-05T10:00:00Z', { serialNumber: SERIAL, publicIp: '203.0.113.200' })
  expect(await placeOf()).toEqual({ city: null, source: 'mdm' })
})

test('a token that is distrusted takes its places with it', async () => {
  const admin = await world.addUser('ada')
  await world.checkIn('2026-03-01', at('Boston'))
  await world.addToken('tok_1', admin)
  await world.checkIn('2026-03-02', at('Lisbon'), { source: 'agent', tokenId: 'tok_1' })
  expect(await placeOf()).toEqual({ city: 'Lisbon', source: 'agent' })
  await world.run((tx) =>
    distrustToken(tx, world.act('2026-03-03', admin), { id: 'tok_1', since: time('2026-03-02T00:00:00Z') }),
  )
  expect(await placeOf()).toEqual({ city: 'Boston', source: 'mdm' })
})

test('a merged record brings its place and its days, and takes them along when it is parted again', async () => {
  await world.checkIn('2026-03-01', at('Boston'))
  await world.checkIn('2026-03-02', { hardwareUuid: '4C4C4544-0042-4810-8057-000000000001', publicIp: ipIn('Denver') })
  const rows = await world.db.selectFrom('devices').select(['id', 'serial_number']).execute()
  const [one, other] = [rows.find((row) => row.serial_number)!.id, rows.find((row) => !row.serial_number)!.id]
  await followPlaces(world.db)
  await followPresence(world.db)
  const all = async () => {
    await followPlaces(world.db)
    const places = await world.db.selectFrom('device_places').select(['device_id', 'city']).execute()
    const days = await world.db.selectFrom('device_seen').selectAll().where('source', '=', '').execute()
    return [
      Object.fromEntries(places.map((row) => [row.device_id, row.city])),
      Object.fromEntries(days.map((row) => [row.device_id, row.seen_on])),
    ]
  }
  const apart = [
    { [one]: 'Boston', [other]: 'Denver' },
    { [one]: '2026-03-01', [other]: '2026-03-02' },
  ]
  expect(await all()).toEqual(apart)
  await world.run(async (tx) => {
    const act = world.act('2026-03-03')
    await record(tx, act.now, await mergeDevices(tx, act, { keptId: one, fromId: other, by: 'person' }))
  })
  expect(await all()).toEqual([{ [one]: 'Denver' }, { [one]: '2026-03-02' }])
  await world.run((tx) => unmergeDevice(tx, world.act('2026-03-04'), { fromId: other, reason: 'another laptop' }))
  expect(await all()).toEqual(apart)
})

test('the last day is kept per source and for whichever, and a second check-in of a day writes nothing', async () => {
  await world.checkIn('2026-03-01', { serialNumber: SERIAL })
  await world.checkIn('2026-03-02', { serialNumber: SERIAL }, { source: 'agent' })
  expect(await seen()).toEqual([
    ['', '2026-03-02'],
    ['agent', '2026-03-02'],
    ['mdm', '2026-03-01'],
  ])
  await world.checkIn('2026-03-02T18:00:00Z', { serialNumber: SERIAL }, { source: 'agent' })
  expect(await followPresence(world.db)).toBe(0)
})

test('a day that was opened and sealed between two looks is found all the same', async () => {
  await world.checkIn('2026-03-01', { serialNumber: SERIAL })
  await sealPresence(world.db, time('2026-03-05'))
  await world.checkIn('2026-03-03', { serialNumber: SERIAL }, { told: '2026-03-05' })
  await sealPresence(world.db, time('2026-03-05'))
  expect(await seen()).toEqual([
    ['', '2026-03-03'],
    ['mdm', '2026-03-03'],
  ])
})
