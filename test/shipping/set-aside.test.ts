// A webhook and the shipment it is about may come at one moment: neither misses the other.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { storeDelivery } from '../../server/inbox.ts'
import { recordTracker } from '../../server/shipping/scans.ts'
import { openWorld, order, type TestWorld, time, tracker } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

test('what is just being set aside is brought back by the shipment that comes meanwhile', async () => {
  const now = time('2026-03-02')
  await storeDelivery(world.db, now, {
    source: 'carrier',
    deliveryKey: 'evt_1',
    body: Buffer.from('{}'),
    tokenId: null,
  })
  const ordering = await world.db.transaction().execute(async (tx) => {
    const act = { now, actor: { type: 'source', name: 'carrier' } as const, world: world.detection('2026-03-02').world }
    const told = tracker({ scans: [{ at: '2026-03-02T09:00:00Z', in: 'Columbus', is: 'accepted' }] })
    const outcome = await recordTracker(tx, act, told)
    expect(outcome).toMatchObject({ done: false })
    const meanwhile = order(world)
    await pause(300)
    const about = told.trackingCode.toUpperCase()
    await tx.updateTable('inbox').set({ status: 'set aside', about, next_attempt_at: null }).execute()
    return { meanwhile }
  })
  await ordering.meanwhile
  expect(await world.db.selectFrom('inbox').select('status').execute()).toEqual([{ status: 'waiting' }])
})
