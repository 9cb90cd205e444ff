import { describe, expect, test } from 'vitest'
import { addressChangedByPreparer as rule } from '../../../server/detection/rules/address-changed-by-preparer.ts'
import { findingsOf, judge, story } from '../story.ts'

const told = (by: { brought?: string; prepared?: string } = { brought: 'usr_1', prepared: 'usr_1' }) =>
  story()
    .home('Boston', { approved: true })
    .home('Denver', { at: '2026-02-28', changed: true, ...(by.brought ? { by: by.brought } : {}) })
    .ordered('2026-03-01', { id: 'adr_Denver' })
    .prepared('2026-03-01', by.prepared ? { by: by.prepared } : {})

describe('fires', () => {
  test('where one account brought the address and prepared the parcel', () => {
    const [finding] = findingsOf(rule, told())
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary:
        'The account that prepared the parcel also brought its address in Denver, CO, and nobody else has approved it',
      evidence: [2, 3, 4],
    })
    expect(finding?.weight).toBe(6)
  })

  test('for a ship-to that was written for this parcel', () => {
    const own = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Denver', { by: 'usr_1' })
      .prepared('2026-03-01', { by: 'usr_1' })
    expect(findingsOf(rule, own)).toHaveLength(1)
  })

  test('half as much where the same account approved it too', () => {
    expect(findingsOf(rule, told().approves('adr_Denver', '2026-03-03', 'usr_1'))[0]).toMatchObject({
      weight: 3,
      facts: { approvedByTheSame: true },
    })
  })

  test('less as time goes by, and says when it moves', () => {
    const sent = told().shipped('2026-03-02')
    expect(judge(rule, sent.dossier({ now: '2026-03-20' })).lookAgainAt).toEqual(new Date('2026-04-16T12:00:00Z'))
    expect(findingsOf(rule, sent, { now: '2026-05-05' })[0]?.weight).toBe(3)
    expect(judge(rule, sent.dossier({ now: '2026-06-10' }))).toEqual({ findings: [], lookAgainAt: null })
  })
})

describe('stays quiet', () => {
  test('where two accounts did it, or a system did either', () => {
    expect(findingsOf(rule, told({ brought: 'usr_1', prepared: 'usr_2' }))).toEqual([])
    expect(findingsOf(rule, told({ brought: 'usr_1' }))).toEqual([])
    expect(findingsOf(rule, told({ prepared: 'usr_1' }))).toEqual([])
  })

  test('once somebody else approved it', () => {
    expect(findingsOf(rule, told().approves('adr_Denver', '2026-03-01T18:00:00Z', 'usr_2'))).toEqual([])
  })

  test('where it came approved with the file', () => {
    const imported = story()
      .home('Boston', { approved: true, by: 'usr_1' })
      .ordered('2026-03-01', 'Boston')
      .prepared('2026-03-01', { by: 'usr_1' })
    expect(findingsOf(rule, imported)).toEqual([])
  })

  test('for the first home of somebody whom the same account imported', () => {
    const imported = story()
      .home('Boston', { by: 'usr_1', source: 'import' })
      .ordered('2026-03-01', 'Boston')
      .prepared('2026-03-01', { by: 'usr_1' })
    expect(findingsOf(rule, imported)).toEqual([])
  })

  test('for an office of ours', () => {
    const office = story()
      .ordered('2026-03-01', 'Boston', { by: 'usr_1', kind: 'office' })
      .prepared('2026-03-01', { by: 'usr_1' })
    expect(findingsOf(rule, office)).toEqual([])
  })

  test('for a parcel that a file brought', () => {
    const filed = story().home('Boston').ordered('2026-03-01', 'Denver', { by: 'usr_1' })
    expect(findingsOf(rule, filed)).toEqual([])
  })
})
