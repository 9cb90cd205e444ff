// Labels: however an answer is lost, there is never a second one, none is forgotten, and whoever bought it reads what to do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approveAddress } from '../../server/addresses/versions.ts'
import { AppError } from '../../server/lib/errors.ts'
import type { Carrier } from '../../server/ports.ts'
import { defaultPolicies, setPolicy } from '../../server/shipping/delivery-policy.ts'
import { holdShipment, releaseShipment } from '../../server/shipping/holds.ts'
import { printLabel, quoteLabel, refundLabel, settleLabels, settleShipment } from '../../server/shipping/labels.ts'
import { readLabels } from '../../server/views/labels.ts'
import { fern } from '../world.ts'
import { type Bench, box, openBench } from './desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench({ timeoutMs: 1000 })
})
afterAll(() => bench?.close())
beforeEach(async () => {
  await bench.reset()
  await bench.found()
})

const boughtAt = (shipmentId: string) => bench.provider.bought(shipmentId)
const shipment = () => bench.world.shipment('PO-1')

test('quoted, bought at the price that was seen, and on record with its tracking number', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  expect((await bench.label(id)).state).toBe('quoted')
  expect(boughtAt(id)).toEqual([])
  await bench.buy(id, quoted)
  const label = await bench.label(id)
  expect(label).toMatchObject({ state: 'bought', next_look_at: null, error: null })
  expect(boughtAt(id)).toMatchObject([{ trackingCode: label.tracking_code }])
  expect(await shipment()).toMatchObject({
    tracking_code: label.tracking_code,
    tracker_id: label.tracker_id,
    carrier: quoted.rate.carrier,
    next_track_at: expect.any(Date),
    // With the carrier at the first scan, not at the label.
    status: 'ordered',
    first_scan_at: null,
  })
  const [event] = await bench.world.events('shipment.label_bought')
  expect(event).toMatchObject({
    shipmentId: id,
    payload: { labelId: label.id, amount: quoted.rate.amount, signature: 'signature', redirect: 'allowed' },
  })
})

test('nothing is bought for an address that nobody approved, and it is once somebody did', async () => {
  await bench.reset()
  await bench.found({ address_verified: 'no' })
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({
    problem: 'conflict',
    message: expect.stringContaining('Nobody has approved this address'),
  })
  expect(boughtAt(id)).toEqual([])
  const { addressId } = await bench.ids()
  await bench.world.run((tx) =>
    approveAddress(tx, bench.act('usr_2'), { addressId, reason: 'called the number on file' }),
  )
  await bench.buy(id, quoted)
  expect(boughtAt(id)).toHaveLength(1)
})

test('another price than the person saw buys nothing, and says what it is now', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  const seen = { ...quoted, rate: { ...quoted.rate, amount: '1.00' } }
  await expect(bench.buy(id, seen)).rejects.toMatchObject({
    problem: 'conflict',
    message: expect.stringContaining(`is now ${quoted.rate.amount}`),
  })
  expect(boughtAt(id)).toEqual([])
})

test('rates of an older quote buy nothing', async () => {
  const id = await bench.prepare()
  const old = await bench.quote(id)
  bench.later(1)
  await bench.quote(id)
  await expect(bench.buy(id, old)).rejects.toMatchObject({ problem: 'conflict' })
  expect(boughtAt(id)).toEqual([])
})

test('a second label is refused, and so is a second quote, while one is in force', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  await bench.buy(id, quoted)
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ problem: 'conflict' })
  await expect(bench.quote(id)).rejects.toMatchObject({ problem: 'conflict' })
  expect(boughtAt(id)).toHaveLength(1)
})

test('two people who buy at once get one label', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  const came = await Promise.allSettled([bench.buy(id, quoted), bench.buy(id, quoted), bench.buy(id, quoted)])
  expect(came.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  expect(boughtAt(id)).toHaveLength(1)
  expect(await bench.world.events('shipment.label_bought')).toHaveLength(1)
})

// ── Answers that are lost ──────────────────────────────────────────────────────────────────────────────────

const done = [
  { how: 'close after doing it' },
  { how: 'broken JSON' },
  { how: 'late', ms: 3000 },
  { how: '500', isDone: true },
  { how: 'carrier timed out', isDone: true },
] as const
const notDone = [
  { how: '500' },
  { how: 'close before' },
  { how: 'error of another shape' },
  { how: 'no JSON' },
  { how: 'carrier timed out' },
] as const

describe.each(done)('bought, and the answer lost: $how', (fault) => {
  test('the purchase stays open, nothing else can be bought, and it is found again', async () => {
    const id = await bench.prepare()
    const quoted = await bench.quote(id)
    // The provider cannot be read just then either.
    bench.provider.fail({ on: 'buy', ...fault })
    bench.provider.fail({ on: 'read', how: '500' })
    await expect(bench.buy(id, quoted)).rejects.toMatchObject({
      problem: 'unavailable',
      message: expect.stringContaining('being looked up'),
    })
    expect(await bench.label(id)).toMatchObject({ state: 'buying', error: expect.stringContaining('looked up') })
    await expect(bench.quote(id)).rejects.toMatchObject({ problem: 'conflict' })
    await expect(bench.buy(id, quoted)).rejects.toMatchObject({ problem: 'conflict' })
    bench.later(2)
    await bench.settle()
    expect(await bench.label(id)).toMatchObject({ state: 'bought', tracking_code: boughtAt(id)[0]!.trackingCode })
    expect(boughtAt(id)).toHaveLength(1)
    expect(await bench.world.events('shipment.label_bought')).toHaveLength(1)
  })
})

test.each(done)('an answer lost ($how) is read again at once, where the provider can be read', async (fault) => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  bench.provider.fail({ on: 'buy', ...fault })
  await bench.buy(id, quoted)
  expect(await bench.label(id)).toMatchObject({ state: 'bought' })
  expect(boughtAt(id)).toHaveLength(1)
})

describe.each(notDone)('not bought, and nobody knows: $how', (fault) => {
  test('it is open until that is certain, then back at the rates with a sentence, and can be bought once', async () => {
    const id = await bench.prepare()
    const quoted = await bench.quote(id)
    bench.provider.fail({ on: 'buy', ...fault })
    await expect(bench.buy(id, quoted)).rejects.toMatchObject({ problem: 'unavailable' })
    bench.later(1)
    await bench.settle()
    expect((await bench.label(id)).state).toBe('buying')
    bench.later(5)
    await bench.settle()
    expect(await bench.label(id)).toMatchObject({
      state: 'quoted',
      error: expect.stringContaining('no label was bought'),
    })
    await bench.buy(id, quoted)
    expect(boughtAt(id)).toHaveLength(1)
    expect((await bench.label(id)).state).toBe('bought')
  })
})

test('too many requests: not bought, said so, and free to try again', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  bench.provider.fail({ on: 'buy', how: '429', times: 10 })
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ problem: 'too_many' })
  expect(await bench.label(id)).toMatchObject({
    state: 'quoted',
    buying_since: null,
    error: expect.stringContaining('Not bought'),
  })
  for (let left = 0; left < 6; left++)
    await bench.carrier.buy({ externalId: (await bench.label(id)).external_id!, rateId: 'x' }).catch(() => {})
  await bench.buy(id, quoted)
  expect(boughtAt(id)).toHaveLength(1)
})

test('one that was bought very late is found before anything else is bought', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  bench.provider.fail({ on: 'buy', how: 'close before' })
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ problem: 'unavailable' })
  bench.later(6)
  await bench.settle()
  expect((await bench.label(id)).state).toBe('quoted')
  // The order arrives all the same.
  await bench.carrier.buy({ externalId: (await bench.label(id)).external_id!, rateId: quoted.rate.id })
  await expect(bench.quote(id)).rejects.toMatchObject({
    problem: 'conflict',
    message: expect.stringContaining('bought after all'),
  })
  expect(boughtAt(id)).toHaveLength(1)
  expect((await bench.label(id)).state).toBe('bought')
})

test('stopped between buying and recording, another process finds the label', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  const dies: Carrier['buy'] = async (input) => {
    await bench.carrier.buy(input)
    throw new Error('the process ended here')
  }
  await expect(bench.buy(id, quoted, { buy: dies })).rejects.toMatchObject({ problem: 'unavailable' })
  expect((await bench.label(id)).state).toBe('buying')
  bench.later(1)
  await bench.settle()
  expect(await bench.label(id)).toMatchObject({ state: 'bought', tracking_code: boughtAt(id)[0]!.trackingCode })
  expect(await shipment()).toMatchObject({ tracking_code: boughtAt(id)[0]!.trackingCode })
})

test('a process that is killed between buying and recording leaves a label that the next one finds', async () => {
  const id = await bench.prepare()
  const { labelId, rate } = await bench.quote(id)
  const child = spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, '../fixtures/buy-and-die.ts'),
      JSON.stringify({
        databaseUrl: bench.world.url,
        providerUrl: bench.provider.url,
        now: bench.clock.now.toISOString(),
        buy: { shipmentId: id, labelId, rateId: rate.id, amount: rate.amount, currency: rate.currency },
      }),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
  expect(boughtAt(id)).toHaveLength(1)
  expect((await bench.label(id)).state).toBe('buying')
  expect((await shipment()).tracking_code).toBeNull()
  bench.later(1)
  await bench.settle()
  expect((await bench.label(id)).state).toBe('bought')
  expect((await shipment()).tracking_code).toBe(boughtAt(id)[0]!.trackingCode)
  expect(boughtAt(id)).toHaveLength(1)
})

test('a person may have it looked up at once', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  bench.provider.fail({ on: 'buy', how: 'close after doing it' })
  bench.provider.fail({ on: 'read', how: '500' })
  await expect(bench.buy(id, quoted)).rejects.toThrow()
  await settleShipment(bench.desk(), bench.act(), { shipmentId: id })
  expect((await bench.label(id)).state).toBe('bought')
})

test('a provider that cannot be read leaves it open, and stops no other', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  bench.provider.fail({ on: 'buy', how: 'close after doing it' })
  bench.provider.fail({ on: 'read', how: '500', times: 2 })
  await expect(bench.buy(id, quoted)).rejects.toThrow()
  bench.later(2)
  await bench.settle()
  expect(await bench.label(id)).toMatchObject({ state: 'buying', error: expect.stringContaining('could not answer') })
  expect(bench.errors).toHaveLength(1)
  bench.later(2)
  await bench.settle()
  expect((await bench.label(id)).state).toBe('bought')
})

test.each([
  { how: '500' },
  { how: 'broken JSON' },
  { how: 'close after doing it' },
  { how: '429', times: 5 },
  { how: 'late', ms: 3000 },
  { how: 'error of another shape' },
] as const)('asking for rates costs nothing, so a lost answer ($how) gives the question up', async (fault) => {
  const id = await bench.prepare()
  bench.provider.fail({ on: 'create', ...fault })
  await expect(bench.quote(id)).rejects.toMatchObject({ problem: expect.stringMatching(/unavailable|too_many/) })
  expect(await bench.label(id)).toMatchObject({ state: 'given up', error: expect.any(String) })
  for (let left = 0; left < 5; left++) await bench.carrier.quote({} as never).catch(() => {})
  await bench.buy(id, await bench.quote(id))
  expect(boughtAt(id)).toHaveLength(1)
})

// ── Who may, and when ──────────────────────────────────────────────────────────────────────────────────────

test('a held parcel is neither quoted, nor bought, nor printed; released, it is', async () => {
  const id = await bench.prepare({ by: 'usr_1' })
  const quoted = await bench.quote(id)
  await bench.world.run((tx) => holdShipment(tx, bench.act('usr_2'), { shipmentId: id, reason: 'call first' }))
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ message: expect.stringContaining('held') })
  await expect(bench.quote(id)).rejects.toMatchObject({ message: expect.stringContaining('held') })
  expect(boughtAt(id)).toEqual([])
  await bench.world.run((tx) => releaseShipment(tx, bench.act('usr_2'), { shipmentId: id, reason: 'called' }))
  await bench.buy(id, quoted)
  const { id: labelId } = await bench.label(id)
  await bench.world.run((tx) => holdShipment(tx, bench.act('usr_2'), { shipmentId: id, reason: 'call again' }))
  await expect(printLabel(bench.desk(), bench.act(), { labelId })).rejects.toMatchObject({
    message: expect.stringContaining('held'),
  })
  expect(await bench.world.events('shipment.label_printed')).toEqual([])
})

test('what a rule holds on the way to the till is not bought, and stays held', async () => {
  bench.later(1)
  await bench.world.importPeople(bench.clock.now.toISOString(), [
    { ...fern, line1: '99 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85001', address_verified: 'no' },
  ])
  bench.later(1)
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ message: expect.stringContaining('held') })
  expect(boughtAt(id)).toEqual([])
  expect(await bench.world.events('shipment.held')).toMatchObject([{ shipmentId: id, payload: { by: 'rule' } }])
})

test('a service that the delivery policy does not name is not sold', async () => {
  const policy = { ...defaultPolicies.standard.policy, carriers: { NoSuchCarrier: [] } }
  await bench.world.run((tx) =>
    setPolicy(tx, bench.act('usr_2'), { tier: 'standard', country: null, policy, reason: 'one contract only' }),
  )
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ problem: 'forbidden' })
  expect(boughtAt(id)).toEqual([])
})

test('where the policy wants a second person, who prepared it cannot buy it', async () => {
  const policy = { ...defaultPolicies.standard.policy, secondPerson: true }
  await bench.world.run((tx) =>
    setPolicy(tx, bench.act('usr_2'), { tier: 'standard', country: null, policy, reason: 'four eyes' }),
  )
  const id = await bench.prepare({ by: 'usr_1' })
  const quoted = await bench.quote(id)
  await expect(bench.buy(id, quoted, {}, 'usr_1')).rejects.toMatchObject({ problem: 'forbidden' })
  await bench.buy(id, quoted, {}, 'usr_2')
  expect(boughtAt(id)).toHaveLength(1)
})

test('no label for a parcel that was not prepared here', async () => {
  await bench.world.importShipments('2026-03-01', [
    { reference: 'PO-9', direction: 'out', person_email: 'fern@example.com', ordered_at: '2026-03-01T00:00:00Z' },
  ])
  const { id } = await bench.world.shipment('PO-9')
  await expect(quoteLabel(bench.desk(), bench.act(), { shipmentId: id, parcel: box })).rejects.toMatchObject({
    problem: 'conflict',
  })
})

test('a return goes from the person to the stockroom', async () => {
  await bench.world.importShipments('2026-03-01', [
    {
      reference: 'PO-1',
      direction: 'return',
      person_email: 'fern@example.com',
      serial_number: 'C02TALE001',
      ordered_at: '2026-03-01T00:00:00Z',
    },
  ])
  const { id } = await shipment()
  await bench.buy(id, await bench.quote(id))
  const asked = bench.provider.requests.findLast((one) => one.method === 'POST' && one.path.endsWith('/shipments'))
  const sent = (asked!.body as { shipment: { is_return: boolean; to_address: { street1: string } } }).shipment
  expect(sent.is_return).toBe(true)
  // The provider swaps the two itself.
  expect(sent.to_address.street1).toBe('12 Maple Street')
  expect((await bench.label(id)).state).toBe('bought')
})

test('a return that was ordered elsewhere, and says only where it goes, has no label bought for it here', async () => {
  await bench.world.importShipments('2026-03-01', [
    {
      reference: 'PO-1',
      direction: 'return',
      person_email: 'fern@example.com',
      serial_number: 'C02TALE001',
      line1: '400 Harbor Boulevard',
      city: 'Columbus',
      region: 'OH',
      postal_code: '43215',
      country: 'US',
    },
  ])
  const { id } = await shipment()
  await expect(bench.quote(id)).rejects.toMatchObject({ message: expect.stringContaining('where it comes from') })
  expect((await readLabels(bench.world.db, null, id)).buysHere).toBe(false)
})

// ── Printing and voiding ───────────────────────────────────────────────────────────────────────────────────

test('the label comes as a PDF, and that it was printed is on record', async () => {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const { id: labelId } = await bench.label(id)
  const pdf = await printLabel(bench.desk(), bench.act(), { labelId })
  expect(Buffer.from(pdf).subarray(0, 4).toString()).toBe('%PDF')
  expect(await bench.world.events('shipment.label_printed')).toMatchObject([{ payload: { labelId, what: 'label' } }])
  expect((await bench.label(id)).printed_at).toEqual(bench.clock.now)
})

test('voided, its money is asked for, it is not printed any more, and another may be bought', async () => {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const { id: labelId } = await bench.label(id)
  await refundLabel(bench.desk(), bench.act(), { labelId })
  expect(await bench.label(id)).toMatchObject({ state: 'refund asked', voided_at: bench.clock.now })
  await expect(printLabel(bench.desk(), bench.act(), { labelId })).rejects.toMatchObject({ problem: 'conflict' })
  bench.later(1)
  await bench.buy(id, await bench.quote(id))
  expect((await bench.label(id)).state).toBe('bought')
  await bench.provider.payRefunds()
  bench.later(7 * 60)
  await bench.settle()
  expect((await bench.labels(id)).map((label) => label.state)).toEqual(['bought', 'refunded'])
  expect((await bench.world.events('shipment.label_refunded')).map((event) => event.payload!.state)).toEqual([
    'submitted',
    'refunded',
  ])
})

test('a label whose voiding was not answered blocks the next one until it is known', async () => {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const { id: labelId } = await bench.label(id)
  bench.provider.fail({ on: 'refund', how: 'close after doing it' })
  bench.provider.fail({ on: 'read', how: '500' })
  await expect(refundLabel(bench.desk(), bench.act(), { labelId })).rejects.toMatchObject({ problem: 'unavailable' })
  await expect(bench.quote(id)).rejects.toMatchObject({ problem: 'conflict' })
  bench.later(2)
  await bench.settle()
  expect((await bench.label(id)).voided_at).not.toBeNull()
  await bench.quote(id)
})

test('a purchase with a key that was replaced stays open, and says which key it needs', async () => {
  const id = await bench.prepare()
  const quoted = await bench.quote(id)
  const cutOff: Partial<Carrier> = {
    async buy(input) {
      await bench.carrier.buy(input)
      throw new AppError('unavailable', 'cut off')
    },
  }
  await expect(bench.buy(id, quoted, cutOff)).rejects.toMatchObject({ problem: 'unavailable' })
  const read: Carrier['read'] = async () => {
    throw new AppError('not_found', 'no such thing')
  }
  bench.later(10)
  await settleLabels(bench.desk({ read }), bench.act())
  expect(await bench.label(id)).toMatchObject({
    state: 'buying',
    error: expect.stringContaining('sets that key again'),
  })
  bench.later(2)
  await bench.settle()
  expect((await bench.label(id)).state).toBe('bought')
})

test('a voiding that was not heard of yet is open until that is certain', async () => {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const { id: labelId } = await bench.label(id)
  bench.provider.fail({ on: 'refund', how: '500' })
  await expect(refundLabel(bench.desk(), bench.act(), { labelId })).rejects.toMatchObject({
    problem: 'unavailable',
    message: expect.stringContaining('do not use the label'),
  })
  bench.later(2)
  await bench.settle()
  expect((await bench.label(id)).state).toBe('refund asked')
  await expect(printLabel(bench.desk(), bench.act(), { labelId })).rejects.toMatchObject({ problem: 'conflict' })
  bench.later(5)
  await bench.settle()
  expect(await bench.label(id)).toMatchObject({ state: 'bought', error: expect.stringContaining('void it again') })
})

test('a voiding that is answered after it was given up is not forgotten', async () => {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const { id: labelId } = await bench.label(id)
  const refund: Carrier['refund'] = async (externalId) => {
    bench.later(6)
    await bench.settle()
    expect((await bench.label(id)).state).toBe('bought')
    return bench.carrier.refund(externalId)
  }
  await refundLabel(bench.desk({ refund }), bench.act(), { labelId })
  expect(await bench.label(id)).toMatchObject({ state: 'refund asked', voided_at: bench.clock.now })
  expect(await bench.world.events('shipment.label_refunded')).toHaveLength(1)
})

test('rates whose question was cut off are asked for anew after a minute', async () => {
  const id = await bench.prepare()
  const quote: Carrier['quote'] = async (order) => {
    await expect(bench.quote(id)).rejects.toMatchObject({ message: expect.stringContaining('wait a minute') })
    bench.later(1)
    await bench.buy(id, await bench.quote(id))
    return bench.carrier.quote(order)
  }
  await quoteLabel(bench.desk({ quote }), bench.act(), { shipmentId: id, parcel: box })
  expect((await bench.labels(id)).map((label) => label.state)).toEqual(['bought', 'given up'])
  expect(boughtAt(id)).toHaveLength(1)
})

test('a label that the carrier has scanned is not voided', async () => {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const label = await bench.label(id)
  await bench.world.scan('2026-03-03', {
    trackingCode: label.tracking_code!,
    trackerId: label.tracker_id!,
    scans: [{ at: '2026-03-03T10:00:00Z', in: 'Columbus', is: 'accepted' }],
  })
  expect(await shipment()).toMatchObject({ status: 'shipped', first_scan_at: expect.any(Date) })
  await expect(refundLabel(bench.desk(), bench.act(), { labelId: label.id })).rejects.toMatchObject({
    problem: 'conflict',
  })
})
