// A tool through which somebody else can drive the laptop is on it, and nobody approved it.
import { z } from 'zod'
import {
  custodySteps,
  type DrivingTool,
  drivingTools,
  fading,
  fadingParams,
  hoursText,
  knowsFirstUse,
  partOf,
  weighProof,
  weightAt,
} from '../measure.ts'
import { defineRule } from '../rule.ts'
import { earliest } from '../spans.ts'

const WEIGHT = 6

export const remoteToolUnapproved = defineRule({
  id: 'remote-tool-unapproved',
  title: 'Remote-control tool that nobody approved',
  severity: 'medium',
  weight: WEIGHT,
  group: 'remote control',
  layer: 'software',
  watches: [...custodySteps, 'software', 'device.checked_in', 'declaration.made', 'declaration.ended', 'time'],
  status: 'stable',
  why: 'Whoever works on a diverted laptop from elsewhere needs a way in, and a tool is the usual one, whenever it comes. The later it comes, the likelier it is somebody’s own convenience.',
  references: [
    'FBI IC3, 2025-01-23, on unapproved remote tools: https://www.ic3.gov/PSA/2025/PSA250123',
    'MITRE ATT&CK T1219, remote access tools: https://attack.mitre.org/techniques/T1219',
  ],
  attack: ['T1219', 'T1219.002'],
  falsePositives: [
    'Family or friends who help with the laptop.',
    'A tool of a customer’s or a supplier’s that the work needs.',
    'The helpdesk’s own tool, while nobody has approved it.',
  ],
  blindSpots: [
    'Tools that the catalogue does not know, or that run without being installed.',
    'Tools that were there at the bench and stayed are taken for the company’s own.',
    'A KVM over IP needs no tool on the laptop.',
  ],
  runbook: [
    'Ask the person what the tool is for and who uses it.',
    'If the work needs it, approve it: for them, for their group or for everybody.',
    'Else remove it, and watch whether it comes back.',
  ],
  params: z.object({
    firstWeekWeight: z
      .number()
      .min(0)
      .max(20)
      .default(WEIGHT)
      .describe('Decibans for one that came in the first week after the first check-in. A default, not a fact.'),
    halfYearWeight: z
      .number()
      .min(0)
      .max(20)
      .default(4)
      .describe('Decibans for one that came half a year after it. A default, not a fact.'),
    laterWeight: z
      .number()
      .min(0)
      .max(20)
      .default(3)
      .describe('Decibans for one that came a year after it, or later. A default, not a fact.'),
    days: z
      .number()
      .positive()
      .max(365)
      .default(30)
      .describe(
        'Days from delivery to the first check-in from which nobody knows how early it was. A default, not a fact.',
      ),
    ...fadingParams(30, 120, 'it was taken off'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const isKnown = knowsFirstUse(dossier, params.days)
    const nexts: Date[] = []
    const weightOf = ({ tool, hours }: DrivingTool) => {
      const weight = weightAt(isKnown ? hours / 24 : 180, [
        [7, params.firstWeekWeight],
        [180, params.halfYearWeight],
        [365, params.laterWeight],
      ])
      const fade = tool.to === null ? { share: 1, nextAt: null } : fading(tool.to, dossier.now, params)
      if (fade.nextAt !== null) nexts.push(fade.nextAt)
      return weighProof(partOf(weight, fade.share), tool.proof)
    }
    const findings = drivingTools(dossier)
      .map((found) => ({ ...found, weight: weightOf(found) }))
      .filter(({ weight }) => weight >= 1)
      .map(({ tool, hours, weight }) => ({
        key: tool.toolId,
        summary: `${tool.name} ${tool.to === null ? 'is' : 'was'} on the laptop, which nobody approved${isKnown ? `; it came ${hours === 0 ? 'with the first check-in' : `${hoursText(hours)} after the first check-in`}` : ''}`,
        evidence: [tool.seq],
        since: tool.from,
        facts: {
          tool: tool.name,
          family: tool.family,
          firstSeen: tool.from.toISOString(),
          gone: tool.to?.toISOString() ?? null,
          startsByItself: tool.unattended !== null,
          proof: tool.proof,
        },
        weight,
      }))
    return { findings, lookAgainAt: earliest(nexts) }
  },
})
