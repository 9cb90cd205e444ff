// Signs that say nothing alone, and add to a way in: keep-awake programs, virtual cameras, a laptop that is never moved.
import { z } from 'zod'
import {
  custodySteps,
  type DrivingTool,
  hoursAfter,
  hoursBetween,
  isNeighbour,
  isOfPeriod,
  toolsOfPeriod,
  weighProof,
} from '../measure.ts'
import { type Dossier, defineRule, type PostureFact, type RuleFinding } from '../rule.ts'
import { earliest, type Span, seenUntil, spansOf } from '../spans.ts'

const WEIGHT = 3

export const contextSigns = defineRule({
  id: 'context-signs',
  title: 'Signs beside a way in',
  severity: 'low',
  weight: WEIGHT,
  group: 'context',
  layer: 'software',
  watches: [
    ...custodySteps,
    'software',
    'hardware',
    'network',
    'posture',
    'device.checked_in',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'A laptop that is driven from elsewhere must not fall asleep, shows a face from elsewhere, and lies closed on its charger. Each of these is ordinary alone; beside a way in they add to it.',
  references: [
    'Mandiant 2024 on programs that keep laptops awake: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'MITRE ATT&CK T1219, remote access tools: https://attack.mitre.org/techniques/T1219',
  ],
  attack: ['T1219'],
  falsePositives: [
    'People who give talks, stream, train others or need better sound.',
    'A laptop at a dock, used with its lid closed.',
    'People who have such programs and a remote-control tool for reasons of their own.',
  ],
  blindSpots: [
    'Keep-awake devices: they look like any mouse, and every KVM over IP has one built in.',
    'Sources that tell neither power nor lid.',
    'Without another finding it says nothing at all, on purpose.',
  ],
  runbook: [
    'Look at the other findings first: this one only adds to them.',
    'Ask the person what the program is for, if it still matters.',
  ],
  params: z.object({
    keepAwakeWeight: z
      .number()
      .min(0)
      .max(9)
      .default(2)
      .describe('Decibans for a keep-awake program. A default, not a fact.'),
    stillDays: z
      .number()
      .positive()
      .max(365)
      .default(14)
      .describe(
        'Days on the charger with the lid closed, without a break, from which it counts. A default, not a fact.',
      ),
    stillWeight: z.number().min(0).max(9).default(2).describe('Decibans for such a time. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const ways = waysIn(dossier)
    if (ways.length === 0) return []
    const programs = toolsOfPeriod(dossier, ({ family }) => family in programFamilies).map((found) =>
      programFinding(found, ways, params.keepAwakeWeight),
    )
    const still = stillSpans(dossier)
    const long = still.filter((one) => one.days >= params.stillDays)
    const nexts = still.filter((one) => one.isOn && one.days < params.stillDays)
    return {
      findings: [...programs, ...long.slice(0, 1).map((one) => stillFinding(one, ways, params.stillWeight))],
      lookAgainAt: earliest(
        nexts.map((one) => hoursAfter(one.from, params.stillDays * 24)).filter((at) => at > dossier.now),
      ),
    }
  },
})

const programFamilies = {
  'keep-awake': 'keeps the laptop awake',
  'virtual camera or audio': 'stands in for a camera or a microphone',
}

function programFinding({ tool }: DrivingTool, ways: number[], keepAwakeWeight: number): RuleFinding {
  const isKeepAwake = tool.family === 'keep-awake'
  return {
    key: tool.toolId,
    summary: `${tool.name} ${programFamilies[isKeepAwake ? 'keep-awake' : 'virtual camera or audio']}, beside a way in`,
    evidence: inOrder([tool.seq, ...ways]),
    since: tool.from,
    facts: { tool: tool.name, family: tool.family, firstSeen: tool.from.toISOString(), proof: tool.proof },
    weight: weighProof(isKeepAwake ? keepAwakeWeight : WEIGHT, tool.proof),
  }
}

function stillFinding({ fact, from, days }: Still, ways: number[], weight: number): RuleFinding {
  return {
    key: 'still',
    summary: 'The laptop lies on its charger with the lid closed, beside a way in',
    evidence: inOrder([fact.seq, ...ways]),
    since: from,
    facts: { from: from.toISOString(), days: Math.floor(days), proof: fact.proof },
    weight: weighProof(weight, fact.proof),
  }
}

const inOrder = (seqs: number[]) => [...new Set(seqs)].toSorted((a, b) => a - b)

/** What somebody else could drive the laptop by: tools, the first of each KVM attached, and VPN services that reports name. */
function waysIn(dossier: Dossier): number[] {
  const tools = toolsOfPeriod(dossier, ({ drives, family }) => drives || family === 'vpn').map(({ tool }) => tool.seq)
  const kvms = dossier.hardware.filter(
    (fact) => fact.family === 'ip-kvm' && !isNeighbour(fact) && !fact.approved && isOfPeriod(dossier, fact),
  )
  const first = [...Map.groupBy(kvms, (fact) => fact.hardwareId).values()].map((stays) =>
    Math.min(...stays.map((stay) => stay.seq)),
  )
  return [...tools, ...first]
}

interface Still extends Span<PostureFact> {
  days: number
  isOn: boolean
}

/** Times on the charger with the lid closed, as far as its source went on telling. */
function stillSpans(dossier: Dossier): Still[] {
  const told = dossier.postures.filter((fact) => fact.onAc !== null || fact.lidClosed !== null)
  return spansOf(withBoth(told))
    .filter(({ fact, from, to }) => fact.onAc === true && fact.lidClosed === true && isOfPeriod(dossier, { from, to }))
    .map((span) => ({
      ...span,
      days: hoursBetween(span.from, seenUntil(dossier, span)) / 24,
      isOn: span.to === null,
    }))
}

/** Changes tell only what changed: each source's word on the charger and on the lid holds until its next. */
function withBoth(told: PostureFact[]): PostureFact[] {
  const last = new Map<string, Pick<PostureFact, 'onAc' | 'lidClosed'>>()
  return told.map((fact) => {
    const before = last.get(fact.source)
    const both = { onAc: fact.onAc ?? before?.onAc ?? null, lidClosed: fact.lidClosed ?? before?.lidClosed ?? null }
    if (!fact.late) last.set(fact.source, both)
    return { ...fact, ...both }
  })
}
