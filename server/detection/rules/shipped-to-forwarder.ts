// The parcel's destination is a freight forwarder: a place that sends parcels on, mostly abroad.
import { z } from 'zod'
import { placeName, weightAt } from '../measure.ts'
import { defineRule } from '../rule.ts'

const WEIGHT = 16

export const shippedToForwarder = defineRule({
  id: 'shipped-to-forwarder',
  title: 'Shipped to a freight forwarder',
  severity: 'high',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: ['shipment.ordered', 'shipment.changed', 'address.added', 'address.approved', 'address.refused'],
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
  params: z.object({
    confidenceMin: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe('How sure the address check must be. Below 0.4 it calls itself a mere hint; a default, not a fact.'),
    approvedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much counts where the address is approved all the same. A default, not a fact.'),
  }),
  response: 'case',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const to = shipment?.destination
    if (!shipment || !to || to.kind !== 'freight forwarder' || to.confidence < params.confidenceMin) return []
    const weight = weightAt(to.confidence, [
      [0.4, 6],
      [0.75, 14],
      [0.9, WEIGHT],
    ])
    const isListed = to.placeId !== null
    return [
      {
        key: shipment.id,
        summary: `The parcel is addressed to ${isListed ? 'a listed' : 'what looks like a'} freight forwarder in ${placeName(to.place)}${to.customerCode ? ', with a customer code' : ''}`,
        evidence: [to.seq, shipment.seq],
        since: shipment.destinationAt,
        facts: {
          kind: to.kind,
          confidence: to.confidence,
          listed: isListed,
          customerCode: to.customerCode,
          approved: to.approved,
          place: placeName(to.place),
        },
        weight: to.approved ? weight * params.approvedShare : weight,
        // Approval is somebody's word that the forwarder is known about.
        exceptional: isListed && to.customerCode && !to.approved,
      },
    ]
  },
})
