// Records facts and brings the folded state of what they touch up to date, in one transaction.
import { sql } from 'kysely'
import type { Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { LedgerEvent, NewEvent } from './events.ts'
import { append, eventColumns, toEvent } from './ledger.ts'
import { type DeviceState, deviceKinds, foldDevice, foldShipment, type ShipmentState } from './state.ts'

/** As one parameter: a statement takes 65,535 of them, and an import that is undone may touch more things. */
const oneOf = (ids: string[]) => sql<string>`any (${ids}::text[])`

/**
 * Locks the rows of what a verb is about to touch, so that two verbs never wait for each other: devices, those of the
 * parcels among them, then the parcels, each in id order.
 */
export async function lockSubjects(
  tx: Tx,
  input: { deviceIds?: Iterable<string>; shipmentIds?: Iterable<string> },
): Promise<void> {
  const shipmentIds = [...new Set(input.shipmentIds)].sort()
  const carried =
    shipmentIds.length === 0
      ? []
      : await tx
          .selectFrom('shipment_devices')
          .select('device_id')
          .where('shipment_id', '=', oneOf(shipmentIds))
          .execute()
  const deviceIds = [...new Set([...(input.deviceIds ?? []), ...carried.map((row) => row.device_id)])].sort()
  if (deviceIds.length > 0)
    await tx.selectFrom('devices').select('id').where('id', '=', oneOf(deviceIds)).orderBy('id').forUpdate().execute()
  if (shipmentIds.length > 0)
    await tx
      .selectFrom('shipments')
      .select('id')
      .where('id', '=', oneOf(shipmentIds))
      .orderBy('id')
      .forUpdate()
      .execute()
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
  await lockSubjects(tx, { deviceIds, shipmentIds })
  const recorded = await append(tx, now, events)
  for (const id of shipmentIds) {
    const carried = await tx.selectFrom('shipment_devices').select('device_id').where('shipment_id', '=', id).execute()
    for (const row of carried) deviceIds.add(row.device_id)
    await refoldShipment(tx, id)
  }
  for (const id of deviceIds) await refoldDevice(tx, id)
  return recorded
}

/** The events that move one device: its own, and those of every parcel it was in. */
export async function loadDeviceChain(tx: Tx, deviceId: string): Promise<LedgerEvent[]> {
  const rows = await tx
    .selectFrom('ledger')
    .select(['seq', 'kind', 'device_id', 'person_id', 'shipment_id', 'case_id', 'occurred_at', 'recorded_at', 'actor'])
    // Of a changed facet only the time matters here, and its payload may be large.
    .select(sql<unknown>`case when kind = 'checkin.changed' then null else payload end`.as('payload'))
    .where((eb) =>
      eb.or([
        eb('device_id', '=', deviceId),
        eb(
          'shipment_id',
          'in',
          eb.selectFrom('shipment_devices').select('shipment_id').where('device_id', '=', deviceId),
        ),
      ]),
    )
    .where('kind', 'in', deviceKinds)
    .execute()
  return rows.map(toEvent)
}

export async function refoldDevice(tx: Tx, deviceId: string): Promise<DeviceState> {
  const withdrawn = await tx
    .selectFrom('shipments')
    .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'shipments.id')
    .select('shipments.id')
    .where('shipment_devices.device_id', '=', deviceId)
    .where('withdrawn_at', 'is not', null)
    .execute()
  const gone = new Set(withdrawn.map((row) => row.id))
  const state = foldDevice(
    (await loadDeviceChain(tx, deviceId)).filter((event) => event.shipmentId === null || !gone.has(event.shipmentId)),
    deviceId,
  )
  await tx
    .updateTable('devices')
    .set({
      life_cycle: state.lifeCycle,
      holder_kind: state.holder.kind,
      holder_id: state.holder.kind === 'person' ? state.holder.personId : null,
      assignee_id: state.assigneeId,
      state: JSON.stringify(state),
    })
    .where('id', '=', deviceId)
    .execute()
  return state
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
