// A diverted laptop, from the order to the alert, through the public endpoints only; and bodies as the vendors really sent them.
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cityNamed } from '../../server/simulator/cities.ts'
import type { Scan } from '../../server/simulator/easypost.ts'
import { eventBody, type Parcel } from '../../server/simulator/easypost.ts'
import { alertKey, type House, openFlowHouse } from './house.ts'

let house: House
let token: Record<string, string>

beforeAll(async () => {
  house = await openFlowHouse('2026-03-02T09:00:00Z')
  token = await house.token(['checkins:write', 'directory:write', 'shipments:write'])
})
afterAll(() => house.close())

interface Alert {
  type: string
  timestamp: string
  data: {
    case: { id: string; url: string; severity: string; score: number; status: string; outcome: string | null } | null
    people: { id: string; externalId: string }[]
    devices: { id: string; serialNumber: string }[]
    shipments: { id: string }[]
    findings: {
      id: string
      rule: string
      severity: string
      weight: number
      summary: string
      since: string
      evidence: { seq: number; kind: string; occurredAt: string }[]
    }[]
  }
}

describe('a laptop bound for Portland that somebody redirects to Newark', () => {
  const portland = cityNamed('Portland')
  const newark = cityNamed('Newark')
  const scan = (at: string, message: string, over: Partial<Scan> = {}): Scan => ({
    at: new Date(at),
    status: 'in_transit',
    detail: 'in_transit',
    message,
    code: null,
    place: null,
    ...over,
  })
  const parcel: Parcel = {
    carrier: 'FedEx',
    trackingCode: '770011223344',
    from: cityNamed('Columbus'),
    to: portland,
    signedBy: null,
    isReturn: false,
    scans: [
      scan('2026-03-03T15:00:00Z', 'Shipment information sent to FedEx', {
        status: 'pre_transit',
        detail: 'label_created',
      }),
      scan('2026-03-03T21:00:00Z', 'Picked up', {
        detail: 'received_at_origin_facility',
        place: cityNamed('Columbus'),
      }),
      scan('2026-03-05T08:00:00Z', 'Arrived at FedEx location', { detail: 'arrived_at_facility', place: portland }),
      scan('2026-03-05T18:00:00Z', 'Delivery option completed; package redirected to a new address', {
        place: portland,
      }),
      scan('2026-03-07T18:00:00Z', 'Delivered', {
        status: 'delivered',
        detail: 'arrived_at_destination',
        place: newark,
      }),
    ],
  }
  const checkIn = (at: string, software: string[]) => ({
    serialNumber: 'FLOW000001',
    reportedAt: at,
    platform: 'darwin',
    publicIp: `${newark.networks[0]}.20`,
    timeZone: newark.zone,
    enrollment: { enrolled: true, method: 'automated', attested: true },
    software: software.map((name) => ({ name, kind: 'app' })),
  })
  const person = {
    external_id: 'E-77',
    name: 'Imani Quill',
    email: 'imani.quill@example.com',
    kind: 'contractor',
    line1: '4100 Lanternwood Ave',
    city: 'Portland',
    region: 'OR',
    postal_code: '97206',
    country: 'US',
    address_verified: 'yes',
  }
  const { line1, city, region, postal_code, country } = person
  let alerts: { headers: Record<string, string>; body: string }[] = []
  const opened = () => alerts.map(({ body }) => JSON.parse(body) as Alert)

  beforeAll(async () => {
    await house.post('/people', person, token)
    await house.post(
      '/devices',
      { serial_number: 'FLOW000001', asset_tag: 'F-1', model: 'MacBook Pro 14', status: 'stock' },
      token,
    )
    await house.post(
      '/shipments',
      {
        reference: 'F-1',
        direction: 'out',
        carrier: 'FedEx',
        tracking_code: parcel.trackingCode,
        serial_number: 'FLOW000001',
        person_email: person.email,
        line1,
        city,
        region,
        postal_code,
        country,
        ordered_at: '2026-03-02T10:00:00Z',
        addressee: person.name,
      },
      token,
    )
    house.setClock('2026-03-08T12:00:00Z')
    // As carriers' aggregators do: the last before the others, and some of them twice.
    for (const count of [5, 1, 2, 2, 4, 3, 5]) await house.easypost(eventBody(parcel, count))
    await house.post('/checkins', [checkIn('2026-03-08T10:00:00Z', ['Slack', 'AnyDesk'])], token)
    await house.drain()
    alerts = house.alerts()
  })

  test('one case is opened, critical or high, for this laptop and this person', () => {
    const cases = opened().filter((alert) => alert.type === 'case.opened')
    expect(cases).toHaveLength(1)
    const { data, timestamp } = cases[0]!
    expect(data.devices).toEqual([{ id: expect.stringMatching(/^dev_/), serialNumber: 'FLOW000001' }])
    expect(data.people).toEqual([{ id: expect.stringMatching(/^per_/), externalId: 'E-77' }])
    expect(data.case).toMatchObject({ id: expect.stringMatching(/^case_/), status: 'new', outcome: null })
    expect(data.case!.url).toMatch(/^http:\/\/localhost:\d+\//)
    expect(timestamp).toBe('2026-03-08T12:00:00.000Z')
  })

  test('by the last alert it is high, and its rules name the redirect, the place and the tool, each with its evidence', () => {
    const last = opened().findLast((alert) => alert.type.startsWith('case.'))!
    const rules = last.data.findings.map((finding) => finding.rule)
    expect(rules).toEqual(expect.arrayContaining(['parcel-redirected', 'delivered-elsewhere', 'remote-tool-early']))
    expect(['high', 'critical']).toContain(last.data.case!.severity)
    expect(last.data.case!.score).toBeGreaterThanOrEqual(30)
    const redirect = last.data.findings.find((finding) => finding.rule === 'parcel-redirected')!
    expect(redirect.summary).toContain('Portland, OR')
    expect(redirect.evidence.map((one) => one.kind)).toContain('shipment.scanned')
    expect(redirect.evidence.map((one) => one.occurredAt)).toContain('2026-03-05T18:00:00.000Z')
    for (const finding of last.data.findings) {
      expect(finding.evidence.length).toBeGreaterThan(0)
      for (const { seq, kind } of finding.evidence)
        expect([Number.isInteger(seq), kind]).toEqual([true, expect.stringMatching(/^\w+\.\w+$/)])
    }
  })

  test('no name, street or tracking code leaves in an alert', () => {
    for (const { body } of alerts) expect(body).not.toMatch(/Imani|Quill|Lanternwood|4100|770011223344|97206/)
  })

  test('every alert carries the Standard Webhooks signature of its very bytes', () => {
    expect(alerts.length).toBeGreaterThan(0)
    for (const { headers, body } of alerts) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
      const expected = `v1,${createHmac('sha256', alertKey).update(signed).digest('base64')}`
      expect(headers['webhook-signature']?.split(' ')).toContain(expected)
    }
  })

  test('the laptop is checked in, accepted by nobody', async () => {
    const { devices } = await house.admin.ask<{
      devices: { serialNumber: string; lifeCycle: string; holder: string }[]
    }>('devices.list', { text: 'FLOW000001' })
    expect(devices).toMatchObject([{ serialNumber: 'FLOW000001', lifeCycle: 'checked in' }])
  })

  test('the ledger that all of this made holds', async () => {
    expect(await house.admin.tell('system.verify')).toMatchObject({ bad: null })
  })
})

const easypostBodies = '../shared/payloads/easypost'
const jamfBody = '../shared/payloads/jamf/webhook-computer-added.json'
const areHere = (path: string) => existsSync(path) || process.env['CI'] !== undefined

async function order(reference: string, trackingCode: string, carrier: string): Promise<void> {
  const ordered = {
    reference,
    direction: 'out',
    carrier,
    tracking_code: trackingCode,
    serial_number: `REC${reference}`,
    ordered_at: '2015-01-01T00:00:00Z',
  }
  await house.post('/shipments', ordered, token)
}

const kindsOf = async (procedure: string, id: string) =>
  (await house.admin.ask<{ entries: { kind: string; occurredAt: string }[] }>(procedure, { id })).entries

const find = async (kind: string, text: string) =>
  (await house.admin.ask<{ kind: string; id: string }[]>('search.find', { text })).find((hit) => hit.kind === kind)!.id

describe.skipIf(!areHere(easypostBodies))('bodies that EasyPost really sent', () => {
  test('the recorded webhook is believed, read, tied to its parcel, and in the ledger scan by scan', async () => {
    house.setClock('2026-03-10T12:00:00Z')
    const body = readFileSync(`${easypostBodies}/webhook-body-tracker-updated-fedex.json`, 'utf8')
    const { result } = JSON.parse(body)
    // Its number is one character, which no search takes; the reference finds the parcel.
    await order('RECORDED-FEDEX', result.tracking_code, result.carrier)
    await house.easypost(body)
    expect(await house.drain()).toMatchObject({ read: 1, failed: 0, setAside: 0 })
    const scans = (await kindsOf('shipments.timeline', await find('shipment', 'RECORDED-FEDEX'))).filter(
      (entry) => entry.kind === 'shipment.scanned',
    )
    expect(scans).toHaveLength(result.tracking_details.length)
  })

  const trackers = areHere(easypostBodies)
    ? readdirSync(easypostBodies).filter((name) =>
        /^tracker-(in_transit|out_for_delivery|delivered-signed|create-pre_transit)/.test(name),
      )
    : []

  test('a recorded tracker in test mode is kept apart and never judged', async () => {
    for (const name of trackers) {
      const { tracker } = recordedTracker(name)
      await order(`TEST-${name}`, tracker.tracking_code, tracker.carrier)
      await house.easypost(wrapped(tracker, 'test'))
    }
    expect(await house.drain()).toMatchObject({
      read: 0,
      failed: 0,
      setAside: trackers.length,
      judged: expect.any(Number),
      raised: 0,
    })
  })

  test.each(trackers)('%s is read and tied once it is a production tracker', async (name) => {
    const { tracker } = recordedTracker(name)
    const code = `P${tracker.tracking_code}`
    await order(`PRODUCTION-${name}`, code, tracker.carrier)
    await house.easypost(
      wrapped({ ...tracker, id: `${tracker.id}p`, mode: 'production', tracking_code: code }, 'production'),
    )
    expect(await house.drain()).toMatchObject({ read: 1, failed: 0, setAside: 0 })
    const scans = (await kindsOf('shipments.timeline', await find('shipment', `PRODUCTION-${name}`))).filter(
      (entry) => entry.kind === 'shipment.scanned',
    )
    const different = new Set(
      tracker.tracking_details.map((detail) =>
        JSON.stringify([detail.datetime, detail.status, detail.message, detail.tracking_location]),
      ),
    )
    expect(scans).toHaveLength(different.size)
  })
})

interface RecordedTracker {
  id: string
  mode: string
  carrier: string
  tracking_code: string
  tracking_details: { datetime: string; status: string; message: string; tracking_location: unknown }[]
}

/** A recording holds the tracker bare, or as the body of an answer. */
function recordedTracker(name: string): { tracker: RecordedTracker } {
  const recorded = JSON.parse(readFileSync(`${easypostBodies}/${name}`, 'utf8'))
  return { tracker: recorded.object === 'Tracker' ? recorded : recorded.response.body }
}

const wrapped = (tracker: object, mode: string) =>
  JSON.stringify({
    id: `evt_${mode}_${(tracker as RecordedTracker).id}`,
    object: 'Event',
    mode,
    description: 'tracker.updated',
    previous_attributes: {},
    status: 'pending',
    result: tracker,
  })

describe.skipIf(!areHere(jamfBody))('a body that Jamf Pro really sent', () => {
  test('the recorded ComputerAdded is tied to its laptop, and its first facets are in the ledger', async () => {
    const body = readFileSync(jamfBody, 'utf8')
    const { event } = JSON.parse(body)
    await house.post('/devices', { serial_number: event.serialNumber, model: 'MacBook Pro', status: 'stock' }, token)
    await house.jamf(body)
    expect(await house.drain()).toMatchObject({ read: 1, failed: 0, setAside: 0 })
    const changes = (await kindsOf('devices.timeline', await find('device', event.serialNumber))).filter(
      (entry) => entry.kind === 'checkin.changed',
    )
    expect(changes.length).toBeGreaterThanOrEqual(2)
    // Its time is in seconds.
    expect(changes.map((entry) => entry.occurredAt)).toContain('2023-05-28T22:44:51.000Z')
  })
})
