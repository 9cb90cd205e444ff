// The gaps that a timeline draws.
import { describe, expect, test } from 'vitest'
import { type Entry, gapsOf } from '../../client/parts/gaps.ts'

const HOUR = 3_600_000
const start = Date.parse('2026-09-01T00:00:00Z')

let seq = 0
const entry = (hours: number, kind: Entry['kind'], more: Partial<Entry> = {}): Entry => ({
  seq: ++seq,
  kind,
  occurredAt: new Date(start + hours * HOUR).toISOString(),
  recordedAt: new Date(start + hours * HOUR).toISOString(),
  lateMs: null,
  source: { kind: 'carrier', name: 'carrier' },
  title: kind,
  detail: null,
  quote: null,
  tone: 'plain',
  deviceId: null,
  shipmentId: null,
  caseId: null,
  changes: [],
  payload: {},
  erased: false,
  contradiction: null,
  ...more,
})
const delivered = (hours: number, to = 'address') =>
  entry(hours, 'shipment.scanned', { payload: { reading: { is: 'delivered', to } } })
const now = (hours: number) => start + hours * HOUR

describe('gaps', () => {
  test('a delivered laptop that nobody accepts is a gap until now', () => {
    const parcel = delivered(0)
    expect(gapsOf([parcel], now(17)).get(parcel.seq)).toEqual({
      ms: 17 * HOUR,
      says: 'delivered, nobody has accepted it',
      isOpen: true,
    })
  })

  test('an acceptance ends it, and a check-in after that leaves nothing open', () => {
    const facts = [delivered(0), entry(2, 'device.accepted'), entry(5, 'device.checked_in')]
    expect(gapsOf(facts, now(500)).size).toBe(0)
  })

  test('a check-in without an acceptance is in use, and still not accepted', () => {
    const facts = [delivered(0), entry(1, 'device.checked_in')]
    expect(gapsOf(facts, now(49)).get(facts[1]!.seq)?.says).toBe('in use, nobody has accepted it')
  })

  test('talk in between does not end a gap, and the gap that lasts until now stands last', () => {
    const talk = entry(20, 'case.commented', { tone: 'talk' })
    const facts = [delivered(0), talk]
    expect([...gapsOf(facts, now(30)).keys()]).toEqual([talk.seq])
  })

  test('a gap stands after everything that was said at the same moment', () => {
    const facts = [
      delivered(0),
      entry(1, 'device.checked_in'),
      entry(1, 'checkin.changed'),
      entry(60, 'device.checked_in'),
    ]
    expect([...gapsOf(facts, now(61)).keys()]).toEqual([facts[2]!.seq])
  })

  test('what waits at a counter is not delivered yet, and what came back waits for nobody', () => {
    const counter = delivered(0, 'counter')
    expect(gapsOf([counter], now(30)).get(counter.seq)?.says).toBe('waits to be picked up')
    expect(gapsOf([delivered(0, 'sender')], now(500)).size).toBe(0)
  })

  test('an erased scan tells nothing, so nothing is waited for', () => {
    expect(gapsOf([entry(0, 'shipment.scanned', { payload: null, erased: true })], now(500)).size).toBe(0)
  })
})
