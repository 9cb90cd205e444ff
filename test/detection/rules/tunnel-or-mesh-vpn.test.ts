import { describe, expect, test } from 'vitest'
import { tunnelOrMeshVpn as rule } from '../../../server/detection/rules/tunnel-or-mesh-vpn.ts'
import { cleanDelivery, findingsOf, type story, weightOf } from '../story.ts'

const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]
const codeTunnel = { name: 'code-tunnel', kind: 'process' }

describe('fires', () => {
  test('for a tunnel in the first days, below a case of its own', () => {
    const finding = first(inUse().checkedIn('2026-03-07', { software: [codeTunnel] }))
    expect(finding).toMatchObject({
      key: 'vscode-tunnel',
      summary: 'VS Code Tunnel opens a way to the laptop past its network; it came 24 hours after the first check-in',
    })
    expect(weightOf(rule, finding)).toBe(5)
  })

  test('weakly for one that comes after months', () =>
    expect(first(inUse().checkedIn('2026-06-07', { software: [codeTunnel] }))?.weight).toBe(2))

  test('half as much for a mesh that only joins networks', () =>
    expect(first(inUse().checkedIn('2026-06-07', { software: ['Tailscale'] }))).toMatchObject({
      key: 'tailscale',
      weight: 1,
    }))

  test('in full for a mesh beside a remote-control tool', () => {
    const finding = first(inUse().checkedIn('2026-06-07', { software: ['Tailscale', 'AnyDesk'] }))
    expect(finding).toMatchObject({ weight: 2, facts: { besideRemoteControl: true } })
  })
})

describe('stays quiet', () => {
  test('for the company’s own mesh', () => {
    const told = inUse().declared('tool', '2026-03-01', '2026-06-01', 'Tailscale')
    expect(first(told.checkedIn('2026-03-07', { software: ['Tailscale'] }))).toBeUndefined()
  })

  test('for an editor, a terminal and a VPN that anybody has', () => {
    const software = ['Visual Studio Code', 'iTerm', 'Mullvad VPN']
    expect(first(inUse().checkedIn('2026-03-07', { software }))).toBeUndefined()
  })

  test('two months after it is gone', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { software: [codeTunnel] })
      .checkedIn('2026-03-09', { software: [] })
    expect(first(told)).toBeDefined()
    expect(findingsOf(rule, told, { now: '2026-06-01' })).toEqual([])
  })
})
