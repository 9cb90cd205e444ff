// How far each reader of the ledger has come. Whoever has a place locked is the only one who reads on from it.
import type { Tx } from '../lib/database.ts'

/** Locks a reader's place until the transaction ends. Gives the sequence number of the last event it took; 0 before any. */
export async function lockCursor(tx: Tx, name: string): Promise<number> {
  const lock = () => tx.selectFrom('cursors').select('seq').where('name', '=', name).forUpdate().executeTakeFirst()
  const cursor = await lock()
  if (cursor !== undefined) return cursor.seq
  await tx
    .insertInto('cursors')
    .values({ name, seq: 0 })
    .onConflict((oc) => oc.doNothing())
    .execute()
  return (await lock())!.seq
}

/** Notes that everything up to `seq` was taken. */
export async function moveCursor(tx: Tx, name: string, seq: number): Promise<void> {
  await tx.updateTable('cursors').set({ seq }).where('name', '=', name).execute()
}
