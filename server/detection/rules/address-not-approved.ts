// The parcel is bound for an address that nobody has approved.
import { z } from 'zod'
import {
  approvedHome,
  fading,
  fadingParams,
  handedToCarrierAt,
  isApproved,
  lastStepAt,
  parcelOut,
  partOf,
  placeName,
} from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type ShipmentFact } from '../rule.ts'

/** One in twenty ordinary parcels goes to such an address, and one in five that are diverted: our own judgement. */
const WEIGHT = 6

export const addressNotApproved = defineRule({
  id: 'address-not-approved',
  title: 'Address that nobody approved',
  severity: 'medium',
  weight: WEIGHT,
  group: 'address',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.prepared',
    'shipment.label_bought',
    'shipment.label_refunded',
    'shipment.shipped',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'address.refused',
    'time',
  ],
  status: 'stable',
  why: 'An address that a second person has checked costs a helper a good story; one that nobody looked at costs nothing. The check is cheapest before the label is bought.',
  references: [
    'FBI IC3, 2023-10-18, on sending laptops to verified addresses only: https://www.ic3.gov/PSA/2023/PSA231018',
    'Secureworks incident (another delivery address was asked for), told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: [],
  falsePositives: [
    'A company whose records never say that an address was verified: there it is every parcel.',
    'A parcel to relatives, to work or to a hotel that somebody agreed to by telephone only.',
    'The same home written so differently that it was not recognised.',
  ],
  blindSpots: ['An approval that was given without a check.', 'A helper who lives at the approved address.'],
  runbook: [
    'Ask the person, by a contact that was on file before, whether the address is theirs and why the parcel goes there.',
    'Have somebody who neither brought the address nor prepared the parcel approve or refuse it.',
    'If it has left and cannot be vouched for, call the carrier and have it held or sent back.',
  ],
  params: z.object({
    orderedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe('How much counts while it is only ordered, and may still be approved. A default, not a fact.'),
    labelShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('How much counts once a label was bought. A default, not a fact.'),
    homeShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'How much counts for the home on file, where no other was ever approved; it is quiet until a label is bought. A default, not a fact.',
      ),
    refusedWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(9)
      .describe('Decibans for an address that somebody refused. A default, not a fact.'),
    ...fadingParams(7, 42),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    const to = shipment?.destination
    if (!shipment || !to || to.kind === 'office' || isApproved(dossier, to)) return []
    const stage = stageOf(shipment)
    const isHome = isOnlyHome(dossier, to)
    if (isHome && stage === 'ordered') return []
    const share = { ordered: params.orderedShare, labelled: params.labelShare, sent: 1 }[stage]
    const weight = to.refused ? params.refusedWeight : WEIGHT * share * (isHome ? params.homeShare : 1)
    const fade = fading(lastStepAt(shipment), dossier.now, params)
    if (fade.share === 0) return []
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The parcel ${words[stage]} an address in ${placeName(to.place)} that ${to.refused ? 'was refused' : 'nobody has approved'}`,
          // A label or a scan makes it weigh more and is no news of the address: what was decided stays so.
          evidence: [...new Set([to.seq, shipment.destinationSeq])],
          since: shipment.destinationAt,
          facts: {
            place: placeName(to.place),
            kind: to.kind,
            stage,
            refused: to.refused,
            homeOnFile: isHome,
            source: to.source,
          },
          weight: partOf(weight, fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})

type Stage = 'ordered' | 'labelled' | 'sent'

const words: Record<Stage, string> = { ordered: 'is ordered to', labelled: 'has a label to', sent: 'was sent to' }

function stageOf(shipment: ShipmentFact): Stage {
  if (handedToCarrierAt(shipment) !== null) return 'sent'
  return shipment.label === null ? 'ordered' : 'labelled'
}

/** The home on file, refused by nobody and at odds with no approved one. */
const isOnlyHome = (dossier: Dossier, to: AddressFact) =>
  to.use === 'home' && !to.refused && approvedHome(dossier) === null
