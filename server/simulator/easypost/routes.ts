// The paths of EasyPost's API that the look-alike answers, each with its status code (wire formats 1.2 to 1.5).
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { messageOf } from '../../lib/errors.ts'
import {
  type Address,
  addressFrom,
  addressOf,
  type Checks,
  checksOf,
  copyOf,
  failedVerification,
  type Locate,
  verify,
} from './addresses.ts'
import { type Books, page } from './books.ts'
import { labelPdf, labelPicture } from './label.ts'
import { missing, notFound, Refusal, refusalBody } from './refusal.ts'
import {
  buyShipment,
  convertLabel,
  createShipment,
  refundCodes,
  refundShipment,
  shipmentBody,
  shipmentOf,
} from './shipments.ts'
import { eventView } from './tracker-body.ts'
import { createTracker, listedTracker, type Tracker, trackerOf, wholeTracker } from './trackers.ts'
import { createHook, eventOf, hookBody, hookOf, listedEvent, updateHook } from './webhooks.ts'

type Typed = Record<string, unknown>

/** Everything behind `/v2`, and the labels. `apiKey` is the user of Basic auth, with an empty password. */
export function createRoutes(books: Books, { apiKey, locate }: { apiKey: string; locate: Locate }): Hono {
  const app = new Hono()
  app.use('/v2/*', async (c, next) => {
    checkKey(c.req.header('authorization'), apiKey)
    await next()
  })
  app.onError((error, c) => {
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal(500, 'INTERNAL_SERVER_ERROR', `The look-alike failed: ${messageOf(error)}`)
    return c.json(refusalBody(refusal), refusal.status as ContentfulStatusCode)
  })
  app.notFound((c) => c.json(refusalBody(notFound(`No route matches ${c.req.method} ${c.req.path}.`)), 404))
  app.route('/v2/addresses', addressRoutes(books, locate))
  app.route('/v2/shipments', shipmentRoutes(books, locate))
  app.route('/v2/trackers', trackerRoutes(books))
  app.route('/v2/webhooks', webhookRoutes(books))
  app.post('/v2/refunds', async (c) => c.json(refundCodes(books, await typedOf(c.req.raw)), 201))
  app.get('/v2/refunds', (c) => {
    const { items, more } = page(books.refunds, c.req.query())
    return c.json({ refunds: items, has_more: more })
  })
  app.get('/v2/events', (c) => {
    const { items, more } = page(books.events, c.req.query())
    return c.json({ events: items.map(listedEvent), has_more: more })
  })
  app.get('/v2/events/:id', (c) => c.json(eventView(eventOf(books, c.req.param('id')))))
  app.get('/v2/events/:id/payloads', (c) => c.json({ payloads: eventOf(books, c.req.param('id')).attempts }))
  app.get('/labels/:file', (c) => labelAnswer(books, c.req.path))
  return app
}

/** Names and codes of refusals: a public test of another product repeats the real answer to a dead key. */
function checkKey(header: string | undefined, apiKey: string): void {
  const [scheme, encoded = ''] = (header ?? '').split(' ')
  const [user = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  if (scheme !== 'Basic' || user === '')
    throw new Refusal(401, 'UNAUTHORIZED', 'You are not authorized to access this resource.')
  if (user !== apiKey)
    throw new Refusal(
      403,
      'APIKEY.INACTIVE',
      'This api key is no longer active. Please use a different api key or reactivate this key.',
    )
}

async function typedOf(request: Request): Promise<Typed> {
  const text = await request.text()
  if (text === '') return {}
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null ? (json as Typed) : {}
  } catch {
    throw new Refusal(400, 'BAD_REQUEST', 'The request could not be understood: it is no JSON.')
  }
}

function addressRoutes(books: Books, locate: Locate): Hono {
  const app = new Hono()
  const both = (carrier: string | null): Checks => ({ zip4: true, delivery: true, carrier })
  const checked = (address: Address, checks: Checks): Address => {
    const faults = verify(address, checks, locate)
    if (faults.length > 0 && checks.carrier === null) throw failedVerification(faults)
    return address
  }
  app.post('/', async (c) => {
    const body = await typedOf(c.req.raw)
    if (typeof body['address'] !== 'object' || body['address'] === null) throw missing('address')
    const address = addressFrom(books, body['address'], 'address')
    const { checks, isStrict } = checksOf(body, body['address'] as Typed)
    if (checks !== null) {
      if (isStrict) checked(address, checks)
      else verify(address, checks, locate)
    }
    return c.json(address, 201)
  })
  app.post('/create_and_verify', async (c) => {
    const body = await typedOf(c.req.raw)
    const { checks } = checksOf(body, {})
    const address = addressFrom(books, body['address'], 'address')
    return c.json({ address: checked(address, both(checks?.carrier ?? null)) })
  })
  app.get('/', (c) => {
    const { items, more } = page([...books.addresses.values()], c.req.query())
    return c.json({ addresses: items, has_more: more })
  })
  app.get('/:id', (c) => c.json(addressOf(books, c.req.param('id'))))
  app.get('/:id/verify', (c) => {
    const copy = copyOf(books, addressOf(books, c.req.param('id')))
    return c.json({ address: checked(copy, both(c.req.query('verify_carrier') ?? null)) })
  })
  return app
}

function shipmentRoutes(books: Books, locate: Locate): Hono {
  const app = new Hono()
  app.post('/', async (c) => c.json(shipmentBody(books, createShipment(books, await typedOf(c.req.raw))), 201))
  app.get('/', (c) => {
    const purchased = c.req.query('purchased') !== 'false'
    const all = [...books.shipments.values()].filter(({ label }) => !purchased || label !== null)
    const { items, more } = page(all, c.req.query())
    return c.json({ shipments: items.map((one) => shipmentBody(books, one)), has_more: more })
  })
  app.get('/:id', (c) => c.json(shipmentBody(books, shipmentOf(books, c.req.param('id')))))
  app.post('/:id/buy', async (c) =>
    c.json(shipmentBody(books, buyShipment(books, c.req.param('id'), await typedOf(c.req.raw), locate))),
  )
  app.get('/:id/label', (c) =>
    c.json(shipmentBody(books, convertLabel(books, c.req.param('id'), c.req.query('file_format')))),
  )
  app.post('/:id/refund', (c) => c.json(shipmentBody(books, refundShipment(books, c.req.param('id')))))
  return app
}

function trackerRoutes(books: Books): Hono {
  const app = new Hono()
  const listed = (trackers: Tracker[]) => trackers.map((one) => ({ ...listedTracker(books, one), fees: [trackerFee] }))
  app.post('/', async (c) => c.json(wholeTracker(books, createTracker(books, await typedOf(c.req.raw)))))
  app.post('/batch', async (c) => {
    const codes = (await typedOf(c.req.raw))['tracking_codes']
    if (!Array.isArray(codes)) throw missing('tracking_codes')
    if (codes.length > 100) throw new Refusal(422, 'TRACKER.INVALID_PARAMS', 'At most 100 tracking codes are allowed.')
    const found = [...books.trackers.values()].filter((one) => !one.isDeleted && codes.includes(one.trackingCode))
    return c.json({ trackers: listed(found), has_more: false })
  })
  app.get('/', (c) => {
    const codes = [c.req.queries('tracking_codes[]') ?? [], c.req.queries('tracking_code') ?? []].flat()
    const carrier = c.req.query('carrier')
    const all = [...books.trackers.values()].filter(
      (one) =>
        !one.isDeleted &&
        (codes.length === 0 || codes.includes(one.trackingCode)) &&
        (carrier === undefined || one.carrier === carrier),
    )
    const { items, more } = page(all, c.req.query())
    return c.json({ trackers: listed(items), has_more: more })
  })
  app.get('/:id', (c) => c.json(wholeTracker(books, trackerOf(books, c.req.param('id')))))
  app.delete('/:id', (c) => {
    trackerOf(books, c.req.param('id')).isDeleted = true
    return c.json({ success: true })
  })
  return app
}

const trackerFee = { object: 'Fee', type: 'TrackerFee', amount: '0.02000', charged: true, refunded: false }

function webhookRoutes(books: Books): Hono {
  const app = new Hono()
  app.post('/', async (c) => c.json(hookBody(books, createHook(books, await typedOf(c.req.raw))), 201))
  app.get('/', (c) => c.json({ webhooks: [...books.hooks.values()].map((hook) => hookBody(books, hook)) }))
  app.get('/:id', (c) => c.json(hookBody(books, hookOf(books, c.req.param('id')))))
  // 201, as recorded, though nothing is made.
  app.patch('/:id', async (c) =>
    c.json(hookBody(books, updateHook(books, c.req.param('id'), await typedOf(c.req.raw))), 201),
  )
  app.delete('/:id', (c) => {
    books.hooks.delete(hookOf(books, c.req.param('id')).id)
    return c.json({})
  })
  return app
}

/** Labels are files behind addresses that nobody guesses; no key is asked for. */
async function labelAnswer(books: Books, path: string): Promise<Response> {
  const stem = (url: string) => url.replace(/[.](pdf|png)$/, '')
  const url = `${books.origin()}${path}`
  const shipment = [...books.shipments.values()].find(
    ({ label }) => label !== null && stem(label.label_url) === stem(url),
  )
  if (shipment === undefined) return new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 })
  const isPdf = url.endsWith('.pdf')
  const bytes = await (isPdf ? labelPdf(shipment) : labelPicture(shipment))
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': isPdf ? 'application/pdf' : 'image/png' } })
}
