// Secrets that come by a page: encrypted with a key that is not in the database, and never shown again.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'

export interface Vault {
  seal(name: string, value: string): { nonce: Buffer; ciphertext: Buffer }
  /** Throws where it was sealed with another key, under another name, or changed since. */
  open(name: string, sealed: { nonce: Buffer; ciphertext: Buffer }): string
}

const TAG_BYTES = 16

/** AES-256-GCM. A secret opens only under the name it was sealed for, so that no row can stand in for another. */
export function createVault(key: Uint8Array): Vault {
  return {
    seal(name, value) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
      const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { nonce, ciphertext }
    },
    open(name, { nonce, ciphertext }) {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(name))
        .setAuthTag(ciphertext.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
  }
}

/** Keeps a secret in the place of the one before, and has every process read it anew. */
export async function setSecret(
  tx: Tx,
  act: Act,
  vault: Vault,
  input: { name: string; value: string; how?: 'set' | 'rotated' },
): Promise<void> {
  const sealed = vault.seal(input.name, input.value)
  const row = { ...sealed, set_by: JSON.stringify(act.actor), set_at: act.now }
  await tx
    .insertInto('secrets')
    .values({ name: input.name, ...row })
    .onConflict((oc) => oc.column('name').doUpdateSet(row))
    .execute()
  await note(tx, act, input.name, input.how ?? 'set')
}

/** Forgets a secret. Returns whether there was one. */
export async function clearSecret(tx: Tx, act: Act, name: string): Promise<boolean> {
  const gone = await tx.deleteFrom('secrets').where('name', '=', name).executeTakeFirst()
  if (gone.numDeletedRows === 0n) return false
  await note(tx, act, name, 'cleared')
  return true
}

async function note(tx: Tx, act: Act, setting: string, how: 'set' | 'cleared' | 'rotated'): Promise<void> {
  await announceSettings(tx)
  await record(tx, act.now, [
    { kind: 'setting.changed', occurredAt: act.now, actor: act.actor, payload: { setting, how } },
  ])
}

/** Has every process read what pages set, once this commits. */
export async function announceSettings(tx: Tx): Promise<void> {
  await sql`select pg_notify('settings', '')`.execute(tx)
}

/** A secret and since when; null where there is none. Throws 'conflict' where this house cannot open it. */
export async function readSecret(
  db: Db | Tx,
  vault: Vault,
  name: string,
): Promise<{ value: string; setAt: Date } | null> {
  const row = await db.selectFrom('secrets').selectAll().where('name', '=', name).executeTakeFirst()
  if (row === undefined) return null
  try {
    return { value: vault.open(name, row), setAt: row.set_at }
  } catch {
    throw new AppError(
      'conflict',
      `The secret “${name}” was kept with another file “secret” than the one in the data folder: put that one back, or set it again.`,
    )
  }
}
