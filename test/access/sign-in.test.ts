// Sign-in over HTTP: password, second step, sign-out, and guessing slowed down.
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { anotherCaller, cookieOf, password, signInAs, startTestService, type TestService } from '../service.ts'

let edge: TestService
beforeAll(async () => {
  edge = await startTestService()
})
afterAll(() => edge?.stop())

const auth = (where: string, body: object, cookie = '', caller = anotherCaller()) =>
  edge.send('POST', `/auth${where}`, JSON.stringify(body), {
    ...caller,
    cookie,
    origin: edge.base,
    'content-type': 'application/json',
  })

/** A time-based one-time password of six digits (RFC 6238) from the secret in an otpauth: address. */
function codeOf(totpUri: string, at = Date.now()): string {
  const secret = new URL(totpUri).searchParams.get('secret') ?? ''
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

it('with TOTP on, the password alone opens nothing; the code then does, once it is the right one', async () => {
  const first = await edge.signIn('analyst')
  expect((await auth('/two-factor/enable', { password: 'not the password' }, first)).status).toBe(400)
  const { totpURI } = (await auth('/two-factor/enable', { password }, first)).json
  expect(
    (await signInAs(edge, 'analyst@example.com')).answer.json.twoFactorRedirect,
    'not before it is proven',
  ).toBeUndefined()
  const enabled = await auth('/two-factor/verify-totp', { code: codeOf(totpURI) }, first)
  expect(enabled.status).toBe(200)
  expect((await edge.rpc(cookieOf(enabled) || first, 'access.me')).data.twoFactor).toBe(true)

  const { answer, cookie } = await signInAs(edge, 'analyst@example.com')
  expect(answer.json).toMatchObject({ twoFactorRedirect: true })
  expect((await edge.rpc(cookie, 'access.me')).error?.code).toBe('UNAUTHORIZED')
  const wrong = codeOf(totpURI) === '000000' ? '000001' : '000000'
  expect((await auth('/two-factor/verify-totp', { code: wrong }, cookie)).status).toBe(401)
  const second = await auth('/two-factor/verify-totp', { code: codeOf(totpURI) }, cookie)
  expect(second.status).toBe(200)
  expect((await edge.rpc(cookieOf(second), 'access.me')).data).toMatchObject({ role: 'analyst', twoFactor: true })
  const { rows } = await edge.database.pool.query('select secret from auth."twoFactor"')
  expect(new URL(totpURI).searchParams.get('secret')).not.toBe(rows[0].secret)
})

it('a wrong password and a stranger are told the same', async () => {
  await edge.signIn('admin')
  const wrong = (await signInAs(edge, 'admin@example.com', 'correct horse batterx')).answer
  const stranger = (await signInAs(edge, 'stranger@example.com')).answer
  expect([wrong.status, wrong.text]).toEqual([stranger.status, stranger.text])
  expect(wrong.status).toBe(401)
})

it('signing out ends the session', async () => {
  const { cookie } = await signInAs(edge, 'admin@example.com')
  expect((await edge.rpc(cookie, 'access.me')).error).toBeNull()
  expect((await auth('/sign-out', {}, cookie)).status).toBe(200)
  expect((await edge.rpc(cookie, 'access.me')).error?.code).toBe('UNAUTHORIZED')
})

it('guessing is slowed down for whoever guesses, whatever they say of where they are, and for nobody else', async () => {
  const guess = (headers: Record<string, string>) =>
    auth('/sign-in/email', { email: 'admin@example.com', password: 'guess guess guess' }, '', headers as never)
  const statuses = []
  for (let n = 0; n < 21; n++) {
    const forged = { 'x-telltale-peer': `192.0.2.${n}`, 'x-forwarded-for': `192.0.2.${n}, 198.51.100.251` }
    statuses.push((await guess(forged)).status)
  }
  expect(statuses.at(-1)).toBe(429)
  expect((await signInAs(edge, 'admin@example.com')).answer.status).toBe(200)
})

it('the log has neither passwords nor cookies nor e-mail addresses', async () => {
  const log = edge.logged.join('\n')
  for (const secret of [password, 'guess guess', '@example.com', (await edge.signIn('admin')).split('=')[1] ?? ''])
    expect(log).not.toContain(secret)
})
