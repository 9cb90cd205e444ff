// What the simulated company's parcels look like on the wire: tracker events with all scans each time, signed over the raw bytes.
import { createHmac } from 'node:crypto'
import type { City } from './cities.ts'
import { eventView, hexOf, type Place, type Tracked, trackerBody } from './easypost/tracker-body.ts'

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

const place = ({ name, region, country, zone, postalCodes }: City): Place => ({
  city: name,
  region,
  country,
  zone,
  postalCode: postalCodes[0] ?? null,
})

/** A parcel as the aggregator knows it after its first `count` scans. */
export function trackedOf(parcel: Parcel, count: number): Tracked {
  const scans = parcel.scans.slice(0, count)
  const first = parcel.scans[0]!.at
  return {
    id: `trk_${hexOf(parcel.trackingCode)}`,
    mode: 'production',
    trackingCode: parcel.trackingCode,
    carrier: parcel.carrier,
    service: parcel.carrier === 'FedEx' ? 'FEDEX_2_DAY' : null,
    from: place(parcel.from),
    to: parcel.carrier === 'FedEx' ? place(parcel.to) : null,
    scans: scans.map((scan) => ({
      ...scan,
      // A real USPS tracker has none at all.
      code: parcel.carrier === 'USPS' ? null : scan.code,
      place: scan.place === null ? null : place(scan.place),
    })),
    signedBy: parcel.signedBy,
    isReturn: parcel.isReturn,
    shipmentId: null,
    weightOunces: 80.5,
    createdAt: first,
    updatedAt: scans.at(-1)?.at ?? first,
  }
}

/** The event for the first `count` scans of a parcel: `tracker.created` for the first, then `tracker.updated`. */
export function eventBody(parcel: Parcel, count: number): string {
  const tracked = trackedOf(parcel, count)
  const before = parcel.scans[count - 2]
  const event = eventView({
    id: `evt_${hexOf(`${parcel.trackingCode} ${count}`)}`,
    description: count === 1 ? 'tracker.created' : 'tracker.updated',
    mode: tracked.mode,
    previous: before === undefined ? {} : { status: before.status },
    at: tracked.updatedAt,
    urls: ['https://telltale.example.com/webhooks/easypost'],
  })
  return JSON.stringify({ ...event, result: trackerBody(tracked) })
}

/** The header of proof v1: the secret in NFKD, over the raw body. */
export function signatureHeaders(secret: string, body: string): Record<string, string> {
  return {
    'x-hmac-signature': `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')}`,
  }
}
