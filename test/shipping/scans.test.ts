// Carriers resend everything, out of order, in times without a zone: the parcel's chain stays one chain.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readInbox, storeDelivery } from '../../server/inbox.ts'
import { placeOf } from '../../server/shipping/scans.ts'
import { openWorld, order, parcel, type ScanTold, type TestWorld, time, tracker } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const road: ScanTold[] = [
  { at: '2026-03-02T09:00:00Z', in: 'Columbus', is: 'accepted' },
  { at: '2026-03-03T09:00:00Z', in: 'Columbus', is: 'moving', message: 'Departed' },
  { at: '2026-03-04T09:00:00Z', in: 'Boston', is: 'out' },
  { at: '2026-03-04T15:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
]
const scans = () => world.events('shipment.scanned')

test('all scans sent again add nothing, also in other case and spacing', async () => {
  await order(world)
  expect(await world.scan('2026-03-05', { scans: road })).toEqual({ done: true, scans: 4 })
  expect(await world.scan('2026-03-05', { scans: road })).toEqual({ done: true, scans: 0 })
  const shouted = road.map((one) => ({
    ...one,
    message: `  ${(one.message ?? tracker({ scans: [one] }).scans[0]!.message).toUpperCase()}\n`,
  }))
  expect(await world.scan('2026-03-06', { scans: shouted })).toEqual({ done: true, scans: 0 })
  expect(await scans()).toHaveLength(4)
})

test('two scans of one moment with other words are two', async () => {
  await order(world)
  const twice = [road[1]!, { ...road[1]!, message: 'Delivery address updated' }]
  expect(await world.scan('2026-03-05', { scans: twice })).toEqual({ done: true, scans: 2 })
})

test('growing, shuffled and repeated deliveries end in the same state', async () => {
  const states: unknown[] = []
  for (const deliveries of fc.sample(fc.array(fc.shuffledSubarray(road, { minLength: 1 }), { maxLength: 4 }), {
    numRuns: 6,
    seed: 7,
  })) {
    await world.reset()
    await order(world)
    for (const told of [...deliveries, road.toReversed()]) await world.scan('2026-03-05', { scans: told })
    expect(await scans()).toHaveLength(4)
    const { state } = await world.shipment('PO-1')
    const { state: device } = await world.device(parcel.serial_number)
    states.push([
      { ...state, deviceIds: [] },
      { ...device, assigneeId: null, shipmentId: null },
    ])
  }
  for (const state of states) expect(state).toEqual(states[0])
  expect(states[0]).toMatchObject([{ status: 'delivered' }, { lifeCycle: 'delivered', contradictions: [] }])
})

test('a parcel that nobody knows is set aside, and read once its shipment is there', async () => {
  const body = Buffer.from('{}')
  const reader = { source: 'carrier', vouches: 'nothing' as const, read: () => [tracker({ scans: road })] }
  const read = (now: string) =>
    readInbox({
      db: world.db,
      clock: () => time(now),
      world: world.world,
      readers: new Map([['carrier', reader]]),
      log: { error: () => {} },
    })
  await storeDelivery(world.db, time('2026-03-05'), { source: 'carrier', deliveryKey: 'evt_1', body, tokenId: null })
  expect(await read('2026-03-05')).toEqual({ read: 0, failed: 0, setAside: 1 })
  await world.importShipments('2026-03-06', [{ ...parcel, tracking_code: '1z1' }])
  expect(await read('2026-03-06')).toEqual({ read: 1, failed: 0, setAside: 0 })
  expect((await world.shipment('PO-1')).status).toBe('delivered')
})

test('what comes in test mode is set aside for good', async () => {
  await order(world)
  expect(await world.scan('2026-03-05', { mode: 'test', scans: road })).toMatchObject({ done: false, about: null })
  expect(await scans()).toEqual([])
})

test('a recycled tracking number is kept apart: another parcel’s scans from long before, and from long after', async () => {
  await order(world)
  const early = { trackerId: 'trk_old', scans: [{ ...road[0]!, at: '2025-06-01T09:00:00Z' }] }
  expect(await world.scan('2026-03-05', early)).toMatchObject({ done: false, about: '1Z1' })
  await world.scan('2026-03-05', { scans: road })
  const later = { trackerId: 'trk_new', scans: [{ ...road[0]!, at: '2026-08-01T09:00:00Z' }] }
  expect(await world.scan('2026-08-02', later)).toMatchObject({ done: false, about: '1Z1' })
  expect(await scans()).toHaveLength(4)
})

test('a number used again by a parcel of ours goes to the parcel whose time it is', async () => {
  await order(world)
  await world.scan('2026-03-05', { scans: road })
  await world.importShipments('2026-09-01', [{ ...parcel, reference: 'PO-2', ordered_at: '2026-09-01T12:00:00Z' }])
  await world.scan('2026-09-03', { trackerId: 'trk_new', scans: [{ ...road[0]!, at: '2026-09-02T09:00:00Z' }] })
  expect((await world.shipment('PO-2')).status).toBe('shipped')
  expect((await world.shipment('PO-1')).status).toBe('delivered')
})

test('with a complete place a carrier’s time is that place’s local time', async () => {
  await order(world)
  await world.scan('2026-03-05', { scans: [{ at: '2026-03-02T09:00:00Z', in: 'Denver', is: 'moving' }] })
  const [scan] = await scans()
  expect(scan!.occurredAt.toISOString()).toBe('2026-03-02T16:00:00.000Z')
  expect(scan!.payload).toMatchObject({ from: '2026-03-02T16:00:00.000Z', to: '2026-03-02T16:00:00.000Z' })
})

test('without a place it may be fourteen hours off, either way', async () => {
  await order(world)
  await world.scan('2026-03-05', { scans: [{ at: '2026-03-02T09:00:00Z', is: 'moving' }] })
  expect((await scans())[0]!.payload).toMatchObject({
    from: '2026-03-01T19:00:00.000Z',
    to: '2026-03-02T23:00:00.000Z',
  })
})

test('a time written with another offset than UTC is meant as written', async () => {
  await order(world)
  await world.scan('2026-03-05', { scans: [{ at: '2026-03-02T09:00:00-05:00', in: 'Denver', is: 'moving' }] })
  expect((await scans())[0]!.occurredAt.toISOString()).toBe('2026-03-02T14:00:00.000Z')
})

test('a time that is none loses its scan and nothing else', async () => {
  await order(world)
  expect(await world.scan('2026-03-05', { scans: [{ ...road[0]!, at: 'yesterday' }, road[1]!] })).toEqual({
    done: true,
    scans: 1,
  })
})

test('the carrier’s own words stay out of the ledger, which commits to them', async () => {
  await order(world)
  await world.scan('2026-03-05', {
    scans: [{ ...road[0]!, message: 'Left with the neighbour Ms Quill' }],
    signedBy: 'QUILL',
  })
  expect(JSON.stringify(await world.events())).not.toMatch(/quill/i)
  expect(await world.db.selectFrom('scans').select('message').execute()).toEqual([
    { message: 'Left with the neighbour Ms Quill' },
  ])
  expect((await world.shipment('PO-1')).signed_by).toBe('QUILL')
})

test('where the carrier says it goes is noted when it changes, and an older report takes nothing back', async () => {
  await order(world)
  const to = (city: string, region: string) => ({ city, region, postalCode: null, country: 'US' })
  await world.scan('2026-03-02', { updatedAt: '2026-03-02T12:00:00Z', destination: to('BOSTON', 'MA'), scans: [] })
  await world.scan('2026-03-03', { updatedAt: '2026-03-03T12:00:00Z', destination: to('Phoenix', 'AZ'), scans: [] })
  await world.scan('2026-03-04', { updatedAt: '2026-03-02T18:00:00Z', destination: to('Boston', 'MA'), scans: [] })
  const changed = await world.events('shipment.destination_changed')
  expect(changed.map((event) => event.payload?.to.city)).toEqual(['Phoenix'])
  expect((await world.shipment('PO-1')).destination).toMatchObject({ city: 'Phoenix' })
})

test('reports that come in at the same moment lose none of each other’s words', async () => {
  await order(world)
  await world.scan('2026-03-02', { scans: [road[0]!] })
  const hours = ['12', '13', '14', '15', '16', '17']
  await Promise.all(
    hours.map((hour) =>
      world.scan('2026-03-03', {
        updatedAt: `2026-03-02T${hour}:00:00Z`,
        destination: { city: 'Phoenix', region: 'AZ', postalCode: null, country: 'US' },
        scans: [],
      }),
    ),
  )
  const { said } = (await world.shipment('PO-1')).destination as { said: { at: string }[] }
  expect(said.map((one) => one.at.slice(11, 13))).toEqual(hours)
})

test('a place with a state and a ZIP code but no country is in the US, and nothing less is guessed', () => {
  const { places } = world.act('2026-03-05').world
  const countryOf = (city: string, region: string, postalCode: string | null) =>
    placeOf(places, { city, region, postalCode, country: null }).country
  expect(countryOf('PHOENIX', 'AZ', '85016-2001')).toBe('US')
  expect(countryOf('PERTH', 'WA', '6000')).toBeNull()
  expect(countryOf('PHOENIX', 'AZ', null)).toBeNull()
})
