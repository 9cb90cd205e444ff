// What the case page shows.
import { sql } from 'kysely'
import type { Case } from '../cases/cases.ts'
import { standing } from '../cases/claims.ts'
import type { Finding } from '../detection/on-file.ts'
import { ruleById } from '../detection/rules/index.ts'
import { type Scored, scoreOf, THRESHOLDS, whatWouldChange } from '../detection/score.ts'
import { scoredOf } from '../detection/scored.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { listOutbox } from '../outbox.ts'
import { readChecks } from './case-checks.ts'

/** A case whole, by its number. */
export async function readCase(db: Db, number: number, now: Date) {
  const row = await db.selectFrom('cases').selectAll().where('number', '=', number).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no case C-${number}.`)
  const parts = await db
    .selectFrom('cases')
    .select(['id', 'number', 'title', 'status', 'outcome', 'severity', 'score'])
    .where('part_of', '=', row.id)
    .orderBy('number')
    .execute()
  const findings = await db
    .selectFrom('findings')
    .selectAll()
    .where('case_id', 'in', [row.id, ...parts.map((part) => part.id)])
    .orderBy('weight', 'desc')
    .orderBy('raised_at')
    .execute()
  const scored = countingOf(row, findings)
  const without = new Map(
    scored.map((gone) => [gone.findingId, scoreOf(scored.filter((one) => one.findingId !== gone.findingId))]),
  )
  const counted = new Map(scoreOf(scored).parts.map((part) => [part.findingId, part.counted]))
  const change = whatWouldChange(scored)
  const seqs = [...new Set(findings.flatMap((finding) => finding.evidence as number[]))]
  const events =
    seqs.length === 0
      ? []
      : await db
          .selectFrom('ledger')
          .select(['seq', 'kind', 'occurred_at', 'recorded_at'])
          .where('seq', 'in', seqs)
          .execute()
  const bySeq = new Map(
    events.map((event) => [
      event.seq,
      {
        seq: event.seq,
        kind: event.kind,
        occurredAt: event.occurred_at.toISOString(),
        recordedAt: event.recorded_at.toISOString(),
      },
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
  const whole =
    row.part_of === null
      ? undefined
      : await db
          .selectFrom('cases')
          .select(['number', 'title', 'status'])
          .where('id', '=', row.part_of)
          .executeTakeFirst()
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
        /** It stands, and counts for somebody of the site who has less against them than another. */
        isBeside: finding.status === 'active' && !counted.has(finding.id) && row.subject_kind === 'site',
        exceptional: finding.exceptional,
        /** Of the settings it was raised with; null before they had versions. */
        ruleVersion: finding.rule_version,
        summary: finding.summary,
        facts: finding.facts as Record<string, string | number | boolean | null>,
        params: finding.params as Record<string, unknown>,
        evidence: (finding.evidence as number[]).flatMap((seq) => bySeq.get(seq) ?? []),
        since: finding.since.toISOString(),
        raisedAt: finding.raised_at.toISOString(),
        clearedAt: finding.cleared_at?.toISOString() ?? null,
        clearedByLateData: finding.late_data,
        deviceId: finding.device_id,
        /** What the case would come to without this finding. */
        severityWithout: without.get(finding.id)?.severity ?? row.severity,
        scoreWithout: without.get(finding.id)?.score ?? row.score,
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
    checks: await readChecks(db, row.id, {
      severity: row.severity,
      isSite: row.subject_kind === 'site',
      layers: new Set(change.layers),
      lifeCycles: new Set(devices.map((device) => device.life_cycle)),
    }),
    others,
    /** The site's case that this one is worked with. */
    partOf: whole ?? null,
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

/** What stands and counts: a site's case is as strong as what stands about the strongest of its people. */
function countingOf(row: Case, findings: Finding[]): Scored[] {
  const standing = findings.filter((finding) => finding.status === (row.status === 'closed' ? 'decided' : 'active'))
  const groups =
    row.subject_kind === 'site' ? [...Map.groupBy(standing, (finding) => finding.person_id).values()] : [standing]
  const scores = groups.map((group) => group.flatMap((finding) => scoredOf(finding) ?? []))
  return scores.toSorted((a, b) => scoreOf(b).score - scoreOf(a).score)[0] ?? []
}
