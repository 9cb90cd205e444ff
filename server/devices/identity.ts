// Which device a report is about: serial number, hardware UUID, the source's own id, asset tag, with "matched by".
import type { Selectable } from 'kysely'
import type { Tx } from '../lib/database.ts'
import type { DevicesTable } from '../lib/tables.ts'

export type Device = Selectable<DevicesTable>

// What firmware says when nobody wrote a serial number into it, squeezed to letters and digits. Sources: dmidecode and
// MDM forums' lists as gathered in the research notes (wire formats 3.1); extended by one character over and over.
const junk = new Set([
  '',
  '0',
  'none',
  'null',
  'na',
  'unknown',
  'default',
  'defaultstring',
  'systemserialnumber',
  'serialnumber',
  'chassisserialnumber',
  'tobefilledbyoem',
  'tobefilledbyo',
  'notspecified',
  'notapplicable',
  'notavailable',
  'notset',
  'notsettable',
  'notpresent',
  'invalid',
  'oem',
  'empty',
  'xxx',
  '0123456789',
  '123456789',
  '1234567890',
  '12345678',
  '1234567',
  '123456',
  'abcdefghij',
  'vmware',
  '00000000000000000000000000000000',
  'ffffffffffffffffffffffffffffffff',
  '03000200040005000006000700080009',
])

function isJunk(text: string): boolean {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  return junk.has(plain) || /^(.)\1*$/.test(plain)
}

/** A serial number as we compare it, or null where it is a placeholder and no identity. */
export function normaliseSerial(text: string | null | undefined): string | null {
  const serial = (text ?? '').trim().toUpperCase()
  return isJunk(serial) ? null : serial
}

/** A hardware UUID in upper case, or null where it is a placeholder. */
export function normaliseUuid(text: string | null | undefined): string | null {
  const uuid = (text ?? '')
    .trim()
    .toUpperCase()
    .replace(/^\{|\}$/g, '')
  return isJunk(uuid) ? null : uuid
}

/** What a report says of itself; placeholders are already null. */
export interface Identity {
  serialNumber: string | null
  hardwareUuid: string | null
  source: string
  sourceDeviceId: string | null
  assetTag: string | null
}

export interface Match {
  device: Device
  by: 'serial number' | 'hardware UUID' | 'id in the source' | 'asset tag'
}

/** The keys under which aliases are kept. A shared serial belongs to several machines and identifies none. */
export const aliasSource = { uuid: 'hardware uuid', sharedSerial: 'shared serial' } as const

/** What the database knows of many identities, in three statements however many there are. */
export interface Directory {
  match(identity: Identity): Match | null
  isSharedSerial(serial: string): boolean
}

/** Looks up all the identities of a batch at once. */
export async function loadDirectory(tx: Tx, identities: Identity[]): Promise<Directory> {
  const values = (pick: (identity: Identity) => string | null) => [
    ...new Set(identities.map(pick).filter((value) => value !== null)),
  ]
  const serials = values((i) => i.serialNumber)
  const uuids = values((i) => i.hardwareUuid)
  const tags = values((i) => i.assetTag?.toLowerCase() ?? null)
  const sourceIds = values((i) => i.sourceDeviceId)
  const aliases = await tx
    .selectFrom('device_aliases')
    .selectAll()
    .where((eb) =>
      eb.or([
        eb.and([eb('source', '=', aliasSource.uuid), eb('alias', '=', eb.fn.any(eb.val(uuids)))]),
        eb.and([eb('source', '=', aliasSource.sharedSerial), eb('alias', '=', eb.fn.any(eb.val(serials)))]),
        eb.and([
          eb('source', '=', eb.fn.any(eb.val(values((i) => i.source)))),
          eb('alias', '=', eb.fn.any(eb.val(sourceIds))),
        ]),
      ]),
    )
    .execute()
  const aliasIds = aliases.map((row) => row.device_id)
  const devices = await tx
    .selectFrom('devices')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('serial_number', '=', eb.fn.any(eb.val(serials))),
        eb('hardware_uuid', '=', eb.fn.any(eb.val(uuids))),
        eb(eb.fn('lower', ['asset_tag']), '=', eb.fn.any(eb.val(tags))),
        eb('id', '=', eb.fn.any(eb.val(aliasIds))),
      ]),
    )
    .execute()
  const byId = new Map(devices.map((device) => [device.id, device]))
  const bySerial = new Map(
    devices.flatMap((device) => (device.serial_number ? [[device.serial_number, device] as const] : [])),
  )
  const byUuid = new Map(
    devices.flatMap((device) => (device.hardware_uuid ? [[device.hardware_uuid, device] as const] : [])),
  )
  const byTag = new Map(
    devices.flatMap((device) => (device.asset_tag ? [[device.asset_tag.toLowerCase(), device] as const] : [])),
  )
  const byAlias = new Map(aliases.map((row) => [`${row.source}\n${row.alias}`, byId.get(row.device_id)]))
  const shared = new Set(aliases.filter((row) => row.source === aliasSource.sharedSerial).map((row) => row.alias))
  return {
    isSharedSerial: (serial) => shared.has(serial),
    match(identity) {
      const { serialNumber, hardwareUuid, source, sourceDeviceId, assetTag } = identity
      const serial = serialNumber !== null && !shared.has(serialNumber) ? bySerial.get(serialNumber) : undefined
      if (serial) return { device: serial, by: 'serial number' }
      // A report with a serial number of its own is never another serial's device.
      const fits = (device: Device | undefined): device is Device =>
        device !== undefined && (serialNumber === null || shared.has(serialNumber) || device.serial_number === null)
      const uuid =
        hardwareUuid === null
          ? undefined
          : (byUuid.get(hardwareUuid) ?? byAlias.get(`${aliasSource.uuid}\n${hardwareUuid}`))
      if (fits(uuid)) return { device: uuid, by: 'hardware UUID' }
      const own = sourceDeviceId === null ? undefined : byAlias.get(`${source}\n${sourceDeviceId}`)
      if (fits(own)) return { device: own, by: 'id in the source' }
      const tag = assetTag === null ? undefined : byTag.get(assetTag.toLowerCase())
      return fits(tag) ? { device: tag, by: 'asset tag' } : null
    },
  }
}
