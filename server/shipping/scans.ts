// What a carrier reports of a parcel: scans, known by what they say, since carriers resend all of them each time.
import { createHash, randomBytes } from 'node:crypto'
import type { Insertable, Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent, Place } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import { regionCode } from '../lib/countries.ts'
import type { Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { ScansTable, ShipmentsTable } from '../lib/tables.ts'
import { DAY, fromWallClock, HOUR, plus } from '../lib/time.ts'
import type { NamedPlace, Places, ScanReport, TrackerReport } from '../ports.ts'
import { type Destination, destinationEvents, withMention } from './destination.ts'
import { signerEvents } from './name-checks.ts'
import { lockTrackingCode } from './shipments.ts'
import { countWordings, type Known, maskKnown, readAs } from './wordings.ts'

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
  const found =
    candidates.find((candidate) => candidate.tracker_id === report.trackerId) ??
    candidates.find((candidate) => !isRecycled(candidate, report))
  if (found === undefined)
    return { done: false, why: 'the tracking number was used for another parcel before or after ours', about }
  await lockSubjects(tx, { shipmentIds: [found.id] })
  // Read only now: another report may have been recorded while we waited for the lock.
  const shipment = await shipmentWithReceiver(tx, found.id)
  const receiver = receiverOf(shipment)
  const { events, confirmed } = await newScans(tx, act, shipment, { report, receiver })
  const bound = await noteTracker(tx, act, shipment, report)
  // The carrier's words may name the receiver: none of them comes back after their erasure.
  if (receiver.isErased) await forgetWords(tx, shipment.id)
  await record(tx, act.now, [...events, ...confirmed, ...bound])
  const signedBy = report.signedBy ?? shipment.signed_by
  // A report that brings neither a scan nor a name leaves what is said of the signer as it was.
  const isNews = events.length > 0 || report.signedBy !== shipment.signed_by
  if (signedBy !== null && isNews) await record(tx, act.now, await signerEvents(tx, act, shipment.id))
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

/** Whom a parcel is for, as far as it is needed to leave them out of what is counted. */
interface Receiver {
  isErased: boolean
  names: (string | null)[]
  streets: (string | null)[]
}

const shipmentWithReceiver = (tx: Tx, shipmentId: string) =>
  tx
    .selectFrom('shipments')
    .leftJoin('people', 'people.id', 'shipments.person_id')
    .leftJoin('address_versions', 'address_versions.id', 'shipments.address_version_id')
    .selectAll('shipments')
    .select(['people.name', 'people.erased_at', 'line1', 'line2'])
    .where('shipments.id', '=', shipmentId)
    .executeTakeFirstOrThrow()

function receiverOf(shipment: Awaited<ReturnType<typeof shipmentWithReceiver>>): Receiver {
  const { name, erased_at, addressee, signed_by, line1, line2 } = shipment
  return {
    isErased: erased_at !== null,
    names: [name, addressee, signed_by],
    // A street is also named without its number, which is masked wherever it stands.
    streets: [line1, line1?.replace(/^[\d\s]+|[\d\s]+$/g, '') ?? null, line2],
  }
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

/** By what a scan is known: two that say the same are one. */
export function scanKey(scan: ScanReport): string {
  const { city, region, postalCode, country } = scan.place
  const place = [city, region, postalCode, country].map((part) => (part ?? '').toLowerCase()).join('|')
  return createHash('sha256')
    .update(`${scan.at}\n${scan.status}\n${place}\n${normalised(scan.message)}`)
    .digest('base64url')
    .slice(0, 32)
}

interface Reported {
  report: TrackerReport
  receiver: Receiver
}

/** A scan that was not heard of before, with where and when it was. */
interface Fresh {
  key: string
  scan: ScanReport
  place: Place
  times: { at: Date; from: Date; to: Date }
}

/** Keeps the scans that are new, and marks those that the provider has said again. Events are the caller's to record. */
async function newScans(
  tx: Tx,
  act: Act,
  shipment: Shipment,
  reported: Reported,
): Promise<{ events: NewEvent[]; confirmed: NewEvent[] }> {
  const { fresh, again } = await sortScans(tx, act, shipment, reported.report)
  const wordings = reported.receiver.isErased ? new Map<Fresh, Known>() : await countFresh(tx, act, fresh, reported)
  const kept = fresh.map((one) => keptScan(act, shipment, { ...one, ...reported, known: wordings.get(one) }))
  if (kept.length > 0)
    await tx
      .insertInto('scans')
      .values(kept.map(({ row }) => row))
      .execute()
  return { events: kept.map(({ event }) => event), confirmed: await confirmScans(tx, act, shipment, again) }
}

/** Which scans of a report are new, and which of the old ones the provider was asked about. */
async function sortScans(
  tx: Tx,
  act: Act,
  shipment: Shipment,
  report: TrackerReport,
): Promise<{ fresh: Fresh[]; again: string[] }> {
  const stored = await tx.selectFrom('scans').select('scan_key').where('shipment_id', '=', shipment.id).execute()
  const known = new Set(stored.map((row) => row.scan_key))
  const fresh: Fresh[] = []
  const again: string[] = []
  let zone: string | null = null
  for (const scan of report.scans) {
    const place = placeOf(act.world.places, scan.place)
    const isComplete = place.circle !== null && scan.place.country !== null
    zone = (isComplete && place.circle ? act.world.places.timeZoneAt(place.circle) : null) ?? zone
    const key = scanKey(scan)
    const times = timesOf(scan.at, zone, isComplete)
    if (known.has(key) && scan.confirmed) again.push(key)
    if (known.has(key) || times === null) continue
    known.add(key)
    fresh.push({ key, scan, place, times })
  }
  return { fresh, again }
}

/** Counts the wordings that no row of the carriers' tables knows, without what they say of this parcel's people and places. */
async function countFresh(
  tx: Tx,
  act: Act,
  fresh: Fresh[],
  { report, receiver }: Reported,
): Promise<Map<Fresh, Known>> {
  const masked = fresh.flatMap((one) => {
    if (one.scan.unknownWording === undefined) return []
    const wording = maskKnown(one.scan.unknownWording, {
      names: [...receiver.names, report.signedBy],
      phrases: [...receiver.streets, one.scan.place.city, report.destination?.city ?? null],
    })
    return [{ one, wording, status: one.scan.status }]
  })
  const known = await countWordings(tx, act, report.family ?? report.carrier.toLowerCase(), masked)
  return new Map(masked.map(({ one, wording }) => [one, known.get(wording)!]))
}

/** What is kept of a new scan: its row with the carrier's words, and the event that commits to them. */
function keptScan(
  act: Act,
  shipment: Shipment,
  { key, scan, place, times, report, known }: Fresh & Reported & { known: Known | undefined },
): { row: Insertable<ScansTable>; event: NewEvent } {
  const scanId = newId('scn')
  const salt = randomBytes(16)
  const wordsDigest = createHash('sha256')
    .update(salt)
    .update(JSON.stringify([scan.message, scan.place.postalCode]))
    .digest('hex')
  const confirmed = scan.confirmed === true
  const row = {
    id: scanId,
    shipment_id: shipment.id,
    scan_key: key,
    at: times.at,
    message: scan.message,
    postal_code: scan.place.postalCode,
    carrier: report.carrier,
    salt,
    wording_id: known?.id ?? null,
    confirmed_at: confirmed ? act.now : null,
  }
  const event: NewEvent = {
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
      reading: known?.reading ? readAs(known.reading, scan.status) : scan.reading,
      place,
      from: times.from.toISOString(),
      to: times.to.toISOString(),
      wordsDigest,
      confirmed,
    },
  }
  return { row, event }
}

/** The provider was asked, and said the same: each scan is marked once. */
async function confirmScans(tx: Tx, act: Act, shipment: Shipment, keys: string[]): Promise<NewEvent[]> {
  if (keys.length === 0) return []
  const rows = await tx
    .updateTable('scans')
    .set({ confirmed_at: act.now })
    .where('shipment_id', '=', shipment.id)
    .where('scan_key', 'in', keys)
    .where('confirmed_at', 'is', null)
    .returning(['id', 'at'])
    .execute()
  return rows.map(({ id, at }) => ({
    kind: 'shipment.scan_confirmed',
    shipmentId: shipment.id,
    personId: shipment.person_id,
    occurredAt: at,
    actor: act.actor,
    payload: { scanId: id },
  }))
}

/**
 * A carrier's place with the point we take for it. A country that is not said is taken from a US state beside a ZIP code,
 * as the US post mostly names its places (wire formats 1.4), and from nothing less.
 */
export function placeOf(places: Places, named: NamedPlace): Place {
  const country = places.countryCode(named.country) ?? (named.country === null && isInUs(named) ? 'US' : null)
  return {
    city: named.city,
    region: named.region,
    country,
    circle: places.locateCity({ city: named.city, region: named.region, country }),
  }
}

const isInUs = ({ region, postalCode }: NamedPlace): boolean =>
  regionCode('US', region) !== null && /^\d{5}(-\d{4})?$/.test(postalCode?.trim() ?? '')

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

/** Binds the tracker to the shipment and notes who signed and where the carrier says it goes: the newest report's word stands. */
async function noteTracker(tx: Tx, act: Act, shipment: Shipment, report: TrackerReport): Promise<NewEvent[]> {
  const reportedAt = report.updatedAt === null ? act.now : new Date(report.updatedAt)
  const destination =
    report.destination === null
      ? null
      : withMention(shipment.destination as Destination | null, {
          at: reportedAt.toISOString(),
          place: placeOf(act.world.places, report.destination),
        })
  await tx
    .updateTable('shipments')
    .set({
      tracker_id: report.trackerId,
      tracked_at: act.now,
      ...(isNewSigner(shipment, report, reportedAt)
        ? { signed_by: report.signedBy, signed_reported_at: reportedAt }
        : {}),
      ...(destination === null ? {} : { destination: JSON.stringify(destination) }),
    })
    .where('id', '=', shipment.id)
    .execute()
  return destination === null ? [] : destinationEvents(tx, act, shipment, destination.said)
}

/** Two names of one moment are told apart by their letters, so that the order of reports never counts. */
function isNewSigner(shipment: Shipment, { signedBy }: TrackerReport, at: Date): boolean {
  if (signedBy === null) return false
  const was = shipment.signed_reported_at
  if (shipment.signed_by === null || was === null || at > was) return true
  return at.getTime() === was.getTime() && signedBy > shipment.signed_by
}
