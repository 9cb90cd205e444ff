import { describe, expect, test } from 'vitest'
import { impossibleTravel as rule } from '../../../server/detection/rules/impossible-travel.ts'
import { cleanDelivery, findingsOf, judge, type Story } from '../story.ts'

const first = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]
const home = { from: 'Boston', network: 'home' } as const
const inBoston = (at: string) => cleanDelivery().checkedIn(at, home)

describe('fires', () => {
  test('for two places an hour apart by the clock and an ocean by the map', () => {
    const told = inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home' })
    expect(first(told)).toMatchObject({
      key: 'shp_1',
      summary: 'From Boston, MA to Lisbon, Portugal, 4,900 km at least, within 1 hour',
      weight: 3,
      facts: { hops: 1, hours: 1, from: 'Boston, MA', to: 'Lisbon, Portugal' },
    })
  })

  test('from 1,000 km/h on, measured between the rims of the circles', () => {
    // Boston and Denver: 2,840 km less twice 100 km of circle.
    const at = (time: string) =>
      first(inBoston('2026-04-01T10:00:00Z').checkedIn(`2026-04-01T${time}Z`, { from: 'Denver', network: 'home' }))
    expect(at('12:30:00')).toBeDefined()
    expect(at('12:45:00')).toBeUndefined()
  })

  test('more where it goes to and fro', () => {
    const told = inBoston('2026-04-01T10:00:00Z')
      .checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home' })
      .checkedIn('2026-04-01T12:00:00Z', home)
    expect(first(told)).toMatchObject({ weight: 3, facts: { hops: 2 } })
    told.checkedIn('2026-04-01T13:00:00Z', { from: 'Lisbon', network: 'home' })
    expect(first(told)).toMatchObject({ weight: 6, facts: { hops: 3 } })
    expect(first(told)?.summary).toMatch(/, and more such hops$/)
  })

  test('between the same two places once more without new evidence, and between others with some', () => {
    const told = inBoston('2026-04-01T10:00:00Z')
      .checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home' })
      .checkedIn('2026-04-01T12:00:00Z', home)
    const { evidence, summary } = first(told)!
    told.checkedIn('2026-04-01T13:00:00Z', { from: 'Lisbon', network: 'home' })
    expect(first(told)).toMatchObject({ evidence, summary })
    told.checkedIn('2026-04-01T13:30:00Z', { from: 'Miami', network: 'home' })
    expect(first(told)?.evidence.length).toBeGreaterThan(evidence.length)
  })

  test('by half where the last report from the first place repeated no address', () => {
    const told = inBoston('2026-04-01T10:00:00Z')
      .seenDaily('2026-04-02T10:00:00Z', '2026-04-05T10:00:00Z')
      .checkedIn('2026-04-05T12:00:00Z', { from: 'Lisbon', network: 'home' })
    expect(first(told)).toMatchObject({ weight: 1.5, facts: { leftAt: '2026-04-05T10:00:00.000Z', hours: 2 } })
  })

  test('across a network between that tells nothing', () => {
    const told = inBoston('2026-04-01T10:00:00Z')
      .checkedIn('2026-04-01T10:30:00Z', { from: 'Miami', network: 'vpn' })
      .checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'unknown' })
    expect(first(told)).toMatchObject({ facts: { from: 'Boston, MA', to: 'Lisbon, Portugal', hours: 1 } })
  })

  test('less where the check-ins prove little', () => {
    const told = cleanDelivery()
      .checkedIn('2026-04-01T10:00:00Z', { ...home, vouches: 'nothing' })
      .checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home', vouches: 'nothing' })
    expect(first(told)?.weight).toBe(2.7)
  })

  test('and fades', () => {
    const told = inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home' })
    expect(first(told, '2026-04-10')?.weight).toBe(3)
    expect(first(told, '2026-05-05')?.weight).toBe(2.3)
    expect(first(told, '2026-06-01')).toBeUndefined()
    expect(judge(rule, told.dossier({ now: '2026-04-10' })).lookAgainAt).toEqual(new Date('2026-04-26T23:00:00Z'))
  })
})

describe('stays quiet', () => {
  test('for a flight', () =>
    expect(
      first(inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T17:00:00Z', { from: 'Lisbon', network: 'home' })),
    ).toBeUndefined())

  test('for places that a wrong database may well put apart', () =>
    expect(
      first(
        inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T10:05:00Z', { from: 'Providence', network: 'home' }),
      ),
    ).toBeUndefined())

  test('for exits, telephones and addresses that many share', () => {
    for (const network of ['vpn', 'relay', 'hosting', 'mobile', 'carrier NAT', 'ours'] as const)
      expect(
        first(inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network })),
      ).toBeUndefined()
  })

  test('between two sources, which may take different ways', () =>
    expect(
      first(
        inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T11:00:00Z', {
          from: 'Lisbon',
          network: 'home',
          source: 'agent',
        }),
      ),
    ).toBeUndefined())

  test('for a report that came late, or whose clock was wrong', () => {
    const late = inBoston('2026-04-01T10:00:00Z')
      .checkedIn('2026-04-01T12:00:00Z', home)
      .checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home', told: '2026-04-01T13:00:00Z' })
    expect(first(late)).toBeUndefined()
    const capped = inBoston('2026-04-01T10:00:00Z').checkedIn('2026-04-01T11:00:00Z', {
      from: 'Lisbon',
      network: 'home',
      capped: true,
    })
    expect(first(capped)).toBeUndefined()
  })

  test('on a declared journey', () => {
    const told = inBoston('2026-04-01T10:00:00Z')
      .declared('travel', '2026-03-30', '2026-04-10')
      .checkedIn('2026-04-01T11:00:00Z', { from: 'Lisbon', network: 'home' })
    expect(first(told)).toBeUndefined()
  })

  test('from the bench to the first check-in', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-01T20:00:00Z', { from: 'Shenyang', network: 'home' })
      .checkedIn('2026-03-02T13:00:00Z', { from: 'Boston', network: 'home' })
    expect(first(told)).toBeUndefined()
  })
})
