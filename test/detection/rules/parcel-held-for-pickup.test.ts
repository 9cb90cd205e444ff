import { describe, expect, test } from 'vitest'
import { parcelHeldForPickup as rule } from '../../../server/detection/rules/parcel-held-for-pickup.ts'
import type { Reading } from '../../../server/ports.ts'
import { cleanDelivery, findingsOf, judge, story, weightOf } from '../story.ts'

const counter: Reading = { is: 'held', at: 'counter' }
const locker: Reading = { is: 'held', at: 'locker' }
const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
const weighs = (told: ReturnType<typeof underWay>, now?: string) =>
  weightOf(rule, findingsOf(rule, told, now ? { now } : {})[0])

describe('fires', () => {
  test('for a parcel that waits at a counter unasked', () => {
    const [finding] = findingsOf(rule, underWay().scan('2026-03-04', 'Boston', counter))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'The parcel came to a counter in Boston, MA to be picked up, which nobody here asked for',
      evidence: [4, 2],
      weight: 6,
    })
    expect(finding?.since).toEqual(new Date('2026-03-04T12:00:00Z'))
  })

  test('whether the carrier calls it held or delivered there, under one key once it is fetched', () => {
    const told = underWay().delivered('2026-03-04', 'Boston', 'counter')
    const waiting = findingsOf(rule, told)
    const fetched = findingsOf(rule, told.delivered('2026-03-06', 'Boston', 'person'))
    expect([waiting[0]?.weight, fetched[0]?.weight]).toEqual([6, 6])
    expect(fetched[0]?.key).toBe(waiting[0]?.key)
  })

  test('more where it waits in another place than it was addressed to', () =>
    expect(weighs(underWay().scan('2026-03-04', 'Phoenix', counter))).toBe(8))

  test.each<[string, ReturnType<typeof underWay>]>([
    [
      'after a failed attempt',
      underWay().scan('2026-03-03', 'Boston', { is: 'attempted' }).scan('2026-03-04', 'Boston', counter),
    ],
    ['in a locker of the right place', underWay().scan('2026-03-04', 'Cambridge', locker)],
    [
      'while a journey is declared',
      underWay().declared('travel', '2026-03-01', '2026-03-20').scan('2026-03-04', 'Boston', counter),
    ],
  ])('weakly %s', (_, told) => expect(weighs(told)).toBe(2))

  test('but fully where the attempt came only after it had waited', () => {
    const told = underWay().scan('2026-03-04', 'Boston', counter).scan('2026-03-05', 'Boston', { is: 'attempted' })
    expect(weighs(told)).toBe(6)
  })

  test('less and less after a month, and says when that changes', () => {
    const told = underWay().scan('2026-03-04', 'Boston', counter).delivered('2026-03-06', 'Boston', 'person')
    const weights = ['2026-03-10', '2026-05-10', '2026-07-10'].map((now) => weighs(told, now))
    expect(weights).toEqual([6, 4.5, 1.5])
    expect(findingsOf(rule, told, { now: '2026-09-01' })).toEqual([])
    expect(judge(rule, told.dossier({ now: '2026-03-10' })).lookAgainAt).toEqual(new Date('2026-05-03T12:00:00Z'))
  })
})

describe('stays quiet', () => {
  test('for a parcel that came to the door', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('where the policy or the label asked for it', () => {
    expect(
      findingsOf(
        rule,
        underWay().labelBought('2026-03-01T13:00:00Z', { holdForPickup: true }).scan('2026-03-04', 'Boston', counter),
      ),
    ).toEqual([])
    expect(
      findingsOf(
        rule,
        underWay().prepared('2026-03-01T13:00:00Z', { holdForPickup: true }).scan('2026-03-04', 'Boston', counter),
      ),
    ).toEqual([])
  })

  test.each(['po box', 'locker or counter', 'military', 'mail drop'])('at an address of the kind %s', (kind) => {
    const told = story().ordered('2026-03-01', 'Boston', { kind }).scan('2026-03-04', 'Boston', counter)
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('while the carrier keeps it for another reason, or customs does', () => {
    expect(findingsOf(rule, underWay().scan('2026-03-04', 'Boston', { is: 'held', at: 'carrier' }))).toEqual([])
    expect(findingsOf(rule, underWay().scan('2026-03-04', 'Boston', { is: 'customs' }))).toEqual([])
  })

  test('once nobody fetched it and it goes back', () => {
    const told = underWay().scan('2026-03-04', 'Boston', counter).scan('2026-03-14', 'Boston', { is: 'returned' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a return that is handed in at a counter', () => {
    const told = cleanDelivery().returnOrdered('2026-06-01').scan('2026-06-02', 'Boston', counter)
    expect(findingsOf(rule, told)).toEqual([])
  })
})
