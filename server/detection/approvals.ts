// Approvals: what the company vouches for of tools and network exits. One asks, another decides, and it ends by itself.
import { type Selectable, sql } from 'kysely'
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { actorSchema, type NewEvent, type PeopleGroup, peopleGroupSchema } from '../custody/events.ts'
import { lockJudging } from '../custody/judging.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, faultOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { ApprovalsTable } from '../lib/tables.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import { DECLARATION_DAYS_MAX, refuseRange } from '../people/declarations.ts'
import { catalog, findHardware, findTool } from './catalog/catalog.ts'
import { foldText } from './catalog/trace-index.ts'
import { toolsBy } from './vouched.ts'

export const approvalKinds = ['tool', 'publisher', 'network_exit', 'entry_off'] as const
export type ApprovalKind = (typeof approvalKinds)[number]

export interface ApprovalInput {
  /** `entry_off`: the catalogue's entry says nothing here until this is ended. */
  what: ApprovalKind
  /** A tool or device by its id or name, a publisher, a network range. */
  value: string
  /** Null: everybody. */
  people: PeopleGroup | null
  /** The last day; null for `entry_off` only. */
  endsOn: string | null
  reason: string
}

type Approval = Selectable<ApprovalsTable>

/** The last day that something approved on this one may have. */
export const longestFrom = (now: Date): string => dayOf(plus(now, DECLARATION_DAYS_MAX * DAY))

/** Asks for an approval. It holds nothing back until somebody else has granted it. Returns its id. */
export async function askApproval(tx: Tx, act: Act, input: ApprovalInput): Promise<{ id: string }> {
  const value = keptValue(input)
  if (input.what === 'entry_off') {
    if (input.people !== null || input.endsOn !== null)
      throw faultOf('endsOn', 'and people are for approvals: an entry is switched off for everybody, until it is ended')
  } else refuseEnd(act.now, input.endsOn)
  if (input.people !== null) await refuseGroup(tx, input.people)
  const people = input.people === null ? null : JSON.stringify(input.people)
  await refuseSecond(tx, { what: input.what, value, people })
  const id = newId('apr')
  const noteId = await keepNote(tx, act.now, input.reason)
  await tx
    .insertInto('approvals')
    .values({
      id,
      what: input.what,
      value,
      people,
      ends_on: input.endsOn,
      status: 'asked',
      asked_by: JSON.stringify(act.actor),
      asked_at: act.now,
      note_id: noteId,
    })
    .execute()
  await record(tx, act.now, [
    eventOf(act, { kind: 'approval.asked', payload: { approvalId: id, what: input.what, value, noteId } }),
  ])
  return { id }
}

/** The value as it is kept: a tool by its id, a publisher as the catalogue writes it. */
function keptValue({ what, value }: Pick<ApprovalInput, 'what' | 'value'>): string {
  switch (what) {
    case 'tool':
    case 'entry_off': {
      const found = catalog.byId.get(value) ?? findTool(value) ?? findHardware(value)
      if (found === null) throw faultOf('value', 'is no tool of the catalogue: choose one from its list')
      return found.id
    }
    case 'publisher': {
      const [first] = toolsBy(value)
      const tool = first === undefined ? undefined : catalog.byId.get(first)
      if (tool === undefined) throw faultOf('value', 'is no publisher of the catalogue: choose one from its list')
      return tool.vendor
    }
    case 'network_exit':
      refuseRange(value)
      return value
  }
}

function refuseEnd(now: Date, endsOn: string | null): void {
  if (endsOn === null) throw faultOf('endsOn', 'is needed: what silences ends by itself')
  if (endsOn < dayOf(now)) throw faultOf('endsOn', 'is over already')
  if (endsOn > longestFrom(now))
    throw faultOf('endsOn', `is more than ${DECLARATION_DAYS_MAX} days away: approve it anew when it is over`)
}

/** A group is several people: what is for one is declared on that person's page, and a group of one would name them. */
async function refuseGroup(tx: Tx, group: PeopleGroup): Promise<void> {
  const query = tx.selectFrom('people').select('id').where('withdrawn_at', 'is', null).limit(2)
  const rows =
    'kind' in group
      ? await query.where('kind', '=', group.kind).execute()
      : await query.where(sql<string>`lower(trim(notes->>${group.column}))`, '=', foldText(group.value)).execute()
  if (rows.length < 2) throw faultOf('people', 'names fewer than two people: for one person, declare it on their page')
}

/** One open word about one thing and the same people. */
async function refuseSecond(
  tx: Tx,
  { what, value, people }: { what: ApprovalKind; value: string; people: string | null },
): Promise<void> {
  const known = await tx
    .selectFrom('approvals')
    .select(['status', 'ends_on'])
    .where('what', '=', what)
    .where('value', '=', value)
    .where(sql`people`, 'is not distinct from', sql`${people}::jsonb`)
    .where('status', 'in', ['asked', 'granted'])
    .executeTakeFirst()
  if (known === undefined) return
  if (known.status === 'asked')
    throw new AppError('conflict', 'This was asked already: it waits on the catalogue’s page for somebody to decide.')
  const until = known.ends_on === null ? '' : `, until ${known.ends_on}`
  throw new AppError('conflict', `This is approved already${until}: end it first to set it otherwise.`)
}

export interface Decision {
  approvalId: string
  decision: 'granted' | 'refused'
  reason: string
}

/**
 * Grants or refuses what was asked. Granting needs a second person; refusing, or taking back one's own, does not. Returns
 * how many laptops are judged again.
 */
export async function decideApproval(tx: Tx, act: Act, input: Decision): Promise<{ woken: number }> {
  const row = await lockApproval(tx, input.approvalId)
  if (row.status !== 'asked') throw new AppError('conflict', `This is ${row.status} already.`)
  const asker = actorSchema.parse(row.asked_by)
  const isGranted = input.decision === 'granted'
  const { alone } = isGranted
    ? await requireSecondPerson(tx, act, { involved: [asker], since: row.asked_at })
    : { alone: false }
  if (isGranted && row.what !== 'entry_off') refuseEnd(act.now, row.ends_on)
  const noteId = await keepNote(tx, act.now, input.reason)
  await tx
    .updateTable('approvals')
    .set({
      status: input.decision,
      decided_by: JSON.stringify(act.actor),
      decided_at: act.now,
      decision_note_id: noteId,
      alone,
    })
    .where('id', '=', row.id)
    .execute()
  const woken = await wakeUsers(tx, act.now, row)
  const named = { approvalId: row.id, what: row.what, value: row.value, noteId }
  const group = row.people === null ? null : peopleGroupSchema.parse(row.people)
  await record(tx, act.now, [
    eventOf(
      act,
      isGranted
        ? { kind: 'approval.granted', payload: { ...named, group, endsOn: row.ends_on, alone } }
        : { kind: 'approval.refused', payload: named },
    ),
  ])
  return { woken }
}

/** Ends what is approved from now on: what it silenced speaks again. Returns how many laptops are judged again. */
export async function endApproval(
  tx: Tx,
  act: Act,
  input: { approvalId: string; reason: string },
): Promise<{ woken: number }> {
  const row = await lockApproval(tx, input.approvalId)
  if (row.status !== 'granted') throw new AppError('conflict', `This is not in force: it is ${row.status}.`)
  const noteId = await keepNote(tx, act.now, input.reason)
  const woken = await closeApproval(tx, act, row)
  await record(tx, act.now, [
    eventOf(act, {
      kind: 'approval.ended',
      payload: { approvalId: row.id, what: row.what, value: row.value, noteId },
    }),
  ])
  return { woken }
}

/** Marks those whose last day is over, and has what they silenced judged again. Returns how many. */
export async function endLapsed(tx: Tx, act: Act): Promise<number> {
  const rows = await tx
    .selectFrom('approvals')
    .selectAll()
    .where('status', '=', 'granted')
    .where('ends_on', '<', dayOf(act.now))
    .orderBy('id')
    .forUpdate()
    .execute()
  const events: NewEvent[] = []
  for (const row of rows) {
    await closeApproval(tx, act, row)
    events.push(
      eventOf(act, { kind: 'approval.ended', payload: { approvalId: row.id, what: row.what, value: row.value } }),
    )
  }
  await record(tx, act.now, events)
  return rows.length
}

async function closeApproval(tx: Tx, act: Act, row: Approval): Promise<number> {
  await tx.updateTable('approvals').set({ status: 'ended', ended_at: act.now }).where('id', '=', row.id).execute()
  return wakeUsers(tx, act.now, row)
}

async function lockApproval(tx: Tx, id: string): Promise<Approval> {
  const row = await tx.selectFrom('approvals').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such approval.')
  return row
}

type ApprovalEvent = Extract<
  NewEvent,
  { kind: 'approval.asked' | 'approval.granted' | 'approval.refused' | 'approval.ended' | 'approval.proposed' }
>

/** An event of an approval, at the time and by the hand of the act. */
export const eventOf = (act: Act, event: Omit<ApprovalEvent, 'occurredAt' | 'actor'>): NewEvent =>
  ({ ...event, occurredAt: act.now, actor: act.actor }) as ApprovalEvent

/** Whether a row of `fleet_use` shows what an approval is about. */
export const shows = ({ what, value }: Pick<Approval, 'what' | 'value'>) =>
  what === 'network_exit'
    ? sql<boolean>`case when what = 'network_exit' then value::inet <<= ${value}::inet else false end`
    : sql<boolean>`what in ('tool', 'hardware') and value = any (${what === 'publisher' ? toolsBy(value) : [value]}::text[])`

/**
 * Has the laptops judged again, by the sweep, that show it now, and those about which a finding stands: what it was about
 * may be gone from them. Returns how many.
 */
export async function wakeUsers(tx: Tx, now: Date, { what, value }: Pick<Approval, 'what' | 'value'>): Promise<number> {
  await lockJudging(tx)
  const woken = await sql`
    insert into watch (device_id, look_again_at)
    select id, ${now} from devices where withdrawn_at is null and id in (
      select device_id from fleet_use where ${shows({ what, value })} union select device_id from findings where status = 'active')
    on conflict (device_id) do update set look_again_at = excluded.look_again_at`.execute(tx)
  return Number(woken.numAffectedRows ?? 0n)
}
