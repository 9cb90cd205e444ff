// The laptop comes out where a hosting provider, a VPN or a relay does, not where somebody lives.
import { z } from 'zod'
import {
  custodySteps,
  fading,
  hoursBetween,
  hoursText,
  isOfPeriod,
  knowsFirstUse,
  parcelOut,
  partOf,
  weighProof,
  weightAt,
} from '../measure.ts'
import { type Dossier, defineRule, type NetworkFact } from '../rule.ts'
import { earliest, latest, type Span, seenUntil, spansOf } from '../spans.ts'

/** What each kind of exit is called in a summary. */
const exits = { hosting: 'a hosting provider', vpn: 'a VPN', relay: 'a relay' } as const
type Exit = keyof typeof exits

const WEIGHT = 6
/** Less than this is nothing. */
const MIN_WEIGHT = 0.5

export const hostingOrVpnExit = defineRule({
  id: 'hosting-or-vpn-exit',
  title: 'Comes out at a hosting provider or a VPN',
  severity: 'medium',
  weight: WEIGHT,
  group: 'exits',
  layer: 'place',
  watches: [
    ...custodySteps,
    'network',
    'software',
    'device.checked_in',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A laptop that was sent on abroad is led home through an exit, so that its address looks right. Most farms sit on clean home lines: what this catches are the others.',
  references: [
    'FBI IC3, 2023-10-18, asks that private VPNs are off on company networks: https://www.ic3.gov/PSA/2023/PSA231018',
    'Red Canary, hunts for unusual VPN sign-ins after Mandiant’s report of 2024: https://redcanary.com/threat-detection-report/trends/insider-threats',
    'Apple on Private Relay, which keeps to the region of its user: https://developer.apple.com/support/prepare-your-network-for-icloud-private-relay/',
  ],
  attack: ['T1090', 'T1090.003'],
  falsePositives: [
    'The company’s own exit, while nobody has declared it: a range that most laptops come out of is yours.',
    'A VPN of people who like their privacy, and relays that systems switch on by themselves.',
    'A home line whose provider is listed with its data centres.',
  ],
  blindSpots: [
    'Home lines, and proxies on them: the ordinary farm.',
    'Without fetched lists or a file of the operator’s own only the largest operators are known.',
    'What an address was is noted when it is first seen; lists fetched later change nothing of that.',
    'Sources that do not tell the public address.',
  ],
  runbook: [
    'Look whether other laptops come out there: if it is an exit of the company, declare its range.',
    'Ask the person whether they use a VPN, and why.',
    'Compare with the time zone, and with what the same laptop said from other networks.',
  ],
  params: z.object({
    hostingWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(5)
      .describe('Decibans for a hosting provider at the first check-ins. A default, not a fact.'),
    relayWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(1)
      .describe('Decibans for a relay, at any time. A default, not a fact.'),
    laterWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe('Decibans for a hosting provider or a VPN later on. A default, not a fact.'),
    fullDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(3)
      .describe('Days after the first check-in in which it counts in full. A default, not a fact.'),
    earlyDays: z
      .number()
      .positive()
      .max(730)
      .default(14)
      .describe('Days after the first check-in from which it is one of many days. A default, not a fact.'),
    firstUseDays: z
      .number()
      .positive()
      .max(730)
      .default(30)
      .describe(
        'Days from delivery to the first check-in from which "early" is unknown, since its source may have been connected late. A default, not a fact.',
      ),
    minutesMin: z
      .number()
      .nonnegative()
      .max(1440)
      .default(0)
      .describe('Minutes for which it has to be seen there. A default, not a fact.'),
    lastingDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(30)
      .describe('Days after it was last seen there in which that counts in full. A default, not a fact.'),
    goneDays: z
      .number()
      .positive()
      .max(730)
      .default(120)
      .describe('Days after it was last seen there from which it counts no more. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const nexts: Date[] = []
    const last = new Map<Exit, Date>()
    const found = new Map<Exit, { span: Span<NetworkFact>; weight: number }>()
    for (const span of spansOf(dossier.networks)) {
      const exit = exitOf(dossier, span)
      if (exit === null || hoursBetween(span.from, seenUntil(dossier, span)) * 60 < params.minutesMin) continue
      const weight = weighProof(weightOf(dossier, exit, span.from, params), span.fact.proof)
      last.set(exit, latest([last.get(exit) ?? span.from, span.to ?? dossier.now])!)
      const best = found.get(exit)
      if (weight > 0 && (best === undefined || weight > best.weight)) found.set(exit, { span, weight })
    }
    const findings = [...found].flatMap(([exit, { span, weight: full }]) => {
      const { fact, from, to } = span
      const { share, nextAt } = fading(last.get(exit)!, dossier.now, {
        fullDays: params.lastingDays,
        goneDays: params.goneDays,
      })
      const isOver = last.get(exit)! < dossier.now
      if (isOver && nextAt !== null) nexts.push(nextAt)
      const weight = partOf(full, share)
      if (weight < MIN_WEIGHT) return []
      return [
        {
          key: exit,
          summary: `Came out at ${exits[exit]}${sinceFirst(dossier, from)}`,
          evidence: [fact.seq, ...(dossier.shipment ? [dossier.shipment.seq] : [])],
          since: from,
          facts: {
            from: from.toISOString(),
            until: to?.toISOString() ?? null,
            network: exit,
            operator: fact.place?.operator ?? null,
            country: fact.place?.country ?? null,
            source: fact.source,
            proof: fact.proof,
          },
          weight,
        },
      ]
    })
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

/** What kind of exit a span is, where it is one of this period and nobody vouches for it. */
function exitOf(dossier: Dossier, { fact, from, to }: Span<NetworkFact>): Exit | null {
  const network = fact.place?.network
  if (network !== 'hosting' && network !== 'vpn' && network !== 'relay') return null
  if (!isOfPeriod(dossier, { from, to }) || isOfBench(dossier, fact) || isByApproved(dossier, from)) return null
  return network
}

/** Whether the laptop came out there before the carrier had it: then it is the company's own way out. */
function isOfBench(dossier: Dossier, { publicIp, place }: NetworkFact): boolean {
  const parcel = parcelOut(dossier)
  const leftAt = parcel?.firstScanAt ?? parcel?.shippedAt ?? null
  return (
    leftAt !== null &&
    dossier.networks.some(
      (one) =>
        one.at < leftAt &&
        (one.publicIp === publicIp || (place?.operator != null && one.place?.operator === place.operator)),
    )
  )
}

/** Whether a VPN or a mesh that the company approved was on it then. */
const isByApproved = (dossier: Dossier, at: Date): boolean =>
  dossier.tools.some(
    ({ family, approved, from, to }) =>
      approved && (family === 'vpn' || family === 'tunnel or mesh') && from <= at && (to === null || at <= to),
  )

interface Weights {
  hostingWeight: number
  relayWeight: number
  laterWeight: number
  fullDays: number
  earlyDays: number
  firstUseDays: number
}

/** In full at the first check-ins of a parcel's laptop, later as one fact among others. */
function weightOf(dossier: Dossier, exit: Exit, at: Date, params: Weights): number {
  if (exit === 'relay') return params.relayWeight
  const { firstCheckInAt } = dossier.device
  if (firstCheckInAt === null || !knowsFirstUse(dossier, params.firstUseDays)) return params.laterWeight
  return weightAt(hoursBetween(firstCheckInAt, at) / 24, [
    [params.fullDays, exit === 'vpn' ? WEIGHT : params.hostingWeight],
    [params.earlyDays, params.laterWeight],
  ])
}

function sinceFirst({ device, shipment }: Dossier, at: Date): string {
  if (shipment === null || device.firstCheckInAt === null) return ''
  const hours = hoursBetween(device.firstCheckInAt, at)
  return hours < 1 ? ' at its first check-in' : ` ${hoursText(hours)} after its first check-in`
}
