// Invitations: one-time links by which accounts come to be. Nobody signs up by themselves.
import type { Act } from '../custody/act.ts'
import { systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hashOf, newSecret } from '../lib/secret.ts'
import { DAY, plus } from '../lib/time.ts'
import type { Auth, Role } from './auth.ts'

/** A public link stands so long (DESIGN 11). */
export const INVITATION_MS = 3 * DAY

/** Makes a one-time link. `email` null: whoever opens it says who they are (the first admin). */
export async function inviteUser(
  tx: Tx,
  act: Act,
  input: { email: string | null; role: Role; url: string },
): Promise<{ id: string; link: string }> {
  if (input.email !== null) {
    if (!/^[^@\s]+@[^@\s]+$/.test(input.email))
      throw new AppError('invalid', `“${input.email}” is not an e-mail address.`, [
        { path: 'email', problem: 'is not an e-mail address' },
      ])
    const taken = await tx
      .selectFrom('auth.user')
      .select('id')
      .where('email', '=', input.email.toLowerCase())
      .executeTakeFirst()
    if (taken) throw new AppError('conflict', 'There is an account with this e-mail already.')
  }
  const id = newId('inv')
  const secret = newSecret()
  await tx
    .insertInto('invitations')
    .values({
      id,
      hash: hashOf(secret),
      email: input.email?.toLowerCase() ?? null,
      role: input.role,
      invited_by: JSON.stringify(act.actor),
      created_at: act.now,
      expires_at: plus(act.now, INVITATION_MS),
    })
    .execute()
  await record(tx, act.now, [
    { kind: 'user.invited', occurredAt: act.now, actor: act.actor, payload: { invitationId: id, role: input.role } },
  ])
  return { id, link: `${input.url}/invite/${secret}` }
}

/** What a link is for. Reading spends nothing: mail scanners open links. */
export async function readInvitation(
  db: Db | Tx,
  secret: string,
  now: Date,
): Promise<{ id: string; email: string | null; role: Role }> {
  const row = await db.selectFrom('invitations').selectAll().where('hash', '=', hashOf(secret)).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'This link is not known here; ask for a new one.')
  if (row.used_at !== null) throw new AppError('conflict', 'This link was used already; sign in instead.')
  if (row.expires_at <= now)
    throw new AppError('conflict', 'This link has expired; ask whoever invited you for a new one.')
  return { id: row.id, email: row.email, role: row.role }
}

/** Spends a link: makes the account. The password is hashed by better-auth and kept nowhere else. */
export async function acceptInvitation(
  db: Db,
  auth: Auth,
  act: Omit<Act, 'actor'>,
  input: { secret: string; name: string; email: string | null; password: string },
): Promise<{ email: string }> {
  const context = await auth.$context
  return db.transaction().execute(async (tx) => {
    const spent = await tx
      .updateTable('invitations')
      .set({ used_at: act.now })
      .where('hash', '=', hashOf(input.secret))
      .where('used_at', 'is', null)
      .where('expires_at', '>', act.now)
      .returning(['id', 'email', 'role'])
      .executeTakeFirst()
    if (spent === undefined) {
      await readInvitation(tx, input.secret, act.now)
      throw new AppError('conflict', 'This link was used already.')
    }
    const email = (spent.email ?? input.email ?? '').toLowerCase()
    if (!/^[^@\s]+@[^@\s]+$/.test(email))
      throw new AppError('invalid', 'An e-mail address is needed.', [
        { path: 'email', problem: 'is not an e-mail address' },
      ])
    if (await context.internalAdapter.findUserByEmail(email))
      throw new AppError('conflict', 'There is an account with this e-mail already; sign in instead.')
    const password = await context.password.hash(input.password)
    // better-auth writes through its own connection: should this transaction fail, the account is taken back.
    const user = await context.internalAdapter.createUser(
      { email, name: input.name, emailVerified: true, role: spent.role },
      { method: 'email-password' },
    )
    try {
      await context.internalAdapter.linkAccount({
        userId: user.id,
        providerId: 'credential',
        accountId: user.id,
        password,
      })
      await tx.updateTable('invitations').set({ user_id: user.id }).where('id', '=', spent.id).execute()
      await record(tx, act.now, [
        {
          kind: 'user.joined',
          occurredAt: act.now,
          actor: { type: 'user', id: user.id },
          payload: { userId: user.id, role: spent.role },
        },
      ])
    } catch (error) {
      await context.internalAdapter.deleteUser(user.id)
      throw error
    }
    return { email }
  })
}

/** A link for the first admin, as long as there is nobody; null once there is. Older unused ones are void. */
export async function firstAdminLink(db: Db, act: Omit<Act, 'actor'>, url: string): Promise<string | null> {
  return db.transaction().execute(async (tx) => {
    const anybody = await tx.selectFrom('auth.user').select('id').limit(1).executeTakeFirst()
    if (anybody) return null
    await tx
      .updateTable('invitations')
      .set({ expires_at: act.now })
      .where('email', 'is', null)
      .where('used_at', 'is', null)
      .execute()
    const { link } = await inviteUser(
      tx,
      { ...act, actor: systemActor('first start') },
      { email: null, role: 'admin', url },
    )
    return link
  })
}
