// What a check-in told, in words: each thing in a facet as one line, with what the catalogue knows it as.
import type { Platform } from '../detection/catalog/entries.ts'
import { matchDisplay, matchNeighbour, matchSoftware, matchUsb } from '../detection/catalog/match.ts'
import type { IpPlace } from '../ports.ts'

export interface Told {
  text: string
  /** Kept as a keyed hash: equal ones look equal, and nobody reads a name out of it. */
  isHash: boolean
  /** What the catalogue knows it as; `weighs` where it lets somebody else drive, or is such a device's own identity. */
  mark: { name: string; weighs: boolean } | null
}

/** Names of members, as people write them. */
export const memberWords: Record<string, string> = {
  publicIp: 'public address',
  gateway: 'gateway',
  gatewayBlock: 'gateway’s maker block',
  bssid: 'access point',
  ssid: 'Wi-Fi name',
  dnsServers: 'DNS servers',
  privateNetworks: 'private networks',
  neighbours: 'neighbours',
  software: 'software',
  listeningPorts: 'listening ports',
  hardwareUuid: 'hardware UUID',
  model: 'model',
  usbDevices: 'USB devices',
  displays: 'displays',
  networkCards: 'network cards’ maker blocks',
  hostname: 'host name',
  userEmail: 'user’s e-mail',
  userName: 'user’s name',
  assetTag: 'asset tag',
  enrolled: 'enrolled',
  enrolmentMethod: 'enrolled by',
  attested: 'attested',
  platform: 'platform',
  osVersion: 'system version',
  diskEncrypted: 'disk encrypted',
  firewall: 'firewall',
  remoteLogin: 'remote login',
  screenSharing: 'screen sharing',
  onAc: 'on mains power',
  lidClosed: 'lid closed',
  timeZone: 'time zone',
}

const hashed = new Set(['gateway', 'bssid', 'ssid', 'hostname', 'userEmail', 'userName'])
const HASH_SHOWN = 8

/** One thing that a facet holds, or one item of an event. */
export function sayItem(member: string, value: unknown, platform: Platform | null): Told {
  const isHash = hashed.has(member)
  return {
    text: isHash ? String(value).slice(0, HASH_SHOWN) : textOf(member, value),
    isHash,
    mark: markOf(member, value, platform),
  }
}

function textOf(member: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value !== 'object' || value === null) return String(value)
  const told = value as Record<string, unknown>
  const part = (name: string) => (typeof told[name] === 'string' ? (told[name] as string) : null)
  const line = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(' · ')
  switch (member) {
    case 'software':
      return line(
        [part('name'), part('version')].filter(Boolean).join(' '),
        part('kind'),
        part('publisher'),
        told['startup'] === true ? 'starts by itself' : null,
      )
    case 'listeningPorts':
      return line(String(told['port']), part('process'))
    case 'usbDevices':
      return line(
        part('product') ?? part('vendor') ?? 'without a name',
        `${part('vendorId')}:${part('productId')}`,
        Array.isArray(told['interfaces']) ? told['interfaces'].join(', ') : null,
      )
    case 'displays':
      return line(
        part('name') ?? 'without a name',
        [part('manufacturer'), part('productCode')].filter(Boolean).join(' '),
      )
    case 'neighbours':
      return line(part('hostname'), part('block'))
    default:
      return line(...Object.values(told).map(String))
  }
}

function markOf(member: string, value: unknown, platform: Platform | null): Told['mark'] {
  switch (member) {
    case 'software': {
      const hit = matchSoftware(value as never, platform)
      return hit && { name: `${hit.name}, ${hit.family}`, weighs: hit.drives }
    }
    case 'usbDevices':
      return hardwareMark(matchUsb(value as never, platform))
    case 'displays':
      return hardwareMark(matchDisplay(value as never))
    case 'neighbours': {
      const { block, hostname } = value as { block?: string; hostname?: string }
      return hardwareMark(
        matchNeighbour({ ...(block ? { mac: macOf(block) } : {}), ...(hostname ? { hostname } : {}) }),
      )
    }
    default:
      return null
  }
}

const hardwareMark = (hit: { name: string; exceptional: boolean } | null): Told['mark'] =>
  hit && { name: hit.name, weighs: hit.exceptional }

/** The block that a facet keeps of a MAC address, filled up to a whole one: makers are told by its beginning. */
const macOf = (block: string) => block.padEnd(12, '0').match(/../g)!.join(':')

/** Where an address seemed to be when it was told; null for what cannot be placed. */
export interface SeemingPlace {
  city: string | null
  region: string | null
  country: string | null
  radiusKm: number | null
  kind: IpPlace['network']
  operator: string | null
}

/** The place beside an item, as the event noted it. */
export function placeNoted(place: unknown): SeemingPlace | null {
  const told = place as IpPlace | null | undefined
  if (!told) return null
  const { city, region, country, circle, network, operator } = told
  return { city, region, country, radiusKm: circle?.radiusKm ?? null, kind: network, operator }
}
