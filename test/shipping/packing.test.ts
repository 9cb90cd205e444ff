// Packing by scan: the right laptop in the right box, and every other one refused with where it belongs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readScanned } from '../../server/devices/scanned.ts'
import { holdShipment, packShipment, shipShipment } from '../../server/shipping/holds.ts'
import { packScanned } from '../../server/shipping/packing.ts'
import { fern, openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const at = '2026-03-02'
const pack = (serial: string, over: { shipmentId?: string; scanId?: string } = {}) =>
  world.run((tx) => packScanned(tx, world.act(at), { serial, ...over }))
const stands = async (serial: string) => (await world.device(serial)).life_cycle
const second = { ...parcel, serial_number: 'C02TALE002' }
const other = { ...parcel, reference: 'PO-2', tracking_code: '1Z2', serial_number: 'C02TALE003' }

test('the serial number alone finds the parcel that waits for it', async () => {
  await order(world)
  expect(await pack(parcel.serial_number)).toMatchObject({ is: 'packed', parcel: 'parcel PO-1', packed: 1, of: 1 })
  expect(await world.shipment('PO-1')).toMatchObject({ status: 'packed' })
  expect(await stands(parcel.serial_number)).toBe('packed')
  const { id } = await world.device(parcel.serial_number)
  expect(await world.events('shipment.packed')).toMatchObject([{ deviceId: id, payload: { deviceId: id } }])
})

test('a parcel of several is packed when the last one is in it, and each laptop when it is', async () => {
  await order(world)
  await world.importShipments('2026-03-01', [second])
  await pack(second.serial_number)
  expect(await world.shipment('PO-1')).toMatchObject({ status: 'ordered' })
  expect([await stands(parcel.serial_number), await stands(second.serial_number)]).toEqual(['ordered', 'packed'])
  expect(await pack(parcel.serial_number)).toMatchObject({ packed: 2, of: 2 })
  expect(await world.shipment('PO-1')).toMatchObject({ status: 'packed' })
  expect(await stands(parcel.serial_number)).toBe('packed')
  expect((await world.device(second.serial_number)).state.contradictions).toEqual([])
})

test('scanned again it is packed already; the same scan sent again is the same scan', async () => {
  await order(world)
  const first = await pack(parcel.serial_number, { scanId: 'scan-0001' })
  expect(await pack(parcel.serial_number, { scanId: 'scan-0001' })).toEqual(first)
  expect(await pack(parcel.serial_number, { scanId: 'scan-0002' })).toMatchObject({ is: 'already' })
  expect(await world.events('shipment.packed')).toHaveLength(1)
  const { id: shipmentId } = await world.shipment('PO-1')
  await world.run((tx) => shipShipment(tx, world.act('2026-03-03'), { shipmentId }))
  expect(await pack(parcel.serial_number, { scanId: 'scan-0001' })).toEqual(first)
})

test('two who scan it at the same moment pack it once', async () => {
  await order(world)
  const results = await Promise.all([pack(parcel.serial_number), pack(parcel.serial_number)])
  expect(results.map((one) => one.is).sort()).toEqual(['already', 'packed'])
  expect(await world.events('shipment.packed')).toHaveLength(1)
})

describe('refused', () => {
  test('in another parcel, with the one it belongs in and nobody’s name', async () => {
    await order(world)
    await world.importShipments('2026-03-01', [other])
    const { id: shipmentId } = await world.shipment('PO-2')
    const refusal = pack(parcel.serial_number, { shipmentId })
    await expect(refusal).rejects.toMatchObject({ problem: 'conflict', message: expect.stringContaining('PO-1') })
    await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining(fern.name) })
    expect(await world.events('shipment.packed')).toEqual([])
  })

  test('while its parcel is held', async () => {
    await order(world)
    const { id: shipmentId } = await world.shipment('PO-1')
    await world.run((tx) => holdShipment(tx, world.act(at), { shipmentId, reason: 'call first' }))
    await expect(pack(parcel.serial_number)).rejects.toMatchObject({ message: expect.stringContaining('held') })
  })

  test('once the parcel has left, or where none was ordered', async () => {
    await order(world)
    await world.importDevices('2026-02-01', [{ serial_number: 'C02TALE009', status: 'stock' }])
    const { id: shipmentId } = await world.shipment('PO-1')
    await world.run((tx) => shipShipment(tx, world.act(at), { shipmentId }))
    await expect(pack(parcel.serial_number)).rejects.toMatchObject({ message: expect.stringContaining('left') })
    await expect(pack('C02TALE009')).rejects.toMatchObject({ message: expect.stringContaining('No parcel waits') })
  })

  test('as unknown where no laptop has the serial number', async () => {
    await expect(pack('NOTOURS123')).rejects.toMatchObject({ problem: 'not_found' })
  })
})

test('marked packed by hand it can still be scanned, and a laptop ordered anew goes into the new parcel', async () => {
  await order(world)
  const { id: shipmentId } = await world.shipment('PO-1')
  await world.run((tx) => packShipment(tx, world.act(at), { shipmentId }))
  expect(await pack(parcel.serial_number)).toMatchObject({ is: 'packed' })
  expect((await world.device(parcel.serial_number)).state.contradictions).toEqual([])
  await world.importShipments('2026-03-05', [
    { ...other, serial_number: parcel.serial_number, ordered_at: '2026-03-05T12:00:00Z' },
  ])
  expect(await pack(parcel.serial_number)).toMatchObject({ is: 'packed', parcel: 'parcel PO-2' })
})

describe('a scan', () => {
  const read = async (text: string) => (await readScanned(world.db, text)).map((code) => code.serial)

  test('loses a barcode’s prefix only where the rest is a serial number on file', async () => {
    await world.importDevices('2026-02-01', [
      { serial_number: 'C02TALE001' },
      { serial_number: 'S0NEOFOURS' },
      { serial_number: 'PF1ABCDE' },
    ])
    expect(await read('SC02TALE001')).toEqual(['C02TALE001'])
    expect(await read('s0neofours')).toEqual(['S0NEOFOURS'])
    expect(await read('1S20XW004JUSPF1ABCDE')).toEqual(['PF1ABCDE'])
    expect(await read('SNOTOURS123')).toEqual(['SNOTOURS123'])
    expect(await read('  ')).toEqual([])
  })

  test('of several codes is several, with anything or nothing between them', async () => {
    await world.importDevices('2026-02-01', [{ serial_number: 'C02TALE001' }, { serial_number: 'C02TALE002' }])
    expect(await read('C02TALE001 C02TALE002')).toEqual(['C02TALE001', 'C02TALE002'])
    expect(await read('C02TALE001C02TALE002')).toEqual(['C02TALE001', 'C02TALE002'])
    expect(await read('SC02TALE001SC02TALE002')).toEqual(['C02TALE001', 'C02TALE002'])
    expect(await read('C02TALE001NOTOURS1')).toEqual(['C02TALE001NOTOURS1'])
  })
})
