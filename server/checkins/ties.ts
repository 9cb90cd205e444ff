// Ties check-ins to their devices: one not yet known is kept as unknown, two records that prove to be one are merged.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { lockSubjects } from '../custody/record.ts'
import { registerUnknowns } from '../devices/devices.ts'
import {
  addAlias,
  aliasSource,
  boardKey,
  type Claim,
  type Device,
  type Directory,
  type Identity,
  loadDirectory,
  normaliseSerial,
  normaliseUuid,
  ownKeyOf,
} from '../devices/identity.ts'
import { changeOf, mergeDevices } from '../devices/merging.ts'
import type { Tx } from '../lib/database.ts'
import type { Fault } from '../lib/errors.ts'
import { giveUpShared } from './shared.ts'
import { type CheckInItem, type Sighted, sight, type Tie } from './sighted.ts'

const identityOf = ({ checkIn, source }: CheckInItem): Identity => ({
  serialNumber: normaliseSerial(checkIn.serialNumber),
  hardwareUuid: normaliseUuid(checkIn.hardwareUuid),
  source,
  sourceDeviceId: checkIn.sourceDeviceId || null,
  assetTag: checkIn.assetTag || null,
})

const nobody: Fault = {
  path: 'serialNumber',
  problem: 'is a placeholder and identifies no device; send the hardwareUuid',
}

/** The lock of whoever registers what nobody knows. */
const REGISTERING = 7355623

export interface Tied {
  sighted: Sighted[]
  /** Of items that identify no device, by their index. */
  faults: Map<number, Fault[]>
  /** What was found out about devices on the way, to be recorded with the rest. */
  events: NewEvent[]
}

/** A batch on its way: what its items say of themselves, and what each is of by the directory as it stands. */
interface Batch {
  items: CheckInItem[]
  raw: Identity[]
  directory: Directory
  ties: (Tie | null)[]
}

/** What one step found out; null where the directory stays as it is. */
type Found = NewEvent[] | null

/**
 * Finds the device of each item, in two statements while all are known. What one item teaches, the others of its batch
 * are tied by, as if they had come after it.
 */
export async function tieToDevices(tx: Tx, act: Act, items: CheckInItem[]): Promise<Tied> {
  const raw = items.map(identityOf)
  const look = async (): Promise<Batch> => {
    const directory = await loadDirectory(tx, raw)
    return { items, raw, directory, ties: raw.map((one) => tieOf(one, directory)) }
  }
  let batch = await look()
  if (raw.some((one, index) => batch.ties[index] === null && ownKeyOf(batch.directory.own(one)) !== null)) {
    // Two batches that meet one new laptop would each register it: the second waits until the first one's is on file.
    await sql`select pg_advisory_xact_lock(${REGISTERING})`.execute(tx)
    batch = await look()
  }
  const before = batch
  const events: NewEvent[] = []
  let isSettled = false
  while (!isSettled) {
    isSettled = true
    for (const step of [register, keepIds, learnSerials, learnBoards, giveUpShared, mergeSame]) {
      const found = await step(tx, act, batch)
      if (found === null) continue
      isSettled = false
      events.push(...found)
      batch = await look()
    }
  }
  const sighted: Sighted[] = []
  const faults = new Map<number, Fault[]>()
  const taught = new Set<string>()
  for (const [index, item] of items.entries()) {
    const tie = batch.ties[index] ?? null
    if (tie === null) faults.set(index, [nobody])
    else sighted.push(sight(act, item, index, asTold(tie, before.ties[index] ?? null, taught)))
  }
  return { sighted, faults, events }
}

/** A tie as it is told: whoever teaches an id in the source (`taught`: already) was known by something else before. */
function asTold(tie: Tie, before: Tie | null, taught: Set<string>): Tie {
  if (before === null || before.device.id !== tie.device.id) return { ...tie, isNew: true }
  if (!before.isNew) return { ...tie, isNew: before.matchedBy !== tie.matchedBy }
  const id = `${tie.identity.source}\n${tie.identity.sourceDeviceId}`
  const isFirst = !taught.has(id)
  taught.add(id)
  const isById = isFirst && tie.matchedBy === 'id in the source'
  return { ...tie, isNew: true, matchedBy: isById ? before.matchedBy : tie.matchedBy }
}

function tieOf(raw: Identity, directory: Directory): Tie | null {
  const identity = directory.own(raw)
  const match = directory.match(identity)
  if (match === null) return null
  const { device, by: matchedBy } = match
  return {
    device,
    matchedBy,
    identity,
    claims: directory.claimsOf(identity, device),
    isNew: identity.sourceDeviceId !== null && !directory.hasSourceId(identity),
    uuid: uuidOf(identity, device, directory),
  }
}

function uuidOf({ hardwareUuid }: Identity, device: Device, directory: Directory): Tie['uuid'] {
  if (hardwareUuid === null) return 'none'
  if (directory.isUuidOfAnother(hardwareUuid, device)) return 'of another'
  return directory.isUuidOf(hardwareUuid, device) ? 'known' : 'new'
}

/**
 * Keeps what nobody registered as unknown, under what is nobody's yet. Of items that share a name and are not one in all
 * of them only the first: whose the others are shows once that one is on file.
 */
async function register(tx: Tx, act: Act, { items, raw, directory, ties }: Batch): Promise<Found> {
  const unknown = new Map<string, { own: Identity; names: Names; model: string | null }>()
  const told = new Map<string, string>()
  for (const [index, item] of items.entries()) {
    if (ties[index] !== null) continue
    const own = directory.own(raw[index]!)
    const names = newNames(own, directory)
    const key = names.all.join('\n\n')
    if (names.all.length === 0 || names.all.some((name) => (told.get(name) ?? key) !== key)) continue
    for (const name of names.all) told.set(name, key)
    const first = unknown.get(key)
    unknown.set(key, { own, names, ...first, model: first?.model ?? item.checkIn.model ?? null })
  }
  if (unknown.size === 0) return null
  // In the order of their keys, so that two batches that meet the same new laptops do not wait for each other.
  const sorted = [...unknown].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  const registered = await registerUnknowns(
    tx,
    act,
    sorted.map(({ names, model }) => ({ ...names, model, origin: 'check-in' as const })),
  )
  for (const [index, device] of registered.entries()) {
    const { own, names } = sorted[index]!
    if (names.serialNumber === null && names.hardwareUuid === null)
      await addAlias(tx, own.source, ownKeyOf(own)!, device.id)
  }
  return registered.flatMap((device) => device.events)
}

/** What of an identity is nobody's yet. */
interface Names {
  serialNumber: string | null
  hardwareUuid: string | null
  /** Each as a key of its own; one at least where it identifies anything. */
  all: string[]
}

function newNames(own: Identity, directory: Directory): Names {
  const serialNumber = freeSerial(own, directory)
  const hardwareUuid = freeUuid(own, directory)
  const inSource = serialNumber === null && hardwareUuid === null ? ownKeyOf(own) : newId(own, directory)
  const all = [
    ...(serialNumber === null ? [] : [`serial ${serialNumber}`]),
    ...(hardwareUuid === null ? [] : [`board ${boardKey(hardwareUuid) ?? hardwareUuid}`]),
    ...(inSource === null ? [] : [`id ${own.source}\n${inSource}`]),
  ]
  return { serialNumber, hardwareUuid, all }
}

const newId = (own: Identity, directory: Directory) => (directory.hasSourceId(own) ? null : own.sourceDeviceId)

const freeSerial = ({ serialNumber }: Identity, directory: Directory) =>
  serialNumber !== null && directory.isFree({ serialNumber }) ? serialNumber : null

const freeUuid = ({ hardwareUuid }: Identity, directory: Directory) =>
  hardwareUuid !== null && directory.isFree({ hardwareUuid }) ? hardwareUuid : null

/**
 * Keeps the sources' own ids of devices, each for the first that tells it. An id that is another's stays that one's,
 * unless that record was withdrawn.
 */
async function keepIds(tx: Tx, _: Act, { ties }: Batch): Promise<Found> {
  const told = ties.flatMap((tie) =>
    tie?.isNew && tie.identity.sourceDeviceId !== null
      ? [{ source: tie.identity.source, alias: tie.identity.sourceDeviceId, deviceId: tie.device.id }]
      : [],
  )
  if (told.length === 0) return null
  const first = new Map(told.toReversed().map((one) => [`${one.source}\n${one.alias}`, one]))
  const rows = [...first].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  await sql`
    insert into device_aliases as a (source, alias, device_id)
    select * from unnest(
      ${rows.map((one) => one.source)}::text[], ${rows.map((one) => one.alias)}::text[], ${rows.map((one) => one.deviceId)}::text[])
    on conflict (source, alias) do update set device_id = excluded.device_id, merged_from = null
    where exists (select from devices d where d.id = a.device_id and d.withdrawn_at is not null)`.execute(tx)
  return []
}

/** A record that had no serial number has the first one that is told and is nobody else's. */
async function learnSerials(tx: Tx, act: Act, { ties, directory }: Batch): Promise<Found> {
  const told = new Map<string, string>()
  const taken = new Set<string>()
  for (const tie of ties) {
    const serial = tie?.device.serial_number === null ? freeSerial(tie.identity, directory) : null
    if (tie === null || serial === null || told.has(tie.device.id) || taken.has(serial)) continue
    told.set(tie.device.id, serial)
    taken.add(serial)
  }
  if (told.size === 0) return null
  await lockSubjects(tx, { deviceIds: told.keys() })
  await sql`
    update devices d set serial_number = told.serial
    from unnest(${[...told.keys()]}::text[], ${[...told.values()]}::text[]) as told (id, serial) where d.id = told.id`.execute(
    tx,
  )
  return [...told].map(([id, to]) => changeOf(act, id, { field: 'serial_number', from: null, to }))
}

/** A record that had no UUID has the first one that is told and is nobody else's. */
async function learnBoards(tx: Tx, _: Act, { ties }: Batch): Promise<Found> {
  const told = new Map<string, string>()
  const taken = new Set<string>()
  for (const tie of ties) {
    const uuid = tie?.device.hardware_uuid === null && tie.uuid !== 'of another' ? tie.identity.hardwareUuid : null
    if (tie === null || uuid === null || told.has(tie.device.id) || taken.has(boardKey(uuid) ?? uuid)) continue
    told.set(tie.device.id, uuid)
    taken.add(boardKey(uuid) ?? uuid)
  }
  if (told.size === 0) return null
  await lockSubjects(tx, { deviceIds: told.keys() })
  await sql`
    with told as (select * from unnest(${[...told.keys()]}::text[], ${[...told.values()]}::text[]) as told (id, uuid)),
    named as (
      insert into device_aliases (source, alias, device_id) select ${aliasSource.uuid}, uuid, id from told
      on conflict do nothing
    )
    update devices d set hardware_uuid = told.uuid from told where d.id = told.id`.execute(tx)
  return []
}

/** A record that one report shows to be another's, by carrying what each was known by, becomes that one's. */
async function mergeSame(tx: Tx, act: Act, { ties }: Batch): Promise<Found> {
  const pairs = new Map<string, { kept: Device; claim: Claim }>()
  for (const tie of ties)
    for (const claim of tie?.claims ?? [])
      if (tie !== null && claim.isSame && !pairs.has(tie.device.id))
        pairs.set(claim.other.id, { kept: tie.device, claim })
  if (pairs.size === 0) return null
  await lockSubjects(tx, { deviceIds: [...pairs].flatMap(([fromId, { kept }]) => [fromId, kept.id]) })
  const events: NewEvent[] = []
  for (const [fromId, { kept, claim }] of pairs) {
    const by = claim.by === 'hardware UUID' ? claim.by : 'serial number'
    events.push(...(await mergeDevices(tx, act, { keptId: kept.id, fromId, by })))
  }
  return events
}
