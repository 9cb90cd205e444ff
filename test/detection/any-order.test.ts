// What is said of a laptop does not hang on the order in which its facts were heard, not even of those of one moment.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Facts } from '../../server/detection/facts.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { headOf, judge, type Story, story } from './story.ts'

/** Fetched by a stranger, forwarded, signed for with others, and asked back: much of it at one and the same moment. */
const troubled = (): Story =>
  story()
    .home('Boston', { approved: true, by: 'u_1' })
    .identity('Miami')
    .home('Denver', { at: '2026-03-03', changed: true })
    .ordered('2026-03-01', 'Boston')
    .prepared('2026-03-01', { by: 'u_1' })
    .labelBought('2026-03-01')
    .verified('2026-03-01', 'adr_Boston', 'undeliverable')
    .addressee('2026-03-01', 'different')
    .otherOrder('2026-03-01')
    .scan('2026-03-03', 'Columbus', 'accepted')
    .scan('2026-03-04', 'Boston', { is: 'forwarded' })
    .scan('2026-03-04', 'Boston', { is: 'attempted' })
    .destinationChanged('2026-03-04', 'Boston', 'Phoenix')
    .scan('2026-03-05', 'Phoenix', { is: 'held', at: 'counter' })
    .delivered('2026-03-05', 'Phoenix', 'person')
    .signed('2026-03-05', 'different')
    .signedFor('2026-03-05', 'per_2', 'Phoenix')
    .signedFor('2026-03-05', 'per_3', 'Phoenix')
    .checkedIn('2026-03-06', { from: 'Phoenix' })
    .returnOpened('2026-05-01', '2026-05-10')
    .returnDueChanged('2026-05-01', '2026-05-20')
    .returnOrdered('2026-05-01')
    .scan('2026-06-01', 'Miami', 'accepted')
    .scan('2026-06-01', 'Phoenix', 'moving')

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

test('any order of arrival gives the same findings', () => {
  const told = troubled()
  const expected = said(told.facts())
  const speak = new Set(expected.flat().flatMap((one) => (one.findings.length > 0 ? one.rule : [])))
  expect(speak.size).toBeGreaterThan(10)
  const count = 60
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: count, maxLength: count }), (places) => {
      const shuffled = troubled().facts((all) =>
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
