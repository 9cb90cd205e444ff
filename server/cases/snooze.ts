// Snoozed cases come back by themselves when their time is over.
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import type { Db } from '../lib/database.ts'

/** Wakes every case whose snooze is over. Returns how many. */
export async function wakeSnoozed(db: Db, act: Act): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('cases')
      .selectAll()
      .where('status', '=', 'snoozed')
      .where('snoozed_until', '<=', act.now)
      .orderBy('id')
      .limit(100)
      .forUpdate()
      .skipLocked()
      .execute()
    if (rows.length === 0) return 0
    const ids = rows.map((row) => row.id)
    await tx.updateTable('cases').set({ status: 'investigating', snoozed_until: null }).where('id', 'in', ids).execute()
    await record(
      tx,
      act.now,
      rows.map((row) => ({
        kind: 'case.status_set',
        caseId: row.id,
        personId: row.subject_kind === 'person' ? row.subject_id : null,
        occurredAt: act.now,
        actor: act.actor,
        payload: { from: 'snoozed', to: 'investigating', until: null },
      })),
    )
    return rows.length
  })
}
