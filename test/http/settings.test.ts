// The settings page's procedures, over HTTP and against a provider that speaks the real protocol.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setCarrierKey } from '../../server/access/connector.ts'
import { systemActor } from '../../server/custody/events.ts'
import { DAY, plus } from '../../server/lib/time.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { easyPostProof, startTestService, type TestService } from '../service.ts'

const apiKey = 'EZAKof-the-page'
const stockroom = {
  name: 'Stockroom',
  company: 'Fernhill',
  line1: '1 Depot Road',
  line2: '',
  city: 'Columbus',
  region: 'OH',
  postalCode: '43215',
  country: 'us',
  phone: '+1 614 555 0100',
  email: '',
}

let provider: EasyPostLookAlike
let service: TestService
let admin: string
const call = (name: string, input?: unknown) => service.rpc(admin, `settings.${name}`, input)
const read = async () => (await call('read')).data
const webhook = async () => (await read()).carrier.webhook

const event = (id: string) => JSON.stringify({ id, description: 'refund.successful', mode: 'production', result: {} })
let deliveries = 0
/** A delivery signed with this secret: the status of our answer. */
const deliver = async (secret: string) => {
  const body = event(`evt_${++deliveries}`)
  return (await service.send('POST', '/webhooks/easypost', body, easyPostProof(body, secret))).status
}
/** The secrets that the provider was given, oldest first. */
const given = (): string[] =>
  provider.requests.flatMap(({ body }) => {
    const typed = body as { webhook_secret?: string; webhook?: { webhook_secret?: string } } | null
    return typed?.webhook?.webhook_secret ?? typed?.webhook_secret ?? []
  })

beforeAll(async () => {
  provider = await startEasyPost({ apiKey, now: () => new Date() })
  service = await startTestService({ EASYPOST_WEBHOOK_SECRET: '', EASYPOST_BASE_URL: provider.url })
  admin = await service.signIn('admin')
})
afterAll(async () => {
  await service.stop()
  await provider.close()
})

describe('the key', () => {
  it('is missing at first, and everything that needs it says so', async () => {
    expect((await read()).carrier).toMatchObject({
      title: 'EasyPost',
      keyFrom: null,
      mode: null,
      webhook: { secretFrom: null },
    })
    expect((await call('testKey')).error).toMatchObject({ code: 'CONFLICT', message: 'No key is set.' })
    expect((await call('registerWebhook')).error?.message).toBe('Set a key of EasyPost first.')
    expect(service.service.house.carrier()).toBeNull()
    expect((await service.send('POST', '/webhooks/easypost', '{}')).status).toBe(404)
  })

  it('is taken from the page, used at once, and shown nowhere again', async () => {
    expect((await call('setKey', { key: 'two words' })).error?.faults).toMatchObject([{ path: 'key' }])
    expect((await call('setKey', { key: apiKey })).error).toBeNull()
    const answer = await call('read')
    expect(answer.data.carrier).toMatchObject({ keyFrom: 'page', mode: 'production', problem: null })
    expect(answer.text + service.logged.join()).not.toContain(apiKey)
    expect((await call('testKey')).data).toEqual({ mode: 'production', webhook: null })
  })

  it('that the provider does not take is told in its words', async () => {
    await call('setKey', { key: 'EZAKof-somebody-else' })
    expect((await call('testKey')).error).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('This api key is no longer active.'),
    })
    await call('setKey', { key: apiKey })
  })

  it('that another process set is used here too', async () => {
    const { house } = service.service
    const act = { now: house.clock(), actor: systemActor('test'), world: house.world }
    await house.db.transaction().execute((tx) => setCarrierKey(tx, act, house.vault, 'EZTKof-a-test'))
    await expect.poll(() => house.carrier()?.mode).toBe('test')
    await house.db.transaction().execute((tx) => setCarrierKey(tx, act, house.vault, apiKey))
    await expect.poll(() => house.carrier()?.mode).toBe('production')
  })
})

describe('the webhook', () => {
  it('whose registration had no answer is found when it is asked for again', async () => {
    provider.fail({ on: 'webhook', how: 'late', ms: 1 })
    provider.fail({ on: 'webhook', how: 'close after doing it' })
    expect((await call('registerWebhook')).error?.code).toBe('SERVICE_UNAVAILABLE')
    expect(await webhook()).toMatchObject({ isAsked: true, registeredAt: null })
    expect((await call('registerWebhook')).error).toBeNull()
    expect(await webhook()).toMatchObject({ isAsked: false, secretFrom: 'page', rotation: null })
    expect(provider.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/webhooks')).toHaveLength(1)
    expect(new Set(given()).size).toBe(1)
    expect((await call('testKey')).data).toEqual({ mode: 'production', webhook: 'works' })
    expect((await call('registerWebhook')).error?.message).toContain('registered already')
  })

  it('is believed when it is signed with the secret that was made for it, and with no other', async () => {
    expect(await deliver(given().at(-1)!)).toBe(200)
    expect(await deliver('a guess')).toBe(401)
    expect((await read()).carrier.heardAt).not.toBeNull()
  })

  it('holds with both secrets while a rotation runs, until the first delivery proves the new one', async () => {
    const old = given().at(-1)!
    expect((await call('rotateSecret')).error).toBeNull()
    const fresh = given().at(-1)!
    expect(fresh).not.toBe(old)
    expect((await webhook()).rotation).toBe('both hold')
    expect(await deliver(old)).toBe(200)
    expect(await deliver(fresh)).toBe(200)
    expect(await deliver(old)).toBe(401)
    await expect.poll(async () => (await webhook()).rotation).toBeNull()
  })

  it('keeps the old secret while the provider may not have taken the new one; asked again, it sends the same', async () => {
    const old = given().at(-1)!
    provider.fail({ on: 'webhook', how: '500' })
    expect((await call('rotateSecret')).error?.code).toBe('SERVICE_UNAVAILABLE')
    expect((await webhook()).rotation).toBe('not taken yet')
    const tried = given().at(-1)!
    service.time.now = plus(new Date(), 2 * DAY)
    await service.service.house.connector.refresh()
    expect(await deliver(old)).toBe(200)
    service.time.now = null
    expect((await call('rotateSecret')).error).toBeNull()
    expect(given().at(-1)).toBe(tried)
  })

  it('forgets the old secret after a day, also when nothing was delivered', async () => {
    expect((await webhook()).rotation).toBe('both hold')
    const [old] = [...new Set(given())].slice(-2)
    service.time.now = plus(new Date(), DAY + 1)
    await service.service.house.connector.refresh()
    service.time.now = null
    expect(await deliver(old!)).toBe(401)
    expect(await deliver(given().at(-1)!)).toBe(200)
  })

  it('is removed at the provider and here', async () => {
    const last = given().at(-1)!
    expect((await call('removeWebhook')).error).toBeNull()
    expect(await deliver(last)).toBe(404)
    expect((await call('removeWebhook')).error?.code).toBe('NOT_FOUND')
    expect(await (await service.service.house.carrier()!.webhooks.list()).length).toBe(0)
  })

  it('registered twice at once stands once', async () => {
    const both = await Promise.all([call('registerWebhook'), call('registerWebhook')])
    expect(both.some(({ error }) => error === null)).toBe(true)
    expect(await service.service.house.carrier()!.webhooks.list()).toHaveLength(1)
    expect(await deliver(given().at(-1)!)).toBe(200)
    expect((await call('testKey')).data).toMatchObject({ webhook: 'works' })
    await call('removeWebhook')
  })

  it('goes with the key it was registered with', async () => {
    await call('registerWebhook')
    const last = given().at(-1)!
    expect(await deliver(last)).toBe(200)
    await call('setKey', { key: apiKey })
    expect(await deliver(last)).toBe(404)
    expect(await webhook()).toMatchObject({ registeredAt: null, secretFrom: null })
    // It stands at the provider still, and is taken up again.
    await call('registerWebhook')
    expect((await service.service.house.carrier()!.webhooks.list()).length).toBe(1)
    await call('clearKey')
    expect(service.service.house.carrier()).toBeNull()
  })
})

it('the stockroom’s address is kept as a label wants it, and its faults are named', async () => {
  expect((await read()).stockroom).toBeNull()
  const wrong = await call('setStockroom', { ...stockroom, company: ' ', country: 'Atlantis' })
  expect(wrong.error?.faults.map((fault) => fault.path).sort()).toEqual(['company', 'country'])
  expect((await call('setStockroom', stockroom)).error).toBeNull()
  expect((await read()).stockroom).toEqual({ ...stockroom, country: 'US' })
})

it('a mail test says how to set up mail', async () => {
  expect((await call('sendTestMail')).error?.message).toContain('set SMTP_URL and MAIL_FROM')
})

it('no secret is in the database, the ledger or the log', async () => {
  const dump = await service.database.pool.query(`select string_agg(t::text, ' ') as all from secrets t`)
  const ledger = await service.database.pool.query(`select string_agg(payload::text, ' ') as all from ledger`)
  const all = dump.rows[0].all + ledger.rows[0].all + service.logged.join()
  for (const secret of [apiKey, ...given()]) expect(all).not.toContain(secret)
})

describe('where the environment has its say', () => {
  let other: TestService
  beforeAll(async () => {
    other = await startTestService({ EASYPOST_API_KEY: 'EZAKof-the-environment' })
  })
  afterAll(() => other.stop())

  it('it wins, is shown as such, and the page changes nothing', async () => {
    const cookie = await other.signIn('admin')
    const { data } = await other.rpc(cookie, 'settings.read')
    expect(data.carrier).toMatchObject({ keyFrom: 'environment', webhook: { secretFrom: 'environment' } })
    const refused = await other.rpc(cookie, 'settings.setKey', { key: apiKey })
    expect(refused.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('the environment') })
    expect((await other.rpc(cookie, 'settings.clearKey')).error?.code).toBe('CONFLICT')
    expect((await other.rpc(cookie, 'settings.rotateSecret')).error?.code).toBe('CONFLICT')
  })

  it('a webhook that nobody outside can reach is not registered, and the way out is named', async () => {
    const refused = await other.rpc(await other.signIn('admin'), 'settings.registerWebhook')
    expect(refused.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('set TELLTALE_URL') })
  })
})
