import { describe, expect, test } from 'vitest'
import { shippedToPoBox as rule } from '../../../server/detection/rules/shipped-to-po-box.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const to = (kind: string, confidence = 0.9) => story().ordered('2026-03-01', 'Denver', { kind, confidence })

describe('fires', () => {
  test('for a PO box, weakly', () => {
    const [finding] = findingsOf(rule, to('po box', 0.95))
    expect(finding?.summary).toBe('The parcel is addressed to a PO box in Denver, CO')
    expect(weightOf(rule, finding)).toBe(4)
  })

  test('less where a street is given too', () => expect(weightOf(rule, findingsOf(rule, to('po box', 0.7))[0])).toBe(2))

  test('by half where the address is approved', () => {
    const told = to('po box', 0.95).approves('adr_Denver', '2026-03-02')
    expect(weightOf(rule, findingsOf(rule, told)[0])).toBe(2)
  })
})

describe('stays quiet', () => {
  test('for a home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each([
    'mail drop',
    'virtual office',
    'registered agent',
    'freight forwarder',
    'locker or counter',
    'hotel',
    'self-storage',
    'military',
    'office',
    'unknown',
  ])('for a place of kind %s, which is not its own', (kind) => {
    expect(findingsOf(rule, to(kind))).toEqual([])
  })

  test('for a mere hint', () => expect(findingsOf(rule, to('po box', 0.3))).toEqual([]))
})
