// Packing by scan: the serial number on the laptop is one of its parcel's, or it does not go into the box.
import type { Act } from '../custody/act.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { ShipmentState } from '../custody/state.ts'
import { eventOfScan, readOneScanned } from '../devices/scanned.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { stoppable } from './holds.ts'
import type { Shipment } from './shipments.ts'

export interface PackInput {
  /** As it was read from the laptop. */
  serial: string
  /** The parcel being packed; without one, the parcel that waits for this laptop. */
  shipmentId?: string | undefined
  /** The scanning page's own id of the scan: the same again is the same scan. */
  scanId?: string | undefined
}

export interface Packed {
  is: 'packed' | 'already'
  deviceId: string
  shipmentId: string
  /** What people call the parcel; never whom it is for. */
  parcel: string
  packed: number
  of: number
}

/**
 * Puts one laptop into its box. The parcel counts as packed once all of its laptops were scanned. Throws 'not_found' for
 * a serial number that nobody here knows, and 'conflict' with what to do for a laptop that belongs elsewhere, and for a
 * parcel that is held.
 */
export async function packScanned(tx: Tx, act: Act, input: PackInput): Promise<Packed> {
  const device = await deviceOf(tx, input.serial)
  const repeated = input.scanId === undefined ? null : await scannedInto(tx, device.id, input.scanId)
  const parcels = await parcelsOf(tx, device.id)
  const found = parcels.find((one) => one.id === repeated) ?? waitingFor(parcels, device.shipmentId, input.shipmentId)
  await lockSubjects(tx, { shipmentIds: [found.id] })
  const row = await tx.selectFrom('shipments').selectAll().where('id', '=', found.id).executeTakeFirstOrThrow()
  const box = await boxOf(tx, row)
  const answer = { deviceId: device.id, shipmentId: row.id, parcel: nameOf(row), of: box.of }
  const already = box.packedIds.includes(device.id)
  if (already) return { ...answer, is: repeated === null ? 'already' : 'packed', packed: box.packedIds.length }
  // Locked only now: it may have left or been held meanwhile.
  if (!stoppable.includes(row.status))
    throw new AppError('conflict', `It has left already: ${nameOf(row)} is ${row.status}.`)
  if (row.held_at !== null)
    throw new AppError('conflict', `Put this laptop aside: ${nameOf(row)} is held until a second person releases it.`)
  await record(tx, act.now, [
    {
      kind: 'shipment.packed',
      shipmentId: row.id,
      deviceId: device.id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { deviceId: device.id, ...(input.scanId === undefined ? {} : { scanId: input.scanId }) },
    },
  ])
  return { ...answer, is: 'packed', packed: box.packedIds.length + 1 }
}

async function deviceOf(tx: Tx, text: string): Promise<{ id: string; shipmentId: string | null }> {
  const code = await readOneScanned(tx, text, 'serial')
  if (code.deviceId === null) throw new AppError('not_found', `No laptop on file has the serial number ${code.serial}.`)
  const row = await tx.selectFrom('devices').select('state').where('id', '=', code.deviceId).executeTakeFirstOrThrow()
  return { id: code.deviceId, shipmentId: (row.state as { shipmentId?: string | null }).shipmentId ?? null }
}

/** The parcels to somebody that this laptop is in, newest order first. */
async function parcelsOf(tx: Tx, deviceId: string): Promise<Shipment[]> {
  return tx
    .selectFrom('shipments')
    .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'shipments.id')
    .selectAll('shipments')
    .where('device_id', '=', deviceId)
    .where('direction', '=', 'out')
    .where('withdrawn_at', 'is', null)
    .orderBy('ordered_at', 'desc')
    .orderBy('shipments.id', 'desc')
    .execute()
}

/** The parcel that waits for it, or why there is none. A laptop ordered twice goes into the parcel of its last order. */
function waitingFor(parcels: Shipment[], orderedIn: string | null, packing: string | undefined): Shipment {
  const waiting = parcels.filter((one) => stoppable.includes(one.status))
  const own = waiting.find((one) => one.id === orderedIn) ?? waiting[0]
  if (own === undefined) {
    const left = parcels[0]
    throw new AppError(
      'conflict',
      left
        ? `No parcel waits for this laptop: it left with ${nameOf(left)}, which is ${left.status}.`
        : 'No parcel waits for this laptop. Put it aside, and look whether it was ordered.',
    )
  }
  if (packing !== undefined && own.id !== packing)
    throw new AppError('conflict', `This laptop belongs in ${nameOf(own)}, not in this parcel.`)
  return own
}

const nameOf = (row: Shipment) => `parcel ${row.reference ?? row.tracking_code ?? row.id}`

async function boxOf(tx: Tx, row: Shipment): Promise<{ packedIds: string[]; of: number }> {
  const devices = await tx
    .selectFrom('shipment_devices')
    .select('device_id')
    .where('shipment_id', '=', row.id)
    .execute()
  return { packedIds: (row.state as Partial<ShipmentState>).packedIds ?? [], of: devices.length }
}

/** The parcel that this very scan put it into. */
const scannedInto = async (tx: Tx, deviceId: string, scanId: string): Promise<string | null> =>
  (await eventOfScan(tx, { deviceId, kind: 'shipment.packed', scanId }))?.shipmentId ?? null
