// Diverted laptops as the known cases tell them: how grave all rules together find each, and from which moment on.
import { describe, expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Dossier, Severity } from '../../server/detection/rule.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { CASE_SCORE, type Scored, scoreOf } from '../../server/detection/score.ts'
import { cleanDelivery, headOf, judge, type Story, story } from './story.ts'

const home = { from: 'Boston', network: 'home', timeZone: 'America/New_York', user: 'per_1' } as const
const agent = { source: 'agent', vouches: 'nothing', enrollment: {} } as const
const board = '4C4C4544-0042-3510-8054-B4C04F565931'
const otherBoard = '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12'
const anyDesk = { name: 'AnyDesk', identifier: 'com.philandro.anydesk', startup: true }
const kvm = [
  { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
]

function scoredOf(dossier: Dossier): Scored[] {
  return rules.flatMap((rule) =>
    judge(rule, dossier).findings.map((finding) => ({
      findingId: finding.key,
      rule: rule.id,
      group: rule.group,
      layer: rule.layer,
      weight: finding.weight ?? rule.weight,
      severity: finding.severity ?? rule.severity,
      exceptional: finding.exceptional ?? false,
    })),
  )
}

interface Case {
  told: () => Story
  /** When it is looked at: the sweep of that moment. */
  at: string
  severity: Severity
  /** Which rules speak then. */
  rules: string[]
  /** The moment from which a case is open, looking at every event and at noon of every day. */
  opensAt: string | null
}

const cases: Record<string, Case> = {
  'a farm at the address that was given, with a remote tool within the hour': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-05T18:00:00Z', home)
        .checkedIn('2026-03-05T18:40:00Z', { ...home, software: [anyDesk], remoteLogin: true })
        .seenDaily('2026-03-06', '2026-04-30'),
    at: '2026-03-20',
    severity: 'medium',
    rules: ['remote-tool-early', 'remote-tool-unapproved', 'unattended-access', 'remote-login-enabled'],
    opensAt: '2026-03-05T18:40:00.000Z',
  },
  'sent on abroad, where it wakes on a line of the place': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-19', { ...home, from: 'Shenyang', timeZone: 'Asia/Shanghai', software: [anyDesk] })
        .seenDaily('2026-03-20', '2026-04-30'),
    at: '2026-04-10',
    severity: 'critical',
    rules: [
      'woke-abroad',
      'first-check-in-far',
      'check-in-abroad',
      'never-at-home',
      'remote-tool-early',
      'remote-tool-unapproved',
      'unattended-access',
    ],
    opensAt: '2026-03-19T12:00:00.000Z',
  },
  'sent on abroad, behind a VPN with an exit near home, its clock set right for whoever works on it': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-12', { ...home, network: 'vpn', timeZone: 'Asia/Shanghai' })
        .seenDaily('2026-03-13', '2026-04-30'),
    at: '2026-04-10',
    severity: 'medium',
    rules: ['time-zone-mismatch', 'hosting-or-vpn-exit'],
    opensAt: '2026-03-13T12:00:00.000Z',
  },
  'an honest identity who hosts it at home, with a named VPN and two tools': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', { ...home, software: ['Astrill VPN'] })
        .checkedIn('2026-03-07', { software: ['Astrill VPN', anyDesk, 'RustDesk'] })
        .seenDaily('2026-03-08', '2026-04-30'),
    at: '2026-03-20',
    severity: 'high',
    rules: [
      'named-vpn',
      'remote-tool-early',
      'remote-tool-early',
      'remote-tools-several',
      'remote-tool-unapproved',
      'remote-tool-unapproved',
      'unattended-access',
    ],
    opensAt: '2026-03-06T12:00:00.000Z',
  },
  'an honest identity who hosts it behind a KVM over IP and installs nothing': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', { ...home, usbDevices: kvm })
        .seenDaily('2026-03-07', '2026-04-30'),
    at: '2026-03-20',
    severity: 'high',
    rules: ['kvm-hardware'],
    opensAt: '2026-03-06T12:00:00.000Z',
  },
  'a KVM with a cloned profile, remote login, and a clock of elsewhere': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', {
          ...home,
          timeZone: 'Asia/Shanghai',
          remoteLogin: true,
          usbDevices: [{ vendorId: '046d', productId: 'c52b', vendor: 'Logitech', product: 'USB Receiver' }],
        })
        .seenDaily('2026-03-07', '2026-04-30'),
    at: '2026-03-20',
    severity: 'medium',
    rules: ['time-zone-mismatch', 'remote-login-enabled'],
    opensAt: '2026-03-07T12:00:00.000Z',
  },
  'the copy of its enrolment reports from the farm, while the laptop itself is gone': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', { ...home, hardwareUuid: board })
        .seenDaily('2026-03-07', '2026-05-01')
        .checkedIn('2026-05-02', { from: 'Miami', network: 'home', hardwareUuid: otherBoard })
        .seenDaily('2026-05-03', '2026-06-30'),
    at: '2026-05-20',
    severity: 'high',
    rules: ['hardware-swapped'],
    opensAt: '2026-05-02T12:00:00.000Z',
  },
  'a helper who signs in to several laptops, and takes the agent off': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', home)
        .checkedIn('2026-03-06T12:30:00Z', { ...agent, from: 'Boston' })
        .checkedIn('2026-03-09', { user: 'per_9' })
        .seenDaily('2026-03-10', '2026-04-30')
        .seenDaily('2026-03-06', '2026-03-12', { source: 'agent', proof: 'claimed' }),
    at: '2026-04-01',
    severity: 'medium',
    rules: ['agent-removed', 'wrong-user'],
    opensAt: '2026-03-17T12:00:00.000Z',
  },
  'fetched at a counter, and never seen near the home from then on': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Boston')
        .scan('2026-03-02', 'Columbus', 'accepted')
        .scan('2026-03-04', 'Boston', { is: 'held', at: 'counter' })
        .delivered('2026-03-05', 'Boston', 'person')
        .signed('2026-03-05', 'different')
        .checkedIn('2026-03-07', { ...home, from: 'Columbus' })
        .seenDaily('2026-03-08', '2026-04-30'),
    at: '2026-03-22',
    severity: 'high',
    rules: ['parcel-held-for-pickup', 'signed-by-stranger', 'first-check-in-far', 'never-at-home'],
    opensAt: '2026-03-05T12:00:00.000Z',
  },
  'a seat of a farm that is closed: the agents are taken off, and it is heard of no more': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', home)
        .seenDaily('2026-03-07', '2026-03-25')
        .checkedIn('2026-03-26', { enrollment: { enrolled: false } }),
    at: '2026-05-20',
    severity: 'medium',
    rules: ['gone-silent', 'agent-removed'],
    opensAt: '2026-04-05T12:00:00.000Z',
  },
  'driven through the systems’ own screen sharing from the first day, by an exit abroad': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { ...home, screenSharing: true })
        .checkedIn('2026-03-08', { from: 'Lisbon', network: 'hosting' })
        .seenDaily('2026-03-09', '2026-04-30'),
    at: '2026-03-20',
    severity: 'medium',
    rules: ['check-in-abroad', 'hosting-or-vpn-exit', 'remote-login-enabled'],
    opensAt: '2026-03-08T12:00:00.000Z',
  },
  'the ordinary farm: a clean line at the address, nothing installed, an unknown KVM': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', home)
        .seenDaily('2026-03-07', '2026-04-30'),
    at: '2026-03-20',
    severity: 'low',
    rules: [],
    opensAt: null,
  },
}

/** The first moment at which a case would open: after an event, or at the noon of a day. */
function opening(told: Story): string | null {
  const facts = told.facts()
  const last = headOf(facts)
  const start = facts.events[0]!.recordedAt
  const noons = Array.from({ length: 180 }, (_, day) => new Date(start.getTime() + day * 86_400_000))
  const moments = [
    ...facts.events.map((event) => ({ seq: event.seq, at: event.recordedAt })),
    ...noons.map((at) => ({ seq: facts.events.findLast((event) => event.recordedAt <= at)?.seq ?? last, at })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
  const opened = moments.find(
    ({ seq, at }) => scoreOf(scoredOf(assembleDossier(facts, { seq, now: at }))).score >= CASE_SCORE,
  )
  return opened?.at.toISOString() ?? null
}

describe.each(Object.entries(cases))('%s', (_, { told, at, severity, rules: speak, opensAt }) => {
  test(`is ${severity}, by the rules that see it`, () => {
    const scored = scoredOf(told().dossier({ now: `${at}T13:00:00Z` }))
    expect({ severity: scoreOf(scored).severity, rules: scored.map((one) => one.rule) }).toEqual({
      severity,
      rules: speak,
    })
  })

  test(
    opensAt === null
      ? 'opens no case: only what laptops share tells it'
      : 'opens a case at the first moment that shows it',
    () => expect(opening(told())).toBe(opensAt),
  )
})
