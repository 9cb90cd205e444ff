// A tunnel or a mesh network opens a way to the laptop past whatever network it is on.
import { z } from 'zod'
import {
  custodySteps,
  type DrivingTool,
  drivingTools,
  fading,
  fadingParams,
  hoursText,
  isTunnel,
  knowsFirstUse,
  partOf,
  toolsOfPeriod,
  weighProof,
  weightAt,
} from '../measure.ts'
import { defineRule } from '../rule.ts'
import { earliest } from '../spans.ts'

/** One developer in twenty sets one up in the first week: it says little, and more beside what nobody needs for work. */
const WEIGHT = 5

export const tunnelOrMeshVpn = defineRule({
  id: 'tunnel-or-mesh-vpn',
  title: 'Tunnel or mesh network',
  severity: 'medium',
  weight: WEIGHT,
  group: 'remote control',
  layer: 'software',
  watches: [...custodySteps, 'software', 'device.checked_in', 'declaration.made', 'declaration.ended', 'time'],
  status: 'stable',
  why: 'A tunnel lets somebody reach the laptop from anywhere, with traffic that looks like a maker’s own. Developers have good reasons for one; few have them in their first days.',
  references: [
    'MITRE ATT&CK T1219.001, IDE tunnelling: https://attack.mitre.org/techniques/T1219/001',
    'MITRE ATT&CK T1572, protocol tunnelling: https://attack.mitre.org/techniques/T1572',
    'Sigma’s rules on Visual Studio Code tunnels and dev tunnels: https://github.com/SigmaHQ/sigma',
  ],
  attack: ['T1219.001', 'T1572', 'T1090'],
  falsePositives: [
    'Developers who show their work, test callbacks, or reach a machine of their own.',
    'People with a network of their own between their devices at home.',
  ],
  blindSpots: [
    'A tunnel inside a program that is there anyway, started from its menu.',
    'SSH with a remote forward, and tunnels that the catalogue does not know.',
    'A router that keeps the tunnel: the laptop shows nothing.',
  ],
  runbook: [
    'Ask the person what they reach through it, and from where.',
    'Look for a remote-control tool, another time zone, and other places of check-ins.',
    'If the work needs it, approve the tool for them or for their group.',
  ],
  params: z.object({
    laterWeight: z
      .number()
      .min(0)
      .max(20)
      .default(2)
      .describe('Decibans for a tunnel that came a month after the first check-in, or later. A default, not a fact.'),
    meshShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Part of the weight for one that only joins networks and drives nothing. A default, not a fact.'),
    days: z
      .number()
      .positive()
      .max(365)
      .default(30)
      .describe(
        'Days from delivery to the first check-in from which nobody knows how early it was. A default, not a fact.',
      ),
    ...fadingParams(14, 60, 'it was taken off'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const isKnown = knowsFirstUse(dossier, params.days)
    const company = drivingTools(dossier)
    const nexts: Date[] = []
    const weightOf = ({ tool, hours }: DrivingTool) => {
      const weight = weightAt(isKnown ? hours / 24 : 30, [
        [3, WEIGHT],
        [30, params.laterWeight],
      ])
      const fade = tool.to === null ? { share: 1, nextAt: null } : fading(tool.to, dossier.now, params)
      if (fade.nextAt !== null) nexts.push(fade.nextAt)
      const share = tool.drives || company.length > 0 ? 1 : params.meshShare
      return weighProof(partOf(weight, fade.share * share), tool.proof)
    }
    const findings = toolsOfPeriod(dossier, isTunnel)
      .map((found) => ({ ...found, weight: weightOf(found) }))
      .filter(({ weight }) => weight >= 1)
      .map(({ tool, hours, weight }) => ({
        key: tool.toolId,
        summary: `${tool.name} ${tool.to === null ? 'opens' : 'opened'} a way to the laptop past its network${isKnown ? `; it came ${hours === 0 ? 'with the first check-in' : `${hoursText(hours)} after the first check-in`}` : ''}`,
        evidence: [...new Set([tool.seq, ...company.map((one) => one.tool.seq)])].toSorted((a, b) => a - b),
        since: tool.from,
        facts: {
          tool: tool.name,
          drives: tool.drives,
          besideRemoteControl: company.length > 0,
          firstSeen: tool.from.toISOString(),
          gone: tool.to?.toISOString() ?? null,
          proof: tool.proof,
        },
        weight,
      }))
    return { findings, lookAgainAt: earliest(nexts) }
  },
})
