import { describe, expect, test } from 'vitest'
import { siteSharedAccessPoint as rule } from '../../../server/detection/rules/site-shared-access-point.ts'
import { cleanDelivery, findingsOf, type Story } from '../story.ts'
import { cafe, home, isBehind, joins, later, router } from '../together.ts'

const found = (told: Story) => findingsOf(rule, told, later)
const pair = () => joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07')

describe('fires', () => {
  test('near the most for two who live apart and whose laptops were never elsewhere', () => {
    expect(found(pair())).toMatchObject([
      {
        weight: 15,
        summary: 'The laptop is behind one router with those of 1 other person, and none of them was ever elsewhere',
        facts: { others: 1, closeness: 'only there' },
      },
    ])
  })

  test('more for three, less for one who was at a café a while ago, and where nobody knows where they live', () => {
    expect(found(joins(pair(), 'per_3', '2026-03-08'))).toMatchObject([{ weight: 18 }])
    expect(found(pair().isElsewhere('2026-03-08', 'per_2', cafe, { to: '2026-03-09' }))).toMatchObject([{ weight: 12 }])
    const strangers = isBehind(cleanDelivery(), '2026-03-06').shares('2026-03-07', 'per_2', 'gateway', router)
    expect(found(strangers)).toMatchObject([{ weight: 9 }])
  })

  test('as of the number that brought the other, and not before', () => {
    const told = pair()
    const seq = told.facts().shared.links.find((row) => row.kind === 'gateway')!.fromSeq
    expect(findingsOf(rule, told, { seq: seq - 1 })).toEqual([])
    expect(findingsOf(rule, told, { seq })).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('for a couple at one door, whether they declared it or not, and for interns in one dormitory', () => {
    const couple = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07', 'adr_Boston')
    expect(found(couple)).toEqual([])
    const dormitory = isBehind(cleanDelivery(), '2026-03-06')
    for (const person of ['per_2', 'per_3']) joins(dormitory, person, '2026-03-07', `room of ${person}`, 'adr_Boston')
    expect(found(dormitory)).toEqual([])
    expect(found(pair().declared('household', '2026-03-01', '2026-06-01', null, 'per_2'))).toEqual([])
  })

  test('at a coworking desk: whoever was elsewhere within a week', () => {
    const told = isBehind(isBehind(cleanDelivery(), '2026-03-06', home, '203.0.113.9'), '2026-03-16')
    joins(joins(isBehind(told, '2026-03-17', home), 'per_2', '2026-03-09'), 'per_3', '2026-03-09')
    expect(found(told)).toEqual([])
  })

  test('in a crowd, at a declared exit, on the bench, and long after', () => {
    const crowd = isBehind(cleanDelivery(), '2026-03-06')
    for (let n = 2; n < 60; n++) joins(crowd, `per_${n}`, '2026-03-07')
    expect(found(crowd)).toEqual([])
    expect(found(pair().declared('network_exit', '2026-03-01', '2026-06-01', '203.0.113.0/24'))).toEqual([])
    const bench = isBehind(isBehind(cleanDelivery(), '2026-03-01T13:00:00Z'), '2026-03-06', home, '203.0.113.9')
    expect(found(bench.shares('2026-02-01', 'per_2', 'gateway', router))).toEqual([])
    const over = isBehind(cleanDelivery(), '2026-03-06')
      .livesAt('2026-01-05', 'per_2', 'adr_2')
      .shares('2026-03-07', 'per_2', 'gateway', router, { to: '2026-03-10' })
    expect(findingsOf(rule, over, { now: '2026-08-01' })).toEqual([])
  })
})
