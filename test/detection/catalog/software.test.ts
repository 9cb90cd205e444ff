// Which programs are remote-access tools: every trace of every tool, and a long list of programs that are not.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalog } from '../../../server/detection/catalog/catalog.ts'
import type { Platform, Tool } from '../../../server/detection/catalog/entries.ts'
import { matchSoftware, type SoftwareItem } from '../../../server/detection/catalog/match.ts'

const platforms = ['darwin', 'windows', 'linux', 'chromeos', null] as const
const kinds = ['app', 'program', 'package', 'extension', 'service', 'process', undefined] as const

/** Where a trace of this part of an entry must be seen. */
const seenOn = (part: string): (Platform | null)[] => (part === 'any' ? [...platforms] : [part as Platform, null])

const withoutStar = (trace: string) => trace.replace(/\*$/, '')

describe.each(catalog.tools.map((tool) => [tool.id, tool] as const))('%s', (id, tool) => {
  test.each(itemsOf(tool))('is known by $by "$item.name" $item.identifier', ({ item, on, by }) => {
    for (const platform of on) {
      expect(matchSoftware(item, platform)).toEqual({
        toolId: id,
        name: tool.name,
        family: tool.family,
        by,
        drives: tool.drives,
      })
    }
  })
})

function itemsOf(tool: Tool) {
  const parts = Object.entries(tool.traces).flatMap(([part, all]) => all.map((traces) => ({ part, traces })))
  return parts.flatMap(({ part, traces }) => {
    const on = seenOn(part)
    const each = (kind: 'identifiers' | 'names' | 'processes' | 'services' | 'extensions') =>
      (traces[kind] ?? []).map(withoutStar)
    return [
      ...each('identifiers').map((text) => ({ on, by: 'identifier', item: { name: 'some label', identifier: text } })),
      ...each('identifiers').map((name) => ({ on, by: 'identifier', item: { name, kind: 'package' as const } })),
      ...each('names').map((name) => ({ on, by: 'name', item: { name } })),
      ...each('names').map((name) => ({ on, by: 'name', item: { name: `${name}.app`, kind: 'app' as const } })),
      ...(traces.signed ?? []).map(({ name, publisher }) => ({
        on,
        by: 'name',
        item: { name: `${name} 7.2`, publisher: `${publisher}, Inc.`, kind: 'program' as const },
      })),
      ...each('processes').map((name) => ({
        on,
        by: 'process',
        item: { name: `${name}.EXE`, kind: 'process' as const },
      })),
      ...each('processes').map((name) => ({
        on,
        by: 'process',
        item: { name: 'renamed', path: `/opt/x y/${name}`, kind: 'program' as const },
      })),
      ...each('services').map((name) => ({ on, by: 'service', item: { name, kind: 'service' as const } })),
      ...each('extensions').map((text) => ({
        on,
        by: 'extension',
        item: { name: 'some label', identifier: text, kind: 'extension' as const },
      })),
    ]
  })
}

describe('a name that drifts with the release', () => {
  test.each([
    ['AnyDesk 8.1 (x64)', 'anydesk'],
    ['AnyDesk MSI', 'anydesk'],
    ['AnyDesk-a1b2c3_msi', 'anydesk'],
    ['ANYDESK', 'anydesk'],
    ['ＡｎｙＤｅｓｋ', 'anydesk'],
    ['AnyDesk™', 'anydesk'],
    ['TeamViewer 15', 'teamviewer'],
    ['TeamViewer 15 Host', 'teamviewer'],
    ['TeamViewer 15 (MSI Wrapper)', 'teamviewer'],
    ['RustDesk 1.4.2', 'rustdesk'],
    ['Chrome Remote Desktop Host', 'chrome-remote-desktop'],
    ['Splashtop Streamer (x64)', 'splashtop'],
    ['ScreenConnect Client (0f1e2d3c4b5a6978)', 'screenconnect'],
    ['connectwisecontrol-0f1e2d3c4b5a6978', 'screenconnect'],
    ['UltraViewer version 6.6.124', 'ultraviewer'],
    ['RealVNC Server 7.17.0', 'realvnc-server'],
    ['TightVNC 2.8.85 (64-bit)', 'tightvnc-server'],
    ['UltraVNC 1.4.3.6', 'ultravnc-server'],
    ['NoMachine 9.0.188', 'nomachine'],
    ['Zoho Assist Unattended Agent 1.0', 'zoho-assist'],
    ['Remote Support Jump Client 24.3.1 [support.fern.example]', 'beyondtrust'],
    ['ZeroTier One (User)', 'zerotier'],
    ['Action1 Agent 5.220', 'action1'],
    ['ToDesk 4.8.3 (arm64)', 'todesk'],
    ['向日葵 15.8 (x64)', 'awesun'],
    ['向日葵个人版', 'awesun'],
    ['AnyDesk Benutzerdefiniert', 'anydesk'],
    ['HopToDesk version 1.46.50', 'hoptodesk'],
    ['Getscreen.me 3.2 (x64)', 'getscreen'],
    ['Remote Utilities - Host 7.6', 'remote-utilities'],
    ['Take Control Agent v7.00.45', 'take-control'],
    ['Advanced Monitoring Agent GP', 'n-able'],
    ['NinjaRMMAgent 8.0', 'ninjaone'],
    ['ManageEngine UEMS - Agent', 'manageengine-endpoint-central'],
    ['Dameware Mini Remote Control Client Agent x64', 'dameware'],
    ['NetSupport Manager 14.12 (64-bit)', 'netsupport-manager'],
    ['Radmin Server 3.5.2', 'radmin-server'],
    ['pcvisit Kundenmodul', 'pcvisit'],
    ['AnyDesk (Portable)', 'anydesk'],
    ['LogMeIn Hamachi (x64)', 'hamachi'],
    ['Voicemod V3', 'voicemod'],
  ])('%s', (name, id) => {
    expect(matchSoftware({ name, kind: 'program' }, 'windows')?.toolId).toBe(id)
    expect(matchSoftware({ name }, null)?.toolId).toBe(id)
  })

  test.each([
    [
      { name: 'AnyDesk Service', path: '"C:\\Program Files (x86)\\AnyDesk\\AnyDesk.exe" --service', kind: 'service' },
      'anydesk',
    ],
    [
      { name: 'Helper', path: 'C:\\Program Files\\Mesh Agent\\MeshAgent.exe --meshServiceName="x"', kind: 'service' },
      'meshcentral-agent',
    ],
    [{ name: 'Notes', path: '/Applications/AnyDesk.app/', kind: 'app' }, 'anydesk'],
    [{ name: '/usr/bin/rustdesk', kind: 'process' }, 'rustdesk'],
    [{ name: 'rustdesk-1.4.2-x86_64.exe', kind: 'process' }, 'rustdesk'],
    [{ name: 'tailscaled.service', kind: 'service' }, 'tailscale'],
    [{ name: 'chrome-remote-desktop@fern.service', kind: 'service' }, 'chrome-remote-desktop'],
    [{ name: 'Chrome Remote Desktop', kind: 'extension' }, 'chrome-remote-desktop'],
    [{ name: 'code-tunnel', kind: 'process' }, 'vscode-tunnel'],
    [{ name: 'Level', publisher: 'Level Software, Inc.', kind: 'program' }, 'level'],
    [{ name: 'Windows Agent 2024.6', publisher: 'N-able Technologies', kind: 'program' }, 'n-able'],
    [{ name: 'Sunshine', publisher: 'LizardByte', kind: 'program' }, 'sunshine'],
    [{ name: 'fleetdeck-agent-4.2.exe', kind: 'process' }, 'fleetdeck'],
    [{ name: 'com.n-able.agent-macosx.logrotate-daily', kind: 'service' }, 'n-able'],
    [{ name: 'BASupportExpressStandaloneService_N_Central', path: 'C:\\x\\y.exe', kind: 'service' }, 'take-control'],
    [{ name: 'tacticalagent', path: '/opt/tacticalagent/tacticalagent', kind: 'service' }, 'tactical-rmm'],
    [{ name: 'tigervnc-standalone-server', kind: 'package' }, 'tigervnc-server'],
    [{ name: '/usr/bin/cloudflared', kind: 'process' }, 'cloudflared'],
    [{ name: 'Keep Awake', kind: 'extension' }, 'keep-awake-extension'],
    [{ name: 'PowerToys.Awake.exe', kind: 'process' }, 'powertoys-awake'],
  ] satisfies [SoftwareItem, string][])('%o is known by where it lies or runs', (item, id) => {
    expect(matchSoftware(item, null)?.toolId).toBe(id)
  })
})

test('what only carries traffic does not drive, what opens the machine does', () => {
  const drives = (name: string) => matchSoftware({ name }, null)?.drives
  expect(['Tailscale', 'ngrok', 'ZeroTier One', 'KeepingYouAwake', 'ManyCam'].map(drives)).toEqual(Array(5).fill(false))
  expect(['AnyDesk', 'Jamf Remote Assist', 'MeshAgent', 'GoTo Resolve'].map(drives)).toEqual(Array(4).fill(true))
})

test("a trace of another platform does not count where the device's platform is known", () => {
  expect(matchSoftware({ name: 'com.zerotier.one', kind: 'service' }, 'windows')).toBeNull()
  expect(matchSoftware({ name: 'com.zerotier.one', kind: 'service' }, null)?.toolId).toBe('zerotier')
})

/** Ordinary programs, outgoing clients and namesakes, as inventories name them. */
const ordinary = `
7-Zip 24.08 (x64)|1Password|Acrobat Reader|Adobe Creative Cloud|Alfred 5|Android Studio|AnyDVD|AnyDeskew|Any.do|AnyConnect|AnyTrans|
Apple Remote Desktop|Remote Desktop Connection|Microsoft Remote Desktop|Windows App|Remote Desktop Manager|Royal TSX|mRemoteNG|
PuTTY release 0.81 (64-bit)|WinSCP 6.3.5|FileZilla 3.67|MobaXterm|SecureCRT|Termius|iTerm|Terminal|Windows Terminal|OpenSSH|mosh|
RealVNC Viewer 7.12|VNC Viewer 6.22|TightVNC Viewer|UltraVNC Viewer|TigerVNC Viewer|Screens 5|Jump Desktop|Remotix|Citrix Workspace|
VMware Horizon Client|Omnissa Horizon Client|TeamViewer Meeting|TeamViewer Remote Management Viewer Notes|TeamViewerish|TeamSpeak|
Splash|Splashtop Business|Splashtop Wired XDisplay|Splashtopper|Zoom|Zoom Workplace|ZoomInfo|Zoho Mail|Zoho WorkDrive|Zoho Assistant Notes|
GoTo|GoTo Meeting|GoTo Webinar|GoToMeeting 10.20|LogMeIn Client|LogMeInto|Logi Options+|Logitech Capture|
Parsec|Parsecs|Parsec SDK|ParseHub|NoMachine Enterprise Client|NoMachines|NVDA|JAWS|Narrator|VoiceOver Utility|ZoomText|
BeyondTrust Privilege Management for Windows|BeyondTrust Remote Support Representative Console|Bomgar Representative Console|
Beyond Compare 5|ConnectWise Manage Client|ConnectWise Automate Notes|Screen Sharing|ScreenFlow|Screencastify|ScreenToGif|Connect|
Jamf Connect|Jamf Protect|Self Service|Self Service+|Kandji Self Service|Intune Company Portal|Microsoft Intune Management Extension|
Tailwind CSS|Tails|Tail Scale Models|ngrep|ngrx|ZeroBrane|Zerotier-less|Zero Install|RustRover|RustDeskew|Rust 1.83 (MSVC)|Rustup|
Supremo Caffe|Supreme Commander|Ultra Edit|UltraEdit|UltraViewers|UltraISO|DWG TrueView|DWAgents|DWGeditor|MeshLab|MeshMixer|Mesh|
Remote|RemotePC Viewer|RemotePlay|Steam Remote Play|Remote Mouse|Chrome|Google Chrome|Chrome Apps|Chromium|Google Drive|Firefox|
Microsoft Edge|Safari|Arc|Brave Browser|Slack|Microsoft Teams|Discord|Webex|Skype|Signal|WhatsApp|Telegram Desktop|Spotify|VLC|
Visual Studio Code|Code|Code Helper|code|Cursor (User)|IntelliJ IDEA|PyCharm|Xcode|Docker Desktop|OrbStack|Podman Desktop|Postman|Insomnia|
Git|GitHub Desktop|Sourcetree|Node.js|Python 3.13.1 (64-bit)|Homebrew|wireshark|nmap|curl|bash|zsh|sshd|ssh|screensharingd|launchd|
Microsoft Word|Microsoft Excel|OneDrive|Dropbox|Box|Notion|Obsidian|Figma|Sketch|Miro|Zotero|Grammarly Desktop|
CrowdStrike Falcon|SentinelOne Agent|Osquery|Fleet osquery|Munki|Santa|Nessus Agent|Zabbix Agent|Datadog Agent|Splunk Universal Forwarder|
GlobalProtect|Cisco Secure Client|OpenVPN Connect|WireGuard|Mullvad VPN|Proton VPN|Cloudflare WARP|Jigglypuff|Mouse|Caffeinated Notes|Splitwise|
svchost.exe|explorer.exe|agent|agent.exe|service|helper|user-session|start-host|host|client.exe|server|java|teams.exe|connect.exe|level
`
  .split(/[|\n]/)
  .map((name) => name.trim())
  .filter(Boolean)

const ordinaryIdentifiers = [
  'com.apple.RemoteDesktop',
  'com.apple.ScreenSharing',
  'com.apple.Terminal',
  'com.googlecode.iterm2',
  'com.google.Chrome',
  'com.google.chromeremote',
  'com.microsoft.rdc.macos',
  'com.microsoft.VSCode',
  'com.microsoft.teams2',
  'com.p5sys.jump.mac.viewer',
  'com.p5sys.jump.connector',
  'com.realvnc.vncviewer',
  'com.teamviewer.meeting',
  'com.teamviewer.TeamViewerish',
  'com.philandro.anydesks',
  'com.splashtop.stb.macosx',
  'com.logmein.goto',
  'com.jamf.connect',
  'com.jamfsoftware.selfservice.mac',
  'com.nomachine.enterpriseclient',
  'com.zoho.workdrive',
  'com.bomgar.representative',
  'us.zoom.xos',
  'tailscale.vscode-tailscale',
  'ms-vscode.remote-server',
  'aapbdbdomjkkjkaonfhkkikfgjllcleb',
  'com',
  'org.chromium',
]

describe('what is not a finding', () => {
  test('there are enough of them', () => expect(ordinary.length).toBeGreaterThan(200))

  test.each(ordinary)('%s', (name) => {
    for (const platform of platforms) {
      for (const kind of kinds) expect(matchSoftware({ name, kind }, platform), `${kind} on ${platform}`).toBeNull()
      expect(matchSoftware({ name, path: `C:\\Program Files\\${name}\\${name}`, kind: 'program' }, platform)).toBeNull()
    }
  })

  test.each(ordinaryIdentifiers)('%s', (identifier) => {
    for (const platform of platforms) {
      for (const kind of kinds) {
        expect(matchSoftware({ name: 'Some Program', identifier, kind }, platform), `${kind} on ${platform}`).toBeNull()
      }
    }
  })

  test.each([
    [{ name: 'Parsec', publisher: 'Scille SAS', kind: 'program' }],
    [{ name: 'parsec', kind: 'package' }],
    [{ name: 'Parsec', publisher: 'Unity Technologiesque', kind: 'program' }],
    [{ name: 'VNC Server', publisher: 'Somebody Else', kind: 'program' }],
    [{ name: 'Tailscale', identifier: 'tailscale.vscode-tailscale', kind: 'extension' }],
    [{ name: 'Google Chrome', publisher: 'Google LLC', kind: 'program' }],
    [{ name: 'Unity Hub', publisher: 'Unity Technologies Inc.', kind: 'program' }],
    [{ name: 'SupportAssist', publisher: 'AnyDesk Software GmbH', kind: 'program' }],
  ] satisfies [SoftwareItem][])('%o, whose name or publisher is not enough', (item) => {
    for (const platform of platforms) expect(matchSoftware(item, platform)).toBeNull()
  })
})

test('any text at all is answered, and never thrown at', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('"', '.exe', '*', '\\', '\ud800', 'AnyDesk'),
  )
  const maybe = fc.option(text, { nil: undefined })
  const item = fc.record({
    name: text,
    version: maybe,
    publisher: maybe,
    identifier: maybe,
    path: maybe,
    kind: fc.constantFrom(...kinds),
  })
  fc.assert(
    fc.property(item, fc.constantFrom(...platforms), (program, platform) => {
      const hit = matchSoftware(program, platform)
      expect(hit === null || catalog.tools.some((tool) => tool.id === hit.toolId)).toBe(true)
    }),
  )
})

test('a stem counts only where a word ends, whatever follows', () => {
  fc.assert(
    fc.property(fc.constantFrom('x', '7', 'é', 'ß', '字'), fc.string(), (letter, rest) => {
      expect(matchSoftware({ name: `AnyDesk${letter}${rest}`, kind: 'program' }, 'windows')).toBeNull()
    }),
  )
})
