// Makes the keys of addresses on file again after the normaliser has changed, in the background; what differs is an event.
import { z } from 'zod'
import { type NewEvent, systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { logText } from '../lib/errors.ts'
import { lockSetting, readSetting, saveSetting } from '../lib/settings.ts'
import type { Clock } from '../ports.ts'
import { NORMALISER_VERSION, storedKeys } from './keys.ts'
import { linkedKeys } from './one-door.ts'
import { type AddressVersion, addressOf, knownKeys } from './versions.ts'

const SETTING = 'addresses keyed'
/** So many addresses are read in one transaction: some milliseconds, so that nothing else waits. */
const BATCH = 200

const walkSchema = z.object({ version: z.number(), after: z.string(), isDone: z.boolean() })
type Walk = z.infer<typeof walkSchema>
const walkOf = (value: unknown): Walk | null => walkSchema.nullable().parse(value ?? null)

interface Keying {
  db: Db
  clock: Clock
  log: { error(message: string): void }
}

/** Makes again what an older normaliser made; returns when no such key is left. Several processes may call it. */
export async function rekeyAddresses(house: Keying): Promise<void> {
  const walk = walkOf(await readSetting(house.db, SETTING))
  if (isOver(walk)) return
  while (!(await house.db.transaction().execute((tx) => rekeySome(tx, house)))) {}
}

/** A process of a later release may walk already: its keys are not ours to make again. */
const isOver = (walk: Walk | null) =>
  walk !== null && (walk.version > NORMALISER_VERSION || (walk.version === NORMALISER_VERSION && walk.isDone))

async function rekeySome(tx: Tx, { clock, log }: Keying): Promise<boolean> {
  const now = clock()
  // One process walks at a time.
  const before = walkOf(await lockSetting(tx, SETTING))
  if (isOver(before)) return true
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
  for (const row of rows) {
    const keys = keysOf(row, log)
    if (keys !== null) events.push(...(await rekey(tx, now, row, keys)))
  }
  const isDone = rows.length < BATCH
  await saveSetting(tx, SETTING, {
    version: NORMALISER_VERSION,
    after: rows.at(-1)?.id ?? after,
    isDone,
  } satisfies Walk)
  await record(tx, now, events)
  return isDone
}

type Keys = ReturnType<typeof storedKeys>

/** An erased or withdrawn address has no lines to read: it keeps what it has, as does one that cannot be read. */
function keysOf(row: AddressVersion, log: Keying['log']): Keys | null {
  if (row.normaliser_version >= NORMALISER_VERSION || row.line1 === null || row.withdrawn_at !== null) return null
  try {
    return storedKeys(addressOf(row))
  } catch (error) {
    log.error(`${row.id} could not be keyed: ${logText(error)}`)
    return null
  }
}

async function rekey(tx: Tx, now: Date, row: AddressVersion, keys: Keys): Promise<NewEvent[]> {
  const linked = await linkedKeys(tx, addressOf(row), keys, row.id)
  const made = { ...keys, ...linked }
  await tx.updateTable('address_versions').set(made).where('id', '=', row.id).execute()
  const [is, was] = [knownKeys(made), knownKeys(row)]
  if (is.door === was.door && is.building === was.building) return []
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
