import { describe, expect, test } from 'vitest'
import { checkInBeforeDelivery as rule } from '../../../server/detection/rules/check-in-before-delivery.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')

describe('fires', () => {
  test('once a later scan shows that the parcel was still moving', () => {
    const told = underWay().checkedIn('2026-03-03', { from: 'Denver' })
    expect(findingsOf(rule, told)).toEqual([])
    const [finding] = findingsOf(rule, told.scan('2026-03-04', 'Boston', 'moving'))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'Checked in from Denver, CO 24 hours before the parcel was last seen on its way in Boston, MA',
    })
    expect(weightOf(rule, finding)).toBe(12)
  })

  test('once the delivery is dated after the check-in', () => {
    const [finding] = findingsOf(
      rule,
      underWay().checkedIn('2026-03-03', { from: 'Denver' }).delivered('2026-03-05', 'Boston'),
    )
    expect(finding?.summary).toBe('Checked in from Denver, CO 2 days before the parcel was delivered in Boston, MA')
  })

  test('the same for a check-in that we hear of late', () => {
    const told = underWay()
      .delivered('2026-03-05', 'Boston')
      .checkedIn('2026-03-06', { from: 'Boston' })
      .checkedIn('2026-03-03', { from: 'Denver', told: '2026-03-09' })
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('weakly while it shows no other network than at the bench', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { from: 'Columbus' })
    const [finding] = findingsOf(
      rule,
      told
        .scan('2026-03-02', 'Columbus', 'accepted')
        .checkedIn('2026-03-03', { from: 'Columbus' })
        .delivered('2026-03-05', 'Boston'),
    )
    expect(weightOf(rule, finding)).toBe(5)
  })

  test('less for a check-in that proves little', () => {
    const [finding] = findingsOf(
      rule,
      underWay().checkedIn('2026-03-03', { from: 'Denver', vouches: 'nothing' }).delivered('2026-03-05', 'Boston'),
    )
    expect(weightOf(rule, finding)).toBeLessThan(12)
  })
})

describe('stays quiet', () => {
  test('for a check-in after the delivery', () =>
    expect(findingsOf(rule, cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }))).toEqual([]))

  test('for bench work before the first scan', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { from: 'Columbus' })
    expect(findingsOf(rule, told.scan('2026-03-02', 'Columbus', 'accepted').delivered('2026-03-05', 'Boston'))).toEqual(
      [],
    )
  })

  test('where the times may overlap', () => {
    const told = underWay()
      .checkedIn('2026-03-05T06:00:00Z', { from: 'Boston' })
      .delivered('2026-03-05T12:00:00Z', 'Boston', 'address', { zoneKnown: false })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a driver who notes the delivery a little later', () => {
    expect(
      findingsOf(
        rule,
        underWay().checkedIn('2026-03-05T11:45:00Z', { from: 'Boston' }).delivered('2026-03-05T12:00:00Z', 'Boston'),
      ),
    ).toEqual([])
  })

  test('for a stray scan after the delivery', () => {
    expect(
      findingsOf(
        rule,
        cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).scan('2026-03-07', 'Columbus', 'moving'),
      ),
    ).toEqual([])
  })

  test('while nothing comes after the check-in', () =>
    expect(findingsOf(rule, underWay().checkedIn('2026-03-03', { from: 'Denver' }))).toEqual([]))
})
