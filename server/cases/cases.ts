// Cases: what a person works on. Detection raises them; the verbs of `work.ts` work them.
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { CasesTable } from '../lib/tables.ts'
import { HOUR, plus } from '../lib/time.ts'
import { alert, type Outside } from './alerts.ts'

export type Case = Selectable<CasesTable>
export type CaseSeverity = Case['severity']

export interface CaseSubject {
  kind: 'person' | 'device'
  id: string
}

/** What detection has come to about one subject. */
export interface Judgement {
  subject: CaseSubject
  severity: CaseSeverity
  score: number
  parts: unknown[]
  title: string
  /** Active findings that count. */
  findingIds: string[]
  rules: string[]
  /** Whether this is enough to open a case, if none is open. */
  opens: boolean
  /** Whether something new was raised, which wakes a snoozed case. */
  news: boolean
}

/** By when somebody should have looked. A start, as a company's own promise to itself; not taken from outside. */
export const DUE_HOURS = { critical: 4, high: 24, medium: 72, low: 168 } as const

/** The open case of a subject, locked. */
export async function lockOpenCase(tx: Tx, subject: CaseSubject): Promise<Case | undefined> {
  return tx
    .selectFrom('cases')
    .selectAll()
    .where('subject_kind', '=', subject.kind)
    .where('subject_id', '=', subject.id)
    .where('status', '<>', 'closed')
    .forUpdate()
    .executeTakeFirst()
}

/** An open case about a laptop of nobody becomes its person's once they are known, unless they have one already. */
export async function adoptCase(tx: Tx, input: { deviceId: string; personId: string }): Promise<void> {
  const theirs = await lockOpenCase(tx, { kind: 'person', id: input.personId })
  if (theirs !== undefined) return
  await tx
    .updateTable('cases')
    .set({ subject_kind: 'person', subject_id: input.personId })
    .where('subject_kind', '=', 'device')
    .where('subject_id', '=', input.deviceId)
    .where('status', '<>', 'closed')
    .execute()
}

interface Told {
  severity: string
  rules: string[]
  people: string[]
}

/** Opens or moves a subject's case to what detection came to. Outside hears when severity, rules or people change. Events are the caller's to record. */
export async function judgeCase(
  tx: Tx,
  act: Act,
  outside: Outside,
  judgement: Judgement,
): Promise<{ caseId: string | null; events: NewEvent[] }> {
  const open = await lockOpenCase(tx, judgement.subject)
  if (open === undefined && !judgement.opens) return { caseId: null, events: [] }
  const told: Told = {
    severity: judgement.severity,
    rules: judgement.rules.toSorted(),
    people: judgement.subject.kind === 'person' ? [judgement.subject.id] : [],
  }
  const row = open ?? (await openCase(tx, act, judgement, told))
  if (judgement.findingIds.length > 0)
    await tx.updateTable('findings').set({ case_id: row.id }).where('id', 'in', judgement.findingIds).execute()
  const subject = {
    caseId: row.id,
    personId: judgement.subject.kind === 'person' ? judgement.subject.id : null,
    deviceId: judgement.subject.kind === 'device' ? judgement.subject.id : null,
  }
  if (open === undefined) {
    await alert(tx, outside, { type: 'case.opened', now: act.now, orderingKey: row.id, caseId: row.id })
    return {
      caseId: row.id,
      events: [
        {
          ...subject,
          kind: 'case.opened',
          occurredAt: act.now,
          actor: act.actor,
          payload: { number: row.number, severity: judgement.severity, score: judgement.score },
        },
      ],
    }
  }
  return { caseId: open.id, events: await moveCase(tx, act, outside, { open, judgement, told, subject }) }
}

async function openCase(tx: Tx, act: Act, judgement: Judgement, told: Told): Promise<Case> {
  const next = await sql<{ number: number }>`select nextval('case_numbers') as number`.execute(tx)
  return tx
    .insertInto('cases')
    .values({
      id: newId('case'),
      number: next.rows[0]!.number,
      subject_kind: judgement.subject.kind,
      subject_id: judgement.subject.id,
      title: judgement.title,
      status: 'new',
      severity: judgement.severity,
      score: judgement.score,
      parts: JSON.stringify(judgement.parts),
      opened_at: act.now,
      due_at: plus(act.now, DUE_HOURS[judgement.severity] * HOUR),
      told: JSON.stringify(told),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

interface Move {
  open: Case
  judgement: Judgement
  told: Told
  subject: { caseId: string; personId: string | null; deviceId: string | null }
}

async function moveCase(
  tx: Tx,
  act: Act,
  outside: Outside,
  { open, judgement, told, subject }: Move,
): Promise<NewEvent[]> {
  const isTold = JSON.stringify(open.told) === JSON.stringify(told) || sameTold(open.told as Told, told)
  if (isTold && open.score === judgement.score && !judgement.news) return []
  const wakes = judgement.news && open.status === 'snoozed'
  await tx
    .updateTable('cases')
    .set({
      title: judgement.rules.length > 0 ? judgement.title : open.title,
      severity: judgement.severity,
      score: judgement.score,
      parts: JSON.stringify(judgement.parts),
      told: JSON.stringify(told),
      ...(wakes ? { status: 'investigating' as const, snoozed_until: null } : {}),
    })
    .where('id', '=', open.id)
    .execute()
  if (!isTold) await alert(tx, outside, { type: 'case.updated', now: act.now, orderingKey: open.id, caseId: open.id })
  const changed: NewEvent = {
    ...subject,
    kind: 'case.changed',
    occurredAt: act.now,
    actor: act.actor,
    payload: { severity: judgement.severity, score: judgement.score, rules: told.rules },
  }
  const woken: NewEvent = {
    ...subject,
    kind: 'case.status_set',
    occurredAt: act.now,
    actor: act.actor,
    payload: { from: 'snoozed', to: 'investigating', until: null },
  }
  return wakes ? [changed, woken] : [changed]
}

// jsonb does not keep the order of members.
const sameTold = (a: Told | null, b: Told) =>
  a !== null && a.severity === b.severity && a.rules.join() === b.rules.join() && a.people.join() === b.people.join()

/** Adds a task to a case once: what a person has to do that no machine here can. */
export async function addTask(
  tx: Tx,
  act: Act,
  input: { caseId: string; key: string; task: string },
): Promise<NewEvent[]> {
  const id = newId('tsk')
  const inserted = await tx
    .insertInto('case_tasks')
    .values({ id, case_id: input.caseId, key: input.key, task: input.task, added_at: act.now })
    .onConflict((oc) => oc.columns(['case_id', 'key']).doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) return []
  return [
    {
      kind: 'case.task_added',
      caseId: input.caseId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { taskId: id, task: input.task },
    },
  ]
}
