// The laptops of a labelled year: where each one is, what is on it and attached to it, and its check-ins as its agents write them.
import { DAY, HOUR, plus } from '../../lib/time.ts'
import type { Random } from '../random.ts'
import type { Network, Person } from './people.ts'
import { remoteSupport } from './things.ts'

export interface Laptop {
  serialNumber: string
  number: number
  platform: 'darwin' | 'windows' | 'linux'
  manufacturer: string
  model: string
  hardwareUuid: string
}

export interface Program {
  name: string
  version?: string
  publisher?: string
  identifier?: string
  kind: 'app' | 'program' | 'package' | 'service' | 'process' | 'extension'
  startup?: boolean
}

/** What is on a laptop, attached to it or around it for a while, beside the usual. */
export interface Gear {
  from: Date
  until: Date | null
  software?: Program[]
  usbDevices?: object[]
  displays?: object[]
  neighbours?: { mac: string; hostname?: string }[]
  listeningPorts?: { port: number; process?: string }[]
  dnsServers?: string[]
  posture?: { remoteLogin?: boolean; screenSharing?: boolean }
  power?: { onAc: boolean; lidClosed: boolean }
  timeZone?: string
  hardwareUuid?: string
  user?: Person
}

/** A laptop in somebody's hands. */
export interface Usage {
  laptop: Laptop
  person: Person
  from: Date
  /** Heard of no more from then on. */
  until: Date | null
  /** Oldest first. */
  stays: { from: Date; network: Network }[]
  gear: Gear[]
  /** Times without a report: leave, illness, a drawer. */
  quiet: { from: Date; until: Date }[]
  sources: { name: string; from: Date; until: Date | null }[]
  /** How far its clock is ahead, in ms. */
  clockAheadMs: number
}

const LETTERS = 'CDFGHJKLMNPQRTVWXY23456789'
const HEX = '0123456789ABCDEF'
export const uuidFrom = (random: Random): string => [8, 4, 4, 4, 12].map((length) => random.text(HEX, length)).join('-')

const kinds = [
  ['Apple', 'Mac15,6', 'darwin', 10],
  ['Apple', 'Mac15,12', 'darwin', 10],
  ['Dell', 'Latitude 5450', 'windows', 7],
  ['Lenovo', '21ML ThinkPad T14 Gen 5', 'windows', 8],
  ['Framework', 'Laptop 13 (AMD Ryzen 7040)', 'linux', 12],
] as const

export function laptopsFrom(random: Random) {
  let count = 0
  return (platform?: Laptop['platform']): Laptop => {
    count += 1
    const share = random.next()
    const drawn = kinds[share < 0.34 ? 0 : share < 0.58 ? 1 : share < 0.78 ? 2 : share < 0.94 ? 3 : 4]!
    const [manufacturer, model, runs, length] = kinds.find((kind) => kind[2] === platform) ?? drawn
    return {
      serialNumber: `${random.text(LETTERS, length)}${random.text('23456789', 1)}`,
      number: count,
      platform: runs,
      manufacturer,
      model,
      hardwareUuid: uuidFrom(random),
    }
  }
}

export const AGENT = 'agent'
export const MDM = 'mdm'
export const NEW_MDM = 'new-mdm'

export const usageOf = (laptop: Laptop, person: Person, from: Date, network: Network): Usage => ({
  laptop,
  person,
  from,
  until: null,
  stays: [{ from, network }],
  gear: [],
  quiet: [],
  sources: [{ name: AGENT, from, until: null }],
  clockAheadMs: 0,
})

/** Where it is at a time; before the first stay, there. */
export const networkAt = (usage: Usage, at: Date): Network =>
  (usage.stays.findLast((stay) => stay.from <= at) ?? usage.stays[0]!).network

export const isQuiet = (usage: Usage, at: Date): boolean =>
  at < usage.from ||
  (usage.until !== null && at >= usage.until) ||
  usage.quiet.some((one) => at >= one.from && at < one.until)

/**
 * How often an idle laptop is heard of: once a week or every other one, and every day of its first two weeks. Real ones
 * report more often; what says nothing new costs the bench time and tells rules about silence no more than this.
 */
const WEEK = 7 * DAY
const weeksBetween = ({ number }: Laptop): number => (number % 3 === 0 ? 1 : 2)
const EARLY_DAYS = 14

/** When a laptop that nothing happens to reports: in working hours of where it lives, on a weekday of its own. */
export function heartbeats(usage: Usage, until: Date): Date[] {
  const found: Date[] = []
  const end = usage.until !== null && usage.until < until ? usage.until : until
  const hour = 14 * HOUR + (usage.laptop.number % 97) * 150_000
  for (let day = 1; day < EARLY_DAYS; day++) {
    const at = plus(usage.from, day * DAY)
    if (at < end) found.push(at)
  }
  const epoch = Math.ceil(usage.from.getTime() / WEEK) * WEEK + ((usage.laptop.number % 5) + 4) * DAY + hour
  for (let at = new Date(epoch); at < end; at = plus(at, weeksBetween(usage.laptop) * WEEK))
    if (at.getTime() - usage.from.getTime() >= EARLY_DAYS * DAY) found.push(at)
  return found.filter((at) => !isQuiet(usage, at))
}

/** A check-in as CONTRACTS has it. */
export function checkInOf(usage: Usage, at: Date): object {
  const { laptop, person } = usage
  const network = networkAt(usage, at)
  const gear = usage.gear.filter((one) => one.from <= at && (one.until === null || at < one.until))
  const last = <K extends keyof Gear>(key: K) => gear.findLast((one) => one[key] !== undefined)?.[key]
  const hasDesk = laptop.number % 3 !== 0
  const reportedAt = plus(at, usage.clockAheadMs)
  const user = last('user') ?? person
  return {
    serialNumber: laptop.serialNumber,
    hardwareUuid: last('hardwareUuid') ?? laptop.hardwareUuid,
    reportedAt: reportedAt.toISOString(),
    hostname: `lt-${laptop.number}`,
    platform: laptop.platform,
    osVersion: `15.${Math.floor((at.getTime() / DAY + laptop.number) / 180) % 9}`,
    model: laptop.model,
    publicIp: network.ip,
    timeZone: last('timeZone') ?? network.zone,
    user: { name: user.email.split('@')[0], email: user.email },
    enrollment: { enrolled: true, method: laptop.platform === 'linux' ? 'user' : 'automated', attested: false },
    network: {
      privateIps: [`192.168.1.${20 + (laptop.number % 200)}`],
      gatewayMac: network.gatewayMac,
      wifi: { ssid: network.ssid, bssid: network.bssid },
      neighbors: [...network.neighbours, ...gear.flatMap((one) => one.neighbours ?? [])],
      dnsServers: last('dnsServers') ?? ['192.168.1.1'],
    },
    software: [...usual(laptop), ...gear.flatMap((one) => one.software ?? [])],
    usbDevices: [...(hasDesk ? desk : []), ...gear.flatMap((one) => one.usbDevices ?? [])],
    displays: [
      ...(hasDesk ? [{ manufacturer: 'DEL', name: 'DELL U2723QE', serial: `CN0${laptop.number}` }] : []),
      ...gear.flatMap((one) => one.displays ?? []),
    ],
    listeningPorts: gear.flatMap((one) => one.listeningPorts ?? []),
    power: last('power') ?? { onAc: hasDesk },
    posture: {
      diskEncrypted: true,
      firewall: true,
      remoteLogin: last('posture')?.remoteLogin ?? false,
      screenSharing: last('posture')?.screenSharing ?? false,
    },
  }
}

const desk = [
  {
    vendorId: '046d',
    productId: 'c548',
    vendor: 'Logitech',
    product: 'USB Receiver',
    interfaces: ['keyboard', 'pointer'],
  },
  { vendorId: '0bda', productId: '5489', vendor: 'Realtek', product: 'USB2.1 Hub', interfaces: ['hub'] },
]

/** Programs of people at desks, and the helpdesk's own way in, which is on every laptop. */
function usual({ platform, number }: Laptop): Program[] {
  const kind = platform === 'darwin' ? 'app' : platform === 'windows' ? 'program' : 'package'
  const names = [
    'Slack',
    'Zoom',
    'Google Chrome',
    '1Password',
    'Microsoft Teams',
    number % 2 === 0 ? 'Figma' : 'Postman',
  ]
  return [...names.map((name): Program => ({ name, version: '4.2', kind })), { ...remoteSupport, kind }]
}
