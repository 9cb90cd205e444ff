// osquery's TLS plugins over HTTP: the look-alike client follows the protocol, and misbehaves where a story says so.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../server/config.ts'
import { startService } from '../../server/main.ts'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import {
  createOsqueryClient,
  type OsqueryClient,
  type OsqueryOptions,
} from '../../server/simulator/mdm/osquery-client.ts'
import type { OsqueryHost } from '../../server/simulator/mdm/osquery-tables.ts'
import { freePort, startTestService, type TestService } from '../service.ts'

const secret = 'an enrol secret of the tests'
const start = new Date('2026-03-02T08:00:00Z')

let service: TestService
let number = 0
let computer: SimulatedComputer
beforeAll(async () => {
  service = await startTestService({ OSQUERY_ENROLL_SECRET: secret })
})
afterAll(() => service.stop())
beforeEach(() => {
  service.time.now = new Date(start)
  computer = simulatedComputer({ number: ++number, at: start })
})

const later = (minutes: number): Date => {
  service.time.now = new Date(service.time.now!.getTime() + minutes * 60_000)
  return service.time.now
}

/** The computer at the time of the service, so that its clock is right. */
const hostNow = (): OsqueryHost => ({
  computer,
  now: service.time.now!,
  zone: { name: 'CST', offsetSeconds: -6 * 3600 },
  gatewayMac: '94:83:c4:00:00:01',
})

function client(over: Partial<OsqueryOptions> = {}, host: Partial<OsqueryHost> = {}): OsqueryClient {
  return createOsqueryClient({
    url: service.base,
    enrolSecret: secret,
    hostIdentifier: computer.hardwareUuid,
    host: () => ({ ...hostNow(), ...host }),
    headers: { 'x-forwarded-for': '8.8.4.4' },
    ...over,
  })
}

const db = () => service.service.house.db

const facets = async (): Promise<Record<string, Record<string, unknown>>> => {
  const rows = await db()
    .selectFrom('facets')
    .innerJoin('devices', 'devices.id', 'facets.device_id')
    .select(['facet', 'content', 'source'])
    .where('serial_number', '=', computer.serialNumber)
    .execute()
  expect(rows.every((row) => row.source === 'osquery')).toBe(true)
  return Object.fromEntries(rows.map((row) => [row.facet, row.content as Record<string, unknown>]))
}

const changes = async () =>
  db()
    .selectFrom('ledger')
    .innerJoin('devices', 'devices.id', 'ledger.device_id')
    .select(['ledger.kind', 'payload', 'occurred_at'])
    .where('serial_number', '=', computer.serialNumber)
    .where('kind', '=', 'checkin.changed')
    .orderBy('seq')
    .execute()

const presence = async () =>
  db()
    .selectFrom('presence')
    .innerJoin('devices', 'devices.id', 'presence.device_id')
    .select(['last_at', 'presence.proof', 'booted_at'])
    .where('serial_number', '=', computer.serialNumber)
    .execute()

const kept = async () =>
  db()
    .selectFrom('inbox')
    .select(['id', 'reason', 'body'])
    .where('source', '=', 'osquery')
    .where('status', '=', 'failed')
    .execute()

const enrolments = async () =>
  (await db().selectFrom('ledger').select('payload').where('kind', '=', 'agent.enrolled').orderBy('seq').execute()).map(
    (row) => (row.payload as { again: boolean }).again,
  )

describe('the protocol', () => {
  test.each(['darwin', 'windows', 'linux'] as const)(
    'a %s host enrols, is asked for everything at once, and is then known whole',
    async (platform) => {
      computer = { ...computer, platform, macAddress: '3c:a6:f6:01:02:03' }
      const host = client()
      expect(await host.enrol()).toBe(true)
      const asked = await host.answer()
      expect(asked.every((name) => name.endsWith(`_${platform}`))).toBe(true)
      const seen = await facets()
      expect(seen['network']).toMatchObject({
        publicIp: '8.8.4.4',
        gatewayBlock: '9483c40',
        privateNetworks: ['192.168.7.0/24'],
      })
      expect(seen['network']).not.toHaveProperty('neighbours')
      const names = (seen['software']!['software'] as { name: string }[]).map((one) => one.name)
      const [first] = computer.software
      expect(names).toContain({ darwin: 'Larch Notes.app', windows: first!.name, linux: first!.identifier }[platform])
      expect(names.some((name) => name.startsWith('com.example.larch.agent'))).toBe(true)
      expect(seen['hardware']).toMatchObject({ hardwareUuid: computer.hardwareUuid, networkCards: ['3ca6f60'] })
      expect(seen['posture']).toMatchObject({ platform, osVersion: '15.6', diskEncrypted: true })
      expect(seen['clock']).toEqual({ timeZone: 'America/Chicago' })
      expect(await presence()).toMatchObject([{ last_at: start, proof: 'claimed' }])
      expect(await host.answer(), 'it is asked once').toEqual([])
    },
  )

  test('the schedule brings the same, and then presence only until something changes', async () => {
    const host = client({ compress: true })
    await host.run()
    expect(await host.flush()).toBe(true)
    const first = await changes()
    expect(first.length).toBeGreaterThan(4)
    for (let round = 0; round < 5; round++) {
      later(10)
      await host.run()
      await host.flush()
    }
    expect(await changes()).toHaveLength(first.length)
    expect((await presence())[0]!.last_at).toEqual(service.time.now)
    expect((await presence())[0]!.booted_at).toEqual(computer.bootedAt)
    computer = {
      ...computer,
      software: [
        ...computer.software,
        {
          name: 'AnyDesk',
          version: '8.1',
          identifier: 'com.philandro.anydesk',
          path: '/Applications/AnyDesk.app',
          publisher: '',
        },
      ],
    }
    later(60)
    await host.run()
    await host.flush()
    const last = (await changes()).at(-1)!.payload as { facet: string; added: { value: { name: string } }[] }
    expect(last).toMatchObject({ facet: 'software', added: [{ value: { name: 'AnyDesk.app' } }], removed: [] })
  })

  test('numbers may come as numbers, and old versions name the host otherwise', async () => {
    const host = client(
      { numerics: true },
      { tables: { listening_ports: [{ port: 5900, pid: 1, protocol: 6, address: '0.0.0.0' }] } },
    )
    await host.run()
    host.log({
      name: 'somebody else’s',
      hostname: 'old',
      unixTime: start.getTime() / 1000,
      diffResults: { added: [{}] },
    })
    await host.flush()
    expect((await facets())['software']!['listeningPorts']).toEqual([{ port: 5900 }])
    expect((await facets())['clock']).toEqual({ timeZone: 'America/Chicago' })
  })

  test('a KVM at the USB port and as the display is seen, and judged', async () => {
    const { headers } = await service.token({ scopes: ['directory:write', 'shipments:write'] })
    const person = { external_id: 'E-1', name: 'Fern Hollis', email: 'fern@example.com' }
    await service.send('POST', '/people', JSON.stringify(person), headers)
    const order = { reference: 'PO-1', serial_number: computer.serialNumber, person_email: person.email }
    const times = { ordered_at: '2026-02-20T12:00:00Z', shipped_at: '2026-02-21T12:00:00Z' }
    await service.send('POST', '/shipments', JSON.stringify({ ...order, ...times }), headers)
    const host = client(
      {},
      {
        tables: {
          usb_devices: [
            {
              vendor_id: '1d6b',
              model_id: '0104',
              vendor: 'PiKVM',
              model: 'PiKVM Composite Device',
              serial: 'CAFEBABE',
            },
          ],
          connected_displays: [{ vendor_id: '31d8', product_id: '7771', name: 'PiKVM V3' }],
        },
      },
    )
    await host.run()
    await host.flush()
    expect((await facets())['hardware']).toMatchObject({
      usbDevices: [{ vendorId: '1d6b', productId: '0104', product: 'PiKVM Composite Device', serial: 'CAFEBABE' }],
      displays: [{ manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3' }],
    })
    await service.drain()
    const findings = await db()
      .selectFrom('findings')
      .innerJoin('devices', 'devices.id', 'findings.device_id')
      .select('rule')
      .where('serial_number', '=', computer.serialNumber)
      .execute()
    expect(findings).toContainEqual({ rule: 'kvm-hardware' })
  })
})

test('many at once are each told apart', async () => {
  const computers = Array.from({ length: 20 }, () => simulatedComputer({ number: ++number, at: start }))
  const hosts = computers.map((one) => client({ hostIdentifier: one.hardwareUuid }, { computer: one }))
  await Promise.all(hosts.map((host) => host.run()))
  expect(await Promise.all(hosts.map((host) => host.flush()))).toEqual(hosts.map(() => true))
  const seen = await db()
    .selectFrom('facets')
    .innerJoin('devices', 'devices.id', 'facets.device_id')
    .select(['serial_number', 'hardware_uuid'])
    .where(
      'serial_number',
      'in',
      computers.map((one) => one.serialNumber),
    )
    .where('facet', '=', 'software')
    .execute()
  expect(seen.map((row) => `${row.serial_number} ${row.hardware_uuid}`).sort()).toEqual(
    computers.map((one) => `${one.serialNumber} ${one.hardwareUuid}`).sort(),
  )
})

describe('keys', () => {
  test('who enrols again under one host identifier has the place of the time before, whose key ends', async () => {
    const before = (await enrolments()).length
    const [old, host] = [client(), client()]
    await old.enrol()
    await host.enrol()
    expect((await enrolments()).slice(before)).toEqual([false, true])
    const read = await old.post('distributed/read', { node_key: old.nodeKey })
    expect(read).toMatchObject({ status: 200, json: { node_invalid: true } })
    expect((await host.post('distributed/read', { node_key: host.nodeKey })).json.node_invalid).toBe(false)
  })

  test('a refused client enrols again and loses no line', async () => {
    const host = client()
    await host.configure()
    await db().updateTable('agents').set({ invalidated_at: start }).where('invalidated_at', 'is', null).execute()
    await host.run()
    expect(await host.flush()).toBe(true)
    expect(host.waiting).toBe(0)
    expect(await facets()).toHaveProperty('software')
  })

  test('an unknown, blank, absent or mistyped key is told to enrol', async () => {
    const host = client()
    for (const node_key of ['of nobody', '', null, undefined, 7, { $ne: '' }, 'x'.repeat(10_000)])
      for (const path of ['config', 'log', 'distributed/read', 'distributed/write'])
        expect(await host.post(path, { node_key, log_type: 'result', data: [] })).toEqual({
          status: 200,
          json: { node_invalid: true },
        })
  })

  test('newer clients may show their key in a header', async () => {
    const host = client()
    await host.enrol()
    const answer = await service.send('POST', '/osquery/config', '{}', { authorization: `NodeKey ${host.nodeKey}` })
    expect(answer.json).toMatchObject({ node_invalid: false, schedule: { telltale_usb_darwin: { snapshot: true } } })
    expect(answer.json.schedule).not.toHaveProperty('telltale_software_windows')
  })

  test('of a key only the hash is kept, and of a host identifier a pseudonym', async () => {
    const host = client({ hostIdentifier: 'ferns-macbook.local' })
    await host.enrol()
    await host.run()
    await host.flush()
    const dump = JSON.stringify(await db().selectFrom('agents').selectAll().execute())
    expect(dump).not.toContain(host.nodeKey)
    expect(dump).not.toContain('ferns-macbook')
  })

  test('a wrong secret lets nobody in, and is logged without it', async () => {
    const host = client({ enrolSecret: 'guessed wrongly' })
    const before = (await enrolments()).length
    expect(await host.enrol()).toBe(false)
    expect((await host.post('enroll', { host_identifier: 'x' })).json).toEqual({ node_invalid: true })
    expect(await enrolments()).toHaveLength(before)
    expect(service.logged.join('\n')).toContain('osquery: an agent asked to enrol with a wrong secret')
    expect(service.logged.join('\n')).not.toContain('guessed')
  })

  test('one address may not have agents enrol without end', async () => {
    const host = client({ headers: { 'x-forwarded-for': '9.9.9.9' } })
    const wrong = { enroll_secret: 'guessed', host_identifier: 'x' }
    const statuses = await Promise.all(
      Array.from({ length: 301 }, async () => (await host.post('enroll', wrong)).status),
    )
    expect(statuses.filter((status) => status === 200)).toHaveLength(300)
    expect(statuses.filter((status) => status === 429)).toHaveLength(1)
    expect(await client().enrol(), 'from another address').toBe(true)
    later(1)
    expect(await host.enrol()).toBe(true)
  })

  test('what comes under another agent’s key is about whom it names, and leaves that agent’s device alone', async () => {
    const victim = client()
    await victim.run()
    await victim.flush()
    const theirs = computer
    const before = await changes()
    computer = simulatedComputer({ number: ++number, at: start })
    const thief = client()
    thief.nodeKey = victim.nodeKey
    await thief.run()
    await thief.flush()
    expect(await presence()).toMatchObject([{ proof: 'doubtful' }])
    computer = theirs
    expect(await changes()).toEqual(before)
  })

  test('a key outlives a restart of the service', async () => {
    const host = client()
    await host.run()
    await host.flush()
    const config = await configOfAnother()
    const again = await startService(config, {
      log: { info: () => {}, warn: () => {}, error: () => {} },
      clock: () => service.time.now!,
      timed: false,
    })
    try {
      const other = client({ url: config.url })
      other.nodeKey = host.nodeKey
      later(5)
      const before = (await enrolments()).length
      await other.run()
      expect(await other.flush()).toBe(true)
      expect(await enrolments()).toHaveLength(before)
      expect((await presence())[0]!.last_at).toEqual(service.time.now)
    } finally {
      await again.stop()
    }
  })
})

/** For a second service on the same database, as after a restart. */
async function configOfAnother() {
  const port = await freePort()
  const result = loadConfig({
    DATABASE_URL: service.database.url,
    TELLTALE_DATA: service.dataFolder,
    TELLTALE_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    OSQUERY_ENROLL_SECRET: secret,
  })
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  return result.config
}

describe('time', () => {
  test('lines gathered while the server was away come afterwards, in order, and tell each hour as it was', async () => {
    const network = { url: service.base }
    const options = {
      enrolSecret: secret,
      hostIdentifier: computer.hardwareUuid,
      host: hostNow,
      linesMax: 1,
      get url() {
        return network.url
      },
    }
    const host = createOsqueryClient(options)
    await host.run()
    await host.flush()
    const before = (await changes()).length
    network.url = 'http://127.0.0.1:9'
    for (const software of [[], computer.software]) {
      computer = { ...computer, software }
      later(60)
      await host.run(['telltale_software_darwin'])
      expect(await host.flush()).toBe(false)
    }
    network.url = service.base
    expect(await host.flush(), 'it backs off').toBe(false)
    expect(host.waiting).toBe(2)
    later(60)
    expect(await host.flush()).toBe(true)
    const told = (await changes()).slice(before)
    expect(told.map((one) => [one.occurred_at.toISOString(), (one.payload as { late: boolean }).late])).toEqual([
      ['2026-03-02T09:00:00.000Z', false],
      ['2026-03-02T10:00:00.000Z', false],
    ])
    expect((await facets())['software']!['software']).toHaveLength(3)
  })

  test('several rounds in one post are several check-ins, and none but the last is placed where the post came from', async () => {
    const host = client()
    await host.run()
    await host.flush()
    const before = (await changes()).length
    for (const gatewayMac of ['02:00:00:00:00:0a', '02:00:00:00:00:0b']) {
      later(60)
      const moved = client({}, { gatewayMac })
      moved.nodeKey = host.nodeKey
      await moved.run(['telltale_network_darwin'])
      for (const line of moved.take()) host.log(line)
    }
    await host.flush()
    const told = (await changes()).slice(before)
    expect(told.map((one) => one.occurred_at.toISOString())).toEqual([
      '2026-03-02T09:00:00.000Z',
      '2026-03-02T10:00:00.000Z',
    ])
  })

  test('a post that is sent twice changes nothing', async () => {
    const host = client()
    await host.run()
    await host.flush()
    const before = await db()
      .selectFrom('ledger')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    const line = (name: string, snapshot: object[]) => ({
      name,
      unixTime: String(start.getTime() / 1000),
      snapshot,
      action: 'snapshot',
      decorations: { serial: computer.serialNumber, uuid: computer.hardwareUuid },
    })
    const lines = [line('telltale_usb_darwin', [{ vendor_id: '05ac', product_id: '8600' }])]
    for (let time = 0; time < 2; time++)
      expect((await host.post('log', { node_key: host.nodeKey, log_type: 'result', data: lines })).json).toEqual({
        node_invalid: false,
      })
    const after = await db()
      .selectFrom('ledger')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    expect(after).toEqual(before)
  })

  test('two posts of one second are two check-ins', async () => {
    const host = client()
    await host.run(['telltale_clock_darwin', 'telltale_identity_darwin'])
    await host.flush()
    service.time.now = new Date(start.getTime() + 900)
    await host.run(['telltale_usb_darwin'])
    await host.flush()
    expect((await facets())['hardware']).toHaveProperty('usbDevices', [])
  })
})

describe('what is not as it should be', () => {
  test('a line that cannot be read is kept and can be tried again; the others count', async () => {
    const host = client()
    await host.configure()
    host.log({ name: 'telltale_usb_darwin', snapshot: [] })
    await host.run()
    const before = (await kept()).length
    expect(await host.flush()).toBe(true)
    expect(await facets()).toHaveProperty('software')
    const [row] = (await kept()).slice(before)
    expect(row!.reason).toContain('unixTime')
    const { agent } = JSON.parse(row!.body!.toString())
    const lines = [{ name: 'telltale_ports_darwin', unixTime: start.getTime() / 1000 + 60, snapshot: [{ port: 22 }] }]
    await db()
      .updateTable('inbox')
      .set({ body: Buffer.from(JSON.stringify({ agent, lines })), status: 'waiting', next_attempt_at: start })
      .where('id', '=', row!.id)
      .execute()
    later(5)
    await service.drain()
    expect((await facets())['software']!['listeningPorts']).toEqual([{ port: 22 }])
  })

  test.each([
    ['no list', { log_type: 'result', data: 'rubbish' }],
    ['a list of rubbish', { log_type: 'result', data: [null, 1, 'x', [], { name: 7 }] }],
    ['nothing', {}],
    ['status lines', { log_type: 'status', data: [{ severity: '2', message: 'x' }] }],
    ['another kind', { log_type: 'unheard of', data: [] }],
    ['blank answers', { queries: { telltale_usb_darwin: '' }, statuses: { telltale_usb_darwin: '1' } }],
    ['answers of another shape', { queries: [1], statuses: 7 }],
  ])('a report of %s is taken, so that it is not sent for ever', async (_what, report) => {
    const host = client()
    await host.enrol()
    for (const path of ['log', 'distributed/write'])
      expect(await host.post(path, { node_key: host.nodeKey, ...report })).toEqual({
        status: 200,
        json: { node_invalid: false },
      })
  })

  test('a name that is no UTF-8 spoils itself only', async () => {
    const host = client()
    await host.enrol()
    const rows = [{ kind: 'app', name: 'X.app' }]
    const data = [{ name: 'telltale_software_darwin', unixTime: start.getTime() / 1000, snapshot: rows }]
    const body = Buffer.from(JSON.stringify({ node_key: host.nodeKey, log_type: 'result', data }))
    body[body.indexOf('X.app')] = 0xff
    expect((await service.send('POST', '/osquery/log', body)).json).toEqual({ node_invalid: false })
    expect((await facets())['software']!['software']).toEqual([{ kind: 'app', name: '\ufffd.app' }])
  })

  test('no JSON is 400, a gzip bomb and a huge line are 413, another method and path are 404', async () => {
    const host = client()
    await host.enrol()
    expect((await host.post('log', 'rubbish')).status).toBe(400)
    expect((await host.post('log', '['.repeat(5000))).status).toBe(400)
    const send = (body: Uint8Array | string, headers = {}) => service.send('POST', '/osquery/log', body, headers)
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
    expect((await send(bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
    expect((await send('no gzip', { 'content-encoding': 'gzip' })).status).toBe(400)
    expect((await send(Buffer.alloc(17 * 1024 * 1024, ' '))).status).toBe(413)
    expect((await service.send('GET', '/osquery/log')).status).toBe(404)
    expect((await service.send('POST', '/osquery/carve_init', '{}')).status).toBe(404)
  })
})

test('without its secret the endpoints do not exist; a wrong setting is named', async () => {
  const bare = await startTestService()
  try {
    for (const path of ['enroll', 'config', 'log', 'distributed/read', 'distributed/write'])
      expect((await bare.send('POST', `/osquery/${path}`, '{}')).status).toBe(404)
  } finally {
    await bare.stop()
  }
  expect(loadConfig({ OSQUERY_VOUCHES: 'attestation' })).toMatchObject({
    ok: false,
    faults: [{ path: 'OSQUERY_VOUCHES' }, { path: 'OSQUERY_ENROLL_SECRET' }],
  })
})
