// Two kinds of evidence that meet are high at once, and either alone is not: pairs as reports on such cases name them.
import { describe, expect, test } from 'vitest'
import { rules } from '../../server/detection/rules/index.ts'
import { scoreOf } from '../../server/detection/score.ts'
import { cleanDelivery, judge, type Story, story } from './story.ts'

/** Both for sources that vouch for their reports, and for those that only claim. */
type Vouched = { vouches?: 'nothing' }
type Told = (by: Vouched) => Story

const scored = (told: Story, now?: string) => {
  const dossier = told.dossier(now === undefined ? {} : { now })
  return scoreOf(
    rules
      .filter((rule) => rule.response !== 'watch')
      .flatMap((rule) =>
        judge(rule, dossier).findings.map((finding) => ({
          findingId: finding.key,
          rule: rule.id,
          group: rule.group,
          layer: rule.layer,
          weight: finding.weight ?? rule.weight,
          severity: finding.severity ?? rule.severity,
          exceptional: finding.exceptional ?? false,
        })),
      ),
  )
}

const line = { network: 'home' } as const
const anyDesk = { software: [{ name: 'AnyDesk', identifier: 'com.philandro.anydesk', startup: true }] }
const jetKvm = { neighbors: [{ mac: '30:52:53:01:02:03' }] }
const nanoKvm = { neighbors: [{ mac: '48:da:35:6e:01:02', hostname: 'kvm-2f1a.local' }] }

const atHome =
  (has: object = {}): Told =>
  (by) =>
    cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', ...line, ...has, ...by })
const sent = () =>
  story().home('Boston', { approved: true }).ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
const redirect = { is: 'delivery change', stage: 'done', to: 'address', by: 'receiver' } as const
const shipTo = (input: Parameters<Story['ordered']>[2] = {}) =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Denver', input)
    .scan('2026-03-02', 'Columbus', 'accepted')
    .delivered('2026-03-05', 'Denver')
const inDenver =
  (told: () => Story, has: object = {}): Told =>
  (by) =>
    told().checkedIn('2026-03-06', { from: 'Denver', ...line, ...has, ...by })

const pairs: Record<string, Told> = {
  'a redirect, and a first check-in where the parcel was taken': inDenver(() =>
    sent().scan('2026-03-03', 'Columbus', redirect).delivered('2026-03-05', 'Denver'),
  ),
  'a redirect of which the last scan says nothing, and a first check-in far away': inDenver(() =>
    sent().scan('2026-03-03', 'Columbus', redirect).delivered('2026-03-05', 'Boston'),
  ),
  'an address that changed, and a remote-control tool on the first day': inDenver(() => shipTo(), anyDesk),
  'an approved address far from home, and a remote-control tool on the first day': inDenver(
    () => shipTo({ approved: true }),
    anyDesk,
  ),
  'a mail drop that somebody approved, and a remote-control tool': inDenver(
    () => shipTo({ approved: true, kind: 'mail drop', confidence: 0.9 }),
    anyDesk,
  ),
  'a KVM on the network by its maker’s block, and a remote-control tool': atHome({ ...jetKvm, ...anyDesk }),
  'a KVM of another maker, told by its block only': atHome({ ...nanoKvm, ...anyDesk }),
  'a VPN of the reports at home, and a remote-control tool': atHome({
    software: [{ name: 'Astrill VPN' }, ...anyDesk.software],
  }),
  'a first check-in abroad of a laptop that was delivered here': (by) =>
    cleanDelivery().checkedIn('2026-03-20', { from: 'Shenyang', ...line, ...by }),
  'an address of a confirmed case, which replaced the home': inDenver(() =>
    shipTo()
      .livesAt('2026-02-01', 'per_2', 'adr_Denver', { use: 'ship_to', approved: false })
      .confirmed('2026-02-20', 'per_2'),
  ),
}

describe.each(Object.entries(pairs))('%s', (_, told) => {
  test.each([{}, { vouches: 'nothing' as const }])('is high at once, vouched for or not: %o', (by) =>
    expect(['high', 'critical']).toContain(scored(told(by)).severity),
  )
})

const alone: Record<string, { told: Told; now?: string }> = {
  'a remote-control tool on the first day': { told: atHome(anyDesk) },
  'a KVM on the network': { told: atHome(jetKvm) },
  'a journey after months at home': {
    told: (by) =>
      cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston', ...line, ...by })
        .seenDaily('2026-03-07', '2026-07-01')
        .checkedIn('2026-07-02', { from: 'Lisbon', ...line, ...by }),
  },
  'a move that HR knows of and nobody has approved': {
    told: inDenver(() =>
      story()
        .home('Boston', { approved: true })
        .home('Denver', { at: '2026-02-28', changed: true })
        .ordered('2026-03-01', { id: 'adr_Denver' })
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Denver')
        .seenDaily('2026-03-07', '2026-04-20'),
    ),
    now: '2026-04-20T13:00:00Z',
  },
  'a first check-in across the country': { told: inDenver(cleanDelivery) },
}

describe.each(Object.entries(alone))('%s, and nothing else', (_, { told, now }) => {
  test('is medium at most', () => expect(['low', 'medium']).toContain(scored(told({}), now).severity))
})
