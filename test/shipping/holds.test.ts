// A held parcel stays where it is until a second person says otherwise, with a reason.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readInbox, storeDelivery } from '../../server/inbox.ts'
import { holdShipment, packShipment, releaseShipment, shipShipment } from '../../server/shipping/holds.ts'
import { openWorld, order, parcel, type TestWorld, time, tracker, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const id = async () => (await world.shipment('PO-1')).id
const hold = async (at = '2026-03-02', by = 'usr_rule') => {
  const shipmentId = await id()
  return world.run((tx) => holdShipment(tx, world.act(at, user(by)), { shipmentId, reason: 'call first' }))
}
const release = async (by: string, at: string) => {
  const shipmentId = await id()
  return world.run((tx) => releaseShipment(tx, world.act(at, user(by)), { shipmentId, reason: 'called: it is right' }))
}
const ship = async (at: string, trackingCode?: string) => {
  const shipmentId = await id()
  return world.run((tx) => shipShipment(tx, world.act(at), { shipmentId, trackingCode }))
}
const orderedBy = async (by: string) => {
  await world.importPeople('2026-02-01', [{ external_id: 'E-1', name: 'Fern', email: 'fern@example.com' }])
  await world.importShipments('2026-03-01', [parcel], user(by))
}

test('a held parcel cannot be marked shipped; released, it can', async () => {
  await orderedBy('usr_1')
  await world.addUser('usr_2')
  await hold()
  await expect(ship('2026-03-03')).rejects.toMatchObject({ problem: 'conflict' })
  await release('usr_2', '2026-03-03')
  await ship('2026-03-04')
  expect(await world.shipment('PO-1')).toMatchObject({ status: 'shipped', held_at: null })
})

test('a report that it was shipped all the same is kept, and marked', async () => {
  await orderedBy('usr_1')
  await hold()
  await world.importShipments('2026-03-04', [{ ...parcel, shipped_at: '2026-03-03T12:00:00Z' }])
  expect((await world.shipment('PO-1')).state).toMatchObject({
    status: 'shipped',
    contradictions: [{ why: 'reported shipped while it was held' }],
  })
})

test('who prepared it may not release it while there is somebody else', async () => {
  await orderedBy('usr_1')
  await world.addUser('usr_1')
  await world.addUser('usr_2')
  await hold()
  await expect(release('usr_1', '2026-03-09')).rejects.toMatchObject({ problem: 'forbidden' })
  await release('usr_2', '2026-03-03')
  const [released] = await world.events('shipment.released')
  expect(released).toMatchObject({ actor: user('usr_2'), payload: { alone: false } })
  const note = await world.db
    .selectFrom('notes')
    .select('text')
    .where('id', '=', released!.payload!.noteId)
    .executeTakeFirst()
  expect(note?.text).toBe('called: it is right')
})

test('who edited it, or wrote the address it goes to, may not either', async () => {
  await orderedBy('usr_1')
  await world.importShipments(
    '2026-03-02',
    [{ ...parcel, line1: '500 Desert Road', city: 'Phoenix', country: 'US' }],
    user('usr_3'),
  )
  for (const one of ['usr_1', 'usr_2', 'usr_3']) await world.addUser(one)
  await hold()
  await expect(release('usr_3', '2026-03-03')).rejects.toMatchObject({ problem: 'forbidden' })
  await release('usr_2', '2026-03-03')
})

test('an account that the preparer made is no second person for seven days', async () => {
  await orderedBy('usr_1')
  await world.addUser('usr_1')
  await world.addUser('usr_new', { by: user('usr_1'), at: '2026-03-01' })
  await hold()
  await expect(release('usr_new', '2026-03-07')).rejects.toMatchObject({ problem: 'forbidden' })
  await release('usr_new', '2026-03-08')
})

test('an account that somebody else made is one at once', async () => {
  await orderedBy('usr_1')
  await world.addUser('usr_1')
  await world.addUser('usr_new', { by: user('usr_9'), at: '2026-03-02' })
  await hold()
  await release('usr_new', '2026-03-03')
})

test('in a house with one user, that user may after a day, and the ledger says alone', async () => {
  await orderedBy('usr_1')
  await world.addUser('usr_1')
  await hold('2026-03-02')
  await expect(release('usr_1', '2026-03-03T11:59:00Z')).rejects.toMatchObject({ problem: 'forbidden' })
  await release('usr_1', '2026-03-03T12:00:00Z')
  expect((await world.events('shipment.released'))[0]!.payload).toMatchObject({ alone: true })
})

test('no machine releases, and nothing is released twice', async () => {
  await orderedBy('usr_1')
  await world.addUser('usr_2')
  await hold()
  const shipmentId = await id()
  const byToken = world.act('2026-03-03', { type: 'token', id: 'tok_1' })
  await expect(world.run((tx) => releaseShipment(tx, byToken, { shipmentId, reason: 'x' }))).rejects.toMatchObject({
    problem: 'forbidden',
  })
  await release('usr_2', '2026-03-03')
  await expect(release('usr_2', '2026-03-03')).rejects.toMatchObject({ problem: 'conflict' })
})

test('what has left cannot be held, packed or shipped again', async () => {
  await order(world)
  await ship('2026-03-02')
  const shipmentId = await id()
  await expect(hold()).rejects.toMatchObject({ problem: 'conflict', message: expect.stringContaining('carrier') })
  await expect(ship('2026-03-03')).rejects.toMatchObject({
    problem: 'conflict',
    message: expect.stringContaining('shipped'),
  })
  await expect(world.run((tx) => packShipment(tx, world.act('2026-03-03'), { shipmentId }))).rejects.toMatchObject({
    problem: 'conflict',
  })
})

test('a tracking number given at the hand-over picks up what the carrier had said already', async () => {
  await order(world, { parcel: { tracking_code: '' } })
  const reader = {
    source: 'carrier',
    vouches: 'nothing' as const,
    read: () => [
      tracker({ trackingCode: '1Z7', scans: [{ at: '2026-03-02T12:00:00Z', in: 'Boston', is: 'accepted' }] }),
    ],
  }
  const reading = {
    db: world.db,
    world: world.world,
    readers: new Map([['carrier', reader]]),
    log: { error: () => {} },
  }
  await storeDelivery(world.db, time('2026-03-03'), {
    source: 'carrier',
    deliveryKey: 'evt_1',
    body: Buffer.from('{}'),
    tokenId: null,
  })
  expect(await readInbox({ ...reading, clock: () => time('2026-03-03') })).toMatchObject({ setAside: 1 })
  await ship('2026-03-03', '1Z7')
  expect(await readInbox({ ...reading, clock: () => time('2026-03-04') })).toMatchObject({ read: 1 })
})
