import { describe, expect, test } from 'vitest'
import { addressUndeliverable as rule } from '../../../server/detection/rules/address-undeliverable.ts'
import { findingsOf, judge, story, weightOf } from '../story.ts'

const ordered = () => story().home('Boston').ordered('2026-03-01', 'Boston')
const notFound = () => ordered().verified('2026-03-01T13:00:00Z', 'adr_Boston', 'undeliverable', ['NOT_FOUND'])

describe('fires', () => {
  test('where the carriers do not find the address', () => {
    const [finding] = findingsOf(rule, notFound())
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'The parcel is bound for an address in Boston, MA that the carriers do not find',
      evidence: [3, 1, 2],
      facts: { codes: 'NOT_FOUND' },
    })
    expect(weightOf(rule, finding)).toBe(4)
  })

  test('by the newest check', () => {
    const told = ordered()
      .verified('2026-02-01', 'adr_Boston', 'deliverable')
      .verified('2026-03-01T14:00:00Z', 'adr_Boston', 'undeliverable')
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('still when it waits at a counter or came to another place', () => {
    const sent = () => notFound().scan('2026-03-02', 'Columbus', 'accepted')
    expect(findingsOf(rule, sent().delivered('2026-03-05', 'Boston', 'counter'))).toHaveLength(1)
    expect(findingsOf(rule, sent().delivered('2026-03-05', 'Denver'))).toHaveLength(1)
  })

  test('less as time goes by, and says when it moves', () => {
    expect(judge(rule, notFound().dossier({ now: '2026-03-20' })).lookAgainAt).toEqual(new Date('2026-04-15T13:00:00Z'))
    expect(findingsOf(rule, notFound(), { now: '2026-05-05' })[0]?.weight).toBe(2)
    expect(judge(rule, notFound().dossier({ now: '2026-07-01' }))).toEqual({ findings: [], lookAgainAt: null })
  })

  test('naming no code that is no code', () => {
    const told = ordered().verified('2026-03-02', 'adr_Boston', 'undeliverable', ['NOT_FOUND', '12 Maple Street'])
    expect(findingsOf(rule, told)[0]?.facts['codes']).toBe('NOT_FOUND')
  })
})

describe('stays quiet', () => {
  test('without a check, for a good one, and for one that cannot tell', () => {
    expect(findingsOf(rule, ordered())).toEqual([])
    for (const result of ['deliverable', 'cannot tell'] as const)
      expect(findingsOf(rule, ordered().verified('2026-03-02', 'adr_Boston', result, ['UNIT_MISSING']))).toEqual([])
  })

  test('once another check finds it, or finds the same door in another writing', () => {
    expect(findingsOf(rule, notFound().verified('2026-03-02', 'adr_Boston', 'deliverable'))).toEqual([])
    const again = notFound()
      .home('Boston', { id: 'adr_again', at: '2026-03-02', door: 'adr_Boston' })
      .verified('2026-03-02', 'adr_again', 'deliverable')
    expect(findingsOf(rule, again)).toEqual([])
  })

  test('once somebody approves it in spite of the check', () => {
    expect(findingsOf(rule, notFound().approves('adr_Boston', '2026-03-02'))).toEqual([])
  })

  test('once the parcel came to a door there', () => {
    expect(
      findingsOf(rule, notFound().scan('2026-03-02', 'Columbus', 'accepted').delivered('2026-03-05', 'Boston')),
    ).toEqual([])
  })

  test('for an address to which nothing is sent', () => {
    const told = ordered().home('Denver').verified('2026-03-02', 'adr_Denver', 'undeliverable')
    expect(findingsOf(rule, told)).toEqual([])
  })
})
