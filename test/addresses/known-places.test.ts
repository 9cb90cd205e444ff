import { describe, expect, test } from 'vitest'
import { knownPlaces, readKnownPlaces } from '../../server/addresses/known-places.ts'
import { AppError } from '../../server/lib/errors.ts'

const good = {
  id: 'dock-road',
  kind: 'freight forwarder',
  name: 'Dock Road Forwarding',
  line1: '55 Dock Rd',
  city: 'Boston',
  region: 'MA',
  postalCode: '02110',
  country: 'US',
  unitPattern: '^[a-z]{2,3}\\d{3}$|^\\d{4}$',
  multiTenant: false,
  confidence: 0.9,
  source: 'invented for this test',
}

function faultsOf(list: unknown) {
  try {
    readKnownPlaces(list)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return (error as AppError).faults.map(({ path }) => path)
  }
}

describe('the list of known places', () => {
  test('ours is sound, has a source for each entry, and covers the kinds that matter', () => {
    const count = (kind: string) => knownPlaces.filter((place) => place.kind === kind).length
    expect(count('freight forwarder')).toBeGreaterThanOrEqual(15)
    expect(count('mail drop')).toBeGreaterThanOrEqual(10)
    expect(count('registered agent')).toBeGreaterThan(0)
    expect(count('virtual office')).toBeGreaterThan(0)
  })

  test('a good entry is taken', () => expect(readKnownPlaces([good])).toEqual([good]))

  test('every fault is named at once', () => {
    expect(
      faultsOf([
        { ...good, kind: 'castle' },
        { ...good, id: 'two', confidence: 2 },
        { ...good, id: 'three', source: '' },
        { ...good, id: 'Four!' },
      ]),
    ).toEqual(['0.kind', '1.confidence', '2.source', '3.id'])
  })

  test('the same id twice is a fault', () => expect(faultsOf([good, good])).toEqual(['1.id']))

  test('an address that gets no key is a fault', () => {
    expect(faultsOf([{ ...good, line1: 'by the harbour' }])).toEqual(['0.line1'])
    expect(faultsOf([{ ...good, postalCode: '', region: '' }])).toEqual(['0.line1'])
    expect(faultsOf([{ ...good, country: 'Atlantis' }])).toEqual(['0.line1'])
  })

  test('a building shared with others needs a unit', () => {
    expect(faultsOf([{ ...good, multiTenant: true, unitPattern: null }])).toEqual(['0.unitPattern'])
    expect(faultsOf([{ ...good, multiTenant: true, unitPattern: null, line1: '55 Dock Rd Ste 3' }])).toEqual([])
  })

  test.each([
    '(a+)+$',
    '^(a|aa)+$',
    '^a+$',
    '^a*$',
    '^.{1,5}$',
    '\\d{3}',
    '^\\d{3}',
    '^(\\d)\\1$',
    '^[a-z]{1,9}{1,9}$',
    '^a{9,1}$',
    '^[z-a]$',
    '^a$|b',
    '',
    `^${'a'.repeat(90)}$`,
  ])('a pattern that could be slow or loose is refused: %s', (unitPattern) => {
    expect(faultsOf([{ ...good, unitPattern }])).toEqual(expect.arrayContaining(['0.unitPattern']))
  })
})
