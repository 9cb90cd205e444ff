// How parcels travel: the scans of a journey, in each carrier's own words.
import { DAY, HOUR, MINUTE, offsetOf, plus } from '../lib/time.ts'
import { type City, cityNamed } from './cities.ts'
import type { CarrierName, Parcel, Scan } from './easypost.ts'
import type { Random } from './random.ts'

type Step =
  | 'label'
  | 'picked up'
  | 'departed'
  | 'arrived'
  | 'customs'
  | 'cleared'
  | 'out'
  | 'delivered'
  | 'change asked for'
  | 'redirected'
  | 'to a counter'
  | 'waits at the counter'
  | 'collected'

type Words = [message: string, code: string]

/** Wordings as the carriers print them; codes as far as they are known (wire formats 1.4 and 2.2). */
const wordings: Record<CarrierName, Record<Step, Words>> = {
  FedEx: {
    label: ['Shipment information sent to FedEx', 'OC'],
    'picked up': ['Picked up', 'PU'],
    departed: ['Departed FedEx location', 'DP'],
    arrived: ['Arrived at FedEx location', 'AR'],
    customs: ['Clearance in progress', 'CD'],
    cleared: ['International shipment release - Import', 'CC'],
    out: ['On FedEx vehicle for delivery', 'OD'],
    delivered: ['Delivered', 'DL'],
    'change asked for': ['Delivery option requested', 'RR'],
    redirected: ['Delivery option completed; package redirected to a new address', 'PR'],
    'to a counter': ['Hold at location request accepted', 'HA'],
    'waits at the counter': ['Ready for recipient pickup', 'HP'],
    collected: ['Delivered; picked up by the recipient at a FedEx OnSite location', 'DL'],
  },
  UPS: {
    label: ['Shipper created a label, UPS has not received the package yet.', 'MP'],
    'picked up': ['Origin Scan', 'OR'],
    departed: ['Departed from Facility', 'DP'],
    arrived: ['Arrived at Facility', 'AR'],
    customs: ['Your package is pending release from a Government Agency. Clearance in progress', 'PR'],
    cleared: ['Your package has cleared customs and is on the way', 'CC'],
    out: ['Out For Delivery Today', 'OT'],
    delivered: ['DELIVERED', 'FS'],
    'change asked for': ['The receiver requested an alternate delivery address. The request is in progress.', 'UD'],
    redirected: ['The delivery address has been updated at the receiver’s request', 'VM'],
    'to a counter': ['The receiver has requested that the package be held for pickup at a UPS Access Point', 'C8'],
    'waits at the counter': ['Delivered to UPS Access Point™ and is awaiting pickup', 'ZP'],
    collected: ['Delivered; the customer picked up at UPS Access Point', '2W'],
  },
  USPS: {
    label: ['Shipping Label Created, USPS Awaiting Item', 'GX'],
    'picked up': ['Accepted at USPS Origin Facility', 'OA'],
    departed: ['Departed USPS Regional Facility', 'T1'],
    arrived: ['Arrived at USPS Regional Destination Facility', 'A1'],
    customs: ['Processed Through Customs', 'PC'],
    cleared: ['Customs Clearance Complete', 'CC'],
    out: ['Out for Delivery', 'OF'],
    delivered: ['Delivered, Front Door/Porch', '01'],
    'change asked for': ['Redelivery Scheduled', 'RS'],
    redirected: ['Forwarded', '06'],
    'to a counter': ['Held at Post Office, At Customer Request', '14'],
    'waits at the counter': ['Available for Pickup', '16'],
    collected: ['Delivered, Individual Picked Up at Post Office', '01'],
  },
}

const statuses: Record<Step, [status: Scan['status'], detail: string]> = {
  label: ['pre_transit', 'label_created'],
  'picked up': ['in_transit', 'received_at_origin_facility'],
  departed: ['in_transit', 'departed_facility'],
  arrived: ['in_transit', 'arrived_at_facility'],
  customs: ['in_transit', 'in_transit'],
  cleared: ['in_transit', 'in_transit'],
  out: ['out_for_delivery', 'out_for_delivery'],
  delivered: ['delivered', 'arrived_at_destination'],
  'change asked for': ['in_transit', 'status_update'],
  redirected: ['in_transit', 'in_transit'],
  'to a counter': ['in_transit', 'in_transit'],
  'waits at the counter': ['available_for_pickup', 'arrived_at_pickup_location'],
  collected: ['delivered', 'arrived_at_destination'],
}

const hubs: Record<CarrierName, City> = {
  FedEx: cityNamed('Memphis'),
  UPS: cityNamed('Louisville'),
  USPS: cityNamed('Indianapolis'),
}

const DIGITS = '0123456789'

function trackingCode(random: Random, carrier: CarrierName): string {
  if (carrier === 'FedEx') return `7${random.text(DIGITS, 11)}`
  if (carrier === 'UPS') return `1Z${random.text('ABCDEFGHJKLMNPRSTVWXY0123456789', 6)}${random.text(DIGITS, 10)}`
  return `9405${random.text(DIGITS, 18)}`
}

export interface JourneyInput {
  random: Random
  carrier: CarrierName
  from: City
  to: City
  /** When the label is made; the carrier comes for it the same day. */
  labelAt: Date
  /** What becomes of it on the way. `redirected` to another city; `counter` to be fetched. */
  ends?: { is: 'delivered' } | { is: 'redirected'; to: City } | { is: 'counter' }
  signedBy?: string | null
  isReturn?: boolean
}

/** A parcel with its whole journey. */
export function journey(input: JourneyInput): Parcel {
  const { random, carrier, from, to, labelAt } = input
  const ends = input.ends ?? { is: 'delivered' }
  const scans: Scan[] = []
  const add = (at: Date, step: Step, place: City | null) => {
    const [message, code] = wordings[carrier][step]
    const [status, detail] = statuses[step]
    scans.push({ at, status, detail, message, code, place })
    return at
  }
  const later = (at: Date, hours: number) => plus(at, Math.round(hours * HOUR) + random.whole(-20, 20) * MINUTE)
  add(labelAt, 'label', null)
  const left = add(later(labelAt, 4), 'picked up', from)
  const hub = hubs[carrier]
  const atHub = add(later(left, 11), 'arrived', hub)
  let at = add(later(atHub, 6), 'departed', hub)
  if (from.country !== to.country) {
    at = add(later(at, 26), 'customs', to)
    at = add(later(at, 20), 'cleared', to)
  } else at = add(later(at, 15), 'arrived', to)
  let last = to
  if (ends.is === 'redirected') {
    at = add(later(at, 3), 'change asked for', to)
    at = add(later(at, 4), 'redirected', to)
    at = add(later(at, 22), 'arrived', ends.to)
    last = ends.to
  }
  if (ends.is === 'counter') {
    at = add(later(at, 2), 'to a counter', to)
    at = add(nextLocal(at, last, 10 + random.next() * 2), 'waits at the counter', last)
    add(nextLocal(plus(at, 20 * HOUR), last, 17), 'collected', last)
  } else {
    at = add(nextLocal(at, last, 8 + random.next()), 'out', last)
    add(later(at, 2 + random.next() * 5), 'delivered', last)
  }
  return {
    carrier,
    trackingCode: trackingCode(random, carrier),
    from,
    to,
    scans,
    signedBy: input.signedBy ?? null,
    isReturn: input.isReturn ?? false,
  }
}

export const deliveredAt = (parcel: Parcel): Date => parcel.scans.at(-1)!.at

/** The next time that clocks in a city show this hour, on a day when carriers come. */
export function nextLocal(after: Date, city: City, hour: number): Date {
  const wall = plus(after, offsetOf(city.zone, after))
  let day = plus(wall, -(wall.getTime() % DAY))
  for (;;) {
    const at = plus(day, hour * HOUR)
    if (at > wall && ![0, 6].includes(at.getUTCDay()))
      return plus(at, -offsetOf(city.zone, plus(at, -offsetOf(city.zone, at))))
    day = plus(day, DAY)
  }
}

/** How the events of a parcel come in: after each scan, now and then late, twice, or after the next one. */
export function arrivals(random: Random, parcel: Parcel): { at: Date; count: number }[] {
  return parcel.scans.flatMap((scan, index) => {
    const slow = random.chance(0.06) ? random.whole(6, 30) * HOUR : 0
    const at = plus(scan.at, random.whole(3, 50) * MINUTE + slow)
    const again = random.chance(0.07) ? [{ at: plus(at, random.whole(5, 120) * MINUTE), count: index + 1 }] : []
    return [{ at, count: index + 1 }, ...again]
  })
}
