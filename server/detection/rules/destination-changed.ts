// The carrier names another place than before as the one that the parcel is bound for.
import { z } from 'zod'
import {
  type Apart,
  apart,
  deliveredToReceiver,
  goesBack,
  isApart,
  isApprovedPlace,
  kmText,
  placeName,
  weightAt,
} from '../measure.ts'
import { defineRule, type Place, type ShipmentFact } from '../rule.ts'
import { isAway } from '../spans.ts'

/** As much as a delivery there; carriers' own data errs more often than their deliveries. */
const WEIGHT = 12

type Change = ShipmentFact['destinationChanges'][number]

export const destinationChanged = defineRule({
  id: 'destination-changed',
  title: 'Destination changed at the carrier',
  severity: 'high',
  weight: WEIGHT,
  group: 'delivery',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'shipment.destination_changed',
    'address.added',
    'address.approved',
    'address.refused',
    'declaration.made',
    'declaration.ended',
  ],
  status: 'experimental',
  why: "Some redirects leave no words among the scans: only the carrier's own destination of the parcel moves. It is the earliest sign, while the parcel can still be stopped.",
  references: [
    'Secureworks incident (equipment rerouted), told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
    'FBI IC3, 2023-10-18, on delivery addresses that change quickly: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'A carrier that shows the next depot as the destination for a day.',
    'A mover who has the parcel follow, or somebody who sends it to where they are this week.',
    'A change that our own shipping desk asked for at the carrier.',
  ],
  blindSpots: [
    'Another door in the same city.',
    'A destination that was another one already when we first heard of it.',
    'Carriers that name no destination.',
  ],
  runbook: [
    'Ask the carrier who changed the destination, when, and to which address; have the parcel held or brought back.',
    'Ask our own shipping desk whether they did.',
    'Call the person on a number that was on file before the order.',
    'Do not enrol or unlock the laptop until its place is settled.',
  ],
  params: z.object({
    gapKmMin: z
      .number()
      .nonnegative()
      .max(20000)
      .default(25)
      .describe('Kilometres beyond what the two cities cover by themselves. A default, not a fact.'),
    knownWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe(
        'Decibans where it now goes to the place of another approved address of theirs. A default, not a fact.',
      ),
    declaredWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(4)
      .describe('Decibans while travel or a second home is declared. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    if (shipment === null || goesBack(shipment)) return []
    const [first, ...more] = awayChanges(shipment, params.gapKmMin)
    if (first === undefined) return []
    const last = more.at(-1) ?? first
    const meant = shipment.destination?.place ?? first.from
    const far = apart(meant, last.to)
    const known = isApprovedPlace(dossier, last.to)
    const declared = isAway(dossier, first.at, last.to)
    const distance = far.km === null ? 'away from' : `${kmText(far.km)} from`
    return [
      {
        key: shipment.id,
        summary: `The carrier changed the parcel's destination to ${placeName(last.to)}, ${distance} ${placeName(meant)}`,
        evidence: [first, ...more].map((change) => change.seq).concat(shipment.destination?.seq ?? [], shipment.seq),
        since: first.at,
        facts: {
          changedAt: first.at.toISOString(),
          place: placeName(last.to),
          meant: placeName(meant),
          km: far.km === null ? null : Math.round(far.km),
          known,
          declared,
        },
        weight: known ? params.knownWeight : declared ? params.declaredWeight : weightOf(far, params.gapKmMin),
      },
    ]
  },
})

/** The changes that took it away from where it was meant to go and stand; none once it goes, or came, there after all. */
function awayChanges(shipment: ShipmentFact, gapKmMin: number): Change[] {
  const isFar = (a: Place, b: Place) => isApart(apart(a, b), gapKmMin)
  const delivered = deliveredToReceiver(shipment)
  const meant = shipment.destination?.place ?? shipment.destinationChanges[0]?.from
  if (meant === undefined || (delivered !== null && isPlaced(delivered.place) && !isFar(meant, delivered.place)))
    return []
  let away: Change[] = []
  for (const change of shipment.destinationChanges) {
    if (delivered !== null && change.at > delivered.to) continue
    if (!isFar(meant, change.to)) away = []
    // A corrected spelling, or the next town, takes it nowhere.
    else if (isFar(change.from, change.to)) away.push(change)
  }
  return away
}

const isPlaced = ({ city, circle }: Place) => city !== null || circle !== null

function weightOf({ gapKm, isOtherCountry }: Apart, gapKmMin: number): number {
  if (gapKm === null) return isOtherCountry ? WEIGHT : 10
  return weightAt(gapKm, [
    [gapKmMin, 8],
    [Math.max(300, gapKmMin + 1), WEIGHT],
  ])
}
