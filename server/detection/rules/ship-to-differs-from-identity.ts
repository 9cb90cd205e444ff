// The parcel goes to another state or country than the address on the person's identity document.
import { z } from 'zod'
import {
  apart,
  changeOf,
  fading,
  fadingParams,
  homeAt,
  hoursBetween,
  isApproved,
  kmText,
  lastStepAt,
  parcelOut,
  partOf,
  placeName,
} from '../measure.ts'
import { type AddressFact, type Dossier, defineRule } from '../rule.ts'

/** Two to three times as likely: documents follow moves late. The same for another country: where one was issued must not weigh. */
const WEIGHT = 4

export const shipToDiffersFromIdentity = defineRule({
  id: 'ship-to-differs-from-identity',
  title: 'Sent far from the address on the identity document',
  severity: 'medium',
  weight: WEIGHT,
  group: 'address',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.label_bought',
    'shipment.shipped',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'address.refused',
    'time',
  ],
  status: 'stable',
  why: 'With a lent or stolen identity comes the address on its document, and a laptop sent there would reach the wrong hands. That the parcel has to go far from it is one of the oldest signs named.',
  references: [
    'US State, Treasury and FBI, 2022-05-16, on workers who cannot receive at the address on their document: https://ofac.treasury.gov/media/923126/download?inline',
    'FBI IC3, 2023-10-18, on sending to the address of the identity document: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'Documents are seldom changed for a move; they may be years old.',
    'Students, whose document names their parents’ home.',
    'People who came from another country and have its document.',
    'A military post address, or a post-office box where there is no other delivery.',
  ],
  blindSpots: [
    'Somebody who lends their own name and their own home passes.',
    'Another door within the same state.',
    'People whose document nobody has on file.',
  ],
  runbook: [
    'Ask for a newer proof of where the person lives: a lease, a bill, a registration.',
    'If they moved, have the new address approved by a second person, with the date of the move.',
    'Compare the person on a video call with the document, as for anybody who is hired.',
  ],
  params: z.object({
    nearKm: z
      .number()
      .nonnegative()
      .max(20000)
      .default(50)
      .describe(
        'Kilometres between what the two places cover, up to which a border between them says nothing. A default, not a fact.',
      ),
    movedDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(365)
      .describe('Days for which an approved move explains it: documents follow late. A default, not a fact.'),
    approvedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe('How much counts where the address is approved all the same. A default, not a fact.'),
    ...fadingParams(60, 180),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    const document = dossier.addresses.findLast((one) => one.use === 'identity' && !one.refused)
    const to = shipment === null ? null : (shipment.destination ?? homeAt(dossier, shipment.orderedAt))
    if (!shipment || !to || !document || to.kind === 'office' || to.kind === 'military') return []
    const far = apart(document.place, to.place)
    if (!(far.isOtherCountry || far.isOtherRegion) || (far.gapKm !== null && far.gapKm <= params.nearKm)) return []
    const approved = isApproved(dossier, to)
    if (approved && hasMoved(dossier, { to, orderedAt: shipment.orderedAt }, params.movedDays)) return []
    const fade = fading(lastStepAt(shipment), dossier.now, params)
    if (fade.share === 0) return []
    const distance = far.km === null ? 'another state or country than' : `${kmText(far.km)} from`
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The parcel goes to ${placeName(to.place)}, ${distance} the address on the identity document in ${placeName(document.place)}`,
          evidence: [...new Set([document.seq, to.seq, shipment.destinationSeq])],
          since: document.recordedAt > shipment.destinationAt ? document.recordedAt : shipment.destinationAt,
          facts: {
            place: placeName(to.place),
            document: placeName(document.place),
            km: far.km === null ? null : Math.round(far.km),
            approved,
          },
          weight: partOf(WEIGHT * (approved ? params.approvedShare : 1), fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})

/** Whether the address, or a home near it, took another's place not long before the parcel was ordered. */
function hasMoved(dossier: Dossier, { to, orderedAt }: { to: AddressFact; orderedAt: Date }, days: number): boolean {
  const homes = dossier.addresses.filter((one) => one.use === 'home' && apart(one.place, to.place).gapKm === 0)
  return [to, ...homes].some((one) => {
    const at = one.use === 'home' && one.approved ? changeOf(dossier, one) : null
    return at !== null && hoursBetween(at, orderedAt) <= days * 24
  })
}
