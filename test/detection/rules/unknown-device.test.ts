import { describe, expect, test } from 'vitest'
import { unknownDevice as rule } from '../../../server/detection/rules/unknown-device.ts'
import { findingsOf, judge, type Story, story, weightOf } from '../story.ts'

const first = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]
/** Known from its reports only, enrolled, and seen for a while. */
const stray = (input: Parameters<Story['checkedIn']>[1] = {}) =>
  story()
    .registered('2026-03-01', 'check-in')
    .checkedIn('2026-03-01', { from: 'Denver', model: 'MacBookPro18,3', ...input })

describe('fires', () => {
  test('for a machine that is enrolled and that nobody issued', () => {
    expect(first(stray().seenDaily('2026-03-02', '2026-03-05'), '2026-03-05T13:00:00Z')).toMatchObject({
      key: 'dev_1',
      weight: 5,
      summary: 'It is enrolled with us, and no import or order names it',
      facts: { source: 'mdm', method: 'automated', model: 'MacBookPro18,3', proof: 'attested' },
    })
  })

  test('after three days in which an import may follow', () => {
    expect(first(stray(), '2026-03-04T11:00:00Z')).toBeUndefined()
    expect(judge(rule, stray().dossier()).lookAgainAt).toEqual(new Date('2026-03-04T12:00:00Z'))
    expect(first(stray(), '2026-03-04T12:00:00Z')).toBeDefined()
  })

  test('also when a person enrolled it themselves', () =>
    expect(
      first(stray({ vouches: 'enrolment', enrollment: { enrolled: true, method: 'user' } }), '2026-03-10'),
    ).toMatchObject({ facts: { method: 'user', proof: 'enrolled' } }))

  test('whatever came of it at other sources first', () => {
    const told = stray({ vouches: 'nothing' })
    expect(first(told, '2026-03-10')).toBeUndefined()
    expect(first(told.checkedIn('2026-03-12', { source: 'agent', vouches: 'enrolment' }), '2026-03-20')).toMatchObject({
      since: new Date('2026-03-12T12:00:00Z'),
    })
  })

  test('and fades when it is not seen any more', () => {
    const later = ['2026-04-20', '2026-06-05', '2026-10-01'].map((now) => weightOf(rule, first(stray(), now)))
    expect(later).toEqual([5, 3.8, 0])
  })
})

describe('stays quiet', () => {
  test('for what was imported, before its first report or after', () => {
    const before = story().registered('2026-02-01').checkedIn('2026-03-01')
    expect(first(before, '2026-03-10')).toBeUndefined()
    const told = stray()
    expect(first(told, '2026-03-10')).toBeDefined()
    expect(first(told.registered('2026-03-11', 'import'), '2026-03-12')).toBeUndefined()
  })

  test('for what was ordered, or whose place somebody said', () => {
    expect(first(stray().ordered('2026-03-05', null), '2026-03-12')).toBeUndefined()
    expect(first(stray().status('2026-03-05', 'stock'), '2026-03-12')).toBeUndefined()
  })

  test('where nothing proves the enrolment', () => {
    expect(first(stray({ vouches: 'nothing' }), '2026-03-12')).toBeUndefined()
    expect(first(stray({ vouches: 'enrolment', enrollment: { enrolled: false } }), '2026-03-12')).toBeUndefined()
  })

  test('for virtual machines', () => {
    for (const model of [
      'VMware20,1',
      'Virtual Machine',
      'VirtualBox',
      'Parallels ARM Virtual Machine',
      'Standard PC (QEMU)',
    ])
      expect(first(stray({ model }), '2026-03-12')).toBeUndefined()
  })
})
