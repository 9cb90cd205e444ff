// A laptop passes from one person to the next in one step.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openReturn } from '../../server/devices/returns.ts'
import { transferDevice } from '../../server/devices/transfers.ts'
import { fern, openWorld, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.importPeople('2026-02-01', [fern, { external_id: 'E-2', name: 'Oren', email: 'oren@example.com' }])
  await world.importDevices('2026-02-02', [
    { serial_number: 'C02TALE001', status: 'in_service', holder_email: fern.email },
    { serial_number: 'C02TALE002', status: 'stock' },
  ])
})

const pass = async (serial: string, to: string) => {
  const { id: deviceId } = await world.device(serial)
  const toPersonId = to.includes('@') ? (await world.person(to)).id : to
  return world.run((tx) =>
    transferDevice(tx, world.act('2026-03-01'), { deviceId, toPersonId, reason: 'takes over the desk' }),
  )
}

test('custody and assignment are the next person’s, with no receipt in between', async () => {
  await pass('C02TALE001', 'oren@example.com')
  const { id: oren } = await world.person('oren@example.com')
  expect(await world.device('C02TALE001')).toMatchObject({
    life_cycle: 'in service',
    holder_kind: 'person',
    holder_id: oren,
    assignee_id: oren,
  })
  const [event] = await world.events('device.transferred')
  const { id: from } = await world.person(fern.email)
  expect(event).toMatchObject({ payload: { fromPersonId: from, toPersonId: oren, noteId: expect.any(String) } })
  expect(await world.events('device.received')).toEqual([])
})

test('the next one gets a hand-over to sign', async () => {
  const { handoverId } = await pass('C02TALE001', 'oren@example.com')
  const { id: oren } = await world.person('oren@example.com')
  const row = await world.db.selectFrom('handovers').selectAll().where('id', '=', handoverId).executeTakeFirstOrThrow()
  expect(row).toMatchObject({ kind: 'transfer', person_id: oren, status: 'open' })
})

test('what was asked of the one before is not asked any more', async () => {
  const { id: deviceId } = await world.device('C02TALE001')
  await world.run((tx) => openReturn(tx, world.act('2026-02-20'), { deviceId, reason: 'leaving', dueOn: '2026-03-10' }))
  await pass('C02TALE001', 'oren@example.com')
  const row = await world.db.selectFrom('returns').selectAll().executeTakeFirstOrThrow()
  expect(row.outcome).toBe('withdrawn')
  expect((await world.device('C02TALE001')).life_cycle).toBe('in service')
})

test('only what somebody has passes, to somebody else who is there', async () => {
  await expect(pass('C02TALE002', 'oren@example.com')).rejects.toMatchObject({
    message: expect.stringContaining('stock'),
  })
  await expect(pass('C02TALE001', fern.email)).rejects.toMatchObject({ message: expect.stringContaining('already') })
  await expect(pass('C02TALE001', 'per_nobody')).rejects.toMatchObject({ problem: 'not_found' })
})
