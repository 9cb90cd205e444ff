import { describe, expect, test } from 'vitest'
import { addresseeMismatch as rule } from '../../../server/detection/rules/addressee-mismatch.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

const ordered = () => story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston')

describe('fires', () => {
  test('where the parcel names somebody else', () => {
    expect(findingsOf(rule, ordered().addressee('2026-03-01', 'different'))).toMatchObject([
      {
        key: 'shp_1',
        summary: 'The parcel to Boston, MA is addressed to another name than that of the person it is for',
        evidence: [3, 2],
        weight: 6,
      },
    ])
  })

  test('by the newest comparison', () => {
    const told = ordered().addressee('2026-03-01', 'same').addressee('2026-03-02', 'different')
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('less for somebody who shares a declared household', () => {
    const told = ordered().declared('household', '2026-01-01', '2026-06-01').addressee('2026-03-01', 'different')
    expect(findingsOf(rule, told)[0]?.weight).toBe(1.8)
  })

  test('also where nobody knows the address', () => {
    const told = story().ordered('2026-03-01', null).addressee('2026-03-01', 'different')
    expect(findingsOf(rule, told)[0]?.summary).toBe(
      'The parcel is addressed to another name than that of the person it is for',
    )
  })

  test('less as time goes by, and says when it moves', () => {
    const told = ordered().addressee('2026-03-01', 'different').shipped('2026-03-02')
    expect(judge(rule, told.dossier({ now: '2026-03-20' })).lookAgainAt).toEqual(new Date('2026-04-24T00:00:00Z'))
    expect(findingsOf(rule, told, { now: '2026-05-20' })[0]?.weight).toBe(3)
    expect(judge(rule, told.dossier({ now: '2026-08-01' }))).toEqual({ findings: [], lookAgainAt: null })
  })
})

describe('stays quiet', () => {
  test('where nobody compared', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each(['same', 'delegate', 'desk or agent', 'cannot tell'] as const)('for %s', (result) =>
    expect(findingsOf(rule, ordered().addressee('2026-03-01', result))).toEqual([]),
  )

  test('once the name is corrected', () => {
    const told = ordered().addressee('2026-03-01', 'different').addressee('2026-03-02', 'same')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a parcel to an office of ours', () => {
    const told = story().ordered('2026-03-01', 'Boston', { kind: 'office' }).addressee('2026-03-01', 'different')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('once the laptop comes back', () => {
    const told = ordered().addressee('2026-03-01', 'different').shipped('2026-03-02').returnOrdered('2026-03-20')
    expect(findingsOf(rule, told)).toEqual([])
  })
})
