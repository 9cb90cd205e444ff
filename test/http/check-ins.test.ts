// Check-ins over HTTP: those that say nothing new take the short cut, and nobody can tell but by how little it costs.
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestService, type TestService, type TestToken } from '../service.ts'

let service: TestService
let token: TestToken
let serial = ''
let devices = 0
beforeAll(async () => {
  service = await startTestService()
  token = await service.token({ scopes: ['checkins:write', 'directory:write', 'shipments:write'], source: 'agent' })
})
afterAll(() => service.stop())
beforeEach(() => {
  serial = `C02SHORT${String(++devices).padStart(4, '0')}`
})

const anyDesk = { name: 'AnyDesk', version: '8.1' }
const slack = { name: 'Slack', version: '4.4' }

const report = (at: string, over: object = {}) => ({
  serialNumber: serial,
  reportedAt: `2026-03-02T${at}:00Z`,
  uptimeSeconds: 600,
  software: [slack, { name: 'Zoom', version: '6.1' }],
  ...over,
})

const send = async (body: object, headers: Record<string, string> = token.headers) =>
  (await service.send('POST', '/checkins', JSON.stringify(body), headers)).json

const db = () => service.service.house.db
const presence = async () =>
  db()
    .selectFrom('presence')
    .innerJoin('devices', 'devices.id', 'presence.device_id')
    .select(['day', 'first_at', 'last_at', 'slots', 'source', 'booted_at'])
    .where('serial_number', '=', serial)
    .orderBy('day')
    .execute()
const facts = async () =>
  db()
    .selectFrom('ledger')
    .innerJoin('devices', 'devices.id', 'ledger.device_id')
    .select(['kind'])
    .where('serial_number', '=', serial)
    .orderBy('seq')
    .execute()
const unchanged = { accepted: 1, unchanged: 1, changed: 0, rejected: [] }
const changed = { accepted: 1, unchanged: 0, changed: 1, rejected: [] }

test('a report that says the same moves presence and adds no fact', async () => {
  await send(report('08:00'))
  const before = await facts()
  expect(await send(report('09:15', { uptimeSeconds: 5_100 }))).toEqual(unchanged)
  expect(await send(report('10:00', { software: [{ name: 'Zoom', version: '6.1' }, slack] }))).toEqual(unchanged)
  expect(await facts()).toEqual(before)
  const [day] = await presence()
  expect(day).toMatchObject({
    first_at: new Date('2026-03-02T08:00:00Z'),
    last_at: new Date('2026-03-02T10:00:00Z'),
    booted_at: new Date('2026-03-02T09:50:00Z'),
  })
  expect([...day!.slots].flatMap((bit, slot) => (bit === '1' ? [slot] : []))).toEqual([48, 55, 60])
})

test('what it said before a change is no repeat after it', async () => {
  await send(report('08:00'))
  await send(report('08:30'))
  expect(await send(report('09:00', { software: [slack, anyDesk] }))).toEqual(changed)
  expect(await send(report('09:30'))).toEqual(changed)
  expect(await send(report('10:00'))).toEqual(unchanged)
})

test('a late repeat is told from a new one, and moves nothing back', async () => {
  await send(report('08:00'))
  await send(report('12:00'))
  expect(await send(report('10:00'))).toEqual(unchanged)
  expect((await presence())[0]).toMatchObject({ last_at: new Date('2026-03-02T12:00:00Z') })
  await send(report('13:00', { software: [slack, anyDesk] }))
  expect(await send(report('11:00', { software: [slack, anyDesk] }))).toEqual(changed)
})

test('a new day has a row of its own', async () => {
  await send(report('08:00'))
  await send(report('23:50'))
  expect(await send({ ...report('08:00'), reportedAt: '2026-03-03T08:00:00Z' })).toEqual(unchanged)
  expect((await presence()).map((row) => row.day)).toEqual(['2026-03-02', '2026-03-03'])
})

test('while a first check-in is awaited every report counts, also one that says nothing new', async () => {
  await send(report('08:00'))
  await send(report('08:30'))
  const order = { reference: `P-${serial}`, serial_number: serial, ordered_at: '2026-03-02T09:00:00Z' }
  await service.send(
    'POST',
    '/shipments',
    JSON.stringify({ ...order, shipped_at: '2026-03-02T09:30:00Z' }),
    token.headers,
  )
  expect(await send(report('10:00'))).toEqual(changed)
  expect((await facts()).map((fact) => fact.kind)).toContain('device.checked_in')
  expect(await send(report('11:00'))).toEqual(unchanged)
})

test('the same words from a token of another source are that source’s own', async () => {
  await send(report('08:00'))
  await send(report('08:30'))
  const other = await service.token({ scopes: ['checkins:write'], source: 'second agent' })
  expect(await send(report('09:00'), other.headers)).toEqual(changed)
  expect(await send(report('09:30'), other.headers)).toEqual(unchanged)
  expect((await presence()).map((row) => row.source).sort()).toEqual(['agent', 'second agent'])
})

test('a clock that is ahead is capped and marked, repeat or not', async () => {
  service.time.now = new Date('2026-03-02T12:00:00Z')
  try {
    await send(report('08:00'))
    await send(report('08:30'))
    await send(report('20:00'))
    expect((await presence())[0]).toMatchObject({ last_at: new Date('2026-03-02T12:00:00Z') })
  } finally {
    service.time.now = null
  }
})

test('a device that was withdrawn is not seen by a repeat', async () => {
  await send(report('08:00'))
  await send(report('08:30'))
  await db().updateTable('devices').set({ withdrawn_at: new Date() }).where('serial_number', '=', serial).execute()
  expect(await send(report('09:00'))).toEqual(changed)
  expect(await presence()).toHaveLength(2)
})

test('a batch of lines tells repeats, changes and rubbish apart, each by its place', async () => {
  await send(report('08:00'))
  const lines = [
    JSON.stringify(report('09:00')),
    '',
    '{"no',
    JSON.stringify(report('10:00')),
    JSON.stringify({ ...report('11:00'), platform: 'amiga' }),
    JSON.stringify(report('12:00', { software: [slack, anyDesk] })),
  ]
  const { json } = await service.send('POST', '/checkins', gzipSync(lines.join('\n')), {
    ...token.headers,
    'content-type': 'application/x-ndjson',
    'content-encoding': 'gzip',
  })
  expect(json).toMatchObject({ accepted: 3, unchanged: 2, changed: 1 })
  expect(json.rejected.map((one: { index: number }) => one.index)).toEqual([1, 3])
  expect((await presence())[0]).toMatchObject({ last_at: new Date('2026-03-02T12:00:00Z') })
})

test('of a large body that mostly repeats the rest is told by its place too, and kept as it came', async () => {
  const software = Array.from({ length: 90 }, (_, index) => ({ name: `Program ${index} of ours`, version: '1.0' }))
  const fleet = Array.from({ length: 40 }, (_, index) => `C02LARGE${String(index).padStart(4, '0')}`)
  const lines = (at: string) =>
    fleet.map((serialNumber) => JSON.stringify(report(at, { serialNumber, software: [slack, ...software] })))
  const post = async (body: string[]) => {
    const headers = { ...token.headers, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }
    return (await service.send('POST', '/checkins', gzipSync(body.join('\n')), headers)).json
  }
  await post(lines('08:00'))
  expect(lines('08:00').join('\n').length).toBeGreaterThan(128 * 1024)
  const again = lines('09:00')
  const nobody = { ...report('09:00'), serialNumber: 'To be filled by O.E.M.' }
  again[7] = '{"cut'
  again[20] = JSON.stringify(report('09:00', { serialNumber: fleet[20], software: [slack, anyDesk] }))
  again[33] = JSON.stringify(nobody)
  const came = await Promise.all([post(again), post(lines('10:00')), post(lines('11:00'))])
  expect(came.map(({ accepted }) => accepted)).toEqual([38, 40, 40])
  expect(came[0].rejected.map((one: { index: number }) => one.index)).toEqual([7, 33])
  const kept = await db().selectFrom('inbox').select('body').where('source', '=', 'checkins').orderBy('id').execute()
  const texts = kept.map((row) => Buffer.from(row.body as Uint8Array).toString())
  expect(texts).toContain('{"cut')
  expect(texts.filter((text) => text.includes('O.E.M.')).map((text) => JSON.parse(text))).toEqual([nobody])
})

test('a path with a query is the same endpoint, and a wrong token gets a problem', async () => {
  expect(
    (await service.send('POST', '/checkins?from=agent', JSON.stringify(report('08:00')), token.headers)).status,
  ).toBe(200)
  const refused = await service.send('POST', '/checkins', JSON.stringify(report('09:00')), {
    authorization: 'Bearer tt_no',
  })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(refused.json).toMatchObject({ status: 401, requestId: expect.any(String) })
})
