// Hardware through which somebody else can see and drive the laptop over a network was seen on it, or beside it.
import { z } from 'zod'
import { custodySteps, isOfPeriod, weighProof } from '../measure.ts'
import { type Dossier, defineRule, type HardwareFact } from '../rule.ts'

const WEIGHT = 20

export const kvmHardware = defineRule({
  id: 'kvm-hardware',
  title: 'KVM over IP',
  severity: 'high',
  weight: WEIGHT,
  group: 'kvm',
  layer: 'hardware',
  watches: [...custodySteps, 'hardware', 'network', 'device.checked_in', 'declaration.made', 'declaration.ended'],
  status: 'stable',
  why: 'A KVM over IP drives a laptop with nothing installed on it: to the laptop it is a keyboard, a mouse and a screen. Few home desks need one; farms do.',
  references: [
    'MITRE ATT&CK T1219.003, remote access hardware: https://attack.mitre.org/techniques/T1219/003',
    'MITRE detection strategy DET0159: https://attack.mitre.org/detectionstrategies/DET0159',
    'Default identities, read in the makers’ own sources: https://github.com/pikvm/kvmd, https://github.com/jetkvm/kvm, https://github.com/sipeed/NanoKVM',
    'FBI searches of 2024-10, remote-access devices seized: https://therecord.media/doj-raids-laptop-farms-crackdown',
  ],
  attack: ['T1219.003', 'T1200'],
  falsePositives: [
    'Administrators with a laboratory at home.',
    'A neighbour, partner or flatmate who has one on the same network.',
    'A capture stick for a camera.',
  ],
  blindSpots: [
    'Every such product can be told to pose as an ordinary keyboard and monitor, and its manual says how.',
    'A KVM on another network than the laptop’s is seen only by USB and display.',
    'Sources that report no USB devices and displays.',
  ],
  runbook: [
    'Ask the person what the device is and what for; people with a laboratory tell readily.',
    'Ask for a photograph of the desk with the laptop’s serial number in it.',
    'Look at remote-control tools, at the place of check-ins, and at who else shows this network.',
    'If nobody can explain it, lock the laptop and ask for it back.',
  ],
  params: z.object({
    plainWeight: z
      .number()
      .nonnegative()
      .default(9)
      .describe('Decibans where it is attached, but shows traces that others may have too. A default, not a fact.'),
    nearbyWeight: z
      .number()
      .nonnegative()
      .default(4)
      .describe('Decibans where it is only seen on the same network. A default, not a fact.'),
    captureWeight: z
      .number()
      .nonnegative()
      .default(3)
      .describe('Decibans for a capture device, which sees and does not drive. A default, not a fact.'),
  }),
  response: 'case',
  evaluate(dossier, params) {
    const weightOf = (fact: HardwareFact) => {
      if (fact.family === 'capture') return params.captureWeight
      if (isNearby(fact)) return params.nearbyWeight
      return fact.exceptional ? WEIGHT : params.plainWeight
    }
    const seen = seenInPeriod(dossier).map((fact) => ({ fact, weight: weighProof(weightOf(fact), fact.proof) }))
    return [...Map.groupBy(seen, ({ fact }) => fact.hardwareId).values()].map((ways) => {
      const { fact, weight } = ways.reduce((best, one) => (one.weight > best.weight ? one : best))
      return {
        key: fact.hardwareId,
        summary: `${fact.name} was seen ${where[fact.by]}`,
        evidence: [...new Set(ways.map((way) => way.fact.seq))].toSorted((a, b) => a - b),
        since: fact.from,
        facts: {
          hardware: fact.name,
          family: fact.family,
          by: fact.by,
          defaultIdentity: fact.exceptional,
          firstSeen: fact.from.toISOString(),
          gone: fact.to?.toISOString() ?? null,
          proof: fact.proof,
        },
        weight,
        exceptional: fact.exceptional && !isNearby(fact) && fact.family !== 'capture',
      }
    })
  },
})

const where: Record<HardwareFact['by'], string> = {
  usb: 'attached by USB',
  display: 'attached as the display',
  hostname: 'on the same network, by its name',
  mac: 'on the same network, by its maker’s address block',
}

const isNearby = (fact: HardwareFact) => fact.by === 'hostname' || fact.by === 'mac'

const seenInPeriod = (dossier: Dossier): HardwareFact[] =>
  dossier.hardware
    .filter((fact) => isOfPeriod(dossier, fact))
    .toSorted((a, b) => a.from.getTime() - b.from.getTime() || a.seq - b.seq)
