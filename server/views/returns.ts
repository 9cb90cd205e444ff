// What the list of returns and one return's page show.
import { sql } from 'kysely'
import { REMINDERS_MAX } from '../devices/reminders.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { countSome, cutPage } from './page.ts'

/** `overdue` and `due` are still with somebody; `on its way` is one that a carrier has. */
export const returnStates = ['overdue', 'due', 'on its way', 'received', 'closed'] as const
export type ReturnStateName = (typeof returnStates)[number]

export interface ReturnFilter {
  text: string
  state: ReturnStateName[]
  reason: string[]
  /** Today, by the service's clock. */
  today: string
  after: { dueOn: string; id: string } | null
  limit: number
}

/** The parcel that brings it: the one made for the return, else the one that its order told us of. */
const parcelId = sql<string | null>`coalesce(returns.shipment_id,
  case when devices.state->>'isReturn' = 'true' and returns.received_at is null and returns.closed_at is null then devices.state->>'shipmentId' end)`

const stateOf = (today: string) => sql<ReturnStateName>`case
  when returns.closed_at is not null then 'closed'
  when returns.received_at is not null then 'received'
  when devices.life_cycle = 'returning' and (devices.holder_kind in ('carrier', 'counter') or exists (
    select from shipments s where s.id = ${parcelId} and coalesce(s.first_scan_at, s.shipped_at) is not null)) then 'on its way'
  when returns.due_on < ${today} then 'overdue'
  else 'due' end`

/** Whether the last reminder went out; null while there was none. */
const lastReminderSent = sql<boolean | null>`case when returns.reminders > 0 then (
  select (l.payload->>'sent')::boolean from ledger l
  where l.device_id = returns.device_id and l.kind = 'return.reminded' and l.payload->>'returnId' = returns.id
  order by l.seq desc limit 1) end`

const columns = [
  'returns.id',
  'returns.device_id',
  'returns.person_id',
  'returns.reason',
  'returns.opened_at',
  'returns.due_on',
  'returns.leaves_on',
  'returns.reminders',
  'returns.next_reminder_at',
  'returns.received_at',
  'returns.serial_read',
  'returns.other_serial',
  'returns.person_acknowledged_at',
  'returns.stock_acknowledged_at',
  'returns.outcome',
  'returns.closed_at',
  'devices.serial_number',
  'devices.model',
  'devices.life_cycle',
  'people.name as person_name',
] as const

const whole = (db: Db, today: string) =>
  db
    .selectFrom('returns')
    .innerJoin('devices', 'devices.id', 'returns.device_id')
    .leftJoin('people', 'people.id', 'returns.person_id')
    .select([...columns, parcelId.as('parcel_id'), stateOf(today).as('state'), lastReminderSent.as('last_sent')])

type Row = Awaited<ReturnType<ReturnType<typeof whole>['executeTakeFirstOrThrow']>>

function shown(row: Row) {
  return {
    id: row.id,
    device: { id: row.device_id, serialNumber: row.serial_number, model: row.model, lifeCycle: row.life_cycle },
    person: row.person_id === null ? null : { id: row.person_id, name: row.person_name },
    reason: row.reason,
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    dueOn: row.due_on,
    leavesOn: row.leaves_on,
    /** Their leaving date was taken away: somebody decides whether it is still to come back. */
    isUndecided:
      row.closed_at === null &&
      row.received_at === null &&
      row.reason === 'leaving' &&
      row.leaves_on === null &&
      row.next_reminder_at === null &&
      row.reminders < REMINDERS_MAX,
    reminders: row.reminders,
    lastReminderSent: row.last_sent,
    nextReminderAt: row.next_reminder_at?.toISOString() ?? null,
    receivedAt: row.received_at?.toISOString() ?? null,
    serialRead: row.serial_read,
    otherSerial: row.other_serial,
    personAcknowledgedAt: row.person_acknowledged_at?.toISOString() ?? null,
    stockAcknowledgedAt: row.stock_acknowledged_at?.toISOString() ?? null,
    outcome: row.outcome,
    closedAt: row.closed_at?.toISOString() ?? null,
    parcelId: row.parcel_id,
  }
}

/** A page of returns, the earliest due day first, by keyset. */
export async function listReturns(db: Db, filter: ReturnFilter) {
  const like = `%${filter.text
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, '\\$&')}%`
  const matching = db
    .selectFrom('returns')
    .innerJoin('devices', 'devices.id', 'returns.device_id')
    .leftJoin('people', 'people.id', 'returns.person_id')
    .$if(like !== '%%', (qb) =>
      qb.where((eb) =>
        eb.or([
          eb(eb.fn('lower', ['devices.serial_number']), 'like', like),
          eb(eb.fn('lower', ['devices.asset_tag']), 'like', like),
          eb(eb.fn('lower', ['people.name']), 'like', like),
          eb(eb.fn('lower', ['people.email']), 'like', like),
        ]),
      ),
    )
    .$if(filter.reason.length > 0, (qb) => qb.where('returns.reason', 'in', filter.reason as never))
    .$if(filter.state.length > 0 && !filter.state.includes('closed'), (qb) => qb.where('returns.closed_at', 'is', null))
    .$if(filter.state.length > 0, (qb) => qb.where(stateOf(filter.today), 'in', filter.state))
  const rows = await matching
    .select([...columns, parcelId.as('parcel_id'), stateOf(filter.today).as('state'), lastReminderSent.as('last_sent')])
    .$if(filter.after !== null, (qb) =>
      qb.where(sql<boolean>`(returns.due_on, returns.id) > (${filter.after!.dueOn}, ${filter.after!.id})`),
    )
    .orderBy('returns.due_on')
    .orderBy('returns.id')
    .limit(filter.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, filter.limit)
  return {
    total: await countSome(db, matching.select('returns.id')),
    next: last && { dueOn: last.due_on, id: last.id },
    returns: page.map(shown),
  }
}

/** The ids of what should have come back by today and is with somebody still. */
export const overdueReturns = (db: Db, today: string) =>
  db
    .selectFrom('returns')
    .innerJoin('devices', 'devices.id', 'returns.device_id')
    .select('returns.id')
    .where('returns.closed_at', 'is', null)
    .where('returns.due_on', '<', today)
    .where(stateOf(today), '=', 'overdue')

/** One return whole, by its id. */
export async function readReturn(db: Db, input: { id: string; today: string }) {
  const row = await whole(db, input.today).where('returns.id', '=', input.id).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such return.')
  const other =
    row.other_serial === null
      ? undefined
      : await db
          .selectFrom('devices')
          .select('id')
          .where('serial_number', '=', row.other_serial)
          .where('withdrawn_at', 'is', null)
          .executeTakeFirst()
  const parcel =
    row.parcel_id === null
      ? undefined
      : await db
          .selectFrom('shipments')
          .select(['id', 'reference', 'carrier', 'tracking_code', 'status'])
          .where('id', '=', row.parcel_id)
          .where('withdrawn_at', 'is', null)
          .executeTakeFirst()
  const label =
    parcel === undefined
      ? undefined
      : await db
          .selectFrom('labels')
          .select('id')
          .where('shipment_id', '=', parcel.id)
          .where('state', '=', 'bought')
          .executeTakeFirst()
  const said = await db
    .selectFrom('ledger')
    .innerJoin('notes', (join) => join.on('notes.id', '=', sql`ledger.payload->>'noteId'`))
    .select(['ledger.kind', 'notes.text'])
    .where('ledger.device_id', '=', row.device_id)
    .where('ledger.kind', 'in', ['return.due_changed', 'return.closed'])
    .where(sql<boolean>`ledger.payload->>'returnId' = ${row.id}`)
    .orderBy('ledger.seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const person =
    row.person_id === null
      ? undefined
      : await db.selectFrom('people').select('email').where('id', '=', row.person_id).executeTakeFirst()
  return {
    ...shown(row),
    otherDeviceId: other?.id ?? null,
    parcel: parcel
      ? {
          id: parcel.id,
          reference: parcel.reference,
          carrier: parcel.carrier,
          trackingCode: parcel.tracking_code,
          status: parcel.status,
          hasLabel: label !== undefined,
        }
      : null,
    /** The last words about it: why it moved to another day, or what became of it. */
    note: said?.text ?? null,
    hasEmail: (person?.email ?? null) !== null,
  }
}

/** The return of a device that is under way; null where it is not asked back. */
export async function openReturnFor(db: Db, input: { deviceId: string; today: string }) {
  const row = await whole(db, input.today)
    .where('returns.device_id', '=', input.deviceId)
    .where('returns.closed_at', 'is', null)
    .executeTakeFirst()
  return row ? shown(row) : null
}
