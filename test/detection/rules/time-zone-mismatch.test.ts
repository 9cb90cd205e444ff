import { describe, expect, test } from 'vitest'
import { timeZoneMismatch as rule } from '../../../server/detection/rules/time-zone-mismatch.ts'
import { cleanDelivery, findingsOf, judge, type Story, story, weightOf } from '../story.ts'

const first = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]
const home = { from: 'Boston', network: 'home' } as const
const far = 'Asia/Shanghai'

describe('fires', () => {
  test('most where the network is at home and the clock is not, for a week', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-10', { ...home, timeZone: far })
      .seenDaily('2026-03-11', '2026-03-17')
    expect(first(told, '2026-03-17T13:00:00Z')).toMatchObject({
      key: far,
      weight: 9,
      summary: 'The clock was set 12 hours ahead of the home’s, for a week or more, while its network had other hours',
      facts: { timeZone: far, hoursAhead: 12, network: 'elsewhere', until: null },
    })
  })

  test('more the longer it lasts', () => {
    const lasting = (until: string) =>
      weightOf(
        rule,
        first(
          cleanDelivery()
            .checkedIn('2026-03-10', { ...home, timeZone: far })
            .seenDaily('2026-03-11', until),
          `${until}T13:00:00Z`,
        ),
      )
    expect(weightOf(rule, first(cleanDelivery().checkedIn('2026-03-10', { ...home, timeZone: far })))).toBe(3)
    expect(lasting('2026-03-11')).toBe(6)
    expect(lasting('2026-03-16')).toBe(6)
    expect(lasting('2026-03-17')).toBe(9)
  })

  test('less where an exit hides the place, or no network tells one', () => {
    const on = (network: 'vpn' | 'mobile') =>
      first(
        cleanDelivery()
          .checkedIn('2026-03-10', { from: 'Boston', network, timeZone: far })
          .seenDaily('2026-03-11', '2026-03-17'),
        '2026-03-17T13:00:00Z',
      )
    expect(on('vpn')).toMatchObject({ weight: 6, facts: { network: 'hidden' } })
    expect(on('mobile')).toMatchObject({ weight: 5, facts: { network: 'silent' } })
  })

  test('from two hours on, and in full from four', () => {
    const told = (timeZone: string) =>
      first(
        cleanDelivery()
          .checkedIn('2026-03-10', { ...home, timeZone })
          .seenDaily('2026-03-11', '2026-03-17'),
        '2026-03-17T13:00:00Z',
      )
    expect(told('America/Chicago')).toBeUndefined()
    expect(told('America/Denver')).toMatchObject({ weight: 5.4, facts: { hoursAhead: -2 } })
    expect(told('America/Denver')?.summary).toMatch(/^The clock was set 2 hours behind the home’s/)
    expect(told('America/Anchorage')).toMatchObject({ weight: 9 })
  })

  test('hardly for a clock without a place', () => {
    for (const timeZone of ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT'])
      expect(
        first(
          cleanDelivery()
            .checkedIn('2026-03-10', { ...home, timeZone })
            .seenDaily('2026-03-11', '2026-03-17'),
          '2026-03-17T13:00:00Z',
        ),
      ).toMatchObject({ weight: 2 })
  })

  test('for what goes on after a journey that explained it', () => {
    const told = cleanDelivery()
      .declared('travel', '2026-03-08', '2026-03-15')
      .checkedIn('2026-03-10', { ...home, timeZone: far })
      .seenDaily('2026-03-11', '2026-03-20')
    expect(first(told, '2026-03-14T13:00:00Z')).toBeUndefined()
    expect(first(told, '2026-03-20T13:00:00Z')).toMatchObject({ weight: 6 })
  })

  test('and fades once the clock is right again', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-10', { ...home, timeZone: far })
      .checkedIn('2026-03-18', { ...home, timeZone: 'America/New_York' })
    expect(first(told)).toMatchObject({ weight: 9, facts: { until: '2026-03-18T12:00:00.000Z' } })
    expect(first(told, '2026-04-20')?.weight).toBe(6.8)
    expect(first(told, '2026-06-01')).toBeUndefined()
  })
})

describe('stays quiet', () => {
  test('for the home’s own zone, by whatever name, and for one of the same hours', () => {
    for (const timeZone of ['America/New_York', 'US/Eastern', 'America/Toronto', 'EST5EDT'])
      expect(first(cleanDelivery().checkedIn('2026-03-10', { ...home, timeZone }), '2026-04-10')).toBeUndefined()
  })

  test('for summer time that begins on different days, and for a place without it', () => {
    const told = story()
      .home('Phoenix', { approved: true })
      .ordered('2026-03-01', 'Phoenix')
      .shipped('2026-03-02')
      .checkedIn('2026-03-04', { from: 'Phoenix', timeZone: 'America/Denver' })
      .seenDaily('2026-03-05', '2026-04-05')
    expect(first(told, '2026-04-05T13:00:00Z')).toBeUndefined()
    const lisbon = story()
      .home('Lisbon', { approved: true })
      .ordered('2026-03-01', 'Lisbon')
      .shipped('2026-03-02')
      .checkedIn('2026-03-10', { from: 'Lisbon', timeZone: 'Africa/Casablanca' })
    expect(first(lisbon, '2026-04-10')).toBeUndefined()
  })

  test('where the network tells the clock’s own place: others judge that place', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-10', { from: 'Shenyang', network: 'home', timeZone: far })
      .seenDaily('2026-03-11', '2026-03-17')
    expect(first(told, '2026-03-17T13:00:00Z')).toBeUndefined()
  })

  test('for a clock left as it was, on a journey', () => {
    const told = cleanDelivery().checkedIn('2026-03-10', { from: 'Lisbon', timeZone: 'America/New_York' })
    expect(first(told, '2026-04-10')).toBeUndefined()
  })

  test('on a declared journey, and where somebody approved another home', () => {
    const away = cleanDelivery()
      .declared('travel', '2026-03-08', '2026-03-30')
      .checkedIn('2026-03-10', { ...home, timeZone: far })
      .seenDaily('2026-03-11', '2026-03-17')
    expect(first(away, '2026-03-17T13:00:00Z')).toBeUndefined()
    const two = cleanDelivery()
      .home('Lisbon', { approved: true })
      .checkedIn('2026-03-10', { ...home, timeZone: 'Europe/Lisbon' })
    expect(first(two, '2026-04-10')).toBeUndefined()
  })

  test('for names that no table has, and where no home can be placed', () => {
    expect(
      first(cleanDelivery().checkedIn('2026-03-10', { ...home, timeZone: 'China Standard Time' }), '2026-04-10'),
    ).toBeUndefined()
    const homeless = story().ordered('2026-03-01', null).shipped('2026-03-02')
    expect(first(homeless.checkedIn('2026-03-10', { timeZone: far }), '2026-04-10')).toBeUndefined()
  })

  test('for the bench', () => {
    const told = cleanDelivery().checkedIn('2026-03-01T15:00:00Z', { from: 'Columbus', timeZone: far })
    expect(first(told.checkedIn('2026-03-06', { ...home, timeZone: 'America/New_York' }))).toBeUndefined()
  })
})

test('looks again while another day of the same would say more', () => {
  const told = cleanDelivery().checkedIn('2026-03-10', { ...home, timeZone: far })
  expect(judge(rule, told.dossier()).lookAgainAt).toEqual(new Date('2026-03-11T12:00:00Z'))
})
