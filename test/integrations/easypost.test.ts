// EasyPost's webhooks: which bytes are believed, and what is read out of them.
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createEasyPost } from '../../server/integrations/carriers/easypost.ts'
import { AppError } from '../../server/lib/errors.ts'
import type { TrackerReport, WebhookRequest } from '../../server/ports.ts'

const secret = 'caf\u00e9-sesame'
const now = new Date('2026-03-09T18:30:00Z')
const sourceWith = (url: string, ...secrets: string[]) =>
  createEasyPost({
    url,
    hasWebhook: () => secrets.length > 0,
    verify: (isSignedWith) => secrets.some(isSignedWith),
  })
const source = sourceWith('https://ops.example.com/telltale/', secret)
const fixture = readFileSync(new URL('../fixtures/easypost/tracker-redirected.json', import.meta.url))

const recordings = '../shared/payloads/easypost'
const hasRecordings = existsSync(recordings) || process.env['CI'] !== undefined
const recorded = (name: string) => readFileSync(`${recordings}/${name}`)

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const hmac = (key: string, text: string | Uint8Array) =>
  `hmac-sha256-hex=${createHmac('sha256', key).update(text).digest('hex')}`

function request(headers: Record<string, string>, body: Uint8Array = fixture): WebhookRequest {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { method: 'POST', path: '/webhooks/easypost', body, header: (name) => lower.get(name.toLowerCase()) ?? null }
}

function trackerOf(body: Uint8Array): TrackerReport {
  const [report] = source.read(body)
  if (report?.kind !== 'tracker') throw new Error('no tracker was read')
  return report
}

function eventWith(result: object): Uint8Array {
  return bytes({
    id: 'evt_1',
    description: 'tracker.updated',
    mode: 'production',
    result: { id: 'trk_1', tracking_code: 'T1', ...result },
  })
}

describe('proof v1', () => {
  const signature = hmac(secret.normalize('NFKD'), fixture)

  test('a body signed with the secret in NFKD is believed, whatever the case of the header', () => {
    expect(source.verify(request({ 'X-Hmac-Signature': signature }), now)).toBe(true)
    expect(source.verify(request({ 'x-hmac-signature': signature }), now)).toBe(true)
  })

  test('the secret in NFC, a wrong secret, a changed byte and a cut signature are not believed', () => {
    const tampered = Buffer.from(fixture.toString().replace('TULSA', 'TULSB'))
    expect(source.verify(request({ 'X-Hmac-Signature': hmac(secret, fixture) }), now)).toBe(false)
    expect(source.verify(request({ 'X-Hmac-Signature': hmac('other', fixture) }), now)).toBe(false)
    expect(source.verify(request({ 'X-Hmac-Signature': signature }, tampered), now)).toBe(false)
    for (const header of [signature.slice(0, -2), signature.slice('hmac-sha256-hex='.length), '', 'hmac-sha256-hex=']) {
      expect(source.verify(request({ 'X-Hmac-Signature': header }), now)).toBe(false)
    }
    expect(source.verify(request({}), now)).toBe(false)
  })

  test.skipIf(!hasRecordings)("EasyPost's own vector holds for the recorded bytes", () => {
    const vector = JSON.parse(recorded('webhook-hmac-v1-vector.json').toString())
    const official = sourceWith('http://localhost:8787', vector.secret)
    const body = recorded(vector.body_file)
    expect(official.verify(request({ [vector.header]: vector.signature }, body), now)).toBe(true)
    const reserialised = bytes(JSON.parse(body.toString().replace('614.4', '614.0')))
    expect(official.verify(request({ [vector.header]: vector.signature }, reserialised), now)).toBe(false)
  })
})

describe('proof v2', () => {
  const path = '/telltale/webhooks/easypost'
  const at = 'Mon, 09 Mar 2026 18:22:11 -0000'
  const signed = (timestamp: string, signedPath: string) => ({
    'x-timestamp': timestamp,
    'x-path': signedPath,
    'x-hmac-signature-v2': hmac(secret.normalize('NFKD'), `${timestamp}POST${signedPath}${fixture.toString()}`),
  })

  test('time, method, public path and body signed together are believed', () => {
    expect(source.verify(request(signed(at, path)), now)).toBe(true)
  })

  test('another path is refused, even beside a valid v1', () => {
    const v1 = { 'x-hmac-signature': hmac(secret.normalize('NFKD'), fixture) }
    expect(source.verify(request(signed(at, '/webhooks/easypost')), now)).toBe(false)
    expect(source.verify(request({ ...v1, ...signed(at, '/webhooks/easypost') }), now)).toBe(false)
    expect(source.verify(request({ ...v1, ...signed(at, path) }), now)).toBe(true)
  })

  test('a day-old resend is believed; older, far ahead, no time or another time than the signed one is not', () => {
    expect(source.verify(request(signed('Sun, 08 Mar 2026 18:31:00 -0000', path)), now)).toBe(true)
    expect(source.verify(request(signed('Sun, 08 Mar 2026 18:29:00 -0000', path)), now)).toBe(false)
    expect(source.verify(request(signed('Mon, 09 Mar 2026 19:30:00 -0000', path)), now)).toBe(false)
    expect(source.verify(request(signed('yesterday', path)), now)).toBe(false)
    expect(source.verify(request({ ...signed(at, path), 'x-timestamp': 'Mon, 09 Mar 2026 18:22:12 -0000' }), now)).toBe(
      false,
    )
  })

  test('an invalid v2 falls back to a valid v1', () => {
    const headers = { ...signed('yesterday', path), 'x-hmac-signature': hmac(secret.normalize('NFKD'), fixture) }
    expect(source.verify(request(headers), now)).toBe(true)
  })
})

describe('the key of a delivery', () => {
  test('is the id of the event', () => {
    expect(source.deliveryKey(fixture)).toBe('evt_5d0c1f2ab8e94d3f9c6a7b8e0f1d2c3b')
  })

  test('is null for bytes without one', () => {
    for (const body of [
      '{"id":"evt_rubbish","result":',
      '[]',
      '{}',
      '{"id":"trk_1"}',
      '{"id":7}',
      '{"id":"evt_\\u0000"}',
      '',
    ]) {
      expect(source.deliveryKey(Buffer.from(body))).toBeNull()
    }
  })
})

describe('reading', () => {
  test('an event becomes one report of the whole tracker, scans in the order sent', () => {
    const report = trackerOf(fixture)
    expect(report).toMatchObject({
      trackingCode: '1Z00TELL0300000017',
      carrier: 'UPS',
      mode: 'production',
      updatedAt: '2026-03-09T18:22:10Z',
      isReturn: false,
      signedBy: 'VARGA',
      destination: { city: 'MESA', region: 'AZ', postalCode: null, country: 'US' },
    })
    expect(report.scans.map((scan) => scan.reading)).toEqual([
      { is: 'created' },
      { is: 'accepted' },
      { is: 'delivery change', stage: 'requested', by: 'receiver', to: 'address' },
      { is: 'held', at: 'counter' },
      { is: 'delivered', to: 'address' },
    ])
    expect(report.scans[4]?.place).toEqual({ city: null, region: null, postalCode: null, country: null })
  })

  test('a test-mode event or tracker is marked as test', () => {
    expect(trackerOf(eventWith({ mode: 'test' })).mode).toBe('test')
    expect(
      trackerOf(bytes({ description: 'tracker.created', mode: 'test', result: { id: 'trk_1', tracking_code: 'T1' } }))
        .mode,
    ).toBe('test')
  })

  test('events about other things say nothing to us', () => {
    for (const description of ['batch.created', 'refund.successful', 'never.heard.of']) {
      expect(source.read(bytes({ id: 'evt_1', description, result: 5 }))).toEqual([])
    }
  })

  test('what is missing is named', () => {
    const faultOf = (body: unknown) => {
      try {
        source.read(bytes(body))
      } catch (error) {
        if (error instanceof AppError) return [error.problem, error.faults[0]?.path]
      }
      return null
    }
    expect(faultOf({ description: 'tracker.updated' })).toEqual(['invalid', 'result'])
    expect(faultOf({ description: 'tracker.updated', result: null })).toEqual(['invalid', 'result'])
    expect(faultOf({ description: 'tracker.updated', result: { id: 'trk_1' } })).toEqual([
      'invalid',
      'result.tracking_code',
    ])
    expect(
      faultOf({ description: 'tracker.updated', result: { id: 'shp_1', object: 'Shipment', tracking_code: '1' } }),
    ).toEqual(['invalid', 'result.object'])
    expect(faultOf({ result: {} })).toEqual(['invalid', 'description'])
    expect(() => source.read(Buffer.from('{"id":'))).toThrow(expect.objectContaining({ problem: 'unreadable' }))
    expect(() => source.read(Buffer.from([0xff, 0xfe]))).toThrow(expect.objectContaining({ problem: 'unreadable' }))
  })

  test('nulls, blanks, odd types and unknown statuses are no error', () => {
    const report = trackerOf(
      eventWith({
        carrier: null,
        is_return: 'no',
        signed_by: '',
        updated_at: 'soon',
        carrier_detail: 'none',
        tracking_details: [
          {
            datetime: '2026-03-01T10:00:00Z',
            status: 'teleported',
            message: 'Beamed\u0000 up',
            tracking_location: 'here',
          },
          { datetime: '2026-03-01T11:00:00', status: null, message: null, carrier_code: 7 },
          { datetime: 'tomorrow', message: 'no time, no scan' },
          null,
          'text',
        ],
      }),
    )
    expect(report).toMatchObject({
      carrier: 'unknown',
      isReturn: false,
      signedBy: null,
      updatedAt: null,
      destination: null,
    })
    expect(report.scans.map((scan) => [scan.at, scan.status, scan.message, scan.carrierCode, scan.reading.is])).toEqual(
      [
        ['2026-03-01T10:00:00Z', 'teleported', 'Beamed up', null, 'cannot tell'],
        ['2026-03-01T11:00:00Z', 'unknown', '', '7', 'cannot tell'],
      ],
    )
  })

  test('a description that adds to the message is part of the words', () => {
    const scan = { datetime: '2026-03-01T10:00:00Z', status: 'in_transit', status_detail: 'in_transit' }
    const [first, second] = trackerOf(
      eventWith({
        carrier: 'FedEx',
        tracking_details: [
          { ...scan, message: 'Shipment exception', description: 'Recipient requested redirect' },
          { ...scan, message: 'On the way', description: 'On the way' },
        ],
      }),
    ).scans
    expect(first?.reading).toEqual({ is: 'delivery change', stage: 'requested', by: 'receiver', to: 'unknown' })
    expect(second?.message).toBe('On the way')
  })

  test.each([
    ['MAPLE HGTS OH US', 'MAPLE HGTS', 'OH', null, 'US'],
    ['DULUTH MN, 55802', 'DULUTH', 'MN', '55802', null],
    ['BERLIN DE', 'BERLIN', null, null, null],
    ['RIO DE JANEIRO BR', 'RIO DE JANEIRO', null, null, 'BR'],
    ['LOS ANGELES CA', 'LOS ANGELES', null, null, null],
    ['US', null, null, null, 'US'],
  ])('the destination %s is taken apart', (text, city, region, postalCode, country) => {
    const report = trackerOf(eventWith({ carrier_detail: { destination_location: text } }))
    expect(report.destination).toEqual({ city, region, postalCode, country })
  })

  test('a structured destination outweighs the text', () => {
    const carrier_detail = {
      destination_location: 'MESA AZ US',
      destination_tracking_location: { city: 'TEMPE', state: 'AZ', country: 'US', zip: null },
    }
    expect(trackerOf(eventWith({ carrier_detail })).destination?.city).toBe('TEMPE')
  })

  test('whatever the bytes, only an AppError is thrown', () => {
    const survives = (body: Uint8Array) => {
      source.deliveryKey(body)
      try {
        source.read(body)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 200 })
    fc.assert(
      fc.property(fc.json(), (json) => survives(Buffer.from(json))),
      { numRuns: 200 },
    )
    const looseEvent = fc.record(
      {
        description: fc.constant('tracker.updated'),
        result: fc.record(
          {
            id: fc.constant('trk_1'),
            tracking_code: fc.oneof(fc.constant('T1'), fc.jsonValue()),
            tracking_details: fc.oneof(
              fc.jsonValue(),
              fc.array(
                fc.record({
                  datetime: fc.constant('2026-03-01T10:00:00Z'),
                  message: fc.jsonValue(),
                  status: fc.jsonValue(),
                  carrier_code: fc.jsonValue(),
                  tracking_location: fc.jsonValue(),
                }),
              ),
            ),
            carrier_detail: fc.jsonValue(),
          },
          { requiredKeys: ['id'] },
        ),
      },
      { requiredKeys: ['description'] },
    )
    fc.assert(
      fc.property(looseEvent, (event) => survives(bytes(event))),
      { numRuns: 300 },
    )
  })
})

describe.skipIf(!hasRecordings)('recorded bodies', () => {
  test('the production webhook reads as plain transport, its destination taken apart', () => {
    const body = recorded('webhook-body-tracker-updated-fedex.json')
    const report = trackerOf(body)
    const { city, region, country } = report.destination!
    expect(`${city} ${region} ${country}`).toBe(JSON.parse(body.toString()).result.carrier_detail.destination_location)
    expect(report).toMatchObject({ carrier: 'FedEx', mode: 'production' })
    expect(report.scans.map((scan) => scan.reading.is)).toEqual(['created', 'accepted', ...Array(5).fill('moving')])
  })

  test('every recorded tracker is read, and none of its plain scans is a riddle', () => {
    const trackers = hasRecordings
      ? readdirSync(recordings)
          .filter((name) => name.startsWith('tracker-'))
          .flatMap((name) => trackersIn(JSON.parse(recorded(name).toString())))
      : []
    expect(trackers.length).toBeGreaterThan(8)
    const statuses = new Set<string>()
    for (const result of trackers) {
      const report = trackerOf(bytes({ id: 'evt_1', description: 'tracker.updated', mode: result['mode'], result }))
      for (const scan of report.scans) {
        statuses.add(scan.status)
        expect([scan.message, scan.reading.is === 'cannot tell']).toEqual([scan.message, scan.status === 'error'])
      }
    }
    expect([...statuses]).toEqual(
      expect.arrayContaining(['pre_transit', 'in_transit', 'out_for_delivery', 'delivered']),
    )
  })

  test('an event as the API lists it, without its result, says so', () => {
    const listed = JSON.parse(recorded('event-retrieve.json').toString())
    const event = { ...(listed.response?.body ?? listed), description: 'tracker.updated' }
    expect(() => source.read(bytes(event))).toThrow(expect.objectContaining({ problem: 'invalid' }))
  })
})

/** Every tracker object anywhere inside a recording. */
function trackersIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  if ('object' in value && value.object === 'Tracker') return [value as Record<string, unknown>]
  return Object.values(value).flatMap(trackersIn)
}
