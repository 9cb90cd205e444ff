import { describe, expect, test } from 'vitest'
import { addressChangedBeforeDispatch as rule } from '../../../server/detection/rules/address-changed-before-dispatch.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const joiner = () => story().home('Boston', { approved: true })

describe('fires', () => {
  test('when the parcel is ordered to an address that replaced the approved one a day before', () => {
    const [finding] = findingsOf(
      rule,
      joiner().home('Phoenix', { at: '2026-02-28', changed: true }).ordered('2026-03-01', 'Phoenix'),
    )
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary:
        'The delivery address was changed to an unapproved one in Phoenix, AZ, 3,700 km from the approved address in Boston, MA',
      evidence: [2, 3],
    })
    expect(finding?.since).toEqual(new Date('2026-02-28T12:00:00Z'))
  })

  test('when the order itself names another address than the one on file', () => {
    expect(findingsOf(rule, joiner().ordered('2026-03-01', 'Phoenix'))).toHaveLength(1)
  })

  test('when the parcel is given another address after the order', () => {
    const told = joiner()
      .ordered('2026-03-01', 'Boston')
      .home('Phoenix', { at: '2026-03-02', use: 'ship_to' })
      .readdressed('2026-03-02', 'adr_Phoenix')
    expect(findingsOf(rule, told)[0]?.evidence).toEqual([3, 2, 4])
  })

  test('when somebody new is said to have changed the only address we ever had', () => {
    expect(
      findingsOf(rule, story().home('Phoenix', { at: '2026-02-28', changed: true }).ordered('2026-03-01', 'Phoenix')),
    ).toHaveLength(1)
  })

  test('and goes on saying so once the parcel has left, so that it counts beside what comes later', () => {
    const told = joiner().ordered('2026-03-01', 'Phoenix').shipped('2026-03-02').delivered('2026-03-05', 'Phoenix')
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('weaker for a move across town', () => {
    const [finding] = findingsOf(
      rule,
      joiner().home('Cambridge', { at: '2026-02-28', changed: true }).ordered('2026-03-01', 'Cambridge'),
    )
    expect(weightOf(rule, finding)).toBeLessThan(10)
    expect(finding?.summary).toBe('The delivery address was changed to an unapproved one in Cambridge, MA')
  })
})

describe('stays quiet', () => {
  test('for a delivery to the approved home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('for the first address of a joiner, approved or not', () => {
    expect(findingsOf(rule, story().home('Boston').ordered('2026-03-01', 'Boston'))).toEqual([])
  })

  test('once the new address is approved', () => {
    const told = joiner().home('Phoenix', { at: '2026-02-28', changed: true }).ordered('2026-03-01', 'Phoenix')
    const { length } = told.facts().events
    expect(findingsOf(rule, told.approves('adr_Phoenix', '2026-03-02'))).toEqual([])
    expect(findingsOf(rule, told, { seq: length })).toHaveLength(1)
  })

  test('for a change from long before the order', () => {
    expect(
      findingsOf(rule, joiner().home('Phoenix', { at: '2026-02-01', changed: true }).ordered('2026-03-01', 'Phoenix')),
    ).toEqual([])
  })

  test('for a new address that the parcel does not go to', () => {
    expect(
      findingsOf(rule, joiner().home('Phoenix', { at: '2026-03-01', changed: true }).ordered('2026-03-02', 'Boston')),
    ).toEqual([])
  })

  test('for the same door written in another way', () => {
    expect(
      findingsOf(
        rule,
        story()
          .home('Boston', { door: 'quay-14' })
          .home('Boston', { id: 'adr_again', at: '2026-02-28', door: 'quay-14' })
          .ordered('2026-03-01', { id: 'adr_again' }),
      ),
    ).toEqual([])
  })

  test('for a change while the parcel is on its way, which is another rule', () => {
    const told = joiner()
      .ordered('2026-03-01', 'Boston')
      .shipped('2026-03-02')
      .home('Phoenix', { at: '2026-03-03', use: 'ship_to' })
      .readdressed('2026-03-03', 'adr_Phoenix')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a parcel to an office of ours', () => {
    expect(findingsOf(rule, joiner().ordered('2026-03-01', 'Denver', { kind: 'office' }))).toEqual([])
  })
})
