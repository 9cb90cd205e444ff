import { describe, expect, test } from 'vitest'
import { signedByStranger as rule } from '../../../server/detection/rules/signed-by-stranger.ts'
import type { NameMatch, Reading } from '../../../server/ports.ts'
import { cleanDelivery, findingsOf, judge, story, weightOf } from '../story.ts'

const counter: Reading = { is: 'held', at: 'counter' }
const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
const atTheDoor = () => cleanDelivery().signed('2026-03-05', 'different')
const weighs = (told: ReturnType<typeof underWay>, now?: string) =>
  weightOf(rule, findingsOf(rule, told, now ? { now } : {})[0])

describe('fires', () => {
  test('weakly at the door of a home', () => {
    const [finding] = findingsOf(rule, atTheDoor())
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'Somebody else than the person signed for the parcel at the door in Boston, MA',
      evidence: [6, 2],
      weight: 6,
    })
  })

  test('less where it was fetched, which people have others do, and more where it came to another place', () => {
    expect(
      weighs(
        underWay()
          .scan('2026-03-04', 'Boston', counter)
          .delivered('2026-03-05', 'Boston', 'person')
          .signed('2026-03-05', 'different'),
      ),
    ).toBe(7)
    expect(weighs(underWay().delivered('2026-03-05', 'Phoenix').signed('2026-03-05', 'different'))).toBe(8)
  })

  test('less where a household is declared, but not away from its address', () => {
    expect(weighs(atTheDoor().declared('household', '2026-01-01', '2026-06-01'))).toBe(2)
    const away = underWay().delivered('2026-03-05', 'Phoenix').signed('2026-03-05', 'different')
    expect(weighs(away.declared('household', '2026-01-01', '2026-06-01'))).toBe(8)
  })

  test('less and less after a month, and says when that changes', () => {
    expect(['2026-03-20', '2026-05-10', '2026-07-10'].map((now) => weighs(atTheDoor(), now))).toEqual([6, 4.5, 1.5])
    expect(findingsOf(rule, atTheDoor(), { now: '2026-09-01' })).toEqual([])
    expect(judge(rule, atTheDoor().dossier({ now: '2026-03-20' })).lookAgainAt).toEqual(
      new Date('2026-05-04T12:00:00Z'),
    )
  })
})

describe('stays quiet', () => {
  test.each<NameMatch>(['same', 'desk or agent', 'delegate', 'cannot tell'])(
    'for a signature that reads %s',
    (result) => expect(findingsOf(rule, cleanDelivery().signed('2026-03-05', result))).toEqual([]),
  )

  test.each(['desk', 'agent', 'neighbour'] as const)('where the carrier says it left it with a %s', (to) =>
    expect(
      findingsOf(rule, underWay().delivered('2026-03-05', 'Boston', to).signed('2026-03-05', 'different')),
    ).toEqual([]),
  )

  test.each(['office', 'mail drop', 'military', 'hotel'])('at an address of the kind %s', (kind) =>
    expect(
      findingsOf(
        rule,
        story()
          .ordered('2026-03-01', 'Boston', { kind })
          .delivered('2026-03-05', 'Boston')
          .signed('2026-03-05', 'different'),
      ),
    ).toEqual([]),
  )

  test('for a colleague of the same door, who signs for their own there', () =>
    expect(
      findingsOf(rule, atTheDoor().signedFor('2026-01-09', 'per_2', 'Boston', { result: 'same', door: 'adr_Boston' })),
    ).toEqual([]))

  test('once the name turns out to be a delegate', () =>
    expect(findingsOf(rule, atTheDoor().signed('2026-03-06', 'delegate'))).toEqual([]))

  test('for a parcel that nobody signed for', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))
})
