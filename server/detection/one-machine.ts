// What is of one machine: the facts of records that were merged with a device, without those of matches that were undone.
import type { LedgerEvent } from '../custody/events.ts'
import type { Facts } from './facts.ts'

/** The device's own facts and those of records merged with it, as its own; `events` are cut at a number already. */
export function ofRecords(events: LedgerEvent[], deviceId: string, mergedEver: ReadonlySet<string>): LedgerEvent[] {
  if (mergedEver.size === 0) return events
  const records = recordsOf(events, deviceId)
  return events
    .filter((event) => event.deviceId === null || !mergedEver.has(event.deviceId) || records.has(event.deviceId))
    .map((event) => (event.deviceId !== null && records.has(event.deviceId) ? { ...event, deviceId } : event))
}

/** Every record that was ever merged with another, whatever came of it. */
export const mergedIn = (events: LedgerEvent[]): Set<string> =>
  new Set(
    events.flatMap((event) => (event.kind === 'device.merged' && event.payload ? [event.payload.fromDeviceId] : [])),
  )

/** The ids under which a device is on file: its own, and those of what is merged with it, also by way of another. */
export function recordsOf(events: LedgerEvent[], deviceId: string): Set<string> {
  const into = new Map<string, string>()
  for (const event of events.toSorted((a, b) => a.seq - b.seq)) {
    if (event.deviceId === null) continue
    if (event.kind === 'device.merged' && event.payload) into.set(event.payload.fromDeviceId, event.deviceId)
    else if (event.kind === 'device.unmerged' && event.payload) into.delete(event.payload.fromDeviceId)
  }
  const leadsHere = (id: string): boolean => id === deviceId || (into.has(id) && leadsHere(into.get(id)!))
  return new Set([deviceId, ...[...into.keys()].filter(leadsHere)])
}

/** Facts of a token that was distrusted from a time on are left out from there, as of the event that said so. */
export function trusted(events: LedgerEvent[]): LedgerEvent[] {
  const since = new Map(
    events.flatMap((event) =>
      event.kind === 'token.distrusted' && event.payload
        ? [[event.payload.tokenId, new Date(event.payload.since)] as const]
        : [],
    ),
  )
  if (since.size === 0) return events
  return events.filter((event) => {
    const tokenId =
      event.kind === 'checkin.changed'
        ? event.payload?.tokenId
        : event.actor.type === 'token' && event.kind === 'device.checked_in'
          ? event.actor.id
          : null
    const from = tokenId ? since.get(tokenId) : undefined
    return from === undefined || event.occurredAt < from
  })
}

interface Undone {
  source: string
  since: Date
  seq: number
  at: Date
}

const undoneIn = (events: LedgerEvent[]): Undone[] =>
  events.flatMap((event) =>
    event.kind === 'device.match_undone' && event.payload
      ? [{ source: event.payload.source, since: new Date(event.payload.since), seq: event.seq, at: event.occurredAt }]
      : [],
  )

/** Facts that a source told of another machine are left out; what it told after that was found out counts again. */
export function withoutUndone(events: LedgerEvent[]): LedgerEvent[] {
  const undone = undoneIn(events)
  if (undone.length === 0) return events
  return events.filter((event) => {
    const told =
      event.kind === 'checkin.changed' || event.kind === 'device.checked_in' || event.kind === 'device.identity_doubted'
        ? event.payload?.source
        : undefined
    return !undone.some((one) => one.source === told && event.occurredAt >= one.since && event.seq < one.seq)
  })
}

/** Presence without what a source saw of another machine; days that began before are cut. */
export function presenceOf(facts: Facts, events: LedgerEvent[]): Facts['presence'] {
  const records = recordsOf(events, facts.device.id)
  const undone = undoneIn(events)
  const own = facts.presence.filter((day) => day.mergedFrom === undefined || records.has(day.mergedFrom))
  if (undone.length === 0) return own
  return own.flatMap((day) => {
    const wrong = undone.find((one) => one.source === day.source && day.lastAt >= one.since && day.firstAt <= one.at)
    if (wrong === undefined) return [day]
    return day.firstAt < wrong.since ? [{ ...day, lastAt: wrong.since }] : []
  })
}
