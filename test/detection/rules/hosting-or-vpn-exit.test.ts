import { describe, expect, test } from 'vitest'
import { hostingOrVpnExit as rule } from '../../../server/detection/rules/hosting-or-vpn-exit.ts'
import { cleanDelivery, findingsOf, story } from '../story.ts'

const first = (told: ReturnType<typeof story>, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]

describe('fires', () => {
  test('most for a VPN at the first check-in', () => {
    const finding = first(
      cleanDelivery().checkedIn('2026-03-06', { from: 'Denver', network: 'vpn', operator: 'Some VPN' }),
    )
    expect(finding).toMatchObject({
      key: 'vpn',
      summary: 'Came out at a VPN at its first check-in',
      weight: 6,
      facts: { operator: 'Some VPN', network: 'vpn' },
    })
  })

  test('for a hosting provider a little less', () =>
    expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Denver', network: 'hosting' }))?.weight).toBe(5))

  test('less with every day of use, and as context in the end', () => {
    const weightAfter = (day: string) =>
      first(
        cleanDelivery()
          .checkedIn('2026-03-06', { from: 'Boston' })
          .checkedIn(day, { from: 'Denver', network: 'hosting' }),
      )?.weight ?? 0
    expect(weightAfter('2026-03-08')).toBe(5)
    expect(weightAfter('2026-03-13')).toBeLessThan(5)
    expect(weightAfter('2026-06-01')).toBe(2)
  })

  test('less and less once it is over', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Denver', network: 'hosting' })
      .checkedIn('2026-03-07', { from: 'Boston' })
    expect([first(told, '2026-04-01')?.weight, first(told, '2026-05-05')?.weight]).toEqual([5, 3.8])
    expect(first(told, '2026-08-01')).toBeUndefined()
  })

  test('hardly for a relay, at any time', () => {
    const told = cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', network: 'relay' })
    expect(first(told)).toMatchObject({ key: 'relay', summary: 'Came out at a relay at its first check-in', weight: 1 })
  })

  test('once for each kind of exit, by the report that weighs most', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Denver', network: 'hosting' })
      .checkedIn('2026-03-07', { from: 'Boston' })
      .checkedIn('2026-05-07', { from: 'Phoenix', network: 'hosting' })
      .checkedIn('2026-05-08', { from: 'Miami', network: 'vpn' })
    expect(findingsOf(rule, told).map(({ key, weight }) => [key, weight])).toEqual([
      ['hosting', 5],
      ['vpn', 2],
    ])
  })

  test('as context for a laptop handed over without a parcel', () => {
    const told = story()
      .home('Boston', { approved: true })
      .status('2026-03-01', 'in_service')
      .checkedIn('2026-03-02', { from: 'Denver', network: 'vpn' })
    expect(first(told)?.weight).toBe(2)
  })
})

describe('stays quiet', () => {
  test('at home, on mobile networks, and where nobody knows what it is', () => {
    for (const network of ['home', 'mobile', 'carrier NAT', 'unknown'] as const)
      expect(first(cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', network }))).toBeUndefined()
  })

  test('at an exit that the company declared, also when it did so later or the declaration has ended', () => {
    const told = cleanDelivery().checkedIn('2026-03-06', { from: 'Denver', network: 'hosting' })
    expect(first(told)).toBeDefined()
    told.declared('network_exit', '2026-03-08', '2026-03-20', '198.51.100.0/24')
    expect(first(told)).toBeUndefined()
    const ended = cleanDelivery()
      .declared('network_exit', '2026-03-01', '2026-03-20', '198.51.100.0/24')
      .checkedIn('2026-03-06', { from: 'Denver', network: 'hosting' })
      .checkedIn('2026-05-06', { from: 'Boston' })
    expect(first(ended)).toBeUndefined()
  })

  test('at an exit declared as a range of addresses, and not beside it', () => {
    const told = (range: string) =>
      cleanDelivery()
        .declared('network_exit', '2026-03-01', '2026-03-20', range)
        .checkedIn('2026-03-06', { from: 'Denver', network: 'hosting' })
    expect(first(told('198.51.100.1 - 198.51.100.9'))).toBeUndefined()
    expect(first(told('198.51.100.100 - 198.51.100.200'))).toBeDefined()
    expect(first(told('no range at all'))).toBeDefined()
  })

  test('where the laptop came out there on the bench already', () => {
    const told = story()
      .home('Boston', { approved: true })
      .checkedIn('2026-02-20', { from: 'Denver', network: 'hosting', operator: 'Racks' })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
    expect(
      first(told.checkedIn('2026-03-06', { from: 'Phoenix', network: 'hosting', operator: 'Racks' })),
    ).toBeUndefined()
    expect(first(told.checkedIn('2026-03-07', { from: 'Miami', network: 'hosting', operator: 'Others' }))).toBeDefined()
  })

  test('while a mesh that the company approved is on it', () => {
    const told = cleanDelivery()
      .declared('tool', '2026-03-01', '2026-06-01', 'tailscale')
      .checkedIn('2026-03-06', { from: 'Denver', network: 'hosting', software: ['Tailscale'] })
    expect(first(told)).toBeUndefined()
  })
})
