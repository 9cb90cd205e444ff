// The board of a device: another UUID is a swap, and too many are several machines under one serial number.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { addAlias, aliasSource, isSameBoard, normaliseUuid, spellingsOf } from '../devices/identity.ts'
import type { Tx } from '../lib/database.ts'
import type { FacetValues } from './facet-values.ts'
import type { Members } from './facets.ts'
import { newUuid, type Sighted } from './sighted.ts'

/** So many boards under one serial number, or one that came back, and the serial number identifies nothing. */
const SHARED_SERIAL_UUIDS = 3

/**
 * What a report says of the board, after what sources said before (`values`, of the hardware facet). Where a source
 * tells another UUID than it told, the board was swapped. Where two sources each tell their own, they disagree: that is
 * a mismatch, and the device is known by both. Rows are written; the events are for the caller to record.
 */
export async function noteBoard(tx: Tx, act: Act, one: Sighted, values: FacetValues): Promise<NewEvent[]> {
  const uuid = newUuid(one)
  const from = one.device.hardware_uuid
  if (uuid === null || from === null || isSameBoard(uuid, from)) return []
  const told = uuidIn(values.current({ deviceId: one.device.id, source: one.source, facet: 'hardware' }))
  if (told !== null && isSameBoard(told, uuid)) return []
  if (!(told !== null && isSameBoard(told, from)) && (await isToldElsewhere(tx, one, from, values))) {
    await addAlias(tx, aliasSource.uuid, uuid, one.device.id)
    return []
  }
  const events = await swap(tx, act, one, uuid)
  await setUuid(tx, one, uuid)
  return events
}

async function setUuid(tx: Tx, { device }: Sighted, uuid: string): Promise<void> {
  await tx.updateTable('devices').set({ hardware_uuid: uuid }).where('id', '=', device.id).execute()
  device.hardware_uuid = uuid
}

const uuidIn = (members: Members | null) => normaliseUuid(members?.['hardwareUuid'] as string | undefined)

/** Whether another source says that the board is this one: before, or in this batch. */
async function isToldElsewhere(tx: Tx, one: Sighted, uuid: string, values: FacetValues): Promise<boolean> {
  const isIt = (told: string | null) => told !== null && isSameBoard(told, uuid)
  const puts = values.puts(one.device.id, 'hardware')
  if (puts.some(({ source, members }) => source !== one.source && isIt(uuidIn(members)))) return true
  const row = await tx
    .selectFrom('facets')
    .select('source')
    .where('device_id', '=', one.device.id)
    .where('facet', '=', 'hardware')
    .where('source', '<>', one.source)
    .where(
      sql<string>`translate(upper(content->>'hardwareUuid'), '{}-', '')`,
      'in',
      spellingsOf(uuid).map((one) => one.replaceAll('-', '')),
    )
    .executeTakeFirst()
  return row !== undefined
}

async function swap(tx: Tx, act: Act, one: Sighted, uuid: string): Promise<NewEvent[]> {
  const { device } = one
  const from = device.hardware_uuid!
  const known = await tx
    .selectFrom('device_aliases')
    .select('alias')
    .where('source', '=', aliasSource.uuid)
    .where('device_id', '=', device.id)
    .execute()
  const isReturn = known.some((row) => row.alias === uuid)
  await addAlias(tx, aliasSource.uuid, uuid, device.id)
  await addAlias(tx, aliasSource.uuid, from, device.id)
  const about = { deviceId: device.id, occurredAt: one.at, actor: act.actor }
  const events: NewEvent[] = [
    { ...about, kind: 'device.changed', payload: { changes: [{ field: 'hardware_uuid', from, to: uuid }] } },
  ]
  if (device.serial_number === null || !(isReturn || known.length + 1 >= SHARED_SERIAL_UUIDS)) return events
  await giveUpSerial(tx, one, uuid)
  return [
    ...events,
    {
      ...about,
      kind: 'device.identity_doubted',
      payload: { doubt: 'serial on several machines', source: one.source, otherDeviceId: null },
    },
  ]
}

/** The serial is several machines': each goes by its own UUID from now on, and this device keeps the one it has. */
async function giveUpSerial(tx: Tx, { device }: Sighted, uuid: string): Promise<void> {
  await addAlias(tx, aliasSource.sharedSerial, device.serial_number!, device.id)
  await tx
    .deleteFrom('device_aliases')
    .where('source', '=', aliasSource.uuid)
    .where('device_id', '=', device.id)
    .where('alias', '<>', uuid)
    .execute()
  // What was taken for this device by its serial may be another's from now on.
  await tx.updateTable('presence').set({ fingerprint: null }).where('device_id', '=', device.id).execute()
}
