import { describe, expect, test } from 'vitest'
import { addressChangedInFlight as rule } from '../../../server/detection/rules/address-changed-in-flight.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')

describe('fires', () => {
  test('when the address on file changes after the carrier has the parcel', () => {
    const [finding] = findingsOf(rule, underWay().home('Phoenix', { at: '2026-03-03', changed: true }))
    expect(finding).toMatchObject({
      summary:
        'The address on file changed to an unapproved one in Phoenix, AZ while the parcel was on its way to Boston, MA',
      evidence: [4, 2],
      weight: 8,
    })
  })

  test('when the parcel is given another address after it was shipped', () => {
    const told = underWay()
      .home('Phoenix', { at: '2026-03-03', use: 'ship_to' })
      .readdressed('2026-03-03', 'adr_Phoenix')
    const [finding] = findingsOf(rule, told)
    expect(finding).toMatchObject({ key: 'shp_1', evidence: [5, 4] })
    expect(weightOf(rule, finding)).toBe(10)
  })

  test('when only a report of ours says that it was shipped', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .shipped('2026-03-02')
      .home('Phoenix', { at: '2026-03-03', changed: true })
    expect(findingsOf(rule, told)).toHaveLength(1)
  })

  test('the same whether we hear of the change before or after the scans', () => {
    const early = underWay().home('Phoenix', { at: '2026-03-03', changed: true }).delivered('2026-03-05', 'Boston')
    const late = underWay()
      .delivered('2026-03-05', 'Boston')
      .home('Phoenix', { at: '2026-03-03', changed: true, told: '2026-03-20' })
    const said = (told: typeof early) => findingsOf(rule, told).map(({ evidence: _, ...rest }) => rest)
    expect(said(late)).toEqual(said(early))
    expect(said(early)).toHaveLength(1)
  })

  test('weaker for a move across town', () => {
    expect(findingsOf(rule, underWay().home('Cambridge', { at: '2026-03-03', changed: true }))[0]?.weight).toBe(5)
  })
})

describe('stays quiet', () => {
  test('for a delivery to the approved home', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test('for a change that is approved, or refused', () => {
    const told = underWay().home('Phoenix', { at: '2026-03-03', changed: true })
    expect(findingsOf(rule, told.approves('adr_Phoenix', '2026-03-04'))).toEqual([])
    expect(findingsOf(rule, told.refuses('adr_Phoenix', '2026-03-05'))).toEqual([])
  })

  test('for a change before the carrier had it, or after the delivery', () => {
    expect(findingsOf(rule, underWay().home('Phoenix', { at: '2026-03-01', changed: true }))).toEqual([])
    expect(findingsOf(rule, cleanDelivery().home('Phoenix', { at: '2026-03-09', changed: true }))).toEqual([])
  })

  test('for the first address that a person gets', () => {
    expect(
      findingsOf(rule, story().ordered('2026-03-01', null).shipped('2026-03-02').home('Boston', { at: '2026-03-03' })),
    ).toEqual([])
  })

  test('for the parcel’s own address, told again', () => {
    expect(
      findingsOf(
        rule,
        underWay().home('Boston', { id: 'adr_again', at: '2026-03-03', door: 'adr_Boston', changed: true }),
      ),
    ).toEqual([])
  })
})
