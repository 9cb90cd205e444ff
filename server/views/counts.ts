// The numbers beside the navigation, in one statement: each is how many the list has that it leads to.
import { sql } from 'kysely'
import type { Db } from '../lib/database.ts'
import { waitingHandovers } from './handovers.ts'
import { overdueReturns } from './returns.ts'
import { changedOnItsWay, waitingShipments } from './shipments.ts'

/** Counting what only grows stops here. */
const COUNTED_MAX = 10_001

export interface Counts {
  cases: number
  mine: number
  unassigned: number
  shipments: number
  held: number
  unscanned: number
  tasks: number
  changed: number
  silent: number
  overdue: number
  inbox: number
  wordings: number
  handovers: number
  addresses: number
  mismatches: number
  connectors: number
}

/** Every one of them is served by an index of what is open, so that history costs nothing. `today` is a day, `userId` whoever asks. */
export async function readCounts(db: Db, { userId, today }: { userId: string; today: string }): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select
      (select count(*) from cases where status not in ('closed', 'snoozed')) as cases,
      (select count(*) from cases where status <> 'closed' and assignee_id = ${userId}) as mine,
      (select count(*) from cases where status <> 'closed' and assignee_id is null) as unassigned,
      (select count(*) from shipments where withdrawn_at is null and status in ('ordered', 'packed', 'shipped', 'at the counter', 'returning')) as shipments,
      (select count(*) from shipments where withdrawn_at is null and held_at is not null) as held,
      (select count(*) from shipments where withdrawn_at is null and ${waitingShipments.scan}) as unscanned,
      (select count(*) from shipments where withdrawn_at is null and ${waitingShipments.task}) as tasks,
      (select count(*) from (select from shipments where withdrawn_at is null and ${changedOnItsWay} limit ${COUNTED_MAX}) as moved) as changed,
      (select count(*) from devices where withdrawn_at is null and life_cycle = 'delivered') as silent,
      (select count(*) from (${overdueReturns(db, today)}) late) as overdue,
      (select count(*) from inbox where status = 'failed') as inbox,
      (select count(*) from wordings where reading is null) as wordings,
      (select count(*) from ${waitingHandovers} as waiting) as handovers,
      (select count(*) from address_versions where approved_at is null and refused_at is null and withdrawn_at is null
        and line1 is not null and use <> 'identity' and person_id is not null) as addresses,
      (select count(*) from (select from mismatches where status = 'open' limit ${COUNTED_MAX}) as open) as mismatches,
      (select count(*) from connectors where failing_why is not null) as connectors`.execute(db)
  return rows[0]!
}
