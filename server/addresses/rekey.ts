// Makes the keys of addresses on file again after the normaliser has changed, in the background; what differs is an event.
import { z } from 'zod'
import { type NewEvent, systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import type { Clock } from '../ports.ts'
import { NORMALISER_VERSION, storedKeys } from './keys.ts'
import { type AddressVersion, addressOf } from './versions.ts'

const SETTING = 'addresses keyed'
/** So many addresses are read in one transaction: some milliseconds, so that nothing else waits. */
const BATCH = 200

const walkSchema = z.object({ version: z.number(), after: z.string(), isDone: z.boolean() })
type Walk = z.infer<typeof walkSchema>

/** Makes again what an older normaliser made; returns when no such key is left. Several processes may call it. */
export async function rekeyAddresses(house: { db: Db; clock: Clock }): Promise<void> {
  const walk = walkSchema.nullable().parse((await readSetting(house.db, SETTING)) ?? null)
  if (walk?.version === NORMALISER_VERSION && walk.isDone) return
  while (!(await house.db.transaction().execute((tx) => rekeySome(tx, house.clock())))) {}
}

async function rekeySome(tx: Tx, now: Date): Promise<boolean> {
  const before = await lockWalk(tx)
  if (before?.version === NORMALISER_VERSION && before.isDone) return true
  const after = before?.version === NORMALISER_VERSION ? before.after : ''
  const rows = await tx
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '>', after)
    .orderBy('id')
    .limit(BATCH)
    .forUpdate()
    .execute()
  const events: NewEvent[] = []
  for (const row of rows) events.push(...(await rekey(tx, now, row)))
  const isDone = rows.length < BATCH
  await saveSetting(tx, SETTING, {
    version: NORMALISER_VERSION,
    after: rows.at(-1)?.id ?? after,
    isDone,
  } satisfies Walk)
  await record(tx, now, events)
  return isDone
}

/** One process walks at a time. */
async function lockWalk(tx: Tx): Promise<Walk | null> {
  const row = await tx.selectFrom('settings').select('value').where('key', '=', SETTING).forUpdate().executeTakeFirst()
  return walkSchema.nullable().parse(row?.value ?? null)
}

/** An erased or withdrawn address has no lines to read: it keeps what it has. */
async function rekey(tx: Tx, now: Date, row: AddressVersion): Promise<NewEvent[]> {
  if (row.normaliser_version >= NORMALISER_VERSION || row.line1 === null || row.withdrawn_at !== null) return []
  const keys = storedKeys(addressOf(row))
  await tx.updateTable('address_versions').set(keys).where('id', '=', row.id).execute()
  if (keys.door_key === row.door_key && keys.building_key === row.building_key) return []
  return [
    {
      kind: 'address.keyed',
      personId: row.person_id,
      occurredAt: now,
      actor: systemActor('addresses'),
      payload: { addressId: row.id, normaliserVersion: NORMALISER_VERSION },
    },
  ]
}
