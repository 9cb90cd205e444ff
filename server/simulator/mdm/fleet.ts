// The computers that MDM look-alikes know: plain facts, which each look-alike puts into its product's shape.

export interface SimulatedComputer {
  /** A small whole number of its own, from which a look-alike makes its ids. */
  number: number
  serialNumber: string
  hardwareUuid: string
  hostname: string
  platform: 'darwin' | 'windows' | 'linux'
  /** As the system writes it: "15.6". */
  osVersion: string
  osBuild: string
  manufacturer: string
  /** As shops write it: "MacBook Air (M3, 2024)". */
  model: string
  /** As the machine itself writes it: "Mac15,12". */
  modelIdentifier: string
  assetTag: string
  macAddress: string
  publicIp: string
  privateIp: string
  /** Whom the MDM has it assigned to. */
  user: { username: string; name: string; email: string } | null
  enrollment: { isEnrolled: boolean; isAutomated: boolean; at: Date }
  software: { name: string; version: string; identifier: string; path: string; publisher: string }[]
  /** Background services that run. */
  services: string[]
  posture: { diskEncrypted: boolean; firewall: boolean; remoteDesktop: boolean }
  bootedAt: Date
  /** When its inventory was last taken. */
  reportedAt: Date
  /** When it last spoke to the server, not before `reportedAt`. */
  lastContactAt: Date
}

/** An ordinary Mac with invented values, in touch at `at`; `changes` says what is different about it. */
export function simulatedComputer(
  { number, at }: { number: number; at: Date },
  changes: Partial<SimulatedComputer> = {},
): SimulatedComputer {
  const digits = String(number).padStart(4, '0')
  const hex = number.toString(16).padStart(4, '0')
  const ago = (hours: number) => new Date(at.getTime() - hours * 3_600_000)
  return {
    number,
    serialNumber: `TT00SIM${digits}`,
    hardwareUuid: `5E1F0000-0000-4000-8000-00000000${hex.toUpperCase()}`,
    hostname: `sim-${digits}`,
    platform: 'darwin',
    osVersion: '15.6',
    osBuild: '24G84',
    manufacturer: 'Apple Inc.',
    model: 'MacBook Air (M3, 2024)',
    modelIdentifier: 'Mac15,12',
    assetTag: `TT-${digits}`,
    macAddress: `02:5e:1f:00:${hex.slice(0, 2)}:${hex.slice(2)}`,
    publicIp: `198.51.100.${1 + (number % 254)}`,
    privateIp: `192.168.7.${1 + (number % 254)}`,
    user: { username: `user${digits}`, name: `User ${digits}`, email: `user${digits}@example.com` },
    enrollment: { isEnrolled: true, isAutomated: true, at: ago(24 * 30) },
    software: [
      {
        name: 'Larch Notes',
        version: '4.2.1',
        identifier: 'com.example.larch-notes',
        path: '/Applications/Larch Notes.app',
        publisher: 'Larch Software',
      },
      {
        name: 'Ferry Mail',
        version: '11.0',
        identifier: 'com.example.ferry-mail',
        path: '/Applications/Ferry Mail.app',
        publisher: 'Ferry Works',
      },
    ],
    services: ['com.example.larch.agent'],
    posture: { diskEncrypted: true, firewall: true, remoteDesktop: false },
    bootedAt: ago(50),
    reportedAt: ago(2),
    lastContactAt: at,
    ...changes,
  }
}
