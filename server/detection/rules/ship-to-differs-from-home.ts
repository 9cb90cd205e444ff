// The parcel goes to another door than the person's home.
import { z } from 'zod'
import {
  type Apart,
  apart,
  fading,
  fadingParams,
  homeAt,
  isApproved,
  kmText,
  lastStepAt,
  parcelOut,
  partOf,
  placeName,
  weightAt,
} from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type ShipmentFact } from '../rule.ts'
import { isAway } from '../spans.ts'

/** Four times as likely across states: that strong in our sources, but families are far apart too. Our own judgement. */
const WEIGHT = 6

export const shipToDiffersFromHome = defineRule({
  id: 'ship-to-differs-from-home',
  title: 'Sent to another place than home',
  severity: 'medium',
  weight: WEIGHT,
  // With the change and the missing approval it tells one thing: the parcel goes where nobody vouched for.
  group: 'address',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.label_bought',
    'shipment.shipped',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'address.refused',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Laptops for farms were sent to another state than the one in which the person said they live. The farther the door is from home, the fewer good reasons there are.',
  references: [
    'KnowBe4: shipped to another state than the person claimed: https://newsieevents.com/crime-security-reports/how-a-u-s-security-company-unknowingly-hired-a-north-korean-hacker',
    'Mandiant 2024 on comparing the delivery with the residence: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
  ],
  attack: [],
  falsePositives: [
    'A second home, a partner’s or parents’ flat, a hotel while relocating.',
    'A parcel sent to work, or to a neighbour whose porch is safe.',
    'A move that the address on file does not tell yet.',
  ],
  blindSpots: [
    'Somebody whose home on file is the farm.',
    'Places that our list of cities does not know, within the same region.',
  ],
  runbook: [
    'Ask the person, by a contact that was on file before, who lives there and why the parcel goes there.',
    'If it is where they will work from, have it approved by a second person, or declared as their second home.',
    'Compare with the address on the identity document and with later check-ins.',
  ],
  params: z.object({
    nearKm: z
      .number()
      .nonnegative()
      .max(20000)
      .default(25)
      .describe('Kilometres between what the two places cover, up to which they are near. As the design has it.'),
    farKm: z
      .number()
      .positive()
      .max(20000)
      .default(300)
      .describe('Kilometres from which it counts in full. Our own strength ratings start there; not a fact.'),
    nearWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe(
        'Decibans for another door near home, which is where most people have parcels sent. A default, not a fact.',
      ),
    approvedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much counts where the place is far and approved; near it is quiet then. A default, not a fact.'),
    moveShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much counts where it is a new home on file that nobody has approved yet. A default, not a fact.'),
    unapprovedHomeShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe('How much counts where nobody has approved the home that it is compared with. A default, not a fact.'),
    ...fadingParams(60, 180),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    const to = shipment?.destination
    if (!shipment || !to || isOrdinary(dossier, shipment, to)) return []
    const home = nearestHome(dossier, shipment, to)
    if (home === null || isSameDoor(home, to)) return []
    const far = apart(home.place, to.place)
    const approved = isApproved(dossier, to)
    const isNear = far.gapKm === null ? !far.isOtherCountry && !far.isOtherRegion : far.gapKm <= params.nearKm
    if (isNear && approved) return []
    const fade = fading(lastStepAt(shipment), dossier.now, params)
    if (fade.share === 0) return []
    const share =
      (approved ? params.approvedShare : to.use === 'home' ? params.moveShare : 1) *
      (home.approved ? 1 : params.unapprovedHomeShare)
    return {
      findings: [
        {
          key: shipment.id,
          summary: isNear
            ? `The parcel goes to another door than the ${homeWords(home)}, both near ${placeName(home.place)}`
            : `The parcel goes to ${placeName(to.place)}, ${far.km === null ? 'away' : kmText(far.km)} from the ${homeWords(home)} in ${placeName(home.place)}`,
          evidence: [...new Set([to.seq, home.seq, shipment.destinationSeq])],
          since: shipment.destinationAt,
          facts: {
            place: placeName(to.place),
            home: placeName(home.place),
            km: far.km === null ? null : Math.round(far.km),
            kind: to.kind,
            approved,
            homeApproved: home.approved,
          },
          weight: partOf((isNear ? params.nearWeight : weightOf(far, params)) * share, fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})

const homeWords = (home: AddressFact) => (home.approved ? 'approved home' : 'home on file')

const isSameDoor = (a: AddressFact, b: AddressFact) =>
  a.id === b.id ||
  (a.doorKey !== null && a.doorKey === b.doorKey) ||
  (a.buildingKey !== null && a.buildingKey === b.buildingKey)

/** An approved home, an office of ours, a military post, or a place that the company vouches for in advance. */
function isOrdinary(dossier: Dossier, shipment: ShipmentFact, to: AddressFact): boolean {
  if (to.kind === 'office' || to.kind === 'military' || (to.use === 'home' && to.approved)) return true
  const times = [shipment.destinationAt, lastStepAt(shipment)]
  return times.some((at) => isAway(dossier, at, to.place) || worksThere(dossier, at))
}

/** An office of their own whose address nobody could read; another makes the address itself an office of ours. */
const worksThere = ({ declarations }: Dossier, at: Date) =>
  declarations.some(
    (one) =>
      one.kind === 'office' && one.personId !== null && !one.place?.buildingKey && one.from <= at && at <= one.to,
  )

/** The approved home that is nearest, since people who moved have more than one; else the one on file. */
function nearestHome(dossier: Dossier, shipment: ShipmentFact, to: AddressFact): AddressFact | null {
  const approved = dossier.addresses.filter((one) => one.use === 'home' && one.approved)
  const rank = (home: AddressFact) => {
    const { gapKm, isOtherCountry, isOtherRegion } = apart(home.place, to.place)
    return isSameDoor(home, to) ? -1 : (gapKm ?? (isOtherCountry ? 20_000 : isOtherRegion ? 10_000 : 0))
  }
  if (approved.length === 0) return homeAt(dossier, shipment.destinationAt)
  return approved.reduce((best, one) => (rank(one) < rank(best) ? one : best))
}

function weightOf({ gapKm, isOtherCountry }: Apart, { nearKm, farKm }: { nearKm: number; farKm: number }): number {
  const weight =
    gapKm === null
      ? 5
      : weightAt(gapKm, [
          [nearKm, 3],
          [Math.max(farKm, nearKm + 1), WEIGHT],
        ])
  return isOtherCountry ? WEIGHT + 1 : weight
}
