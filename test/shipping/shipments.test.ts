// Parcels as files and ordering systems tell of them: tied to people, addresses and devices as these appear.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fern, openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const home = {
  line1: '12 Maple St.',
  line2: '',
  city: 'BOSTON',
  region: 'Massachusetts',
  postal_code: '02118-1234',
  country: 'USA',
}
const elsewhere = { ...home, line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85004' }
const versionOf = async (reference: string) => {
  const { address_version_id } = await world.shipment(reference)
  return world.db
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '=', address_version_id!)
    .executeTakeFirstOrThrow()
}

test('without an address of its own a parcel goes to the home on file', async () => {
  await order(world)
  expect(await versionOf('PO-1')).toMatchObject({ use: 'home', line1: '12 Maple Street' })
})

test('a ship-to at the same door as an approved version is that version, however it is written', async () => {
  await order(world, { parcel: home })
  expect(await versionOf('PO-1')).toMatchObject({ use: 'home', line1: '12 Maple Street' })
  expect(await world.events('address.added')).toHaveLength(1)
})

test('another door is a new version that nobody approved', async () => {
  await order(world, { parcel: elsewhere })
  const version = await versionOf('PO-1')
  expect(version).toMatchObject({
    use: 'ship_to',
    city: 'Phoenix',
    approved_at: null,
    person_id: (await world.person(fern.email)).id,
  })
})

test('lines of one reference are one parcel with several laptops, and the same lines again are unchanged', async () => {
  const lines = [
    { ...parcel, shipped_at: '2026-03-02T12:00:00Z' },
    { ...parcel, serial_number: 'C02TALE002', shipped_at: '2026-03-02T12:00:00Z' },
  ]
  expect(await world.importShipments('2026-03-03', lines)).toMatchObject({ created: 1, updated: 1, unchanged: 0 })
  expect(await world.events('shipment.ordered')).toHaveLength(1)
  expect(await world.events('shipment.shipped')).toHaveLength(1)
  for (const serial of ['C02TALE001', 'C02TALE002'])
    expect(await world.device(serial)).toMatchObject({ life_cycle: 'shipped', known: false })
  expect(await world.importShipments('2026-03-04', lines)).toMatchObject({ created: 0, updated: 0, unchanged: 2 })
})

test('a person not yet known is tied when they appear, as the assignee from the order on', async () => {
  await world.importShipments('2026-03-01', [{ ...parcel, ...home, person_email: 'FERN@example.com' }])
  expect(await world.shipment('PO-1')).toMatchObject({ person_id: null, pending_email: 'FERN@example.com' })
  await world.importPeople('2026-03-02', [fern])
  const { id } = await world.person(fern.email)
  expect(await world.shipment('PO-1')).toMatchObject({ person_id: id, pending_email: null })
  expect(await world.device(parcel.serial_number)).toMatchObject({
    assignee_id: id,
    state: { assignedAt: '2026-03-01T12:00:00.000Z' },
  })
  expect(await versionOf('PO-1')).toMatchObject({ use: 'home', approved_at: new Date('2026-03-02T12:00:00Z') })
})

test('an e-mail that somebody gets later ties their parcel too', async () => {
  await world.importPeople('2026-02-01', [{ ...fern, email: '' }])
  await world.importShipments('2026-03-01', [parcel])
  await world.importPeople('2026-03-02', [fern])
  expect(await world.shipment('PO-1')).toMatchObject({ person_id: (await world.person(fern.email)).id })
})

test('of several versions at that door, tying takes the approved one', async () => {
  await world.importShipments('2026-03-01', [{ ...parcel, ...home }])
  await world.importPeople('2026-03-02', [{ ...fern, email: '', address_verified: 'no', line1: '1 Oak Lane' }])
  await world.importPeople('2026-03-03', [
    {
      external_id: fern.external_id,
      identity_line1: fern.line1,
      identity_city: 'Boston',
      identity_region: 'MA',
      identity_postal_code: '02118',
      identity_country: 'US',
    },
  ])
  await world.importPeople('2026-03-04', [{ ...fern, email: '' }])
  await world.importPeople('2026-03-05', [{ external_id: fern.external_id, email: fern.email }])
  expect(await versionOf('PO-1')).toMatchObject({ use: 'home', line1: '12 Maple Street' })
})

test('a placeholder for a serial number is refused, and stops no other line', async () => {
  const came = await world.importShipments('2026-03-01', [
    { ...parcel, serial_number: 'To be filled by O.E.M.' },
    { ...parcel, reference: 'PO-2' },
  ])
  expect(came.rejected).toMatchObject([{ line: 2, column: 'serial_number' }])
  expect(came.created).toBe(1)
})

test('an address that changes on an order is another version, and replaces the one before', async () => {
  await order(world)
  const before = await versionOf('PO-1')
  await world.importShipments('2026-03-02', [{ ...parcel, ...elsewhere }])
  const [changed] = await world.events('shipment.changed')
  expect(changed!.payload).toMatchObject({ fields: ['address_version_id'], addressId: (await versionOf('PO-1')).id })
  expect((await world.events('address.added')).at(-1)!.payload).toMatchObject({
    use: 'ship_to',
    approved: false,
    replaces: before.id,
  })
})
