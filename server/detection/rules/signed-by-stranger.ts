// The name given at the door is neither the person's nor one that was declared for them.
import { z } from 'zod'
import {
  apart,
  deliveredToReceiver,
  fading,
  fadingParams,
  isApart,
  isDeclared,
  partOf,
  placeName,
  waitedForPickUp,
} from '../measure.ts'
import { defineRule, type ShipmentFact, type SignedFact } from '../rule.ts'

/** At homes one signature in six or so is somebody else's of the household; at a helper's home most are. */
const WEIGHT = 6

export const signedByStranger = defineRule({
  id: 'signed-by-stranger',
  title: 'Signed for by somebody else',
  severity: 'medium',
  weight: WEIGHT,
  group: 'signature',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'shipment.signed',
    'address.added',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'experimental',
  why: 'Who signs has the laptop. A helper signs with a name of their own, or fetches the parcel for somebody who is not there.',
  references: [
    'KnowBe4: collected by a third person: https://veroot.com/cyber-resources/knowbe4s-unintentional-recruitment-of-a-north-korean-hacker-a-cautionary-tale',
    'United States v. Knoot, where parcels came addressed to another name than the one who lived there: https://scyscan.com/news/us-dismantles-laptop-farm-used-by-undercover-north-korean-it-workers',
  ],
  attack: [],
  falsePositives: [
    'Spouses, parents and flatmates; surnames say nothing of a household, and are not asked.',
    'A driver who types the name wrong, or types the name of the street.',
    'A caretaker or a neighbour whom the carrier does not call so.',
  ],
  blindSpots: [
    'A helper who signs with the name on the parcel, which is the usual thing.',
    'Carriers that name nobody, and parcels that need no signature.',
    'A driver who signs in place of the receiver.',
  ],
  runbook: [
    'Ask the person who took the parcel in, without naming the name; compare with what the carrier noted.',
    "Get the carrier's proof of delivery: signature, photo, place.",
    'Have the serial number read back from the laptop.',
    'If it is somebody they live with, declare a delegate or a household for them.',
  ],
  params: z.object({
    counterWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(7)
      .describe(
        'Decibans where it was fetched at a counter or a locker, which people have somebody do. A default, not a fact.',
      ),
    elsewhereWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(8)
      .describe('Decibans where it was handed over in another place than the one it was addressed to. A default.'),
    householdWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe('Decibans where a household with somebody is declared for the person. A default, not a fact.'),
    gapKmMin: z
      .number()
      .nonnegative()
      .max(20000)
      .default(40)
      .describe(
        'Kilometres beyond what the two cities cover by themselves, from which it is another place. A default.',
      ),
    ...fadingParams(30, 150),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const signed = shipment?.signed
    if (!shipment || !signed || signed.result !== 'different') return []
    if (!isHome(shipment) || isTakenIn(shipment) || isColleagueAtTheDoor(signed)) return []
    const where = whereOf(shipment, params.gapKmMin)
    const household = isDeclared(dossier, 'household', signed.at)
    const weights = { home: WEIGHT, counter: params.counterWeight, elsewhere: params.elsewhereWeight }
    const weight = household && where !== 'elsewhere' ? params.householdWeight : weights[where]
    const { share, nextAt } = fading(signed.at, dossier.now, params)
    if (share === 0) return []
    return {
      findings: [
        {
          key: shipment.id,
          summary: `Somebody else than the person signed for the parcel ${words[where]}${placeOf(shipment)}`,
          evidence: [signed.seq, shipment.seq],
          since: signed.at,
          facts: { signedAt: signed.at.toISOString(), where, household },
          weight: partOf(weight, share),
        },
      ],
      lookAgainAt: nextAt,
    }
  },
})

/** At an office, a box or an agent's everybody signs for everybody. */
const isHome = ({ destination }: ShipmentFact): boolean =>
  destination !== null && ['home', 'unknown'].includes(destination.kind)

/** The carrier says itself that it left the parcel with a desk, an agent or a neighbour. */
function isTakenIn({ delivered }: ShipmentFact): boolean {
  return delivered?.reading.is === 'delivered' && ['desk', 'agent', 'neighbour'].includes(delivered.reading.to)
}

/** Whoever signs so for their own parcels at this very door lives there. */
const isColleagueAtTheDoor = ({ others }: SignedFact): boolean =>
  others.some((other) => other.result === 'same' && other.where === 'door')

type Where = 'home' | 'counter' | 'elsewhere'

function whereOf(shipment: ShipmentFact, gapKmMin: number): Where {
  const { destination, delivered } = shipment
  if (destination !== null && delivered !== null && isApart(apart(destination.place, delivered.place), gapKmMin))
    return 'elsewhere'
  return waitedForPickUp(shipment).length > 0 ? 'counter' : 'home'
}

const words: Record<Where, string> = {
  home: 'at the door',
  counter: 'where it waited',
  elsewhere: 'away from its address',
}

function placeOf(shipment: ShipmentFact): string {
  const place = deliveredToReceiver(shipment)?.place ?? shipment.destination?.place
  return place === undefined ? '' : ` in ${placeName(place)}`
}
