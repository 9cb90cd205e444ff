import { describe, expect, test } from 'vitest'
import { checkInAbroad as rule } from '../../../server/detection/rules/check-in-abroad.ts'
import { cleanDelivery, findingsOf, judge, story, weightOf } from '../story.ts'

const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]

describe('fires', () => {
  test('most for a first check-in abroad', () => {
    const finding = first(cleanDelivery().checkedIn('2026-03-15', { from: 'Shenyang' }))
    expect(finding).toMatchObject({ key: 'CN', summary: 'Checked in from China, and is meant for United States' })
    expect(weightOf(rule, finding)).toBe(15)
  })

  test('less with every day of use', () => {
    const weightAfter = (day: string) =>
      weightOf(
        rule,
        first(cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).checkedIn(day, { from: 'Lisbon' })),
      )
    expect(weightAfter('2026-03-08')).toBeGreaterThan(weightAfter('2026-03-14'))
    expect(weightAfter('2026-06-01')).toBe(10.9)
  })

  test('too little for a case where it was at home for weeks before, until it lasts', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-07', '2026-04-30')
      .checkedIn('2026-05-01', { from: 'Lisbon' })
    expect(first(told)?.weight).toBe(7)
    expect(judge(rule, told.dossier()).lookAgainAt).toEqual(new Date('2026-05-29T12:00:00Z'))
    expect(findingsOf(rule, told.seenDaily('2026-05-02', '2026-05-29'), { now: '2026-05-30' })[0]?.weight).toBe(10)
  })

  test('weakly for a hop of two days', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Boston' })
      .checkedIn('2026-06-01', { from: 'Lisbon' })
      .checkedIn('2026-06-02', { from: 'Boston' })
    expect(first(told)).toMatchObject({
      weight: 5,
      summary: 'Checked in from Portugal for 24 hours, and is meant for United States',
    })
  })

  test('weakly where the address is an exit of somebody’s', () => {
    expect(first(cleanDelivery().checkedIn('2026-06-01', { from: 'Lisbon', network: 'vpn' }))?.weight).toBe(4)
  })

  test('once per country, under the same key when it goes there again', () => {
    const told = cleanDelivery().checkedIn('2026-04-06', { from: 'Lisbon' })
    const before = findingsOf(rule, told).map((finding) => finding.key)
    told
      .checkedIn('2026-05-06', { from: 'Boston' })
      .checkedIn('2026-06-06', { from: 'Lisbon' })
      .checkedIn('2026-06-07', { from: 'Shenyang' })
    expect(before).toEqual(['PT'])
    expect(findingsOf(rule, told).map((finding) => finding.key)).toEqual(['PT', 'CN'])
  })

  test('for a laptop handed over without a parcel', () => {
    expect(
      first(
        story()
          .home('Boston', { approved: true })
          .status('2026-03-01', 'in_service')
          .checkedIn('2026-06-01', { from: 'Lisbon' }),
      ),
    ).toBeDefined()
  })
})

describe('stays quiet', () => {
  test('at home', () =>
    expect(
      first(cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).checkedIn('2026-03-07', { from: 'Denver' })),
    ).toBeUndefined())

  test('where the parcel was meant to go, or where there is an approved address', () => {
    const told = story().home('Lisbon', { approved: true }).ordered('2026-03-01', 'Boston').shipped('2026-03-02')
    expect(
      first(told.checkedIn('2026-03-06', { from: 'Lisbon' }).checkedIn('2026-04-06', { from: 'Boston' })),
    ).toBeUndefined()
  })

  test('on a declared journey, and not after it', () => {
    const told = cleanDelivery()
      .declared('travel', '2026-06-01', '2026-06-14')
      .checkedIn('2026-06-02', { from: 'Lisbon' })
    expect(first(told)).toBeUndefined()
    expect(first(told.checkedIn('2026-06-20', { from: 'Shenyang' }))).toBeDefined()
  })

  test('through our own exit', () =>
    expect(first(cleanDelivery().checkedIn('2026-06-01', { from: 'Lisbon', network: 'ours' }))).toBeUndefined())

  test('when nobody knows where it belongs', () => {
    expect(
      first(story().ordered('2026-03-01', null).shipped('2026-03-02').checkedIn('2026-03-06', { from: 'Lisbon' })),
    ).toBeUndefined()
  })

  test('for where it was before this person had it', () => {
    const told = story()
      .home('Boston', { approved: true })
      .checkedIn('2026-02-01', { from: 'Lisbon' })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
    expect(first(told.checkedIn('2026-03-06', { from: 'Boston' }))).toBeUndefined()
  })
})
