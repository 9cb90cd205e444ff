import { describe, expect, test } from 'vitest'
import { namedVpn as rule } from '../../../server/detection/rules/named-vpn.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]
const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
const ASTRILL_DNS = '198.19.255.254'

describe('fires', () => {
  test('for the program, whatever its version', () => {
    const finding = first(inUse().checkedIn('2026-03-08', { from: 'Boston', software: ['Slack', 'Astrill 4.1'] }))
    expect(finding).toMatchObject({ key: 'astrill', summary: 'Astrill VPN was on the laptop' })
    expect(weightOf(rule, finding)).toBe(11)
  })

  test.each([
    ['a process', { name: 'asproxy', kind: 'process' }],
    ['another', { name: 'asovpnc', kind: 'process' }],
    ['an installer receipt', { name: 'com.astrill.pkg.astrill', kind: 'package' }],
    ['a launch agent', { name: 'com.astrill.launcher', kind: 'service' }],
  ])('for %s of it', (_, software) => {
    expect(first(inUse().checkedIn('2026-03-08', { software: [software] }))?.key).toBe('astrill')
  })

  test('for the DNS server that it sets, which is gone when it is switched off', () => {
    const told = inUse().checkedIn('2026-03-08', { dnsServers: [ASTRILL_DNS] })
    expect(first(told)?.summary).toBe('Astrill VPN was on the laptop')
    told.checkedIn('2026-03-09', { dnsServers: ['192.168.1.1'] })
    expect(first(told)).toMatchObject({ summary: 'Astrill VPN was on the laptop, and is gone since', weight: 8 })
  })

  test('for an exit of it, by the name of its operator', () => {
    const told = inUse().checkedIn('2026-03-08', { from: 'Denver', network: 'vpn', operator: 'Astrill VPN' })
    expect(first(told)?.summary).toBe('Astrill VPN was the laptop’s way out')
    told.checkedIn('2026-03-09', { from: 'Boston', software: ['Astrill'] })
    expect(first(told)).toMatchObject({
      summary: 'Astrill VPN was on the laptop, and was its way out',
      facts: { onLaptop: true, asExit: true },
    })
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('less for a report that proves little, and on a declared journey', () => {
    expect(
      first(inUse().checkedIn('2026-03-08', { vouches: 'nothing', source: 'script', software: ['Astrill'] }))?.weight,
    ).toBeLessThan(11)
    const told = inUse()
      .declared('travel', '2026-03-07', '2026-03-20')
      .checkedIn('2026-03-08', { software: ['Astrill'] })
    expect(first(told)?.weight).toBe(2)
  })
})

describe('stays quiet', () => {
  test('for any other VPN', () =>
    expect(
      first(
        inUse()
          .checkedIn('2026-03-08', { software: ['Mullvad VPN', 'Proton VPN', 'NordVPN'] })
          .checkedIn('2026-03-09', { from: 'Denver', network: 'vpn', operator: 'Mullvad VPN' }),
      ),
    ).toBeUndefined())

  test('for names that only look alike', () =>
    expect(first(inUse().checkedIn('2026-03-08', { software: ['Astrillium', 'Aspirin Proxy'] }))).toBeUndefined())

  test('where the company declared the tool, for its exits too, also later', () => {
    const told = inUse()
      .checkedIn('2026-03-08', { software: ['Astrill'] })
      .checkedIn('2026-03-09', { from: 'Denver', network: 'vpn', operator: 'Astrill VPN' })
    expect(first(told)).toBeDefined()
    expect(first(told.declared('tool', '2026-03-10', '2026-06-10', 'astrill'))).toBeUndefined()
  })

  test('for what was on it before it left the bench and came back to it', () =>
    expect(
      first(
        story()
          .home('Boston', { approved: true })
          .checkedIn('2026-02-20', { software: ['Astrill'] })
          .checkedIn('2026-02-25', { software: [] })
          .ordered('2026-03-01', 'Boston')
          .scan('2026-03-02', 'Columbus', 'accepted')
          .delivered('2026-03-05', 'Boston')
          .checkedIn('2026-03-06', { from: 'Boston' }),
      ),
    ).toBeUndefined())
})
