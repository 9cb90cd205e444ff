// One stranger signed for the parcels of several people here.
import { z } from 'zod'
import { deliveredToReceiver, placeName, weightAt } from '../measure.ts'
import { type Dossier, defineRule, type SignedFact } from '../rule.ts'

/** Two people of one company with one stranger at two doors of one town: hardly ever chance, at times a relative. */
const WEIGHT = 13

type Other = SignedFact['others'][number]

export const signerShared = defineRule({
  id: 'signer-shared',
  title: 'One stranger signs for several people',
  severity: 'high',
  weight: WEIGHT,
  group: 'signature',
  layer: 'co-location',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'shipment.signed',
    'address.added',
    'declaration.made',
    'declaration.ended',
  ],
  status: 'experimental',
  why: 'A farm is one helper who takes in the parcels of many. People who live apart do not share whoever signs for them.',
  references: [
    'FBI search warrant on what a laptop farm is (many computers, one helper): https://www.yahoo.com/news/feds-two-east-tennessee-residences-190522319.html',
    'United States v. Knoot, one man taking in parcels for several employers: https://scyscan.com/news/us-dismantles-laptop-farm-used-by-undercover-north-korean-it-workers',
  ],
  attack: [],
  falsePositives: [
    'A concierge, a dormitory or a mailroom that the carrier does not call so.',
    'Two people of one family, or a couple, of whom nobody has declared a household.',
    'Two people of one name in one town.',
  ],
  blindSpots: [
    'A helper who signs with the names on the parcels.',
    'Names are compared by a keyed hash of what the carrier noted: the same person written in two ways is two.',
    'People of other companies at the same door.',
  ],
  runbook: [
    "Get the carrier's proof of delivery for each parcel, and compare signatures, photos and places.",
    'Ask each person, apart and without naming the name, who took their parcel in.',
    'Look at where the laptops check in, and at what they share.',
    'A family or a shared home: declare the household, and it is quiet.',
  ],
  params: z.object({
    crowdedMin: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(10)
      .describe(
        'From so many other people on the signer is a mailroom or a common name, and weighs nothing. A default.',
      ),
    doorWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(7)
      .describe('Decibans where the parcels came to one door: a shared home or a farm. A default, not a fact.'),
    buildingWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe('Decibans where they came to one building: a concierge, mostly. A default, not a fact.'),
    farWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(4)
      .describe('Decibans where they came to cities far apart: names exist twice. A default, not a fact.'),
    unclearWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(6)
      .describe('Decibans where it cannot be told how near they are. A default, not a fact.'),
    manyWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(17)
      .describe('Decibans for three other people or more at other doors of one town. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const signed = shipment?.signed
    if (!shipment || !signed || signed.result !== 'different' || shipment.destination?.kind === 'office') return []
    if (signed.others.length >= params.crowdedMin) return []
    const others = signed.others.filter((other) => other.result === 'different' && !livesWith(dossier, other))
    if (others.length === 0) return []
    const near = others.filter((other) => other.where === 'near').length
    const weights: Record<Other['where'], number> = {
      door: params.doorWeight,
      building: params.buildingWeight,
      near: weightAt(near, [
        [1, WEIGHT],
        [3, Math.max(WEIGHT, params.manyWeight)],
      ]),
      far: params.farWeight,
      'cannot tell': params.unclearWeight,
    }
    const weight = Math.max(...others.map((other) => weights[other.where]))
    const place = deliveredToReceiver(shipment)?.place ?? shipment.destination?.place
    return [
      {
        key: shipment.id,
        summary: `Whoever signed for the parcel${place === undefined ? '' : ` in ${placeName(place)}`} signed for ${peopleText(others.length)} too, and is none of them`,
        evidence: [signed.seq, ...others.map((other) => other.seq), shipment.seq],
        since: new Date(Math.max(signed.at.getTime(), Math.min(...others.map((other) => other.at.getTime())))),
        facts: { others: others.length, near, nearest: nearestOf(others) },
        weight,
      },
    ]
  },
})

/** A household of the two is declared while either signature was given. */
function livesWith(dossier: Dossier, other: Other): boolean {
  return dossier.declarations.some(
    (one) =>
      one.kind === 'household' &&
      (one.personId === other.personId || one.otherPersonId === other.personId) &&
      one.from <= other.at &&
      other.at <= one.to,
  )
}

const nearestOf = (others: Other[]): Other['where'] =>
  (['door', 'building', 'near', 'far', 'cannot tell'] as const).find((where) =>
    others.some((other) => other.where === where),
  ) ?? 'cannot tell'

const peopleText = (count: number) => `${count} other ${count === 1 ? 'person' : 'people'}`
