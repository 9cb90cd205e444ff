import { describe, expect, test } from 'vitest'
import { wokeAbroad as rule } from '../../../server/detection/rules/woke-abroad.ts'
import { cleanDelivery, findingsOf, type Story, story, weightOf } from '../story.ts'

const first = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]
const abroad = (network: 'home' | 'unknown' | 'vpn' | 'mobile' | 'relay' = 'home') =>
  cleanDelivery().checkedIn('2026-03-12', { from: 'Shenyang', network })

describe('fires', () => {
  test('for a laptop that wakes up in another country, at once', () => {
    const finding = first(abroad())
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'Delivered in Boston, MA and first used in Shenyang, China, never where it came to',
    })
    expect(weightOf(rule, finding)).toBe(10)
  })

  test('on a line of which nobody knows the kind', () => expect(first(abroad('unknown'))).toBeDefined())

  test('less with the months', () => {
    expect(first(abroad(), '2026-04-30')?.weight).toBe(10)
    expect(first(abroad(), '2026-07-20')?.weight).toBeLessThan(10)
    expect(first(abroad(), '2026-10-01')).toBeUndefined()
  })

  test('less for a check-in that proves little', () => {
    const told = cleanDelivery().checkedIn('2026-03-12', { from: 'Lisbon', network: 'home', vouches: 'nothing' })
    expect(first(told)?.weight).toBe(9)
  })
})

describe('stays quiet', () => {
  test('for one that was used at home first', () =>
    expect(
      first(
        cleanDelivery()
          .checkedIn('2026-03-06', { from: 'Boston', network: 'home' })
          .checkedIn('2026-03-12', { from: 'Lisbon', network: 'home' }),
      ),
    ).toBeUndefined())

  test('for one that comes home after all', () =>
    expect(first(abroad().checkedIn('2026-03-20', { from: 'Boston', network: 'home' }))).toBeUndefined())

  test.each(['vpn', 'mobile', 'relay'] as const)('for what comes out abroad by %s', (network) =>
    expect(first(abroad(network))).toBeUndefined(),
  )

  test('for a declared journey, and for an approved home there', () => {
    const told = cleanDelivery().declared('travel', '2026-03-08', '2026-03-30')
    expect(first(told.checkedIn('2026-03-12', { from: 'Lisbon', network: 'home' }))).toBeUndefined()
    const living = cleanDelivery().home('Lisbon', { approved: true, at: '2026-02-01' })
    expect(first(living.checkedIn('2026-03-12', { from: 'Lisbon', network: 'home' }))).toBeUndefined()
  })

  test('for one elsewhere in the country, and for one whose source was connected months later', () => {
    expect(first(cleanDelivery().checkedIn('2026-03-12', { from: 'Denver', network: 'home' }))).toBeUndefined()
    expect(first(cleanDelivery().checkedIn('2026-07-12', { from: 'Lisbon', network: 'home' }))).toBeUndefined()
  })

  test('for a laptop that came by no parcel', () =>
    expect(
      first(story().status('2026-03-01', 'in_service').checkedIn('2026-03-06', { from: 'Lisbon', network: 'home' })),
    ).toBeUndefined())
})
