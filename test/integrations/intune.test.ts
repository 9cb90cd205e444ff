// Microsoft Intune: what a managed device becomes, and how a sync gets through Graph as it is, faults among it.
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { createIntune } from '../../server/integrations/mdm/intune.ts'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { expandedDevice, type GraphServer, managedDevice, startGraph } from '../../server/simulator/mdm/graph-server.ts'
import { checkInsOf, problemOf, sync } from './mdm-sync.ts'
import { mutationsOf, survives, touches } from './mutations.ts'

let now = new Date('2026-03-09T12:00:00Z')
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000)
}
const computers = (many: number, changes: Partial<SimulatedComputer> = {}) =>
  Array.from({ length: many }, (_, at) => simulatedComputer({ number: at + 1, at: now }, changes))
const windows: Partial<SimulatedComputer> = {
  platform: 'windows',
  osVersion: '10.0.26100.3194',
  manufacturer: 'Dell Inc.',
  model: 'Latitude 7450',
}

const app = { tenantId: 'tenant-1', clientId: 'client-1', clientSecret: 'sesame' }
const open: GraphServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function start(known: SimulatedComputer[], options: Partial<Parameters<typeof startGraph>[0]> = {}) {
  const graph = await startGraph({ ...app, now: () => now, computers: known, ...options })
  open.push(graph)
  const mdm = createIntune({ ...app, graphUrl: graph.url, loginUrl: graph.url }, { clock: () => now })
  return { graph, mdm }
}

const read = (record: unknown) =>
  checkInsOf(
    createIntune(
      { ...app, graphUrl: 'https://graph.example', loginUrl: 'https://login.example' },
      { clock: () => now },
    ),
    record,
  )
const [computer] = computers(1) as [SimulatedComputer]

describe('a managed device', () => {
  test('is a check-in with its owner, its programs and how it was enrolled, and without any address', () => {
    expect(read(expandedDevice(computer))).toEqual([
      {
        serialNumber: 'TT00SIM0001',
        sourceDeviceId: '5e1f0000-0000-4000-9000-000000000001',
        reportedAt: '2026-03-09T12:00:00.000Z',
        source: 'intune',
        hostname: 'sim-0001',
        platform: 'darwin',
        osVersion: '15.6',
        model: 'Mac15,12',
        user: { name: 'User 0001', email: 'user0001@example.com' },
        enrollment: { enrolled: true, method: 'automated' },
        network: { interfaces: [{ mac: '02:5e:1f:00:00:01' }] },
        software: [
          { name: 'Larch Notes', version: '4.2.1', publisher: 'Larch Software', kind: 'app' },
          { name: 'Ferry Mail', version: '11.0', publisher: 'Ferry Works', kind: 'app' },
        ],
        posture: { diskEncrypted: true },
      },
    ])
  })

  test('says nothing of programs where none were found: the list leaves them out', () => {
    expect(read(managedDevice(computer))[0]?.software).toBeUndefined()
  })

  test('is automated only where the reseller programme had a part in it', () => {
    const methodOf = (changes: object) => read({ ...managedDevice(computer), ...changes })[0]?.enrollment?.method
    expect(methodOf({ deviceEnrollmentType: 'windowsAutoEnrollment', autopilotEnrolled: false })).toBe('user')
    expect(methodOf({ deviceEnrollmentType: 'windowsAutoEnrollment' })).toBeUndefined()
    expect(methodOf({ deviceEnrollmentType: 'windowsAzureADJoin', autopilotEnrolled: true })).toBe('automated')
    expect(methodOf({ deviceEnrollmentType: 'appleBulkWithoutUser' })).toBe('unknown')
    expect(methodOf({ deviceEnrollmentType: 'windowsBulkUserless' })).toBe('manual')
    expect(methodOf({ deviceEnrollmentType: 'somethingOfTomorrow' })).toBe('unknown')
  })

  test('that somebody else manages is not enrolled here', () => {
    const enrolledBy = (managementAgent: string) => read({ ...managedDevice(computer), managementAgent })[0]?.enrollment
    expect(enrolledBy('configurationManagerClientMdm')).toMatchObject({ enrolled: true })
    for (const agent of ['eas', 'msSense', 'jamf', 'configurationManagerClient'])
      expect(enrolledBy(agent)).toMatchObject({ enrolled: false })
  })

  test('that is a phone, a tablet, or has never synced is no check-in', () => {
    for (const operatingSystem of ['iOS', 'iPadOS', 'Android', 'AndroidEnterprise', 'Windows Mobile'])
      expect(read({ ...managedDevice(computer), operatingSystem })).toEqual([])
    expect(read({ ...managedDevice(computer), lastSyncDateTime: '0001-01-01T00:00:00Z' })).toEqual([])
  })

  test('with any member spoilt is read as far as it goes', () => {
    const record = expandedDevice({ ...computer, ...windows })
    const [whole] = read(record)
    for (const mutation of mutationsOf(record)) {
      const checkIns = survives(mutation, read)
      if (touches(mutation, ['lastSyncDateTime', 'operatingSystem', 'id', 'serialNumber'])) continue
      const [checkIn] = checkIns ?? []
      expect(checkIn, mutation.path.join('.')).toMatchObject({
        serialNumber: whole?.serialNumber,
        reportedAt: whole?.reportedAt,
      })
      if (mutation.path[0] === 'detectedApps' && mutation.path[1] === 0)
        expect(checkIn?.software, 'what stands beside it').toContainEqual(whole?.software?.[1])
      for (const [member, path] of [
        ['hostname', 'deviceName'],
        ['model', 'model'],
        ['posture', 'isEncrypted'],
        ['software', 'detectedApps'],
      ] as const)
        if (!touches(mutation, [path])) expect(checkIn?.[member], mutation.path.join('.')).toEqual(whole?.[member])
    }
  })

  const recording = '../shared/payloads/intune/export-report-appinv-raw-rows.json'
  test.skipIf(!existsSync(recording) && process.env['CI'] === undefined)(
    'takes programs as recorded reports name them',
    () => {
      const rows = JSON.parse(readFileSync(recording, 'utf8')) as Record<string, string>[]
      const detectedApps = rows.map((row) => ({
        displayName: row['ApplicationName'],
        version: row['ApplicationVersion'],
        publisher: row['ApplicationPublisher'],
      }))
      const [checkIn] = read({ ...managedDevice(computer), detectedApps })
      expect(checkIn?.software?.map(({ name, version }) => ({ name, version }))).toEqual(
        rows.map((row) => ({ name: row['ApplicationName'], version: row['ApplicationVersion'] })),
      )
    },
  )
})

describe('a sync', () => {
  test('reads every page, and asks for programs twenty devices at a time', async () => {
    const { graph, mdm } = await start(computers(230))
    graph.others.push({ id: 'phone', operatingSystem: 'iOS', lastSyncDateTime: now.toISOString() })
    const { checkIns, pages } = await sync(mdm)
    expect(pages).toBe(3)
    expect(new Set(checkIns.map((one) => one.serialNumber)).size).toBe(230)
    expect(checkIns.every((one) => one.software?.length === 2)).toBe(true)
    expect(graph.requests.filter(({ path }) => path === '/beta/$batch')).toHaveLength(12)
    expect(graph.requests.filter(({ path }) => path.includes('/token'))).toHaveLength(1)
  })

  test('asks afterwards only for what synced since, and once a day for all', async () => {
    const { graph, mdm } = await start(computers(5, { lastContactAt: new Date('2026-03-01T00:00:00Z') }))
    graph.computers[4] = { ...graph.computers[4]!, lastContactAt: now }
    const first = await sync(mdm)
    later(180)
    graph.computers[2] = { ...graph.computers[2]!, lastContactAt: now }
    const second = await sync(mdm, first.cursor)
    expect(second.checkIns.map((one) => one.serialNumber)).toEqual(['TT00SIM0003', 'TT00SIM0005'])
    later(24 * 60)
    const third = await sync(mdm, second.cursor)
    expect(third.checkIns).toHaveLength(5)
    expect(third.checkIns.filter((one) => one.software).map((one) => one.serialNumber)).toEqual(['TT00SIM0003'])
  })

  test('goes on where it was cut off, and begins anew where that link has expired', async () => {
    const { graph, mdm } = await start(computers(150))
    const first = await mdm.readPage(null)
    graph.fail({ on: '/v1.0', how: 'cut' })
    expect(await problemOf(mdm.readPage(first.cursor))).toBe('unreadable')
    expect((await sync(mdm, first.cursor)).checkIns).toHaveLength(50)
    graph.expireLinks()
    expect((await sync(mdm, first.cursor)).checkIns).toHaveLength(150)
  })

  test('does without the filter, and without beta, where Graph does not have them', async () => {
    const { graph, mdm } = await start(computers(3), { canFilter: false, hasBeta: false })
    const first = await sync(mdm)
    expect(first.checkIns.map((one) => one.software)).toEqual([undefined, undefined, undefined])
    const second = await sync(mdm, first.cursor)
    expect(second.checkIns).toHaveLength(3)
    expect(graph.requests.filter(({ path }) => path.includes('filter'))).toHaveLength(1)
  })

  test('asks for a new token where the old one is refused or at its end', async () => {
    const { graph, mdm } = await start(computers(1))
    await sync(mdm)
    graph.revokeTokens()
    expect((await sync(mdm)).checkIns).toHaveLength(1)
    later(61)
    expect((await sync(mdm)).checkIns).toHaveLength(1)
    expect(graph.requests.filter(({ path }) => path.includes('/token'))).toHaveLength(3)
  })

  test('tells what went wrong in the words of the port', async () => {
    const { graph, mdm } = await start(computers(1))
    const failing = async (fault: Parameters<GraphServer['fail']>[0]) => {
      graph.fail({ on: '/v1.0', ...fault })
      return problemOf(mdm.readPage(null))
    }
    expect(await failing({ how: '500' })).toBe('unavailable')
    expect(await failing({ how: 'closed' })).toBe('unavailable')
    expect(await failing({ how: 'no JSON' })).toBe('unreadable')
    expect(await failing({ how: '403' })).toBe('forbidden')
    expect(await failing({ how: '429', retryAfter: 12 })).toBe('too_many, again after 12000 ms')
    expect(await failing({ how: '429' })).toBe('too_many, again after 60000 ms')
    expect(await failing({ how: 'changed', change: () => ({ values: [] }) })).toBe('unreadable')
    expect(await failing({ how: 'changed', change: (page: object) => ({ ...page, '@odata.nextLink': 7 }) })).toBe(
      'unreadable',
    )
    graph.throttle(1)
    expect(await problemOf(mdm.readPage(null))).toBe('too_many, again after 17000 ms')
    graph.fail({ on: '/beta', how: 'changed', change: () => ({ responses: 'none' }) })
    expect(await problemOf(mdm.readPage(null))).toBe('unreadable')
    expect(await failing({ how: 'late', ms: 20 })).toBe('none')
  })

  test('refused credentials are told as such, by the test as well', async () => {
    const { graph } = await start(computers(1))
    const wrong = { ...app, clientSecret: 'wrong', graphUrl: graph.url, loginUrl: graph.url }
    const mdm = createIntune(wrong, { clock: () => now })
    expect(await problemOf(mdm.readPage(null))).toBe('unauthenticated')
    expect(await problemOf(mdm.test())).toBe('unauthenticated')
    const { mdm: right } = await start(computers(1))
    expect(await right.test()).toContain('answered')
  })

  test('follows no link to another host, with its token', async () => {
    const { graph, mdm } = await start(computers(1))
    const elsewhere = { '@odata.nextLink': 'http://192.0.2.1/v1.0/deviceManagement/managedDevices' }
    graph.fail({ on: '/v1.0', how: 'changed', change: (page: object) => ({ ...page, ...elsewhere }) })
    const { cursor } = await mdm.readPage(null)
    expect(await problemOf(mdm.readPage(cursor))).toBe('unreadable')
  })

  test.each(['http://[', '', 'x'.repeat(9000), `http://graph.example/${'x'.repeat(9000)}`])(
    'takes no page whose link is none (%#)',
    async (link) => {
      const { graph, mdm } = await start(computers(1))
      graph.fail({ on: '/v1.0', how: 'changed', change: (page: object) => ({ ...page, '@odata.nextLink': link }) })
      expect(await problemOf(mdm.readPage(null))).toBe('unreadable')
    },
  )

  test('keeps of a link nothing that the database would refuse', async () => {
    const { graph, mdm } = await start(computers(1))
    const link = `${graph.url}/v1.0/\u0000\ud800`
    graph.fail({ on: '/v1.0', how: 'changed', change: (page: object) => ({ ...page, '@odata.nextLink': link }) })
    expect(JSON.stringify((await mdm.readPage(null)).cursor)).not.toMatch(/\\u/)
  })

  test('takes half a list of programs for no list', async () => {
    const { graph, mdm } = await start(computers(1))
    graph.fail({
      on: '/beta',
      how: 'changed',
      change: ({ responses }: { responses: { body: object }[] }) => ({
        responses: responses.map((one) => ({ ...one, body: { ...one.body, 'detectedApps@odata.nextLink': 'more' } })),
      }),
    })
    expect((await sync(mdm)).checkIns.map((one) => one.software)).toEqual([undefined])
  })

  test('survives answers of a batch with any member spoilt', async () => {
    const { graph, mdm } = await start(computers(1))
    const answer = { responses: [{ id: '0', status: 200, headers: {}, body: expandedDevice(computer) }] }
    for (const { record } of mutationsOf(answer).filter(({ path }) => path.length < 4)) {
      graph.fail({ on: '/beta', how: 'changed', change: () => record })
      await problemOf(mdm.readPage(null))
    }
  })

  test('any cursor that is none begins anew', async () => {
    const { mdm } = await start(computers(2))
    for (const cursor of ['', 7, {}, { since: 'yesterday', next: null }, [null]])
      expect((await sync(mdm, cursor)).checkIns).toHaveLength(2)
  })
})
