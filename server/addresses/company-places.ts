// What the company makes of the list of known places: its own entries, ours corrected or switched off; the second person.
import { type Selectable, sql } from 'kysely'
import { requireSecondPerson } from '../access/second-person.ts'
import { announceSettings } from '../access/secrets.ts'
import type { Act } from '../custody/act.ts'
import { actorSchema, type NewEvent } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, faultsOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { PlacesTable } from '../lib/tables.ts'
import type { AddressClass, WrittenAddress } from '../ports.ts'
import { classifyAddress } from './classify.ts'
import { type KnownPlace, knownPlaceSchema, knownPlaces } from './known-places.ts'

export type PlaceRow = Selectable<PlacesTable>

/** An entry without its id, as a person writes it. */
export type PlaceEntry = Omit<KnownPlace, 'id'>

/** So many entries of its own a company may keep: all are held in memory. */
const COMPANY_PLACES_MAX = 5000

const ours = new Map(knownPlaces.map((place) => [place.id, place]))

/** The company's entries and its changes of ours, in the order they were made. */
export const companyPlaces = (db: Db | Tx): Promise<PlaceRow[]> =>
  db.selectFrom('places').selectAll().orderBy('set_at').orderBy('id').execute()

/**
 * The list in force: ours as corrected, without what is switched off, then the company's. Ours stand first, so that of
 * two that are equally sure the company's hides none.
 */
export function placesInForce(rows: readonly PlaceRow[]): KnownPlace[] {
  const changed = new Map(rows.map((row) => [row.id, row]))
  const entryOf = (row: PlaceRow | undefined) => (row?.entry ? knownPlaceSchema.parse(row.entry) : null)
  const kept = knownPlaces.flatMap((place) => {
    const row = changed.get(place.id)
    return row?.is_off ? [] : [entryOf(row) ?? place]
  })
  const added = rows.flatMap((row) => {
    const entry = ours.has(row.id) || row.is_off ? null : entryOf(row)
    return entry ? [entry] : []
  })
  return [...kept, ...added]
}

/** What one process knows of places: in memory, since every address that is saved is read by it. */
export interface KnownPlaces {
  current(): readonly KnownPlace[]
  classify(address: WrittenAddress): AddressClass
  /** Reads what the company made of the list, here or in another process. */
  refresh(db: Db): Promise<void>
}

export function createKnownPlaces(): KnownPlaces {
  let current: readonly KnownPlace[] = knownPlaces
  let written = '[]'
  return {
    current: () => current,
    classify: (address) => classifyAddress(address, current),
    async refresh(db) {
      const rows = await companyPlaces(db)
      // The same list stays the same array: what is indexed by it stays too.
      const now = JSON.stringify(rows)
      if (now !== written) current = placesInForce(rows)
      written = now
    },
  }
}

// ── Changes ────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether the change is in force, or waits for a second person. */
export interface PlaceChanged {
  placeId: string
  waits: boolean
}

interface Why {
  reason: string
}

/** An office takes addresses out of several rules, so it is the one kind that silences. */
const silences = (entry: PlaceEntry) => entry.kind === 'office'

/** Adds an entry of the company's own. It is in force at once; one that silences waits for a second person. */
export async function addPlace(tx: Tx, act: Act, input: { entry: PlaceEntry } & Why): Promise<PlaceChanged> {
  const [changed] = await addPlaces(tx, act, { entries: [input.entry], reason: input.reason })
  return changed!
}

/** `addPlace` of some entries for one reason: a file. At most 500 at a time. */
export async function addPlaces(tx: Tx, act: Act, input: { entries: PlaceEntry[] } & Why): Promise<PlaceChanged[]> {
  await refuseTooMany(tx, input.entries.length)
  const noteId = await keepNote(tx, act.now, input.reason)
  const added: { changed: PlaceChanged; event: NewEvent }[] = []
  for (const entry of input.entries) added.push(await insertPlace(tx, act, { entry, noteId }))
  await announceSettings(tx)
  await record(
    tx,
    act.now,
    added.map(({ event }) => event),
  )
  return added.map(({ changed }) => changed)
}

async function insertPlace(
  tx: Tx,
  act: Act,
  { entry: told, noteId }: { entry: PlaceEntry; noteId: string },
): Promise<{ changed: PlaceChanged; event: NewEvent }> {
  const id = newId('plc')
  const entry = readEntry(id, told)
  const waits = silences(entry)
  const row = { id, set_by: JSON.stringify(act.actor), set_at: act.now, note_id: noteId }
  const written = JSON.stringify(entry)
  await tx
    .insertInto('places')
    .values(waits ? { ...row, ...asking(act, { asked: 'add', entry, noteId }) } : { ...row, entry: written })
    .execute()
  const event = waits
    ? askedEvent(act, { placeId: id, change: 'add', noteId })
    : setEvent(act, { placeId: id, change: 'added', alone: false, noteId })
  return { changed: { placeId: id, waits }, event }
}

/** Asks to correct an entry, ours or the company's: what it says now holds until a second person confirms. */
export async function correctPlace(
  tx: Tx,
  act: Act,
  input: { placeId: string; entry: PlaceEntry } & Why,
): Promise<PlaceChanged> {
  const entry = readEntry(input.placeId, input.entry)
  return ask(tx, act, { placeId: input.placeId, change: 'correct', entry, reason: input.reason })
}

/** Asks to switch an entry off; it counts until a second person confirms. */
export async function switchOffPlace(tx: Tx, act: Act, input: { placeId: string } & Why): Promise<PlaceChanged> {
  return ask(tx, act, { placeId: input.placeId, change: 'switch off', entry: null, reason: input.reason })
}

async function ask(
  tx: Tx,
  act: Act,
  input: { placeId: string; change: 'correct' | 'switch off'; entry: KnownPlace | null } & Why,
): Promise<PlaceChanged> {
  const { placeId, change, entry } = input
  const row = await lockPlace(tx, act, { placeId, reason: input.reason })
  if (row.asked !== null)
    throw new AppError('conflict', `Somebody asked to ${row.asked} it already: confirm or refuse that first.`)
  if (row.is_off) throw new AppError('conflict', 'It is switched off: switch it on first.')
  const noteId = await keepNote(tx, act.now, input.reason)
  await tx
    .updateTable('places')
    .set(asking(act, { asked: change, entry, noteId }))
    .where('id', '=', placeId)
    .execute()
  await record(tx, act.now, [askedEvent(act, { placeId, change, noteId })])
  return { placeId, waits: true }
}

/** Switches an entry on again. */
export async function switchOnPlace(tx: Tx, act: Act, input: { placeId: string } & Why): Promise<PlaceChanged> {
  const row = await findPlace(tx, input.placeId)
  if (row === undefined || !row.is_off) throw new AppError('conflict', 'It is not switched off.')
  const noteId = await keepNote(tx, act.now, input.reason)
  await setPlace(tx, act, { id: row.id, is_off: false, note_id: noteId })
  await announce(tx, act, { placeId: row.id, change: 'switched on', alone: false, noteId })
  return { placeId: row.id, waits: false }
}

/** Confirms what somebody asked, as a second person to them and to whoever wrote the entry. */
export async function confirmPlace(tx: Tx, act: Act, input: { placeId: string } & Why): Promise<PlaceChanged> {
  const row = await findAsked(tx, input.placeId)
  const authors = await tx
    .selectFrom('ledger')
    .select('actor')
    .where('kind', 'in', ['place.set', 'place.asked'])
    .where(sql<string>`payload->>'placeId'`, '=', row.id)
    .execute()
  const { alone } = await requireSecondPerson(tx, act, {
    involved: authors.map(({ actor }) => actorSchema.parse(actor)),
    since: row.asked_at,
  })
  const noteId = await keepNote(tx, act.now, input.reason)
  const entry = row.asked === 'switch off' ? row.entry : row.asked_entry
  await setPlace(tx, act, {
    id: row.id,
    entry: entry === null ? null : JSON.stringify(entry),
    is_off: row.asked === 'switch off',
    note_id: noteId,
  })
  const change = ({ add: 'added', correct: 'corrected', 'switch off': 'switched off' } as const)[row.asked]
  await announce(tx, act, { placeId: row.id, change, alone, noteId })
  return { placeId: row.id, waits: false }
}

/** Refuses what somebody asked; one's own wish may be taken back so. An entry that was never in force goes. */
export async function refusePlace(tx: Tx, act: Act, input: { placeId: string } & Why): Promise<void> {
  const row = await findAsked(tx, input.placeId)
  const noteId = await keepNote(tx, act.now, input.reason)
  const wasNever = row.asked === 'add'
  if (wasNever) await tx.deleteFrom('places').where('id', '=', row.id).execute()
  else await tx.updateTable('places').set(nothingAsked).where('id', '=', row.id).execute()
  await record(tx, act.now, [
    { kind: 'place.refused', occurredAt: act.now, actor: act.actor, payload: { placeId: row.id, noteId } },
  ])
}

// ── Parts ──────────────────────────────────────────────────────────────────────────────────────────────────

function readEntry(id: string, entry: PlaceEntry): KnownPlace {
  const read = knownPlaceSchema.safeParse({ ...entry, id })
  if (read.success) return read.data
  const faults = faultsOf(read.error.issues)
  throw new AppError('invalid', faults.map(({ path, problem }) => `${path} ${problem}`).join('; '), faults)
}

async function refuseTooMany(tx: Tx, more: number): Promise<void> {
  const { count } = await tx
    .selectFrom('places')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (count + more > COMPANY_PLACES_MAX)
    throw new AppError('conflict', `At most ${COMPANY_PLACES_MAX} entries are kept: switch off what is not needed.`)
}

const findPlace = (tx: Tx, placeId: string): Promise<PlaceRow | undefined> =>
  tx.selectFrom('places').selectAll().where('id', '=', placeId).forUpdate().executeTakeFirst()

async function findAsked(tx: Tx, placeId: string) {
  const row = await findPlace(tx, placeId)
  const { asked, asked_at } = row ?? { asked: null, asked_at: null }
  if (row === undefined || asked === null || asked_at === null)
    throw new AppError('not_found', 'Nothing waits here: somebody may have confirmed or refused it.')
  return { ...row, asked, asked_at }
}

/** The row of an entry, locked; one of ours gets its row when it is first changed. */
async function lockPlace(tx: Tx, act: Act, input: { placeId: string } & Why): Promise<PlaceRow> {
  const row = await findPlace(tx, input.placeId)
  if (row) return row
  if (!ours.has(input.placeId)) throw new AppError('not_found', 'There is no such known place.')
  const noteId = await keepNote(tx, act.now, input.reason)
  await tx
    .insertInto('places')
    .values({ id: input.placeId, set_by: JSON.stringify(act.actor), set_at: act.now, note_id: noteId })
    .onConflict((oc) => oc.doNothing())
    .execute()
  return (await findPlace(tx, input.placeId))!
}

const nothingAsked = { asked: null, asked_entry: null, asked_by: null, asked_at: null, asked_note_id: null }

function asking(
  act: Act,
  { asked, entry, noteId }: { asked: NonNullable<PlaceRow['asked']>; entry: KnownPlace | null; noteId: string },
) {
  return {
    asked,
    asked_entry: entry === null ? null : JSON.stringify(entry),
    asked_by: JSON.stringify(act.actor),
    asked_at: act.now,
    asked_note_id: noteId,
  }
}

async function setPlace(
  tx: Tx,
  act: Act,
  { id, ...set }: { id: string; entry?: string | null; is_off: boolean; note_id: string },
): Promise<void> {
  await tx
    .updateTable('places')
    .set({ ...set, ...nothingAsked, set_by: JSON.stringify(act.actor), set_at: act.now })
    .where('id', '=', id)
    .execute()
}

const askedEvent = (
  act: Act,
  payload: { placeId: string; change: NonNullable<PlaceRow['asked']>; noteId: string },
): NewEvent => ({ kind: 'place.asked', occurredAt: act.now, actor: act.actor, payload })

const setEvent = (act: Act, payload: Extract<NewEvent, { kind: 'place.set' }>['payload']): NewEvent => ({
  kind: 'place.set',
  occurredAt: act.now,
  actor: act.actor,
  payload,
})

/** Records what is in force from now on, and has every process read it. */
async function announce(tx: Tx, act: Act, payload: Extract<NewEvent, { kind: 'place.set' }>['payload']): Promise<void> {
  await announceSettings(tx)
  await record(tx, act.now, [setEvent(act, payload)])
}
