// What a carrier reports of a parcel: scans, known by what they say, since carriers resend all of them each time.
import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent, Place } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { ShipmentsTable } from '../lib/tables.ts'
import { DAY, fromWallClock, HOUR, plus } from '../lib/time.ts'
import type { NamedPlace, Places, ScanReport, TrackerReport } from '../ports.ts'
import { lockTrackingCode } from './shipments.ts'

type Shipment = Selectable<ShipmentsTable>

/** Applied, or kept apart with the reason and the thing it waits for. */
export type TrackerOutcome = { done: true; scans: number } | { done: false; why: string; about: string | null }

/** Carriers reuse numbers: a tracker that ended this long before the order, or went on this long after the delivery, is another parcel's. */
const RECYCLED_BEFORE_MS = 14 * DAY
const RECYCLED_AFTER_MS = 60 * DAY
/** Where the zone of a carrier's time is not known, it may be off by as much as zones differ. Source: DESIGN 6.4. */
const ZONE_UNKNOWN_MS = 14 * HOUR

/** Records what is new in a tracker report. The same report again, or an older one, changes nothing. */
export async function recordTracker(tx: Tx, act: Act, report: TrackerReport): Promise<TrackerOutcome> {
  const about = report.trackingCode.toUpperCase()
  if (report.mode === 'test') return { done: false, why: 'test mode: never judged', about: null }
  let candidates = await shipmentsUnder(tx, about)
  if (candidates.length === 0) {
    await lockTrackingCode(tx, about)
    candidates = await shipmentsUnder(tx, about)
  }
  if (candidates.length === 0) return { done: false, why: 'no shipment here has this tracking number', about }
  const shipment =
    candidates.find((candidate) => candidate.tracker_id === report.trackerId) ??
    candidates.find((candidate) => !isRecycled(candidate, report))
  if (shipment === undefined)
    return { done: false, why: 'the tracking number was used for another parcel before or after ours', about }
  await lockSubjects(tx, { shipmentIds: [shipment.id] })
  const events = await newScans(tx, act, shipment, report)
  const bound = await noteTracker(tx, act, shipment, report)
  // The carrier's words may name the receiver: none of them comes back after their erasure.
  if (await isErased(tx, shipment.person_id)) await forgetWords(tx, shipment.id)
  if (bound) events.push(bound)
  await record(tx, act.now, events)
  return { done: true, scans: events.length }
}

const shipmentsUnder = (tx: Tx, trackingCode: string) =>
  tx
    .selectFrom('shipments')
    .selectAll()
    .where((eb) => eb(eb.fn('upper', ['tracking_code']), '=', trackingCode))
    .where('withdrawn_at', 'is', null)
    .orderBy('ordered_at', 'desc')
    .execute()

async function isErased(tx: Tx, personId: string | null): Promise<boolean> {
  if (personId === null) return false
  const row = await tx.selectFrom('people').select('erased_at').where('id', '=', personId).executeTakeFirst()
  return row?.erased_at != null
}

/** Takes the carrier's own words of a parcel away; what we read in them stays. */
async function forgetWords(tx: Tx, shipmentId: string): Promise<void> {
  await tx
    .updateTable('scans')
    .set({ message: null, postal_code: null })
    .where('shipment_id', '=', shipmentId)
    .execute()
  await tx.updateTable('shipments').set({ signed_by: null }).where('id', '=', shipmentId).execute()
}

function isRecycled(shipment: Shipment, report: TrackerReport): boolean {
  const times = report.scans.map((scan) => Date.parse(scan.at)).filter((time) => !Number.isNaN(time))
  if (times.length === 0) return false
  if (Math.max(...times) < shipment.ordered_at.getTime() - RECYCLED_BEFORE_MS) return true
  return shipment.delivered_at !== null && Math.min(...times) > shipment.delivered_at.getTime() + RECYCLED_AFTER_MS
}

/** White space and case do not make a new scan. */
const normalised = (message: string) => message.replace(/\s+/g, ' ').trim().toLowerCase()

function scanKey(scan: ScanReport): string {
  const { city, region, postalCode, country } = scan.place
  const place = [city, region, postalCode, country].map((part) => (part ?? '').toLowerCase()).join('|')
  return createHash('sha256')
    .update(`${scan.at}\n${scan.status}\n${place}\n${normalised(scan.message)}`)
    .digest('base64url')
    .slice(0, 32)
}

async function newScans(tx: Tx, act: Act, shipment: Shipment, report: TrackerReport): Promise<NewEvent[]> {
  const stored = await tx.selectFrom('scans').select('scan_key').where('shipment_id', '=', shipment.id).execute()
  const known = new Set(stored.map((row) => row.scan_key))
  const events: NewEvent[] = []
  let zone: string | null = null
  for (const scan of report.scans) {
    const place = placeOf(act.world.places, scan.place)
    const isComplete = place.circle !== null && scan.place.country !== null
    zone = (isComplete && place.circle ? act.world.places.timeZoneAt(place.circle) : null) ?? zone
    const key = scanKey(scan)
    const times = timesOf(scan.at, zone, isComplete)
    if (known.has(key) || times === null) continue
    known.add(key)
    const scanId = newId('scn')
    const salt = randomBytes(16)
    const wordsDigest = createHash('sha256')
      .update(salt)
      .update(JSON.stringify([scan.message, scan.place.postalCode]))
      .digest('hex')
    await tx
      .insertInto('scans')
      .values({
        id: scanId,
        shipment_id: shipment.id,
        scan_key: key,
        at: times.at,
        message: scan.message,
        postal_code: scan.place.postalCode,
        carrier: report.carrier,
        salt,
      })
      .execute()
    events.push({
      kind: 'shipment.scanned',
      shipmentId: shipment.id,
      personId: shipment.person_id,
      occurredAt: times.at,
      actor: act.actor,
      payload: {
        scanId,
        status: scan.status,
        statusDetail: scan.statusDetail,
        carrierCode: scan.carrierCode,
        reading: scan.reading,
        place,
        from: times.from.toISOString(),
        to: times.to.toISOString(),
        wordsDigest,
        confirmed: false,
      },
    })
  }
  return events
}

/** A carrier's place with the point we take for it. A country that is not said is taken from nowhere. */
export function placeOf(places: Places, named: NamedPlace): Place {
  const country = places.countryCode(named.country)
  return {
    city: named.city,
    region: named.region,
    country,
    circle: places.locateCity({ city: named.city, region: named.region, country }),
  }
}

/**
 * A carrier's time as an interval: with a complete place it is that place's local time though it is written as UTC
 * (wire formats 1.4); else the zone is unknown, and the zone of the scan before is our best guess for the order.
 */
function timesOf(written: string, zone: string | null, isComplete: boolean): { at: Date; from: Date; to: Date } | null {
  const wall = new Date(written)
  if (Number.isNaN(wall.getTime())) return null
  const isUtc = /(Z|[+-]00:?00)$/i.test(written)
  const at = zone !== null && isUtc ? fromWallClock(zone, wall) : wall
  if (isComplete || !isUtc) return { at, from: at, to: at }
  return { at, from: plus(wall, -ZONE_UNKNOWN_MS), to: plus(wall, ZONE_UNKNOWN_MS) }
}

/** Binds the tracker to the shipment and notes who signed and where the carrier says it goes. */
async function noteTracker(tx: Tx, act: Act, shipment: Shipment, report: TrackerReport): Promise<NewEvent | null> {
  const was = shipment.destination as (Place & { reportedAt: string }) | null
  const reportedAt = report.updatedAt ?? act.now.toISOString()
  const isNewer = was === null || reportedAt > was.reportedAt
  const to = report.destination === null ? null : placeOf(act.world.places, report.destination)
  const isOther =
    was !== null &&
    to !== null &&
    (normalised(was.city ?? '') !== normalised(to.city ?? '') || was.region !== to.region)
  await tx
    .updateTable('shipments')
    .set({
      tracker_id: report.trackerId,
      ...(report.signedBy === null ? {} : { signed_by: report.signedBy }),
      ...(to !== null && isNewer ? { destination: JSON.stringify({ ...to, reportedAt }) } : {}),
    })
    .where('id', '=', shipment.id)
    .execute()
  if (!isOther || !isNewer || was === null || to === null) return null
  const { reportedAt: _, ...from } = was
  return {
    kind: 'shipment.destination_changed',
    shipmentId: shipment.id,
    personId: shipment.person_id,
    occurredAt: new Date(reportedAt),
    actor: act.actor,
    payload: { from, to },
  }
}
