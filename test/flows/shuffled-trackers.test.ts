// A thousand tracker webhooks on a hundred parcels, shuffled and doubled: the same states as in order.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { destinationChanges } from '../../server/custody/destinations.ts'
import { eventColumns, toEvent } from '../../server/custody/ledger.ts'
import { withReadings } from '../../server/custody/state.ts'
import { readInbox } from '../../server/inbox.ts'
import { randomFrom } from '../../server/simulator/random.ts'
import { type House, openFlowHouse } from './house.ts'

const PARCELS = 100
const REPORTS = 10

let inOrder: House
let shuffled: House
beforeAll(async () => {
  const open = () => openFlowHouse('2026-03-20T09:00:00Z')
  ;[inOrder, shuffled] = await Promise.all([open(), open()])
})
afterAll(async () => {
  await Promise.all([inOrder?.close(), shuffled?.close()])
})

const random = randomFrom(5)
const start = Date.UTC(2026, 2, 3, 9)
const hour = (hours: number) => new Date(start + hours * 3_600_000).toISOString()
const number = (parcel: number) => String(parcel).padStart(4, '0')

type Step = [message: string, status: string, city: string, state: string]
const middle: Step[] = [
  ['Arrived at facility', 'in_transit', 'INDIANAPOLIS', 'IN'],
  ['Zephyr event 4711', 'in_transit', 'INDIANAPOLIS', 'IN'],
  ['Delivery option requested', 'in_transit', 'INDIANAPOLIS', 'IN'],
  ['Package redirected to a new address', 'in_transit', 'CHICAGO', 'IL'],
  ['Held for Customer Pickup', 'in_transit', 'DENVER', 'CO'],
  ['Gnorp zephyr', 'in_transit', 'DENVER', 'CO'],
  ['Departed facility', 'in_transit', 'CHICAGO', 'IL'],
  ['Forwarded', 'in_transit', 'CHICAGO', 'IL'],
]
const ends: Step[] = [
  ['Delivered', 'delivered', 'DENVER', 'CO'],
  ['Delivered, Front Desk/Reception/Mail Room', 'delivered', 'DENVER', 'CO'],
  ['Zephyr handover done', 'delivered', 'MIAMI', 'FL'],
  ['Returning package to shipper', 'return_to_sender', 'DENVER', 'CO'],
  ['Package is lost', 'failure', 'CHICAGO', 'IL'],
]
const bound = [
  ['DENVER', 'CO'],
  ['Denver', 'CO'],
  ['MIAMI', 'FL'],
  ['CHICAGO', 'IL'],
] as const
const signers = ['J DOE', 'PERSON, TEST', 'FRONT DESK', 'MARCO QUILL', 'QUILL']

/** A parcel's ten reports, oldest first: each has one scan more, a destination, and in the end somebody who signed. */
function reportsOf(parcel: number): object[] {
  const steps: Step[] = [
    ['Picked up', 'in_transit', 'COLUMBUS', 'OH'],
    ...Array.from({ length: REPORTS - 2 }, () => random.pick(middle)),
    random.pick(ends),
  ]
  const details = steps.map(([message, status, city, state], index) => ({
    object: 'TrackingDetail',
    message,
    description: '',
    status,
    status_detail: status === 'in_transit' ? 'in_transit' : 'unknown',
    datetime: hour(parcel / 50 + index * 5),
    source: 'UPS',
    carrier_code: '',
    tracking_location: { object: 'TrackingLocation', city, state, country: 'US', zip: null },
  }))
  return details.map((detail, index) => {
    const [city, state] = index === 0 ? bound[0] : random.pick([...bound])
    return {
      id: `trk_${number(parcel)}`,
      object: 'Tracker',
      mode: 'production',
      tracking_code: `1ZFLOW${number(parcel)}`,
      status: detail.status,
      status_detail: detail.status_detail,
      created_at: hour(0),
      updated_at: hour(parcel / 50 + index * 5 + 1),
      signed_by: index >= REPORTS - 2 ? random.pick(signers) : null,
      carrier: 'UPS',
      tracking_details: details.slice(0, index + 1),
      carrier_detail: {
        object: 'CarrierDetail',
        destination_tracking_location: { object: 'TrackingLocation', city, state, country: 'US', zip: null },
      },
      fees: [],
    }
  })
}

let events = 0
const body = (result: object) =>
  JSON.stringify({
    id: `evt_${++events}`,
    object: 'Event',
    mode: 'production',
    description: 'tracker.updated',
    previous_attributes: {},
    created_at: hour(0),
    result,
  })

async function order(house: House): Promise<void> {
  const token = await house.token(['directory:write', 'shipments:write'])
  const numbers = Array.from({ length: PARCELS }, (_, parcel) => number(parcel))
  const home = { line1: '12 Maple Street', city: 'Denver', region: 'CO', postal_code: '80205', country: 'US' }
  const email = (parcel: string) => `p${parcel}@example.com`
  await house.post(
    '/people',
    numbers.map((one) => ({
      external_id: one,
      name: 'Test Person',
      email: email(one),
      ...home,
      address_verified: 'yes',
    })),
    token,
  )
  await house.post(
    '/shipments',
    numbers.map((one) => ({
      reference: `F${one}`,
      direction: 'out',
      carrier: 'UPS',
      tracking_code: `1ZFLOW${one}`,
      serial_number: `C02FLOW${one}`,
      person_email: email(one),
      addressee: 'T PERSON',
      ordered_at: '2026-03-01T12:00:00Z',
      ...home,
    })),
    token,
  )
}

async function statesAfter(house: House, bodies: string[]) {
  await order(house)
  for (let at = 0; at < bodies.length; at += 20)
    await Promise.all(bodies.slice(at, at + 20).map((one) => house.easypost(one)))
  // Reading is what is tested: judging all that as often would take minutes and change no state.
  await readInbox(house.service.house)
  return statesOf(house)
}

/** What stands of every parcel, without what is new in every house: ids and sequence numbers. */
async function statesOf(house: House) {
  const { db } = house.service.house
  const shipments = await db.selectFrom('shipments').selectAll().orderBy('reference').execute()
  const carried = await db
    .selectFrom('devices')
    .innerJoin('shipment_devices', 'shipment_devices.device_id', 'devices.id')
    .select(['shipment_id', 'serial_number', 'life_cycle', 'holder_kind', 'state'])
    .execute()
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('shipment_id', 'is not', null)
    .orderBy('seq')
    .execute()
  const chains = Map.groupBy(rows.map(toEvent), (event) => event.shipmentId)
  const states: unknown[] = []
  for (const shipment of shipments) {
    const devices = carried.filter((device) => device.shipment_id === shipment.id)
    const chain = chains.get(shipment.id) ?? []
    const scans = withReadings(chain).flatMap((event) =>
      event.kind === 'shipment.scanned' && event.payload
        ? [`${event.occurredAt.toISOString()} ${event.payload.place.city} ${JSON.stringify(event.payload.reading)}`]
        : [],
    )
    const signed = chain.findLast((event) => event.kind === 'shipment.signed')?.payload ?? null
    states.push({
      reference: shipment.reference,
      state: bare(shipment.state),
      signedBy: shipment.signed_by,
      signed: signed && 'result' in signed ? signed.result : null,
      destination: bare(shipment.destination),
      changes: destinationChanges(chain).map(({ at, from, to }) => [at.toISOString(), from.city, to.city]),
      scans: scans.sort(),
      devices: devices.map(({ shipment_id: _, ...device }) => ({ ...device, state: bare(device.state) })),
    })
  }
  const wordings = await db.selectFrom('wordings').select(['carrier', 'wording', 'seen']).orderBy('wording').execute()
  return { states, wordings }
}

const bare = (state: unknown): unknown =>
  JSON.parse(JSON.stringify(state), (key, value) => (key === 'seq' || /(?:Id|Ids)$/.test(key) ? undefined : value))

test('1,000 webhooks on 100 parcels, shuffled and doubled, end in the same states as in order', async () => {
  const reports = Array.from({ length: PARCELS }, (_, parcel) => reportsOf(parcel))
  const first = reports.flat().map(body)
  // Half of the doubles under their own event's id, as a carrier repeats itself, half as news.
  const doubled = [...first, ...reports.flat().map((report, index) => (index % 2 === 0 ? body(report) : first[index]!))]
  const [a, b] = await Promise.all([
    statesAfter(inOrder, first),
    statesAfter(shuffled, random.some(doubled, doubled.length)),
  ])
  expect(a.states).toHaveLength(PARCELS)
  expect(b.wordings).toEqual(a.wordings)
  for (const [index, state] of a.states.entries()) expect(b.states[index]).toEqual(state)
  expect(a.wordings.map((one) => one.wording)).toEqual(['gnorp zephyr', 'zephyr event #', 'zephyr handover done'])
  expect(a.states.filter((one) => (one as { changes: unknown[] }).changes.length > 0).length).toBeGreaterThan(50)
}, 300_000)
