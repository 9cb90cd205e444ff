import { describe, expect, test } from 'vitest'
import { createPlaceData } from '../../server/integrations/places/place-data.ts'
import { distanceKm } from '../../server/lib/geo.ts'

const { places } = createPlaceData({ folder: '/nowhere' })

describe('where an IP address seems to be', () => {
  test('a home line in Phoenix is in Arizona, within 100 km of the city', () => {
    const place = places.locateIp('72.208.248.11')!
    expect(place).toMatchObject({ country: 'US', region: 'Arizona', operator: null, network: 'unknown' })
    expect(place.circle!.radiusKm).toBe(100)
    expect(distanceKm(place.circle!, { latitude: 33.45, longitude: -112.07 })).toBeLessThan(100)
  })

  test('IPv6, and IPv4 written as IPv6, are found too', () => {
    expect(places.locateIp('2600:1700::1')?.country).toBe('US')
    expect(places.locateIp('::ffff:72.208.248.11')).toEqual(places.locateIp('72.208.248.11'))
  })

  test.each([
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.1.1',
    '100.64.1.1',
    '203.0.113.5',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1%en0',
    'fd00::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '::ffff:0a00:0001',
    '',
    'phoenix',
    '1.2.3',
  ])('%s has no place', (ip) => expect(places.locateIp(ip)).toBeNull())
})

describe('the centre of a city', () => {
  test.each([
    ['Phoenix', 'AZ', 'US', 33.45, -112.07],
    ['Boston', 'Massachusetts', 'United States', 42.36, -71.06],
    ['New York', 'NY', 'US', 40.71, -74.01],
    ['Oklahoma City', 'OK', 'US', 35.47, -97.52],
    ['SAINT LOUIS', 'MO', 'US', 38.63, -90.2],
    ['Montreal', 'Quebec', 'CA', 45.51, -73.59],
    ['Toronto', 'ON', 'Canada', 43.7, -79.42],
    ['Köln', null, 'DE', 50.93, 6.95],
    ['London', null, 'UK', 51.51, -0.13],
  ])('%s, %s, %s is where it is', (city, region, country, latitude, longitude) => {
    const circle = places.locateCity({ city, region, country })!
    expect(distanceKm(circle, { latitude, longitude })).toBeLessThan(15)
  })

  test('without a region the city that dwarfs its namesakes is meant, less surely', () => {
    const sure = places.locateCity({ city: 'Phoenix', region: 'AZ', country: 'US' })!
    const guessed = places.locateCity({ city: 'Phoenix', region: null, country: 'US' })!
    expect(guessed.latitude).toBe(sure.latitude)
    expect(guessed.radiusKm).toBeGreaterThan(sure.radiusKm)
  })

  test.each([
    ['Springfield', null, 'US'],
    ['Phoenix', 'Nevada', 'US'],
    ['Nowhere at all', 'AZ', 'US'],
    ['Phoenix', 'AZ', null],
    [null, 'AZ', 'US'],
  ])('%s, %s, %s cannot be told', (city, region, country) => {
    expect(places.locateCity({ city, region, country })).toBeNull()
  })
})

describe('the time zone of a point', () => {
  test('Phoenix keeps its own; the open sea has none; nonsense has none', () => {
    expect(places.timeZoneAt({ latitude: 33.45, longitude: -112.07 })).toBe('America/Phoenix')
    expect(places.timeZoneAt({ latitude: 30, longitude: -45 })).toBeNull()
    expect(places.timeZoneAt({ latitude: 300, longitude: Number.NaN })).toBeNull()
  })
})
