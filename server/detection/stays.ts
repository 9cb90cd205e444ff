// From when to when something was there: addresses, tools and hardware, out of what facets added and removed.
import type { LedgerEvent } from '../custody/events.ts'
import { holds, parseAddress, parseRange } from '../lib/ip.ts'
import type { IpPlace, ProofLevel } from '../ports.ts'
import { findHardware, findTool } from './catalog/catalog.ts'
import type { Platform } from './catalog/entries.ts'
import { matchDisplay, matchListener, matchNeighbour, matchResolver, matchSoftware, matchUsb } from './catalog/match.ts'
import type { DeclarationFact, HardwareFact, NetworkFact, PortFact, ToolFact } from './rule.ts'

type Item = { member: string; value: unknown; place?: IpPlace | null; personId?: string | null }

/** The facet changes in the order of their own times. */
export function changes(events: LedgerEvent[], facet: string) {
  return events
    .flatMap((event) =>
      event.kind === 'checkin.changed' && event.payload?.facet === facet
        ? [
            {
              event,
              payload: event.payload,
              added: event.payload.added as Item[],
              removed: event.payload.removed as Item[],
            },
          ]
        : [],
    )
    .sort(byTime)
}

type Told = { event: LedgerEvent; payload: { source: string } }

/** By their own times; of one moment, by who said it: never by the order of arrival. */
const byTime = (a: Told, b: Told) =>
  a.event.occurredAt.getTime() - b.event.occurredAt.getTime() ||
  a.payload.source.localeCompare(b.payload.source) ||
  a.event.seq - b.event.seq

/** `declarations` make exits of the company's own, also where they are made later. */
export function networkFacts(events: LedgerEvent[], declarations: DeclarationFact[], now: Date): NetworkFact[] {
  const exits = declarations.flatMap((one) => {
    const range = one.kind === 'network_exit' && one.value !== null ? parseRange(one.value) : null
    return range ? [{ range, ...one }] : []
  })
  const isOurs = (ip: string, at: Date) => {
    const address = exits.length === 0 ? null : parseAddress(ip)
    return address !== null && exits.some((one) => holds(one.range, address) && (covers(one, at) || covers(one, now)))
  }
  return changes(events, 'network').flatMap(({ event, payload, added }) =>
    added
      .filter((item) => item.member === 'publicIp')
      .map((item) => ({
        seq: event.seq,
        at: event.occurredAt,
        source: payload.source,
        proof: payload.proof as ProofLevel,
        late: payload.late,
        capped: payload.capped === true,
        publicIp: String(item.value),
        place: isOurs(String(item.value), event.occurredAt)
          ? { ...(item.place ?? nowhere), network: 'ours' as const }
          : (item.place ?? null),
        service: serviceOf(item.place?.operator ?? null, declarations, [event.occurredAt, now]),
      })),
  )
}

const nowhere: Omit<IpPlace, 'network'> = { country: null, region: null, city: null, circle: null, operator: null }

const covers = ({ from, to }: DeclarationFact, at: Date): boolean => from <= at && at <= to

function serviceOf(operator: string | null, declarations: DeclarationFact[], times: Date[]): NetworkFact['service'] {
  const tool = operator === null ? null : findTool(operator)
  if (tool?.family !== 'vpn') return null
  return { toolId: tool.id, name: tool.name, approved: times.some((at) => isApproved(declarations, tool.id, at)) }
}

/** Ports by which a system lets itself be driven: SSH, Windows' Remote Desktop, VNC and macOS' Screen Sharing. */
export const drivingPorts = [22, 3389, 5900]

/** From when to when the laptop listened on such a port, the union of all sources. */
export function portFacts(events: LedgerEvent[]): PortFact[] {
  const ports = stays(changes(events, 'software'), ({ member, value }) => {
    const { port } = (member === 'listeningPorts' ? value : {}) as { port?: number }
    return port !== undefined && drivingPorts.includes(port) ? { key: `${port}`, hit: port, startup: false } : null
  })
  return ports.map(({ hit: port, startup: _, unattended: __, ...stay }) => ({ ...stay, port }))
}

/** Catalogue hits over time, the union of all sources: what came and went was there. */
export function catalogueFacts(
  events: LedgerEvent[],
  { declarations, commonTools }: { declarations: DeclarationFact[]; commonTools: ReadonlySet<string> },
  now: Date,
): { tools: ToolFact[]; hardware: HardwareFact[] } {
  const platform = platformOf(events)
  const shown = [...changes(events, 'software'), ...changes(events, 'network')].sort(byTime)
  const tools = stays(shown, ({ member, value }) => {
    const hit = matchTool({ member, value }, platform)
    return hit && { key: hit.toolId, hit, startup: startsByItself({ member, value }) }
  })
  const hardware = stays([...changes(events, 'hardware'), ...changes(events, 'network')], (item) => {
    const hit = matchHardware(item, platform)
    return hit && { key: `${hit.hardwareId} ${hit.by} ${hit.exceptional}`, hit, startup: false }
  })
  return {
    // One that was approved when it came stays so when the declaration has ended.
    tools: tools.map(({ hit: { toolId, name, family, drives }, ...stay }) => {
      const approved = isApproved(declarations, toolId, now) || isApproved(declarations, toolId, stay.from)
      return { ...stay, toolId, name, family, drives, approved, isCommon: !approved && commonTools.has(toolId) }
    }),
    hardware: hardware.map(
      ({ hit: { hardwareId, name, family, by, exceptional }, startup: _, unattended: __, ...stay }) => ({
        ...stay,
        hardwareId,
        name,
        family,
        by,
        exceptional,
        approved: [now, stay.from].some((at) => isApproved(declarations, hardwareId, at, findHardware)),
      }),
    ),
  }
}

/** A startup item, a service, or something that waits on a port for a caller. */
function startsByItself({ member, value }: Item): boolean {
  if (member === 'listeningPorts') return true
  const { startup, kind } = value as { startup?: boolean; kind?: string }
  return member === 'software' && (startup === true || kind === 'service')
}

/** The tool that an item of a facet shows, or null. */
export function matchTool({ member, value }: Pick<Item, 'member' | 'value'>, platform: Platform | null) {
  if (member === 'software') return matchSoftware(value as never, platform)
  if (member === 'listeningPorts') return matchListener(value as never, platform)
  return member === 'dnsServers' ? matchResolver(String(value)) : null
}

/** The device that an item of a facet shows, or null. */
export function matchHardware({ member, value }: Pick<Item, 'member' | 'value'>, platform: Platform | null) {
  if (member === 'usbDevices') return matchUsb(value as never, platform)
  if (member === 'displays') return matchDisplay(value as never)
  if (member !== 'neighbours') return null
  const { block, hostname } = value as { block?: string; hostname?: string }
  return matchNeighbour({ ...(block ? { mac: macOf(block) } : {}), ...(hostname ? { hostname } : {}) })
}

interface Stay<H> {
  seq: number
  from: Date
  to: Date | null
  proof: ProofLevel
  startup: boolean
  unattended: { seq: number; at: Date } | null
  hit: H
}

/**
 * From when to when each hit was there. It ends when the last source that showed it has lost the last of its traces;
 * one that comes again later is another stay. A late report shows a moment.
 */
function stays<H>(
  found: ReturnType<typeof changes>,
  match: (item: Item) => { key: string; hit: H; startup: boolean } | null,
): Stay<H>[] {
  const all: Stay<H>[] = []
  const open = new Map<string, { stay: Stay<H>; traces: Set<string> }>()
  for (const { event, payload, added, removed } of found) {
    const trace = (item: Item) => `${payload.source}\n${item.member}\n${JSON.stringify(item.value)}`
    const lost = new Set<string>()
    for (const item of payload.late ? [] : removed) {
      const known = match(item)
      if (known && open.get(known.key)?.traces.delete(trace(item))) lost.add(known.key)
    }
    for (const item of added) {
      const known = match(item)
      if (known === null) continue
      const current = open.get(known.key)
      const unattended = known.startup ? { seq: event.seq, at: event.occurredAt } : null
      if (current) current.stay.unattended ??= unattended
      if (current) current.stay.startup ||= known.startup
      if (current && !payload.late) current.traces.add(trace(item))
      if (current) continue
      const stay = {
        seq: event.seq,
        from: event.occurredAt,
        to: payload.late ? event.occurredAt : null,
        proof: payload.proof as ProofLevel,
        startup: known.startup,
        unattended,
        hit: known.hit,
      }
      all.push(stay)
      if (!payload.late) open.set(known.key, { stay, traces: new Set([trace(item)]) })
    }
    for (const key of lost) {
      const current = open.get(key)
      if (current === undefined || current.traces.size > 0) continue
      current.stay.to = event.occurredAt
      open.delete(key)
    }
  }
  return all
}

/** A MAC block of 28 bits as a MAC address again, its unknown rest zero. */
const macOf = (block: string) => (block.padEnd(12, '0').match(/../g) ?? []).join(':')

function platformOf(events: LedgerEvent[]): Platform | null {
  const item = changes(events, 'posture')
    .flatMap(({ added }) => added.filter((one) => one.member === 'platform'))
    .at(-1)
  return (item?.value as Platform | undefined) ?? null
}

function isApproved(
  declarations: DeclarationFact[],
  id: string,
  at: Date,
  find: (text: string) => { id: string } | null = findTool,
): boolean {
  return declarations.some(
    (one) => one.kind === 'tool' && one.value !== null && find(one.value)?.id === id && one.from <= at && at <= one.to,
  )
}
