// Who has a case in hand for the moment: a claim that ends by itself, who else has it open, and the next one to take.
// None of it is a fact about a laptop or a decision, so the ledger has none of it; an assignment is for good, and has.
import { sql } from 'kysely'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { MINUTE, plus } from '../lib/time.ts'
import { lockCase, requireOpen } from './work.ts'

/** How long a claim lasts after its holder last did something on the case. */
export const CLAIM_MS = 15 * MINUTE
/** Who was not heard of for so long has closed the page. */
export const VIEWER_MS = MINUTE

export interface Attendance {
  claim: { userId: string; until: string } | null
  /** Others who have it open. */
  viewers: string[]
}

/** Says that somebody has a case open, and who else has. One's own claim is renewed while one is active on it. */
export async function attendCase(
  db: Db,
  input: { caseId: string; userId: string; isActive: boolean; now: Date },
): Promise<Attendance> {
  const { caseId, userId, now } = input
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('cases')
      .select(['claimed_by', 'claimed_until'])
      .where('id', '=', caseId)
      .executeTakeFirst()
    if (row === undefined) throw new AppError('not_found', 'There is no such case.')
    let claim = standing(row, now)
    if (input.isActive && claim?.userId === userId) {
      const until = plus(now, CLAIM_MS)
      await tx
        .updateTable('cases')
        .set({ claimed_until: until })
        .where('id', '=', caseId)
        .where('claimed_by', '=', userId)
        .execute()
      claim = { userId, until: until.toISOString() }
    }
    await tx
      .deleteFrom('case_viewers')
      .where('case_id', '=', caseId)
      .where('seen_at', '<', plus(now, -VIEWER_MS))
      .execute()
    await tx
      .insertInto('case_viewers')
      .values({ case_id: caseId, user_id: userId, seen_at: now })
      .onConflict((oc) => oc.columns(['case_id', 'user_id']).doUpdateSet({ seen_at: now }))
      .execute()
    const others = await tx
      .selectFrom('case_viewers')
      .select('user_id')
      .where('case_id', '=', caseId)
      .where('user_id', '<>', userId)
      .orderBy('user_id')
      .execute()
    return { claim, viewers: others.map((one) => one.user_id) }
  })
}

/** The claim that stands now, if one does. */
export function standing(
  row: { claimed_by: string | null; claimed_until: Date | null },
  now: Date,
): Attendance['claim'] {
  if (row.claimed_by === null || row.claimed_until === null || row.claimed_until <= now) return null
  return { userId: row.claimed_by, until: row.claimed_until.toISOString() }
}

/** Takes a case in hand for 15 minutes. One that is with somebody else is a conflict, unless it is meant: `takeOver`. */
export async function claimCase(
  tx: Tx,
  input: { caseId: string; userId: string; takeOver: boolean; now: Date },
): Promise<{ until: string }> {
  const row = await lockCase(tx, input.caseId)
  requireOpen(row)
  const claim = standing(row, input.now)
  if (claim !== null && claim.userId !== input.userId && !input.takeOver)
    throw new AppError('conflict', `Case C-${row.number} is with somebody else; take it over if you mean to.`)
  const until = plus(input.now, CLAIM_MS)
  await tx
    .updateTable('cases')
    .set({ claimed_by: input.userId, claimed_until: until })
    .where('id', '=', row.id)
    .execute()
  return { until: until.toISOString() }
}

/** Lets go of one's own claim before it ends. */
export async function releaseCase(tx: Tx, input: { caseId: string; userId: string }): Promise<void> {
  await tx
    .updateTable('cases')
    .set({ claimed_by: null, claimed_until: null })
    .where('id', '=', input.caseId)
    .where('claimed_by', '=', input.userId)
    .execute()
}

/** Claims the most urgent case that nobody has: worst first, then what is due first. Its number, or null where there is none. */
export async function takeNext(tx: Tx, input: { userId: string; now: Date }): Promise<{ number: number } | null> {
  const next = await tx
    .selectFrom('cases')
    .select(['id', 'number'])
    .where('status', 'in', ['new', 'investigating'])
    .where('assignee_id', 'is', null)
    .where('part_of', 'is', null)
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', input.now)]))
    .orderBy(bySeverity)
    .orderBy(sql`due_at asc nulls last`)
    .orderBy('number')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (next === undefined) return null
  await tx
    .updateTable('cases')
    .set({ claimed_by: input.userId, claimed_until: plus(input.now, CLAIM_MS) })
    .where('id', '=', next.id)
    .execute()
  return { number: next.number }
}

/** Worst first. */
export const bySeverity = sql`array_position(array['critical', 'high', 'medium', 'low'], severity)`
