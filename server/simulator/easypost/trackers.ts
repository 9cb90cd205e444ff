// Trackers: of labels bought here, of numbers bought elsewhere, and EasyPost's test codes (wire formats 1.4).
import { createHash } from 'node:crypto'
import { DAY, plus } from '../../lib/time.ts'
import type { Address } from './addresses.ts'
import type { Books } from './books.ts'
import type { Rate } from './rates.ts'
import { missing, notFound, Refusal } from './refusal.ts'
import { testStory } from './test-codes.ts'
import { type Place, type Tracked, trackerBody } from './tracker-body.ts'

/** With all that is known to come: what is later than now is not shown yet. */
export interface Tracker extends Tracked {
  /** Nobody wants to hear of it any more. */
  isDeleted: boolean
}

/** What a carrier scans; without a time, it is scanned now. */
export interface ScanInput {
  at?: Date
  status: string
  detail?: string | null
  message: string
  code?: string | null
  place?: Partial<Place> | null
  signedBy?: string
  /** Where the parcel is bound from now on. */
  boundFor?: Partial<Place>
}

type Typed = Record<string, unknown>

const nowhere: Place = { city: null, region: null, postalCode: null, country: null, zone: null }

const asOf = (tracker: Tracker, now: Date): Tracked => {
  const scans = tracker.scans.filter(({ at }) => at <= now)
  const updatedAt = tracker.updatedAt <= now ? tracker.updatedAt : (scans.at(-1)?.at ?? tracker.createdAt)
  return { ...tracker, scans, updatedAt }
}

/** As `GET /trackers/:id` answers it. */
export const wholeTracker = (books: Books, tracker: Tracker) => trackerBody(asOf(tracker, books.now()))

/** As lists, batches and shipments have it: without two members (wire formats 1.4). */
export function listedTracker(books: Books, tracker: Tracker) {
  const { finalized: _finalized, is_return: _isReturn, ...listed } = wholeTracker(books, tracker)
  return listed
}

export function trackerOf(books: Books, id: string): Tracker {
  const found = books.trackers.get(id)
  if (found === undefined || found.isDeleted) throw notFound('The tracker was not found.')
  return found
}

/** The tracker of a label just bought: it knows nothing yet. */
export function trackerOfLabel(
  books: Books,
  {
    id,
    rate,
    from,
    to,
    isReturn,
    parcel,
  }: {
    id: string
    rate: Rate
    from: Address
    to: Address
    isReturn: boolean
    parcel: { weight: number }
  },
): Tracker {
  return keep(books, {
    trackingCode: labelCode(rate.carrier, books.shipments.size, id),
    carrier: rate.carrier,
    service: rate.service,
    from: placeOf(from),
    to: rate.carrier === 'FedEx' ? placeOf(to) : null,
    isReturn,
    shipmentId: id,
    weightOunces: parcel.weight,
  })
}

const placeOf = ({ city, state, zip, country }: Address): Place => ({
  city,
  region: state,
  postalCode: zip?.slice(0, 5) ?? null,
  country,
  zone: null,
})

/** In the form of each carrier's numbers. */
function labelCode(carrier: string, count: number, words: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(`${words} ${count}`).digest('hex')}`).toString()
  if (carrier === 'UPS') return `1ZEZ10${digits.slice(0, 12)}`
  if (carrier === 'FedEx') return `79${digits.slice(0, 10)}`
  if (carrier === 'DHLExpress') return digits.slice(0, 10)
  return `940010${digits.slice(0, 16)}`
}

function keep(books: Books, known: Partial<Tracker> & { trackingCode: string; carrier: string }): Tracker {
  const at = books.now()
  const tracker: Tracker = {
    id: books.newId('trk'),
    mode: books.mode,
    service: null,
    from: null,
    to: null,
    scans: [],
    signedBy: null,
    isReturn: false,
    shipmentId: null,
    weightOunces: null,
    createdAt: at,
    updatedAt: at,
    isDeleted: false,
    ...known,
  }
  books.trackers.set(tracker.id, tracker)
  return tracker
}

/** A tracker that exists already, with scans that may be still to come. */
export function adoptTracker(books: Books, tracked: Tracked): void {
  const { id } = tracked
  const last = tracked.scans.at(-1)?.at ?? tracked.createdAt
  books.trackers.set(id, { ...tracked, updatedAt: last, isDeleted: false })
}

/** Starts to track a number; the same number and carrier within three months is the same tracker. Throws Refusal. */
export function createTracker(books: Books, body: Typed): Tracker {
  const typed = (body['tracker'] ?? {}) as Typed
  const trackingCode = typed['tracking_code']
  if (typeof trackingCode !== 'string' || trackingCode.trim() === '') throw missing('tracking_code')
  const asked = typeof typed['carrier'] === 'string' && typed['carrier'] !== '' ? typed['carrier'] : null
  const known = [...books.trackers.values()].findLast(
    (one) =>
      one.trackingCode === trackingCode &&
      !one.isDeleted &&
      (asked === null || one.carrier === asked) &&
      plus(one.createdAt, 90 * DAY) > books.now(),
  )
  if (known !== undefined) return known
  const tracker =
    books.mode === 'test' ? testTracker(books, trackingCode, asked) : newTracker(books, trackingCode, asked)
  books.tell('tracker.created', wholeTracker(books, tracker), {})
  return tracker
}

function newTracker(books: Books, trackingCode: string, asked: string | null): Tracker {
  const carrier = asked ?? carrierByForm(trackingCode)
  if (carrier === null)
    throw new Refusal(422, 'TRACKER.NO_CARRIER_FOR_CODE', 'No carrier was found for this tracking code.', [
      { field: 'carrier', message: 'name the carrier' },
    ])
  return keep(books, { trackingCode, carrier })
}

function carrierByForm(code: string): string | null {
  if (/^1Z[0-9A-Z]{16}$/i.test(code)) return 'UPS'
  if (/^(\d{12}|\d{15})$/.test(code)) return 'FedEx'
  if (/^9\d{21}$/.test(code)) return 'USPS'
  if (/^\d{10}$/.test(code)) return 'DHLExpress'
  return null
}

/** A test key asks no carrier: EasyPost's own codes have a story each, and any other number an error. */
function testTracker(books: Books, trackingCode: string, asked: string | null): Tracker {
  return keep(books, { trackingCode, carrier: asked ?? 'USPS', ...testStory(trackingCode, books.now()) })
}

/** A carrier scans a parcel; who is registered hears of it. Throws where nobody tracks it. */
export function scanParcel(books: Books, trackingCode: string, input: ScanInput): void {
  const tracker = [...books.trackers.values()].findLast((one) => one.trackingCode === trackingCode)
  if (tracker === undefined) throw new Error(`no tracker has the code ${trackingCode}`)
  const before = wholeTracker(books, tracker)
  const { at = books.now(), status, detail = null, message, code = null } = input
  const place = input.place ? { ...nowhere, ...input.place } : null
  tracker.scans = [...tracker.scans, { at, status, detail, message, code, place }]
  tracker.updatedAt = books.now()
  tracker.signedBy = input.signedBy ?? tracker.signedBy
  if (input.boundFor) tracker.to = { ...nowhere, ...input.boundFor }
  if (!tracker.isDeleted)
    books.tell(
      'tracker.updated',
      wholeTracker(books, tracker),
      before.status === status ? {} : { status: before.status },
    )
}
