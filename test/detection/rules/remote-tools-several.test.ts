import { describe, expect, test } from 'vitest'
import { remoteToolsSeveral as rule } from '../../../server/detection/rules/remote-tools-several.ts'
import { cleanDelivery, findingsOf, story } from '../story.ts'

const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]

describe('fires', () => {
  test('on a laptop in use whose check-ins are older than its import, never as early', () => {
    const told = story()
      .checkedIn('2026-03-01', { software: ['AnyDesk', 'TeamViewer'] })
      .status('2026-03-02', 'in_service')
    expect(first(told)).toMatchObject({ key: 'several', exceptional: false })
  })

  test('alone high for two tools within three days', () => {
    const finding = first(inUse().checkedIn('2026-03-07', { software: ['AnyDesk', 'RustDesk'] }))
    expect(finding).toMatchObject({
      key: 'several',
      summary:
        '2 remote-control tools that nobody approved: AnyDesk, RustDesk, 2 of them within 72 hours of the first check-in',
      exceptional: true,
      weight: 12,
    })
  })

  test('also when the first was gone before the second came', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { software: ['AnyDesk'] })
      .checkedIn('2026-03-08', { software: [] })
      .checkedIn('2026-03-08T18:00:00Z', { software: ['RustDesk'] })
    expect(first(told)).toMatchObject({ exceptional: true })
  })

  test('later too, but not alone high', () => {
    const told = inUse()
      .checkedIn('2026-05-07', { software: ['AnyDesk'] })
      .checkedIn('2026-06-07', { software: ['AnyDesk', 'TeamViewer'] })
    expect(first(told)).toMatchObject({ exceptional: false, since: new Date('2026-06-07T12:00:00Z') })
  })

  test('for tools that two sources show, one each', () => {
    const told = inUse()
      .checkedIn('2026-05-07', { software: ['AnyDesk'] })
      .checkedIn('2026-05-08', { software: ['RustDesk'], source: 'osquery' })
    expect(first(told)).toBeDefined()
  })

  test('under the same key when a third comes', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { software: ['AnyDesk', 'RustDesk'] })
      .checkedIn('2026-03-20', { software: ['AnyDesk', 'RustDesk', 'TeamViewer'] })
    expect(first(told)).toMatchObject({ key: 'several', facts: { tools: 'AnyDesk, RustDesk, TeamViewer' } })
  })
})

describe('stays quiet', () => {
  test('for one tool', () => expect(first(inUse().checkedIn('2026-03-07', { software: ['AnyDesk'] }))).toBeUndefined())

  test('for one tool in two traces', () => {
    const software = ['AnyDesk', { name: 'anydesk', kind: 'process' }]
    expect(first(inUse().checkedIn('2026-03-07', { software }))).toBeUndefined()
  })

  test('for one that replaced another months later', () => {
    const told = inUse()
      .checkedIn('2026-05-07', { software: ['AnyDesk'] })
      .checkedIn('2026-06-07', { software: [] })
      .checkedIn('2026-08-07', { software: ['RustDesk'] })
    expect(first(told)).toBeUndefined()
  })

  test('for the company’s own beside one other', () => {
    const told = inUse()
      .declared('tool', '2026-03-01', '2026-06-01', 'TeamViewer')
      .checkedIn('2026-03-07', { software: ['AnyDesk', 'TeamViewer'] })
    expect(first(told)).toBeUndefined()
  })

  test('for what the holder before left on it', () => {
    const told = story()
      .home('Boston', { approved: true })
      .checkedIn('2026-02-01', { software: ['AnyDesk', 'RustDesk'] })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
    expect(
      first(told.delivered('2026-03-05', 'Boston').checkedIn('2026-03-06', { software: ['AnyDesk', 'RustDesk'] })),
    ).toBeUndefined()
  })
})
