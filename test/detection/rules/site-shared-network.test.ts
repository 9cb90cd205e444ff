import { describe, expect, test } from 'vitest'
import { siteSharedNetwork as rule } from '../../../server/detection/rules/site-shared-network.ts'
import { cleanDelivery, findingsOf, judge } from '../story.ts'
import { ip, isBehind, joins, later } from '../together.ts'

describe('fires', () => {
  test('for two who live apart and come from one household’s address at one time', () => {
    const told = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07')
    expect(findingsOf(rule, told, later)).toMatchObject([{ weight: 13, facts: { network: 1 } }])
  })

  test('once they have been together for some hours, and asks to look again until then', () => {
    const told = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07')
    expect(judge(rule, told.dossier())).toMatchObject({ findings: [], lookAgainAt: new Date('2026-03-07T18:00:00Z') })
    expect(findingsOf(rule, told, { now: '2026-03-07T18:00:00Z' })).toHaveLength(1)
  })

  test('more for three, and less where nobody knows where the others live', () => {
    const pair = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07')
    expect(findingsOf(rule, joins(pair, 'per_3', '2026-03-07'), later)).toMatchObject([{ weight: 16 }])
    const strangers = isBehind(cleanDelivery(), '2026-03-06').shares('2026-03-07', 'per_2', 'network', ip)
    expect(findingsOf(rule, strangers, later)).toMatchObject([{ weight: 7 }])
  })
})

describe('stays quiet', () => {
  test('where the address went from one customer to another overnight', () => {
    const told = isBehind(cleanDelivery(), '2026-03-06T08:00:00Z')
      .livesAt('2026-01-05', 'per_2', 'adr_2')
      .shares('2026-03-06T07:00:00Z', 'per_2', 'network', ip, { to: '2026-03-06T10:00:00Z' })
    expect(findingsOf(rule, told, later)).toEqual([])
  })

  test('on mobile networks and carriers’ shared addresses', () => {
    for (const network of ['mobile', 'carrier NAT', 'vpn', 'relay', 'hosting'] as const) {
      const told = cleanDelivery()
        .checkedIn('2026-03-06', { from: 'Boston', network, publicIp: ip })
        .livesAt('2026-01-05', 'per_2', 'adr_2')
        .shares('2026-03-07', 'per_2', 'network', ip)
      expect(findingsOf(rule, told, later)).toEqual([])
    }
  })

  test('at one home, and at an exit that the company declared', () => {
    const couple = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07', 'adr_Boston')
    expect(findingsOf(rule, couple, later)).toEqual([])
    const office = joins(isBehind(cleanDelivery(), '2026-03-06'), 'per_2', '2026-03-07')
    expect(findingsOf(rule, office.declared('network_exit', '2026-03-01', '2026-06-01', ip), later)).toEqual([])
  })
})
