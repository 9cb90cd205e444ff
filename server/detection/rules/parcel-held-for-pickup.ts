// The parcel waits at a counter or in a locker, though nobody here asked for that.
import { z } from 'zod'
import { apart, fading, fadingParams, goesBack, isApart, partOf, placeName, waitedForPickUp } from '../measure.ts'
import { defineRule, type ScanFact, type ShipmentFact } from '../rule.ts'
import { isAway } from '../spans.ts'

/** Some parcels in a hundred wait at a counter without an attempt; of laptops bound for a stranger perhaps one in five. */
const WEIGHT = 6

/** Addresses at which parcels are fetched anyway. */
const fetchedAt = ['po box', 'locker or counter', 'mail drop', 'military']

export const parcelHeldForPickup = defineRule({
  id: 'parcel-held-for-pickup',
  title: 'Parcel waits to be picked up',
  severity: 'medium',
  weight: WEIGHT,
  group: 'delivery',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.prepared',
    'shipment.label_bought',
    'shipment.label_refunded',
    'shipment.scanned',
    'address.added',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'experimental',
  why: 'At a counter a parcel meets whoever comes with a name and a code, at no door that was checked. Laptops have been fetched so by a helper.',
  references: [
    'KnowBe4: fetched at a carrier counter with a matching name and another face: https://veroot.com/cyber-resources/knowbe4s-unintentional-recruitment-of-a-north-korean-hacker-a-cautionary-tale',
  ],
  attack: [],
  falsePositives: [
    'Nobody was at home, and the carrier took it to the nearest shop.',
    'Carriers that bring parcels to a counter by themselves, and post offices that everybody in the country fetches from.',
    'People who have parcels held while they are away.',
  ],
  blindSpots: [
    'A counter that the carrier words as an ordinary delivery.',
    'A policy or a label that asks for a pick-up: then who fetched it is all that is left to look at.',
    'A helper with good papers.',
  ],
  runbook: [
    'Ask the carrier who asked for the pick-up, and to see the identity document of whoever comes.',
    'Call the person on a number that was on file before the order: do they know that it waits there?',
    'Once it is fetched, compare who signed with the person, and have the serial number read to you.',
  ],
  params: z.object({
    elsewhereWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(8)
      .describe('Decibans where it waits away from the place it is addressed to. A default, not a fact.'),
    ordinaryWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe(
        'Decibans after a failed attempt, in a locker of the right place, or during a declared absence. A default, not a fact.',
      ),
    gapKmMin: z
      .number()
      .nonnegative()
      .max(20000)
      .default(40)
      .describe('Kilometres beyond what the two cities cover by themselves, from which it waits elsewhere. A default.'),
    ...fadingParams(30, 150),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    if (shipment === null || isMeantSo(shipment) || goesBack(shipment)) return []
    const waits = waitedForPickUp(shipment)
    const [first] = waits
    const last = waits.at(-1)
    if (first === undefined || last === undefined) return []
    const attempted = shipment.scans.some((scan) => scan.reading.is === 'attempted' && scan.at <= first.at)
    const elsewhere = isElsewhere(shipment, last, params.gapKmMin)
    const isOrdinary = attempted || isLocker(last) || isAway(dossier, first.at, last.place)
    const { share, nextAt } = fading(last.at, dossier.now, params)
    if (share === 0) return []
    const weight = elsewhere ? params.elsewhereWeight : isOrdinary ? params.ordinaryWeight : WEIGHT
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The parcel came to a ${isLocker(last) ? 'locker' : 'counter'} in ${placeName(last.place)} to be picked up${attempted ? ' after a failed attempt' : ', which nobody here asked for'}`,
          evidence: [...waits.map((scan) => scan.seq), shipment.seq],
          since: first.at,
          facts: {
            waitsSince: first.at.toISOString(),
            place: placeName(last.place),
            at: isLocker(last) ? 'locker' : 'counter',
            attempted,
            elsewhere,
          },
          weight: partOf(weight, share),
        },
      ],
      lookAgainAt: nextAt,
    }
  },
})

const isMeantSo = ({ policy, label, destination }: ShipmentFact): boolean =>
  policy?.policy.holdForPickup === true ||
  label?.holdForPickup === true ||
  (destination !== null && fetchedAt.includes(destination.kind))

const isLocker = ({ reading }: ScanFact): boolean =>
  reading.is === 'held' ? reading.at === 'locker' : reading.is === 'delivered' && reading.to === 'locker'

function isElsewhere({ destination }: ShipmentFact, scan: ScanFact, gapKmMin: number): boolean {
  return destination !== null && isApart(apart(destination.place, scan.place), gapKmMin)
}
