import { describe, expect, test } from 'vitest'
import { returnOfAnother as rule } from '../../../server/detection/rules/return-of-another.ts'
import { cleanDelivery, findingsOf } from '../story.ts'

const asked = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' }).returnOpened('2026-08-20', '2026-09-01')
const swapped = () => asked().received('2026-08-30', 'different')

describe('fires', () => {
  test('from the moment the serial number is read, though the due day has not come', () => {
    const found = findingsOf(rule, swapped(), { now: '2026-08-30T13:00:00Z' })
    expect(found).toMatchObject([
      {
        key: 'ret_1',
        summary: 'Another laptop came back than the one that was asked for',
        facts: { reason: 'leaving' },
        weight: 6,
      },
    ])
    expect(found[0]!.evidence).toHaveLength(2)
  })

  test('still, once the one asked for is given up for lost', () => {
    expect(findingsOf(rule, swapped().status('2026-09-20', 'lost'))).toHaveLength(1)
    expect(findingsOf(rule, swapped().returnClosed('2026-09-20', 'lost'))).toHaveLength(1)
  })

  test('also where the laptop is seen at work afterwards', () =>
    expect(findingsOf(rule, swapped().checkedIn('2026-09-10', { from: 'Boston' }))).toHaveLength(1))
})

describe('stays quiet', () => {
  test('where the right one came, read or not', () => {
    expect(findingsOf(rule, asked().received('2026-08-30', 'same'))).toEqual([])
    expect(findingsOf(rule, asked().received('2026-08-30', 'unread'))).toEqual([])
  })

  test('once the right one follows', () =>
    expect(findingsOf(rule, swapped().received('2026-09-03', 'same'))).toEqual([]))

  test('once it is found in stock', () => expect(findingsOf(rule, swapped().status('2026-09-03', 'stock'))).toEqual([]))

  test('once somebody closed the return with what came of it', () =>
    expect(findingsOf(rule, swapped().returnClosed('2026-09-03', 'withdrawn'))).toEqual([]))

  test('for a return that nothing has come of yet, however late', () =>
    expect(findingsOf(rule, asked(), { now: '2027-01-01' })).toEqual([]))

  test('for a laptop that nobody asked back', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))
})
