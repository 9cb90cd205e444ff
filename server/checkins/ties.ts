// Ties check-ins to their devices: one not yet known is kept as unknown, two records that prove to be one are merged.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { lockSubjects } from '../custody/record.ts'
import { registerUnknowns } from '../devices/devices.ts'
import {
  addAlias,
  type Claim,
  type Device,
  type Directory,
  type Identity,
  isSomebody,
  loadDirectory,
  normaliseSerial,
  normaliseUuid,
  ownKeyOf,
} from '../devices/identity.ts'
import { changeOf, mergeDevices } from '../devices/merging.ts'
import type { Tx } from '../lib/database.ts'
import type { Fault } from '../lib/errors.ts'
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

export interface Tied {
  sighted: Sighted[]
  /** Of items that identify no device, by their index. */
  faults: Map<number, Fault[]>
  /** What was found out about devices on the way, to be recorded with the rest. */
  events: NewEvent[]
}

/** Finds the device of each item, in two statements while all are known. */
export async function tieToDevices(tx: Tx, act: Act, items: CheckInItem[]): Promise<Tied> {
  const raw = items.map(identityOf)
  let directory = await loadDirectory(tx, raw)
  const events: NewEvent[] = []
  const registered = await register(tx, act, items, raw, directory)
  events.push(...registered)
  if (registered.length > 0) directory = await loadDirectory(tx, raw)
  const merged = await mergeSame(tx, act, raw, directory)
  events.push(...merged)
  if (merged.length > 0) directory = await loadDirectory(tx, raw)
  const sighted: Sighted[] = []
  const faults = new Map<number, Fault[]>()
  for (const [index, item] of items.entries()) {
    const tie = tieOf(raw[index]!, directory)
    if (tie === null) faults.set(index, [nobody])
    else sighted.push(sight(act, item, index, tie))
  }
  events.push(...(await learnSerials(tx, act, sighted, directory)))
  return { sighted, faults, events }
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
    isIdKnown: identity.sourceDeviceId === null || directory.hasSourceId(identity),
    uuid: uuidOf(identity, device, directory),
  }
}

function uuidOf({ hardwareUuid }: Identity, device: Device, directory: Directory): Tie['uuid'] {
  if (hardwareUuid === null) return 'none'
  if (directory.isUuidOfAnother(hardwareUuid, device)) return 'of another'
  return directory.isUuidOf(hardwareUuid, device) ? 'known' : 'new'
}

/** Keeps what nobody registered as unknown, under what is nobody's yet. */
async function register(
  tx: Tx,
  act: Act,
  items: CheckInItem[],
  raw: Identity[],
  directory: Directory,
): Promise<NewEvent[]> {
  const unknown = new Map<string, Identity & { model: string | null; ownKey: string }>()
  for (const [index, item] of items.entries()) {
    const identity = directory.own(raw[index]!)
    const ownKey = ownKeyOf(identity)
    if (ownKey === null || !isSomebody(identity) || directory.match(identity) !== null) continue
    const serialNumber = freeSerial(identity, directory)
    const hardwareUuid = freeUuid(identity, directory)
    const key = serialNumber ?? hardwareUuid ?? `${identity.source}\n${ownKey}`
    unknown.set(key, { ...identity, serialNumber, hardwareUuid, model: item.checkIn.model ?? null, ownKey })
  }
  // In the order of their keys, so that two batches that meet the same new laptops do not wait for each other.
  const sorted = [...unknown]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, identity]) => ({ ...identity, origin: 'check-in' as const }))
  const registered = await registerUnknowns(tx, act, sorted)
  for (const [index, device] of registered.entries()) {
    const { serialNumber, hardwareUuid, source, ownKey } = sorted[index]!
    if (serialNumber === null && hardwareUuid === null) await addAlias(tx, source, ownKey, device.id)
  }
  return registered.flatMap((device) => device.events)
}

const freeSerial = ({ serialNumber }: Identity, directory: Directory) =>
  serialNumber !== null && directory.isFree({ serialNumber }) ? serialNumber : null

const freeUuid = ({ hardwareUuid }: Identity, directory: Directory) =>
  hardwareUuid !== null && directory.isFree({ hardwareUuid }) ? hardwareUuid : null

/** A record that one report shows to be another's, by carrying what each was known by, becomes that one's. */
async function mergeSame(tx: Tx, act: Act, raw: Identity[], directory: Directory): Promise<NewEvent[]> {
  const pairs = new Map<string, { kept: Device; claim: Claim }>()
  for (const one of raw) {
    const tie = tieOf(one, directory)
    for (const claim of tie?.claims ?? [])
      if (tie !== null && claim.isSame && !pairs.has(tie.device.id))
        pairs.set(claim.other.id, { kept: tie.device, claim })
  }
  if (pairs.size === 0) return []
  await lockSubjects(tx, { deviceIds: [...pairs].flatMap(([fromId, { kept }]) => [fromId, kept.id]) })
  const events: NewEvent[] = []
  for (const [fromId, { kept, claim }] of pairs) {
    const by = claim.by === 'hardware UUID' ? claim.by : 'serial number'
    events.push(...(await mergeDevices(tx, act, { keptId: kept.id, fromId, by })))
  }
  return events
}

/** A record that had no serial number has the first one that is told and is nobody else's. */
async function learnSerials(tx: Tx, act: Act, sighted: Sighted[], directory: Directory): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (const one of sighted) {
    const { device, identity } = one
    const serial = freeSerial(identity, directory)
    if (serial === null || device.serial_number !== null) continue
    await lockSubjects(tx, { deviceIds: [device.id] })
    await tx.updateTable('devices').set({ serial_number: serial }).where('id', '=', device.id).execute()
    device.serial_number = serial
    // By it the next report will be matched.
    one.matchedBy = 'serial number'
    one.isIdKnown = false
    events.push(changeOf(act, device.id, { field: 'serial_number', from: null, to: serial }))
  }
  return events
}
