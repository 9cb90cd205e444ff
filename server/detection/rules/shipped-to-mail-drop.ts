// The parcel's destination is a mail drop: a counter or shop that receives for whoever rents a box there.
import { z } from 'zod'
import { destinationParams, destinationWatches, goesToPlace } from '../measure.ts'
import { defineRule } from '../rule.ts'

const WEIGHT = 8

export const shippedToMailDrop = defineRule({
  id: 'shipped-to-mail-drop',
  title: 'Shipped to a mail drop',
  severity: 'medium',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: destinationWatches,
  status: 'stable',
  why: 'Nobody lives at a rented mail box: it hides where the laptop goes next, and such boxes can be had in every city within minutes.',
  references: [
    'Public lists of some thousands of such addresses: https://github.com/weiwei-tsao/virtualbox-non-cmra-verifier, https://github.com/keepraw/atmb-us-non-cmra',
    'FBI IC3, 2023-10-18, on delivery addresses where nobody lives: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'People who guard their home address, or live in a van.',
    'Homes where parcels are stolen from the porch.',
    'A flat above the shop.',
  ],
  blindSpots: [
    'Boxes that are no registered mail agency, which are sold as exactly that.',
    'A mail drop whose box number is written as an apartment.',
  ],
  runbook: [
    'Ask for an address where the person lives, and for proof of it.',
    'Compare with the address on the identity document.',
    'Offer delivery to an office or a pick-up with an identity check.',
    'If the box is known and wanted, have a second person approve the address.',
  ],
  params: z.object(destinationParams),
  response: 'notify',
  evaluate(dossier, params) {
    const found = goesToPlace(dossier, {
      kinds: ['mail drop'],
      weights: [
        [0.4, 4],
        [0.75, WEIGHT],
      ],
      params,
      what: () => 'a mail drop',
    })
    return found === null ? [] : [found.finding]
  },
})
