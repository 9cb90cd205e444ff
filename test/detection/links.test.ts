// Links as a pure fold of what sources told: whose they were, and what is taken back when it proves not to be so.
import { describe, expect, test } from 'vitest'
import type { LedgerEvent } from '../../server/custody/events.ts'
import { historyOf, isOwnSerial } from '../../server/detection/links.ts'
import { mergedIn } from '../../server/detection/one-machine.ts'
import { cleanDelivery, type Story, story } from './story.ts'
import { home, isBehind, router } from './together.ts'

const links = (told: Story, more: (head: number) => LedgerEvent[] = () => []) => {
  const { device, events } = told.facts()
  const all = [...events, ...more(events.at(-1)!.seq)]
  return historyOf({ device, events: all }, mergedIn(all))
    .filter((link) => link.kind === 'gateway')
    .map((link) => ({
      value: link.value,
      person: link.personId,
      from: link.from.toISOString().slice(0, 10),
      to: link.to?.toISOString().slice(0, 10) ?? null,
      seqs: [link.fromSeq, link.toSeq],
    }))
}

const event = (seq: number, at: string, draft: Pick<LedgerEvent, 'kind' | 'payload'>): LedgerEvent =>
  ({
    seq,
    occurredAt: new Date(`${at}T12:00:00Z`),
    recordedAt: new Date(`${at}T12:00:00Z`),
    actor: { type: 'system', part: 'story' },
    deviceId: 'dev_1',
    personId: null,
    shipmentId: null,
    caseId: null,
    ...draft,
  }) as LedgerEvent

describe('links of a laptop', () => {
  test('last until another of their kind is told, and are nobody’s on the bench', () => {
    const told = isBehind(cleanDelivery(), '2026-03-01T13:00:00Z')
    isBehind(isBehind(told, '2026-03-06', home), '2026-03-09')
    expect(links(told)).toMatchObject([
      { value: router, person: null, from: '2026-03-01' },
      { value: home, person: 'per_1', from: '2026-03-06', to: '2026-03-09' },
      { value: router, person: 'per_1', from: '2026-03-09', to: null },
    ])
  })

  test('go over to the next person with the laptop, where it is handed over', () => {
    const told = isBehind(cleanDelivery().accepted('2026-03-05'), '2026-03-06').transferred('2026-04-01', 'per_2')
    expect(links(told)).toMatchObject([
      { person: 'per_1', from: '2026-03-06', to: '2026-04-01' },
      { person: 'per_2', from: '2026-04-01', to: null },
    ])
  })

  test('that came late are a moment', () => {
    const late = isBehind(cleanDelivery(), '2026-03-08').checkedIn('2026-03-06', { gateway: home, told: '2026-03-09' })
    expect(links(late).find((link) => link.value === home)).toMatchObject({ from: '2026-03-06', to: '2026-03-06' })
  })

  test('are taken back at the number that says they were another machine’s, and stand as of the ones before', () => {
    const told = isBehind(story().status('2026-03-01', 'in_service'), '2026-03-06')
    const payload = { source: 'mdm', since: '2026-03-01T00:00:00Z', matchedBy: 'serial number', noteId: 'note_1' }
    const undone = (head: number) => [event(head + 1, '2026-03-10', { kind: 'device.match_undone', payload })]
    const [link] = links(told, undone)
    const [whole] = links(told)
    expect(whole).toMatchObject({ to: null, seqs: [expect.any(Number), null] })
    expect(link?.seqs).toEqual([whole!.seqs[0], told.facts().events.at(-1)!.seq + 1])
    expect(links(told, undone)).toHaveLength(1)
  })

  test('of a record that proved to be the laptop’s are its own from that number on', () => {
    const told = isBehind(story().status('2026-03-01', 'in_service'), '2026-03-06')
    const other = isBehind(story(), '2026-03-07', home)
      .facts()
      .events.map((one) => ({ ...one, deviceId: 'dev_2', seq: one.seq + 100 }) as LedgerEvent)
    const merged = event(200, '2026-03-10', {
      kind: 'device.merged',
      payload: { fromDeviceId: 'dev_2', by: 'serial number' },
    })
    expect(links(told, () => [...other, merged]).map((link) => [link.value, link.seqs[0]! >= 200])).toContainEqual([
      home,
      true,
    ])
  })
})

test('a serial number is its piece’s own where it is no filler, no run and no default', () => {
  for (const own of ['A1B2C3D4E5', '4C530001230914113402', 'FT9XK2PL'])
    expect([own, isOwnSerial(own)]).toEqual([own, true])
  for (const none of ['', '0000', '000000000001', '123456789', 'CAFEBABE', '6&31a3e8b&0&2', 'unknown'])
    expect([none, isOwnSerial(none)]).toEqual([none, false])
})
