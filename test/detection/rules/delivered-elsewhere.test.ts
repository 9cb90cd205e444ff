import { describe, expect, test } from 'vitest'
import { deliveredElsewhere as rule } from '../../../server/detection/rules/delivered-elsewhere.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')

describe('fires', () => {
  test('for a delivery across the country', () => {
    const [finding] = findingsOf(rule, underWay().delivered('2026-03-05', 'Phoenix'))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'Delivered in Phoenix, AZ, 3,700 km from the approved address in Boston, MA',
      evidence: [4, 1, 2],
    })
    expect(weightOf(rule, finding)).toBe(13)
  })

  test('by region and country where a city cannot be placed', () => {
    expect(
      findingsOf(rule, underWay().delivered('2026-03-05', 'Phoenix', 'address', { circle: false }))[0]?.weight,
    ).toBe(10)
    expect(
      findingsOf(rule, underWay().delivered('2026-03-05', 'Lisbon', 'address', { circle: false }))[0]?.weight,
    ).toBe(13)
  })

  test('for a counter far away', () => {
    expect(findingsOf(rule, underWay().delivered('2026-03-05', 'Denver', 'counter'))).toHaveLength(1)
  })

  test('less while a journey is declared', () => {
    expect(
      findingsOf(rule, underWay().delivered('2026-03-05', 'Denver').declared('travel', '2026-03-01', '2026-03-20'))[0]
        ?.weight,
    ).toBe(4)
  })

  test('from the delivery on, and not before', () => {
    const told = underWay().delivered('2026-03-05', 'Phoenix')
    expect(findingsOf(rule, told, { seq: 3 })).toEqual([])
  })
})

describe('stays quiet', () => {
  test('for the right city', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('for a neighbouring city', () =>
    expect(findingsOf(rule, underWay().delivered('2026-03-05', 'Cambridge'))).toEqual([]))

  test('for a scan without a place', () =>
    expect(findingsOf(rule, underWay().delivered('2026-03-05', null))).toEqual([]))

  test('for the other approved address of somebody who moves', () => {
    expect(
      findingsOf(
        rule,
        underWay()
          .home('Phoenix', { at: '2026-03-03', changed: true, approved: true })
          .delivered('2026-03-05', 'Phoenix'),
      ),
    ).toEqual([])
  })

  test('for a parcel that goes back to the sender, however its last scan reads', () => {
    expect(findingsOf(rule, underWay().delivered('2026-03-08', 'Columbus', 'sender'))).toEqual([])
    expect(
      findingsOf(rule, underWay().scan('2026-03-06', 'Boston', { is: 'returned' }).delivered('2026-03-08', 'Columbus')),
    ).toEqual([])
  })

  test('for a return', () => {
    expect(findingsOf(rule, cleanDelivery().returnOrdered('2026-06-01').delivered('2026-06-05', 'Columbus'))).toEqual(
      [],
    )
  })

  test('once the carrier corrects a wrong scan', () => {
    expect(
      findingsOf(rule, underWay().delivered('2026-03-05', 'Denver').delivered('2026-03-05T15:00:00Z', 'Boston')),
    ).toEqual([])
  })
})
