// The way back of one device: asked for with a day, moved to another day, acknowledged by both sides, closed with what became of it.
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { ReturnOutcome } from '../custody/events.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { LifeCycle } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { ReturnsTable } from '../lib/tables.ts'
import { lockState } from './custody.ts'
import { nextReminder } from './reminders.ts'

export type Return = Selectable<ReturnsTable>
export const returnReasons = ['leaving', 'exchange', 'repair', 'asked'] as const
export type ReturnReason = (typeof returnReasons)[number]

/** In these somebody has it, or is about to: there is something to ask back. */
export const returnable: LifeCycle[] = ['shipped', 'delivered', 'accepted', 'checked in', 'in service', 'returning']

export interface ReturnInput {
  deviceId: string
  reason: ReturnReason
  /** A day, `YYYY-MM-DD`. */
  dueOn: string
}

/**
 * Asks for a device back from whoever has it, else from its assignee. Gives the return's id. Throws 'conflict' where it
 * is asked back already, or nobody has it.
 */
export async function openReturn(tx: Tx, act: Act, input: ReturnInput): Promise<string> {
  const state = await lockState(tx, input.deviceId)
  const open = await openReturnOf(tx, input.deviceId)
  if (open) throw new AppError('conflict', `It is asked back already, by ${open.due_on}.`)
  if (!returnable.includes(state.lifeCycle))
    throw new AppError('conflict', `It is ${state.lifeCycle}: nobody has it who could send it back.`)
  const personId = (state.holder.kind === 'person' ? state.holder.personId : null) ?? state.assigneeId
  const leavesOn = input.reason === 'leaving' && personId !== null ? await leavingDay(tx, personId) : null
  const id = newId('rtn')
  await tx
    .insertInto('returns')
    .values({
      id,
      device_id: input.deviceId,
      person_id: personId,
      reason: input.reason,
      opened_by: JSON.stringify(act.actor),
      opened_at: act.now,
      due_on: input.dueOn,
      leaves_on: leavesOn,
      shipment_id: state.isReturn ? state.shipmentId : null,
      next_reminder_at: nextReminder(input.dueOn, act.now, 0),
    })
    .execute()
  await record(tx, act.now, [
    {
      kind: 'return.opened',
      deviceId: input.deviceId,
      personId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { returnId: id, reason: input.reason, dueOn: input.dueOn },
    },
  ])
  return id
}

/** Asks for everything back that a person has, as far as it is not asked back already. Gives the ids of the returns. */
export async function openReturnsOf(
  tx: Tx,
  act: Act,
  input: { personId: string; reason: ReturnReason; dueOn: string },
): Promise<string[]> {
  const { reason, dueOn } = input
  const held = await tx
    .selectFrom('devices')
    .select('id')
    .where((eb) =>
      eb.or([
        eb('holder_id', '=', input.personId),
        eb.and([eb('holder_id', 'is', null), eb('assignee_id', '=', input.personId)]),
      ]),
    )
    .where('withdrawn_at', 'is', null)
    .where('life_cycle', 'in', returnable)
    .where('holder_kind', '<>', 'stockroom')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('returns').select('id').whereRef('device_id', '=', 'devices.id').where('closed_at', 'is', null),
        ),
      ),
    )
    .orderBy('id')
    .execute()
  if (held.length === 0) throw new AppError('conflict', 'They have nothing that is not asked back already.')
  // All of them before the first is recorded: rows are locked before the ledger.
  await lockSubjects(tx, { deviceIds: held.map((row) => row.id) })
  const ids: string[] = []
  for (const { id: deviceId } of held) ids.push(await openReturn(tx, act, { deviceId, reason, dueOn }))
  return ids
}

async function leavingDay(tx: Tx, personId: string): Promise<string | null> {
  const person = await tx.selectFrom('people').select('leaves_on').where('id', '=', personId).executeTakeFirst()
  return person?.leaves_on ?? null
}

/** The return under way of a device whose row is locked; at most one is. */
export async function openReturnOf(tx: Tx, deviceId: string): Promise<Return | undefined> {
  return tx
    .selectFrom('returns')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('closed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

/** Locks a return and its device. Throws 'not_found'. */
export async function lockReturn(tx: Tx, returnId: string): Promise<Return> {
  const found = await tx.selectFrom('returns').select('device_id').where('id', '=', returnId).executeTakeFirst()
  if (found === undefined) throw new AppError('not_found', 'There is no such return.')
  await lockSubjects(tx, { deviceIds: [found.device_id] })
  return tx.selectFrom('returns').selectAll().where('id', '=', returnId).forUpdate().executeTakeFirstOrThrow()
}

/** As `lockReturn`; throws 'conflict' where it is closed. */
export async function lockOpenReturn(tx: Tx, returnId: string): Promise<Return> {
  const row = await lockReturn(tx, returnId)
  if (row.closed_at !== null) throw new AppError('conflict', `This return is closed already: ${row.outcome}.`)
  return row
}

/** Moves the day on which it is due, with the reason why. */
export async function setReturnDue(
  tx: Tx,
  act: Act,
  input: { returnId: string; dueOn: string; note: string },
): Promise<void> {
  const row = await lockOpenReturn(tx, input.returnId)
  if (row.received_at !== null) throw new AppError('conflict', 'It has come back: no other day is needed.')
  await moveDue(tx, act, row, { ...input, leavesOn: row.leaves_on, isReminded: true })
}

interface Move {
  dueOn: string
  leavesOn: string | null
  /** Whether reminders go on by the new day; else somebody has to decide first. */
  isReminded: boolean
  note: string
}

/** Records another due day of a return whose row is locked, and reminds by that day from now on. */
export async function moveDue(tx: Tx, act: Act, row: Return, move: Move): Promise<void> {
  const noteId = await keepNote(tx, act.now, move.note)
  await tx
    .updateTable('returns')
    .set({
      due_on: move.dueOn,
      leaves_on: move.leavesOn,
      next_reminder_at: move.isReminded ? nextReminder(move.dueOn, act.now, row.reminders) : null,
    })
    .where('id', '=', row.id)
    .execute()
  await record(tx, act.now, [
    {
      kind: 'return.due_changed',
      deviceId: row.device_id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { returnId: row.id, dueOn: move.dueOn, noteId },
    },
  ])
}

/** One side says that the device passed: the person by a link, the stockroom by receiving it. Said twice, it counts once. */
export async function acknowledgeReturn(
  tx: Tx,
  act: Act,
  input: { returnId: string; by: 'person' | 'stockroom' },
): Promise<void> {
  const row = await lockReturn(tx, input.returnId)
  const column = input.by === 'person' ? 'person_acknowledged_at' : 'stock_acknowledged_at'
  if (row[column] !== null) return
  await tx
    .updateTable('returns')
    .set({ [column]: act.now })
    .where('id', '=', row.id)
    .execute()
  await record(tx, act.now, [
    {
      kind: 'return.acknowledged',
      deviceId: row.device_id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { returnId: row.id, by: input.by },
    },
  ])
}

/** The person has signed for having given these back: said of the newest return of each that was asked of them. */
export async function acknowledgeReturnsOf(
  tx: Tx,
  act: Act,
  input: { personId: string; deviceIds: string[] },
): Promise<void> {
  for (const deviceId of input.deviceIds) {
    const row = await tx
      .selectFrom('returns')
      .select('id')
      .where('device_id', '=', deviceId)
      .where('person_id', '=', input.personId)
      .orderBy('opened_at', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirst()
    if (row) await acknowledgeReturn(tx, act, { returnId: row.id, by: 'person' })
  }
}

/** Closes a return with what becomes of the device and why. Never done by itself: somebody always looks at it. */
export async function closeReturn(
  tx: Tx,
  act: Act,
  input: { returnId: string; outcome: ReturnOutcome; note: string },
): Promise<void> {
  const row = await lockOpenReturn(tx, input.returnId)
  await requireOutcome(tx, row, input.outcome)
  const noteId = await keepNote(tx, act.now, input.note)
  await tx
    .updateTable('returns')
    .set({
      outcome: input.outcome,
      closed_by: JSON.stringify(act.actor),
      closed_at: act.now,
      next_reminder_at: null,
    })
    .where('id', '=', row.id)
    .execute()
  await record(tx, act.now, [
    {
      kind: 'return.closed',
      deviceId: row.device_id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { returnId: row.id, outcome: input.outcome, noteId },
    },
  ])
}

/** What was never received goes nowhere here, and what was received is neither kept by its person nor lost. */
async function requireOutcome(tx: Tx, row: Return, outcome: ReturnOutcome): Promise<void> {
  const isReceived = row.received_at !== null
  switch (outcome) {
    case 'stock': {
      if (!isReceived) throw new AppError('conflict', 'It was not received yet: receive it first.')
      const device = await tx
        .selectFrom('devices')
        .select('serial_number')
        .where('id', '=', row.device_id)
        .executeTakeFirstOrThrow()
      if (row.serial_read !== 'same' && device.serial_number !== null)
        throw new AppError(
          'conflict',
          'Its serial number was not read: read it from the laptop before it goes back into stock, or put it in quarantine.',
        )
      return
    }
    case 'repair':
    case 'quarantine':
    case 'disposed':
      if (!isReceived) throw new AppError('conflict', 'It was not received yet: receive it first.')
      return
    case 'kept':
    case 'lost':
    case 'withdrawn':
      if (isReceived)
        throw new AppError('conflict', 'It was received: say whether it goes to stock, repair, quarantine or disposal.')
      return
    default:
      outcome satisfies never
  }
}
