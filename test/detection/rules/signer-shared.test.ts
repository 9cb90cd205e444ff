import { describe, expect, test } from 'vitest'
import { signerShared as rule } from '../../../server/detection/rules/signer-shared.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const signed = () => cleanDelivery().signed('2026-03-05', 'different')
const weighs = (told: ReturnType<typeof signed>) => weightOf(rule, findingsOf(rule, told)[0])
const crowd = (count: number) =>
  Array.from({ length: count }, (_, index) => `per_${index + 2}`).reduce(
    (told, personId) => told.signedFor('2026-03-09', personId, 'Boston'),
    signed(),
  )

describe('fires', () => {
  test('strongly for two people at different doors of one town', () => {
    const [finding] = findingsOf(rule, signed().signedFor('2026-03-09', 'per_2', 'Cambridge'))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'Whoever signed for the parcel in Boston, MA signed for 1 other person too, and is none of them',
      evidence: [6, 7, 2],
      weight: 13,
      facts: { others: 1, near: 1, nearest: 'near' },
    })
    expect(finding?.since).toEqual(new Date('2026-03-09T12:00:00Z'))
  })

  test('where the parcels were addressed apart and came to one town', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .delivered('2026-03-05', 'Phoenix')
      .signed('2026-03-05', 'different')
      .signedFor('2026-03-09', 'per_2', 'Phoenix')
    expect(weighs(told)).toBe(13)
  })

  test('more with every other person, up to a bound', () =>
    expect([1, 2, 3, 6].map((count) => weighs(crowd(count)))).toEqual([13, 15, 17, 17]))

  test('less at one door, and hardly within one building or far apart', () => {
    const at = (input: { door?: string; building?: string }, city: 'Boston' | 'Phoenix' = 'Boston') =>
      weighs(signed().signedFor('2026-03-09', 'per_2', city, input))
    expect(at({ door: 'adr_Boston' })).toBe(7)
    expect(at({ door: 'flat 4', building: 'adr_Boston' })).toBe(3)
    expect(at({}, 'Phoenix')).toBe(4)
  })

  test('only as of the second signature', () => {
    const told = signed().signedFor('2026-03-09', 'per_2', 'Cambridge')
    expect(findingsOf(rule, told, { seq: 6 })).toEqual([])
  })
})

describe('stays quiet', () => {
  test('for one parcel', () => expect(findingsOf(rule, signed())).toEqual([]))

  test('for a desk that signs for everybody', () => {
    expect(
      findingsOf(
        rule,
        cleanDelivery()
          .signed('2026-03-05', 'desk or agent')
          .signedFor('2026-03-09', 'per_2', 'Boston', { result: 'desk or agent' }),
      ),
    ).toEqual([])
    expect(findingsOf(rule, signed().signedFor('2026-03-09', 'per_2', 'Boston', { result: 'desk or agent' }))).toEqual(
      [],
    )
  })

  test('at an office', () => {
    const told = story()
      .ordered('2026-03-01', 'Boston', { kind: 'office' })
      .delivered('2026-03-05', 'Boston')
      .signed('2026-03-05', 'different')
      .signedFor('2026-03-09', 'per_2', 'Boston')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a couple of a declared household', () => {
    const couple = () => signed().signedFor('2026-03-09', 'per_2', 'Boston', { door: 'adr_Boston' })
    expect(findingsOf(rule, couple().declared('household', '2026-01-01', '2026-06-01', null, 'per_2'))).toEqual([])
    expect(findingsOf(rule, couple().declared('household', '2026-01-01', '2026-06-01', null, 'per_9'))).toHaveLength(1)
  })

  test('for a mailroom, or a name that many have', () => expect(findingsOf(rule, crowd(10))).toEqual([]))

  test('for a colleague who signs for their own too', () =>
    expect(findingsOf(rule, signed().signedFor('2026-03-09', 'per_2', 'Boston', { result: 'same' }))).toEqual([]))
})
