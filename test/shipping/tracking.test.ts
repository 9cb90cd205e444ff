// Parcels that are followed on our own account, and scans that are read back, against a provider that speaks the real protocol.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Reader, readInbox, storeDelivery } from '../../server/inbox.ts'
import { createEasyPost } from '../../server/integrations/carriers/easypost.ts'
import { createEasyPostCarrier } from '../../server/integrations/carriers/easypost-carrier.ts'
import { createCarrierProvider } from '../../server/integrations/index.ts'
import { HOUR, MINUTE, plus } from '../../server/lib/time.ts'
import { pollCarrier } from '../../server/poll.ts'
import type { Carrier } from '../../server/ports.ts'
import { trackDue } from '../../server/shipping/tracking.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { openWorld, order, outside, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
let provider: EasyPostLookAlike
let carrier: Carrier
let now: Date
const logged: string[] = []

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const apiKey = 'EZAKlook-alike'
beforeEach(async () => {
  await world.reset()
  logged.length = 0
  now = time('2026-03-02T12:00:00Z')
  provider = await startEasyPost({ apiKey, now: () => now })
  carrier = carrierWith(apiKey)
  await order(world)
})
afterEach(() => provider.close())

const carrierWith = (key: string) =>
  createEasyPostCarrier({
    apiKey: key,
    baseUrl: provider.url,
    allowPrivate: true,
    timeoutMs: 2_000,
    wait: async () => {},
  })

const house = () => ({
  db: world.db,
  clock: () => now,
  world: world.world,
  carrier: () => carrier as Carrier | null,
  log: { error: (message: string) => void logged.push(message) },
})
const track = () => trackDue(house())
const asked = () => provider.requests.filter((one) => one.path.startsWith('/v2/trackers'))
const later = (ms: number) => {
  now = plus(now, ms)
}
const boston = { city: 'Boston', region: 'MA', country: 'US', zone: 'America/New_York' }
const accepted = { status: 'in_transit', detail: 'received_at_origin_facility', message: 'Origin Scan', place: boston }
const delivered = {
  status: 'delivered',
  detail: 'arrived_at_destination',
  message: 'Delivered, Front Door/Porch',
  place: boston,
}

describe('a number bought elsewhere', () => {
  test('gets a tracker at the provider, and is asked after while nothing is heard', async () => {
    expect(await track()).toMatchObject({ answered: 1, failed: 0 })
    expect(asked()).toMatchObject([{ method: 'POST', body: { tracker: { tracking_code: '1Z1', carrier: 'UPS' } } }])
    const { tracker_id } = await world.shipment('PO-1')
    expect(tracker_id).toMatch(/^trk_/)

    // Nothing is due again within six hours.
    await track()
    later(5 * HOUR)
    await track()
    expect(asked()).toHaveLength(1)

    await provider.scan('1Z1', accepted)
    later(2 * HOUR)
    await track()
    expect(asked()[1]).toMatchObject({ method: 'GET', path: `/v2/trackers/${tracker_id}` })
    expect((await world.shipment('PO-1')).status).toBe('shipped')
    expect(await world.events('shipment.scanned')).toMatchObject([{ payload: { confirmed: true } }])
  })

  test('is not asked after while webhooks are heard, nor once it is delivered', async () => {
    await track()
    const trackerId = (await world.shipment('PO-1')).tracker_id!
    for (let hours = 0; hours < 12; hours += 4) {
      later(4 * HOUR)
      await world.scan(now.toISOString(), { trackerId, scans: [{ at: now.toISOString(), in: 'Boston', is: 'moving' }] })
      await track()
    }
    expect(asked()).toHaveLength(1)

    later(7 * HOUR)
    await provider.scan('1Z1', delivered)
    await track()
    expect((await world.shipment('PO-1')).status).toBe('delivered')
    later(30 * 24 * HOUR)
    await track()
    expect(asked()).toHaveLength(2)
    expect((await world.shipment('PO-1')).next_track_at).toBeNull()
  })

  test('asked after twice gives the same scans as once', async () => {
    await track()
    await provider.scan('1Z1', accepted)
    for (let times = 0; times < 3; times++) {
      later(7 * HOUR)
      await track()
    }
    expect(asked()).toHaveLength(4)
    expect(await world.events('shipment.scanned')).toHaveLength(1)
  })
})

test('a tracker that another account had is made anew', async () => {
  await world.db.updateTable('shipments').set({ tracker_id: 'trk_of_another_account' }).execute()
  expect(await track()).toMatchObject({ answered: 1, failed: 0 })
  expect((await world.shipment('PO-1')).tracker_id).not.toBe('trk_of_another_account')
})

test('without a key, and with one of test mode, nobody is asked', async () => {
  await trackDue({ ...house(), carrier: () => null })
  carrier = carrierWith('EZTKtest')
  await track()
  expect(provider.requests).toEqual([])
})

describe('what goes wrong', () => {
  const orderMore = (count: number) =>
    world.importShipments(
      '2026-03-01T12:00:00Z',
      Array.from({ length: count }, (_, at) => ({
        ...parcel,
        reference: `PO-${at + 2}`,
        serial_number: `C02TALE1${String(at).padStart(2, '0')}`,
        tracking_code: `1Z${at + 2}`,
      })),
    )

  test('one parcel without an answer never stops the others, and is asked after again', async () => {
    await orderMore(2)
    provider.fail({ on: 'tracker', how: 'broken JSON' })
    expect(await track()).toMatchObject({ answered: 2, failed: 1, polling: { failingSince: null } })
    later(20 * MINUTE)
    expect(await track()).toMatchObject({ answered: 1, failed: 0 })
    const open = await world.db.selectFrom('shipments').select('id').where('tracker_id', 'is', null).execute()
    expect(open).toEqual([])
  })

  test('a provider that takes no more ends the run, and is left in peace for longer each time', async () => {
    await orderMore(2)
    provider.fail({ on: 'tracker', how: '429', times: 99 })
    expect(await track()).toMatchObject({ answered: 0, failed: 1 })
    const asks = asked().length
    await track()
    expect(asked()).toHaveLength(asks)
    later(MINUTE)
    const { polling } = await track()
    expect(asked().length).toBeGreaterThan(asks)
    expect(polling).toMatchObject({ pauses: 2, pausedUntil: plus(now, 2 * MINUTE).toISOString() })
  })

  test('a provider that is down is not asked for every parcel', async () => {
    await orderMore(9)
    provider.fail({ on: 'tracker', how: 'no JSON', times: 99 })
    expect(await track()).toMatchObject({ answered: 0, failed: 3 })
    expect(asked()).toHaveLength(3)
  })

  test('a refused number says why, and is tried again the next day', async () => {
    await world.db.updateTable('shipments').set({ carrier: null }).execute()
    await track()
    const { track_error, next_track_at } = await world.shipment('PO-1')
    expect(track_error).toBe('EasyPost refused it: No carrier was found for this tracking code.')
    expect(next_track_at).toEqual(plus(now, 24 * HOUR))
    expect(logged).toEqual([])
  })

  test('a provider that keeps failing for an hour is told of outside, once until it answers again', async () => {
    const connector = {
      provider: createCarrierProvider({ easypost: null }),
      state: () => ({ carrier, keySetAt: null, registration: null, secrets: [], problem: null }),
      refresh: async () => {},
    }
    const poll = () => pollCarrier({ ...house(), outside, connector })
    provider.fail({ on: 'tracker', how: '500', times: 99 })
    for (let quarter = 0; quarter < 8; quarter++) {
      await poll()
      later(15 * MINUTE)
    }
    expect(await world.alerts()).toMatchObject([{ type: 'connector.failing', data: { connector: 'easypost' } }])
    expect((await world.alerts())[0]!.body).not.toContain('1Z1')
  })
})

describe('a scan that weighs', () => {
  const source = createEasyPost({ url: 'https://house.example', hasWebhook: () => true, verify: () => true })
  const read = () => readInbox({ ...house(), readers: new Map([['easypost', source]]) })
  let events = 0
  const tell = (result: object) =>
    storeDelivery(world.db, now, {
      source: 'easypost',
      deliveryKey: `evt_${++events}`,
      body: Buffer.from(
        JSON.stringify({ id: `evt_${events}`, description: 'tracker.updated', mode: 'production', result }),
      ),
      tokenId: null,
    })
  /** The tracker as the provider has it now, as its webhook would tell it. */
  const truth = async () => {
    const { trackerId } = await carrier.track({ trackingCode: '1Z1', carrier: 'UPS' })
    const answer = await fetch(`${provider.url}trackers/${trackerId}`, {
      headers: { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}` },
    })
    return (await answer.json()) as { id: string; tracking_details: object[] }
  }
  const scans = async () =>
    (await world.events('shipment.scanned')).map(({ payload }) => [payload!.reading.is, payload!.confirmed])

  test('is read back before it is recorded, and stands as confirmed', async () => {
    await carrier.track({ trackingCode: '1Z1', carrier: 'UPS' })
    await provider.scan('1Z1', accepted)
    later(HOUR)
    await provider.scan('1Z1', delivered)
    await tell(await truth())
    expect(await read()).toEqual({ read: 1, failed: 0, setAside: 0 })
    expect(await scans()).toEqual([
      ['accepted', true],
      ['delivered', true],
    ])
  })

  test('that only moves the parcel on is recorded without a question', async () => {
    await carrier.track({ trackingCode: '1Z1', carrier: 'UPS' })
    await provider.scan('1Z1', accepted)
    await tell(await truth())
    const before = asked().length
    await read()
    expect(asked()).toHaveLength(before)
    expect(await scans()).toEqual([['accepted', false]])
  })

  test('that was told before and is found later is confirmed then', async () => {
    await carrier.track({ trackingCode: '1Z1', carrier: 'UPS' })
    await provider.scan('1Z1', delivered)
    const told = await truth()
    provider.fail({ on: 'tracker', how: '500' })
    await tell(told)
    expect(await read()).toMatchObject({ read: 1 })
    expect(await scans()).toEqual([['delivered', false]])

    later(2 * MINUTE)
    expect(await track()).toMatchObject({ answered: 1 })
    const [scanned] = await world.events('shipment.scanned')
    expect(await world.events('shipment.scan_confirmed')).toMatchObject([
      { payload: { scanId: scanned!.payload!.scanId } },
    ])
    expect((await world.shipment('PO-1')).next_track_at).toBeNull()
  })

  test('that the provider does not know of is kept, and stays unconfirmed', async () => {
    await carrier.track({ trackingCode: '1Z1', carrier: 'UPS' })
    await provider.scan('1Z1', accepted)
    const honest = await truth()
    const forged = {
      ...delivered,
      datetime: now.toISOString(),
      tracking_location: { city: 'Boston', state: 'MA', country: 'US' },
    }
    await tell({ ...honest, tracking_details: [...honest.tracking_details, forged], signed_by: 'A STRANGER' })
    expect(await read()).toMatchObject({ read: 1 })
    expect(await scans()).toEqual([
      ['accepted', true],
      ['delivered', false],
    ])
    expect((await world.shipment('PO-1')).signed_by).toBeNull()
    // It is asked after again, and by nobody's word becomes true.
    later(2 * MINUTE)
    await track()
    later(7 * HOUR)
    await track()
    expect(await world.events('shipment.scan_confirmed')).toEqual([])
    expect((await world.shipment('PO-1')).next_track_at).not.toBeNull()
  })

  test('of another parcel’s tracker proves nothing', async () => {
    const other = await carrier.track({ trackingCode: '1Z9', carrier: 'UPS' })
    await provider.scan('1Z9', delivered)
    await tell({
      id: other.trackerId,
      tracking_code: '1Z1',
      carrier: 'UPS',
      mode: 'production',
      tracking_details: [{ ...delivered, datetime: now.toISOString() }],
    })
    await read()
    expect(await scans()).toEqual([['delivered', false]])
  })

  const another = () =>
    world.importShipments('2026-03-01T12:00:00Z', [
      { ...parcel, reference: 'PO-2', serial_number: 'C02TALE002', tracking_code: '1Z2' },
    ])
  const tellDelivered = (trackingCode: string) =>
    tell({
      id: `trk_${trackingCode}`,
      tracking_code: trackingCode,
      carrier: 'UPS',
      tracking_details: [{ ...delivered, datetime: now.toISOString() }],
    })

  test('is not read back while the provider gives no answer: what waits is recorded without delay', async () => {
    await another()
    provider.fail({ on: 'tracker', how: 'close before', times: 99 })
    for (const trackingCode of ['1Z1', '1Z2']) {
      await tellDelivered(trackingCode)
      expect(await read()).toMatchObject({ read: 1 })
    }
    expect(asked()).toHaveLength(1)
  })

  test('of several parcels is asked about together, and keeps no other source waiting', async () => {
    await another()
    for (const trackingCode of ['1Z1', '1Z2', '1Z1']) await tellDelivered(trackingCode)
    await storeDelivery(world.db, now, { source: 'other', deliveryKey: null, body: Buffer.from('x'), tokenId: null })
    const questions = Promise.withResolvers<void>()
    const other = Promise.withResolvers<void>()
    const askedFor: string[] = []
    const { readTracker } = carrier
    carrier.readTracker = async (trackerId) => {
      if (askedFor.push(trackerId) === 2) questions.resolve()
      await Promise.all([questions.promise, other.promise])
      return readTracker(trackerId)
    }
    const reader: Reader = {
      source: 'other',
      vouches: 'nothing',
      read() {
        other.resolve()
        return []
      },
    }
    const reading = readInbox({
      ...house(),
      readers: new Map([
        ['easypost', source],
        ['other', reader],
      ]),
    })
    expect(await reading).toEqual({ read: 4, failed: 0, setAside: 0 })
    expect(askedFor.toSorted()).toEqual(['trk_1Z1', 'trk_1Z2'])
  })
})
