// What is said of a laptop does not hang on the order in which its facts were heard, not even of those of one moment.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Facts } from '../../server/detection/facts.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { disputed, farmed, troubled } from './lives.ts'
import { headOf, judge } from './story.ts'

/** The findings after all of it, and as sweeps see them on the way; evidence by what it is, since numbers are given by arrival. */
function said(facts: Facts) {
  const known = new Map<number, string>([
    ...facts.events.map((one) => [one.seq, `${one.kind} ${one.occurredAt.toISOString()}`] as const),
    ...[...facts.signers, ...facts.otherOrders].map((one) => [one.seq, one.shipmentId] as const),
  ])
  const seq = headOf(facts)
  const times = ['2026-03-06T12:00:00Z', '2026-03-20T00:00:00Z', '2026-06-20T00:00:00Z']
  const dossiers = [
    assembleDossier(facts, { seq }),
    ...times.map((now) => assembleDossier(facts, { seq, now: new Date(now) })),
  ]
  return dossiers.map((dossier) =>
    rules.map((rule) => {
      const { findings, lookAgainAt } = judge(rule, dossier)
      const plain = findings.map(({ evidence, ...rest }) => ({
        ...rest,
        evidence: evidence.map((one) => known.get(one)).toSorted(),
      }))
      return { rule: rule.id, lookAgainAt, findings: plain.toSorted((a, b) => a.key.localeCompare(b.key)) }
    }),
  )
}

test.each([
  ['a parcel', troubled],
  ['a laptop', disputed],
  ['a farm', farmed],
])('any order of arrival of what is known of %s gives the same findings', (_, story) => {
  const expected = said(story().facts())
  const speak = new Set(expected.flat().flatMap((one) => (one.findings.length > 0 ? one.rule : [])))
  expect(speak.size).toBeGreaterThan(9)
  const count = 60
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: count, maxLength: count }), (places) => {
      const shuffled = story().facts((all) =>
        all
          .map((one, index) => ({ one, place: places[index] ?? 0 }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ one }) => one),
      )
      expect(said(shuffled)).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})
