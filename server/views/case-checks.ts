// The checklist of a case as its page shows it: what is proposed and what was answered, with who and when.
import { type CheckedCase, checkItems, checksFor, describeCheck } from '../cases/checklists.ts'
import type { Db } from '../lib/database.ts'

/** Items that the case's findings propose, and those that were answered before they changed. */
export async function readChecks(db: Db, caseId: string, about: CheckedCase) {
  const rows = await db
    .selectFrom('case_checks as c')
    .leftJoin('notes', 'notes.id', 'c.note_id')
    .leftJoin('auth.user as answerer', 'answerer.id', 'c.answered_by')
    .selectAll('c')
    .select(['notes.text as note', 'answerer.name as answerer_name'])
    .where('c.case_id', '=', caseId)
    .execute()
  const answers = new Map(rows.map((row) => [row.item, row]))
  const proposed = new Set(checksFor(about))
  return checkItems
    .filter((item) => proposed.has(item) || answers.has(item))
    .map((item) => {
      const row = answers.get(item)
      return {
        ...describeCheck(item),
        answer:
          row === undefined
            ? null
            : {
                is: row.answer,
                by: row.answerer_name ?? 'a former user',
                at: row.answered_at.toISOString(),
                reference: row.reference,
                waitingOn: row.waiting_on,
                note: row.note,
                acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
              },
      }
    })
}
