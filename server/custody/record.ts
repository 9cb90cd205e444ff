// Records facts and brings the folded state of what they touch up to date, in one transaction.
import { sql } from 'kysely'
import { oneOf, type Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { LedgerEvent, NewEvent } from './events.ts'
import { append, eventColumns, toEvent } from './ledger.ts'
import { deviceKinds, foldDevice, foldShipment, type ShipmentState } from './state.ts'

/**
 * Locks the rows of what a verb is about to touch, so that two verbs never wait for each other: devices, those of the
 * parcels among them, then the parcels, each in id order. Whoever only refers to such a row waits for nobody. Returns the
 * devices that it locked.
 */
export async function lockSubjects(
  tx: Tx,
  input: { deviceIds?: Iterable<string>; shipmentIds?: Iterable<string> },
): Promise<string[]> {
  const shipmentIds = [...new Set(input.shipmentIds)]
  const deviceIds = [...new Set(input.deviceIds)]
  if (shipmentIds.length + deviceIds.length === 0) return []
  const carried = sql`array(select device_id from shipment_devices where shipment_id = ${oneOf(shipmentIds)})`
  const locked = await tx
    .selectFrom('devices')
    .select('id')
    .where('id', '=', sql<string>`any (${deviceIds}::text[] || ${carried})`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  if (shipmentIds.length > 0)
    await tx
      .selectFrom('shipments')
      .select('id')
      .where('id', '=', oneOf(shipmentIds))
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
  return locked.map((row) => row.id)
}

// A changed facet moves nobody by itself: where it could, a `device.checked_in` stands beside it.
const moving = new Set<string>([
  ...deviceKinds.filter((kind) => kind !== 'checkin.changed'),
  'shipment.held',
  'shipment.released',
])

/** Appends the events and refolds every device and shipment that they move. Returns them with their numbers. */
export async function record(tx: Tx, now: Date, events: NewEvent[]): Promise<LedgerEvent[]> {
  const deviceIds = new Set<string>()
  const shipmentIds = new Set<string>()
  for (const event of events) {
    if (!moving.has(event.kind)) continue
    if (event.deviceId) deviceIds.add(event.deviceId)
    if (event.shipmentId) shipmentIds.add(event.shipmentId)
  }
  // Every row that is refolded below is locked before the ledger is, or two writers wait for each other.
  const moved = await lockSubjects(tx, { deviceIds, shipmentIds })
  const recorded = await append(tx, now, events)
  for (const id of shipmentIds) await refoldShipment(tx, id)
  await refoldDevices(tx, moved)
  return recorded
}

/** The events that move each of these devices: their own, and those of every parcel they were in that still counts. */
async function loadChains(tx: Tx, deviceIds: string[]): Promise<Map<string, LedgerEvent[]>> {
  const carried = await tx
    .selectFrom('shipment_devices')
    .innerJoin('shipments', 'shipments.id', 'shipment_devices.shipment_id')
    .select(['device_id', 'shipment_id', 'withdrawn_at'])
    .where('device_id', '=', oneOf(deviceIds))
    .execute()
  const gone = new Set(carried.filter((row) => row.withdrawn_at !== null).map((row) => row.shipment_id))
  const inParcel = Map.groupBy(carried, (row) => row.shipment_id)
  const ids = sql`${deviceIds}::text[]`
  const rows = await tx
    .selectFrom('ledger')
    .select(['seq', 'kind', 'person_id', 'shipment_id', 'case_id', 'occurred_at', 'recorded_at', 'actor'])
    // What was recorded of a record that was merged since is the kept one's.
    .select(
      sql<string | null>`case when device_id = any (${ids}) then device_id
        else coalesce((select merged_into from devices where id = device_id), device_id) end`.as('device_id'),
    )
    // Of a changed facet only the time matters here, and its payload may be large.
    .select(sql<unknown>`case when kind = 'checkin.changed' then null else payload end`.as('payload'))
    .where((eb) =>
      eb.or([
        eb(
          'device_id',
          '=',
          sql<string>`any (${ids} || array(select id from devices where merged_into = any (${ids})))`,
        ),
        eb('shipment_id', '=', oneOf([...inParcel.keys()])),
      ]),
    )
    .where('kind', 'in', deviceKinds)
    .execute()
  const chains = new Map<string, LedgerEvent[]>(deviceIds.map((id) => [id, []]))
  const undone = await undoneOf(tx, rows)
  for (const event of rows.map(toEvent)) {
    if (undone.has(event.seq)) continue
    if (event.shipmentId !== null && gone.has(event.shipmentId)) continue
    const within = event.shipmentId === null ? [] : (inParcel.get(event.shipmentId) ?? [])
    const concerned = new Set([
      ...(event.deviceId === null ? [] : [event.deviceId]),
      ...within.map((row) => row.device_id),
    ])
    for (const id of concerned) chains.get(id)?.push(event)
  }
  return chains
}

/** Check-ins that a source told of another machine, where such a match was undone. */
async function undoneOf(tx: Tx, rows: { kind: string; device_id: string | null }[]): Promise<Set<number>> {
  const deviceIds = rows.filter((row) => row.kind === 'device.match_undone').map((row) => row.device_id)
  if (deviceIds.length === 0) return new Set()
  const wrong = await sql<{ seq: number }>`
    select told.seq from ledger u join ledger told
      on told.device_id = any (array(select id from devices where id = u.device_id or merged_into = u.device_id))
    where u.device_id = any (${deviceIds}::text[]) and u.kind = 'device.match_undone'
      and told.kind in ('device.checked_in', 'checkin.changed') and told.seq < u.seq
      and told.payload->>'source' = u.payload->>'source' and told.occurred_at >= (u.payload->>'since')::timestamptz`.execute(
    tx,
  )
  return new Set(wrong.rows.map((row) => row.seq))
}

/** Folds devices anew and keeps their state, in three statements however many there are. */
export async function refoldDevices(tx: Tx, deviceIds: string[]): Promise<void> {
  if (deviceIds.length === 0) return
  const states = [...(await loadChains(tx, deviceIds))].map(([id, chain]) => ({ id, state: foldDevice(chain, id) }))
  await sql`
    update devices as d set
      life_cycle = f.life_cycle, holder_kind = f.holder_kind, holder_id = f.holder_id, assignee_id = f.assignee_id,
      state = f.state::jsonb
    from unnest(
      ${states.map(({ id }) => id)}::text[], ${states.map(({ state }) => state.lifeCycle)}::text[],
      ${states.map(({ state }) => state.holder.kind)}::text[],
      ${states.map(({ state }) => (state.holder.kind === 'person' ? state.holder.personId : null))}::text[],
      ${states.map(({ state }) => state.assigneeId)}::text[], ${states.map(({ state }) => JSON.stringify(state))}::text[]
    ) as f (id, life_cycle, holder_kind, holder_id, assignee_id, state)
    where d.id = f.id`.execute(tx)
}

export async function refoldShipment(tx: Tx, shipmentId: string): Promise<ShipmentState> {
  const rows = await tx.selectFrom('ledger').select(eventColumns).where('shipment_id', '=', shipmentId).execute()
  const state = foldShipment(rows.map(toEvent))
  const date = (iso: string | null) => (iso === null ? null : new Date(iso))
  await tx
    .updateTable('shipments')
    .set({
      status: state.status,
      shipped_at: date(state.shippedAt),
      first_scan_at: date(state.firstScanAt),
      delivered_at: date(state.deliveredAt),
      held_at: state.held === null ? null : new Date(state.held.at),
      state: JSON.stringify(state),
    })
    .where('id', '=', shipmentId)
    .execute()
  return state
}

/** Keeps free text by reference, so that the ledger holds none and erasure finds it. Returns its id. */
export async function keepNote(tx: Tx, now: Date, text: string, caseId: string | null = null): Promise<string> {
  const id = newId('cmt')
  await tx.insertInto('notes').values({ id, text, written_at: now, case_id: caseId }).execute()
  return id
}
