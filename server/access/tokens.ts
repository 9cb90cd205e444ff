// Machine tokens: scoped, expiring, hashed, shown once; checked from memory, since check-ins come by the thousand.
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hashOf, newSecret } from '../lib/secret.ts'
import type { TokensTable } from '../lib/tables.ts'
import { MINUTE } from '../lib/time.ts'
import type { Vouches } from '../ports.ts'

export const scopes = ['checkins:write', 'directory:write', 'shipments:write', 'read'] as const
export type Scope = (typeof scopes)[number]
export type Token = Selectable<TokensTable>

export interface TokenInput {
  name: string
  source: string
  scopes: Scope[]
  vouches: Vouches
  expiresAt: Date | null
  networks?: string[]
  ratePerMinute?: number | null
}

/** Makes a token. Its secret is in the answer and nowhere else. */
export async function createToken(tx: Tx, act: Act, input: TokenInput): Promise<{ id: string; secret: string }> {
  if (input.scopes.length === 0)
    throw new AppError('invalid', 'A token needs a scope.', [{ path: 'scopes', problem: 'needs at least one' }])
  const id = newId('tok')
  const secret = `tt_${newSecret()}`
  await tx
    .insertInto('tokens')
    .values({
      id,
      name: input.name,
      source: input.source,
      scopes: input.scopes,
      vouches: input.vouches,
      hash: hashOf(secret),
      networks: input.networks ?? [],
      rate_per_minute: input.ratePerMinute ?? null,
      created_at: act.now,
      created_by: JSON.stringify(act.actor),
      expires_at: input.expiresAt,
    })
    .execute()
    .catch(refuseNetworks)
  await record(tx, act.now, [
    {
      kind: 'token.created',
      occurredAt: act.now,
      actor: act.actor,
      payload: {
        tokenId: id,
        source: input.source,
        scopes: input.scopes,
        vouches: input.vouches,
        expiresAt: input.expiresAt?.toISOString() ?? null,
      },
    },
  ])
  return { id, secret }
}

// The database's own type says what a range of addresses is.
function refuseNetworks(error: unknown): never {
  if ((error as { code?: unknown }).code !== '22P02') throw error
  throw new AppError('invalid', 'A network is not one.', [
    { path: 'networks', problem: 'must be ranges such as 203.0.113.0/24, with nothing set beyond the mask' },
  ])
}

/** Every token, newest first. Never its secret: only the hash is here. */
export async function listTokens(db: Db | Tx) {
  const rows = await db.selectFrom('tokens').selectAll().orderBy('created_at', 'desc').execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    source: row.source,
    scopes: row.scopes,
    vouches: row.vouches,
    networks: row.networks,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    distrustedSince: row.distrusted_since?.toISOString() ?? null,
  }))
}

async function lockToken(tx: Tx, id: string): Promise<Token> {
  const row = await tx.selectFrom('tokens').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no token ${id}.`)
  return row
}

/** Ends a token at once, in every process. */
export async function revokeToken(tx: Tx, act: Act, input: { id: string }): Promise<void> {
  const row = await lockToken(tx, input.id)
  if (row.revoked_at !== null) throw new AppError('conflict', 'This token is revoked already.')
  await tx.updateTable('tokens').set({ revoked_at: act.now }).where('id', '=', row.id).execute()
  await sql`select pg_notify('token_revoked', ${row.hash.toString('hex')})`.execute(tx)
  await record(tx, act.now, [
    { kind: 'token.revoked', occurredAt: act.now, actor: act.actor, payload: { tokenId: row.id } },
  ])
}

/** Leaves out of every dossier what the token reported from a time on. */
export async function distrustToken(tx: Tx, act: Act, input: { id: string; since: Date }): Promise<void> {
  const row = await lockToken(tx, input.id)
  await tx.updateTable('tokens').set({ distrusted_since: input.since }).where('id', '=', row.id).execute()
  await record(tx, act.now, [
    {
      kind: 'token.distrusted',
      occurredAt: act.now,
      actor: act.actor,
      payload: { tokenId: row.id, since: input.since.toISOString() },
    },
  ])
}

// ── Checking ───────────────────────────────────────────────────────────────────────────────────────────────

export interface TokenCheck {
  /** Throws 'unauthenticated' without a token that stands, 'forbidden' without the scope or from elsewhere, 'too_many' past its rate. */
  require(authorization: string | null, scope: Scope, peer: string | null): Promise<Token>
  /** Forgets a token (on a notification) by its hash in hex. */
  forget(hash: string): void
  /** Writes down when tokens were last used; called once a minute. */
  flush(): Promise<void>
}

/** A token is believed from memory so long; a revocation is told to every process at once. */
const REMEMBER_MS = MINUTE
const REMEMBER_MAX = 10_000

export function createTokenCheck(db: Db, clock: () => Date): TokenCheck {
  const remembered = new Map<string, { token: Token | null; until: number }>()
  const used = new Map<string, Date>()
  const counted = new Map<string, { minute: number; count: number }>()
  let revocations = 0
  const find = async (secret: string): Promise<Token | null> => {
    const key = hashOf(secret).toString('hex')
    const known = remembered.get(key)
    if (known && known.until > Date.now()) return known.token
    const before = revocations
    const row = await db.selectFrom('tokens').selectAll().where('hash', '=', Buffer.from(key, 'hex')).executeTakeFirst()
    if (remembered.size >= REMEMBER_MAX) remembered.clear()
    const token = row ?? null
    // What was read before a revocation arrived may be what it revoked.
    if (before === revocations) remembered.set(key, { token, until: Date.now() + REMEMBER_MS })
    return token
  }
  return {
    async require(authorization, scope, peer) {
      const secret = /^Bearer\s+(tt_[\w-]{20,100})$/i.exec(authorization ?? '')?.[1]
      const token = secret === undefined ? null : await find(secret)
      const now = clock()
      if (token === null || token.revoked_at !== null || (token.expires_at !== null && token.expires_at <= now))
        throw new AppError(
          'unauthenticated',
          'A bearer token that is neither expired nor revoked is needed; make one with “telltale token create”.',
        )
      if (!token.scopes.includes(scope))
        throw new AppError('forbidden', `This token may not do this: it lacks the scope ${scope}.`)
      if (token.networks.length > 0 && !isWithin(token.networks, peer))
        throw new AppError('forbidden', 'This token may not be used from this network.')
      countUse(counted, token, now)
      used.set(token.id, now)
      return token
    },
    forget(hash) {
      revocations++
      remembered.delete(hash)
    },
    async flush() {
      const entries = [...used]
      used.clear()
      for (const [id, at] of entries)
        await db.updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute()
    },
  }
}

function countUse(counted: Map<string, { minute: number; count: number }>, token: Token, now: Date): void {
  if (token.rate_per_minute === null) return
  const minute = Math.floor(now.getTime() / MINUTE)
  const was = counted.get(token.id)
  const count = was?.minute === minute ? was.count + 1 : 1
  counted.set(token.id, { minute, count })
  if (count > token.rate_per_minute)
    throw new AppError('too_many', 'This token is past its rate; try again in a minute.')
}

function isWithin(networks: string[], peer: string | null): boolean {
  const ip = (peer ?? '').replace(/^::ffff:/, '')
  if (isIP(ip) === 0) return false
  const list = new BlockList()
  for (const network of networks) {
    const [address, bits] = network.split('/')
    const family = isIPv6(address!) ? 'ipv6' : 'ipv4'
    list.addSubnet(address!, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')
}
