// The laptop was told to be in two places so far apart that nobody travels between them in the time.
import { z } from 'zod'
import {
  apart,
  custodySteps,
  fading,
  fadingParams,
  hoursBetween,
  hoursText,
  isOfPeriod,
  kmText,
  partOf,
  placeName,
  weighProof,
} from '../measure.ts'
import { type Dossier, defineRule } from '../rule.ts'
import { inTime, isAway, type Located, lastSeenBefore, tellsPlace } from '../spans.ts'

const WEIGHT = 6
/** The newest pairs of places stand for all. */
const EVIDENCE_MAX = 10

/** From one network to the next of the same source. */
interface Hop {
  from: Located
  to: Located
  /** When the laptop was last known to be at the first. */
  leftAt: Date
  /** Whether a report told the first network then; else one came then that told no other. */
  isTold: boolean
  km: number
  hours: number
}

export const impossibleTravel = defineRule({
  id: 'impossible-travel',
  title: 'Faster than anybody travels',
  severity: 'medium',
  weight: WEIGHT,
  group: 'place of check-ins',
  layer: 'place',
  watches: [
    ...custodySteps,
    'network',
    'device.checked_in',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'One laptop is in one place. Two places within an hour are two machines under one name, or a network that is led elsewhere to look like home.',
  references: [
    'Microsoft on Jasper Sleet, 2025-06-30, impossible travel among the signs to hunt for: https://archive.orkl.eu/3ed830709d642d67b2c99b7743cd8c0abd9e8352.json',
    'FBI IC3, 2025-01-23, on many addresses and countries in a short time: https://www.ic3.gov/PSA/2025/PSA250123',
  ],
  attack: ['T1090'],
  falsePositives: [
    'A private VPN or a relay that is not known as one, switched on and off.',
    'A telephone as hotspot whose operator comes out in another city.',
    'An address that its provider moved to another city; databases follow late.',
  ],
  blindSpots: [
    'Networks that tell no place of their own: mobile and shared ones, exits, and those that no database places.',
    'A laptop sent by parcel travels as slowly as anybody.',
    'Two sources that see different networks are not compared here: see duplicate-serial-live.',
    'Between two reports nobody knows where it was; one report a day shows little.',
  ],
  runbook: [
    'Look whether one of the two addresses is a VPN of theirs or an exit of ours; declare ours.',
    'Look whether two machines report under this serial number.',
    'Compare with the time zone and with remote-control tools of those days.',
  ],
  params: z.object({
    kmPerHour: z
      .number()
      .positive()
      .max(20000)
      .default(1000)
      .describe('Speed from which it counts, in km/h: airliners fly at 900. A default, not a fact.'),
    kmMin: z
      .number()
      .nonnegative()
      .max(20000)
      .default(500)
      .describe(
        'Kilometres between the circles from which it counts; places of addresses are off by hundreds at times. A default, not a fact.',
      ),
    hopWeight: z.number().nonnegative().max(20).default(3).describe('Decibans for one hop. A default, not a fact.'),
    hops: z
      .number()
      .int()
      .positive()
      .max(100)
      .default(3)
      .describe('Hops from which it weighs in full. A default, not a fact.'),
    untoldShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Part of the weight where the last report from the first place repeated no address. A default, not a fact.',
      ),
    ...fadingParams(14, 60, 'the last hop'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const hops = hopsOf(dossier, params.kmMin).filter(({ km, hours }) => km > hours * params.kmPerHour)
    const last = hops.at(-1)
    if (last === undefined) return []
    const { share, nextAt } = fading(last.to.at, dossier.now, params)
    if (share === 0) return []
    const pairs = firstPerPair(hops)
    // The farthest stands for all: it does not change with every hop.
    const farthest = hops.reduce((best, hop) => (hop.km > best.km ? hop : best))
    const weight = hops.length >= params.hops ? WEIGHT : params.hopWeight
    const isTold = hops.some((hop) => hop.isTold)
    const proofs = [last.from, last.to].map(({ proof }) =>
      weighProof(partOf(weight, isTold ? share : share * params.untoldShare), proof),
    )
    return {
      findings: [
        {
          key: dossier.shipment?.id ?? dossier.device.id,
          summary: `From ${placeName(farthest.from.place)} to ${placeName(farthest.to.place)}, ${kmText(farthest.km)} at least, within ${farthest.hours < 1 ? 'an hour' : hoursText(farthest.hours)}${hops.length === 1 ? '' : ', and more such hops'}`,
          evidence: [...new Set(pairs.slice(-EVIDENCE_MAX).flatMap(({ from, to }) => [from.seq, to.seq]))].toSorted(
            (a, b) => a - b,
          ),
          since: hops[0]!.to.at,
          facts: {
            from: placeName(last.from.place),
            to: placeName(last.to.place),
            leftAt: last.leftAt.toISOString(),
            seenAt: last.to.at.toISOString(),
            kmAtLeast: Math.round(last.km),
            hours: Math.round(last.hours * 100) / 100,
            hops: hops.length,
            source: last.to.source,
            proof: last.to.proof,
          },
          weight: Math.min(...proofs),
        },
      ],
      lookAgainAt: nextAt,
    }
  },
})

/** The first hop between each two places: another one of the same is no news to whoever has looked at it. */
function firstPerPair(hops: Hop[]): Hop[] {
  const nameOf = ({ place }: Located) => JSON.stringify([place.country, place.region, place.city])
  const pairs = Map.groupBy(hops, ({ from, to }) => [nameOf(from), nameOf(to)].toSorted().join())
  return [...pairs.values()].map(([first]) => first!)
}

/** Every move of so many km between telling networks that one source reported on time, of this custody period, oldest first. */
function hopsOf(dossier: Dossier, kmMin: number): Hop[] {
  const sound = inTime(dossier.networks).filter((one) => !one.late && !one.capped)
  const hops = [...Map.groupBy(sound, (one) => one.source).values()].flatMap((all) => {
    const found: Hop[] = []
    for (const [index, to] of all.entries()) {
      const before = all.findLastIndex((one, at) => at < index && tellsPlace(one))
      const from = all[before]
      if (!tellsPlace(to) || from === undefined || !tellsPlace(from)) continue
      const km = apart(from.place, to.place).gapKm ?? 0
      if (km < kmMin) continue
      const next = all[before + 1]!
      const seenAt = lastSeenBefore(dossier, to.source, next.at)
      const isTold = seenAt === null || seenAt <= from.at
      const leftAt = isTold ? from.at : seenAt
      found.push({ from, to, leftAt, isTold, km, hours: hoursBetween(leftAt, to.at) })
    }
    return found
  })
  return hops
    .filter(
      ({ from, to }) =>
        isOfPeriod(dossier, { from: from.at, to: to.at }) && !isAway(dossier, to.at) && !isAway(dossier, from.at),
    )
    .toSorted((a, b) => a.to.at.getTime() - b.to.at.getTime() || a.to.source.localeCompare(b.to.source))
}
