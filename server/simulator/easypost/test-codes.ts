// EasyPost's test tracking codes, whose digit says how far the parcel has come (wire formats 1.4).
import { DAY, HOUR, plus } from '../../lib/time.ts'
import type { Place, Tracked, TrackedScan } from './tracker-body.ts'

const testCode = /^EZ([1-7])0000000(?:0[1-7])$/

const houston: Place = { city: 'Houston', region: 'TX', postalCode: '77063', country: 'US', zone: null }
const charleston: Place = { city: 'Charleston', region: 'SC', postalCode: '29407', country: 'US', zone: null }

type TestStep = [status: string, message: string, place: Place | null]
const begin: TestStep[] = [
  ['pre_transit', 'Pre-Shipment Info Sent to USPS', null],
  ['pre_transit', 'Shipping Label Created', houston],
]
const travel: TestStep[] = [
  ...begin,
  ['in_transit', 'Arrived at USPS Origin Facility', houston],
  ['in_transit', 'Arrived at USPS Facility', { ...charleston, city: 'Columbia', postalCode: '29201' }],
  ['in_transit', 'Arrived at Post Office', charleston],
]
const nearly: TestStep[] = [
  ...travel,
  ['in_transit', 'Sorting Complete', charleston],
  ['out_for_delivery', 'Out for Delivery', charleston],
]
const testSteps: Record<string, TestStep[]> = {
  1: begin,
  2: travel,
  3: nearly,
  4: [...nearly, ['delivered', 'Delivered, In/At Mailbox', charleston]],
  5: [...travel, ['return_to_sender', 'Returned to Sender', charleston]],
  6: [...travel, ['failure', 'Delivery Attempted - No Access to Delivery Location', charleston]],
  7: [],
}

/** What a test code has been through by now; the error of the test mode for any other number. */
export function testStory(trackingCode: string, now: Date): Pick<Tracked, 'scans' | 'signedBy' | 'from' | 'to'> {
  const kind = testCode.exec(trackingCode)?.[1]
  const steps = kind === undefined ? undefined : testSteps[kind]
  if (steps === undefined) return { scans: [notATestCode(now)], signedBy: null, from: null, to: null }
  const startsAt = plus(now, -31 * DAY)
  const scans = steps.map(([status, message, place], index) => ({
    at: plus(startsAt, index * 13 * HOUR),
    status,
    detail: 'status_update',
    message,
    code: '',
    place,
  }))
  return { scans, signedBy: kind === '4' ? 'John Tester' : null, from: houston, to: charleston }
}

const notATestCode = (at: Date): TrackedScan => ({
  at,
  status: 'error',
  detail: null,
  message:
    'In test mode, only test tracking numbers are valid. Test tracking numbers are EZ1000000001, EZ2000000002, ... , EZ7000000007',
  code: '',
  place: null,
  source: 'ProcessingError',
})
