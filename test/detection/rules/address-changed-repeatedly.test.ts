import { describe, expect, test } from 'vitest'
import { addressChangedRepeatedly as rule } from '../../../server/detection/rules/address-changed-repeatedly.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

const restless = () =>
  story()
    .home('Boston', { at: '2026-02-01', approved: true })
    .home('Denver', { at: '2026-02-10', changed: true })
    .home('Phoenix', { at: '2026-02-21', changed: true })

describe('fires', () => {
  test('for three doors around an order', () => {
    const [finding] = findingsOf(rule, restless().ordered('2026-03-01', { id: 'adr_Phoenix' }))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: '3 different addresses within 20 days, the latest in Phoenix, AZ',
      evidence: [1, 2, 3, 4],
      since: new Date('2026-02-21T12:00:00Z'),
      weight: 5,
    })
  })

  test('for a ship-to of its own as the third, and for changes after the order', () => {
    const told = story()
      .home('Boston', { at: '2026-02-20' })
      .ordered('2026-03-01', 'Denver')
      .home('Phoenix', { at: '2026-03-02', use: 'ship_to' })
      .readdressed('2026-03-02', 'adr_Phoenix')
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('more for more doors, less within one place, and less once the latest is approved', () => {
    const weight = (told: ReturnType<typeof story>) =>
      findingsOf(rule, told.ordered('2026-03-01', { id: 'adr_Phoenix' }))[0]?.weight
    expect(weight(restless().home('Miami', { at: '2026-02-24' }).home('Columbus', { at: '2026-02-26' }))).toBe(8)
    expect(weight(restless().approves('adr_Phoenix', '2026-02-22'))).toBe(2)
    const near = story().home('Boston', { at: '2026-02-01' }).home('Cambridge', { at: '2026-02-10' })
    expect(weight(near.home('Boston', { id: 'adr_third', at: '2026-02-20' }))).toBe(3)
  })

  test('less as time goes by, and says when it moves', () => {
    const told = restless().ordered('2026-03-01', { id: 'adr_Phoenix' })
    const at = (now: string) => judge(rule, told.dossier({ now }))
    expect(at('2026-03-20').lookAgainAt).toEqual(new Date('2026-04-23T00:00:00Z'))
    expect(at('2026-05-01').findings[0]?.weight).toBe(3.8)
    expect(at('2026-07-01')).toEqual({ findings: [], lookAgainAt: null })
  })
})

describe('stays quiet', () => {
  test('for one address, and for one move', () => {
    expect(findingsOf(rule, cleanDelivery())).toEqual([])
    const mover = story().home('Boston').home('Denver', { at: '2026-02-20', changed: true })
    expect(findingsOf(rule, mover.ordered('2026-03-01', { id: 'adr_Denver' }))).toEqual([])
  })

  test('for one door in three writings', () => {
    const told = story()
      .home('Boston', { at: '2026-02-01' })
      .home('Boston', { id: 'adr_2', at: '2026-02-05', door: 'adr_Boston' })
      .home('Boston', { id: 'adr_3', at: '2026-02-09', door: 'adr_Boston' })
      .ordered('2026-03-01', { id: 'adr_3' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for writings from which no door can be read', () => {
    const told = story()
      .home('Boston', { at: '2026-02-01' })
      .home('Boston', { id: 'adr_2', at: '2026-02-05', door: null })
      .home('Boston', { id: 'adr_3', at: '2026-02-09', door: null })
      .ordered('2026-03-01', { id: 'adr_3' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a slip that is corrected within the hour', () => {
    const told = story()
      .home('Boston', { at: '2026-01-05' })
      .home('Denver', { at: '2026-02-20T12:00:00Z', changed: true })
      .home('Denver', { id: 'adr_right', at: '2026-02-20T12:20:00Z', changed: true })
      .ordered('2026-03-01', { id: 'adr_right' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for moves that lie years apart, or long before the order, or after the delivery', () => {
    const years = story().home('Boston', { at: '2022-02-01' }).home('Denver', { at: '2024-02-01' })
    expect(
      findingsOf(rule, years.home('Phoenix', { at: '2026-02-01' }).ordered('2026-03-01', { id: 'adr_Phoenix' })),
    ).toEqual([])
    expect(findingsOf(rule, restless().ordered('2026-08-01', { id: 'adr_Phoenix' }))).toEqual([])
    const after = cleanDelivery()
      .home('Denver', { at: '2026-03-20', changed: true })
      .home('Phoenix', { at: '2026-04-01', changed: true })
    expect(findingsOf(rule, after)).toEqual([])
  })

  test('without a parcel', () => expect(findingsOf(rule, restless())).toEqual([]))
})
