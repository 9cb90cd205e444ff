import { describe, expect, test } from 'vitest'
import { kvmOnLan as rule } from '../../../server/detection/rules/kvm-on-lan.ts'
import { cleanDelivery, findingsOf, judge, story, weightOf } from '../story.ts'

const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]
const beside = (neighbors: { mac?: string; hostname?: string }[]) =>
  cleanDelivery().checkedIn('2026-03-06', { neighbors })

describe('fires', () => {
  test('for a name that a KVM gives itself, and never alone high', () => {
    const finding = first(beside([{ hostname: 'pikvm.local' }]))
    expect(finding).toMatchObject({ key: 'pikvm', summary: 'PiKVM was seen on the same network, by its name' })
    expect(weightOf(rule, finding)).toBe(7)
    expect(finding?.exceptional).toBeUndefined()
  })

  test('less for its maker’s address block', () => {
    expect(first(beside([{ mac: '30:52:53:01:02:03' }]))).toMatchObject({ key: 'jetkvm', weight: 5.6 })
  })

  test('once for a device that comes and goes, from the first time on', () => {
    const told = beside([{ hostname: 'pikvm.local' }])
      .checkedIn('2026-03-08', { neighbors: [] })
      .checkedIn('2026-03-10', { neighbors: [{ hostname: 'pikvm.local' }] })
    expect(findingsOf(rule, told)).toHaveLength(1)
    expect(first(told)).toMatchObject({ since: new Date('2026-03-06T12:00:00Z'), facts: { gone: null } })
    expect(first(told)?.evidence).toHaveLength(1)
  })

  test('for a while after it was last seen', () => {
    const told = beside([{ hostname: 'pikvm.local' }]).checkedIn('2026-03-08', { neighbors: [] })
    expect(first(told)?.weight).toBe(7)
    expect(judge(rule, told.dossier({ now: '2026-03-10' })).lookAgainAt).not.toBeNull()
    expect(findingsOf(rule, told, { now: '2026-06-01' })).toEqual([])
  })
})

describe('stays quiet', () => {
  test('for neighbours that are no KVM', () =>
    expect(first(beside([{ mac: '00:11:22:33:44:55', hostname: 'printer.local' }]))).toBeUndefined())

  test('for one that the company declared', () => {
    const told = cleanDelivery().declared('tool', '2026-03-01', '2026-08-01', 'PiKVM')
    expect(first(told.checkedIn('2026-03-06', { neighbors: [{ hostname: 'pikvm.local' }] }))).toBeUndefined()
  })

  test('for a KVM on our own bench', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { neighbors: [{ hostname: 'pikvm.local' }] })
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
    expect(first(told.checkedIn('2026-03-06', { neighbors: [] }))).toBeUndefined()
  })

  test('for one that is attached: that is another rule’s', () => {
    const usbDevices = [{ vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device' }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices }))).toBeUndefined()
  })
})
