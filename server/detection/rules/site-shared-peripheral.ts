// One piece of USB hardware, known by its serial number, was at the laptops of several people.
import { z } from 'zod'
import { hoursBetween } from '../measure.ts'
import { defineRule, type SharedWith } from '../rule.ts'
import {
  evidenceOf,
  isOut,
  liveTogether,
  peopleText,
  sharedOf,
  sharedSince,
  sharedSteps,
  weightParam,
} from '../together.ts'

const WEIGHT = 12

export const siteSharedPeripheral = defineRule({
  id: 'site-shared-peripheral',
  title: 'One device was plugged into laptops of several people',
  severity: 'high',
  weight: WEIGHT,
  group: 'together',
  layer: 'co-location',
  watches: sharedSteps,
  status: 'experimental',
  why: 'A security key, a stick or a KVM that goes from one person’s laptop to another’s has been in one pair of hands.',
  references: [
    'FBI search warrant on what a laptop farm is: https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
    'MITRE ATT&CK T1219.003, remote access by hardware: https://attack.mitre.org/techniques/T1219/003',
  ],
  attack: ['T1219.003'],
  falsePositives: [
    'IT’s own docks, sticks and testers: what many laptops have seen weighs nothing.',
    'A couple or a shared desk at home.',
    'Models whose pieces all have one serial number: plugged in at two laptops for days at once, they are no one piece.',
  ],
  blindSpots: ['Hardware without a serial number, or with one that the maker gave to all.'],
  runbook: [
    'Ask each person what the device is and where they got it.',
    'Look at where the two laptops were when it moved.',
    'A shared home: declare the household.',
  ],
  params: z.object({
    crowdedMin: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(6)
      .describe('From so many people on it is the company’s own, and weighs nothing. A default.'),
    homeWeight: weightParam(0, 'where both live at that door or in that building'),
    unclearWeight: weightParam(9, 'where it cannot be told whether they live apart'),
    onceDays: z
      .number()
      .positive()
      .max(730)
      .default(7)
      .describe('Days at two laptops at once from which it is no single piece of hardware. A default.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    if (!isOut(dossier)) return []
    const { now } = dossier
    const isOnePiece = ({ together }: SharedWith) =>
      together === null || hoursBetween(together.from, together.to ?? now) < params.onceDays * 24
    return sharedOf(dossier, ['peripheral']).flatMap((fact) => {
      const { others } = fact
      if (fact.people >= params.crowdedMin || !others.every(isOnePiece)) return []
      const apart = others.filter((other) => !liveTogether(other))
      const isUnclear = apart.every((other) => other.homes === 'cannot tell')
      const weight = apart.length === 0 ? params.homeWeight : isUnclear ? params.unclearWeight : WEIGHT
      if (weight === 0) return []
      return [
        {
          key: fact.key,
          summary: `A device with the same serial number was plugged into this laptop and into those of ${peopleText(others.length)}`,
          evidence: evidenceOf(fact, others),
          since: sharedSince(fact, others),
          facts: { others: others.length, 'of these live apart': apart.length },
          weight,
        },
      ]
    })
  },
})
