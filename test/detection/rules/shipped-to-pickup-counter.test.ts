import { describe, expect, test } from 'vitest'
import { shippedToPickupCounter as rule } from '../../../server/detection/rules/shipped-to-pickup-counter.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const to = (kind: string, confidence = 0.9) => story().ordered('2026-03-01', 'Denver', { kind, confidence })

describe('fires', () => {
  test('for a locker, below what opens a case', () => {
    const [finding] = findingsOf(rule, to('locker or counter'))
    expect(finding?.summary).toBe('The parcel is addressed to a parcel locker or counter in Denver, CO')
    expect(weightOf(rule, finding)).toBe(4)
  })

  test('less where it is less sure', () => {
    expect(weightOf(rule, findingsOf(rule, to('locker or counter', 0.5))[0])).toBeLessThan(4)
  })

  test('by half where the address is approved', () => {
    const told = to('locker or counter').approves('adr_Denver', '2026-03-02')
    expect(weightOf(rule, findingsOf(rule, told)[0])).toBe(2)
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
    'hotel',
    'self-storage',
    'military',
    'office',
    'unknown',
  ])('for a place of kind %s, which is not its own', (kind) => {
    expect(findingsOf(rule, to(kind))).toEqual([])
  })

  test('for a mere hint', () => expect(findingsOf(rule, to('locker or counter', 0.3))).toEqual([]))

  test('where the label asks for a pick-up', () => {
    expect(findingsOf(rule, to('locker or counter').labelBought('2026-03-02', { holdForPickup: true }))).toEqual([])
  })
})
