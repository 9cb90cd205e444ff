import { describe, expect, test } from 'vitest'
import { firstCheckInFar as rule } from '../../../server/detection/rules/first-check-in-far.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]

describe('fires', () => {
  test('for a first check-in across the country', () => {
    const finding = first(cleanDelivery().checkedIn('2026-03-06', { from: 'Phoenix' }))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'First checked in from Phoenix, AZ, 3,700 km from its delivery in Boston, MA',
    })
    expect(weightOf(rule, finding)).toBe(7)
  })

  test('from the address where the delivery has no place', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', null, 'accepted')
      .delivered('2026-03-05', null)
    expect(first(told.checkedIn('2026-03-06', { from: 'Phoenix' }))?.summary).toContain(
      'from its address in Boston, MA',
    )
  })

  test.each(['hosting', 'vpn', 'relay', 'mobile', 'carrier NAT'] as const)(
    'weakly for a network of kind %s',
    (network) => {
      expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Phoenix', network }))?.weight).toBe(3)
    },
  )

  test('where the carrier took it elsewhere, at once: it is far from its address, and not from its delivery', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Phoenix')
    expect(first(told.checkedIn('2026-03-06', { from: 'Phoenix' }))).toMatchObject({
      summary: 'First checked in from Phoenix, AZ, 3,700 km from its address in Boston, MA',
      weight: 5,
    })
  })

  test('weakly when it comes months after the delivery: perhaps its source was connected late', () => {
    expect(first(cleanDelivery().checkedIn('2026-07-06', { from: 'Phoenix' }))?.weight).toBe(3)
  })

  test('by a late check-in that turns out to be the first', () => {
    const told = cleanDelivery().checkedIn('2026-03-10', { from: 'Boston' })
    expect(findingsOf(rule, told)).toEqual([])
    expect(findingsOf(rule, told.checkedIn('2026-03-06', { from: 'Phoenix', told: '2026-03-12' }))).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('near the delivery', () => {
    expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }))).toBeUndefined()
    expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Providence' }))).toBeUndefined()
  })

  test('at home, wherever the carrier says that it delivered the parcel', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Phoenix')
    expect(first(told.checkedIn('2026-03-05T20:00:00Z', { from: 'Boston' }))).toBeUndefined()
  })

  test('on a declared journey, in a declared second home, or through our own exit', () => {
    const away = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Phoenix' })
    expect(first(away().declared('travel', '2026-03-01', '2026-03-20'))).toBeUndefined()
    expect(first(away().declared('second_home', '2026-03-01', '2026-03-20'))).toBeUndefined()
    expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Phoenix', network: 'ours' }))).toBeUndefined()
  })

  test('when a later check-in is far', () => {
    expect(
      first(cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).checkedIn('2026-04-06', { from: 'Phoenix' })),
    ).toBeUndefined()
  })

  test('when the first check-in tells of no address: the bench’s is not its place', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { from: 'Phoenix' })
    expect(
      first(
        told.scan('2026-03-02', 'Phoenix', 'accepted').delivered('2026-03-05', 'Boston').checkedIn('2026-03-06', {}),
      ),
    ).toBeUndefined()
  })
})
