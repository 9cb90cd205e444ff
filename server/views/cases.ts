// What the case queue and the case page show.
import { sql } from 'kysely'
import { scoredOf } from '../detection/respond.ts'
import { ruleById } from '../detection/rules/index.ts'
import { type Part, scoreOf, THRESHOLDS, withoutEach } from '../detection/score.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { listOutbox } from '../outbox.ts'

export const caseStatuses = ['new', 'investigating', 'waiting', 'snoozed', 'closed'] as const
export const caseSeverities = ['critical', 'high', 'medium', 'low'] as const

export interface CaseFilter {
  status: (typeof caseStatuses)[number][]
  severity: (typeof caseSeverities)[number][]
  /** A user's id, `nobody`, or null for any. */
  assignee: string | null
  sort: 'due' | 'opened' | 'severity'
  limit: number
  offset: number
}

/** The queue: filtered, sorted, counted. The queue of open cases is small; paging it by offset is exact enough. */
export async function listCases(db: Db, filter: CaseFilter) {
  const matching = db
    .selectFrom('cases')
    .$if(filter.status.length > 0, (qb) => qb.where('status', 'in', filter.status))
    .$if(filter.severity.length > 0, (qb) => qb.where('severity', 'in', filter.severity))
    .$if(filter.assignee === 'nobody', (qb) => qb.where('assignee_id', 'is', null))
    .$if(filter.assignee !== null && filter.assignee !== 'nobody', (qb) =>
      qb.where('assignee_id', '=', filter.assignee),
    )
  const rank = sql`array_position(array['critical', 'high', 'medium', 'low'], severity)`
  const rows = await matching
    .selectAll()
    .$if(filter.sort === 'due', (qb) => qb.orderBy(sql`due_at asc nulls last`))
    .$if(filter.sort === 'severity', (qb) => qb.orderBy(rank).orderBy('score', 'desc'))
    .orderBy('opened_at', 'desc')
    .limit(filter.limit)
    .offset(filter.offset)
    .execute()
  const { count } = await matching.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()
  const ids = rows.map((row) => row.id)
  const findings =
    ids.length === 0
      ? []
      : await db
          .selectFrom('findings')
          .select(['case_id', 'device_id', 'summary', 'weight', 'status'])
          .where('case_id', 'in', ids)
          .where('status', '<>', 'cleared')
          .orderBy('weight', 'desc')
          .execute()
  const deviceIds = [...new Set(findings.map((finding) => finding.device_id))]
  const devices =
    deviceIds.length === 0
      ? []
      : await db
          .selectFrom('devices')
          .select(['id', 'serial_number', 'model', 'life_cycle', 'holder_kind'])
          .where('id', 'in', deviceIds)
          .execute()
  const byId = new Map(devices.map((device) => [device.id, device]))
  const byCase = Map.groupBy(findings, (finding) => finding.case_id)
  return {
    total: count,
    cases: rows.map((row) => {
      const own = byCase.get(row.id) ?? []
      const mine = [...new Set(own.map((finding) => finding.device_id))].flatMap((id) => byId.get(id) ?? [])
      return {
        id: row.id,
        number: row.number,
        title: row.title,
        status: row.status,
        severity: row.severity,
        score: row.score,
        parts: row.parts as Part[],
        summaries: own.slice(0, 4).map((finding) => finding.summary),
        devices: mine.map((device) => ({
          id: device.id,
          serialNumber: device.serial_number,
          model: device.model,
          lifeCycle: device.life_cycle,
          holder: device.holder_kind,
        })),
        assigneeId: row.assignee_id,
        openedAt: row.opened_at.toISOString(),
        dueAt: row.due_at?.toISOString() ?? null,
        snoozedUntil: row.snoozed_until?.toISOString() ?? null,
        outcome: row.outcome,
      }
    }),
  }
}

/** A case whole, by its number. */
export async function readCase(db: Db, number: number) {
  const row = await db.selectFrom('cases').selectAll().where('number', '=', number).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no case C-${number}.`)
  const findings = await db
    .selectFrom('findings')
    .selectAll()
    .where('case_id', '=', row.id)
    .orderBy('weight', 'desc')
    .orderBy('raised_at')
    .execute()
  const counting = findings.filter((finding) => finding.status === (row.status === 'closed' ? 'decided' : 'active'))
  const scored = counting.flatMap((finding) => scoredOf(finding) ?? [])
  const without = new Map(withoutEach(scored).map((one) => [one.findingId, one.severity]))
  const counted = new Map(scoreOf(scored).parts.map((part) => [part.findingId, part.counted]))
  const seqs = [...new Set(findings.flatMap((finding) => finding.evidence as number[]))]
  const events =
    seqs.length === 0
      ? []
      : await db.selectFrom('ledger').select(['seq', 'kind', 'occurred_at']).where('seq', 'in', seqs).execute()
  const bySeq = new Map(
    events.map((event) => [
      event.seq,
      { seq: event.seq, kind: event.kind, occurredAt: event.occurred_at.toISOString() },
    ]),
  )
  const deviceIds = [
    ...new Set([
      ...findings.map((finding) => finding.device_id),
      ...(row.subject_kind === 'device' ? [row.subject_id] : []),
    ]),
  ]
  const devices =
    deviceIds.length === 0 ? [] : await db.selectFrom('devices').selectAll().where('id', 'in', deviceIds).execute()
  const person =
    row.subject_kind === 'person'
      ? await db.selectFrom('people').selectAll().where('id', '=', row.subject_id).executeTakeFirst()
      : undefined
  const shipments =
    deviceIds.length === 0
      ? []
      : await db
          .selectFrom('shipments')
          .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'shipments.id')
          .select(['shipments.id', 'reference', 'status', 'held_at', 'direction'])
          .select(sql<string[]>`array_agg(device_id order by device_id)`.as('device_ids'))
          .where('device_id', 'in', deviceIds)
          .where('withdrawn_at', 'is', null)
          .groupBy('shipments.id')
          .execute()
  const tasks = await db
    .selectFrom('case_tasks')
    .leftJoin('auth.user as doer', (join) => join.on('doer.id', '=', sql`done_by->>'id'`))
    .select(['case_tasks.id', 'task', 'added_at', 'done_at', 'doer.name as doer_name'])
    .where('case_id', '=', row.id)
    .orderBy('added_at')
    .execute()
  const others = await db
    .selectFrom('cases')
    .select(['number', 'title', 'status', 'outcome', 'severity'])
    .where('subject_kind', '=', row.subject_kind)
    .where('subject_id', '=', row.subject_id)
    .where('id', '<>', row.id)
    .orderBy('opened_at', 'desc')
    .limit(10)
    .execute()
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    status: row.status,
    severity: row.severity,
    score: row.score,
    /** From how many decibans, and from how many layers that agree. */
    thresholds: THRESHOLDS,
    subject: { kind: row.subject_kind, id: row.subject_id },
    person: person
      ? {
          id: person.id,
          name: person.name,
          externalId: person.external_id,
          kind: person.kind,
          erased: person.erased_at !== null,
        }
      : null,
    devices: devices.map((device) => ({
      id: device.id,
      serialNumber: device.serial_number,
      model: device.model,
      lifeCycle: device.life_cycle,
      holder: device.holder_kind,
      assigneeId: device.assignee_id,
      known: device.known,
    })),
    shipments: shipments.map((one) => ({
      id: one.id,
      reference: one.reference,
      status: one.status,
      held: one.held_at !== null,
      direction: one.direction,
      /** Those of the case's laptops that were in it. */
      deviceIds: one.device_ids,
    })),
    findings: findings.map((finding) => {
      const rule = ruleById(finding.rule)
      return {
        id: finding.id,
        rule: finding.rule,
        title: rule?.title ?? finding.rule,
        layer: rule?.layer ?? 'custody',
        group: rule?.group ?? '',
        why: rule?.why ?? '',
        falsePositives: rule?.falsePositives ?? [],
        runbook: rule?.runbook ?? [],
        status: finding.status,
        severity: finding.severity,
        weight: finding.weight,
        counted: counted.get(finding.id) ?? 0,
        exceptional: finding.exceptional,
        summary: finding.summary,
        facts: finding.facts as Record<string, string | number | boolean | null>,
        params: finding.params as Record<string, unknown>,
        evidence: (finding.evidence as number[]).flatMap((seq) => bySeq.get(seq) ?? []),
        since: finding.since.toISOString(),
        raisedAt: finding.raised_at.toISOString(),
        clearedAt: finding.cleared_at?.toISOString() ?? null,
        clearedByLateData: finding.late_data,
        deviceId: finding.device_id,
        /** The case's severity without this finding. */
        severityWithout: without.get(finding.id) ?? row.severity,
      }
    }),
    tasks: tasks.map((task) => ({
      id: task.id,
      task: task.task,
      addedAt: task.added_at.toISOString(),
      doneAt: task.done_at?.toISOString() ?? null,
      /** The name of whoever did it; null while nobody has. */
      doneBy: task.done_at === null ? null : (task.doer_name ?? 'a former user'),
    })),
    others,
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
