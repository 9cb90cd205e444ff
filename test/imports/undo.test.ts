// Undoing an import: all that nothing newer has touched goes back, and what stays is named.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { undoImport } from '../../server/imports/undo.ts'
import { fern, openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const undo = (summary: { importId: string | null }, at = '2026-03-10') =>
  world.run((tx) => undoImport(tx, world.act(at), { importId: summary.importId! }))
const elsewhere = {
  line1: '500 Desert Road',
  line2: '',
  city: 'Phoenix',
  region: 'AZ',
  postal_code: '85004',
  country: 'US',
}

test('what it created is withdrawn, and can be imported again', async () => {
  const came = await world.importPeople('2026-03-01', [fern])
  const devices = await world.importDevices('2026-03-01', [{ serial_number: 'C02TALE001' }])
  expect(await undo(came)).toEqual({ undone: 1, kept: [] })
  expect(await undo(devices)).toEqual({ undone: 1, kept: [] })
  expect((await world.importPeople('2026-03-11', [fern])).created).toBe(1)
  expect((await world.importDevices('2026-03-11', [{ serial_number: 'C02TALE001' }])).created).toBe(1)
})

test('what it updated is as before, its addresses too', async () => {
  await world.importPeople('2026-03-01', [{ ...fern, remark: 'old' }])
  const before = await world.person(fern.email)
  const came = await world.importPeople('2026-03-02', [{ ...fern, ...elsewhere, name: 'Fern Quill', remark: 'new' }])
  expect(await undo(came)).toEqual({ undone: 1, kept: [] })
  expect(await world.person(fern.email)).toEqual(before)
  const homes = await world.db.selectFrom('address_versions').select('city').where('withdrawn_at', 'is', null).execute()
  expect(homes).toEqual([{ city: 'Boston' }])
})

test('a parcel that it made leaves its laptop where it was', async () => {
  await world.importDevices('2026-02-01', [{ serial_number: parcel.serial_number }])
  const { shipments } = await order(world)
  expect(await world.device(parcel.serial_number)).toMatchObject({ life_cycle: 'ordered' })
  expect(await undo(shipments)).toEqual({ undone: 1, kept: [] })
  expect(await world.device(parcel.serial_number)).toMatchObject({ life_cycle: 'stock', assignee_id: null })
})

test('a parcel that it bound elsewhere is bound for where it was, and for whom', async () => {
  await order(world)
  const before = await world.shipment('PO-1')
  await world.importPeople('2026-02-02', [{ external_id: 'E-2', name: 'Bo', email: 'bo@example.com' }])
  const came = await world.importShipments('2026-03-02', [{ ...parcel, ...elsewhere, person_email: 'bo@example.com' }])
  await undo(came)
  expect(await world.shipment('PO-1')).toMatchObject({
    person_id: before.person_id,
    address_version_id: before.address_version_id,
  })
  expect((await world.events('shipment.changed')).at(-1)!.payload).toMatchObject({
    personId: before.person_id,
    addressId: before.address_version_id,
  })
  expect(await world.device(parcel.serial_number)).toMatchObject({ assignee_id: before.person_id })
})

test('what something newer touched is kept, and named', async () => {
  const came = await world.importPeople('2026-03-01', [fern, { external_id: 'E-2', name: 'Bo' }])
  await world.importPeople('2026-03-02', [{ external_id: 'E-2', phone: '1' }])
  const undone = await undo(came)
  expect(undone.undone).toBe(1)
  expect(undone.kept).toMatchObject([{ line: 3, entity: 'person' }])
  expect(
    (await world.db.selectFrom('people').select('name').where('withdrawn_at', 'is', null).execute()).map(
      (row) => row.name,
    ),
  ).toEqual(['Bo'])
})

test('what detection concluded meanwhile is nothing newer', async () => {
  const { shipments } = await order(world, { parcel: elsewhere })
  await world.detect('2026-03-02')
  expect((await undo(shipments)).kept).toEqual([])
})

test('several lines of one parcel, far apart in the file, go together', async () => {
  const filler = Array.from({ length: 220 }, (_, i) => ({ reference: `X-${i}` }))
  const came = await world.importShipments('2026-03-01', [
    parcel,
    ...filler,
    { ...parcel, serial_number: 'C02TALE002' },
  ])
  expect(await undo(came)).toEqual({ undone: 222, kept: [] })
})

test('a status that it reported stays on record, and is named', async () => {
  await world.importDevices('2026-03-01', [{ serial_number: 'C02TALE001', status: 'repair' }])
  const came = await world.importDevices('2026-03-02', [{ serial_number: 'C02TALE001', status: 'retired' }])
  expect(await undo(came)).toMatchObject({ undone: 0, kept: [{ line: 2, why: expect.stringContaining('status') }] })
  expect(await world.device('C02TALE001')).toMatchObject({ life_cycle: 'retired' })
})

test('nothing is undone twice', async () => {
  const came = await world.importPeople('2026-03-01', [fern])
  await undo(came)
  await expect(undo(came)).rejects.toMatchObject({ problem: 'conflict' })
})
