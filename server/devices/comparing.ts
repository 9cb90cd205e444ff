// Compares our records with what others tell of them: follows the ledger with its own cursor, so that facts come first.
import { sql } from 'kysely'
import type { Act, World } from '../custody/act.ts'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import { type NewEvent, systemActor } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { DeviceState } from '../custody/state.ts'
import type { Db, Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { Clock } from '../ports.ts'
import { type Compared, compare, type Difference, lookAlikes, type PlaceTold, type Told } from './differences.ts'
import { normaliseUuid } from './identity.ts'
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

// ── What is compared ───────────────────────────────────────────────────────────────────────────────────────

const inHand = ['delivered', 'accepted', 'checked in', 'in service']

type Loaded = Omit<Compared, 'serials'> & { isKnown: boolean }

async function loadCompared(tx: Tx, deviceIds: string[]): Promise<Loaded[]> {
  const devices = await tx
    .selectFrom('devices')
    .select(['id', 'known', 'asset_tag', 'model', 'hardware_uuid', 'life_cycle', 'assignee_id', 'state'])
    .select(
      sql<Date | null>`(select max(occurred_at) from ledger l where l.device_id = devices.id
        and l.kind in ('device.registered', 'device.changed'))`.as('written_at'),
    )
    .where((eb) => eb('id', '=', eb.fn.any(eb.val(deviceIds))))
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .execute()
  const told = Map.groupBy(await loadTold(tx, deviceIds), (row) => row.deviceId)
  const shipmentIds = devices.flatMap((row) => (row.state as Partial<DeviceState>).shipmentId ?? [])
  const delivered = await loadDelivered(tx, shipmentIds)
  const homes = await loadHomes(tx, [...new Set(devices.flatMap((row) => row.assignee_id ?? []))])
  return devices.map((row) => {
    const state = row.state as Partial<DeviceState>
    const isWithAssignee = inHand.includes(row.life_cycle)
    return {
      id: row.id,
      isKnown: row.known,
      assetTag: row.asset_tag,
      model: row.model,
      hardwareUuid: row.hardware_uuid,
      assigneeId: row.assignee_id,
      assignedAt: state.assignedAt ?? null,
      isWithAssignee,
      writtenAt: row.written_at?.toISOString() ?? null,
      told: told.get(row.id) ?? [],
      home: (isWithAssignee && homes.get(row.assignee_id ?? '')) || null,
      delivered: (isWithAssignee && state.isReturn !== true && delivered.get(state.shipmentId ?? '')) || null,
    }
  })
}

async function loadTold(tx: Tx, deviceIds: string[]): Promise<(Told & { deviceId: string })[]> {
  const rows = await sql<{
    device_id: string
    source: string
    proof: string
    last_at: Date
    uuid: string | null
    model: string | null
    tag: string | null
    person_id: string | null
    at: Date
  }>`
    select f.device_id, f.source, newest.proof, newest.last_at,
      max(f.content->>'hardwareUuid') as uuid, max(f.content->>'model') as model, max(f.content->>'assetTag') as tag,
      max(p.id) as person_id, max(f.at) as at
    from facets f
    cross join lateral (
      select last_at, proof from presence where device_id = f.device_id and source = f.source order by day desc limit 1
    ) as newest
    left join people p on lower(p.email) = lower(f.private->>'userEmail') and p.withdrawn_at is null
    where f.device_id = any (${deviceIds}::text[]) and f.facet in ('hardware', 'identity')
    group by f.device_id, f.source, newest.proof, newest.last_at`.execute(tx)
  return rows.rows.map((row) => ({
    deviceId: row.device_id,
    source: row.source,
    proof: row.proof,
    lastSeenAt: row.last_at,
    hardwareUuid: normaliseUuid(row.uuid),
    model: row.model,
    assetTag: row.tag,
    personId: row.person_id,
    at: row.at,
  }))
}

/** Where each parcel came to, by the newest scan that says delivered. */
async function loadDelivered(tx: Tx, shipmentIds: string[]): Promise<Map<string, PlaceTold>> {
  const rows = await sql<{
    shipment_id: string
    occurred_at: Date
    place: Omit<PlaceTold, 'at' | 'label'>
    carrier: string | null
  }>`
    select distinct on (l.shipment_id) l.shipment_id, l.occurred_at, l.payload->'place' as place, s.carrier
    from ledger l join shipments s on s.id = l.shipment_id
    where l.shipment_id = any (${shipmentIds}::text[]) and l.kind = 'shipment.scanned'
      and l.payload->'reading'->>'is' = 'delivered' and s.withdrawn_at is null and s.direction = 'out'
    order by l.shipment_id, l.occurred_at desc, l.seq desc`.execute(tx)
  return new Map(
    rows.rows.map((row) => [row.shipment_id, { ...row.place, at: row.occurred_at, label: row.carrier }] as const),
  )
}

/** Where each person lives, by the newest home on file. */
async function loadHomes(tx: Tx, personIds: string[]): Promise<Map<string, PlaceTold>> {
  const rows = await tx
    .selectFrom('address_versions')
    .distinctOn('person_id')
    .select(['person_id', 'city', 'region', 'country', 'latitude', 'longitude', 'radius_km', 'valid_from', 'source'])
    .where((eb) => eb('person_id', '=', eb.fn.any(eb.val(personIds))))
    .where('use', '=', 'home')
    .where('withdrawn_at', 'is', null)
    .where('refused_at', 'is', null)
    .orderBy('person_id')
    .orderBy('valid_from', 'desc')
    .execute()
  return new Map(
    rows.map(({ person_id, city, region, country, latitude, longitude, radius_km, valid_from, source }) => {
      const circle = latitude === null || longitude === null ? null : { latitude, longitude, radiusKm: radius_km ?? 0 }
      return [person_id!, { city, region, country, circle, at: valid_from, label: source }] as const
    }),
  )
}

/**
 * Laptops of ours whose serial number somebody wrote down wrong: one that never reported, beside an unknown record whose
 * serial number looks like it, or that tells its asset tag. Both ways, whichever of the two is asked about.
 */
async function loadMisread(
  tx: Tx,
  deviceIds: string[],
): Promise<({ deviceId: string } & Compared['serials'][number])[]> {
  const asked = await tx
    .selectFrom('devices')
    .select(['serial_number', 'asset_tag'])
    .where((eb) => eb('id', '=', eb.fn.any(eb.val(deviceIds))))
    .where('withdrawn_at', 'is', null)
    .where('serial_number', 'is not', null)
    .where((eb) => eb.or([eb('known', '=', false), eb('proof', 'is', null)]))
    .execute()
  if (asked.length === 0) return []
  const serials = [...new Set(asked.flatMap((row) => [row.serial_number!, ...lookAlikes(row.serial_number!)]))]
  const rows = await sql<{ id: string; ours: string; theirs: string; source: string; at: Date; by_tag: boolean }>`
    with unknown as (
      select d.id, d.serial_number, f.source, f.at, max(lower(f.content->>'assetTag')) as tag
      from devices d join facets f on f.device_id = d.id
      where d.withdrawn_at is null and not d.known and not exists (select from shipment_devices where device_id = d.id) and (d.id = any (${deviceIds}::text[]) or d.serial_number = any (${serials}::text[]))
        and d.serial_number is not null
      group by d.id, d.serial_number, f.source, f.at
    )
    select distinct on (k.id, u.source) k.id, k.serial_number as ours, u.serial_number as theirs, u.source, u.at,
      coalesce(lower(k.asset_tag) = u.tag, false) as by_tag
    from unknown u join devices k on k.withdrawn_at is null and (k.known or exists (select from shipment_devices where device_id = k.id)) and k.proof is null and k.serial_number is not null
      and k.id <> u.id and (k.serial_number = any (${serials}::text[]) or lower(k.asset_tag) = u.tag)
    order by k.id, u.source, by_tag desc, u.at desc`.execute(tx)
  return rows.rows
    .filter((row) => row.by_tag || lookAlikes(row.theirs).includes(row.ours))
    .map(({ id, by_tag: _, ...one }) => ({ deviceId: id, ...one }))
}

// ── What is kept of it ─────────────────────────────────────────────────────────────────────────────────────

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
