// Parcels of a labelled year: a carrier's ordinary journey, and what else carriers write when it goes another way.
import { DAY, HOUR, plus } from '../../lib/time.ts'
import type { CarrierName, Parcel, Scan } from '../easypost.ts'
import { journey } from '../journeys.ts'
import type { Random } from '../random.ts'
import { type Spot, spotNamed } from './atlas.ts'

export type Ends =
  | { is: 'delivered' | 'neighbour' | 'locker' | 'desk' | 'missorted' | 'corrected' | 'other day' }
  | { is: 'delayed'; days: number }
  | { is: 'counter'; by: 'carrier' | 'receiver' }
  | { is: 'redirected'; to: Spot }
  /** The carrier sent it on to the new address that somebody had left with it. */
  | { is: 'forwarded'; to: Spot }
  /** The scan of its delivery names another place than where it was bound. */
  | { is: 'delivered at'; place: Spot }

export interface ParcelInput {
  carrier: CarrierName
  from?: Spot
  to?: Spot
  labelAt: Date
  ends: Ends
  signedBy: string | null
}

const stockroom = spotNamed('Columbus')

/** In words that carriers print, as wire-formats 2.2 restates them. */
export function parcelOf(random: Random, { carrier, from, to, labelAt, ends, signedBy }: ParcelInput): Parcel {
  const bound = to ?? stockroom
  const plain = (over: Parameters<typeof journey>[0]['ends'] = { is: 'delivered' }): Parcel =>
    journey({
      random,
      carrier,
      from: from ?? stockroom,
      to: bound,
      labelAt,
      ends: over,
      signedBy,
      isReturn: from !== undefined,
    })
  switch (ends.is) {
    case 'delivered':
      return plain()
    case 'redirected':
      return plain({ is: 'redirected', to: ends.to })
    case 'counter':
      return ends.by === 'receiver' ? plain({ is: 'counter' }) : toCounter(plain(), bound)
    case 'neighbour':
      return saying(plain(), 'Delivered, Neighbor as Requested')
    case 'locker':
      return saying(plain(), 'Delivered, Parcel Locker')
    case 'desk':
      return saying(plain(), 'Delivered, Front Desk/Reception/Mail Room')
    case 'missorted':
      return inserted(plain(), {
        message: 'Missorted, rerouted to correct facility',
        detail: 'missorted',
        place: random.pick([spotNamed('Denver'), spotNamed('Charlotte'), spotNamed('Omaha')]),
      })
    case 'corrected':
      return inserted(plain(), { message: 'Address corrected', detail: 'address_correction', place: bound })
    case 'other day':
      return later(
        inserted(plain(), {
          message: 'Delivery date changed at the request of the receiver',
          detail: 'status_update',
          place: bound,
        }),
        2,
      )
    case 'delayed':
      return later(
        inserted(plain(), {
          message: 'Severe weather conditions have delayed delivery.',
          detail: 'weather_delay',
          place: bound,
        }),
        ends.days,
      )
    case 'forwarded':
      return forwarded(plain(), ends.to)
    case 'delivered at':
      return lastAt(plain(), ends.place)
    default:
      return ends satisfies never
  }
}

const saying = (parcel: Parcel, message: string): Parcel => ({
  ...parcel,
  scans: parcel.scans.with(-1, { ...parcel.scans.at(-1)!, message, code: null }),
})

const lastAt = (parcel: Parcel, place: Spot): Parcel => ({
  ...parcel,
  scans: parcel.scans.with(-1, { ...parcel.scans.at(-1)!, place }),
})

/** Before it goes out for delivery. */
function inserted(parcel: Parcel, said: Pick<Scan, 'message' | 'detail' | 'place'>): Parcel {
  const index = parcel.scans.length - 2
  const at = plus(parcel.scans[index]!.at, -HOUR)
  const scan: Scan = { at, status: 'in_transit', code: null, ...said }
  return { ...parcel, scans: parcel.scans.toSpliced(index, 0, scan) }
}

/** Its last two scans so many days later. */
const later = (parcel: Parcel, days: number): Parcel => ({
  ...parcel,
  scans: parcel.scans.map((scan, index) =>
    index < parcel.scans.length - 2 ? scan : { ...scan, at: plus(scan.at, days * DAY) },
  ),
})

/** Nobody was there, so the carrier takes it to a shop, where it is fetched. */
function toCounter(parcel: Parcel, place: Spot): Parcel {
  const out = parcel.scans.at(-1)!
  const attempted: Scan = {
    at: out.at,
    status: 'in_transit',
    detail: 'delivery_attempted',
    message: 'The customer was not available; the package will be taken to a nearby Access Point',
    code: null,
    place,
  }
  const waits: Scan = {
    at: plus(out.at, 3 * HOUR),
    status: 'available_for_pickup',
    detail: 'arrived_at_pickup_location',
    message: 'Delivered to an Access Point and is awaiting pickup',
    code: null,
    place,
  }
  const fetched: Scan = {
    ...out,
    at: plus(out.at, 27 * HOUR),
    message: 'Delivered; the customer picked up at an Access Point',
    code: null,
  }
  return { ...parcel, scans: [...parcel.scans.slice(0, -1), attempted, waits, fetched] }
}

function forwarded(parcel: Parcel, to: Spot): Parcel {
  const out = parcel.scans.at(-1)!
  const scan: Scan = { ...out, status: 'in_transit', detail: 'in_transit', message: 'Forwarded', code: null }
  const arrived: Scan = {
    ...out,
    at: plus(out.at, 40 * HOUR),
    status: 'in_transit',
    detail: 'arrived_at_facility',
    message: 'Arrived at Facility',
    code: null,
    place: to,
  }
  return {
    ...parcel,
    scans: [...parcel.scans.slice(0, -1), scan, arrived, { ...out, at: plus(out.at, 50 * HOUR), place: to }],
  }
}
