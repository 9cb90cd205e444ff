import { describe, expect, test } from 'vitest'
import { compareAddresses } from '../../server/addresses/compare.ts'
import type { Address } from '../../server/addresses/parse.ts'
import { berlin, london, written } from './written.ts'

const relation = (a: Address, b: Address) =>
  compareAddresses({ address: a, circle: null }, { address: b, circle: null }).relation

const home = written('14 Quay St Apt 4')
const nothing: Address = { line1: '', line2: '', city: '', region: '', postalCode: '', country: '' }

describe('how near two addresses are', () => {
  test.each([
    ['same door', written('14 QUAY STREET', { line2: '#4', postalCode: '02110-1234' })],
    ['same door', written('14 Quay St Apt 4', { postalCode: '' })],
    ['same building', written('14 Quay St Apt 5')],
    ['same building', written('14 Quay St')],
    ['same building', written('14 Quay St Apt 4', { line2: 'ring 3 times' })],
    ['same street', written('16 Quay St')],
    ['same city', written('14 Elm St', { postalCode: '02111' })],
    ['same city', written('14 Quay St Apt 4', { postalCode: '02119' })],
    ['same city', written('')],
    ['same region', written('14 Quay St', { city: 'Salem', postalCode: '01970' })],
    ['same country', written('14 Quay St', { city: 'Phoenix', region: 'AZ', postalCode: '85001' })],
    ['same country', { ...nothing, city: 'Boston', country: 'US' }],
    ['elsewhere', written('Hauptstr. 5', berlin)],
    ['cannot tell', nothing],
    ['cannot tell', written('14 Quay St Apt 4', { country: 'Atlantis' })],
  ] as const)('%s: $line1, $city', (expected, other) => {
    expect(relation(home, other)).toBe(expected)
    expect(relation(other, home)).toBe(expected)
  })

  test('a PO box is one door; a shared locker is never one', () => {
    expect(relation(written('PO Box 44'), written('P.O. Box 44'))).toBe('same door')
    expect(relation(written('PO Box 44'), written('PO Box 45'))).toBe('same city')
    const locker = written('Packstation 123', berlin)
    expect(relation(locker, locker)).toBe('same building')
    expect(relation({ ...locker, line2: '1234567' }, { ...locker, line2: '1234567' })).toBe('same door')
  })

  test('outside North America a city needs no region', () => {
    expect(relation(written('1 High St', london), { ...nothing, city: 'LONDON', country: 'UK' })).toBe('same city')
  })

  test('tells the distance where both can be placed', () => {
    const boston = { latitude: 42.36, longitude: -71.06, radiusKm: 25 }
    const phoenix = { latitude: 33.45, longitude: -112.07, radiusKm: 25 }
    const far = written('1 Elm St', { city: 'Phoenix', region: 'AZ', postalCode: '85001' })
    expect(compareAddresses({ address: home, circle: boston }, { address: far, circle: phoenix }).km).toBeCloseTo(
      3700,
      -2,
    )
    expect(compareAddresses({ address: home, circle: boston }, { address: far, circle: null }).km).toBeNull()
  })
})
