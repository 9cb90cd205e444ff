// Several unrelated people's laptops go to one door, or to customers' codes of one street number.
import { z } from 'zod'
import { hoursBetween, parcelOut, partOf } from '../measure.ts'
import { type Dossier, defineRule, type RuleFinding, type SharedFact, type SharedWith } from '../rule.ts'
import { evidenceOf, peopleText, sharedOf, sharedSince, sharedSteps, weightParam } from '../together.ts'

/** Two parcels for two people at one door where neither is known to live: hardly ever chance. */
const WEIGHT = 15

const params = z.object({
  twoHomesWeight: weightParam(1, 'where two people live at one door'),
  threeHomesWeight: weightParam(7, 'where three people live at one door'),
  manyHomesWeight: weightParam(11, 'where four or more people live at one door'),
  toAnothersHomeWeight: weightParam(9, 'where the parcel goes to the home of somebody else here'),
  hostWeight: weightParam(5, 'where somebody else’s parcel went to this person’s home'),
  codesWeight: weightParam(13, 'where the units are customers’ codes at one street number that no list knows'),
  severalWeight: weightParam(19, 'for parcels of two other people or more at a door that is nobody’s home'),
  freshDays: z
    .number()
    .positive()
    .max(730)
    .default(365)
    .describe('Days between two parcels to one door within which it counts in full; later half. A default.'),
})
type Params = z.output<typeof params>

export const addressShared = defineRule({
  id: 'address-shared',
  title: 'Several people’s laptops go to one address',
  severity: 'high',
  weight: WEIGHT,
  group: 'address shared',
  layer: 'custody',
  watches: sharedSteps,
  status: 'experimental',
  why: 'Whoever runs a farm has the laptops sent to one door. People who have nothing to do with each other do not share one.',
  references: [
    'FBI search warrant on what a laptop farm is (many computers, one helper): https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
    'United States v. Knoot, one man taking in parcels for several employers: https://scyscan.com/news/us-dismantles-laptop-farm-used-by-undercover-north-korean-it-workers',
  ],
  attack: [],
  falsePositives: [
    'Partners and flatmates of whom nobody declared a household: two at one home door weigh little.',
    'A dormitory or company housing whose rooms are not in the addresses.',
    'A house in which one colleague follows another.',
  ],
  blindSpots: [
    'Addresses that cannot be read have no door.',
    'Doors written so that they look like others of the same building.',
    'People of other companies at the same door.',
  ],
  runbook: [
    'Ask each person, by what was on file before, whether the address is theirs and who lives there.',
    'Hold parcels that are not yet handed over.',
    'Look at who signed, and at what the laptops there share.',
    'A shared home: declare the household. A counter or an office: enter it as a known place.',
  ],
  params,
  response: 'notify',
  evaluate(dossier, params) {
    const doors = sharedOf(dossier, ['door']).filter((fact) => !fact.isPublicPlace)
    const found = doors.flatMap((fact) => doorFinding(dossier, fact, params) ?? [])
    if (found.length > 0) return [found.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0]!]
    return sharedOf(dossier, ['unit code'])
      .filter((fact) => !fact.isPublicPlace && !doors.some((door) => door.key.startsWith(fact.key)))
      .slice(0, 1)
      .map((fact) => ({
        ...findingOf(fact, fact.others),
        summary: `The unit looks like a customer’s number, and ${peopleText(fact.others.length)} ${fact.others.length === 1 ? 'has' : 'have'} one at the same street number`,
        weight: params.codesWeight,
      }))
  },
})

function doorFinding(dossier: Dossier, fact: SharedFact, params: Params): RuleFinding | null {
  const isHome = (one: { use: SharedFact['use']; approved: boolean }) => one.use === 'home' || one.approved
  const parcels = fact.others.filter((other) => !isHome(other))
  const homes = fact.others.filter((other) => isHome(other) && other.together !== null)
  if (!isHome(fact)) {
    const bound = parcelOut(dossier)?.destination
    const toNobody = parcels.length === 0 ? 0 : weightOfParcels(dossier, fact, parcels, params)
    const toAnothers = homes.length === 0 || bound?.doorKey !== fact.key ? 0 : params.toAnothersHomeWeight
    const weight = Math.max(toNobody, toAnothers)
    if (weight === 0) return null
    const others = [...parcels, ...homes]
    const summary =
      toNobody >= toAnothers
        ? `The laptop goes to a door to which those of ${peopleText(parcels.length)} went, and which is not known as anybody’s home`
        : `The laptop goes to the home of ${peopleText(homes.length)} here`
    return { ...findingOf(fact, others), summary, weight }
  }
  const shared = homesWeight(homes.length, params)
  const host = parcels.length === 0 ? 0 : params.hostWeight * Math.min(2, parcels.length)
  const weight = Math.max(shared, host)
  if (weight === 0) return null
  const summary =
    host > shared
      ? `Laptops of ${peopleText(parcels.length)} went to this person’s home`
      : `${peopleText(homes.length)} ${homes.length === 1 ? 'lives' : 'live'} at the same door, and no household is declared`
  return { ...findingOf(fact, host > shared ? parcels : homes), summary, weight }
}

const homesWeight = (count: number, params: Params): number =>
  [0, params.twoHomesWeight, params.threeHomesWeight][count] ?? params.manyHomesWeight

/** Less where the other parcels went there long before or after. */
function weightOfParcels(dossier: Dossier, fact: SharedFact, parcels: SharedWith[], params: Params): number {
  const own = fact.spans.at(-1)?.from ?? dossier.now
  const fresh = parcels.filter((other) => Math.abs(hoursBetween(own, other.from)) <= params.freshDays * 24)
  if (fresh.length === 0) return partOf(WEIGHT, 0.5)
  return fresh.length === 1 ? WEIGHT : Math.max(WEIGHT, params.severalWeight)
}

const findingOf = (fact: SharedFact, others: SharedWith[]) => ({
  key: 'address',
  evidence: evidenceOf(fact, others),
  since: sharedSince(fact, others),
  facts: {
    others: others.length,
    'known to live there': others.filter((other) => other.use === 'home' || other.approved).length,
    'is this person’s home': fact.use === 'home' || fact.approved,
  },
})
