// Laptops of people who live apart come from one household's public address at one time.
import { z } from 'zod'
import { hoursAfter } from '../measure.ts'
import { defineRule } from '../rule.ts'
import { closenessParams, lookAgainAfterWeek, placeFinding, placeTogether, sharedOf, sharedSteps } from '../together.ts'

/** An address at one time is nearly as good as the router behind it; providers give it to another by and by. */
const WEIGHT = 13

export const siteSharedNetwork = defineRule({
  id: 'site-shared-network',
  title: 'Laptops of several people come from one household’s address',
  severity: 'high',
  weight: WEIGHT,
  group: 'together',
  layer: 'co-location',
  watches: sharedSteps,
  status: 'experimental',
  why: 'A farm is many laptops on one home connection. Mobile networks, carriers’ shared addresses, VPNs and exits of the company are left out.',
  references: [
    'FBI search warrant on what a laptop farm is (many computers on one network, one helper): https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
    'State, Treasury and FBI on several accounts from one address: https://ofac.treasury.gov/media/923126/download?inline',
  ],
  attack: [],
  falsePositives: [
    'A couple or a shared flat of which nobody declared a household.',
    'A carrier’s shared address or a coworking space that is not known as one.',
    'An address that the provider gave to another customer while a laptop was asleep.',
  ],
  blindSpots: ['A farm whose laptops go out by mobile networks, VPNs or connections of their own.'],
  runbook: [
    'Ask each person, apart, where they work and with whom they live.',
    'Look at where their parcels went, and at gateways and access points where a source tells them.',
    'A shared home: declare the household. An office: declare its network exit.',
  ],
  params: z.object({
    ...closenessParams({
      'one home': 0,
      'comes and goes': 0,
      'cannot tell': 7,
      'of late': 11,
      'only there': WEIGHT,
      several: 16,
    }),
    hours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(6)
      .describe('Hours for which both have to come from it: addresses change hands. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const place = placeTogether(dossier, ['network'], params)
    const isFresh = place === null && sharedOf(dossier, ['network']).some((fact) => fact.others.some(isThereNow))
    return {
      findings: place === null || place.weight === 0 ? [] : [placeFinding(place, 'at one household’s address')],
      lookAgainAt: isFresh ? hoursAfter(dossier.now, params.hours) : lookAgainAfterWeek(place, dossier.now),
    }
  },
})

const isThereNow = ({ together }: { together: { to: Date | null } | null }) => together !== null && together.to === null
