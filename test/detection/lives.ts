// Rich lives of laptops in which much happens, for tests that hold for any life.
import { cleanDelivery, type Story, story } from './story.ts'

/** Fetched by a stranger, forwarded, signed for with others, and asked back: much of it at one and the same moment. */
export const troubled = (): Story =>
  story()
    .home('Boston', { approved: true, by: 'u_1' })
    .identity('Miami')
    .home('Denver', { at: '2026-03-03', changed: true })
    .ordered('2026-03-01', 'Boston')
    .prepared('2026-03-01', { by: 'u_1' })
    .labelBought('2026-03-01')
    .verified('2026-03-01', 'adr_Boston', 'undeliverable')
    .addressee('2026-03-01', 'different')
    .otherOrder('2026-03-01')
    .scan('2026-03-03', 'Columbus', 'accepted')
    .scan('2026-03-04', 'Boston', { is: 'forwarded' })
    .scan('2026-03-04', 'Boston', { is: 'attempted' })
    .destinationChanged('2026-03-04', 'Boston', 'Phoenix')
    .scan('2026-03-05', 'Phoenix', { is: 'held', at: 'counter' })
    .delivered('2026-03-05', 'Phoenix', 'person')
    .signed('2026-03-05', 'different')
    .signedFor('2026-03-05', 'per_2', 'Phoenix')
    .signedFor('2026-03-05', 'per_3', 'Phoenix')
    .checkedIn('2026-03-06', { from: 'Phoenix' })
    .returnOpened('2026-05-01', '2026-05-10')
    .returnDueChanged('2026-05-01', '2026-05-20')
    .returnOrdered('2026-05-01')
    .scan('2026-06-01', 'Miami', 'accepted')
    .scan('2026-06-01', 'Phoenix', 'moving')

/** Three sources that agree in little, all of them at one and the same moment, and two doubts: a laptop that may be several. */
export const disputed = (): Story =>
  story()
    .home('Boston', { approved: true })
    .ordered('2026-03-01', 'Boston')
    .checkedIn('2026-03-01T15:00:00Z', { source: 'bench', hardwareUuid: boards[0], remoteLogin: false })
    .scan('2026-03-03', 'Columbus', 'accepted')
    .delivered('2026-03-05', 'Boston')
    .accepted('2026-03-05')
    .checkedIn('2026-03-06', {
      source: 'mdm',
      from: 'Phoenix',
      network: 'home',
      hardwareUuid: boards[1],
      timeZone: 'Asia/Shanghai',
      user: 'per_2',
      remoteLogin: true,
    })
    .checkedIn('2026-03-06', {
      source: 'agent',
      from: 'Lisbon',
      network: 'home',
      hardwareUuid: boards[2],
      timeZone: 'Asia/Shanghai',
      user: 'per_3',
      vouches: 'nothing',
      screenSharing: true,
      listeningPorts: [{ port: 22 }, { port: 5900 }],
    })
    .checkedIn('2026-03-06', { source: 'other', from: 'Denver', network: 'vpn', timeZone: 'UTC', user: null })
    .doubted('2026-03-06', 'serial on several machines', { source: 'mdm' })
    .doubted('2026-03-06', 'serial on several machines', { source: 'agent' })
    .doubted('2026-03-06', 'enrolment of another machine', { source: 'mdm', otherDeviceId: 'dev_2' })
    .doubted('2026-03-06', 'enrolment of another machine', { source: 'agent', otherDeviceId: 'dev_3' })
    .declared('household', '2026-01-01', '2026-05-01', null, 'per_3')
    .seenDaily('2026-03-07', '2026-03-25')
    .seenDaily('2026-03-07', '2026-03-25', { source: 'agent' })
    .seenDaily('2026-03-07', '2026-03-25', { source: 'other' })

const boards = [
  '4C4C4544-0042-3510-8054-B4C04F565931',
  '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12',
  '00112233-4455-6677-8899-AABBCCDDEEFF',
] as const

/** A laptop at a farm: tools, a tunnel, a KVM and its gadgets, a named VPN, and others that share what it shares. */
export const farmed = (): Story =>
  cleanDelivery()
    .checkedIn('2026-03-06', {
      from: 'Boston',
      network: 'home',
      software: [
        { name: 'AnyDesk', identifier: 'com.philandro.anydesk', startup: true },
        { name: 'com.visualstudio.code.tunnel', kind: 'service' },
        'RustDesk',
        'Tailscale',
        'Astrill VPN',
        'Amphetamine',
        'ManyCam',
      ],
      usbDevices: [
        { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
        { vendorId: '534d', productId: '0021' },
      ],
      displays: [{ manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' }],
      neighbors: [{ hostname: 'jetkvm.local' }, { mac: '30:52:53:01:02:03' }],
      listeningPorts: [{ port: 5900, process: 'screensharingd' }],
      power: { onAc: true, lidClosed: true },
      screenSharing: true,
    })
    .checkedIn('2026-03-06', {
      source: 'agent',
      vouches: 'nothing',
      software: [{ name: 'AnyDesk', kind: 'process' }, 'TeamViewer'],
      dnsServers: ['198.19.255.254'],
      gateway: '94:83:c4:00:00:01',
    })
    .checkedIn('2026-03-09', { source: 'other', software: [{ name: 'RustDesk', startup: true }] })
    .shares('2026-03-06', 'per_2', 'gateway', 'gw_1')
    .shares('2026-03-06', 'per_3', 'gateway', 'gw_1')
    .livesAt('2026-03-06', 'per_2', 'adr_Boston', { use: 'ship_to' })
    .confirmed('2026-03-06', 'per_2')
    .seenDaily('2026-03-10', '2026-04-10')
