import { describe, expect, test } from 'vitest'
import { wrongUser as rule } from '../../../server/detection/rules/wrong-user.ts'
import { cleanDelivery, findingsOf, judge, type Story, weightOf } from '../story.ts'

const first = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})[0]
const inUse = () =>
  cleanDelivery().accepted('2026-03-05T18:00:00Z').checkedIn('2026-03-06', { from: 'Boston', user: 'per_1' })

describe('fires', () => {
  test('when its user is another person here, and stays so', () => {
    const told = inUse().checkedIn('2026-04-01', { user: 'per_2' }).seenDaily('2026-04-02', '2026-04-04')
    expect(first(told, '2026-04-04T13:00:00Z')).toMatchObject({
      key: 'per_2',
      weight: 8,
      summary: 'Its user is another person here than the one who has it',
      facts: { user: 'another person here', until: null },
    })
  })

  test('after three days and not before', () => {
    const told = inUse().checkedIn('2026-04-01', { user: 'per_2' }).seenDaily('2026-04-02', '2026-04-04')
    expect(first(told, '2026-04-04T11:00:00Z')).toBeUndefined()
    expect(first(told, '2026-04-04T12:00:00Z')).toBeDefined()
  })

  test('weakly for an e-mail that is nobody’s here', () => {
    const told = inUse().checkedIn('2026-04-01', { user: null }).seenDaily('2026-04-02', '2026-04-06')
    expect(first(told, '2026-04-06T13:00:00Z')).toMatchObject({ key: 'unknown', weight: 2 })
  })

  test('by half while another source tells the right user', () => {
    const told = inUse()
      .checkedIn('2026-04-01', { user: 'per_2', source: 'agent' })
      .seenDaily('2026-04-02', '2026-04-06', { source: 'agent' })
    expect(first(told, '2026-04-06T13:00:00Z')).toMatchObject({ weight: 4, facts: { disputed: true } })
  })

  test('for somebody who had it before it was accepted and still has it after', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Boston', user: 'per_2' })
      .accepted('2026-03-08')
      .seenDaily('2026-03-07', '2026-03-12')
    expect(first(told, '2026-03-12T13:00:00Z')).toMatchObject({ since: new Date('2026-03-08T12:00:00Z') })
  })

  test('less where the check-in proves little', () => {
    const told = inUse()
      .checkedIn('2026-04-01', { user: 'per_2', vouches: 'nothing' })
      .seenDaily('2026-04-02', '2026-04-06', { proof: 'claimed' })
    expect(first(told, '2026-04-06T13:00:00Z')?.weight).toBe(7.2)
  })

  test('and fades once the user is right again', () => {
    const told = inUse().checkedIn('2026-04-01', { user: 'per_2' }).checkedIn('2026-04-11', { user: 'per_1' })
    expect(first(told)?.weight).toBe(8)
    const later = ['2026-05-10', '2026-07-01'].map((now) => weightOf(rule, first(told, now)))
    expect(later).toEqual([6, 0])
  })
})

describe('stays quiet', () => {
  test('for the person themselves, and for a name without an e-mail', () => {
    expect(first(inUse().seenDaily('2026-03-07', '2026-04-06'), '2026-04-06T13:00:00Z')).toBeUndefined()
    const named = inUse().checkedIn('2026-04-01', { userName: 'Support' }).seenDaily('2026-04-02', '2026-04-06')
    expect(first(named, '2026-04-06T13:00:00Z')).toBeUndefined()
  })

  test('for whoever of IT enrolled it on the bench, or until it was accepted', () => {
    const bench = cleanDelivery()
      .checkedIn('2026-03-01T15:00:00Z', { user: 'per_it' })
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-07', '2026-04-06')
    expect(first(bench, '2026-04-06T13:00:00Z')).toBeUndefined()
    const setUp = cleanDelivery()
      .checkedIn('2026-03-06', { user: 'per_it' })
      .accepted('2026-03-12')
      .checkedIn('2026-03-12T10:00:00Z', { user: 'per_1' })
    expect(first(setUp, '2026-04-06')).toBeUndefined()
  })

  test('for a declared household or delegate', () => {
    for (const kind of ['household', 'delegate']) {
      const told = inUse()
        .declared(kind, '2026-03-01', '2026-06-01', null, 'per_2')
        .checkedIn('2026-04-01', { user: 'per_2' })
        .seenDaily('2026-04-02', '2026-04-06')
      expect(first(told, '2026-04-06T13:00:00Z')).toBeUndefined()
    }
  })

  test('for a household with another person it speaks', () => {
    const told = inUse()
      .declared('household', '2026-03-01', '2026-06-01', null, 'per_3')
      .checkedIn('2026-04-01', { user: 'per_2' })
      .seenDaily('2026-04-02', '2026-04-06')
    expect(first(told, '2026-04-06T13:00:00Z')).toBeDefined()
  })

  test('once it was handed over to that person', () => {
    const told = inUse().checkedIn('2026-04-01', { user: 'per_2' }).seenDaily('2026-04-02', '2026-04-06')
    expect(first(told, '2026-04-06T13:00:00Z')).toBeDefined()
    expect(first(told.transferred('2026-04-07', 'per_2'), '2026-04-10')).toBeUndefined()
  })

  test('for the user of whoever had it before, left standing after a hand-over', () => {
    const told = inUse().transferred('2026-04-01', 'per_2').seenDaily('2026-04-02', '2026-04-20')
    expect(first(told, '2026-04-20T13:00:00Z')).toBeUndefined()
  })

  test('while a repairer has it, or it is on its way back', () => {
    const told = inUse().checkedIn('2026-04-01', { user: 'per_2' }).seenDaily('2026-04-02', '2026-04-06')
    expect(first(told.status('2026-04-05', 'repair'), '2026-04-06T13:00:00Z')).toBeUndefined()
  })

  test('while one source takes over from another', () => {
    const told = inUse()
      .declared('migration', '2026-03-28', '2026-04-20')
      .checkedIn('2026-04-01', { user: 'per_2' })
      .seenDaily('2026-04-02', '2026-04-30')
    expect(first(told, '2026-04-10')).toBeUndefined()
    expect(first(told, '2026-04-25')).toBeDefined()
  })
})

test('looks again when the grace is over', () => {
  const told = inUse().checkedIn('2026-04-01', { user: 'per_2' })
  expect(judge(rule, told.dossier()).lookAgainAt).toEqual(new Date('2026-04-04T12:00:00Z'))
})
