// Diverted laptops, told from order to remote tool: which rules speak, and that order of arrival changes nothing.
import { describe, expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Facts } from '../../server/detection/facts.ts'
import { ruleById, rules } from '../../server/detection/rules/index.ts'
import { type Scored, scoreOf } from '../../server/detection/score.ts'
import { readScan } from '../../server/integrations/carriers/readings.ts'
import { headOf, judge, type Story, story } from './story.ts'

const fedex = (status: string, statusDetail: string, message: string) =>
  readScan({ carrier: 'FedEx', status, statusDetail, message, carrierCode: null })

/** The laptop of the contract: redirected by wording, delivered across the country, a remote tool within hours. */
const redirected = () =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .shipped('2026-03-03')
    .scan('2026-03-03', 'Columbus', fedex('in_transit', 'received_at_origin_facility', 'Picked up'))
    .scan(
      '2026-03-05',
      'Denver',
      fedex('in_transit', 'in_transit', 'Delivery option completed; package redirected to a new address'),
    )
    .scan('2026-03-06', 'Phoenix', fedex('delivered', 'arrived_at_destination', 'Delivered'))
    .checkedIn('2026-03-06T18:00:00Z', { from: 'Phoenix', software: ['Slack'] })
    .checkedIn('2026-03-07T01:12:00Z', {
      from: 'Phoenix',
      software: ['Slack', { name: 'AnyDesk', identifier: 'com.philandro.anydesk', startup: true }],
    })

const reshipped = () =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .scan('2026-03-02', 'Columbus', 'accepted')
    .delivered('2026-03-05', 'Boston')
    .checkedIn('2026-03-20', { from: 'Shenyang', software: ['AnyDesk', 'RustDesk'] })

/** It waited at a counter that nobody asked for, and somebody else came for it. */
const fetched = () =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .scan('2026-03-02', 'Columbus', 'accepted')
    .scan('2026-03-04', 'Boston', { is: 'held', at: 'counter' })
    .delivered('2026-03-05', 'Boston', 'person')
    .signed('2026-03-05', 'different')

/** No words of a redirect: only the carrier's own destination moved. */
const moved = () =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .scan('2026-03-02', 'Columbus', 'accepted')
    .destinationChanged('2026-03-03', 'Boston', 'Phoenix')
    .delivered('2026-03-05', 'Phoenix')
    .signed('2026-03-05', 'different')
    .signedFor('2026-03-09', 'per_2', 'Phoenix')

function said(facts: Facts) {
  const dossier = assembleDossier(facts, { seq: headOf(facts) })
  const kinds = new Map(facts.events.map((event) => [event.seq, `${event.kind} ${event.occurredAt.toISOString()}`]))
  return rules.flatMap((rule) =>
    judge(rule, dossier).findings.map(({ evidence, ...rest }) => ({
      rule: rule.id,
      ...rest,
      evidence: evidence.map((seq) => kinds.get(seq)).toSorted(),
    })),
  )
}

const rulesOf = (told: Story) => said(told.facts()).map((finding) => finding.rule)

describe('a laptop whose parcel was redirected', () => {
  test('is seen by the redirect, the place of delivery and the tool', () => {
    expect(rulesOf(redirected())).toEqual([
      'parcel-redirected',
      'delivered-elsewhere',
      'first-check-in-far',
      'remote-tool-early',
      'remote-tool-unapproved',
      'unattended-access',
    ])
  })

  test('each with its summary, and none with a name, a street or a number of the parcel', () => {
    expect(said(redirected().facts()).map((finding) => finding.summary)).toEqual([
      'The parcel was redirected to another address while it was in Denver, CO',
      'Delivered in Phoenix, AZ, 3,700 km from the approved address in Boston, MA',
      'First checked in from Phoenix, AZ, 3,700 km from its address in Boston, MA',
      'AnyDesk was on the laptop 7 hours after its first check-in',
      'AnyDesk is on the laptop, which nobody approved; it came 7 hours after the first check-in',
      'AnyDesk starts by itself and lets others in, set up 7 hours after the first check-in',
    ])
  })

  test('step by step: nothing is said before its fact, and every key stays', () => {
    const facts = redirected().facts()
    const steps = facts.events.map(({ seq }) =>
      rules.flatMap((rule) =>
        judge(rule, assembleDossier(facts, { seq })).findings.map((finding) => `${rule.id} ${finding.key}`),
      ),
    )
    for (const [index, step] of steps.entries()) expect(steps[index + 1] ?? step).toEqual(expect.arrayContaining(step))
    expect(steps.at(-1)).toHaveLength(6)
  })

  test('rests on facts that are there', () => {
    const facts = redirected().facts()
    for (const rule of rules) {
      for (const { evidence } of judge(rule, assembleDossier(facts, { seq: facts.events.length })).findings) {
        expect(evidence.length).toBeGreaterThan(0)
        expect(new Set(evidence).size).toBe(evidence.length)
        for (const seq of evidence) expect(facts.events[seq - 1]?.seq).toBe(seq)
      }
    }
  })
})

test('a laptop sent on abroad is seen by its place and its tools', () => {
  expect(rulesOf(reshipped())).toEqual([
    'woke-abroad',
    'first-check-in-far',
    'check-in-abroad',
    'remote-tool-early',
    'remote-tool-early',
    'remote-tools-several',
    'remote-tool-unapproved',
    'remote-tool-unapproved',
  ])
})

describe('a laptop that went another way without a word of it', () => {
  const scored = (told: Story): Scored[] =>
    said(told.facts()).map(({ rule: id, key, weight }) => {
      const { group, layer, severity, weight: usual } = ruleById(id)!
      return { findingId: key, rule: id, group, layer, severity, weight: weight ?? usual, exceptional: false }
    })

  test('fetched at a counter by a stranger, it is a case', () => {
    expect(rulesOf(fetched())).toEqual(['parcel-held-for-pickup', 'signed-by-stranger'])
    expect(scoreOf(scored(fetched()))).toMatchObject({ score: 13, severity: 'medium' })
  })

  test('at a stranger who takes in a colleague’s too, it is a grave one, and no finding hides another', () => {
    expect(rulesOf(moved())).toEqual([
      'destination-changed',
      'delivered-elsewhere',
      'signed-by-stranger',
      'signer-shared',
    ])
    expect(scoreOf(scored(moved())).severity).toBe('high')
  })
})

describe.each([
  ['redirected', redirected],
  ['reshipped', reshipped],
  ['fetched', fetched],
  ['moved', moved],
])('the order in which facts about a %s laptop arrive', (_, told) => {
  const orders: Record<string, (all: readonly { at: Date }[]) => { at: Date }[]> = {
    backwards: (all) => [...all].reverse(),
    'every second first': (all) => [
      ...all.filter((_, index) => index % 2 === 0),
      ...all.filter((_, index) => index % 2 === 1),
    ],
    'the last first': (all) => [...all.slice(-1), ...all.slice(0, -1)],
    'the order last': (all) => [...all.slice(2), ...all.slice(0, 2)],
  }
  test.each(Object.keys(orders))('changes nothing: %s', (name) => {
    // How a check-in reached us is not what happened: which of its events carries the tool may differ.
    const plain = (facts: Facts) => said(facts).map(({ evidence: _, ...rest }) => rest)
    expect(plain(told().facts(orders[name]))).toEqual(plain(told().facts()))
  })
})
