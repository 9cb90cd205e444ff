// The whole way back over HTTP: a leaving date, a reminder, the scan in the stockroom, both signatures, and the end.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tasks } from '../../server/worker.ts'
import { startTestService, type TestService } from '../service.ts'

let service: TestService
let cookie: string
beforeAll(async () => {
  service = await startTestService()
  service.time.now = new Date('2026-05-01T12:00:00Z')
  cookie = await service.signIn('provisioner')
  const token = await service.token({ scopes: ['directory:write', 'shipments:write'] })
  const post = async (where: string, body: unknown) => {
    const answer = await service.send('POST', where, JSON.stringify(body), token.headers)
    expect(answer.json.rejected).toEqual([])
  }
  const home = { line1: '9 Oak Ave', line2: '', city: 'Boston', region: 'MA', postal_code: '02110', country: 'US' }
  await post('/people', [
    { external_id: 'E1', name: 'Ines Calder', email: 'ines@example.com', ...home, address_verified: 'yes' },
    { external_id: 'E2', name: 'Theo Lind', email: 'theo@example.com' },
  ])
  const rows = [
    'serial_number,model,status,holder_email',
    'WAYBACK001,MacBook Pro 14,in_service,ines@example.com',
    'WAYBACK002,MacBook Pro 14,in_service,ines@example.com',
    'WAYBACK003,MacBook Pro 14,in_service,theo@example.com',
  ]
  const content = Buffer.from(rows.join('\n')).toString('base64')
  await rpc('imports.run', { kind: 'devices', content, fileName: null, mapping: {}, dryRun: false })
  await post('/people', { external_id: 'E1', name: 'Ines Calder', email: 'ines@example.com', leaves_on: '2026-05-10' })
})
afterAll(() => service?.stop())

async function rpc(name: string, input?: unknown) {
  const { data, error } = await service.rpc(cookie, name, input)
  if (error) throw new Error(`${name}: ${error.message}`)
  return data
}
const list = async (state: string[] = []) => (await rpc('returns.list', { state })).returns
const scan = async (name: 'pack' | 'receive', scanId: string, text: string) =>
  (await rpc(`scan.${name}`, { scanId, text })).results

it('a leaving date asks for everything held, and what could not be mailed is listed to be said by hand', async () => {
  await tasks.returns(service.service.house)
  const opened = await list(['due'])
  expect(opened).toMatchObject([
    { reason: 'leaving', dueOn: '2026-05-10', person: { name: 'Ines Calder' } },
    { reason: 'leaving', dueOn: '2026-05-10' },
  ])
  service.time.now = new Date('2026-05-03T16:00:00Z')
  await tasks.returns(service.service.house)
  expect(await list(['due'])).toMatchObject([
    { reminders: 1, lastReminderSent: false },
    { reminders: 1, lastReminderSent: false },
  ])
})

it('overdue returns are counted, and found by their state', async () => {
  service.time.now = new Date('2026-05-11T12:00:00Z')
  expect(await rpc('system.counts')).toMatchObject({ overdue: 2 })
  expect(await list(['overdue'])).toHaveLength(2)
  expect(await list(['due', 'received'])).toEqual([])
  const found = await rpc('returns.list', { text: 'wayback002' })
  expect(found).toMatchObject({ total: 1, returns: [{ device: { serialNumber: 'WAYBACK002' } }] })
})

it('a parcel with a label of its own is made for one of them', async () => {
  const one = (await rpc('returns.list', { text: 'WAYBACK002' })).returns[0]
  const { shipmentId } = await rpc('returns.prepareParcel', { returnId: one.id })
  expect(await rpc('shipments.get', { id: shipmentId })).toMatchObject({
    direction: 'return',
    devices: [{ serialNumber: 'WAYBACK002' }],
  })
  expect(await rpc('returns.get', { id: one.id })).toMatchObject({ parcel: { id: shipmentId, hasLabel: false } })
})

it('the stockroom receives by scan: good, already, wrong and unknown, and the same scan twice is one', async () => {
  expect(await scan('receive', 'scan-00001', 'SWAYBACK001')).toMatchObject([{ serial: 'WAYBACK001', is: 'good' }])
  expect(await scan('receive', 'scan-00001', 'SWAYBACK001')).toMatchObject([{ is: 'good' }])
  expect(await scan('receive', 'scan-00002', 'WAYBACK001')).toMatchObject([{ is: 'duplicate' }])
  expect(await scan('receive', 'scan-00003', 'WAYBACK003 NOTOURS001')).toMatchObject([
    { serial: 'WAYBACK003', is: 'wrong', says: expect.stringContaining('Ask for it back') },
    { serial: 'NOTOURS001', is: 'unknown' },
  ])
  expect(await list(['received'])).toMatchObject([{ serialRead: 'same', device: { serialNumber: 'WAYBACK001' } }])
})

it('the person signs by a link for having given it back', async () => {
  const [received] = await list(['received'])
  const { handoverId } = await rpc('returns.askToSign', { returnId: received.id })
  expect(await rpc('returns.askToSign', { returnId: received.id })).toEqual({ handoverId })
  const { link } = await rpc('handovers.sendLink', { handoverId, purpose: 'acceptance' })
  const secret = link.split('/h/')[1]
  const shown = (await service.rpc(null, 'handovers.show', { secret })).data
  expect(JSON.stringify(shown)).not.toContain('WAYBACK')
  const { terms_id: termsId } = await service.database.db
    .selectFrom('handovers')
    .select('terms_id')
    .where('id', '=', handoverId)
    .executeTakeFirstOrThrow()
  const answer = await service.rpc(null, 'handovers.answer', {
    secret,
    items: [{ deviceId: received.device.id, answer: 'accepted', lastFour: null }],
    signature: { how: 'typed', name: 'Ines Calder' },
    termsId,
  })
  expect(answer.error).toBeNull()
  const whole = await rpc('returns.get', { id: received.id })
  expect(whole.personAcknowledgedAt).not.toBeNull()
  expect(whole.stockAcknowledgedAt).not.toBeNull()
})

it('closed with its outcome, it is in stock again; the other one goes straight to the next person', async () => {
  const [received] = await list(['received'])
  await rpc('returns.close', { returnId: received.id, outcome: 'stock', note: 'Data wiped: yes.' })
  expect(await rpc('devices.get', { id: received.device.id })).toMatchObject({ lifeCycle: 'stock', assignee: null })
  const theo = (await rpc('people.list', { text: 'theo' })).people[0]
  const other = (await rpc('returns.list', { text: 'WAYBACK002' })).returns[0]
  await rpc('devices.transfer', { deviceId: other.device.id, toPersonId: theo.id, reason: 'takes over her work' })
  expect(await rpc('devices.get', { id: other.device.id })).toMatchObject({
    lifeCycle: 'in service',
    assignee: { name: 'Theo Lind' },
  })
  expect(await list(['overdue', 'due', 'received', 'on its way'])).toEqual([])
  expect(await list(['closed'])).toHaveLength(2)
  service.time.now = new Date('2026-05-12T12:00:00Z')
  await tasks.returns(service.service.house)
  expect(await list(['overdue', 'due'])).toEqual([])
})
