import { describe, expect, test } from 'vitest'
import { unattendedAccess as rule } from '../../../server/detection/rules/unattended-access.ts'
import { cleanDelivery, findingsOf, judge, type story, weightOf } from '../story.ts'

const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'], ...windows })
const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]
const windows = { platform: 'windows' } as const
const chromoting = { name: 'chromoting', kind: 'service' }
const anyDesk = { name: 'AnyDesk', identifier: 'com.philandro.anydesk' }

describe('fires', () => {
  test('for a host that runs as a service', () => {
    const finding = first(inUse().checkedIn('2026-03-06T18:00:00Z', { ...windows, software: ['Slack', chromoting] }))
    expect(finding).toMatchObject({
      key: 'chrome-remote-desktop',
      summary: 'Chrome Remote Desktop starts by itself and lets others in, set up 6 hours after the first check-in',
    })
    expect(weightOf(rule, finding)).toBe(9)
  })

  test('for a tool that was there before, from the moment at which it starts by itself', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { ...windows, software: ['Slack', anyDesk] })
      .checkedIn('2026-05-07', { ...windows, software: ['Slack', { ...anyDesk, startup: true }] })
    expect(first(told)).toMatchObject({ since: new Date('2026-05-07T12:00:00Z') })
    expect(first(told)?.evidence).toHaveLength(2)
  })

  test('less the later it was set up', () => {
    const weightAt = (at: string) =>
      weightOf(rule, first(inUse().checkedIn(at, { ...windows, software: ['Slack', chromoting] })))
    expect([weightAt('2026-03-08'), weightAt('2026-07-08')]).toEqual([9, 6])
  })

  test('weakly for a developers’ tunnel that runs as a service', () => {
    const tunnel = { name: 'Visual Studio Code Tunnel', kind: 'service' }
    expect(first(inUse().checkedIn('2026-03-07', { ...windows, software: [tunnel] }))).toMatchObject({
      key: 'vscode-tunnel',
      weight: 4,
    })
  })

  test('for a while after it is gone', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { ...windows, software: [chromoting] })
      .checkedIn('2026-03-08', { ...windows, software: ['Slack'] })
    expect(first(told)?.summary).toContain('it is gone since')
    expect(findingsOf(rule, told, { now: '2026-08-20' })).toEqual([])
    expect(judge(rule, told.dossier({ now: '2026-03-20' })).lookAgainAt).not.toBeNull()
  })
})

describe('stays quiet', () => {
  test('for a tool that is only installed', () =>
    expect(first(inUse().checkedIn('2026-03-07', { ...windows, software: [anyDesk] }))).toBeUndefined())

  test('for a service of the company’s own', () => {
    const told = inUse().declared('tool', '2026-03-01', '2026-06-01', 'Chrome Remote Desktop')
    expect(first(told.checkedIn('2026-03-07', { ...windows, software: [chromoting] }))).toBeUndefined()
  })

  test('for ordinary services, and a mesh that drives nothing', () => {
    const software = [
      { name: 'Spooler', kind: 'service' },
      { name: 'Tailscale', kind: 'service' },
      { name: 'Slack', startup: true },
    ]
    expect(first(inUse().checkedIn('2026-03-07', { software }))).toBeUndefined()
  })
})
