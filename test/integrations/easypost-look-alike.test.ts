// Our own client against the look-alike: what goes wrong on the way buys no second label and loses none.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEasyPostCarrier } from '../../server/integrations/carriers/easypost-carrier.ts'
import type { Carrier, ParcelOrder, PostalAddress } from '../../server/ports.ts'
import type { Fault } from '../../server/simulator/easypost/faults.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'

const apiKey = 'EZAKlookalike'
let easypost: EasyPostLookAlike
let carrier: Carrier

beforeEach(async () => {
  easypost = await startEasyPost({ apiKey, now: () => new Date('2026-03-09T18:30:00Z') })
  carrier = createEasyPostCarrier({
    apiKey,
    baseUrl: easypost.url,
    allowPrivate: true,
    timeoutMs: 1_000,
    wait: async () => {},
  })
})
afterEach(() => easypost.close())

const home: PostalAddress = {
  name: 'Ada Rowe',
  company: '',
  line1: '12 Larch Way',
  line2: '',
  city: 'Fresno',
  region: 'CA',
  postalCode: '93701',
  country: 'US',
  phone: '',
  email: '',
}
const office = { ...home, name: '', company: 'Fernhill', line1: '7 Elm Court', city: 'Denver', region: 'CO' }

const order = (over: Partial<ParcelOrder> = {}): ParcelOrder => ({
  reference: 'R-1',
  isReturn: false,
  from: office,
  to: home,
  parcel: { lengthCm: 40, widthCm: 30, heightCm: 10, weightGrams: 2500 },
  signature: 'adult signature',
  holdForPickup: false,
  forbidRedirect: true,
  ...over,
})

async function quoted(over: Partial<ParcelOrder> = {}) {
  const { externalId, rates } = await carrier.quote(order(over))
  return { externalId, rateId: rates[0]?.id ?? '' }
}

describe('a purchase', () => {
  const done: Omit<Fault, 'on'>[] = [
    { how: '429', retryAfter: 2 },
    { how: 'broken JSON' },
    { how: 'close after doing it' },
    { how: '500', isDone: true },
    { how: 'carrier timed out', isDone: true },
    { how: 'late', ms: 3_000 },
  ]
  test.each(done)('that ends in $how gives the one label that was bought', async (fault) => {
    const wanted = await quoted()
    easypost.fail({ on: 'buy', ...fault })
    const { label } = await carrier.buy(wanted)
    expect(easypost.bought('R-1').map(({ trackingCode }) => trackingCode)).toEqual([label?.trackingCode])
  })

  const open: [Omit<Fault, 'on'>, string][] = [
    [{ how: '429', times: 9 }, 'too_many'],
    [{ how: '500' }, 'unavailable'],
    [{ how: 'close before' }, 'unavailable'],
    [{ how: 'error of another shape' }, 'unavailable'],
    [{ how: 'no JSON' }, 'unavailable'],
    [{ how: 'carrier timed out' }, 'unavailable'],
  ]
  test.each(open)('that ends in %o and bought nothing says so, and may be tried again', async (fault, problem) => {
    const wanted = await quoted()
    easypost.fail({ on: 'buy', ...fault })
    await expect(carrier.buy(wanted)).rejects.toMatchObject({ problem })
    expect(easypost.bought('R-1')).toEqual([])
  })

  test('asked for twice at once is one label', async () => {
    const wanted = await quoted()
    const both = await Promise.all([carrier.buy(wanted), carrier.buy(wanted)])
    expect(new Set(both.map(({ label }) => label?.trackingCode)).size).toBe(1)
    expect(easypost.bought('R-1')).toHaveLength(1)
  })

  test('has a label that is a PDF, and a refund that is asked for once', async () => {
    const wanted = await quoted()
    const { label } = await carrier.buy(wanted)
    expect(
      Buffer.from(await carrier.label(label?.url ?? ''))
        .subarray(0, 4)
        .toString(),
    ).toBe('%PDF')
    expect((await carrier.refund(wanted.externalId)).refund).toBe('submitted')
    expect((await carrier.refund(wanted.externalId)).refund).toBe('submitted')
  })
})

test('a return’s label goes from the person to the stockroom', async () => {
  await quoted({ isReturn: true, from: home, to: office })
  // As on the way out: EasyPost changes them round.
  expect(easypost.requests.at(-1)?.body).toMatchObject({
    shipment: { is_return: true, to_address: { name: 'Ada Rowe' }, from_address: { company: 'Fernhill' } },
  })
})

test('an address that is not found is undeliverable, and one that is stands where its city is', async () => {
  expect(await carrier.verifyAddress({ ...home, line1: '000 Nowhere' })).toMatchObject({
    result: 'undeliverable',
    codes: ['E.ADDRESS.NOT_FOUND'],
  })
  const { result, suggestion, point } = await carrier.verifyAddress(home)
  expect([result, suggestion?.line1, Math.round(point?.latitude ?? 0)]).toEqual(['deliverable', '12 LARCH WAY', 37])
})

test('a tracker reads as its scans were, and a number that is tracked already is the same tracker', async () => {
  const { label } = await carrier.buy(await quoted())
  const trackingCode = label?.trackingCode ?? ''
  await easypost.scan(trackingCode, { status: 'delivered', message: 'Delivered, Front Door/Porch', signedBy: 'A ROWE' })
  const tracker = await carrier.track({ trackingCode, carrier: label?.carrier ?? null })
  expect(tracker).toMatchObject({ trackerId: label?.trackerId, signedBy: 'A ROWE', mode: 'production' })
  expect(tracker.scans.map(({ reading }) => reading)).toEqual([{ is: 'delivered', to: 'address' }])
})

test('a webhook is registered, given another secret, listed and removed', async () => {
  const url = 'http://127.0.0.1:9/webhooks/easypost'
  const { id } = await carrier.webhooks.register({ url, secret: 'first' })
  await carrier.webhooks.setSecret({ id, secret: 'second' })
  expect(await carrier.webhooks.list()).toEqual([{ id, url, disabledAt: null }])
  await carrier.webhooks.remove(id)
  await carrier.webhooks.remove(id)
  expect(await carrier.webhooks.list()).toEqual([])
})
