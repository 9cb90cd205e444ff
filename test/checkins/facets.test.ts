// Facets: what was added and removed, and taken back again.
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diff, hashOf, type Members, merge, sightingOf, undo } from '../../server/checkins/facets.ts'
import { canonicalText } from '../../server/lib/canonical.ts'
import { checkInSchema } from '../../server/ports.ts'

const sight = (body: object) =>
  sightingOf(
    checkInSchema.parse({ serialNumber: 'C02TALE001', reportedAt: '2026-03-01T10:00:00Z', ...body }),
    (value) => `#${value}`,
  )

// As `sightingOf` makes them: a member is a scalar, or a list that stands for a set; once a list, always a list.
const list = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }).map((items) => items.toSorted())
const members: fc.Arbitrary<Members> = fc.record(
  { scalar: fc.constantFrom('x', 'y', true), software: list, ports: list },
  { requiredKeys: [] },
)

test('a change taken back gives the value before it', () => {
  fc.assert(
    fc.property(members, members, (was, said) => {
      const is = merge(was, said)
      const back = undo(is, diff(was, is))
      // A list that came in with the change is there as an empty one: nothing said is nothing there.
      const known = Object.fromEntries(Object.entries(back).filter(([name]) => name in was))
      expect(known).toEqual(was)
      expect(diff(was, back)).toEqual({ added: [], removed: [] })
    }),
  )
})

test('a value differs from itself in nothing, whatever the order of its members', () => {
  fc.assert(
    fc.property(members, (one) => {
      const turned = Object.fromEntries(Object.entries(one).reverse())
      expect(diff(one, turned)).toEqual({ added: [], removed: [] })
      expect(hashOf(turned)).toEqual(hashOf(one))
    }),
  )
})

test('each member belongs to one facet, and what says nothing of a laptop to none', () => {
  const { facets } = sight({
    uptimeSeconds: 5,
    power: { batteryPercent: 50 },
    hostname: '',
    timeZone: 'America/Chicago',
  })
  expect(facets).toEqual({ clock: { timeZone: 'America/Chicago' } })
})

test('home folders are cut from paths on every platform', () => {
  const paths = ['/Users/fern/A.app', '/home/fern/.x', 'C:\\Users\\Fern Hollis\\x.exe']
  const { facets } = sight({ software: paths.map((path, index) => ({ name: String(index), path })) })
  expect((facets.software!['software'] as { path: string }[]).map((item) => item.path)).toEqual([
    '~/A.app',
    '~/.x',
    '~\\x.exe',
  ])
})

test('of neighbours only their maker, and the names that KVMs give themselves', () => {
  const { facets } = sight({
    network: {
      neighbors: [
        { ip: '10.0.0.2', mac: '30:52:53:00:00:01', hostname: 'JetKVM.local' },
        { mac: 'aa:bb:cc:dd:ee:ff', hostname: 'fern-phone' },
      ],
    },
  })
  expect(facets.network!['neighbours']).toEqual([{ block: '3052530', hostname: 'jetkvm.local' }, { block: 'aabbccd' }])
})

test('the canonical text of a value is the library’s, RFC 8785', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(canonicalText(value)).toBe(canonicalize(value))
    }),
  )
  expect(canonicalText({ b: undefined, a: 1e21, 'é"': ['\u2028', -0] })).toBe(
    canonicalize({ b: undefined, a: 1e21, 'é"': ['\u2028', -0] }),
  )
})
