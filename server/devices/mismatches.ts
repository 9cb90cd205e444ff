// What does not match between our records, an MDM, HR and the carrier: kept, shown, and settled by people.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import type { MismatchesTable } from '../lib/tables.ts'
import { takeSerial, takeUuid } from './merging.ts'

export const sideNames = ['ours', 'mdm', 'hr', 'carrier'] as const
export type SideName = (typeof sideNames)[number]

/** What one side says: a value as it is, or the id of a person; never a name. */
const sideSchema = z.object({
  value: z.string().nullable(),
  personId: z.string().nullable().default(null),
  /** When it was told, ISO 8601; null where nobody noted it. */
  at: z.string().nullable(),
  /** The source that told it; null for what is ours. */
  label: z.string().nullable().default(null),
})
export type Side = z.infer<typeof sideSchema>
export const sidesSchema = z.partialRecord(z.enum(sideNames), sideSchema)
export type Sides = z.infer<typeof sidesSchema>

/**
 * Who owns a field. `ours`: our word stands, and a difference is shown once for each new value. `mdm`: what the most
 * trusted source says is taken over, on record. `ask`: every difference is shown until somebody settles it.
 */
export const fieldOwners = ['ours', 'mdm', 'ask'] as const
export type FieldOwner = (typeof fieldOwners)[number]

/**
 * The fields that are compared, the owners each may have, and the one it has until somebody says otherwise. What tells
 * laptops apart and who holds them never follows an MDM by itself: that is what a diverted laptop would rewrite.
 */
export const mismatchFields = {
  serial_number: { owners: ['ask'], standard: 'ask' },
  hardware_uuid: { owners: ['ask', 'ours'], standard: 'ask' },
  model: { owners: ['ours', 'mdm', 'ask'], standard: 'mdm' },
  asset_tag: { owners: ['ours', 'mdm', 'ask'], standard: 'ours' },
  /** The person whom the MDM's user is, against the assignee. */
  user: { owners: ['ours', 'ask'], standard: 'ours' },
  /** Where HR has the assignee living, against where the carrier delivered. */
  delivery: { owners: ['ours', 'ask'], standard: 'ask' },
} as const satisfies Record<string, { owners: readonly FieldOwner[]; standard: FieldOwner }>
export type MismatchField = keyof typeof mismatchFields
export const fieldNames = Object.keys(mismatchFields) as MismatchField[]

export const decisions = ['ours', 'theirs', 'neither', 'explained'] as const
export type Decision = (typeof decisions)[number]
export const mismatchStates = ['open', 'settled', 'gone'] as const

export interface Mismatch {
  id: string
  deviceId: string
  /** Whom it is about, where it is about somebody. */
  personId: string | null
  field: MismatchField
  /** The source that differs. */
  source: string
  sides: Sides
  openedAt: Date
  lastSeenAt: Date
  status: (typeof mismatchStates)[number]
  decision: Decision | null
  noteId: string | null
  settledAt: Date | null
  settledBy: string | null
}

export interface MismatchFilter {
  status: (typeof mismatchStates)[number]
  field: MismatchField[]
  source: string[]
  deviceId: string | null
  personId: string | null
  /** The last row of the page before. */
  after: { openedAt: Date; id: string } | null
  limit: number
}

export const toMismatch = (row: Selectable<MismatchesTable>): Mismatch => ({
  id: row.id,
  deviceId: row.device_id,
  personId: row.person_id,
  field: row.field as MismatchField,
  source: row.source,
  sides: sidesSchema.parse(row.sides),
  openedAt: row.opened_at,
  lastSeenAt: row.last_seen_at,
  status: row.status,
  decision: row.decision,
  noteId: row.note_id,
  settledAt: row.settled_at,
  settledBy: row.settled_by,
})

/** A page of mismatches, newest first, by keyset; `next` is where the following page begins. */
export async function listMismatches(
  db: Db | Tx,
  filter: MismatchFilter,
): Promise<{ mismatches: Mismatch[]; next: { openedAt: Date; id: string } | null }> {
  const rows = await db
    .selectFrom('mismatches')
    .selectAll()
    .where('status', '=', filter.status)
    .$if(filter.field.length > 0, (qb) => qb.where('field', 'in', filter.field))
    .$if(filter.source.length > 0, (qb) => qb.where('source', 'in', filter.source))
    .$if(filter.deviceId !== null, (qb) => qb.where('device_id', '=', filter.deviceId))
    .$if(filter.personId !== null, (qb) => qb.where('person_id', '=', filter.personId))
    .$if(filter.after !== null, (qb) =>
      qb.where((eb) => eb(eb.refTuple('opened_at', 'id'), '<', eb.tuple(filter.after!.openedAt, filter.after!.id))),
    )
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
  const mismatches = rows.slice(0, filter.limit).map(toMismatch)
  const last = mismatches.at(-1)
  return {
    mismatches,
    next: rows.length > filter.limit && last ? { openedAt: last.openedAt, id: last.id } : null,
  }
}

// ── Who owns a field ───────────────────────────────────────────────────────────────────────────────────────

const ownersKey = 'field owners'
const ownersSchema = z.partialRecord(z.enum(fieldNames), z.enum(fieldOwners))

/** Every field's owner, as the company set it or as it came. */
export async function readFieldOwners(db: Db | Tx): Promise<Record<MismatchField, FieldOwner>> {
  const set = ownersSchema.safeParse((await readSetting(db, ownersKey)) ?? {})
  const owners = fieldNames.map((field) => [field, set.data?.[field] ?? mismatchFields[field].standard])
  return Object.fromEntries(owners) as Record<MismatchField, FieldOwner>
}

/** Says who owns a field from now on; what is open stays open until it is settled or its device is heard of again. */
export async function setFieldOwner(
  tx: Tx,
  act: Act,
  input: { field: MismatchField; owner: FieldOwner },
): Promise<void> {
  const { field, owner } = input
  const allowed: readonly FieldOwner[] = mismatchFields[field].owners
  if (!allowed.includes(owner))
    throw new AppError('invalid', `The owner of this field may be: ${allowed.join(', ')}.`, [
      { path: 'owner', problem: `must be one of ${allowed.join(', ')}` },
    ])
  const owners = await readFieldOwners(tx)
  if (owners[field] === owner) return
  await saveSetting(tx, ownersKey, { ...owners, [field]: owner })
  await record(tx, act.now, [
    {
      kind: 'setting.changed',
      occurredAt: act.now,
      actor: act.actor,
      payload: { setting: `field owner of ${field}`, how: 'set' },
    },
  ])
}

// ── Settling ───────────────────────────────────────────────────────────────────────────────────────────────

/** What came of a decision. `advice`: what is still to be done by somebody, since no decision here moves custody. */
export interface Settlement {
  applied: boolean
  advice: string | null
}

/**
 * Settles one mismatch, with a reason that stays on record. `ours`: our word stands. `theirs`: it is taken over where it
 * is a fact of the laptop; custody and addresses are only ever moved by their own verbs. `neither`: both are wrong.
 * `explained`: both are right. The same difference is not opened again; a new value is. Throws 'not_found', 'conflict'.
 */
export async function settleMismatch(
  tx: Tx,
  act: Act,
  input: { id: string; decision: Decision; reason: string },
): Promise<Settlement> {
  const found = await tx.selectFrom('mismatches').select('device_id').where('id', '=', input.id).executeTakeFirst()
  if (found === undefined) throw new AppError('not_found', 'There is no such mismatch.')
  // Devices first, as everybody else locks.
  await lockSubjects(tx, { deviceIds: [found.device_id] })
  const row = await tx
    .selectFrom('mismatches')
    .selectAll()
    .where('id', '=', input.id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  if (row.status !== 'open')
    throw new AppError('conflict', 'This mismatch is not open any more: load the list again to see what became of it.')
  const one = toMismatch(row)
  const { events, advice } =
    input.decision === 'theirs' ? await takeTheirs(tx, act, one) : { events: [] as NewEvent[], advice: null }
  const noteId = await keepNote(tx, act.now, input.reason)
  await tx
    .updateTable('mismatches')
    .set({
      status: 'settled',
      decision: input.decision,
      note_id: noteId,
      settled_at: act.now,
      settled_by: act.actor.type === 'user' ? act.actor.id : null,
    })
    .where('id', '=', one.id)
    .execute()
  await record(tx, act.now, [
    ...events,
    {
      kind: 'mismatch.settled',
      deviceId: one.deviceId,
      personId: one.personId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { mismatchId: one.id, field: one.field, source: one.source, decision: input.decision, noteId },
    },
  ])
  return { applied: events.length > 0, advice }
}

interface Taken {
  events: NewEvent[]
  advice: string | null
}

async function takeTheirs(tx: Tx, act: Act, one: Mismatch): Promise<Taken> {
  const theirs = one.sides.mdm?.value ?? null
  switch (one.field) {
    case 'user':
      return {
        events: [],
        advice: 'The laptop stays with its assignee until a hand-over or a return says otherwise: open one now.',
      }
    case 'delivery':
      return {
        events: [],
        advice:
          'The address on file stays: ask the person about it by what was on file before, then propose the new one.',
      }
    case 'serial_number':
      return { events: theirs === null ? [] : await takeSerial(tx, act, one.deviceId, theirs), advice: null }
    case 'hardware_uuid':
      return { events: theirs === null ? [] : await takeUuid(tx, act, one.deviceId, theirs), advice: null }
    case 'model':
    case 'asset_tag':
      return { events: await takeValue(tx, act, one.deviceId, one.field, theirs), advice: null }
    default:
      return one.field satisfies never
  }
}

/** Writes one plain field of a device, on record. */
export async function takeValue(
  tx: Tx,
  act: Act,
  deviceId: string,
  field: 'model' | 'asset_tag',
  to: string | null,
): Promise<NewEvent[]> {
  const row = await tx.selectFrom('devices').select(field).where('id', '=', deviceId).executeTakeFirstOrThrow()
  const from = row[field]
  if (from === to) return []
  await tx
    .updateTable('devices')
    .set({ [field]: to })
    .where('id', '=', deviceId)
    .execute()
  return [
    {
      kind: 'device.changed',
      deviceId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { changes: [{ field, from, to }] },
    },
  ]
}
