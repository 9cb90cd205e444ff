import { describe, expect, test } from 'vitest'
import { parcelStalled as rule } from '../../../server/detection/rules/parcel-stalled.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

/** Last seen in Columbus on Monday, March 2nd. */
const underWay = () => story().home('Boston').ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')

describe('fires', () => {
  test('after four working days without a scan', () => {
    expect(findingsOf(rule, underWay(), { now: '2026-03-06' })).toMatchObject([
      {
        key: 'shp_1',
        summary: 'The parcel was last scanned in Columbus, OH, 4 working days ago or more',
        evidence: [3, 2],
        since: new Date('2026-03-06T12:00:00Z'),
        weight: 3,
      },
    ])
  })

  test('more after weeks, and never enough for a case', () => {
    const weights = ['2026-03-06', '2026-03-20', '2026-04-03', '2027-01-01'].map(
      (now) => findingsOf(rule, underWay(), { now })[0]?.weight ?? 0,
    )
    expect(weights).toEqual(weights.toSorted((a, b) => a - b))
    expect(weights.at(-1)).toBe(6)
  })

  test('in customs only after twelve', () => {
    const told = underWay().scan('2026-03-03', 'Lisbon', { is: 'customs' })
    expect(findingsOf(rule, told, { now: '2026-03-18' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-03-19' })).toHaveLength(1)
  })

  test('for a parcel on its way back too', () => {
    const told = cleanDelivery().returnOrdered('2026-06-01').scan('2026-06-02', 'Boston', 'accepted')
    expect(findingsOf(rule, told, { now: '2026-06-20' })).toMatchObject([
      { key: 'shp_2', summary: expect.stringMatching(/^The return parcel was last scanned in Boston/) },
    ])
  })

  test('for one that the carrier keeps for a reason of its own', () => {
    expect(
      findingsOf(rule, underWay().scan('2026-03-03', 'Boston', { is: 'held', at: 'carrier' }), { now: '2026-03-20' }),
    ).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('while it is scanned, and says when to look again', () => {
    expect(judge(rule, underWay().dossier({ now: '2026-03-04' }))).toEqual({
      findings: [],
      lookAgainAt: new Date('2026-03-06T12:00:00Z'),
    })
  })

  test('over a weekend', () => {
    const told = underWay().scan('2026-03-05', 'Columbus', 'moving')
    expect(findingsOf(rule, told, { now: '2026-03-10' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-03-11' })).toHaveLength(1)
  })

  test('once it was delivered, lost or sent back to us', () => {
    expect(findingsOf(rule, cleanDelivery(), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, underWay().scan('2026-03-05', null, { is: 'lost' }), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, underWay().delivered('2026-03-09', 'Columbus', 'sender'), { now: '2026-04-01' })).toEqual(
      [],
    )
  })

  test('without any scan, and while it waits at a counter', () => {
    const unscanned = story().home('Boston').ordered('2026-03-01', 'Boston').shipped('2026-03-02')
    expect(findingsOf(rule, unscanned, { now: '2026-04-01' })).toEqual([])
    expect(
      findingsOf(rule, underWay().scan('2026-03-04', 'Boston', { is: 'held', at: 'counter' }), { now: '2026-04-01' }),
    ).toEqual([])
  })

  test('once the laptop is there all the same', () => {
    expect(findingsOf(rule, underWay().checkedIn('2026-03-05', { from: 'Boston' }), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, underWay().accepted('2026-03-05'), { now: '2026-04-01' })).toEqual([])
    expect(findingsOf(rule, underWay().status('2026-03-05', 'lost'), { now: '2026-04-01' })).toEqual([])
  })

  test('once the stockroom has a return', () => {
    const told = cleanDelivery()
      .returnOrdered('2026-06-01')
      .scan('2026-06-02', 'Boston', 'accepted')
      .received('2026-06-05')
    expect(findingsOf(rule, told, { now: '2026-07-01' })).toEqual([])
  })
})
