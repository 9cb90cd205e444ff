// What a laptop had in common with wherever it was, and from when to when: a pure fold of what its sources told.
import type { LedgerEvent } from '../custody/events.ts'
import { foldDevice, inOrder, type LifeCycle } from '../custody/state.ts'
import type { IpPlace } from '../ports.ts'
import type { Facts } from './facts.ts'
import { ofRecords, trusted, withoutUndone } from './one-machine.ts'
import type { LinkKind } from './rule.ts'
import { changes, matchHardware, matchTool } from './stays.ts'

/** One value that a source told, from one time and one fact on until another. */
export interface DeviceLink {
  kind: LinkKind
  value: string
  source: string
  fromSeq: number
  /** Null while it still is so. */
  toSeq: number | null
  from: Date
  to: Date | null
}

type Told = { member: string; value: unknown; place?: IpPlace | null }

/** Networks by which being together can be told: of a household, or of a kind that nobody knows. */
const ofAHousehold: readonly IpPlace['network'][] = ['home', 'unknown']

/** Blocks of gateways that fail over to one another: every such network has the same address (RFC 9568; Cisco's HSRP and GLBP). */
const virtualBlocks = ['00005e0', '00000c0', '0007b40', '0000000', 'fffffff']

/** A serial number that tells one piece from the next of its model: no filler, no run, no name that Windows made up. */
export function isOwnSerial(serial: string): boolean {
  const text = serial.trim().toLowerCase()
  if (text.length < 6 || text.includes('&') || new Set(text.replace(/[^a-z0-9]/g, '')).size < 4) return false
  return !/^0*1234567?|^0*abcdef|^(cafebabe|deadbeef|6b65796d696d6570690|serial|none|default|unknown)/.test(text)
}

/** What an item of a facet shows that others may have too; null for everything else. */
export function linkOf({ member, value, place }: Told): { kind: LinkKind; value: string } | null {
  if (member === 'gateway') return { kind: 'gateway', value: String(value) }
  if (member === 'bssid') return { kind: 'access point', value: String(value) }
  if (member === 'publicIp')
    return place && ofAHousehold.includes(place.network) ? { kind: 'network', value: String(value) } : null
  if (member !== 'usbDevices') return null
  const { vendorId, productId, serial } = value as { vendorId?: string; productId?: string; serial?: string }
  return serial && isOwnSerial(serial)
    ? { kind: 'peripheral', value: `${vendorId ?? ''}:${productId ?? ''}:${serial.trim().toLowerCase()}` }
    : null
}

/** The kind of a link that a removed item ends, whatever was known of its place. */
const kindOf: Partial<Record<string, LinkKind>> = {
  gateway: 'gateway',
  bssid: 'access point',
  publicIp: 'network',
  usbDevices: 'peripheral',
}

/** What a change of a facet ends and begins, as far as it may be shared. `alone`: of that kind there is one at a time. */
export function linksIn({ added, removed }: { added: unknown[]; removed: unknown[] }): {
  begun: { kind: LinkKind; value: string }[]
  ended: { kind: LinkKind; value: string }[]
  replaced: LinkKind[]
} {
  const gone = removed as Told[]
  const come = added as Told[]
  const isVirtual = come.some(
    ({ member, value }) => member === 'gatewayBlock' && virtualBlocks.includes(String(value).toLowerCase()),
  )
  const nearby: IpPlace = { country: null, region: null, city: null, circle: null, operator: null, network: 'home' }
  return {
    begun: come.flatMap((item) => (isVirtual && item.member === 'gateway' ? [] : (linkOf(item) ?? []))),
    ended: gone.flatMap((item) => linkOf({ ...item, place: nearby }) ?? []),
    // A source that tells of another gateway has left the one before, also where it did not say so.
    replaced: come.flatMap(({ member }) => (member === 'usbDevices' ? [] : (kindOf[member] ?? []))),
  }
}

/** Families by which somebody else drives a whole machine; tunnels and meshes are as often a developer's. */
const drivingFamilies = ['remote desktop', 'rmm']

/** The tools and attached devices that came with a change and by which the laptop can be driven, by their ids. */
export function toolsIn({ facet, added, removed }: { facet: string; added: unknown[]; removed: unknown[] }): string[] {
  if (facet !== 'software' && facet !== 'hardware') return []
  const idOf = (item: unknown): string[] => {
    const tool = facet === 'software' ? matchTool(item as Told, null) : null
    if (tool !== null) return tool.drives && drivingFamilies.includes(tool.family) ? [tool.toolId] : []
    const device = facet === 'hardware' ? matchHardware(item as Told, null) : null
    return device === null || (device.by !== 'usb' && device.by !== 'display') ? [] : [device.hardwareId]
  }
  const came = new Set(added.flatMap(idOf))
  // Another version of it is not another arrival.
  return came.size === 0 ? [] : [...came.difference(new Set(removed.flatMap(idOf)))].sort()
}

/** Each arrival of such a tool as a moment: how long it stays is of no concern to others. */
function toolMoments(events: LedgerEvent[]): DeviceLink[] {
  return ['software', 'hardware'].flatMap((facet) =>
    changes(events, facet).flatMap(({ event: { seq, occurredAt: at }, payload }) =>
      toolsIn(payload).map((value) => ({
        ...{ kind: 'tool' as const, value, source: payload.source },
        ...{ fromSeq: seq, toSeq: seq, from: at, to: at },
      })),
    ),
  )
}

/** The links of a laptop, of facts that are believed, oldest first. A late report shows a moment. */
export function deviceLinks(events: LedgerEvent[]): DeviceLink[] {
  const all: DeviceLink[] = []
  const open = new Map<string, DeviceLink>()
  const end = (key: string, event: LedgerEvent) => {
    const link = open.get(key)
    if (link) Object.assign(link, { toSeq: event.seq, to: event.occurredAt })
    open.delete(key)
  }
  for (const facet of ['network', 'hardware'])
    for (const { event, payload } of changes(events, facet)) {
      const { begun, ended, replaced } = linksIn(payload)
      const keyOf = (link: { kind: LinkKind; value: string }) => `${payload.source}\n${link.kind}\n${link.value}`
      const begin = { source: payload.source, fromSeq: event.seq, from: event.occurredAt }
      if (payload.late) {
        all.push(...begun.map((link) => ({ ...link, ...begin, toSeq: event.seq, to: event.occurredAt })))
        continue
      }
      const stays = new Set(begun.map(keyOf))
      for (const key of [...ended.map(keyOf), ...keysOf(open, payload.source, replaced)])
        if (!stays.has(key)) end(key, event)
      for (const link of begun) {
        const key = keyOf(link)
        if (open.has(key)) continue
        const one: DeviceLink = { ...link, ...begin, toSeq: null, to: null }
        open.set(key, one)
        all.push(one)
      }
    }
  return all.sort((a, b) => a.from.getTime() - b.from.getTime() || a.fromSeq - b.fromSeq)
}

const keysOf = (open: Map<string, DeviceLink>, source: string, kinds: LinkKind[]): string[] =>
  [...open].flatMap(([key, link]) => (link.source === source && kinds.includes(link.kind) ? [key] : []))

/** While it is there, a laptop is where its person is; before, on the bench, and after, it is the company's. */
const inHand: readonly LifeCycle[] = [
  'shipped',
  'delivered',
  'accepted',
  'checked in',
  'in service',
  'returning',
  'lost',
]

/** Whose a laptop is for what it shares: nobody's while it is in the house. */
export const personOf = (device: { lifeCycle: string; assigneeId: string | null }): string | null =>
  (inHand as readonly string[]).includes(device.lifeCycle) ? device.assigneeId : null

/** Somebody's time with a laptop. */
interface Period {
  personId: string | null
  seq: number
  from: Date
  /** A parcel began it: what the laptop showed before was on the bench. */
  byParcel: boolean
}

/** Whose the laptop was, step by step, in the order of its own times. */
function periodsOf(events: LedgerEvent[], deviceId: string): Period[] {
  const steps = inOrder(
    events.filter((event) => event.kind.startsWith('shipment.') || event.kind.startsWith('device.') || isReturn(event)),
  ).filter((event) => event.kind !== 'device.checked_in')
  const periods: Period[] = []
  for (const [index, event] of steps.entries()) {
    const personId = personOf(foldDevice(steps.slice(0, index + 1), deviceId))
    if (personId === (periods.at(-1)?.personId ?? null)) continue
    periods.push({ personId, seq: event.seq, from: event.occurredAt, byParcel: event.kind.startsWith('shipment.') })
  }
  return periods
}

const isReturn = (event: LedgerEvent) => event.kind === 'return.closed'

/** A link of one person's time with the laptop. */
export interface PersonsLink extends DeviceLink {
  personId: string | null
}

/** Links cut where the laptop came to be another's. */
export function linksByPerson(events: LedgerEvent[], deviceId: string): PersonsLink[] {
  const periods = periodsOf(events, deviceId)
  return [...deviceLinks(events), ...toolMoments(events)].flatMap((link) => {
    const cuts = [null, ...periods].map((period, index) => ({ period, next: periods[index] ?? null }))
    return cuts.flatMap(({ period, next }): PersonsLink[] => {
      const isBefore = next !== null && next.from <= link.from
      const isAfter = period !== null && link.to !== null && period.from >= link.to && period.from > link.from
      if (isBefore || isAfter) return []
      const starts = period !== null && period.from > link.from
      if (starts && period.byParcel) return []
      const ends = next !== null && (link.to === null || next.from < link.to)
      return [
        {
          ...link,
          personId: period?.personId ?? null,
          from: starts ? period.from : link.from,
          fromSeq: starts ? Math.max(period.seq, link.fromSeq) : link.fromSeq,
          to: ends ? next.from : link.to,
          toSeq: ends ? Math.max(next.seq, link.fromSeq) : link.toSeq,
        },
      ]
    })
  })
}

/** Which reports are the laptop's at all is another from these on. */
const turns = ['device.merged', 'device.unmerged', 'device.match_undone', 'token.distrusted']

/**
 * The links of a laptop as each number of the ledger had them: what proved not to be so is taken back at the number that
 * said it, by ending before it began.
 */
export function historyOf(facts: Pick<Facts, 'device' | 'events'>, mergedEver: ReadonlySet<string>): PersonsLink[] {
  const { device, events } = facts
  const head = events.at(-1)?.seq ?? 0
  const cuts = [...events.filter((event) => turns.includes(event.kind)).map((event) => event.seq - 1), head]
  const all: PersonsLink[] = []
  let standing: PersonsLink[] = []
  for (const [index, seq] of cuts.entries()) {
    const turn = index === 0 ? 0 : cuts[index - 1]! + 1
    const known = events.filter((event) => event.seq <= seq)
    const believed = withoutUndone(trusted(ofRecords(known, device.id, mergedEver)))
    const links = linksByPerson(believed, device.id)
    const before = new Map(standing.map((link) => [identityOf(link), link]))
    const now = links.map((link) => {
      const was = before.get(identityOf(link))
      before.delete(identityOf(link))
      if (was) return Object.assign(was, { to: link.to, toSeq: link.toSeq })
      const fresh = { ...link, fromSeq: Math.max(link.fromSeq, turn) }
      all.push(fresh)
      return fresh
    })
    for (const gone of before.values()) Object.assign(gone, { toSeq: turn, to: new Date(gone.from.getTime() - 1) })
    standing = now
  }
  return all
}

const identityOf = (link: PersonsLink) =>
  [link.kind, link.value, link.source, link.personId ?? '', link.from.getTime()].join('\n')
