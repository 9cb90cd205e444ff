// Some four hundred programs of ordinary laptops, with their real publishers and ids: none of them is a finding.
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bringInForce } from '../../../server/detection/catalog/catalog.ts'
import { convertLolrmm } from '../../../server/detection/catalog/convert.ts'
import type { Tool } from '../../../server/detection/catalog/entries.ts'
import { readLolrmm } from '../../../server/detection/catalog/lolrmm.ts'
import { matchSoftware, type SoftwareItem } from '../../../server/detection/catalog/match.ts'

const lolrmm = '../shared/data/lolrmm.json'
const isHere = existsSync(lolrmm) || process.env['CI'] !== undefined

/** The catalogue as it ships, and with all that LOLRMM has beside it. */
const catalogues: [string, Tool[]][] = [
  ['the catalogue as it ships', []],
  ...(isHere
    ? [['all of LOLRMM', convertLolrmm(readLolrmm(readFileSync(lolrmm, 'utf8'))).entries] satisfies [string, Tool[]]]
    : []),
]

const rows = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))

const mac = rows(`
GoToMeeting|com.logmein.GoToMeeting
Zoho Mail|com.zoho.mail
Elgato Camera Hub|com.elgato.CameraHub
Apple Remote Desktop|com.apple.RemoteDesktop
1Password|com.1password.1password
Activity Monitor|com.apple.ActivityMonitor
Adobe Acrobat|com.adobe.Acrobat.Pro
Adobe Illustrator 2025|com.adobe.illustrator
Adobe Photoshop 2025|com.adobe.Photoshop
Affinity Designer 2|com.seriflabs.affinitydesigner2
Alfred 5|com.runningwithcrayons.Alfred
AltTab|com.lwouis.alt-tab-macos
Amazon WorkSpaces|com.amazon.workspaces
Android Studio|com.google.android.studio
App Store|com.apple.AppStore
AppCleaner|net.freemacsoft.AppCleaner
Arc|company.thebrowser.Browser
Asana|com.electron.asana
Audacity|org.audacityteam.audacity
BBEdit|com.barebones.bbedit
Bartender 5|com.surteesstudios.Bartender
Bear|net.shinyfrog.bear
BetterDisplay|pro.betterdisplay.BetterDisplay
BetterTouchTool|com.hegenberg.BetterTouchTool
Bitwarden|com.bitwarden.desktop
Brave Browser|com.brave.Browser
Calendar|com.apple.iCal
ChatGPT|com.openai.chat
Cisco Secure Client|com.cisco.secureclient.gui
Claude|com.anthropic.claudefordesktop
CleanMyMac|com.macpaw.CleanMyMac5
CleanShot X|pl.maketheweb.cleanshotx
Company Portal|com.microsoft.CompanyPortalMac
Cursor|com.todesktop.230313mzl4w4u92
DBeaver|org.jkiss.dbeaver.core.product
DaVinci Resolve|com.blackmagic-design.DaVinciResolve
DataGrip|com.jetbrains.datagrip
Deezer|com.deezer.deezer-desktop
DevToys|com.devtoys
Discord|com.hnc.Discord
Docker|com.docker.docker
Dropbox|com.getdropbox.dropbox
Evernote|com.evernote.Evernote
FaceTime|com.apple.FaceTime
Falcon|com.crowdstrike.falcon.App
Fantastical|com.flexibits.fantastical2.mac
Figma|com.figma.Desktop
FileZilla|org.filezilla-project.filezilla
Final Cut Pro|com.apple.FinalCut
Firefox|org.mozilla.firefox
Fork|com.DanPristupov.Fork
GarageBand|com.apple.garageband10
Ghostty|com.mitchellh.ghostty
GIMP|org.gimp.gimp-2.10
GitHub Desktop|com.github.GitHubClient
GlobalProtect|com.paloaltonetworks.GlobalProtect.client
Google Chrome|com.google.Chrome
Google Drive|com.google.drivefs
GoTo|com.logmein.goto
Grammarly Desktop|com.grammarly.ProjectLlama
HandBrake|fr.handbrake.HandBrake
Ice|com.jordanbaird.Ice
IINA|com.colliderli.iina
Inkscape|org.inkscape.Inkscape
Insomnia|com.insomnia.app
IntelliJ IDEA|com.jetbrains.intellij
iTerm|com.googlecode.iterm2
Jabra Direct|com.jabra.directonline
Jamf Connect|com.jamf.connect
Jamf Protect|com.jamf.protect.daemon
Jump Desktop|com.p5sys.jump.mac.viewer
KeePassXC|org.keepassxc.keepassxc
Keynote|com.apple.iWork.Keynote
Kindle|com.amazon.Lassen
Krisp|ai.krisp.krispMac
LastPass|com.lastpass.lastpassmacdesktop
LibreOffice|org.libreoffice.script
Linear|com.linear
Little Snitch|at.obdev.littlesnitch
Logi Options+|com.logi.optionsplus
Logic Pro|com.apple.logic10
Loom|com.loom.desktop
MacVim|org.vim.MacVim
Maccy|org.p0deje.Maccy
Magnet|com.crowdcafe.windowmagnet
Managed Software Center|com.googlecode.munki.ManagedSoftwareCenter
Microsoft Edge|com.microsoft.edgemac
Microsoft Excel|com.microsoft.Excel
Microsoft OneNote|com.microsoft.onenote.mac
Microsoft Outlook|com.microsoft.Outlook
Microsoft PowerPoint|com.microsoft.Powerpoint
Microsoft Teams|com.microsoft.teams2
Microsoft Word|com.microsoft.Word
Miro|com.electron.realtimeboard
Moonlight|com.moonlight-stream.Moonlight
Mullvad VPN|net.mullvad.vpn
Music|com.apple.Music
NordVPN|com.nordvpn.macos
Notes|com.apple.Notes
Notion|notion.id
Numbers|com.apple.iWork.Numbers
OBS|com.obsproject.obs-studio
Obsidian|md.obsidian
OmniGraffle 7|com.omnigroup.OmniGraffle7
OneDrive|com.microsoft.OneDrive
OrbStack|dev.kdrag0n.MacVirt
Pages|com.apple.iWork.Pages
Paragon NTFS|com.paragon-software.ntfs.notification-agent
Parallels Desktop|com.parallels.desktop.console
Paw|com.luckymarmot.Paw
PhpStorm|com.jetbrains.PhpStorm
Plex|tv.plex.desktop
Postman|com.postmanlabs.mac
Privileges|corp.sap.privileges
Proton VPN|ch.protonvpn.mac
Proxyman|com.proxyman.NSProxy
PyCharm|com.jetbrains.pycharm
QuickTime Player|com.apple.QuickTimePlayerX
RStudio|com.rstudio.desktop
Raycast|com.raycast.macos
Rectangle|com.knollsoft.Rectangle
Remote Desktop|com.apple.RemoteDesktop
Royal TSX|com.lemonmojo.RoyalTSX.App
Santa|com.northpolesec.santa
Screen Sharing|com.apple.ScreenSharing
Screens 5|com.edovia.screens.mac
Self Service|com.jamfsoftware.selfservice.mac
SentinelOne|com.sentinelone.sentinel-agent
Sequel Ace|com.sequel-ace.sequel-ace
Shottr|cc.ffitch.shottr
Signal|org.whispersystems.signal-desktop
Sketch|com.bohemiancoding.sketch3
Skitch|com.skitch.skitch
Slack|com.tinyspeck.slackmacgap
Soundtrap|com.soundtrap.studio
Sourcetree|com.torusknot.SourceTreeNotMAS
Spark|com.readdle.SparkDesktop
Spotify|com.spotify.client
Stats|eu.exelban.Stats
Steam|com.valvesoftware.steam
Stream Deck|com.elgato.StreamDeck
Sublime Text|com.sublimetext.4
Support|nl.root3.support
Synology Drive Client|com.synology.CloudStation
TablePlus|com.tinyapp.TablePlus
Telegram|ru.keepcoder.Telegram
Terminal|com.apple.Terminal
Termius|com.termius-dmg.mac
Things|com.culturedcode.ThingsMac
Thunderbird|org.mozilla.thunderbird
Todoist|com.todoist.mac.Todoist
Tower|com.fournova.Tower3
Transmit|com.panic.Transmit
Tunnelblick|net.tunnelblick.tunnelblick
UTM|com.utmapp.UTM
VLC|org.videolan.vlc
VMware Fusion|com.vmware.fusion
VNC Viewer|com.realvnc.vncviewer
Viscosity|com.viscosityvpn.Viscosity
Visual Studio Code|com.microsoft.VSCode
VoiceOver Utility|com.apple.VoiceOverUtility
Warp|dev.warp.Warp-Stable
WebStorm|com.jetbrains.WebStorm
Webex|Cisco-Systems.Spark
WhatsApp|net.whatsapp.WhatsApp
Windows App|com.microsoft.rdc.macos
WireGuard|com.wireguard.macos
Wireshark|org.wireshark.Wireshark
Xcode|com.apple.dt.Xcode
Zed|dev.zed.Zed
Zoom Workplace|us.zoom.xos
Zotero|org.zotero.zotero
`)

const windows = rows(`
GoToMeeting|GoTo Technologies USA, LLC
Logitech SetPoint|Logitech
ManageEngine Log360|Zoho Corporation
Moonlight Game Streaming Client|Moonlight Game Streaming Project
SolarWinds Orion|SolarWinds Worldwide, LLC
Datto Workplace|Datto, Inc.
Quest Toad|Quest Software Inc.
Netgear Genie|NETGEAR
7-Zip 24.08 (x64)|Igor Pavlov
Adobe Acrobat (64-bit)|Adobe
Adobe Creative Cloud|Adobe Inc.
AMD Software|Advanced Micro Devices, Inc.
Apple Mobile Device Support|Apple Inc.
Audacity 3.7.1|Audacity Team
AutoHotkey|AutoHotkey Foundation LLC
Autodesk AutoCAD 2025|Autodesk, Inc.
AWS Command Line Interface v2|Amazon Web Services
Azure Data Studio|Microsoft Corporation
Beyond Compare 5|Scooter Software
Bitvise SSH Client|Bitvise Limited
Bitvise SSH Server 9.42|Bitvise Limited
BeyondTrust Privilege Management for Windows|BeyondTrust Corporation
Brother iPrint&Scan|Brother Industries, Ltd.
Cisco Secure Client - AnyConnect VPN|Cisco Systems, Inc.
Citrix Workspace 2409|Citrix Systems, Inc.
CrowdStrike Windows Sensor|CrowdStrike, Inc.
Cyberduck|iterate GmbH
Datadog Agent|Datadog, Inc.
Dell Command | Update
Dell SupportAssist|Dell Inc.
DisplayLink Graphics|Synaptics
DisplayFusion 10.1|Binary Fortress Software
Docker Desktop|Docker Inc.
draw.io 24.7|JGraph
DYMO Connect|Sanford, L.P.
Duo Desktop|Cisco Systems, Inc.
Duplicati 2|Duplicati Inc.
ESET Endpoint Security|ESET, spol. s r.o.
Everything 1.4 (x64)|voidtools
FileZilla 3.67|Tim Kosse
Foxit PDF Reader|Foxit Software Inc.
Git|The Git Development Community
GoTo Meeting 10.20|GoTo Group, Inc.
GoTo Opener|LogMeIn, Inc.
Google Chrome|Google LLC
Google Drive|Google LLC
Greenshot 1.2|Greenshot
HP Support Assistant|HP Inc.
HWiNFO64 Version 8|Martin Malik
Intel(R) Graphics Driver|Intel Corporation
Iperius Backup|Enter S.r.l.
IrfanView 4.70 (64-bit)|Irfan Skiljan
JAWS 2025|Freedom Scientific
Java 8 Update 431|Oracle Corporation
JetBrains Toolbox|JetBrains s.r.o.
KeePass Password Safe 2.57|Dominik Reichl
Lenovo System Update|Lenovo
Lenovo Vantage Service|Lenovo Group Ltd.
LibreOffice 24.8|The Document Foundation
Logi Options+|Logitech
Logitech Capture|Logitech
MATLAB R2024b|MathWorks
McAfee Agent|Musarubra US LLC
Microsoft 365 Apps for enterprise - en-us|Microsoft Corporation
Microsoft Edge WebView2 Runtime|Microsoft Corporation
Microsoft Intune Management Extension|Microsoft Corporation
Microsoft OneDrive|Microsoft Corporation
Microsoft Power BI Desktop (x64)|Microsoft Corporation
Microsoft SQL Server Management Studio - 20.2|Microsoft Corporation
Microsoft Teams Meeting Add-in for Microsoft Office|Microsoft
Microsoft Visual C++ 2015-2022 Redistributable (x64) - 14.42|Microsoft Corporation
Microsoft Visual Studio Code (User)|Microsoft Corporation
MobaXterm|Mobatek
Mouse without Borders|Microsoft Corporation
Mozilla Firefox (x64 en-US)|Mozilla
mRemoteNG|Next Generation Software
MSI Afterburner|MSI Co., LTD
NVDA|NV Access
NVIDIA Graphics Driver 566.36|NVIDIA Corporation
Nessus Agent (x64)|Tenable, Inc.
Node.js|Node.js Foundation
Notepad++ (64-bit x64)|Notepad++ Team
Npcap|Nmap Project
OBS Studio|OBS Project
OpenSSH|Microsoft Corporation
OpenVPN Connect|OpenVPN Inc.
Oracle VirtualBox 7.1|Oracle and/or its affiliates
PDFCreator|Avanquest pdfforge GmbH
PowerToys (Preview) x64|Microsoft Corporation
Proton VPN|Proton AG
PuTTY release 0.81 (64-bit)|Simon Tatham
Python 3.13.1 (64-bit)|Python Software Foundation
Quick Assist|Microsoft Corporation
RStudio|Posit Software
Radmin Viewer 3.5|Famatech
Rapid7 Insight Agent|Rapid7, Inc.
RealVNC Viewer 7.12|RealVNC
Realtek Audio Driver|Realtek Semiconductor Corp.
Remote Desktop Manager|Devolutions Inc.
Remote Desktop Connection|Microsoft Corporation
Remote Mouse|Remote Mouse
Remote Server Administration Tools|Microsoft Corporation
Remote Utilities - Viewer|Remote Utilities LLC
Royal TS|Royal Apps GmbH
SAP GUI for Windows 8.00|SAP SE
SecureCRT|VanDyke Software, Inc.
Sentinel Agent|SentinelOne, Inc.
ShareX|ShareX Team
Slack (Machine - MSI)|Slack Technologies Inc.
Snagit 2024|TechSmith Corporation
SolarWinds TFTP Server|SolarWinds
Sophos Endpoint Agent|Sophos Limited
Splashtop Business|Splashtop Inc.
Splunk UniversalForwarder|Splunk, Inc.
Spotify|Spotify AB
SumatraPDF|Krzysztof Kowalczyk
Synaptics Touchpad|Synaptics Incorporated
Syncthing|The Syncthing Foundation
Sysinternals Suite|Microsoft Corporation
Tableau Desktop 2024.3|Salesforce
Tanium Client 7.6|Tanium Inc.
TeamViewer Meeting|TeamViewer
Termius 9.9|Termius Corporation
ThinkPad Dock Firmware|Lenovo
TightVNC Viewer|GlavSoft LLC.
Total Commander 64-bit|Ghisler Software GmbH
TreeSize Free|JAM Software
Trend Micro Apex One Security Agent|Trend Micro Inc.
UltraEdit|IDM Computer Solutions, Inc.
VLC media player|VideoLAN
Veeam Agent for Microsoft Windows|Veeam Software Group GmbH
VMware Horizon Client|VMware, Inc.
Webex|Cisco Systems, Inc
WinMerge 2.16|Thingamahoochie Software
WinRAR 7.01 (64-bit)|win.rar GmbH
WinSCP 6.3.5|Martin Prikryl
Windows App|Microsoft Corporation
Windows Agent|Some Other Maker
Windows Terminal|Microsoft Corporation
WireGuard|WireGuard LLC
Wireshark 4.4.2 x64|The Wireshark developer community
Xshell 8|NetSarang Computer, Inc.
Yubico Authenticator|Yubico AB
Zabbix Agent 2 (64-bit)|Zabbix SIA
ZoomText 2025|Freedom Scientific
Zoom Workplace (64-bit)|Zoom Video Communications, Inc.
Zscaler|Zscaler Inc.
Level|Some Game Studio
Syncro|Someone Else Ltd
Sunshine|A Weather Company
Loopback|A Music School
`)

const linux =
  `solaar moonlight-qt nebula ltrace konversation dconf-service vinagre accountsservice alacritty ansible apache2 apparmor apt audacity avahi-daemon awscli bash bat blender bluez brave-browser
btop build-essential calibre chromium clang cloud-init cmake code containerd cron cups curl dbeaver-ce dbus default-jdk discord dnsmasq
docker-ce emacs evince falcon-sensor fd-find ffmpeg filezilla firefox fish flatpak fprintd fwupd gcc gdm3 gedit geoclue-2.0 gh gimp git
gnome-control-center gnome-keyring gnome-remote-desktop gnome-shell gnome-terminal gnupg golang-go google-chrome-stable google-cloud-cli
gparted gpg-agent htop inkscape intune-portal jq kdeconnect keepassxc kitty konsole krdc kubectl libreoffice lightdm linux-image-generic
lldpd mariadb-client mdatp meld microsoft-edge-stable mosh mpv nano neovim network-manager nginx nmap nodejs nvidia-driver-550 obs-studio
okular openssh-client openssh-server openvpn osquery packagekit pipewire plasma-desktop podman polkitd postgresql-client powertop putty
python3 qemu-system-x86 remmina ripgrep rsync rsyslog ruby rustc screen sentinelagent signal-desktop slack-desktop snapd spotify-client sssd
steam strongswan sudo syncthing systemd terraform thunderbird tigervnc-viewer tmux tracker-miner-fs ubuntu-desktop udisks2 ufw unattended-upgrades
upower vagrant vim vino vlc wget wireguard-tools wireplumber wireshark x2goclient xfce4 xorg xterm xtightvncviewer yq zabbix-agent zenity zoom zsh`
    .split(/\s+/)
    .filter(Boolean)

const found = (items: SoftwareItem[], platform: 'darwin' | 'windows' | 'linux') =>
  items.filter((item) => matchSoftware(item, platform) !== null || matchSoftware(item, null) !== null)

test('there are well over three hundred of them, each once', () => {
  const all = [...mac.map(([name]) => `mac ${name}`), ...windows.map(([name]) => `win ${name}`), ...linux]
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBeGreaterThan(400)
})

describe.each(catalogues)('beside %s', (_, entries) => {
  beforeAll(() => bringInForce(entries))
  afterAll(() => bringInForce([]))

  test('an app of macOS is none, by its name, its bundle id and where it lies', () => {
    const items = mac.flatMap(([name = '', identifier]): SoftwareItem[] => [
      { name, identifier, path: `/Applications/${name}.app`, kind: 'app' },
      { name: `${name}.app`, identifier },
      { name, path: `/Applications/${name}.app/Contents/MacOS/${name}`, kind: 'process' },
      { name: identifier ?? name, kind: 'service' },
      { name: name.toLowerCase().replaceAll(' ', '-'), kind: 'package' },
    ])
    expect(found(items, 'darwin')).toEqual([])
  })

  test('a program of Windows is none, by its name, its publisher and its file', () => {
    const items = windows.flatMap(([name = '', publisher]): SoftwareItem[] => [
      { name, publisher, kind: 'program' },
      { name, publisher },
      { name: `${name}.exe`, path: `C:\\Program Files\\${publisher}\\${name}.exe`, kind: 'process' },
      { name, publisher, kind: 'service' },
    ])
    expect(found(items, 'windows')).toEqual([])
  })

  test('a package of Linux is none, nor is what it runs', () => {
    const items = linux.flatMap((name): SoftwareItem[] => [
      { name, kind: 'package' },
      { name, kind: 'process' },
      { name: `${name}.service`, kind: 'service' },
      { name: `/usr/bin/${name}`, kind: 'process' },
      { name },
    ])
    expect(found(items, 'linux')).toEqual([])
  })

  test('what runs on every Windows laptop is none', () => {
    const processes = `svchost explorer dwm lsass csrss winlogon services smss taskhostw sihost ctfmon RuntimeBroker SearchHost msedge
    msedgewebview2 OneDrive Teams ms-teams outlook excel winword quickassist mstsc TermService rdpclip SecurityHealthService MsMpEng
    NisSrv spoolsv audiodg fontdrvhost conhost cmd powershell pwsh WindowsTerminal ssh sshd sftp-server setup update updater installer
    agent service server client host connect viewer remote desktop support helper launcher tray monitor manager daemon node python java`
    const items = processes.split(/\s+/).flatMap((name): SoftwareItem[] => [
      { name: `${name}.exe`, kind: 'process' },
      { name, kind: 'service' },
      { name, kind: 'program' },
    ])
    expect(found(items, 'windows')).toEqual([])
  })
})
