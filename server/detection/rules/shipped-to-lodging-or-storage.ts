// The parcel’s destination is a hotel, where people stay for a while, or a storage unit, where nobody does.
import { z } from 'zod'
import { destinationParams, destinationWatches, goesToPlace, isDeclared } from '../measure.ts'
import { defineRule } from '../rule.ts'

/** Of a storage unit. */
const WEIGHT = 9

export const shippedToLodgingOrStorage = defineRule({
  id: 'shipped-to-lodging-or-storage',
  title: 'Shipped to a hotel or a storage unit',
  severity: 'medium',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: [...destinationWatches, 'declaration.made', 'declaration.ended'],
  status: 'stable',
  why: 'Nobody works from a storage unit, and a hotel is left within days. A hotel is weak by itself: people who move for the job live in one.',
  references: [
    'FBI IC3, 2023-10-18, on delivery addresses where nobody lives: https://www.ic3.gov/PSA/2023/PSA231018',
    'Secureworks, by way of The Register, 2024-10-18, on rerouted laptops: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: [],
  falsePositives: [
    'Somebody who has just moved for the job, or who travels.',
    'People who live in a hotel or above a storage site’s office.',
    'A restaurant or pub that has the word inn in its name.',
  ],
  blindSpots: ['Flats let by the week under a street address alone.', 'A warehouse that is on no list.'],
  runbook: [
    'Ask how long the person stays there, and for an address where they live.',
    'Declare the travel if it is known: a hotel is then no finding.',
    'Offer delivery to an office or a pick-up with an identity check.',
    'If it is known and wanted, have a second person approve the address; if the place is another, correct the list of places.',
  ],
  params: z.object({
    ...destinationParams,
    hotelWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe('Decibans where it is a hotel: people who move live in one. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const isHotel = shipment?.destination?.kind === 'hotel'
    if (isHotel && isDeclared(dossier, 'travel', shipment.destinationAt)) return []
    const found = goesToPlace(dossier, {
      kinds: ['hotel', 'self-storage'],
      weights: isHotel
        ? [
            [0.4, 1],
            [0.6, params.hotelWeight],
          ]
        : [
            [0.4, 4],
            [0.75, WEIGHT],
          ],
      params,
      what: () => (isHotel ? 'a hotel' : 'a storage unit'),
    })
    return found === null ? [] : [found.finding]
  },
})
