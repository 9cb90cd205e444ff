// Settings: one JSON value per key, kept in the database.
import type { Db, Tx } from './database.ts'

/** The value as it was saved, for the reader's schema; undefined where there is none. */
export async function readSetting(db: Db | Tx, key: string): Promise<unknown> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}

/** The same, and nobody else reads it so before the transaction ends. One that is not there yet locks nothing. */
export async function lockSetting(tx: Tx, key: string): Promise<unknown> {
  const row = await tx.selectFrom('settings').select('value').where('key', '=', key).forUpdate().executeTakeFirst()
  return row?.value
}

/** Keeps a value in the place of the one before. */
export async function saveSetting(tx: Tx, key: string, value: unknown): Promise<void> {
  const written = JSON.stringify(value)
  await tx
    .insertInto('settings')
    .values({ key, value: written })
    .onConflict((oc) => oc.column('key').doUpdateSet({ value: written }))
    .execute()
}
