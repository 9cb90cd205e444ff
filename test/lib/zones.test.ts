import fc from 'fast-check'
import { expect, test } from 'vitest'
import { zoneAt, zonesWithin } from '../../server/lib/zones.ts'

const boston = { latitude: 42.36, longitude: -71.06 }

test('a point has the zone of its country, and none at sea', () => {
  expect(zoneAt(boston)).toBe('America/New_York')
  expect(zoneAt({ latitude: 33.45, longitude: -112.07 })).toBe('America/Phoenix')
  expect(zoneAt({ latitude: 30, longitude: -45 })).toBeNull()
  expect(zoneAt({ latitude: Number.NaN, longitude: 0 })).toBeNull()
  expect(zoneAt({ latitude: 91, longitude: 0 })).toBeNull()
})

test('a circle has every zone that it reaches', () => {
  expect(zonesWithin({ ...boston, radiusKm: 25 })).toEqual(['America/New_York'])
  // Chattanooga lies at the border of two zones.
  expect(zonesWithin({ latitude: 35.05, longitude: -85.31, radiusKm: 100 }).toSorted()).toEqual([
    'America/Chicago',
    'America/New_York',
  ])
})

test('any circle on the earth has zones that clocks know, or none', () => {
  const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
  const circles = fc.record({ latitude: degrees(90), longitude: degrees(180), radiusKm: fc.nat(1000) })
  const clock = (timeZone: string) => new Intl.DateTimeFormat('en', { timeZone })
  fc.assert(fc.property(circles, (circle) => zonesWithin(circle).forEach(clock)))
})
