// Two or more unapproved remote-control tools were on the laptop together.
import { z } from 'zod'
import { custodySteps, type DrivingTool, drivingTools, knowsFirstUse, weighProof } from '../measure.ts'
import { defineRule } from '../rule.ts'

const WEIGHT = 12

export const remoteToolsSeveral = defineRule({
  id: 'remote-tools-several',
  title: 'Several remote-control tools',
  severity: 'high',
  weight: WEIGHT,
  group: 'remote control',
  layer: 'software',
  watches: [...custodySteps, 'software', 'device.checked_in', 'declaration.made', 'declaration.ended'],
  status: 'stable',
  why: 'One tool may be a habit. Farms keep a second for the day on which the first is blocked, and hardly anybody else does.',
  references: [
    'Mandiant 2024 on several remote tools on one laptop: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'United States v. Prince, Ashtor: AnyDesk and TeamViewer on company laptops: https://world.parhlo.com/us-has-charged-five-people-as-part-of-efforts-to-stop/',
  ],
  attack: ['T1219', 'T1219.002'],
  falsePositives: [
    'Administrators and support staff, who help people with whatever these have.',
    'People who try several tools and leave them installed.',
  ],
  blindSpots: [
    'One tool is enough for a farm.',
    'A tool and a KVM over IP: see kvm-hardware.',
    'Tools that were there at the bench and stayed.',
  ],
  runbook: [
    'Ask the person what each tool is for and who uses it.',
    'Look which of them start by themselves and accept connections unattended.',
    'Declare what the company wants, remove the rest, and watch whether it comes back.',
  ],
  params: z.object({
    hours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(72)
      .describe(
        'Hours after the first check-in within which two of them are enough alone. DESIGN 8 starts there; not a fact.',
      ),
    days: z
      .number()
      .positive()
      .max(730)
      .default(30)
      .describe('Days from delivery to the first check-in from which "early" is unknown. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const found = drivingTools(dossier)
    const early = knowsFirstUse(dossier, params.days) ? found.filter(({ hours }) => hours <= params.hours) : []
    const together = found.filter((one) => found.some((other) => other !== one && overlap(one, other)))
    const tools = early.length >= 2 ? [...new Set([...early, ...together])] : together
    const [first, second] = early.length >= 2 ? early : together
    if (first === undefined || second === undefined) return []
    const names = tools.map(({ tool }) => tool.name)
    return [
      {
        key: 'several',
        summary: `${names.length} remote-control tools that nobody approved: ${names.join(', ')}${early.length >= 2 ? `, ${early.length} of them within ${params.hours} hours of the first check-in` : ''}`,
        evidence: [...new Set(tools.map(({ tool }) => tool.seq))].toSorted((a, b) => a - b),
        since: second.tool.from,
        facts: {
          tools: names.join(', '),
          early: early.length,
          firstSeen: first.tool.from.toISOString(),
          secondSeen: second.tool.from.toISOString(),
        },
        weight: weighProof(WEIGHT, second.tool.proof),
        exceptional: early.length >= 2,
      },
    ]
  },
})

/** On the laptop at the same time, as far as check-ins show. */
function overlap({ tool: a }: DrivingTool, { tool: b }: DrivingTool): boolean {
  return (b.to === null || a.from <= b.to) && (a.to === null || b.from <= a.to)
}
