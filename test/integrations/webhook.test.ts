// The outgoing webhook, against a real server on this machine.
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWebhookSink } from '../../server/integrations/sinks/webhook.ts'
import { createFetch } from '../../server/lib/fetch.ts'

const received: { headers: IncomingHttpHeaders; body: string }[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
    response.statusCode = request.url === '/broken' ? 500 : 202
    response.end(request.url === '/long' ? 'x'.repeat(10_000) : 'thanks\u0000')
  })
})
let origin = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const secret = `whsec_${Buffer.from('an invented key of 32 bytes, yes').toString('base64')}`
const fetch = createFetch({ allowPrivate: true, timeoutMs: 5000, maxBytes: 65_536 })
const sinkTo = (url: string, key = secret) => createWebhookSink({ url, secret: key, fetch })
const message = {
  id: 'msg_1',
  type: 'case.opened',
  timestamp: new Date(),
  body: '{"type":"case.opened","data":{"city":"Zürich"}}',
}

test('what arrives verifies by the Standard Webhooks scheme and is the body byte for byte', async () => {
  const answer = await sinkTo(`${origin}/`).send(message)
  expect(answer).toMatchObject({ status: 202, body: 'thanks', error: null })
  const { headers, body } = received.at(-1)!
  expect(body).toBe(message.body)
  expect(headers['content-type']).toBe('application/json')
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(message.body))
})

test('what is kept of a request never shows the secret', async () => {
  const answer = await sinkTo(`${origin}/`).send(message)
  expect(answer.requestHeaders).toMatchObject({
    'webhook-id': 'msg_1',
    'webhook-signature': expect.stringMatching(/^v1,/),
  })
  expect(JSON.stringify(answer)).not.toContain(secret.slice('whsec_'.length))
})

test('a refusal is an answer, and a long one is cut to 4096 characters', async () => {
  expect((await sinkTo(`${origin}/broken`).send(message)).status).toBe(500)
  expect((await sinkTo(`${origin}/long`).send(message)).body).toHaveLength(4096)
})

test('nobody there is an answer too: send never throws', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  expect(await sinkTo(`http://127.0.0.1:${port}/`).send(message)).toMatchObject({
    status: null,
    error: expect.stringContaining('ECONNREFUSED'),
  })
})

const vectorFile = '../shared/payloads/outbound/standard-webhooks-v1-vector.json'

test.skipIf(!existsSync(vectorFile) && process.env['CI'] === undefined)(
  'the signature is that of the official vector',
  async () => {
    const vector = JSON.parse(readFileSync(vectorFile, 'utf8'))
    await sinkTo(`${origin}/`, vector.secret).send({
      id: vector['webhook-id'],
      type: 'test',
      timestamp: new Date(Number(vector['webhook-timestamp']) * 1000),
      body: vector.body,
    })
    const { headers } = received.at(-1)!
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      expect(headers[name]).toBe(vector[name])
  },
)
