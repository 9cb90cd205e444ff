// How a laptop spends its days: where it is, what runs on it, and what its agent and its management report of that.
import { DAY, HOUR, MINUTE, offsetOf, plus } from '../lib/time.ts'
import { type City, headquarters } from './cities.ts'
import type { Laptop, Person } from './company.ts'
import { type JamfEvent, jamfBody } from './jamf.ts'
import { type Moment, moment } from './moments.ts'
import type { Random } from './random.ts'

interface Program {
  name: string
  version: string
  publisher?: string
  identifier?: string
  kind: 'app' | 'program' | 'package' | 'service'
  startup?: boolean
}

/** What is out of the ordinary about a stay, member by member as the agent reports it. */
export interface Unusual {
  software?: Program[]
  usbDevices?: object[]
  displays?: object[]
  timeZone?: string
}

/** Where a laptop is from one time on. */
export interface Stay {
  from: Date
  city: City
  /** The line it is on: equal numbers are one household. */
  line: number
  unusual?: Unusual
}

/** A laptop in an MDM from one time on, heard of whenever it is opened; until it leaves it. */
export interface Managed {
  by: 'jamf' | 'fleet'
  from: Date
  until: Date | null
  /** What the MDM knows it by: the laptop's own number, unless its enrolment came from another one. */
  hostNumber?: number
  /** Enrolled by hand, and not through the maker's programme. */
  isByHand?: boolean
  /** Whom the MDM has it assigned to, where that is somebody else than whoever has it. */
  user?: Person
}

/** A laptop in somebody's hands. Silent from `until` on. */
export interface Usage {
  laptop: Laptop
  person: Person
  /** Oldest first. */
  stays: Stay[]
  until: Date | null
  /** The MDMs it is in, where a story says so; a Mac is in the first one and shows its inventory now and then without. */
  managed?: Managed[]
  /** Nothing but its MDM tells of it. */
  hasNoAgent?: boolean
}

/** At headquarters, all on one line. */
export const officeFrom = (from: Date): Stay => ({ from, city: headquarters, line: 1 })

/** Someone at home, or in the office, from a time on. */
export function homeUsage(laptop: Laptop, person: Person, from: Date): Usage {
  return {
    laptop,
    person,
    stays: [person.isOfficeStaff ? officeFrom(from) : { from, city: person.city, line: lineOf(person) }],
    until: null,
  }
}

/** One line of the city's networks per person. */
export const lineOf = (person: Person): number => 2 + (Number(person.externalId.slice(2)) % 240)

/** The first hours: management enrols the laptop, the agent reports, and everything is new. */
export function firstDay(random: Random, usage: Usage): Moment[] {
  const stay = usage.stays[0]!
  const at = stay.from
  const jamf = (event: JamfEvent, minutes: number) => jamfMoment(event, plus(at, minutes * MINUTE), usage, stay)
  const agent = (usage.hasNoAgent ? [] : [0, 1, 5]).map((hours) =>
    checkInMoment(plus(at, hours * HOUR + random.whole(1, 30) * MINUTE), usage, stay, at),
  )
  return isInFirstMdm(usage)
    ? [jamf('ComputerAdded', 0), jamf('ComputerCheckIn', 2), jamf('ComputerInventoryCompleted', 6), ...agent]
    : agent
}

/** On the bench, before it is packed: management is put on what does not enrol by itself. */
export function benchDay(laptop: Laptop, person: Person, at: Date): Moment[] {
  if (laptop.platform === 'darwin') return []
  const stay = officeFrom(at)
  return [checkInMoment(at, { laptop, person, stays: [stay], until: null }, stay, at)]
}

const isInFirstMdm = ({ laptop, managed }: Usage) => laptop.platform === 'darwin' && managed === undefined

/** When it is opened on one day: on most working days, seldom on the others; now and then once more. */
export function openings(random: Random, usage: Usage, day: Date): Date[] {
  const own = random.fork(`${usage.laptop.serialNumber} ${day.toISOString()}`)
  const isWeekend = [0, 6].includes(day.getUTCDay())
  // Whoever is in the middle of a story opens the laptop every day.
  const isInStory = usage.stays.findLastIndex((stay) => stay.from <= plus(day, 12 * HOUR)) > 0
  if (!isInStory && !own.chance(isWeekend ? 0.08 : 0.93)) return []
  const startAt = localHour(usage, day, 8 + own.next() * 2)
  return own.chance(0.15) ? [startAt, plus(startAt, 5 * HOUR)] : [startAt]
}

/** What one day brings: a check-in whenever it is opened, an inventory of each Mac every four weeks. */
export function dayOf(random: Random, usage: Usage, day: Date): Moment[] {
  const opened = usage.hasNoAgent ? [] : openings(random, usage, day)
  const [startAt] = opened
  if (startAt === undefined) return []
  const moments: Moment[] = []
  for (const at of opened) {
    const stay = stayAt(usage, at)
    if (stay !== null) moments.push(checkInMoment(at, usage, stay, startAt))
  }
  const isInventoryDay = Math.floor(day.getTime() / DAY) % 28 === usage.laptop.number % 28
  const stay = stayAt(usage, startAt)
  if (isInventoryDay && stay !== null && isInFirstMdm(usage))
    moments.push(jamfMoment('ComputerInventoryCompleted', plus(startAt, 20 * MINUTE), usage, stay))
  return moments
}

function localHour(usage: Usage, day: Date, hour: number): Date {
  const noon = plus(day, 12 * HOUR)
  const city = (stayAt(usage, noon) ?? usage.stays[0]!).city
  return new Date(Math.round(plus(day, hour * HOUR - offsetOf(city.zone, noon)).getTime() / 1000) * 1000)
}

/** The stay at a time; null before the first, where nobody has unpacked it, and once it is silent. */
export function stayAt(usage: Usage, at: Date): Stay | null {
  if (usage.until !== null && at >= usage.until) return null
  const stay = usage.stays.findLast((one) => one.from <= at) ?? null
  // The first day tells its own story.
  return stay !== null && at.getTime() - usage.stays[0]!.from.getTime() < 8 * HOUR ? null : stay
}

export const ipOf = ({ city, line }: Stay) => `${city.networks[line % city.networks.length]}.${1 + (line % 250)}`
export const privateIpOf = (laptop: Laptop, { line }: Stay) => `192.168.${line % 4}.${20 + (laptop.number % 200)}`

export function jamfMoment(event: JamfEvent, at: Date, usage: Usage, stay: Stay): Moment {
  const { laptop, person } = usage
  return moment(at, {
    is: 'jamf',
    body: jamfBody({
      event,
      at,
      laptop,
      person,
      publicIp: ipOf(stay),
      privateIp: privateIpOf(laptop, stay),
      osVersion: laptop.osVersion,
    }),
  })
}

function checkInMoment(at: Date, usage: Usage, stay: Stay, bootedAt: Date): Moment {
  return moment(at, { is: 'check-in', checkIn: checkInOf(at, usage, stay, bootedAt) })
}

export function checkInOf(at: Date, { laptop, person }: Usage, stay: Stay, bootedAt: Date): object {
  const { unusual = {} } = stay
  const mac = (prefix: string, number: number) =>
    `${prefix}:${[number >> 16, number >> 8, number].map((part) => (part & 255).toString(16).padStart(2, '0')).join(':')}`
  const site = [...stay.city.name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), stay.line) & 0xffffff
  const hasDesk = laptop.number % 3 !== 0
  return {
    serialNumber: laptop.serialNumber,
    hardwareUuid: laptop.hardwareUuid,
    reportedAt: at.toISOString(),
    hostname: laptop.hostname,
    platform: laptop.platform,
    osVersion: osVersionAt(laptop, at),
    model: laptop.modelName,
    publicIp: ipOf(stay),
    timeZone: unusual.timeZone ?? stay.city.zone,
    uptimeSeconds: Math.max(60, Math.round((at.getTime() - bootedAt.getTime()) / 1000) + 120),
    user: { name: person.email.split('@')[0], email: person.email },
    enrollment: { enrolled: true, method: laptop.platform === 'linux' ? 'user' : 'automated', attested: false },
    network: {
      privateIps: [privateIpOf(laptop, stay)],
      gatewayMac: mac('10:27:f5', site),
      wifi: { ssid: `net-${site.toString(36)}`, bssid: mac('14:22:3b', site) },
      interfaces: [{ name: 'en0', mac: mac('f0:2f:4b', laptop.number) }],
      dnsServers: [`192.168.${stay.line % 4}.1`],
    },
    software: [...usualSoftware(laptop, at), ...(unusual.software ?? [])],
    usbDevices: [...(hasDesk ? desk : []), ...(unusual.usbDevices ?? [])],
    displays: [
      ...(hasDesk
        ? [{ manufacturer: 'DEL', productCode: 'a1d2', name: 'DELL U2723QE', serial: `CN0${laptop.number}` }]
        : []),
      ...(unusual.displays ?? []),
    ],
    power: { onAc: hasDesk },
    posture: { diskEncrypted: true, firewall: true, remoteLogin: false, screenSharing: false },
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

/** Systems are brought up to date every two months, each laptop on a day of its own. */
export function osVersionAt({ osVersion, number }: Laptop, at: Date): string {
  return `${osVersion}.${Math.floor((at.getTime() / DAY + number) / 60) % 9}`
}

/** By platform: programs of people at desks. Their versions move every few weeks. */
export function usualSoftware({ platform, number }: Laptop, at: Date): Program[] {
  const version = `${4 + (Math.floor((at.getTime() / DAY + number * 3) / 28) % 6)}.2`
  const kind = platform === 'darwin' ? 'app' : platform === 'windows' ? 'program' : 'package'
  const names = [
    'Slack',
    'Zoom',
    'Google Chrome',
    'Visual Studio Code',
    '1Password',
    ...(number % 2 === 0 ? ['Figma'] : ['Postman']),
    ...(number % 5 === 0 ? ['Spotify'] : []),
  ]
  return names.map((name): Program => ({ name, version, kind }))
}
