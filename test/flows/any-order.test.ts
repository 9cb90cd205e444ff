// Whatever the order in which carrier, management and agent are heard, and however often: the same state in the end.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, plus } from '../../server/lib/time.ts'
import { tools } from '../../server/simulator/background.ts'
import { cityNamed } from '../../server/simulator/cities.ts'
import { createCompany, type Person } from '../../server/simulator/company.ts'
import { eventBody, type Parcel } from '../../server/simulator/easypost.ts'
import { checkInOf, dayOf, firstDay, type Usage } from '../../server/simulator/habits.ts'
import { personRow } from '../../server/simulator/issues.ts'
import { journey } from '../../server/simulator/journeys.ts'
import { randomFrom } from '../../server/simulator/random.ts'
import { type House, openFlowHouse } from './house.ts'

let house: House
let token: Record<string, string>
let person: Person

const orderedAt = new Date('2026-03-02T15:00:00Z')
const company = createCompany(randomFrom(11), orderedAt, 1)
const laptop = company.buy('darwin')
const denver = cityNamed('Denver')

beforeAll(async () => {
  house = await openFlowHouse('2026-03-01T09:00:00Z')
  token = await house.token(['checkins:write', 'directory:write', 'shipments:write'], { source: 'agent' })
  person = company.hire({ city: denver, startsOn: plus(orderedAt, 7 * DAY) })
  await house.post('/people', personRow(person, company.manager), token)
  // After all that happens: everything is heard late, and most of it more than a day late.
  house.setClock('2026-04-01T09:00:00Z')
})
afterAll(() => house.close())

interface Message {
  to: 'easypost' | 'jamf' | 'checkins'
  body: string
}

/** One laptop's life as messages, oldest first. The same `life` tells the same of its twin. */
function messagesOf(life: number, twin: Twin): { parcel: Parcel; messages: Message[] } {
  const random = randomFrom(life)
  const ends = random.pick([
    { is: 'delivered' },
    { is: 'counter' },
    { is: 'redirected', to: cityNamed('Newark') },
  ] as const)
  const carrier = random.pick(['FedEx', 'UPS', 'USPS'] as const)
  const labelAt = plus(orderedAt, 20 * HOUR)
  const parcel = {
    ...journey({ random, carrier, from: cityNamed('Columbus'), to: denver, labelAt, ends }),
    trackingCode: twin.trackingCode,
  }
  const end = parcel.scans.at(-1)!.at
  const from = plus(end, random.whole(-30, 40) * HOUR)
  const stays = [
    { from, city: denver, line: 5 },
    { from: plus(from, 50 * HOUR), city: denver, line: 5, unusual: { software: [tools.anyDesk] } },
    { from: plus(from, 90 * HOUR), city: cityNamed('Newark'), line: 8 },
  ]
  const usage: Usage = { laptop, person, stays, until: null }
  const morning = new Date(Math.ceil(from.getTime() / DAY) * DAY)
  const days = [0, 1, 2, 3, 4].flatMap((day) => dayOf(random, usage, plus(morning, day * DAY)))
  const named = (body: string) =>
    body.replaceAll(laptop.serialNumber, twin.serialNumber).replaceAll(laptop.hardwareUuid, twin.hardwareUuid)
  const told = [...firstDay(random, usage), ...days].flatMap(({ at, deed }): { at: Date; message: Message }[] => {
    if (deed.is === 'jamf') return [{ at, message: { to: 'jamf', body: named(deed.body) } }]
    return deed.is === 'check-in'
      ? [{ at, message: { to: 'checkins', body: named(JSON.stringify(deed.checkIn)) } }]
      : []
  })
  // It is restarted at noon of its second day: two starts in one day.
  const restarted = plus(morning, DAY + 19 * HOUR)
  told.push({
    at: restarted,
    message: {
      to: 'checkins',
      body: named(JSON.stringify(checkInOf(restarted, usage, stays[0]!, plus(restarted, -5 * 60_000)))),
    },
  })
  const scanned = parcel.scans.map((scan, index) => ({
    at: scan.at,
    message: { to: 'easypost' as const, body: eventBody(parcel, index + 1) },
  }))
  const all = [...scanned, ...told].sort((a, b) => a.at.getTime() - b.at.getTime())
  return { parcel, messages: all.map(({ message }) => message) }
}

/** Of twins the same is reported; they differ in what names them. */
interface Twin {
  reference: string
  serialNumber: string
  hardwareUuid: string
  trackingCode: string
}

function newTwin(): Twin {
  const { serialNumber, hardwareUuid } = company.buy('darwin')
  return { reference: `ANY-${serialNumber}`, serialNumber, hardwareUuid, trackingCode: `1Z${serialNumber}` }
}

async function order(laptop: Twin, parcel: Parcel): Promise<void> {
  const { line1, line2, city, region, postal_code, country } = person.home
  await house.post(
    '/devices',
    { serial_number: laptop.serialNumber, hardware_uuid: laptop.hardwareUuid, status: 'stock' },
    token,
  )
  const row = {
    reference: laptop.reference,
    carrier: parcel.carrier,
    tracking_code: parcel.trackingCode,
    serial_number: laptop.serialNumber,
    person_email: person.email,
  }
  await house.post(
    '/shipments',
    { ...row, direction: 'out', line1, line2, city, region, postal_code, country, ordered_at: orderedAt.toISOString() },
    token,
  )
}

async function hear(message: Message): Promise<void> {
  if (message.to === 'easypost') await house.easypost(message.body)
  else if (message.to === 'jamf') await house.jamf(message.body)
  else await house.post('/checkins', JSON.parse(message.body), token)
}

async function hearAll(messages: Message[], drainAfter: (index: number) => boolean): Promise<void> {
  for (const [index, message] of messages.entries()) {
    await hear(message)
    if (drainAfter(index)) await house.drain()
  }
  await house.drain()
}

/** What the house holds of a laptop, without what names it. */
async function whatIsKnown(laptop: Twin) {
  const { db } = house.service.house
  const device = await db
    .selectFrom('devices')
    .selectAll()
    .where('serial_number', '=', laptop.serialNumber)
    .executeTakeFirstOrThrow()
  const shipment = await db
    .selectFrom('shipments')
    .selectAll()
    .where('reference', '=', laptop.reference)
    .executeTakeFirstOrThrow()
  const facets = await db
    .selectFrom('facets')
    .select(['source', 'facet', 'content'])
    .where('device_id', '=', device.id)
    .orderBy('source')
    .orderBy('facet')
    .execute()
  const presence = await db
    .selectFrom('presence')
    .selectAll()
    .where('device_id', '=', device.id)
    .orderBy('source')
    .orderBy('day')
    .execute()
  const known = {
    device: {
      lifeCycle: device.life_cycle,
      holder: device.holder_kind,
      holderId: device.holder_id,
      state: withoutSeqs(device.state),
    },
    shipment: {
      status: shipment.status,
      shippedAt: shipment.shipped_at,
      firstScanAt: shipment.first_scan_at,
      deliveredAt: shipment.delivered_at,
      state: withoutSeqs(shipment.state),
    },
    facets,
    presence: presence.map(({ device_id: _, sealed: __, fingerprint: ___, ...row }) => row),
  }
  const names = new Map([
    [device.id, 'device'],
    [shipment.id, 'shipment'],
    [laptop.serialNumber, 'serial'],
    [laptop.hardwareUuid, 'uuid'],
  ])
  return JSON.parse([...names].reduce((text, [name, stands]) => text.replaceAll(name, stands), JSON.stringify(known)))
}

const withoutSeqs = (state: unknown) => ({
  ...(state as object),
  contradictions: (state as { contradictions: { why: string }[] }).contradictions.map((one) => one.why).sort(),
})

test('state, facets and presence do not hang on the order in which they are heard, nor on how often', {
  timeout: 120_000,
}, async () => {
  const hearing = fc.record({
    life: fc.integer({ min: 1, max: 1e6 }),
    /** Where each message comes to stand; equal ones keep their order. */
    places: fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }),
    /** Which are heard again at the end. */
    again: fc.array(fc.nat(59), { maxLength: 8 }),
    /** After which the house catches up. */
    pauses: fc.array(fc.nat(59), { maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(hearing, async ({ life, places, again, pauses }) => {
      const [first, second] = [newTwin(), newTwin()]
      const inOrder = messagesOf(life, first)
      await order(first, inOrder.parcel)
      await hearAll(inOrder.messages, () => true)
      const other = messagesOf(life, second)
      const shuffled = other.messages
        .map((message, index) => ({ message, place: places[index] ?? 0 }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ message }) => message)
      await order(second, other.parcel)
      await hearAll([...shuffled, ...again.flatMap((index) => other.messages[index] ?? [])], (index) =>
        pauses.includes(index),
      )
      expect(await whatIsKnown(second)).toEqual(await whatIsKnown(first))
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
