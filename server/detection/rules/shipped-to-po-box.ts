// The parcel’s destination is a PO box: whoever has its key fetches what comes.
import { z } from 'zod'
import { destinationParams, destinationWatches, goesToPlace } from '../measure.ts'
import { defineRule } from '../rule.ts'

/** A few in a hundred people have only this, so it never opens a case alone. */
const WEIGHT = 4

export const shippedToPoBox = defineRule({
  id: 'shipped-to-po-box',
  title: 'Shipped to a PO box',
  severity: 'medium',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: destinationWatches,
  status: 'stable',
  why: 'Nobody lives in a PO box, and whoever has the key gets the laptop. On its own it is weak: in the country, many people get everything so.',
  references: [
    'FBI IC3, 2023-10-18, on delivery addresses where nobody lives: https://www.ic3.gov/PSA/2023/PSA231018',
    'Guidance of State, Treasury and FBI, 2022-05-16, on workers who cannot receive at the address of their document: https://ofac.treasury.gov/media/923126/download?inline',
  ],
  attack: [],
  falsePositives: [
    'People in the country, to whose houses no post comes.',
    'Countries where a PO box is the ordinary address, as far as they are not known here.',
    'Homes where parcels are stolen from the porch.',
  ],
  blindSpots: [
    'Boxes that are written as a street address with a unit, which post offices offer.',
    'A box rented by somebody else.',
  ],
  runbook: [
    'Ask for an address where the person lives, and for proof of it.',
    'Most carriers bring no parcels to PO boxes: check that the label can be delivered at all.',
    'Compare with the address on the identity document.',
    'If it is known and wanted, have a second person approve the address; if the place is another, correct the list of places.',
  ],
  params: z.object(destinationParams),
  response: 'notify',
  evaluate(dossier, params) {
    const found = goesToPlace(dossier, {
      kinds: ['po box'],
      weights: [
        [0.4, 1],
        [0.7, 2],
        [0.9, WEIGHT],
      ],
      params,
      what: () => 'a PO box',
    })
    return found === null ? [] : [found.finding]
  },
})
