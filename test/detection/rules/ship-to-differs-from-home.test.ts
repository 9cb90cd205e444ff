import { describe, expect, test } from 'vitest'
import { shipToDiffersFromHome as rule } from '../../../server/detection/rules/ship-to-differs-from-home.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

const atHome = () => story().home('Boston', { approved: true })
const weight = (told: ReturnType<typeof story>, at = {}) => findingsOf(rule, told, at)[0]?.weight

describe('fires', () => {
  test('for a parcel across the country, with the distance', () => {
    expect(findingsOf(rule, atHome().ordered('2026-03-01', 'Phoenix'))).toMatchObject([
      {
        key: 'shp_1',
        summary: 'The parcel goes to Phoenix, AZ, 3,700 km from the approved home in Boston, MA',
        evidence: [2, 1, 3],
        weight: 6,
      },
    ])
  })

  test('more for another country', () => expect(weight(atHome().ordered('2026-03-01', 'Lisbon'))).toBe(7))

  test('little for another door near home', () => {
    expect(findingsOf(rule, atHome().ordered('2026-03-01', 'Cambridge'))).toMatchObject([
      { weight: 2, summary: 'The parcel goes to another door than the approved home, both near Boston, MA' },
    ])
  })

  test('less once it is approved, and for a new home that nobody has approved yet', () => {
    expect(weight(atHome().ordered('2026-03-01', 'Phoenix').approves('adr_Phoenix', '2026-03-01T18:00:00Z'))).toBe(3)
    const mover = atHome().home('Phoenix', { at: '2026-02-10', changed: true }).ordered('2026-03-01', 'Phoenix')
    expect(weight(mover)).toBe(3)
  })

  test('less where nobody has approved the home either', () => {
    const [finding] = findingsOf(rule, story().home('Boston').ordered('2026-03-01', 'Phoenix'))
    expect(finding).toMatchObject({ weight: 3.6, summary: expect.stringContaining('the home on file in Boston') })
  })

  test('less as time goes by, and says when it moves', () => {
    const told = atHome().ordered('2026-03-01', 'Phoenix').shipped('2026-03-02').delivered('2026-03-05', 'Phoenix')
    expect(judge(rule, told.dossier({ now: '2026-04-01' })).lookAgainAt).toEqual(new Date('2026-06-03T12:00:00Z'))
    expect(weight(told, { now: '2026-07-10' })).toBe(3)
    expect(judge(rule, told.dossier({ now: '2026-10-01' }))).toEqual({ findings: [], lookAgainAt: null })
  })
})

describe('stays quiet', () => {
  test('for the approved home, and for nowhere', () => {
    expect(findingsOf(rule, cleanDelivery())).toEqual([])
    expect(findingsOf(rule, atHome().ordered('2026-03-01', null))).toEqual([])
    expect(findingsOf(rule, story().ordered('2026-03-01', 'Phoenix'))).toEqual([])
  })

  test('for the same building, and for the same door written another way', () => {
    const building = atHome()
      .home('Boston', { id: 'adr_unit', use: 'ship_to', at: '2026-03-01', building: 'adr_Boston' })
      .ordered('2026-03-01', { id: 'adr_unit' })
    expect(findingsOf(rule, building)).toEqual([])
    const door = atHome()
      .home('Boston', { id: 'adr_again', use: 'ship_to', at: '2026-03-01', door: 'adr_Boston' })
      .ordered('2026-03-01', { id: 'adr_again' })
    expect(findingsOf(rule, door)).toEqual([])
  })

  test('for another door near home that is approved', () => {
    const told = atHome().ordered('2026-03-01', 'Cambridge').approves('adr_Cambridge', '2026-03-01T18:00:00Z')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test('for a move that is approved', () => {
    const told = atHome()
      .home('Phoenix', { at: '2026-02-10', changed: true, approved: true })
      .ordered('2026-03-01', { id: 'adr_Phoenix' })
    expect(findingsOf(rule, told)).toEqual([])
  })

  test.each(['second_home', 'office', 'travel'])('while a %s is declared', (kind) => {
    const told = atHome().declared(kind, '2026-02-01', '2026-06-01', 'a place').ordered('2026-03-01', 'Phoenix')
    expect(findingsOf(rule, told)).toEqual([])
  })

  test.each(['office', 'military'])('for an address of kind %s', (kind) =>
    expect(findingsOf(rule, atHome().ordered('2026-03-01', 'Phoenix', { kind }))).toEqual([]),
  )
})
