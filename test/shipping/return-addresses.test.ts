// Where a return goes is a stockroom's address: nobody's home, in no review, and known to no rule as its person's.
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import { loadFacts } from '../../server/detection/facts.ts'
import { migrate } from '../../server/lib/database.ts'
import { listProposals } from '../../server/views/address-review.ts'
import { readScans } from '../../server/views/scans.ts'
import { listShipments, readShipment } from '../../server/views/shipments.ts'
import { testDatabase } from '../database.ts'
import { fern, openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const stockroom = {
  line1: '1 Depot Road',
  line2: '',
  city: 'Columbus',
  region: 'OH',
  postal_code: '43004',
  country: 'US',
}
const back = { ...parcel, reference: 'RMA-1', direction: 'return', tracking_code: '1Z9', ...stockroom }
const bringBack = (over: object = {}, now = '2026-06-01') =>
  world.importShipments(now, [{ ...back, ordered_at: '2026-06-01T12:00:00Z', ...over }])
const dossier = async () => {
  const facts = await loadFacts(world.db, (await world.device('C02TALE001')).id, Number.MAX_SAFE_INTEGER)
  return assembleDossier(facts!, { seq: Number.MAX_SAFE_INTEGER })
}
const proposals = async () => (await listProposals(world.db, { personId: null, after: null, limit: 10 })).total
const versions = () => world.db.selectFrom('address_versions').selectAll().where('use', '=', 'ship_to').execute()
const every = {
  text: '',
  status: [],
  held: null,
  direction: 'return' as const,
  deliveryChange: false,
  waits: null,
  after: null,
  limit: 10,
}

test('it belongs to nobody, waits for no approval, and is no address of the person', async () => {
  await order(world)
  await bringBack()
  expect(await versions()).toMatchObject([{ city: 'Columbus', person_id: null }])
  expect((await world.events('address.added')).at(-1)).toMatchObject({ personId: null })
  expect(await proposals()).toBe(0)
  const { addresses, shipments } = await dossier()
  expect(addresses.map((one) => one.use)).toEqual(['home'])
  expect(shipments.find((one) => one.direction === 'return')?.destination?.place.city).toBe('Columbus')
})

test('the pages say that the parcel goes there', async () => {
  await order(world)
  await bringBack()
  const { id } = await world.shipment('RMA-1')
  expect((await readShipment(world.db, id)).address).toMatchObject({ city: 'Columbus', isFrom: false })
  expect((await readScans(world.db, id)).expected?.name).toMatch(/Columbus/)
  expect((await listShipments(world.db, every)).shipments).toMatchObject([
    { place: expect.stringMatching(/Columbus/), isFrom: false },
  ])
})

test('without an address a return comes from the home on file', async () => {
  await order(world)
  await bringBack({ line1: '', city: '', region: '', postal_code: '', country: '' })
  const { id } = await world.shipment('RMA-1')
  expect((await readShipment(world.db, id)).address).toMatchObject({ city: 'Boston', isFrom: true })
  expect((await readScans(world.db, id)).expected).toBeNull()
  expect(await versions()).toEqual([])
})

test('it is never taken for a version of the person, though they live there', async () => {
  await order(world, { person: stockroom })
  await bringBack()
  expect(await versions()).toMatchObject([{ person_id: null }])
  await bringBack({ carrier: 'FedEx' }, '2026-06-02')
  expect(await versions()).toHaveLength(1)
})

test('it is not tied to the person once they appear, though the parcel is', async () => {
  await bringBack()
  await world.importPeople('2026-06-02', [{ ...fern, ...stockroom }])
  const { person_id, address_version_id } = await world.shipment('RMA-1')
  const [version] = await versions()
  expect(person_id).toBe((await world.person(fern.email)).id)
  expect(version).toMatchObject({ id: address_version_id, person_id: null })
})

test('an order that turns out to be a return takes its address from nobody, and one that is none after all gives it to its person', async () => {
  await order(world, { parcel: stockroom })
  await world.importShipments('2026-03-02', [{ ...parcel, direction: 'return', ...stockroom }])
  const { address_version_id } = await world.shipment('PO-1')
  const owner = async (id: string | null) => (await versions()).find((one) => one.id === id)?.person_id
  expect(await owner(address_version_id)).toBeNull()
  await world.importShipments('2026-03-03', [{ ...parcel, direction: 'out', ...stockroom }])
  expect(await owner((await world.shipment('PO-1')).address_version_id)).toBe((await world.person(fern.email)).id)
})

test('an event of old that gave it to the person gives it to nobody any more', async () => {
  await order(world, { parcel: stockroom })
  expect((await dossier()).addresses.map((one) => one.use)).toEqual(['home', 'ship_to'])
  await world.db.updateTable('address_versions').set({ person_id: null }).where('use', '=', 'ship_to').execute()
  expect((await dossier()).addresses.map((one) => one.use)).toEqual(['home'])
})

test('a database of an earlier release comes right: what only returns go to is taken from the person, and their laptops are judged again', async () => {
  const { db, drop } = await testDatabase({ empty: true })
  await migrate(db, { upTo: '0004_auth' })
  const address = (id: string) => sql`insert into address_versions
    (id, person_id, use, line1, city, country, valid_from, recorded_at, source, author, normaliser_version, class)
    values (${id}, 'per_1', 'ship_to', '1 Depot Road', 'Columbus', 'US', now(), now(), 'shipment', '{}', 1, '{}')`
  const shipment = (id: string, direction: string, addressId: string) => sql`insert into shipments
    (id, direction, person_id, address_version_id, ordered_at, prepared_by, created_at)
    values (${id}, ${direction}, 'per_1', ${addressId}, now(), '{}', now())`
  for (const one of [
    sql`insert into people (id, name, kind, created_at) values ('per_1', 'Fern', 'employee', now())`,
    address('adr_back'),
    address('adr_both'),
    shipment('shp_1', 'return', 'adr_back'),
    shipment('shp_2', 'return', 'adr_both'),
    shipment('shp_3', 'out', 'adr_both'),
    sql`insert into devices (id, serial_number, known, life_cycle, holder_kind, created_at)
      values ('dev_1', 'C1', true, 'returned', 'stockroom', now()), ('dev_2', 'C2', true, 'stock', 'stockroom', now())`,
    sql`insert into shipment_devices (shipment_id, device_id) values ('shp_1', 'dev_1'), ('shp_2', 'dev_2')`,
    sql`insert into ledger (seq, kind, occurred_at, recorded_at, actor, payload, salt, commitment, prev_hash, hash)
      values (1, 'ledger.opened', '2026-01-01', '2026-01-01', '{}', '{}', '', '', '', '')`,
  ])
    await one.execute(db)
  await migrate(db)
  const owners = await db.selectFrom('address_versions').select(['id', 'person_id']).orderBy('id').execute()
  expect(owners).toEqual([
    { id: 'adr_back', person_id: null },
    { id: 'adr_both', person_id: 'per_1' },
  ])
  expect(await db.selectFrom('watch').select(['device_id', 'look_again_at']).execute()).toEqual([
    { device_id: 'dev_1', look_again_at: new Date('2026-01-01') },
  ])
  await drop()
})
