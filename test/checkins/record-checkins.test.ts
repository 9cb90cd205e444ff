// Check-ins: what says nothing new costs nothing, what changed is one event, what is late is never current.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyLedger } from '../../server/custody/ledger.ts'
import { ipIn, openWorld, order, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const serialNumber = 'C02TALE001'
const laptop = (body: object = {}) => ({ serialNumber, osVersion: '15.6', ...body })
const changes = async (facet?: string) => {
  const events = await world.events('checkin.changed')
  return events.flatMap((event) =>
    event.payload && (!facet || event.payload.facet === facet) ? [{ at: event.occurredAt, ...event.payload }] : [],
  )
}
const values = (items: unknown[]) =>
  (items as { member: string; value: unknown }[]).map((item) => [item.member, item.value])
const presence = () => world.db.selectFrom('presence').selectAll().orderBy('day').orderBy('source').execute()
const app = (name: string) => ({ name, kind: 'app' })

describe('nothing new', () => {
  test('adds no event, and moves presence', async () => {
    expect(await world.checkIn('2026-03-01T10:00:00Z', laptop())).toBe('changed')
    const before = (await world.events()).length
    expect(await world.checkIn('2026-03-01T11:00:00Z', laptop())).toBe('unchanged')
    expect(await world.checkIn('2026-03-02T10:00:00Z', laptop())).toBe('unchanged')
    expect((await world.events()).length).toBe(before)
    expect((await presence()).map((row) => [row.day, row.first_at.toISOString(), row.last_at.toISOString()])).toEqual([
      ['2026-03-01', '2026-03-01T10:00:00.000Z', '2026-03-01T11:00:00.000Z'],
      ['2026-03-02', '2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.000Z'],
    ])
  })

  test('battery, uptime and the host part of private addresses wake nothing', async () => {
    const body = (host: number, percent: number) =>
      laptop({
        uptimeSeconds: host * 100,
        power: { onAc: true, batteryPercent: percent },
        network: { privateIps: [`192.168.1.${host}`, `fe80:0:0:0:${host}::1`] },
      })
    await world.checkIn('2026-03-01T10:00:00Z', body(20, 90))
    const before = (await world.events()).length
    expect(await world.checkIn('2026-03-01T11:00:00Z', body(21, 40))).toBe('unchanged')
    expect((await world.events()).length).toBe(before)
  })

  test('the order of a list wakes nothing', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A'), app('B')] }))
    expect(await world.checkIn('2026-03-02', laptop({ software: [app('B'), app('A'), app('B')] }))).toBe('unchanged')
  })

  test('a repeat, also within one batch and of an older one, counts as unchanged', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A')] }))
    await world.checkIn('2026-03-02', laptop({ software: [app('B')] }))
    const before = (await world.events()).length
    expect(await world.checkIn('2026-03-02', laptop({ software: [app('B')] }), { told: '2026-03-03' })).toBe(
      'unchanged',
    )
    expect(await world.checkIn('2026-03-01', laptop({ software: [app('A')] }), { told: '2026-03-03' })).toBe(
      'unchanged',
    )
    const twice = { ...laptop({ osVersion: '15.7' }), reportedAt: '2026-03-04T10:00:00Z' }
    expect(await world.checkInMany('2026-03-04', [twice, twice])).toEqual(['changed', 'unchanged'])
    expect((await world.events()).length).toBe(before + 1)
  })

  test('costs few statements, however many there are', async () => {
    const batch = (at: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        serialNumber: `C02FLEET${String(i).padStart(3, '0')}`,
        reportedAt: at,
        osVersion: '15.6',
        publicIp: ipIn('Boston'),
        software: [app('A')],
        hostname: `mac-${i}`,
      }))
    await world.checkInMany('2026-03-01', batch('2026-03-01T10:00:00Z', 100))
    const one = await statements(() => world.checkInMany('2026-03-02', batch('2026-03-02T10:00:00Z', 1)))
    const hundred = await statements(() => world.checkInMany('2026-03-03', batch('2026-03-03T10:00:00Z', 100)))
    expect(hundred).toBe(one)
    expect(hundred).toBeLessThanOrEqual(8)
  })

  test('and what changed costs a few more, however many there are and by whatever they are known', async () => {
    const batch = (at: string, count: number, version: string) =>
      Array.from({ length: count }, (_, i) => ({
        serialNumber: `C02FLEET${String(i).padStart(3, '0')}`,
        hardwareUuid: `4C4C4544-0042-3510-8051-${String(i).padStart(12, '0')}`,
        sourceDeviceId: `id-${i}`,
        reportedAt: at,
        hostname: `mac-${i}`,
        software: [{ ...app('A'), version }],
      }))
    await world.checkInMany('2026-03-01', batch('2026-03-01T10:00:00Z', 100, '1'))
    const one = await statements(() => world.checkInMany('2026-03-02', batch('2026-03-02T10:00:00Z', 1, '2')))
    const hundred = await statements(() => world.checkInMany('2026-03-03', batch('2026-03-03T10:00:00Z', 100, '3')))
    expect(hundred).toBe(one)
    expect(hundred).toBeLessThanOrEqual(14)
  })
})

/** Statements sent to the server, begin and commit among them. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const client = await world.pool.connect()
  const proto = Object.getPrototypeOf(client) as { query(...input: unknown[]): unknown }
  client.release()
  const own = proto.query
  let count = 0
  proto.query = function (this: unknown, ...input) {
    count++
    return own.apply(this, input)
  }
  await work().finally(() => {
    proto.query = own
  })
  return count
}

describe('what changed', () => {
  test('is one event per facet, with what was added and what was removed', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A'), app('B')], publicIp: ipIn('Boston') }))
    await world.checkIn('2026-03-02', laptop({ software: [app('B'), app('C')], publicIp: ipIn('Denver') }))
    const software = (await changes('software')).at(-1)!
    expect([values(software.added), values(software.removed)]).toEqual([
      [['software', app('C')]],
      [['software', app('A')]],
    ])
    const network = (await changes('network')).at(-1)!
    expect(network).toMatchObject({
      first: false,
      late: false,
      added: [{ member: 'publicIp', place: { city: 'Denver' } }],
    })
    expect(await changes()).toHaveLength(5)
  })

  test('a member that is absent says nothing, an empty list says there is none', async () => {
    await world.checkIn(
      '2026-03-01',
      laptop({ software: [app('A')], publicIp: ipIn('Boston'), network: { gatewayMac: 'aa:bb:cc:00:00:01' } }),
    )
    expect(await world.checkIn('2026-03-02', laptop())).toBe('unchanged')
    expect(await world.checkIn('2026-03-03', laptop({ publicIp: ipIn('Boston') }))).toBe('unchanged')
    expect(await world.checkIn('2026-03-04', laptop({ software: [] }))).toBe('changed')
    expect(values((await changes('software')).at(-1)!.removed)).toEqual([['software', app('A')]])
    expect(await world.checkIn('2026-03-05', laptop({ software: [] }))).toBe('unchanged')
    await world.checkIn('2026-03-06', laptop({ network: { gatewayMac: 'aa:bb:cc:00:00:02' } }))
    expect(values((await changes('network')).at(-1)!.removed).map(([member]) => member)).not.toContain('publicIp')
  })

  test('and came back within one batch leaves the last report current', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A')] }))
    const told = (at: string, name: string) => ({ ...laptop({ software: [app(name)] }), reportedAt: at })
    await world.checkInMany('2026-03-03', [told('2026-03-02T10:00:00Z', 'B'), told('2026-03-02T11:00:00Z', 'A')])
    expect(await world.checkIn('2026-03-04', laptop({ software: [app('A')] }))).toBe('unchanged')
    expect((await changes('software')).map((one) => values(one.added).flat()[1])).toEqual([
      app('A'),
      app('B'),
      app('A'),
    ])
  })

  test('and came back within one batch has held since then only', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A')] }))
    const told = (at: string, name: string) => ({ ...laptop({ software: [app(name)] }), reportedAt: at })
    await world.checkInMany('2026-03-03', [told('2026-03-02T10:00:00Z', 'B'), told('2026-03-02T11:00:00Z', 'A')])
    const between = laptop({ software: [app('A')] })
    expect(await world.checkIn('2026-03-02T10:30:00Z', between, { told: '2026-03-04' })).toBe('changed')
    expect((await changes('software')).at(-1)).toMatchObject({ late: true, removed: [{ value: app('B') }] })
  })

  test('two sources keep their own values, and never flap', async () => {
    const first = [
      await world.checkIn('2026-03-01T10:00:00Z', laptop({ software: [app('A')] }), { source: 'one' }),
      await world.checkIn('2026-03-01T10:30:00Z', laptop({ software: [app('A'), app('B')] }), { source: 'two' }),
    ]
    expect(first).toEqual(['changed', 'changed'])
    for (const hour of ['11', '12', '13']) {
      expect(
        await world.checkIn(`2026-03-01T${hour}:00:00Z`, laptop({ software: [app('A')] }), { source: 'one' }),
      ).toBe('unchanged')
      expect(
        await world.checkIn(`2026-03-01T${hour}:30:00Z`, laptop({ software: [app('A'), app('B')] }), { source: 'two' }),
      ).toBe('unchanged')
    }
  })
})

describe('what is late', () => {
  test('is compared with the value at its own time, marked late, and never current', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A')], hostname: 'new-name' }))
    await world.checkIn('2026-03-05', laptop({ software: [app('C')] }))
    expect(
      await world.checkIn('2026-03-03', laptop({ software: [app('B')], hostname: 'old-name' }), { told: '2026-03-06' }),
    ).toBe('changed')
    const late = (await changes('software')).at(-1)!
    expect(late).toMatchObject({ late: true, first: false })
    expect([values(late.added), values(late.removed)]).toEqual([[['software', app('B')]], [['software', app('A')]]])
    expect(await world.checkIn('2026-03-07', laptop({ software: [app('C')] }))).toBe('unchanged')
    expect(await world.device(serialNumber)).toMatchObject({ hostname: 'new-name' })
  })

  test('and says what is current now, but was not then, is recorded', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A')] }))
    await world.checkIn('2026-03-05', laptop({ software: [app('A'), app('B')] }))
    expect(await world.checkIn('2026-03-03', laptop({ software: [app('A'), app('B')] }), { told: '2026-03-06' })).toBe(
      'changed',
    )
    expect((await changes('software')).at(-1)).toMatchObject({ late: true, added: [{ value: app('B') }] })
  })

  test('and equal to the value at its time adds nothing but presence', async () => {
    await world.checkIn('2026-03-01', laptop({ software: [app('A')] }))
    await world.checkIn('2026-03-05', laptop({ software: [app('C')] }))
    expect(await world.checkIn('2026-03-03', laptop({ software: [app('A')] }), { told: '2026-03-06' })).toBe(
      'unchanged',
    )
    expect((await presence()).map((row) => row.day)).toEqual(['2026-03-01', '2026-03-03', '2026-03-05'])
  })

  test('but speaks of what nothing newer has spoken of, is current: a full report overtaken by a heartbeat', async () => {
    await world.checkIn('2026-03-05', laptop({ publicIp: '203.0.113.7' }))
    const full = laptop({ publicIp: '203.0.113.9', network: { gatewayMac: '94:83:c4:00:00:01' }, software: [app('A')] })
    expect(await world.checkIn('2026-03-04', full, { told: '2026-03-06' })).toBe('changed')
    expect((await changes('software')).at(-1)).toMatchObject({ late: false, first: true, added: [{ value: app('A') }] })
    // The gateway is news that stands; the address of then is not the one of now.
    expect(
      await world.checkIn(
        '2026-03-07',
        laptop({ publicIp: '203.0.113.7', network: { gatewayMac: '94:83:c4:00:00:01' }, software: [] }),
      ),
    ).toBe('changed')
    expect((await changes('network')).filter((change) => !change.late)).toHaveLength(2)
    expect((await changes('software')).at(-1)).toMatchObject({ late: false, added: [], removed: [{ value: app('A') }] })
  })

  test('from before anything was known is a first value of its own', async () => {
    await world.checkIn('2026-03-05', laptop({ software: [app('C')] }))
    await world.checkIn('2026-03-01', laptop({ software: [app('A')] }), { told: '2026-03-06' })
    expect((await changes('software')).at(-1)).toMatchObject({ late: true, first: true, removed: [] })
  })

  test('brings no old hardware UUID back', async () => {
    const [old, now] = ['4C4C4544-0042-3510-8051-B9C04F333432', '4C4C4544-0042-3510-8051-B9C04F333433']
    await world.checkIn('2026-03-01', laptop({ hardwareUuid: old }))
    await world.checkIn('2026-03-05', laptop({ hardwareUuid: now }))
    await world.checkIn('2026-03-03', laptop({ hardwareUuid: old }), { told: '2026-03-06' })
    expect(await world.device(serialNumber)).toMatchObject({ hardware_uuid: now })
    expect(await world.events('device.changed')).toHaveLength(1)
  })
})

test('a clock in the future is capped at receipt, and marked', async () => {
  await world.checkIn('2026-03-02T10:00:00Z', laptop(), { told: '2026-03-01T10:00:00Z' })
  const [posture] = await changes('posture')
  expect(posture).toMatchObject({ at: new Date('2026-03-01T10:00:00Z'), capped: true })
  await world.reset()
  await world.checkIn('2026-03-01T10:05:00Z', laptop(), { told: '2026-03-01T10:00:00Z' })
  expect((await changes('posture'))[0]).not.toHaveProperty('capped')
})

test('home-network identifiers and people’s names are only kept as keyed hashes, but for what erasure empties', async () => {
  await world.checkIn(
    '2026-03-01',
    laptop({
      hostname: 'quill-mac',
      user: { name: 'aquill', email: 'a.quill@example.com' },
      network: {
        gatewayMac: '94:83:c4:12:34:56',
        wifi: { ssid: 'Quill Nest', bssid: '94-83-C4-65-43-21' },
        interfaces: [{ name: 'en0', mac: '94:83:c4:aa:bb:cc' }],
        neighbors: [{ ip: '192.168.7.9', mac: '94:83:c4:77:88:99', hostname: 'quill-tv' }],
        privateIps: ['192.168.7.20'],
      },
      software: [{ name: 'X', path: '/Users/aquill/Applications/X.app' }],
    }),
  )
  await world.db.updateTable('facets').set({ private: null }).execute()
  await world.db.updateTable('devices').set({ hostname: null }).execute()
  const dump = (await world.dump()).toLowerCase()
  for (const known of [
    '12:34:56',
    '123456',
    '65:43:21',
    '65-43-21',
    'aa:bb:cc',
    '77:88:99',
    'quill',
    'nest',
    '192.168.7.20',
    '192.168.7.9',
  ])
    expect(dump).not.toContain(known)
  expect(dump).toContain('9483c41')
})

test('a check-in with placeholders for an identity is given back with its fault, and the others are recorded', async () => {
  const at = '2026-03-01T10:00:00Z'
  const results = await world.checkInMany('2026-03-01', [
    { serialNumber: 'Default string', hardwareUuid: 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', reportedAt: at },
    { serialNumber, osVersion: '15', reportedAt: at },
    {
      serialNumber: 'To be filled by O.E.M.',
      hardwareUuid: '4C4C4544-0042-3510-8051-B9C04F333432',
      osVersion: '15',
      reportedAt: at,
    },
  ])
  expect(results).toEqual([{ faults: [expect.objectContaining({ path: 'serialNumber' })] }, 'changed', 'changed'])
  expect(await world.db.selectFrom('devices').select('id').execute()).toHaveLength(2)
})

describe('hardware UUIDs', () => {
  const uuid = (n: number) => `4C4C4544-0042-3510-8051-B9C04F33343${n}`

  test('a first one is taken on, another is a swap on record', async () => {
    await world.checkIn('2026-03-01', laptop())
    await world.checkIn('2026-03-02', laptop({ hardwareUuid: uuid(1) }))
    expect(await world.events('device.changed')).toEqual([])
    await world.checkIn('2026-03-03', laptop({ hardwareUuid: uuid(2).toLowerCase() }))
    expect((await world.events('device.changed'))[0]!.payload).toEqual({
      changes: [{ field: 'hardware_uuid', from: uuid(1), to: uuid(2) }],
    })
    expect(await world.checkIn('2026-03-04', { hardwareUuid: uuid(2), osVersion: '15.6' })).toBe('unchanged')
  })

  test('one serial number on several machines is no identity: each machine is a device, and nothing flaps', async () => {
    const turn = async (from: number) => {
      for (const n of [1, 2, 3])
        await world.checkIn(`2026-03-${String(from + n).padStart(2, '0')}`, laptop({ hardwareUuid: uuid(n) }))
    }
    await turn(0)
    await turn(3)
    const before = (await world.events()).length
    await turn(6)
    await turn(9)
    expect((await world.events()).length).toBe(before)
    const devices = await world.db.selectFrom('devices').select(['hardware_uuid']).orderBy('hardware_uuid').execute()
    expect(devices.map((row) => row.hardware_uuid)).toEqual([uuid(1), uuid(2), uuid(3)])
  })
})

test('the first check-in of a custody period is settled once, whatever the source', async () => {
  await order(world)
  await world.scan('2026-03-02', { scans: [{ at: '2026-03-02T10:00:00Z', in: 'Boston', is: 'accepted' }] })
  await world.scan('2026-03-04', {
    scans: [{ at: '2026-03-04T10:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }],
  })
  await world.checkIn('2026-03-05', { serialNumber: parcel.serial_number, osVersion: '15' })
  await world.checkIn('2026-03-06', { serialNumber: parcel.serial_number, osVersion: '15' }, { source: 'other' })
  expect(await world.events('device.checked_in')).toHaveLength(1)
  expect((await world.device(parcel.serial_number)).state.firstCheckInAt).toBe('2026-03-05T12:00:00.000Z')
  expect((await verifyLedger(world.db)).ok).toBe(true)
})

test('a name that is not told again stays, within one batch and after it', async () => {
  const named = () =>
    world.db.selectFrom('facets').select('private').where('facet', '=', 'identity').executeTakeFirstOrThrow()
  const user = { email: 'fern@example.com', name: 'fern' }
  await world.checkInMany('2026-03-01', [
    { ...laptop({ user }), reportedAt: '2026-03-01T10:00:00Z' },
    { ...laptop({ enrollment: { enrolled: true } }), reportedAt: '2026-03-01T11:00:00Z' },
  ])
  expect((await named()).private).toEqual({ userEmail: 'fern@example.com', userName: 'fern' })
  await world.checkIn('2026-03-02', laptop({ hostname: 'mbp-fern' }))
  expect((await named()).private).toEqual({ userEmail: 'fern@example.com', userName: 'fern', hostname: 'mbp-fern' })
})
