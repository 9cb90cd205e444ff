// Ordinary years: what every company sees opens no case. What is said all the same is listed, with the reason.
import { describe, expect, test } from 'vitest'
import { rules } from '../../server/detection/rules/index.ts'
import { type Scored, scoreOf } from '../../server/detection/score.ts'
import type { Reading } from '../../server/ports.ts'
import { cleanDelivery, judge, type Story, story } from './story.ts'

type Change = Extract<Reading, { is: 'delivery change' }>
const change = (to: Change['to'], stage: Change['stage'] = 'done'): Reading => ({
  is: 'delivery change',
  stage,
  by: 'receiver',
  to,
})
const joiner = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')

interface Year {
  told: () => Story
  /** What is said by the end of it, under ten decibans together, and why that is right. */
  said?: Record<string, string>
}

const years: Record<string, Year> = {
  'a joiner whose laptop comes, checks in and stays': {
    told: () =>
      cleanDelivery()
        .accepted('2026-03-05T18:00:00Z')
        .checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
        .checkedIn('2026-09-01', { from: 'Boston', software: ['Slack', 'Zoom'] }),
  },
  'a joiner whose address nobody has verified': {
    told: () =>
      story()
        .home('Boston')
        .ordered('2026-03-01', 'Boston')
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'a mover whose new address is approved before the order': {
    told: () =>
      story()
        .home('Boston', { approved: true })
        .home('Denver', { at: '2026-02-28', changed: true })
        .approves('adr_Denver', '2026-02-28T18:00:00Z')
        .ordered('2026-03-01', 'Denver')
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
  },
  'a mover whose parcel follows to the approved new home': {
    told: () =>
      joiner()
        .home('Denver', { at: '2026-03-03', changed: true, approved: true })
        .scan('2026-03-03', 'Columbus', change('address'))
        .delivered('2026-03-05', 'Denver')
        .checkedIn('2026-03-06', { from: 'Denver' }),
    said: { 'parcel-redirected': 'the redirect is a fact; that it ended at an approved address lowers it' },
  },
  'a leaver who sends the laptop back': {
    told: () =>
      cleanDelivery()
        .person({ leavesOn: '2026-08-31' })
        .checkedIn('2026-03-06', { from: 'Boston' })
        .returnOrdered('2026-09-01')
        .scan('2026-09-03', 'Boston', 'accepted')
        .delivered('2026-09-06', 'Columbus')
        .received('2026-09-07'),
  },
  'a refresh: the old laptop goes to somebody in another city': {
    told: () =>
      story()
        .status('2025-01-01', 'in_service')
        .checkedIn('2025-01-02', { from: 'Denver', software: ['TeamViewer'] })
        .received('2026-02-01')
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Boston')
        .checkedIn('2026-03-01T15:00:00Z', { from: 'Columbus', software: ['Slack'] })
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] }),
  },
  'a repair of a month': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .status('2026-05-01', 'repair')
        .checkedIn('2026-05-10', { from: 'Denver' })
        .checkedIn('2026-06-01', { from: 'Boston' }),
  },
  'a traveller whose journey is declared': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .declared('travel', '2026-06-01', '2026-06-20')
        .checkedIn('2026-06-02', { from: 'Lisbon' })
        .checkedIn('2026-06-21', { from: 'Boston' }),
  },
  'a pick-up at the counter after a week away': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', change('counter'))
        .scan('2026-03-05', 'Boston', { is: 'held', at: 'counter' })
        .delivered('2026-03-13', 'Boston', 'person')
        .checkedIn('2026-03-13T18:00:00Z', { from: 'Boston' }),
    said: { 'parcel-redirected': 'a counter is where farms fetch parcels too; alone it is nothing' },
  },
  'a delivery to the neighbour, once no one was at home': {
    told: () =>
      joiner()
        .scan('2026-03-04', 'Boston', { is: 'attempted' })
        .scan('2026-03-04T18:00:00Z', 'Boston', change('neighbour'))
        .delivered('2026-03-05', 'Cambridge', 'neighbour')
        .checkedIn('2026-03-06', { from: 'Boston' }),
  },
  'another day, asked for': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Boston', change('other day', 'requested'))
        .delivered('2026-03-09', 'Boston')
        .checkedIn('2026-03-10', { from: 'Boston' }),
  },
  'a redirect to work in the same city': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Boston', change('address'))
        .delivered('2026-03-05', 'Cambridge', 'desk')
        .checkedIn('2026-03-06', { from: 'Boston' }),
    said: { 'parcel-redirected': 'the redirect is a fact; that it stayed in the city lowers it' },
  },
  'a scan at the wrong depot, and one after the delivery': {
    told: () =>
      joiner()
        .scan('2026-03-03', 'Miami', 'moving')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { from: 'Boston' })
        .scan('2026-03-07', 'Miami', 'moving'),
  },
  'a holiday right after the delivery': {
    told: () => cleanDelivery().checkedIn('2026-04-06', { from: 'Boston' }),
  },
  'a laptop that nobody unpacks': {
    told: () => cleanDelivery(),
    said: { 'delivered-and-silent': 'somebody should ask where it is; that is no case' },
  },
  'a delivery to our office, taken home from there': {
    told: () =>
      story()
        .home('Providence', { approved: true })
        .ordered('2026-03-01', 'Boston', { kind: 'office' })
        .shipped('2026-03-02')
        .delivered('2026-03-05', 'Boston', 'desk')
        .checkedIn('2026-03-09', { from: 'Providence' }),
  },
  'a screen reader, a viewer and a keep-awake tool from the first day': {
    told: () =>
      cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['NVDA', 'VNC Viewer', 'KeepingYouAwake'] }),
  },
  'the helpdesk’s own tool, declared': {
    told: () =>
      cleanDelivery()
        .declared('tool', '2026-01-01', '2026-06-01', 'Jamf Remote Assist')
        .checkedIn('2026-03-06', { from: 'Boston', software: ['Jamf Remote Assist'] }),
  },
  'a remote tool after months': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .checkedIn('2026-08-06', { software: ['TeamViewer'] }),
  },
  'a dock and two monitors': {
    told: () =>
      cleanDelivery().checkedIn('2026-03-06', {
        from: 'Boston',
        usbDevices: [{ vendorId: '17e9', productId: '6015', vendor: 'DisplayLink', product: 'Universal Dock' }],
        displays: [{ manufacturer: 'DEL', productCode: 'a0d1', name: 'DELL U2720Q', serial: '86TZT13' }],
      }),
  },
  'a flatmate with a KVM on the same network': {
    told: () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', neighbors: [{ hostname: 'jetkvm.local' }] }),
    said: { 'kvm-hardware': 'it is there, and may be anybody’s' },
  },
  'a private VPN switched on for an evening': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .checkedIn('2026-05-06', { from: 'Lisbon', network: 'vpn' })
        .checkedIn('2026-05-07', { from: 'Boston' }),
    said: { 'check-in-abroad': 'an exit says little of the laptop; alone it is nothing' },
  },
  'a week-end abroad that nobody declared': {
    told: () =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston' })
        .checkedIn('2026-05-08', { from: 'Lisbon' })
        .checkedIn('2026-05-10', { from: 'Boston' }),
    said: { 'check-in-abroad': 'a hop; alone it is nothing' },
  },
}

describe.each(Object.entries(years))('%s', (_, { told, said = {} }) => {
  const scored = (): Scored[] =>
    rules.flatMap((rule) =>
      judge(rule, told().dossier({ now: '2026-12-31' })).findings.map((finding) => ({
        findingId: finding.key,
        rule: rule.id,
        group: rule.group,
        layer: rule.layer,
        weight: finding.weight ?? rule.weight,
        severity: finding.severity ?? rule.severity,
        exceptional: finding.exceptional ?? false,
      })),
    )

  test('says no more than is listed', () =>
    expect([...new Set(scored().map((one) => one.rule))].toSorted()).toEqual(Object.keys(said).toSorted()))

  test('opens no case', () => {
    expect(scoreOf(scored()).score).toBeLessThan(10)
    expect(scored().some((one) => one.exceptional)).toBe(false)
  })
})
