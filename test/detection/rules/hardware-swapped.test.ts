import { describe, expect, test } from 'vitest'
import { hardwareSwapped as rule } from '../../../server/detection/rules/hardware-swapped.ts'
import { scoreOf } from '../../../server/detection/score.ts'
import { cleanDelivery, findingsOf, type Story, story } from '../story.ts'

const all = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})
const first = (told: Story) => all(told)[0]
const one = '4C4C4544-0042-3510-8054-B4C04F565931'
const two = '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12'
const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', hardwareUuid: one })

describe('fires', () => {
  test('alone and high, for another board without a repair', () => {
    const finding = first(inUse().checkedIn('2026-05-01', { hardwareUuid: two }))!
    expect(finding).toMatchObject({
      weight: 20,
      exceptional: true,
      summary: 'Another board reports under its serial number, 56 days after the one before, and no repair is known',
      facts: { before: one, after: two, sameSource: true },
    })
    const scored = {
      ...finding,
      findingId: '1',
      rule: rule.id,
      group: rule.group,
      layer: rule.layer,
      severity: rule.severity,
    }
    expect(scoreOf([{ ...scored, weight: 20, exceptional: true }]).severity).toBe('high')
  })

  test('at the first check-in, where the bench told another', () => {
    const told = story()
      .registered('2026-02-01')
      .status('2026-02-28', 'stock')
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { hardwareUuid: one })
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
      .checkedIn('2026-03-06', { from: 'Boston', hardwareUuid: two })
    expect(first(told)).toMatchObject({ exceptional: true })
  })

  test('less where one source told the old board and another the new one', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-01T15:00:00Z', { hardwareUuid: one })
      .checkedIn('2026-03-06', { source: 'agent', hardwareUuid: two })
    expect(first(told)).toMatchObject({ weight: 9, exceptional: false, facts: { sameSource: false } })
  })

  test('weakly where both report in turn, since then nothing was swapped', () => {
    const told = inUse()
      .checkedIn('2026-05-01', { hardwareUuid: two })
      .checkedIn('2026-05-02', { hardwareUuid: one })
      .checkedIn('2026-05-03', { hardwareUuid: two })
    expect(all(told)).toHaveLength(1)
    expect(first(told)).toMatchObject({ weight: 6, exceptional: false })
  })

  test('weakly where a report may be another machine’s', () => {
    const told = inUse()
      .checkedIn('2026-05-01', { hardwareUuid: two })
      .doubted('2026-05-01', 'serial on several machines')
    expect(first(told)).toMatchObject({ weight: 6, exceptional: false })
  })

  test('in full where a doubt of long ago came to nothing', () => {
    const told = inUse()
      .doubted('2026-03-08', 'enrolment of another machine')
      .checkedIn('2026-10-01', { hardwareUuid: two })
    expect(first(told)).toMatchObject({ weight: 20, exceptional: true })
  })

  test('hardly for a virtual machine', () => {
    const told = inUse().checkedIn('2026-05-01', { hardwareUuid: two, model: 'VMware20,1' })
    expect(first(told)).toMatchObject({ weight: 2, exceptional: false, facts: { virtual: true } })
  })

  test('for a second swap of its own', () => {
    const three = '00112233-4455-6677-8899-AABBCCDDEEFF'
    const told = inUse().checkedIn('2026-05-01', { hardwareUuid: two }).checkedIn('2026-07-01', { hardwareUuid: three })
    expect(all(told).map((finding) => finding.facts['after'])).toEqual([two, three])
  })

  test('for a swap a year after a repair that did not touch the board', () => {
    const told = inUse()
      .status('2026-04-01', 'repair')
      .status('2026-04-08', 'in_service')
      .checkedIn('2026-04-09', { hardwareUuid: one, model: 'MacBookPro18,3' })
      .seenDaily('2026-04-10', '2026-12-01', { every: 7 })
      .checkedIn('2026-12-10', { hardwareUuid: two })
    expect(first(told)).toBeDefined()
  })
})

describe('stays quiet', () => {
  test('for the same board, also in the other byte order or another style', () => {
    const turned = '44454C4C-4200-1035-8054-B4C04F565931'
    for (const hardwareUuid of [one, one.toLowerCase(), `{${one}}`, one.replaceAll('-', ''), turned])
      expect(all(inUse().checkedIn('2026-05-01', { hardwareUuid }))).toEqual([])
  })

  test('for placeholders', () => {
    for (const hardwareUuid of [
      '00000000-0000-0000-0000-000000000000',
      'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
      '03000200-0400-0500-0006-000700080009',
      'Not Settable',
    ])
      expect(all(inUse().checkedIn('2026-05-01', { hardwareUuid }))).toEqual([])
  })

  test('after a repair that was reported, or declared, also afterwards', () => {
    const swap = (told: Story) => told.checkedIn('2026-05-10', { hardwareUuid: two })
    const reported = swap(inUse().seenDaily('2026-03-07', '2026-04-29').status('2026-05-01', 'repair'))
    const declared = swap(inUse().declared('repair', '2026-05-01', '2026-05-08'))
    const afterwards = swap(inUse()).declared('repair', '2026-05-12', '2026-05-20')
    const named = swap(inUse().declared('repair', '2026-05-01', '2026-05-08', 'TALE0001'))
    for (const told of [reported, declared, afterwards, named]) expect(all(told)).toEqual([])
  })

  test('but not after the repair of another laptop of theirs', () => {
    const told = inUse().declared('repair', '2026-05-01', '2026-05-08', 'TALE0002')
    expect(all(told.checkedIn('2026-05-10', { hardwareUuid: two }))).toHaveLength(1)
  })

  test('for a board that came while the laptop was back with us', () => {
    const told = inUse()
      .returnOpened('2026-04-20', '2026-05-10', 'exchange')
      .received('2026-05-01', 'same')
      .returnClosed('2026-05-02', 'stock')
      .ordered('2026-06-01', 'Boston')
      .shipped('2026-06-02')
      .checkedIn('2026-06-06', { hardwareUuid: two })
    expect(all(told)).toEqual([])
  })

  test('for two sources that differ for good: that is a mismatch, and no change', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { source: 'agent', hardwareUuid: two })
      .seenDaily('2026-03-07', '2026-03-20')
      .seenDaily('2026-03-08', '2026-03-20', { source: 'agent' })
    expect(all(told, '2026-03-20T13:00:00Z')).toEqual([])
  })

  test('for a late report', () => {
    const told = inUse()
      .checkedIn('2026-05-01', { hardwareUuid: one, model: 'MacBookPro18,3' })
      .checkedIn('2026-04-01', { hardwareUuid: two, told: '2026-05-02' })
    expect(all(told)).toEqual([])
  })

  test('for a laptop that is nobody’s', () => {
    const told = story().registered('2026-02-01').checkedIn('2026-02-01', { hardwareUuid: one })
    expect(all(told.checkedIn('2026-02-05', { hardwareUuid: two }))).toEqual([])
  })
})
