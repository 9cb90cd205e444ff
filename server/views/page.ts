// One page of a long list: cut by keyset, with a count that stops where nobody reads it as a number any more.
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Db } from '../lib/database.ts'
import type { Database } from '../lib/tables.ts'

/** Counting stops here; a page then says "more than 10,000". */
const COUNTED_MAX = 10_001

/** How many rows a query has, at most `COUNTED_MAX`. */
export async function countSome<T extends keyof Database>(
  db: Db,
  ids: SelectQueryBuilder<Database, T, { id: string }>,
): Promise<number> {
  const counted = await db
    .selectFrom(ids.limit(COUNTED_MAX).as('some'))
    .select(sql<number>`count(*)`.as('count'))
    .executeTakeFirstOrThrow()
  return counted.count
}

/** The rows of a page out of one more than it holds; `last` is where the next page begins, null on the last one. */
export function cutPage<R>(rows: R[], limit: number): { page: R[]; last: R | null } {
  const page = rows.slice(0, limit)
  return { page, last: rows.length > limit ? (page.at(-1) ?? null) : null }
}
