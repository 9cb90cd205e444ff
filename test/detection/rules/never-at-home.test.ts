import { describe, expect, test } from 'vitest'
import { neverAtHome as rule } from '../../../server/detection/rules/never-at-home.ts'
import { cleanDelivery, findingsOf, judge, type Story, story, weightOf } from '../story.ts'

const first = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]

/** Delivered at home in Boston, first and from then on seen in Denver. */
const inDenver = (until: string, network: 'home' | 'unknown' = 'home') =>
  cleanDelivery().checkedIn('2026-03-06', { from: 'Denver', network }).seenDaily('2026-03-07', until)

describe('fires', () => {
  test('on the third day that tells, and not before', () => {
    expect(first(inDenver('2026-03-07'), '2026-03-07T13:00:00Z')).toBeUndefined()
    expect(first(inDenver('2026-03-08'), '2026-03-08T13:00:00Z')).toMatchObject({ weight: 3.6 })
  })

  test('more with the days, up to two weeks of them', () => {
    expect(first(inDenver('2026-03-11'), '2026-03-11T13:00:00Z')?.weight).toBe(3.6)
    expect(first(inDenver('2026-03-12'), '2026-03-12T13:00:00Z')?.weight).toBe(7.2)
    expect(first(inDenver('2026-03-18'), '2026-03-18T13:00:00Z')?.weight).toBe(7.2)
    expect(first(inDenver('2026-03-19'), '2026-03-19T13:00:00Z')?.weight).toBe(9)
    expect(first(inDenver('2026-03-29'), '2026-03-29T13:00:00Z')?.weight).toBe(9)
  })

  test('in words of places and distances', () => {
    expect(first(inDenver('2026-03-19'), '2026-03-19T13:00:00Z')).toMatchObject({
      key: 'shp_1',
      summary: 'Near none of the homes on file on any day that tells, last in Denver, CO, 2,800 km from Boston, MA',
      facts: { days: '14 or more', from: '2026-03-06', place: 'Denver, CO', home: 'Boston, MA', network: 'home' },
    })
  })

  test('less where nobody knows what kind of network it is, or the check-ins prove little', () => {
    const told = inDenver('2026-03-19', 'unknown')
    expect(first(told, '2026-03-19T13:00:00Z')?.weight).toBe(6.3)
    const claimed = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Denver', network: 'home', vouches: 'nothing' })
      .seenDaily('2026-03-07', '2026-03-19', { proof: 'claimed' })
    expect(first(claimed, '2026-03-19T13:00:00Z')?.weight).toBe(8.1)
  })

  test('less nearby, where databases err, unless the parcel came there too', () => {
    const inColumbus = (told: Story) =>
      told.checkedIn('2026-03-06', { from: 'Columbus', network: 'home' }).seenDaily('2026-03-07', '2026-03-19')
    const weigh = (told: Story) =>
      judge(rule, told.dossier({ now: '2026-03-19T13:00:00Z' }), { farKm: 2000 }).findings[0]?.weight
    expect(weigh(inColumbus(cleanDelivery()))).toBe(6.1)
    const sentThere = story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston')
    const there = inColumbus(sentThere.scan('2026-03-02', 'Columbus', 'accepted').delivered('2026-03-05', 'Columbus'))
    expect(weigh(there)).toBe(9)
  })

  test('little at a home that is on file and only waits to be approved', () => {
    const told = inDenver('2026-03-19').home('Denver', { at: '2026-03-01' })
    expect(first(told, '2026-03-19T13:00:00Z')?.weight).toBe(2.7)
  })

  test('for several places, none of which is home', () => {
    const told = inDenver('2026-03-09').checkedIn('2026-03-10', { from: 'Miami', network: 'home' })
    expect(first(told)).toMatchObject({ facts: { days: 5, place: 'Miami, FL' } })
  })

  test('with no new evidence by another address of the same place', () => {
    const told = inDenver('2026-03-19')
    const { evidence } = first(told, '2026-03-19T13:00:00Z')!
    told.checkedIn('2026-03-20', { from: 'Providence', network: 'vpn' })
    told.checkedIn('2026-03-21', { from: 'Denver', network: 'home' })
    expect(first(told)?.evidence).toEqual(evidence)
  })

  test('for a laptop handed over without a parcel, and for one with no approved home', () => {
    const handed = story()
      .home('Boston')
      .status('2026-03-01', 'in_service')
      .checkedIn('2026-03-06', { from: 'Denver' })
      .seenDaily('2026-03-07', '2026-03-10')
    expect(first(handed, '2026-03-10T13:00:00Z')).toMatchObject({ key: 'per_1' })
  })

  test('whatever the bench told, be it near the home', () => {
    for (const source of ['mdm', 'bench']) {
      const told = cleanDelivery()
        .checkedIn('2026-03-01T15:00:00Z', { from: 'Boston', network: 'home', source })
        .checkedIn('2026-03-06', { from: 'Denver', network: 'home' })
        .seenDaily('2026-03-07', '2026-03-10')
      expect(first(told, '2026-03-10T13:00:00Z')).toBeDefined()
    }
  })

  test('again after a journey that explained its first days', () => {
    const told = inDenver('2026-03-20').declared('travel', '2026-03-06', '2026-03-15')
    expect(first(told, '2026-03-20T13:00:00Z')).toMatchObject({ facts: { days: 5, from: '2026-03-16' } })
  })
})

describe('stays quiet', () => {
  test('at home, and near it', () => {
    for (const from of ['Boston', 'Providence'] as const) {
      const told = cleanDelivery()
        .checkedIn('2026-03-06', { from, network: 'home' })
        .seenDaily('2026-03-07', '2026-04-06')
      expect(first(told, '2026-04-06T13:00:00Z')).toBeUndefined()
    }
  })

  test('from the first day at home on', () => {
    const told = inDenver('2026-03-19')
    expect(first(told, '2026-03-19T13:00:00Z')).toBeDefined()
    told.checkedIn('2026-03-20', { from: 'Boston', network: 'home' })
    expect(first(told.seenDaily('2026-03-21', '2026-04-20'))).toBeUndefined()
  })

  test('at another address that somebody approved', () => {
    const told = inDenver('2026-03-19').home('Denver', { at: '2026-03-01', approved: true, use: 'ship_to' })
    expect(first(told, '2026-03-19T13:00:00Z')).toBeUndefined()
  })

  test('on networks that say nothing of the place', () => {
    for (const network of ['mobile', 'carrier NAT', 'vpn', 'hosting', 'relay', 'ours'] as const) {
      const told = cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Denver', network })
        .seenDaily('2026-03-07', '2026-04-06')
      expect(first(told, '2026-04-06T13:00:00Z')).toBeUndefined()
    }
  })

  test('on a declared journey, at a second home, and at an office of their own', () => {
    for (const kind of ['travel', 'second_home', 'office']) {
      const told = inDenver('2026-04-06').declared(kind, '2026-03-01', '2026-04-30', 'Denver')
      expect(first(told, '2026-04-06T13:00:00Z')).toBeUndefined()
    }
  })

  test('where no home is on file, or nobody can place it', () => {
    const told = story()
      .ordered('2026-03-01', null)
      .shipped('2026-03-02')
      .checkedIn('2026-03-06', { from: 'Denver' })
      .seenDaily('2026-03-07', '2026-04-06')
    expect(first(told, '2026-04-06T13:00:00Z')).toBeUndefined()
  })

  test('about days of silence, and about days before it had its laptop', () => {
    expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Denver' }), '2026-04-06')).toBeUndefined()
    const before = story()
      .home('Boston', { approved: true })
      .checkedIn('2026-02-01', { from: 'Denver' })
      .seenDaily('2026-02-02', '2026-02-20')
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
      .checkedIn('2026-03-06', { from: 'Boston' })
    expect(first(before)).toBeUndefined()
  })

  test('in the end, when the laptop tells no more', () => {
    const told = inDenver('2026-03-19')
    const later = ['2026-04-10', '2026-05-15', '2026-07-10', '2026-09-01'].map((now) =>
      weightOf(rule, first(told, now)),
    )
    expect(later).toEqual([9, 6.8, 2.3, 0])
  })
})

test('looks again while another day would say more, and then as it fades', () => {
  const next = (until: string) =>
    judge(rule, inDenver(until).dossier({ now: `${until}T13:00:00Z` })).lookAgainAt?.toISOString()
  expect(next('2026-03-07')).toBe('2026-03-08T13:00:00.000Z')
  expect(next('2026-03-25')).toBe('2026-05-17T00:00:00.000Z')
})
