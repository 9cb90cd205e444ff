// Scans that weigh are read back: what the provider itself says of a parcel, against what we were told (DESIGN 11).
import { sql } from 'kysely'
import type { Payload } from '../custody/events.ts'
import type { Db, Tx } from '../lib/database.ts'
import type { Reading, TrackerReport } from '../ports.ts'
import { scanKey } from './scans.ts'

/** Whether a reading alone may clear a finding or cause a hold. */
export function weighs(reading: Reading): boolean {
  switch (reading.is) {
    case 'delivered':
    case 'returned':
    case 'delivery change':
    case 'forwarded':
    case 'address corrected':
    case 'lost':
      return true
    case 'held':
      return reading.at !== 'carrier'
    case 'created':
    case 'accepted':
    case 'moving':
    case 'out':
    case 'attempted':
    case 'damaged':
    case 'customs':
    case 'cannot tell':
      return false
    default:
      return reading satisfies never
  }
}

/** A report of the provider's own answer: it stands by every scan in it. */
export const standingBy = (answer: TrackerReport): TrackerReport => ({
  ...answer,
  scans: answer.scans.map((scan) => ({ ...scan, confirmed: true })),
})

/** Whether an answer is of the parcel that a report is about. */
export const isOfSameParcel = (answer: TrackerReport, trackingCode: string): boolean =>
  answer.trackingCode.toUpperCase() === trackingCode.toUpperCase()

/**
 * Whether what a report says anew is worth a question to the provider: it weighs, or a finding stands that it may clear.
 * False for parcels nobody here knows, and for test mode.
 */
export async function isWorthAsking(db: Db, report: TrackerReport): Promise<boolean> {
  if (report.mode === 'test') return false
  const shipments = await db
    .selectFrom('shipments')
    .select('id')
    .where((eb) => eb(eb.fn('upper', ['tracking_code']), '=', report.trackingCode.toUpperCase()))
    .where('withdrawn_at', 'is', null)
    .execute()
  if (shipments.length === 0) return false
  const ids = shipments.map((row) => row.id)
  const stored = await db.selectFrom('scans').select('scan_key').where('shipment_id', 'in', ids).execute()
  const known = new Set(stored.map((row) => row.scan_key))
  const news = report.scans.filter((scan) => !known.has(scanKey(scan)))
  return news.some((scan) => weighs(scan.reading)) || (news.length > 0 && (await hasFinding(db, ids)))
}

async function hasFinding(db: Db | Tx, shipmentIds: string[]): Promise<boolean> {
  const found = await db
    .selectFrom('findings')
    .innerJoin('shipment_devices', 'shipment_devices.device_id', 'findings.device_id')
    .select('findings.id')
    .where('shipment_devices.shipment_id', 'in', shipmentIds)
    .where('findings.status', '=', 'active')
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** Whether something that weighs is only claimed so far: told to us, and not said by the provider when it was asked. */
export async function hasUnconfirmed(db: Db | Tx, shipmentId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('scans')
    .innerJoin('ledger', (join) =>
      join
        .onRef('ledger.shipment_id', '=', 'scans.shipment_id')
        .on('ledger.kind', '=', 'shipment.scanned')
        .on(sql`ledger.payload->>'scanId'`, '=', sql`scans.id`),
    )
    .select('ledger.payload')
    .where('scans.shipment_id', '=', shipmentId)
    .where('scans.confirmed_at', 'is', null)
    .execute()
  return rows.some(({ payload }) => payload !== null && weighs((payload as Payload<'shipment.scanned'>).reading))
}
