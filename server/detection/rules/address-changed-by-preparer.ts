// The account that prepared the parcel also brought the address it goes to, and nobody else has approved it.
import { z } from 'zod'
import { changeOf, fading, fadingParams, lastStepAt, parcelOut, partOf, placeName } from '../measure.ts'
import { type AddressFact, type Dossier, defineRule } from '../rule.ts'

/** Four times as likely where an insider or a stolen account is at work; in small houses it is the rule. Our own judgement. */
const WEIGHT = 6

export const addressChangedByPreparer = defineRule({
  id: 'address-changed-by-preparer',
  title: 'Address brought by whoever prepared the parcel',
  severity: 'medium',
  weight: WEIGHT,
  group: 'address',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.prepared',
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
  why: 'One pair of hands that enters an address and sends a laptop there needs no story for anybody. Whose account was taken over looks the same.',
  references: [
    'NIST SP 800-53, AC-5 (separation of duties): https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
    'FBI IC3, 2025-07-23, on what helpers within the country do: https://www.ic3.gov/PSA/2025/PSA250723-4',
  ],
  attack: ['T1078'],
  falsePositives: [
    'A house in which one person does both, and nobody else is there to approve.',
    'An address taken down by telephone by whoever packs the laptop.',
  ],
  blindSpots: [
    'Two people, or two accounts, who work together.',
    'An address that is brought by a file under a system’s token.',
    'The first home of a person that came by an import, which is how every person comes.',
  ],
  runbook: [
    'Ask the person, by a contact that was on file before, whether they gave this address.',
    'Have somebody else than who prepared the parcel approve or refuse the address.',
    'If nobody asked for the address, look at what else this account entered, and secure the account.',
  ],
  params: z.object({
    aloneShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'How much counts where the same account approved it too, as a house of one may. A default, not a fact.',
      ),
    ...fadingParams(30, 90),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    const to = shipment?.destination
    if (!shipment?.preparedBy || !to || to.kind === 'office' || to.authorId !== shipment.preparedBy) return []
    const isAlone = to.approved && to.approverId === to.authorId
    if ((to.approved && !isAlone) || isImportedHome(dossier, to)) return []
    const fade = fading(lastStepAt(shipment), dossier.now, params)
    if (fade.share === 0) return []
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The account that prepared the parcel also brought its address in ${placeName(to.place)}, and nobody else has approved it`,
          evidence: [
            ...new Set([to.seq, shipment.destinationSeq, ...(shipment.policy === null ? [] : [shipment.policy.seq])]),
          ],
          since: shipment.policy?.at ?? shipment.destinationAt,
          facts: {
            place: placeName(to.place),
            use: to.use,
            broughtAt: to.recordedAt.toISOString(),
            approvedByTheSame: isAlone,
          },
          weight: partOf(WEIGHT * (isAlone ? params.aloneShare : 1), fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})

const isImportedHome = (dossier: Dossier, to: AddressFact) =>
  to.use === 'home' && to.source === 'import' && changeOf(dossier, to) === null
