// What the case page shows.
import { sql } from 'kysely'
import type { Case } from '../cases/cases.ts'
import { standing } from '../cases/claims.ts'
import { THRESHOLDS, whatWouldChange } from '../detection/score.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { listOutbox } from '../outbox.ts'
import { readChecks } from './case-checks.ts'
import { countingOf, findingsOf, showFindings } from './case-findings.ts'

/** A case whole, by its number. */
export async function readCase(db: Db, number: number, now: Date) {
  const row = await db.selectFrom('cases').selectAll().where('number', '=', number).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no case C-${number}.`)
  const parts = await partsOf(db, row.id)
  const found = await findingsOf(db, [row.id, ...parts.map((part) => part.id)])
  const scored = countingOf(row, found)
  const change = whatWouldChange(scored)
  const deviceIds = [
    ...new Set([
      ...found.map((finding) => finding.device_id),
      ...(row.subject_kind === 'device' ? [row.subject_id] : []),
    ]),
  ]
  const devices = await devicesOf(db, deviceIds)
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    status: row.status,
    severity: row.severity,
    score: row.score,
    /** From how many decibans, and from how many layers that agree. */
    thresholds: THRESHOLDS,
    layers: change.layers,
    /** The next severity, and what it lacks. */
    next: row.status === 'closed' ? null : change.next,
    subject: { kind: row.subject_kind, id: row.subject_id },
    person: await personOf(db, row),
    devices,
    shipments: await shipmentsOf(db, deviceIds),
    findings: await showFindings(db, row, { found, scored }),
    tasks: await tasksOf(db, row.id),
    checks: await readChecks(db, row.id, {
      severity: row.severity,
      isSite: row.subject_kind === 'site',
      layers: new Set(change.layers),
      lifeCycles: new Set(devices.map((device) => device.lifeCycle)),
    }),
    others: await othersAbout(db, row),
    /** The site's case that this one is worked with. */
    partOf: await wholeOf(db, row),
    /** People's cases that this one took in. */
    parts,
    escalatedAt: row.escalated_at?.toISOString() ?? null,
    claim: standing(row, now),
    duePausedAt: row.due_paused_at?.toISOString() ?? null,
    assigneeId: row.assignee_id,
    waitingOn: row.waiting_on,
    openedAt: row.opened_at.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    snoozedUntil: row.snoozed_until?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    outcome: row.outcome,
    messages: await listOutbox(db, { caseId: row.id, limit: 20 }),
  }
}

const partsOf = (db: Db, caseId: string) =>
  db
    .selectFrom('cases')
    .select(['id', 'number', 'title', 'status', 'outcome', 'severity', 'score'])
    .where('part_of', '=', caseId)
    .orderBy('number')
    .execute()

async function wholeOf(db: Db, { part_of }: Case) {
  if (part_of === null) return null
  const whole = await db
    .selectFrom('cases')
    .select(['number', 'title', 'status'])
    .where('id', '=', part_of)
    .executeTakeFirst()
  return whole ?? null
}

/** Other cases about the same person, laptop or site. */
const othersAbout = (db: Db, row: Case) =>
  db
    .selectFrom('cases')
    .select(['number', 'title', 'status', 'outcome', 'severity'])
    .where('subject_kind', '=', row.subject_kind)
    .where('subject_id', '=', row.subject_id)
    .where('id', '<>', row.id)
    .orderBy('opened_at', 'desc')
    .limit(10)
    .execute()

async function personOf(db: Db, { subject_kind, subject_id }: Case) {
  if (subject_kind !== 'person') return null
  const person = await db.selectFrom('people').selectAll().where('id', '=', subject_id).executeTakeFirst()
  return person
    ? {
        id: person.id,
        name: person.name,
        externalId: person.external_id,
        kind: person.kind,
        erased: person.erased_at !== null,
      }
    : null
}

async function devicesOf(db: Db, deviceIds: string[]) {
  if (deviceIds.length === 0) return []
  const devices = await db.selectFrom('devices').selectAll().where('id', 'in', deviceIds).execute()
  return devices.map((device) => ({
    id: device.id,
    serialNumber: device.serial_number,
    model: device.model,
    lifeCycle: device.life_cycle,
    holder: device.holder_kind,
    assigneeId: device.assignee_id,
    known: device.known,
  }))
}

async function shipmentsOf(db: Db, deviceIds: string[]) {
  if (deviceIds.length === 0) return []
  const shipments = await db
    .selectFrom('shipments')
    .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'shipments.id')
    .select(['shipments.id', 'reference', 'status', 'held_at', 'direction'])
    .select(sql<string[]>`array_agg(device_id order by device_id)`.as('device_ids'))
    .where('device_id', 'in', deviceIds)
    .where('withdrawn_at', 'is', null)
    .groupBy('shipments.id')
    .execute()
  return shipments.map((one) => ({
    id: one.id,
    reference: one.reference,
    status: one.status,
    held: one.held_at !== null,
    direction: one.direction,
    /** Those of the case's laptops that were in it. */
    deviceIds: one.device_ids,
  }))
}

async function tasksOf(db: Db, caseId: string) {
  const tasks = await db
    .selectFrom('case_tasks')
    .leftJoin('auth.user as doer', (join) => join.on('doer.id', '=', sql`done_by->>'id'`))
    .select(['case_tasks.id', 'task', 'added_at', 'done_at', 'doer.name as doer_name'])
    .where('case_id', '=', caseId)
    .orderBy('added_at')
    .execute()
  return tasks.map((task) => ({
    id: task.id,
    task: task.task,
    addedAt: task.added_at.toISOString(),
    doneAt: task.done_at?.toISOString() ?? null,
    /** The name of whoever did it; null while nobody has. */
    doneBy: task.done_at === null ? null : (task.doer_name ?? 'a former user'),
  }))
}
