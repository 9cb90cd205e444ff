import { connect } from 'node:net'
import { afterAll, beforeAll, test } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
const secret = 'an enrol secret of the tests'
let s: TestService
beforeAll(async () => { s = await startTestService({ OSQUERY_ENROLL_SECRET: secret }); s.time.now = new Date('2026-03-02T08:00:00Z') })
afterAll(() => s.stop())
const T = Date.parse('2026-03-02T08:00:00Z') / 1000
const post = async (path: string, body: unknown) => { const t = performance.now(); const a = await s.send('POST', `/osquery/${path}`, JSON.stringify(body)); return { a, ms: Math.round(performance.now() - t) } }
const enrol = async (id: string) => (await post('enroll', { enroll_secret: secret, host_identifier: id, platform_type: '21', host_details: { system_info: { hardware_serial: `S${id}`, uuid: `U-${id}` } } })).a.json.node_key
const db = () => s.service.house.db
const count = async (table: any) => Number((await db().selectFrom(table).select((e: any) => e.fn.countAll().as('n')).executeTakeFirstOrThrow() as any).n)
const state = async () => ({ ledger: await count('ledger'), devices: await count('devices'), agents: await count('agents'), inbox: await count('inbox'), presence: await count('presence'), rss: Math.round(process.memoryUsage().rss / 1e6),
  mem: ((await db().selectFrom('agents').select((e: any) => e.fn('max', [e.fn('pg_column_size', ['memory'])]).as('m')).executeTakeFirst()) as any)?.m })
const say = async (what: string, r: { a: any; ms: number }) => console.log(what, r.ms + 'ms', r.a.status, JSON.stringify(r.a.json).slice(0, 150), JSON.stringify(await state()))
test('x', async () => {
  const log = (key: string, data: unknown[]) => post('log', { node_key: key, log_type: 'result', data })
  let k = await enrol('1')
  await say('10k names one second', await log(k, Array.from({ length: 10000 }, (_, i) => ({ name: 'other' + i, unixTime: T }))))
  await say('same again', await log(k, Array.from({ length: 10000 }, (_, i) => ({ name: 'more' + i, unixTime: T }))))
  await say('usb same second', await log(k, [{ name: 'telltale_usb_darwin', unixTime: T, snapshot: [] }, ...Array.from({ length: 9000 }, (_, i) => ({ name: 'z' + i, unixTime: T }))]))
  k = await enrol('2')
  await say('2000 rounds', await log(k, Array.from({ length: 2000 }, (_, i) => ({ name: 'telltale_ports_darwin', unixTime: T - i * 400, snapshot: [{ port: i % 60000 }] }))))
  k = await enrol('3')
  await say('2000 serials', await log(k, Array.from({ length: 2000 }, (_, i) => ({ name: 'telltale_ports_darwin', unixTime: T, snapshot: [], decorations: { serial: 'FAKE' + i, uuid: 'FU' + i } }))))
  k = await enrol('4')
  await say('100k lines', await log(k, Array.from({ length: 100000 }, (_, i) => ({ name: 'x' + i, unixTime: T }))))
  const rows = await db().selectFrom('inbox').select(['id', 'reason']).where('status', '=', 'failed').execute(); console.log(rows.slice(0, 3))
  await db().updateTable('inbox').set({ status: 'waiting', next_attempt_at: s.time.now! }).execute()
  const t = performance.now(); await s.drain(); console.log('retried in', Math.round(performance.now() - t), 'ms', await state())
  k = await enrol('5')
  const year9999 = [{ name: 'telltale_usb_darwin', unixTime: 253402300799, snapshot: [{ vendor_id: '05ac', product_id: '8600' }] }]
  await say('9999', await log(k, year9999)); await say('9999 again', await log(k, year9999))
  for (let i = 1; i < 4; i++) await say('now ' + i, await log(k, [{ name: 'telltale_usb_darwin', unixTime: T - 1000 + i * 60, snapshot: [{ vendor_id: '05ac', product_id: '8600' }] }]))
  console.log((await db().selectFrom('agents').select('memory').where('id', '=', (await db().selectFrom('agents').select('id').orderBy('enrolled_at', 'desc').orderBy('id', 'desc').executeTakeFirstOrThrow()).id).executeTakeFirst()))
  await say('write never asked', await post('distributed/write', { node_key: k, queries: { telltale_usb_windows: [{ instance: 'x' }], elsewhere: [{ a: 1 }], __proto__x: 1, constructor: [{}] }, statuses: {} }))
  let t0 = performance.now(); for (let i = 0; i < 1000; i++) await enrol('same'); console.log('1000 enrolments of one', Math.round(performance.now() - t0), await state())
  t0 = performance.now(); await Promise.all(Array.from({ length: 1000 }, (_, i) => enrol('h' + i))); console.log('1000 of many', Math.round(performance.now() - t0), await state())
  // proto and NUL
  k = await enrol('6')
  await say('proto', { a: await s.send('POST', '/osquery/log', `{"node_key":"${k}","log_type":"result","__proto__":{"data":[]},"data":[{"name":"telltale_identity_darwin","unixTime":${T},"snapshot":[{"__proto__":{"hostname":"x"},"computer_name":"\\u0000\\ud800a","user":"\\udc00"}],"decorations":{"__proto__":{"serial":"P"},"serial":"\\ud800\\u0000"}},{"name":"\\u0000","unixTime":1},{"name":"n","unixTime":"99999999999999999999"}]}`), ms: 0 })
  await say('16MB serial', await log(k, [{ name: 'telltale_ports_darwin', unixTime: T + 1, snapshot: [], decorations: { serial: 's'.repeat(15e6) } }]))
  const sock = connect(Number(new URL(s.base).port), '127.0.0.1'); sock.on('error', () => {})
  console.log('logged', s.logged.filter((l) => !/listening/.test(l)).map(l => l.slice(0, 200)).slice(-12)); sock.destroy()
}, 300_000)
