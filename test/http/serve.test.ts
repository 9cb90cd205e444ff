// The server's beginning and end: 503 before it takes input and while it drains, and nothing under way is cut off.
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Server, serve } from '../../server/http/serve.ts'
import { freePort } from '../service.ts'

let server: Server
let base: string
beforeEach(async () => {
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  server = await serve({ port, host: '127.0.0.1', log: { error() {} } })
})
afterEach(() => server.close())

async function expectUnavailable(): Promise<void> {
  expect((await fetch(`${base}/healthz`)).status).toBe(200)
  for (const [method, where] of [
    ['GET', '/readyz'],
    ['POST', '/checkins'],
    ['GET', '/'],
  ] as const) {
    const answer = await fetch(base + where, { method })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await answer.json()).toMatchObject({ status: 503, requestId: expect.any(String) })
  }
}

it('is alive but not ready while it starts', async () => {
  await expectUnavailable()
  server.open(new Hono().all('*', (c) => c.text('open')))
  expect(await (await fetch(`${base}/readyz`)).text()).toBe('open')
})

it('draining, it takes nothing new, lets what is under way finish, and ends live streams', async () => {
  let finish = (_text: string) => {}
  const slow = new Promise<string>((resolve) => {
    finish = resolve
  })
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const app = new Hono()
    .post('/slow', async (c) => {
      arrive()
      return c.text(await slow)
    })
    .get('/live', () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array([32])) })))
  server.open(app)
  const live = await fetch(`${base}/live`, { headers: { accept: 'text/event-stream' } })
  const underWay = fetch(`${base}/slow`, { method: 'POST' })
  await arrived
  const drained = server.drain()
  await expect(live.text(), 'the stream ends').rejects.toThrow()
  await expectUnavailable()
  finish('done')
  expect(await (await underWay).text()).toBe('done')
  await drained
})

it('says so when the port is taken', async () => {
  const port = Number(new URL(base).port)
  await expect(serve({ port, host: '127.0.0.1', log: { error() {} } })).rejects.toMatchObject({ problem: 'conflict' })
})
