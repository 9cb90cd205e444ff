import { describe, expect, test } from 'vitest'
import { goneSilent as rule } from '../../../server/detection/rules/gone-silent.ts'
import { cleanDelivery, findingsOf, judge, type Story, weightOf } from '../story.ts'

/** In use in Boston from March 6th, seen every day until the 26th, at noon. */
const inUse = (): Story =>
  cleanDelivery()
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { from: 'Boston' })
    .seenDaily('2026-03-06', '2026-03-26')

describe('fires', () => {
  test('ten days after the last report of a laptop that was seen every day', () => {
    const [finding] = findingsOf(rule, inUse(), { now: '2026-04-06' })
    expect(finding).toMatchObject({
      key: '2026-03-26',
      summary: 'Not heard of for 10 days or more, after it was seen on 14 of 14 days',
      facts: { lastSeenAt: '2026-03-26T12:00:00.000Z', sources: 'mdm' },
    })
    expect(finding?.evidence).toHaveLength(1)
    expect(finding?.since).toEqual(new Date('2026-04-05T12:00:00Z'))
  })

  test('more the longer it lasts, and never enough for a case', () => {
    const weights = ['2026-04-06', '2026-04-16', '2026-05-06', '2027-03-01'].map((now) =>
      weightOf(rule, findingsOf(rule, inUse(), { now })[0]),
    )
    expect(weights).toEqual([...weights].sort((a, b) => a - b))
    expect(weights[0]).toBe(1)
    expect(weights.at(-1)).toBe(4)
  })

  test('less after long service, and about somebody who is leaving', () => {
    const long = cleanDelivery()
      .accepted('2026-03-05T18:00:00Z')
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-06', '2027-03-26')
    expect(weightOf(rule, findingsOf(rule, long, { now: '2027-04-06' })[0])).toBe(0.4)
    const leaving = inUse().person({ leavesOn: '2026-03-31' })
    expect(weightOf(rule, findingsOf(rule, leaving, { now: '2026-04-06' })[0])).toBe(0.5)
  })

  test('when one source fails and another that used to see it says nothing', () => {
    const told = inUse().seenDaily('2026-03-06', '2026-03-26', { source: 'agent' }).outage('mdm', '2026-03-27')
    expect(findingsOf(rule, told, { now: '2026-04-06' })).toHaveLength(1)
  })

  test('ten days after the end of a declared journey, and after its only source recovered', () => {
    const away = inUse().declared('travel', '2026-03-25', '2026-04-05')
    expect(findingsOf(rule, away, { now: '2026-04-12' })).toEqual([])
    expect(findingsOf(rule, away, { now: '2026-04-16' })).toHaveLength(1)
    const deaf = inUse().outage('mdm', '2026-03-27', '2026-04-04')
    expect(findingsOf(rule, deaf, { now: '2026-04-12' })).toEqual([])
    expect(findingsOf(rule, deaf, { now: '2026-04-15' })).toHaveLength(1)
  })

  test('a second time under a key of its own, once it was seen again in between', () => {
    const told = inUse().seenDaily('2026-04-08', '2026-04-20')
    expect(findingsOf(rule, told, { now: '2026-04-06' }).map((one) => one.key)).toEqual(['2026-03-26'])
    // Its longest silence by then is 13 days.
    expect(findingsOf(rule, told, { now: '2026-05-11' }).map((one) => one.key)).toEqual(['2026-04-20'])
  })
})

describe('stays quiet', () => {
  test('within the ten days, and says when to look again', () =>
    expect(judge(rule, inUse().dossier({ now: '2026-04-01' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-04-05T12:00:00Z'),
    }))

  test('while every source that used to see it fails', () => {
    const told = inUse()
      .seenDaily('2026-03-06', '2026-03-26', { source: 'agent' })
      .outage('mdm', '2026-03-27')
      .outage('agent', '2026-03-28')
    expect(judge(rule, told.dossier({ now: '2026-05-01' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-05-02T12:00:00Z'),
    })
  })

  test('about one that is seen on few days, until it is silent for longer than ever', () => {
    const seldom = cleanDelivery()
      .accepted('2026-03-05T18:00:00Z')
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-06', '2026-03-08')
      .seenDaily('2026-03-22', '2026-03-26')
    expect(findingsOf(rule, seldom, { now: '2026-04-12' })).toEqual([])
    expect(findingsOf(rule, seldom, { now: '2026-04-17' })).toHaveLength(1)
  })

  test('about one that was never seen regularly', () => {
    const twice = cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).seenDaily('2026-03-20', '2026-03-20')
    expect(findingsOf(rule, twice, { now: '2026-05-01' })).toEqual([])
  })

  test('once it is asked back, on its way back, in repair, lost or in stock', () => {
    for (const told of [
      inUse().returnOpened('2026-03-30', '2026-04-10'),
      inUse().returnOrdered('2026-03-30'),
      inUse().status('2026-03-30', 'repair'),
      inUse().status('2026-03-30', 'lost'),
      inUse().status('2026-03-30', 'stock'),
      inUse().returnOrdered('2026-03-30').received('2026-04-02'),
    ])
      expect(findingsOf(rule, told, { now: '2026-05-20' })).toEqual([])
  })

  test('during a declared repair of this laptop, but not of another', () => {
    const during = (serial: string) => inUse().declared('repair', '2026-03-25', '2026-05-30', serial)
    expect(findingsOf(rule, during('TALE0001'), { now: '2026-04-20' })).toEqual([])
    expect(findingsOf(rule, during('OTHER001'), { now: '2026-04-20' })).toHaveLength(1)
  })

  test('about what it did on the bench before it was sent', () => {
    const told = cleanDelivery().seenDaily('2026-02-10', '2026-02-25')
    expect(findingsOf(rule, told, { now: '2026-05-01' })).toEqual([])
  })

  test('for ten days after it was handed to somebody else', () => {
    const told = inUse().transferred('2026-04-02', 'per_2')
    expect(findingsOf(rule, told, { now: '2026-04-10' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-04-13' })).toHaveLength(1)
  })
})
