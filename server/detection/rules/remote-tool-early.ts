// A tool through which somebody else can drive the laptop came to it in its first days of use.
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

/** Most diverted laptops that show software show it on day one, and three ordinary ones in a thousand do. */
const WEIGHT = 15

export const remoteToolEarly = defineRule({
  id: 'remote-tool-early',
  title: 'Remote-control tool soon after the first check-in',
  severity: 'high',
  weight: WEIGHT,
  group: 'remote control',
  layer: 'software',
  watches: [...custodySteps, 'software', 'device.checked_in', 'declaration.made', 'declaration.ended', 'time'],
  status: 'stable',
  why: 'A farm installs a remote-control tool on receipt, since its worker sits elsewhere. Ordinary people install one later, if ever.',
  references: [
    'United States v. Knoot, tools installed on receipt: https://scyscan.com/news/us-dismantles-laptop-farm-used-by-undercover-north-korean-it-workers',
    'FBI IC3, 2025-07-23, on facilitators who install such tools: https://www.ic3.gov/PSA/2025/PSA250723-4',
    'ANY.RUN and others, 2025-12, a farm watched live: https://thehackernews.com/2025/12/researchers-capture-lazarus-apts-remote.html',
  ],
  attack: ['T1219', 'T1219.002'],
  falsePositives: [
    "The helpdesk's own tool, while nobody has declared it.",
    'Family that helps with the new laptop.',
    'People who bring their old tools along, support staff above all.',
  ],
  blindSpots: [
    'A KVM over IP needs no tool on the laptop.',
    'Tools that were there at the bench and stayed are taken for the company’s own, and so is what an earlier holder left.',
    'Tools that the catalogue does not know, or that run without being installed.',
    'Laptops handed over without a parcel have no first day that we know.',
  ],
  runbook: [
    'Ask the person what the tool is for and who uses it.',
    'Look whether it starts by itself and accepts connections unattended.',
    'Compare the place of the check-in with the delivery and with the address.',
    'If it is the company’s own, declare the tool; else remove it and watch whether it comes back.',
  ],
  params: z.object({
    strongHours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(24)
      .describe(
        'Hours after the first check-in within which it counts in full. A default, not a fact: reports say "at once".',
      ),
    hours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(72)
      .describe('Hours at which it weighs 10 decibans. A default, not a fact.'),
    weakHours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(168)
      .describe('Hours at which it weighs 5 decibans. A default, not a fact.'),
    endHours: z
      .number()
      .positive()
      .max(8760)
      .default(336)
      .describe('Hours at which it weighs nothing any more. A default, not a fact.'),
    days: z
      .number()
      .positive()
      .max(730)
      .default(30)
      .describe(
        'Days from delivery to the first check-in from which "early" is unknown, since its source may have been connected late. A default, not a fact.',
      ),
    lateSourceWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(4)
      .describe('Decibans at most where it is unknown. A default, not a fact.'),
    ...fadingParams(30, 180, 'it was taken off'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    if (dossier.shipment === null) return []
    const { strongHours, hours, weakHours, endHours } = params
    const nexts: Date[] = []
    const isKnown = knowsFirstUse(dossier, params.days)
    const weightOf = (found: DrivingTool) => {
      const weight = weightAt(found.hours, [
        [strongHours, WEIGHT],
        [hours, 10],
        [weakHours, 5],
        [endHours, 0],
      ])
      const { to, proof } = found.tool
      const fade = to === null ? { share: 1, nextAt: null } : fading(to, dossier.now, params)
      if (fade.nextAt !== null) nexts.push(fade.nextAt)
      return weighProof(partOf(isKnown ? weight : Math.min(weight, params.lateSourceWeight), fade.share), proof)
    }
    const findings = drivingTools(dossier)
      .map((found) => ({ ...found, weight: weightOf(found) }))
      .filter(({ weight }) => weight >= 1)
      .map(({ tool, hours: after, weight }) => ({
        key: tool.toolId,
        summary: `${tool.name} was on the laptop ${after === 0 ? 'at its first check-in' : `${hoursText(after)} after its first check-in`}${tool.to === null ? '' : ', and is gone since'}`,
        evidence: [tool.seq, dossier.shipment!.seq],
        since: tool.from,
        facts: {
          tool: tool.name,
          family: tool.family,
          firstSeen: tool.from.toISOString(),
          gone: tool.to?.toISOString() ?? null,
          hours: Math.round(after * 10) / 10,
          startup: tool.startup,
          proof: tool.proof,
        },
        weight,
      }))
    return { findings, lookAgainAt: earliest(nexts) }
  },
})
