// A check-in in facets: a table maps each member to one facet or to none, so that each part is compared on its own.
import { hash } from 'node:crypto'
import type { Facet } from '../custody/events.ts'
import { canonicalText, keepTexts, textsOf } from '../lib/canonical.ts'
import type { CheckIn } from '../ports.ts'

/** A member's value: a scalar or object, or a sorted list that stands for a set. Absent says nothing. */
export type Members = Record<string, unknown>

/** One thing in a facet: what events say was added or removed. `place` and `personId` are notes of ours, never compared. */
export interface Item {
  member: string
  value: unknown
  place?: unknown
  personId?: string | null
}

export interface Sighting {
  facets: Partial<Record<Facet, Members>>
  /** Names that came with a facet, kept beside it and erased with the person. */
  private: Partial<Record<Facet, Record<string, string>>>
}

const set = (items: unknown[]): unknown[] => {
  const byText = new Map(items.map((item) => [canonicalText(item), item]))
  const texts = [...byText.keys()].sort()
  const sorted = texts.map((text) => byText.get(text))
  keepTexts(sorted, texts)
  return sorted
}

/** Home folders name people; what lies in them does not. */
const withoutHome = (path: string) => path.replace(/^(\/Users|\/home|[A-Za-z]:\\Users)[\\/][^\\/]+/, '~')

/** The network part of a private address: /24, /64. The host part says nothing about where a device is. */
function networkOf(ip: string): string {
  if (ip.includes(':')) return `${ip.toLowerCase().split(':').slice(0, 4).join(':')}::/64`
  return `${ip.split('.').slice(0, 3).join('.')}.0/24`
}

/** The first 28 bits of a MAC address: the finest block that IEEE assigns to a maker (MA-M). */
const block = (mac: string) => mac.replaceAll(':', '').slice(0, 7)

// Neighbours belong to a household: of their names only those that KVMs give themselves are kept.
const kvmName = /kvm|pilot/i

type Pseudonym = (value: string) => string

/** What systems put where they have or tell no address. */
const noMac = ['00:00:00:00:00:00', '02:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff']

const isMac = (mac: string | undefined): mac is string => mac !== undefined && !noMac.includes(mac)

/** Splits a check-in into its facets. Left out: `reportedAt`, uptime, battery, host parts of private addresses. */
export function sightingOf(checkIn: CheckIn, pseudonym: Pseudonym): Sighting {
  const { network, power, posture, enrollment, user } = checkIn
  const facets: Record<Facet, Members> = {
    network: {
      publicIp: checkIn.publicIp,
      gateway: isMac(network?.gatewayMac) ? pseudonym(network.gatewayMac) : undefined,
      gatewayBlock: network?.gatewayMac && block(network.gatewayMac),
      bssid: isMac(network?.wifi?.bssid) ? pseudonym(network.wifi.bssid) : undefined,
      ssid: network?.wifi?.ssid && pseudonym(network.wifi.ssid),
      dnsServers: network?.dnsServers && set(network.dnsServers),
      privateNetworks: network?.privateIps && set(network.privateIps.map(networkOf)),
      neighbours:
        network?.neighbors &&
        set(
          network.neighbors.map(({ mac, hostname }) => ({
            ...(mac ? { block: block(mac) } : {}),
            ...(hostname && kvmName.test(hostname) ? { hostname: hostname.toLowerCase() } : {}),
          })),
        ),
    },
    software: {
      software:
        checkIn.software &&
        set(checkIn.software.map((item) => (item.path ? { ...item, path: withoutHome(item.path) } : item))),
      listeningPorts: checkIn.listeningPorts && set(checkIn.listeningPorts),
    },
    hardware: {
      hardwareUuid: checkIn.hardwareUuid?.toUpperCase(),
      model: checkIn.model,
      usbDevices:
        checkIn.usbDevices &&
        set(
          checkIn.usbDevices.map((usb) => (usb.interfaces ? { ...usb, interfaces: usb.interfaces.toSorted() } : usb)),
        ),
      displays: checkIn.displays && set(checkIn.displays),
      networkCards: network?.interfaces && set(network.interfaces.flatMap(({ mac }) => (mac ? [block(mac)] : []))),
    },
    identity: {
      hostname: checkIn.hostname && pseudonym(checkIn.hostname.toLowerCase()),
      userEmail: user?.email && pseudonym(user.email.toLowerCase()),
      userName: user?.name && pseudonym(user.name.toLowerCase()),
      assetTag: checkIn.assetTag,
      enrolled: enrollment?.enrolled,
      enrolmentMethod: enrollment?.method,
      attested: enrollment?.attested,
    },
    posture: {
      platform: checkIn.platform,
      osVersion: checkIn.osVersion,
      diskEncrypted: posture?.diskEncrypted,
      firewall: posture?.firewall,
      remoteLogin: posture?.remoteLogin,
      screenSharing: posture?.screenSharing,
      onAc: power?.onAc,
      lidClosed: power?.lidClosed,
    },
    clock: { timeZone: checkIn.timeZone },
  }
  const named = {
    identity: { hostname: checkIn.hostname, userName: user?.name, userEmail: user?.email },
    network: { ssid: network?.wifi?.ssid },
  }
  return { facets: present(facets), private: present(named) as Sighting['private'] }
}

/** Drops what the report did not say. An empty string says nothing either; an empty list says there is none. */
function present<T extends Record<string, Members>>(facets: T): Partial<T> {
  const said = Object.entries(facets).map(([facet, members]) => [
    facet,
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== '')),
  ])
  return Object.fromEntries(said.filter(([, members]) => Object.keys(members as Members).length > 0))
}

/** What a facet's last report is known by. */
export function hashOf(members: Members): Buffer {
  return hash('sha256', canonicalText(members), 'buffer')
}

/** A report over what was known: members it does not say stay as they were. */
export const merge = (known: Members | null, said: Members): Members => ({ ...known, ...said })

const keyOf = (member: string, value: unknown) => `${member} ${canonicalText(value)}`

function itemsOf(members: Members): Map<string, Item> {
  const items = new Map<string, Item>()
  for (const [member, value] of Object.entries(members)) {
    if (!Array.isArray(value)) items.set(keyOf(member, value), { member, value })
    else
      for (const [index, text] of textsOf(value).entries())
        items.set(`${member} ${text}`, { member, value: value[index] })
  }
  return items
}

/** What was added and removed between two values of a facet; null is a facet never seen. */
export function diff(was: Members | null, is: Members): { added: Item[]; removed: Item[] } {
  return { added: missing(is, was ?? {}), removed: missing(was ?? {}, is) }
}

/** What one value has and another has not. */
function missing(has: Members, other: Members): Item[] {
  return Object.entries(has).flatMap(([member, value]) => {
    const known = new Set(valueTexts(other[member]))
    const values = Array.isArray(value) ? value : [value]
    return valueTexts(value).flatMap((text, at) => (known.has(text) ? [] : [{ member, value: values[at] }]))
  })
}

const valueTexts = (value: unknown): string[] =>
  value === undefined ? [] : Array.isArray(value) ? textsOf(value) : [canonicalText(value)]

/** Takes a change back: the value before it. Lists are sets, so the order is the sorted one again. */
export function undo(is: Members, change: { added: Item[]; removed: Item[] }): Members {
  const items = itemsOf(is)
  for (const { member, value } of change.added) items.delete(keyOf(member, value))
  for (const { member, value } of change.removed) items.set(keyOf(member, value), { member, value })
  return membersOf([...items.values()], is)
}

/** Items as members again; a member that was a list before stays one. */
function membersOf(items: Item[], like: Members): Members {
  const grouped = Map.groupBy(items, (item) => item.member)
  const members: Members = {}
  for (const [member, group] of grouped) {
    const values = group.map((item) => item.value)
    members[member] = Array.isArray(like[member]) || values.length > 1 ? set(values) : values[0]
  }
  for (const [member, value] of Object.entries(like))
    if (Array.isArray(value) && !grouped.has(member)) members[member] = []
  return members
}
