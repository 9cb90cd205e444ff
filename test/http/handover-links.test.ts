// Public links over HTTP: what a mail scanner opens stays unspent, a POST spends it, and no answer or log gives anything away.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Mail } from '../../server/ports.ts'
import { easyPostProof, startTestService, type TestService } from '../service.ts'

let edge: TestService
/** Everything that was answered to somebody without an account. */
const told: string[] = []
const serial = 'C02HTTP0042'
const street = '12 Maple Street'
const DAY = 86_400_000

beforeAll(async () => {
  edge = await startTestService()
  const { headers } = await edge.token({ scopes: ['directory:write', 'shipments:write'] })
  const post = (where: string, body: object) => edge.send('POST', where, JSON.stringify(body), headers)
  const home = { line1: street, city: 'Boston', region: 'MA', postal_code: '02118', country: 'US' }
  await post('/people', {
    external_id: 'E-1',
    name: 'Fern Hollis',
    email: 'fern@example.com',
    ...home,
    address_verified: 'yes',
  })
  await post('/shipments', {
    reference: 'PO-1',
    direction: 'out',
    carrier: 'UPS',
    tracking_code: '1ZHTTP',
    serial_number: serial,
    person_email: 'fern@example.com',
    ordered_at: new Date(Date.now() - DAY).toISOString(),
  })
})
afterAll(() => edge?.stop())

const ids = async () => {
  const { db } = edge.service.house
  const shipment = await db.selectFrom('shipments').select(['id', 'person_id']).executeTakeFirstOrThrow()
  const device = await db.selectFrom('devices').select('id').executeTakeFirstOrThrow()
  return { shipmentId: shipment.id, personId: shipment.person_id!, deviceId: device.id }
}
const staff = async (name: string, input: object) => edge.rpc(await edge.signIn('provisioner'), name, input)
async function openOne(): Promise<string> {
  const { shipmentId, personId, deviceId } = await ids()
  const opened = await staff('handovers.open', { kind: 'delivery', personId, shipmentId, deviceIds: [deviceId] })
  return opened.data.id
}
const secretOf = (link: string) => link.split('/h/')[1]!
const link = async (handoverId: string, purpose: string) =>
  secretOf((await staff('handovers.sendLink', { handoverId, purpose })).data.link)
/** As the public page asks: without an account. */
async function ask(name: string, input: object) {
  const came = await edge.rpc(null, `handovers.${name}`, input)
  told.push(came.text)
  return came
}
const deliver = () => {
  const at = new Date().toISOString()
  const place = { object: 'TrackingLocation', city: 'BOSTON', state: 'MA', country: 'US', zip: null }
  const detail = { object: 'TrackingDetail', message: 'Delivered', status: 'delivered', datetime: at, source: 'UPS' }
  const tracker = {
    id: 'trk_http',
    object: 'Tracker',
    mode: 'production',
    tracking_code: '1ZHTTP',
    status: 'delivered',
    created_at: at,
    updated_at: at,
    carrier: 'UPS',
    tracking_details: [{ ...detail, tracking_location: place }],
    carrier_detail: null,
    fees: [],
  }
  const event = { id: 'evt_http', object: 'Event', mode: 'production', description: 'tracker.updated', result: tracker }
  const body = JSON.stringify(event)
  return edge.send('POST', '/webhooks/easypost', body, easyPostProof(body))
}

it('a mail scanner that opens the link, or looks behind it, changes nothing; the receiver’s POST spends it', async () => {
  const handoverId = await openOne()
  const secret = await link(handoverId, 'address')
  const before = await edge.database.pool.query('select * from handover_links')
  for (const method of ['GET', 'HEAD', 'GET']) {
    const page = await edge.send(method, `/h/${secret}`)
    expect(page.status).toBeLessThan(500)
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  }
  expect((await ask('show', { secret })).data).toMatchObject({ isOpen: true, firstName: 'Fern' })
  const byGet = await edge.send(
    'GET',
    `/trpc/handovers.confirmAddress?input=${encodeURIComponent(JSON.stringify({ secret, typed: '12' }))}`,
  )
  expect(byGet.status).toBe(405)
  expect((await edge.database.pool.query('select * from handover_links')).rows).toEqual(before.rows)
  expect((await ask('confirmAddress', { secret, typed: '12' })).data).toEqual({ done: true })
  expect((await ask('show', { secret })).data).toMatchObject({ isOpen: false, why: 'used', canSend: false })
  expect((await ask('confirmAddress', { secret, typed: '12' })).error).toMatchObject({ code: 'CONFLICT' })
})

it('the laptop is accepted once it was delivered; guessing its number is stopped, and the network address is kept', async () => {
  const { deviceId } = await ids()
  const [{ id: handoverId }] = (await staff('handovers.list', {})).data.handovers
  const secret = await link(handoverId, 'acceptance')
  const { terms } = (await ask('show', { secret })).data
  const answer = (lastFour: string) =>
    ask('answer', {
      secret,
      items: [{ deviceId, answer: 'accepted', lastFour }],
      signature: { how: 'typed', name: 'Fern Hollis' },
      termsId: terms.id,
    })
  expect((await answer('0042')).error?.message).toMatch('not been delivered yet')
  await deliver()
  await edge.drain()
  for (const left of [4, 3, 2]) expect((await answer('9999')).data).toMatchObject({ done: false, wrong: [{ left }] })
  expect((await answer('0042')).data).toEqual({ done: true, another: [] })
  expect((await answer('0042')).error?.code).toBe('CONFLICT')
  const whole = (await staff('handovers.get', { id: handoverId })).data
  expect(whole).toMatchObject({ status: 'answered', signed: { name: 'Fern Hollis', from: '127.0.0.1' } })
  expect((await staff('devices.get', { id: deviceId })).data.lifeCycle).toBe('accepted')
})

it('a read-back is guessed at five times at most, and then over', async () => {
  const { deviceId } = await ids()
  const asked = (await staff('handovers.requestReadBack', { deviceId })).data
  const secret = secretOf(asked.link)
  const guess = (lastFour: string) => ask('answerReadBack', { secret, reads: [{ deviceId, lastFour }] })
  for (let n = 0; n < 4; n++) expect((await guess(`000${n}`)).data.done).toBe(false)
  expect((await guess('0009')).data).toEqual({ done: true })
  expect((await guess('0042')).error?.code).toBe('CONFLICT')
  expect((await staff('handovers.get', { id: asked.handoverId })).data.items).toMatchObject([{ readBack: 'different' }])
})

it('an expired link says so, and sends a new one to the mailbox on file and nowhere else', async () => {
  const { house } = edge.service
  const sent: Parameters<Mail['send']>[0][] = []
  const { deviceId } = await ids()
  const asked = (await staff('handovers.requestReadBack', { deviceId })).data
  house.mail = { send: async (message) => void sent.push(message) }
  edge.time.now = new Date(Date.now() + 3 * DAY + 1000)
  const secret = secretOf(asked.link)
  expect((await ask('show', { secret })).data).toMatchObject({ isOpen: false, why: 'expired', canSend: true })
  expect((await ask('renew', { secret, to: 'thief@example.com' })).error).toBeNull()
  expect(sent.map((message) => message.to)).toEqual(['fern@example.com'])
  const renewed = /\/h\/(\S+)/.exec(sent[0]!.text)![1]!
  expect((await ask('show', { secret: renewed })).data).toMatchObject({ isOpen: true, purpose: 'read-back' })
  expect((await ask('show', { secret })).data).toMatchObject({ isOpen: false, why: 'replaced' })
  expect((await ask('renew', { secret })).error?.code).toBe('CONFLICT')
  const mailed = (await staff('handovers.sendLink', { handoverId: asked.handoverId, purpose: 'read-back' })).data
  expect(mailed, 'who sends a mailed link does not see it').toEqual({ link: null, sent: true, error: null })
  await staff('handovers.withdraw', { handoverId: asked.handoverId, reason: 'no longer needed' })
  const newest = /\/h\/(\S+)/.exec(sent.at(-1)!.text)![1]!
  expect((await ask('show', { secret: newest })).data).toMatchObject({
    isOpen: false,
    why: 'withdrawn',
    canSend: false,
  })
  house.mail = null
  edge.time.now = null
})

it('a link that nobody made is not known', async () => {
  expect((await ask('show', { secret: 'A'.repeat(43) })).error?.code).toBe('NOT_FOUND')
})

it('no answer to a stranger held a serial number, a street or a whole name, and no log a secret', async () => {
  expect(told.length).toBeGreaterThan(15)
  expect(told.join('\n')).not.toMatch(/C02HTTP|0042|Maple|02118|Hollis|fern@/)
  expect(edge.logged.join('\n')).not.toMatch(/\/h\/|Hollis|Maple|fern@/)
})

it('takes no more than a page would send, from whoever has no account', async () => {
  const large = 'x'.repeat(2 * 1024 * 1024)
  // A file to import may be as large; who has no account is refused before anybody reads it.
  expect((await edge.rpc(null, 'imports.detect', { content: large })).status).toBe(401)
  expect((await edge.rpc(null, 'handovers.answer', { secret: large })).status).toBe(413)
})
