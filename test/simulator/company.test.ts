// The invented company: the same for the same seed, believable, and nobody real.
import { describe, expect, test } from 'vitest'
import { classifyAddress } from '../../server/addresses/classify.ts'
import { knownPlaces } from '../../server/addresses/known-places.ts'
import { normaliseSerial } from '../../server/devices/identity.ts'
import { createPlaceData } from '../../server/integrations/places/place-data.ts'
import { distanceKm } from '../../server/lib/geo.ts'
import { DAY, plus } from '../../server/lib/time.ts'
import { planBackground } from '../../server/simulator/background.ts'
import { cities } from '../../server/simulator/cities.ts'
import { openCompany, planDay, planWeek } from '../../server/simulator/everyday.ts'
import type { Moment } from '../../server/simulator/moments.ts'
import { randomFrom } from '../../server/simulator/random.ts'
import { planStories } from '../../server/simulator/stories.ts'
import { createWorld } from '../../server/simulator/world.ts'

const startsAt = new Date('2026-03-02T00:00:00Z')

/** Everything that three weeks and the stories hold. */
function planned(seed: number): { moments: Moment[]; world: ReturnType<typeof createWorld>['world'] } {
  const { world, take } = createWorld(seed, startsAt, 60)
  openCompany(world)
  planBackground(world)
  planStories(world)
  for (const week of [1, 2, 3]) planWeek(world, week, 3)
  for (let day = 0; day < 28; day++) planDay(world, plus(startsAt, day * DAY))
  return { world, moments: take(plus(startsAt, 400 * DAY)) }
}

/** What people do in the pages is told by when and by whom. */
const textOf = (moments: Moment[]) => moments.map(({ at, deed }) => JSON.stringify([at, deed])).join('\n')

test('the same seed gives the same people, parcels and days, another seed others', () => {
  const one = textOf(planned(7).moments)
  expect(textOf(planned(7).moments)).toBe(one)
  expect(textOf(planned(8).moments)).not.toBe(one)
})

test('what is drawn from one source moves no other', () => {
  const [a, b] = [randomFrom(3), randomFrom(3)]
  a.next()
  a.fork('people').next()
  expect(a.fork('parcels').next()).toBe(b.fork('parcels').next())
})

describe('everybody', () => {
  const { world, moments } = planned(1)
  const rows = (to: string) => moments.flatMap(({ deed }) => (deed.is === 'rows' && deed.to === to ? deed.rows : []))

  test('has an e-mail that reaches nobody, and a home that is no known place', () => {
    for (const {
      email,
      line1 = '',
      line2 = '',
      city = '',
      region = '',
      postal_code: postalCode = '',
      country = '',
    } of rows('people')) {
      expect(email).toMatch(/^[a-z]+\.[a-z]+@example\.com$/)
      expect(classifyAddress({ line1, line2, city, region, postalCode, country }, knownPlaces)).toMatchObject({
        kind: 'unknown',
        placeId: null,
      })
    }
  })

  test('has a laptop of their own, with a serial number that identifies it', () => {
    const serials = rows('devices').map((row) => row['serial_number']!)
    expect(new Set(serials).size).toBe(serials.length)
    for (const serial of serials) expect(normaliseSerial(serial)).toBe(serial)
  })

  test('works where they live, or in the office', () => {
    for (const { person, stays } of world.usages.slice(0, 50))
      expect([person.city.name, 'Columbus']).toContain(stays[0]!.city.name)
  })
})

test('every public address of the table is placed in its country, within 100 km of its city', async () => {
  const { places } = createPlaceData({ folder: '/nowhere' })
  for (const { name, region, country, zone, networks } of cities) {
    const centre = places.locateCity({ city: name, region, country })!
    expect([name, places.timeZoneAt(centre)]).toEqual([name, zone])
    for (const network of networks) {
      for (let host = 1; host <= 254; host++) {
        const place = places.locateIp(`${network}.${host}`)
        if (place?.country !== country || place.circle === null || distanceKm(place.circle, centre) > 100)
          expect.fail(`${network}.${host} is not in ${name}`)
      }
    }
  }
})
