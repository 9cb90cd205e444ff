// On every day that tells, since its first check-in, the laptop was far from every home that is on file.
import { z } from 'zod'
import {
  apart,
  custodySteps,
  deliveredToReceiver,
  fading,
  hoursAfter,
  hoursBetween,
  isApart,
  kmText,
  partOf,
  placeName,
  weighProof,
  weightAt,
} from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type PresenceFact } from '../rule.ts'
import { firstPerPlace, homesAt, isAway, type Located, latest, type Span, spansOf, tellsPlace } from '../spans.ts'

/** In full only where it is far: lines that are placed in the next city are as many as people who are not at home. */
const WEIGHT = 9
/** A laptop that has told nothing for so long is not waited for day by day. */
const IDLE_HOURS = 7 * 24
/** The newest places stand for all. */
const EVIDENCE_MAX = 20

/** A day on which the laptop told where it is. */
interface Day {
  day: string
  at: Date
  networks: Located[]
}

type LocatedSpan = Span<Located>

export const neverAtHome = defineRule({
  id: 'never-at-home',
  title: 'Never seen near the home',
  severity: 'medium',
  weight: WEIGHT,
  group: 'place of check-ins',
  layer: 'place',
  watches: [
    ...custodySteps,
    'network',
    'device.checked_in',
    'device.match_undone',
    'address.added',
    'address.approved',
    'address.refused',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A laptop lives where its person lives. One that is elsewhere on every day, for weeks, is with somebody else, or the address on file is no home.',
  references: [
    'Mandiant 2024, on checking that a laptop is where its person says to live: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'FBI IC3, 2023-10-18, on comparing the place of laptops with addresses: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'Somebody who moved, or stays with family, and told nobody.',
    'A provider whose lines come out in another city: places of addresses are off by hundreds of kilometres at times.',
    'A company exit that nobody declared.',
  ],
  blindSpots: [
    'A farm near the address that was given for it.',
    'Networks that tell no place of their own: mobile ones, exits, and those that no database places.',
    'One day near the home ends it, however that day came about.',
  ],
  runbook: [
    'Ask the person where they live and work at present.',
    'If they moved, have the new address approved; if they are away for a while, declare the journey or the second home.',
    'Compare with the time zone of the laptop, and with where its parcel was delivered.',
    'If nobody can explain it, have the serial number read aloud in a video call.',
  ],
  params: z.object({
    nearKm: z
      .number()
      .nonnegative()
      .max(20000)
      .default(100)
      .describe('Kilometres between the circles up to which it counts as near. A default, not a fact.'),
    farKm: z
      .number()
      .positive()
      .max(20000)
      .default(800)
      .describe(
        'Kilometres between the circles from which it counts in full; databases place few lines so far off. A default, not a fact.',
      ),
    nearWeight: z
      .number()
      .min(0)
      .max(20)
      .default(4)
      .describe(
        'Decibans just beyond the near distance, rising to all of them; all at once where the parcel was delivered there. A default.',
      ),
    toldShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe(
        'Part of the weight near a home that is on file and not approved yet: that is what needs a check, and other rules say so. A default.',
      ),
    noParcelShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe(
        'Part of the weight where no parcel brought it: it may have been so for years, and the address is old. A default, not a fact.',
      ),
    days: z
      .number()
      .int()
      .positive()
      .max(730)
      .default(3)
      .describe('Days that must tell before anything is said; two fifths count then. A default, not a fact.'),
    moreDays: z
      .number()
      .int()
      .positive()
      .max(730)
      .default(7)
      .describe('Days at which nearly all of it counts: our strength ratings start there. A default, not a fact.'),
    allDays: z
      .number()
      .int()
      .positive()
      .max(730)
      .default(14)
      .describe('Days at which it weighs in full. A default, not a fact.'),
    unknownShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.7)
      .describe('Part of the weight while nobody knows what kind of network it was. A default, not a fact.'),
    fullDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(30)
      .describe('Days after the last day that told, in which it counts in full. A default, not a fact.'),
    goneDays: z
      .number()
      .positive()
      .max(730)
      .default(120)
      .describe('Days after the last day that told, from which it counts no more. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const start = dossier.device.firstCheckInAt
    if (start === null || dossier.person === null) return []
    const homes = placedHomes(dossier, start)
    const stays = spansOf(dossier.networks)
      .filter(({ to }) => to === null || to >= start)
      .filter((stay): stay is LocatedSpan => tellsPlace(stay.fact))
    const isNear = ({ place }: Located) => homes.some((one) => !isApart(apart(one.place, place), params.nearKm))
    const [home] = homes
    // Most laptops are at home, and this is all that it costs.
    if (home === undefined || stays.some(({ fact, from }) => from >= start && isNear(fact))) return []
    const days = daysThatTell(dossier, stays, start)
    const last = days.at(-1)
    if (last === undefined || days.some((day) => day.networks.some(isNear))) return []
    const { share, nextAt } = fading(last.at, dossier.now, params)
    if (share === 0) return []
    // Another day with nothing new wakes nobody.
    const isGrowing = days.length < params.allDays && hoursBetween(last.at, dossier.now) < IDLE_HOURS
    const lookAgainAt = isGrowing ? hoursAfter(dossier.now, 24) : nextAt
    if (days.length < params.days) return { findings: [], lookAgainAt }
    const network = last.networks.at(-1)!
    const gapKm = Math.min(...homes.map((one) => apart(one.place, network.place).gapKm ?? params.farKm))
    const km = apart(home.place, network.place).km ?? 0
    const isKnown = stays.some(({ fact }) => fact.place.network === 'home')
    const far = weightAt(gapKm, [
      [params.nearKm, params.nearWeight],
      [Math.max(params.farKm, params.nearKm + 1), WEIGHT],
    ])
    const lasting = days.length < params.moreDays ? 0.4 : days.length < params.allDays ? 0.8 : 1
    const weight =
      (cameThere(dossier, network, params.nearKm) ? WEIGHT : far) *
      lasting *
      (isKnown ? 1 : params.unknownShare) *
      (dossier.shipment === null ? params.noParcelShare : 1) *
      (isToldHome(dossier, network, params.nearKm) ? params.toldShare : 1)
    const networks = firstPerPlace(days.flatMap((day) => day.networks)).map((one) => one.seq)
    return {
      findings: [
        {
          key: dossier.shipment?.id ?? dossier.person.id,
          summary: `Near none of the homes on file on any day that tells, last in ${placeName(network.place)}, ${kmText(km)} from ${placeName(home.place)}`,
          evidence: [home.seq, ...networks.slice(-EVIDENCE_MAX)].toSorted((a, b) => a - b),
          since: days[0]!.at,
          facts: {
            days: days.length >= params.allDays ? `${params.allDays} or more` : days.length,
            from: days[0]!.day,
            place: placeName(network.place),
            home: placeName(home.place),
            km: Math.round(km),
            network: network.place.network,
            proof: network.proof,
          },
          weight: weighProof(partOf(weight, share), network.proof),
        },
      ],
      lookAgainAt,
    }
  },
})

/** The carrier says that it brought the parcel there: then no database errs. */
function cameThere({ shipment }: Dossier, { place }: Located, nearKm: number): boolean {
  const delivered = shipment === null ? null : deliveredToReceiver(shipment)
  return delivered !== null && delivered.place.circle !== null && !isApart(apart(delivered.place, place), nearKm)
}

/** Near a home that they told us of, and that nobody has approved or refused. */
const isToldHome = (dossier: Dossier, { place }: Located, nearKm: number): boolean =>
  dossier.addresses.some(
    (one) =>
      one.use === 'home' &&
      !one.approved &&
      !one.refused &&
      one.place.circle !== null &&
      !isApart(apart(one.place, place), nearKm),
  )

/** The homes on file that can be placed, of the first check-in and of now. */
function placedHomes(dossier: Dossier, start: Date): AddressFact[] {
  const homes = [dossier.now, start].flatMap((at) => homesAt(dossier, at))
  return [...new Set(homes)].filter(({ place }) => place.circle !== null)
}

/** The days since the first check-in on which a network told a place, oldest first; journeys that are vouched for left out. */
function daysThatTell(dossier: Dossier, stays: LocatedSpan[], start: Date): Day[] {
  const seen = dossier.presence.filter((row) => row.lastAt >= start && !isVouchedFor(dossier, row.lastAt))
  const days = [...Map.groupBy(seen, (row) => row.day)].map(([day, rows]) => ({
    day,
    at: latest(rows.map((row) => row.lastAt))!,
    networks: rows.flatMap((row) => stays.filter((stay) => isOn(stay, row)).map((stay) => stay.fact)),
  }))
  return days.filter(({ networks }) => networks.length > 0).toSorted((a, b) => a.day.localeCompare(b.day))
}

/** On a journey, at a second home, or at an office that was declared for this person. */
const isVouchedFor = (dossier: Dossier, at: Date) =>
  isAway(dossier, at) ||
  dossier.declarations.some((one) => one.kind === 'office' && one.personId !== null && one.from <= at && at <= one.to)

/** Whether a source saw the laptop on its network that day. */
const isOn = ({ fact, from, to }: LocatedSpan, row: PresenceFact) =>
  fact.source === row.source && from <= row.lastAt && (to === null || to > row.firstAt || +to === +from)
