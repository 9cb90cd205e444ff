// What carriers' words are taken to mean: one row per wording, and what must never be guessed.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseWording, readScan } from '../../server/integrations/carriers/readings.ts'
import { type Reading, readingSchema } from '../../server/ports.ts'

type Change = Extract<Reading, { is: 'delivery change' }>
type Row = [carrier: string, status: string, message: string, reading: Reading, statusDetail?: string | null]

const is = (
  kind:
    | 'created'
    | 'accepted'
    | 'moving'
    | 'out'
    | 'attempted'
    | 'returned'
    | 'lost'
    | 'damaged'
    | 'customs'
    | 'address corrected'
    | 'forwarded'
    | 'cannot tell',
): Reading => ({ is: kind })
const held = (at: 'counter' | 'locker' | 'carrier'): Reading => ({ is: 'held', at })
const deliveredTo = (to: Extract<Reading, { is: 'delivered' }>['to']): Reading => ({ is: 'delivered', to })
const change = (stage: Change['stage'], by: Change['by'], to: Change['to']): Reading => ({
  is: 'delivery change',
  stage,
  by,
  to,
})

const changes: Row[] = [
  [
    'FedEx',
    'in_transit',
    'Delivery option completed; package redirected to a new address',
    change('done', 'receiver', 'address'),
  ],
  ['FedEx', 'in_transit', 'Delivery option requested', change('requested', 'receiver', 'unknown')],
  ['FedEx', 'in_transit', 'Delivery option updated', change('done', 'receiver', 'unknown')],
  ['FedEx', 'in_transit', 'Delivery option cancelled', change('refused', 'receiver', 'unknown')],
  ['OnTrac', 'in_transit', 'Delivery option requested', change('requested', 'unknown', 'unknown')],
  ['FedEx', 'in_transit', 'Address change requested', change('requested', 'unknown', 'address')],
  ['FedEx', 'in_transit', 'Address changed', change('done', 'unknown', 'address')],
  ['FedEx', 'in_transit', 'Redirect complete', change('done', 'unknown', 'unknown')],
  ['FedEx', 'in_transit', 'Hold-at-location request accepted', change('requested', 'unknown', 'counter')],
  ['FedEx', 'in_transit', 'Redirecting to FedEx Office', change('done', 'unknown', 'counter')],
  ['FedEx', 'in_transit', 'Return requested', change('requested', 'unknown', 'back')],
  [
    'FedEx',
    'in_transit',
    'Recipient requested delivery to another address',
    change('requested', 'receiver', 'address'),
  ],
  ['FedEx', 'in_transit', 'Customer-requested future delivery', change('requested', 'receiver', 'other day')],
  ['OnTrac', 'in_transit', 'Package redirected to a new address', change('done', 'unknown', 'address')],
  ['UPS', 'in_transit', 'Package redirected to customer requested address', change('done', 'receiver', 'address')],
  [
    'UPS',
    'in_transit',
    'The receiver requested an alternate delivery address; updates in progress',
    change('requested', 'receiver', 'address'),
  ],
  [
    'UPS',
    'in_transit',
    'A delivery change for this package is in progress.',
    change('requested', 'unknown', 'unknown'),
  ],
  ['UPS', 'in_transit', 'The delivery change for this package is complete.', change('done', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Delivery Change Requested: Hold', change('requested', 'unknown', 'counter')],
  ['UPS', 'in_transit', 'Delivery Address Change Requested', change('requested', 'unknown', 'address')],
  ['UPS', 'in_transit', 'Delivery Address Changed', change('done', 'unknown', 'address')],
  ['UPS', 'in_transit', 'The delivery address has been updated.', change('done', 'unknown', 'address')],
  [
    'UPS',
    'in_transit',
    'At the request of the receiver, UPS has updated the address for the package',
    change('done', 'receiver', 'address'),
  ],
  [
    'UPS',
    'in_transit',
    "The customer's request to change the delivery address has been completed",
    change('done', 'receiver', 'address'),
  ],
  [
    'UPS',
    'in_transit',
    'Your request to modify the delivery address was received',
    change('requested', 'unknown', 'address'),
  ],
  ['UPS', 'in_transit', 'Package rerouted to another UPS Access Point™', change('done', 'unknown', 'counter')],
  ['UPS', 'in_transit', 'UPS rerouted the package', change('done', 'carrier', 'unknown')],
  ['UPS', 'in_transit', 'Redirected by sender', change('done', 'sender', 'unknown')],
  ['UPS', 'in_transit', 'The sender requested that we hold this package', change('requested', 'sender', 'counter')],
  ['UPS', 'in_transit', 'Return to Sender Requested', change('requested', 'unknown', 'back')],
  [
    'UPS',
    'in_transit',
    'The receiver has arranged to pick up the package at a UPS facility',
    change('requested', 'receiver', 'counter'),
  ],
  [
    'UPS',
    'in_transit',
    'Customer was not available when UPS attempted delivery. Will deliver to a nearby UPS Access Point',
    change('done', 'carrier', 'counter'),
  ],
  [
    'UPS',
    'in_transit',
    'Unable to deliver; the recipient requested delivery to another address',
    change('requested', 'receiver', 'address'),
  ],
  ['UPS', 'in_transit', 'A new tracking number was assigned to this package', change('done', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Rescheduled Delivery', change('done', 'unknown', 'other day')],
  ['UPS', 'in_transit', 'Held for Future Delivery', change('done', 'unknown', 'other day')],
  ['UPS', 'in_transit', 'Held for Future Delivery Requested', change('requested', 'unknown', 'other day')],
  ['UPS', 'in_transit', 'Package will be redirected once approved', change('requested', 'unknown', 'unknown')],
  ['UPS', 'out_for_delivery', 'Out for delivery to a new address', change('done', 'unknown', 'address')],
  ['USPS', 'in_transit', 'Intercepted', change('done', 'unknown', 'unknown')],
  ['USPS', 'in_transit', 'Redelivery Scheduled', change('done', 'unknown', 'other day')],
  ['USPS', 'in_transit', 'Customer Recall', change('requested', 'sender', 'back')],
  [
    'DHLExpress',
    'in_transit',
    "Delivery was changed at the recipient's request",
    change('done', 'receiver', 'unknown'),
  ],
  ['DHLExpress', 'in_transit', 'Shipment redirected to Packstation', change('done', 'unknown', 'locker')],
  [
    'DHLExpress',
    'in_transit',
    'Recipient requested delivery change: neighbour',
    change('requested', 'receiver', 'neighbour'),
  ],
]

const refusals: Row[] = [
  ['UPS', 'in_transit', 'Delivery change request could not be completed', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Redirect cancelled', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Redirect requested; could not be completed', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', "The recipient's redirect request was declined", change('refused', 'receiver', 'unknown')],
  ['UPS', 'in_transit', 'Package not redirected', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'The package has not been redirected', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', "The redirect isn't possible", change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'We couldn’t change the delivery address', change('refused', 'unknown', 'address')],
  [
    'UPS',
    'in_transit',
    'The request to redirect the package cannot be fulfilled',
    change('refused', 'unknown', 'unknown'),
  ],
  ['UPS', 'in_transit', 'Delivery change request denied', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Unable to redirect package', change('refused', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Redirect not requested by recipient', change('refused', 'receiver', 'unknown')],
  ['UPS', 'in_transit', 'The package has not yet been redirected', change('requested', 'unknown', 'unknown')],
  ['UPS', 'in_transit', 'Redirect completed; signature not requested', change('done', 'unknown', 'unknown')],
]

const stops: Row[] = [
  ['UPS', 'in_transit', 'UPS has updated the address for the package.', is('address corrected')],
  ['FedEx', 'in_transit', 'Address corrected', is('address corrected')],
  ['UPS', 'in_transit', 'The address has been corrected. The delivery has been rescheduled.', is('address corrected')],
  ['FedEx', 'failure', 'Incorrect address', held('carrier')],
  ['UPS', 'in_transit', 'The street number is incorrect. This may delay delivery.', held('carrier')],
  ['USPS', 'in_transit', 'Undeliverable as Addressed', held('carrier')],
  ['UPS', 'in_transit', 'The receiver has moved. The package will be delivered to the new address.', is('forwarded')],
  ['UPS', 'in_transit', "The receiver has moved. We're attempting to obtain a new delivery address", held('carrier')],
  ['USPS', 'in_transit', 'Forwarded', is('forwarded')],
  ['USPS', 'in_transit', '<SUP>&#174;</SUP> Forward&nbsp;Processed', is('forwarded')],
  ['USPS', 'in_transit', 'Forward Expired', held('carrier')],
  ['USPS', 'in_transit', 'Moved, Left no Address', held('carrier')],
  ['FedEx', 'return_to_sender', 'Returning package to shipper', is('returned')],
  ['UPS', 'in_transit', 'The package will be returned to the sender', is('returned')],
  ['UPS', 'in_transit', 'The receiver refused the package', is('returned')],
  ['USPS', 'return_to_sender', 'Some wording nobody knows', is('returned')],
  ['FedEx', 'available_for_pickup', 'Ready for recipient pickup', held('counter')],
  ['FedEx', 'available_for_pickup', 'Held at FedEx location for recipient pickup', held('counter')],
  ['FedEx', 'in_transit', 'Tendered at FedEx Office', held('counter')],
  ['UPS', 'available_for_pickup', 'Delivered to UPS Access Point™, awaiting customer pickup', held('counter')],
  ['UPS', 'in_transit', 'Held for Customer Pickup', held('counter')],
  ['UPS', 'in_transit', 'Held in warehouse', held('carrier')],
  ['USPS', 'available_for_pickup', 'Held at Post Office, At Customer Request', held('counter')],
  ['DHLExpress', 'available_for_pickup', 'Shipment is ready for collection at Packstation', held('locker')],
  ['DHLExpress', 'available_for_pickup', 'Some wording nobody knows', held('counter')],
  ['FedEx', 'in_transit', 'Customer not available or business closed', is('attempted')],
  ['USPS', 'in_transit', 'Notice Left (No Authorized Recipient Available)', is('attempted')],
  ['FedEx', 'in_transit', 'International shipment release - Import', is('customs')],
  ['DHLExpress', 'in_transit', 'Clearance event', is('customs')],
  ['UPS', 'failure', 'The package was damaged in transit', is('damaged')],
  ['UPS', 'failure', 'A search is on', is('lost'), 'lost'],
]

const deliveries: Row[] = [
  ['USPS', 'delivered', 'Delivered, In/At Mailbox', deliveredTo('address')],
  ['USPS', 'delivered', 'Delivered, To Agent', deliveredTo('agent')],
  ['USPS', 'in_transit', 'Delivered to Agent for Final Delivery', deliveredTo('agent')],
  ['USPS', 'delivered', 'Delivered to Recipient by Agent', deliveredTo('person')],
  ['USPS', 'delivered', 'Delivered, Neighbor as Requested', deliveredTo('neighbour')],
  ['USPS', 'delivered', 'Delivered, PO Box', deliveredTo('locker')],
  ['USPS', 'delivered', 'Delivered, Parcel Locker', deliveredTo('locker')],
  ['USPS', 'delivered', 'Delivered, Individual Picked Up at Post Office', deliveredTo('person')],
  ['USPS', 'delivered', 'Delivered, Front Desk/Reception/Mail Room', deliveredTo('desk')],
  ['USPS', 'delivered', 'Delivered, Left with Individual', deliveredTo('person')],
  ['USPS', 'return_to_sender', 'Delivered, To Original Sender', deliveredTo('sender')],
  ['FedEx', 'delivered', 'Left at front door. Signature Service not requested.', deliveredTo('address')],
  ['FedEx', 'delivered', 'Picked up by recipient at FedEx OnSite', deliveredTo('person')],
  ['UPS', 'delivered', 'DELIVERED', deliveredTo('address')],
]

const transport: Row[] = [
  ['UPS', 'pre_transit', 'Shipper created a label, UPS has not received the package yet.', is('created')],
  ['USPS', 'pre_transit', 'Shipping Label Created, USPS Awaiting Item', is('created')],
  ['UPS', 'pre_transit', 'Ready for pickup by the driver', is('created')],
  ['FedEx', 'in_transit', 'Picked up', is('accepted'), 'received_at_origin_facility'],
  ['UPS', 'in_transit', 'Origin Scan', is('accepted'), null],
  ['USPS', 'in_transit', 'Accepted at USPS Origin Facility', is('accepted'), null],
  ['LSO', 'in_transit', 'Gnorp', is('accepted'), 'received_at_origin_facility'],
  ['UPS', 'in_transit', 'Departure Scan', is('moving'), null],
  ['UPS', 'in_transit', 'Transferred to Local Post Office', is('moving')],
  ['USPS', 'in_transit', 'Missorted, rerouted to correct facility', is('moving')],
  ['LSO', 'in_transit', 'Gnorp', is('moving'), 'departed_facility'],
  ['FedEx', 'in_transit', 'On FedEx vehicle for delivery', is('out')],
  ['UPS', 'out_for_delivery', 'Gnorp', is('out')],
]

const riddles: Row[] = [
  ['LSO', 'in_transit', 'Gnorp', is('cannot tell'), 'unknown'],
  ['LSO', 'in_transit', 'Gnorp', is('cannot tell'), null],
  ['LSO', 'in_transit', 'Left for pickup elsewhere', is('cannot tell'), 'in_transit'],
  ['LSO', 'in_transit', 'New instruction on file', is('cannot tell'), 'in_transit'],
  ['FedEx', 'in_transit', 'Location changed', is('cannot tell'), 'in_transit'],
  ['DHLExpress', 'in_transit', 'Forwarded for delivery', is('cannot tell'), 'in_transit'],
  ['DHLExpress', 'in_transit', 'Die Sendung wird umgeleitet', is('cannot tell'), 'in_transit'],
  ['LSO', 'out_for_delivery', 'Courier has the option slip', is('cannot tell')],
  ['FedEx', 'in_transit', 'Delivery exception', is('cannot tell'), 'delivery_exception'],
  ['LSO', 'teleported', 'Gnorp', is('cannot tell'), null],
  ['USPS', 'error', 'In test mode, only test numbers are valid.', is('cannot tell'), null],
]

const all = [...changes, ...refusals, ...stops, ...deliveries, ...transport, ...riddles]
const read = ([carrier, status, message, , statusDetail = 'in_transit']: Row, as = message) =>
  readScan({ carrier, status, statusDetail, message: as, carrierCode: null })

describe.each([
  ['changes of delivery', changes],
  ['changes that came to nothing', refusals],
  ['stops', stops],
  ['deliveries', deliveries],
  ['plain transport', transport],
  ['wording nobody knows', riddles],
])('%s', (_name, rows) => {
  test.each(rows.map((row) => [row[0], row[1], row[2], row] as const))(
    '%s %s: %s',
    (_carrier, _status, _message, row) => {
      expect(read(row)).toEqual(row[3])
    },
  )
})

test('case, white space, trade marks, mark-up and entities change no reading', () => {
  for (const row of all) {
    const dressed = `  ${row[2].toUpperCase().replaceAll(' ', ' \u00a0\n')}<sup>&reg;</sup>&#8482; `
    expect([row[2], read(row, dressed)]).toEqual([row[2], row[3]])
  }
})

describe('codes', () => {
  const readCode = (carrier: string, carrierCode: string, message: string) =>
    readScan({ carrier, status: 'in_transit', statusDetail: 'unknown', message, carrierCode })

  test('decide where the words are mute', () => {
    expect(readCode('UPS', 'ud', '')).toEqual(change('requested', 'receiver', 'address'))
    expect(readCode('USPS', '06', 'Event')).toEqual(is('forwarded'))
    expect(readCode('FedEx', 'IT', 'Gnorp')).toEqual(is('moving'))
  })

  test('are outweighed by words', () => {
    expect(readCode('FedEx', 'IT', 'Package redirected to a new address')).toEqual(change('done', 'unknown', 'address'))
    expect(readCode('FedEx', 'RR', 'Delivery option cancelled')).toEqual(change('refused', 'receiver', 'unknown'))
  })

  test('of plain transport never cover words that may hide a change', () => {
    expect(readCode('FedEx', 'IT', 'Please see the new instruction')).toEqual(is('cannot tell'))
  })

  test('of conflicting meaning, of another carrier or of an object decide nothing', () => {
    for (const [carrier, code] of [
      ['DHLExpress', 'CC'],
      ['UPS', 'AH'],
      ['UPS', 'RR'],
      ['LSO', '06'],
      ['UPS', 'constructor'],
    ] as const) {
      expect(readCode(carrier, code, 'Gnorp')).toEqual(is('cannot tell'))
    }
  })
})

test('any scan has a reading of the closed list', () => {
  const words = fc.array(
    fc.oneof(
      fc.constantFrom('redirect', 'not', 'request', 'address', 'delivered', 'hold', ';', '&#55296;'),
      fc.string({ unit: 'binary' }),
    ),
  )
  fc.assert(
    fc.property(
      words,
      fc.string(),
      fc.constantFrom('UPS', 'FedEx', 'USPS', 'DHLExpress', ''),
      fc.option(fc.string()),
      (parts, status, carrier, code) => {
        const reading = readScan({ carrier, status, statusDetail: status, message: parts.join(' '), carrierCode: code })
        expect(readingSchema.parse(reading)).toEqual(reading)
        expect(normaliseWording(parts.join(' ')).length).toBeLessThanOrEqual(500)
      },
    ),
    { numRuns: 300 },
  )
})
