import { describe, expect, test } from 'vitest'
import { farm as rule } from '../../../server/detection/rules/farm.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'
import { cafe, isBehind, joins, later } from '../together.ts'

const of = (people: string[]) =>
  people.reduce((told, person) => joins(told, person, '2026-03-08'), isBehind(cleanDelivery(), '2026-03-06'))

describe('fires', () => {
  test('for three who live in different buildings: enough alone after a week, not before', () => {
    const told = of(['per_2', 'per_3'])
    expect(findingsOf(rule, told, later)).toMatchObject([{ weight: 16, exceptional: true, facts: { people: 3 } }])
    expect(findingsOf(rule, told, { now: '2026-03-12' })).toMatchObject([{ exceptional: false }])
  })

  test('less for two whose laptops were never elsewhere, more for twice as many as make a farm', () => {
    expect(findingsOf(rule, of(['per_2']), later)).toMatchObject([{ weight: 8, exceptional: false }])
    const six = of(['per_2', 'per_3', 'per_4', 'per_5', 'per_6'])
    expect(findingsOf(rule, six, later)).toMatchObject([{ weight: 20, facts: { people: 6 } }])
  })

  test('more where another laptop there can be driven by the same tool that nobody approved', () => {
    const driven = (tool: string) =>
      of(['per_2', 'per_3'])
        .checkedIn('2026-03-09', { software: ['AnyDesk'] })
        .isDrivenBy('2026-03-10', 'per_2', tool)
    expect(findingsOf(rule, driven('anydesk'), later)).toMatchObject([
      { weight: 19, facts: { 'driven by the same tool': 1 } },
    ])
    expect(findingsOf(rule, driven('rustdesk'), later)).toMatchObject([{ weight: 16 }])
    const approved = driven('anydesk').declared('tool', '2026-03-01', '2026-06-01', 'AnyDesk')
    expect(findingsOf(rule, approved, later)).toMatchObject([{ weight: 16, facts: { 'driven by the same tool': 0 } }])
  })

  test('from as many people on as the company says', () => {
    expect(judge(rule, of(['per_2', 'per_3']).dossier(later), { peopleMin: 4, pairWeight: 0 }).findings).toEqual([])
    expect(judge(rule, of(['per_2', 'per_3', 'per_4']).dossier(later), { peopleMin: 4 }).findings).toHaveLength(1)
  })
})

describe('stays quiet', () => {
  test('for two of whom one was elsewhere, and for flatmates', () => {
    expect(findingsOf(rule, of(['per_2']).isElsewhere('2026-03-09', 'per_2', cafe), later)).toEqual([])
    const flat = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07', 'adr_Boston')
    expect(findingsOf(rule, joins(flat, 'per_3', '2026-03-08', 'adr_Boston'), later)).toEqual([])
  })

  test('about being enough alone where a guest stays with a couple: these are two households', () => {
    const guest = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07', 'their flat')
    joins(guest, 'per_3', '2026-03-08', 'their flat')
    expect(findingsOf(rule, guest, later)).toMatchObject([{ weight: 8, exceptional: false, facts: { people: 2 } }])
  })

  test('where a dozen are, who are rather in an office that nobody declared', () => {
    const crowd = (count: number) => of(Array.from({ length: count - 1 }, (_, index) => `per_${index + 2}`))
    expect(findingsOf(rule, crowd(9), later)).toMatchObject([{ weight: 20, exceptional: true }])
    expect(findingsOf(rule, crowd(10), later)).toMatchObject([{ weight: 13.3, exceptional: false }])
    expect(findingsOf(rule, crowd(12), later)).toEqual([])
  })

  test('about being enough alone where laptops were handed over in the house', () => {
    const handed = isBehind(story().home('Boston', { approved: true }).status('2026-03-01', 'in_service'), '2026-03-06')
    for (const person of ['per_2', 'per_3']) joins(handed, person, '2026-03-08')
    expect(findingsOf(rule, handed, later)).toMatchObject([{ weight: 7.2, exceptional: false }])
  })

  test('about a laptop that is back in the house', () => {
    const told = of(['per_2', 'per_3']).returnOrdered('2026-03-15').received('2026-03-18')
    expect(findingsOf(rule, told, later)).toEqual([])
  })
})
