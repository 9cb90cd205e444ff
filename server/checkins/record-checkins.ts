// Records a batch of check-ins: one short cut for the many that say nothing new, one event per facet that changed.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Facet, NewEvent } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { DeviceState } from '../custody/state.ts'
import { registerUnknowns } from '../devices/devices.ts'
import {
  aliasSource,
  type Device,
  type Directory,
  type Identity,
  loadDirectory,
  normaliseSerial,
  normaliseUuid,
} from '../devices/identity.ts'
import type { Tx } from '../lib/database.ts'
import type { Fault } from '../lib/errors.ts'
import { MINUTE } from '../lib/time.ts'
import type { CheckIn, ProofLevel, Vouches } from '../ports.ts'
import { type FacetValues, loadFacetValues } from './facet-values.ts'
import { diff, hashOf, type Item, type Members, merge, sightingOf } from './facets.ts'
import { lastSeen, movePresence, type Seen } from './presence.ts'
import { proofOf } from './proof.ts'

export interface CheckInItem {
  checkIn: CheckIn
  source: string
  vouches: Vouches
  tokenId: string | null
  /** Of its bytes, so that the next one like it is known by them. */
  fingerprint?: number | null
}

export type CheckInResult = 'unchanged' | 'changed' | { faults: Fault[] }

/** A clock further ahead than this is wrong: its time is capped at receipt, and marked. Source: CONTRACTS, "Incoming". */
const AHEAD_MAX_MS = 10 * MINUTE
/** So many hardware UUIDs under one serial number, or one that came back, and the serial identifies nothing. */
const SHARED_SERIAL_UUIDS = 3

interface Sighted extends CheckInItem {
  index: number
  at: Date
  capped: boolean
  proof: ProofLevel
  device: Device
  sighting: ReturnType<typeof sightingOf>
  hashes: Map<Facet, Buffer>
}

const identityOf = ({ checkIn, source }: CheckInItem): Identity => ({
  serialNumber: normaliseSerial(checkIn.serialNumber),
  hardwareUuid: normaliseUuid(checkIn.hardwareUuid),
  source,
  sourceDeviceId: checkIn.sourceDeviceId ?? null,
  assetTag: checkIn.assetTag ?? null,
})

/**
 * Records check-ins in one transaction; the results stand in the order of the items. A check-in whose serial number
 * and UUID are both placeholders has no identity and is given back with its fault. A repeat is unchanged. `recognised`
 * hears which device each was tied to.
 */
export async function recordCheckIns(
  tx: Tx,
  act: Act,
  items: CheckInItem[],
  recognised: (item: CheckInItem, deviceId: string) => void = () => {},
): Promise<CheckInResult[]> {
  const results: CheckInResult[] = items.map(() => 'unchanged')
  const events: NewEvent[] = []
  const sighted = await findDevices(tx, act, items, results, events)
  for (const one of sighted) recognised(items[one.index]!, one.device.id)
  const deviceIds = [...new Set(sighted.map((one) => one.device.id))]
  const seenBefore = await lastSeen(
    tx,
    sighted.map((one) => ({ deviceId: one.device.id, source: one.source })),
  )
  const fresh = sighted.filter(
    (one) => seenBefore.get(`${one.device.id}\n${one.source}`)?.getTime() !== one.at.getTime(),
  )
  const changed = await possiblyChanged(tx, fresh, deviceIds, seenBefore)
  await lockSubjects(tx, { deviceIds: changed.map((one) => one.device.id) })
  await movePresence(tx, fresh.map(seenOf))
  const values = await loadFacetValues(
    tx,
    changed.map((one) => one.device.id),
  )
  const people = await peopleByEmail(tx, changed)
  const names = new Map<string, Names>()
  for (const one of changed.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const made = [
      ...firstCheckIn(one, act, seenBefore),
      ...(await changesOf(tx, act, one, { values, seenBefore, people, names })),
    ]
    if (made.length > 0) results[one.index] = 'changed'
    events.push(...made)
  }
  await saveNames(tx, names)
  const recorded = await record(tx, act.now, events)
  await values.save(recorded.at(-1)?.seq ?? 0)
  return results
}

function isLate(one: Sighted, seenBefore: Map<string, Date>): boolean {
  const last = seenBefore.get(`${one.device.id}\n${one.source}`)
  return last !== undefined && one.at < last
}

const seenOf = (one: Sighted): Seen => ({
  deviceId: one.device.id,
  source: one.source,
  at: one.at,
  proof: one.proof,
  bootedAt:
    one.checkIn.uptimeSeconds === undefined ? null : new Date(one.at.getTime() - one.checkIn.uptimeSeconds * 1000),
  fingerprint: one.fingerprint ?? null,
})

/** Ties each check-in to its device; one not yet known is kept as unknown. */
async function findDevices(
  tx: Tx,
  act: Act,
  items: CheckInItem[],
  results: CheckInResult[],
  events: NewEvent[],
): Promise<Sighted[]> {
  const identities = items.map(identityOf)
  let directory = await loadDirectory(tx, identities)
  const unknown = new Map<string, Identity & { model: string | null }>()
  items.forEach((item, index) => {
    const identity = identities[index]!
    if (identity.serialNumber === null && identity.hardwareUuid === null && identity.sourceDeviceId === null)
      results[index] = {
        faults: [{ path: 'serialNumber', problem: 'is a placeholder and identifies no device; send the hardwareUuid' }],
      }
    else if (directory.match(identity) === null)
      unknown.set(identityKey(identity, directory), { ...identity, model: item.checkIn.model ?? null })
  })
  // In the order of their keys, so that two batches that meet the same new laptops do not wait for each other.
  const sorted = [...unknown]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, identity]) => ({
      ...identity,
      serialNumber:
        identity.serialNumber !== null && directory.isSharedSerial(identity.serialNumber)
          ? null
          : identity.serialNumber,
      origin: 'check-in' as const,
    }))
  for (const [index, device] of (await registerUnknowns(tx, act, sorted)).entries()) {
    const { serialNumber, hardwareUuid, source, sourceDeviceId } = sorted[index]!
    events.push(...device.events)
    if (serialNumber === null && hardwareUuid === null && sourceDeviceId !== null)
      await addAlias(tx, source, sourceDeviceId, device.id)
  }
  if (unknown.size > 0) directory = await loadDirectory(tx, identities)
  const sighted: Sighted[] = []
  for (const [index, item] of items.entries()) {
    const device = results[index] === 'unchanged' ? directory.match(identities[index]!)?.device : undefined
    if (device) sighted.push(sight(act, item, index, device))
  }
  return sighted
}

const identityKey = (identity: Identity, directory: Directory) =>
  identity.serialNumber !== null && !directory.isSharedSerial(identity.serialNumber)
    ? identity.serialNumber
    : (identity.hardwareUuid ?? `${identity.source}\n${identity.sourceDeviceId}`)

function sight(act: Act, item: CheckInItem, index: number, device: Device): Sighted {
  const reported = new Date(item.checkIn.reportedAt)
  const capped = reported.getTime() - act.now.getTime() > AHEAD_MAX_MS
  const at = reported > act.now ? act.now : reported
  const sighting = sightingOf(item.checkIn, act.world.pseudonym)
  const hashes = new Map(Object.entries(sighting.facets).map(([facet, members]) => [facet as Facet, hashOf(members)]))
  return { ...item, index, at, capped, proof: proofOf(item.vouches, item.checkIn.enrollment), device, sighting, hashes }
}

const stateOf = (device: Device) => device.state as Partial<DeviceState>

/** While the first check-in of a custody period is not settled, every check-in after the order is a fact of its own. */
function settlesFirst(one: Sighted): boolean {
  const { assignedAt, firstCheckInAt } = stateOf(one.device)
  if (!assignedAt || one.at.toISOString() < assignedAt) return false
  return !firstCheckInAt || one.at.toISOString() < firstCheckInAt
}

/**
 * The cheap test: what is left has a facet whose last report was another, a first check-in, or a new identity; and
 * with it whatever else its source says of the device in this batch, since one report is compared with the one before.
 */
async function possiblyChanged(
  tx: Tx,
  sighted: Sighted[],
  deviceIds: string[],
  seenBefore: Map<string, Date>,
): Promise<Sighted[]> {
  const stored =
    deviceIds.length === 0
      ? []
      : await tx
          .selectFrom('facets')
          .select(['device_id', 'source', 'facet', 'hash', 'at'])
          .where('device_id', 'in', deviceIds)
          .execute()
  const values = new Map(stored.map((row) => [`${row.device_id}\n${row.source}\n${row.facet}`, row]))
  const isNews = (one: Sighted) => {
    const late = isLate(one, seenBefore)
    // What holds now held at a late report's time only if it has not changed since.
    const isKnown = ([facet, hash]: [Facet, Buffer]) => {
      const value = values.get(`${one.device.id}\n${one.source}\n${facet}`)
      return value?.hash.equals(hash) === true && (!late || value.at <= one.at)
    }
    return settlesFirst(one) || (!late && newUuid(one) !== null) || ![...one.hashes].every(isKnown)
  }
  const from = (one: Sighted) => `${one.device.id}\n${one.source}`
  const stirred = new Set(sighted.filter(isNews).map(from))
  return sighted.filter((one) => stirred.has(from(one)))
}

function firstCheckIn(one: Sighted, act: Act, seenBefore: Map<string, Date>): NewEvent[] {
  if (!settlesFirst(one)) return []
  return [
    {
      kind: 'device.checked_in',
      deviceId: one.device.id,
      occurredAt: one.at,
      actor: act.actor,
      payload: { source: one.source, proof: one.proof, late: isLate(one, seenBefore) },
    },
  ]
}

function newUuid(one: Sighted): string | null {
  const uuid = normaliseUuid(one.checkIn.hardwareUuid)
  return uuid !== null && uuid !== one.device.hardware_uuid ? uuid : null
}

/** What a batch knows before it looks at its check-ins one by one. */
interface Known {
  values: FacetValues
  seenBefore: Map<string, Date>
  /** Ids of people by their e-mail in lower case. */
  people: Map<string, string>
  names: Map<string, Names>
}

/** The events of one check-in: a swapped hardware UUID, and each facet that differs from its value at that time. */
async function changesOf(tx: Tx, act: Act, one: Sighted, known: Known): Promise<NewEvent[]> {
  const { values, people } = known
  const late = isLate(one, known.seenBefore)
  const events = late ? [] : await swapUuid(tx, act, one)
  if (!late) await noteNames(tx, one, known.names)
  for (const [name, said] of Object.entries(one.sighting.facets)) {
    const facet = name as Facet
    for (const { base, is, isLate } of await comparisons(one, facet, said, late, values)) {
      const change = diff(base, is)
      if (change.added.length === 0 && change.removed.length === 0) continue
      events.push({
        kind: 'checkin.changed',
        deviceId: one.device.id,
        occurredAt: one.at,
        actor: act.actor,
        payload: {
          facet,
          source: one.source,
          proof: one.proof,
          tokenId: one.tokenId,
          late: isLate,
          ...(one.capped ? { capped: true } : {}),
          first: base === null,
          added: annotate(act, one, change.added, people),
          removed: change.removed,
        },
      })
    }
  }
  return events
}

interface Comparison {
  base: Members | null
  is: Members
  isLate: boolean
}

/**
 * What a report is compared with. On time: the current value, which it moves. Late: the value at its own time, which
 * stays; but members that nothing newer has spoken of (a full report overtaken by a heartbeat) are current all the same.
 */
async function comparisons(
  one: Sighted,
  facet: Facet,
  said: Members,
  late: boolean,
  values: FacetValues,
): Promise<Comparison[]> {
  const key = { deviceId: one.device.id, source: one.source, facet }
  const current = values.current(key)
  if (!late && values.isLast(key, { hash: one.hashes.get(facet)!, proof: one.proof })) return []
  const put = (members: Members) =>
    values.put(key, {
      members,
      hash: one.hashes.get(facet)!,
      private: one.sighting.private[facet] ?? null,
      at: one.at,
      proof: one.proof,
    })
  if (!late) {
    const is = merge(current, said)
    put(is)
    return [{ base: current, is, isLate: false }]
  }
  const { known, repeated } = await values.valueAt({ ...key, at: one.at })
  if (repeated) return []
  const isSpokenOf = (member: string) => current !== null && member in current
  const unspoken = Object.fromEntries(Object.entries(said).filter(([member]) => !isSpokenOf(member)))
  const spoken = Object.fromEntries(Object.entries(said).filter(([member]) => isSpokenOf(member)))
  const found: Comparison[] = []
  if (Object.keys(unspoken).length > 0) {
    const is = merge(current, unspoken)
    put(is)
    found.push({ base: current, is, isLate: false })
  }
  if (Object.keys(spoken).length > 0) found.push({ base: known, is: merge(known, spoken), isLate: true })
  return found
}

/** Notes of ours on what is new: where an address seems to be, whom an e-mail belongs to. They are facts of this moment. */
function annotate(act: Act, one: Sighted, added: Item[], people: Map<string, string>): Item[] {
  return added.map((item) => {
    if (item.member === 'publicIp') return { ...item, place: act.world.places.locateIp(String(item.value)) }
    if (item.member !== 'userEmail') return item
    return { ...item, personId: people.get(one.checkIn.user?.email?.toLowerCase() ?? '') ?? null }
  })
}

async function peopleByEmail(tx: Tx, sighted: Sighted[]): Promise<Map<string, string>> {
  const emails = [...new Set(sighted.flatMap((one) => one.checkIn.user?.email?.toLowerCase() ?? []))]
  if (emails.length === 0) return new Map()
  const rows = await tx
    .selectFrom('people')
    .select(['id', (eb) => eb.fn<string>('lower', ['email']).as('email')])
    .where((eb) => eb(eb.fn('lower', ['email']), '=', eb.fn.any(eb.val(emails))))
    .where('withdrawn_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.email, row.id]))
}

/** Takes a first UUID on; records another as a swap; gives the serial up once it proves to be several machines'. */
async function swapUuid(tx: Tx, act: Act, one: Sighted): Promise<NewEvent[]> {
  const uuid = newUuid(one)
  if (uuid === null) return []
  const from = one.device.hardware_uuid
  const known = await tx
    .selectFrom('device_aliases')
    .select('alias')
    .where('source', '=', aliasSource.uuid)
    .where('device_id', '=', one.device.id)
    .execute()
  const isReturn = known.some((row) => row.alias === uuid)
  await addAlias(tx, aliasSource.uuid, uuid, one.device.id)
  if (from !== null) await addAlias(tx, aliasSource.uuid, from, one.device.id)
  if (one.device.serial_number !== null && (isReturn || known.length + 1 >= SHARED_SERIAL_UUIDS))
    await giveUpSerial(tx, one.device, one.device.serial_number, uuid)
  await tx.updateTable('devices').set({ hardware_uuid: uuid }).where('id', '=', one.device.id).execute()
  one.device.hardware_uuid = uuid
  if (from === null) return []
  return [
    {
      kind: 'device.changed',
      deviceId: one.device.id,
      occurredAt: one.at,
      actor: act.actor,
      payload: { changes: [{ field: 'hardware_uuid', from, to: uuid }] },
    },
  ]
}

/** The serial is several machines': each goes by its own UUID from now on, and this device keeps the one it has. */
async function giveUpSerial(tx: Tx, device: Device, serial: string, uuid: string): Promise<void> {
  await addAlias(tx, aliasSource.sharedSerial, serial, device.id)
  await tx
    .deleteFrom('device_aliases')
    .where('source', '=', aliasSource.uuid)
    .where('device_id', '=', device.id)
    .where('alias', '<>', uuid)
    .execute()
  // What was taken for this device by its serial may be another's from now on.
  await tx.updateTable('presence').set({ fingerprint: null }).where('device_id', '=', device.id).execute()
}

async function addAlias(tx: Tx, source: string, alias: string, deviceId: string): Promise<void> {
  await tx
    .insertInto('device_aliases')
    .values({ source, alias, device_id: deviceId })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

interface Names {
  hostname: string | null
  platform: string | null
  model: string | null
}

/** What a person recognises a device by, and the source's own id of it. */
async function noteNames(tx: Tx, one: Sighted, names: Map<string, Names>): Promise<void> {
  const { hostname, platform, model, sourceDeviceId } = one.checkIn
  const { device } = one
  if (sourceDeviceId) await addAlias(tx, one.source, sourceDeviceId, device.id)
  const said: Names = {
    hostname: hostname || device.hostname,
    platform: platform || device.platform,
    model: device.model ?? (model || null),
  }
  const isSame = said.hostname === device.hostname && said.platform === device.platform && said.model === device.model
  if (isSame) return
  names.set(device.id, said)
  Object.assign(device, said)
}

async function saveNames(tx: Tx, names: Map<string, Names>): Promise<void> {
  if (names.size === 0) return
  const all = [...names.values()]
  await sql`
    update devices as d set hostname = n.hostname, platform = n.platform, model = n.model
    from unnest(
      ${[...names.keys()]}::text[], ${all.map((one) => one.hostname)}::text[], ${all.map((one) => one.platform)}::text[],
      ${all.map((one) => one.model)}::text[]
    ) as n (id, hostname, platform, model)
    where d.id = n.id`.execute(tx)
}
