// What the company approved of tools and network exits, and what waits for a word: with whom it covers, why, and how many laptops.
import { sql } from 'kysely'
import { type PeopleGroup, peopleGroupSchema } from '../custody/events.ts'
import { longestFrom, shows } from '../detection/approvals.ts'
import { catalog } from '../detection/catalog/catalog.ts'
import { type Common, readCommon } from '../detection/common.ts'
import type { Db } from '../lib/database.ts'
import { namesOf } from './actors.ts'

/** So many of what is over are shown, the newest first. */
const PAST_MAX = 200

export interface ApprovalRow {
  id: string
  what: 'tool' | 'publisher' | 'network_exit' | 'entry_off'
  value: string
  /** As a person reads it: a tool by its name. */
  title: string
  people: PeopleGroup | null
  endsOn: string | null
  status: 'asked' | 'granted' | 'refused' | 'ended'
  askedAt: string
  /** Null where the fleet itself did: most of it has it. */
  askedBy: string | null
  reason: string | null
  counted: { laptops: number; people: number; of: number } | null
  decidedAt: string | null
  decidedBy: string | null
  decision: string | null
  alone: boolean
  endedAt: string | null
  /** How many laptops show it now, and are silent or would be. */
  laptops: number
}

export interface Approvals {
  rows: ApprovalRow[]
  common: Common
  /** The last day that one made today may have. */
  longest: string
}

/** Those that wait or are in force, what waits first; or those that are over. */
export async function listApprovals(
  db: Db,
  { show, toolId, now }: { show: 'open' | 'past'; toolId: string | null; now: Date },
): Promise<Approvals> {
  const vendor = toolId === null ? null : (catalog.byId.get(toolId)?.vendor ?? null)
  const rows = await db
    .selectFrom('approvals')
    .leftJoin('notes as why', 'why.id', 'note_id')
    .leftJoin('notes as said', 'said.id', 'decision_note_id')
    .selectAll('approvals')
    .select(['why.text as reason', 'said.text as decision'])
    .where('status', 'in', show === 'open' ? ['asked', 'granted'] : ['refused', 'ended'])
    .$if(toolId !== null, (qb) =>
      qb.where((eb) =>
        eb.or([
          eb.and([eb('what', 'in', ['tool', 'entry_off']), eb('value', '=', toolId)]),
          eb.and([eb('what', '=', 'publisher'), eb('value', '=', vendor)]),
        ]),
      ),
    )
    .orderBy('status')
    .orderBy('asked_at', 'desc')
    .orderBy('approvals.id', 'desc')
    .limit(PAST_MAX)
    .execute()
  const nameOf = await namesOf(
    db,
    rows.flatMap((row) => [row.asked_by, row.decided_by]),
  )
  return {
    rows: await Promise.all(
      rows.map(async (row) => {
        const people = row.people === null ? null : peopleGroupSchema.parse(row.people)
        const isFleet = (row.asked_by as { type: string }).type === 'system'
        return {
          id: row.id,
          what: row.what,
          value: row.value,
          title: findEntry(row.value)?.name ?? row.value,
          people,
          endsOn: row.ends_on,
          status: row.status,
          askedAt: row.asked_at.toISOString(),
          askedBy: isFleet ? null : nameOf(row.asked_by),
          reason: row.reason,
          counted: row.counted as ApprovalRow['counted'],
          decidedAt: row.decided_at?.toISOString() ?? null,
          decidedBy: row.decided_by === null ? null : nameOf(row.decided_by),
          decision: row.decision,
          alone: row.alone === true,
          endedAt: row.ended_at?.toISOString() ?? null,
          laptops: await laptopsWith(db, { what: row.what, value: row.value, people }),
        }
      }),
    ),
    common: await readCommon(db),
    longest: longestFrom(now),
  }
}

const findEntry = (id: string) => catalog.byId.get(id) ?? catalog.hardware.find((one) => one.id === id)

/** Laptops of these people that show it now. */
async function laptopsWith(db: Db, { what, value, people }: Pick<ApprovalRow, 'what' | 'value' | 'people'>) {
  const theirs =
    people === null
      ? sql<boolean>`true`
      : 'kind' in people
        ? sql<boolean>`exists (select from people p where p.id = d.assignee_id and p.kind = ${people.kind})`
        : sql<boolean>`exists (select from people p where p.id = d.assignee_id
            and lower(trim(p.notes->>${people.column})) = ${people.value.trim().toLowerCase()})`
  const { rows } = await sql<{ laptops: number }>`
    select count(distinct d.id)::int as laptops from fleet_use u join devices d on d.id = u.device_id
    where ${shows({ what, value })} and ${theirs}`.execute(db)
  return rows[0]?.laptops ?? 0
}
