// Work on many items within one transaction, so that the one that cannot be worked on stops no other.
import { sql } from 'kysely'
import type { Tx } from '../lib/database.ts'

/** Does it for all of them together; where that fails, for each alone, and says of those that fail. */
export async function oneByOne<T>(
  tx: Tx,
  ids: string[],
  work: (ids: string[]) => Promise<T[]>,
  failed: (id: string, error: unknown) => void,
): Promise<T[]> {
  if (ids.length === 0) return []
  await sql`savepoint together`.execute(tx)
  try {
    const came = await work(ids)
    await sql`release savepoint together`.execute(tx)
    return came
  } catch (error) {
    await sql`rollback to savepoint together`.execute(tx)
    await sql`release savepoint together`.execute(tx)
    if (ids.length === 1) {
      failed(ids[0]!, error)
      return []
    }
  }
  const came: T[] = []
  for (const id of ids) came.push(...(await oneByOne(tx, [id], work, failed)))
  return came
}
