// Accounts: roles and disabling work at once, and the last admin stays.
import { getMigrations } from 'better-auth/db/migration'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signInAs, startTestService, type TestService } from '../service.ts'

let edge: TestService
beforeAll(async () => {
  edge = await startTestService()
})
afterAll(() => edge?.stop())

const asAdmin = async (name: string, input?: unknown) => edge.rpc(await edge.signIn('admin'), name, input)
const userOf = async (role: string) =>
  (await asAdmin('access.users')).data.find((user: { email: string }) => user.email === `${role}@example.com`)

it('a disabled user is out at once, cannot sign in, and is back when enabled', async () => {
  const cookie = await edge.signIn('analyst')
  const { id: userId } = await userOf('analyst')
  expect((await edge.rpc(cookie, 'access.me')).data.role).toBe('analyst')
  await asAdmin('access.setDisabled', { userId, disabled: true })
  expect((await edge.rpc(cookie, 'access.me')).error?.code).toBe('UNAUTHORIZED')
  expect((await signInAs(edge, 'analyst@example.com')).answer.status).toBe(403)
  expect((await asAdmin('access.colleagues')).data.map((one: { id: string }) => one.id)).not.toContain(userId)
  await asAdmin('access.setDisabled', { userId, disabled: false })
  expect((await edge.rpc(cookie, 'access.me')).error?.code).toBe('UNAUTHORIZED')
  expect((await signInAs(edge, 'analyst@example.com')).answer.status).toBe(200)
})

it('a role changes what the open session may do, at once', async () => {
  const cookie = await edge.signIn('auditor')
  const { id: userId } = await userOf('auditor')
  expect((await edge.rpc(cookie, 'access.users')).error?.code).toBe('FORBIDDEN')
  await asAdmin('access.setRole', { userId, role: 'admin' })
  expect((await edge.rpc(cookie, 'access.users')).error).toBeNull()
  await asAdmin('access.setRole', { userId, role: 'auditor' })
  expect((await edge.rpc(cookie, 'access.users')).error?.code).toBe('FORBIDDEN')
})

it('the last admin can neither be disabled nor become something else, also when two ask at once', async () => {
  const admin = await userOf('admin')
  expect((await asAdmin('access.setDisabled', { userId: admin.id, disabled: true })).error?.code).toBe('CONFLICT')
  expect((await asAdmin('access.setRole', { userId: admin.id, role: 'auditor' })).error?.code).toBe('CONFLICT')
  await edge.signIn('provisioner')
  const second = await userOf('provisioner')
  await asAdmin('access.setRole', { userId: second.id, role: 'admin' })
  const both = await Promise.all(
    [admin, second].map(({ id }) => asAdmin('access.setRole', { userId: id, role: 'auditor' })),
  )
  expect(both.filter((one) => one.error === null)).toHaveLength(1)
})

it('each step is an event that names who did it', async () => {
  const { rows } = await edge.database.pool.query(
    `select kind, bool_and(actor->>'type' in ('user', 'system')) as named from ledger where kind like 'user.%' group by 1 order by 1`,
  )
  const kinds = ['user.disabled', 'user.enabled', 'user.invited', 'user.joined', 'user.role_set']
  expect(rows).toEqual(kinds.map((kind) => ({ kind, named: true })))
})

it('the sign-in service finds its tables as it wants them', async () => {
  const { compileMigrations } = await getMigrations(edge.service.house.auth.options)
  expect(await compileMigrations()).toBe(';')
})
