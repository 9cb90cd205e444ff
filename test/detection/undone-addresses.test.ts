// An import that is undone takes its addresses back: nobody shares them any more, and whoever did is judged again.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { undoImport } from '../../server/imports/undo.ts'
import { fern, openWorld, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const ash = { ...fern, external_id: 'E-200', name: 'Ash Tolliver', email: 'ash@example.com', line1: '4 Reed Court' }
const door = { line1: '77 Larch Avenue', line2: '', city: 'Denver', region: 'CO', postal_code: '80202', country: 'US' }
const toFern = { ...parcel, ...door, shipped_at: '2026-03-02T12:00:00Z' }
const toAsh = {
  ...parcel,
  reference: 'PO-2',
  tracking_code: '1Z2',
  serial_number: 'C02TALE002',
  person_email: ash.email,
}

const undo = async ({ importId }: { importId: string | null }) => {
  await world.run((tx) => undoImport(tx, world.act('2026-03-10'), { importId: importId! }))
  await world.detect('2026-03-10')
}
const sharing = async () => {
  const { id } = await world.device(parcel.serial_number)
  const found = await world.findings()
  return found.filter((one) => one.rule === 'address-shared' && one.device_id === id).map((one) => one.status)
}
const linksAt = async () => {
  const rows = await world.db.selectFrom('links').select(['person_id', 'value']).where('kind', '=', 'door').execute()
  return rows.filter((row) => row.value.includes('larch')).length
}

test('of a person who came to live where another’s parcel goes', async () => {
  await world.importPeople('2026-02-01', [fern, ash])
  await world.importShipments('2026-03-01T12:00:00Z', [toFern])
  const moved = await world.importPeople('2026-03-03', [{ ...ash, ...door }])
  await world.detect('2026-03-03')
  expect(await sharing()).toEqual(['active'])
  await undo(moved)
  expect(await linksAt()).toBe(1)
  expect(await sharing()).toEqual(['cleared'])
})

test('of a parcel, and of a parcel that it bound elsewhere', async () => {
  await world.importPeople('2026-02-01', [fern, ash])
  await world.importShipments('2026-03-01T12:00:00Z', [toFern])
  const made = await world.importShipments('2026-03-03', [{ ...toAsh, ...door }])
  await world.detect('2026-03-03')
  expect(await sharing()).toEqual(['active'])
  await undo(made)
  expect(await linksAt()).toBe(1)
  expect(await sharing()).toEqual(['cleared'])
  await world.importShipments('2026-03-11', [toAsh])
  const bound = await world.importShipments('2026-03-12', [{ ...toAsh, ...door }])
  await world.detect('2026-03-12')
  expect(await linksAt()).toBe(2)
  await undo(bound)
  expect(await linksAt()).toBe(1)
})

test('a ship-to that another parcel is bound for stays', async () => {
  await world.importPeople('2026-02-01', [fern])
  await world.importShipments('2026-03-01T12:00:00Z', [toFern])
  const second = await world.importShipments('2026-03-03', [
    { ...toFern, reference: 'PO-3', tracking_code: '1Z3', serial_number: 'C02TALE003' },
  ])
  await undo(second)
  expect(await linksAt()).toBe(1)
  expect(await world.shipment('PO-1')).toMatchObject({ withdrawn_at: null })
})
