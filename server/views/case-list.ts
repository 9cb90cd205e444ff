// The queue of cases: filtered, sorted, counted, and as the ids that a step for all of them takes.
import { sql } from 'kysely'
import { bySeverity, standing } from '../cases/claims.ts'
import type { Part } from '../detection/score.ts'
import type { Db } from '../lib/database.ts'
import { DAY, plus } from '../lib/time.ts'

export const caseStatuses = ['new', 'investigating', 'waiting', 'snoozed', 'closed'] as const
export const caseSeverities = ['critical', 'high', 'medium', 'low'] as const
export const caseDues = ['overdue', 'day'] as const

export interface CaseFilter {
  status: (typeof caseStatuses)[number][]
  severity: (typeof caseSeverities)[number][]
  /** A user's id, `nobody`, or null for any. */
  assignee: string | null
  /** What is past its due time, or will be within a day. */
  due: (typeof caseDues)[number] | null
  /** Those that somebody more senior was asked to look at. */
  escalated: boolean
}

export interface CasePage extends CaseFilter {
  sort: 'due' | 'opened' | 'severity'
  limit: number
  offset: number
}

/** Cases that a site's case took in are worked there: the queue has none of them. */
const matching = (db: Db, filter: CaseFilter, now: Date) =>
  db
    .selectFrom('cases')
    .where('part_of', 'is', null)
    .$if(filter.status.length > 0, (qb) => qb.where('status', 'in', filter.status))
    .$if(filter.severity.length > 0, (qb) => qb.where('severity', 'in', filter.severity))
    .$if(filter.assignee === 'nobody', (qb) => qb.where('assignee_id', 'is', null))
    .$if(filter.assignee !== null && filter.assignee !== 'nobody', (qb) =>
      qb.where('assignee_id', '=', filter.assignee),
    )
    .$if(filter.due !== null, (qb) =>
      qb
        .where('status', '<>', 'closed')
        .where('due_paused_at', 'is', null)
        .where('due_at', '<', filter.due === 'overdue' ? now : plus(now, DAY)),
    )
    .$if(filter.escalated, (qb) => qb.where('escalated_at', 'is not', null))

/** How many match. */
export async function countCases(db: Db, filter: CaseFilter, now: Date): Promise<number> {
  const { count } = await matching(db, filter, now).select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()
  return count
}

/** The ids of all that match, up to `limit`. */
export async function matchingCases(db: Db, filter: CaseFilter, now: Date, limit: number): Promise<string[]> {
  const rows = await matching(db, filter, now).select('id').orderBy('number').limit(limit).execute()
  return rows.map((row) => row.id)
}

/** A page of the queue. The queue of open cases is small; paging it by offset is exact enough. */
export async function listCases(db: Db, page: CasePage, now: Date) {
  const rows = await matching(db, page, now)
    .selectAll()
    // What stands still comes after what does not.
    .$if(page.sort === 'due', (qb) => qb.orderBy(sql`due_paused_at is not null`).orderBy(sql`due_at asc nulls last`))
    .$if(page.sort === 'severity', (qb) => qb.orderBy(bySeverity).orderBy('score', 'desc'))
    .orderBy('opened_at', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
  const ids = rows.map((row) => row.id)
  const findings = ids.length === 0 ? [] : await findingsOf(db, ids)
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
    total: await countCases(db, page, now),
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
        summaries: [...new Set(own.map((finding) => finding.summary))].slice(0, 4),
        devices: mine.map((device) => ({
          id: device.id,
          serialNumber: device.serial_number,
          model: device.model,
          lifeCycle: device.life_cycle,
          holder: device.holder_kind,
        })),
        assigneeId: row.assignee_id,
        claim: standing(row, now),
        escalated: row.escalated_at !== null,
        openedAt: row.opened_at.toISOString(),
        dueAt: row.due_at?.toISOString() ?? null,
        /** Since when its time stands still. */
        duePausedAt: row.due_paused_at?.toISOString() ?? null,
        snoozedUntil: row.snoozed_until?.toISOString() ?? null,
        outcome: row.outcome,
      }
    }),
  }
}

/** Of cases, and of those that they took in, under the case that is worked. */
const findingsOf = (db: Db, caseIds: string[]) =>
  db
    .selectFrom('findings')
    .innerJoin('cases', 'cases.id', 'findings.case_id')
    .select(sql<string>`case when part_of = any (${caseIds}::text[]) then part_of else case_id end`.as('case_id'))
    .select(['device_id', 'summary', 'weight', 'findings.status'])
    .where((eb) => eb.or([eb('case_id', 'in', caseIds), eb('part_of', 'in', caseIds)]))
    .where('findings.status', '<>', 'cleared')
    .orderBy('weight', 'desc')
    .execute()
