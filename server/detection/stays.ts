// From when to when something was there: addresses, tools and hardware, out of what facets added and removed.
import type { LedgerEvent } from '../custody/events.ts'
import type { IpPlace, ProofLevel } from '../ports.ts'
import { findTool, type Platform } from './catalog/catalog.ts'
import { matchDisplay, matchNeighbour, matchSoftware, matchUsb } from './catalog/match.ts'
import type { DeclarationFact, HardwareFact, NetworkFact, ToolFact } from './rule.ts'

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
    .sort((a, b) => a.event.occurredAt.getTime() - b.event.occurredAt.getTime() || a.event.seq - b.event.seq)
}

export function networkFacts(events: LedgerEvent[]): NetworkFact[] {
  return changes(events, 'network').flatMap(({ event, payload, added }) =>
    added
      .filter((item) => item.member === 'publicIp')
      .map((item) => ({
        seq: event.seq,
        at: event.occurredAt,
        source: payload.source,
        proof: payload.proof as ProofLevel,
        late: payload.late,
        publicIp: String(item.value),
        place: item.place ?? null,
      })),
  )
}

/** Catalogue hits over time, the union of all sources: what came and went was there. */
export function catalogueFacts(
  events: LedgerEvent[],
  declarations: DeclarationFact[],
  now: Date,
): { tools: ToolFact[]; hardware: HardwareFact[] } {
  const platform = platformOf(events)
  const tools = stays(changes(events, 'software'), ({ member, value }) => {
    const hit = member === 'software' ? matchSoftware(value as never, platform) : null
    return hit && { key: hit.toolId, hit, startup: (value as { startup?: boolean }).startup === true }
  })
  const hardware = stays([...changes(events, 'hardware'), ...changes(events, 'network')], (item) => {
    const hit = matchHardware(item)
    return hit && { key: `${hit.hardwareId} ${hit.by} ${hit.exceptional}`, hit, startup: false }
  })
  return {
    // One that was approved when it came stays so when the declaration has ended.
    tools: tools.map(({ hit: { toolId, name, family, drives }, ...stay }) => {
      const approved = isApproved(declarations, toolId, now) || isApproved(declarations, toolId, stay.from)
      return { ...stay, toolId, name, family, drives, approved }
    }),
    hardware: hardware.map(({ hit: { hardwareId, name, family, by, exceptional }, startup: _, ...stay }) => ({
      ...stay,
      hardwareId,
      name,
      family,
      by,
      exceptional,
    })),
  }
}

function matchHardware({ member, value }: Item) {
  if (member === 'usbDevices') return matchUsb(value as never)
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
      if (current) current.stay.startup ||= known.startup
      if (current && !payload.late) current.traces.add(trace(item))
      if (current) continue
      const stay = {
        seq: event.seq,
        from: event.occurredAt,
        to: payload.late ? event.occurredAt : null,
        proof: payload.proof as ProofLevel,
        startup: known.startup,
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

function isApproved(declarations: DeclarationFact[], toolId: string, at: Date): boolean {
  return declarations.some(
    (one) =>
      one.kind === 'tool' && one.value !== null && findTool(one.value)?.id === toolId && one.from <= at && at <= one.to,
  )
}
