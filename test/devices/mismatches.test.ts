// Mismatches: nothing is overwritten silently, each difference is told once, and what was settled stays settled.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyLedger } from '../../server/custody/ledger.ts'
import { lookAlikes } from '../../server/devices/differences.ts'
import {
  type Decision,
  listMismatches,
  readFieldOwners,
  setFieldOwner,
  settleMismatch,
} from '../../server/devices/mismatches.ts'
import { erasePerson } from '../../server/people/erase.ts'
import { type CheckInTold, fern, openWorld, order, parcel, type TestWorld, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const serial_number = 'C02TALE001'
const uuid = (n: number) => `4C4C4544-0042-3510-8051-B9C04F33343${n}`
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}`
const second: CheckInTold = { source: 'second-mdm' }
const ana = user('ana')

/** One report, and what its comparison comes to. */
async function report(n: number, body: object, told: CheckInTold = {}) {
  await world.checkIn(day(n), { serialNumber: serial_number, osVersion: `15.${n}`, ...body }, told)
  await world.compare(day(n))
}
const listed = async (status: 'open' | 'settled' | 'gone' = 'open') =>
  (
    await listMismatches(world.db, {
      status,
      field: [],
      source: [],
      deviceId: null,
      personId: null,
      after: null,
      limit: 50,
    })
  ).mismatches
const shown = async () =>
  (await listed()).map(({ field, source, sides }) => [field, source, sides.ours?.value, sides.mdm?.value])
const live = () => world.db.selectFrom('devices').selectAll().where('withdrawn_at', 'is', null).execute()
const settle = async (n: number, decision: Decision) => {
  const [open] = await listed()
  return world.run((tx) =>
    settleMismatch(tx, world.act(day(n), ana), { id: open!.id, decision, reason: 'looked at the laptop' }),
  )
}
const own = (field: 'model' | 'asset_tag' | 'hardware_uuid', owner: 'ours' | 'mdm' | 'ask') =>
  world.run((tx) => setFieldOwner(tx, world.act(day(1), ana), { field, owner }))
const changes = async () => (await world.events('device.changed')).flatMap((event) => event.payload?.changes ?? [])

describe('a field that the MDM owns', () => {
  test('is taken over, on record, and opens nothing', async () => {
    await world.importDevices(day(1), [{ serial_number, model: 'Latitude 5430' }])
    await report(2, { model: 'Latitude 5440' })
    expect(await changes()).toEqual([{ field: 'model', from: 'Latitude 5430', to: 'Latitude 5440' }])
    expect(await shown()).toEqual([])
    await report(3, { model: 'Latitude 5440' })
    expect(await changes()).toHaveLength(1)
  })

  test('is left alone where the two words are of another kind, or one is the longer of the other', async () => {
    await world.importDevices(day(1), [{ serial_number, model: 'MacBook Pro (14-inch)' }])
    await report(2, { model: 'Mac15,6' })
    await world.importDevices(day(3), [{ serial_number, model: 'Latitude 5440' }])
    await report(4, { model: 'Dell Inc. Latitude 5440' })
    expect((await changes()).map((change) => change.to)).toEqual(['Latitude 5440'])
    expect(await shown()).toEqual([])
  })

  test('follows the most trusted source; the other one is a mismatch, once', async () => {
    await report(2, { model: 'Mac15,6', enrollment: { enrolled: true, method: 'automated' } })
    await report(3, { model: 'Mac14,2' }, second)
    await report(4, { model: 'Mac15,6', enrollment: { enrolled: true, method: 'automated' }, hostname: 'a' })
    await report(5, { model: 'Mac14,2', hostname: 'b' }, second)
    expect(await shown()).toEqual([['model', 'second-mdm', 'Mac15,6', 'Mac14,2']])
    expect(await changes()).toEqual([])
  })
})

describe('a field that is ours', () => {
  const tagged = async () => {
    await world.importDevices(day(1), [{ serial_number, asset_tag: 'A-1' }])
    await report(2, { assetTag: 'A-9' })
  }

  test('is kept, and the difference is shown', async () => {
    await tagged()
    expect(await world.device(serial_number)).toMatchObject({ asset_tag: 'A-1' })
    expect(await listed()).toMatchObject([
      {
        field: 'asset_tag',
        source: 'mdm',
        status: 'open',
        sides: {
          ours: { value: 'A-1', label: null },
          mdm: { value: 'A-9', label: 'mdm', at: `${day(2)}T12:00:00.000Z` },
        },
      },
    ])
    expect(await world.events('mismatch.opened')).toHaveLength(1)
  })

  test('agrees again by itself, and the same word is not shown twice', async () => {
    await tagged()
    await report(3, { assetTag: 'a-1' })
    expect(await shown()).toEqual([])
    expect(await world.events('mismatch.gone')).toHaveLength(1)
    await report(4, { assetTag: 'A-9' })
    expect(await shown()).toEqual([])
    await report(5, { assetTag: 'A-10' })
    expect(await shown()).toEqual([['asset_tag', 'mdm', 'A-1', 'A-10']])
  })

  test('where nothing is on file, or nothing is told, nothing differs', async () => {
    await world.importDevices(day(1), [{ serial_number }])
    await report(2, { assetTag: 'A-9' })
    expect(await shown()).toEqual([])
  })

  test.each(['ours', 'neither', 'explained'] as const)(
    'settled as %s: the same is not opened again, a new value is',
    async (decision) => {
      await tagged()
      expect(await settle(3, decision)).toEqual({ applied: false, advice: null })
      await report(4, { assetTag: 'A-9', hostname: 'x' })
      expect(await shown()).toEqual([])
      expect(await listed('settled')).toMatchObject([{ decision, settledBy: 'ana' }])
      await report(5, { assetTag: 'A-11' })
      expect(await shown()).toEqual([['asset_tag', 'mdm', 'A-1', 'A-11']])
    },
  )

  test('settled as theirs: taken over, on record, by whoever settled it', async () => {
    await tagged()
    expect(await settle(3, 'theirs')).toEqual({ applied: true, advice: null })
    expect(await world.device(serial_number)).toMatchObject({ asset_tag: 'A-9' })
    expect((await world.events('device.changed')).at(-1)).toMatchObject({
      actor: ana,
      payload: { changes: [{ field: 'asset_tag', from: 'A-1', to: 'A-9' }] },
    })
    await world.compare(day(4))
    expect(await shown()).toEqual([])
  })

  test('an import that says the same as the MDM ends it', async () => {
    await tagged()
    await world.importDevices(day(3), [{ serial_number, asset_tag: 'A-9' }])
    await world.compare(day(3))
    expect(await shown()).toEqual([])
  })

  test('cannot be settled twice', async () => {
    await tagged()
    const [open] = await listed()
    await settle(3, 'ours')
    const again = world.run((tx) =>
      settleMismatch(tx, world.act(day(3), ana), { id: open!.id, decision: 'theirs', reason: 'no' }),
    )
    await expect(again).rejects.toMatchObject({ problem: 'conflict' })
  })
})

describe('owners', () => {
  test('come as they are, may be set, and never give an MDM what tells laptops apart', async () => {
    expect(await readFieldOwners(world.db)).toEqual({
      serial_number: 'ask',
      hardware_uuid: 'ask',
      model: 'mdm',
      asset_tag: 'ours',
      user: 'ours',
      delivery: 'ask',
    })
    await own('model', 'ask')
    expect(await readFieldOwners(world.db)).toMatchObject({ model: 'ask', asset_tag: 'ours' })
    expect(await world.events('setting.changed')).toHaveLength(1)
    await expect(own('hardware_uuid', 'mdm')).rejects.toMatchObject({ problem: 'invalid' })
  })

  test('ask: what went and comes again is asked again', async () => {
    await own('asset_tag', 'ask')
    await world.importDevices(day(1), [{ serial_number, asset_tag: 'A-1' }])
    for (const [n, assetTag] of [
      [2, 'A-9'],
      [3, 'A-1'],
      [4, 'A-9'],
    ] as const)
      await report(n, { assetTag })
    expect(await world.events('mismatch.opened')).toHaveLength(2)
  })

  test('an MDM that owns the tag writes it', async () => {
    await own('asset_tag', 'mdm')
    await world.importDevices(day(1), [{ serial_number, asset_tag: 'A-1' }])
    await report(2, { assetTag: 'A-9' })
    expect(await world.device(serial_number)).toMatchObject({ asset_tag: 'A-9' })
  })
})

describe('boards', () => {
  test('one that was swapped is asked about until somebody answers', async () => {
    await world.importDevices(day(1), [{ serial_number, hardware_uuid: uuid(1) }])
    await report(2, { hardwareUuid: uuid(2) })
    await report(3, { hardwareUuid: uuid(2) })
    expect(await shown()).toEqual([['hardware_uuid', 'mdm', uuid(1), uuid(2)]])
    await settle(4, 'theirs')
    await report(5, { hardwareUuid: uuid(2), hostname: 'x' })
    expect(await shown()).toEqual([])
  })

  test('one that comes back ends the question', async () => {
    await world.importDevices(day(1), [{ serial_number, hardware_uuid: uuid(1) }])
    await report(2, { hardwareUuid: uuid(2) })
    await report(3, { hardwareUuid: uuid(1) })
    expect(await shown()).toEqual([])
  })

  test('one that was moved from another laptop becomes this one’s when somebody says so, and its proof is its own', async () => {
    await world.checkIn(day(1), { serialNumber: 'C02TALE002', hardwareUuid: uuid(1) })
    await world.importDevices(day(1), [{ serial_number }])
    await report(2, { hardwareUuid: uuid(1) })
    expect(await world.device(serial_number)).toMatchObject({ proof: 'doubtful', hardware_uuid: null })
    expect(await shown()).toEqual([['hardware_uuid', 'mdm', null, uuid(1)]])
    await settle(3, 'theirs')
    await report(4, { hardwareUuid: uuid(1) })
    expect(await world.device(serial_number)).toMatchObject({ proof: 'enrolled', hardware_uuid: uuid(1) })
    expect(await world.device('C02TALE002')).toMatchObject({ hardware_uuid: null })
  })
})

describe('a serial number written down wrong', () => {
  test('is found by what looks alike, and the two records become one when somebody says so', async () => {
    await world.importDevices(day(1), [{ serial_number: 'CO2TALEOO1', asset_tag: 'A-1' }])
    await report(2, { hardwareUuid: uuid(1) })
    expect(await shown()).toEqual([['serial_number', 'mdm', 'CO2TALEOO1', serial_number]])
    await settle(3, 'theirs')
    expect(await live()).toMatchObject([{ serial_number, asset_tag: 'A-1', hardware_uuid: uuid(1), known: true }])
    // The old file comes again, and so does the laptop: both find it, under the right number.
    await world.importDevices(day(4), [{ serial_number: 'CO2TALEOO1', asset_tag: 'A-2' }])
    await report(5, { hardwareUuid: uuid(1) })
    expect(await live()).toMatchObject([{ serial_number, asset_tag: 'A-2' }])
    expect(await shown()).toEqual([])
  })

  test('on a parcel: once settled, the laptop that checked in is the one that was delivered', async () => {
    await order(world, { parcel: { serial_number: 'CO2TALE001' } })
    await world.scan(day(4), {
      scans: [
        { at: `${day(2)}T10:00:00Z`, in: 'Boston', is: 'accepted' },
        { at: `${day(4)}T10:00:00Z`, in: 'Boston', is: { is: 'delivered', to: 'address' } },
      ],
    })
    await report(5, { hardwareUuid: uuid(1) })
    expect(await shown()).toEqual([['serial_number', 'mdm', 'CO2TALE001', serial_number]])
    await settle(6, 'theirs')
    const [laptop, ...rest] = await live()
    expect(rest).toEqual([])
    expect(laptop).toMatchObject({ serial_number, life_cycle: 'checked in' })
    expect(laptop!.state).toMatchObject({ firstCheckInAt: `${day(5)}T12:00:00.000Z` })
    expect((await verifyLedger(world.db)).ok).toBe(true)
  })

  test('is found by the asset tag that the laptop tells', async () => {
    await world.importDevices(day(1), [{ serial_number: 'C02OTHER77', asset_tag: 'A-1' }])
    await report(2, { assetTag: 'a-1' })
    expect(await shown()).toEqual([['serial_number', 'mdm', 'C02OTHER77', serial_number]])
  })

  test('is no question where both report, or nothing looks alike', async () => {
    await world.importDevices(day(1), [{ serial_number: 'CO2TALE001' }, { serial_number: 'C02TALE003' }])
    await world.checkIn(day(1), { serialNumber: 'CO2TALE001', osVersion: '15' })
    await report(2, { hardwareUuid: uuid(1) })
    expect(await shown()).toEqual([])
  })

  test('looks alike with O for 0 and I for 1, at any of its places', () => {
    expect(lookAlikes('A0B1')).toEqual(['AOB1', 'A0BI', 'AOBI'])
    expect(lookAlikes('ABC')).toEqual([])
  })
})

describe('people and places', () => {
  const quill = { ...fern, external_id: 'E-200', name: 'Ada Quill', email: 'ada@example.com' }

  test('another user than the assignee is shown by ids, and settling moves no custody', async () => {
    await world.importPeople(day(1), [fern, quill])
    await world.importDevices(day(1), [{ serial_number, status: 'in_service', holder_email: fern.email }])
    await report(2, { user: { name: 'ada', email: 'ADA@example.com' } })
    const [ours, theirs] = [await world.person(fern.email), await world.person(quill.email)]
    expect(await listed()).toMatchObject([
      { field: 'user', personId: ours.id, sides: { ours: { personId: ours.id }, mdm: { personId: theirs.id } } },
    ])
    expect(await world.dump()).not.toMatch(/mismatches .*quill/i)
    expect(await settle(3, 'theirs')).toEqual({ applied: false, advice: expect.stringContaining('hand-over') })
    expect(await world.device(serial_number)).toMatchObject({ assignee_id: ours.id })
    await report(4, { user: { name: 'ada', email: 'ada@example.com' }, hostname: 'x' })
    expect(await shown()).toEqual([])
  })

  test('the user before the hand-over is no difference while the laptop is on its way', async () => {
    await order(world)
    await world.importPeople(day(1), [quill])
    await report(2, { user: { email: quill.email } })
    expect(await shown()).toEqual([])
  })

  test('delivered elsewhere than the assignee lives: HR against the carrier', async () => {
    await order(world)
    await world.scan(day(4), {
      scans: [
        { at: `${day(2)}T10:00:00Z`, in: 'Boston', is: 'accepted' },
        { at: `${day(4)}T10:00:00Z`, in: 'Miami', is: { is: 'delivered', to: 'address' } },
      ],
    })
    await world.compare(day(4))
    const { id } = await world.person(fern.email)
    expect(await listed()).toMatchObject([
      {
        field: 'delivery',
        source: 'carrier',
        personId: id,
        sides: { hr: { value: 'Boston, MA, US' }, carrier: { value: 'Miami, FL, US', label: 'UPS' } },
      },
    ])
    expect(await settle(5, 'theirs')).toEqual({ applied: false, advice: expect.stringContaining('address') })
  })

  test('delivered where the assignee lives is no difference', async () => {
    await order(world)
    await world.scan(day(4), {
      scans: [{ at: `${day(4)}T10:00:00Z`, in: 'Boston', is: { is: 'delivered', to: 'address' } }],
    })
    await world.compare(day(4))
    expect(await shown()).toEqual([])
    expect(parcel.serial_number).toBe(serial_number)
  })
})

test('what names a person who is erased is gone from it', async () => {
  await world.importPeople(day(1), [fern])
  await world.importDevices(day(1), [{ serial_number, asset_tag: 'A-1' }])
  await report(2, { assetTag: 'Fern Hollis' })
  const { id } = await world.person(fern.email)
  await world.run((tx) => erasePerson(tx, world.act(day(3)), { personId: id, reason: 'asked to' }))
  expect(await listed()).toMatchObject([{ field: 'asset_tag', sides: {} }])
  expect(await world.db.selectFrom('mismatches').select('sides').execute()).toEqual([{ sides: {} }])
})

test('the list goes page by page, newest first', async () => {
  for (const n of [1, 2, 3]) {
    await world.importDevices(day(n), [{ serial_number: `C02PAGE00${n}`, asset_tag: `A-${n}` }])
    await world.checkIn(day(n), { serialNumber: `C02PAGE00${n}`, assetTag: 'Z-9' })
    await world.compare(day(n))
  }
  const filter = { status: 'open' as const, field: [], source: [], deviceId: null, personId: null, limit: 2 }
  const first = await listMismatches(world.db, { ...filter, after: null })
  const rest = await listMismatches(world.db, { ...filter, after: first.next })
  expect([...first.mismatches, ...rest.mismatches].map((one) => one.sides.ours?.value)).toEqual(['A-3', 'A-2', 'A-1'])
  expect(rest.next).toBeNull()
})

test('an old source that was left behind differs from nothing any more', async () => {
  await report(1, { model: 'Mac14,2' }, second)
  await world.checkIn('2026-06-01', { serialNumber: serial_number, model: 'Mac15,6' })
  await world.compare('2026-06-01')
  expect(await shown()).toEqual([])
})
