// Laptops of people who live apart are behind one home router, or at one access point.
import { z } from 'zod'
import { defineRule } from '../rule.ts'
import { closenessParams, lookAgainAfterWeek, placeFinding, placeTogether, sharedSteps } from '../together.ts'

/** Two of one company who live apart, always behind one box: hardly ever chance, at times a couple who never said so. */
const WEIGHT = 15

export const siteSharedAccessPoint = defineRule({
  id: 'site-shared-access-point',
  title: 'Laptops of several people are behind one router',
  severity: 'high',
  weight: WEIGHT,
  group: 'together',
  layer: 'co-location',
  watches: sharedSteps,
  status: 'experimental',
  why: 'A gateway or an access point is one box in one place. People who live apart and whose laptops are both always behind it have them kept there by somebody.',
  references: [
    'FBI search warrant on what a laptop farm is (many computers on one network, one helper): https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
  ],
  attack: [],
  falsePositives: [
    'A couple or a shared flat of which the addresses on file differ and nobody declared a household.',
    'A coworking space or a family home where two colleagues work at times: it weighs little once either is seen elsewhere.',
    'An office that nobody declared, with laptops that never leave it.',
  ],
  blindSpots: [
    'A farm that gives each laptop a router of its own.',
    'Sources that tell neither gateway nor access point.',
    'Laptops of other companies at the same place.',
  ],
  runbook: [
    'Ask each person, apart, where they work and with whom they live.',
    'Look at where their parcels went and who signed for them.',
    'Look for remote-control tools and hardware on the laptops that are there.',
    'A shared home: declare the household. An office: declare its network exit.',
  ],
  params: z.object(
    closenessParams({
      'one home': 0,
      'comes and goes': 0,
      'cannot tell': 9,
      'of late': 12,
      'only there': WEIGHT,
      several: 18,
    }),
  ),
  response: 'notify',
  evaluate(dossier, params) {
    const place = placeTogether(dossier, ['gateway', 'access point'], params)
    const isRouter = place?.facts.some((fact) => fact.kind === 'gateway') ?? false
    return {
      findings:
        place === null || place.weight === 0
          ? []
          : [placeFinding(place, isRouter ? 'behind one router' : 'at one access point')],
      lookAgainAt: lookAgainAfterWeek(place, dossier.now),
    }
  },
})
