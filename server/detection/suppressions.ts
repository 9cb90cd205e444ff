// Suppressions: findings of a rule that are kept but speak to nobody until a day, for a reason, with an owner and a counter.
import { sql } from 'kysely'
import { z } from 'zod'
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, faultOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { DAY } from '../lib/time.ts'
import { DECLARATION_DAYS_MAX } from '../people/declarations.ts'
import { ruleById } from './rules/index.ts'
import { proposeChange } from './waiting-changes.ts'

/** What is kept quiet. All of a rule's findings where nothing narrows it down. */
export const suppressionSchema = z.object({
  ruleId: z.string().max(100),
  personId: z.string().max(100).nullable(),
  deviceId: z.string().max(100).nullable(),
  /** One of the facts that the finding shows, such as its tool, with the value that it has to have. */
  fact: z.object({ name: z.string().max(100), value: z.string().max(500) }).nullable(),
  endsAt: z.iso.datetime(),
  /** The case that it is made from. */
  caseId: z.string().max(100).nullable(),
})
export type SuppressionAsked = z.infer<typeof suppressionSchema>

export type Suppressed = { state: 'set'; suppressionId: string; woken: number } | { state: 'waiting'; changeId: string }

/**
 * Keeps findings quiet until a day. One that is about no single person or laptop, or that touches a case of one's own,
 * waits for a second person. Call it in a transaction of its own: it locks what it wakes, and records.
 */
export async function addSuppression(
  tx: Tx,
  act: Act,
  input: SuppressionAsked & { reason: string },
): Promise<Suppressed> {
  const { reason, ...given } = input
  const asked = suppressionSchema.parse(given)
  await requireFit(tx, act, asked)
  const isBroad = asked.personId === null && asked.deviceId === null
  if (act.actor.type === 'user' && (isBroad || (await touchesOwn(tx, act.actor.id, asked))))
    return {
      state: 'waiting',
      ...(await proposeChange(tx, act, { what: 'suppression', about: asked.ruleId, asked, reason })),
    }
  return { state: 'set', ...(await suppress(tx, act, { asked, owner: act.actor, reason })) }
}

/** Does what was asked for, by the word of whoever approves it. */
export async function applySuppression(
  tx: Tx,
  act: Act,
  input: { asked: unknown; author: Actor; reason: string },
): Promise<void> {
  const asked = suppressionSchema.parse(input.asked)
  await requireFit(tx, act, asked)
  await suppress(tx, act, { asked, owner: input.author, reason: input.reason })
}

async function requireFit(tx: Tx, act: Act, asked: SuppressionAsked): Promise<void> {
  if (ruleById(asked.ruleId) === undefined) throw new AppError('not_found', 'There is no such rule.')
  const lasts = Date.parse(asked.endsAt) - act.now.getTime()
  if (lasts <= 0) throw faultOf('endsAt', 'has to be in the future')
  if (lasts > DECLARATION_DAYS_MAX * DAY)
    throw faultOf('endsAt', `is more than ${DECLARATION_DAYS_MAX} days away: suppress it anew when it is over`)
  if (asked.personId !== null) await requireThere(tx, 'people', asked.personId, 'person')
  if (asked.deviceId !== null) await requireThere(tx, 'devices', asked.deviceId, 'device')
}

async function requireThere(tx: Tx, table: 'people' | 'devices', id: string, what: string): Promise<void> {
  const row = await tx.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no such ${what}.`)
}

/** Whether it is about the asker themselves, or about whom or what they have, or had, a case. */
async function touchesOwn(tx: Tx, userId: string, { personId, deviceId, caseId }: SuppressionAsked): Promise<boolean> {
  const { rows } = await sql<{ own: boolean }>`
    with subject as (
      select id from people where id = ${personId}
      union select assignee_id from devices where id = ${deviceId} and assignee_id is not null)
    select exists (
        select from cases where assignee_id = ${userId}
        and (id = ${caseId} or (subject_kind = 'device' and subject_id = ${deviceId})
          or (subject_kind = 'person' and subject_id in (select id from subject))))
      or exists (
        select from people p join subject s on s.id = p.id join auth."user" u on lower(u.email) = lower(p.email)
        where u.id = ${userId}) as own`.execute(tx)
  return rows[0]?.own ?? false
}

async function suppress(
  tx: Tx,
  act: Act,
  { asked, owner, reason }: { asked: SuppressionAsked; owner: Actor; reason: string },
): Promise<{ suppressionId: string; woken: number }> {
  const id = newId('sup')
  const noteId = await keepNote(tx, act.now, reason)
  await tx
    .insertInto('suppressions')
    .values({
      id,
      rule: asked.ruleId,
      person_id: asked.personId,
      device_id: asked.deviceId,
      fact: asked.fact?.name ?? null,
      fact_value: asked.fact?.value ?? null,
      case_id: asked.caseId,
      note_id: noteId,
      owner: JSON.stringify(owner),
      approved_by: owner === act.actor ? null : JSON.stringify(act.actor),
      starts_at: act.now,
      ends_at: new Date(asked.endsAt),
    })
    .execute()
  const woken = await wake(tx, act.now, asked)
  await record(tx, act.now, [
    {
      kind: 'suppression.made',
      // Not the device's own event: a suppression is no fact about it.
      occurredAt: act.now,
      actor: act.actor,
      payload: {
        suppressionId: id,
        rule: asked.ruleId,
        personId: asked.personId,
        deviceId: asked.deviceId,
        fact: asked.fact?.name ?? null,
        endsAt: asked.endsAt,
        noteId,
      },
    },
  ])
  return { suppressionId: id, woken }
}

/** Has those looked at again that have a standing finding of the rule. Returns how many. */
async function wake(tx: Tx, now: Date, { ruleId, personId, deviceId }: SuppressionAsked): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into watch (device_id, look_again_at)
    select distinct device_id, ${now}::timestamptz from findings
    where rule = ${ruleId} and status = 'active' and (${personId}::text is null or person_id = ${personId})
      and (${deviceId}::text is null or device_id = ${deviceId})
    order by device_id
    on conflict (device_id) do update set look_again_at = excluded.look_again_at`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Ends a suppression now; what it kept quiet is judged again. Returns how many laptops are looked at again. */
export async function endSuppression(
  tx: Tx,
  act: Act,
  input: { suppressionId: string; reason: string },
): Promise<{ woken: number }> {
  const row = await tx
    .selectFrom('suppressions')
    .selectAll()
    .where('id', '=', input.suppressionId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such suppression.')
  if (row.ended_at !== null || row.ends_at <= act.now)
    throw new AppError('conflict', 'This suppression is over already.')
  await tx.updateTable('suppressions').set({ ended_at: act.now }).where('id', '=', row.id).execute()
  const { numAffectedRows } = await sql`
    insert into watch (device_id, look_again_at)
    select distinct device_id, ${act.now}::timestamptz from findings
    where suppressed_by = ${row.id} and status = 'suppressed' order by device_id
    on conflict (device_id) do update set look_again_at = excluded.look_again_at`.execute(tx)
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'suppression.ended',
      occurredAt: act.now,
      actor: act.actor,
      payload: { suppressionId: row.id, rule: row.rule, noteId },
    },
  ])
  return { woken: Number(numAffectedRows ?? 0n) }
}
