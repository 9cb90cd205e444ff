// osquery: what the pack asks, and what becomes of the lines that answer it.
import { existsSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOsquery } from '../../server/integrations/mdm/osquery.ts'
import { agentPlatforms, configFor, introductionFor, pack } from '../../server/integrations/mdm/osquery-pack.ts'
import { zoneOf } from '../../server/integrations/mdm/zones.ts'
import type { AgentReading, CheckIn } from '../../server/ports.ts'
import { mutationsOf, survives } from './mutations.ts'

const protocol = createOsquery({ enrolSecret: 'secret', vouches: 'nothing' })
const now = new Date('2026-03-09T12:00:00Z')
const seconds = (at: string) => Date.parse(`2026-03-09T${at}Z`) / 1000

const recordings = '../shared/payloads/osquery'
const hasRecordings = existsSync(recordings) || process.env['CI'] !== undefined
const recorded = (name: string) => JSON.parse(readFileSync(`${recordings}/${name}.json`, 'utf8'))

const host = {
  enroll_secret: 'secret',
  host_identifier: '7C1B5D52-0A6E-4B55-9E0D-2F0C7A4411B8',
  platform_type: '21',
  host_details: {
    system_info: { hardware_serial: 'TT00OSQ0001', uuid: '7C1B5D52-0A6E-4B55-9E0D-2F0C7A4411B8' },
    os_version: { platform: 'darwin' },
  },
}

function memoryAfterEnrolment(enrolment: unknown = host): unknown {
  const request = protocol.readRequest({ path: 'enroll', body: enrolment, authorization: null })
  if (request.is !== 'enrolment') throw new Error('this is no enrolment')
  return request.memory
}

const read = (report: unknown, memory: unknown = memoryAfterEnrolment()): AgentReading =>
  protocol.readReport(report, { agent: { id: 'agt_1', memory }, now, publicIp: null })

const line = (name: string, at: string, snapshot: unknown, over: object = {}) => ({
  name: `telltale_${name}`,
  hostIdentifier: 'host',
  unixTime: String(seconds(at)),
  action: 'snapshot',
  snapshot,
  decorations: { serial: 'TT00OSQ0001', uuid: host.host_identifier },
  ...over,
})
const log = (...data: unknown[]) => ({ log_type: 'result', data })

/** The one check-in of some lines. */
function checkInOf(...lines: unknown[]): CheckIn {
  const { checkIns, unreadable } = read(log(...lines))
  expect(unreadable).toEqual([])
  expect(checkIns).toHaveLength(1)
  return checkIns[0]!
}

describe('the pack', () => {
  test.runIf(hasRecordings).each(agentPlatforms)(
    'asks %s for tables and columns that osquery has there',
    (platform) => {
      interface Spec {
        platform_dir: string
        columns: string[]
        extra_columns?: Record<string, string[]>
      }
      const folders = {
        darwin: ['all', 'utility', 'posix', 'macwin', 'darwin'],
        windows: ['all', 'utility', 'macwin', 'windows'],
        linux: ['all', 'utility', 'posix', 'linux'],
      }[platform]
      const db = new DatabaseSync(':memory:')
      for (const [table, specs] of Object.entries(recorded('table-columns') as Record<string, Spec[]>))
        for (const { platform_dir, columns, extra_columns } of specs) {
          if (!folders.includes(platform_dir)) continue
          const own = extra_columns?.[platform.toUpperCase()] ?? []
          db.exec(`create table "${table}" (${[...columns, ...own].map((column) => `"${column}"`).join(', ')})`)
        }
      const decorators = Object.values(
        (configFor(platform) as { decorators: Record<string, string[]> }).decorators,
      ).flat()
      for (const sql of [
        ...pack.filter((query) => query.platform === platform).map((query) => query.sql),
        ...decorators,
      ])
        expect(() => db.prepare(sql), sql).not.toThrow()
    },
  )

  test('asks every platform for who it is, what runs on it, where it is and what is attached, as snapshots', () => {
    for (const platform of agentPlatforms) {
      const { schedule } = configFor(platform) as { schedule: Record<string, { snapshot: boolean; interval: number }> }
      for (const part of ['clock', 'identity', 'network', 'software', 'usb', 'ports', 'posture'])
        expect(schedule).toHaveProperty(`telltale_${part}_${platform}`)
      expect(Object.keys(schedule)).toEqual(Object.keys(introductionFor(platform)))
      for (const query of Object.values(schedule)) {
        expect(query.snapshot).toBe(true)
        expect(query.interval).toBeGreaterThanOrEqual(300)
      }
    }
    expect(Object.keys((configFor(null) as { schedule: object }).schedule)).toHaveLength(pack.length)
    expect(introductionFor(null)).toEqual({})
  })

  test('asks for the gateway’s address only, never for the neighbours’', () => {
    for (const { sql } of pack.filter((query) => query.sql.includes('arp_cache'))) {
      expect(sql).toContain('JOIN arp_cache a ON a.address = r.gateway')
      expect(sql.match(/arp_cache/g)).toHaveLength(1)
    }
  })
})

describe('reading', () => {
  test('lines of about one time are one check-in at the newest of them', () => {
    expect(
      checkInOf(
        line('identity_darwin', '11:58:00', [
          { computer_name: 'TT-0001', model: 'Mac15,12', os_version: '15.6', user: 'fern' },
        ]),
        line('clock_darwin', '11:58:10', [{ unix_time: '1', uptime: '3600' }]),
        line('network_darwin', '11:58:20', [
          { kind: 'gateway', value: '94:83:C4:0:0:1' },
          { kind: 'gateway', value: '94:83:c4:00:00:01' },
          { kind: 'address', value: '192.168.1.20' },
          { kind: 'address', value: 'fd00::1%en0' },
          { kind: 'card', value: '3c:a6:f6:00:00:01' },
          { kind: 'dns', value: '192.168.1.1, 9.9.9.9' },
          { kind: 'ssid', value: 'home' },
          { kind: 'bssid', value: 'aa:bb:cc:00:00:01' },
        ]),
      ),
    ).toEqual({
      serialNumber: 'TT00OSQ0001',
      hardwareUuid: '7C1B5D52-0A6E-4B55-9E0D-2F0C7A4411B8',
      sourceDeviceId: 'agt_1',
      source: 'osquery',
      reportedAt: '2026-03-09T11:58:20.000Z',
      hostname: 'TT-0001',
      platform: 'darwin',
      model: 'Mac15,12',
      osVersion: '15.6',
      user: { name: 'fern' },
      uptimeSeconds: 3610,
      network: {
        gatewayMac: '94:83:c4:00:00:01',
        privateIps: ['192.168.1.20', 'fd00::1'],
        interfaces: [{ mac: '3c:a6:f6:00:00:01' }],
        dnsServers: ['192.168.1.1', '9.9.9.9'],
        wifi: { ssid: 'home', bssid: 'aa:bb:cc:00:00:01' },
      },
    })
  })

  test('programs keep what tells them apart', () => {
    expect(
      checkInOf(
        line('software_darwin', '11:58:00', [
          { kind: 'service', name: 'com.example.agent', identifier: 'com.example.agent', path: '', startup: '1' },
          { kind: 'app', name: 'Larch.app', version: '4.2', identifier: 'com.example.larch', startup: '0' },
          { kind: 'unheard of', name: 'x' },
          { kind: 'app', name: '' },
        ]),
      ).software,
    ).toEqual([
      { kind: 'service', name: 'com.example.agent', identifier: 'com.example.agent', startup: true },
      { kind: 'app', name: 'Larch.app', version: '4.2', identifier: 'com.example.larch' },
    ])
  })

  test('Windows’ registry tells USB devices and displays', () => {
    const root = String.raw`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum`
    const edid = Buffer.alloc(128)
    edid.set([0, 255, 255, 255, 255, 255, 255, 0, 0x31, 0xd8, 0x71, 0x77])
    edid.set([0, 0, 0, 0xfc, 0, ...Buffer.from('PiKVM V3\n    ')], 54)
    edid.set([0, 0, 0, 0xff, 0, ...Buffer.from('CAFEBABE\n    ')], 72)
    const read = checkInOf(
      line('usb_windows', '11:58:00', [
        {
          instance: String.raw`${root}\USB\VID_1D6B&PID_0104\CAFEBABE`,
          vendor: '@usb.inf,%x%;PiKVM',
          product: 'PiKVM Composite Device',
        },
        {
          instance: String.raw`${root}\USB\VID_046D&PID_C52B&MI_00\7&2b0a&0&0000`,
          product: '@input.inf,%hid.devicedesc%;USB Input Device',
        },
        { instance: String.raw`${root}\USB\ROOT_HUB30\4&1f` },
      ]),
      line('displays_windows', '11:58:00', [
        { instance: String.raw`${root}\DISPLAY\LNX7771\5&1\Device Parameters`, edid: edid.toString('hex') },
        { instance: String.raw`${root}\DISPLAY\DEL40F4\5&2\Device Parameters`, edid: '' },
        { instance: 'elsewhere', edid: 'rubbish' },
      ]),
    )
    expect(read.usbDevices).toEqual([
      { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
      { vendorId: '046d', productId: 'c52b', product: 'USB Input Device' },
    ])
    expect(read.displays).toEqual([
      { manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' },
      { manufacturer: 'DEL', productCode: '40f4' },
    ])
  })

  test('what was said already is left out, in whatever order its rows come; once a day it is told again', () => {
    const rows = [
      { vendor_id: '05ac', product_id: '8600' },
      { vendor_id: '046d', product_id: 'c52b' },
    ]
    const first = read(log(line('usb_darwin', '10:00:00', rows)))
    const second = read(log(line('usb_darwin', '11:00:00', rows.toReversed())), first.memory)
    expect(first.checkIns[0]!.usbDevices).toHaveLength(2)
    expect(second.checkIns).toMatchObject([{ reportedAt: '2026-03-09T11:00:00.000Z' }])
    expect(second.checkIns[0]).not.toHaveProperty('usbDevices')
    const third = read(log(line('usb_darwin', '11:30:00', rows.slice(1))), second.memory)
    expect(third.checkIns[0]!.usbDevices).toHaveLength(1)
    const nextDay = line('usb_darwin', '11:30:00', rows.slice(1), { unixTime: seconds('11:30:00') + 86_400 })
    expect(read(log(nextDay), third.memory).checkIns[0]!.usbDevices).toHaveLength(1)
  })

  test('a report that is told twice says nothing the second time; two check-ins never have one time', () => {
    const usb = line('usb_darwin', '11:00:00', [])
    const first = read(log(usb))
    expect(read(log(usb), first.memory).checkIns).toEqual([])
    const ports = line('ports_darwin', '11:00:00', [])
    expect(read(log(usb, ports), first.memory).checkIns).toMatchObject([
      { reportedAt: '2026-03-09T11:00:00.001Z', listeningPorts: [] },
    ])
  })

  test('a clock that is years ahead for once makes nothing late that follows', () => {
    const usb = (at: string, over = {}) => line('usb_darwin', at, [{ vendor_id: '05ac', product_id: '8600' }], over)
    const ahead = read(log(usb('11:00:00', { unixTime: seconds('11:00:00') + 20 * 365 * 86_400 })))
    const later = (minute: string, { memory }: AgentReading) =>
      protocol.readReport(log(usb(`12:${minute}:00`)), {
        agent: { id: 'agt_1', memory },
        now: new Date(`2026-03-09T12:${minute}:00Z`),
        publicIp: null,
      })
    const first = later('10', ahead)
    expect(first.checkIns[0]).toHaveProperty('usbDevices')
    expect(later('20', first).checkIns[0]).not.toHaveProperty('usbDevices')
  })

  test('what is remembered of a second stays small, however many lines and devices it had', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => [
      line(`somebody_elses_${index}`, '11:00:00', []),
      line('usb_darwin', '11:00:00', [], { decorations: { serial: `TT00OSQ${index}` } }),
    ])
    const { memory } = read(log(...lines.flat()))
    expect(JSON.stringify(memory).length).toBeLessThan(10_000)
  })

  test('one post over hours is a check-in for each round, and one for each serial number', () => {
    const usb = (at: string, serial = 'TT00OSQ0001') =>
      line('usb_darwin', at, [], { decorations: { serial, uuid: host.host_identifier } })
    const { checkIns } = read(log(usb('11:00:00'), usb('10:00:00'), usb('11:30:00', 'TT00OSQ0002')))
    expect(checkIns.map(({ reportedAt, serialNumber }) => [reportedAt.slice(11, 16), serialNumber])).toEqual([
      ['10:00', 'TT00OSQ0001'],
      ['11:00', 'TT00OSQ0001'],
      ['11:30', 'TT00OSQ0002'],
    ])
  })

  test('the address a report came from belongs to what was made just before, not to what had waited', () => {
    const about = { agent: { id: 'agt_1', memory: memoryAfterEnrolment() }, now, publicIp: '8.8.4.4' }
    const made = (at: string) => protocol.readReport(log(line('usb_darwin', at, [])), about).checkIns[0]!
    expect(made('11:50:00').publicIp).toBe('8.8.4.4')
    expect(made('09:00:00')).not.toHaveProperty('publicIp')
  })

  test('answers to the questions after an enrolment have the host’s own time; what failed says nothing', () => {
    const { checkIns, memory } = read({
      queries: {
        telltale_clock_darwin: [{ unix_time: seconds('11:59:30'), zone: 'CET', zone_offset: 3600, uptime: 60 }],
        telltale_usb_darwin: [],
        telltale_displays_darwin: [],
        telltale_ports_darwin: '',
        elsewhere: [{ x: 1 }],
      },
      statuses: { telltale_clock_darwin: 0, telltale_usb_darwin: '0', telltale_displays_darwin: 1 },
    })
    expect(checkIns).toEqual([
      {
        serialNumber: 'TT00OSQ0001',
        hardwareUuid: host.host_identifier,
        sourceDeviceId: 'agt_1',
        source: 'osquery',
        platform: 'darwin',
        reportedAt: '2026-03-09T11:59:30.000Z',
        timeZone: 'Europe/Paris',
        uptimeSeconds: 60,
        usbDevices: [],
      },
    ])
    const next = protocol.readRequest({ path: 'distributed/read', body: { node_key: 'k' }, authorization: null })
    if (next.is !== 'question') throw new Error('this is no question')
    expect(next.answer({ id: 'agt_1', memory })).toEqual({ queries: {}, node_invalid: false })
    expect(next.answer({ id: 'agt_1', memory: memoryAfterEnrolment() })).toMatchObject({ accelerate: 60 })
  })

  test('a zone’s abbreviation counts with its offset only', () => {
    expect(zoneOf('CST', -6 * 3600)).toBe('America/Chicago')
    expect(zoneOf('CST', 8 * 3600)).toBe('Asia/Shanghai')
    expect(zoneOf('CST', 3600)).toBe('Etc/GMT-1')
    expect(zoneOf('Mitteleuropäische Zeit', 3600)).toBe('Etc/GMT-1')
    expect(zoneOf('constructor', 0)).toBe('Etc/UTC')
    expect(zoneOf('ACST', 9.5 * 3600)).toBeUndefined()
    expect(zoneOf('CST', undefined)).toBeUndefined()
  })
})

describe.runIf(hasRecordings)('the recorded lines', () => {
  test.each([
    ['log-added-event', '2014-10-01T00:37:30.000Z'],
    ['log-removed-event', '2014-10-01T00:37:30.000Z'],
    ['log-batch', '2014-10-01T00:37:30.000Z'],
    ['log-snapshot', '2016-05-02T22:27:32.000Z'],
  ])('%s is a sign of life, since its query is not ours', (name, reportedAt) => {
    expect(read(log(recorded(name)))).toMatchObject({
      unreadable: [],
      checkIns: [
        {
          serialNumber: 'TT00OSQ0001',
          hardwareUuid: host.host_identifier,
          sourceDeviceId: 'agt_1',
          source: 'osquery',
          reportedAt,
        },
      ],
    })
  })

  test.each(['distributed-write-request', 'distributed-write-request-discovery'])(
    '%s answers nothing of ours',
    (name) => {
      expect(read(recorded(name))).toMatchObject({ checkIns: [], unreadable: [] })
    },
  )

  test('the answer to a distributed read has the recorded members', () => {
    const request = protocol.readRequest({ path: 'distributed/read', body: {}, authorization: null })
    if (request.is !== 'question') throw new Error('this is no question')
    const answer = request.answer({ id: 'agt_1', memory: memoryAfterEnrolment() }) as { queries: object }
    const { queries } = recorded('distributed-read-response-discovery')
    expect(Object.values(answer.queries).map((query) => typeof query)).toEqual(
      expect.arrayContaining(Object.values(queries).map((query) => typeof query)),
    )
  })
})

describe('whatever comes', () => {
  const whole = [
    line('clock_darwin', '11:58:00', [{ unix_time: '1', uptime: '3600' }]),
    line('network_darwin', '11:58:01', [{ kind: 'gateway', value: '94:83:c4:00:00:01' }]),
    line('usb_darwin', '11:58:02', [{ vendor_id: '05ac', product_id: '8600', serial: 's' }]),
    line('displays_darwin', '11:58:03', [{ vendor_id: '610', product_id: 'a050', name: 'n', serial: 's' }]),
    line('ports_darwin', '11:58:04', [{ port: '22', process: 'sshd' }]),
    line('posture_darwin', '11:58:05', [
      { disk_encrypted: '1', firewall: '1', remote_login: '0', screen_sharing: '0' },
    ]),
  ]

  test('a spoilt member never throws, and takes nothing with it but its own line', () => {
    for (const mutation of mutationsOf(log(...whole))) {
      const reading = survives(mutation, (report) => read(report))
      const [member, index] = mutation.path
      if (member !== 'data' || typeof index !== 'number') continue
      const made = Object.assign({}, ...(reading?.checkIns ?? []))
      const parts = ['uptimeSeconds', 'network', 'usbDevices', 'displays', 'listeningPorts', 'posture']
      for (const [other, part] of parts.entries()) if (other !== index) expect(made, mutation.how).toHaveProperty(part)
    }
  })

  test('as many kept lines as a post can hold are read again within seconds', () => {
    const lines = Array.from({ length: 200_000 }, (_, index) =>
      line('unheard_of', '11:00:00', [], { name: `x${index}` }),
    )
    const body = Buffer.from(JSON.stringify({ agent: { id: 'agt_1', memory: {} }, lines }))
    expect(protocol.readKept(body)).toHaveLength(1)
  }, 20_000)

  test('nor does an enrolment or an answer to a question', () => {
    for (const mutation of mutationsOf(host)) {
      const memory = survives(mutation, (body) => memoryAfterEnrolment(body))
      expect(read(log(...whole), memory).checkIns).toHaveLength(1)
    }
    const answers = { queries: { telltale_usb_darwin: [{}] }, statuses: { telltale_usb_darwin: 0 } }
    for (const mutation of mutationsOf(answers)) survives(mutation, (report) => read(report))
  })

  test('nor does any JSON, at any endpoint, with any memory; what is kept can be tried again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, memory) => {
        for (const path of protocol.paths) protocol.readRequest({ path, body: value, authorization: null })
        for (const report of [value, log(value), { queries: { telltale_software_darwin: value } }]) {
          const { unreadable } = read(report, memory)
          for (const { body } of unreadable)
            expect(() => protocol.readKept(Buffer.from(JSON.stringify(body)))).toThrow(/line|name|unixTime/)
        }
      }),
    )
  })
})
