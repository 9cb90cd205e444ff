// The name on the parcel is not the name of the person it is for.
import { z } from 'zod'
import { fading, fadingParams, isDeclared, lastStepAt, parcelOut, partOf, placeName } from '../measure.ts'
import { defineRule } from '../rule.ts'

/** Four times as likely: a partner’s name is common, a stranger’s is how farms receive. Our own judgement. */
const WEIGHT = 6

export const addresseeMismatch = defineRule({
  id: 'addressee-mismatch',
  title: 'Addressed to somebody else',
  severity: 'medium',
  weight: WEIGHT,
  group: 'signature',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.addressee_compared',
    'shipment.label_bought',
    'shipment.shipped',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A carrier hands a parcel to the name on its label. Where that is not the person it is for, the laptop is meant for other hands, and no signature will show it.',
  references: [
    'United States v. Knoot: parcels in another name to the helper’s homes: https://scyscan.com/news/us-dismantles-laptop-farm-used-by-undercover-north-korean-it-workers',
  ],
  attack: [],
  falsePositives: [
    'A partner’s or parent’s name on the bell, where the parcel would not arrive otherwise.',
    'Another name in daily life than on the records; write the known one into the record.',
    'A desk that receives for others and was not recognised as one.',
  ],
  blindSpots: [
    'A helper who receives in the person’s own name.',
    'Shipments that do not say whom they are addressed to.',
    'Names in different scripts cannot be compared, and say nothing.',
  ],
  runbook: [
    'Ask who prepared the parcel where the name came from.',
    'Ask the person, by a contact that was on file before, who that is and why the parcel is addressed so.',
    'If it is right, declare a delegate or a household; else have the parcel stopped.',
  ],
  params: z.object({
    householdShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe(
        'How much counts where the person shares a declared household: it may be that name. A default, not a fact.',
      ),
    ...fadingParams(30, 120),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    const to = shipment?.destination
    if (shipment?.addressee?.result !== 'different' || to?.kind === 'office') return []
    const fade = fading(lastStepAt(shipment), dossier.now, params)
    if (fade.share === 0) return []
    const household =
      isDeclared(dossier, 'household', shipment.orderedAt) || isDeclared(dossier, 'household', lastStepAt(shipment))
    const place = to ? placeName(to.place) : null
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The parcel${place === null ? '' : ` to ${place}`} is addressed to another name than that of the person it is for`,
          evidence: [shipment.addressee.seq, shipment.seq],
          since: shipment.orderedAt,
          facts: { place, household, approved: to?.approved ?? null },
          weight: partOf(WEIGHT * (household ? params.householdShare : 1), fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})
