// Delivered in one country, and first used in another, without ever having been seen where it was delivered.
import { z } from 'zod'
import {
  apart,
  custodySteps,
  deliveredToReceiver,
  fading,
  fadingParams,
  hoursBetween,
  knowsFirstUse,
  partOf,
  placeName,
  weighProof,
} from '../measure.ts'
import { type Dossier, defineRule, type NetworkFact, type Place } from '../rule.ts'
import { isAway } from '../spans.ts'

const WEIGHT = 10

export const wokeAbroad = defineRule({
  id: 'woke-abroad',
  title: 'Delivered here, first used in another country',
  severity: 'high',
  weight: WEIGHT,
  group: 'order of custody',
  layer: 'custody',
  watches: [
    ...custodySteps,
    'network',
    'device.checked_in',
    'address.added',
    'address.approved',
    'address.refused',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Between its delivery and its first use somebody took the laptop over a border. Reshipping abroad does that; a journey begins with a laptop that was switched on at home.',
  references: [
    'United States v. Chapman, 49 laptops sent on abroad: https://lifestyle.swishinteractiv.com/us-woman-jailed-for-8-years-over-identity-theft-scheme-aiding-north-korean-workers',
    'Google 2025-04, a laptop meant for New York that ran in London: https://channellife.co.uk/story/google-warns-of-rising-global-threat-from-n-korean-it-ops',
    'FBI IC3, 2025-07-23, on facilitators who send laptops abroad: https://www.ic3.gov/PSA/2025/PSA250723-4',
  ],
  attack: [],
  falsePositives: [
    'Somebody who left for a journey on the day it came, and told nobody.',
    'A home near a border, and an operator whose lines come out on the other side.',
  ],
  blindSpots: [
    'Exits of VPNs and relays in the country of delivery: see time-zone-mismatch and hosting-or-vpn-exit.',
    'Laptops that somebody switches on once before sending them on.',
    'Laptops sent on within the country: see first-check-in-far and never-at-home.',
  ],
  runbook: [
    'Ask the person where they are, and since when; offer to declare the journey.',
    'Ask the carrier who took the parcel, and look for another parcel from there.',
    'Pause access until the laptop’s serial number has been read back in a call.',
  ],
  params: z.object({
    hours: z
      .number()
      .positive()
      .max(8760)
      .default(72)
      .describe('Hours after the first check-in in which its first line must be told. A default, not a fact.'),
    days: z
      .number()
      .positive()
      .max(365)
      .default(60)
      .describe(
        'Days from delivery to the first check-in from which nobody knows the first use. A default, not a fact.',
      ),
    nearKm: z
      .number()
      .min(0)
      .max(20000)
      .default(100)
      .describe('So near over a border is no journey. A default, not a fact.'),
    ...fadingParams(60, 180, 'the first check-in'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment, device } = dossier
    const first = device.firstCheckInAt
    if (shipment === null || first === null || !knowsFirstUse(dossier, params.days)) return []
    const delivered = deliveredToReceiver(shipment)
    const meant = delivered?.place.country ? delivered.place : shipment.destination?.place
    const lines = dossier.networks.filter((one) => one.at >= first && isLine(one))
    const [line] = lines
    if (!meant?.country || !line?.place?.country || hoursBetween(first, line.at) > params.hours) return []
    if (isAway(dossier, line.at, line.place) || lines.some((one) => isHere(dossier, meant, one, params.nearKm)))
      return []
    const { share, nextAt } = fading(line.at, dossier.now, params)
    if (share === 0) return []
    return {
      lookAgainAt: nextAt,
      findings: [
        {
          key: shipment.id,
          summary: `${delivered === null ? 'Sent to' : 'Delivered in'} ${placeName(meant)} and first used in ${placeName(line.place)}, never where it came to`,
          evidence: [...new Set([line.seq, delivered?.seq ?? shipment.destinationSeq, shipment.seq])].toSorted(
            (a, b) => a - b,
          ),
          since: line.at,
          facts: {
            delivered: placeName(meant),
            used: placeName(line.place),
            from: line.at.toISOString(),
            network: line.place.network,
            proof: line.proof,
          },
          weight: weighProof(partOf(WEIGHT, share), line.proof),
        },
      ],
    }
  },
})

/** A line that is where the laptop is; exits are elsewhere, and a telephone roams with its operator's addresses. */
const isLine = ({ place }: NetworkFact) =>
  place !== null && place.country !== null && (place.network === 'home' || place.network === 'unknown')

/** In the country it came to or near it, or in one of an approved address. */
function isHere(dossier: Dossier, meant: Place, { place }: NetworkFact, nearKm: number): boolean {
  const approved = dossier.addresses.filter((address) => address.approved).map((address) => address.place)
  return [meant, ...approved].some((one) => {
    const { gapKm } = apart(one, place!)
    return one.country === place!.country || (gapKm !== null && gapKm <= nearKm)
  })
}
