// EasyPost as it looks on the wire: tracker events with all scans each time, signed over the raw bytes.
import { createHash, createHmac } from 'node:crypto'
import { offsetOf } from '../lib/time.ts'
import type { City } from './cities.ts'

export type CarrierName = 'FedEx' | 'UPS' | 'USPS'

/** One scan as it truly happened; how it is written down is this file's business. */
export interface Scan {
  at: Date
  status: 'pre_transit' | 'in_transit' | 'out_for_delivery' | 'delivered' | 'available_for_pickup' | 'return_to_sender'
  detail: string
  message: string
  code: string | null
  /** Null: the carrier does not say. */
  place: City | null
}

export interface Parcel {
  carrier: CarrierName
  trackingCode: string
  from: City
  to: City
  scans: Scan[]
  signedBy: string | null
  isReturn: boolean
}

const hex = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)

const trackerId = (parcel: Parcel) => `trk_${hex(parcel.trackingCode)}`

/** The event for the first `count` scans of a parcel: `tracker.created` for the first, then `tracker.updated`. */
export function eventBody(parcel: Parcel, count: number): string {
  const scans = parcel.scans.slice(0, count)
  const last = scans.at(-1)!
  const before = parcel.scans[count - 2]
  return JSON.stringify({
    description: count === 1 ? 'tracker.created' : 'tracker.updated',
    mode: 'production',
    previous_attributes: before === undefined ? {} : { status: before.status },
    created_at: last.at.toISOString(),
    pending_urls: ['https://telltale.example.com/webhooks/easypost'],
    completed_urls: [],
    updated_at: last.at.toISOString(),
    id: `evt_${hex(`${parcel.trackingCode} ${count}`)}`,
    user_id: 'user_fernhill',
    status: 'pending',
    object: 'Event',
    result: trackerOf(parcel, scans),
  })
}

function trackerOf(parcel: Parcel, scans: Scan[]) {
  const last = scans.at(-1)!
  return {
    id: trackerId(parcel),
    object: 'Tracker',
    mode: 'production',
    tracking_code: parcel.trackingCode,
    status: last.status,
    status_detail: last.detail,
    created_at: scans[0]!.at.toISOString(),
    updated_at: last.at.toISOString(),
    signed_by: last.status === 'delivered' ? parcel.signedBy : null,
    weight: 80.5,
    est_delivery_date: null,
    shipment_id: null,
    carrier: parcel.carrier,
    tracking_details: scans.map((scan) => detailOf(parcel, scan)),
    carrier_detail: {
      object: 'CarrierDetail',
      service: parcel.carrier === 'FedEx' ? 'FEDEX_2_DAY' : null,
      container_type: null,
      est_delivery_date_local: null,
      est_delivery_time_local: null,
      origin_location: locationText(parcel.from),
      origin_tracking_location: locationOf(parcel.carrier, parcel.from),
      destination_location: parcel.carrier === 'FedEx' ? locationText(parcel.to) : null,
      destination_tracking_location: null,
      guaranteed_delivery_date: null,
      alternate_identifier: null,
      initial_delivery_attempt: null,
    },
    finalized: last.status === 'delivered',
    is_return: parcel.isReturn,
    public_url: `https://track.easypost.com/${hex(`${parcel.trackingCode} public`)}`,
    fees: [],
  }
}

function detailOf({ carrier }: Parcel, scan: Scan) {
  return {
    object: 'TrackingDetail',
    message: scan.message,
    description: carrier === 'UPS' ? '' : scan.message,
    status: scan.status,
    status_detail: scan.detail,
    datetime: written(carrier, scan),
    source: carrier,
    // A real USPS tracker has none at all.
    carrier_code: carrier === 'USPS' ? null : scan.code,
    tracking_location: locationOf(carrier, scan.place),
  }
}

const locationText = ({ name, region, country }: City) =>
  [name.toUpperCase(), region, country].filter(Boolean).join(' ')

/** USPS leaves the country out more often than not. */
function locationOf(carrier: CarrierName, place: City | null) {
  return {
    object: 'TrackingLocation',
    city: place?.name.toUpperCase() ?? null,
    state: place?.region ?? null,
    country: carrier === 'USPS' ? null : (place?.country ?? null),
    zip: place?.postalCodes[0] ?? null,
  }
}

/** With a complete place it is that place's local time, written as if it were UTC; else UTC (wire formats 1.4). */
function written(carrier: CarrierName, { at, place }: Scan): string {
  const isLocal = place !== null && carrier !== 'USPS'
  const shown = isLocal ? new Date(at.getTime() + offsetOf(place.zone, at)) : at
  return `${shown.toISOString().slice(0, 19)}Z`
}

/** The header of proof v1: the secret in NFKD, over the raw body. */
export function signatureHeaders(secret: string, body: string): Record<string, string> {
  return {
    'x-hmac-signature': `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')}`,
  }
}
