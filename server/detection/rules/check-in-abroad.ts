// The laptop checked in from a country where neither its parcel went nor its person has an approved address.
import { z } from 'zod'
import {
  countryName,
  custodySteps,
  fading,
  fadingParams,
  hoursAfter,
  hoursBetween,
  hoursText,
  isOfPeriod,
  partOf,
  weighProof,
  weightAt,
} from '../measure.ts'
import { type Dossier, defineRule, type NetworkFact } from '../rule.ts'
import { earliest, isAway, latest } from '../spans.ts'

/** A day on which it was seen at home tells of so many. */
const DAYS_PER_SIGHT = 3

/** Networks whose country is that of an exit, not of the laptop. */
const exits = ['hosting', 'vpn', 'relay']

interface Stay {
  country: string
  first: NetworkFact
  /** When the same source told of another country again; null while it lasts. */
  until: Date | null
}

/** Where it was never seen in its own country: a tenth of ordinary laptops that much, and one in three diverted. */
const WEIGHT = 12

export const checkInAbroad = defineRule({
  id: 'check-in-abroad',
  title: 'Check-in from abroad',
  severity: 'medium',
  weight: WEIGHT,
  group: 'place of check-ins',
  layer: 'place',
  watches: [
    ...custodySteps,
    'network',
    'device.checked_in',
    'address.added',
    'address.approved',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'About one in three laptops of the best known farm was sent on abroad. Nothing shows it but where they check in.',
  references: [
    'United States v. Chapman, 49 devices sent abroad: https://lifestyle.swishinteractiv.com/us-woman-jailed-for-8-years-over-identity-theft-scheme-aiding-north-korean-workers',
    'FBI IC3, 2025-07-23, on facilitators who send laptops abroad: https://www.ic3.gov/PSA/2025/PSA250723-4',
    'Google Threat Intelligence, 2025-04: a laptop meant for New York that ran in London: https://channellife.co.uk/story/google-warns-of-rising-global-threat-from-n-korean-it-ops',
  ],
  attack: [],
  falsePositives: [
    'A journey that nobody declared.',
    'A telephone as hotspot that roams and comes out in its home country.',
    'A private VPN or relay that is not known as one; some providers register addresses in countries where they are not.',
  ],
  blindSpots: [
    'A laptop that stays in the country while its user is abroad: the ordinary farm.',
    'A VPN on the router with an exit at home.',
    'Sources that do not tell the public address.',
  ],
  runbook: [
    'Ask the person and their manager whether they travel; declare the journey if so.',
    'Look at what else came at the same time: a remote tool, a new time zone.',
    'If nobody knows of a journey, lock the laptop and ask for it back.',
  ],
  params: z.object({
    knownWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(7)
      .describe(
        'Decibans where it had been at home long enough: a journey that nobody declared, as one in fifty makes a year. A default, not a fact.',
      ),
    knownDays: z
      .number()
      .positive()
      .max(365)
      .default(14)
      .describe('Days of being seen at home before it left, from which that is so; less weighs in between. A default.'),
    lastingDays: z
      .number()
      .positive()
      .max(365)
      .default(28)
      .describe('Days abroad from which it is no mere journey. A default, not a fact.'),
    lastingWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe('Decibans more once it has lasted so long. A default, not a fact.'),
    hopHours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(48)
      .describe('Hours within which a stay that ended was a hop. A default, not a fact.'),
    hopWeight: z.number().nonnegative().max(20).default(5).describe('Decibans for a hop. A default, not a fact.'),
    exitWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(4)
      .describe("Decibans where the address is a hosting provider's, a VPN's or a relay's. A default, not a fact."),
    earlyWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe('Decibans more at the first check-in, less with every day after. A default, not a fact.'),
    earlyDays: z
      .number()
      .positive()
      .max(730)
      .default(14)
      .describe('Days after the first check-in over which that fades. A default, not a fact.'),
    ...fadingParams(30, 120, 'it came back'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const home = homeCountries(dossier)
    if (home.size === 0) return []
    const nexts: Date[] = []
    const findings = longestPerCountry(staysAbroad(dossier, home), dossier.now).flatMap(
      ({ country, first, until, lastAt }) => {
        const hours = hoursBetween(first.at, until ?? dossier.now)
        const isHop = until !== null && hours <= params.hopHours
        const isExit = exits.includes(first.place?.network ?? '')
        const isLasting = hours >= params.lastingDays * 24
        const stayWeight = historyWeight(dossier, { home, before: first }, params) + earliness(dossier, first, params)
        const base = isExit
          ? params.exitWeight
          : isHop
            ? Math.min(params.hopWeight, stayWeight)
            : stayWeight + (isLasting ? params.lastingWeight : 0)
        if (until === null && !isExit && !isLasting) nexts.push(hoursAfter(first.at, params.lastingDays * 24))
        const { share, nextAt } = lastAt === null ? { share: 1, nextAt: null } : fading(lastAt, dossier.now, params)
        if (nextAt !== null) nexts.push(nextAt)
        if (share === 0) return []
        return [
          {
            key: country,
            summary: `Checked in from ${countryName(country)}${until === null ? '' : ` for ${hoursText(hours)}`}, and is meant for ${[...home].map(countryName).join(' or ')}`,
            evidence: [first.seq, ...(dossier.shipment ? [dossier.shipment.seq] : [])],
            since: first.at,
            facts: {
              from: first.at.toISOString(),
              until: until?.toISOString() ?? null,
              country,
              home: [...home].join(', '),
              network: first.place?.network ?? null,
              proof: first.proof,
            },
            weight: weighProof(partOf(base, share), first.proof),
          },
        ]
      },
    )
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

/** Where it was sent, and where the person has an approved address. */
function homeCountries({ shipment, addresses }: Dossier): Set<string> {
  const approved = addresses.filter((address) => address.approved).map((address) => address.place.country)
  return new Set([shipment?.destination?.place.country, ...approved].filter((country) => country != null).toSorted())
}

/** Each source's stays in other countries since the carrier had the laptop, or in the period that it was told of. */
function staysAbroad(dossier: Dossier, home: Set<string>): Stay[] {
  const located = dossier.networks.filter((one) => one.place?.country)
  return [...Map.groupBy(located, (one) => one.source).values()].flatMap((all) => {
    // Each network holds until the next one of its source.
    const networks = all.filter((one, index) => isOfPeriod(dossier, { from: one.at, to: all[index + 1]?.at ?? null }))
    const stays: Stay[] = []
    for (const network of networks) {
      const country = network.place!.country!
      const last = stays.at(-1)
      if (last && last.until === null && last.country !== country) last.until = network.at
      if (home.has(country) || network.place!.network === 'ours' || isAway(dossier, network.at, network.place)) continue
      if (last?.country !== country || last.until !== null) stays.push({ country, first: network, until: null })
    }
    return stays
  })
}

/** One finding a country: the stay that lasted longest, the earlier of equals; and when the last of them was over, null while one lasts. */
function longestPerCountry(stays: Stay[], now: Date): (Stay & { lastAt: Date | null })[] {
  const hours = (stay: Stay) => hoursBetween(stay.first.at, stay.until ?? now)
  return [...Map.groupBy(stays, (stay) => stay.country).values()].map((group) => {
    const longest = group.reduce((best, stay) =>
      (stay.until === null && best.until !== null) || hours(stay) > hours(best) ? stay : best,
    )
    const ends = group.flatMap((stay) => stay.until ?? [])
    return { ...longest, lastAt: ends.length < group.length ? null : latest(ends) }
  })
}

/** Less the longer it was seen in its own country before: whoever has a laptop for months travels with it. */
function historyWeight(
  dossier: Dossier,
  { home, before }: { home: Set<string>; before: NetworkFact },
  params: { knownWeight: number; knownDays: number },
): number {
  const start = dossier.networks.find(
    ({ at, place }) =>
      at < before.at &&
      isOfPeriod(dossier, { from: at, to: null }) &&
      place?.country != null &&
      home.has(place.country) &&
      !exits.includes(place.network),
  )?.at
  if (start === undefined) return WEIGHT
  const seen = dossier.presence.filter((day) => day.lastAt >= start && day.lastAt < before.at)
  const days = new Set(seen.map((one) => one.day)).size
  // A laptop that reports once a week was there in between.
  const known = Math.min(days * DAYS_PER_SIGHT, hoursBetween(start, before.at) / 24)
  return weightAt(known, [
    [0, WEIGHT],
    [params.knownDays, params.knownWeight],
  ])
}

function earliness(
  { device, shipment }: Dossier,
  { at }: NetworkFact,
  params: { earlyWeight: number; earlyDays: number },
): number {
  if (device.firstCheckInAt === null) return params.earlyWeight
  if (shipment === null) return 0
  return weightAt(hoursBetween(device.firstCheckInAt, at) / 24, [
    [0, params.earlyWeight],
    [params.earlyDays, 0],
  ])
}
