// A leaving date asks for everything back that a person has; a date that moves moves the due day. Nothing closes by itself.
import { sql } from 'kysely'
import type { Act, World } from '../custody/act.ts'
import { systemActor } from '../custody/events.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import type { Clock } from '../ports.ts'
import { lockReturn, moveDue, openReturn, returnable } from './returns.ts'

/** A label by mail and a box take about a week, and the first reminder comes a week before the day. */
export const LEAVING_AHEAD_DAYS = 14

export interface Leaving {
  db: Db
  clock: Clock
  world: World
}

/** Opens and moves returns by the leaving dates on file as of now. Done again, it changes nothing. */
export async function followLeavingDates(house: Leaving): Promise<{ opened: number; moved: number }> {
  const act: Act = { now: house.clock(), actor: systemActor('leaving dates'), world: house.world }
  return { opened: await openForLeavers(house.db, act), moved: await moveWithDates(house.db, act) }
}

/** What leavers have, and nobody asked for: what somebody decided may stay is not asked for again by the same date. */
async function openForLeavers(db: Db, act: Act): Promise<number> {
  const until = dayOf(plus(act.now, LEAVING_AHEAD_DAYS * DAY))
  const held = await sql<{ device_id: string; leaves_on: string }>`
    select d.id as device_id, p.leaves_on
    from people p join devices d on d.holder_id = p.id or (d.holder_id is null and d.assignee_id = p.id)
    where p.leaves_on <= ${until} and p.withdrawn_at is null and p.erased_at is null and d.withdrawn_at is null
      and d.life_cycle = any (${returnable}::text[]) and d.holder_kind <> 'stockroom'
      and not exists (
        select from returns r where r.device_id = d.id
          and (r.closed_at is null or (r.outcome = 'withdrawn' and r.person_id = p.id and r.leaves_on = p.leaves_on)))
    order by p.leaves_on, d.id`.execute(db)
  let opened = 0
  for (const { device_id: deviceId, leaves_on: dueOn } of held.rows) {
    try {
      await db.transaction().execute((tx) => openReturn(tx, act, { deviceId, reason: 'leaving', dueOn }))
      opened += 1
    } catch (error) {
      // Somebody was quicker, or it came back meanwhile: the next round sees it as it is then.
      if (!(error instanceof AppError && error.problem === 'conflict')) throw error
    }
  }
  return opened
}

async function moveWithDates(db: Db, act: Act): Promise<number> {
  const moved = await sql<{ id: string; leaves_on: string | null }>`
    select r.id, p.leaves_on from returns r join people p on p.id = r.person_id
    where r.closed_at is null and r.received_at is null and r.reason = 'leaving' and r.leaves_on is distinct from p.leaves_on
      and p.erased_at is null
    order by r.id`.execute(db)
  for (const { id, leaves_on: leavesOn } of moved.rows) {
    await db.transaction().execute(async (tx) => {
      const row = await lockReturn(tx, id)
      if (row.closed_at !== null || row.leaves_on === leavesOn) return
      if (leavesOn === null)
        await moveDue(tx, act, row, {
          dueOn: row.due_on,
          leavesOn,
          isReminded: false,
          note: 'The leaving date was taken away: decide whether it is still to come back.',
        })
      else
        await moveDue(tx, act, row, {
          dueOn: leavesOn,
          leavesOn,
          isReminded: true,
          note: `The leaving date is now ${leavesOn}.`,
        })
    })
  }
  return moved.rows.length
}
