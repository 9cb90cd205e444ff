// Two records that proved to be one laptop: merged, taken apart again, and a serial number or UUID that was told right at last.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { type NewEvent, type Payload, payloads } from '../custody/events.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { addAlias, aliasSource, type Device, spellingsOf } from './identity.ts'

export interface Merge {
  keptId: string
  fromId: string
  by: Payload<'device.merged'>['by']
}

/** What a record has of one with which it is merged, where it has nothing of its own. */
const takeable = [
  'hardware_uuid',
  'asset_tag',
  'manufacturer',
  'model',
  'purchased_on',
  'hostname',
  'platform',
  'proof',
] as const

/**
 * Makes one record another's. Its check-ins and presence stay under its id and count as the kept one's
 * (custody/record.ts, detection/facts.ts); its names and its parcels move. The rows are written; the events are for the caller to
 * record last. Both rows are locked here, in id order. Throws 'not_found' and 'conflict'.
 */
export async function mergeDevices(tx: Tx, act: Act, { keptId, fromId, by }: Merge): Promise<NewEvent[]> {
  if (keptId === fromId) throw new AppError('conflict', 'A record cannot be merged with itself.')
  await lockSubjects(tx, { deviceIds: [keptId, fromId] })
  const kept = await present(tx, keptId)
  const from = await present(tx, fromId)
  const took = takeable.filter((column) => kept[column] === null && from[column] !== null)
  if (from.hardware_uuid !== null) await addAlias(tx, aliasSource.uuid, from.hardware_uuid, from.id)
  if (from.serial_number !== null) await addAlias(tx, aliasSource.serial, from.serial_number, from.id)
  await sql`update device_aliases set device_id = ${kept.id}, merged_from = coalesce(merged_from, ${from.id})
    where device_id = ${from.id}`.execute(tx)
  await tx
    .updateTable('devices')
    .set({ merged_into: kept.id, withdrawn_at: act.now })
    .where((eb) => eb.or([eb('id', '=', from.id), eb('merged_into', '=', from.id)]))
    .execute()
  await tx
    .updateTable('devices')
    .set({ ...Object.fromEntries(took.map((column) => [column, from[column]])), known: kept.known || from.known })
    .where('id', '=', kept.id)
    .execute()
  await sql`
    update shipment_devices s set device_id = ${kept.id} where s.device_id = ${from.id} and not exists (
      select from shipment_devices k where k.shipment_id = s.shipment_id and k.device_id = ${kept.id})`.execute(tx)
  await tx.deleteFrom('shipment_devices').where('device_id', '=', from.id).execute()
  await tx.deleteFrom('watch').where('device_id', '=', from.id).execute()
  await judgeAnew(tx, act, [kept.id])
  const about = { occurredAt: act.now, actor: act.actor }
  return [
    { ...about, kind: 'device.merged', deviceId: kept.id, payload: { fromDeviceId: from.id, by, took } },
    ...(await endMismatches(tx, act, from.id)),
    ...(await clearFindings(tx, act, from.id)),
  ]
}

/** Takes a merged record out again, with a reason; what it was known by leads to itself from now on. */
export async function unmergeDevice(tx: Tx, act: Act, input: { fromId: string; reason: string }): Promise<void> {
  const row = await tx
    .selectFrom('devices')
    .select(['id', 'merged_into'])
    .where('id', '=', input.fromId)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such device.')
  const keptId = row.merged_into
  if (keptId === null) throw new AppError('conflict', 'This record is not merged with another.')
  await lockSubjects(tx, { deviceIds: [row.id, keptId] })
  await giveBackNames(tx, keptId, row.id)
  await tx
    .updateTable('device_aliases')
    .set({ device_id: row.id, merged_from: null })
    .where('device_id', '=', keptId)
    .where('merged_from', '=', row.id)
    .execute()
  await tx.updateTable('devices').set({ merged_into: null, withdrawn_at: null }).where('id', '=', row.id).execute()
  // Parcels that were this record's own go with it.
  await sql`
    with own as (
      select distinct l.shipment_id from ledger l join shipment_devices s on s.shipment_id = l.shipment_id
      where s.device_id = ${keptId} and l.kind in ('shipment.ordered', 'shipment.changed') and l.payload->'deviceIds' ? ${row.id}
    )
    insert into shipment_devices (shipment_id, device_id) select shipment_id, ${row.id} from own on conflict do nothing`.execute(
    tx,
  )
  await sql`
    delete from shipment_devices s where s.device_id = ${keptId}
      and exists (select from shipment_devices o where o.shipment_id = s.shipment_id and o.device_id = ${row.id})
      and not exists (select from ledger l where l.shipment_id = s.shipment_id
        and l.kind in ('shipment.ordered', 'shipment.changed') and l.payload->'deviceIds' ? ${keptId})`.execute(tx)
  // Whoever is known by a fingerprint may be the other one from now on.
  await tx.updateTable('presence').set({ fingerprint: null }).where('device_id', 'in', [row.id, keptId]).execute()
  await judgeAnew(tx, act, [row.id, keptId])
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'device.unmerged',
      deviceId: keptId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { fromDeviceId: row.id, noteId },
    },
  ])
}

/** Has the sweep look at devices with every rule: what was theirs is another's, or the other way round. */
export async function judgeAnew(tx: Tx, act: Act, deviceIds: string[]): Promise<void> {
  await tx
    .insertInto('watch')
    .values(deviceIds.toSorted().map((id) => ({ device_id: id, look_again_at: act.now })))
    .onConflict((oc) => oc.column('device_id').doUpdateSet({ look_again_at: act.now }))
    .execute()
}

/** What the kept record took over goes back with the record it came from; a serial number of its own before returns. */
async function giveBackNames(tx: Tx, keptId: string, fromId: string): Promise<void> {
  const own = sql`(select min(alias) from device_aliases where source = ${aliasSource.serial}
    and device_id = ${keptId} and merged_from is null)`
  const merge = await tx
    .selectFrom('ledger')
    .select('payload')
    .where('device_id', '=', keptId)
    .where('kind', '=', 'device.merged')
    .where(sql<boolean>`payload->>'fromDeviceId' = ${fromId}`)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const took = payloads['device.merged'].safeParse(merge?.payload).data?.took ?? []
  const back = takeable
    .filter((column) => took.includes(column))
    .map((column) => sql`, ${sql.ref(column)} = nullif(${sql.ref(`k.${column}`)}, ${sql.ref(`f.${column}`)})`)
  await sql`
    update devices k set
      serial_number = case when k.serial_number = f.serial_number then ${own} else k.serial_number end${sql.join(back, sql``)}
    from devices f where k.id = ${keptId} and f.id = ${fromId}`.execute(tx)
}

/** A device that is on file; locked already. */
async function present(tx: Tx, id: string): Promise<Device> {
  const row = await tx
    .selectFrom('devices')
    .selectAll()
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such device.')
  return row
}

async function endMismatches(tx: Tx, act: Act, deviceId: string): Promise<NewEvent[]> {
  const rows = await tx
    .updateTable('mismatches')
    .set({ status: 'gone', last_seen_at: act.now })
    .where('device_id', '=', deviceId)
    .where('status', '=', 'open')
    .returning(['id', 'field', 'source'])
    .execute()
  return rows.map(({ id, field, source }) => ({
    kind: 'mismatch.gone',
    deviceId,
    occurredAt: act.now,
    actor: act.actor,
    payload: { mismatchId: id, field, source },
  }))
}

/** What was found about the record is found anew about the kept one, where it still holds. */
async function clearFindings(tx: Tx, act: Act, deviceId: string): Promise<NewEvent[]> {
  const rows = await tx
    .updateTable('findings')
    .set({ status: 'cleared', cleared_at: act.now, changed_at: act.now })
    .where('device_id', '=', deviceId)
    .where('status', 'in', ['active', 'suppressed'])
    .returning(['id', 'rule', 'case_id', 'person_id'])
    .execute()
  return rows.map((row) => ({
    kind: 'finding.cleared',
    deviceId,
    personId: row.person_id,
    caseId: row.case_id,
    occurredAt: act.now,
    actor: act.actor,
    payload: { findingId: row.id, rule: row.rule, lateData: false },
  }))
}

/**
 * Gives a device the serial number that it tells, where ours was written down wrong. A record that was made for that
 * serial number meanwhile proves to be this one's; the old number still leads here. Events as in `mergeDevices`.
 */
export async function takeSerial(tx: Tx, act: Act, deviceId: string, serial: string): Promise<NewEvent[]> {
  const other = await tx
    .selectFrom('devices')
    .select(['id', 'known'])
    .where('serial_number', '=', serial)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (other?.known === true && other.id !== deviceId)
    throw new AppError(
      'conflict',
      'Both serial numbers are on file as laptops of ours, so neither can be the other: correct the import, or keep ours.',
    )
  const merged =
    other === undefined || other.id === deviceId
      ? []
      : await mergeDevices(tx, act, { keptId: deviceId, fromId: other.id, by: 'person' })
  const { serial_number: from } = await tx
    .selectFrom('devices')
    .select('serial_number')
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow()
  if (from !== null) await addAlias(tx, aliasSource.serial, from, deviceId)
  await tx.updateTable('devices').set({ serial_number: serial }).where('id', '=', deviceId).execute()
  return [...merged, changeOf(act, deviceId, { field: 'serial_number', from, to: serial })]
}

/** Says that a board is this device's: its UUID leads here from now on, whosever it was. Events for the caller. */
export async function takeUuid(tx: Tx, act: Act, deviceId: string, uuid: string): Promise<NewEvent[]> {
  const lost = await tx
    .updateTable('devices')
    .set({ hardware_uuid: null })
    .where('hardware_uuid', 'in', spellingsOf(uuid))
    .where('id', '<>', deviceId)
    .where('withdrawn_at', 'is', null)
    .returning('id')
    .execute()
  const given = lost.map(({ id }) => changeOf(act, id, { field: 'hardware_uuid', from: uuid, to: null }))
  await tx
    .deleteFrom('device_aliases')
    .where('source', '=', aliasSource.uuid)
    .where('alias', 'in', spellingsOf(uuid))
    .execute()
  await addAlias(tx, aliasSource.uuid, uuid, deviceId)
  // What reports it proves something else from now on.
  await tx.updateTable('presence').set({ fingerprint: null }).where('device_id', '=', deviceId).execute()
  const { hardware_uuid: from } = await tx
    .selectFrom('devices')
    .select('hardware_uuid')
    .where('id', '=', deviceId)
    .executeTakeFirstOrThrow()
  if (from === uuid) return given
  if (from !== null) await addAlias(tx, aliasSource.uuid, from, deviceId)
  await tx.updateTable('devices').set({ hardware_uuid: uuid }).where('id', '=', deviceId).execute()
  return [...given, changeOf(act, deviceId, { field: 'hardware_uuid', from, to: uuid })]
}

export const changeOf = (
  act: Act,
  deviceId: string,
  change: { field: string; from: unknown; to: unknown },
): NewEvent => ({
  kind: 'device.changed',
  deviceId,
  occurredAt: act.now,
  actor: act.actor,
  payload: { changes: [change] },
})
