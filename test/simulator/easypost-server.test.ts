// What the look-alike does with what it is asked, beyond the shapes that the contract suite holds.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { hasValidProof } from '../../server/integrations/carriers/easypost-proof.ts'
import { cityNamed, headquarters } from '../../server/simulator/cities.ts'
import { trackedOf } from '../../server/simulator/easypost.ts'
import { type EasyPostLookAlike, type EasyPostOptions, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { journey } from '../../server/simulator/journeys.ts'
import { randomFrom } from '../../server/simulator/random.ts'

const apiKey = 'EZAKlookalike'
let now = new Date('2026-03-09T18:30:00Z')
const open: { close(): unknown }[] = []

afterEach(async () => {
  now = new Date('2026-03-09T18:30:00Z')
  for (const one of open.splice(0)) await one.close()
})

interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: shapes are held by the contract suite
  body: any
}

interface Asking extends EasyPostLookAlike {
  ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer>
}

async function start(options: Partial<EasyPostOptions> = {}): Promise<Asking> {
  const easypost = await startEasyPost({ apiKey, now: () => now, ...options })
  open.push(easypost)
  return {
    ...easypost,
    async ask(method, path, body, key = options.apiKey ?? apiKey) {
      const response = await fetch(new URL(path, easypost.url), {
        method,
        headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text.startsWith('{') ? JSON.parse(text) : text,
      }
    },
  }
}

const home = { name: 'Ada Rowe', street1: '12 Larch Way', city: 'Fresno', state: 'CA', zip: '93701', country: 'US' }
const office = { company: 'Fernhill', street1: '7 Elm Court', city: 'Denver', state: 'CO', zip: '80205', country: 'US' }

const order = (over: object = {}) => ({
  shipment: { reference: 'R-1', to_address: home, from_address: office, parcel: { weight: 80 }, ...over },
})

async function bought(easypost: Asking, over: object = {}, carrier = 'FedEx') {
  const { body: shipment } = await easypost.ask('POST', 'shipments', order(over))
  const rate = shipment.rates.find((one: { carrier: string }) => one.carrier === carrier)
  const answer = await easypost.ask('POST', `shipments/${shipment.id}/buy`, { rate: { id: rate.id } })
  return answer.body
}

interface Heard {
  headers: IncomingHttpHeaders
  text: string
  event: { id: string; description: string; mode: string; result: { id: string; status: string } }
}

/** Somebody who listens; `answers` is taken from the front, 200 after that. */
async function listener(answers: number[] = []): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      heard.push({ headers: request.headers, text, event: JSON.parse(text) })
      response.writeHead(answers.shift() ?? 200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => server.close() })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/telltale/webhooks/easypost`, heard }
}

async function registered(easypost: Asking, options: { answers?: number[]; secret?: string } = {}) {
  const { url, heard } = await listener(options.answers)
  const { body } = await easypost.ask('POST', 'webhooks', {
    webhook: { url, webhook_secret: options.secret ?? 'café' },
  })
  return { url, heard, hookId: body.id as string }
}

const moving = { status: 'in_transit', detail: 'arrived_at_facility', message: 'Arrived at FedEx location', code: 'AR' }

describe('who asks', () => {
  test('without a key it is 401, with another key 403, both in EasyPost’s own shape', async () => {
    const easypost = await start()
    const nobody = await fetch(new URL('trackers', easypost.url))
    expect([nobody.status, await nobody.json()]).toMatchObject([401, { error: { code: 'UNAUTHORIZED', errors: [] } }])
    const { status, body } = await easypost.ask('GET', 'trackers', undefined, 'EZAKother')
    expect([status, body.error.code]).toEqual([403, 'APIKEY.INACTIVE'])
  })

  test('the key decides the mode of everything', async () => {
    const test = await start({ apiKey: 'EZTKx' })
    expect((await bought(test)).tracker.mode).toBe('test')
    expect((await bought(await start())).tracker.mode).toBe('production')
  })

  test('what is no JSON is 400, what is nowhere is 404, and neither stops it', async () => {
    const easypost = await start()
    const headers = { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}` }
    const response = await fetch(new URL('shipments', easypost.url), { method: 'POST', headers, body: '{"shipment"' })
    expect(response.status).toBe(400)
    expect((await easypost.ask('GET', 'claims')).status).toBe(404)
    expect((await easypost.ask('GET', 'trackers')).status).toBe(200)
  })
})

describe('addresses', () => {
  test('the same door always has the same ZIP+4, in whatever case it is typed', async () => {
    const easypost = await start()
    const check = async (address: object) =>
      (await easypost.ask('POST', 'addresses', { address, verify: true })).body.zip
    expect(await check(home)).toBe(await check({ ...home, street1: '12 LARCH WAY' }))
    expect(await check(home)).not.toBe(await check({ ...home, street1: '14 Larch Way' }))
  })

  test('verify may stand within the address, and may name the checks', async () => {
    const easypost = await start()
    const { body } = await easypost.ask('POST', 'addresses', { address: { ...home, verify: ['delivery'] } })
    expect(Object.keys(body.verifications)).toEqual(['delivery'])
  })

  test('what a strict check refuses is 422; a missing unit is said and still a success', async () => {
    const easypost = await start()
    const bad = { ...home, street1: '000 Nowhere' }
    expect((await easypost.ask('POST', 'addresses', { address: bad, verify_strict: true })).status).toBe(422)
    const { body } = await easypost.ask('POST', 'addresses', {
      address: { ...home, street1: '5 Harbor Tower' },
      verify: true,
    })
    expect(body.verifications.delivery).toMatchObject({
      success: true,
      errors: [{ code: 'E.SECONDARY_INFORMATION.MISSING' }],
    })
  })

  test('an address is where its city is', async () => {
    const easypost = await start()
    const { body } = await easypost.ask('POST', 'addresses', { address: home, verify: true })
    const { latitude, longitude, time_zone: zone } = body.verifications.delivery.details
    expect([Math.round(latitude), Math.round(longitude), zone]).toEqual([37, -120, 'America/Los_Angeles'])
  })
})

describe('labels', () => {
  test('a label is bought once: the second time is refused, and the first stays', async () => {
    const easypost = await start()
    const { id, selected_rate: rate, tracking_code: code } = await bought(easypost)
    const { status, body } = await easypost.ask('POST', `shipments/${id}/buy`, { rate: { id: rate.id } })
    expect([status, body.error.code]).toEqual([422, 'SHIPMENT.POSTAGE.EXISTS'])
    expect(easypost.bought('R-1')).toEqual([{ shipmentId: id, trackingCode: code }])
  })

  test('a shipment is found by the reference it was given, and only bought ones are in the list unless asked', async () => {
    const easypost = await start()
    const { id } = await bought(easypost)
    await easypost.ask('POST', 'shipments', order({ reference: 'R-2' }))
    expect((await easypost.ask('GET', 'shipments/R-1')).body.id).toBe(id)
    expect((await easypost.ask('GET', 'shipments')).body.shipments).toHaveLength(1)
    expect((await easypost.ask('GET', 'shipments?purchased=false')).body.shipments).toHaveLength(2)
  })

  test('a rate of another shipment buys nothing', async () => {
    const easypost = await start()
    const { selected_rate: rate } = await bought(easypost)
    const { body: other } = await easypost.ask('POST', 'shipments', order({ reference: 'R-2' }))
    const { status } = await easypost.ask('POST', `shipments/${other.id}/buy`, { rate: { id: rate.id } })
    expect(status).toBe(404)
    expect(easypost.bought('R-2')).toEqual([])
  })

  test('on a return both addresses change places, since they are given as on the way out', async () => {
    const easypost = await start()
    const { body } = await easypost.ask('POST', 'shipments', order({ is_return: true }))
    expect([body.to_address.company, body.from_address.name]).toEqual(['Fernhill', 'Ada Rowe'])
  })

  test('the label is a PDF where a PDF is asked for, and a picture that has a PDF on request', async () => {
    const easypost = await start()
    const { postage_label: label } = await bought(easypost, { options: { label_format: 'PDF' } })
    const pdf = await fetch(label.label_url)
    expect(pdf.headers.get('content-type')).toBe('application/pdf')
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    const { id, postage_label: picture } = await bought(easypost, { reference: 'R-2' })
    expect([picture.label_file_type, picture.label_pdf_url]).toEqual(['image/png', null])
    expect((await (await fetch(picture.label_url)).arrayBuffer()).byteLength).toBeGreaterThan(100)
    const { body } = await easypost.ask('GET', `shipments/${id}/label?file_format=PDF`)
    expect((await fetch(body.postage_label.label_pdf_url)).status).toBe(200)
    expect((await fetch(picture.label_url.replace(/labels\/./, 'labels/x'))).status).toBe(403)
  })

  test('a signature costs more, a parcel abroad comes with DHL, and who cannot take it says so', async () => {
    const easypost = await start()
    const priced = async (over: object) => (await easypost.ask('POST', 'shipments', order(over))).body
    const plain = await priced({})
    const signed = await priced({ options: { delivery_confirmation: 'ADULT_SIGNATURE' } })
    expect(Number(signed.rates[0].rate)).toBeGreaterThan(Number(plain.rates[0].rate))
    const abroad = await priced({
      to_address: { ...home, city: 'Toronto', state: 'ON', zip: 'M4C 1B5', country: 'CA' },
    })
    expect(abroad.rates.map(({ carrier }: { carrier: string }) => carrier)).toContain('DHLExpress')
    expect(abroad.messages).toMatchObject([{ carrier: 'USPS', type: 'rate_error' }])
    const box = await priced({ to_address: { ...home, street1: 'PO Box 12' } })
    expect(new Set(box.rates.map(({ carrier }: { carrier: string }) => carrier))).toEqual(new Set(['USPS']))
  })

  test('money comes back for a label that nobody used, and not for one on its way', async () => {
    const easypost = await start()
    const { id } = await bought(easypost)
    expect((await easypost.ask('POST', `shipments/${id}/refund`)).body.refund_status).toBe('submitted')
    expect((await easypost.ask('POST', `shipments/${id}/refund`)).status).toBe(422)
    await easypost.payRefunds()
    expect((await easypost.ask('GET', `shipments/${id}`)).body.refund_status).toBe('refunded')
    const other = await bought(easypost, { reference: 'R-2' })
    await easypost.scan(other.tracking_code, moving)
    expect((await easypost.ask('POST', `shipments/${other.id}/refund`)).body.refund_status).toBe('rejected')
  })
})

describe('trackers', () => {
  test('the same number and carrier is the same tracker for three months', async () => {
    const easypost = await start()
    const track = async () =>
      (await easypost.ask('POST', 'trackers', { tracker: { tracking_code: '1Z999AA10123456784', carrier: 'UPS' } }))
        .body
    const first = await track()
    expect((await track()).id).toBe(first.id)
    now = new Date('2026-07-01T00:00:00Z')
    expect((await track()).id).not.toBe(first.id)
  })

  test.each([
    ['EZ1000000001', 'pre_transit'],
    ['EZ1000000004', 'pre_transit'],
    ['EZ2000000002', 'in_transit'],
    ['EZ3000000003', 'out_for_delivery'],
    ['EZ4000000004', 'delivered'],
    ['EZ5000000005', 'return_to_sender'],
    ['EZ6000000006', 'failure'],
    ['EZ7000000007', 'unknown'],
    ['1Z999AA10123456784', 'error'],
  ])('with a test key %s is %s', async (code, status) => {
    const easypost = await start({ apiKey: 'EZTKx' })
    const { body } = await easypost.ask('POST', 'trackers', { tracker: { tracking_code: code } })
    expect(body.status).toBe(status)
  })

  test('a number without a carrier is told by its form, and one of no form is refused', async () => {
    const easypost = await start()
    const carrier = async (code: string) =>
      (await easypost.ask('POST', 'trackers', { tracker: { tracking_code: code } })).body.carrier
    expect(await carrier('1Z999AA10123456784')).toBe('UPS')
    expect(await carrier('794612345678')).toBe('FedEx')
    const { status, body } = await easypost.ask('POST', 'trackers', { tracker: { tracking_code: 'HELLO' } })
    expect([status, body.error.code]).toEqual([422, 'TRACKER.NO_CARRIER_FOR_CODE'])
  })

  test('an adopted parcel shows what has happened by now, and nothing of what will', async () => {
    const easypost = await start()
    const parcel = journey({
      random: randomFrom(2),
      carrier: 'FedEx',
      from: headquarters,
      to: cityNamed('Denver'),
      labelAt: now,
      signedBy: 'A. ROWE',
    })
    const tracked = trackedOf(parcel, parcel.scans.length)
    easypost.adopt(tracked)
    const read = async () => (await easypost.ask('GET', `trackers/${tracked.id}`)).body
    expect(await read()).toMatchObject({ status: 'pre_transit', signed_by: null })
    now = parcel.scans[2]?.at ?? now
    expect((await read()).tracking_details).toHaveLength(3)
    now = new Date('2026-04-01T00:00:00Z')
    expect(await read()).toMatchObject({ status: 'delivered', signed_by: 'A. ROWE', finalized: true })
  })

  test('a deleted tracker is gone and tells nobody any more', async () => {
    const easypost = await start()
    const { heard } = await registered(easypost)
    const { tracker } = await bought(easypost)
    await easypost.ask('DELETE', `trackers/${tracker.id}`)
    await easypost.scan(tracker.tracking_code, moving)
    expect((await easypost.ask('GET', `trackers/${tracker.id}`)).status).toBe(404)
    expect(heard).toEqual([])
  })

  test('a carrier that changes where a parcel is bound says so in the tracker', async () => {
    const easypost = await start()
    const { tracker } = await bought(easypost)
    await easypost.scan(tracker.tracking_code, { ...moving, boundFor: { city: 'Newark', region: 'NJ', country: 'US' } })
    const { body } = await easypost.ask('GET', `trackers/${tracker.id}`)
    expect(body.carrier_detail.destination_location).toBe('NEWARK NJ US')
  })
})

describe('webhooks', () => {
  const believes = (heard: Heard, secret: string, only?: 'v1' | 'v2') => {
    const hidden = only === 'v1' ? 'x-hmac-signature-v2' : only === 'v2' ? 'x-hmac-signature' : ''
    const header = (name: string) => (name === hidden ? null : ((heard.headers[name] as string | undefined) ?? null))
    const path = '/telltale/webhooks/easypost'
    return hasValidProof({ method: 'POST', path, header, body: Buffer.from(heard.text) }, { secret, path, now })
  }

  test('each proof holds alone, and neither with another secret', async () => {
    const easypost = await start()
    const { heard } = await registered(easypost)
    const { tracking_code: code } = await bought(easypost)
    await easypost.scan(code, moving)
    const [first] = heard
    if (first === undefined) throw new Error('nothing was heard')
    expect(first.event).toMatchObject({ description: 'tracker.updated', mode: 'production' })
    expect([believes(first, 'café'), believes(first, 'café', 'v1'), believes(first, 'café', 'v2')]).toEqual([
      true,
      true,
      true,
    ])
    expect(believes(first, 'other')).toBe(false)
  })

  test('a changed secret signs from then on', async () => {
    const easypost = await start()
    const { heard, hookId } = await registered(easypost)
    const { tracking_code: code } = await bought(easypost)
    await easypost.ask('PATCH', `webhooks/${hookId}`, { webhook_secret: 'new' })
    await easypost.scan(code, moving)
    expect(heard.map((one) => believes(one, 'new'))).toEqual([true])
  })

  test('the API answers an event without its result, and lists how it was delivered', async () => {
    const easypost = await start()
    const { heard, url } = await registered(easypost)
    const { tracking_code: code } = await bought(easypost)
    await easypost.scan(code, moving)
    const id = heard[0]?.event.id ?? ''
    expect((await easypost.ask('GET', `events/${id}`)).body).not.toHaveProperty('result')
    const { body } = await easypost.ask('GET', `events/${id}/payloads`)
    expect(body.payloads).toMatchObject([{ request_url: url, response_code: 200, request_body: heard[0]?.text }])
  })

  test('a password in the URL becomes Basic auth, and headers of one’s own come along', async () => {
    const easypost = await start()
    const { url, heard } = await listener()
    await easypost.ask('POST', 'webhooks', {
      webhook: { url: url.replace('://', '://ivy:s%3At@'), custom_headers: [{ name: 'X-Team', value: 'it' }] },
    })
    const { tracking_code: code } = await bought(easypost)
    await easypost.scan(code, moving)
    expect(heard[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ivy:s:t').toString('base64')}`,
      'x-team': 'it',
    })
    expect(heard[0]?.headers).not.toHaveProperty('x-hmac-signature')
  })

  const steps = ['Picked up', 'Departed', 'Arrived', 'On vehicle']
  async function delivered(deliver: NonNullable<EasyPostOptions['deliver']>) {
    const easypost = await start({ deliver })
    const { heard } = await registered(easypost)
    const { tracking_code: code } = await bought(easypost)
    for (const message of steps) await easypost.scan(code, { ...moving, message })
    const seen = () => heard.map(({ text }) => JSON.parse(text).result.tracking_details.length as number)
    return { easypost, heard, seen }
  }

  test('may come at once, twice, late or in another order, and none is lost', async () => {
    expect((await delivered('at once')).seen()).toEqual([1, 2, 3, 4])
    const twice = await delivered('twice')
    expect(twice.seen()).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
    expect(new Set(twice.heard.map(({ event }) => event.id)).size).toBe(4)
    const late = await delivered('late')
    expect(late.seen()).toEqual([])
    await late.easypost.release()
    expect(late.seen()).toEqual([1, 2, 3, 4])
    expect((await delivered('out of order')).seen()).toEqual([2, 1, 4, 3])
  })

  test('what nobody takes is sent again, and a URL that never takes anything is switched off until it is changed', async () => {
    const easypost = await start()
    const { heard, hookId } = await registered(easypost, { answers: [500, 503] })
    const { tracking_code: code } = await bought(easypost)
    await easypost.scan(code, moving)
    await easypost.release()
    await easypost.release()
    await easypost.release()
    expect(heard).toHaveLength(3)
    const deaf = await start()
    const gone = await registered(deaf, { answers: Array.from({ length: 9 }, () => 500) })
    const { tracking_code: other } = await bought(deaf)
    await deaf.scan(other, moving)
    for (let again = 0; again < 8; again++) await deaf.release()
    const disabledAt = async () => (await deaf.ask('GET', `webhooks/${gone.hookId}`)).body.disabled_at
    expect(await disabledAt()).not.toBeNull()
    await deaf.ask('PATCH', `webhooks/${gone.hookId}`, {})
    expect(await disabledAt()).toBeNull()
    expect((await easypost.ask('GET', `webhooks/${hookId}`)).body.disabled_at).toBeNull()
  })
})

describe('faults', () => {
  const rateOf = async (easypost: Asking) => {
    const { body } = await easypost.ask('POST', 'shipments', order())
    return { path: `shipments/${body.id}/buy`, body: { rate: { id: body.rates[0].id } } }
  }

  test.each([
    { how: '429', retryAfter: 3 },
    { how: '500' },
    { how: 'close before' },
    { how: 'error of another shape' },
    { how: 'no JSON' },
    { how: 'carrier timed out' },
  ] as const)('$how leaves nothing bought, and the next try buys', async (fault) => {
    const easypost = await start()
    const { path, body } = await rateOf(easypost)
    easypost.fail({ on: 'buy', ...fault })
    const first = await easypost.ask('POST', path, body).catch(() => null)
    expect(first?.status ?? 'no answer').not.toBe(200)
    if (fault.how === '429') expect(first?.headers.get('retry-after')).toBe('3')
    expect(easypost.bought('R-1')).toEqual([])
    expect((await easypost.ask('POST', path, body)).status).toBe(200)
  })

  test.each([
    { how: 'close after doing it' },
    { how: 'broken JSON' },
    { how: '500', isDone: true },
    { how: 'carrier timed out', isDone: true },
    { how: 'late', ms: 1 },
  ] as const)('$how buys, whatever the answer', async (fault) => {
    const easypost = await start()
    const { path, body } = await rateOf(easypost)
    easypost.fail({ on: 'buy', ...fault })
    await easypost.ask('POST', path, body).catch(() => null)
    expect(easypost.bought('R-1')).toHaveLength(1)
  })

  test('a fault waits for what it is meant for, as often as it is told', async () => {
    const easypost = await start()
    easypost.fail({ on: 'tracker', how: '500', times: 2 })
    const { path, body } = await rateOf(easypost)
    expect((await easypost.ask('POST', path, body)).status).toBe(200)
    const statuses = []
    for (let time = 0; time < 3; time++) statuses.push((await easypost.ask('GET', 'trackers')).status)
    expect(statuses).toEqual([500, 500, 200])
    expect(easypost.requests.map(({ method, path: asked }) => `${method} ${asked}`).slice(-1)).toEqual([
      'GET /v2/trackers',
    ])
  })
})

test('the same requests at the same time give the same answers', async () => {
  const story = async () => {
    const easypost = await start()
    const { id, tracking_code: code, rates } = await bought(easypost)
    return { id, code, rates }
  }
  expect(await story()).toEqual(await story())
})
