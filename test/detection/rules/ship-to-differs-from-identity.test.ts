import { describe, expect, test } from 'vitest'
import { shipToDiffersFromIdentity as rule } from '../../../server/detection/rules/ship-to-differs-from-identity.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

const known = () => story().home('Phoenix').identity('Boston')
const weight = (told: ReturnType<typeof story>, at = {}) => findingsOf(rule, told, at)[0]?.weight

describe('fires', () => {
  test('for a parcel to another state than the document’s', () => {
    expect(findingsOf(rule, known().ordered('2026-03-01', 'Phoenix'))).toMatchObject([
      {
        key: 'shp_1',
        summary: 'The parcel goes to Phoenix, AZ, 3,700 km from the address on the identity document in Boston, MA',
        evidence: [2, 1, 3],
        weight: 4,
      },
    ])
  })

  test('no more for another country: where a document was issued must not weigh', () => {
    expect(weight(story().home('Phoenix').identity('Lisbon').ordered('2026-03-01', 'Phoenix'))).toBe(4)
  })

  test('by the home on file where the parcel says nothing', () => {
    expect(findingsOf(rule, known().ordered('2026-03-01', null))).toHaveLength(1)
  })

  test('less where the address is approved', () => {
    expect(weight(known().approves('adr_Phoenix', '2026-02-01').ordered('2026-03-01', 'Phoenix'))).toBe(1.6)
  })

  test('once we hear of the document', () => {
    const told = story().home('Phoenix').ordered('2026-03-01', 'Phoenix').identity('Boston', { at: '2026-03-03' })
    expect(findingsOf(rule, told)).toMatchObject([{ since: new Date('2026-03-03T12:00:00Z') }])
  })

  test('less as time goes by, and says when it moves', () => {
    const told = known().ordered('2026-03-01', 'Phoenix').shipped('2026-03-05')
    expect(judge(rule, told.dossier({ now: '2026-04-01' })).lookAgainAt).toEqual(new Date('2026-06-03T12:00:00Z'))
    expect(weight(told, { now: '2026-07-10' })).toBe(2)
    expect(judge(rule, told.dossier({ now: '2026-10-01' }))).toEqual({ findings: [], lookAgainAt: null })
  })
})

describe('stays quiet', () => {
  test('where nobody has the document, and for its own address', () => {
    expect(findingsOf(rule, cleanDelivery())).toEqual([])
    expect(findingsOf(rule, known().ordered('2026-03-01', 'Boston'))).toEqual([])
  })

  test('for a neighbouring state', () => {
    expect(findingsOf(rule, story().home('Providence').identity('Boston').ordered('2026-03-01', 'Providence'))).toEqual(
      [],
    )
  })

  test('for somebody who moved, with an approved change', () => {
    const told = story()
      .home('Boston', { approved: true })
      .identity('Boston')
      .home('Phoenix', { at: '2025-11-01', changed: true, approved: true })
      .ordered('2026-03-01', { id: 'adr_Phoenix' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a document that was refused', () => {
    const told = known().refuses('adr_id_Boston', '2026-02-01').ordered('2026-03-01', 'Phoenix')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test.each(['office', 'military'])('for an address of kind %s', (kind) =>
    expect(findingsOf(rule, story().identity('Boston').ordered('2026-03-01', 'Phoenix', { kind }))).toEqual([]),
  )
})
