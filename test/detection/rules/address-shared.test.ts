// One door for several people: a farm's, and the homes that people share.
import { describe, expect, test } from 'vitest'
import { addressShared } from '../../../server/detection/rules/address-shared.ts'
import { cleanDelivery, findingsOf, type Story, story } from '../story.ts'

/** Fern lives in Boston; her laptop goes to a door in Providence. */
const sentTo = (door = 'drop') =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Providence', { door, building: `${door} house` })

const weight = (told: Story) => findingsOf(addressShared, told)[0]?.weight ?? 0

describe('fires', () => {
  test('to which two people’s laptops go and where neither lives weighs near the most', () => {
    const told = sentTo().livesAt('2026-02-20', 'per_2', 'drop', { use: 'ship_to', approved: false })
    expect(findingsOf(addressShared, told)).toMatchObject([
      {
        weight: 15,
        summary:
          'The laptop goes to a door to which those of 1 other person went, and which is not known as anybody’s home',
      },
    ])
    expect(weight(told.livesAt('2026-02-21', 'per_3', 'drop', { use: 'ship_to', approved: false }))).toBe(19)
  })

  test('counts half where the other parcel went there years before', () => {
    expect(weight(sentTo().livesAt('2024-01-01', 'per_2', 'drop', { use: 'ship_to', approved: false }))).toBe(7.5)
  })

  test('that is a colleague’s home, and the home to which a colleague’s laptop goes, weigh less', () => {
    expect(weight(sentTo().livesAt('2026-01-01', 'per_2', 'drop'))).toBe(9)
    const host = cleanDelivery().livesAt('2026-02-20', 'per_2', 'adr_Boston', { use: 'ship_to', approved: false })
    expect(weight(host)).toBe(5)
    expect(weight(host.livesAt('2026-02-21', 'per_3', 'adr_Boston', { use: 'ship_to', approved: false }))).toBe(10)
  })

  test('at which two live weighs little, three more, four or more near a case; a declared household nothing', () => {
    const told = cleanDelivery()
    const seen = ['per_2', 'per_3', 'per_4'].map((person) => weight(told.livesAt('2026-01-01', person, 'adr_Boston')))
    expect(seen).toEqual([1, 7, 11])
    const couple = cleanDelivery().livesAt('2026-01-01', 'per_2', 'adr_Boston')
    expect(weight(couple.declared('household', '2026-01-01', '2026-06-01', null, 'per_2'))).toBe(0)
  })

  test('customers’ numbers of two people at one street number show a forwarder that no list knows', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Providence', { door: 'hub|apt 392-536', building: 'hub', customerCode: true })
      .shares('2026-02-20', 'per_2', 'unit code', 'hub', { use: 'ship_to' })
    expect(findingsOf(addressShared, told)).toMatchObject([{ weight: 13 }])
  })
})

describe('stays quiet', () => {
  test('of a listed place, and another flat of one house, say nothing here', () => {
    const counter = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Providence', { door: 'drop', kind: 'mail drop', confidence: 0.9 })
      .livesAt('2026-02-20', 'per_2', 'drop', { use: 'ship_to', approved: false })
    expect(weight(counter)).toBe(0)
    expect(weight(cleanDelivery().livesAt('2026-01-01', 'per_2', 'other flat', { building: 'adr_Boston' }))).toBe(0)
  })

  test('where a household is declared', () => {
    const couple = cleanDelivery().livesAt('2026-01-01', 'per_2', 'adr_Boston')
    expect(weight(couple.declared('household', '2026-01-01', '2026-06-01', null, 'per_2'))).toBe(0)
  })

  test('about a door to which only this laptop goes', () => {
    expect(weight(sentTo())).toBe(0)
  })
})
