// What a device is known by beside its present names, what speaks against it, what was merged with it, what was undone.
import type { LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { aliasSource } from '../devices/identity.ts'
import type { Db } from '../lib/database.ts'

const identityKinds = ['device.identity_doubted', 'device.match_undone', 'device.merged'] as const

/** All of it for one device, by the id of the record that is kept; empty lists for a device that nobody reported. */
export async function readIdentity(db: Db, deviceId: string) {
  const aliases = await db
    .selectFrom('device_aliases')
    .select(['source', 'alias'])
    .where('device_id', '=', deviceId)
    .orderBy('alias')
    .execute()
  const merged = await db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'hardware_uuid', 'hostname'])
    .where('merged_into', '=', deviceId)
    .orderBy('id')
    .execute()
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where('device_id', '=', deviceId)
    .where('kind', 'in', identityKinds)
    .orderBy('seq', 'desc')
    .execute()
  const events = rows.map(toEvent)
  const named = (source: string) => aliases.filter((row) => row.source === source).map((row) => row.alias)
  const kept: string[] = Object.values(aliasSource)
  return {
    /** What sources call it, now and before. */
    sourceIds: aliases.filter((row) => !kept.includes(row.source)),
    boards: named(aliasSource.uuid),
    /** Serial numbers by which it was on file before, or by which a merged record was. */
    serialsBefore: named(aliasSource.serial),
    isSerialShared: named(aliasSource.sharedSerial).length > 0,
    isUuidShared: named(aliasSource.sharedUuid).length > 0,
    doubts: events.flatMap(doubtIn),
    merged: merged.map((row) => ({
      id: row.id,
      serialNumber: row.serial_number,
      hardwareUuid: row.hardware_uuid,
      hostname: row.hostname,
      how: events.flatMap((event) => mergeIn(event, row.id))[0] ?? null,
    })),
    undone: events.flatMap(undoneIn),
  }
}

const doubtIn = (event: LedgerEvent) =>
  event.kind === 'device.identity_doubted' && event.payload
    ? [{ seq: event.seq, at: event.occurredAt.toISOString(), ...event.payload }]
    : []

const undoneIn = (event: LedgerEvent) =>
  event.kind === 'device.match_undone' && event.payload
    ? [
        {
          seq: event.seq,
          at: event.occurredAt.toISOString(),
          source: event.payload.source,
          since: event.payload.since,
          matchedBy: event.payload.matchedBy,
        },
      ]
    : []

const mergeIn = (event: LedgerEvent, fromId: string) =>
  event.kind === 'device.merged' && event.payload?.fromDeviceId === fromId
    ? [{ at: event.occurredAt.toISOString(), by: event.payload.by }]
    : []
