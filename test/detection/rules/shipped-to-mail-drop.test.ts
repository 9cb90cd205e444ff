import { describe, expect, test } from 'vitest'
import { shippedToMailDrop as rule } from '../../../server/detection/rules/shipped-to-mail-drop.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

describe('fires', () => {
  test('for a mail drop, below what opens a case', () => {
    const [finding] = findingsOf(rule, story().ordered('2026-03-01', 'Denver', { kind: 'mail drop', confidence: 0.9 }))
    expect(finding?.summary).toBe('The parcel is addressed to a mail drop in Denver, CO')
    expect(weightOf(rule, finding)).toBe(8)
  })

  test('less for one that is less sure', () => {
    expect(
      findingsOf(rule, story().ordered('2026-03-01', 'Denver', { kind: 'mail drop', confidence: 0.5 }))[0]?.weight,
    ).toBeLessThan(8)
  })

  test('less for an approved home at one', () => {
    const told = story()
      .home('Denver', { kind: 'mail drop', confidence: 0.9, approved: true })
      .ordered('2026-03-01', 'Denver')
    expect(findingsOf(rule, told)[0]?.weight).toBe(4)
  })

  test('for one that a newer list of places knows', () => {
    const told = story().ordered('2026-03-01', 'Denver', { kind: 'unknown' })
    expect(findingsOf(rule, told)).toEqual([])
    told.readAnew('adr_Denver', '2026-03-02', { kind: 'mail drop', confidence: 0.9, placeId: 'plc_1' })
    expect(findingsOf(rule, told)[0]).toMatchObject({ weight: 8, facts: { listed: true } })
  })

  test('as it was read before, as of before', () => {
    const told = story()
      .ordered('2026-03-01', 'Denver', { kind: 'mail drop', confidence: 0.9 })
      .readAnew('adr_Denver', '2026-03-02', { kind: 'unknown', confidence: 0, placeId: null })
    expect(findingsOf(rule, told)).toEqual([])
    expect(findingsOf(rule, told, { seq: 2 })).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('for a home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each(['po box', 'virtual office', 'locker or counter', 'hotel', 'office'])(
    'for a %s, which is no mail drop',
    (kind) => {
      expect(findingsOf(rule, story().ordered('2026-03-01', 'Denver', { kind, confidence: 0.9 }))).toEqual([])
    },
  )

  test('for a mere hint', () => {
    expect(findingsOf(rule, story().ordered('2026-03-01', 'Denver', { kind: 'mail drop', confidence: 0.2 }))).toEqual(
      [],
    )
  })
})
