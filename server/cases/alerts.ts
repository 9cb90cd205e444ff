// What outside hears of us: messages of CONTRACTS, written into the outbox in the transaction that caused them.
import { sql } from 'kysely'
import type { Checkpoint } from '../custody/ledger.ts'
import type { Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'

export type AlertType =
  | 'case.opened'
  | 'case.updated'
  | 'case.closed'
  | 'finding.raised'
  | 'shipment.held'
  | 'shipment.released'
  | 'connector.failing'
  | 'ledger.checkpoint'
  | 'test'

export interface Outside {
  /** The names of the sinks that are configured; none: nothing is written. */
  sinks: string[]
  /** The public URL, for links. */
  url: string
}

interface Alert {
  type: AlertType
  now: Date
  /** Messages with one key go out in order. */
  orderingKey: string
  caseId?: string | null
  findingIds?: string[]
  shipmentIds?: string[]
  deviceIds?: string[]
  personIds?: string[]
  checkpoint?: Checkpoint
  /** Which connector keeps failing. */
  connector?: string
}

/** Queues an alert for every sink. Ids, rules, templates and city-level words only: no name, street or tracking code. */
export async function alert(tx: Tx, outside: Outside, input: Alert): Promise<void> {
  if (outside.sinks.length === 0) return
  const body = JSON.stringify({
    type: input.type,
    timestamp: input.now.toISOString(),
    data: await dataOf(tx, outside, input),
  })
  for (const sink of outside.sinks) {
    await tx
      .insertInto('outbox')
      .values({
        id: newId('msg'),
        sink,
        ordering_key: input.orderingKey,
        type: input.type,
        body,
        created_at: input.now,
        next_attempt_at: input.now,
      })
      .execute()
  }
}

async function dataOf(tx: Tx, outside: Outside, input: Alert) {
  const row = input.caseId
    ? await tx.selectFrom('cases').selectAll().where('id', '=', input.caseId).executeTakeFirst()
    : undefined
  const findings = await findingsOf(tx, input)
  const deviceIds = [
    ...new Set([
      ...(input.deviceIds ?? []),
      ...findings.map((finding) => finding.device_id),
      ...(row?.subject_kind === 'device' ? [row.subject_id] : []),
    ]),
  ]
  const personIds = [
    ...new Set([
      ...(input.personIds ?? []),
      ...findings.flatMap((finding) => (finding.person_id ? [finding.person_id] : [])),
      ...(row?.subject_kind === 'person' ? [row.subject_id] : []),
    ]),
  ]
  const people =
    personIds.length === 0
      ? []
      : await tx.selectFrom('people').select(['id', 'external_id']).where('id', 'in', personIds).orderBy('id').execute()
  const devices =
    deviceIds.length === 0
      ? []
      : await tx
          .selectFrom('devices')
          .select(['id', 'serial_number'])
          .where('id', 'in', deviceIds)
          .orderBy('id')
          .execute()
  return {
    case: row
      ? {
          id: row.id,
          url: `${outside.url}/cases/${row.number}`,
          severity: row.severity,
          score: row.score,
          status: row.status,
          outcome: row.outcome,
        }
      : null,
    people: people.map((person) => ({ id: person.id, externalId: person.external_id })),
    devices: devices.map((device) => ({ id: device.id, serialNumber: device.serial_number })),
    shipments: [...new Set([...(input.shipmentIds ?? []), ...findings.flatMap((finding) => finding.shipmentIds)])].map(
      (id) => ({ id }),
    ),
    findings: findings.map((finding) => ({
      id: finding.id,
      rule: finding.rule,
      severity: finding.severity,
      weight: finding.weight,
      summary: finding.summary,
      since: finding.since.toISOString(),
      evidence: finding.evidence,
    })),
    ...(input.connector === undefined ? {} : { connector: input.connector }),
    ...(input.checkpoint
      ? {
          checkpoint: {
            seq: input.checkpoint.seq,
            hash: input.checkpoint.hash,
            takenAt: input.checkpoint.takenAt,
            signature: input.checkpoint.signature,
            publicKey: input.checkpoint.publicKey,
          },
        }
      : {}),
  }
}

async function findingsOf(tx: Tx, input: Alert) {
  const ids = input.findingIds ?? []
  if (!input.caseId && ids.length === 0) return []
  const rows = await tx
    .selectFrom('findings')
    .selectAll()
    .where((eb) =>
      eb.or([
        ...(input.caseId
          ? [
              eb.and([
                // A site's case speaks for those that it took in.
                eb(
                  'case_id',
                  '=',
                  sql<string>`any (array(select id from cases where id = ${input.caseId} or part_of = ${input.caseId}))`,
                ),
                eb(
                  'status',
                  input.type === 'case.closed' ? '<>' : '=',
                  input.type === 'case.closed' ? 'cleared' : 'active',
                ),
              ]),
            ]
          : []),
        ...(ids.length > 0 ? [eb('id', 'in', ids)] : []),
      ]),
    )
    .orderBy('weight', 'desc')
    .execute()
  const seqs = [...new Set(rows.flatMap((row) => row.evidence as number[]))]
  const events = await sql<{
    seq: number
    kind: string
    occurred_at: Date
    shipment_id: string | null
  }>`select seq, kind, occurred_at, shipment_id from ledger where seq = any (${seqs}::bigint[])`.execute(tx)
  const bySeq = new Map(
    events.rows.map((event) => [
      event.seq,
      { seq: event.seq, kind: event.kind, occurredAt: event.occurred_at.toISOString() },
    ]),
  )
  const shipmentBySeq = new Map(events.rows.map((event) => [event.seq, event.shipment_id]))
  return rows.map((row) => ({
    ...row,
    evidence: (row.evidence as number[]).flatMap((seq) => bySeq.get(seq) ?? []),
    shipmentIds: (row.evidence as number[]).flatMap((seq) => shipmentBySeq.get(seq) ?? []),
  }))
}
