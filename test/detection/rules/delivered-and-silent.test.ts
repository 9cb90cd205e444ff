import { describe, expect, test } from 'vitest'
import { deliveredAndSilent as rule } from '../../../server/detection/rules/delivered-and-silent.ts'
import { cleanDelivery, findingsOf, judge, weightOf } from '../story.ts'

describe('fires', () => {
  test('a week after a delivery without a check-in', () => {
    const [finding] = findingsOf(rule, cleanDelivery(), { now: '2026-03-13' })
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'Delivered in Boston, MA and not heard of for 7 days or more',
      evidence: [5, 2],
    })
    expect(finding?.since).toEqual(new Date('2026-03-12T12:00:00Z'))
  })

  test('more after four weeks, and never enough for a case', () => {
    const weights = ['2026-03-13', '2026-03-20', '2026-04-03', '2027-01-01'].map((now) =>
      weightOf(rule, findingsOf(rule, cleanDelivery(), { now })[0]),
    )
    expect(weights).toEqual([...weights].sort((a, b) => a - b))
    expect(weights.at(-1)).toBe(8)
  })

  test('also when the laptop was heard of only before it was delivered', () => {
    expect(
      findingsOf(rule, cleanDelivery().checkedIn('2026-03-03', { from: 'Denver' }), { now: '2026-03-20' }),
    ).toHaveLength(1)
  })

  test('a week after a declared absence', () => {
    const told = cleanDelivery().declared('travel', '2026-03-01', '2026-03-20')
    expect(findingsOf(rule, told, { now: '2026-03-25' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-03-29' })).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('within the week, and says when to look again', () => {
    expect(judge(rule, cleanDelivery().dossier({ now: '2026-03-10' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-03-12T12:00:00Z'),
    })
  })

  test('after an event, which moves no clock', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('once it was heard of', () =>
    expect(findingsOf(rule, cleanDelivery().checkedIn('2026-03-11', {}), { now: '2026-04-01' })).toEqual([]))

  test('until a week after the first working day', () => {
    const told = cleanDelivery().person({ startsOn: '2026-04-01' })
    expect(findingsOf(rule, told, { now: '2026-04-05' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-04-09' })).toHaveLength(1)
  })

  test('while it is on its way back, lost or with the repairer', () => {
    expect(findingsOf(rule, cleanDelivery().returnOrdered('2026-03-10'), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, cleanDelivery().status('2026-03-10', 'repair'), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, cleanDelivery().status('2026-03-10', 'lost'), { now: '2026-04-01' })).toEqual([])
    expect(
      findingsOf(rule, cleanDelivery().declared('repair', '2026-03-06', '2026-05-01', 'TALE0001'), {
        now: '2026-04-01',
      }),
    ).toEqual([])
  })

  test('but not for the repair of another laptop', () => {
    expect(
      findingsOf(rule, cleanDelivery().declared('repair', '2026-03-06', '2026-05-01', 'OTHER001'), {
        now: '2026-04-01',
      }),
    ).toHaveLength(1)
  })

  test('while whoever would hear of it fails, and for a week after', () => {
    const told = cleanDelivery().outage('mdm', '2026-03-06', '2026-03-20')
    expect(findingsOf(rule, told, { now: '2026-03-18' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-03-25' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-03-28' })).toHaveLength(1)
    expect(judge(rule, cleanDelivery().outage('mdm', '2026-03-06').dossier({ now: '2026-03-18' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-03-19T12:00:00Z'),
    })
  })

  test('while all sources that saw it on the bench fail, but not when only some of them do', () => {
    const bench = () =>
      cleanDelivery().checkedIn('2026-02-10').checkedIn('2026-02-10', { source: 'agent' }).outage('mdm', '2026-03-06')
    expect(findingsOf(rule, bench(), { now: '2026-03-20' })).toHaveLength(1)
    expect(findingsOf(rule, bench().outage('agent', '2026-03-06'), { now: '2026-03-20' })).toEqual([])
  })

  test('but not for ever for a source that nobody mends and that never saw it', () =>
    expect(findingsOf(rule, cleanDelivery().outage('old agent', '2026-01-10'), { now: '2026-03-20' })).toHaveLength(1))

  test('while the parcel waits at a counter', () => {
    expect(
      findingsOf(rule, cleanDelivery().delivered('2026-03-06', 'Boston', 'counter'), { now: '2026-04-01' }),
    ).toEqual([])
  })
})
