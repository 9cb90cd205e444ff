// What the device page shows.
import { sql } from 'kysely'
import { verifyChain } from '../custody/ledger.ts'
import type { DeviceState, LifeCycle } from '../custody/state.ts'
import { mayBecome } from '../devices/custody.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { ProofLevel } from '../ports.ts'

/** A device whole, by its id. */
export async function readDevice(db: Db, id: string) {
  const row = await db
    .selectFrom('devices')
    .selectAll()
    .where('id', '=', id)
    .where((eb) => eb.or([eb('withdrawn_at', 'is', null), eb('merged_into', 'is not', null)]))
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such device.')
  const merged = await db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'asset_tag', 'hardware_uuid'])
    .where('merged_into', '=', id)
    .orderBy('id')
    .execute()
  const ids = [id, ...merged.map((one) => one.id)]
  const { lifeCycle: _, ...state } = row.state as Partial<DeviceState>
  const people = await db
    .selectFrom('people')
    .select(['id', 'name', 'external_id'])
    .where('id', 'in', [row.assignee_id ?? '', row.holder_id ?? ''])
    .execute()
  const byId = new Map(
    people.map((person) => [person.id, { id: person.id, name: person.name, externalId: person.external_id }]),
  )
  const shipments = await db
    .selectFrom('shipments')
    .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'shipments.id')
    .select(['shipments.id', 'reference', 'direction', 'carrier', 'status', 'ordered_at', 'delivered_at', 'held_at'])
    .where('device_id', '=', id)
    .where('withdrawn_at', 'is', null)
    .orderBy('ordered_at', 'desc')
    .execute()
  const presence = await db
    .selectFrom('presence')
    .select(['source', 'day', 'first_at', 'last_at', 'proof', sql<number>`bit_count(slots)`.as('slots')])
    .where('device_id', 'in', ids)
    .orderBy('day', 'desc')
    .limit(60)
    .execute()
  const seen = await db
    .selectFrom('presence')
    .distinctOn('source')
    .select(['source', 'last_at', 'proof'])
    .where('device_id', 'in', ids)
    .orderBy('source')
    .orderBy('day', 'desc')
    .execute()
  const cases = await db
    .selectFrom('cases')
    .select(['cases.number', 'cases.title', 'cases.status', 'cases.severity', 'cases.score', 'cases.outcome'])
    .distinct()
    .innerJoin('findings', 'findings.case_id', 'cases.id')
    .where('findings.device_id', '=', id)
    .execute()
  const findings = await db
    .selectFrom('findings')
    .select(['id', 'rule', 'summary', 'severity', 'weight', 'status', 'since'])
    .where('device_id', '=', id)
    .where('status', 'in', ['active', 'suppressed'])
    .orderBy('weight', 'desc')
    .execute()
  const watch = await db.selectFrom('watch').select('look_again_at').where('device_id', '=', id).executeTakeFirst()
  const aliases = await db
    .selectFrom('device_aliases')
    .select(['source', 'alias'])
    .where('device_id', '=', id)
    .execute()
  return {
    id: row.id,
    serialNumber: row.serial_number,
    assetTag: row.asset_tag,
    manufacturer: row.manufacturer,
    model: row.model,
    hardwareUuid: row.hardware_uuid,
    hostname: row.hostname,
    platform: row.platform,
    purchasedOn: row.purchased_on,
    known: row.known,
    notes: row.notes,
    lifeCycle: row.life_cycle,
    /** What people may report of it now. */
    mayBecome: mayBecome(row.life_cycle as LifeCycle),
    holder: { kind: row.holder_kind, person: row.holder_id === null ? null : (byId.get(row.holder_id) ?? null) },
    assignee: row.assignee_id === null ? null : (byId.get(row.assignee_id) ?? null),
    state: {
      assignedAt: state.assignedAt ?? null,
      shippedAt: state.shippedAt ?? null,
      firstScanAt: state.firstScanAt ?? null,
      deliveredAt: state.deliveredAt ?? null,
      acceptedAt: state.acceptedAt ?? null,
      firstCheckInAt: state.firstCheckInAt ?? null,
      contradictions: state.contradictions ?? [],
    },
    shipments: shipments.map((one) => ({
      id: one.id,
      reference: one.reference,
      direction: one.direction,
      carrier: one.carrier,
      status: one.status,
      orderedAt: one.ordered_at.toISOString(),
      deliveredAt: one.delivered_at?.toISOString() ?? null,
      held: one.held_at !== null,
    })),
    presence: presence.map((one) => ({
      source: one.source,
      day: one.day,
      firstAt: one.first_at.toISOString(),
      lastAt: one.last_at.toISOString(),
      proof: one.proof,
      slots: one.slots,
    })),
    proof: row.proof as ProofLevel | null,
    lastSeen: seen.map((one) => ({
      source: one.source,
      at: one.last_at.toISOString(),
      proof: one.proof as ProofLevel,
    })),
    /** The record that this one proved to be; what is heard of it counts there. */
    mergedInto: row.merged_into,
    /** Records that proved to be this laptop's. */
    mergedFrom: merged.map((one) => ({ id: one.id, name: one.serial_number ?? one.asset_tag ?? one.hardware_uuid })),
    cases,
    findings: findings.map((finding) => ({ ...finding, since: finding.since.toISOString() })),
    lookAgainAt: watch?.look_again_at?.toISOString() ?? null,
    aliases,
    chain: await verifyChain(db, { deviceId: id }),
  }
}
