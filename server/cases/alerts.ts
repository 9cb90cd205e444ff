// What outside hears of us: messages of CONTRACTS, written into the outbox in the transaction that caused them.
import { type Selectable, sql } from 'kysely'
import type { Checkpoint } from '../custody/ledger.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { CasesTable, FindingsTable } from '../lib/tables.ts'

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

export interface Alert {
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
export const alert = (tx: Tx, outside: Outside, input: Alert): Promise<void> => alertAll(tx, outside, [input])

/** Queues alerts, in their order; what they tell is read for all of them at once. */
export async function alertAll(tx: Tx, outside: Outside, alerts: Alert[]): Promise<void> {
  if (outside.sinks.length === 0 || alerts.length === 0) return
  const known = await loadKnown(tx, alerts)
  const rows = alerts.flatMap((one) => {
    const body = JSON.stringify({
      type: one.type,
      timestamp: one.now.toISOString(),
      data: dataOf(outside, one, known),
    })
    return outside.sinks.map((sink) => ({
      id: newId('msg'),
      sink,
      ordering_key: one.orderingKey,
      type: one.type,
      body,
      created_at: one.now,
      next_attempt_at: one.now,
    }))
  })
  await tx.insertInto('outbox').values(rows).execute()
}

interface ToldFinding extends Selectable<FindingsTable> {
  events: { seq: number; kind: string; occurredAt: string }[]
  shipmentIds: string[]
}

/** What is on file of what alerts are about. */
interface Known {
  cases: Map<string, Selectable<CasesTable>>
  /** The strongest first. */
  findings: ToldFinding[]
  people: { id: string; externalId: string | null }[]
  devices: { id: string; serialNumber: string | null }[]
}

async function loadKnown(tx: Tx, alerts: Alert[]): Promise<Known> {
  const caseIds = [...new Set(alerts.flatMap((one) => one.caseId ?? []))]
  const findingIds = [...new Set(alerts.flatMap((one) => one.findingIds ?? []))]
  // A site's case speaks for those that it took in.
  const cases =
    caseIds.length === 0
      ? []
      : await tx
          .selectFrom('cases')
          .selectAll()
          .where((eb) => eb.or([eb('id', '=', oneOf(caseIds)), eb('part_of', '=', oneOf(caseIds))]))
          .execute()
  const findings = await loadFindings(tx, { caseIds: cases.map((row) => row.id), findingIds })
  const ids = (kind: 'person' | 'device') => cases.flatMap((row) => (row.subject_kind === kind ? [row.subject_id] : []))
  const personIds = new Set([...ids('person'), ...findings.flatMap((one) => one.person_id ?? [])])
  const deviceIds = new Set([...ids('device'), ...findings.map((one) => one.device_id)])
  for (const one of alerts) {
    for (const id of one.personIds ?? []) personIds.add(id)
    for (const id of one.deviceIds ?? []) deviceIds.add(id)
  }
  const people =
    personIds.size === 0
      ? []
      : await tx
          .selectFrom('people')
          .select(['id', 'external_id as externalId'])
          .where('id', '=', oneOf(personIds))
          .orderBy('id')
          .execute()
  const devices =
    deviceIds.size === 0
      ? []
      : await tx
          .selectFrom('devices')
          .select(['id', 'serial_number as serialNumber'])
          .where('id', '=', oneOf(deviceIds))
          .orderBy('id')
          .execute()
  return { cases: new Map(cases.map((row) => [row.id, row])), findings, people, devices }
}

async function loadFindings(
  tx: Tx,
  { caseIds, findingIds }: { caseIds: string[]; findingIds: string[] },
): Promise<ToldFinding[]> {
  if (caseIds.length + findingIds.length === 0) return []
  const rows = await tx
    .selectFrom('findings')
    .selectAll()
    .where((eb) => eb.or([eb('case_id', '=', oneOf(caseIds)), eb('id', '=', oneOf(findingIds))]))
    .orderBy('weight', 'desc')
    .execute()
  const seqs = [...new Set(rows.flatMap((row) => row.evidence as number[]))]
  const { rows: events } = await sql<{ seq: number; kind: string; occurred_at: Date; shipment_id: string | null }>`
    select seq, kind, occurred_at, shipment_id from ledger where seq = any (${seqs}::bigint[])`.execute(tx)
  const bySeq = new Map(events.map((event) => [event.seq, event]))
  return rows.map((row) => {
    const evidence = (row.evidence as number[]).flatMap((seq) => bySeq.get(seq) ?? [])
    return {
      ...row,
      events: evidence.map(({ seq, kind, occurred_at }) => ({ seq, kind, occurredAt: occurred_at.toISOString() })),
      shipmentIds: evidence.flatMap((event) => event.shipment_id ?? []),
    }
  })
}

/** The findings that an alert tells of: its own, and those of its case that stand, or stood when it was closed. */
function findingsOf({ type, caseId, findingIds }: Alert, { cases, findings }: Known): ToldFinding[] {
  const isOfCase = (id: string | null) =>
    caseId != null && id !== null && (id === caseId || cases.get(id)?.part_of === caseId)
  const stands = (row: ToldFinding) => (type === 'case.closed' ? row.status !== 'cleared' : row.status === 'active')
  return findings.filter((row) => findingIds?.includes(row.id) || (isOfCase(row.case_id) && stands(row)))
}

function dataOf(outside: Outside, input: Alert, known: Known) {
  const row = input.caseId ? known.cases.get(input.caseId) : undefined
  const findings = findingsOf(input, known)
  const subject = (kind: 'person' | 'device') => (row?.subject_kind === kind ? [row.subject_id] : [])
  const deviceIds = new Set([
    ...(input.deviceIds ?? []),
    ...findings.map((finding) => finding.device_id),
    ...subject('device'),
  ])
  const personIds = new Set([
    ...(input.personIds ?? []),
    ...findings.flatMap((finding) => finding.person_id ?? []),
    ...subject('person'),
  ])
  const shipmentIds = new Set([...(input.shipmentIds ?? []), ...findings.flatMap((finding) => finding.shipmentIds)])
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
    people: known.people.filter(({ id }) => personIds.has(id)),
    devices: known.devices.filter(({ id }) => deviceIds.has(id)),
    shipments: [...shipmentIds].map((id) => ({ id })),
    findings: findings.map((finding) => ({
      id: finding.id,
      rule: finding.rule,
      severity: finding.severity,
      weight: finding.weight,
      summary: finding.summary,
      since: finding.since.toISOString(),
      evidence: finding.events,
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
