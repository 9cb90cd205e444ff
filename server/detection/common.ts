// What most of the fleet has: proposed once for approval, in the place of a finding per laptop.
import { sql } from 'kysely'
import { z } from 'zod'
import type { Act, World } from '../custody/act.ts'
import { lockCursor } from '../custody/cursors.ts'
import { systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, faultsOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import { DECLARATION_DAYS_MAX } from '../people/declarations.ts'
import { endLapsed, eventOf, longestFrom, wakeUsers } from './approvals.ts'
import { catalog, findTool } from './catalog/catalog.ts'
import { refreshCatalog } from './catalog/company.ts'
import type { ToolFamily } from './catalog/entries.ts'
import { followFleetUse } from './fleet-use.ts'

const SETTING = 'common'

/** From when on something is common: a share of the people whose laptops are heard of, and so many homes at least. */
export const commonSchema = z.strictObject({
  share: z.number().min(0.2, 'at least 0.2: a farm must never be most of the fleet').max(1),
  homes: z.number().int().min(10, 'at least 10: a farm must never be most of the fleet').max(10_000),
})
export type Common = z.infer<typeof commonSchema>

/** A farm of ten behind one company's back is a tenth of a hundred people; half of a fleet in ten homes is no farm. */
const asItComes: Common = { share: 0.3, homes: 10 }
/** In a smaller fleet a few laptops are much of it. */
const FLEET_MIN = 20

export async function readCommon(db: Db | Tx): Promise<Common> {
  const read = commonSchema.safeParse(await readSetting(db, SETTING))
  return read.success ? read.data : asItComes
}

/** Sets from when on something is common. */
export async function setCommon(tx: Tx, act: Act, input: Common): Promise<void> {
  const read = commonSchema.safeParse(input)
  if (!read.success) throw new AppError('invalid', 'These figures cannot be.', faultsOf(read.error.issues))
  await saveSetting(tx, SETTING, read.data)
  await record(tx, act.now, [
    {
      kind: 'setting.changed',
      occurredAt: act.now,
      actor: act.actor,
      payload: { setting: 'what is common', how: 'set' },
    },
  ])
}

/** What a proposal is about: a virtual camera or a keep-awake tool is raised by nothing, and so needs no word. */
const proposable: readonly ToolFamily[] = ['remote desktop', 'rmm', 'tunnel or mesh', 'vpn']

/**
 * Counts what the fleet shows, marks approvals that are over, and proposes what most of the fleet has. Returns how many
 * proposals it made.
 */
export async function followCommon({ db, clock, world }: { db: Db; clock: () => Date; world: World }): Promise<number> {
  await refreshCatalog(db)
  const read = await followFleetUse(db)
  const act = { now: clock(), actor: systemActor('fleet'), world }
  const ended = await db.transaction().execute((tx) => endLapsed(tx, act))
  return read + ended === 0 ? 0 : db.transaction().execute((tx) => propose(tx, act))
}

interface Candidate {
  what: 'tool' | 'network_exit'
  value: string
  laptops: number
  people: number
  homes: number
}

async function propose(tx: Tx, act: Act): Promise<number> {
  // One process at a time counts and proposes.
  await lockCursor(tx, 'common')
  const { share, homes } = await readCommon(tx)
  const shown = await candidatesOf(tx, act.now, homes)
  if (shown.length === 0) return 0
  const of = await fleetSize(tx)
  const declared = await declaredTools(tx, act.now)
  const chosen = shown.filter(
    (one) => of >= FLEET_MIN && one.people >= share * of && one.homes >= homes && isProposable(one, declared),
  )
  const events = []
  for (const { what, value, laptops, people } of chosen) {
    const id = newId('apr')
    await tx
      .insertInto('approvals')
      .values({
        id,
        what,
        value,
        people: null,
        ends_on: longestFrom(act.now),
        status: 'asked',
        asked_by: JSON.stringify(act.actor),
        asked_at: act.now,
        counted: JSON.stringify({ laptops, people, of }),
      })
      .execute()
    await wakeUsers(tx, act.now, { what, value })
    events.push(
      eventOf(act, { kind: 'approval.proposed', payload: { approvalId: id, what, value, laptops, people, of } }),
    )
  }
  await record(tx, act.now, events)
  return chosen.length
}

const isProposable = ({ what, value }: Candidate, declared: ReadonlySet<string>): boolean => {
  if (what === 'network_exit') return true
  const family = catalog.byId.get(value)?.family
  return family !== undefined && proposable.includes(family) && !declared.has(value)
}

/**
 * What at least so many laptops show and nobody has been asked about: with the people who have them, and the homes these
 * live in. People of one building count as one home, or a farm would count in full.
 */
async function candidatesOf(tx: Tx, now: Date, min: number): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    with shown as (
      select what, value from fleet_use u
      where what <> 'hardware' and not exists (
        select from approvals a where a.what = u.what and a.value = u.value and a.people is null and (
          a.status in ('asked', 'granted') or
          (a.status = 'refused' and a.decided_at > ${plus(now, -DECLARATION_DAYS_MAX * DAY)})))
      group by what, value having count(*) >= ${min})
    select u.what, u.value, count(*)::int as laptops, count(distinct d.assignee_id)::int as people,
      count(distinct coalesce(home.building_key, d.assignee_id))::int as homes
    from shown join fleet_use u using (what, value)
    join devices d on d.id = u.device_id and d.withdrawn_at is null and d.assignee_id is not null
    left join lateral (
      select building_key from address_versions a
      where a.person_id = d.assignee_id and use = 'home' and withdrawn_at is null and refused_at is null
      order by valid_from desc, id desc limit 1) as home on true
    group by u.what, u.value order by u.what, u.value`.execute(tx)
  return rows
}

/** People whose laptops are heard of at all. */
async function fleetSize(tx: Tx): Promise<number> {
  const { rows } = await sql<{ people: number }>`
    select count(distinct assignee_id)::int as people from devices d
    where withdrawn_at is null and assignee_id is not null and exists (select from facets f where f.device_id = d.id)`.execute(
    tx,
  )
  return rows[0]?.people ?? 0
}

/** Tools that a declaration vouches for, for everybody and today. */
async function declaredTools(tx: Tx, now: Date): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('declarations')
    .select('value')
    .where('kind', '=', 'tool')
    .where('person_id', 'is', null)
    .where('ended_at', 'is', null)
    .where('starts_on', '<=', dayOf(now))
    .where((eb) => eb.or([eb('ends_on', 'is', null), eb('ends_on', '>=', dayOf(now))]))
    .execute()
  return new Set(rows.flatMap((row) => (row.value === null ? [] : (findTool(row.value)?.id ?? []))))
}
