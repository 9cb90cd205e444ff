// The parcel’s destination is a virtual office or a registered agent: an address that is rented, not lived in.
import { z } from 'zod'
import { destinationParams, destinationWatches, goesToPlace } from '../measure.ts'
import { defineRule } from '../rule.ts'

const WEIGHT = 8

export const shippedToVirtualOffice = defineRule({
  id: 'shipped-to-virtual-office',
  title: 'Shipped to a virtual office or registered agent',
  severity: 'medium',
  weight: WEIGHT,
  group: 'destination',
  layer: 'custody',
  watches: destinationWatches,
  status: 'stable',
  why: 'Such an address exists to receive for people who are not there. Nobody works from it, and what comes is sent on.',
  references: [
    'FBI IC3, 2023-10-18, on delivery addresses where nobody lives: https://www.ic3.gov/PSA/2023/PSA231018',
    'One London address with 85,000 companies: https://fincrime.news.blog/2025/12/26/one-address-and-85000-companies-welcome-to-shelton-street/',
  ],
  attack: [],
  falsePositives: [
    'Contractors who give the registered address of their own firm.',
    'A coworking space whose building also sells addresses.',
    'Another firm or a flat in the same building.',
  ],
  blindSpots: [
    'Virtual offices that are on no list: there are thousands, and they look like any office.',
    'A serviced office where somebody takes the parcel in person.',
  ],
  runbook: [
    'Ask for an address where the person lives, and for proof of it.',
    'If it is a contractor’s own firm, ask where the person works.',
    'Compare with the address on the identity document.',
    'If it is known and wanted, have a second person approve the address; if the place is another, correct the list of places.',
  ],
  params: z.object(destinationParams),
  response: 'notify',
  evaluate(dossier, params) {
    const found = goesToPlace(dossier, {
      kinds: ['virtual office', 'registered agent'],
      weights: [
        [0.4, 4],
        [0.75, WEIGHT],
      ],
      params,
      what: (to) => (to.kind === 'registered agent' ? 'a registered agent’s address' : 'a virtual office'),
    })
    return found === null ? [] : [found.finding]
  },
})
