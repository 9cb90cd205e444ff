import { describe, expect, test } from 'vitest'
import { parcelRedirected as rule } from '../../../server/detection/rules/parcel-redirected.ts'
import type { Reading } from '../../../server/ports.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

type Change = Extract<Reading, { is: 'delivery change' }>
const change = (stage: Change['stage'], by: Change['by'], to: Change['to']): Reading => ({
  is: 'delivery change',
  stage,
  by,
  to,
})
const underWay = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
const weighs = (told: ReturnType<typeof underWay>) => weightOf(rule, findingsOf(rule, told)[0])

describe('fires', () => {
  test('when the receiver had the parcel taken to another address', () => {
    const [finding] = findingsOf(rule, underWay().scan('2026-03-03', 'Denver', change('done', 'receiver', 'address')))
    expect(finding).toMatchObject({
      key: 'shp_1',
      summary: 'The parcel was redirected to another address while it was in Denver, CO',
      evidence: [4, 2],
      weight: 14,
    })
  })

  test('at half while it is only asked for, and under the same key once it is done', () => {
    const told = underWay().scan('2026-03-03', 'Denver', change('requested', 'receiver', 'address'))
    const asked = findingsOf(rule, told)
    const done = findingsOf(rule, told.scan('2026-03-04', 'Denver', change('done', 'unknown', 'address')))
    expect([asked[0]?.weight, done[0]?.weight]).toEqual([7, 14])
    expect(done[0]?.key).toBe(asked[0]?.key)
    expect(done[0]?.evidence).toEqual([4, 5, 2])
  })

  test('less where the carrier does not say what it was changed to', () => {
    const weight = weighs(underWay().scan('2026-03-03', 'Denver', change('done', 'receiver', 'unknown')))
    expect(weight).toBeGreaterThan(7)
    expect(weight).toBeLessThan(10)
  })

  test('weakly for a change to a counter', () => {
    expect(weighs(underWay().scan('2026-03-03', 'Boston', change('done', 'receiver', 'counter')))).toBe(3)
  })

  test('less once it came to the place of an approved address after all', () => {
    const told = underWay()
      .scan('2026-03-03', 'Denver', change('done', 'receiver', 'address'))
      .delivered('2026-03-05', 'Cambridge')
    expect(weighs(told)).toBeLessThan(10)
  })

  test('for a redirect that was done before a later one was refused', () => {
    const told = underWay()
      .scan('2026-03-03', 'Denver', change('done', 'receiver', 'address'))
      .scan('2026-03-04', 'Denver', change('refused', 'unknown', 'address'))
    expect(weighs(told)).toBe(14)
  })

  test('still while the laptop is on its way back', () => {
    const told = underWay()
      .scan('2026-03-03', 'Denver', change('done', 'receiver', 'address'))
      .delivered('2026-03-05', 'Phoenix')
      .returnOrdered('2026-04-01')
    expect(weighs(told)).toBe(14)
  })
})

describe('stays quiet', () => {
  test('for a parcel that went its way', () => expect(findingsOf(rule, cleanDelivery())).toEqual([]))

  test.each<[string, Reading]>([
    ['a change that we asked for', change('done', 'sender', 'address')],
    ['another day', change('done', 'receiver', 'other day')],
    ['a neighbour', change('done', 'receiver', 'neighbour')],
    ['the way back', change('done', 'receiver', 'back')],
    ['a refused change', change('refused', 'receiver', 'address')],
    ['a corrected address', { is: 'address corrected' }],
    ['a forwarding order, which is another rule', { is: 'forwarded' }],
  ])('for %s', (_, reading) => expect(findingsOf(rule, underWay().scan('2026-03-03', 'Denver', reading))).toEqual([]))

  test('once the carrier refuses what was asked for, in whatever order we hear of it', () => {
    const asked = change('requested', 'receiver', 'address')
    const refused = change('refused', 'unknown', 'address')
    expect(
      findingsOf(rule, underWay().scan('2026-03-03', 'Denver', asked).scan('2026-03-04', 'Denver', refused)),
    ).toEqual([])
    expect(
      findingsOf(
        rule,
        underWay().scan('2026-03-04', 'Denver', refused).scan('2026-03-03', 'Denver', asked, { told: '2026-03-09' }),
      ),
    ).toEqual([])
  })

  test('for words that come after the delivery', () => {
    expect(
      findingsOf(rule, cleanDelivery().scan('2026-03-06', 'Boston', change('requested', 'receiver', 'address'))),
    ).toEqual([])
  })

  test('for a return', () => {
    const told = cleanDelivery()
      .returnOrdered('2026-04-01')
      .scan('2026-04-02', 'Boston', change('done', 'receiver', 'address'))
    expect(findingsOf(rule, told)).toEqual([])
  })
})
