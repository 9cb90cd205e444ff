// Jamf Pro's inventory: read from the look-alike over HTTP, through every fault, and from a recorded answer.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createJamfInventory, jamfInventoryEnvironment } from '../../server/integrations/mdm/jamf-inventory.ts'
import { RetryLater } from '../../server/lib/errors.ts'
import { DAY, HOUR, MINUTE, plus } from '../../server/lib/time.ts'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import {
  computerBody,
  type JamfServer,
  type JamfServerOptions,
  startJamf,
} from '../../server/simulator/mdm/jamf-server.ts'
import { sync } from './mdm-sync.ts'
import { mutationsOf, spoiltRecords, survives, touches } from './mutations.ts'

const start = new Date('2026-03-09T10:00:00.000Z')
const recording = '../shared/payloads/jamf/api-computers-inventory.json'
const hasRecording = existsSync(recording) || process.env['CI'] !== undefined

let now = start
let server: JamfServer

async function inventory(
  computers: SimulatedComputer[],
  { id = 'client', secret = 'secret', ...options }: { id?: string; secret?: string } & Partial<JamfServerOptions> = {},
) {
  now = start
  server = await startJamf({ clientId: 'client', clientSecret: 'secret', now: () => now, computers, ...options })
  return createJamfInventory({ url: server.url, clientId: id, clientSecret: secret }, { clock: () => now })
}

afterEach(() => server.close())

/** The first was in touch just now, the others an hour ago, long enough for the next sync to pass them over. */
const fleet = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    simulatedComputer({ number: at + 1, at: at === 0 ? start : plus(start, -HOUR) }),
  )
const serials = (checkIns: { serialNumber?: string | undefined }[]) =>
  [...new Set(checkIns.map((one) => one.serialNumber))].toSorted()
const move = (number: number, changes: Partial<SimulatedComputer>) => {
  server.computers = server.computers.map((one) => (one.number === number ? { ...one, ...changes } : one))
}

describe('what a record says', () => {
  test('what was found on it stands at the time of the inventory, network and user at the last contact', async () => {
    const jamf = await inventory([
      simulatedComputer(
        { number: 7, at: start },
        { services: ['com.example.larch.agent', 'com.apple.coreaudiod', 'com.apple.screensharing'] },
      ),
    ])
    const { checkIns, refused } = await sync(jamf)
    expect(refused).toEqual([])
    const same = {
      source: 'jamf-inventory',
      serialNumber: 'TT00SIM0007',
      hardwareUuid: '5E1F0000-0000-4000-8000-000000000007',
      sourceDeviceId: '7',
      model: 'MacBook Air (M3, 2024)',
      enrollment: { enrolled: true, method: 'automated' },
    }
    const interfaces = [{ mac: '02:5e:1f:00:00:07' }]
    expect(checkIns).toEqual([
      {
        ...same,
        reportedAt: '2026-03-09T08:00:00.000Z',
        platform: 'darwin',
        osVersion: '15.6',
        network: { interfaces },
        posture: { diskEncrypted: true, firewall: true, screenSharing: false },
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
          { name: 'com.example.larch.agent', kind: 'service' },
          { name: 'com.apple.screensharing', kind: 'service' },
        ],
      },
      {
        ...same,
        reportedAt: '2026-03-09T10:00:00.000Z',
        hostname: 'sim-0007',
        assetTag: 'TT-0007',
        publicIp: '198.51.100.8',
        network: { privateIps: ['192.168.7.8'], interfaces },
        user: { name: 'user0007', email: 'user0007@example.com' },
      },
    ])
  })

  test('one time for both makes one check-in; a contact that was not the last keeps its network to itself', async () => {
    const jamf = await inventory([])
    const body = computerBody(simulatedComputer({ number: 1, at: start }, { reportedAt: start }))
    expect(jamf.readRecord(body)).toHaveLength(1)
    const general = { ...(body['general'] as object), lastContact: plus(start, HOUR).toISOString() }
    const [contact, latest] = jamf.readRecord({ ...body, general }).map(({ checkIn }) => checkIn)
    expect(contact).toMatchObject({ publicIp: '198.51.100.2', reportedAt: start.toISOString() })
    expect(contact?.user).toBeUndefined()
    expect(latest?.publicIp).toBeUndefined()
    expect(latest).toMatchObject({ hostname: 'sim-0001', user: { name: 'user0001' } })
  })

  test('a computer that is no longer managed says so once, after its last contact, and no earlier', async () => {
    const enrollment = { isEnrolled: false, isAutomated: true, at: plus(start, -DAY) }
    const jamf = await inventory([simulatedComputer({ number: 1, at: start }, { enrollment })])
    const first = await sync(jamf)
    expect(first.checkIns.map(({ reportedAt, enrollment }) => [reportedAt, enrollment])).toEqual([
      ['2026-03-09T08:00:00.000Z', undefined],
      ['2026-03-09T10:00:00.000Z', undefined],
      ['2026-03-09T10:00:01.000Z', { enrolled: false }],
    ])
    now = plus(start, DAY)
    expect((await sync(jamf, first.cursor)).checkIns).toEqual(first.checkIns)
  })

  test('an inventory of before the enrolment says nothing of it', async () => {
    const enrollment = { isEnrolled: true, isAutomated: false, at: plus(start, -HOUR) }
    const jamf = await inventory([simulatedComputer({ number: 1, at: start }, { enrollment })])
    const { checkIns } = await sync(jamf)
    expect(checkIns.map((one) => one.enrollment)).toEqual([undefined, { enrolled: true, method: 'user' }])
  })

  test('a computer that was just enrolled was there when it was, though nothing was found on it since', async () => {
    const enrollment = { isEnrolled: true, isAutomated: true, at: plus(start, HOUR) }
    const jamf = await inventory([simulatedComputer({ number: 1, at: start }, { enrollment })])
    const { checkIns } = await sync(jamf)
    expect(checkIns.at(-1)).toMatchObject({
      reportedAt: plus(start, HOUR).toISOString(),
      enrollment: { enrolled: true, method: 'automated' },
      hostname: 'sim-0001',
    })
  })

  test('no list of apps, or an empty one, says nothing of its software', async () => {
    const jamf = await inventory([])
    const body = computerBody(simulatedComputer({ number: 1, at: start }))
    for (const applications of [[], null, undefined, 'none'])
      for (const { checkIn } of jamf.readRecord({ ...body, applications })) expect(checkIn.software).toBeUndefined()
  })

  test('a computer that was announced and never came says nothing; one without a readable time is refused', async () => {
    const jamf = await inventory([])
    const body = computerBody(simulatedComputer({ number: 1, at: start }))
    const with_ = (general: object) =>
      jamf.readRecord({ ...body, general: { ...(body['general'] as object), ...general } })
    const silent = { reportDate: null, lastCheckIn: null, lastContact: null }
    expect(with_({ ...silent, lastEnrolledDate: null })).toEqual([])
    expect(with_(silent)).toMatchObject([{ checkIn: { reportedAt: '2026-02-07T10:00:00.000Z' } }])
    expect(() => with_({ reportDate: 'yesterday', lastCheckIn: null })).toThrow(/no time/)
    expect(() => jamf.readRecord({ ...body, general: {} })).toThrow(/no time/)
    expect(() => jamf.readRecord([])).toThrow(/no computer/)
  })

  test('whatever member is spoilt, the rest is kept and only an AppError is thrown', async () => {
    const jamf = await inventory([])
    const read = (record: unknown) => jamf.readRecord(record).map(({ checkIn }) => checkIn)
    const whole = computerBody(simulatedComputer({ number: 1, at: start }))
    for (const mutation of mutationsOf(whole)) {
      const checkIns = survives(mutation, read)
      const at = mutation.path.join('.')
      if (touches(mutation, ['general', 'hardware.serialNumber'])) continue
      expect(
        checkIns?.map((one) => one.serialNumber),
        at,
      ).toEqual(['TT00SIM0001', 'TT00SIM0001'])
      if (!touches(mutation, ['applications', 'services'])) expect(checkIns?.[0]?.software, at).toHaveLength(3)
      if (!touches(mutation, ['userAndLocation'])) expect(checkIns?.[1]?.user?.email, at).toBe('user0001@example.com')
    }
  })

  test('spoilt in several places at once, only an AppError is thrown', async () => {
    const jamf = await inventory([])
    const spoilt = spoiltRecords(computerBody(simulatedComputer({ number: 1, at: start })))
    fc.assert(
      fc.property(spoilt, (mutation) => void survives(mutation, (record) => jamf.readRecord(record))),
      { numRuns: 100 },
    )
  })

  test.skipIf(!hasRecording)('the recorded answer is read, and survives whatever is spoilt in it', async () => {
    const jamf = await inventory([])
    const { results } = JSON.parse(readFileSync(recording, 'utf8')) as {
      results: { general: { reportDate: string }; hardware: { serialNumber: string; model: string } }[]
    }
    const [managed, unmanaged] = results.map((record) => jamf.readRecord(record).map(({ checkIn }) => checkIn))
    expect(managed?.at(-1)).toMatchObject({
      serialNumber: results[0]!.hardware.serialNumber,
      model: results[0]!.hardware.model,
      reportedAt: new Date(results[0]!.general.reportDate).toISOString(),
      enrollment: { enrolled: true, method: 'automated' },
      posture: { diskEncrypted: true, firewall: true },
    })
    expect(managed?.at(-1)?.software).toBeUndefined()
    expect(unmanaged?.at(-1)).toMatchObject({ enrollment: { enrolled: false } })
    for (const record of results) {
      for (const mutation of mutationsOf(record)) {
        const found = survives(mutation, (one) => jamf.readRecord(one))
        if (touches(mutation, ['general', 'hardware.serialNumber'])) continue
        expect(found?.[0]?.checkIn.serialNumber).toBe(record.hardware.serialNumber)
      }
    }
  })
})

describe('a sync', () => {
  test('reads every page, then only what was reported since, and everything again after a day', async () => {
    const jamf = await inventory(fleet(250))
    const first = await sync(jamf)
    expect([first.pages, first.checkIns.length]).toEqual([3, 500])
    expect(serials(first.checkIns)).toHaveLength(250)

    now = plus(start, 30 * MINUTE)
    move(17, { lastContactAt: now, publicIp: '203.0.113.9' })
    const second = await sync(jamf, first.cursor)
    expect(second.checkIns).toMatchObject([
      { serialNumber: 'TT00SIM0001' },
      { serialNumber: 'TT00SIM0017', publicIp: '203.0.113.9' },
    ])

    now = plus(start, 45 * MINUTE)
    move(18, { lastContactAt: now, reportedAt: now })
    const third = await sync(jamf, second.cursor)
    expect(serials(third.checkIns)).toEqual(['TT00SIM0017', 'TT00SIM0018'])
    expect(third.checkIns.filter((one) => one.software !== undefined)).toHaveLength(1)

    now = plus(start, DAY)
    expect(serials((await sync(jamf, third.cursor)).checkIns)).toHaveLength(250)
  })

  test('asks for the sections it reads, in the order of ids', async () => {
    const jamf = await inventory(fleet(1))
    await sync(jamf)
    const asked = new URL(server.requests.at(-1)!.path, server.url).searchParams
    expect(asked.getAll('section')).toContain('APPLICATIONS')
    expect(asked.getAll('section')).not.toContain('EXTENSION_ATTRIBUTES')
    expect(asked.get('sort')).toBe('id:asc')
    expect(asked.has('filter')).toBe(false)
  })

  test('misses nobody where pages shrink between two calls', async () => {
    const jamf = await inventory(fleet(250))
    let left = 2
    const { checkIns, pages } = await sync(jamf, null, () => {
      if (left-- > 0) server.computers = server.computers.slice(1)
    })
    expect(pages).toBeGreaterThan(3)
    for (const { serialNumber } of server.computers) expect(serials(checkIns)).toContain(serialNumber)
  })

  test('what is reported while it runs is asked for again by the next one', async () => {
    const jamf = await inventory(fleet(250))
    const first = await sync(jamf, null, () => {
      now = plus(now, 20 * MINUTE)
      move(1, { lastContactAt: now, publicIp: '203.0.113.9' })
      move(250, { lastContactAt: now })
    })
    const ips = (await sync(jamf, first.cursor)).checkIns.map((one) => one.publicIp)
    expect(ips).toContain('203.0.113.9')
  })

  test('a time ahead of the clock hides nobody', async () => {
    const jamf = await inventory([simulatedComputer({ number: 1, at: plus(start, 400 * DAY) }), ...fleet(2).slice(1)])
    const first = await sync(jamf)
    now = plus(start, HOUR)
    move(2, { lastContactAt: now })
    expect(serials((await sync(jamf, first.cursor)).checkIns)).toContain('TT00SIM0002')
  })

  test.each([1, 3] as const)('a server of edition %i is asked in its own words', async (edition) => {
    const jamf = await inventory(fleet(3), { edition })
    const first = await sync(jamf)
    expect(first.checkIns).toHaveLength(6)
    now = plus(start, HOUR)
    move(2, { lastContactAt: now })
    expect(serials((await sync(jamf, first.cursor)).checkIns)).toEqual(['TT00SIM0001', 'TT00SIM0002'])
    const path = `/api/v${edition}/computers-inventory`
    expect(server.requests.slice(-1)[0]?.path.startsWith(path)).toBe(true)
  })

  test('a server that does not take the filter is asked for everything, one without an inventory is named', async () => {
    const jamf = await inventory(fleet(3))
    const first = await sync(jamf)
    now = plus(start, HOUR)
    server.fail({ on: '/api/v4/', how: '400' })
    expect(serials((await sync(jamf, first.cursor)).checkIns)).toHaveLength(3)
    server.fail({ on: '/api/v', how: '404', times: 3 })
    await expect(jamf.readPage(null)).rejects.toThrow(/no computer inventory at this URL/)
    expect((await jamf.readPage(null)).records).toHaveLength(3)
  })

  test('goes on where it stood, and a cursor it does not know begins anew', async () => {
    const jamf = await inventory(fleet(150))
    const { cursor } = await jamf.readPage(null)
    const rest = await sync(jamf, JSON.parse(JSON.stringify(cursor)))
    expect(serials(rest.checkIns)).toHaveLength(50)
    for (const odd of [7, 'page 2', { page: -1 }, []]) expect((await sync(jamf, odd)).checkIns).toHaveLength(300)
  })
})

describe('what goes wrong', () => {
  const problem = (problem: string) => expect.objectContaining({ name: 'AppError', problem })

  test('a token that ended, or was revoked, is replaced without a word', async () => {
    const jamf = await inventory(fleet(1), { tokenSeconds: 120 })
    await jamf.readPage(null)
    now = plus(now, 5 * MINUTE)
    await jamf.readPage(null)
    server.revokeTokens()
    await jamf.readPage(null)
    expect(server.requests.filter(({ path }) => path === '/api/oauth/token')).toHaveLength(3)
  })

  test('wrong credentials and a missing right are told apart', async () => {
    const wrong = await inventory(fleet(1), { secret: 'wrong' })
    await expect(wrong.readPage(null)).rejects.toEqual(problem('unauthenticated'))
    await server.close()
    const jamf = await inventory(fleet(1))
    server.fail({ on: '/api/v4/', how: '403' })
    await expect(jamf.test()).rejects.toEqual(problem('forbidden'))
    expect(await jamf.test()).toBe('1 computers in the inventory.')
  })

  test('a page that fails is asked again at the same place, whatever was wrong with it', async () => {
    const jamf = await inventory(fleet(150))
    const { cursor } = await jamf.readPage(null)
    const on = '/api/v4/computers-inventory'
    for (const [fault, name] of [
      [{ how: '500' }, 'unavailable'],
      [{ how: 'cut' }, 'unreadable'],
      [{ how: 'closed' }, 'unavailable'],
      [{ how: 'no JSON' }, 'unreadable'],
      [{ how: 'changed', change: ({ results }: { results: unknown }) => ({ items: results }) }, 'unreadable'],
      [{ how: 'changed', change: () => null }, 'unreadable'],
    ] as const) {
      server.fail({ on, ...fault })
      await expect(jamf.readPage(cursor), fault.how).rejects.toEqual(problem(name))
    }
    server.fail({ on, how: '429', retryAfter: 40 })
    const refusal = await jamf.readPage(cursor).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RetryLater)
    expect((refusal as RetryLater).retryAfterMs).toBe(40_000)
    expect((await sync(jamf, cursor)).checkIns).toHaveLength(100)
  })

  test('a late answer is waited for', async () => {
    const jamf = await inventory(fleet(1))
    server.fail({ how: 'late', ms: 50, times: 2 })
    expect((await jamf.readPage(null)).records).toHaveLength(1)
  })

  test('one bad record does not stop the others', async () => {
    const jamf = await inventory(fleet(3))
    server.fail({
      on: '/api/v4/',
      how: 'changed',
      change: ({ results, totalCount }: { results: object[]; totalCount: number }) => ({
        totalCount,
        results: [null, { ...results[1], general: 'gone' }, ...results.slice(2)],
      }),
    })
    const { checkIns, refused } = await sync(jamf)
    expect(serials(checkIns)).toEqual(['TT00SIM0003'])
    expect(refused).toHaveLength(2)
  })
})

test('its settings are all or none', async () => {
  server = await startJamf({ clientId: '', clientSecret: '', now: () => now, computers: [] })
  expect(jamfInventoryEnvironment.parse({})).toBeNull()
  const faults = jamfInventoryEnvironment.safeParse({ JAMF_URL: 'https://jamf.example.com' }).error?.issues
  expect(faults?.map((issue) => issue.path[0]).toSorted()).toEqual(['JAMF_CLIENT_ID', 'JAMF_CLIENT_SECRET'])
})
