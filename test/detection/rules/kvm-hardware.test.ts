import { describe, expect, test } from 'vitest'
import { kvmHardware as rule } from '../../../server/detection/rules/kvm-hardware.ts'
import { cleanDelivery, findingsOf, story, weightOf } from '../story.ts'

const pikvmUsb = {
  vendorId: '1d6b',
  productId: '0104',
  vendor: 'PiKVM',
  product: 'PiKVM Composite Device',
  serial: 'CAFEBABE',
}
const keyboard = { vendorId: '05ac', productId: '024f', vendor: 'Apple Inc.', product: 'Keyboard' }
const first = (told: ReturnType<typeof story>) => findingsOf(rule, told)[0]

describe('fires', () => {
  test('alone high for a default identity on USB', () => {
    const finding = first(cleanDelivery().checkedIn('2026-03-06', { usbDevices: [keyboard, pikvmUsb] }))
    expect(finding).toMatchObject({ key: 'pikvm', summary: 'PiKVM was seen attached by USB', exceptional: true })
    expect(weightOf(rule, finding)).toBe(20)
  })

  test('alone high for one as the display', () => {
    const displays = [{ manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { displays }))).toMatchObject({
      exceptional: true,
      summary: 'PiKVM was seen attached as the display',
    })
  })

  test('on a laptop in use that was told of after it was seen: what is still attached counts', () => {
    const told = story()
      .checkedIn('2026-03-01', { usbDevices: [keyboard, pikvmUsb] })
      .status('2026-03-02', 'in_service')
    expect(first(told)).toMatchObject({ key: 'pikvm', exceptional: true })
    const gone = story()
      .checkedIn('2026-02-01', { usbDevices: [pikvmUsb] })
      .checkedIn('2026-02-10', { usbDevices: [] })
    expect(first(gone.status('2026-03-02', 'in_service'))).toBeUndefined()
  })

  test('once for one that shows itself by USB and as the display, by what shows it best', () => {
    const displays = [{ manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' }]
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { usbDevices: [pikvmUsb] })
      .checkedIn('2026-03-20', { displays })
    expect(findingsOf(rule, told)).toHaveLength(1)
    expect(first(told)).toMatchObject({ exceptional: true, weight: 20, since: new Date('2026-03-06T12:00:00Z') })
    expect(first(told)?.evidence).toHaveLength(2)
  })

  test('for one that was unplugged again', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { usbDevices: [pikvmUsb] })
      .checkedIn('2026-03-07', { usbDevices: [keyboard] })
    expect(first(told)).toMatchObject({ facts: { gone: '2026-03-07T12:00:00.000Z' } })
  })

  test('less for a check-in that proves little', () => {
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices: [pikvmUsb], vouches: 'nothing' }))?.weight).toBe(
      18,
    )
  })

  test('weakly for a capture device beside a remote-control tool, and not alone', () => {
    const usbDevices = [{ vendorId: '534d', productId: '0021' }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices }))).toBeUndefined()
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices, software: ['AnyDesk'] }))).toMatchObject({
      exceptional: false,
      weight: 3,
    })
  })
})

describe('fires in disguise', () => {
  const masked = { vendorId: '046d', productId: 'c31c', vendor: 'Logitech', product: 'USB Keyboard' }
  const shape = ['keyboard', 'pointer', 'storage']

  test('below a case of its own for the shape of a KVM under an ordinary name', () => {
    const finding = first(cleanDelivery().checkedIn('2026-03-06', { usbDevices: [{ ...masked, interfaces: shape }] }))
    expect(finding).toMatchObject({ key: 'composite-gadget', weight: 7, exceptional: false })
  })

  test('by its shape rather than by the ids of any small computer', () => {
    const usbDevices = [{ vendorId: '1d6b', productId: '0104', vendor: 'Acme', product: 'Pad', interfaces: shape }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices }))?.key).toBe('composite-gadget')
  })

  test('weakly for a small computer as a gadget, beside a remote-control tool only', () => {
    const usbDevices = [{ vendorId: '1d6b', productId: '0104', vendor: 'Acme', product: 'Pad' }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices }))).toBeUndefined()
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices, software: ['AnyDesk'] }))).toMatchObject({
      key: 'linux-gadget',
      weight: 4,
    })
  })

  test('alone high for the preset monitor of one that poses as an ordinary screen: all of them have one serial', () => {
    const displays = [{ manufacturer: 'DEL', productCode: '427a', name: 'DELL D2721H', serial: '3S5GQ23' }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { displays }))).toMatchObject({
      key: 'jetkvm',
      exceptional: true,
      weight: 20,
    })
    const honest = [{ ...displays[0], serial: '7H2KQ23' }]
    expect(first(cleanDelivery().checkedIn('2026-03-06', { displays: honest }))).toBeUndefined()
  })

  test('alone high for the preset receiver of one on macOS, and beside a remote-control tool only on Windows', () => {
    const usbDevices = [{ vendorId: '046d', productId: 'c52b', vendor: 'Logitech (x64)' }]
    const seen = (platform: 'darwin' | 'windows', software: string[] = []) =>
      first(cleanDelivery().checkedIn('2026-03-06', { usbDevices, platform, software }))
    expect(seen('darwin')).toMatchObject({ key: 'jetkvm', exceptional: true, weight: 20 })
    // Windows gives the words of its driver, which every such receiver has.
    expect(seen('windows')).toBeUndefined()
    expect(seen('windows', ['AnyDesk'])).toMatchObject({ key: 'logitech-or-jetkvm', exceptional: false, weight: 4 })
  })
})

describe('stays quiet', () => {
  test('for one that is only on the same network: that is another rule’s', () =>
    expect(
      first(cleanDelivery().checkedIn('2026-03-06', { neighbors: [{ hostname: 'pikvm.local' }] })),
    ).toBeUndefined())

  test('for the laboratory of an administrator, which the company declared', () => {
    const told = cleanDelivery().declared('tool', '2026-03-01', '2026-08-01', 'PiKVM')
    expect(first(told.checkedIn('2026-03-06', { usbDevices: [pikvmUsb] }))).toBeUndefined()
  })

  test('for a dock, a keyboard and a monitor', () => {
    const displays = [{ manufacturer: 'DEL', productCode: 'a0d1', name: 'DELL U2720Q', serial: '86TZT13' }]
    const dock = { vendorId: '17e9', productId: '6015', vendor: 'DisplayLink', product: 'Universal Dock' }
    expect(first(cleanDelivery().checkedIn('2026-03-06', { usbDevices: [keyboard, dock], displays }))).toBeUndefined()
  })

  test('for a gadget of the generic Linux kind without the words of a KVM', () => {
    expect(
      first(
        cleanDelivery().checkedIn('2026-03-06', {
          usbDevices: [{ vendorId: '1d6b', productId: '0104', vendor: 'Acme', product: 'Phone' }],
        }),
      ),
    ).toBeUndefined()
  })

  test('for a KVM on our own bench', () => {
    const told = story()
      .home('Boston', { approved: true })
      .ordered('2026-03-01', 'Boston')
      .checkedIn('2026-03-01T15:00:00Z', { usbDevices: [pikvmUsb] })
    const delivered = told
      .scan('2026-03-02', 'Columbus', 'accepted')
      .delivered('2026-03-05', 'Boston')
      .checkedIn('2026-03-06', { usbDevices: [keyboard] })
    expect(first(delivered)).toBeUndefined()
    // The bench hides no other one.
    expect(first(delivered.checkedIn('2026-03-08', { usbDevices: [keyboard, pikvmUsb] }))).toBeDefined()
  })

  test('for neighbours that are no KVM', () => {
    expect(
      first(
        cleanDelivery().checkedIn('2026-03-06', {
          neighbors: [{ mac: '00:11:22:33:44:55', hostname: 'printer.local' }],
        }),
      ),
    ).toBeUndefined()
  })
})
