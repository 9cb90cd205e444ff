// Where a carrier says a parcel is bound: a change is a change in whatever order reports come, and spelling is none.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DestinationChange, destinationChanges } from '../../server/custody/destinations.ts'
import type { Place } from '../../server/custody/events.ts'
import { changesIn, type Destination, isSameDestination, withMention } from '../../server/shipping/destination.ts'
import { type City, cities, openWorld, order, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const place = (
  city: string | null,
  region: string | null = null,
  country: string | null = 'US',
  circle: Place['circle'] = null,
) => ({
  city,
  region,
  country,
  circle,
})
const near = (km: number) => ({ latitude: 42 + km / 111, longitude: -71, radiusKm: 25 })

test.each([
  ['case', place('BOSTON', 'MA'), place('Boston', 'ma')],
  ['an abbreviation', place('MAPLE HTS', 'OH'), place('Maple Heights', 'OH')],
  ['a saint', place('ST. LOUIS', 'MO'), place('Saint Louis', 'Missouri')],
  ['accents', place('Köln', null, 'DE'), place('KOLN', null, 'DE')],
  ['a region left out', place('Duluth', 'MN'), place('DULUTH')],
  ['a city left out', place(null, 'MN'), place('Duluth', 'MN')],
  ['a country left out', place('Duluth', 'MN', null), place('Duluth', 'MN', 'US')],
  ['a suburb whose circle touches', place('Quincy', 'MA', 'US', near(0)), place('Boston', 'MA', 'US', near(14))],
  ['a metro area across a border', place('Detroit', 'MI', 'US', near(0)), place('Windsor', 'ON', 'CA', near(5))],
])('%s is no other destination', (_what, a, b) => {
  expect([isSameDestination(a, b), isSameDestination(b, a)]).toEqual([true, true])
})

test.each([
  ['another city', place('Duluth', 'MN'), place('Mankato', 'MN')],
  ['another region', place('Portland', 'OR'), place('Portland', 'ME')],
  ['another country', place('Birmingham', null, 'GB'), place('Birmingham', null, 'US')],
  ['a namesake far away', place('Boston', 'MA', 'US', near(0)), place('Boston', 'MA', 'US', near(400))],
])('%s is another destination', (_what, a, b) => {
  expect([isSameDestination(a, b), isSameDestination(b, a)]).toEqual([false, false])
})

const named = fc.constantFrom('Boston', 'BOSTON', 'Denver', 'Phoenix', 'Miami')
const told = fc.uniqueArray(fc.record({ minute: fc.integer({ min: 0, max: 12 }), city: named }), {
  selector: (one) => one.minute,
  minLength: 1,
  maxLength: 8,
})
type Told = { minute: number; city: string }
const circleOf = (city: string) => {
  const [, , latitude, longitude] = cities[(city[0] + city.slice(1).toLowerCase()) as City]
  return { latitude, longitude, radiusKm: 25 }
}
const at = (minute: number) => `2026-03-02T12:${String(minute).padStart(2, '0')}:00.000Z`

test('the same mentions in any order, and twice, come to the same changes', () => {
  const collect = (all: Told[]) =>
    all.reduce<Destination | null>(
      (was, { minute, city }) =>
        withMention(was, { at: at(minute), place: place(city, null, 'US', circleOf(city)) }) ?? was,
      null,
    )
  fc.assert(
    fc.property(
      told.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
      ),
      ([all, shuffled]) => {
        const inOrder = collect(all.toSorted((a, b) => a.minute - b.minute))
        expect(collect(shuffled)).toEqual(inOrder)
        expect(changesIn(inOrder!.said).length).toBeLessThan(all.length)
      },
    ),
  )
})

const report = (one: Told) =>
  world.scan('2026-03-05', {
    updatedAt: at(one.minute),
    destination: { city: one.city, region: null, postalCode: null, country: 'US' },
    scans: [],
  })
const bare = ({ at, from, to }: DestinationChange) => [
  at.toISOString(),
  from.city?.toLowerCase(),
  to.city?.toLowerCase(),
]

test('the ledger comes to the same changes and the same destination, whatever the order of the reports', async () => {
  const stories = fc.sample(
    told.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    ),
    { numRuns: 12, seed: 11 },
  )
  for (const [all, shuffled] of stories) {
    const ends: unknown[] = []
    for (const reports of [all.toSorted((a, b) => a.minute - b.minute), shuffled]) {
      await world.reset()
      await order(world)
      for (const one of reports) await report(one)
      const { destination } = await world.shipment('PO-1')
      const { city, reportedAt } = destination as Destination
      ends.push([city, reportedAt, destinationChanges(await world.events('shipment.destination_changed')).map(bare)])
    }
    expect(ends[1]).toEqual(ends[0])
  }
})

test('the first mention is no change, and what a late report shows to be none is taken back', async () => {
  await order(world)
  await report({ minute: 1, city: 'Boston' })
  expect(await world.events('shipment.destination_changed')).toEqual([])
  await report({ minute: 3, city: 'Phoenix' })
  const changes = async () => destinationChanges(await world.events('shipment.destination_changed')).map(bare)
  expect(await changes()).toEqual([[at(3), 'boston', 'phoenix']])
  // It went to Phoenix a minute before that, so that at three nothing changed.
  await report({ minute: 2, city: 'PHOENIX' })
  expect(await changes()).toEqual([[at(2), 'boston', 'phoenix']])
})

test('reports without a place, or without news, write nothing', async () => {
  await order(world)
  const nowhere = { city: null, region: null, postalCode: null, country: null }
  await world.scan('2026-03-02', { updatedAt: at(1), destination: nowhere, scans: [] })
  await report({ minute: 2, city: 'Boston' })
  await report({ minute: 2, city: 'Boston' })
  await world.scan('2026-03-02', { updatedAt: at(3), destination: null, scans: [] })
  expect(await world.events('shipment.destination_changed')).toEqual([])
  expect((await world.shipment('PO-1')).destination).toMatchObject({
    city: 'Boston',
    reportedAt: time(at(2)).toISOString(),
  })
})
