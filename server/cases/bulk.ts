// One step for many cases: what it would do to each, and doing it, each in a transaction of its own.
import type { Act } from '../custody/act.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { Outside } from './alerts.ts'
import type { Case } from './cases.ts'
import { assignCase, closeCase, setCaseStatus } from './work.ts'

export type BulkStep =
  | { step: 'assign'; to: string | null }
  | { step: 'snooze'; until: Date; note: string | null }
  | { step: 'close'; outcome: NonNullable<Case['outcome']>; note: string }

/** What of a step decides which cases it leaves out. */
export type BulkAim = { step: 'assign'; to: string | null } | { step: 'snooze' } | { step: 'close' }

/** So many cases at most in one go. */
export const BULK_MAX = 1_000

export interface BulkItem {
  caseId: string
  number: number
  title: string
  /** Why nothing would be, or was, done to it; null where it would be or was. */
  why: string | null
}

/** What a step would do to each of these cases. */
export async function previewBulk(db: Db, input: { caseIds: string[]; aim: BulkAim }): Promise<BulkItem[]> {
  return (await readMany(db, input.caseIds)).map((row) => ({ ...itemOf(row), why: skipped(row, input.aim) }))
}

export interface BulkResult {
  done: BulkItem[]
  skipped: BulkItem[]
  failed: BulkItem[]
}

/** How one step of a person is run: in a transaction of its own. */
export type RunStep = (work: (tx: Tx, act: Act) => Promise<void>) => Promise<void>

/** Takes the step for each. One that fails is told with why, and stops none of the others. */
export async function workMany(
  db: Db,
  run: RunStep,
  outside: Outside,
  input: { caseIds: string[]; step: BulkStep },
): Promise<BulkResult> {
  const result: BulkResult = { done: [], skipped: [], failed: [] }
  for (const row of await readMany(db, input.caseIds)) {
    const why = skipped(row, input.step)
    if (why !== null) {
      result.skipped.push({ ...itemOf(row), why })
      continue
    }
    try {
      await run((tx, act) => take(tx, act, outside, row, input.step))
      result.done.push({ ...itemOf(row), why: null })
    } catch (error) {
      const said = error instanceof AppError ? error.message : 'Something went wrong here; try it by itself.'
      result.failed.push({ ...itemOf(row), why: said })
    }
  }
  return result
}

async function take(tx: Tx, act: Act, outside: Outside, row: Case, step: BulkStep): Promise<void> {
  switch (step.step) {
    case 'assign':
      return assignCase(tx, act, { caseId: row.id, from: row.assignee_id, to: step.to })
    case 'snooze':
      return setCaseStatus(tx, act, {
        caseId: row.id,
        status: 'snoozed',
        until: step.until,
        waitingOn: null,
        note: step.note,
      })
    case 'close':
      return closeCase(tx, act, outside, { caseId: row.id, outcome: step.outcome, note: step.note })
    default:
      return step satisfies never
  }
}

function skipped(row: Case, step: BulkAim): string | null {
  if (row.status === 'closed') return 'It is closed.'
  if (row.part_of !== null) return 'It is worked with the case of its site.'
  if (step.step === 'assign' && row.assignee_id === step.to)
    return step.to === null ? 'Nobody has it.' : 'It is theirs already.'
  return null
}

const itemOf = (row: Case) => ({ caseId: row.id, number: row.number, title: row.title })

const readMany = (db: Db, caseIds: string[]): Promise<Case[]> =>
  caseIds.length === 0
    ? Promise.resolve([])
    : db.selectFrom('cases').selectAll().where('id', 'in', caseIds).orderBy('number').execute()
