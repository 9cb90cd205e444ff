// A tool was set up to let somebody in without anybody at the laptop.
import { z } from 'zod'
import {
  custodySteps,
  type DrivingTool,
  fading,
  fadingParams,
  hoursBetween,
  hoursText,
  isTunnel,
  knowsFirstUse,
  partOf,
  toolsOfPeriod,
  weighProof,
  weightAt,
} from '../measure.ts'
import { type Dossier, defineRule } from '../rule.ts'
import { earliest } from '../spans.ts'

const WEIGHT = 9

export const unattendedAccess = defineRule({
  id: 'unattended-access',
  title: 'Unattended remote access',
  severity: 'high',
  weight: WEIGHT,
  group: 'remote control',
  layer: 'software',
  watches: [...custodySteps, 'software', 'device.checked_in', 'declaration.made', 'declaration.ended', 'time'],
  status: 'stable',
  why: 'A farm’s laptops run with nobody in front of them, so their tools must start by themselves and let a caller in. Help from family ends with the call.',
  references: [
    'ANY.RUN and others, 2025-12, Chrome Remote Desktop set up as a host: https://thehackernews.com/2025/12/researchers-capture-lazarus-apts-remote.html',
    'MITRE ATT&CK T1219.001, IDE tunnelling: https://attack.mitre.org/techniques/T1219/001',
    'MITRE ATT&CK T1543, services that start by themselves: https://attack.mitre.org/techniques/T1543',
  ],
  attack: ['T1219', 'T1219.001', 'T1543'],
  falsePositives: [
    'Tools whose ordinary installation brings a service, also where nobody uses it.',
    'Developers who reach their own laptop from another machine.',
  ],
  blindSpots: [
    'Sources that tell neither services nor startup items nor listening ports.',
    'A tool that is started by hand each morning by whoever hosts the laptop.',
    'Scheduled tasks and scripts of one’s own.',
  ],
  runbook: [
    'Look in the tool’s settings whether a fixed password, a PIN or a list of devices is set.',
    'Ask the person who comes in by it, and from where.',
    'Look at the sign-ins of the same account for two places at once.',
    'If it is wanted, approve the tool; else remove the service and watch whether it comes back.',
  ],
  params: z.object({
    tunnelWeight: z
      .number()
      .min(0)
      .max(20)
      .default(4)
      .describe('Decibans at most for a developers’ tunnel that runs as a service. A default, not a fact.'),
    laterWeight: z
      .number()
      .min(0)
      .max(20)
      .default(6)
      .describe('Decibans for what was set up three months after the first check-in, or later. A default, not a fact.'),
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
    const first = dossier.device.firstCheckInAt
    if (first === null) return []
    const isKnown = knowsFirstUse(dossier, params.days)
    const nexts: Date[] = []
    const findings = unattended(dossier).flatMap(({ tool, since, seq }) => {
      const days = Math.max(0, hoursBetween(first, since) / 24)
      const weight = weightAt(isKnown ? days : 90, [
        [3, WEIGHT],
        [90, params.laterWeight],
      ])
      const fade = tool.to === null ? { share: 1, nextAt: null } : fading(tool.to, dossier.now, params)
      if (fade.nextAt !== null) nexts.push(fade.nextAt)
      const counted = weighProof(
        partOf(isTunnel(tool) ? Math.min(weight, params.tunnelWeight) : weight, fade.share),
        tool.proof,
      )
      if (counted < 1) return []
      return [
        {
          key: tool.toolId,
          summary: `${tool.name} starts by itself and lets others in${isKnown ? `, set up ${days === 0 ? 'by the first check-in' : `${hoursText(days * 24)} after the first check-in`}` : ''}${tool.to === null ? '' : '; it is gone since'}`,
          evidence: [...new Set([tool.seq, seq])].toSorted((a, b) => a - b),
          since,
          facts: {
            tool: tool.name,
            family: tool.family,
            setUp: since.toISOString(),
            gone: tool.to?.toISOString() ?? null,
            proof: tool.proof,
          },
          weight: counted,
        },
      ]
    })
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

/** Driving tools and tunnels of this period that start by themselves, and since when. */
function unattended(dossier: Dossier): { tool: DrivingTool['tool']; since: Date; seq: number }[] {
  return toolsOfPeriod(dossier, (tool) => tool.drives).flatMap(({ tool }) =>
    tool.unattended === null ? [] : [{ tool, since: tool.unattended.at, seq: tool.unattended.seq }],
  )
}
