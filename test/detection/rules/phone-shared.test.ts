import { describe, expect, test } from 'vitest'
import { phoneShared as rule } from '../../../server/detection/rules/phone-shared.ts'
import { cleanDelivery, findingsOf } from '../story.ts'

const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => `per_${n + 2}`).reduce(
    (told, person) => told.livesAt('2026-01-01', person, `adr_${person}`).shares('2026-01-10', person, 'phone', 'n1'),
    cleanDelivery().hasPhone('2026-01-05', 'n1'),
  )

describe('fires', () => {
  test('for two who live apart', () => {
    expect(findingsOf(rule, numbered(1))).toMatchObject([{ weight: 9, facts: { others: 1 } }])
  })

  test('more for three', () => {
    expect(findingsOf(rule, numbered(2))).toMatchObject([{ weight: 13 }])
  })

  test('where nobody knows where the other lives', () => {
    const told = cleanDelivery().hasPhone('2026-01-05', 'n1').shares('2026-01-10', 'per_2', 'phone', 'n1')
    expect(findingsOf(rule, told)).toMatchObject([{ weight: 9, facts: { 'of these live apart': 1 } }])
  })
})

describe('stays quiet', () => {
  test('about a switchboard', () => {
    expect(findingsOf(rule, numbered(9))).toEqual([])
  })

  test('about a couple with one number, and about one that was somebody’s before', () => {
    const couple = cleanDelivery().hasPhone('2026-01-05', 'n1').livesAt('2026-01-01', 'per_2', 'adr_Boston')
    expect(findingsOf(rule, couple.shares('2026-01-10', 'per_2', 'phone', 'n1'))).toEqual([])
    const former = cleanDelivery().hasPhone('2026-02-05', 'n1')
    expect(findingsOf(rule, former.shares('2025-01-10', 'per_2', 'phone', 'n1', { to: '2026-01-01' }))).toEqual([])
  })

  test('where a household is declared', () => {
    const told = numbered(1).declared('household', '2026-01-01', '2026-06-01', null, 'per_2')
    expect(findingsOf(rule, told)).toEqual([])
  })
})
