// The outbox: in order per case, tried again by the clock, each attempt kept for a person to see, no secret in it.
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alert } from '../server/cases/alerts.ts'
import { createWebhookSink } from '../server/integrations/sinks/webhook.ts'
import { createFetch } from '../server/lib/fetch.ts'
import { deliver, listOutbox, resend } from '../server/outbox.ts'
import type { Sink, SinkAnswer } from '../server/ports.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { freePort, secrets, startAlertReceiver, startTestService } from './service.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

let database: TestDatabase
let now: Date
beforeEach(async () => {
  database = await testDatabase()
  now = new Date('2026-11-02T12:00:00Z')
})
afterEach(() => database?.drop())

const later = (ms: number) => {
  now = new Date(now.getTime() + ms)
}

/** A sink that writes down what it is sent and answers as it is told to. */
function recordingSink(answer: (type: string) => Partial<SinkAnswer> = () => ({})) {
  const sent: { id: string; body: string; at: string }[] = []
  const sink: Sink = {
    name: 'webhook',
    async send({ id, type, body, timestamp }) {
      sent.push({ id, body, at: timestamp.toISOString() })
      return { status: 200, body: 'thanks', error: null, requestHeaders: { 'webhook-id': id }, ...answer(type) }
    },
  }
  return { sink, sent }
}

const deliverTo = (...sinks: Sink[]) => deliver({ db: database.db, clock: () => now, sinks })

async function queue(orderingKey: string, type: 'test' | 'case.opened' | 'case.closed' = 'test'): Promise<string> {
  await database.db
    .transaction()
    .execute((tx) => alert(tx, { sinks: ['webhook'], url: 'https://telltale.example.com' }, { type, now, orderingKey }))
  const [newest] = await listOutbox(database.db, { limit: 1 })
  return newest?.id ?? ''
}

const messages = async () => (await listOutbox(database.db, { limit: 100 })).reverse()

it('delivers each message once, in the order of its case', async () => {
  const ids: string[] = []
  for (const key of ['a', 'a', 'b', 'a', 'b']) ids.push(await queue(key))
  const { sink, sent } = recordingSink()
  expect(await deliverTo(sink)).toEqual({ delivered: 5, failed: 0 })
  expect(await deliverTo(sink)).toEqual({ delivered: 0, failed: 0 })
  const sentIds = sent.map((one) => one.id)
  expect(sentIds.toSorted()).toEqual(ids.toSorted())
  expect(sentIds.filter((id) => [0, 1, 3].some((at) => ids[at] === id))).toEqual([ids[0], ids[1], ids[3]])
})

it('a message that fails holds back its own case and no other', async () => {
  const ids = [await queue('a', 'case.opened'), await queue('a'), await queue('b')]
  const failing = recordingSink((type) => (type === 'case.opened' ? { status: 500 } : {}))
  expect(await deliverTo(failing.sink)).toEqual({ delivered: 1, failed: 1 })
  expect(failing.sent.map((one) => one.id).toSorted()).toEqual([ids[0], ids[2]].toSorted())
  later(5 * SECOND)
  const mended = recordingSink()
  expect(await deliverTo(mended.sink)).toEqual({ delivered: 2, failed: 0 })
  expect(mended.sent.map((one) => one.id)).toEqual([ids[0], ids[1]])
})

it('tries again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, not a moment earlier, and then gives up', async () => {
  await queue('a')
  const { sink, sent } = recordingSink(() => ({ status: 503 }))
  const pauses = [5 * SECOND, ...[5, 30, 120, 300, 600, 840, 1200, 1440].map((minutes) => minutes * MINUTE)]
  await deliverTo(sink)
  for (const [at, pause] of pauses.entries()) {
    later(pause - 1)
    expect(await deliverTo(sink), `before pause ${at} is over`).toEqual({ delivered: 0, failed: 0 })
    later(1)
    expect(await deliverTo(sink)).toEqual({ delivered: 0, failed: 1 })
  }
  expect(sent).toHaveLength(10)
  expect(new Set(sent.map((one) => `${one.id} ${one.body}`)).size, 'the same id and body each time').toBe(1)
  later(365 * 1440 * MINUTE)
  expect(await deliverTo(sink)).toEqual({ delivered: 0, failed: 0 })
  expect(await messages()).toMatchObject([{ status: 'given up', nextAttemptAt: null }])
})

it('410 Gone is given up at once, and lets the case go on', async () => {
  const gone = await queue('a', 'case.opened')
  const next = await queue('a')
  const { sink, sent } = recordingSink((type) => (type === 'case.opened' ? { status: 410 } : {}))
  await deliverTo(sink)
  expect(sent.map((one) => one.id)).toEqual([gone, next])
  expect((await messages()).map((one) => one.status)).toEqual(['given up', 'delivered'])
})

it('a person sends again what was given up', async () => {
  const id = await queue('a')
  await deliverTo(recordingSink(() => ({ status: 410 })).sink)
  expect(await resend(database.db, now, id)).toBe(true)
  const { sink, sent } = recordingSink()
  await deliverTo(sink)
  expect(sent.map((one) => one.id)).toEqual([id])
  expect(await messages()).toMatchObject([{ status: 'delivered', attempts: [{ status: 410 }, { status: 200 }] }])
  expect(await resend(database.db, now, 'msg_none')).toBe(false)
})

it('several processes deliver side by side without sending twice or out of order', async () => {
  const ids: Record<string, string[]> = { a: [], b: [], c: [] }
  for (let n = 0; n < 6; n++) for (const key of ['a', 'b', 'c']) ids[key]?.push(await queue(key))
  const { sink, sent } = recordingSink()
  await Promise.all([deliverTo(sink), deliverTo(sink)])
  while ((await deliverTo(sink)).delivered > 0);
  expect(sent).toHaveLength(18)
  for (const key of ['a', 'b', 'c'])
    expect(sent.map((one) => one.id).filter((id) => ids[key]?.includes(id))).toEqual(ids[key])
})

it('a message whose sender died while it was out is sent again two minutes later', async () => {
  const id = await queue('a')
  const dying: Sink = { name: 'webhook', send: () => Promise.reject(new Error('the lights went out')) }
  await expect(deliverTo(dying)).rejects.toThrow('the lights went out')
  const { sink, sent } = recordingSink()
  later(2 * MINUTE - 1)
  await deliverTo(sink)
  expect(sent).toEqual([])
  later(1)
  await deliverTo(sink)
  expect(sent.map((one) => one.id)).toEqual([id])
})

it('what waits for a sink that is not configured any more waits, and holds nothing up', async () => {
  await queue('a')
  expect(await deliverTo({ ...recordingSink().sink, name: 'other' })).toEqual({ delivered: 0, failed: 0 })
  expect(await messages()).toMatchObject([{ status: 'waiting', attempts: [] }])
})

describe('the webhook', () => {
  const fetch = createFetch({ allowPrivate: true, timeoutMs: 5_000, maxBytes: 4096 })

  it('is signed so that the receiver can check it, and each attempt shows the request and the answer', async () => {
    const receiver = await startAlertReceiver()
    const sink = createWebhookSink({ url: `${receiver.url}?key=in-the-url`, secret: secrets.alerts, fetch })
    const id = await queue('a')
    now = new Date()
    receiver.answer.status = 500
    receiver.answer.body = 'not \u0000 today'
    await deliverTo(sink)
    receiver.answer.status = 204
    receiver.answer.body = ''
    later(5 * SECOND)
    await deliverTo(sink)
    await receiver.close()
    for (const { headers, body } of receiver.came)
      expect(new Webhook(secrets.alerts).verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'test',
      })
    expect(await messages()).toMatchObject([
      {
        id,
        status: 'delivered',
        attempts: [
          { attempt: 1, status: 500, answer: 'not  today', error: null, requestHeaders: { 'webhook-id': id } },
          { attempt: 2, status: 204, answer: '', error: null, requestHeaders: { 'webhook-id': id } },
        ],
      },
    ])
    const { rows } = await database.pool.query(
      `select (select string_agg(o::text, '|') from outbox o) || (select string_agg(a::text, '|') from outbox_attempts a) as text`,
    )
    expect(rows[0].text).not.toContain(secrets.alerts.slice('whsec_'.length))
    expect(rows[0].text).not.toContain('in-the-url')
  })

  it('where nobody listens, the attempt says so', async () => {
    await queue('a')
    const sink = createWebhookSink({ url: `http://127.0.0.1:${await freePort()}/`, secret: secrets.alerts, fetch })
    expect(await deliverTo(sink)).toEqual({ delivered: 0, failed: 1 })
    expect(await messages()).toMatchObject([{ attempts: [{ status: null, error: expect.stringMatching(/./) }] }])
  })
})

describe('the page', () => {
  it('sends a test, and shows what became of it', async () => {
    const edge = await startTestService()
    try {
      const admin = await edge.signIn('admin')
      expect((await edge.rpc(admin, 'system.sendTest')).error).toBeNull()
      await edge.drain()
      const [message] = (await edge.rpc(admin, 'system.messages')).data.messages
      expect(message).toMatchObject({
        type: 'test',
        status: 'delivered',
        attempts: [{ status: 200, answer: 'thanks' }],
      })
      const came = edge.alerts.came.find((one) => one.headers['webhook-id'] === message.id)
      expect(JSON.parse(came?.body ?? '')).toMatchObject({
        type: 'test',
        data: { case: null, people: [], devices: [], shipments: [], findings: [] },
      })
      expect((await edge.rpc(admin, 'system.resendMessage', { id: message.id })).error).toBeNull()
      expect((await edge.rpc(admin, 'system.resendMessage', { id: 'msg_none' })).error?.code).toBe('NOT_FOUND')
    } finally {
      await edge.stop()
    }
  })

  it('says that there is no sink where there is none', async () => {
    const edge = await startTestService({ ALERT_WEBHOOK_URL: '', ALERT_WEBHOOK_SECRET: '' })
    try {
      const answer = await edge.rpc(await edge.signIn('admin'), 'system.sendTest')
      expect(answer.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('ALERT_WEBHOOK_URL') })
    } finally {
      await edge.stop()
    }
  })
})
