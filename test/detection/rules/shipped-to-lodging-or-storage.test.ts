import { describe, expect, test } from 'vitest'
import { shippedToLodgingOrStorage as rule } from '../../../server/detection/rules/shipped-to-lodging-or-storage.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const to = (kind: string, confidence = 0.9) => story().ordered('2026-03-01', 'Denver', { kind, confidence })

describe('fires', () => {
  test('for a storage unit, near what opens a case', () => {
    const [finding] = findingsOf(rule, to('self-storage', 0.8))
    expect(finding?.summary).toBe('The parcel is addressed to a storage unit in Denver, CO')
    expect(weightOf(rule, finding)).toBe(9)
  })

  test('for a hotel, as a weak sign', () => {
    const [finding] = findingsOf(rule, to('hotel', 0.65))
    expect(finding?.summary).toBe('The parcel is addressed to a hotel in Denver, CO')
    expect(weightOf(rule, finding)).toBe(3)
  })

  test('by half where the address is approved', () => {
    const told = to('self-storage').approves('adr_Denver', '2026-03-02')
    expect(weightOf(rule, findingsOf(rule, told)[0])).toBe(4.5)
  })
})

describe('stays quiet', () => {
  test('for a home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each([
    'po box',
    'mail drop',
    'virtual office',
    'registered agent',
    'freight forwarder',
    'locker or counter',
    'military',
    'office',
    'unknown',
  ])('for a place of kind %s, which is not its own', (kind) => {
    expect(findingsOf(rule, to(kind))).toEqual([])
  })

  test('for a mere hint', () => expect(findingsOf(rule, to('self-storage', 0.3))).toEqual([]))

  test('for a hotel during a declared travel', () => {
    expect(findingsOf(rule, to('hotel').declared('travel', '2026-02-20', '2026-03-20'))).toEqual([])
  })
})
