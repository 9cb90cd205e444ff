import { describe, expect, test } from 'vitest'
import { parcelForwarded as rule } from '../../../server/detection/rules/parcel-forwarded.ts'
import type { Reading } from '../../../server/ports.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const forwarded: Reading = { is: 'forwarded' }
const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
const weighs = (told: ReturnType<typeof underWay>) => weightOf(rule, findingsOf(rule, told)[0])

describe('fires', () => {
  test('for a parcel that was sent on', () => {
    const [finding] = findingsOf(rule, underWay().scan('2026-03-04', 'Boston', forwarded))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'The parcel was forwarded to another address while it was in Boston, MA',
      evidence: [4, 2],
      weight: 10,
    })
  })

  test('fully where it came to no place of theirs, approved move or not', () => {
    const told = underWay().scan('2026-03-04', 'Boston', forwarded).delivered('2026-03-08', 'Phoenix')
    expect(weighs(told)).toBe(10)
    expect(weighs(told.home('Denver', { at: '2026-03-05', changed: true, approved: true }))).toBe(10)
  })

  test('at half once it came to the place of an approved address after all', () =>
    expect(weighs(underWay().scan('2026-03-04', 'Boston', forwarded).delivered('2026-03-06', 'Cambridge'))).toBe(5))

  test('weakly where a move of theirs is approved, before and after it comes there', () => {
    const told = underWay()
      .home('Denver', { at: '2026-03-03', changed: true, approved: true })
      .scan('2026-03-04', 'Boston', forwarded)
    expect(weighs(told)).toBe(3)
    const [finding] = findingsOf(rule, told.delivered('2026-03-09', 'Denver'))
    expect(finding).toMatchObject({
      weight: 3,
      summary: 'The parcel was forwarded to another address while it was in Boston, MA; a move of theirs is approved',
    })
  })

  test('until the move is approved', () => {
    const told = underWay()
      .home('Denver', { at: '2026-03-03', changed: true })
      .scan('2026-03-04', 'Boston', forwarded)
      .delivered('2026-03-09', 'Denver')
    expect(weighs(told)).toBe(10)
    expect(weighs(told.approves('adr_Denver', '2026-03-10'))).toBe(3)
  })
})

describe('stays quiet', () => {
  test('for a parcel that went its way', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each<[string, Reading]>([
    ['a forwarding order that is over', { is: 'held', at: 'carrier' }],
    ['a corrected address', { is: 'address corrected' }],
    ['wording that nobody knows', { is: 'cannot tell' }],
  ])('for %s', (_, reading) => expect(findingsOf(rule, underWay().scan('2026-03-04', 'Boston', reading))).toEqual([]))

  test('once it goes back to the sender', () => {
    const told = underWay().scan('2026-03-04', 'Boston', forwarded).scan('2026-03-06', 'Boston', { is: 'returned' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for what is forwarded after the delivery, and for a return', () => {
    expect(findingsOf(rule, cleanDelivery().scan('2026-03-07', 'Boston', forwarded))).toEqual([])
    expect(
      findingsOf(rule, cleanDelivery().returnOrdered('2026-06-01').scan('2026-06-03', 'Boston', forwarded)),
    ).toEqual([])
  })
})
