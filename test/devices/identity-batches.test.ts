// Identity, whatever the batch: which record reports come to hangs neither on how many come together nor on who comes first.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyLedger } from '../../server/custody/ledger.ts'
import { record } from '../../server/custody/record.ts'
import { mergeDevices, unmergeDevice } from '../../server/devices/merging.ts'
import { undoMatch } from '../../server/devices/undo-match.ts'
import { type CheckInTold, openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const one = 'C02TALE001'
const other = 'C02TALE002'
const uuid = (n: number) => `4C4C4544-0042-3510-8051-B9C04F33343${n}`
/** As a tool tells it that turns the first three groups. */
const turned = (n: number) => `44454C4C-4200-1035-8051-B9C04F33343${n}`
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}`
const second: CheckInTold = { source: 'second-mdm' }

const records = async () =>
  (await world.db.selectFrom('devices').selectAll().where('withdrawn_at', 'is', null).orderBy('id').execute()).map(
    ({ serial_number, hardware_uuid, proof }) => ({ serial: serial_number, uuid: hardware_uuid, proof }),
  )
const doubts = async () => (await world.events('device.identity_doubted')).map((event) => event.payload?.doubt)

/** Bodies in one batch, a minute after each other; the last is told now. */
const together = (n: number, bodies: object[], told: CheckInTold = {}) =>
  world.checkInMany(
    day(n),
    bodies.map((body, at) => ({
      reportedAt: `${day(n)}T11:${String(at).padStart(2, '0')}:00Z`,
      osVersion: `15.${at}`,
      ...body,
    })),
    told,
  )

describe('a board told in either byte order', () => {
  test('by two MDMs in turn: one record, no change, no doubt, no mismatch', async () => {
    for (const n of [1, 3, 5, 7]) {
      await world.checkIn(day(n), { serialNumber: one, hardwareUuid: uuid(1), osVersion: `${n}` })
      await world.checkIn(day(n + 1), { serialNumber: one, hardwareUuid: turned(1), osVersion: `${n}` }, second)
    }
    await world.compare(day(9))
    expect(await records()).toEqual([{ serial: one, uuid: uuid(1), proof: 'enrolled' }])
    for (const kind of ['device.changed', 'device.identity_doubted', 'mismatch.opened'] as const)
      expect(await world.events(kind)).toEqual([])
  })

  test('in one batch, before anybody knew it', async () => {
    await together(1, [
      { hardwareUuid: turned(1) },
      { hardwareUuid: uuid(1) },
      { serialNumber: one, hardwareUuid: uuid(1) },
    ])
    expect(await records()).toEqual([{ serial: one, uuid: turned(1), proof: 'enrolled' }])
    expect(await doubts()).toEqual([])
  })

  test('leads to the record of an import, which is unchanged when it comes in the other one', async () => {
    await world.importDevices(day(1), [{ serial_number: one, hardware_uuid: uuid(1) }])
    await world.checkIn(day(2), { hardwareUuid: turned(1).toLowerCase().replaceAll('-', '') })
    expect(await records()).toHaveLength(1)
    const came = await world.importDevices(day(3), [{ serial_number: one, hardware_uuid: turned(1) }])
    expect(came).toMatchObject({ unchanged: 1, rejected: [] })
  })

  test('a match that was undone stays undone in both', async () => {
    await world.importDevices(day(1), [{ serial_number: one, hardware_uuid: uuid(1) }])
    await world.checkIn(day(2), { hardwareUuid: turned(1) })
    const { id } = await world.device(one)
    const wrong = { deviceId: id, source: 'mdm', since: time(day(1)), reason: 'another laptop' }
    await world.run((tx) => undoMatch(tx, world.act(day(3)), wrong))
    await world.checkIn(day(4), { hardwareUuid: turned(1), osVersion: '1' })
    await world.checkIn(day(5), { hardwareUuid: uuid(1), osVersion: '2' })
    expect(await records()).toHaveLength(2)
    expect(await world.device(one)).toMatchObject({ id, hardware_uuid: uuid(1) })
  })
})

describe('one id for a whole fleet', () => {
  const fleet = [1, 2, 3, 4, 5, 6].map((n) => ({ serialNumber: `C02TALE00${n}`, sourceDeviceId: 'constant' }))

  test('in one batch: it identifies nothing, and nobody is doubted', async () => {
    await together(1, fleet)
    expect(await doubts()).toEqual([])
    expect((await records()).map((row) => row.proof)).toEqual(fleet.map(() => 'enrolled'))
    await together(2, fleet)
    expect(await records()).toHaveLength(fleet.length)
  })

  test('one after the other: it is given up at the fourth, and every proof is its own again', async () => {
    for (const n of [1, 2]) for (const body of fleet) await world.checkIn(day(n), { ...body, osVersion: `${n}` })
    expect(await doubts()).toHaveLength(4)
    expect((await records()).map((row) => row.proof)).toEqual(fleet.map(() => 'enrolled'))
  })

  test('says so to whoever has nothing else to tell', async () => {
    await together(1, fleet)
    expect(await world.checkIn(day(2), { sourceDeviceId: 'constant' })).toHaveProperty('faults')
  })
})

describe('what one batch tells of a machine bit by bit', () => {
  const bits = [
    { sourceDeviceId: '7' },
    { sourceDeviceId: '7', hardwareUuid: uuid(1) },
    { serialNumber: one, hardwareUuid: uuid(1) },
    { serialNumber: other, hardwareUuid: uuid(2), sourceDeviceId: '8' },
  ]

  test.each([
    ['in this order', bits],
    ['the other way round', bits.toReversed()],
  ])('is one record each, %s', async (_, bodies) => {
    await together(1, bodies)
    expect((await records()).map((row) => row.serial).sort()).toEqual([one, other])
    expect(await doubts()).toEqual([])
  })

  test('two laptops that tell one id are doubted at once', async () => {
    await together(1, [
      { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' },
      { serialNumber: other, hardwareUuid: uuid(2), sourceDeviceId: '7' },
    ])
    expect(await doubts()).toEqual(['enrolment of another machine', 'enrolment of another machine'])
  })
})

test('a report that says nothing but who it is proves as much as any other', async () => {
  await world.checkIn(day(1), { serialNumber: one })
  expect(await records()).toEqual([{ serial: one, uuid: null, proof: 'enrolled' }])
})

test('a laptop that eight batches meet at once is one record, whatever it is known by', async () => {
  for (const body of [{ serialNumber: one }, { hardwareUuid: uuid(2) }, { sourceDeviceId: '7' }]) {
    const batches = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
      world.checkIn(`${day(1)}T10:00:0${n}Z`, { ...body, osVersion: `${n}` }),
    )
    // Whoever meets another writer over a serial number steps back, and is tried again by its caller.
    await Promise.allSettled(batches)
  }
  expect(await records()).toHaveLength(3)
  expect((await verifyLedger(world.db)).bad).toBeNull()
})

test('merged and parted, both are as they were', async () => {
  await world.importDevices(day(1), [
    { serial_number: one, asset_tag: 'A-1', manufacturer: 'Fruit' },
    { serial_number: other, asset_tag: 'A-2', manufacturer: 'Fruit', model: 'M-1', hardware_uuid: uuid(2) },
  ])
  await world.checkIn(day(2), { serialNumber: other, hostname: 'fern' })
  const rows = () =>
    world.db.selectFrom('devices').selectAll().where('withdrawn_at', 'is', null).orderBy('id').execute()
  const before = await rows()
  const ids = { keptId: (await world.device(one)).id, fromId: (await world.device(other)).id }
  const act = world.act(day(3))
  await world.run(async (tx) => record(tx, act.now, await mergeDevices(tx, act, { ...ids, by: 'person' })))
  expect(await world.device(one)).toMatchObject({ model: 'M-1', hostname: 'fern', hardware_uuid: uuid(2) })
  await world.run((tx) => unmergeDevice(tx, act, { fromId: ids.fromId, reason: 'two laptops' }))
  expect(await rows()).toEqual(before)
})
