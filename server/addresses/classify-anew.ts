// Reads the addresses on file anew after the list of places has changed, in the background; what differs is an event.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { World } from '../custody/act.ts'
import { type NewEvent, systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { logText } from '../lib/errors.ts'
import { lockSetting, readSetting, saveSetting } from '../lib/settings.ts'
import type { AddressClass, Clock } from '../ports.ts'
import type { KnownPlaces } from './company-places.ts'
import { NORMALISER_VERSION } from './keys.ts'
import type { KnownPlace } from './known-places.ts'
import { type AddressVersion, addressOf } from './versions.ts'

/** Raised whenever the same list may read an address otherwise than before. */
const CLASSIFIER_VERSION = 2

const SETTING = 'known places read'
/** So many addresses are read in one transaction: some milliseconds, so that nothing else waits. */
const BATCH = 200

const walkSchema = z.object({
  /** The list that the addresses are read by, and how far that is. */
  version: z.string(),
  after: z.string().nullable(),
  isDone: z.boolean(),
  looked: z.number(),
  changed: z.number(),
})
export type Walk = z.infer<typeof walkSchema>
const walkOf = (value: unknown): Walk | null => walkSchema.nullable().parse(value ?? null)

/** How far the addresses on file are read by the newest list; null before the first time. */
export async function readWalk(db: Db | Tx): Promise<Walk | null> {
  return walkOf(await readSetting(db, SETTING))
}

const versions = new WeakMap<readonly KnownPlace[], string>()

function versionOf(places: readonly KnownPlace[]): string {
  const known = versions.get(places)
  if (known) return known
  const version = createHash('sha256')
    .update(JSON.stringify([CLASSIFIER_VERSION, NORMALISER_VERSION, places]))
    .digest('base64url')
  versions.set(places, version)
  return version
}

interface Reading {
  db: Db
  clock: Clock
  world: World
  knownPlaces: KnownPlaces
  log: { error(message: string): void }
}

/** Reads what is left to read; returns when all of it is read by the list as it is then. */
export async function classifyAnew(house: Reading): Promise<void> {
  do {
    // Anew for each step: two processes with two lists would else begin again from the start for ever.
    await house.knownPlaces.refresh(house.db)
  } while (!(await house.db.transaction().execute((tx) => readSome(tx, house))))
}

async function readSome(tx: Tx, house: Reading): Promise<boolean> {
  const version = versionOf(house.knownPlaces.current())
  // One process reads at a time.
  const before = walkOf(await lockSetting(tx, SETTING))
  if (before?.version === version && before.isDone) return true
  const walk = before?.version === version ? before : { version, after: null, isDone: false, looked: 0, changed: 0 }
  const rows = await tx
    .selectFrom('address_versions')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where('line1', 'is not', null)
    .$if(walk.after !== null, (query) => query.where('id', '>', walk.after))
    .orderBy('id')
    .limit(BATCH)
    .forUpdate()
    .execute()
  const events: NewEvent[] = []
  for (const row of rows) events.push(...(await readAnew(tx, house, row)))
  const isDone = rows.length < BATCH
  await saveSetting(tx, SETTING, {
    version,
    after: rows.at(-1)?.id ?? walk.after,
    isDone,
    looked: walk.looked + rows.length,
    changed: walk.changed + events.length,
  } satisfies Walk)
  await record(tx, house.clock(), events)
  return isDone
}

const isSame = (a: AddressClass, b: AddressClass) =>
  a.kind === b.kind && a.confidence === b.confidence && a.placeId === b.placeId && a.customerCode === b.customerCode

/** One that cannot be read keeps what it has. */
function classOf({ world, log }: Reading, row: AddressVersion): AddressClass {
  try {
    return world.classify(addressOf(row))
  } catch (error) {
    log.error(`${row.id} could not be classified: ${logText(error)}`)
    return row.class as AddressClass
  }
}

async function readAnew(tx: Tx, house: Reading, row: AddressVersion): Promise<NewEvent[]> {
  const now = classOf(house, row)
  const before = row.class as AddressClass
  if (isSame(now, before)) {
    if (now.why !== before.why) await saveClass(tx, row.id, now)
    return []
  }
  await saveClass(tx, row.id, now)
  if (row.first_class === null)
    await tx
      .updateTable('address_versions')
      .set({ first_class: JSON.stringify(before) })
      .where('id', '=', row.id)
      .execute()
  const { why: _, ...read } = now
  return [
    {
      kind: 'address.classified',
      personId: row.person_id,
      shipmentId: row.person_id === null ? await parcelTo(tx, row.id) : null,
      occurredAt: house.clock(),
      actor: systemActor('known places'),
      payload: { addressId: row.id, ...read },
    },
  ]
}

async function saveClass(tx: Tx, addressId: string, read: AddressClass): Promise<void> {
  await tx
    .updateTable('address_versions')
    .set({ class: JSON.stringify(read) })
    .where('id', '=', addressId)
    .execute()
}

/** The parcel that an address without a person came with. */
async function parcelTo(tx: Tx, addressId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('shipments')
    .select('id')
    .where('address_version_id', '=', addressId)
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? null
}
