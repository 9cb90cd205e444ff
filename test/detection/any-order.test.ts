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

/** Three sources that agree in little, all of them at one and the same moment, and two doubts: a laptop that may be several. */
const disputed = (): Story =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .checkedIn('2026-03-01T15:00:00Z', { source: 'bench', hardwareUuid: boards[0], remoteLogin: false })
    .scan('2026-03-03', 'Columbus', 'accepted')
    .delivered('2026-03-05', 'Boston')
    .accepted('2026-03-05')
    .checkedIn('2026-03-06', {
      source: 'mdm',
      from: 'Phoenix',
      network: 'home',
      hardwareUuid: boards[1],
      timeZone: 'Asia/Shanghai',
      user: 'per_2',
      remoteLogin: true,
    })
    .checkedIn('2026-03-06', {
      source: 'agent',
      from: 'Lisbon',
      network: 'home',
      hardwareUuid: boards[2],
      timeZone: 'Asia/Shanghai',
      user: 'per_3',
      vouches: 'nothing',
      screenSharing: true,
      listeningPorts: [{ port: 22 }, { port: 5900 }],
    })
    .checkedIn('2026-03-06', { source: 'other', from: 'Denver', network: 'vpn', timeZone: 'UTC', user: null })
    .doubted('2026-03-06', 'serial on several machines', { source: 'mdm' })
    .doubted('2026-03-06', 'serial on several machines', { source: 'agent' })
    .doubted('2026-03-06', 'enrolment of another machine', { source: 'mdm', otherDeviceId: 'dev_2' })
    .doubted('2026-03-06', 'enrolment of another machine', { source: 'agent', otherDeviceId: 'dev_3' })
    .declared('household', '2026-01-01', '2026-05-01', null, 'per_3')
    .seenDaily('2026-03-07', '2026-03-25')
    .seenDaily('2026-03-07', '2026-03-25', { source: 'agent' })
    .seenDaily('2026-03-07', '2026-03-25', { source: 'other' })

const boards = [
  '4C4C4544-0042-3510-8054-B4C04F565931',
  '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12',
  '00112233-4455-6677-8899-AABBCCDDEEFF',
] as const

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
