import { describe, expect, test } from 'vitest'
import { agentRemoved as rule } from '../../../server/detection/rules/agent-removed.ts'
import { cleanDelivery, findingsOf, judge, type Story, weightOf } from '../story.ts'

const ended = { enrollment: { enrolled: false } }

/** In use from March 6th, enrolled in the MDM and seen every day by it and by an agent. */
const inUse = (until = '2026-03-26'): Story =>
  cleanDelivery()
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { from: 'Boston' })
    .checkedIn('2026-03-06T13:00:00Z', {
      source: 'agent',
      vouches: 'nothing',
      enrollment: {},
      timeZone: 'America/New_York',
    })
    .seenDaily('2026-03-06', until)
    .seenDaily('2026-03-06', '2026-04-30', { source: 'agent', proof: 'claimed' })

/** The MDM is heard no more, the agent goes on. */
const stopped = () => inUse()

describe('fires', () => {
  test('when the system that manages it says that it does so no more', () => {
    const told = inUse().checkedIn('2026-03-27', ended)
    const [finding, ...more] = findingsOf(rule, told, { now: '2026-03-27' })
    expect(finding).toMatchObject({
      key: 'mdm',
      summary: 'mdm no longer manages it, and it was not asked back',
      since: new Date('2026-03-27T12:00:00Z'),
    })
    expect(weightOf(rule, finding)).toBe(9)
    expect(more).toEqual([])
  })

  test('once, also when that system then says nothing any more', () => {
    expect(findingsOf(rule, inUse().checkedIn('2026-03-27', ended), { now: '2026-04-20' })).toHaveLength(1)
  })

  test('when one source stops and another that knew it as well goes on', () => {
    const [finding] = findingsOf(rule, stopped(), { now: '2026-04-02' })
    expect(finding).toMatchObject({
      key: 'mdm',
      summary: 'mdm has said nothing of it for 5 days or more, while agent still does',
      facts: { source: 'mdm', others: 'agent', lastSeenAt: '2026-03-26T12:00:00.000Z' },
    })
    expect(finding?.evidence).toHaveLength(2)
    expect(weightOf(rule, finding)).toBe(5)
  })

  test('in the first days of a new laptop, where both began together', () => {
    expect(findingsOf(rule, inUse('2026-03-10'), { now: '2026-03-17' })).toHaveLength(1)
  })

  test('more the longer it lasts, and never enough for a case', () => {
    const weights = ['2026-04-02', '2026-04-06', '2026-04-29'].map((now) =>
      weightOf(rule, findingsOf(rule, stopped(), { now })[0]),
    )
    expect(weights).toEqual([...weights].sort((a, b) => a - b))
    expect(weights.at(-1)).toBe(9)
  })

  test('counted anew after the source itself had failed', () => {
    const told = stopped().outage('mdm', '2026-03-27', '2026-04-04')
    expect(findingsOf(rule, told, { now: '2026-04-08' })).toEqual([])
    expect(findingsOf(rule, told, { now: '2026-04-10' })).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('while all its sources report, and looks again before a stop would count', () =>
    expect(judge(rule, inUse('2026-04-30').dossier({ now: '2026-03-20' }))).toMatchObject({
      findings: [],
      lookAgainAt: new Date('2026-03-25T12:00:00Z'),
    }))

  test('when the laptop as a whole is silent', () => {
    const told = cleanDelivery()
      .accepted('2026-03-05T18:00:00Z')
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-06', '2026-03-26')
      .seenDaily('2026-03-06', '2026-03-26', { source: 'agent' })
    expect(findingsOf(rule, told, { now: '2026-04-20' })).toEqual([])
  })

  test('while the source that stopped fails as a whole', () =>
    expect(findingsOf(rule, stopped().outage('mdm', '2026-03-27'), { now: '2026-04-20' })).toEqual([]))

  test('where a change of systems is declared for that source, or for any, but not for another', () => {
    const declared = (value: string | null) => stopped().declared('migration', '2026-03-20', '2026-04-30', value)
    expect(findingsOf(rule, declared('mdm'), { now: '2026-04-20' })).toEqual([])
    expect(findingsOf(rule, declared(null), { now: '2026-04-20' })).toEqual([])
    expect(findingsOf(rule, declared('other-mdm'), { now: '2026-04-20' })).toHaveLength(1)
    const ending = inUse().declared('migration', '2026-03-20', '2026-04-30', 'mdm').checkedIn('2026-03-27', ended)
    expect(findingsOf(rule, ending, { now: '2026-03-28' })).toEqual([])
  })

  test('where another system of ours enrols it at about that time, declared or not', () => {
    const moved = () =>
      stopped()
        .checkedIn('2026-03-28', { source: 'new-mdm' })
        .seenDaily('2026-03-28', '2026-04-30', { source: 'new-mdm' })
    expect(findingsOf(rule, moved(), { now: '2026-04-20' })).toEqual([])
    expect(findingsOf(rule, moved().checkedIn('2026-03-29', ended), { now: '2026-04-20' })).toEqual([])
    const claimed = stopped().checkedIn('2026-03-28', { source: 'new-mdm', vouches: 'nothing' })
    expect(findingsOf(rule, claimed, { now: '2026-04-20' })).toHaveLength(1)
  })

  test('once it is enrolled again', () => {
    const told = inUse('2026-04-30').checkedIn('2026-03-27', ended).checkedIn('2026-03-28')
    expect(findingsOf(rule, told, { now: '2026-03-29' })).toEqual([])
  })

  test('once it is asked back or came back, in repair or lost', () => {
    const told = () => inUse().checkedIn('2026-03-27', ended)
    for (const over of [
      told().returnOpened('2026-03-27', '2026-04-10'),
      told().returnOrdered('2026-03-27'),
      told().status('2026-03-28', 'repair'),
      told().status('2026-03-28', 'lost'),
      told().status('2026-03-28', 'stock'),
    ])
      expect(findingsOf(rule, over, { now: '2026-04-20' })).toEqual([])
  })

  test('about an enrolment that ended before it was sent, or that never was', () => {
    const bench = cleanDelivery().checkedIn('2026-02-10').checkedIn('2026-02-20', ended)
    expect(findingsOf(rule, bench, { now: '2026-03-20' })).toEqual([])
    const never = cleanDelivery().checkedIn('2026-03-06', ended)
    expect(findingsOf(rule, never, { now: '2026-03-20' })).toEqual([])
  })

  test('about a source that always speaks seldom', () => {
    const told = cleanDelivery()
      .accepted('2026-03-05T18:00:00Z')
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-06', '2026-04-03', { every: 7 })
      .seenDaily('2026-03-06', '2026-04-30', { source: 'agent' })
    expect(findingsOf(rule, told, { now: '2026-04-10' })).toEqual([])
  })
})
