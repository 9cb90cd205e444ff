import { describe, expect, test } from 'vitest'
import { shippedToVirtualOffice as rule } from '../../../server/detection/rules/shipped-to-virtual-office.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const to = (kind: string, confidence = 0.9) => story().ordered('2026-03-01', 'Denver', { kind, confidence })

describe('fires', () => {
  test.each([
    ['virtual office', 'The parcel is addressed to a virtual office in Denver, CO'],
    ['registered agent', 'The parcel is addressed to a registered agent’s address in Denver, CO'],
  ])('for a place of kind %s', (kind, summary) => {
    const [finding] = findingsOf(rule, to(kind))
    expect(finding?.summary).toBe(summary)
    expect(weightOf(rule, finding)).toBe(8)
  })

  test('less in a building where no unit is given', () => {
    expect(weightOf(rule, findingsOf(rule, to('virtual office', 0.5))[0])).toBeLessThan(6)
  })

  test('by half where the address is approved', () => {
    const told = to('virtual office').approves('adr_Denver', '2026-03-02')
    expect(weightOf(rule, findingsOf(rule, told)[0])).toBe(4)
  })
})

describe('stays quiet', () => {
  test('for a home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each([
    'po box',
    'mail drop',
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

  test('for a mere hint', () => expect(findingsOf(rule, to('virtual office', 0.3))).toEqual([]))
})
