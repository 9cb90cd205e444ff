// Who signed, and whom the parcel is addressed to: compared with the assignee, kept as a result, never as a name.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { undoImport } from '../../server/imports/undo.ts'
import { endDeclaration } from '../../server/people/declarations.ts'
import { fern, openWorld, order, parcel, type TestWorld, type TrackerTold, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const road: TrackerTold['scans'] = [
  { at: '2026-03-02T09:00:00Z', in: 'Columbus', is: 'accepted' },
  { at: '2026-03-04T15:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
]
const otto = { ...fern, external_id: 'E-101', name: 'Otto Brill', email: 'otto@example.com', line1: '4 Elm Street' }
const signed = async () => (await world.events('shipment.signed')).map((event) => event.payload?.result)
const addressed = async () => (await world.events('shipment.addressee_compared')).map((event) => event.payload?.result)
const deliver = (signedBy: string | null, over: Partial<TrackerTold> = {}) =>
  world.scan('2026-03-05', { signedBy, updatedAt: '2026-03-04T16:00:00Z', scans: road, ...over })

describe('a signer', () => {
  test.each([
    ['F HOLLIS', 'same'],
    ['MARCO QUILL', 'different'],
    ['HOLLIS', 'cannot tell'],
    ['FRONT DESK', 'desk or agent'],
    ['SIGNATURE ON FILE', 'cannot tell'],
  ])('%s is said as a result and a keyed hash, once', async (name, result) => {
    await order(world)
    await deliver(name)
    await deliver(name)
    expect(await signed()).toEqual([result])
    const [event] = await world.events('shipment.signed')
    expect(event?.occurredAt).toEqual(time('2026-03-04T20:00:00Z'))
    expect(JSON.stringify(await world.events())).not.toMatch(/hollis|quill|desk"|on file/i)
  })

  test('counts once the parcel is delivered, whichever is heard first', async () => {
    await order(world)
    await deliver('MARCO QUILL', { scans: [road[0]!] })
    expect(await signed()).toEqual([])
    await deliver(null, { updatedAt: '2026-03-04T15:30:00Z' })
    expect(await signed()).toEqual(['different'])
  })

  test('is the one of the newest report', async () => {
    await order(world)
    await deliver('MARCO QUILL', { updatedAt: '2026-03-04T16:00:00Z' })
    await deliver('FERN HOLLIS', { updatedAt: '2026-03-04T15:00:00Z' })
    expect((await world.shipment('PO-1')).signed_by).toBe('MARCO QUILL')
    await deliver('FERN HOLLIS', { updatedAt: '2026-03-04T17:00:00Z' })
    expect(await signed()).toEqual(['different', 'same'])
  })

  test('who was declared as a delegate or of the household is no stranger, while that holds', async () => {
    await order(world)
    await world.importPeople('2026-02-01', [otto])
    const declare = (kind: string, from: string, to: string, first = fern, second = otto) =>
      world.importDeclarations('2026-02-01', [
        { kind, person_email: first.email, other_email: second.email, starts_on: from, ends_on: to, reason: 'told us' },
      ])
    await declare('delegate', '2026-02-01', '2026-02-20')
    await deliver('OTTO BRILL')
    await declare('household', '2026-02-01', '2026-06-01', otto, fern)
    await deliver('O BRILL', { updatedAt: '2026-03-04T18:00:00Z' })
    await deliver('MARCO BRILL', { updatedAt: '2026-03-04T19:00:00Z' })
    await world.importDeclarations('2026-02-01', [
      { kind: 'delegate', person_email: fern.email, value: 'Ruth Marsh', starts_on: '2026-03-01', reason: 'told us' },
    ])
    await deliver('R MARSH', { updatedAt: '2026-03-04T20:00:00Z' })
    // The household is said of the parcel that came before it was declared, too.
    expect(await signed()).toEqual(['different', 'delegate', 'delegate', 'different', 'delegate'])
  })

  test('is compared again once the person has another name, and recorded where that differs', async () => {
    await order(world, { parcel: { addressee: 'Fern Hollis' } })
    await deliver('F MARSH')
    expect([await signed(), await addressed()]).toEqual([['different'], ['same']])
    await world.importPeople('2026-04-01', [{ ...fern, name: 'Fern Marsh' }])
    expect([await signed(), await addressed()]).toEqual([
      ['different', 'same'],
      ['same', 'cannot tell'],
    ])
    await world.importPeople('2026-04-02', [{ ...fern, name: 'Fern A. Marsh' }])
    expect(await signed()).toHaveLength(2)
  })

  test('is left as it was read where the parcel is older than half a year', async () => {
    await order(world)
    await deliver('F MARSH')
    await world.importPeople('2026-12-01', [{ ...fern, name: 'Fern Marsh' }])
    expect(await signed()).toEqual(['different'])
  })

  test('is a delegate from the declaration on, and what came while it held stays so when it ends', async () => {
    await order(world, { parcel: { addressee: 'Ruth Marsh' } })
    await deliver('R MARSH')
    const end = async (now: string) => {
      const { id } = await world.db
        .selectFrom('declarations')
        .select('id')
        .where('ended_at', 'is', null)
        .executeTakeFirstOrThrow()
      await world.run((tx) => endDeclaration(tx, world.act(now), { declarationId: id, reason: 'told us' }))
    }
    const delegate = { kind: 'delegate', person_email: fern.email, value: 'Ruth Marsh', reason: 'told us' }
    const declared = await world.importDeclarations('2026-03-06', [{ ...delegate, starts_on: '2026-03-01' }])
    expect([await signed(), await addressed()]).toEqual([
      ['different', 'delegate'],
      ['different', 'delegate'],
    ])
    await end('2026-03-07')
    expect(await signed()).toHaveLength(2)
    expect(declared.created).toBe(1)
  })

  test('no longer is one for a parcel still on its way when the declaration ends', async () => {
    await world.importPeople('2026-02-01', [fern])
    await world.importDeclarations('2026-02-01', [
      { kind: 'delegate', person_email: fern.email, value: 'Ruth Marsh', starts_on: '2026-02-01', reason: 'told us' },
    ])
    await world.importShipments('2026-03-01T12:00:00Z', [{ ...parcel, addressee: 'Ruth Marsh' }])
    const { id } = await world.db.selectFrom('declarations').select('id').executeTakeFirstOrThrow()
    await world.run((tx) => endDeclaration(tx, world.act('2026-03-02'), { declarationId: id, reason: 'told us' }))
    expect(await addressed()).toEqual(['delegate', 'different'])
  })

  test('is compared as before once the import that said otherwise is undone', async () => {
    await order(world)
    await deliver('F MARSH')
    const { importId } = await world.importPeople('2026-03-06', [{ ...fern, name: 'Fern Marsh' }])
    await world.run((tx) => undoImport(tx, world.act('2026-03-07'), { importId: importId! }))
    expect(await signed()).toEqual(['different', 'same', 'different'])
  })

  test('is compared once its person is known', async () => {
    await world.importShipments('2026-03-01T12:00:00Z', [{ ...parcel, addressee: 'F Hollis' }])
    await deliver('FERN HOLLIS')
    expect([await signed(), await addressed()]).toEqual([[], []])
    await world.importPeople('2026-03-06', [fern])
    expect([await signed(), await addressed()]).toEqual([['same'], ['same']])
  })

  test('of a return, or of a parcel of an erased person, is no concern', async () => {
    await order(world, { parcel: { direction: 'return' } })
    await deliver('MARCO QUILL')
    expect(await signed()).toEqual([])
    await world.reset()
    await order(world)
    await world.run((tx) =>
      tx
        .updateTable('people')
        .set({ name: null, erased_at: time('2026-03-02') })
        .execute(),
    )
    await deliver('MARCO QUILL')
    expect(await signed()).toEqual([])
    expect((await world.shipment('PO-1')).signed_by).toBeNull()
  })

  test('of several parcels is one signer however the name is written', async () => {
    await order(world)
    await world.importPeople('2026-02-01', [otto])
    await world.importShipments('2026-03-01T12:00:00Z', [
      { ...parcel, reference: 'PO-2', tracking_code: '1Z2', serial_number: 'C02TALE002', person_email: otto.email },
    ])
    await deliver('QUILL, MARCO')
    await deliver('Marco Quill', { trackingCode: '1Z2' })
    const [one, other] = await world.events('shipment.signed')
    expect(one?.payload?.signer).toBe(other?.payload?.signer)
  })
})

describe('an addressee', () => {
  test('is compared when the order names one, and again when it or the person changes', async () => {
    await order(world, { parcel: { addressee: 'Fern Hollis' } })
    const again = (over: object) => world.importShipments('2026-03-02T12:00:00Z', [{ ...parcel, ...over }])
    await again({ addressee: 'Fern Hollis' })
    expect(await addressed()).toEqual(['same'])
    await again({ addressee: 'Marco Quill' })
    await world.importPeople('2026-02-01', [otto])
    await again({ person_email: otto.email, addressee: 'Otto Brill' })
    expect(await addressed()).toEqual(['same', 'different', 'same'])
    expect(JSON.stringify(await world.events('shipment.addressee_compared'))).not.toMatch(/quill|hollis|brill/i)
  })

  test('that is not named is not compared', async () => {
    await order(world)
    expect(await addressed()).toEqual([])
  })
})
