import { describe, expect, test } from 'vitest'
import { shippedToForwarder as rule } from '../../../server/detection/rules/shipped-to-forwarder.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const forwarder = { kind: 'freight forwarder', confidence: 0.95, placeId: 'place_1' }

describe('fires', () => {
  test('alone high for a listed forwarder with a customer code', () => {
    const [finding] = findingsOf(rule, story().ordered('2026-03-01', 'Miami', { ...forwarder, customerCode: true }))
    expect(finding).toMatchObject({
      summary: 'The parcel is addressed to a listed freight forwarder in Miami, FL, with a customer code',
      exceptional: true,
      evidence: [1, 2],
    })
    expect(weightOf(rule, finding)).toBe(16)
  })

  test('for a listed forwarder without a code, but not alone high', () => {
    expect(findingsOf(rule, story().ordered('2026-03-01', 'Miami', forwarder))[0]).toMatchObject({
      exceptional: false,
      weight: 16,
    })
  })

  test('weakly for a suite that only looks like a customer code', () => {
    const [finding] = findingsOf(
      rule,
      story().ordered('2026-03-01', 'Miami', { kind: 'freight forwarder', confidence: 0.5, customerCode: true }),
    )
    expect(finding).toMatchObject({ exceptional: false })
    expect(weightOf(rule, finding)).toBeLessThan(10)
  })

  test('at half the weight, and not alone high, where the address is approved', () => {
    const told = story()
      .ordered('2026-03-01', 'Miami', { ...forwarder, customerCode: true })
      .approves('adr_Miami', '2026-03-02')
    expect(findingsOf(rule, told)[0]).toMatchObject({ exceptional: false, weight: 8 })
  })
})

describe('stays quiet', () => {
  test('for a home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('for a mere hint', () => {
    expect(
      findingsOf(rule, story().ordered('2026-03-01', 'Miami', { kind: 'freight forwarder', confidence: 0.3 })),
    ).toEqual([])
  })

  test('for a military post address', () => {
    expect(findingsOf(rule, story().ordered('2026-03-01', 'Miami', { kind: 'military', confidence: 0.95 }))).toEqual([])
  })

  test('for a forwarder on file that the parcel does not go to', () => {
    expect(
      findingsOf(
        rule,
        story().home('Boston', { approved: true }).home('Miami', forwarder).ordered('2026-03-01', 'Boston'),
      ),
    ).toEqual([])
  })

  test('for the person who gets the laptop next', () => {
    const told = story()
      .ordered('2026-03-01', 'Miami', forwarder)
      .delivered('2026-03-05', 'Miami')
      .received('2026-06-01')
      .home('Boston', { approved: true })
      .ordered('2026-07-01', 'Boston')
    expect(findingsOf(rule, told)).toEqual([])
  })
})
