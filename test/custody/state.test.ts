// Where a device and a parcel stand: the whole life cycle through the verbs, and what does not fit it.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LedgerEvent } from '../../server/custody/events.ts'
import { deviceKinds, foldDevice, foldShipment } from '../../server/custody/state.ts'
import { acceptDevice, setDeviceStatus } from '../../server/devices/custody.ts'
import { receiveDevice } from '../../server/devices/receipt.ts'
import type { Reading } from '../../server/ports.ts'
import { packShipment, shipShipment } from '../../server/shipping/holds.ts'
import { openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const serial = parcel.serial_number
const laptop = () => world.device(serial)
const stands = async () => {
  const { life_cycle, holder_kind } = await laptop()
  return `${life_cycle}, ${holder_kind}`
}
const marks = async () => (await laptop()).state.contradictions.map((one) => one.why)
const scan = (
  at: string,
  is: Reading | 'moving' | 'accepted' | 'out' | 'returned' | 'lost' | 'created',
  code = '1Z1',
) => world.scan(at, { trackingCode: code, trackerId: `trk_${code}`, scans: [{ at, in: 'Boston', is }] })
const delivered = (to: Extract<Reading, { is: 'delivered' }>['to'] = 'address'): Reading => ({ is: 'delivered', to })
const checkIn = (at: string, told = at) => world.checkIn(at, { serialNumber: serial, osVersion: at }, { told })
const accept = async (at: string) => {
  const { id } = await laptop()
  await world.run((tx) => acceptDevice(tx, world.act(at), { deviceId: id, proof: 'confirmation' }))
}
const comeBack = () =>
  world.importShipments('2026-05-01', [
    { ...parcel, reference: 'RT-1', direction: 'return', tracking_code: '1Z9', ordered_at: '2026-05-01T12:00:00Z' },
  ])

describe('the life cycle', () => {
  test('a laptop goes from stock to its person and back into stock, and always has exactly one holder', async () => {
    await world.importDevices('2026-01-10', [{ serial_number: serial, status: 'stock' }])
    expect(await stands()).toBe('stock, stockroom')
    await order(world)
    expect(await stands()).toBe('ordered, stockroom')
    const { id: shipmentId } = await world.shipment('PO-1')
    const { id: deviceId } = await laptop()
    await world.run((tx) => packShipment(tx, world.act('2026-03-02'), { shipmentId }))
    expect(await stands()).toBe('packed, stockroom')
    await world.run((tx) => shipShipment(tx, world.act('2026-03-03'), { shipmentId }))
    expect(await stands()).toBe('shipped, carrier')
    await scan('2026-03-04', 'moving')
    await scan('2026-03-05', delivered())
    expect(await stands()).toBe('delivered, unaccepted')
    await accept('2026-03-06')
    expect(await stands()).toBe('accepted, person')
    expect((await laptop()).holder_id).toBe((await world.person('fern@example.com')).id)
    await checkIn('2026-03-07')
    expect(await stands()).toBe('in service, person')
    await comeBack()
    expect(await stands()).toBe('returning, person')
    await scan('2026-05-02', 'accepted', '1Z9')
    await scan('2026-05-03', 'moving', '1Z9')
    expect(await stands()).toBe('returning, carrier')
    await scan('2026-05-04', delivered(), '1Z9')
    expect(await stands()).toBe('returning, unaccepted')
    await world.run((tx) => receiveDevice(tx, world.act('2026-05-05'), { deviceId }))
    expect(await stands()).toBe('returned, stockroom')
    await world.run((tx) => setDeviceStatus(tx, world.act('2026-05-06'), { deviceId, status: 'stock' }))
    expect(await stands()).toBe('stock, stockroom')
    expect(await laptop()).toMatchObject({ assignee_id: null, state: { firstCheckInAt: null, deliveredAt: null } })
    expect(await marks()).toEqual([])
  })

  test('a check-in before it is accepted makes it checked in, and the acceptance puts it in service', async () => {
    await order(world)
    await scan('2026-03-04', 'moving')
    await scan('2026-03-05', delivered())
    await checkIn('2026-03-06')
    expect(await stands()).toBe('checked in, unaccepted')
    await accept('2026-03-07')
    expect(await stands()).toBe('in service, person')
  })

  test('check-ins at the bench, before the carrier has it, are no first check-in', async () => {
    await order(world)
    await checkIn('2026-03-01T20:00:00Z')
    await scan('2026-03-02', 'created')
    await checkIn('2026-03-02T20:00:00Z')
    await scan('2026-03-04', 'accepted')
    expect((await laptop()).state.firstCheckInAt).toBeNull()
    await scan('2026-03-05', delivered())
    await checkIn('2026-03-06')
    expect((await laptop()).state.firstCheckInAt).toBe('2026-03-06T12:00:00.000Z')
    expect(await marks()).toEqual([])
  })

  test('a parcel fetched at a counter is with the counter until then', async () => {
    await order(world)
    await scan('2026-03-03', 'moving')
    await scan('2026-03-04', { is: 'held', at: 'counter' })
    expect(await stands()).toBe('shipped, counter')
    expect((await world.shipment('PO-1')).status).toBe('at the counter')
    await scan('2026-03-06', delivered('person'))
    expect(await stands()).toBe('delivered, unaccepted')
    expect((await world.shipment('PO-1')).status).toBe('delivered')
  })

  test('a parcel that goes back to the sender is returning, and its moves are no contradiction', async () => {
    await order(world)
    await scan('2026-03-03', 'moving')
    await scan('2026-03-04', 'returned')
    await scan('2026-03-05', 'moving')
    expect(await stands()).toBe('returning, carrier')
    await scan('2026-03-06', delivered('sender'))
    expect(await stands()).toBe('returning, unaccepted')
    expect((await world.shipment('PO-1')).status).toBe('returned')
    expect(await marks()).toEqual([])
  })

  test.each([
    ['on its way out', false, 'shipped, carrier'],
    ['on its way back', true, 'returning, carrier'],
  ])('a parcel lost %s is with nobody we know, and found again it is with the carrier', async (_, back, found) => {
    await order(world)
    if (back) {
      await scan('2026-03-05', delivered())
      await comeBack()
    }
    const [code, month] = back ? ['1Z9', '05'] : ['1Z1', '03']
    await scan(`2026-${month}-07`, 'moving', code)
    await scan(`2026-${month}-08`, 'lost', code)
    expect(await stands()).toBe('lost, unknown')
    await scan(`2026-${month}-12`, 'moving', code)
    expect(await stands()).toBe(found)
    expect(await marks()).toEqual([])
  })
})

describe('reports that contradict are kept and marked', () => {
  test('a check-in while the parcel is still on its way', async () => {
    await order(world)
    await scan('2026-03-03', 'moving')
    await checkIn('2026-03-04')
    await scan('2026-03-05', 'moving')
    expect(await marks()).toEqual(['checked in while it was shipped'])
    expect((await laptop()).state.firstCheckInAt).toBe('2026-03-04T12:00:00.000Z')
    await scan('2026-03-06', delivered())
    expect(await stands()).toBe('checked in, unaccepted')
  })

  test('a parcel that moves after it was delivered', async () => {
    await order(world)
    await scan('2026-03-05', delivered())
    await scan('2026-03-06', 'moving')
    expect(await marks()).toEqual(['moving after it was delivered'])
    expect((await world.shipment('PO-1')).state.contradictions).toHaveLength(1)
    expect(await stands()).toBe('delivered, unaccepted')
  })

  test('an order for a laptop that somebody has, which takes it out of nobody’s hands', async () => {
    await order(world)
    await scan('2026-03-05', delivered())
    await world.importShipments('2026-04-01', [
      { ...parcel, reference: 'PO-2', tracking_code: '1Z2', ordered_at: '2026-04-01T12:00:00Z' },
    ])
    expect(await marks()).toEqual(['ordered for a person while it was delivered'])
    expect(await stands()).toBe('ordered, unaccepted')
  })

  test('the old parcel packed or shipped, once it is ordered in another', async () => {
    await order(world)
    const { id: shipmentId } = await world.shipment('PO-1')
    await world.importShipments('2026-03-02', [
      { ...parcel, reference: 'PO-2', tracking_code: '1Z2', ordered_at: '2026-03-02T12:00:00Z' },
    ])
    await world.run((tx) => packShipment(tx, world.act('2026-03-03'), { shipmentId }))
    await world.run((tx) => shipShipment(tx, world.act('2026-03-04'), { shipmentId }))
    expect(await stands()).toBe('ordered, stockroom')
    expect(await marks()).toEqual([
      'ordered for a person while it was ordered',
      'packed in a parcel it was not ordered in',
      'shipped in a parcel it was not ordered in',
    ])
  })

  test('a late scan puts things right that looked wrong before', async () => {
    await order(world)
    await world.scan('2026-03-10', { scans: [{ at: '2026-03-05T12:00:00Z', in: 'Boston', is: 'moving' }] })
    await checkIn('2026-03-06')
    expect(await marks()).toHaveLength(1)
    await world.scan('2026-03-11', { scans: [{ at: '2026-03-05T15:00:00Z', in: 'Boston', is: delivered() }] })
    expect(await marks()).toEqual([])
    expect(await stands()).toBe('checked in, unaccepted')
  })
})

test('whatever the order in which facts arrive, the state is the same', async () => {
  await order(world)
  await scan('2026-03-03', 'accepted')
  await scan('2026-03-04', { is: 'held', at: 'counter' })
  await checkIn('2026-03-04T18:00:00Z')
  await scan('2026-03-05', delivered('person'))
  await scan('2026-03-06', 'moving')
  await accept('2026-03-07')
  await checkIn('2026-03-08')
  await comeBack()
  await scan('2026-05-02', 'moving', '1Z9')
  await scan('2026-05-03', 'lost', '1Z9')
  const told = (await world.events()).filter(
    (event) => deviceKinds.includes(event.kind) || event.kind.startsWith('shipment.'),
  )
  const asArrived = (events: LedgerEvent[]) => events.map((event, index) => ({ ...event, seq: index + 1 }))
  const stateOf = (events: LedgerEvent[]) => {
    const device = foldDevice(events.filter((event) => deviceKinds.includes(event.kind)))
    const parcels = [...Map.groupBy(events, (event) => event.shipmentId)].filter(([id]) => id !== null)
    const states = parcels.map(([id, group]) => [id, foldShipment(group)] as const)
    // The numbers of record differ with the order of arrival; nothing else may.
    return JSON.parse(
      JSON.stringify([device, Object.fromEntries(states.toSorted(([a], [b]) => (a! < b! ? -1 : 1)))], (name, value) =>
        name === 'seq' ? 0 : value,
      ),
    )
  }
  const expected = stateOf(asArrived(told))
  expect(expected[0]).toMatchObject({ lifeCycle: 'lost', holder: { kind: 'unknown' } })
  fc.assert(
    fc.property(fc.shuffledSubarray(told, { minLength: told.length }), (shuffled) => {
      expect(stateOf(asArrived(shuffled))).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})
