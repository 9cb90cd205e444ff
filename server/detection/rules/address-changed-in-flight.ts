// While the parcel was on its way, its destination or the person's address changed to one that nobody has approved.
import { z } from 'zod'
import { apart, changeOf, handedToCarrierAt, placeName } from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type RuleFinding, type ShipmentFact } from '../rule.ts'

export const addressChangedInFlight = defineRule({
  id: 'address-changed-in-flight',
  title: 'Address changed while the parcel was on its way',
  severity: 'medium',
  weight: 10,
  group: 'address',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.shipped',
    'shipment.scanned',
    'address.added',
    'address.approved',
    'address.refused',
  ],
  status: 'stable',
  why: 'A change that comes once the parcel has left is often followed by a redirect at the carrier. There is still time to call the carrier.',
  references: [
    'Secureworks incident, told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
    'FBI IC3, 2023-10-18, on delivery addresses that change once hired: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'Somebody who moves in these very days.',
    'An HR system that passes a move on late and does not say since when it holds.',
  ],
  blindSpots: [
    'A change made only at the carrier: see parcel-redirected.',
    'A change that is dated before the dispatch by whoever reports it.',
    'A change that was approved because the story was good.',
  ],
  runbook: [
    'Call the carrier: have the parcel held, or sent back, and redirects refused.',
    'Call the person on a number that was on file before the change.',
    'Approve the address only with a proof of it that is older than the order.',
  ],
  params: z.object({
    fileWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(8)
      .describe(
        'Decibans where only the address on file changed and the parcel still goes to the earlier one. A default, not a fact.',
      ),
    nearbyWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(5)
      .describe('Decibans for a change within one place. A default, not a fact.'),
  }),
  response: 'hold',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const from = shipment === null ? null : handedToCarrierAt(shipment)
    if (shipment === null || from === null) return []
    const isInFlight = (at: Date) => at > from && (shipment.delivered === null || at < shipment.delivered.at)
    return [...destinationChange(shipment, isInFlight), ...fileChanges(dossier, shipment, isInFlight, params)]
  },
})

function destinationChange(shipment: ShipmentFact, isInFlight: (at: Date) => boolean): RuleFinding[] {
  const { destination: to, destinationAt: at } = shipment
  if (to === null || to.approved || to.kind === 'office' || !isInFlight(at)) return []
  return [
    {
      key: shipment.id,
      summary: `The parcel's destination was changed to an unapproved address in ${placeName(to.place)} while it was on its way`,
      evidence: [shipment.destinationSeq, to.seq],
      since: at,
      facts: { changedAt: at.toISOString(), place: placeName(to.place), what: 'destination of the parcel' },
    },
  ]
}

function fileChanges(
  dossier: Dossier,
  shipment: ShipmentFact,
  isInFlight: (at: Date) => boolean,
  params: { fileWeight: number; nearbyWeight: number },
): RuleFinding[] {
  const bound = shipment.destination
  const isMove = (home: AddressFact) => bound === null || home.doorKey === null || home.doorKey !== bound.doorKey
  return dossier.addresses
    .filter((home) => home.use === 'home' && !home.approved && !home.refused && home.id !== bound?.id && isMove(home))
    .flatMap((home) => {
      const at = changeOf(dossier, home)
      return at !== null && isInFlight(at) ? [{ home, at }] : []
    })
    .map(({ home, at }) => ({
      key: `${shipment.id} ${home.id}`,
      summary: `The address on file changed to an unapproved one in ${placeName(home.place)} while the parcel was on its way${bound ? ` to ${placeName(bound.place)}` : ''}`,
      evidence: [home.seq, shipment.seq],
      since: at,
      facts: {
        changedAt: at.toISOString(),
        place: placeName(home.place),
        what: 'address on file',
        source: home.source,
      },
      weight: bound !== null && apart(bound.place, home.place).gapKm === 0 ? params.nearbyWeight : params.fileWeight,
    }))
}
