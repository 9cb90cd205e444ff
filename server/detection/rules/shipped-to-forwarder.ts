// The parcel's destination is a freight forwarder: a place that sends parcels on, mostly abroad.
import { z } from 'zod'
import { destinationParams, destinationWatches, goesToPlace } from '../measure.ts'
import { defineRule } from '../rule.ts'

const WEIGHT = 16

export const shippedToForwarder = defineRule({
  id: 'shipped-to-forwarder',
  title: 'Shipped to a freight forwarder',
  severity: 'high',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: destinationWatches,
  status: 'stable',
  why: 'A forwarder sends a laptop to wherever its customer is, and the customer code in the address says that there is one. A home worker needs none.',
  references: [
    'FBI IC3, 2023-10-18, on freight forwarders as delivery addresses: https://www.ic3.gov/PSA/2023/PSA231018',
    'The same pattern in a commentary for in-house counsel: https://todaysgeneralcounsel.com/imaginary-employees-actual-danger-how-in-house-counsel-can-stop-remote-work-scams-in-their-tracks',
  ],
  attack: [],
  falsePositives: [
    'Somebody whose country the shop or carrier does not serve, with the company knowing it.',
    'A business in the same building as a forwarder.',
    'A suite number that only looks like a customer code.',
  ],
  blindSpots: ['A forwarder that is on no list and writes no code.', 'A private helper who sends the laptop on.'],
  runbook: [
    'Keep the parcel, or call the carrier if it has left.',
    'Ask the person why a forwarder receives for them, and for an address where they live.',
    'Compare with the address on the identity document.',
    'If the company wants it so, have a second person approve the address; if the place is no forwarder, correct the list of places.',
  ],
  params: z.object(destinationParams),
  response: 'case',
  evaluate(dossier, params) {
    const found = goesToPlace(dossier, {
      kinds: ['freight forwarder'],
      weights: [
        [0.4, 6],
        [0.75, 14],
        [0.9, WEIGHT],
      ],
      params,
      what: (to) => `${to.placeId === null ? 'what looks like a' : 'a listed'} freight forwarder`,
    })
    if (found === null) return []
    const { to, finding } = found
    return [
      {
        ...finding,
        summary: `${finding.summary}${to.customerCode ? ', with a customer code' : ''}`,
        facts: { ...finding.facts, customerCode: to.customerCode },
        // Approval is somebody's word that the forwarder is known about.
        exceptional: to.placeId !== null && to.customerCode && !to.approved,
      },
    ]
  },
})
