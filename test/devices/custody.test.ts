// Commands that break the life cycle are refused, and say why.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { acceptDevice, setDeviceStatus } from '../../server/devices/custody.ts'
import { receiveDevice } from '../../server/devices/receipt.ts'
import { openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const at = '2026-03-10'
const id = async () => (await world.device(parcel.serial_number)).id
const accept = async () => {
  const deviceId = await id()
  return world.run((tx) => acceptDevice(tx, world.act(at), { deviceId, proof: 'signature' }))
}
const receive = async () => {
  const deviceId = await id()
  return world.run((tx) => receiveDevice(tx, world.act(at), { deviceId }))
}
const set = async (status: 'stock' | 'repair' | 'retired' | 'lost') => {
  const deviceId = await id()
  return world.run((tx) => setDeviceStatus(tx, world.act(at), { deviceId, status }))
}
const refused = (...words: string[]) => ({
  problem: 'conflict',
  message: expect.stringMatching(new RegExp(words.join('.*'))),
})

test('nobody accepts what was not delivered, or is nobody’s', async () => {
  await order(world)
  await expect(accept()).rejects.toMatchObject(refused('accepted', 'ordered', 'delivered'))
  await world.reset()
  await world.importShipments('2026-03-01', [{ ...parcel, person_email: '' }])
  await world.scan('2026-03-05', {
    scans: [{ at: '2026-03-04T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }],
  })
  await expect(accept()).rejects.toMatchObject(refused('Nobody is assigned'))
})

test('the stockroom receives only what is on its way back', async () => {
  await order(world)
  await expect(receive()).rejects.toMatchObject(refused('received', 'ordered', 'returning'))
})

test('what is on its way to somebody is neither stock nor in repair nor retired, but it can be lost', async () => {
  await order(world)
  await expect(set('stock')).rejects.toMatchObject(refused('ordered'))
  await expect(set('repair')).rejects.toMatchObject(refused('ordered'))
  await expect(set('retired')).rejects.toMatchObject(refused('ordered'))
  await set('lost')
  await set('stock')
  expect(await world.device(parcel.serial_number)).toMatchObject({ life_cycle: 'stock', assignee_id: null })
})

test('a laptop comes back from repair into stock, and retires from there', async () => {
  await world.importDevices('2026-03-01', [{ serial_number: parcel.serial_number }])
  await set('repair')
  expect(await world.device(parcel.serial_number)).toMatchObject({ life_cycle: 'repair', holder_kind: 'vendor' })
  await set('stock')
  await set('retired')
  await expect(set('repair')).rejects.toMatchObject(refused('retired'))
})

test('refusals leave nothing in the ledger', async () => {
  await order(world)
  const before = (await world.events()).length
  await receive().catch(() => {})
  expect((await world.events()).length).toBe(before)
})

test('what is not there is not found', async () => {
  const lost = world.run((tx) => receiveDevice(tx, world.act(at), { deviceId: 'dev_none' }))
  await expect(lost).rejects.toMatchObject({ problem: 'not_found' })
})
