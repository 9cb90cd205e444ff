// The first check-in came from a place far from where the parcel was delivered.
import { z } from 'zod'
import {
  apart,
  custodySteps,
  deliveredToReceiver,
  fading,
  fadingParams,
  hoursBetween,
  kmText,
  knowsFirstUse,
  partOf,
  placeName,
  weighProof,
} from '../measure.ts'
import { type Dossier, defineRule, type NetworkFact, type Place } from '../rule.ts'
import { isAway } from '../spans.ts'

/** Networks whose place says little of the laptop's own: exits of somebody's, and operators that serve a whole country. */
const looseNetworks = ['hosting', 'vpn', 'relay', 'mobile', 'carrier NAT']

/** With `never-at-home` it tells one thing, and a place alone is to open no case: one hire in fifty unpacks elsewhere. */
const WEIGHT = 7

export const firstCheckInFar = defineRule({
  id: 'first-check-in-far',
  title: 'First check-in far from the delivery',
  severity: 'medium',
  weight: WEIGHT,
  group: 'place of check-ins',
  layer: 'place',
  watches: [
    ...custodySteps,
    'device.checked_in',
    'network',
    'address.added',
    'address.approved',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A laptop that is sent on appears first where it was sent to. What a first check-in says of its place is the earliest sign of it.',
  references: [
    'Google Threat Intelligence, 2025-04: a laptop meant for New York that ran in London: https://channellife.co.uk/story/google-warns-of-rising-global-threat-from-n-korean-it-ops',
    'Mandiant 2024 on comparing the place of a laptop with its delivery: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
  ],
  attack: [],
  falsePositives: [
    'Places of public addresses are often tens of kilometres off, and at times hundreds.',
    'Somebody who unpacks the laptop on a journey that nobody declared.',
    'A line whose provider comes out in another city.',
  ],
  blindSpots: [
    'A laptop that stays at the farm checks in where it was delivered.',
    'A VPN on the router shows another place, or the right one.',
    'Addresses that are known by country only are not measured here: see check-in-abroad.',
  ],
  runbook: [
    'Ask the person where they unpacked the laptop.',
    'Compare with the places of later check-ins and with the time zone it reports.',
    'Have the serial number read aloud in a video call.',
  ],
  params: z.object({
    nearKm: z
      .number()
      .nonnegative()
      .max(20000)
      .default(100)
      .describe(
        'Kilometres between the circles from which it counts. A default, not a fact; places of addresses are off by tens of kilometres.',
      ),
    farKm: z
      .number()
      .nonnegative()
      .max(20000)
      .default(300)
      .describe(
        'Kilometres between the circles from which it counts in full. Our own strength ratings start there; not a fact.',
      ),
    nearWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe(
        'Decibans between the two distances, and for networks that say little of a place. A default, not a fact.',
      ),
    alongWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(5)
      .describe(
        'Decibans where the carrier took the parcel elsewhere and the laptop woke there: no database errs then. A default, not a fact.',
      ),
    hours: z
      .number()
      .positive()
      .max(8760)
      .default(72)
      .describe('Hours after the first check-in within which its network must be told. A default, not a fact.'),
    days: z
      .number()
      .positive()
      .max(730)
      .default(45)
      .describe(
        'Days after delivery from which a first check-in tells little: the laptop has moved since, or its source was connected late. A default, not a fact.',
      ),
    ...fadingParams(45, 180, 'the first check-in'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment, device } = dossier
    const first = device.firstCheckInAt
    const network =
      first === null
        ? undefined
        : dossier.networks.find((one) => one.at >= first && hoursBetween(first, one.at) <= params.hours)
    if (!shipment || !network?.place || network.place.network === 'ours' || isAway(dossier, network.at, network.place))
      return []
    const delivered = deliveredToReceiver(shipment)
    const came = delivered?.place.circle ? delivered.place : null
    const addressed = shipment.destination?.place
    // Where the carrier took it elsewhere and it was used there, that is what it is far from.
    const wentAlong = came !== null && !isBeyond(came, network.place, params.nearKm)
    const meant = wentAlong ? addressed : (came ?? addressed)
    if (!meant) return []
    const { km, gapKm } = apart(meant, network.place)
    if (km === null || gapKm === null || gapKm <= params.nearKm || isNearHome(dossier, network.place, params.nearKm))
      return []
    const isTelling = !looseNetworks.includes(network.place.network) && knowsFirstUse(dossier, params.days)
    const isStrong = gapKm > params.farKm && isTelling && !wentAlong
    const { share, nextAt } = fading(network.at, dossier.now, params)
    if (share === 0) return []
    return {
      lookAgainAt: nextAt,
      findings: [
        {
          key: shipment.id,
          summary: `First checked in from ${placeName(network.place)}, ${kmText(km)} from ${meant === came ? 'its delivery' : 'its address'} in ${placeName(meant)}`,
          evidence: evidenceOf(network, [delivered?.seq ?? shipment.destinationSeq, shipment.seq]),
          since: network.at,
          facts: {
            checkedInAt: network.at.toISOString(),
            place: placeName(network.place),
            meant: placeName(meant),
            km: Math.round(km),
            network: network.place.network,
            proof: network.proof,
          },
          weight: weighProof(
            partOf(isStrong ? WEIGHT : wentAlong ? params.alongWeight : params.nearWeight, share),
            network.proof,
          ),
        },
      ],
    }
  },
})

const isBeyond = (a: Place, b: Place, nearKm: number) => {
  const { gapKm } = apart(a, b)
  return gapKm === null || gapKm > nearKm
}

const isNearHome = (dossier: Dossier, place: Place, nearKm: number) =>
  dossier.addresses.some((address) => {
    const { gapKm } = apart(address.place, place)
    return address.approved && gapKm !== null && gapKm <= nearKm
  })

const evidenceOf = (network: NetworkFact, others: number[]) => [...new Set([network.seq, ...others])]
