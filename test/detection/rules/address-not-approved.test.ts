import { describe, expect, test } from 'vitest'
import { addressNotApproved as rule } from '../../../server/detection/rules/address-not-approved.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

/** An approved home in Boston, and a parcel that is bound for another door in Denver. */
const elsewhere = () => story().home('Boston', { approved: true }).ordered('2026-03-01', 'Denver')
const weight = (told: ReturnType<typeof story>, at = {}) => findingsOf(rule, told, at)[0]?.weight

describe('fires', () => {
  test('for a parcel bound for another door than the approved home', () => {
    const [finding] = findingsOf(rule, elsewhere())
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'The parcel is ordered to an address in Denver, CO that nobody has approved',
      evidence: [2, 3],
      weight: 2.4,
    })
  })

  test('more once a label was bought, and most once it left', () => {
    expect(weight(elsewhere().prepared('2026-03-01').labelBought('2026-03-02'))).toBe(4.8)
    const [sent] = findingsOf(rule, elsewhere().labelBought('2026-03-02').scan('2026-03-03', 'Columbus', 'accepted'))
    expect(sent).toMatchObject({
      summary: 'The parcel was sent to an address in Denver, CO that nobody has approved',
      evidence: [2, 3],
      weight: 6,
    })
  })

  test('less again once the label was given back', () => {
    expect(weight(elsewhere().labelBought('2026-03-02').labelRefunded('2026-03-02T18:00:00Z'))).toBe(2.4)
  })

  test('half as much for the home on file that nobody approved, and only from the label on', () => {
    const told = () => story().home('Boston').ordered('2026-03-01', 'Boston')
    expect(findingsOf(rule, told())).toEqual([])
    expect(weight(told().shipped('2026-03-02'))).toBe(3)
  })

  test('in full for a new home beside an approved one', () => {
    const told = story()
      .home('Boston', { approved: true })
      .home('Denver', { at: '2026-02-01', changed: true })
      .ordered('2026-03-01', { id: 'adr_Denver' })
      .shipped('2026-03-02')
    expect(weight(told)).toBe(6)
  })

  test('most for an address that was refused', () => {
    const [finding] = findingsOf(rule, elsewhere().refuses('adr_Denver', '2026-03-01T18:00:00Z'))
    expect(finding).toMatchObject({ weight: 9, summary: expect.stringContaining('that was refused') })
  })

  test('less as time goes by after the last step, and says when it moves', () => {
    const told = elsewhere().shipped('2026-03-02').delivered('2026-03-05', 'Denver')
    expect(judge(rule, told.dossier({ now: '2026-03-11' })).lookAgainAt).toEqual(new Date('2026-03-21T06:00:00Z'))
    expect(weight(told, { now: '2026-03-11' })).toBe(6)
    expect(weight(told, { now: '2026-03-22' })).toBe(4.5)
    expect(weight(told, { now: '2026-04-10' })).toBe(1.5)
    expect(judge(rule, told.dossier({ now: '2026-04-17' }))).toEqual({ findings: [], lookAgainAt: null })
  })
})

describe('stays quiet', () => {
  test('for the approved home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('for an address that was approved before it left, and once it is approved after', () => {
    const before = elsewhere().approves('adr_Denver', '2026-03-01T18:00:00Z').shipped('2026-03-02')
    expect(findingsOf(rule, before)).toEqual([])
    const after = elsewhere().shipped('2026-03-02').approves('adr_Denver', '2026-03-04')
    expect(findingsOf(rule, after)).toEqual([])
    expect(findingsOf(rule, after, { seq: 4 })).toHaveLength(1)
  })

  test('for the approved door, written another way', () => {
    const told = story()
      .home('Boston', { approved: true })
      .home('Boston', { id: 'adr_again', use: 'ship_to', door: 'adr_Boston', at: '2026-03-01' })
      .ordered('2026-03-01', { id: 'adr_again' })
      .shipped('2026-03-02')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for an office of ours, and where nobody knows the address', () => {
    expect(findingsOf(rule, story().ordered('2026-03-01', 'Boston', { kind: 'office' }).shipped('2026-03-02'))).toEqual(
      [],
    )
    expect(findingsOf(rule, story().ordered('2026-03-01', null).shipped('2026-03-02'))).toEqual([])
  })

  test('once the laptop is on its way back', () => {
    expect(findingsOf(rule, elsewhere().shipped('2026-03-02').returnOrdered('2026-03-20'))).toEqual([])
  })
})
