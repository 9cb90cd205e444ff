// Invitations: the one way to an account, by a link that works once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { firstAdminLink } from '../../server/access/invitations.ts'
import { password, secretOf, signInAs, startTestService, type TestService } from '../service.ts'

let edge: TestService
beforeAll(async () => {
  edge = await startTestService()
})
afterAll(() => edge?.stop())

const DAY = 86_400_000
const accept = (secret: string, over: object = {}) =>
  edge.rpc(null, 'access.acceptInvitation', { secret, name: 'Somebody', email: null, password, ...over })
const invite = async (email: string, role = 'auditor') =>
  (await edge.rpc(await edge.signIn('admin'), 'access.invite', { email, role })).data
const anotherFirstLink = () => {
  const { db, clock, world, url } = edge.service.house
  return firstAdminLink(db, { now: clock(), world }, url)
}

it('the first admin’s link is there only while nobody is, and a newer one voids the older', async () => {
  const older = edge.service.adminLink
  const newer = await anotherFirstLink()
  expect((await accept(secretOf(older), { email: 'early@example.com' })).error?.code).toBe('CONFLICT')
  expect((await accept(secretOf(newer))).error).toMatchObject({
    code: 'UNPROCESSABLE_CONTENT',
    faults: [{ path: 'email' }],
  })
  expect((await accept(secretOf(newer), { email: 'Admin@Example.com' })).data).toEqual({ email: 'admin@example.com' })
  edge.service.adminLink = null
  expect(await anotherFirstLink()).toBeNull()
  expect((await signInAs(edge, 'admin@example.com')).answer.status).toBe(200)
})

it('looking at a link spends nothing, however often; using it spends it', async () => {
  const { link } = await invite('fern@example.com', 'analyst')
  const secret = secretOf(link)
  for (let n = 0; n < 3; n++) {
    expect((await edge.send('GET', new URL(link).pathname)).status).toBeLessThan(500)
    expect((await edge.rpc(null, 'access.readInvitation', { secret })).data).toMatchObject({
      email: 'fern@example.com',
      role: 'analyst',
    })
  }
  const both = await Promise.all([accept(secret), accept(secret)])
  expect(both.map((came) => came.error?.code ?? 'OK').sort()).toEqual(['CONFLICT', 'OK'])
  expect((await accept(secret)).error?.code).toBe('CONFLICT')
  expect((await edge.rpc(null, 'access.readInvitation', { secret })).error?.code).toBe('CONFLICT')
})

it('the link decides e-mail and role, whatever is sent along', async () => {
  const { link } = await invite('auditor2@example.com', 'auditor')
  await accept(secretOf(link), { email: 'other@example.com', role: 'admin' })
  const users = (await edge.rpc(await edge.signIn('admin'), 'access.users')).data
  expect(users).toContainEqual(expect.objectContaining({ email: 'auditor2@example.com', role: 'auditor' }))
  expect(users.map((user: { email: string }) => user.email)).not.toContain('other@example.com')
})

it('expires after three days', async () => {
  const { link } = await invite('late@example.com')
  edge.time.now = new Date(Date.now() + 3 * DAY + 1000)
  expect((await edge.rpc(null, 'access.readInvitation', { secret: secretOf(link) })).error?.code).toBe('CONFLICT')
  expect((await accept(secretOf(link))).error?.code).toBe('CONFLICT')
  edge.time.now = null
})

it('a link nobody made opens nothing, and the database holds no secret of any', async () => {
  expect((await accept('A'.repeat(43))).error?.code).toBe('NOT_FOUND')
  const { link } = await invite('dump@example.com')
  const { rows } = await edge.database.pool.query(`select string_agg(i::text, '|') as text from invitations i`)
  expect(rows[0].text).not.toContain(secretOf(link))
  expect(edge.logged.join('\n')).not.toContain(secretOf(link))
})

it('asks for a password of twelve characters, and keeps the link until there is one', async () => {
  const { link } = await invite('short@example.com')
  expect((await accept(secretOf(link), { password: 'too short' })).error).toMatchObject({
    faults: [{ path: 'password' }],
  })
  expect((await accept(secretOf(link), { name: 'a\u0000b' })).error?.code).not.toBe('INTERNAL_SERVER_ERROR')
  expect((await accept(secretOf(link))).error?.code ?? 'OK').toMatch(/OK|CONFLICT/)
  expect((await signInAs(edge, 'short@example.com')).answer.status).toBe(200)
})

it('an account is invited once, and nobody signs up by themselves', async () => {
  const again = await edge.rpc(await edge.signIn('admin'), 'access.invite', {
    email: 'FERN@example.com',
    role: 'admin',
  })
  expect(again.error?.code).toBe('CONFLICT')
  const body = JSON.stringify({ email: 'me@example.com', password, name: 'Me' })
  const answer = await edge.send('POST', '/auth/sign-up/email', body, {
    'content-type': 'application/json',
    origin: edge.base,
  })
  expect(answer.status).toBe(400)
  expect((await signInAs(edge, 'me@example.com')).answer.status).toBe(401)
})
