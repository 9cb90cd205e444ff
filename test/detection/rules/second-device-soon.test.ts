import { describe, expect, test } from 'vitest'
import { secondDeviceSoon as rule } from '../../../server/detection/rules/second-device-soon.ts'
import { cleanDelivery, findingsOf, judge, story } from '../story.ts'

const again = (at = '2026-03-10') => cleanDelivery().otherOrder(at)
const later = { now: '2026-04-01' }

describe('fires', () => {
  test('for another laptop ordered nine days after this one', () => {
    expect(findingsOf(rule, again(), later)).toMatchObject([
      {
        key: 'shp_other_1',
        summary:
          'Another laptop was ordered for the same person 9 days after this one, and this one is not known to be broken, lost or on its way back',
        evidence: [6, 2],
        since: new Date('2026-03-10T12:00:00Z'),
        weight: 5,
      },
    ])
  })

  test('for contractors and employees alike', () => {
    expect(findingsOf(rule, again().person({ kind: 'contractor' }), later)).toEqual(findingsOf(rule, again(), later))
  })

  test('less the later it comes, and less as time goes by', () => {
    expect(findingsOf(rule, again('2026-04-10'), { now: '2026-04-15' })[0]?.weight).toBe(2.5)
    const at = (now: string) => judge(rule, again().dossier({ now }))
    expect(at('2026-05-20').findings[0]?.weight).toBe(3.8)
    expect(at('2026-08-01')).toEqual({ findings: [], lookAgainAt: null })
  })

  test('two days after the second order, and says when to look again', () => {
    const at = (now: string) => judge(rule, again().dossier({ now }))
    expect(at('2026-03-11')).toEqual({ findings: [], lookAgainAt: new Date('2026-03-12T12:00:00Z') })
    expect(at('2026-03-12')).toMatchObject({
      findings: [{ key: 'shp_other_1' }],
      lookAgainAt: new Date('2026-05-02T00:00:00Z'),
    })
  })

  test('for each further one', () =>
    expect(findingsOf(rule, again().otherOrder('2026-03-20'), later).map((finding) => finding.key)).toEqual([
      'shp_other_1',
      'shp_other_2',
    ]))
})

describe('stays quiet', () => {
  test('for the first one alone, and for one ordered before it', () => {
    expect(findingsOf(rule, cleanDelivery(), later)).toEqual([])
    expect(findingsOf(rule, cleanDelivery().otherOrder('2026-02-20'), later)).toEqual([])
  })

  test('for two that were bought together, and for one of months later', () => {
    expect(findingsOf(rule, again('2026-03-01T15:00:00Z'), later)).toEqual([])
    expect(findingsOf(rule, again('2026-06-01'), { now: '2026-06-10' })).toEqual([])
  })

  test('for an order of something without a serial number, or for somebody else', () => {
    expect(findingsOf(rule, cleanDelivery().otherOrder('2026-03-10', { deviceIds: [] }), later)).toEqual([])
    expect(findingsOf(rule, cleanDelivery().otherOrder('2026-03-10', { personId: 'per_2' }), later)).toEqual([])
  })

  test.each(['exchange', 'repair', 'asked'] as const)('where a return was opened: %s', (reason) => {
    expect(findingsOf(rule, again().returnOpened('2026-03-11', '2026-04-20', reason), later)).toEqual([])
  })

  test.each(['repair', 'lost', 'retired'] as const)('where this one is reported: %s', (status) => {
    expect(findingsOf(rule, cleanDelivery().status('2026-03-09', status).otherOrder('2026-03-10'), later)).toEqual([])
  })

  test.each(['damaged', 'lost', 'returned'] as const)('where the carrier says of the first parcel: %s', (is) => {
    const told = story().home('Boston').ordered('2026-03-01', 'Boston').scan('2026-03-02', 'Columbus', 'accepted')
    expect(findingsOf(rule, told.scan('2026-03-04', 'Columbus', { is }).otherOrder('2026-03-10'), later)).toEqual([])
  })

  test('where its repair is declared, but not for the repair of another', () => {
    const declared = (serial: string) => again().declared('repair', '2026-03-09', '2026-04-30', serial)
    expect(findingsOf(rule, declared('TALE0001'), later)).toEqual([])
    expect(findingsOf(rule, declared('OTHER001'), later)).toHaveLength(1)
  })

  test('for a fleet whose orders nobody brought', () => {
    expect(findingsOf(rule, story().status('2026-03-01', 'in_service').otherOrder('2026-03-10'), later)).toEqual([])
  })
})
