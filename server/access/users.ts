// Accounts of people: listed, given roles, disabled, enabled. better-auth keeps them; each step is an event of ours.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { type Role, roles } from './auth.ts'

export interface User {
  id: string
  name: string
  email: string
  role: Role
  disabled: boolean
  twoFactor: boolean
  createdAt: string
}

export async function listUsers(db: Db | Tx): Promise<User[]> {
  const rows = await db.selectFrom('auth.user').selectAll().orderBy('email').execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: roles.find((role) => role === row.role) ?? 'auditor',
    disabled: row.banned === true,
    twoFactor: row.twoFactorEnabled === true,
    createdAt: row.createdAt.toISOString(),
  }))
}

async function findUser(tx: Tx, id: string): Promise<User> {
  const user = (await listUsers(tx)).find((one) => one.id === id)
  if (user === undefined) throw new AppError('not_found', 'There is no such user.')
  return user
}

/** At least one admin has to be able to sign in, or nobody could ever invite again. */
async function requireOtherAdmin(tx: Tx, id: string): Promise<void> {
  const others = (await listUsers(tx)).filter((user) => user.role === 'admin' && !user.disabled && user.id !== id)
  if (others.length === 0) throw new AppError('conflict', 'This is the only admin: make another one first.')
}

/** Disables an account and ends its sessions at once, or enables it again. */
export async function setUserDisabled(tx: Tx, act: Act, input: { userId: string; disabled: boolean }): Promise<void> {
  await sql`lock table auth."user" in share row exclusive mode`.execute(tx)
  const user = await findUser(tx, input.userId)
  if (user.disabled === input.disabled) return
  if (input.disabled && user.role === 'admin') await requireOtherAdmin(tx, user.id)
  await sql`update auth."user" set banned = ${input.disabled}, "updatedAt" = ${act.now} where id = ${user.id}`.execute(
    tx,
  )
  if (input.disabled) await sql`delete from auth.session where "userId" = ${user.id}`.execute(tx)
  await record(tx, act.now, [
    {
      kind: input.disabled ? 'user.disabled' : 'user.enabled',
      occurredAt: act.now,
      actor: act.actor,
      payload: { userId: user.id },
    },
  ])
}

export async function setUserRole(tx: Tx, act: Act, input: { userId: string; role: Role }): Promise<void> {
  await sql`lock table auth."user" in share row exclusive mode`.execute(tx)
  const user = await findUser(tx, input.userId)
  if (user.role === input.role) return
  if (user.role === 'admin') await requireOtherAdmin(tx, user.id)
  await sql`update auth."user" set role = ${input.role}, "updatedAt" = ${act.now} where id = ${user.id}`.execute(tx)
  await record(tx, act.now, [
    {
      kind: 'user.role_set',
      occurredAt: act.now,
      actor: act.actor,
      payload: { userId: user.id, from: user.role, to: input.role },
    },
  ])
}
