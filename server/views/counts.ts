// The numbers beside the navigation, in one statement: each is how many the list has that it leads to.
import { sql } from 'kysely'
import type { Db } from '../lib/database.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import { waitingHandovers } from './handovers.ts'
import { overdueReturns } from './returns.ts'
import { changedOnItsWay, waitingShipments } from './shipments.ts'

/** Counting what only grows stops here. */
const COUNTED_MAX = 10_001

export interface Counts {
  cases: number
  mine: number
  unassigned: number
  /** Past their due time, or to be within a day. */
  due: number
  shipments: number
  held: number
  unscanned: number
  tasks: number
  changed: number
  silent: number
  overdue: number
  inbox: number
  wordings: number
  approvals: number
  changes: number
  handovers: number
  addresses: number
  mismatches: number
  connectors: number
}

/** Every one of them is served by an index of what is open, so that history costs nothing. `userId` is whoever asks. */
export async function readCounts(db: Db, { userId, now }: { userId: string; now: Date }): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select
      (select count(*) from cases where status not in ('closed', 'snoozed') and part_of is null) as cases,
      (select count(*) from cases where status <> 'closed' and assignee_id = ${userId} and part_of is null) as mine,
      (select count(*) from cases where status <> 'closed' and assignee_id is null and part_of is null) as unassigned,
      (select count(*) from cases where status <> 'closed' and part_of is null and due_paused_at is null
        and due_at < ${plus(now, DAY)}) as due,
      (select count(*) from shipments where withdrawn_at is null and status in ('ordered', 'packed', 'shipped', 'at the counter', 'returning')) as shipments,
      (select count(*) from shipments where withdrawn_at is null and held_at is not null) as held,
      (select count(*) from shipments where withdrawn_at is null and ${waitingShipments.scan}) as unscanned,
      (select count(*) from shipments where withdrawn_at is null and ${waitingShipments.task}) as tasks,
      (select count(*) from (select from shipments where withdrawn_at is null and ${changedOnItsWay} limit ${COUNTED_MAX}) as moved) as changed,
      (select count(*) from devices where withdrawn_at is null and life_cycle = 'delivered') as silent,
      (select count(*) from (${overdueReturns(db, dayOf(now))}) late) as overdue,
      (select count(*) from inbox where status = 'failed') as inbox,
      (select count(*) from wordings where reading is null) as wordings,
      (select count(*) from approvals where status = 'asked') as approvals,
      (select count(*) from waiting_changes where decided_at is null) as changes,
      (select count(*) from ${waitingHandovers} as waiting) as handovers,
      (select count(*) from address_versions where approved_at is null and refused_at is null and withdrawn_at is null
        and line1 is not null and use <> 'identity' and person_id is not null) as addresses,
      (select count(*) from (select from mismatches where status = 'open' limit ${COUNTED_MAX}) as open) as mismatches,
      (select count(*) from connectors where failing_why is not null) as connectors`.execute(db)
  return rows[0]!
}
