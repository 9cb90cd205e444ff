// The parcel’s destination is a locker or a counter, where a code or a name is enough to fetch it.
import { z } from 'zod'
import { destinationParams, destinationWatches, goesToPlace } from '../measure.ts'
import { defineRule } from '../rule.ts'

/** In some countries every third parcel comes so. */
const WEIGHT = 4

export const shippedToPickupCounter = defineRule({
  id: 'shipped-to-pickup-counter',
  title: 'Shipped to a locker or counter',
  severity: 'medium',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: [...destinationWatches, 'shipment.prepared', 'shipment.label_bought', 'shipment.label_refunded'],
  status: 'stable',
  why: 'At a locker or counter a parcel meets whoever comes with a code, at no door that was checked. A collection with an identity check has been got past by a helper.',
  references: [
    'KnowBe4: fetched at a carrier counter with a matching name and another face: https://veroot.com/cyber-resources/knowbe4s-unintentional-recruitment-of-a-north-korean-hacker-a-cautionary-tale',
    'FBI IC3, 2023-10-18, on delivery addresses where nobody lives: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'Countries where lockers are how most parcels come.',
    'People who are not at home during the day, or whose parcels get stolen.',
    'A pick-up that the company asked for.',
  ],
  blindSpots: [
    'A counter that is written as a shop’s street address and is on no list.',
    'A pick-up that the receiver arranges with the carrier afterwards: parcel-held-for-pickup looks at that.',
  ],
  runbook: [
    'Ask who is going to fetch it, and for an address where the person lives.',
    'Have the carrier ask for the identity document of whoever comes.',
    'After the hand-over have the serial number read back.',
    'If it is known and wanted, have a second person approve the address; if the place is another, correct the list of places.',
  ],
  params: z.object(destinationParams),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    // Then it is the company that wants it fetched.
    if (shipment?.policy?.policy.holdForPickup || shipment?.label?.holdForPickup) return []
    const found = goesToPlace(dossier, {
      kinds: ['locker or counter'],
      weights: [
        [0.4, 1],
        [0.75, WEIGHT],
      ],
      params,
      what: () => 'a parcel locker or counter',
    })
    return found === null ? [] : [found.finding]
  },
})
