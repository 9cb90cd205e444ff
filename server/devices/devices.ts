// Devices: registered by imports, adopted when a check-in or a shipment knew them first.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { type Change, differences, type Saved } from '../custody/saved.ts'
import type { Tx } from '../lib/database.ts'
import { faultOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { aliasSource, type Device, isSameBoard, loadDirectory, normaliseSerial, normaliseUuid } from './identity.ts'

export const reportedStatuses = ['stock', 'in_service', 'repair', 'retired', 'lost'] as const

/** One device as a file has it: undefined is unchanged, null is cleared. */
export interface DeviceInput {
  serialNumber?: string | null | undefined
  assetTag?: string | null | undefined
  manufacturer?: string | null | undefined
  model?: string | null | undefined
  hardwareUuid?: string | null | undefined
  purchasedOn?: string | null | undefined
  status?: (typeof reportedStatuses)[number] | undefined
  holderId?: string | null | undefined
  notes?: Record<string, string>
}

/** Finds a device by its serial number, or keeps it as one not yet known: it is adopted when an import names it. */
export async function deviceForSerial(tx: Tx, act: Act, serial: string): Promise<{ id: string; events: NewEvent[] }> {
  const found =
    (await tx
      .selectFrom('devices')
      .select('id')
      .where('serial_number', '=', serial)
      .where('withdrawn_at', 'is', null)
      .executeTakeFirst()) ?? (await deviceOnceOf(tx, serial))
  return found ? { id: found.id, events: [] } : registerUnknown(tx, act, { serialNumber: serial, origin: 'shipment' })
}

/** The device that had this serial number on file before: it was written down wrong, or was that of a record merged since. */
async function deviceOnceOf(tx: Tx, serial: string): Promise<{ id: string } | undefined> {
  const row = await tx
    .selectFrom('device_aliases')
    .select('device_id as id')
    .where('source', '=', aliasSource.serial)
    .where('alias', '=', serial)
    .executeTakeFirst()
  return row
}

export interface UnknownDevice {
  serialNumber: string | null
  hardwareUuid?: string | null
  model?: string | null
  origin: 'check-in' | 'shipment'
}

/** A device that nobody registered, from the first report of it. */
export async function registerUnknown(
  tx: Tx,
  act: Act,
  input: UnknownDevice,
): Promise<{ id: string; events: NewEvent[] }> {
  const [registered] = await registerUnknowns(tx, act, [input])
  return registered!
}

/** Many of them, in one statement, and in the order given. */
export async function registerUnknowns(
  tx: Tx,
  act: Act,
  inputs: UnknownDevice[],
): Promise<{ id: string; events: NewEvent[] }[]> {
  if (inputs.length === 0) return []
  const rows = inputs.map((input) => ({
    id: newId('dev'),
    serial_number: input.serialNumber,
    hardware_uuid: input.hardwareUuid ?? null,
    model: input.model ?? null,
    known: false,
    life_cycle: 'stock',
    holder_kind: 'unknown',
    created_at: act.now,
  }))
  await tx.insertInto('devices').values(rows).execute()
  return rows.map(({ id }, index) => ({
    id,
    events: [
      {
        kind: 'device.registered',
        deviceId: id,
        occurredAt: act.now,
        actor: act.actor,
        payload: { origin: inputs[index]!.origin },
      },
    ],
  }))
}

async function findDevice(
  tx: Tx,
  input: DeviceInput,
  serialNumber: string | null,
  hardwareUuid: string | null,
): Promise<Device | undefined> {
  const assetTag = serialNumber || hardwareUuid ? null : (input.assetTag ?? null)
  const identity = { serialNumber, hardwareUuid, source: '', sourceDeviceId: null, assetTag }
  const directory = await loadDirectory(tx, [identity])
  const match = directory.match(directory.own(identity))
  if (match === null) return undefined
  return tx.selectFrom('devices').selectAll().where('id', '=', match.device.id).forUpdate().executeTakeFirstOrThrow()
}

/** Creates, adopts or updates one device. A placeholder serial number is refused, since it identifies nothing. */
export async function saveDevice(tx: Tx, act: Act, input: DeviceInput): Promise<Saved> {
  const serialNumber = normaliseSerial(input.serialNumber)
  const hardwareUuid = normaliseUuid(input.hardwareUuid)
  if (input.serialNumber && serialNumber === null)
    throw faultOf(
      'serial_number',
      `“${input.serialNumber}” is a placeholder and identifies no device; leave it empty and give hardware_uuid`,
    )
  if (serialNumber === null && hardwareUuid === null && !input.assetTag)
    throw faultOf('serial_number', 'is needed (or hardware_uuid, or the asset_tag of a device on file)')
  const row = await findDevice(tx, input, serialNumber, hardwareUuid)
  if (row === undefined && serialNumber === null && hardwareUuid === null)
    throw faultOf('asset_tag', 'is on no device on file, and a new device needs a serial_number')
  if (row?.hardware_uuid && hardwareUuid && !isSameBoard(row.hardware_uuid, hardwareUuid))
    throw faultOf(
      'hardware_uuid',
      'differs from the one on file for this serial number; one serial on several hardware UUIDs is no identity',
    )
  const next = {
    // A serial number that the device had before finds it, and is not the one it goes by.
    serial_number: row?.serial_number ? undefined : (serialNumber ?? undefined),
    asset_tag: input.assetTag,
    manufacturer: input.manufacturer,
    model: input.model,
    // One board in the other byte order is no change.
    hardware_uuid: row?.hardware_uuid ? undefined : (hardwareUuid ?? undefined),
    purchased_on: input.purchasedOn,
    notes: input.notes && Object.keys(input.notes).length > 0 ? input.notes : undefined,
  }
  const id = row?.id ?? newId('dev')
  const changes: Change[] = differences(row ?? {}, next)
  const set = Object.fromEntries(
    changes.map((change) => [change.field, change.field === 'notes' ? JSON.stringify(change.to) : change.to]),
  )
  const before: Record<string, unknown> | null =
    row === undefined || !row.known ? null : Object.fromEntries(changes.map((change) => [change.field, change.from]))
  const events: NewEvent[] = []
  if (row === undefined) {
    await tx
      .insertInto('devices')
      .values({ ...set, id, known: true, created_at: act.now } as never)
      .execute()
    events.push({
      kind: 'device.registered',
      deviceId: id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { origin: 'import' },
    })
  } else if (changes.length > 0 || !row.known) {
    await tx
      .updateTable('devices')
      .set({ ...set, known: true })
      .where('id', '=', id)
      .execute()
    if (!row.known)
      events.push({
        kind: 'device.registered',
        deviceId: id,
        occurredAt: row.created_at,
        actor: act.actor,
        payload: { origin: 'import' },
      })
    else
      events.push({ kind: 'device.changed', deviceId: id, occurredAt: act.now, actor: act.actor, payload: { changes } })
  }
  const reported = await reportStatus(tx, act, id, row === undefined, input)
  if (reported) {
    events.push(reported)
    changes.push({ field: 'status', from: row?.life_cycle ?? null, to: input.status })
    if (before) before['status'] = row?.life_cycle
  }
  const result = row === undefined || !row.known ? 'created' : changes.length > 0 ? 'updated' : 'unchanged'
  return { result, entity: 'device', id, changes, before, events }
}

/** A status is a report only where it differs from the last one that a file reported: an old file sent again moves nothing. */
async function reportStatus(
  tx: Tx,
  act: Act,
  deviceId: string,
  isNew: boolean,
  input: DeviceInput,
): Promise<NewEvent | null> {
  if (input.status === undefined) return null
  const last = isNew
    ? undefined
    : await tx
        .selectFrom('ledger')
        .select('payload')
        .where('device_id', '=', deviceId)
        .where('kind', '=', 'device.status_reported')
        .where(sql<boolean>`payload->>'by' is null`)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst()
  const was = (last?.payload ?? { status: 'stock', holderId: null }) as { status: string; holderId: string | null }
  const holderId = input.status === 'in_service' ? (input.holderId ?? null) : null
  if (was.status === input.status && was.holderId === holderId) return null
  return {
    kind: 'device.status_reported',
    deviceId,
    occurredAt: act.now,
    actor: act.actor,
    payload: { status: input.status, holderId },
  }
}
