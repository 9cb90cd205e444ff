// Which USB devices, monitors and neighbours are IP-KVMs: their default identities, and the honest devices beside them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalog } from '../../../server/detection/catalog/catalog.ts'
import {
  type DisplayItem,
  matchDisplay,
  matchNeighbour,
  matchUsb,
  type UsbItem,
} from '../../../server/detection/catalog/match.ts'

/** One USB device in few words: `vid:pid`, then vendor, product and serial as the source tells them. */
function usb(ids: string, vendor?: string, product?: string, serial?: string): UsbItem {
  const [vendorId = '', productId = ''] = ids.split(':')
  return { vendorId, productId, vendor, product, serial }
}

describe('a default identity on the USB bus weighs alone', () => {
  test.each([
    ['pikvm', usb('1d6b:0104', 'PiKVM', 'PiKVM Composite Device', 'CAFEBABE')],
    ['pikvm', usb('1d6b:0104', 'PiKVM')],
    ['pikvm', usb('1d6b:0104', undefined, 'PiKVM Composite Device')],
    ['pikvm', usb('1b1c:1b2d', 'Corsair', 'PiKVM Composite Device')],
    ['pikvm-pico-hid', usb('1209:eda2')],
    ['pikvm-pico-hid', usb('1209:EDA3', 'PiKVM', 'PiKVM HID Bridge')],
    ['tinypilot', usb('1d6b:0104', 'tinypilot', 'Multifunction USB Device', '6b65796d696d6570690')],
    ['jetkvm', usb('1d6b:0104', 'JetKVM', 'USB Emulation Device')],
    ['jetkvm', usb('1d6b:0104', 'JetKVM', 'JetKVM USB Emulation Device', '')],
    ['nanokvm', usb('3346:1009', 'sipeed', 'NanoKVM', '0123456789ABCDEF')],
    ['nanokvm', usb('359f:2200', 'sipeed', 'nanokvm', 'nanokvm')],
    ['nanokvm', usb('046d:c31c', 'sipeed', 'NanoKVM')],
    ['glinet-comet', usb('38eb:0104', 'Glinet', 'Glinet Composite Device', 'CAFEBABE')],
    ['glinet-comet', usb('38EB:0210', 'Glinet', 'Glinet Composite Device', 'CAFEBABE')],
    ['glinet-comet', usb('1d6b:0104', 'GLKVM', 'Composite KVM Device', 'CAFEBABE')],
    ['blikvm', usb('1d6b:0106', 'smart-kvm', 'Multifunction USB Device', '6b65796d696d6570690')],
    ['blikvm', usb('1d6b:0104', 'BliKVM')],
    ['aurga', usb('1d6b:0104', 'Aurga')],
    ['one-kvm', usb('1d6b:0104', 'One-KVM', 'One-KVM USB Device', '0123456789')],
    ['one-kvm', usb('046d:c31c', 'Logitech', 'One-KVM USB Device')],
    ['nanokvm-usb', usb('1a86:e129', undefined, 'NanoKVM-USB')],
    ['jetkvm', usb('046d:c52b', 'Logitech (x64)', 'Logitech USB Input Device')],
    ['raritan', usb('14dd:1010', 'Raritan Computer, Inc.', 'KX4-101')],
  ])('%s: %o', (hardwareId, device) => {
    expect(matchUsb(device, 'darwin')).toMatchObject({ hardwareId, family: 'ip-kvm', by: 'usb', exceptional: true })
  })

  test('in capitals and in small letters, and with stray blanks', () => {
    const loud = matchUsb(usb('1D6B:0104', ' PIKVM ', 'PIKVM  COMPOSITE DEVICE'), null)
    expect(loud).toEqual(matchUsb(usb('1d6b:0104', 'pikvm', 'pikvm composite device'), null))
    expect(loud?.exceptional).toBe(true)
  })
})

describe('a disguise or a borrowed number is a weaker hit', () => {
  test.each([
    ['jetkvm', usb('046D:C52B', undefined, 'Logitech USB Input Device')],
    ['pikvm', usb('1d6b:0104', undefined, undefined, 'CAFEBABE')],
    ['nanokvm', usb('3346:1009', undefined, 'USB Composite Device', '0123456789ABCDEF')],
    ['jetkvm', usb('046d:c52b', 'Logitech', 'USB Receiver', '1234567&0&1')],
    ['macrosilicon-capture', usb('534d:2109', 'MACROSILICON', 'USB Video')],
    ['macrosilicon-capture', usb('345F:2130', 'UltraSemi', 'USB3 Video')],
    ['uvc-capture', usb('eba4:7588', undefined, 'USB3.0 HD Video Capture')],
    ['ch9329-bridge', usb('1a86:e129', 'WCH.CN', 'CH9329')],
  ])('%s: %o', (hardwareId, device) => {
    expect(matchUsb(device, 'darwin')).toMatchObject({ hardwareId, exceptional: false })
  })
})

describe('a small computer that poses as a USB device is context, and weighs nothing alone', () => {
  test.each([
    usb('1d6b:0104'),
    usb('1D6B:0104', 'Linux Foundation', 'Multifunction Composite Gadget', '0000'),
    usb('1d6b:0104', 'Valve', 'Steam Deck'),
    usb('1d6b:0106'),
    usb('1d6b:0104', 'Some Board', 'Multifunction USB Device'),
  ])('%o', (device) => {
    expect(matchUsb(device, 'darwin')).toMatchObject({
      hardwareId: 'linux-gadget',
      family: 'gadget',
      exceptional: false,
    })
  })

  test('as is a keyboard that is a pointer and a disk too, whatever it calls itself', () => {
    const honest = usb('046d:c31c', 'Logitech', 'Keyboard K120')
    const all = ['Boot Keyboard', 'Absolute Pointer', 'Mass Storage', 'RNDIS']
    expect(matchUsb({ ...honest, interfaces: all }, 'windows')).toMatchObject({
      hardwareId: 'composite-gadget',
      family: 'gadget',
      exceptional: false,
    })
    for (const interfaces of [[], ['keyboard'], ['keyboard', 'mouse'], ['pointer', 'storage'], ['audio', 'hub']])
      expect(matchUsb({ ...honest, interfaces }, 'windows')).toBeNull()
  })

  test('and a KVM that tells its name is that KVM, whatever else it is', () => {
    const device = {
      ...usb('1d6b:0104', 'JetKVM', 'USB Emulation Device'),
      interfaces: ['keyboard', 'mouse', 'storage'],
    }
    expect(matchUsb(device, 'darwin')).toMatchObject({ hardwareId: 'jetkvm', exceptional: true })
    const posing = { ...usb('046d:c52b', 'Logitech (x64)'), interfaces: ['keyboard', 'pointer', 'storage'] }
    expect(matchUsb(posing, 'windows')).toMatchObject({ hardwareId: 'composite-gadget', exceptional: false })
  })
})

test('the words of a driver of Windows, which a JetKVM can borrow, are context there: a real receiver has them too', () => {
  for (const platform of ['windows', null] as const)
    for (const product of ['Logitech USB Input Device', 'USB Receiver'])
      expect(matchUsb(usb('046d:c52b', 'Logitech (x64)', product), platform)).toMatchObject({
        hardwareId: 'logitech-or-jetkvm',
        family: 'gadget',
        exceptional: false,
      })
  expect(matchUsb(usb('046d:c548', 'Logitech (x64)', 'Logitech USB Input Device'), 'windows')).toBeNull()
  expect(matchUsb(usb('046d:c52b', undefined, 'Logitech USB Input Device'), 'windows')).toBeNull()
})

describe('an honest USB device is none', () => {
  test.each([
    usb('1d6b:0002', 'Linux Foundation', '2.0 root hub'),
    usb('046d:c52b', 'Logitech', 'USB Receiver'),
    usb('046d:c548', 'Logitech', 'USB Receiver'),
    usb('045e:005f', 'Microsoft', 'Wireless MultiMedia Keyboard'),
    usb('413c:2011', 'Dell Inc.', 'Multimedia Pro Keyboard'),
    usb('413c:2113', 'Dell', 'Dell KB216 Wired Keyboard'),
    usb('05ac:0274', 'Apple Inc.', 'Apple Internal Keyboard / Trackpad'),
    usb('0bda:8153', 'Realtek', 'USB 10/100/1000 LAN', 'CAFEBABE'),
    usb('3346:1009', 'sipeed', 'MaixCAM'),
    usb('38eb:0104'),
    usb('16c0:0482', 'Teensyduino', 'Keyboard/Mouse/Joystick'),
    usb('0557:2419', 'ATEN', 'KVM Switch'),
    usb('1a86:7523', 'QinHeng Electronics', 'CH340 serial converter'),
    usb('0fd9:0066', 'Elgato', 'Cam Link 4K'),
    usb('534d:6021', 'MacroSilicon', 'USB Display Adapter'),
    usb('', '', ''),
  ])('%o', (device) => {
    expect(matchUsb(device, 'darwin')).toBeNull()
  })
})

describe('as a monitor', () => {
  test.each<[string, DisplayItem, boolean]>([
    ['pikvm', { manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' }, true],
    ['pikvm', { manufacturer: 'LNX', productCode: '0x7770', name: 'PiKVM' }, true],
    ['pikvm', { name: 'PiKVM V4 Plus' }, true],
    ['pikvm', { manufacturer: 'lnx', productCode: '7772' }, true],
    ['tinypilot', { manufacturer: 'TSB', productCode: '9876', name: 'TinyPilot' }, true],
    ['jetkvm', { manufacturer: 'TSB', productCode: '0x8801', name: 'T749-fHD720' }, true],
    ['jetkvm', { name: 't749-fhd720' }, false],
    ['nanokvm', { manufacturer: 'SPD', productCode: '3301', name: 'NanoKVM', serial: 'NanoKVM' }, true],
    ['jetkvm', { manufacturer: 'ACR', name: 'B246WL', serial: 'T8NEE0038522' }, true],
    ['jetkvm', { manufacturer: 'AUS', name: 'PA248QV', serial: 'M1LMQS052157' }, true],
    ['jetkvm', { manufacturer: 'DEL', name: 'DELL D2721H', serial: '3s5gq23' }, true],
    ['macrosilicon-capture', { manufacturer: 'HJW', productCode: '1836', name: 'MACROSILICON' }, false],
    ['uvc-capture', { manufacturer: 'CAP', productCode: '0x0100' }, false],
  ])('%s shows itself: %o', (hardwareId, display, exceptional) => {
    expect(matchDisplay(display)).toMatchObject({ hardwareId, by: 'display', exceptional })
  })

  test.each<DisplayItem>([
    {},
    { manufacturer: 'LNX' },
    { manufacturer: 'LNX', productCode: '0000', name: 'Linux FHD' },
    { manufacturer: 'TSB', name: 'TOSHIBA-TV' },
    { manufacturer: 'ACR', name: 'B246WL', serial: 'T8NEE0011111' },
    { manufacturer: 'DEL', productCode: 'a0c4', name: 'DELL U2720Q', serial: 'CAFEBABE' },
    { manufacturer: 'APP', productCode: 'a050', name: 'Color LCD' },
    { name: 'KVM' },
    { serial: '' },
  ])('an ordinary one is none: %o', (display) => {
    expect(matchDisplay(display)).toBeNull()
  })
})

describe('as a neighbour on the LAN', () => {
  test.each([
    ['pikvm', { hostname: 'pikvm.local' }, 'hostname'],
    ['jetkvm', { hostname: 'JetKVM-0a1b2c3d.local.' }, 'hostname'],
    ['tinypilot', { hostname: 'tinypilot' }, 'hostname'],
    ['glinet-comet', { hostname: 'glkvm.lan' }, 'hostname'],
    ['blikvm', { hostname: 'blikvm' }, 'hostname'],
    ['jetkvm', { mac: '30:52:53:00:00:01' }, 'mac'],
    ['jetkvm', { mac: '30-52-53-00-00-01', hostname: 'unknown' }, 'mac'],
    ['tinypilot', { mac: '04:c9:8b:1a:00:01' }, 'mac'],
    ['nanokvm', { mac: '48:DA:35:6E:00:01' }, 'mac'],
    ['raritan', { mac: '00:0d:5d:00:00:01' }, 'mac'],
    ['adder', { mac: '00:0F:58:00:00:01', hostname: 'adder' }, 'mac'],
  ])('%s is seen: %o, and is never exceptional', (hardwareId, neighbour, by) => {
    expect(matchNeighbour(neighbour)).toMatchObject({ hardwareId, by, exceptional: false })
  })

  test.each([
    {},
    { mac: '', hostname: '' },
    { mac: '04:c9:8b:2a:00:01' },
    { mac: '94:83:c4:00:00:01' },
    { mac: 'b8:27:eb:00:00:01', hostname: 'raspberrypi.local' },
    { hostname: 'kvm-host-01.example.com' },
    { hostname: 'jetkvms.local' },
    { hostname: 'printer.pikvm.example' },
  ])('an ordinary one is none: %o', (neighbour) => {
    expect(matchNeighbour(neighbour)).toBeNull()
  })
})

test('every identity in the catalogue is found, under its own device', () => {
  const each = catalog.hardware.flatMap(({ id, traces }) => traces.map((told) => ({ id, ...told })))
  for (const { id, usb = [], displays = [], hostnames = [], ouis = [] } of each) {
    for (const identity of usb) {
      const { vendorId = 'ffff', productId = 'ffff' } = identity
      const [platform = null] = identity.platforms ?? []
      expect(matchUsb({ ...identity, vendorId, productId }, platform)?.hardwareId).toBe(id)
    }
    for (const identity of displays) expect(matchDisplay(identity)?.hardwareId).toBe(id)
    for (const hostname of hostnames) {
      expect(matchNeighbour({ hostname: hostname.replace('*', '') })?.hardwareId).toBe(id)
    }
    for (const oui of ouis) expect(matchNeighbour({ mac: oui.padEnd(12, '0') })?.hardwareId).toBe(id)
  }
})

test('any text at all is answered, and never thrown at', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('1d6b', '0104', ':', '.', '0x', '\ud800'))
  const maybe = fc.option(text, { nil: undefined })
  fc.assert(
    fc.property(text, maybe, (some, other) => {
      matchUsb({ vendorId: some, productId: some, vendor: other, product: some, serial: other }, null)
      matchDisplay({ manufacturer: some, productCode: other, name: some, serial: other })
      matchNeighbour({ mac: some, hostname: other })
    }),
  )
})
