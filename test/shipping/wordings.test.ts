// Wording that nobody knows: counted as one, shown without names, and read as an analyst says, old scans too.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Reading } from '../../server/ports.ts'
import { rereadWordings } from '../../server/shipping/rereading.ts'
import { classifyWording, maskKnown } from '../../server/shipping/wordings.ts'
import { listWordings } from '../../server/views/wordings.ts'
import { openWorld, order, parcel, type ScanTold, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const riddle: ScanTold = {
  at: '2026-03-03T09:00:00Z',
  in: 'Columbus',
  is: { is: 'cannot tell' },
  unknown: 'zephyr event',
}
const picked: ScanTold = { at: '2026-03-02T09:00:00Z', in: 'Columbus', is: 'accepted' }
const delivered: ScanTold = { at: '2026-03-04T15:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }
const analyst = user('analyst')
const redirected: Reading = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' }

const list = (show: 'open' | 'classified' = 'open') => listWordings(world.db, { show, after: null, limit: 50 })
const open = async () => (await list()).wordings
const reread = (now: string) => rereadWordings({ db: world.db, clock: () => time(now), world: world.world })
async function classify(now: string, reading: Reading, wordingId?: string): Promise<number> {
  const id = wordingId ?? (await open())[0]!.id
  const reason = 'asked the carrier by telephone'
  await world.run((tx) => classifyWording(tx, world.act(now, analyst), { wordingId: id, reading, reason }))
  return reread(now)
}

/** A second parcel of hers, with the same wording in it. */
async function another(): Promise<void> {
  await world.importShipments('2026-03-01T12:00:00Z', [
    { ...parcel, reference: 'PO-2', tracking_code: '1Z2', serial_number: 'C02TALE002' },
  ])
  await world.scan('2026-03-05', { trackingCode: '1Z2', scans: [picked, riddle] })
}

test('it is counted once per scan, whatever comes how often, and shown with its newest parcels', async () => {
  await order(world)
  for (let times = 0; times < 3; times += 1) await world.scan('2026-03-04', { scans: [picked, riddle] })
  await another()
  expect(await open()).toMatchObject([
    {
      carrier: 'ups',
      wording: 'zephyr event',
      status: 'in_transit',
      seen: 2,
      examples: [
        { place: 'Columbus, OH, US', at: '2026-03-03T14:00:00.000Z' },
        { place: 'Columbus, OH, US', at: '2026-03-03T14:00:00.000Z' },
      ],
    },
  ])
  expect((await open())[0]!.examples.map((one) => one.reference).sort()).toEqual(['PO-1', 'PO-2'])
})

test('the services of one carrier share it, and other carriers do not', async () => {
  await order(world)
  await world.scan('2026-03-04', { carrier: 'UPSMailInnovations', family: 'ups', scans: [riddle] })
  await world.scan('2026-03-04', { carrier: 'LSO', scans: [{ ...riddle, at: '2026-03-03T10:00:00Z' }] })
  expect((await open()).map(({ carrier, seen }) => [carrier, seen]).sort()).toEqual([
    ['lso', 1],
    ['ups', 1],
  ])
})

test('names, streets and cities of its own parcel are taken out, so that it counts as one and names nobody', async () => {
  await order(world)
  await world.scan('2026-03-04', {
    signedBy: 'QUILL',
    scans: [
      { ...riddle, unknown: 'zephyr for hollis, fern of maple street in columbus; see quill.' },
      {
        ...riddle,
        at: '2026-03-03T10:00:00Z',
        in: 'Boston',
        unknown: 'zephyr for hollis, fern of maple street in boston; see quill.',
      },
    ],
  })
  expect((await open()).map(({ wording, seen }) => [wording, seen])).toEqual([['zephyr for # of # in # see #', 2]])
  expect(maskKnown('at the post office', { names: ['Ed Of'], phrases: [null, ''] })).toBe('at the post office')
})

test('of an erased person no wording is kept', async () => {
  await order(world)
  await world.run((tx) =>
    tx
      .updateTable('people')
      .set({ name: null, email: null, erased_at: time('2026-03-02') })
      .execute(),
  )
  await world.scan('2026-03-04', { scans: [riddle], signedBy: 'QUILL' })
  expect(await open()).toEqual([])
  expect((await world.shipment('PO-1')).signed_by).toBeNull()
})

describe('once somebody says what it means', () => {
  test('old scans are read again, one event each, and parcel, laptop and judgement follow', async () => {
    await order(world)
    await world.scan('2026-03-04', { scans: [picked, riddle] })
    await another()
    await world.detect('2026-03-05')
    expect(await world.findings()).toEqual([])

    expect(await classify('2026-03-06', redirected)).toBe(2)
    const events = await world.events('shipment.reread')
    expect(events.map((event) => event.payload?.reading)).toEqual([redirected, redirected])
    expect(events[0]).toMatchObject({ actor: analyst, occurredAt: time('2026-03-06') })
    expect(await world.events('wording.classified')).toMatchObject([
      { actor: analyst, payload: { reading: redirected } },
    ])
    await world.detect('2026-03-06')
    expect((await world.findings()).map((one) => one.rule)).toContain('parcel-redirected')
    expect(await open()).toEqual([])
    expect((await list('classified')).wordings).toMatchObject([
      {
        reading: redirected,
        history: [{ means: 'Redirected by the receiver to another address', reason: 'asked the carrier by telephone' }],
      },
    ])
  })

  test('what it says of where things are counts as if it had been read so at once', async () => {
    await order(world)
    await world.scan('2026-03-04', { scans: [picked, riddle] })
    expect((await world.shipment('PO-1')).status).toBe('shipped')
    await classify('2026-03-06', { is: 'delivered', to: 'desk' })
    expect((await world.shipment('PO-1')).state).toMatchObject({
      status: 'delivered',
      deliveredAt: '2026-03-03T14:00:00.000Z',
    })
    expect((await world.device(parcel.serial_number)).state).toMatchObject({
      lifeCycle: 'delivered',
      holder: { kind: 'unaccepted' },
    })
  })

  test('new scans are read so when they come, and a repeated report is not read again', async () => {
    await order(world)
    await world.scan('2026-03-04', { scans: [riddle] })
    await classify('2026-03-05', { is: 'held', at: 'counter' })
    await world.scan('2026-03-06', { scans: [riddle, { ...riddle, at: '2026-03-05T09:00:00Z' }] })
    const scans = await world.events('shipment.scanned')
    expect(scans.map((event) => event.payload?.reading)).toEqual([{ is: 'cannot tell' }, { is: 'held', at: 'counter' }])
    expect(await reread('2026-03-07')).toBe(0)
    expect((await world.shipment('PO-1')).status).toBe('at the counter')
  })

  test('it can be corrected, and is read again each time; the same again is refused', async () => {
    await order(world)
    await world.scan('2026-03-04', { scans: [picked, riddle] })
    const { id } = (await open())[0]!
    await classify('2026-03-05', { is: 'lost' }, id)
    expect((await world.shipment('PO-1')).status).toBe('lost')
    await expect(classify('2026-03-06', { is: 'lost' }, id)).rejects.toThrow('already')
    expect(await classify('2026-03-06', { is: 'moving' }, id)).toBe(1)
    expect((await world.shipment('PO-1')).status).toBe('shipped')
    expect((await list('classified')).wordings[0]?.history).toMatchObject([
      { means: 'On its way' },
      { means: 'Lost by the carrier' },
    ])
  })

  test('what the carrier calls delivered stays delivered; only to whom can be said', async () => {
    await order(world)
    await world.scan('2026-03-05', { scans: [picked, { ...delivered, unknown: 'zephyr handover' }] })
    expect((await world.shipment('PO-1')).status).toBe('delivered')
    await expect(classify('2026-03-06', { is: 'moving' })).rejects.toThrow('say to whom')
    await classify('2026-03-06', { is: 'delivered', to: 'agent' })
    expect((await world.events('shipment.reread'))[0]?.payload?.reading).toEqual({ is: 'delivered', to: 'agent' })
    expect((await world.shipment('PO-1')).status).toBe('delivered')
  })

  test('wording first seen under way, then beside delivered, takes nothing back from the delivery', async () => {
    await order(world)
    await world.scan('2026-03-05', { scans: [riddle, { ...delivered, unknown: 'zephyr event' }] })
    await classify('2026-03-06', { is: 'moving' })
    expect((await world.shipment('PO-1')).status).toBe('delivered')
  })

  test('hundreds of old scans are read in bounded steps, and what was not read before a crash is read after it', async () => {
    await order(world)
    const many = Array.from({ length: 230 }, (_, minute) => ({
      ...riddle,
      at: new Date(Date.UTC(2026, 2, 3, 0, minute)).toISOString(),
    }))
    await world.scan('2026-03-05', { scans: many })
    const { id } = (await open())[0]!
    await world.run((tx) =>
      classifyWording(tx, world.act('2026-03-06', analyst), {
        wordingId: id,
        reading: redirected,
        reason: 'they said so',
      }),
    )
    expect(await reread('2026-03-06')).toBe(230)
    const events = await world.events('shipment.reread')
    expect(new Set(events.map((event) => event.payload?.scanId)).size).toBe(230)
    expect(await reread('2026-03-07')).toBe(0)
  })

  test('a wording is itself and never a pattern', async () => {
    await order(world)
    await world.scan('2026-03-04', {
      scans: [
        { ...riddle, unknown: 'zephyr .*' },
        { ...riddle, at: '2026-03-03T10:00:00Z', unknown: 'zephyr other' },
      ],
    })
    const pattern = (await open()).find((one) => one.wording === 'zephyr .*')!
    expect(await classify('2026-03-05', { is: 'lost' }, pattern.id)).toBe(1)
    expect((await open()).map((one) => one.wording)).toEqual(['zephyr other'])
  })
})

test('the list pages by how often each was seen, without a gap', async () => {
  await order(world)
  const scans = ['a', 'b', 'c', 'd', 'e'].flatMap((name, index) =>
    Array.from({ length: index === 4 ? 1 : index + 1 }, (_, minute) => ({
      ...riddle,
      at: new Date(Date.UTC(2026, 2, 3, index, minute)).toISOString(),
      unknown: `zephyr ${name}`,
    })),
  )
  await world.scan('2026-03-05', { scans })
  const names: string[] = []
  let after: { seen: number; id: string } | null = null
  do {
    const page = await listWordings(world.db, { show: 'open', after, limit: 2 })
    names.push(...page.wordings.map((one) => one.wording))
    after = page.next
  } while (after !== null)
  expect(names.slice(0, 3)).toEqual(['zephyr d', 'zephyr c', 'zephyr b'])
  expect(new Set(names).size).toBe(5)
})
