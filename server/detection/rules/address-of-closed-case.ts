// The address is one that somebody had whose case was confirmed.
import { z } from 'zod'
import { partOf } from '../measure.ts'
import { defineRule, type SharedFact, type SharedWith } from '../rule.ts'
import { confirmedIn, evidenceOf, sharedOf, sharedSince, sharedSteps } from '../together.ts'

const WEIGHT = 15

export const addressOfClosedCase = defineRule({
  id: 'address-of-closed-case',
  title: 'Address of a confirmed case',
  severity: 'high',
  weight: WEIGHT,
  group: 'closed case',
  // It is not how the parcel goes, but with whom: beside a changed address that is a second kind of evidence.
  layer: 'co-location',
  watches: sharedSteps,
  status: 'experimental',
  why: 'Who takes in laptops for others does so again, under other names: the door stays.',
  references: [
    'FBI search warrant on what a laptop farm is: https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
  ],
  attack: [],
  falsePositives: [
    'Houses change hands: somebody may have moved in after whoever was meant.',
    'A partner of that person.',
  ],
  blindSpots: ['Only cases that were closed here count, and only as confirmed or as a breach of policy.'],
  runbook: [
    'Read the closed case, and compare dates: did one leave before the other came?',
    'Hold the parcel, and ask the person by what was on file before who lives there.',
    'Look at what the laptops share besides the address.',
  ],
  params: z.object({
    breachShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much of the weight counts where the case was closed as a breach of policy. A default.'),
    leftShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much counts where the other lived there and had left before. A default.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const share = (other: SharedWith) =>
      (other.confirmed?.outcome === 'policy_breach' ? params.breachShare : 1) *
      (other.use === 'home' && other.together === null ? params.leftShare : 1)
    return confirmedIn(sharedOf(dossier, ['door', 'unit code']).filter((fact) => !fact.isPublicPlace))
      .map(({ fact, others }) => ({
        key: 'address',
        summary:
          fact.kind === 'door'
            ? 'The address is one of a person whose case was confirmed'
            : 'The unit is a customer’s number at the street number of a confirmed case',
        evidence: evidence(fact, others),
        since: sharedSince(fact, others),
        facts: { others: others.length, outcome: others[0]?.confirmed?.outcome ?? null, by: fact.kind },
        weight: partOf(WEIGHT, Math.max(...others.map(share))),
      }))
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, 1)
  },
})

const evidence = (fact: SharedFact, others: SharedWith[]) => [
  ...evidenceOf(fact, others),
  ...others.flatMap((other) => other.confirmed?.seq ?? []),
]
