import { describe, expect, test } from 'vitest'
import { distanceKm, gapKm } from '../../server/lib/geo.ts'

const boston = { latitude: 42.36, longitude: -71.06 }
const phoenix = { latitude: 33.45, longitude: -112.07 }

describe('distance on the earth', () => {
  test('Boston and Phoenix are about 3,700 km apart, both ways', () => {
    expect(distanceKm(boston, phoenix)).toBeGreaterThan(3650)
    expect(distanceKm(boston, phoenix)).toBeLessThan(3750)
    expect(distanceKm(phoenix, boston)).toBeCloseTo(distanceKm(boston, phoenix), 6)
  })

  test('a point is nowhere away from itself, and its antipode is half way round', () => {
    expect(distanceKm(boston, boston)).toBe(0)
    expect(distanceKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(20015, 0)
  })

  test('the date line is no distance', () => {
    expect(distanceKm({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 })).toBeLessThan(25)
  })

  test('circles that touch have no gap; others have what their radii leave', () => {
    expect(gapKm({ ...boston, radiusKm: 100 }, { ...boston, latitude: 43, radiusKm: 25 })).toBe(0)
    const gap = gapKm({ ...boston, radiusKm: 100 }, { ...phoenix, radiusKm: 25 })
    expect(gap).toBeCloseTo(distanceKm(boston, phoenix) - 125, 6)
  })
})
