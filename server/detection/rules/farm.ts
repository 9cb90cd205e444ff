// Several people's laptops are kept at one place where most of them do not live.
import { z } from 'zod'
import { drivingTools, hoursBetween, isNeighbour, isOfPeriod, partOf } from '../measure.ts'
import { type Dossier, defineRule, type SharedFact, type SharedWith } from '../rule.ts'
import {
  crowdParams,
  evidenceOf,
  farmShare,
  householdsIn,
  isOut,
  lookAgainAfterWeek,
  placeTogether,
  sharedSince,
  sharedSteps,
  staysThere,
  weightParam,
} from '../together.ts'

const WEIGHT = 16
/** So long none of them may have been elsewhere for the finding to be enough alone (DESIGN 8). */
const WEEK_HOURS = 7 * 24

export const farm = defineRule({
  id: 'farm',
  title: 'Laptops of several people are kept at one place',
  severity: 'critical',
  weight: WEIGHT,
  group: 'farm',
  // It says of the laptop that it is kept where its person does not live; that it is with others says `site-shared-*`.
  layer: 'place',
  watches: [...sharedSteps, 'software'],
  status: 'experimental',
  why: 'Farms that were searched held six to nine laptops on average, of several employers: one company owns one or two of them, so two already count.',
  references: [
    'Searches of October 2024, about nine laptops a site: https://therecord.media/doj-raids-laptop-farms-crackdown',
    'FBI search warrant on what a laptop farm is: https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
  ],
  attack: [],
  falsePositives: [
    'An office, a project room or a training centre that nobody declared.',
    'A family home in which several colleagues live of whom the addresses on file differ.',
  ],
  blindSpots: [
    'Laptops that each have a connection of their own.',
    'People who all gave the host’s address as their home: then they look like a household.',
  ],
  runbook: [
    'Treat the laptops of the site as one case; do not warn any of its people apart from the others.',
    'Pause their access, and lock the laptops by the device management.',
    'Ask the carrier for the proof of delivery of every parcel that went there.',
    'An office or a household: declare it, and it is quiet.',
  ],
  params: z.object({
    peopleMin: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe('So many unrelated people at one place are a farm. A default, not a fact.'),
    pairWeight: weightParam(8, 'for two people whose laptops were never elsewhere; 0 leaves pairs out'),
    manyWeight: weightParam(20, 'for twice as many people as make a farm'),
    sameToolWeight: weightParam(
      3,
      'more where another laptop there can be driven by the same unapproved tool or device',
    ),
    ...crowdParams,
  }),
  response: 'case',
  evaluate(dossier, params) {
    if (!isOut(dossier)) return []
    const place = placeTogether(dossier, ['gateway', 'access point', 'network'], { ...everyPlace, ...params })
    const lookAgainAt = lookAgainAfterWeek(place, dossier.now)
    const stay = place?.stay ?? []
    const count = householdsIn(stay) + 1
    const isPair = count === 2 && stay.every((other) => other.besides === 'never')
    const share = farmShare(dossier, (place?.others.length ?? 0) + 1, params)
    if (place === null || share === 0 || (count < params.peopleMin && !(isPair && params.pairWeight > 0)))
      return { findings: [], lookAgainAt }
    const facts = place.facts.flatMap((fact) => {
      const others = fact.others.filter(staysThere)
      return others.length === 0 ? [] : [{ ...fact, others }]
    })
    const ways = waysIn(dossier)
    const alike = stay.filter((other) => other.tools.some((tool) => ways.has(tool)))
    const exceptional = share === 1 && facts.some((fact) => isEnoughAlone(dossier, fact))
    const full =
      count < params.peopleMin ? params.pairWeight : count >= 2 * params.peopleMin ? params.manyWeight : WEIGHT
    return {
      findings: [
        {
          key: 'farm',
          summary: `Laptops of ${count} people who live apart are kept at one place`,
          evidence: [...new Set(facts.flatMap((fact) => evidenceOf(fact, fact.others)))].toSorted((a, b) => a - b),
          since: new Date(Math.min(...facts.map((fact) => sharedSince(fact, fact.others).getTime()))),
          facts: {
            people: count,
            'were never elsewhere': stay.every((other) => other.besides === 'never'),
            'driven by the same tool': alike.length,
            exceptional,
          },
          weight: partOf(full + (alike.length > 0 ? params.sameToolWeight : 0), share),
          exceptional,
        },
      ],
      lookAgainAt,
    }
  },
})

/** Tools and devices that nobody approved, by which this laptop can be driven. */
function waysIn(dossier: Dossier): ReadonlySet<string> {
  const devices = dossier.hardware.filter((one) => !one.approved && !isNeighbour(one) && isOfPeriod(dossier, one))
  return new Set([...drivingTools(dossier).map(({ tool }) => tool.toolId), ...devices.map((one) => one.hardwareId)])
}

/** Every way of being together that counts, whatever it weighs; 60 days as in `site-shared-*`. */
const everyPlace = {
  homeWeight: 0,
  passingWeight: 0,
  unclearWeight: 0,
  recentWeight: 0,
  onlyWeight: 0,
  severalWeight: 0,
  fadeDays: 60,
  hours: 6,
}

/** One box under three people or more who live in different buildings, none of whose laptops was elsewhere for a week. */
function isEnoughAlone({ now }: Dossier, fact: SharedFact): boolean {
  const forAWeek = ({ together }: SharedWith) =>
    together !== null && together.to === null && hoursBetween(together.from, now) >= WEEK_HOURS
  return fact.kind !== 'network' && householdsIn(fact.others.filter(forAWeek)) >= 2
}
