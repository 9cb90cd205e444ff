// The timeline of a device, person, shipment or case: one list of facts, each with its source, both times and its words.
import { sql } from 'kysely'
import type { Actor, EventKind, LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { ruleById } from '../detection/rules/index.ts'
import type { Db } from '../lib/database.ts'
import { sayEvent, type Tone, type Words } from './event-words.ts'

export interface Entry {
  seq: number
  kind: EventKind
  occurredAt: string
  recordedAt: string
  /** More than an hour between the two: how late we heard, in ms. */
  lateMs: number | null
  source: { kind: 'carrier' | 'mdm' | 'directory' | 'person' | 'system' | 'rule'; name: string }
  title: string
  detail: string | null
  /** The carrier's own words, or a person's. */
  quote: string | null
  tone: Tone
  deviceId: string | null
  shipmentId: string | null
  caseId: string | null
  /** From → to, where something changed. */
  changes: { field: string; from: string | null; to: string | null }[]
  /** The payload, for who wants to see it whole; null once erased. */
  payload: unknown
  erased: boolean
  contradiction: string | null
}

export interface TimelineInput {
  deviceId?: string
  personId?: string
  shipmentId?: string
  caseId?: string
  limit: number
  /** Only facts before this sequence number: the next page. */
  before?: number | undefined
}

/** A record that was merged with the device has its history in the device's own. */
const recordsOf = (deviceId: string) => sql`select id from devices where id = ${deviceId} or merged_into = ${deviceId}`

const LATE_SHOWN_MS = 60 * 60 * 1000

/** Reads a timeline, newest first by when it was recorded; pages put entries in the order of their own times. */
export async function readTimeline(db: Db, input: TimelineInput): Promise<{ entries: Entry[]; next: number | null }> {
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where((eb) =>
      eb.or([
        ...(input.deviceId === undefined
          ? []
          : [
              eb('device_id', '=', sql<string>`any (array(${recordsOf(input.deviceId)}))`),
              eb(
                'shipment_id',
                'in',
                eb.selectFrom('shipment_devices').select('shipment_id').where('device_id', '=', input.deviceId),
              ),
            ]),
        ...(input.personId === undefined ? [] : [eb('person_id', '=', input.personId)]),
        ...(input.shipmentId === undefined ? [] : [eb('shipment_id', '=', input.shipmentId)]),
        ...(input.caseId === undefined ? [] : [eb('case_id', '=', input.caseId)]),
      ]),
    )
    .$if(input.before !== undefined, (qb) => qb.where('seq', '<', input.before!))
    .orderBy('seq', 'desc')
    .limit(input.limit + 1)
    .execute()
  const events = rows.slice(0, input.limit).map(toEvent)
  const words = await loadWords(db, events)
  const next = rows.length > input.limit ? (events.at(-1)?.seq ?? null) : null
  return {
    entries: events
      .map((event) => entryOf(event, words))
      .sort((a, b) => (a.occurredAt < b.occurredAt ? 1 : a.occurredAt > b.occurredAt ? -1 : b.seq - a.seq)),
    next,
  }
}

/** Events in a person's words, in the order given. */
export async function entriesOf(db: Db, events: LedgerEvent[]): Promise<Entry[]> {
  const words = await loadWords(db, events)
  return events.map((event) => entryOf(event, words))
}

async function loadWords(db: Db, events: LedgerEvent[]): Promise<Words> {
  const scanIds = events.flatMap((event) =>
    event.kind === 'shipment.scanned' && event.payload ? [event.payload.scanId] : [],
  )
  const noteIds = events.flatMap((event) =>
    event.payload && 'noteId' in event.payload && event.payload.noteId ? [event.payload.noteId] : [],
  )
  const deviceIds = [...new Set(events.flatMap((event) => event.deviceId ?? []))]
  const shipmentIds = [...new Set(events.flatMap((event) => event.shipmentId ?? []))]
  const or = <T>(ids: string[], read: () => Promise<T[]>): Promise<T[]> =>
    ids.length === 0 ? Promise.resolve([]) : read()
  const [scans, notes, users, tokens, devices, shipments] = await Promise.all([
    or(scanIds, () =>
      db.selectFrom('scans').select(['id', 'message', 'carrier', 'confirmed_at']).where('id', 'in', scanIds).execute(),
    ),
    or(noteIds, () => db.selectFrom('notes').select(['id', 'text']).where('id', 'in', noteIds).execute()),
    db.selectFrom('auth.user').select(['id', 'name']).execute(),
    db.selectFrom('tokens').select(['id', 'name', 'source']).execute(),
    or(deviceIds, () => db.selectFrom('devices').select(['id', 'state']).where('id', 'in', deviceIds).execute()),
    or(shipmentIds, () => db.selectFrom('shipments').select(['id', 'state']).where('id', 'in', shipmentIds).execute()),
  ])
  const marks = [...devices, ...shipments].flatMap(
    (row) => (row.state as { contradictions?: { seq: number; why: string }[] }).contradictions ?? [],
  )
  return {
    scans: new Map(scans.map((row) => [row.id, row])),
    notes: new Map(notes.map((row) => [row.id, row.text])),
    users: new Map(users.map((row) => [row.id, row.name])),
    tokens: new Map(tokens.map((row) => [row.id, row.source])),
    contradictions: new Map(marks.map((mark) => [mark.seq, mark.why])),
  }
}

function entryOf(event: LedgerEvent, words: Words): Entry {
  const lateMs = event.recordedAt.getTime() - event.occurredAt.getTime()
  const noteId = event.payload && 'noteId' in event.payload ? event.payload.noteId : undefined
  return {
    seq: event.seq,
    kind: event.kind,
    occurredAt: event.occurredAt.toISOString(),
    recordedAt: event.recordedAt.toISOString(),
    lateMs: lateMs > LATE_SHOWN_MS ? lateMs : null,
    source: sourceOf(event, words),
    detail: null,
    quote: noteId ? (words.notes.get(noteId) ?? null) : null,
    tone: 'plain',
    deviceId: event.deviceId,
    shipmentId: event.shipmentId,
    caseId: event.caseId,
    changes: [],
    payload: event.payload,
    erased: event.payload === null,
    contradiction: words.contradictions.get(event.seq) ?? null,
    ...sayEvent(event, words),
  }
}

function sourceOf(event: LedgerEvent, words: Words): Entry['source'] {
  const actor: Actor = event.actor
  switch (actor.type) {
    case 'user':
      return { kind: 'person', name: words.users.get(actor.id) ?? 'a former user' }
    case 'token':
      return {
        kind: event.kind.startsWith('checkin') || event.kind === 'device.checked_in' ? 'mdm' : 'directory',
        name: words.tokens.get(actor.id) ?? 'a token',
      }
    case 'source': {
      if (actor.name === 'link') return { kind: 'person', name: 'the receiver, by link' }
      const carrier =
        event.kind === 'shipment.scanned' && event.payload ? words.scans.get(event.payload.scanId)?.carrier : undefined
      return event.kind.startsWith('shipment')
        ? { kind: 'carrier', name: carrier ?? actor.name }
        : { kind: 'mdm', name: actor.name }
    }
    case 'rule':
      return { kind: 'rule', name: ruleById(actor.id)?.title ?? actor.id }
    case 'system':
      return { kind: 'system', name: actor.part }
    default:
      return actor satisfies never
  }
}
