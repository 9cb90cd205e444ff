// An order that came from elsewhere is prepared here: as it came, once its address was checked, and then like any other.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refuseAddress } from '../../server/addresses/versions.ts'
import { type PrepareOrderInput, prepareOrder } from '../../server/shipping/prepare-order.ts'
import { readShipment } from '../../server/views/shipments.ts'
import { fern, parcel } from '../world.ts'
import { type Bench, openBench } from './desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  await bench.reset()
  await bench.found()
})

const phoenix = { line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85001', country: 'US' }
const ordered = { ...parcel, carrier: '', tracking_code: '' }
const order = (over: object = {}) => bench.world.importShipments('2026-03-01T12:00:00Z', [{ ...ordered, ...over }])
const idOf = async () => (await bench.world.shipment('PO-1')).id

/** Prepared with a yes to every question. */
async function prepare(over: Partial<PrepareOrderInput> & { by?: string } = {}) {
  const { id, address_version_id } = await bench.world.shipment('PO-1')
  const { by, ...input } = { shipmentId: id, addressId: address_version_id ?? '', ...over }
  const { checks } = await bench.outlook(input.addressId).catch(() => ({ checks: [] }))
  const answers = checks.map((check) => ({ check: check.id, answer: 'yes' as const }))
  return bench.world.run((tx) => prepareOrder(tx, bench.act(by), { answers, ...input }))
}
const refused = (over?: Partial<PrepareOrderInput>) => expect(prepare(over)).rejects
const obstacles = async () => (await readShipment(bench.world.db, await idOf())).obstacles

test('its person, laptop and address are taken, and a label can be bought for it', async () => {
  await order()
  const before = await bench.world.shipment('PO-1')
  const { shipmentId } = await prepare()
  const after = await bench.world.shipment('PO-1')
  expect(after).toMatchObject({
    id: shipmentId,
    status: 'ordered',
    person_id: before.person_id,
    address_version_id: before.address_version_id,
    policy: { tier: 'standard' },
    prepared_by: { type: 'user', id: 'usr_1' },
  })
  expect(await bench.world.events('shipment.prepared')).toMatchObject([
    { shipmentId, personId: before.person_id, payload: { addressId: before.address_version_id, answers: [] } },
  ])
  expect(await bench.world.events('shipment.changed')).toEqual([])
  await bench.buy(shipmentId, await bench.quote(shipmentId))
  expect((await bench.label(shipmentId)).state).toBe('bought')
})

test('until then no label is bought for it, and it is said what to do', async () => {
  await order()
  await expect(bench.quote(await idOf())).rejects.toMatchObject({
    message: expect.stringContaining('prepare it first'),
  })
})

test('its address is asked about and locked: what the ordering system says later does not move it', async () => {
  await order(phoenix)
  await refused({ answers: [] }).toMatchObject({ faults: [{ path: 'answers.not approved' }, { path: 'answers.home' }] })
  await prepare()
  const { address_version_id } = await bench.world.shipment('PO-1')
  await order({ line1: '9 Other Street', city: 'Miami', region: 'FL', postal_code: '33101', country: 'US' })
  expect(await bench.world.shipment('PO-1')).toMatchObject({ address_version_id, state: { contradictions: [{}] } })
})

test('another address of theirs may be chosen, which changes the order', async () => {
  await order(phoenix)
  const { versions } = await bench.ids()
  const home = versions.find((one) => one.use === 'home')!.id
  const { address_version_id: given } = await bench.world.shipment('PO-1')
  await bench.world.run((tx) => refuseAddress(tx, bench.act(), { addressId: given!, reason: 'not theirs' }))
  await refused().toMatchObject({ message: expect.stringContaining('refused') })
  await prepare({ addressId: home })
  expect(await bench.world.events('shipment.changed')).toMatchObject([{ payload: { addressId: home } }])
  expect((await bench.world.shipment('PO-1')).address_version_id).toBe(home)
})

test('whoever ordered or prepared it is no second person for its label, from the preparation on', async () => {
  await order()
  await prepare()
  await bench.world.db
    .updateTable('shipments')
    .set({ policy: JSON.stringify({ ...((await bench.world.shipment('PO-1')).policy as object), secondPerson: true }) })
    .execute()
  const id = await idOf()
  const quoted = await bench.quote(id)
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ message: expect.stringContaining('somebody else') })
  await bench.world.db.deleteFrom('auth.user').where('id', '=', 'usr_2').execute()
  await expect(bench.buy(id, quoted)).rejects.toMatchObject({ message: expect.stringContaining('24 hours') })
})

describe('refused, with the reason', () => {
  test('while its person is not on file', async () => {
    await order({ person_email: 'ash@example.com' })
    expect(await obstacles()).toEqual(['its person is not on file yet: import them first'])
    await refused().toMatchObject({ problem: 'invalid', faults: [{ path: 'personId' }] })
    await bench.world.importPeople('2026-03-01T13:00:00Z', [
      { ...fern, external_id: 'E-101', name: 'Ash Rowan', email: 'ash@example.com' },
    ])
    expect(await obstacles()).toEqual([])
  })

  test('while a laptop in it is not, or none is named', async () => {
    await order({ serial_number: 'C02TALE009' })
    expect(await obstacles()).toEqual(['C02TALE009 is not on file yet: import the laptop first'])
    await refused().toMatchObject({ faults: [{ path: 'deviceIds' }] })
    await bench.world.importDevices('2026-03-01T13:00:00Z', [{ serial_number: 'C02TALE009', model: 'MacBook' }])
    expect(await obstacles()).toEqual([])
    await order({ reference: 'PO-2', serial_number: '' })
    const { id } = await bench.world.shipment('PO-2')
    await refused({ shipmentId: id }).toMatchObject({ faults: [{ problem: 'no laptop is named in it' }] })
  })

  test('where its laptop is out, or in another open shipment', async () => {
    await bench.prepare({ reference: 'PO-0' })
    await order()
    await refused().toMatchObject({ message: expect.stringContaining('open shipment already (PO-0)') })
  })

  test('once it has a tracking number, was shipped, or was prepared', async () => {
    await order({ tracking_code: '1Z1' })
    expect(await obstacles()).toBeNull()
    await refused().toMatchObject({ message: expect.stringContaining('label was bought elsewhere') })
    await order({ shipped_at: '2026-03-01T15:00:00Z' })
    await refused().toMatchObject({ message: expect.stringContaining('it is shipped already') })
    await order({ reference: 'PO-2', serial_number: 'C02TALE001', direction: 'return' })
    const { id } = await bench.world.shipment('PO-2')
    await refused({ shipmentId: id }).toMatchObject({ message: expect.stringContaining('it is a return') })
  })

  test('a second time', async () => {
    await order()
    await prepare()
    expect(await obstacles()).toBeNull()
    await refused().toMatchObject({ message: expect.stringContaining('prepared already') })
  })

  test('where there is no such shipment', async () => {
    await order()
    await refused({ shipmentId: 'shp_none' }).toMatchObject({ problem: 'not_found' })
  })
})
