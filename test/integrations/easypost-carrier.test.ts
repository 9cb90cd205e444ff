// EasyPost behind the carrier port: on recorded answers, and on everything that may go wrong on the way.
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createEasyPostCarrier,
  type EasyPostCarrierOptions,
} from '../../server/integrations/carriers/easypost-carrier.ts'
import type { ParcelOrder, PostalAddress } from '../../server/ports.ts'

interface Came {
  method: string
  path: string
  authorization: string
  // biome-ignore lint/suspicious/noExplicitAny: a request is read as what the test expects of it
  body: any
}
type Reply = { status: number; body: unknown; headers?: Record<string, string> } | ((response: ServerResponse) => void)

const came: Came[] = []
let replies: Reply[] = []
let base = ''
const server = createServer(async (request: IncomingMessage, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const sent = Buffer.concat(chunks).toString()
  came.push({
    method: request.method ?? '',
    path: request.url ?? '',
    authorization: request.headers.authorization ?? '',
    body: sent === '' ? null : JSON.parse(sent),
  })
  const reply = replies.length > 1 ? replies.shift()! : replies[0]!
  if (typeof reply === 'function') return reply(response)
  const isText = typeof reply.body === 'string' || reply.body instanceof Uint8Array
  response.writeHead(reply.status, {
    'content-type': isText ? 'text/html' : 'application/json',
    ...reply.headers,
  })
  response.end(isText ? reply.body : JSON.stringify(reply.body))
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

const waited: number[] = []
beforeEach(() => {
  came.length = 0
  waited.length = 0
})

const carrier = (over: Partial<EasyPostCarrierOptions> = {}) =>
  createEasyPostCarrier({
    apiKey: 'EZAKmade-up',
    baseUrl: base,
    allowPrivate: true,
    timeoutMs: 5_000,
    wait: async (ms) => void waited.push(ms),
    ...over,
  })

const error = (status: number, code: string, message: unknown = 'no', errors: unknown[] = []) => ({
  status,
  body: { error: { code, message, errors } },
})

const stockroom: PostalAddress = {
  name: 'Stockroom',
  company: 'Fernhill',
  line1: '1 Depot Road',
  line2: '',
  city: 'Columbus',
  region: 'OH',
  postalCode: '43215',
  country: 'US',
  phone: '6145550100',
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
  reference: 'shp_1',
  isReturn: false,
  from: stockroom,
  to: home,
  parcel: { lengthCm: 40, widthCm: 30, heightCm: 10, weightGrams: 3000 },
  signature: 'adult signature',
  holdForPickup: false,
  forbidRedirect: true,
}

const rate = { id: 'rate_1', carrier: 'USPS', service: 'Priority', rate: '8.10', currency: 'USD', delivery_days: 2 }
const quoted = { id: 'shp_aa', object: 'Shipment', rates: [rate], postage_label: null, messages: [] }
const bought = {
  ...quoted,
  selected_rate: rate,
  postage_label: { label_url: 'https://labels.example/1.pdf', label_pdf_url: null },
  tracking_code: '9400',
  tracker: { id: 'trk_1' },
}

describe('what is asked of EasyPost', () => {
  test('a quote is in inches and ounces, with the label as PDF, the signature and the word against forwarding', async () => {
    replies = [{ status: 201, body: { ...quoted, rates: [rate, { id: 'rate_2' }] } }]
    const shipment = await carrier().quote(order)
    expect(came[0]).toMatchObject({
      method: 'POST',
      path: '/v2/shipments',
      authorization: `Basic ${Buffer.from('EZAKmade-up:').toString('base64')}`,
      body: {
        shipment: {
          reference: 'shp_1',
          is_return: false,
          to_address: { name: 'Fern Hollis', street1: '12 Maple Street', zip: '02118', state: 'MA' },
          from_address: { company: 'Fernhill' },
          parcel: { length: 15.7, width: 11.8, height: 3.9, weight: 105.9 },
          options: {
            label_format: 'PDF',
            delivery_confirmation: 'ADULT_SIGNATURE',
            endorsement: 'RETURN_SERVICE_REQUESTED',
          },
        },
      },
    })
    expect(came[0]!.body.shipment.to_address).not.toHaveProperty('street2')
    // A rate that cannot be read is left out, and the others stand.
    expect(shipment.rates).toEqual([
      { id: 'rate_1', carrier: 'USPS', service: 'Priority', amount: '8.10', currency: 'USD', deliveryDays: 2 },
    ])
    expect(shipment).toMatchObject({ externalId: 'shp_aa', label: null, refund: null, messages: [] })
  })

  test('a return goes with the addresses of the way out, since EasyPost swaps them', async () => {
    replies = [{ status: 201, body: quoted }]
    await carrier().quote({
      ...order,
      isReturn: true,
      from: home,
      to: stockroom,
      signature: 'none',
      forbidRedirect: false,
    })
    expect(came[0]!.body.shipment).toMatchObject({
      is_return: true,
      from_address: { company: 'Fernhill' },
      to_address: { name: 'Fern Hollis' },
      options: { label_format: 'PDF' },
    })
    expect(Object.keys(came[0]!.body.shipment.options)).toEqual(['label_format'])
  })

  test('the mode is the key’s, and only USPS can be asked not to forward', () => {
    expect(carrier().mode).toBe('production')
    expect(carrier({ apiKey: 'EZTKmade-up' }).mode).toBe('test')
    expect(['USPS', 'UPS', 'FedEx'].map((name) => carrier().canForbidRedirect(name))).toEqual([true, false, false])
  })

  test('no parcel can be stopped on its way, and that is said without a call', async () => {
    expect(await carrier().intercept({ externalId: 'shp_aa' })).toBe(false)
    expect(came).toEqual([])
  })

  test('an id that would lead elsewhere is refused before anything is sent', async () => {
    await expect(carrier().readTracker('../users')).rejects.toMatchObject({ problem: 'invalid' })
    expect(came).toEqual([])
  })

  test('a carrier’s name is spelled as EasyPost does, and left out where EasyPost is better at telling', async () => {
    replies = [{ status: 200, body: { id: 'trk_1', tracking_code: '1Z1', carrier: 'UPS', tracking_details: [] } }]
    for (const name of ['ups', 'DHL', null, 'OnTrac']) await carrier().track({ trackingCode: '1Z1', carrier: name })
    expect(came.map((one) => one.body.tracker.carrier)).toEqual(['UPS', undefined, undefined, 'OnTrac'])
  })
})

describe('a purchase', () => {
  const buy = () => carrier().buy({ externalId: 'shp_aa', rateId: 'rate_1' })

  test('gives the label with what it cost', async () => {
    replies = [{ status: 200, body: bought }]
    expect((await buy()).label).toEqual({
      carrier: 'USPS',
      service: 'Priority',
      amount: '8.10',
      currency: 'USD',
      trackingCode: '9400',
      trackerId: 'trk_1',
      url: 'https://labels.example/1.pdf',
    })
    expect(came).toMatchObject([{ method: 'POST', path: '/v2/shipments/shp_aa/buy', body: { rate: { id: 'rate_1' } } }])
  })

  test('asked again for the same shipment ends in the label that was bought', async () => {
    replies = [error(422, 'SHIPMENT.POSTAGE.EXISTS'), { status: 200, body: bought }]
    expect((await buy()).label?.trackingCode).toBe('9400')
    expect(came.map((one) => one.method)).toEqual(['POST', 'GET'])
  })

  test('whose connection closed after it was done finds its label, and buys no second one', async () => {
    replies = [(response) => response.destroy(), { status: 200, body: bought }]
    expect((await buy()).label?.trackingCode).toBe('9400')
    expect(came.filter((one) => one.method === 'POST')).toHaveLength(1)
  })

  test('of which nobody knows whether it was done says so', async () => {
    for (const reply of [
      error(422, 'SHIPMENT.POSTAGE.TIMED_OUT'),
      error(500, 'INTERNAL_SERVER_ERROR'),
      (response: ServerResponse) => response.destroy(),
    ]) {
      replies = [reply, { status: 200, body: quoted }]
      await expect(buy()).rejects.toMatchObject({ problem: 'unavailable' })
    }
  })

  test('that was refused says why in EasyPost’s words, and by which member', async () => {
    replies = [
      error(422, 'SHIPMENT.PURCHASE.FAILURE', 'The rate has expired.', [
        { field: 'rate', message: 'is too old', suggestion: 'ask for rates again' },
        'Some carriers say it in a text.',
      ]),
      { status: 200, body: quoted },
    ]
    await expect(buy()).rejects.toMatchObject({
      problem: 'invalid',
      message: 'EasyPost refused it: The rate has expired. Some carriers say it in a text.',
      faults: [{ path: 'rate', problem: 'is too old (ask for rates again)' }],
    })
  })
})

describe('what goes wrong', () => {
  const list = (over: Partial<EasyPostCarrierOptions> = {}) => carrier(over).webhooks.list()

  test('429 is asked again after 1, 2 and 4 seconds and a jitter, and then is “not done”', async () => {
    replies = [error(429, 'RATE_LIMITED')]
    await expect(list()).rejects.toMatchObject({ problem: 'too_many' })
    expect(came).toHaveLength(4)
    expect(waited.map((ms) => Math.floor(ms / 1000))).toEqual([1, 2, 4])
    expect(waited.every((ms, at) => ms <= [1250, 2500, 5000][at]!)).toBe(true)
  })

  test('Retry-After is kept to, unless it is longer than anybody waits', async () => {
    replies = [
      { ...error(429, ''), headers: { 'retry-after': '7' } },
      { status: 200, body: { webhooks: [] } },
    ]
    expect(await list()).toEqual([])
    expect(Math.floor(waited[0]! / 1000)).toBe(7)
    replies = [{ ...error(429, ''), headers: { 'retry-after': '3600' } }]
    await expect(list()).rejects.toMatchObject({ problem: 'too_many' })
    expect(waited).toHaveLength(1)
  })

  const unknown: [string, Reply][] = [
    ['500', error(500, 'INTERNAL_SERVER_ERROR')],
    ['a gateway’s page', { status: 502, body: '<h1>Bad gateway</h1>' }],
    ['broken JSON', { status: 200, body: '{"webhooks": [', headers: { 'content-type': 'application/json' } }],
    ['JSON of another shape', { status: 200, body: { hooks: [] } }],
    ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/elsewhere' } }],
    ['nothing', (response) => response.destroy()],
  ]
  test.each(unknown)('%s leaves open what was done', async (_name, reply) => {
    replies = [reply]
    await expect(list()).rejects.toMatchObject({ problem: 'unavailable' })
    expect(came).toHaveLength(1)
  })

  test('an answer that never comes ends by our own time-out', async () => {
    const open: ServerResponse[] = []
    replies = [(response) => void open.push(response)]
    await expect(list({ timeoutMs: 50 })).rejects.toMatchObject({
      problem: 'unavailable',
      message: 'EasyPost gave no answer that can be read: it took too long.',
    })
    for (const response of open) response.destroy()
  })

  test('an error body in another shape is a refusal all the same, never a crash', async () => {
    replies = [{ status: 400, body: { message: 'Forbidden by the proxy' } }]
    await expect(list()).rejects.toMatchObject({
      problem: 'invalid',
      message: 'EasyPost refused it: Forbidden by the proxy',
    })
    replies = [{ status: 404, body: '<h1>not here</h1>' }]
    await expect(list()).rejects.toMatchObject({ problem: 'not_found' })
    replies = [error(422, 'X', { street: ['cannot be blank'], zip: 'is odd' })]
    await expect(list()).rejects.toMatchObject({ message: 'EasyPost refused it: cannot be blank is odd' })
  })

  test('a key that is not taken is a conflict that names the key', async () => {
    replies = [error(401, 'APIKEY.INACTIVE', 'This api key is no longer active.')]
    await expect(list()).rejects.toMatchObject({
      problem: 'conflict',
      message: 'EasyPost does not take this API key for that: This api key is no longer active.',
    })
  })
})

describe('a label', () => {
  test('is the PDF behind its address, byte for byte', async () => {
    const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.from([0xff, 0x00, 0xfe])])
    replies = [{ status: 200, body: pdf }]
    expect(Buffer.from(await carrier().label(`${base}/label.pdf`))).toEqual(pdf)
  })

  test('that is no PDF, or is gone, is said to be so', async () => {
    replies = [{ status: 200, body: '<html>' }]
    await expect(carrier().label(`${base}/label.pdf`)).rejects.toMatchObject({ problem: 'unavailable' })
    replies = [{ status: 403, body: '' }]
    await expect(carrier().label(`${base}/label.pdf`)).rejects.toThrow(/could not be fetched.*403/)
  })

  test('at a private address is fetched only where the operator named the base URL', async () => {
    await expect(carrier({ allowPrivate: false }).label(`${base}/label.pdf`)).rejects.toMatchObject({
      problem: 'forbidden',
    })
    expect(came).toEqual([])
  })
})

test('a refund that was asked for before is told as it stands', async () => {
  replies = [
    error(422, 'SHIPMENT.REFUND.UNAVAILABLE'),
    { status: 200, body: { ...bought, refund_status: 'submitted' } },
  ]
  expect((await carrier().refund('shp_aa')).refund).toBe('submitted')
})

test('a webhook that is gone counts as removed', async () => {
  replies = [error(404, 'NOT_FOUND')]
  await carrier().webhooks.remove('hook_1')
  expect(came).toMatchObject([{ method: 'DELETE', path: '/v2/webhooks/hook_1' }])
})

// ── Recorded answers ───────────────────────────────────────────────────────────────────────────────────────

const recordings = '../shared/payloads/easypost'
const hasRecordings = existsSync(recordings) || process.env['CI'] !== undefined

describe.skipIf(!hasRecordings)('on recorded answers', () => {
  // biome-ignore lint/suspicious/noExplicitAny: recorded bodies are read as what the test expects of them
  const recorded = (name: string): any => JSON.parse(readFileSync(`${recordings}/${name}.json`, 'utf8'))
  const answered = (name: string) => {
    const { response } = recorded(name)
    replies = [{ status: response.status, body: response.body }]
    return response.body
  }

  test('a shipment’s rates are read', async () => {
    const body = answered('shipment-create')
    const shipment = await carrier().quote(order)
    expect(shipment.label).toBeNull()
    expect(shipment.rates.map((one) => one.id)).toEqual(body.rates.map((one: { id: string }) => one.id))
    expect(shipment.rates.every((one) => /^\d+\.\d\d$/.test(one.amount) && one.currency === 'USD')).toBe(true)
  })

  test('a bought label is read with its tracker', async () => {
    const body = answered('shipment-buy')
    const { label } = await carrier().buy({ externalId: 'shp_aa', rateId: 'rate_1' })
    expect(label).toMatchObject({
      trackingCode: body.tracking_code,
      trackerId: body.tracker.id,
      amount: body.selected_rate.rate,
      url: body.postage_label.label_url,
    })
  })

  test('an address is deliverable only where nothing worse than a soft code stands beside success', async () => {
    const verdictOn = async (name: string) => {
      answered(name)
      return carrier().verifyAddress(home)
    }
    const good = await verdictOn('address-create-verify-strict-success')
    expect(good).toMatchObject({ result: 'deliverable', codes: [] })
    expect(good.suggestion?.postalCode).toMatch(/^\d{5}-\d{4}$/)
    expect(good.point).toMatchObject({ latitude: expect.any(Number), longitude: expect.any(Number) })
    const nothing = { result: 'undeliverable', codes: ['E.ADDRESS.NOT_FOUND'], suggestion: null, point: null }
    expect(await verdictOn('address-create-verify-carrier-ups-errors-but-success-true')).toMatchObject(nothing)
    expect(await verdictOn('address-create-verify-nonstrict-failure')).toMatchObject(nothing)
    expect(came[0]!.body).toMatchObject({ verify: true, address: { street1: '12 Maple Street' } })
  })

  test('errors are told with their faults, as objects and as plain texts', async () => {
    answered('error-422-parameter-required')
    await expect(carrier().quote(order)).rejects.toMatchObject({
      problem: 'invalid',
      faults: [{ path: 'shipment', problem: 'cannot be blank' }],
    })
    const { error: body } = answered('error-404-errors-as-string-array')
    await expect(carrier().read('shp_aa')).rejects.toMatchObject({
      problem: 'not_found',
      message: expect.stringContaining(body.errors[0]),
    })
  })

  test('a tracker reads as its webhook does', async () => {
    replies = [{ status: 200, body: recorded('tracker-retrieve-docs') }]
    const report = await carrier().readTracker('trk_1')
    expect(report).toMatchObject({ kind: 'tracker', trackerId: recorded('tracker-retrieve-docs').id })
    expect(report.scans.length).toBe(recorded('tracker-retrieve-docs').tracking_details.length)
  })

  test('webhooks are registered, given another secret, and listed', async () => {
    answered('webhook-create')
    const { id } = await carrier().webhooks.register({
      url: 'https://house.example/webhooks/easypost',
      secret: 'sesame',
    })
    expect(id).toMatch(/^hook_/)
    answered('webhook-update')
    await carrier().webhooks.setSecret({ id, secret: 'other' })
    replies = [{ status: 200, body: recorded('webhook-list-docs') }]
    expect(await carrier().webhooks.list()).toEqual([
      { id: expect.stringMatching(/^hook_/), url: 'http://example.com', disabledAt: null },
    ])
    expect(came.map((one) => [one.method, one.body])).toEqual([
      ['POST', { webhook: { url: 'https://house.example/webhooks/easypost', webhook_secret: 'sesame' } }],
      ['PATCH', { webhook_secret: 'other' }],
      ['GET', null],
    ])
  })
})

describe('a verdict', () => {
  const verdictOn = async (delivery: object) => {
    replies = [{ status: 201, body: { street1: 'X', verifications: { delivery } } }]
    return (await carrier().verifyAddress(home)).result
  }
  const withCode = (code: string) => ({ errors: [{ code }] })

  test('is “cannot tell” while the check itself is out of order, and for codes that say nobody could look', async () => {
    expect(await verdictOn({ success: false, ...withCode('E.TIMED_OUT') })).toBe('cannot tell')
    expect(await verdictOn({ success: false, ...withCode('E.COUNTRY.UNSUPPORTED') })).toBe('cannot tell')
    expect(await verdictOn({ success: false, errors: [] })).toBe('cannot tell')
    expect(await verdictOn({})).toBe('cannot tell')
  })

  test('stands beside a missing unit, and is “cannot tell” beside a code nobody knows', async () => {
    expect(await verdictOn({ success: true, ...withCode('E.SECONDARY_INFORMATION.MISSING') })).toBe('deliverable')
    expect(await verdictOn({ success: true, ...withCode('E.SOMETHING.NEW') })).toBe('cannot tell')
    expect(await verdictOn({ success: false, ...withCode('E.SOMETHING.NEW') })).toBe('undeliverable')
  })
})
