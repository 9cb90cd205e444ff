import { describe, expect, test } from 'vitest'
import { addressOfClosedCase as rule } from '../../../server/detection/rules/address-of-closed-case.ts'
import { cleanDelivery, findingsOf, story } from '../story.ts'

const sentTo = (kind?: string) =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Providence', { door: 'drop', ...(kind ? { kind, confidence: 0.9 } : {}) })
    .livesAt('2025-02-20', 'per_2', 'drop', { use: 'ship_to', approved: false })

describe('fires', () => {
  test('in full for a parcel to the door', () => {
    expect(findingsOf(rule, sentTo().confirmed('2025-05-01', 'per_2'))).toMatchObject([{ weight: 15 }])
  })

  test('by half where the one had left before the other came', () => {
    const told = cleanDelivery().shares('2024-01-01', 'per_2', 'door', 'adr_Boston', { use: 'home', to: '2025-06-01' })
    expect(findingsOf(rule, told.confirmed('2025-05-01', 'per_2'))).toMatchObject([{ weight: 7.5 }])
  })

  test('by half where it was a breach of policy', () => {
    expect(findingsOf(rule, sentTo().confirmed('2025-05-01', 'per_2', 'policy_breach'))).toMatchObject([
      { weight: 7.5, facts: { by: 'door' } },
    ])
  })
})

describe('stays quiet', () => {
  test('where the case was not closed so, and for a declared household', () => {
    expect(findingsOf(rule, sentTo())).toEqual([])
    const home = sentTo().confirmed('2025-05-01', 'per_2')
    expect(findingsOf(rule, home.declared('household', '2026-01-01', '2026-06-01', null, 'per_2'))).toEqual([])
  })

  test('about a counter that many use', () => {
    expect(findingsOf(rule, sentTo('locker or counter').confirmed('2025-05-01', 'per_2'))).toEqual([])
  })

  test('about another flat of the house', () => {
    const told = cleanDelivery().livesAt('2025-02-20', 'per_2', 'other flat', { building: 'adr_Boston' })
    expect(findingsOf(rule, told.confirmed('2025-05-01', 'per_2'))).toEqual([])
  })
})
