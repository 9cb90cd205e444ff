// What a shipment's page shows of its scans: the carrier's words, our reading, place and times, and where it should have come.
import { destinationChanges } from '../custody/destinations.ts'
import type { LedgerEvent, Place } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { withReadings } from '../custody/state.ts'
import { tidyPlace } from '../detection/measure.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { Circle } from '../ports.ts'
import { nameText, readingInWords, toneOf } from './event-words.ts'

/** A place at city level: its name, and the circle we take for it. */
export interface MapPlace {
  name: string
  circle: Circle | null
}

/** City, region and country as they are written elsewhere; null where none is told. */
export const placeText = (place: Pick<Place, 'city' | 'region' | 'country'>): string | null => {
  const { city, region, country } = tidyPlace(place)
  return [city, region, country].filter(Boolean).join(', ') || null
}

const placeOf = (place: Place): MapPlace | null => {
  const name = placeText(place)
  return name === null ? null : { name, circle: place.circle }
}

const kinds = [
  'shipment.scanned',
  'shipment.reread',
  'shipment.scan_confirmed',
  'shipment.destination_changed',
  'shipment.signed',
  'shipment.addressee_compared',
] as const

/** The scans of one parcel, oldest first, with what stands of them now. */
export async function readScans(db: Db, shipmentId: string) {
  const shipment = await db
    .selectFrom('shipments')
    .leftJoin('address_versions', 'address_versions.id', 'shipments.address_version_id')
    .select(['direction', 'city', 'region', 'country', 'latitude', 'longitude', 'radius_km'])
    .select('address_versions.person_id as owner_id')
    .where('shipments.id', '=', shipmentId)
    .where('shipments.withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (shipment === undefined) throw new AppError('not_found', 'There is no such shipment.')
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('shipment_id', '=', shipmentId)
    .where('kind', 'in', [...kinds])
    .orderBy('seq')
    .execute()
  const events = rows.map(toEvent)
  const words = await db
    .selectFrom('scans')
    .leftJoin('wordings', 'wordings.id', 'scans.wording_id')
    .select(['scans.id', 'message', 'scans.carrier', 'confirmed_at', 'wording_id', 'wordings.reading'])
    .where('shipment_id', '=', shipmentId)
    .execute()
  const { latitude, longitude, radius_km: radiusKm } = shipment
  const circle = latitude === null || longitude === null ? null : { latitude, longitude, radiusKm: radiusKm ?? 25 }
  return {
    /** Where the parcel is bound, at city level; null where only the place is known that it comes from. */
    expected:
      shipment.direction === 'return' && shipment.owner_id !== null
        ? null
        : placeOf({ city: shipment.city, region: shipment.region, country: shipment.country, circle }),
    scans: scanLines(events, new Map(words.map((row) => [row.id, row]))),
    destinationChanges: destinationChanges(events).map(({ seq, at, from, to }) => ({
      seq,
      at: at.toISOString(),
      from: placeText(from),
      to: placeText(to),
    })),
    signed: resultOf(events, 'shipment.signed'),
    addressee: resultOf(events, 'shipment.addressee_compared'),
  }
}

interface Words {
  message: string | null
  carrier: string
  confirmed_at: Date | null
  wording_id: string | null
  reading: unknown
}

function scanLines(events: LedgerEvent[], words: Map<string, Words>) {
  const anew = new Set(
    events.flatMap((event) => (event.kind === 'shipment.reread' && event.payload ? [event.payload.scanId] : [])),
  )
  return withReadings(events)
    .flatMap((event) => {
      if (event.kind !== 'shipment.scanned' || event.payload === null) return []
      const { scanId, reading, place, from, to, carrierCode, confirmed } = event.payload
      const said = words.get(scanId)
      return [
        {
          id: scanId,
          seq: event.seq,
          at: event.occurredAt.toISOString(),
          recordedAt: event.recordedAt.toISOString(),
          /** The earliest and the latest it can have been; null where the time is sure. */
          between: from === to ? null : { from, to },
          carrier: said?.carrier ?? null,
          /** The carrier's own words; null once erased. */
          words: said?.message ?? null,
          code: carrierCode,
          means: readingInWords(reading),
          tone: toneOf(reading),
          isReread: anew.has(scanId),
          /** Its wording waits for somebody to say what it means. */
          isUnknown: said !== undefined && said.wording_id !== null && said.reading === null,
          confirmed: confirmed || said?.confirmed_at != null,
          place: placeOf(place),
        },
      ]
    })
    .sort((a, b) => a.at.localeCompare(b.at) || a.seq - b.seq)
}

/** The newest comparison of a name with the assignee's, in words. */
function resultOf(events: LedgerEvent[], kind: 'shipment.signed' | 'shipment.addressee_compared') {
  const last = events.findLast((event) => event.kind === kind)
  if (last === undefined || last.payload === null) return null
  if (last.kind !== 'shipment.signed' && last.kind !== 'shipment.addressee_compared') return null
  return { result: last.payload.result, text: nameText(last.payload.result), at: last.occurredAt.toISOString() }
}
