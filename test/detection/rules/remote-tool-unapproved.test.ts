import { describe, expect, test } from 'vitest'
import { remoteToolUnapproved as rule } from '../../../server/detection/rules/remote-tool-unapproved.ts'
import { cleanDelivery, findingsOf, judge, story, weightOf } from '../story.ts'

const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]
const weightAfter = (at: string) => weightOf(rule, first(inUse().checkedIn(at, { software: ['Slack', 'AnyDesk'] })))

describe('fires', () => {
  test('at any time, and says when it came', () => {
    expect(first(inUse().checkedIn('2026-07-06', { software: ['AnyDesk'] }))).toMatchObject({
      key: 'anydesk',
      summary: 'AnyDesk is on the laptop, which nobody approved; it came 122 days after the first check-in',
    })
  })

  test('less the later it came, and never so much that it is a case of its own', () => {
    const weights = ['2026-03-07', '2026-05-01', '2026-09-01', '2027-03-20'].map(weightAfter)
    expect(weights[0]).toBe(6)
    expect(weights.at(-1)).toBe(3)
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
  })

  test('for a laptop without a parcel, with the weight of the middle', () => {
    const told = story()
      .checkedIn('2026-03-01', { software: ['AnyDesk'] })
      .status('2026-03-02', 'in_service')
    expect(first(told)).toMatchObject({ summary: 'AnyDesk is on the laptop, which nobody approved', weight: 4 })
  })

  test('for a while after it is gone, less with every month', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { software: ['Slack', 'AnyDesk'] })
      .checkedIn('2026-03-08', { software: ['Slack'] })
    const at = (now: string) => weightOf(rule, findingsOf(rule, told, { now })[0])
    expect([at('2026-03-20'), at('2026-05-20'), at('2026-08-20')]).toEqual([6, 4.5, 0])
    expect(judge(rule, told.dossier({ now: '2026-03-20' })).lookAgainAt).not.toBeNull()
  })
})

describe('stays quiet', () => {
  test('for what the company approved', () => {
    const told = inUse().declared('tool', '2026-03-01', '2026-08-01', 'AnyDesk')
    expect(first(told.checkedIn('2026-03-07', { software: ['AnyDesk'] }))).toBeUndefined()
  })

  test('for what was on it at the bench', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { software: ['TeamViewer'] })
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
    expect(first(told.checkedIn('2026-03-06', { software: ['TeamViewer'] }))).toBeUndefined()
  })

  test('for a tunnel, a mesh, a viewer and a screen reader', () => {
    const software = [{ name: 'code-tunnel', kind: 'process' }, 'Tailscale', 'RealVNC Viewer', 'NVDA']
    expect(first(inUse().checkedIn('2026-03-07', { software }))).toBeUndefined()
  })
})
