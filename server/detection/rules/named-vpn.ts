// A VPN service that reports on diverted laptops name was on the laptop, or was its way out.
import { z } from 'zod'
import { custodySteps, isOfPeriod, weighProof } from '../measure.ts'
import { type Dossier, defineRule, type NetworkFact, type ToolFact } from '../rule.ts'
import { isAway, type Span, spansOf } from '../spans.ts'

/** Services of the catalogue that the references below name. Other VPNs are anybody's, and say nothing. */
const named = ['astrill']

const WEIGHT = 11

interface Shown {
  toolId: string
  name: string
  seq: number
  from: Date
  /** Null while it lasts. */
  to: Date | null
  proof: ToolFact['proof']
  by: 'software' | 'exit'
  isAway: boolean
}

export const namedVpn = defineRule({
  id: 'named-vpn',
  title: 'VPN service that reports name',
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
  ],
  status: 'stable',
  why: 'Those who run diverted laptops from abroad were found behind one VPN service again and again. It is rare on company laptops otherwise.',
  references: [
    'Mandiant 2024 on VPN exits by name among remote sessions: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'SecurityScorecard 2025-01, "Phantom Circuit", operators behind Astrill’s exits: https://securityscorecard.com/blog/operation-phantom-circuit-north-koreas-global-data-exfiltration-campaign/',
    'ANY.RUN and others, 2025-12, a farm watched live, with Astrill: https://thehackernews.com/2025/12/researchers-capture-lazarus-apts-remote.html',
  ],
  attack: ['T1090', 'T1090.003'],
  falsePositives: [
    'People who live in or travel to countries that filter the internet, where the service is popular.',
    'A laptop of somebody who tests VPNs.',
    'A DNS server of the same address on a test network: it is from a range kept for benchmarks.',
  ],
  blindSpots: [
    'The service on a router: the laptop shows nothing, and its exits sit among other customers of hosting providers.',
    'It has no network of its own: only exits that reports named, or that a file of the operator’s own names, are known.',
    'The leg from the worker to the laptop, where the service is mostly seen: look at the sign-in logs of the identity provider.',
    'Any other VPN.',
  ],
  runbook: [
    'Ask the person what they use it for, and whether they live or travel where it is needed.',
    'Look for a remote-control tool, another time zone, and other places of check-ins.',
    'Look at the sign-ins of the same account for two places at once.',
    'If it is known and wanted, declare the tool.',
  ],
  params: z.object({
    awayWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe('Decibans on a declared journey or at a declared second home. A default, not a fact.'),
    goneWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(8)
      .describe('Decibans where nothing shows it any more. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const all = [...onLaptop(dossier), ...asExit(dossier)].filter((one) => isOfPeriod(dossier, one))
    return [...Map.groupBy(all, (one) => one.toolId)].map(([toolId, unsorted]) => {
      const shown = unsorted.toSorted((a, b) => a.from.getTime() - b.from.getTime() || a.seq - b.seq)
      const first = shown[0]!
      const isGone = shown.every((one) => one.to !== null)
      const weights = shown.map((one) =>
        weighProof(one.isAway ? params.awayWeight : isGone ? params.goneWeight : WEIGHT, one.proof),
      )
      const ways = new Set(shown.map((one) => one.by))
      return {
        key: toolId,
        summary: `${first.name} ${waysText(ways)}${isGone ? ', and is gone since' : ''}`,
        evidence: firstPerWay(shown).toSorted((a, b) => a - b),
        since: first.from,
        facts: {
          service: first.name,
          onLaptop: ways.has('software'),
          asExit: ways.has('exit'),
          firstSeen: first.from.toISOString(),
          gone: isGone,
          proof: first.proof,
        },
        weight: Math.max(...weights),
      }
    })
  },
})

/** The first of each way, at home and away: another evening of the same is no news to whoever has looked at it. */
const firstPerWay = (shown: Shown[]): number[] => [
  ...new Set([...Map.groupBy(shown, (one) => `${one.by} ${one.isAway}`).values()].map(([first]) => first!.seq)),
]

function waysText(ways: ReadonlySet<Shown['by']>): string {
  if (ways.size === 2) return 'was on the laptop, and was its way out'
  return ways.has('software') ? 'was on the laptop' : 'was the laptop’s way out'
}

function onLaptop(dossier: Dossier): Shown[] {
  return dossier.tools
    .filter((tool) => named.includes(tool.toolId) && !tool.approved)
    .map(({ toolId, name, seq, from, to, proof }) => {
      const shown = { toolId, name, seq, from, to, proof }
      return { ...shown, by: 'software' as const, isAway: isAway(dossier, from) }
    })
}

function asExit(dossier: Dossier): Shown[] {
  return spansOf(dossier.networks).flatMap(({ fact, from, to }: Span<NetworkFact>) => {
    const { service, place, seq, proof } = fact
    if (service === null || !named.includes(service.toolId) || service.approved || place?.network === 'ours') return []
    const { toolId, name } = service
    return [{ toolId, name, seq, from, to, proof, by: 'exit' as const, isAway: isAway(dossier, from) }]
  })
}
