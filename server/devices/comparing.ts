// Compares our records with what others tell of them: follows the ledger with its own cursor, so that facts come first.
import { sql } from 'kysely'
import type { Act, World } from '../custody/act.ts'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import { type NewEvent, systemActor } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { Clock } from '../ports.ts'
import { loadCompared, loadMisread } from './compared.ts'
import { type Compared, compare, type Difference } from './differences.ts'
import {
  type FieldOwner,
  type Mismatch,
  type MismatchField,
  readFieldOwners,
  type Sides,
  takeValue,
  toMismatch,
} from './mismatches.ts'

/** So many events are taken in one transaction. */
const BATCH = 500

const CURSOR = 'compare'

/** Compares every device that something recorded since the cursor bears on. Several processes may call it. */
export async function compareRecords(house: { db: Db; clock: Clock; world: World }): Promise<number> {
  let compared = 0
  for (;;) {
    const act = { now: house.clock(), actor: systemActor('comparison'), world: house.world }
    const batch = await house.db.transaction().execute((tx) => compareBatch(tx, act))
    compared += batch.devices
    if (batch.events < BATCH) return compared
  }
}

async function compareBatch(tx: Tx, act: Act): Promise<{ events: number; devices: number }> {
  const news = await loadNews(tx, await lockCursor(tx, CURSOR))
  const last = news.at(-1)
  if (last === undefined) return { events: 0, devices: 0 }
  const deviceIds = await concerned(tx, news)
  if (deviceIds.length > 0) await compareDevices(tx, act, deviceIds, swapsIn(news))
  await moveCursor(tx, CURSOR, last.seq)
  return { events: news.length, devices: deviceIds.length }
}

interface News {
  seq: number
  kind: string
  device_id: string | null
  person_id: string | null
  shipment_id: string | null
  by: string
  facet: string | null
  reading: string | null
  changes: { field: string; from: unknown; to: unknown }[] | null
}

async function loadNews(tx: Tx, after: number): Promise<News[]> {
  const rows = await sql<News>`
    select seq, kind, device_id, person_id, shipment_id, actor->>'type' as by,
      case when kind = 'checkin.changed' then payload->>'facet' end as facet,
      case when kind = 'shipment.scanned' then payload->'reading'->>'is' end as reading,
      case when kind = 'device.changed' then payload->'changes' end as changes
    from ledger where seq > ${after} order by seq limit ${BATCH}`.execute(tx)
  return rows.rows
}

function bearsOnDevice({ kind, facet }: News): boolean {
  if (kind === 'checkin.changed') return facet === 'hardware' || facet === 'identity'
  return kind.startsWith('device.') && kind !== 'device.identity_doubted'
}

const bearsOnParcel = ({ kind, reading }: News) =>
  kind === 'shipment.scanned' ? reading === 'delivered' : kind === 'shipment.ordered' || kind === 'shipment.changed'

const bearsOnPerson = ({ kind }: News) => kind.startsWith('address.') || kind.startsWith('person.')

async function concerned(tx: Tx, news: News[]): Promise<string[]> {
  const ids = (bears: (one: News) => boolean, pick: (one: News) => string | null) => [
    ...new Set(news.filter(bears).flatMap((one) => pick(one) ?? [])),
  ]
  const deviceIds = ids(bearsOnDevice, (one) => one.device_id)
  const shipmentIds = ids(bearsOnParcel, (one) => one.shipment_id)
  const personIds = ids(bearsOnPerson, (one) => one.person_id)
  if (deviceIds.length + shipmentIds.length + personIds.length === 0) return []
  const rows = await sql<{ id: string }>`
    select id from devices where withdrawn_at is null and (
      id = any (${deviceIds}::text[] || array(select device_id from shipment_devices where shipment_id = any (${shipmentIds}::text[])))
      or assignee_id = any (${personIds}::text[]))
    order by id`.execute(tx)
  return rows.rows.map((row) => row.id)
}

/** The UUID that each device had before sources told of another one. What a person wrote is no swap. */
function swapsIn(news: News[]): Map<string, string> {
  const before = new Map<string, string>()
  for (const { device_id: id, by, changes } of news)
    for (const { field, from } of changes ?? [])
      if (id !== null && by !== 'user' && field === 'hardware_uuid' && typeof from === 'string' && !before.has(id))
        before.set(id, from)
  return before
}

/** Compares some devices now, and keeps what differs. */
async function compareDevices(tx: Tx, act: Act, deviceIds: string[], swaps: Map<string, string>): Promise<void> {
  const mayBe = await loadMisread(tx, deviceIds)
  const all = [...new Set([...deviceIds, ...mayBe.map((one) => one.deviceId)])].sort()
  await lockSubjects(tx, { deviceIds: all })
  const owners = await readFieldOwners(tx)
  const known = Map.groupBy(await loadMismatches(tx, all), (one) => one.deviceId)
  const compared = await loadCompared(tx, all)
  const events: NewEvent[] = []
  for (const one of compared) {
    const mine = known.get(one.id) ?? []
    const vouched = mine.find((row) => row.status === 'open' && row.field === 'hardware_uuid')?.sides.ours?.value
    const facts: Compared = {
      ...one,
      hardwareUuid: vouched ?? (one.isKnown ? swaps.get(one.id) : undefined) ?? one.hardwareUuid,
      serials: mayBe.filter((other) => other.deviceId === one.id),
    }
    const { differences, takeOver } = compare(facts, owners)
    for (const { field, value } of takeOver) events.push(...(await takeValue(tx, act, one.id, field, value)))
    events.push(...(await keepDifferences(tx, act, { deviceId: one.id, differences, known: mine, owners })))
  }
  await record(tx, act.now, events)
}

async function loadMismatches(tx: Tx, deviceIds: string[]): Promise<Mismatch[]> {
  const rows = await tx
    .selectFrom('mismatches')
    .selectAll()
    .where((eb) => eb('device_id', '=', eb.fn.any(eb.val(deviceIds))))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toMismatch)
}

interface Kept {
  deviceId: string
  differences: Difference[]
  /** Of this device, newest first. */
  known: Mismatch[]
  owners: Record<MismatchField, FieldOwner>
}

/** Opens what is new, brings what is open up to date, and ends what agrees again. */
async function keepDifferences(tx: Tx, act: Act, { deviceId, differences, known, owners }: Kept): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  const about = { deviceId, occurredAt: act.now, actor: act.actor }
  const isOf = (one: { field: string; source: string }) => (row: Mismatch) =>
    row.field === one.field && row.source === one.source
  for (const one of differences) {
    const before = known.filter(isOf(one))
    const open = before.find((row) => row.status === 'open')
    if (open !== undefined) {
      await bringUpToDate(tx, act, open, one)
      continue
    }
    if (isOldNews(one, before, owners[one.field])) continue
    const id = newId('mis')
    await tx
      .insertInto('mismatches')
      .values({
        id,
        device_id: deviceId,
        person_id: one.personId,
        field: one.field,
        source: one.source,
        sides: JSON.stringify(one.sides),
        opened_at: act.now,
        last_seen_at: act.now,
      })
      .execute()
    const payload = { mismatchId: id, field: one.field, source: one.source }
    events.push({ ...about, kind: 'mismatch.opened', personId: one.personId, payload })
  }
  for (const row of known) {
    if (row.status !== 'open' || differences.some((one) => isOf(one)(row))) continue
    await tx.updateTable('mismatches').set({ status: 'gone', last_seen_at: act.now }).where('id', '=', row.id).execute()
    const payload = { mismatchId: row.id, field: row.field, source: row.source }
    events.push({ ...about, kind: 'mismatch.gone', personId: row.personId, payload })
  }
  return events
}

const valuesIn = (sides: Sides) =>
  JSON.stringify(
    Object.entries(sides)
      .map(([name, side]) => [name, side.value, side.personId])
      .sort(),
  )
const theirsIn = ({ ours: _, ...sides }: Sides) => valuesIn(sides)

/** What was settled is not asked again while it stays the same; where our word stands, no value is shown twice. */
function isOldNews(one: Difference, before: Mismatch[], owner: FieldOwner): boolean {
  const settled = before.find((row) => row.status === 'settled')
  if (settled !== undefined && valuesIn(settled.sides) === valuesIn(one.sides)) return true
  return owner === 'ours' && before.some((row) => theirsIn(row.sides) === theirsIn(one.sides))
}

async function bringUpToDate(tx: Tx, act: Act, open: Mismatch, one: Difference): Promise<void> {
  if (valuesIn(open.sides) === valuesIn(one.sides)) return
  await tx
    .updateTable('mismatches')
    .set({ sides: JSON.stringify(one.sides), person_id: one.personId, last_seen_at: act.now })
    .where('id', '=', open.id)
    .execute()
}
