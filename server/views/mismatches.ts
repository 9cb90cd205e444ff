// The mismatch queue: each difference with its sides, whose laptop it is about, and what was decided.
import {
  fieldNames,
  fieldOwners,
  listMismatches,
  type Mismatch,
  type MismatchField,
  type MismatchFilter,
  mismatchFields,
  readFieldOwners,
  type SideName,
  sideNames,
} from '../devices/mismatches.ts'
import type { Db } from '../lib/database.ts'

export interface MismatchSide {
  side: SideName
  value: string | null
  person: { id: string; name: string | null } | null
  at: string | null
  /** The source that told it; null for what is ours. */
  source: string | null
}

export interface MismatchRow {
  id: string
  field: MismatchField
  source: string
  device: { id: string; name: string }
  person: { id: string; name: string | null } | null
  /** All four, in one order; one that says nothing is null. */
  sides: (MismatchSide | null)[]
  openedAt: string
  lastSeenAt: string
  status: Mismatch['status']
  decision: Mismatch['decision']
  reason: string | null
  settledAt: string | null
  settledBy: string | null
}

/** A page of mismatches, newest first. `person` is whom the filter names. */
export async function readMismatches(db: Db, filter: MismatchFilter) {
  const { mismatches, next } = await listMismatches(db, filter)
  const words = await wordsOf(db, mismatches, filter.personId)
  return {
    mismatches: mismatches.map((one) => rowOf(one, words)),
    next: next === null ? null : { openedAt: next.openedAt.toISOString(), id: next.id },
    person: words.person(filter.personId),
  }
}

/** Who owns each field, and who may. */
export async function readOwners(db: Db) {
  const owners = await readFieldOwners(db)
  return fieldNames.map((field) => ({
    field,
    owner: owners[field],
    mayBe: fieldOwners.filter((owner) => (mismatchFields[field].owners as readonly string[]).includes(owner)),
    standard: mismatchFields[field].standard,
  }))
}

/** The sources that an open mismatch has: what the queue can be filtered by. */
export async function readMismatchSources(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('mismatches')
    .select('source')
    .distinct()
    .where('status', '=', 'open')
    .orderBy('source')
    .execute()
  return rows.map((row) => row.source)
}

type Words = Awaited<ReturnType<typeof wordsOf>>

async function wordsOf(db: Db, mismatches: Mismatch[], asked: string | null) {
  const personIds = mismatches.flatMap((one) => [
    one.personId,
    ...Object.values(one.sides).map((side) => side?.personId ?? null),
  ])
  const people = await db
    .selectFrom('people')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set([asked ?? '', ...personIds.map((id) => id ?? '')])])
    .execute()
  const devices = await db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'asset_tag', 'hardware_uuid'])
    .where('id', 'in', ['', ...mismatches.map((one) => one.deviceId)])
    .execute()
  const notes = await db
    .selectFrom('notes')
    .select(['id', 'text'])
    .where('id', 'in', ['', ...mismatches.flatMap((one) => one.noteId ?? [])])
    .execute()
  const users = await db
    .selectFrom('auth.user')
    .select(['id', 'name'])
    .where('id', 'in', ['', ...mismatches.flatMap((one) => one.settledBy ?? [])])
    .execute()
  return {
    person: (id: string | null) => people.find((one) => one.id === id) ?? null,
    device(id: string) {
      const found = devices.find((one) => one.id === id)
      return { id, name: found?.serial_number ?? found?.asset_tag ?? found?.hardware_uuid ?? 'without a serial number' }
    },
    note: (id: string | null) => notes.find((one) => one.id === id)?.text ?? null,
    user: (id: string | null) => users.find((one) => one.id === id)?.name ?? null,
  }
}

function rowOf(one: Mismatch, words: Words): MismatchRow {
  return {
    id: one.id,
    field: one.field,
    source: one.source,
    device: words.device(one.deviceId),
    person: words.person(one.personId),
    sides: sideNames.map((side) => {
      const told = one.sides[side]
      if (told === undefined) return null
      return { side, value: told.value, person: words.person(told.personId), at: told.at, source: told.label }
    }),
    openedAt: one.openedAt.toISOString(),
    lastSeenAt: one.lastSeenAt.toISOString(),
    status: one.status,
    decision: one.decision,
    reason: words.note(one.noteId),
    settledAt: one.settledAt?.toISOString() ?? null,
    settledBy: words.user(one.settledBy),
  }
}
