import { describe, expect, test } from 'vitest'
import { remoteToolEarly as rule } from '../../../server/detection/rules/remote-tool-early.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]

describe('fires', () => {
  test('for a tool on the first day', () => {
    const finding = first(inUse().checkedIn('2026-03-06T19:00:00Z', { software: ['Slack', 'AnyDesk'] }))
    expect(finding).toMatchObject({
      key: 'anydesk',
      summary: 'AnyDesk was on the laptop 7 hours after its first check-in',
    })
    expect(weightOf(rule, finding)).toBe(15)
  })

  test('for one that is there at the first check-in', () => {
    const finding = first(cleanDelivery().checkedIn('2026-03-06', { software: ['AnyDesk'] }))
    expect(finding).toMatchObject({ summary: 'AnyDesk was on the laptop at its first check-in', weight: 15 })
  })

  test('less with every day, without an end on a day', () => {
    const weightAfter = (at: string) => weightOf(rule, first(inUse().checkedIn(at, { software: ['AnyDesk'] })))
    const weights = ['2026-03-07', '2026-03-09', '2026-03-13', '2026-03-16', '2026-03-19'].map(weightAfter)
    expect(weights.slice(0, 3)).toEqual([15, 10, 5])
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
  })

  test('for one that came and went', () => {
    const told = inUse()
      .checkedIn('2026-03-06T19:00:00Z', { software: ['Slack', 'AnyDesk'] })
      .checkedIn('2026-03-08', { software: ['Slack'] })
    expect(first(told)).toMatchObject({
      key: 'anydesk',
      summary: 'AnyDesk was on the laptop 7 hours after its first check-in, and is gone since',
      weight: 15,
    })
  })

  test('for one that was removed at the bench and came back', () => {
    const told = story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston')
    told
      .checkedIn('2026-03-01T13:00:00Z', { software: ['AnyDesk'] })
      .checkedIn('2026-03-01T14:00:00Z', { software: ['Slack'] })
    told
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
      .checkedIn('2026-03-06', { software: ['Slack', 'AnyDesk'] })
    expect(first(told)?.weight).toBe(15)
  })

  test('less for a check-in that proves little', () => {
    expect(first(cleanDelivery().checkedIn('2026-03-06', { software: ['AnyDesk'], vouches: 'nothing' }))?.weight).toBe(
      13.5,
    )
  })

  test('weakly when the first check-in comes months after the delivery', () => {
    expect(first(cleanDelivery().checkedIn('2026-08-06', { software: ['AnyDesk'] }))?.weight).toBe(4)
  })

  test('the same whatever order the check-ins come in', () => {
    const told = inUse().checkedIn('2026-03-06T19:00:00Z', { software: ['Slack', 'AnyDesk'] })
    const late = cleanDelivery()
      .checkedIn('2026-03-06T19:00:00Z', { software: ['Slack', 'AnyDesk'] })
      .checkedIn('2026-03-06', { software: ['Slack'], told: '2026-03-09' })
    expect(first(late)).toMatchObject({ key: 'anydesk', summary: first(told)?.summary, weight: 15 })
  })
})

describe('stays quiet', () => {
  test('for ordinary programs', () => expect(first(inUse())).toBeUndefined())

  test('for a screen reader, a terminal, a viewer and a mesh that drive nothing', () => {
    const software = ['NVDA', 'Terminal', 'VNC Viewer', 'RealVNC Viewer', 'Tailscale', 'KeepingYouAwake']
    expect(first(inUse().checkedIn('2026-03-06T19:00:00Z', { software }))).toBeUndefined()
  })

  test('for a tool that the company declared', () => {
    const told = inUse().checkedIn('2026-03-06T19:00:00Z', { software: ['Jamf Remote Assist'] })
    expect(first(told)).toBeDefined()
    expect(first(told.declared('tool', '2026-03-01', '2026-06-01', 'Jamf Remote Assist'))).toBeUndefined()
    // Also when that declaration has ended.
    expect(findingsOf(rule, told, { now: '2026-12-01' })).toEqual([])
  })

  test('for a tool of the company’s own image, seen at the bench', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { software: ['TeamViewer'] })
    told
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
      .checkedIn('2026-03-06', { software: ['TeamViewer'] })
    expect(first(told)).toBeUndefined()
  })

  test('after two weeks', () =>
    expect(first(inUse().checkedIn('2026-03-21', { software: ['AnyDesk'] }))).toBeUndefined())

  test('for a laptop without a parcel, whose first day nobody knows', () => {
    expect(
      first(
        story()
          .status('2026-03-01', 'in_service')
          .checkedIn('2026-03-01T13:00:00Z', { software: ['AnyDesk'] }),
      ),
    ).toBeUndefined()
  })

  test('as of a moment before it was seen', () => {
    const told = inUse()
    const { length } = told.facts().events
    expect(
      findingsOf(rule, told.checkedIn('2026-03-06T19:00:00Z', { software: ['AnyDesk'] }), { seq: length }),
    ).toEqual([])
  })
})
