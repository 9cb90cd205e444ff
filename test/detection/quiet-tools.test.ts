// Ordinary years of what people install and plug in: help from family, developers' tunnels, laboratories, webcams, docks.
import { cleanDelivery, type Story } from './story.ts'
import { describeYears, type Year } from './year.ts'

const home = { from: 'Boston', network: 'home' } as const
const chromoting = { name: 'org.chromium.chromoting', kind: 'service' }
const anyDesk = { name: 'AnyDesk', identifier: 'com.philandro.anydesk' }
const codeTunnel = { name: 'code-tunnel', kind: 'process' }
const pikvm = [
  { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
]

/** In use from March 6th, with what an ordinary laptop shows, and heard of every day. */
const inUse = (input: Parameters<Story['checkedIn']>[1] = {}): Story =>
  cleanDelivery()
    .registered('2026-02-01')
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { ...home, timeZone: 'America/New_York', user: 'per_1', software: ['Slack'], ...input })
    .seenDaily('2026-03-07', '2026-12-31')

const alone = 'somebody may ask what it is for; alone it is nothing'
const early = 'in the first days a tool is worth a question'

const years: Record<string, Year> = {
  'a son who helps by AnyDesk for an hour, in the autumn': {
    told: () =>
      inUse()
        .checkedIn('2026-10-10T18:00:00Z', { software: ['Slack', anyDesk] })
        .checkedIn('2026-10-10T19:30:00Z', { software: ['Slack'] }),
    said: { 'remote-tool-unapproved': 'it was there for an hour, and fades' },
  },
  'TeamViewer with its service, since the summer, for help from family': {
    told: () => inUse().checkedIn('2026-07-10', { software: ['Slack', { name: 'TeamViewer', startup: true }] }),
    said: { 'remote-tool-unapproved': alone, 'unattended-access': 'its ordinary installation starts by itself' },
  },
  'help from family in the first week': {
    told: () =>
      inUse()
        .checkedIn('2026-03-10T18:00:00Z', { software: ['Slack', anyDesk] })
        .checkedIn('2026-03-10T20:00:00Z', { software: ['Slack'] }),
    said: { 'remote-tool-early': early, 'remote-tool-unapproved': alone },
    opens: 'somebody asks once, and it fades',
  },
  'Chrome Remote Desktop to one’s own desk, half a year in': {
    told: () => inUse().checkedIn('2026-09-01', { software: ['Slack', chromoting] }),
    said: { 'remote-tool-unapproved': alone, 'unattended-access': 'it is there to be used when nobody is' },
  },
  'the helpdesk’s own RMM, declared before the first laptop had it': {
    told: () =>
      inUse()
        .declared('tool', '2026-03-01', '2026-08-20', 'NinjaOne')
        .checkedIn('2026-03-07', { software: ['Slack', { name: 'NinjaRMMAgent', kind: 'service' }] }),
  },
  'a developer with a VS Code tunnel on the second day': {
    told: () => inUse().checkedIn('2026-03-07', { software: ['Visual Studio Code', codeTunnel] }),
    said: { 'tunnel-or-mesh-vpn': 'developers have them; alone it is nothing' },
  },
  'a developer with a VS Code tunnel as a service, from the first day': {
    told: () =>
      inUse({
        software: ['Visual Studio Code', codeTunnel, { name: 'com.visualstudio.code.tunnel', kind: 'service' }],
      }),
    said: { 'tunnel-or-mesh-vpn': 'developers have them', 'unattended-access': 'as a service; it weighs little more' },
  },
  'a developer with ngrok, cloudflared, Tailscale and SSH': {
    told: () =>
      inUse()
        .checkedIn('2026-03-20', { software: ['ngrok', 'cloudflared', 'Tailscale'], remoteLogin: true })
        .checkedIn('2026-06-20', { software: ['ngrok', 'Tailscale'] }),
    said: { 'tunnel-or-mesh-vpn': 'developers have several', 'remote-login-enabled': 'and reach their own laptop' },
  },
  'a private mesh between one’s own devices': {
    told: () => inUse().checkedIn('2026-05-20', { software: ['ZeroTier One'] }),
    said: { 'tunnel-or-mesh-vpn': 'it joins networks and drives nothing' },
  },
  'an administrator with a PiKVM in the rack at home': {
    told: () => inUse().checkedIn('2026-04-01', { neighbors: [{ hostname: 'pikvm.local' }] }),
    said: { 'kvm-on-lan': 'it drives a server; alone it is nothing' },
  },
  'an administrator with a PiKVM at the laptop, which the company declared': {
    told: () =>
      inUse().declared('tool', '2026-03-20', '2026-09-01', 'PiKVM').checkedIn('2026-04-01', { usbDevices: pikvm }),
  },
  'a flat with three KVMs that come and go': {
    told: () => {
      const told = inUse()
      for (const month of ['04', '05', '06', '07'])
        told
          .checkedIn(`2026-${month}-02`, { neighbors: [{ hostname: 'jetkvm-1.local' }, { hostname: 'nanokvm.local' }] })
          .checkedIn(`2026-${month}-20`, { neighbors: [] })
      return told
    },
    said: { 'kvm-on-lan': 'somebody in the house likes them; two of them are one fact' },
  },
  'a laboratory with a KVM on the network, Tailscale and SSH, of somebody in IT': {
    told: () =>
      inUse()
        .checkedIn('2026-04-01', { neighbors: [{ hostname: 'pikvm.local' }], software: ['Tailscale'] })
        .checkedIn('2026-04-02', { remoteLogin: true }),
    said: {
      'kvm-on-lan': 'it drives a server',
      'tunnel-or-mesh-vpn': 'the way into the laboratory',
      'remote-login-enabled': 'and into the laptop',
    },
  },
  'a small computer that poses as several devices at once': {
    told: () =>
      inUse().checkedIn('2026-04-01', {
        usbDevices: [{ vendorId: '1d6b', productId: '0104', vendor: 'Acme', product: 'Gadget' }],
      }),
  },
  'a capture stick for a camera': {
    told: () => inUse().checkedIn('2026-04-01', { usbDevices: [{ vendorId: '534d', productId: '0021' }] }),
  },
  'a receiver for a mouse and a keyboard, a webcam, a headset': {
    told: () =>
      inUse().checkedIn('2026-03-07', {
        usbDevices: [
          { vendorId: '046d', productId: 'c52b', vendor: 'Logitech', product: 'USB Receiver' },
          { vendorId: '046d', productId: '085c', vendor: 'Logitech', product: 'C922 Pro Stream Webcam' },
          { vendorId: '0b0e', productId: '245d', vendor: 'GN Audio', product: 'Jabra Link 370' },
        ],
      }),
  },
  'a switch for two computers at one desk': {
    told: () =>
      inUse().checkedIn('2026-03-07', {
        usbDevices: [{ vendorId: '0557', productId: '2221', vendor: 'ATEN', product: 'USB 2.0 Hub' }],
      }),
  },
  'a trainer with OBS, a virtual camera, VB-Cable and a keep-awake program': {
    told: () => inUse().checkedIn('2026-03-07', { software: ['OBS', 'ManyCam', 'VB-Cable', 'Amphetamine'] }),
  },
  'a trainer with a virtual camera, whose family helped once': {
    told: () =>
      inUse()
        .checkedIn('2026-06-07', { software: ['ManyCam', 'Amphetamine'] })
        .checkedIn('2026-08-07T18:00:00Z', { software: ['ManyCam', 'Amphetamine', anyDesk] })
        .checkedIn('2026-08-07T19:00:00Z', { software: ['ManyCam', 'Amphetamine'] }),
    said: {
      'remote-tool-unapproved': 'it was there for an hour, and fades',
      'context-signs': 'they add a little for as long as anything stands beside them',
    },
  },
  'a laptop at a dock, on the charger with the lid closed for months': {
    told: () => inUse({ power: { onAc: true, lidClosed: true } }),
  },
  'a laptop at a dock, with a way in that the company approved': {
    told: () =>
      inUse({ power: { onAc: true, lidClosed: true } })
        .declared('tool', '2026-03-01', '2026-08-20', 'AnyDesk')
        .checkedIn('2026-03-07', { software: ['Slack', anyDesk], power: { onAc: true, lidClosed: true } }),
  },
  'somebody blind, with a screen reader, a Braille display and a magnifier': {
    told: () =>
      inUse({
        software: ['NVDA', 'ZoomText', 'JAWS'],
        usbDevices: [{ vendorId: '1c71', productId: 'c101', vendor: 'HumanWare', product: 'BrailleNote' }],
      }).readBack('2026-03-08', 'cannot'),
  },
  'dictation, an eye tracker and a switch for one hand': {
    told: () =>
      inUse({
        software: ['Dragon Professional', 'Tobii Experience'],
        usbDevices: [{ vendorId: '2104', productId: '0313', vendor: 'Tobii', product: 'EyeX' }],
      }),
  },
  'viewers for servers: Remote Desktop, RealVNC Viewer, PuTTY, WinSCP': {
    told: () => inUse({ software: ['Microsoft Remote Desktop', 'RealVNC Viewer', 'PuTTY', 'WinSCP', 'FileZilla'] }),
  },
  'an interview by a call with the screen shared, every week': {
    told: () => inUse({ software: ['Zoom', 'Microsoft Teams', 'Cisco Webex', 'Slack'] }),
  },
  'a customer’s tool for two weeks of a project, gone after it': {
    told: () =>
      inUse()
        .checkedIn('2026-06-01', { software: ['Slack', { name: 'BeyondTrust Remote Support', kind: 'app' }] })
        .checkedIn('2026-06-14', { software: ['Slack'] }),
    said: { 'remote-tool-unapproved': 'the work needed it, and nobody wrote it down' },
  },
  'support by two makers of tools, one after the other, half a year apart': {
    told: () =>
      inUse()
        .checkedIn('2026-05-01T10:00:00Z', { software: ['Slack', anyDesk] })
        .checkedIn('2026-05-01T12:00:00Z', { software: ['Slack'] })
        .checkedIn('2026-11-01T10:00:00Z', { software: ['Slack', 'TeamViewer'] })
        .checkedIn('2026-11-01T12:00:00Z', { software: ['Slack'] }),
    said: { 'remote-tool-unapproved': 'each was there for two hours' },
  },
  'a tool that a backup brought along, taken off by IT on the third day': {
    told: () =>
      inUse()
        .checkedIn('2026-03-08T10:00:00Z', { software: ['Slack', 'Splashtop Streamer'] })
        .checkedIn('2026-03-08T15:00:00Z', { software: ['Slack'] }),
    said: { 'remote-tool-early': early, 'remote-tool-unapproved': alone },
    opens: 'in the first days a tool is worth a question',
  },
  'a tool at the first check-in, approved on the same day': {
    told: () =>
      inUse({ software: ['Slack', 'Jump Desktop Connect'] }).declared(
        'tool',
        '2026-03-06',
        '2026-08-20',
        'Jump Desktop Connect',
      ),
    said: { 'remote-tool-early': early, 'remote-tool-unapproved': alone },
    opens: 'for as long as nobody has approved it',
  },
  'a game that streams from the laptop to the television': {
    told: () =>
      inUse().checkedIn('2026-08-01', { software: ['Slack', { name: 'Parsec', identifier: 'tv.parsec.www' }] }),
    said: { 'remote-tool-unapproved': alone },
  },
  'screen sharing switched on for one’s own tablet, for good': {
    told: () => inUse().checkedIn('2026-05-01', { screenSharing: true, listeningPorts: [{ port: 5900 }] }),
    said: { 'remote-login-enabled': 'it is open; alone it is nothing' },
  },
  'programs whose names sound like others': {
    told: () =>
      inUse({
        software: ['Parsec Pro Astronomy', 'Sunshine Weather', 'Meshroom', 'Caffeine Cafe', 'Level Editor', 'Screen'],
      }),
  },
  'a traveller whose private router is the gateway everywhere': {
    told: () =>
      inUse({ neighbors: [{ mac: '94:83:c4:00:00:01' }] }).checkedIn('2026-05-01', {
        ...home,
        neighbors: [{ mac: '94:83:c4:00:00:01' }, { mac: 'dc:a6:32:00:00:01' }],
      }),
  },
}

describeYears(years)
