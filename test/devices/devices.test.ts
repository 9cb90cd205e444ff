// Devices: registered, adopted when a report knew them first, and never moved by an old file.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setDeviceStatus } from '../../server/devices/custody.ts'
import { fern, openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const serial = parcel.serial_number
const devices = () => world.db.selectFrom('devices').selectAll().execute()

test('one that a check-in or a parcel knew first is adopted, with its history', async () => {
  await world.checkIn('2026-03-01', { serialNumber: serial.toLowerCase(), osVersion: '15' })
  await order(world)
  expect(await world.device(serial)).toMatchObject({ known: false, life_cycle: 'ordered' })
  const { id } = await world.device(serial)
  expect(await world.importDevices('2026-03-05', [{ serial_number: ` ${serial} `, asset_tag: 'A-1' }])).toMatchObject({
    created: 1,
  })
  expect(await devices()).toHaveLength(1)
  expect(await world.device(serial)).toMatchObject({ id, known: true, asset_tag: 'A-1', life_cycle: 'ordered' })
})

test('one without a serial number goes by its hardware UUID, and gets the serial when it is told', async () => {
  const hardware_uuid = '4c4c4544-0042-3510-8051-b9c04f333432'
  await world.checkIn('2026-03-01', { hardwareUuid: hardware_uuid, osVersion: '15' })
  await world.importDevices('2026-03-02', [{ hardware_uuid, serial_number: serial }])
  expect(await devices()).toMatchObject([
    { serial_number: serial, hardware_uuid: hardware_uuid.toUpperCase(), known: true },
  ])
})

test('an asset tag finds a device on file, and makes none', async () => {
  await world.importDevices('2026-03-01', [{ serial_number: serial, asset_tag: 'A-1' }])
  const came = await world.importDevices('2026-03-02', [{ asset_tag: 'a-1', model: 'Mac15,6' }, { asset_tag: 'A-2' }])
  expect(came).toMatchObject({ updated: 1, rejected: [{ line: 3, column: 'asset_tag' }] })
  expect(await world.device(serial)).toMatchObject({ model: 'Mac15,6' })
})

test.each(['To be filled by O.E.M.', 'Default string', '', '1111111'])(
  'the serial number %j is refused with what to do',
  async (serial_number) => {
    const came = await world.importDevices('2026-03-01', [{ serial_number }, { serial_number: 'C02TALE009' }])
    expect(came).toMatchObject({ created: 1, rejected: [{ line: 2, column: 'serial_number' }] })
  },
)

test('another hardware UUID for a serial number on file is refused', async () => {
  await world.importDevices('2026-03-01', [
    { serial_number: serial, hardware_uuid: '4C4C4544-0042-3510-8051-B9C04F333431' },
  ])
  const came = await world.importDevices('2026-03-02', [
    { serial_number: serial, hardware_uuid: '4C4C4544-0042-3510-8051-B9C04F333432' },
  ])
  expect(came.rejected).toMatchObject([{ column: 'hardware_uuid' }])
})

test('a holder that nobody knows is a fault of that line', async () => {
  const came = await world.importDevices('2026-03-01', [
    { serial_number: serial, status: 'in_service', holder_email: 'who@example.com' },
  ])
  expect(came.rejected).toMatchObject([{ column: 'holder_email' }])
})

test('a laptop handed over without a parcel is in service with its person', async () => {
  await world.importPeople('2026-02-01', [fern])
  await world.importDevices('2026-03-01', [{ serial_number: serial, status: 'in_service', holder_email: fern.email }])
  const { id } = await world.person(fern.email)
  expect(await world.device(serial)).toMatchObject({
    life_cycle: 'in service',
    holder_kind: 'person',
    holder_id: id,
    assignee_id: id,
  })
})

test('an old file sent again moves nothing, whatever happened since', async () => {
  const file = [{ serial_number: serial, status: 'stock' }]
  await world.importDevices('2026-01-01', file)
  const { id: deviceId } = await world.device(serial)
  await world.run((tx) => setDeviceStatus(tx, world.act('2026-01-10'), { deviceId, status: 'repair' }))
  expect(await world.importDevices('2026-01-11', file)).toMatchObject({ unchanged: 1 })
  expect(await world.device(serial)).toMatchObject({ life_cycle: 'repair' })
  await world.run((tx) => setDeviceStatus(tx, world.act('2026-01-12'), { deviceId, status: 'stock' }))
  await order(world)
  expect(await world.importDevices('2026-03-02', file)).toMatchObject({ unchanged: 1 })
  expect(await world.device(serial)).toMatchObject({ life_cycle: 'ordered' })
})

test('what it is may be corrected, from → to', async () => {
  await world.importDevices('2026-03-01', [{ serial_number: serial, model: 'Mac15', purchased_on: '2026-01-01' }])
  await world.importDevices('2026-03-02', [{ serial_number: serial, model: 'Mac16', purchased_on: '2026-01-01' }])
  expect((await world.events('device.changed'))[0]!.payload).toEqual({
    changes: [{ field: 'model', from: 'Mac15', to: 'Mac16' }],
  })
})
