// One suite, twice: EasyPost's recorded answers and the look-alike's to the same requests have one shape, so that it cannot drift.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { cityNamed, headquarters } from '../../server/simulator/cities.ts'
import { eventBody, signatureHeaders } from '../../server/simulator/easypost.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { journey } from '../../server/simulator/journeys.ts'
import { randomFrom } from '../../server/simulator/random.ts'
import * as shapes from './easypost-shapes.ts'

const folder = '../shared/payloads/easypost'
const hasRecordings = existsSync(folder) || process.env['CI'] !== undefined
const now = new Date('2026-03-09T18:30:00Z')
const apiKey = 'EZTKlookalike'

interface Asked {
  method: string
  url: string
  body: unknown
}

interface Answer {
  status: number
  body: unknown
}

interface Recording {
  request: Asked
  response: Answer
}

const parse = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'))
const recording = (name: string) => parse(name) as Recording

let easypost: EasyPostLookAlike

async function ask(method: string, path: string, body: unknown = null): Promise<Answer> {
  const response = await fetch(new URL(path, easypost.url), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

const idOf = async (answer: Promise<Answer>) => z.looseObject({ id: z.string() }).parse((await answer).body).id

beforeAll(async () => {
  easypost = await startEasyPost({ apiKey, now: () => now })
})
afterAll(() => easypost.close())

// ── What was recorded with its request ──────────────────────────────────────────────────────────────────────

interface Case<T> {
  file: string
  is: string
  status: number
  shape: z.ZodType<T>
  /** What is true of the answer beyond its shape, whoever gave it. */
  holds?: (answer: T, asked: Asked) => void
  /** Makes what the recorded request speaks of, and gives the path with its id. */
  prepare?: () => Promise<string>
}

interface Checked extends Omit<Case<unknown>, 'holds'> {
  check(body: unknown, asked: Asked): void
}

const aCase = <T>({ holds, ...one }: Case<T>): Checked => ({
  ...one,
  check: (body, asked) => {
    const answer = one.shape.parse(body)
    holds?.(answer, asked)
  },
})

const typedAddress = (asked: Asked) =>
  z.looseObject({ address: z.looseObject({ street1: z.string(), zip: z.string() }) }).parse(asked.body).address

const isVerified = (address: z.infer<typeof shapes.address>) => {
  expect(address.name).toBe(address.name?.toUpperCase())
  expect(address.street1).toBe(address.street1.toUpperCase())
  expect(address.street2).toBe('')
  expect(address.zip).toMatch(/^\d{5}-\d{4}$/)
  expect(address.residential).not.toBeNull()
  const { zip4, delivery } = address.verifications
  expect([zip4?.success, delivery?.success]).toEqual([true, true])
  expect(delivery?.details).toHaveProperty('time_zone', 'America/Los_Angeles')
}

const anAddress = { street1: '12 Larch Way', city: 'Fresno', state: 'CA', zip: '93701', country: 'US' }
const aParcel = { parcel: { weight: 80 }, to_address: anAddress, from_address: { ...anAddress, street1: '7 Elm Ct' } }

async function aShipment(reference: string) {
  const { body } = await ask('POST', 'shipments', { shipment: { ...aParcel, reference } })
  return shapes.unboughtShipment.parse(body)
}

async function aLabel(reference: string) {
  const { id, rates } = await aShipment(reference)
  return shapes.boughtShipment.parse((await ask('POST', `shipments/${id}/buy`, { rate: { id: rates[0]?.id } })).body)
}

const cases: Checked[] = [
  aCase({
    file: 'address-verify-success',
    is: 'an address checked by its id is wrapped, standardised, and another one',
    status: 200,
    shape: shapes.wrappedAddress,
    holds: ({ address }, asked) => {
      isVerified(address)
      expect(asked.url).not.toContain(address.id)
    },
    prepare: async () => {
      const typed = typedAddress(recording('address-create-and-verify-success').request)
      return `addresses/${await idOf(ask('POST', 'addresses', { address: typed }))}/verify`
    },
  }),
  aCase({
    file: 'address-create-and-verify-success',
    is: 'an address made and checked at once is wrapped and answered with 200',
    status: 200,
    shape: shapes.wrappedAddress,
    holds: ({ address }) => isVerified(address),
  }),
  aCase({
    file: 'address-create-verify-strict-success',
    is: 'one made with a strict check is bare and answered with 201',
    status: 201,
    shape: shapes.address,
    holds: isVerified,
  }),
  aCase({
    file: 'address-create-verify-nonstrict-failure',
    is: 'one that is not found is made all the same, as it was typed, and says so',
    status: 201,
    shape: shapes.address,
    holds: (address, asked) => {
      expect(address.street1).toBe(typedAddress(asked).street1)
      expect(address.zip).toBe(typedAddress(asked).zip)
      expect(address.verifications.delivery?.success).toBe(false)
      expect(address.verifications.delivery?.errors[0]?.code).toBe('E.ADDRESS.NOT_FOUND')
    },
  }),
  aCase({
    file: 'address-create-verify-carrier-ups-errors-but-success-true',
    is: 'one that a carrier is asked about is a success beside the error that it was not found',
    status: 201,
    shape: shapes.address,
    holds: (address) => {
      const { delivery, verify_carrier: carrier } = address.verifications
      expect(delivery).toMatchObject({ success: true, details: { latitude: null } })
      expect(delivery?.errors[0]?.code).toBe('E.ADDRESS.NOT_FOUND')
      expect(carrier).toBe('ups')
      expect(address.street1).toBe(address.street1.toUpperCase())
    },
  }),
  aCase({
    file: 'address-create-and-verify-failure-422',
    is: 'one that cannot be checked is refused with what is wrong',
    status: 422,
    shape: shapes.refusal,
    holds: ({ error }) => {
      expect(error.code).toBe('ADDRESS.VERIFY.FAILURE')
      expect(error.errors).toMatchObject([{ code: 'E.ADDRESS.NOT_FOUND', field: 'address', suggestion: null }])
    },
  }),
  aCase({
    file: 'address-verify-failure-422-house-number',
    is: 'one without a house number is refused with two faults',
    status: 422,
    shape: shapes.refusal,
    holds: ({ error }) =>
      expect(error.errors).toMatchObject([
        { code: 'E.ADDRESS.NOT_FOUND', field: 'address' },
        { code: 'E.HOUSE_NUMBER.MISSING', field: 'street1' },
      ]),
    prepare: async () => {
      const address = { ...anAddress, street1: 'Larch Way' }
      return `addresses/${await idOf(ask('POST', 'addresses', { address }))}/verify`
    },
  }),
  aCase({
    file: 'shipment-create',
    is: 'a shipment has rates, its options and what EasyPost adds to them, and no label',
    status: 201,
    shape: shapes.unboughtShipment,
    holds: (shipment, asked) => {
      const { shipment: typed } = z
        .looseObject({ shipment: z.looseObject({ options: z.object({}).loose(), reference: z.string() }) })
        .parse(asked.body)
      expect(shipment.options).toMatchObject(typed.options)
      expect(shipment.reference).toBe(typed.reference)
      expect(shipment.rates.length).toBeGreaterThan(1)
      expect(new Set(shipment.rates.map((rate) => rate.shipment_id))).toEqual(new Set([shipment.id]))
      expect(shipment.return_address.id).toBe(shipment.from_address.id)
      expect(shipment.buyer_address.id).toBe(shipment.to_address.id)
      expect(shipment.to_address.verifications).toEqual({})
      expect(shipment.status).toBe('unknown')
    },
  }),
  aCase({
    file: 'shipment-buy',
    is: 'a bought shipment has its label, its rate, and a tracker that knows nothing yet',
    status: 200,
    shape: shapes.boughtShipment,
    holds: (shipment, asked) => {
      const { rate } = z.looseObject({ rate: z.object({ id: z.string() }) }).parse(asked.body)
      expect(shipment.selected_rate.id).toBe(rate.id)
      expect(shipment.tracker).toMatchObject({
        tracking_code: shipment.tracking_code,
        shipment_id: shipment.id,
        status: 'unknown',
        tracking_details: [],
        carrier_detail: null,
      })
      expect(shipment.to_address.zip).toMatch(/-\d{4}$/)
      expect(shipment.fees.length).toBeGreaterThan(0)
    },
    prepare: async () => `shipments/${(await aShipment('R-1')).id}/buy`,
  }),
  aCase({
    file: 'refund-create',
    is: 'refunds by tracking code are a list',
    status: 201,
    shape: shapes.refunds,
    holds: (refunds) => {
      expect(refunds).toHaveLength(1)
      expect(refunds[0]?.status).toBe('submitted')
    },
    prepare: async () => 'refunds',
  }),
  aCase({
    file: 'tracker-create-pre_transit-2025-11',
    is: 'a test code makes a tracker, with 200, that has not moved',
    status: 200,
    shape: shapes.tracker,
    holds: (tracker) => {
      expect(tracker).toMatchObject({ status: 'pre_transit', status_detail: 'status_update', mode: 'test' })
      expect(tracker.tracking_details.map(({ carrier_code: code }) => code)).toEqual(['', ''])
      expect(tracker.carrier_detail?.destination_tracking_location).toBeNull()
    },
  }),
  aCase({
    file: 'tracker-batch-retrieve',
    is: 'a batch of trackers lists them shortened, with their fees',
    status: 200,
    shape: shapes.trackerList,
    holds: ({ trackers }) => {
      expect(trackers).toHaveLength(1)
      expect(trackers[0]?.fees).toHaveLength(1)
    },
  }),
  aCase({
    file: 'tracker-list',
    is: 'the list of trackers is cut at the page and says that there are more',
    status: 200,
    shape: shapes.trackerList,
    holds: ({ trackers, has_more }) => {
      expect(trackers).toHaveLength(5)
      expect(has_more).toBe(true)
    },
    prepare: async () => {
      for (const code of ['EZ2000000002', 'EZ3000000003', 'EZ4000000004', 'EZ5000000005', 'EZ6000000006', 'OTHER'])
        await ask('POST', 'trackers', { tracker: { tracking_code: code } })
      return 'trackers?page_size=5'
    },
  }),
  aCase({
    file: 'tracker-delete',
    is: 'a tracker that is deleted says that it was',
    status: 200,
    shape: shapes.removed,
    prepare: async () => `trackers/${(await aLabel('R-2')).tracker.id}`,
  }),
  aCase({
    file: 'webhook-create',
    is: 'a webhook keeps its headers and never shows its secret',
    status: 201,
    shape: shapes.webhook,
    holds: (webhook, asked) => {
      const typed = z
        .looseObject({ webhook: z.looseObject({ url: z.string(), custom_headers: z.unknown() }) })
        .parse(asked.body).webhook
      expect(webhook).toMatchObject({ url: typed.url, custom_headers: typed.custom_headers, disabled_at: null })
    },
  }),
  aCase({
    file: 'webhook-update',
    is: 'a webhook that is changed is answered with 201',
    status: 201,
    shape: shapes.webhook,
    prepare: async () => {
      const webhook = { url: 'http://example.com', webhook_secret: 'before' }
      return `webhooks/${await idOf(ask('POST', 'webhooks', { webhook }))}`
    },
  }),
  aCase({
    file: 'event-list',
    is: 'the list of events is cut at the page, without results and without URLs',
    status: 200,
    shape: shapes.eventList,
    holds: ({ events, has_more }) => {
      expect(events).toHaveLength(5)
      expect(has_more).toBe(true)
      expect(events[0]?.description).toBe('tracker.created')
    },
    prepare: async () => {
      for (const code of ['A', 'B', 'C', 'D', 'E', 'F'])
        await ask('POST', 'trackers', { tracker: { tracking_code: code } })
      return 'events?page_size=5'
    },
  }),
  aCase({
    file: 'event-retrieve',
    is: 'an event by its id has no result either',
    status: 200,
    shape: shapes.event,
    prepare: async () => {
      await ask('POST', 'trackers', { tracker: { tracking_code: 'G' } })
      const { events } = shapes.eventList.parse((await ask('GET', 'events?page_size=1')).body)
      return `events/${events[0]?.id}`
    },
  }),
  aCase({
    file: 'error-422-parameter-required',
    is: 'a body without its object is refused by the name of it, without a code',
    status: 422,
    shape: shapes.refusal,
    holds: ({ error }) =>
      expect(error).toMatchObject({
        code: 'PARAMETER.REQUIRED',
        errors: [{ field: 'shipment', message: 'cannot be blank' }],
      }),
  }),
  aCase({
    file: 'error-404-errors-as-string-array',
    is: 'what is not there is refused with plain texts',
    status: 404,
    shape: shapes.refusal,
    holds: ({ error }) => {
      expect(error.code).toBe('NOT_FOUND')
      expect(error.errors.map((one) => typeof one)).toEqual(['string'])
    },
  }),
]

/** The recorded request, with what it speaks of made here first. */
async function askAgain(one: Checked): Promise<{ asked: Asked; answer: Answer }> {
  const { request } = recording(one.file)
  const prepared = await one.prepare?.()
  const path = prepared ?? request.url.replace(/^.*\/v2\//, '')
  const body = await bodyHere(one.file, request.body, path)
  return { asked: { ...request, url: path, body }, answer: await ask(request.method, path, body) }
}

/** Bodies that name an id or a code of the recorded account name one of ours instead. */
async function bodyHere(file: string, body: unknown, path: string): Promise<unknown> {
  if (file === 'shipment-buy') {
    const { rates } = shapes.unboughtShipment.parse((await ask('GET', path.replace(/\/buy$/, ''))).body)
    return { rate: { id: rates[0]?.id } }
  }
  if (file === 'refund-create') {
    const { tracking_code: code } = await aLabel('R-3')
    return { refund: { carrier: 'USPS', tracking_codes: [code] } }
  }
  return body
}

describe.skipIf(!hasRecordings).each(cases)('$file: $is', (one) => {
  const check = ({ status, body }: Answer, asked: Asked) => {
    expect(status).toBe(one.status)
    one.check(body, asked)
  }

  test('EasyPost answers so', () => {
    const { request, response } = recording(one.file)
    check(response, request)
  })

  test('the look-alike answers so', async () => {
    const { asked, answer } = await askAgain(one)
    check(answer, asked)
  })

  test('an answer that has one member more, or one less, is not taken for it', () => {
    const { body } = recording(one.file).response
    const object = (Array.isArray(body) ? body[0] : body) as Record<string, unknown>
    const whole = (changed: object) => (Array.isArray(body) ? [changed] : changed)
    expect(one.shape.safeParse(whole({ ...object, surprise: 1 })).success).toBe(false)
    for (const name of Object.keys(object)) {
      const { [name]: _gone, ...less } = object
      // Recordings before November 2025 have none.
      expect(one.shape.safeParse(whole(less)).success, name).toBe(name === 'delivery_evidence')
    }
  })
})

// ── What was recorded alone: objects, samples of the documentation, posted bodies ────────────────────────────────

const testTracker = async (code: string) => (await ask('POST', 'trackers', { tracker: { tracking_code: code } })).body

const alone: { file: string; shape: z.ZodType; here: () => Promise<unknown> }[] = [
  { file: 'tracker-delivered-signed', shape: shapes.tracker, here: () => testTracker('EZ4000000004') },
  { file: 'tracker-in_transit', shape: shapes.anyTracker, here: () => testTracker('EZ2000000002') },
  { file: 'tracker-out_for_delivery', shape: shapes.anyTracker, here: () => testTracker('EZ3000000003') },
  { file: 'tracker-error', shape: shapes.anyTracker, here: () => testTracker('9400100000000000000000') },
  { file: 'tracker-retrieve-docs', shape: shapes.anyTracker, here: () => testTracker('EZ1000000001') },
  {
    file: 'address-verify-param-docs',
    shape: shapes.address,
    here: async () =>
      (await ask('POST', 'addresses', { address: { ...anAddress, street1: '000 Nowhere' }, verify: true })).body,
  },
  {
    file: 'webhook-list-docs',
    shape: shapes.webhookList,
    here: async () => (await ask('GET', 'webhooks')).body,
  },
  {
    file: 'event-example-guide',
    shape: shapes.event,
    here: async () => (await ask('GET', `events/${await anEvent()}`)).body,
  },
  {
    file: 'event-payloads-list',
    shape: shapes.payloadList,
    here: async () => (await ask('GET', `events/${(await aDelivery()).id}/payloads`)).body,
  },
  {
    file: 'webhook-body-tracker-updated-fedex',
    shape: shapes.postedEvent,
    here: async () => (await aDelivery()).posted,
  },
]

async function anEvent(): Promise<string> {
  await testTracker('H')
  const { events } = shapes.eventList.parse((await ask('GET', 'events')).body)
  return events[0]?.id ?? ''
}

/** A parcel is scanned, and somebody who registered hears of it. */
async function aDelivery(): Promise<{ id: string; posted: unknown }> {
  const posted: unknown[] = []
  const listener = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += String(chunk)
    })
    request.on('end', () => {
      posted.push(JSON.parse(text))
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`
  const hook = await idOf(ask('POST', 'webhooks', { webhook: { url, webhook_secret: 's' } }))
  const { tracking_code: code } = await aLabel('R-9')
  await easypost.scan(code, { status: 'in_transit', message: 'Picked up', code: 'PU', place: { city: 'Fresno' } })
  await ask('DELETE', `webhooks/${hook}`)
  listener.close()
  const event = posted.at(-1)
  return { id: z.looseObject({ id: z.string() }).parse(event).id, posted: event }
}

describe.skipIf(!hasRecordings).each(alone)('$file', ({ file, shape, here }) => {
  test('EasyPost has this shape', () => expect(shape.safeParse(parse(file)).error?.issues).toBeUndefined())

  test('the look-alike has it too', async () => expect(shape.safeParse(await here()).error?.issues).toBeUndefined())
})

describe.skipIf(!hasRecordings)('together', () => {
  test('every recording is held by one of these', () => {
    // The guide's sample is of 2014 and lacks half the members; the vector is checked below.
    const excused = ['webhook-tracker-updated-guide', 'webhook-hmac-v1-vector']
    const held = [...cases.map(({ file }) => file), ...alone.map(({ file }) => file), ...excused]
    const there = readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
    expect(there.filter((name) => !held.includes(name))).toEqual([])
  })

  test('the look-alike signs as the official vector does', () => {
    const {
      secret,
      signature,
      body_file: bodyFile,
    } = z
      .looseObject({ secret: z.string(), signature: z.string(), body_file: z.string() })
      .parse(parse('webhook-hmac-v1-vector'))
    const body = readFileSync(`${folder}/${bodyFile}`, 'utf8')
    expect(signatureHeaders(secret, body)).toEqual({ 'x-hmac-signature': signature })
  })

  test('the simulated company’s parcels send events of the same shape', () => {
    const parcel = journey({
      random: randomFrom(3),
      carrier: 'UPS',
      from: headquarters,
      to: cityNamed('Denver'),
      labelAt: now,
    })
    for (let count = 1; count <= parcel.scans.length; count++)
      expect(shapes.postedEvent.safeParse(JSON.parse(eventBody(parcel, count))).error?.issues).toBeUndefined()
  })
})
