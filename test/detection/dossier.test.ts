// The dossier: what it holds of other parcels, and that it never knows more than was recorded by its number.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Facts } from '../../server/detection/facts.ts'
import { plus } from '../../server/lib/time.ts'
import { cleanDelivery, headOf, type Story, story } from './story.ts'

/** Steps of a life, each told some hours after the one before; `late` ones are heard of days after. */
const steps: ((told: Story, at: string, late: string) => Story)[] = [
  (told, at) => told.home('Denver', { id: `adr_${at}`, at, changed: true }),
  (told, at) => told.approves('adr_Boston', at),
  (told, at) => told.refuses('adr_Boston', at),
  (told, at) => told.verified(at, 'adr_Boston', 'undeliverable'),
  (told, at) => told.ordered(at, 'Boston'),
  (told, at) => told.readdressed(at, 'adr_Boston'),
  (told, at) => told.prepared(at, { by: 'usr_1' }),
  (told, at) => told.labelBought(at),
  (told, at) => told.labelRefunded(at),
  (told, at, late) => told.scan(at, 'Columbus', 'moving', { told: late }),
  (told, at) => told.delivered(at, 'Boston'),
  (told, at) => told.addressee(at, 'different'),
  (told, at) => told.signed(at, 'different'),
  (told, at) => told.signedFor(at, 'per_2', 'Boston'),
  (told, at, late) => told.signedFor(at, 'per_3', 'Denver', { told: late }),
  (told, at) => told.otherOrder(at),
  (told, at, late) => told.otherOrder(at, { told: late }),
  (told, at) => told.returnOpened(at, '2026-06-01'),
  (told, at) => told.received(at),
]

const lives = fc
  .array(fc.tuple(fc.nat(steps.length - 1), fc.nat(200)), { minLength: 3, maxLength: 20 })
  .map((picks) => {
    let at = new Date('2026-03-01T12:00:00Z')
    const told = story().home('Boston').ordered('2026-03-01', 'Boston')
    for (const [pick, hours] of picks) {
      at = plus(at, hours * 3_600_000)
      steps[pick]!(told, at.toISOString(), plus(at, 5 * 86_400_000).toISOString())
    }
    return told.facts()
  })

const upTo = <T extends { seq: number }>(all: T[], seq: number) => all.filter((one) => one.seq <= seq)
const cut = (facts: Facts, seq: number): Facts => ({
  ...facts,
  events: upTo(facts.events, seq),
  otherOrders: upTo(facts.otherOrders, seq),
  signers: upTo(facts.signers, seq),
})

test('as of a number, it is the same whatever was recorded after', () => {
  fc.assert(
    fc.property(lives, (facts) => {
      for (let seq = 0; seq <= headOf(facts); seq++)
        expect(assembleDossier(facts, { seq })).toEqual(assembleDossier(cut(facts, seq), { seq }))
    }),
    { numRuns: 60 },
  )
})

test('it names no number above its own, and no time after its own', () => {
  const seqsIn = (value: unknown): number[] =>
    value === null || typeof value !== 'object'
      ? []
      : Object.entries(value).flatMap(([key, inner]) =>
          /seq$/i.test(key) && typeof inner === 'number' ? [inner] : seqsIn(inner),
        )
  fc.assert(
    fc.property(lives, (facts) => {
      for (let seq = 0; seq <= headOf(facts); seq++) {
        const { now, ...dossier } = assembleDossier(facts, { seq })
        expect(Math.max(...seqsIn(dossier))).toBeLessThanOrEqual(seq)
        for (const one of dossier.otherOrders) expect(one.at.getTime()).toBeLessThanOrEqual(now.getTime())
      }
    }),
    { numRuns: 30 },
  )
})

describe('what other parcels bear on it', () => {
  test('an order for the same person is there from when we heard of it, and moves its time', () => {
    const facts = cleanDelivery().otherOrder('2026-03-10').facts()
    expect(assembleDossier(facts, { seq: 5 }).otherOrders).toEqual([])
    const dossier = assembleDossier(facts, { seq: 6 })
    expect(dossier.otherOrders).toMatchObject([{ seq: 6, shipmentId: 'shp_other_1' }])
    expect(dossier.now).toEqual(new Date('2026-03-10T12:00:00Z'))
    expect(assembleDossier(facts, { seq: 6, now: new Date('2026-03-09T12:00:00Z') }).otherOrders).toEqual([])
  })

  test('one for somebody else is not, nor one that turned out to be for somebody else', () => {
    const { otherOrders, ...facts } = cleanDelivery().otherOrder('2026-03-10').facts()
    const [order] = otherOrders
    const moved = { ...facts, otherOrders: [order!, { ...order!, seq: 7, personId: 'per_2', deviceIds: [] }] }
    expect(assembleDossier(moved, { seq: 6 }).otherOrders).toHaveLength(1)
    expect(assembleDossier(moved, { seq: 7 }).otherOrders).toEqual([])
  })

  test('a parcel that the laptop itself is in is no other one', () => {
    const { otherOrders, ...facts } = cleanDelivery().otherOrder('2026-03-10').facts()
    const own = { ...facts, otherOrders: [...otherOrders, { ...otherOrders[0]!, seq: 7, deviceIds: ['dev_1'] }] }
    expect(assembleDossier(own, { seq: 6 }).otherOrders).toHaveLength(1)
    expect(assembleDossier(own, { seq: 7 }).otherOrders).toEqual([])
  })

  test('a parcel is the laptop’s from the event that put it in, with all that came before', () => {
    const { events, ...facts } = cleanDelivery().facts()
    const later = events.map((event) =>
      event.kind === 'shipment.ordered' && event.payload
        ? { ...event, payload: { ...event.payload, deviceIds: ['dev_2'] } }
        : event,
    )
    const put = events.find((event) => event.kind === 'shipment.ordered')!
    const joined = {
      ...put,
      seq: 6,
      kind: 'shipment.changed' as const,
      payload: { fields: ['serial_number'], personId: 'per_1', addressId: 'adr_Boston', deviceIds: ['dev_1'] },
    }
    const all = { ...facts, events: [...later, joined] }
    expect(assembleDossier(all, { seq: 5 }).shipments).toEqual([])
    expect(assembleDossier(all, { seq: 6 }).shipments[0]?.scans).toHaveLength(3)
  })
})

describe('who did what to an address and a parcel', () => {
  test('who brought it, who approved it, and who prepared the parcel', () => {
    const dossier = story()
      .home('Boston', { by: 'usr_1' })
      .approves('adr_Boston', '2026-02-01', 'usr_2')
      .ordered('2026-03-01', 'Boston')
      .prepared('2026-03-01', { by: 'usr_3' })
      .dossier()
    expect(dossier.addresses).toMatchObject([{ authorId: 'usr_1', approverId: 'usr_2' }])
    expect(dossier.shipment?.preparedBy).toBe('usr_3')
  })

  test('nobody prepared a parcel that a file or a system brought, whoever sent the file', () => {
    expect(story().ordered('2026-03-01', 'Boston', { by: 'usr_1' }).dossier().shipment?.preparedBy).toBeNull()
  })
})
