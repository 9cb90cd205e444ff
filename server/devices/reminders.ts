// Reminders of what is due back: one mail per person at fixed days around the due day, each kept as sent or as still to be said.
import type { Act, World } from '../custody/act.ts'
import { systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY, dayOf, HOUR, plus } from '../lib/time.ts'
import type { Clock, Mail } from '../ports.ts'

/** In days from the due day; every week after the last one. Source: issue 3, "The way back". */
const REMINDER_DAYS = [-7, -1, 1, 7]
const WEEK = 7 * DAY
/** More mails than this change nothing: then somebody has to call. */
export const REMINDERS_MAX = 8
/** Within working hours from San Francisco to Berlin. */
const REMINDER_HOUR = 15

/** When to remind next of what is due on that day; null once it was done often enough. */
export function nextReminder(dueOn: string, now: Date, done: number): Date | null {
  if (done >= REMINDERS_MAX) return null
  const due = plus(new Date(`${dueOn}T00:00:00Z`), REMINDER_HOUR * HOUR)
  const next = REMINDER_DAYS.map((days) => plus(due, days * DAY)).find((at) => at > now)
  if (next !== undefined) return next
  return done === 0 ? now : plus(now, WEEK)
}

/** What a reminder needs of the house. */
export interface Reminding {
  db: Db
  clock: Clock
  world: World
  mail: Mail | null
}

interface Due {
  returnId: string
  deviceId: string
  reminder: number
  dueOn: string
  model: string | null
  labelUrl: string | null
}

/** Reminds everybody whose time has come, one mail per person. Returns how many reminders there were. */
export async function remindReturns(house: Reminding): Promise<number> {
  let count = 0
  for (;;) {
    const now = house.clock()
    const next = await house.db
      .selectFrom('returns')
      .select(['id', 'person_id'])
      .where('closed_at', 'is', null)
      .where('received_at', 'is', null)
      .where('next_reminder_at', '<=', now)
      .orderBy('next_reminder_at')
      .executeTakeFirst()
    if (next === undefined) return count
    const act: Act = { now, actor: systemActor('reminders'), world: house.world }
    count += (await remind(house, act, { personId: next.person_id, returnId: next.id, onlyDue: true })).count
  }
}

/** Sends the mail about one return at once. Throws 'conflict' where nothing is to be reminded of. */
export async function remindNow(house: Reminding, act: Act, input: { returnId: string }): Promise<{ sent: boolean }> {
  const row = await house.db
    .selectFrom('returns')
    .select(['person_id', 'closed_at', 'received_at'])
    .where('id', '=', input.returnId)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such return.')
  if (row.closed_at !== null || row.received_at !== null)
    throw new AppError('conflict', 'It has come back or was closed: there is nothing to remind of.')
  const email = await emailOf(house.db, row.person_id)
  if (house.mail === null) throw new AppError('conflict', 'Mail is not set up here: tell them by hand.')
  if (email === null) throw new AppError('conflict', 'There is no e-mail of theirs on file: tell them by hand.')
  const { sent } = await remind(house, act, { personId: row.person_id, returnId: input.returnId, onlyDue: false })
  return { sent }
}

interface Round {
  personId: string | null
  returnId: string
  /** All of theirs whose time has come, or this one whatever its time. */
  onlyDue: boolean
}

/** Claims first and sends then: a crash between the two loses one mail, and never sends one twice. */
async function remind(house: Reminding, act: Act, round: Round): Promise<{ count: number; sent: boolean }> {
  const due = await house.db.transaction().execute((tx) => claim(tx, act, round))
  if (due.length === 0) return { count: 0, sent: false }
  const sent = await send(house, round.personId, due)
  await house.db.transaction().execute((tx) =>
    record(
      tx,
      act.now,
      due.map((one) => ({
        kind: 'return.reminded',
        deviceId: one.deviceId,
        personId: round.personId,
        occurredAt: act.now,
        actor: act.actor,
        payload: { returnId: one.returnId, reminder: one.reminder, sent },
      })),
    ),
  )
  return { count: due.length, sent }
}

async function claim(tx: Tx, act: Act, { personId, returnId, onlyDue }: Round): Promise<Due[]> {
  const rows = await tx
    .selectFrom('returns')
    .innerJoin('devices', 'devices.id', 'returns.device_id')
    .select(['returns.id', 'returns.device_id', 'reminders', 'due_on', 'shipment_id', 'devices.model'])
    .where('closed_at', 'is', null)
    .where('received_at', 'is', null)
    .$if(onlyDue && personId !== null, (qb) => qb.where('person_id', '=', personId))
    .$if(!onlyDue || personId === null, (qb) => qb.where('returns.id', '=', returnId))
    .$if(onlyDue, (qb) => qb.where('next_reminder_at', '<=', act.now))
    .orderBy('returns.id')
    .forUpdate('returns')
    .execute()
  const due: Due[] = []
  for (const row of rows) {
    const reminder = row.reminders + 1
    await tx
      .updateTable('returns')
      .set({ reminders: reminder, next_reminder_at: nextReminder(row.due_on, act.now, reminder) })
      .where('id', '=', row.id)
      .execute()
    due.push({
      returnId: row.id,
      deviceId: row.device_id,
      reminder,
      dueOn: row.due_on,
      model: row.model,
      labelUrl: await labelOf(tx, row.shipment_id),
    })
  }
  return due
}

async function labelOf(tx: Tx, shipmentId: string | null): Promise<string | null> {
  if (shipmentId === null) return null
  const label = await tx
    .selectFrom('labels')
    .select('label_url')
    .where('shipment_id', '=', shipmentId)
    .where('state', '=', 'bought')
    .executeTakeFirst()
  return label?.label_url ?? null
}

async function emailOf(db: Db, personId: string | null): Promise<string | null> {
  if (personId === null) return null
  const person = await db.selectFrom('people').select('email').where('id', '=', personId).executeTakeFirst()
  return person?.email ?? null
}

async function send(house: Reminding, personId: string | null, due: Due[]): Promise<boolean> {
  const to = await emailOf(house.db, personId)
  if (house.mail === null || to === null) return false
  try {
    await house.mail.send({ to, ...wordsOf(due, dayOf(house.clock())) })
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

/** What the mail says: the model and the day, how to send it, and no serial number (DESIGN 11). */
function wordsOf(due: Due[], today: string): { subject: string; text: string } {
  const lines = due.map((one) => {
    const when = one.dueOn < today ? `was due on ${one.dueOn}` : `is due on ${one.dueOn}`
    const how = one.labelUrl === null ? [] : [`  Print this label and put it on the box: ${one.labelUrl}`]
    return [`- ${one.model ?? 'Laptop'}: ${when}.`, ...how].join('\n')
  })
  const isLate = due.some((one) => one.dueOn < today)
  const hasLabel = due.some((one) => one.labelUrl !== null)
  return {
    subject: isLate ? 'A laptop is still to come back' : 'A laptop is to come back',
    text: [
      'Hello,',
      '',
      'please send back, with its charger:',
      '',
      ...lines,
      '',
      hasLabel
        ? 'Pack it so that it cannot move in the box, and keep the receipt that the carrier gives you.'
        : 'Your IT team tells you how: with a label that they send you, or at the office.',
      'If it is on its way already, there is nothing more to do.',
    ].join('\n'),
  }
}
