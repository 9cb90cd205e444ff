// The laptop is where the laptop of somebody was whose case was confirmed, or had the same hardware plugged in.
import { z } from 'zod'
import { hoursBetween, partOf } from '../measure.ts'
import { defineRule, type SharedFact, type SharedWith } from '../rule.ts'
import {
  confirmedIn,
  evidenceOf,
  isOut,
  liveTogether,
  sharedOf,
  sharedSince,
  sharedSteps,
  weightParam,
} from '../together.ts'

const WEIGHT = 15

export const siteOfClosedCase = defineRule({
  id: 'site-of-closed-case',
  title: 'At the place of a confirmed case',
  severity: 'high',
  weight: WEIGHT,
  group: 'closed case',
  layer: 'co-location',
  watches: sharedSteps,
  status: 'experimental',
  why: 'A site that was found goes on with the next laptops. One router, one access point, one KVM is the same place.',
  references: [
    'Farms with customers in common, and laptops moved between them: https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
  ],
  attack: [],
  falsePositives: [
    'A partner or flatmate of that person.',
    'A public address that the provider gave to another customer.',
  ],
  blindSpots: ['Only cases that were closed here count, and only as confirmed or as a breach of policy.'],
  runbook: [
    'Read the closed case: what was there, and what became of it?',
    'Pause the access of this laptop’s person, and lock the laptop.',
    'Look for others at the same place.',
  ],
  params: z.object({
    networkWeight: weightParam(9, 'where only the public address is the same'),
    networkDays: z
      .number()
      .positive()
      .max(730)
      .default(30)
      .describe('Days after the other was last there in which a public address counts. A default, not a fact.'),
    homeShare: z.number().min(0).max(1).default(0.4).describe('How much counts where both live there. A default.'),
    breachShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much of the weight counts where the case was closed as a breach of policy. A default.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    if (!isOut(dossier)) return []
    const isStale = (fact: SharedFact, other: SharedWith) =>
      fact.kind === 'network' &&
      other.together === null &&
      hoursBetween(other.to ?? dossier.now, fact.spans[0]!.from) > params.networkDays * 24
    const share = (other: SharedWith) =>
      (other.confirmed?.outcome === 'policy_breach' ? params.breachShare : 1) *
      (liveTogether(other) ? params.homeShare : 1)
    return confirmedIn(sharedOf(dossier, ['network', 'gateway', 'access point', 'peripheral']))
      .map(({ fact, others }) => ({ fact, others: others.filter((other) => !isStale(fact, other)) }))
      .filter(({ others }) => others.length > 0)
      .map(({ fact, others }) => ({
        key: 'place',
        summary: `The laptop ${fact.kind === 'peripheral' ? 'had a device plugged in' : `is at a ${fact.kind}`} of a confirmed case`,
        evidence: [...evidenceOf(fact, others), ...others.flatMap((other) => other.confirmed?.seq ?? [])],
        since: sharedSince(fact, others),
        facts: { others: others.length, outcome: others[0]?.confirmed?.outcome ?? null, by: fact.kind },
        weight: partOf(fact.kind === 'network' ? params.networkWeight : WEIGHT, Math.max(...others.map(share))),
      }))
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, 1)
  },
})
