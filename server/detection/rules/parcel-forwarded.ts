// The carrier sent the parcel on, by an order that stands for all post of the address.
import { z } from 'zod'
import { deliveredToReceiver, goesBack, isApprovedPlace, partOf, placeName, scansUntilDelivered } from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type ShipmentFact } from '../rule.ts'

/** One parcel in some hundreds is forwarded, nearly always after a move; of diverted ones perhaps one in thirty. */
const WEIGHT = 10

export const parcelForwarded = defineRule({
  id: 'parcel-forwarded',
  title: 'Parcel forwarded to another address',
  severity: 'medium',
  weight: WEIGHT,
  group: 'delivery',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'address.added',
    'address.approved',
    'address.refused',
  ],
  status: 'experimental',
  why: 'A forwarding order takes a parcel to an address that nobody here has seen, and anybody who knows a name and a street can file one.',
  references: [
    'FBI IC3, 2023-10-18, on delivery addresses that change once hired: https://www.ic3.gov/PSA/2023/PSA231018',
    'Secureworks incident (equipment rerouted), told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: [],
  falsePositives: [
    'Somebody who moved, told the post, and has not told us yet.',
    'A forwarding order of whoever lived there before.',
  ],
  blindSpots: [
    'Carriers that forward without saying so.',
    'Where it was forwarded to: the next scans show that, at the level of a city.',
    'A forwarding service that the parcel is addressed to: see shipped-to-forwarder.',
  ],
  runbook: [
    'Ask the carrier where it was forwarded to, and who filed the order and when.',
    'Ask the person, on a number that was on file before the order, whether they moved.',
    'A true move: have the new address recorded, and approved by somebody else.',
    'Else have the parcel brought back, and leave the laptop locked.',
  ],
  params: z.object({
    movedWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe('Decibans where another home of theirs is approved and it came there, or may. A default, not a fact.'),
    nearShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much counts once it came to the place of an approved address after all. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    if (shipment === null || goesBack(shipment)) return []
    const forwards = scansUntilDelivered(shipment).filter((scan) => scan.reading.is === 'forwarded')
    const [first] = forwards
    if (first === undefined) return []
    const moved = approvedMove(dossier, shipment.destination)
    const came = deliveredToReceiver(shipment)
    const isNear = came !== null && isApprovedPlace(dossier, came.place)
    // Where it came to is not known yet, or not said: an approved move is the likely reason.
    const isOpen = came === null || (came.place.city === null && came.place.circle === null)
    const explained = moved !== null && (isNear || isOpen)
    return [
      {
        key: shipment.id,
        summary: `The parcel was forwarded to another address while it was in ${placeName(first.place)}${explained ? '; a move of theirs is approved' : ''}`,
        evidence: [
          ...forwards.map((scan) => scan.seq),
          ...(explained ? [moved.seq] : []),
          ...(isNear ? [came.seq] : []),
          shipment.seq,
        ],
        since: first.at,
        facts: { place: placeName(first.place), scans: forwards.length, moved: explained, near: isNear },
        weight: explained ? params.movedWeight : isNear ? partOf(WEIGHT, params.nearShare) : WEIGHT,
      },
    ]
  },
})

/** An approved home at another door than the parcel's. */
function approvedMove(dossier: Dossier, bound: ShipmentFact['destination']): AddressFact | null {
  return (
    dossier.addresses.findLast(
      (home) =>
        home.use === 'home' &&
        home.approved &&
        home.id !== bound?.id &&
        (home.doorKey === null || home.doorKey !== bound?.doorKey),
    ) ?? null
  )
}
