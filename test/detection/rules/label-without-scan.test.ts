import { describe, expect, test } from 'vitest'
import { labelWithoutScan as rule } from '../../../server/detection/rules/label-without-scan.ts'
import { cleanDelivery, findingsOf, judge, story, weightOf } from '../story.ts'

/** Bought on a Thursday. */
const bought = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-04', 'Boston').labelBought('2026-03-05')

describe('fires', () => {
  test('three working days after the label was bought', () => {
    const [finding] = findingsOf(rule, bought(), { now: '2026-03-10T13:00:00Z' })
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'A label was bought, and the carrier has not seen the parcel for 3 working days or more',
      evidence: [3, 2],
      facts: { saidToBeShipped: false },
    })
    expect(finding?.since).toEqual(new Date('2026-03-10T12:00:00Z'))
  })

  test('more the longer it lasts, and never much', () => {
    const weights = ['2026-03-11', '2026-03-14', '2026-03-19', '2027-01-01'].map((now) =>
      weightOf(rule, findingsOf(rule, bought(), { now })[0]),
    )
    expect(weights).toEqual([2, 3.5, 5, 5])
  })

  test('also where somebody said that it was shipped', () =>
    expect(findingsOf(rule, bought().shipped('2026-03-05T18:00:00Z'), { now: '2026-03-11' })[0]?.facts).toMatchObject({
      saidToBeShipped: true,
    }))

  test('also where the carrier knows of the label only', () =>
    expect(
      findingsOf(rule, bought().scan('2026-03-05T13:00:00Z', null, { is: 'created' }), { now: '2026-03-11' }),
    ).toHaveLength(1))
})

describe('stays quiet', () => {
  test('over a week-end, and says when to look again', () =>
    expect(judge(rule, bought().dossier({ now: '2026-03-09' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-03-10T12:00:00Z'),
    }))

  test('once the carrier has it', () =>
    expect(judge(rule, bought().scan('2026-03-06', 'Columbus', 'accepted').dossier({ now: '2026-04-01' }))).toEqual({
      findings: [],
      lookAgainAt: null,
    }))

  test('for a label that was given back, until there is another', () => {
    const told = bought().labelRefunded('2026-03-06')
    expect(findingsOf(rule, told, { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, told.labelBought('2026-03-30'), { now: '2026-04-01' })).toEqual([])
  })

  test('while the parcel is held here', () =>
    expect(findingsOf(rule, bought().held('2026-03-06'), { now: '2026-04-01' })).toEqual([]))

  test('once the laptop is in hands, or lost', () => {
    expect(findingsOf(rule, bought().status('2026-03-06', 'in_service'), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, bought().status('2026-03-06', 'lost'), { now: '2026-04-01' })).toEqual([])
  })

  test('for a parcel whose label was bought elsewhere', () =>
    expect(findingsOf(rule, cleanDelivery(), { now: '2026-04-01' })).toEqual([]))
})
