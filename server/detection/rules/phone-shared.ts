// Several people have one telephone number on file.
import { z } from 'zod'
import { defineRule } from '../rule.ts'
import { evidenceOf, liveTogether, peopleText, sharedOf, sharedSince, sharedSteps, weightParam } from '../together.ts'

const WEIGHT = 9

export const phoneShared = defineRule({
  id: 'phone-shared',
  title: 'Several people have one telephone number',
  severity: 'medium',
  weight: WEIGHT,
  group: 'phone',
  layer: 'identity',
  watches: [...sharedSteps, 'person.changed'],
  status: 'experimental',
  why: 'One person who answers for several identities gives one number for them.',
  references: ['FBI notice on contact details used by several workers: https://www.ic3.gov/PSA/2025/PSA250123'],
  attack: [],
  falsePositives: ['A couple or a family with one number.', 'A switchboard or an agency’s number: many have it.'],
  blindSpots: ['Numbers are on file for some people only.', 'A number each costs nothing.'],
  runbook: [
    'Call the number, and ask each person on another way for theirs.',
    'Look at what else the two have in common: doors, networks, whoever signed.',
    'A shared home: declare the household.',
  ],
  params: z.object({
    crowdedMin: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(8)
      .describe('From so many people on it is a switchboard, and weighs nothing. A default.'),
    homeWeight: weightParam(0, 'where both live at one door or in one building'),
    severalWeight: weightParam(13, 'for two other people or more who live apart'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    return sharedOf(dossier, ['phone']).flatMap((fact) => {
      const others = fact.others.filter((other) => other.together !== null)
      if (others.length === 0 || fact.people >= params.crowdedMin) return []
      const apart = others.filter((other) => !liveTogether(other)).length
      const weight = apart === 0 ? params.homeWeight : apart === 1 ? WEIGHT : Math.max(WEIGHT, params.severalWeight)
      if (weight === 0) return []
      return [
        {
          key: fact.key,
          summary: `The telephone number on file is that of ${peopleText(others.length)} too`,
          evidence: evidenceOf(fact, others),
          since: sharedSince(fact, others),
          facts: { others: others.length, 'of these live apart': apart },
          weight,
        },
      ]
    })
  },
})
