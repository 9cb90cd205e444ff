import { describe, expect, test } from 'vitest'
import { siteOfClosedCase as rule } from '../../../server/detection/rules/site-of-closed-case.ts'
import { cleanDelivery, findingsOf } from '../story.ts'
import { ip, isBehind, router } from '../together.ts'

const nextThere = () =>
  isBehind(cleanDelivery(), '2026-03-06').shares('2025-06-01', 'per_2', 'gateway', router, { to: '2025-09-01' })

describe('fires', () => {
  test('for the next laptop behind that router, also long after', () => {
    expect(findingsOf(rule, nextThere().confirmed('2025-10-01', 'per_2'))).toMatchObject([{ weight: 15, key: 'place' }])
  })

  test('by half where it was a breach of policy', () => {
    expect(findingsOf(rule, nextThere().confirmed('2025-10-01', 'per_2', 'policy_breach'))).toMatchObject([
      { weight: 7.5, facts: { outcome: 'policy_breach' } },
    ])
  })

  test('less by a public address alone, while it may still be the same customer’s', () => {
    const told = isBehind(cleanDelivery(), '2026-03-06')
      .shares('2025-06-01', 'per_2', 'network', ip, { to: '2026-02-20' })
      .confirmed('2026-02-25', 'per_2')
    expect(findingsOf(rule, told)).toMatchObject([{ weight: 9, facts: { by: 'network' } }])
  })
})

describe('stays quiet', () => {
  test('where the case was not closed so', () => {
    expect(findingsOf(rule, nextThere())).toEqual([])
  })

  test('where the public address was somebody else’s long ago', () => {
    const told = isBehind(cleanDelivery(), '2026-03-06')
      .shares('2025-06-01', 'per_2', 'network', ip, { to: '2025-09-01' })
      .confirmed('2025-10-01', 'per_2')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('about a declared household', () => {
    const told = nextThere().confirmed('2025-10-01', 'per_2')
    expect(findingsOf(rule, told.declared('household', '2026-01-01', '2026-06-01', null, 'per_2'))).toEqual([])
  })
})
