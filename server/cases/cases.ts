// Cases: what a person works on. Detection raises them; the verbs of `work.ts` work them.
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { CasesTable } from '../lib/tables.ts'
import { HOUR, plus } from '../lib/time.ts'
import { alert, type Outside } from './alerts.ts'

export type Case = Selectable<CasesTable>
export type CaseSeverity = Case['severity']

export interface CaseSubject {
  kind: 'person' | 'device' | 'site'
  id: string
}

/** What detection has come to about one subject. */
export interface Judgement {
  subject: CaseSubject
  /** Whom a site's case is about. */
  people?: string[]
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

/**
 * Takes the open cases of a site's people into its own: each keeps its number, its history and its findings, and is out
 * of the queue. One that somebody took out of it stays out. Events are the caller's to record.
 */
async function takeIn(tx: Tx, act: Act, input: { into: string; personIds: string[] }): Promise<NewEvent[]> {
  const rows = await tx
    .selectFrom('cases')
    .select(['id', 'subject_id'])
    .where('subject_kind', '=', 'person')
    .where('subject_id', '=', oneOf(input.personIds))
    .where('status', '<>', 'closed')
    .where('part_of', 'is', null)
    .where('split_from', 'is distinct from', input.into)
    .orderBy('id')
    .forUpdate()
    .execute()
  if (rows.length === 0) return []
  const ids = oneOf(rows.map((row) => row.id))
  await tx.updateTable('cases').set({ part_of: input.into }).where('id', '=', ids).execute()
  return rows.map((row) => ({
    kind: 'case.taken_in',
    caseId: row.id,
    personId: row.subject_id,
    occurredAt: act.now,
    actor: act.actor,
    payload: { into: input.into },
  }))
}

/** The case of a site that proved to be another's goes on as that one's, or as a part of it where that has one open. */
export async function moveSiteCase(
  tx: Tx,
  act: Act,
  input: { siteId: string; fromSiteIds: string[] },
): Promise<NewEvent[]> {
  if (input.fromSiteIds.length === 0) return []
  const rows = await tx
    .selectFrom('cases')
    .selectAll()
    .where('subject_kind', '=', 'site')
    .where('subject_id', 'in', [input.siteId, ...input.fromSiteIds])
    .where('status', '<>', 'closed')
    .where('part_of', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  const kept = rows.find((row) => row.subject_id === input.siteId) ?? rows[0]
  const events: NewEvent[] = []
  for (const row of rows) {
    if (row === kept) continue
    const inIt = tx.updateTable('cases').set({ part_of: kept!.id })
    await inIt.where((eb) => eb.or([eb('id', '=', row.id), eb('part_of', '=', row.id)])).execute()
    await tx.updateTable('findings').set({ case_id: kept!.id }).where('case_id', '=', row.id).execute()
    const by = { caseId: row.id, occurredAt: act.now, actor: act.actor }
    events.push({ ...by, kind: 'case.taken_in', payload: { into: kept!.id } })
  }
  if (kept && kept.subject_id !== input.siteId)
    await tx.updateTable('cases').set({ subject_id: input.siteId }).where('id', '=', kept.id).execute()
  return events
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
    people: judgement.people ?? (judgement.subject.kind === 'person' ? [judgement.subject.id] : []),
  }
  const row = open ?? (await openCase(tx, act, judgement, told))
  const taken = judgement.people ? await takeIn(tx, act, { into: row.id, personIds: judgement.people }) : []
  await giveFindings(tx, row.id, judgement.findingIds)
  const subject = {
    caseId: row.id,
    personId: judgement.subject.kind === 'person' ? judgement.subject.id : null,
    deviceId: judgement.subject.kind === 'device' ? judgement.subject.id : null,
  }
  if (open === undefined) {
    await alert(tx, outside, {
      type: 'case.opened',
      now: act.now,
      orderingKey: row.id,
      caseId: row.id,
      personIds: told.people,
    })
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
        ...taken,
      ],
    }
  }
  const moved = await moveCase(tx, act, outside, { open, judgement, told, subject })
  return { caseId: open.id, events: [...moved, ...taken] }
}

/** Findings go to the case; those of somebody whose own case it took in stay with that one. */
async function giveFindings(tx: Tx, caseId: string, findingIds: string[]): Promise<void> {
  if (findingIds.length === 0) return
  await sql`
    update findings f set case_id = n.case_id from (
      select g.id, coalesce((
        select c.id from cases c where c.part_of = ${caseId} and c.subject_kind = 'person' and c.subject_id = g.person_id
          and c.status <> 'closed'), ${caseId}) as case_id
      from findings g where g.id = any (${findingIds}::text[])) n
    where f.id = n.id and f.case_id is distinct from n.case_id`.execute(tx)
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
  if (!isTold)
    await alert(tx, outside, {
      type: 'case.updated',
      now: act.now,
      orderingKey: open.id,
      caseId: open.id,
      personIds: told.people,
    })
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
