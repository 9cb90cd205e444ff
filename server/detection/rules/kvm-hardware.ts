// Hardware through which somebody else can see and drive the laptop over a network was attached to it.
import { z } from 'zod'
import { custodySteps, isNeighbour, isOfPeriod, toolsOfPeriod, weighProof } from '../measure.ts'
import { type Dossier, defineRule, type HardwareFact } from '../rule.ts'

const WEIGHT = 20

export const kvmHardware = defineRule({
  id: 'kvm-hardware',
  title: 'KVM over IP attached',
  severity: 'high',
  weight: WEIGHT,
  group: 'kvm',
  layer: 'hardware',
  watches: [...custodySteps, 'hardware', 'software', 'device.checked_in', 'declaration.made', 'declaration.ended'],
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
    'Boards and telephones that pose as several devices at once.',
    'A capture stick for a camera.',
  ],
  blindSpots: [
    'Every such product can be told to pose as an ordinary keyboard and monitor, and its manual says how.',
    'One that is attached and shows itself only on the network: see kvm-on-lan.',
    'On Windows, one that poses as a receiver of Logitech’s: the system gives it the words of the driver, as it gives a real one.',
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
      .min(0)
      .max(20)
      .default(9)
      .describe('Decibans where it is attached, but shows traces that others may have too. A default, not a fact.'),
    compositeWeight: z
      .number()
      .min(0)
      .max(20)
      .default(7)
      .describe(
        'Decibans for a keyboard, a pointer and a disk in one device: the shape of a KVM, whatever it calls itself. A default, not a fact.',
      ),
    gadgetWeight: z
      .number()
      .min(0)
      .max(20)
      .default(4)
      .describe(
        'Decibans for a generic gadget, which any small computer can be; only beside a remote-control tool or a KVM. A default, not a fact.',
      ),
    captureWeight: z
      .number()
      .min(0)
      .max(20)
      .default(3)
      .describe(
        'Decibans for a capture device, which sees and does not drive; only beside the same. A default, not a fact.',
      ),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const weightOf = (fact: HardwareFact) => {
      if (fact.family === 'capture') return params.captureWeight
      if (isComposite(fact)) return params.compositeWeight
      if (isContext(fact)) return params.gadgetWeight
      return fact.exceptional ? WEIGHT : params.plainWeight
    }
    const seen = seenInPeriod(dossier).map((fact) => ({ fact, weight: weighProof(weightOf(fact), fact.proof) }))
    return [...Map.groupBy(seen, ({ fact }) => fact.hardwareId).values()].map((ways) => {
      const { fact, weight } = ways.reduce((best, one) => (one.weight > best.weight ? one : best))
      return {
        key: fact.hardwareId,
        summary: `${fact.name} was seen attached ${fact.by === 'display' ? 'as the display' : 'by USB'}`,
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
        exceptional: fact.exceptional && fact.family === 'ip-kvm',
      }
    })
  },
})

/** The catalogue's entry for the shape alone, whatever ids and words it goes by. */
const isComposite = ({ hardwareId }: HardwareFact) => hardwareId === 'composite-gadget'

/** Any small computer can be a gadget, and half of a KVM is anybody's camera stick: these weigh beside others only. */
const isContext = (fact: HardwareFact) => fact.family === 'capture' || (fact.family === 'gadget' && !isComposite(fact))

function seenInPeriod(dossier: Dossier): HardwareFact[] {
  const seen = dossier.hardware
    .filter((fact) => !isNeighbour(fact) && !fact.approved && isOfPeriod(dossier, fact))
    .toSorted((a, b) => a.from.getTime() - b.from.getTime() || a.seq - b.seq)
  const isBeside = seen.some((fact) => !isContext(fact)) || toolsOfPeriod(dossier, (tool) => tool.drives).length > 0
  return isBeside ? seen : seen.filter((fact) => !isContext(fact))
}
