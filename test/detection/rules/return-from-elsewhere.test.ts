import { describe, expect, test } from 'vitest'
import { returnFromElsewhere as rule } from '../../../server/detection/rules/return-from-elsewhere.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const asked = () =>
  cleanDelivery()
    .checkedIn('2026-03-06', { from: 'Boston' })
    .returnOpened('2026-08-20', '2026-09-01')
    .returnOrdered('2026-08-21')
const weighs = (told: ReturnType<typeof asked>) => weightOf(rule, findingsOf(rule, told)[0])

describe('fires', () => {
  test('for a return that is handed in across the country', () => {
    const told = asked().scan('2026-08-25', 'Phoenix', 'accepted')
    const [finding] = findingsOf(rule, told)
    expect(finding).toMatchObject({
      key: 'shp_2',
      summary: 'The laptop comes back from Phoenix, AZ, 3,700 km from where it was meant to be, Boston, MA',
      weight: 8,
    })
    expect(finding?.since).toEqual(new Date('2026-08-25T12:00:00Z'))
  })

  test('more from another country', () => expect(weighs(asked().scan('2026-08-25', 'Lisbon', 'accepted'))).toBe(11))

  test('less where only the region is known, and less nearby', () => {
    expect(weighs(asked().scan('2026-08-25', 'Phoenix', 'accepted', { circle: false }))).toBe(5)
    const columbus = weighs(asked().scan('2026-08-25', 'Columbus', 'accepted'))
    expect(columbus).toBeGreaterThan(4)
    expect(columbus).toBeLessThanOrEqual(8)
  })

  test('by the first scan that has a place, whatever comes after', () => {
    const told = asked()
      .scan('2026-08-25', null, 'accepted')
      .scan('2026-08-26', 'Phoenix', 'moving')
      .scan('2026-08-28', 'Boston', 'moving')
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('where the address on file changed to there, and nobody approved it', () =>
    expect(
      findingsOf(
        rule,
        asked().home('Phoenix', { at: '2026-08-22', changed: true }).scan('2026-08-25', 'Phoenix', 'accepted'),
      ),
    ).toHaveLength(1))
})

describe('stays quiet', () => {
  test('for home, and for the depot of the country around', () => {
    expect(findingsOf(rule, asked().scan('2026-08-25', 'Boston', 'accepted'))).toEqual([])
    expect(findingsOf(rule, asked().scan('2026-08-25', 'Providence', 'accepted'))).toEqual([])
  })

  test('for the label, which says where it was made', () =>
    expect(findingsOf(rule, asked().scan('2026-08-22', 'Phoenix', { is: 'created' }))).toEqual([]))

  test.each(['travel', 'second_home'])('while %s is declared', (kind) =>
    expect(
      findingsOf(rule, asked().declared(kind, '2026-08-15', '2026-09-15').scan('2026-08-25', 'Phoenix', 'accepted')),
    ).toEqual([]),
  )

  test('after a move that was approved', () =>
    expect(
      findingsOf(
        rule,
        asked()
          .home('Phoenix', { at: '2026-06-01', changed: true, approved: true })
          .scan('2026-08-25', 'Phoenix', 'accepted'),
      ),
    ).toEqual([]))

  test('from where the parcel had come to, which is another finding', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .delivered('2026-03-05', 'Phoenix')
      .returnOrdered('2026-08-21')
      .scan('2026-08-25', 'Phoenix', 'accepted')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for the return of whoever had it before', () => {
    const told = asked()
      .scan('2026-08-25', 'Phoenix', 'accepted')
      .received('2026-08-30')
      .returnClosed('2026-08-31')
      .ordered('2026-10-01', 'Denver')
      .delivered('2026-10-05', 'Denver')
    expect(findingsOf(rule, told)).toEqual([])
  })
})
