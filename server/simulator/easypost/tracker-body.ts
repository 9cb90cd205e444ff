// A tracker and an event as EasyPost writes them: the one shape of its webhooks, its answers and its lists.
import { createHash } from 'node:crypto'
import { offsetOf } from '../../lib/time.ts'

/** The hexadecimal half of an id: the same words always give the same one. */
export const hexOf = (words: string): string => createHash('sha256').update(words).digest('hex').slice(0, 32)

export interface Place {
  city: string | null
  region: string | null
  postalCode: string | null
  country: string | null
  /** IANA; null where nobody knows what clocks show there. */
  zone: string | null
}

export interface TrackedScan {
  at: Date
  status: string
  detail: string | null
  message: string
  code: string | null
  /** Null: the carrier does not say. */
  place: Place | null
  /** Who says so, where it is not the carrier. */
  source?: string
}

export interface Tracked {
  id: string
  mode: 'production' | 'test'
  trackingCode: string
  carrier: string
  service: string | null
  from: Place | null
  /** Where the carrier says that the parcel is bound; null: it does not say. */
  to: Place | null
  scans: TrackedScan[]
  /** Shown from the delivery on. */
  signedBy: string | null
  isReturn: boolean
  shipmentId: string | null
  weightOunces: number | null
  createdAt: Date
  updatedAt: Date
}

/** The whole tracker with the scans given. One without any is `unknown`, as on the day of purchase. */
export function trackerBody(tracked: Tracked) {
  const { id, mode, carrier, scans } = tracked
  const last = scans.at(-1)
  const isDelivered = last?.status === 'delivered'
  return {
    id,
    object: 'Tracker',
    mode,
    tracking_code: tracked.trackingCode,
    status: last?.status ?? 'unknown',
    status_detail: last === undefined ? 'unknown' : (last.detail ?? 'unknown'),
    created_at: instant(tracked.createdAt),
    updated_at: instant(tracked.updatedAt),
    signed_by: isDelivered ? tracked.signedBy : null,
    weight: tracked.weightOunces,
    est_delivery_date: null,
    shipment_id: tracked.shipmentId,
    carrier,
    tracking_details: scans.map((scan) => detailBody(carrier, scan)),
    carrier_detail: last === undefined || last.status === 'error' ? null : carrierDetail(tracked),
    delivery_evidence: [],
    finalized: isDelivered,
    is_return: tracked.isReturn,
    public_url: `https://track.easypost.com/${hexOf(`${tracked.trackingCode} public`)}`,
    fees: [],
  }
}

function carrierDetail({ carrier, service, from, to }: Tracked) {
  return {
    object: 'CarrierDetail',
    service,
    container_type: null,
    est_delivery_date_local: null,
    est_delivery_time_local: null,
    origin_location: locationText(from),
    origin_tracking_location: locationBody(carrier, from),
    destination_location: locationText(to),
    destination_tracking_location: null,
    guaranteed_delivery_date: null,
    alternate_identifier: null,
    initial_delivery_attempt: null,
  }
}

function detailBody(carrier: string, scan: TrackedScan) {
  return {
    object: 'TrackingDetail',
    message: scan.message,
    description: carrier === 'FedEx' ? scan.message : '',
    status: scan.status,
    status_detail: scan.detail,
    datetime: written(carrier, scan),
    source: scan.source ?? carrier,
    carrier_code: scan.code,
    tracking_location: locationBody(carrier, scan.place),
    est_delivery_date: null,
  }
}

const locationText = (place: Place | null) =>
  place === null ? null : [place.city?.toUpperCase(), place.region, place.country].filter(Boolean).join(' ')

/** USPS leaves the country out more often than not. */
function locationBody(carrier: string, place: Place | null) {
  return {
    object: 'TrackingLocation',
    city: place?.city?.toUpperCase() ?? null,
    state: place?.region ?? null,
    country: carrier === 'USPS' ? null : (place?.country ?? null),
    zip: place?.postalCode ?? null,
  }
}

/** With a complete place it is that place's local time, written as if it were UTC; else UTC (wire formats 1.4). */
function written(carrier: string, { at, place }: TrackedScan): string {
  const zone = carrier === 'USPS' ? null : (place?.zone ?? null)
  return instant(zone === null ? at : new Date(at.getTime() + offsetOf(zone, at)))
}

/** Whole seconds, as trackers have them. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

export interface EventFacts {
  id: string
  description: string
  mode: 'production' | 'test'
  previous: Record<string, unknown>
  at: Date
  urls: string[]
}

/** An event as the API answers it: `result` is in webhook bodies only (wire formats 1.5). */
export const eventView = ({ id, description, mode, previous, at, urls }: EventFacts) => ({
  description,
  mode,
  previous_attributes: previous,
  created_at: at.toISOString(),
  pending_urls: urls,
  completed_urls: [] as string[],
  updated_at: at.toISOString(),
  id,
  user_id: 'user_fernhill',
  status: 'pending',
  object: 'Event',
})
