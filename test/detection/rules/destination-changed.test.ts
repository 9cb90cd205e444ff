import { describe, expect, test } from 'vitest'
import { destinationChanged as rule } from '../../../server/detection/rules/destination-changed.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
const weighs = (told: ReturnType<typeof underWay>) => weightOf(rule, findingsOf(rule, told)[0])

describe('fires', () => {
  test('where the carrier names a place across the country', () => {
    const [finding] = findingsOf(rule, underWay().destinationChanged('2026-03-03', 'Boston', 'Phoenix'))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: "The carrier changed the parcel's destination to Phoenix, AZ, 3,700 km from Boston, MA",
      evidence: [4, 1, 2],
      weight: 12,
    })
  })

  test('with the newest place under the same key, since the first change', () => {
    const told = underWay()
      .destinationChanged('2026-03-03', 'Boston', 'Phoenix')
      .destinationChanged('2026-03-04', 'Phoenix', 'Denver')
    const [finding] = findingsOf(rule, told)
    expect(finding).toMatchObject({ key: 'shp_1', facts: { place: 'Denver, CO' }, evidence: [4, 5, 1, 2] })
    expect(finding?.since).toEqual(new Date('2026-03-03T12:00:00Z'))
  })

  test('by region and country where a city cannot be placed', () => {
    expect(weighs(underWay().destinationChanged('2026-03-03', 'Boston', 'Phoenix', { circle: false }))).toBe(10)
    expect(weighs(underWay().destinationChanged('2026-03-03', 'Boston', 'Lisbon', { circle: false }))).toBe(12)
  })

  test('less where it goes to another approved address of theirs, or while a journey is declared', () => {
    const told = () => underWay().destinationChanged('2026-03-03', 'Boston', 'Denver')
    expect(weighs(told().home('Denver', { at: '2026-03-02', changed: true, approved: true }))).toBe(3)
    expect(weighs(told().declared('travel', '2026-03-01', '2026-03-20'))).toBe(4)
  })

  test('beside a delivery there, which it explains', () =>
    expect(
      weighs(underWay().destinationChanged('2026-03-03', 'Boston', 'Phoenix').delivered('2026-03-06', 'Phoenix')),
    ).toBe(12))
})

describe('stays quiet', () => {
  test('for a parcel that went its way', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('for the next town, and for another spelling', () => {
    expect(findingsOf(rule, underWay().destinationChanged('2026-03-03', 'Boston', 'Cambridge'))).toEqual([])
    expect(
      findingsOf(rule, underWay().destinationChanged('2026-03-03', 'Boston', 'Cambridge', { circle: false })),
    ).toEqual([])
  })

  test('where the carrier had a depot first and now names the place of the label', () =>
    expect(findingsOf(rule, underWay().destinationChanged('2026-03-03', 'Columbus', 'Boston'))).toEqual([]))

  test('once it was changed back', () => {
    const told = underWay()
      .destinationChanged('2026-03-03', 'Boston', 'Phoenix')
      .destinationChanged('2026-03-04', 'Phoenix', 'Boston')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('once it came to the place of the label after all', () =>
    expect(
      findingsOf(
        rule,
        underWay().destinationChanged('2026-03-03', 'Boston', 'Columbus').delivered('2026-03-05', 'Boston'),
      ),
    ).toEqual([]))

  test('on the way back to the sender', () => {
    const told = underWay()
      .scan('2026-03-04', 'Boston', { is: 'returned' })
      .destinationChanged('2026-03-04', 'Boston', 'Columbus')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for what changes after the delivery', () =>
    expect(findingsOf(rule, cleanDelivery().destinationChanged('2026-03-20', 'Boston', 'Miami'))).toEqual([]))
})
