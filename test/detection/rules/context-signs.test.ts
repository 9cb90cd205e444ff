import { describe, expect, test } from 'vitest'
import { contextSigns as rule } from '../../../server/detection/rules/context-signs.ts'
import { cleanDelivery, findingsOf, judge } from '../story.ts'

const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', software: ['Slack'] })
const kvm = [
  { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
]

describe('fires', () => {
  test('for a keep-awake program and a virtual camera beside a remote-control tool', () => {
    const told = inUse().checkedIn('2026-03-07', { software: ['AnyDesk', 'Amphetamine', 'ManyCam'] })
    expect(findingsOf(rule, told).map(({ key, weight }) => [key, weight])).toEqual([
      ['amphetamine', 2],
      ['manycam', 3],
    ])
  })

  test('beside a KVM over IP', () => {
    const told = inUse().checkedIn('2026-03-07', { software: ['Amphetamine'], usbDevices: kvm })
    expect(findingsOf(rule, told)[0]).toMatchObject({
      key: 'amphetamine',
      summary: 'Amphetamine keeps the laptop awake, beside a way in',
    })
  })

  test('for a laptop that lies on its charger with the lid closed for weeks, beside a tool', () => {
    const told = inUse()
      .checkedIn('2026-03-07', { software: ['AnyDesk'], power: { onAc: true, lidClosed: true } })
      .seenDaily('2026-03-08', '2026-04-08')
    expect(findingsOf(rule, told, { now: '2026-03-10' })).toEqual([])
    expect(judge(rule, told.dossier({ now: '2026-03-10' })).lookAgainAt).toEqual(new Date('2026-03-21T12:00:00Z'))
    expect(findingsOf(rule, told, { now: '2026-04-08' })[0]).toMatchObject({ key: 'still', weight: 2 })
  })
})

describe('stays quiet', () => {
  test('for such programs alone', () =>
    expect(
      findingsOf(rule, inUse().checkedIn('2026-03-07', { software: ['Amphetamine', 'ManyCam', 'BlackHole'] })),
    ).toEqual([]))

  test('beside a tool that the company approved', () => {
    const told = inUse().declared('tool', '2026-03-01', '2026-06-01', 'AnyDesk')
    expect(findingsOf(rule, told.checkedIn('2026-03-07', { software: ['AnyDesk', 'Amphetamine'] }))).toEqual([])
  })

  test('for a laptop at a dock that is taken along each evening', () => {
    const told = inUse().checkedIn('2026-03-07', { software: ['AnyDesk'] })
    for (let day = 10; day < 28; day++)
      told
        .checkedIn(`2026-03-${day}T09:00:00Z`, { power: { onAc: true, lidClosed: true } })
        .checkedIn(`2026-03-${day}T18:00:00Z`, { power: { onAc: false, lidClosed: false } })
    expect(findingsOf(rule, told)).toEqual([])
  })
})
