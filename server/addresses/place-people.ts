// Who has an address at a known place. It tells where they live, so it is shown for a reason, and each look is recorded.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'

/** So many addresses at one place are looked at with one reason. */
const ADDRESSES_SHOWN = 20

export interface PersonThere {
  id: string
  name: string
}

/** The people of the first 20 addresses at a known place; the timeline of each says who looked, and why. */
export async function revealPeopleAt(
  tx: Tx,
  act: Act,
  input: { placeId: string; reason: string },
): Promise<PersonThere[]> {
  const rows = await tx
    .selectFrom('address_versions')
    .innerJoin('people', 'people.id', 'address_versions.person_id')
    .select(['address_versions.id as address_id', 'people.id', 'people.name', 'people.external_id'])
    .where(sql<string>`class->>'placeId'`, '=', input.placeId)
    .where('address_versions.withdrawn_at', 'is', null)
    .orderBy('address_versions.id')
    .limit(ADDRESSES_SHOWN)
    .forUpdate('address_versions')
    .execute()
  if (rows.length === 0) return []
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(
    tx,
    act.now,
    rows.map((row) => ({
      kind: 'address.revealed',
      personId: row.id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { addressId: row.address_id, noteId },
    })),
  )
  return [...new Map(rows.map((row) => [row.id, row.name ?? row.external_id ?? 'somebody erased']))].map(
    ([id, name]) => ({ id, name }),
  )
}
