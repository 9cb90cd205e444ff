// The whole life of a label through the carrier port, against the look-alike, with every fault it knows on the way.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEasyPostCarrier } from '../../server/integrations/carriers/easypost-carrier.ts'
import type { Carrier, ParcelOrder, PostalAddress, ProvidedShipment } from '../../server/ports.ts'
import type { Fault } from '../../server/simulator/easypost/faults.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'

let provider: EasyPostLookAlike
let carrier: Carrier
const now = new Date('2026-03-02T12:00:00Z')

beforeEach(async () => {
  provider = await startEasyPost({ apiKey: 'EZAKlook-alike', now: () => now })
  carrier = createEasyPostCarrier({
    apiKey: 'EZAKlook-alike',
    baseUrl: provider.url,
    allowPrivate: true,
    timeoutMs: 1_000,
    wait: async () => {},
  })
})
afterEach(() => provider.close())

const stockroom: PostalAddress = {
  name: 'Stockroom',
  company: 'Fernhill',
  line1: '118 2nd Street',
  line2: '',
  city: 'San Francisco',
  region: 'CA',
  postalCode: '94105',
  country: 'US',
  phone: '4155550100',
  email: '',
}
const home: PostalAddress = {
  ...stockroom,
  name: 'Fern Hollis',
  company: '',
  line1: '12 Maple Street',
  city: 'Boston',
  region: 'MA',
  postalCode: '02118',
}
const order: ParcelOrder = {
  reference: 'shp_of_ours',
  isReturn: false,
  from: stockroom,
  to: home,
  parcel: { lengthCm: 40, widthCm: 30, heightCm: 10, weightGrams: 3000 },
  signature: 'signature',
  holdForPickup: false,
  forbidRedirect: true,
}
const cheapest = (shipment: ProvidedShipment) =>
  shipment.rates.toSorted((a, b) => Number(a.amount) - Number(b.amount))[0]!

test('a label is quoted, bought, fetched as PDF and given back', async () => {
  const quoted = await carrier.quote(order)
  expect(quoted).toMatchObject({ label: null, refund: null })
  const rate = cheapest(quoted)
  const bought = await carrier.buy({ externalId: quoted.externalId, rateId: rate.id })
  expect(bought.label).toMatchObject({
    carrier: rate.carrier,
    service: rate.service,
    amount: rate.amount,
    currency: 'USD',
  })
  expect(await carrier.read(quoted.externalId)).toEqual(bought)
  const pdf = await carrier.label(bought.label!.url)
  expect(Buffer.from(pdf).subarray(0, 4).toString()).toBe('%PDF')
  const tracker = await carrier.readTracker(bought.label!.trackerId!)
  expect(tracker.trackingCode).toBe(bought.label!.trackingCode)
  expect((await carrier.refund(quoted.externalId)).refund).toBe('submitted')
  expect((await carrier.refund(quoted.externalId)).refund).toBe('submitted')
})

test('a return goes from the person to the stockroom', async () => {
  const quoted = await carrier.quote({ ...order, isReturn: true, from: home, to: stockroom })
  const answer = await fetch(`${provider.url}shipments/${quoted.externalId}`, {
    headers: { authorization: `Basic ${Buffer.from('EZAKlook-alike:').toString('base64')}` },
  })
  const kept = (await answer.json()) as { from_address: { name: string }; to_address: { company: string } }
  expect(kept).toMatchObject({
    is_return: true,
    from_address: { name: 'Fern Hollis' },
    to_address: { company: 'Fernhill' },
  })
})

describe('a purchase buys one label, whatever goes wrong:', () => {
  const faults: [string, Omit<Fault, 'on'>, 'bought' | 'unavailable' | 'too_many'][] = [
    ['429 for a moment', { how: '429', times: 2, retryAfter: 1 }, 'bought'],
    ['429 for long', { how: '429', retryAfter: 600 }, 'too_many'],
    ['500, not done', { how: '500' }, 'unavailable'],
    ['500, done', { how: '500', isDone: true }, 'bought'],
    ['broken JSON', { how: 'broken JSON' }, 'bought'],
    ['later than anybody waits', { how: 'late', ms: 3_000 }, 'bought'],
    ['closed after doing it', { how: 'close after doing it' }, 'bought'],
    ['closed before', { how: 'close before' }, 'unavailable'],
    ['an error of another shape', { how: 'error of another shape' }, 'unavailable'],
    ['a page instead of JSON', { how: 'no JSON' }, 'unavailable'],
  ]
  test.each(faults)('%s', async (_name, fault, outcome) => {
    const quoted = await carrier.quote(order)
    const input = { externalId: quoted.externalId, rateId: cheapest(quoted).id }
    provider.fail({ on: 'buy', ...fault })
    if (outcome === 'bought') expect((await carrier.buy(input)).label).not.toBeNull()
    else {
      await expect(carrier.buy(input)).rejects.toMatchObject({ problem: outcome })
      expect(provider.bought(order.reference)).toEqual([])
    }
    // Asked again, it ends in the one label.
    const { label } = await carrier.buy(input)
    expect(provider.bought(order.reference)).toEqual([
      { shipmentId: quoted.externalId, trackingCode: label!.trackingCode },
    ])
  })

  test('asked for twice at once', async () => {
    const quoted = await carrier.quote(order)
    const input = { externalId: quoted.externalId, rateId: cheapest(quoted).id }
    const [one, two] = await Promise.all([carrier.buy(input), carrier.buy(input)])
    expect(one.label).toEqual(two.label)
    expect(provider.bought(order.reference)).toHaveLength(1)
  })
})

test('an address that the provider finds is deliverable, with how it is written; a place that is not there is not', async () => {
  expect(await carrier.verifyAddress(stockroom)).toMatchObject({ result: 'deliverable', suggestion: { country: 'US' } })
  const nowhere = await carrier.verifyAddress({
    ...home,
    line1: '000 unknown street',
    city: 'Not A City',
    region: 'ZZ',
    postalCode: '00001',
  })
  expect(nowhere).toMatchObject({ result: 'undeliverable', suggestion: null, point: null })
  expect(nowhere.codes).toContain('E.ADDRESS.NOT_FOUND')
})

test('the same number has the same tracker, and webhooks are told of it', async () => {
  const one = await carrier.track({ trackingCode: '1Z1', carrier: 'UPS' })
  expect((await carrier.track({ trackingCode: '1Z1', carrier: 'ups' })).trackerId).toBe(one.trackerId)
  const { id } = await carrier.webhooks.register({ url: 'http://127.0.0.1:1/hooks', secret: 'sesame' })
  await carrier.webhooks.setSecret({ id, secret: 'other' })
  expect(await carrier.webhooks.list()).toMatchObject([{ id, url: 'http://127.0.0.1:1/hooks' }])
  await carrier.webhooks.remove(id)
  await carrier.webhooks.remove(id)
  expect(await carrier.webhooks.list()).toEqual([])
})
