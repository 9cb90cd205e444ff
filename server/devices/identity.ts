// Which device a report is about: serial number, hardware UUID, the source's own id, asset tag, with "matched by".
//
// The first of these that is on file decides, in this order:
//   serial number      unless it is several machines' (`sharedSerial`); also a serial that a record had before
//   hardware UUID      in either byte order, of the device or of one of its boards before, unless it is several
//                      machines' (`sharedUuid`)
//   id in the source   of that source alone; an id once told stays its device's, unless it is several machines'
//                      (`sharedId`)
//   asset tag          of an import; like the id, not where it comes with another board
// A report with a serial number of its own is never a record with another serial number. What else it carries of another
// record (`claimsOf`) is the proof that the two are one, where that one has no serial number and no other UUID; else a doubt.
// A virtual machine's serial number (VMware-…, Parallels-…) is one like any other, until a clone makes it several machines'.
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../lib/database.ts'
import type { DevicesTable } from '../lib/tables.ts'

export type Device = Selectable<DevicesTable>

// What firmware says when nobody wrote a serial number into it, squeezed to letters and digits. Sources: dmidecode and
// MDM forums' lists as gathered in the research notes (wire formats 3.1), and what board makers leave in; extended by one
// character over and over.
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
  'serial',
  'systemserial',
  'serialnumberhere',
  'noserialnumber',
  'nosn',
  'ssn12345678901234567',
  'notdefined',
  'undefined',
  'unspecified',
  'unavailable',
  'tbd',
  'bsn12345678901234567',
  'mb1234567890',
  'filledbyoem',
  'todefinebyoem',
  '03000200040005000006000700080009',
  '4c4c454400002010802080c04f202020',
  '123456781234567890abcddeefaabbcc',
  '0123456789abcdef0123456789abcdef',
  '00020003000400050006000700080009',
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

const groups = /^([0-9A-F]{8})-?([0-9A-F]{4})-?([0-9A-F]{4})-?([0-9A-F]{4})-?([0-9A-F]{12})$/

/** A hardware UUID in upper case and in its five groups, or null where it is a placeholder. */
export function normaliseUuid(text: string | null | undefined): string | null {
  const uuid = (text ?? '')
    .trim()
    .toUpperCase()
    .replace(/^\{|\}$/g, '')
  return isJunk(uuid) ? null : uuid.replace(groups, '$1-$2-$3-$4-$5')
}

/**
 * Both ways in which a normalised UUID is told, its own first: SMBIOS has its first three groups in little endian, and
 * tools differ in whether they turn them (DMTF DSP0134, 7.2.1). What is no UUID has one way.
 */
export function spellingsOf(uuid: string): string[] {
  const bytesTurned = (group: string) => group.match(/../g)!.toReversed().join('')
  const turned = uuid.replace(groups, (_, a: string, b: string, c: string, d: string, e: string) =>
    [...[a, b, c].map(bytesTurned), d, e].join('-'),
  )
  return turned === uuid ? [uuid] : [uuid, turned]
}

/** The same for the same board, in whichever byte order a source tells its UUID; null for placeholders and what is no UUID. */
export function boardKey(text: string | null | undefined): string | null {
  const uuid = normaliseUuid(text)
  return uuid !== null && groups.test(uuid) ? spellingsOf(uuid).sort()[0]! : null
}

/** Whether two normalised UUIDs are of one board. */
export const isSameBoard = (one: string, other: string): boolean => spellingsOf(one).includes(other)

/** What a report says of itself; placeholders are already null. */
export interface Identity {
  serialNumber: string | null
  hardwareUuid: string | null
  source: string
  sourceDeviceId: string | null
  assetTag: string | null
}

export type MatchedBy = 'serial number' | 'hardware UUID' | 'id in the source' | 'asset tag'

export interface Match {
  device: Device
  by: MatchedBy
}

/** Something that a report says of itself and that leads to another record than its own. */
export interface Claim {
  by: 'hardware UUID' | 'id in the source'
  other: Device
  /** Nothing speaks against their being one machine. */
  isSame: boolean
}

/** The keys under which aliases are kept. What is shared belongs to several machines and identifies none. */
export const aliasSource = {
  serial: 'serial number',
  uuid: 'hardware uuid',
  sharedSerial: 'shared serial',
  sharedUuid: 'shared uuid',
  /** Of a source: its alias is `sharedIdOf`. */
  sharedId: 'shared id',
} as const

/** Under which alias it is kept that an id of a source is several machines'. */
export const sharedIdOf = (source: string, sourceDeviceId: string): string => `${source}\n${sourceDeviceId}`

/** What the database knows of many identities, in two statements however many there are. */
export interface Directory {
  /** The same without what several machines share, and with the UUID as it is written on file. */
  own(identity: Identity): Identity
  /** Takes an identity of `own`, as the others below. */
  match(identity: Identity): Match | null
  claimsOf(identity: Identity, device: Device): Claim[]
  /** Whether a new record may take this serial number, or this UUID, as its own. */
  isFree(name: { serialNumber: string } | { hardwareUuid: string }): boolean
  /** Whether the source's own id of it is known already, of whichever device. */
  hasSourceId(identity: Identity): boolean
  /** Whether the UUID is that of another record. */
  isUuidOfAnother(uuid: string, device: Device): boolean
  isUuidOf(uuid: string, device: Device): boolean
}

/** By what a source knows a device where nothing else of it counts. */
export const ownKeyOf = (identity: Identity): string | null =>
  identity.sourceDeviceId ?? identity.hardwareUuid ?? identity.serialNumber

/** Looks up all the identities of a batch at once. */
export async function loadDirectory(tx: Tx, identities: Identity[]): Promise<Directory> {
  const values = (pick: (identity: Identity) => string | null) => [
    ...new Set(identities.map(pick).filter((value) => value !== null)),
  ]
  const serials = values((i) => i.serialNumber)
  const uuids = values((i) => i.hardwareUuid).flatMap(spellingsOf)
  const tags = values((i) => i.assetTag?.toLowerCase() ?? null)
  const names = await loadNames(tx, {
    serials,
    uuids,
    sourceIds: values((i) => i.sourceDeviceId),
    sharedIds: values((i) => i.sourceDeviceId && sharedIdOf(i.source, i.sourceDeviceId)),
    tags,
    sources: values((i) => i.source),
  })
  const devices = await tx
    .selectFrom('devices')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('serial_number', '=', eb.fn.any(eb.val(serials))),
        eb('hardware_uuid', '=', eb.fn.any(eb.val(uuids))),
        eb(eb.fn('lower', ['asset_tag']), '=', eb.fn.any(eb.val(tags))),
        eb('id', '=', eb.fn.any(eb.val(names.map((row) => row.device_id)))),
      ]),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return directoryOf(names, devices)
}

interface Named {
  source: string
  alias: string
  device_id: string
  refused: boolean
}

/**
 * Aliases, and the matches that were found wrong, in one statement. Where one was, what a source tells may be all that it
 * knows a device by: then those names are looked up too.
 */
async function loadNames(
  tx: Tx,
  asked: Record<'serials' | 'uuids' | 'sourceIds' | 'sharedIds' | 'tags' | 'sources', string[]>,
): Promise<Named[]> {
  const { serials, uuids, sourceIds, sharedIds, tags, sources } = asked
  const told = [...new Set([...sourceIds, ...uuids, ...serials])]
  const read = async (ids: string[]) => {
    const sought = [
      ...pairs([aliasSource.uuid, aliasSource.sharedUuid], uuids),
      ...pairs([aliasSource.serial, aliasSource.sharedSerial], serials),
      ...pairs([aliasSource.sharedId], sharedIds),
      ...pairs(sources, ids),
    ]
    // As pairs: lists of sources and of names would each be held against every alias there is.
    const rows = await sql<Named>`
      select a.source, a.alias, a.device_id, false as refused
      from (select distinct * from unnest(
        ${sought.map(([source]) => source)}::text[], ${sought.map(([, alias]) => alias)}::text[])) as asked (source, alias)
      join device_aliases a on a.source = asked.source and a.alias = asked.alias
      union all
      select source, alias, device_id, true from match_refusals
      where source = any (${sources}::text[]) and alias = any (${[...told, ...tags]}::text[])`.execute(tx)
    return rows.rows
  }
  const names = await read(sourceIds)
  return names.some((row) => row.refused) ? read(told) : names
}

const pairs = (sources: string[], names: string[]) =>
  sources.flatMap((source) => names.map((name) => [source, name] as const))

/** Of two devices with one name the last of the list has it: the one that is on file for longer. */
function directoryOf(names: Named[], devices: Device[]): Directory {
  const keyed = (pick: (device: Device) => string | null) =>
    new Map(devices.flatMap((device) => (pick(device) === null ? [] : [[pick(device)!, device] as const])))
  const byId = keyed((device) => device.id)
  const bySerial = keyed((device) => device.serial_number)
  const byUuid = keyed((device) => device.hardware_uuid)
  const byTag = keyed((device) => device.asset_tag?.toLowerCase() ?? null)
  const aliases = new Map(
    names.filter((row) => !row.refused).map((row) => [`${row.source}\n${row.alias}`, byId.get(row.device_id)]),
  )
  const refusals = new Set(
    names.filter((row) => row.refused).map((row) => `${row.source}\n${row.alias}\n${row.device_id}`),
  )
  const alias = (source: string, name: string | null) => (name === null ? undefined : aliases.get(`${source}\n${name}`))
  const ofSerial = (serial: string | null) =>
    serial === null ? undefined : (bySerial.get(serial) ?? alias(aliasSource.serial, serial))
  const ofUuid = (uuid: string | null) =>
    uuid === null ? undefined : (byUuid.get(uuid) ?? alias(aliasSource.uuid, uuid))
  const isRefused = (identity: Identity, name: string | null, device: Device) =>
    name !== null && refusals.has(`${identity.source}\n${name}\n${device.id}`)

  // A report with a serial number of its own is never another serial's device.
  const mayBe = (identity: Identity, device: Device) => identity.serialNumber === null || device.serial_number === null
  // Nor is another board, where only an id or a tag says so: those are copied and stuck on elsewhere.
  const isBoardOf = ({ hardwareUuid }: Identity, device: Device) =>
    hardwareUuid === null || device.hardware_uuid === null || isUuidOf(hardwareUuid, device)
  const isUuidOf = (uuid: string, device: Device) =>
    device.hardware_uuid === uuid || alias(aliasSource.uuid, uuid)?.id === device.id

  const candidates = (identity: Identity) => {
    const { serialNumber, hardwareUuid, source, assetTag } = identity
    const tag = assetTag?.toLowerCase() ?? null
    return [
      { by: 'serial number', name: serialNumber, device: ofSerial(serialNumber) },
      { by: 'hardware UUID', name: hardwareUuid, device: ofUuid(hardwareUuid) },
      { by: 'id in the source', name: ownKeyOf(identity), device: alias(source, ownKeyOf(identity)) },
      { by: 'asset tag', name: tag, device: tag === null ? undefined : byTag.get(tag) },
    ] as const
  }
  const unless = (shared: string, name: string) => (aliases.has(`${shared}\n${name}`) ? null : name)
  const uuidOnFile = (uuid: string) => {
    const spellings = spellingsOf(uuid)
    if (spellings.some((one) => unless(aliasSource.sharedUuid, one) === null)) return null
    return spellings.find((one) => ofUuid(one) !== undefined) ?? uuid
  }
  return {
    own: (identity) => {
      const { serialNumber, hardwareUuid, source, sourceDeviceId } = identity
      const isIdShared =
        sourceDeviceId !== null && unless(aliasSource.sharedId, sharedIdOf(source, sourceDeviceId)) === null
      return {
        ...identity,
        serialNumber: serialNumber && unless(aliasSource.sharedSerial, serialNumber),
        hardwareUuid: hardwareUuid && uuidOnFile(hardwareUuid),
        sourceDeviceId: isIdShared ? null : sourceDeviceId,
      }
    },
    match(identity) {
      for (const { by, name, device } of candidates(identity)) {
        if (device === undefined || isRefused(identity, name, device)) continue
        if (
          by === 'serial number' ||
          (mayBe(identity, device) && (by === 'hardware UUID' || isBoardOf(identity, device)))
        )
          return { device, by }
      }
      return null
    },
    claimsOf: (identity, device) =>
      candidates(identity).flatMap(({ by, name, device: other }): Claim[] => {
        if (by !== 'hardware UUID' && by !== 'id in the source') return []
        if (other === undefined || other.id === device.id || isRefused(identity, name, other)) return []
        const board = identity.hardwareUuid ?? device.hardware_uuid
        const isItsBoard = board === null || other.hardware_uuid === null || isSameBoard(board, other.hardware_uuid)
        return [{ by, other, isSame: other.serial_number === null && isItsBoard }]
      }),
    isFree: (name) =>
      'serialNumber' in name ? ofSerial(name.serialNumber) === undefined : ofUuid(name.hardwareUuid) === undefined,
    hasSourceId: ({ source, sourceDeviceId }) => alias(source, sourceDeviceId) !== undefined,
    isUuidOfAnother: (uuid, device) => (ofUuid(uuid) ?? device).id !== device.id,
    isUuidOf,
  }
}

/** Keeps another name of a device; a name that is somebody's already stays theirs. */
export async function addAlias(tx: Tx, source: string, alias: string, deviceId: string): Promise<void> {
  await tx
    .insertInto('device_aliases')
    .values({ source, alias, device_id: deviceId })
    .onConflict((oc) => oc.doNothing())
    .execute()
}
