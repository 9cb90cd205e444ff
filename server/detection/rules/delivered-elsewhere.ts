// The carrier delivered the parcel at another place than the one it was addressed to.
import { z } from 'zod'
import { type Apart, apart, deliveredToReceiver, isApart, kmText, placeName, weightAt } from '../measure.ts'
import { type AddressFact, type Dossier, defineRule } from '../rule.ts'
import { isAway } from '../spans.ts'

/** Carriers' scans name a place hundreds of km off for fewer than one parcel in a thousand. */
const WEIGHT = 13

export const deliveredElsewhere = defineRule({
  id: 'delivered-elsewhere',
  title: 'Delivered elsewhere',
  severity: 'high',
  weight: WEIGHT,
  group: 'delivery',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'address.added',
    'address.approved',
    'declaration.made',
    'declaration.ended',
  ],
  status: 'stable',
  why: 'Where the parcel was handed over is where the laptop is. Another city than the approved one means that somebody changed the delivery, seen or unseen.',
  references: [
    'KnowBe4: shipped to another state than the person claimed: https://newsieevents.com/crime-security-reports/how-a-u-s-security-company-unknowingly-hired-a-north-korean-hacker',
    'Secureworks incident (equipment rerouted), told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: [],
  falsePositives: [
    'A delivery scan at the depot that serves a wide country.',
    'A pick-up at a counter while the person is away.',
    'A city that exists twice, where the carrier does not name the region.',
  ],
  blindSpots: [
    'Another door in the same city.',
    'Scans without a place.',
    'A place that our list of cities does not know, within the same region.',
  ],
  runbook: [
    "Get the carrier's proof of delivery: place, time, signature, photo.",
    'Ask the person to show the laptop and to read its serial number aloud.',
    'Compare with where the laptop checks in.',
    'If it was a mistake of the carrier, have it brought to the right door.',
  ],
  params: z.object({
    gapKmMin: z
      .number()
      .nonnegative()
      .max(20000)
      .default(40)
      .describe(
        'Kilometres beyond what the two cities cover by themselves. A default, not a fact: it leaves neighbouring postal cities quiet.',
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
    const scan = shipment === null ? null : deliveredToReceiver(shipment)
    if (shipment === null || scan === null) return []
    const meant = nearest(dossier, shipment.destination, (address) => apart(address.place, scan.place))
    if (meant === null || !isApart(meant.apart, params.gapKmMin)) return []
    const { address, apart: far } = meant
    const declared = isAway(dossier, scan.at, scan.place)
    const distance = far.km === null ? 'away from' : `${kmText(far.km)} from`
    return [
      {
        key: shipment.id,
        summary: `Delivered in ${placeName(scan.place)}, ${distance} the ${address.approved ? 'approved' : 'parcel’s'} address in ${placeName(address.place)}`,
        evidence: [scan.seq, address.seq, shipment.seq],
        since: scan.at,
        facts: {
          deliveredAt: scan.at.toISOString(),
          place: placeName(scan.place),
          addressed: placeName(address.place),
          approved: address.approved,
          km: far.km === null ? null : Math.round(far.km),
          declared,
        },
        weight: declared ? params.declaredWeight : weightOf(far, params.gapKmMin),
      },
    ]
  },
})

/** Grows with the distance: depots lie some tens of km off, never hundreds. */
function weightOf({ gapKm, isOtherCountry }: Apart, gapKmMin: number): number {
  if (gapKm === null) return isOtherCountry ? WEIGHT : 10
  return weightAt(gapKm, [
    [gapKmMin, 9],
    [Math.max(300, gapKmMin + 1), WEIGHT],
  ])
}

/** Of the parcel's own address and the person's approved ones, the one nearest to where it came; any will do. */
function nearest(
  dossier: Dossier,
  destination: AddressFact | null,
  measure: (address: AddressFact) => Apart,
): { address: AddressFact; apart: Apart } | null {
  const approved = dossier.addresses.filter((address) => address.approved && address.id !== destination?.id)
  const measured = (destination === null ? approved : [destination, ...approved]).map((address) => ({
    address,
    apart: measure(address),
  }))
  const rank = ({ gapKm, isOtherCountry, isOtherRegion }: Apart) =>
    gapKm ?? (isOtherCountry ? 20_000 : isOtherRegion ? 10_000 : 0)
  return measured.reduce<(typeof measured)[number] | null>(
    (best, one) => (best === null || rank(one.apart) < rank(best.apart) ? one : best),
    null,
  )
}
