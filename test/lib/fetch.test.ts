// The outgoing fetch: where it refuses to go, and what it brings back.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFetch, isPublicAddress } from '../../server/lib/fetch.ts'

const paths: string[] = []
const server = createServer((request, response) => {
  paths.push(request.url ?? '')
  if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' }).end()
  else if (request.url === '/long') response.end('x'.repeat(100_000))
  else if (request.url === '/endless') response.write('x'.repeat(100))
  else if (request.url !== '/silent') request.pipe(response.writeHead(200, { 'x-method': request.method }))
})
let port = 0

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const open = createFetch({ allowPrivate: true, timeoutMs: 5000, maxBytes: 1000 })
const guarded = createFetch({ allowPrivate: false, timeoutMs: 5000, maxBytes: 1000 })

describe('a guarded fetch', () => {
  test.each([
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fd00::1]',
    '[fe80::1]',
    '[ff02::1]',
  ])('goes nowhere near %s', async (host) => {
    const before = paths.length
    await expect(guarded(`http://${host}:${port}/private`)).rejects.toMatchObject({ problem: 'forbidden' })
    expect(paths).toHaveLength(before)
  })

  test('knows what the open internet routes', () => {
    for (const ip of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111'])
      expect(isPublicAddress(ip)).toBe(true)
    for (const ip of ['::ffff:8.8.8.8', '2001:db8::1', 'fe80::1%eth0', 'example.com', ''])
      expect(isPublicAddress(ip)).toBe(false)
  })
})

describe('any fetch', () => {
  test('brings back status, body and headers', async () => {
    const answer = await open(`http://127.0.0.1:${port}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'grüezi',
    })
    expect(answer).toMatchObject({ status: 200, body: 'grüezi', headers: { 'x-method': 'POST' } })
  })

  test('reaches a private name where the operator named it', async () => {
    expect((await open(`http://localhost:${port}/echo`)).status).toBe(200)
  })

  test('follows no redirect', async () => {
    const answer = await open(`http://127.0.0.1:${port}/redirect`)
    expect(answer).toMatchObject({ status: 302, headers: { location: '/elsewhere' } })
    expect(paths).not.toContain('/elsewhere')
  })

  test('cuts a long answer', async () => {
    expect((await open(`http://127.0.0.1:${port}/long`)).body).toHaveLength(1000)
  })

  test.each(['/silent', '/endless'])('gives up on %s at its time-out', async (path) => {
    const hasty = createFetch({ allowPrivate: true, timeoutMs: 100, maxBytes: 1000 })
    await expect(hasty(`http://127.0.0.1:${port}${path}`)).rejects.toMatchObject({
      problem: 'unavailable',
      message: 'No answer within 100 ms.',
    })
  })

  test.each(['file:///etc/passwd', 'ftp://example.com/', 'not a URL', ''])('refuses %s', async (url) => {
    await expect(open(url)).rejects.toMatchObject({ problem: 'invalid' })
  })
})
