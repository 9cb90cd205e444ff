// Machine tokens: shown once, kept hashed, and over the moment somebody says so, in every process.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createToken, createTokenCheck, listTokens, revokeToken, type TokenInput } from '../../server/access/tokens.ts'
import type { Act } from '../../server/custody/act.ts'
import { systemActor } from '../../server/custody/events.ts'
import { connect } from '../../server/lib/database.ts'
import { startTestService, type TestService } from '../service.ts'

let edge: TestService
beforeAll(async () => {
  edge = await startTestService()
})
afterAll(() => edge?.stop())

const DAY = 86_400_000
const db = () => edge.service.house.db
const act = (): Act => ({
  now: edge.service.house.clock(),
  actor: systemActor('test'),
  world: edge.service.house.world,
})
const make = (over: Partial<TokenInput> = {}) =>
  db()
    .transaction()
    .execute((tx) =>
      createToken(tx, act(), {
        name: 'mdm',
        source: 'agent',
        scopes: ['checkins:write'],
        vouches: 'nothing',
        expiresAt: null,
        ...over,
      }),
    )
const bearer = (secret: string) => `Bearer ${secret}`
const checkIn = () => JSON.stringify({ serialNumber: 'TOKEN0000001', reportedAt: '2026-11-02T15:04:05Z' })
const post = async (secret: string) =>
  (
    await edge.send('POST', '/checkins', checkIn(), {
      authorization: bearer(secret),
      'content-type': 'application/json',
    })
  ).status

it('its secret is in the answer and nowhere else: the database holds a hash, and no list or log shows either', async () => {
  const { id, secret } = await make()
  expect(secret).toMatch(/^tt_[\w-]{43}$/)
  const dump = await edge.database.pool.query(
    `select (select string_agg(t::text, '|') from tokens t) || (select string_agg(l::text, '|') from ledger l) as text`,
  )
  expect(dump.rows[0].text).not.toContain(secret.slice(3))
  const { rows } = await edge.database.pool.query('select hash from tokens where id = $1', [id])
  expect(rows[0].hash).toEqual(createHash('sha256').update(secret).digest())
  const listed = JSON.stringify((await edge.rpc(await edge.signIn('admin'), 'access.tokens')).data)
  expect(listed).not.toContain(secret.slice(3))
  expect(listed).not.toContain(rows[0].hash.toString('hex'))
  expect(edge.logged.join('\n')).not.toContain(secret.slice(3))
})

it('a revocation by another process is heard at once, although the token was believed a moment ago', async () => {
  const { id, secret } = await make()
  expect(await post(secret)).toBe(200)
  // Another process: its own connection, its own memory.
  const other = connect(edge.database.url, { max: 1, applicationName: 'another process', log: console })
  const heard = new Promise<void>((resolve) => {
    const { tokens } = edge.service.house
    const forget = tokens.forget.bind(tokens)
    tokens.forget = (hash) => {
      forget(hash)
      resolve()
    }
  })
  await other.db.transaction().execute((tx) => revokeToken(tx, act(), { id }))
  await other.pool.end()
  await heard
  expect(await post(secret)).toBe(401)
})

it('a revocation that arrives while the token is being looked up is not outlived by that look', async () => {
  const { id, secret } = await make()
  const check = createTokenCheck(db(), edge.service.house.clock)
  const looking = check.require(bearer(secret), 'checkins:write', null)
  check.forget(createHash('sha256').update(secret).digest('hex'))
  await looking.catch(() => {})
  await db()
    .transaction()
    .execute((tx) => revokeToken(tx, act(), { id }))
  await expect(check.require(bearer(secret), 'checkins:write', null)).rejects.toMatchObject({
    problem: 'unauthenticated',
  })
})

it('expires on its day', async () => {
  const now = new Date()
  edge.time.now = now
  const { secret } = await make({ expiresAt: new Date(now.getTime() + DAY) })
  expect(await post(secret)).toBe(200)
  edge.time.now = new Date(now.getTime() + DAY)
  expect(await post(secret)).toBe(401)
  edge.time.now = null
})

it('remembers when it was last used', async () => {
  const { id, secret } = await make()
  const lastUsed = async () => (await listTokens(db())).find((one) => one.id === id)?.lastUsedAt
  const now = new Date()
  edge.time.now = now
  expect(await lastUsed()).toBeNull()
  await post(secret)
  await edge.service.house.tokens.flush()
  expect(await lastUsed()).toBe(now.toISOString())
  edge.time.now = null
})

it('does what its scopes say and nothing else', async () => {
  const { secret } = await make({ scopes: ['checkins:write'] })
  expect(await post(secret)).toBe(200)
  for (const where of ['/people', '/devices', '/shipments'])
    expect(
      (await edge.send('POST', where, '{}', { authorization: bearer(secret), 'content-type': 'application/json' }))
        .status,
    ).toBe(403)
  expect((await edge.send('GET', '/trpc/devices.list', undefined, { authorization: bearer(secret) })).status).toBe(401)
})

it('names its source, whatever a body says of itself', async () => {
  const { secret } = await make({ source: 'fleet' })
  const body = JSON.stringify({
    serialNumber: 'TOKEN0000002',
    reportedAt: '2026-11-02T15:04:05Z',
    source: 'other',
    hostname: 'x',
  })
  await edge.send('POST', '/checkins', body, { authorization: bearer(secret), 'content-type': 'application/json' })
  const { rows } = await edge.database.pool.query(
    `select distinct f.source from facets f join devices d on d.id = f.device_id where d.serial_number = 'TOKEN0000002'`,
  )
  expect(rows).toEqual([{ source: 'fleet' }])
})

it('cannot be made without a scope or for a network that is none, nor be revoked twice', async () => {
  await expect(make({ scopes: [] })).rejects.toMatchObject({ problem: 'invalid' })
  for (const network of ['home', '203.0.113.0/33', '203.0.113.0/', '2001:db8::/129', '203.0.113.0/24/7'])
    await expect(make({ networks: [network] }), network).rejects.toMatchObject({ problem: 'invalid' })
  const { id } = await make()
  const revoke = () =>
    db()
      .transaction()
      .execute((tx) => revokeToken(tx, act(), { id }))
  await revoke()
  await expect(revoke()).rejects.toMatchObject({ problem: 'conflict' })
})

it('each step is an event that names the token and never its secret', async () => {
  const { rows } = await edge.database.pool.query(
    `select distinct kind from ledger where kind like 'token.%' order by 1`,
  )
  expect(rows.map((row) => row.kind)).toEqual(['token.created', 'token.revoked'])
})
