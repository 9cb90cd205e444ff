// One device, one record: each story names what happened to a laptop, and shows which record its reports come to, by
// what they were matched, how far they prove it, and what is doubted.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { unmergeDevice } from '../../server/devices/merging.ts'
import { undoMatch } from '../../server/devices/undo-match.ts'
import { undoImport } from '../../server/imports/undo.ts'
import { readIdentity } from '../../server/views/identity.ts'
import { type CheckInTold, openWorld, order, parcel, type TestWorld, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const one = 'C02TALE001'
const other = 'C02TALE002'
const uuid = (n: number) => `4C4C4544-0042-3510-8051-B9C04F33343${n}`
const mdm: CheckInTold = { source: 'mdm' }
const second: CheckInTold = { source: 'second-mdm' }
const agent: CheckInTold = { source: 'agent', vouches: 'nothing' }
const automated = { enrolled: true, method: 'automated' }

/** Day `n` of March. */
const day = (n: number) => `2026-03-${String(n).padStart(2, '0')}`
const report = (n: number, body: object, told: CheckInTold = mdm) =>
  world.checkIn(day(n), { osVersion: '15', ...body }, told)

interface RecordTold {
  serial: string | null
  uuid: string | null
  /** By what the reports of each source were matched. */
  by: Record<string, string>
  proof: string | null
  doubts: string[]
}

/** The records on file, oldest first, as far as identity goes. */
async function records(): Promise<RecordTold[]> {
  const devices = await world.db
    .selectFrom('devices')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const matches = await world.db.selectFrom('device_matches').selectAll().orderBy('source').execute()
  const doubted = await world.events('device.identity_doubted')
  return devices.map((row) => ({
    serial: row.serial_number,
    uuid: row.hardware_uuid,
    by: Object.fromEntries(
      matches.filter((match) => match.device_id === row.id).map((match) => [match.source, match.matched_by]),
    ),
    proof: row.proof,
    doubts: doubted.flatMap((event) => (event.deviceId === row.id && event.payload ? [event.payload.doubt] : [])),
  }))
}

const whole = (over: Partial<RecordTold> = {}): RecordTold => ({
  serial: one,
  uuid: uuid(1),
  by: { mdm: 'serial number' },
  proof: 'enrolled',
  doubts: [],
  ...over,
})
const changes = async () => (await world.events('device.changed')).flatMap((event) => event.payload?.changes ?? [])

describe('one laptop stays one record', () => {
  test('wiped: the same serial number and UUID under a new id in the source', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '8' })
    expect(await records()).toEqual([whole()])
    const { id } = await world.device(one)
    expect((await readIdentity(world.db, id)).sourceIds).toEqual([
      { source: 'mdm', alias: '7' },
      { source: 'mdm', alias: '8' },
    ])
    // What is known by the new id alone, or still by the old one, is it.
    await report(3, { sourceDeviceId: '8', osVersion: '16' })
    expect(await records()).toEqual([whole({ by: { mdm: 'id in the source' } })])
  })

  test('enrolled again, by the company this time: the proof rises', async () => {
    await report(1, {
      serialNumber: one,
      hardwareUuid: uuid(1),
      sourceDeviceId: '7',
      enrollment: { enrolled: true, method: 'user' },
    })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '8', enrollment: automated })
    expect(await records()).toEqual([whole({ proof: 'assigned' })])
  })

  test('a heartbeat that says nothing of the enrolment leaves the proof as it was', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), enrollment: automated })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), osVersion: '16' })
    expect(await records()).toEqual([whole({ proof: 'assigned' })])
    await report(3, { serialNumber: one, enrollment: { enrolled: false } })
    expect(await records()).toEqual([whole({ proof: 'claimed' })])
  })

  test('renamed: the host name follows, the record stays', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), hostname: 'fern-mac' })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), hostname: 'a-new-name' })
    expect(await records()).toEqual([whole()])
    expect((await world.device(one)).hostname).toBe('a-new-name')
  })

  test('a mere claim renames nothing that an MDM named', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), hostname: 'fern-mac' })
    await report(2, { serialNumber: one, hostname: 'not-hers' }, agent)
    expect((await world.device(one)).hostname).toBe('fern-mac')
    expect(await records()).toEqual([whole({ by: { agent: 'serial number', mdm: 'serial number' } })])
  })

  test('restored from a backup of itself: nothing but software changes', async () => {
    const body = { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' }
    await report(1, { ...body, software: [{ name: 'Old', kind: 'app' }] })
    await report(9, { ...body, software: [{ name: 'Older', kind: 'app' }] })
    expect(await records()).toEqual([whole()])
  })

  test('a serial number in lower case with blanks around it is the same one', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1) })
    await report(2, { serialNumber: ` ${one.toLowerCase()} `, hardwareUuid: `{${uuid(1).toLowerCase()}}` })
    expect(await records()).toEqual([whole()])
  })

  test('returned and issued to the next person: one record, one history', async () => {
    await world.importDevices(day(1), [{ serial_number: one, status: 'in_service' }])
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    await world.importDevices(day(3), [{ serial_number: one, status: 'stock' }])
    await report(9, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '12' })
    expect(await records()).toEqual([whole()])
  })

  test('registered by an import that was undone: its next report begins anew, under the same id in the source', async () => {
    const { importId } = await world.importDevices(day(1), [{ serial_number: one }])
    await world.run((tx) => undoImport(tx, world.act(day(1)), { importId: importId! }))
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    await report(3, { sourceDeviceId: '7', osVersion: '16' })
    expect(await records()).toEqual([whole({ by: { mdm: 'id in the source' } })])
  })

  test('a late report of its previous owner changes nothing that holds now', async () => {
    await report(5, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '8', hostname: 'new-owner' })
    await world.checkIn(
      day(2),
      { serialNumber: one, sourceDeviceId: '3', hostname: 'old-owner' },
      { ...mdm, told: day(6) },
    )
    expect(await records()).toEqual([whole()])
    expect((await world.device(one)).hostname).toBe('new-owner')
  })
})

describe('what knew it first', () => {
  test('a report before the import: adopted with its history', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1) })
    const before = await world.device(one)
    await world.importDevices(day(2), [{ serial_number: one, asset_tag: 'A-1' }])
    expect(await world.device(one)).toMatchObject({ id: before.id, known: true, asset_tag: 'A-1' })
    expect(await records()).toEqual([whole()])
  })

  test('a parcel before the import and the report', async () => {
    await order(world)
    await report(5, { serialNumber: parcel.serial_number, hardwareUuid: uuid(1) })
    await world.importDevices(day(6), [{ serial_number: parcel.serial_number }])
    expect(await records()).toEqual([whole()])
    expect(await world.device(one)).toMatchObject({ known: true, life_cycle: 'ordered' })
  })

  test('the asset tag of an import, until the serial number is seen', async () => {
    await world.importDevices(day(1), [{ hardware_uuid: uuid(1), asset_tag: 'A-1' }])
    await report(2, { sourceDeviceId: '7', assetTag: 'a-1' })
    expect(await records()).toEqual([whole({ serial: null, by: { mdm: 'asset tag' } })])
    await report(3, { serialNumber: one, sourceDeviceId: '7', assetTag: 'a-1' })
    expect(await records()).toEqual([whole()])
    expect(await changes()).toContainEqual({ field: 'serial_number', from: null, to: one })
  })

  test('an asset tag never outweighs a serial number of its own', async () => {
    await world.importDevices(day(1), [{ serial_number: one, asset_tag: 'A-1' }])
    await report(2, { serialNumber: other, hardwareUuid: uuid(2), assetTag: 'A-1' })
    expect(await records()).toMatchObject([
      { serial: one, proof: null },
      { serial: other, proof: 'enrolled' },
    ])
  })

  test('only the id in the source', async () => {
    await report(1, { sourceDeviceId: '7' })
    await report(2, { sourceDeviceId: '7', osVersion: '16' })
    expect(await records()).toEqual([whole({ serial: null, uuid: null, by: { mdm: 'id in the source' } })])
  })

  test('the same id in two sources is two machines', async () => {
    await report(1, { sourceDeviceId: '7' })
    await report(1, { sourceDeviceId: '7' }, second)
    expect(await records()).toHaveLength(2)
  })

  test('only the hardware UUID, and the serial number when it is told', async () => {
    await report(1, { hardwareUuid: uuid(1) })
    expect(await records()).toEqual([whole({ serial: null, by: { mdm: 'hardware UUID' } })])
    await report(2, { serialNumber: one, hardwareUuid: uuid(1) })
    expect(await records()).toEqual([whole()])
  })
})

describe('two records that are one', () => {
  const bothWays = async () => {
    await world.importDevices(day(1), [{ serial_number: one, asset_tag: 'A-1' }])
    await report(2, { hardwareUuid: uuid(1), hostname: 'seen-by-agent' }, agent)
    const [, stray] = await world.db.selectFrom('devices').selectAll().orderBy('created_at').execute()
    await report(3, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    return stray!.id
  }

  test('merge when one report carries both: the stray id leads to the kept record', async () => {
    const stray = await bothWays()
    const kept = await world.device(one)
    expect(await records()).toEqual([whole()])
    expect(await world.events('device.merged')).toMatchObject([
      { deviceId: kept.id, payload: { fromDeviceId: stray, by: 'hardware UUID' } },
    ])
    expect(kept).toMatchObject({ known: true, asset_tag: 'A-1', hardware_uuid: uuid(1) })
    // The agent goes on without a serial number.
    await report(4, { hardwareUuid: uuid(1), osVersion: '17' }, agent)
    expect(await records()).toEqual([whole({ by: { agent: 'hardware UUID', mdm: 'serial number' } })])
  })

  test('merge by the id in the source, where only that was known', async () => {
    await world.importDevices(day(1), [{ serial_number: one }])
    await report(2, { sourceDeviceId: '7' })
    await report(3, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    expect(await records()).toEqual([whole()])
    expect(await world.events('device.merged')).toMatchObject([{ payload: { by: 'serial number' } }])
  })

  test('once merged, the dossier reads both histories, and only from the merge on', async () => {
    const { loadFacts } = await import('../../server/detection/facts.ts')
    const { assembleDossier } = await import('../../server/detection/dossier.ts')
    await bothWays()
    const { id } = await world.device(one)
    const facts = (await loadFacts(world.db, id, 1_000))!
    const merged = facts.events.find((event) => event.kind === 'device.merged')!
    const presenceAt = (seq: number) =>
      assembleDossier(facts, { seq }).presence.map((row) => `${row.source} ${row.day}`)
    expect(presenceAt(1_000)).toEqual([`agent ${day(2)}`, `mdm ${day(3)}`])
    expect(presenceAt(merged.seq - 1)).not.toContain(`agent ${day(2)}`)
  })

  test('merged and unmerged: each has its own again, with the reason', async () => {
    const stray = await bothWays()
    await world.run((tx) =>
      unmergeDevice(tx, world.act(day(5), user('ana')), { fromId: stray, reason: 'two laptops after all' }),
    )
    expect(await records()).toEqual([
      whole({ uuid: null }),
      whole({ serial: null, by: { agent: 'hardware UUID' }, proof: 'claimed' }),
    ])
    expect(await world.events('device.unmerged')).toMatchObject([{ payload: { fromDeviceId: stray } }])
    await report(6, { hardwareUuid: uuid(1), osVersion: '17' }, agent)
    expect((await records())[1]).toMatchObject({ by: { agent: 'hardware UUID' } })
  })

  test('a record with a board of its own is no other’s, whatever id it tells', async () => {
    await report(1, { hardwareUuid: uuid(2), sourceDeviceId: '7' })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    expect(await world.events('device.merged')).toEqual([])
    expect(await records()).toMatchObject([
      { serial: null, uuid: uuid(2), proof: 'enrolled' },
      { serial: one, uuid: uuid(1), proof: 'doubtful' },
    ])
  })
})

describe('boards', () => {
  test('swapped: the change is on record, and both UUIDs lead to it', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1) })
    await report(2, { serialNumber: one, hardwareUuid: uuid(2) })
    expect(await records()).toEqual([whole({ uuid: uuid(2) })])
    expect(await changes()).toEqual([{ field: 'hardware_uuid', from: uuid(1), to: uuid(2) }])
    await report(3, { hardwareUuid: uuid(1), osVersion: '17' }, agent)
    expect(await records()).toHaveLength(1)
  })

  test('swapped in a declared repair: recorded the same, and asked about', async () => {
    await world.importDevices(day(1), [{ serial_number: one, hardware_uuid: uuid(1) }])
    await world.importDeclarations(day(1), [
      { kind: 'repair', value: one, starts_on: day(1), ends_on: day(9), reason: 'board' },
    ])
    await report(2, { serialNumber: one, hardwareUuid: uuid(2) })
    await world.compare(day(2))
    expect(await records()).toEqual([whole({ uuid: uuid(2) })])
    expect(await world.events('mismatch.opened')).toMatchObject([
      { payload: { field: 'hardware_uuid', source: 'mdm' } },
    ])
  })

  test('moved to another laptop: doubted on both, and the newcomer proves nothing', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1) })
    await report(2, { serialNumber: other, hardwareUuid: uuid(1) })
    expect(await records()).toEqual([
      whole({ doubts: ['UUID of another machine'] }),
      whole({ serial: other, uuid: null, proof: 'doubtful', doubts: ['UUID of another machine'] }),
    ])
    await report(3, { serialNumber: other, hardwareUuid: uuid(1), osVersion: '16' })
    expect(await world.events('device.identity_doubted')).toHaveLength(2)
  })

  test('swapped twice and back: several machines under one serial number, each by its UUID', async () => {
    for (const [at, n] of [1, 2, 1, 2, 1].entries()) await report(at + 1, { serialNumber: one, hardwareUuid: uuid(n) })
    expect(await records()).toEqual([
      whole({ by: { mdm: 'serial number' }, doubts: ['serial on several machines'] }),
      whole({ serial: null, uuid: uuid(2), by: { mdm: 'hardware UUID' } }),
    ])
  })

  test('two sources that tell a UUID each their own way disagree; nothing is swapped, and nothing flaps', async () => {
    for (const n of [1, 3, 5]) {
      await report(n, { serialNumber: one, hardwareUuid: uuid(1), osVersion: `15.${n}` })
      await report(n + 1, { serialNumber: one, hardwareUuid: uuid(2), osVersion: `15.${n}` }, second)
    }
    expect(await changes()).toEqual([])
    expect(await records()).toEqual([whole({ by: { mdm: 'serial number', 'second-mdm': 'serial number' } })])
    await world.compare(day(7))
    expect(await world.events('mismatch.opened')).toMatchObject([
      { payload: { field: 'hardware_uuid', source: 'second-mdm' } },
    ])
  })

  test('a first board that is not the one issued is a swap, whichever source tells', async () => {
    await world.importDevices(day(1), [{ serial_number: one, hardware_uuid: uuid(1) }])
    await report(2, { serialNumber: one, hardwareUuid: uuid(2) }, second)
    expect(await changes()).toEqual([{ field: 'hardware_uuid', from: uuid(1), to: uuid(2) }])
  })
})

describe('serial numbers that are several machines’', () => {
  test('a twin: each machine is its own record, and nothing flaps any more', async () => {
    for (const [at, n] of [1, 2, 3, 1, 2, 3].entries())
      await report(at + 1, { serialNumber: one, hardwareUuid: uuid(n) })
    const before = (await world.events()).length
    for (const [at, n] of [1, 2, 3].entries()) await report(at + 8, { serialNumber: one, hardwareUuid: uuid(n) })
    expect((await world.events()).length).toBe(before)
    expect((await records()).map((row) => row.uuid).sort()).toEqual([uuid(1), uuid(2), uuid(3)])
  })

  test('alive twice at once: the doubt is told once', async () => {
    for (const [at, n] of [1, 2, 1, 2, 1, 2].entries())
      await world.checkIn(`2026-03-01T1${at}:00:00Z`, { serialNumber: one, hardwareUuid: uuid(n) }, mdm)
    const doubts = await world.events('device.identity_doubted')
    expect(doubts.map((event) => event.payload?.doubt)).toEqual(['serial on several machines'])
  })

  test('a shared one without a UUID identifies nothing, and says so', async () => {
    for (const [at, n] of [1, 2, 1].entries()) await report(at + 1, { serialNumber: one, hardwareUuid: uuid(n) })
    expect(await report(5, { serialNumber: one })).toEqual({
      faults: [expect.objectContaining({ path: 'serialNumber' })],
    })
  })
})

describe('enrolments that were copied', () => {
  const copied = async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7', enrollment: automated })
    await report(2, { serialNumber: other, hardwareUuid: uuid(2), sourceDeviceId: '7', enrollment: automated })
  }

  test('by a migration assistant: the new Mac is its own record, and proves nothing', async () => {
    await copied()
    expect(await records()).toEqual([
      whole({ proof: 'assigned', doubts: ['enrolment of another machine'] }),
      whole({ serial: other, uuid: uuid(2), proof: 'doubtful', doubts: ['enrolment of another machine'] }),
    ])
  })

  test('the doubt is told once for the pair, not for each report', async () => {
    await copied()
    for (const n of [3, 4, 5])
      await report(n, {
        serialNumber: other,
        hardwareUuid: uuid(2),
        sourceDeviceId: '7',
        enrollment: automated,
        osVersion: `16.${n}`,
      })
    expect(await world.events('device.identity_doubted')).toHaveLength(2)
    expect((await records())[1]).toMatchObject({ proof: 'doubtful' })
  })

  test('the honest one goes on as before', async () => {
    await copied()
    await report(3, {
      serialNumber: one,
      hardwareUuid: uuid(1),
      sourceDeviceId: '7',
      enrollment: automated,
      osVersion: '16',
    })
    expect((await records())[0]).toMatchObject({ serial: one, proof: 'assigned' })
  })

  test('then enrolled again under an id of its own: its proof is its own', async () => {
    await copied()
    await report(3, { serialNumber: other, hardwareUuid: uuid(2), sourceDeviceId: '8', enrollment: automated })
    expect((await records())[1]).toMatchObject({ serial: other, proof: 'assigned' })
  })

  test('a mere claim of another’s id or board raises nothing about the honest one', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), enrollment: automated })
    await report(2, { serialNumber: other, hardwareUuid: uuid(1) }, agent)
    expect(await records()).toMatchObject([
      { serial: one, proof: 'assigned', doubts: [] },
      { serial: other, proof: 'doubtful', doubts: ['UUID of another machine'] },
    ])
  })

  test('a disk cloned to another laptop: the copied id is doubted', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: 'host-1' }, agent)
    await report(2, { serialNumber: other, hardwareUuid: uuid(2), sourceDeviceId: 'host-1' }, agent)
    expect(await records()).toMatchObject([
      { serial: one, uuid: uuid(1), proof: 'claimed' },
      { serial: other, uuid: uuid(2), proof: 'doubtful', doubts: ['enrolment of another machine'] },
    ])
  })
})

describe('virtual machines, blanks and junk', () => {
  test('a virtual machine is known by its own serial number', async () => {
    const serialNumber = 'VMware-56 4d 1a 2b 3c 4d 5e 6f-70 81 92 a3 b4 c5 d6 e7'
    await report(1, { serialNumber, hardwareUuid: uuid(1) })
    await report(2, { serialNumber, hardwareUuid: uuid(1), osVersion: '16' })
    expect(await records()).toMatchObject([{ serial: serialNumber.toUpperCase(), uuid: uuid(1) }])
  })

  test('clones of a virtual machine: one serial number, as many records as boards', async () => {
    for (const [at, n] of [1, 2, 3, 4, 1, 2].entries())
      await report(at + 1, { serialNumber: 'Parallels-11 22 33 44', hardwareUuid: uuid(n) })
    expect((await records()).map((row) => row.uuid).sort()).toEqual([uuid(1), uuid(2), uuid(3), uuid(4)].slice(0, 4))
  })

  test('a blank serial number goes by the UUID', async () => {
    await report(1, { serialNumber: '', hardwareUuid: uuid(1) })
    await report(2, { serialNumber: ' ', hardwareUuid: uuid(1), osVersion: '16' })
    expect(await records()).toEqual([whole({ serial: null, by: { mdm: 'hardware UUID' } })])
  })

  test('a junk serial number with a good UUID does the same, and two such are two', async () => {
    await report(1, { serialNumber: 'Default string', hardwareUuid: uuid(1) })
    await report(1, { serialNumber: 'Default string', hardwareUuid: uuid(2) })
    expect(await records()).toMatchObject([
      { serial: null, uuid: uuid(1) },
      { serial: null, uuid: uuid(2) },
    ])
  })

  test('both blank: it is given back with what to send', async () => {
    const came = await report(1, {
      serialNumber: 'To be filled by O.E.M.',
      hardwareUuid: '00000000-0000-0000-0000-000000000000',
    })
    expect(came).toEqual({ faults: [expect.objectContaining({ path: 'serialNumber' })] })
    expect(await records()).toEqual([])
  })

  test('both blank, with an id in the source: known by that', async () => {
    await report(1, { serialNumber: 'None', hardwareUuid: 'Not Settable', sourceDeviceId: '7' })
    expect(await records()).toEqual([whole({ serial: null, uuid: null, by: { mdm: 'id in the source' } })])
  })

  test('a maker’s one UUID for all its laptops is given up, and each is known by its serial number', async () => {
    const serials = [1, 2, 3, 4, 5, 6].map((n) => `C02TALE00${n}`)
    for (const [at, serialNumber] of serials.entries()) await report(at + 1, { serialNumber, hardwareUuid: uuid(1) })
    const rows = await records()
    expect(rows.map((row) => row.serial)).toEqual(serials)
    expect(rows.slice(4).map((row) => [row.proof, row.doubts])).toEqual([
      ['enrolled', []],
      ['enrolled', []],
    ])
  })
})

describe('several sources', () => {
  test('two MDMs at once: one record, each with its own id', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7' })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: 'a-9' }, second)
    expect(await records()).toEqual([whole({ by: { mdm: 'serial number', 'second-mdm': 'serial number' } })])
  })

  test('the proof is that of the most trusted source that is still heard of', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), enrollment: automated })
    await report(2, { serialNumber: one, hardwareUuid: uuid(1) }, agent)
    expect(await records()).toMatchObject([{ proof: 'assigned' }])
    await report(20, { serialNumber: one, hardwareUuid: uuid(1), osVersion: '16' }, agent)
    expect(await records()).toMatchObject([{ proof: 'claimed' }])
  })

  test('a migration from one MDM to another stays one record, and quiet', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: '7', model: 'Mac15,6' })
    await report(5, { serialNumber: one, hardwareUuid: uuid(1), sourceDeviceId: 'x-1', model: 'Mac15,6' }, second)
    await world.compare(day(6))
    expect(await records()).toEqual([whole({ by: { mdm: 'serial number', 'second-mdm': 'serial number' } })])
    expect(await world.events('mismatch.opened')).toEqual([])
  })

  test('two MDMs that disagree on the model are one mismatch, and no change', async () => {
    for (const n of [1, 3, 5]) {
      await report(n, { serialNumber: one, hardwareUuid: uuid(1), model: 'Mac15,6', osVersion: `${n}` })
      await report(n + 1, { serialNumber: one, hardwareUuid: uuid(1), model: 'Mac14,2', osVersion: `${n}` }, second)
      await world.compare(day(n + 1))
    }
    expect(await world.events('mismatch.opened')).toHaveLength(1)
    expect((await changes()).length).toBeLessThanOrEqual(1)
  })
})

describe('a wrong match, undone', () => {
  const undo = async (since: number) => {
    const { id } = await world.device(one)
    await world.run((tx) =>
      undoMatch(tx, world.act(day(9), user('ana')), {
        deviceId: id,
        source: 'second-mdm',
        since: new Date(`${day(since)}T00:00:00Z`),
        reason: 'the tag was on another laptop',
      }),
    )
    return id
  }

  test('the next report finds a record of its own, and so does each after it', async () => {
    await world.importDevices(day(1), [{ serial_number: one, asset_tag: 'A-1' }])
    await report(2, { sourceDeviceId: 's-1', assetTag: 'A-1' }, second)
    await undo(2)
    await report(10, { sourceDeviceId: 's-1', assetTag: 'A-1', osVersion: '16' }, second)
    await report(11, { sourceDeviceId: 's-1', assetTag: 'A-1', osVersion: '17' }, second)
    expect(await records()).toMatchObject([
      { serial: one, by: {} },
      { serial: null, by: { 'second-mdm': 'id in the source' } },
    ])
  })

  test('what it reported is left out of the dossier from then on, and stays in the ledger', async () => {
    const { loadFacts } = await import('../../server/detection/facts.ts')
    const { assembleDossier } = await import('../../server/detection/dossier.ts')
    await report(1, { serialNumber: one, timeZone: 'America/New_York' })
    await report(2, { serialNumber: one, timeZone: 'America/New_York' }, second)
    await report(4, { serialNumber: one, timeZone: 'Asia/Tokyo' }, second)
    const id = await undo(3)
    const dossier = assembleDossier((await loadFacts(world.db, id, 1_000))!, { seq: 1_000 })
    expect(dossier.clocks.map((clock) => [clock.source, clock.timeZone])).toEqual([
      ['mdm', 'America/New_York'],
      ['second-mdm', 'America/New_York'],
    ])
    expect(dossier.presence.map((row) => `${row.source} ${row.day}`)).toEqual([`mdm ${day(1)}`, `second-mdm ${day(2)}`])
  })

  test('a serial number that the source tells of another laptop leads there no more', async () => {
    await report(1, { serialNumber: one, hardwareUuid: uuid(1) })
    await report(2, { serialNumber: one, hardwareUuid: uuid(2), sourceDeviceId: 's-1' }, second)
    await undo(2)
    await report(10, { serialNumber: one, hardwareUuid: uuid(2), sourceDeviceId: 's-1', osVersion: '16' }, second)
    await report(11, { serialNumber: one, hardwareUuid: uuid(2), sourceDeviceId: 's-1', osVersion: '17' }, second)
    expect(await records()).toHaveLength(2)
    expect((await records())[0]).toMatchObject({ serial: one, by: { mdm: 'serial number' } })
    // The honest source goes on with the record.
    await report(12, { serialNumber: one, hardwareUuid: uuid(1), osVersion: '18' })
    expect(await records()).toHaveLength(2)
  })

  test('a source that never reported it cannot be undone', async () => {
    await report(1, { serialNumber: one })
    await expect(undo(1)).rejects.toThrow(/nothing of this device/)
  })
})
