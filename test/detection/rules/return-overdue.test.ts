import { describe, expect, test } from 'vitest'
import { returnOverdue as rule } from '../../../server/detection/rules/return-overdue.ts'
import { cleanDelivery, findingsOf, judge, weightOf } from '../story.ts'

const asked = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).returnOpened('2026-08-20', '2026-09-01')

describe('fires', () => {
  test('some days after the due day', () => {
    const [finding] = findingsOf(rule, asked(), { now: '2026-09-05' })
    expect(finding).toMatchObject({
      key: 'ret_1',
      summary: 'The laptop was due back and is not on its way for 3 days or more',
      facts: { reason: 'leaving', days: 3 },
      weight: 2,
    })
    expect(finding?.since).toEqual(new Date('2026-09-04T23:59:59Z'))
  })

  test('slowly more, and never enough for a case', () => {
    const weights = ['2026-09-05', '2026-09-20', '2026-10-20', '2027-03-01'].map((now) =>
      weightOf(rule, findingsOf(rule, asked(), { now })[0]),
    )
    expect(weights).toEqual([2, 2.8, 4.5, 7])
  })

  test('again where a label was made and the carrier never saw the parcel', () =>
    expect(findingsOf(rule, asked().returnOrdered('2026-08-21'), { now: '2026-09-20' })).toHaveLength(1))
})

describe('stays quiet', () => {
  test('until then, and says when to look again', () =>
    expect(judge(rule, asked().dossier({ now: '2026-09-03' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-09-04T23:59:59Z'),
    }))

  test('and looks again every week, until it weighs no more', () => {
    expect(judge(rule, asked().dossier({ now: '2026-09-05' })).lookAgainAt).toEqual(new Date('2026-09-11T23:59:59Z'))
    expect(judge(rule, asked().dossier({ now: '2027-03-01' })).lookAgainAt).toBeNull()
  })

  test('once the due day is moved', () => {
    const told = asked().returnDueChanged('2026-09-02', '2026-10-01')
    expect(findingsOf(rule, told, { now: '2026-09-20' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-10-05' })).toHaveLength(1)
  })

  test('once the parcel is on its way', () => {
    const told = asked().returnOrdered('2026-08-25').scan('2026-09-06', 'Boston', 'accepted')
    expect(findingsOf(rule, told, { now: '2026-09-20' })).toEqual([])
  })

  test('once it was received or closed', () => {
    expect(findingsOf(rule, asked().received('2026-08-30'), { now: '2026-09-20' })).toEqual([])
    expect(findingsOf(rule, asked().returnClosed('2026-09-02', 'kept'), { now: '2026-09-20' })).toEqual([])
  })

  test('but not once another laptop came in its place', () => {
    const told = asked().returnOrdered('2026-08-25').scan('2026-08-26', 'Boston', 'accepted')
    expect(findingsOf(rule, told.received('2026-08-30', 'different'), { now: '2026-09-20' })).toHaveLength(1)
  })

  test('once it is given up for lost', () =>
    expect(findingsOf(rule, asked().status('2026-09-02', 'lost'), { now: '2026-09-20' })).toEqual([]))

  test('for a laptop that nobody asked back', () =>
    expect(judge(rule, cleanDelivery().dossier({ now: '2027-01-01' }))).toEqual({ findings: [], lookAgainAt: null }))
})
