// One door in many spellings, one building, two places: each pair as labelled, whichever comes first.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressKeys } from '../../server/addresses/keys.ts'
import { type Address, parseAddress } from '../../server/addresses/parse.ts'
import { comparePrepared, prepareAddress, type Relation } from '../../server/addresses/prepared.ts'
import { type Label, labelledPairs } from './pairs.ts'

const relation = (a: Address, b: Address) => comparePrepared(prepareAddress(a), prepareAddress(b))
const labelOf = (found: Relation): Label =>
  found === 'same door' ? 'door' : found === 'same building' ? 'building' : 'different'
const text = ({ line1, line2, city, postalCode }: Address) =>
  [line1, line2, city, postalCode].filter(Boolean).join(', ')

test('there are three hundred pairs at least, over six countries at least', () => {
  expect(labelledPairs.length).toBeGreaterThanOrEqual(300)
  expect(new Set(labelledPairs.map(({ a }) => a.country)).size).toBeGreaterThanOrEqual(6)
})

describe.each(['door', 'building', 'different'] as const)('labelled %s', (label) => {
  test.each(
    labelledPairs
      .filter((pair) => pair.label === label)
      .map((pair) => [`${pair.country}: ${text(pair.a)} ~ ${text(pair.b)}`, pair]),
  )('%s', (_, { a, b }) => {
    expect(labelOf(relation(a, b))).toBe(label)
    expect(labelOf(relation(b, a))).toBe(label)
  })
})

describe('keys', () => {
  const keyed = labelledPairs.map(({ label, a, b }) => ({
    label,
    a: addressKeys(a),
    b: addressKeys(b),
    pair: [text(a), text(b)],
  }))

  test('two doors never share a door key, two buildings never a building key', () => {
    const shared = keyed.filter(
      ({ label, a, b }) =>
        (label !== 'door' && !a.doubtful && !b.doubtful && a.door !== null && a.door === b.door) ||
        (label === 'different' && !a.doubtful && !b.doubtful && a.building !== null && a.building === b.building),
    )
    expect(shared).toEqual([])
  })
})

const anyPair = fc.constantFrom(...labelledPairs)
const slip = fc.record({ at: fc.nat(), letter: fc.constantFrom(...'aehlnorst ,.-#4') })
const slipped = (address: Address, { at, letter }: { at: number; letter: string }): Address => {
  const where = at % (address.line1.length + 1)
  return { ...address, line1: address.line1.slice(0, where) + letter + address.line1.slice(where + 1) }
}

test('comparing is symmetric, whatever was mistyped', () => {
  fc.assert(
    fc.property(anyPair, slip, slip, ({ a, b }, first, second) => {
      const [one, other] = [slipped(a, first), slipped(b, second)]
      expect(relation(one, other)).toBe(relation(other, one))
      expect(relation(one, b)).toBe(relation(b, one))
    }),
    { numRuns: 2000 },
  )
})

test('an address is nearest to itself: its own door, or nothing certain at all', () => {
  for (const { a } of labelledPairs) {
    const { door, doubtful } = addressKeys(a)
    if (door !== null && !doubtful) expect([text(a), relation(a, a)]).toEqual([text(a), 'same door'])
  }
})

test('a number that is another never makes one building', () => {
  const streets = ['Quay St', 'Willowbrook Ave', 'N 5th St', 'Saint James Pl']
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 1, max: 9999 }),
      fc.constantFrom(...streets),
      (a, b, street) => {
        fc.pre(a !== b)
        const at = (number: number) => ({ ...labelledPairs[0]!.a, line1: `${number} ${street}` })
        expect(['same street', 'same city']).toContain(relation(at(a), at(b)))
      },
    ),
  )
})

test('normalising is idempotent: an address written as it was read has the same keys', () => {
  for (const { a } of labelledPairs) {
    const parsed = parseAddress(a)
    const keys = addressKeys(a)
    if (!parsed || parsed.box || keys.doubtful || !['US', 'GB', 'FR', 'DE'].includes(parsed.country)) continue
    const { number, street, unit, city, region, postalCode, country } = parsed
    const line1 = country === 'DE' ? `${street} ${number}` : `${number} ${street.replace(/ urb .*/, '')}`
    const urbanization = / (urb .*)/.exec(street)?.[1]
    const again = { line1, line2: [unit, urbanization].filter(Boolean).join(', '), city, region, postalCode, country }
    expect([text(a), addressKeys(again)]).toEqual([text(a), keys])
  }
})
