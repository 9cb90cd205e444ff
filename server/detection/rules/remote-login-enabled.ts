// A way to drive the laptop from elsewhere that its system brings along was switched on after it left.
import { z } from 'zod'
import {
  custodySteps,
  fading,
  fadingParams,
  hoursAfter,
  hoursBetween,
  hoursText,
  isOfPeriod,
  knowsFirstUse,
  partOf,
  weighProof,
} from '../measure.ts'
import { type Dossier, defineRule, type PortFact } from '../rule.ts'
import { earliest, latest, spansOf } from '../spans.ts'

/** A setting that many developers switch on; farms that use what the system brings do so in the first days. */
const WEIGHT = 5
/** What is off for less may be on again tomorrow: a finding does not change with it. */
const RESTING_HOURS = 7 * 24

/** The two ways in, and the names by which people declare them. */
const ways = {
  login: { title: 'Remote login', ports: [22], names: ['remote login', 'ssh', 'sshd', 'openssh', 'openssh server'] },
  screen: {
    title: 'Screen sharing',
    ports: [3389, 5900],
    names: ['screen sharing', 'remote management', 'apple remote desktop', 'remote desktop', 'rdp', 'vnc'],
  },
} as const
type Way = keyof typeof ways

interface On {
  way: Way
  seq: number
  from: Date
  /** Null while it is on. */
  to: Date | null
  proof: PortFact['proof']
  /** Told as a setting, or seen as a port on which something listens. */
  by: 'setting' | 'port'
}

export const remoteLoginEnabled = defineRule({
  id: 'remote-login-enabled',
  title: 'Remote login or screen sharing switched on',
  severity: 'low',
  weight: WEIGHT,
  group: 'remote control',
  layer: 'software',
  watches: [
    ...custodySteps,
    'posture',
    'software',
    'device.checked_in',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Systems bring their own way to be driven from elsewhere. Few people at home ever switch it on; whoever hosts laptops for others does.',
  references: [
    'MITRE ATT&CK T1021, remote services: https://attack.mitre.org/techniques/T1021',
    'MITRE ATT&CK T1021.005, VNC and screen sharing: https://attack.mitre.org/techniques/T1021/005',
  ],
  attack: ['T1021.001', 'T1021.004', 'T1021.005'],
  falsePositives: [
    'Developers who reach their own laptop from another machine.',
    'IT that switches it on for support after the laptop was delivered.',
    'Programs for development that listen on the same port.',
  ],
  blindSpots: [
    'A KVM over IP and tools of other makers: see the rules on those.',
    'What was on at the bench and stayed is taken for the company’s own.',
    'Sources that report neither the setting nor listening ports.',
  ],
  runbook: [
    'Ask the person what it is for and who signs in by it.',
    'If the company switches it on, declare it as a tool: “Remote login” or “Screen sharing”.',
    'Else switch it off through the source that manages the laptop, and watch whether it comes back.',
  ],
  params: z.object({
    earlyDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(14)
      .describe('Days after the first check-in in which it counts in full. A default, not a fact.'),
    laterWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe('Decibans after those days. A default, not a fact.'),
    portShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe('Part of the weight where only a listening port shows it. A default, not a fact.'),
    ...fadingParams(30, 120, 'it was switched off'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const first = dossier.device.firstCheckInAt
    if (first === null) return []
    const nexts: Date[] = []
    const seen = stretches(dossier).filter((one) => isOfPeriod(dossier, one) && !isDeclaredTool(dossier, one))
    const findings = [...Map.groupBy(seen, (one) => one.way)].flatMap(([way, group]) => {
      const weighed = group.map((one) => {
        const days = Math.max(0, hoursBetween(first, one.from) / 24)
        const isEarly = days <= params.earlyDays && knowsFirstUse(dossier, params.earlyDays * 2)
        const fade = one.to === null ? { share: 1, nextAt: null } : fading(one.to, dossier.now, params)
        if (fade.nextAt !== null) nexts.push(fade.nextAt)
        const base = (isEarly ? WEIGHT : params.laterWeight) * (one.by === 'port' ? params.portShare : 1)
        return { ...one, days, weight: weighProof(partOf(base, fade.share), one.proof) }
      })
      const best = weighed.reduce((a, b) => (b.weight > a.weight ? b : a))
      if (best.weight < 1) return []
      const off = group.some((one) => one.to === null) ? null : latest(group.map((one) => one.to!))
      const isOn = off === null || hoursBetween(off, dossier.now) < RESTING_HOURS
      if (off !== null && isOn) nexts.push(hoursAfter(off, RESTING_HOURS))
      return [
        {
          key: way,
          summary: `${ways[way].title} was ${best.by === 'port' ? 'listening' : 'switched on'} ${best.days === 0 ? 'at the first check-in' : `${hoursText(best.days * 24)} after the first check-in`}${isOn ? '' : ', and is off since'}`,
          evidence: evidenceOf(group),
          since: best.from,
          facts: {
            what: ways[way].title,
            by: best.by,
            from: best.from.toISOString(),
            off: isOn ? null : (off?.toISOString() ?? null),
            days: Math.round(best.days * 10) / 10,
            proof: best.proof,
          },
          weight: best.weight,
        },
      ]
    })
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

/** Every setting; of ports the first, since programs come and go with their day's work. */
function evidenceOf(group: On[]): number[] {
  const port = group.find((one) => one.by === 'port')
  const settings = group.filter((one) => one.by === 'setting')
  return [...new Set([...settings, ...(port ? [port] : [])].map((one) => one.seq))].toSorted((a, b) => a - b)
}

/** From when to when each way in was open, as each source told it, oldest first. */
function stretches({ postures, ports }: Dossier): On[] {
  const settings = (
    [
      ['login', 'remoteLogin'],
      ['screen', 'screenSharing'],
    ] as const
  ).flatMap(([way, member]) =>
    spansOf(postures.filter((fact) => fact[member] !== null))
      .filter(({ fact }) => fact[member] === true)
      .map(({ fact, from, to }): On => ({ way, seq: fact.seq, from, to, proof: fact.proof, by: 'setting' })),
  )
  const listening = ports.map(({ port, ...stay }): On => {
    const way = (Object.keys(ways) as Way[]).find((one) => (ways[one].ports as readonly number[]).includes(port))
    return { ...stay, way: way ?? 'login', by: 'port' }
  })
  return [...settings, ...listening].toSorted(
    (a, b) => a.from.getTime() - b.from.getTime() || a.by.localeCompare(b.by) || a.seq - b.seq,
  )
}

/** The company declared it as its own: when it came, or by now. */
const isDeclaredTool = ({ declarations, now }: Dossier, { way, from }: On): boolean =>
  declarations.some(
    (one) =>
      one.kind === 'tool' &&
      (ways[way].names as readonly string[]).includes((one.value ?? '').trim().toLowerCase()) &&
      [from, now].some((at) => one.from <= at && at <= one.to),
  )
