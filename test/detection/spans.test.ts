// What rules about endpoints measure alike: how long a word held, which board it is, how far a clock is off.
import { describe, expect, test } from 'vitest'
import { isVirtual, wasWithUs } from '../../server/detection/boards.ts'
import { hoursAhead, isNoPlace } from '../../server/detection/clocks.ts'
import { backFrom, lastSeenBefore, seenUntil, spansOf } from '../../server/detection/spans.ts'
import { boardKey } from '../../server/devices/identity.ts'
import { cleanDelivery } from './story.ts'

const at = (text: string) => new Date(text)

describe('a span', () => {
  test('lasts until the next word of the same source', () => {
    const { networks } = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Boston' })
      .checkedIn('2026-03-07', { from: 'Miami', source: 'agent' })
      .checkedIn('2026-03-08', { from: 'Denver' })
      .dossier()
    expect(spansOf(networks).map(({ fact, to }) => [fact.place?.city, to])).toEqual([
      ['Boston', at('2026-03-08T12:00:00Z')],
      ['Miami', null],
      ['Denver', null],
    ])
  })

  test('is a moment where the word came late, and cuts no other', () => {
    const { networks } = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Boston' })
      .checkedIn('2026-03-10', { from: 'Denver' })
      .checkedIn('2026-03-08', { from: 'Miami', told: '2026-03-11' })
      .dossier()
    expect(spansOf(networks).map(({ fact, to }) => [fact.place?.city, to])).toEqual([
      ['Boston', at('2026-03-10T12:00:00Z')],
      ['Miami', at('2026-03-08T12:00:00Z')],
      ['Denver', null],
    ])
  })

  test('that is open was seen until its source was heard of last', () => {
    const dossier = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Boston' })
      .seenDaily('2026-03-07', '2026-03-09')
      .seenDaily('2026-03-10', '2026-03-12', { source: 'agent' })
      .dossier({ now: '2026-03-20' })
    expect(seenUntil(dossier, spansOf(dossier.networks)[0]!)).toEqual(at('2026-03-09T12:00:00Z'))
    expect(lastSeenBefore(dossier, 'mdm', at('2026-03-08T12:00:00Z'))).toEqual(at('2026-03-07T12:00:00Z'))
    expect(lastSeenBefore(dossier, 'mdm', at('2026-03-06T12:00:00Z'))).toBeNull()
  })
})

test('journeys that follow on each other are one', () => {
  const dossier = cleanDelivery()
    .declared('second_home', '2026-04-05', '2026-04-20', 'Denver')
    .declared('travel', '2026-04-01', '2026-04-05')
    .dossier({ now: '2026-05-01' })
  expect(backFrom(dossier, at('2026-04-02T00:00:00Z')) >= at('2026-04-20T00:00:00Z')).toBe(true)
  expect(backFrom(dossier, at('2026-03-20T00:00:00Z'))).toEqual(at('2026-03-20T00:00:00Z'))
})

describe('a board', () => {
  const board = '4C4C4544-0042-3510-8054-B4C04F565931'

  test('is the same in either byte order and any style', () => {
    for (const same of [
      board.toLowerCase(),
      `{${board}}`,
      board.replaceAll('-', ''),
      '44454C4C-4200-1035-8054-B4C04F565931',
    ])
      expect(boardKey(same)).toBe(boardKey(board))
    expect(boardKey('4C4C4544-0042-3510-8054-B4C04F565932')).not.toBe(boardKey(board))
  })

  test('has no key where nobody wrote one', () => {
    for (const none of [null, '', 'Not Settable', '00000000-0000-0000-0000-000000000000', 'C02TALE001'])
      expect(boardKey(none)).toBeNull()
  })

  test('is virtual by the name of its model, and by nothing else', () => {
    for (const model of ['VMware20,1', 'VMware Virtual Platform', 'VirtualBox', 'Virtual Machine', 'KVM'])
      expect(isVirtual(model)).toBe(true)
    for (const model of [null, 'MacBookPro18,3', 'Latitude 7440', 'ThinkPad X1 Carbon Gen 11', 'Mac14,3'])
      expect(isVirtual(model)).toBe(false)
  })

  test('may be changed until a repair is reported to be over, or for sixty days', () => {
    const repaired = cleanDelivery().status('2026-04-01', 'repair')
    const within = (told: typeof repaired, day: string) =>
      wasWithUs(told.dossier({ now: '2026-12-01' }), at(`${day}T00:00:00Z`), at(`${day}T12:00:00Z`))
    expect(within(repaired, '2026-05-20')).toBe(true)
    expect(within(repaired, '2026-06-20')).toBe(false)
    expect(within(repaired.status('2026-04-10', 'in_service'), '2026-05-20')).toBe(false)
    expect(within(repaired, '2026-04-11')).toBe(true)
  })
})

describe('a clock', () => {
  const boston = { latitude: 42.36, longitude: -71.06, radiusKm: 25 }

  test('is so many hours ahead of a place at a time, summer time and halves included', () => {
    expect(hoursAhead('Asia/Shanghai', boston, at('2026-01-15T00:00:00Z'))).toBe(13)
    expect(hoursAhead('Asia/Shanghai', boston, at('2026-07-15T00:00:00Z'))).toBe(12)
    expect(hoursAhead('Asia/Kolkata', boston, at('2026-07-15T00:00:00Z'))).toBe(9.5)
    expect(hoursAhead('America/Los_Angeles', boston, at('2026-07-15T00:00:00Z'))).toBe(-3)
  })

  test('is compared with the nearest hours that a circle reaches', () => {
    const chattanooga = { latitude: 35.05, longitude: -85.31, radiusKm: 100 }
    expect(hoursAhead('America/Chicago', chattanooga, at('2026-07-15T00:00:00Z'))).toBe(0)
    expect(hoursAhead('America/New_York', chattanooga, at('2026-07-15T00:00:00Z'))).toBe(0)
  })

  test('tells nothing by a name that no table has, or at sea', () => {
    expect(hoursAhead('Eastern Standard Time', boston, at('2026-07-15T00:00:00Z'))).toBeNull()
    expect(hoursAhead('UTC', { latitude: 30, longitude: -45, radiusKm: 25 }, at('2026-07-15T00:00:00Z'))).toBeNull()
  })

  test('of no place is told from one of a place', () => {
    for (const zone of ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Etc/GMT+0', 'Zulu']) expect(isNoPlace(zone)).toBe(true)
    for (const zone of ['Europe/London', 'Africa/Abidjan', 'Etc/GMT+5']) expect(isNoPlace(zone)).toBe(false)
  })
})
