// Programs and hardware as inventories name them, for whoever has them for good reasons and for bad ones.
import type { Random } from '../random.ts'
import type { Laptop, Program } from './laptops.ts'

type Tool = Omit<Program, 'kind'>

/** The helpdesk's own, declared from the first day on. */
export const remoteSupport: Tool = {
  name: 'BeyondTrust Remote Support Jump Client',
  version: '24.3',
  publisher: 'BeyondTrust',
}

/** Named in reports on such workers: threat.md C1. */
export const drivers = {
  anyDesk: {
    name: 'AnyDesk',
    version: '9.0.1',
    publisher: 'AnyDesk Software GmbH',
    identifier: 'com.philandro.anydesk',
    startup: true,
  },
  teamViewer: {
    name: 'TeamViewer Host',
    version: '15.58',
    publisher: 'TeamViewer Germany GmbH',
    identifier: 'com.teamviewer.TeamViewerHost',
    startup: true,
  },
  rustDesk: {
    name: 'RustDesk',
    version: '1.3.9',
    publisher: 'Purslane Ltd',
    identifier: 'com.carriez.rustdesk',
    startup: true,
  },
  chromeRemoteDesktop: {
    name: 'Chrome Remote Desktop Host',
    version: '131.0',
    publisher: 'Google LLC',
    identifier: 'org.chromium.chromoting',
    startup: true,
  },
  anyViewer: { name: 'AnyViewer', version: '4.9', publisher: 'AOMEI International Network Limited', startup: true },
  jumpDesktop: { name: 'Jump Desktop Connect', version: '7.1', publisher: 'Phase Five Systems', startup: true },
} satisfies Record<string, Tool>

/** Those that exist for its system. */
export const driversOn = ({ platform }: Laptop): Tool[] => {
  const notOnLinux: Tool[] = [drivers.anyViewer, drivers.jumpDesktop]
  return Object.values<Tool>(drivers).filter((tool) => platform !== 'linux' || !notOnLinux.includes(tool))
}

/** Run once for a relative or by one: nothing that starts by itself. */
export const familyHelp: Tool[] = [
  { name: 'TeamViewer QuickSupport', version: '15.58', publisher: 'TeamViewer Germany GmbH' },
  { name: 'AnyDesk', version: '9.0.1', publisher: 'AnyDesk Software GmbH', identifier: 'com.philandro.anydesk' },
  {
    name: 'TeamViewer',
    version: '15.58',
    publisher: 'TeamViewer Germany GmbH',
    identifier: 'com.teamviewer.TeamViewer',
  },
]

export const developerTunnels: Tool[] = [
  { name: 'ngrok', version: '3.18', publisher: 'ngrok, Inc.' },
  {
    name: 'Tailscale',
    version: '1.78',
    publisher: 'Tailscale Inc.',
    identifier: 'io.tailscale.ipn.macos',
    startup: true,
  },
  { name: 'cloudflared', version: '2026.1', publisher: 'Cloudflare, Inc.' },
  { name: 'ZeroTier One', version: '1.14', publisher: 'ZeroTier, Inc.' },
]
export const codeTunnel: Program = { name: 'code-tunnel', kind: 'process', publisher: 'Microsoft Corporation' }

export const keepAwake: Tool[] = [
  { name: 'Caffeine', version: '1.1' },
  { name: 'Amphetamine', version: '5.3', publisher: 'William Gustafson' },
  { name: 'Move Mouse', version: '4.18', publisher: 'Ellanet Limited' },
]
export const cameras: Tool[] = [
  { name: 'OBS Studio', version: '31.0', publisher: 'OBS Project' },
  { name: 'ManyCam', version: '8.2', publisher: 'Visicom Media' },
  { name: 'VB-Audio Virtual Cable', version: '1.0', publisher: 'VB-Audio Software' },
]
export const splitCam: Tool = { name: 'SplitCam', version: '10.7', publisher: 'SplitCam' }

/** Its processes on the laptop; the resolver it sets is threat.md A3-12's. */
export const astrill: Tool = { name: 'Astrill VPN', version: '3.10', publisher: 'Astrill Systems Corp.' }
export const ASTRILL_RESOLVER = '198.19.255.254'

/** A program as this platform's inventory lists it. */
export const on = ({ platform }: Laptop, tool: Tool): Program => ({
  ...tool,
  kind: platform === 'darwin' ? 'app' : platform === 'windows' ? 'program' : 'package',
})

/** KVMs over IP under the names they ship with: threat.md C2. */
export const kvms: { usbDevices: object[]; displays: object[] }[] = [
  {
    usbDevices: [
      {
        vendorId: '1d6b',
        productId: '0104',
        vendor: 'PiKVM',
        product: 'PiKVM Composite Device',
        serial: 'CAFEBABE',
        interfaces: ['keyboard', 'pointer', 'storage'],
      },
    ],
    displays: [{ manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' }],
  },
  {
    usbDevices: [
      {
        vendorId: '1d6b',
        productId: '0104',
        vendor: 'JetKVM',
        product: 'USB Emulation Device',
        interfaces: ['keyboard', 'pointer', 'storage'],
      },
    ],
    displays: [{ manufacturer: 'TSB', productCode: '8801', name: 'T749-fHD720' }],
  },
  {
    usbDevices: [
      {
        vendorId: '1d6b',
        productId: '0104',
        vendor: 'tinypilot',
        product: 'Multifunction USB Device',
        serial: '6b65796d696d6570690',
        interfaces: ['keyboard', 'pointer'],
      },
    ],
    displays: [{ manufacturer: 'TSB', productCode: '9876', name: 'TinyPilot' }],
  },
  {
    usbDevices: [
      {
        vendorId: '3346',
        productId: '1009',
        vendor: 'sipeed',
        product: 'NanoKVM',
        serial: '0123456789ABCDEF',
        interfaces: ['keyboard', 'pointer', 'storage'],
      },
    ],
    displays: [{ manufacturer: 'SPD', productCode: '3301', name: 'NanoKVM' }],
  },
]

/** A preset of JetKVM's: a keyboard's ids under a maker's name that no real one has, and a preset display. */
export const maskedKvm = {
  usbDevices: [
    {
      vendorId: '046d',
      productId: 'c52b',
      vendor: 'Logitech (x64)',
      product: 'Logitech USB Input Device',
      interfaces: ['keyboard', 'pointer', 'storage'],
    },
  ],
  displays: [{ manufacturer: 'ACR', name: 'B246WL', serial: 'T8NEE0038522' }],
}

/** One that copies a real monitor's identity and a keyboard's: nothing of it shows. */
export const hiddenKvm = {
  usbDevices: [
    { vendorId: '413c', productId: '2107', vendor: 'Dell', product: 'KB212-B', interfaces: ['keyboard', 'pointer'] },
  ],
  displays: [{ manufacturer: 'SAM', name: 'S24R35x' }],
}

export const kvmNeighbour = (random: Random): { mac: string; hostname: string } =>
  random.pick([
    { mac: `30:52:53:${tail(random)}`, hostname: `jetkvm-${random.text('0123456789abcdef', 6)}.local` },
    { mac: `48:da:35:6e:${random.whole(10, 99)}:${random.whole(10, 99)}`, hostname: 'kvm-2f1a.local' },
    { mac: `dc:a6:32:${tail(random)}`, hostname: 'pikvm.local' },
  ])

const tail = (random: Random) => `${random.whole(10, 99)}:${random.whole(10, 99)}:${random.whole(10, 99)}`
