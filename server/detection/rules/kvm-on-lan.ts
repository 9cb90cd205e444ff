// A device that drives laptops over a network was seen among the neighbours on the laptop's own network.
import { z } from 'zod'
import { custodySteps, fading, fadingParams, isNeighbour, isOfPeriod, partOf, weighProof } from '../measure.ts'
import { type Dossier, defineRule, type HardwareFact } from '../rule.ts'
import { earliest, latest } from '../spans.ts'

/** No case alone, since laboratories at home have them; high beside a remote-control tool of the first days. */
const WEIGHT = 7

export const kvmOnLan = defineRule({
  id: 'kvm-on-lan',
  title: 'KVM over IP on the same network',
  severity: 'medium',
  weight: WEIGHT,
  group: 'kvm',
  layer: 'hardware',
  watches: [...custodySteps, 'network', 'device.checked_in', 'declaration.made', 'declaration.ended', 'time'],
  status: 'stable',
  why: 'A KVM over IP that poses as an ordinary keyboard still has a name and a network card of its own on the network. It may also be anybody’s in the house.',
  references: [
    'MITRE ATT&CK T1219.003, remote access hardware: https://attack.mitre.org/techniques/T1219/003',
    'Names and address blocks of such devices: https://github.com/LivingInSyn/ipkvm-watch',
  ],
  attack: ['T1219.003'],
  falsePositives: [
    'Administrators with a laboratory at home.',
    'A neighbour, partner or flatmate who has one on the same network.',
    'Networks of companies, hotels and coworking spaces, where it drives a server.',
  ],
  blindSpots: [
    'A KVM on a network of its own, or behind a router.',
    'Sources that report no neighbours, and devices with another name and card.',
    'It says nothing about which machine the KVM drives.',
  ],
  runbook: [
    'Ask the person whether they know the device, and whose it is.',
    'Look whether the laptop has a keyboard, a mouse or a monitor that came with it.',
    'If it is their own and known, approve it for them.',
  ],
  params: z.object({
    blockShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('Part of the weight where only its maker’s address block shows it. A default, not a fact.'),
    ...fadingParams(14, 60, 'it was last seen'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const nexts: Date[] = []
    const weightOf = (fact: HardwareFact) => {
      const fade = fact.to === null ? { share: 1, nextAt: null } : fading(fact.to, dossier.now, params)
      if (fade.nextAt !== null) nexts.push(fade.nextAt)
      return weighProof(partOf(WEIGHT, fade.share * (fact.by === 'mac' ? params.blockShare : 1)), fact.proof)
    }
    const findings = [...Map.groupBy(neighbours(dossier), (fact) => fact.hardwareId).values()].flatMap((ways) => {
      const weighed = ways.map((fact) => ({ fact, weight: weightOf(fact) }))
      const { fact, weight } = weighed.reduce((best, one) => (one.weight > best.weight ? one : best))
      if (weight < 1) return []
      return [
        {
          key: fact.hardwareId,
          summary: `${fact.name} was seen on the same network, by ${fact.by === 'mac' ? 'its maker’s address block' : 'its name'}`,
          evidence: ways.map((way) => way.seq).toSorted((a, b) => a - b),
          since: fact.from,
          facts: {
            hardware: fact.name,
            by: fact.by,
            firstSeen: fact.from.toISOString(),
            gone: fact.to?.toISOString() ?? null,
            proof: fact.proof,
          },
          weight,
        },
      ]
    })
    // Who likes them has several, and that is one fact.
    const strongest = findings.reduce((best, one) => (one.weight > best ? one.weight : best), 0)
    const first = findings.findIndex((one) => one.weight === strongest)
    const weighed = findings.map((one, index) => (index === first ? one : { ...one, weight: Math.min(1, one.weight) }))
    return { findings: weighed, lookAgainAt: earliest(nexts) }
  },
})

/**
 * Each device among the neighbours by each way it shows itself, from the first time to the last: neighbours come and go
 * by the hour, and that is no news.
 */
function neighbours(dossier: Dossier): HardwareFact[] {
  const seen = dossier.hardware
    .filter((fact) => isNeighbour(fact) && fact.family === 'ip-kvm' && !fact.approved && isOfPeriod(dossier, fact))
    .toSorted((a, b) => a.from.getTime() - b.from.getTime() || a.seq - b.seq)
  return [...Map.groupBy(seen, (fact) => `${fact.hardwareId} ${fact.by}`).values()].map((stays) => ({
    ...stays[0]!,
    to: stays.some((stay) => stay.to === null) ? null : latest(stays.map((stay) => stay.to!)),
  }))
}
