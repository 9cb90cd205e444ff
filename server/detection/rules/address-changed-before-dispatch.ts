// The parcel is bound for an unapproved address that replaced another shortly before it was sent.
import { z } from 'zod'
import { apart, approvedHome, changeOf, handedToCarrierAt, hoursAfter, kmText, placeName } from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type ShipmentFact } from '../rule.ts'

/** For a change within one place: people move across town more often than across the country. */
const NEARBY_WEIGHT = 7

export const addressChangedBeforeDispatch = defineRule({
  id: 'address-changed-before-dispatch',
  title: 'Address changed before dispatch',
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
  why: 'Asking for another delivery address after being hired is how a laptop is steered to a farm before anything else can be seen. Checked here, it costs a telephone call instead of a laptop.',
  references: [
    'Secureworks incident, told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
    'FBI IC3, 2024-05-16, on addresses that change during onboarding: https://www.ic3.gov/PSA/2024/PSA240516',
    'FBI IC3, 2023-10-18, on delivery addresses that change once hired: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'Somebody who really moves, and whose new address nobody has approved yet.',
    'A parcel sent to relatives or to a workplace because the porch is not safe.',
    'The same home written so differently that it was not recognised.',
  ],
  blindSpots: [
    'A diversion address given from the start: it never changes.',
    'A change that was approved because the story was good.',
    'A change that was made, but dated long before the order.',
  ],
  runbook: [
    'Keep the parcel until the address is approved or corrected.',
    'Call the person on a number that was on file before the change, and ask where they live and since when.',
    'Compare with the address on the identity document and with the background check.',
    'If it is a move, have a second person approve the new address; then release the hold.',
  ],
  params: z.object({
    hoursBefore: z
      .number()
      .nonnegative()
      .max(8760)
      .default(72)
      .describe(
        'Hours before the order within which a change counts. A default, not a fact: no source gives a figure.',
      ),
  }),
  response: 'hold',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const to = shipment?.destination
    if (!shipment || !to || to.approved || to.kind === 'office') return []
    const at = changedBeforeDispatch(dossier, shipment, to)
    if (at === null || at < hoursAfter(shipment.orderedAt, -params.hoursBefore)) return []
    const home = approvedHome(dossier)
    const { km, gapKm } = home ? apart(home.place, to.place) : { km: null, gapKm: null }
    const far =
      km !== null && gapKm !== null && gapKm > 0
        ? `, ${kmText(km)} from the approved address in ${placeName(home!.place)}`
        : ''
    return [
      {
        key: shipment.id,
        summary: `The delivery address was changed to an unapproved one in ${placeName(to.place)}${far}`,
        evidence: [...new Set([to.seq, shipment.seq, shipment.destinationSeq])],
        since: at,
        facts: {
          changedAt: at.toISOString(),
          orderedAt: shipment.orderedAt.toISOString(),
          place: placeName(to.place),
          approvedPlace: home ? placeName(home.place) : null,
          km: km === null ? null : Math.round(km),
          source: to.source,
        },
        ...(gapKm === 0 ? { weight: NEARBY_WEIGHT } : {}),
      },
    ]
  },
})

/** When the parcel got its changed address, where that was before the carrier had it; later is another rule's. */
function changedBeforeDispatch(dossier: Dossier, shipment: ShipmentFact, to: AddressFact): Date | null {
  const at = shipment.destinationAt > shipment.orderedAt ? shipment.destinationAt : changeOf(dossier, to)
  const dispatchedAt = handedToCarrierAt(shipment)
  return at !== null && (dispatchedAt === null || at <= dispatchedAt) ? at : null
}
