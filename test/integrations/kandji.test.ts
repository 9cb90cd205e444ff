// Iru (Kandji): read from the look-alike over HTTP, through every fault, and from a recorded answer.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createKandji, kandjiEnvironment } from '../../server/integrations/mdm/kandji.ts'
import { RetryLater } from '../../server/lib/errors.ts'
import { HOUR, MINUTE, plus } from '../../server/lib/time.ts'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import {
  appsBody,
  detailsBody,
  deviceBody,
  type KandjiServer,
  startKandji,
} from '../../server/simulator/mdm/kandji-server.ts'
import { sync } from './mdm-sync.ts'
import { mutationsOf, spoiltRecords, survives, touches } from './mutations.ts'

const start = new Date('2026-03-09T10:00:00.000Z')
const recording = '../shared/payloads/kandji/api-devices-list-minimal.json'
const hasRecording = existsSync(recording) || process.env['CI'] !== undefined

let server: KandjiServer

async function kandji(computers: SimulatedComputer[], token = 'token') {
  server = await startKandji({ token: 'token', computers })
  return createKandji({ url: server.url, token })
}

afterEach(() => server.close())

const fleet = (count: number) =>
  Array.from({ length: count }, (_, at) => simulatedComputer({ number: at + 1, at: start }))
const recordOf = (computer: SimulatedComputer) => ({
  ...deviceBody(computer),
  details: detailsBody(computer),
  apps: appsBody(computer),
})
const serials = (checkIns: { serialNumber?: string | undefined }[]) =>
  [...new Set(checkIns.map((one) => one.serialNumber))].toSorted()
const move = (number: number, changes: Partial<SimulatedComputer>) => {
  server.computers = server.computers.map((one) => (one.number === number ? { ...one, ...changes } : one))
}
const details = () => server.requests.filter((one) => one.path.endsWith('/details')).length

describe('what a device says', () => {
  test('everything stands at its last check-in', async () => {
    const iru = await kandji(fleet(1))
    const { checkIns, refused } = await sync(iru)
    expect(refused).toEqual([])
    expect(checkIns).toEqual([
      {
        source: 'kandji',
        reportedAt: '2026-03-09T10:00:00.000Z',
        serialNumber: 'TT00SIM0001',
        hardwareUuid: '5E1F0000-0000-4000-8000-000000000001',
        sourceDeviceId: '0d9e5e1f-0000-4000-8000-000000000001',
        assetTag: 'TT-0001',
        hostname: 'sim-0001',
        platform: 'darwin',
        osVersion: '15.6',
        model: 'MacBook Air (M3, 2024)',
        publicIp: '198.51.100.2',
        network: { privateIps: ['192.168.7.2'] },
        user: { name: 'User 0001', email: 'user0001@example.com' },
        enrollment: { enrolled: true, method: 'automated' },
        posture: { diskEncrypted: true, screenSharing: false },
        software: [
          {
            name: 'Larch Notes',
            version: '4.2.1',
            identifier: 'com.example.larch-notes',
            path: '/Applications/Larch Notes.app',
            kind: 'app',
          },
          {
            name: 'Ferry Mail',
            version: '11.0',
            identifier: 'com.example.ferry-mail',
            path: '/Applications/Ferry Mail.app',
            kind: 'app',
          },
        ],
      },
    ])
  })

  test('nobody assigned is an empty text, and nobody', async () => {
    const iru = await kandji([])
    const [report] = iru.readRecord(recordOf(simulatedComputer({ number: 1, at: start }, { user: null })))
    expect(report?.checkIn.user).toBeUndefined()
  })

  test('a Mac that is no longer enrolled says only so, right after its last check-in', async () => {
    const iru = await kandji([])
    const enrollment = { isEnrolled: false, isAutomated: true, at: plus(start, -HOUR) }
    const [report] = iru.readRecord(recordOf(simulatedComputer({ number: 1, at: start }, { enrollment })))
    expect(report?.checkIn).toMatchObject({ reportedAt: '2026-03-09T10:00:01.000Z', enrollment: { enrolled: false } })
    expect(report?.checkIn.software).toBeUndefined()
  })

  test('another platform, and a Mac that was announced and never came, say nothing; a time that is none is refused', async () => {
    const iru = await kandji([])
    const device = deviceBody(simulatedComputer({ number: 1, at: start }))
    expect(iru.readRecord({ ...device, platform: 'iPhone' })).toEqual([])
    for (const last_check_in of [null, '']) expect(iru.readRecord({ ...device, last_check_in })).toEqual([])
    expect(() => iru.readRecord({ ...device, last_check_in: 'yesterday' })).toThrow(/no time/)
    expect(() => iru.readRecord(null)).toThrow(/no device/)
  })

  test('whatever member is spoilt, the rest is kept and only an AppError is thrown', async () => {
    const iru = await kandji([])
    for (const mutation of mutationsOf(recordOf(simulatedComputer({ number: 1, at: start })))) {
      const checkIns = survives(mutation, (record) => iru.readRecord(record).map(({ checkIn }) => checkIn))
      const at = mutation.path.join('.')
      if (touches(mutation, ['serial_number', 'platform', 'last_check_in'])) continue
      expect(
        checkIns?.map((one) => one.serialNumber),
        at,
      ).toEqual(['TT00SIM0001'])
      if (touches(mutation, ['mdm_enabled', 'is_removed'])) continue
      if (!touches(mutation, ['apps'])) expect(checkIns?.[0]?.software, at).toHaveLength(2)
      if (!touches(mutation, ['user'])) expect(checkIns?.[0]?.user?.email, at).toBe('user0001@example.com')
      if (!touches(mutation, ['details'])) expect(checkIns?.[0]?.publicIp, at).toBe('198.51.100.2')
    }
  })

  test('spoilt in several places at once, only an AppError is thrown', async () => {
    const iru = await kandji([])
    const spoilt = spoiltRecords(recordOf(simulatedComputer({ number: 1, at: start })))
    fc.assert(
      fc.property(spoilt, (mutation) => void survives(mutation, (record) => iru.readRecord(record))),
      { numRuns: 100 },
    )
  })

  test.skipIf(!hasRecording)('the recorded list is read, and survives whatever is spoilt in it', async () => {
    const iru = await kandji([])
    const devices = JSON.parse(readFileSync(recording, 'utf8')) as Record<string, string>[]
    for (const device of devices) {
      const [report] = iru.readRecord(device)
      expect(report?.checkIn).toMatchObject({
        serialNumber: device['serial_number'],
        sourceDeviceId: device['device_id'],
        osVersion: device['os_version'],
        reportedAt: new Date(device['last_check_in']!).toISOString(),
        enrollment: { method: 'unknown' },
      })
      for (const mutation of mutationsOf(device)) {
        const found = survives(mutation, (one) => iru.readRecord(one))
        if (touches(mutation, ['serial_number', 'platform', 'last_check_in'])) continue
        expect(found?.[0]?.checkIn.serialNumber).toBe(device['serial_number'])
      }
    }
  })
})

describe('a sync', () => {
  test('reads every page of Macs, and asks details only of those that moved since', async () => {
    const iru = await kandji([...fleet(230), simulatedComputer({ number: 999, at: start }, { platform: 'windows' })])
    const first = await sync(iru)
    expect([first.pages, first.checkIns.length, details()]).toEqual([3, 230, 230])
    move(17, { lastContactAt: plus(start, 10 * MINUTE), publicIp: '203.0.113.9' })
    const second = await sync(iru, first.cursor)
    expect(details()).toBe(231)
    expect(second.checkIns).toHaveLength(230)
    expect(second.checkIns.filter((one) => one.publicIp !== undefined)).toMatchObject([{ publicIp: '203.0.113.9' }])
    expect(second.checkIns.every((one) => one.enrollment?.method === 'automated')).toBe(true)
  })

  test('a large fleet is asked in turns, new ones first, and a restart loses nothing but time', async () => {
    await kandji(fleet(62))
    const inFifties = () => createKandji({ url: server.url, token: 'token' }, { macsPerSync: 50 })
    const iru = inFifties()
    const first = await sync(iru)
    expect([details(), first.checkIns.length]).toEqual([50, 50])
    server.computers = server.computers.map((one) => ({ ...one, lastContactAt: plus(start, 15 * MINUTE) }))
    server.computers.push(simulatedComputer({ number: 0, at: start }))
    const second = await sync(iru, first.cursor)
    expect([details(), serials(second.checkIns).length]).toEqual([63, 63])
    const third = await sync(iru, second.cursor)
    expect(details()).toBe(113)
    const again = inFifties()
    const whole = await sync(again, (await sync(again, third.cursor)).cursor)
    expect(serials(whole.checkIns)).toHaveLength(63)
  })

  test('misses nobody where pages shrink between two calls', async () => {
    const iru = await kandji(fleet(230))
    let left = 2
    const { checkIns } = await sync(iru, null, () => {
      if (left-- > 0) server.computers = server.computers.slice(3)
    })
    for (const { serialNumber } of server.computers) expect(serials(checkIns)).toContain(serialNumber)
  })

  test('a page that is read again, since it could not be recorded, says the same without another question', async () => {
    const iru = await kandji(fleet(30))
    const first = await iru.readPage(null)
    expect(await iru.readPage(null)).toEqual(first)
    expect(details()).toBe(30)
  })

  test('a cursor that it does not know begins anew', async () => {
    const iru = await kandji(fleet(3))
    for (const odd of [7, { offset: -1 }, 'x', []]) expect((await sync(iru, odd)).checkIns).toHaveLength(3)
  })
})

describe('what goes wrong', () => {
  const problem = (problem: string) => expect.objectContaining({ name: 'AppError', problem })

  test('a refused token and a missing permission are told apart, on the list and on the details', async () => {
    await expect((await kandji(fleet(1), 'wrong')).readPage(null)).rejects.toEqual(problem('unauthenticated'))
    await server.close()
    const iru = await kandji(fleet(1))
    server.fail({ on: '/api/v1/devices/', how: '403' })
    await expect(iru.readPage(null)).rejects.toEqual(problem('forbidden'))
    await iru.readPage(null)
    server.fail({ how: '403' })
    await expect(iru.test()).rejects.toEqual(problem('forbidden'))
    expect(await iru.test()).toMatch(/details and its apps/)
  })

  test('a page that fails is asked again at the same place, whatever was wrong with it', async () => {
    const iru = await kandji(fleet(120))
    const { cursor } = await iru.readPage(null)
    for (const [fault, name] of [
      [{ how: '500' }, 'unavailable'],
      [{ how: 'cut' }, 'unreadable'],
      [{ how: 'closed' }, 'unavailable'],
      [{ how: 'no JSON' }, 'unreadable'],
      [{ how: 'changed', change: (devices: unknown) => ({ results: devices }) }, 'unreadable'],
    ] as const) {
      server.fail(fault)
      await expect(iru.readPage(cursor), fault.how).rejects.toEqual(problem(name))
    }
    expect((await sync(iru, cursor)).checkIns).toHaveLength(20)
  })

  test('429 among the details ends the page, and says for how long to wait', async () => {
    const iru = await kandji(fleet(20))
    server.fail({ on: '/api/v1/devices/', how: '429', retryAfter: 90 })
    const refusal = await iru.readPage(null).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RetryLater)
    expect((refusal as RetryLater).retryAfterMs).toBe(90_000)
    expect((await sync(iru)).checkIns).toHaveLength(20)
  })

  test('the details of one Mac that fail are its own; those of most are a failed page', async () => {
    const iru = await kandji(fleet(20))
    const [, second] = server.computers
    server.fail({ on: `/api/v1/devices/${deviceBody(second!)['device_id']}/details`, how: '500' })
    const { checkIns } = await sync(iru)
    expect(checkIns).toHaveLength(20)
    expect(checkIns.find((one) => one.serialNumber === 'TT00SIM0002')?.software).toBeUndefined()
    server.computers = server.computers.map((one) => ({ ...one, lastContactAt: plus(start, HOUR) }))
    server.fail({ on: '/api/v1/devices/', how: '500', times: 40 })
    await expect(iru.readPage(null)).rejects.toEqual(problem('unavailable'))
  })

  test('a late answer is waited for', async () => {
    const iru = await kandji(fleet(1))
    server.fail({ how: 'late', ms: 50, times: 3 })
    expect((await sync(iru)).checkIns).toHaveLength(1)
  })

  test('one bad record does not stop the others', async () => {
    const iru = await kandji(fleet(3))
    server.fail({
      on: '/api/v1/devices',
      how: 'changed',
      change: ([, two, three]: object[]) => [null, { ...two, last_check_in: 7e20 }, three],
    })
    const { checkIns, refused } = await sync(iru)
    expect(serials(checkIns)).toEqual(['TT00SIM0003'])
    expect(refused).toHaveLength(2)
  })
})

test('its settings are both or neither', async () => {
  await kandji([])
  expect(kandjiEnvironment.parse({})).toBeNull()
  const faults = kandjiEnvironment.safeParse({ KANDJI_TOKEN: 'x' }).error?.issues
  expect(faults?.map((issue) => issue.path[0])).toEqual(['KANDJI_URL'])
})
