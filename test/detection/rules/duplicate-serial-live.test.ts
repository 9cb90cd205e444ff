import { describe, expect, test } from 'vitest'
import { duplicateSerialLive as rule } from '../../../server/detection/rules/duplicate-serial-live.ts'
import { cleanDelivery, findingsOf, judge, type Story, story } from '../story.ts'

const all = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})
const first = (told: Story, now?: string) => all(told, now)[0]
const one = '4C4C4544-0042-3510-8054-B4C04F565931'
const two = '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12'
const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', hardwareUuid: one })
const inTurn = (model?: string) =>
  inUse()
    .checkedIn('2026-05-01', { hardwareUuid: two, ...(model ? { model } : {}) })
    .checkedIn('2026-05-02', { hardwareUuid: one, ...(model ? { model: 'MacBookPro18,3' } : {}) })

/** One source sees it at home, the other far away, in the same hours of some days. */
const twoPlaces = (until: string) => {
  const told = cleanDelivery()
    .checkedIn('2026-03-06T08:00:00Z', { from: 'Boston', network: 'home' })
    .checkedIn('2026-03-06T08:30:00Z', { from: 'Lisbon', network: 'home', source: 'agent' })
  for (const source of ['mdm', 'agent'])
    for (const hour of ['08:15', '17:00']) told.seenDaily(`2026-03-06T${hour}:00Z`, `${until}T${hour}:00Z`, { source })
  return told
}

describe('fires', () => {
  test('when a board comes back after another has reported', () => {
    expect(first(inTurn())).toMatchObject({
      key: 'machines',
      weight: 8,
      summary: 'Two machines report under its serial number in turn',
      facts: { turns: 1, virtual: false },
    })
  })

  test('the same when two sources tell them', () => {
    const told = inUse()
      .checkedIn('2026-05-01', { source: 'agent', hardwareUuid: two })
      .checkedIn('2026-05-03', { source: 'agent', hardwareUuid: one })
    expect(first(told)).toMatchObject({ weight: 8 })
  })

  test('within two weeks, and not later', () => {
    const back = (day: string) =>
      first(inUse().checkedIn('2026-05-01', { hardwareUuid: two }).checkedIn(day, { hardwareUuid: one }))
    expect(back('2026-05-15')).toBeDefined()
    expect(back('2026-05-16')).toBeUndefined()
  })

  test('less where reports of a shared serial number are all there is', () => {
    expect(first(inUse().doubted('2026-05-01', 'serial on several machines'))).toMatchObject({
      weight: 5,
      summary: 'Its serial number is reported by more than one machine',
    })
  })

  test('hardly for a virtual machine with the number of its host', () => {
    expect(first(inTurn('VMware20,1'))).toMatchObject({ weight: 2, facts: { virtual: true } })
  })

  test('weakly for two far places at once, on the second day', () => {
    expect(first(twoPlaces('2026-03-06'), '2026-03-06T18:00:00Z')).toBeUndefined()
    expect(first(twoPlaces('2026-03-07'), '2026-03-07T18:00:00Z')).toMatchObject({
      key: 'places',
      weight: 4,
      summary: 'At the same time in Lisbon, Portugal and in Boston, MA, 5,100 km apart, by two sources on several days',
    })
  })

  test('and fades', () => {
    expect([first(inTurn(), '2026-05-10')?.weight, first(inTurn(), '2026-06-05')?.weight]).toEqual([8, 6])
    expect(all(inTurn(), '2026-08-01')).toEqual([])
    expect(judge(rule, inTurn().dossier()).lookAgainAt).toEqual(new Date('2026-05-28T00:00:00Z'))
  })
})

describe('stays quiet', () => {
  test('for one change of board: that is a swap', () =>
    expect(all(inUse().checkedIn('2026-05-01', { hardwareUuid: two }))).toEqual([]))

  test('for two byte orders of one board', () => {
    const turned = '44454C4C-4200-1035-8054-B4C04F565931'
    const told = inUse()
      .checkedIn('2026-05-01', { hardwareUuid: turned })
      .checkedIn('2026-05-02', { hardwareUuid: one })
    expect(all(told)).toEqual([])
  })

  test('for two sources that name the machine differently, each for itself', () =>
    expect(all(inUse().checkedIn('2026-05-01', { source: 'agent', hardwareUuid: two }))).toEqual([]))

  test('for a board that was lent while the laptop was in repair', () => {
    const told = inUse()
      .status('2026-05-01', 'repair')
      .checkedIn('2026-05-01T15:00:00Z', { hardwareUuid: two })
      .checkedIn('2026-05-05', { hardwareUuid: one })
    expect(all(told)).toEqual([])
  })

  test('for two places that are near, or of which one is an exit', () => {
    for (const other of [
      { from: 'Providence', network: 'home' },
      { from: 'Lisbon', network: 'vpn' },
    ] as const) {
      const told = cleanDelivery()
        .checkedIn('2026-03-06T08:00:00Z', { from: 'Boston', network: 'home' })
        .checkedIn('2026-03-06T08:30:00Z', { ...other, source: 'agent' })
      for (const source of ['mdm', 'agent']) told.seenDaily('2026-03-06T12:00:00Z', '2026-03-10', { source })
      expect(all(told, '2026-03-10T13:00:00Z')).toEqual([])
    }
  })

  test('for two places one after the other', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06T08:00:00Z', { from: 'Boston', network: 'home' })
      .checkedIn('2026-03-06T20:00:00Z', { from: 'Lisbon', network: 'home', source: 'agent' })
      .seenDaily('2026-03-07T08:00:00Z', '2026-03-10T08:00:00Z')
      .seenDaily('2026-03-07T20:00:00Z', '2026-03-10T20:00:00Z', { source: 'agent' })
    expect(all(told, '2026-03-10T21:00:00Z')).toEqual([])
  })

  test('for what was before this person had it', () => {
    const told = story()
      .checkedIn('2026-02-01', { hardwareUuid: one })
      .checkedIn('2026-02-02', { hardwareUuid: two })
      .checkedIn('2026-02-03', { hardwareUuid: one })
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .scan('2026-03-02', 'Columbus', 'accepted')
      .checkedIn('2026-03-06', { from: 'Boston', hardwareUuid: one })
    expect(all(told)).toEqual([])
  })
})
