// Working a case: take it, say something, snooze, escalate, close with an outcome, reopen. Each step is an event.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { lockJudging } from '../custody/judging.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { plus } from '../lib/time.ts'
import { alert, type Outside } from './alerts.ts'
import type { Case } from './cases.ts'

/** Locks a case; one that was changed since the person looked is a conflict they should see. */
export async function lockCase(tx: Tx, caseId: string): Promise<Case> {
  const row = await tx.selectFrom('cases').selectAll().where('id', '=', caseId).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such case.')
  return row
}

/** A case and those that it took in, locked; its own comes first. */
async function lockWithParts(tx: Tx, caseId: string): Promise<[Case, ...Case[]]> {
  const ids = sql<string>`any (array(select id from cases where id = ${caseId} or part_of = ${caseId}))`
  // As detection does before it takes any of them: else the two could wait for each other.
  await lockJudging(tx)
  await tx.selectFrom('findings').select('id').where('case_id', '=', ids).orderBy('id').forUpdate().execute()
  const rows = await tx.selectFrom('cases').selectAll().where('id', '=', ids).orderBy('id').forUpdate().execute()
  const row = rows.find((one) => one.id === caseId)
  if (row === undefined) throw new AppError('not_found', 'There is no such case.')
  return [row, ...rows.filter((one) => one !== row)]
}

/** Only an open case is worked; one that a site's case took in is worked there. */
export function requireOpen(row: Case): void {
  if (row.status === 'closed') throw new AppError('conflict', `Case C-${row.number} is closed; reopen it first.`)
  if (row.part_of !== null)
    throw new AppError('conflict', `Case C-${row.number} is worked with the case of its site; take it out there first.`)
}

/** Whom an event of a case is about, when it happened and who did it. */
export const about = (row: Case, act: Act) => ({
  caseId: row.id,
  personId: row.subject_kind === 'person' ? row.subject_id : null,
  deviceId: row.subject_kind === 'device' ? row.subject_id : null,
  occurredAt: act.now,
  actor: act.actor,
})

/** Gives a case to somebody, or to nobody. `from` is whom the asker saw as its owner: another one meanwhile is a conflict. */
export async function assignCase(
  tx: Tx,
  act: Act,
  input: { caseId: string; from: string | null; to: string | null },
): Promise<void> {
  const row = await lockCase(tx, input.caseId)
  requireOpen(row)
  if (row.assignee_id !== input.from)
    throw new AppError(
      'conflict',
      'Somebody else has taken this case meanwhile; look again and take it over if you mean to.',
    )
  const events: NewEvent[] = [
    { ...about(row, act), kind: 'case.assigned', payload: { from: row.assignee_id, to: input.to } },
  ]
  const starts = row.status === 'new' && input.to !== null
  if (starts)
    events.push({
      ...about(row, act),
      kind: 'case.status_set',
      payload: { from: 'new', to: 'investigating', until: null },
    })
  await tx
    .updateTable('cases')
    .set({ assignee_id: input.to, ...(starts ? { status: 'investigating' as const } : {}) })
    .where('id', '=', row.id)
    .execute()
  await record(tx, act.now, events)
}

/** Says something on a case, open or closed. */
export async function commentCase(tx: Tx, act: Act, input: { caseId: string; text: string }): Promise<void> {
  const row = await lockCase(tx, input.caseId)
  const noteId = await keepNote(tx, act.now, input.text, row.id)
  await record(tx, act.now, [{ ...about(row, act), kind: 'case.commented', payload: { noteId } }])
}

/** Sets the state of an open case: investigating, waiting on somebody, or snoozed until a time. */
export async function setCaseStatus(
  tx: Tx,
  act: Act,
  input: {
    caseId: string
    status: 'investigating' | 'waiting' | 'snoozed'
    until: Date | null
    waitingOn: string | null
    note: string | null
  },
): Promise<void> {
  const row = await lockCase(tx, input.caseId)
  requireOpen(row)
  if (input.status === 'snoozed' && (input.until === null || input.until <= act.now))
    throw new AppError('invalid', 'A snooze needs a time in the future.', [
      { path: 'until', problem: 'has to be in the future' },
    ])
  const noteId = input.note === null ? undefined : await keepNote(tx, act.now, input.note, row.id)
  await tx
    .updateTable('cases')
    .set({
      status: input.status,
      snoozed_until: input.status === 'snoozed' ? input.until : null,
      waiting_on: input.status === 'waiting' ? input.waitingOn : null,
      ...dueClock(row, act.now, input.status === 'waiting'),
    })
    .where('id', '=', row.id)
    .execute()
  await record(tx, act.now, [
    {
      ...about(row, act),
      kind: 'case.status_set',
      payload: {
        from: row.status,
        to: input.status,
        until: input.status === 'snoozed' ? input.until!.toISOString() : null,
        ...(noteId ? { noteId } : {}),
      },
    },
  ])
}

/** The due time stands still while a case waits on somebody, and moves on by as long afterwards. */
function dueClock(row: Case, now: Date, waits: boolean): { due_at?: Date | null; due_paused_at?: Date | null } {
  if (waits) return { due_paused_at: row.due_paused_at ?? now }
  if (row.due_paused_at === null) return {}
  const paused = now.getTime() - row.due_paused_at.getTime()
  return { due_at: row.due_at && plus(row.due_at, paused), due_paused_at: null }
}

/** Asks somebody more senior to look, or says that nobody needs to any more; always with words for them. */
export async function escalateCase(
  tx: Tx,
  act: Act,
  input: { caseId: string; escalated: boolean; note: string },
): Promise<void> {
  const row = await lockCase(tx, input.caseId)
  requireOpen(row)
  await tx
    .updateTable('cases')
    .set({ escalated_at: input.escalated ? (row.escalated_at ?? act.now) : null })
    .where('id', '=', row.id)
    .execute()
  const noteId = await keepNote(tx, act.now, input.note, row.id)
  await record(tx, act.now, [
    { ...about(row, act), kind: 'case.escalated', payload: { escalated: input.escalated, noteId } },
  ])
}

/** Takes a case out of its site's again, to be worked by itself; that site's case does not take it in a second time. */
export async function splitCase(tx: Tx, act: Act, input: { caseId: string; note: string }): Promise<void> {
  const row = await lockCase(tx, input.caseId)
  if (row.part_of === null) throw new AppError('conflict', `Case C-${row.number} is in no other case.`)
  await tx.updateTable('cases').set({ part_of: null, split_from: row.part_of }).where('id', '=', row.id).execute()
  const noteId = await keepNote(tx, act.now, input.note, row.id)
  await record(tx, act.now, [{ ...about(row, act), kind: 'case.split', payload: { from: row.part_of, noteId } }])
}

/**
 * Closes with an outcome and a note, and with it the cases that it took in. Its findings are decided for their
 * evidence and raise again only on new evidence.
 */
export async function closeCase(
  tx: Tx,
  act: Act,
  outside: Outside,
  input: { caseId: string; outcome: NonNullable<Case['outcome']>; note: string },
): Promise<void> {
  const [row, ...parts] = await lockWithParts(tx, input.caseId)
  requireOpen(row)
  const events: NewEvent[] = []
  for (const one of [row, ...parts]) if (one.status !== 'closed') events.push(...(await close(tx, act, one, input)))
  for (const one of [row, ...parts])
    if (one.status !== 'closed')
      await alert(tx, outside, { type: 'case.closed', now: act.now, orderingKey: one.id, caseId: one.id })
  await record(tx, act.now, events)
}

async function close(
  tx: Tx,
  act: Act,
  row: Case,
  input: { outcome: NonNullable<Case['outcome']>; note: string },
): Promise<NewEvent[]> {
  const decided = await tx
    .updateTable('findings')
    .set({ status: 'decided', changed_at: act.now })
    .where('case_id', '=', row.id)
    .where('status', '=', 'active')
    .returning(['id', 'rule', 'device_id', 'person_id'])
    .execute()
  await tx
    .updateTable('cases')
    .set({
      status: 'closed',
      closed_at: act.now,
      outcome: input.outcome,
      snoozed_until: null,
      waiting_on: null,
      escalated_at: null,
      claimed_by: null,
      claimed_until: null,
      ...dueClock(row, act.now, false),
    })
    .where('id', '=', row.id)
    .execute()
  const noteId = await keepNote(tx, act.now, input.note, row.id)
  return [
    { ...about(row, act), kind: 'case.closed', payload: { outcome: input.outcome, noteId } },
    ...decided.map(
      (finding): NewEvent => ({
        ...about(row, act),
        deviceId: finding.device_id,
        personId: finding.person_id,
        kind: 'finding.decided',
        payload: { findingId: finding.id, rule: finding.rule, outcome: input.outcome },
      }),
    ),
  ]
}

/** Opens a closed case again, with the findings that were decided with it and the cases that were closed with it. */
export async function reopenCase(
  tx: Tx,
  act: Act,
  outside: Outside,
  input: { caseId: string; note: string },
): Promise<void> {
  const [row, ...parts] = await lockWithParts(tx, input.caseId)
  if (row.status !== 'closed') throw new AppError('conflict', 'This case is open.')
  if (row.part_of !== null) throw new AppError('conflict', `It was closed with the case of its site; reopen that one.`)
  const other = await tx
    .selectFrom('cases')
    .select('number')
    .where('subject_kind', '=', row.subject_kind)
    .where('subject_id', '=', row.subject_id)
    .where('status', '<>', 'closed')
    .executeTakeFirst()
  if (other) throw new AppError('conflict', `Case C-${other.number} is open about the same; work on that one.`)
  const noteId = await keepNote(tx, act.now, input.note, row.id)
  const events: NewEvent[] = [{ ...about(row, act), kind: 'case.reopened', payload: { noteId } }]
  await reopen(tx, act, row)
  for (const part of parts) {
    if (part.closed_at?.getTime() !== row.closed_at?.getTime()) continue
    await reopen(tx, act, part)
    events.push({ ...about(part, act), kind: 'case.reopened', payload: {} })
  }
  await alert(tx, outside, { type: 'case.updated', now: act.now, orderingKey: row.id, caseId: row.id })
  await record(tx, act.now, events)
}

async function reopen(tx: Tx, act: Act, row: Case): Promise<void> {
  await tx
    .updateTable('cases')
    .set({ status: 'investigating', closed_at: null, outcome: null })
    .where('id', '=', row.id)
    .execute()
  await tx
    .updateTable('findings')
    .set({ status: 'active', changed_at: act.now })
    .where('case_id', '=', row.id)
    .where('status', '=', 'decided')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('findings as f')
            .select('f.id')
            .whereRef('f.rule', '=', 'findings.rule')
            .whereRef('f.key', '=', 'findings.key')
            .where('f.status', 'in', ['active', 'suppressed']),
        ),
      ),
    )
    .execute()
}

/** Ticks a task off. */
export async function finishTask(tx: Tx, act: Act, input: { taskId: string }): Promise<void> {
  const task = await tx.selectFrom('case_tasks').selectAll().where('id', '=', input.taskId).executeTakeFirst()
  if (task === undefined) throw new AppError('not_found', 'There is no such task.')
  const row = await lockCase(tx, task.case_id)
  if (task.done_at !== null) return
  await tx
    .updateTable('case_tasks')
    .set({ done_at: act.now, done_by: JSON.stringify(act.actor) })
    .where('id', '=', task.id)
    .execute()
  await record(tx, act.now, [{ ...about(row, act), kind: 'case.task_done', payload: { taskId: task.id } }])
}
