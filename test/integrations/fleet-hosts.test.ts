// Fleet's list of hosts: what a host becomes, and how a sync reads no more than it has to.
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { readHost } from '../../server/integrations/mdm/fleet-host.ts'
import { createFleetHosts } from '../../server/integrations/mdm/fleet-hosts.ts'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { type FleetServer, hostBody, startFleet } from '../../server/simulator/mdm/fleet-server.ts'
import { checkInsOf, problemOf, sync } from './mdm-sync.ts'
import { mutationsOf, survives, touches } from './mutations.ts'

let now = new Date('2026-03-09T12:00:00Z')
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000)
}
const computers = (many: number, changes: Partial<SimulatedComputer> = {}) =>
  Array.from({ length: many }, (_, at) => simulatedComputer({ number: at + 1, at: now }, changes))
const [computer] = computers(1) as [SimulatedComputer]
const read = (record: unknown) => checkInsOf({ readRecord: readHost }, record)

const open: FleetServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function start(known: SimulatedComputer[], options: { isOld?: boolean } = {}) {
  const fleet = await startFleet({ token: 'sesame', computers: known, ...options })
  open.push(fleet)
  return { fleet, mdm: createFleetHosts({ url: fleet.url, token: 'sesame' }, { clock: () => now }) }
}

describe('a host', () => {
  test('is a check-in with all its details when they were sent, and one more when it was seen since', () => {
    const who = {
      serialNumber: 'TT00SIM0001',
      hardwareUuid: '5E1F0000-0000-4000-8000-000000000001',
      sourceDeviceId: '1',
      source: 'fleet-hosts',
      enrollment: { enrolled: true, method: 'automated' },
    }
    expect(read(hostBody(computer))).toEqual([
      {
        ...who,
        reportedAt: '2026-03-09T10:00:00.000Z',
        hostname: 'sim-0001',
        platform: 'darwin',
        osVersion: '15.6',
        model: 'Mac15,12',
        publicIp: '198.51.100.2',
        uptimeSeconds: 48 * 3600,
        user: { email: 'user0001@example.com' },
        network: { privateIps: ['192.168.7.2'], interfaces: [{ mac: '02:5e:1f:00:00:01' }] },
        software: [
          {
            name: 'Larch Notes.app',
            version: '4.2.1',
            publisher: 'Larch Software',
            identifier: 'com.example.larch-notes',
            path: '/Applications/Larch Notes.app',
            kind: 'app',
          },
          {
            name: 'Ferry Mail.app',
            version: '11.0',
            publisher: 'Ferry Works',
            identifier: 'com.example.ferry-mail',
            path: '/Applications/Ferry Mail.app',
            kind: 'app',
          },
        ],
        posture: { diskEncrypted: true },
      },
      { ...who, reportedAt: '2026-03-09T12:00:00.000Z' },
    ])
  })

  test('has the version of its system as others write it', () => {
    const versionOf = (os_version: string) => read({ ...hostBody(computer), os_version })[0]?.osVersion
    expect(versionOf('macOS 15.6.1')).toBe('15.6.1')
    expect(versionOf('Windows 11 Pro 24H2 10.0.26100.3194')).toBe('10.0.26100.3194')
    expect(versionOf('Ubuntu 24.04.2 LTS')).toBe('Ubuntu 24.04.2 LTS')
  })

  test('seen no later than its details is one check-in', () => {
    expect(read({ ...hostBody(computer), seen_time: '2026-03-09T10:00:00Z' })).toHaveLength(1)
  })

  test('that never sent details, and a phone, are none', () => {
    expect(read({ ...hostBody(computer), detail_updated_at: '2000-01-01T00:00:00Z' })).toEqual([])
    for (const platform of ['ios', 'ipados', 'android']) expect(read({ ...hostBody(computer), platform })).toEqual([])
  })

  test('is enrolled as Fleet says, and on Windows never through a reseller for that', () => {
    const enrolment = (enrollment_status: unknown, platform = 'darwin') =>
      read({ ...hostBody(computer), platform, mdm: { enrollment_status } })[0]?.enrollment
    expect(enrolment('On (manual)')).toEqual({ enrolled: true, method: 'manual' })
    expect(enrolment('On (personal)')).toEqual({ enrolled: true, method: 'user' })
    expect(enrolment('On (manual - personal)')).toEqual({ enrolled: true, method: 'user' })
    expect(enrolment('On (somehow)')).toEqual({ enrolled: true, method: 'unknown' })
    expect(enrolment('On (automatic)', 'windows')).toEqual({ enrolled: true, method: 'user' })
    expect(enrolment('Off')).toEqual({ enrolled: false })
    expect(enrolment('Pending')).toEqual({ enrolled: false })
    expect(enrolment(null, 'ubuntu')).toBeUndefined()
  })

  test('belongs to whom the company says, never to a browser’s profile', () => {
    const emailOf = (device_mapping: unknown) => read({ ...hostBody(computer), device_mapping })[0]?.user?.email
    const profile = { email: 'private@example.org', source: 'google_chrome_profiles' }
    expect(emailOf([profile])).toBeUndefined()
    expect(emailOf([profile, { email: 'set@example.com', source: 'custom' }])).toBe('set@example.com')
    expect(
      emailOf([
        { email: 'set@example.com', source: 'custom' },
        { email: 'idp@example.com', source: 'mdm_idp_accounts' },
      ]),
    ).toBe('idp@example.com')
  })

  test('has its programs by the table that they come from', () => {
    const kindOf = (source: string) =>
      read({ ...hostBody(computer), software: [{ name: 'x', source }] })[0]?.software?.[0]?.kind
    expect(['apps', 'programs', 'deb_packages', 'homebrew_packages'].map(kindOf)).toEqual([
      'app',
      'program',
      'package',
      'package',
    ])
    expect(['chrome_extensions', 'firefox_addons', 'vscode_extensions'].map(kindOf)).toEqual(Array(3).fill('extension'))
    expect(kindOf('tables_of_tomorrow')).toBeUndefined()
    expect(read({ ...hostBody(computer), software: [] })[0]?.software).toBeUndefined()
  })

  test('with any member spoilt is read as far as it goes', () => {
    const record = hostBody(computer)
    const [whole] = read(record)
    const identity = ['hardware_serial', 'uuid', 'id', 'detail_updated_at', 'platform']
    for (const mutation of mutationsOf(record)) {
      const checkIns = survives(mutation, read)
      if (touches(mutation, identity)) continue
      const [checkIn] = checkIns ?? []
      expect(checkIn, mutation.path.join('.')).toMatchObject({
        serialNumber: 'TT00SIM0001',
        reportedAt: whole?.reportedAt,
      })
      if (mutation.path[0] === 'software' && mutation.path[1] === 0)
        expect(checkIn?.software, 'what stands beside it').toContainEqual(whole?.software?.[1])
      for (const [member, path] of [
        ['hostname', 'hostname'],
        ['publicIp', 'public_ip'],
        ['software', 'software'],
        ['enrollment', 'mdm'],
        ['posture', 'disk_encryption_enabled'],
      ] as const)
        if (!touches(mutation, [path])) expect(checkIn?.[member], mutation.path.join('.')).toEqual(whole?.[member])
    }
  })

  const recording = '../shared/payloads/fleet/api-list-hosts.json'
  test.skipIf(!existsSync(recording) && process.env['CI'] === undefined)('is read from the recorded list', () => {
    const { hosts } = JSON.parse(readFileSync(recording, 'utf8')) as { hosts: unknown[] }
    const [details, seen] = hosts.flatMap(read)
    expect(details).toMatchObject({
      platform: 'linux',
      sourceDeviceId: '1',
      uptimeSeconds: 8305,
      enrollment: { enrolled: false },
    })
    expect(details?.software).toMatchObject([{ kind: 'package' }])
    expect(details?.publicIp).toBeUndefined()
    expect(Date.parse(seen?.reportedAt ?? '')).toBeGreaterThan(Date.parse(details?.reportedAt ?? ''))
  })
})

describe('a sync', () => {
  test('reads every page with its software', async () => {
    const { mdm } = await start(computers(230))
    const { checkIns, pages } = await sync(mdm)
    expect(pages).toBe(5)
    expect(new Set(checkIns.map((one) => one.serialNumber)).size).toBe(230)
    expect(checkIns.filter((one) => one.software?.length === 2)).toHaveLength(230)
  })

  test('reads afterwards only as far back as the sync before came, and once a day everything', async () => {
    const known = computers(350).map((one, at) => ({ ...one, lastContactAt: new Date(now.getTime() - at * 60_000) }))
    const { fleet, mdm } = await start(known)
    const first = await sync(mdm)
    expect(first.pages).toBe(8)
    later(60)
    fleet.computers[349] = { ...fleet.computers[349]!, lastContactAt: now }
    const second = await sync(mdm, first.cursor)
    expect(second.pages).toBe(2)
    expect(second.checkIns.some((one) => one.serialNumber === 'TT00SIM0350')).toBe(true)
    later(24 * 60)
    expect((await sync(mdm, second.cursor)).pages).toBe(8)
  })

  test('pushes no host out of sight that is seen while pages are read: the next one has it', async () => {
    const known = computers(150).map((one, at) => ({ ...one, lastContactAt: new Date(now.getTime() - at * 60_000) }))
    const { fleet, mdm } = await start(known)
    const first = await mdm.readPage(null)
    later(1)
    fleet.computers[140] = { ...fleet.computers[140]!, lastContactAt: now }
    const rest = await sync(mdm, first.cursor)
    const inAll = [...first.records.flatMap((record) => checkInsOf(mdm, record)), ...rest.checkIns]
    const passedOver = known.filter(({ serialNumber }) => !inAll.some((one) => one.serialNumber === serialNumber))
    // It came to the front of a page that had been read: its new time is newer than what the next sync begins with.
    expect(passedOver.map(({ number }) => number)).toEqual([141])
    const next = await sync(mdm, rest.cursor)
    expect(next.checkIns.some((one) => one.serialNumber === 'TT00SIM0141')).toBe(true)
  })

  test('goes on where it was cut off', async () => {
    const { fleet, mdm } = await start(computers(150))
    const first = await mdm.readPage(null)
    for (const how of ['cut', 'closed', '500'] as const) {
      fleet.fail({ how })
      expect(await problemOf(mdm.readPage(first.cursor))).not.toBe('none')
    }
    expect((await sync(mdm, first.cursor)).records).toHaveLength(100)
  })

  test('asks older servers as they understand it', async () => {
    const { fleet, mdm } = await start(computers(150), { isOld: true })
    const { checkIns } = await sync(mdm)
    expect(checkIns.filter((one) => one.software)).toHaveLength(150)
    expect(fleet.requests).toHaveLength(5)
  })

  test('tells what went wrong in the words of the port', async () => {
    const { fleet, mdm } = await start(computers(1))
    const failing = async (fault: Parameters<FleetServer['fail']>[0]) => {
      fleet.fail(fault)
      return problemOf(mdm.readPage(null))
    }
    expect(await failing({ how: '500' })).toBe('unavailable')
    expect(await failing({ how: '403' })).toBe('forbidden')
    expect(await failing({ how: '404' })).toBe('unreadable')
    expect(await failing({ how: '429', retryAfter: 5 })).toBe('too_many, again after 5000 ms')
    expect(await failing({ how: 'no JSON' })).toBe('unreadable')
    expect(await failing({ how: 'changed', change: () => ({ hosts: {} }) })).toBe('unreadable')
    expect(await failing({ how: 'late', ms: 20 })).toBe('none')
    expect(await mdm.test()).toContain('1 host')
    const stranger = createFleetHosts({ url: fleet.url, token: 'wrong' }, { clock: () => now })
    expect(await problemOf(stranger.readPage(null))).toBe('unauthenticated')
    expect(await problemOf(stranger.test())).toBe('unauthenticated')
  })

  test('any cursor that is none begins anew', async () => {
    const { mdm } = await start(computers(2))
    for (const cursor of ['', 7, {}, { page: -1 }, [null]]) expect((await sync(mdm, cursor)).records).toHaveLength(2)
  })
})
