// Which tools and exits each laptop shows now: follows the ledger with its own cursor, so that a check-in pays nothing for it.
import { sql } from 'kysely'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import { headSeq } from '../custody/ledger.ts'
import { type Db, oneOf, type Tx } from '../lib/database.ts'
import type { Platform } from './catalog/entries.ts'
import { matchHardware, matchTool } from './stays.ts'

const CURSOR = 'fleet use'
/** So many events of the ledger are looked through in one transaction; a first report holds hundreds of programs. */
const BATCH = 500

/** Brings `fleet_use` up to the ledger's head. Several processes may call it. Returns how many events it read. */
export async function followFleetUse(db: Db): Promise<number> {
  let read = 0
  for (;;) {
    const step = await db.transaction().execute(followBatch)
    read += step
    if (step < BATCH) return read
  }
}

/** Reads every laptop anew: after a change of the catalogue. */
export async function recountFleetUse(tx: Tx): Promise<void> {
  for (let after = ''; ; ) {
    const page = await tx
      .selectFrom('devices')
      .select('id')
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    await readDevices(
      tx,
      page.map((row) => row.id),
    )
    if (page.length < BATCH) return
    after = page.at(-1)!.id
  }
}

type Item = { member: string; value: unknown }

interface Told {
  device_id: string
  /** The record that was merged with it, or taken from it. */
  other: string | null
  /** Null for what is no check-in. */
  added: Item[] | null
  removed: Item[] | null
}

/** What comes is added by itself; where something went, another source or entry may still show it: read anew. */
async function followBatch(tx: Tx): Promise<number> {
  const from = await lockCursor(tx, CURSOR)
  const to = Math.min(await headSeq(tx), from + BATCH)
  if (to === from) return 0
  const { rows } = await sql<Told>`
    select device_id, payload->>'fromDeviceId' as other, payload->'added' as added, payload->'removed' as removed
    from ledger where seq > ${from} and seq <= ${to} and device_id is not null and payload is not null and (
      kind in ('device.merged', 'device.unmerged') or
      (kind = 'checkin.changed' and payload->>'facet' in ('software', 'network', 'hardware') and not (payload->>'late')::boolean))`.execute(
    tx,
  )
  const anew = new Set<string>()
  const moved = new Set<string>()
  const came: { deviceId: string; item: Item }[] = []
  for (const { device_id: deviceId, other, added, removed } of rows) {
    if (added === null || removed?.some(isCounted)) anew.add(deviceId)
    if (other !== null) anew.add(other)
    if ([...(added ?? []), ...(removed ?? [])].some(({ member }) => member === 'publicIp')) moved.add(deviceId)
    for (const item of added ?? []) if (isCounted(item)) came.push({ deviceId, item })
  }
  await readDevices(tx, [...anew].sort())
  await addShown(
    tx,
    came.filter(({ deviceId }) => !anew.has(deviceId)),
  )
  await readExits(tx, [...moved].filter((deviceId) => !anew.has(deviceId)).sort())
  await moveCursor(tx, CURSOR, to)
  return to - from
}

const isCounted = (item: Item) => usesOf(item, null).length > 0

/** What stands beside a laptop on its network may be anybody's, and is not counted. */
const isAttached = ({ member }: Item) => member === 'usbDevices' || member === 'displays'

/** Which tool or device an item shows: one at most. */
function usesOf(item: Item, platform: Platform | null): { what: 'tool' | 'hardware'; value: string }[] {
  const tool = matchTool(item, platform)
  if (tool) return [{ what: 'tool', value: tool.toolId }]
  const hardware = isAttached(item) ? matchHardware(item, platform) : null
  return hardware ? [{ what: 'hardware', value: hardware.hardwareId }] : []
}

async function addShown(tx: Tx, came: { deviceId: string; item: Item }[]): Promise<void> {
  if (came.length === 0) return
  const devices = await tx
    .selectFrom('devices')
    .select(['id', 'platform'])
    .where('id', '=', oneOf(came.map(({ deviceId }) => deviceId)))
    .where('withdrawn_at', 'is', null)
    .execute()
  const platforms = new Map(devices.map((row) => [row.id, row.platform as Platform | null]))
  await insertUses(
    tx,
    came.flatMap(({ deviceId, item }) => {
      const platform = platforms.get(deviceId)
      return platform === undefined ? [] : usesOf(item, platform).map((use) => ({ deviceId, ...use }))
    }),
  )
}

/** What some devices show now, out of the last word of each of their sources. */
async function readDevices(tx: Tx, deviceIds: string[]): Promise<void> {
  if (deviceIds.length === 0) return
  const facets = await tx
    .selectFrom('facets')
    .innerJoin('devices', 'devices.id', 'facets.device_id')
    .select(['facets.device_id', 'content', 'devices.platform'])
    .where('facets.device_id', '=', oneOf(deviceIds))
    .where('facet', 'in', ['software', 'network', 'hardware'])
    .where('devices.withdrawn_at', 'is', null)
    .execute()
  const uses = facets.flatMap(({ device_id: deviceId, content, platform }) =>
    Object.entries(content as Record<string, unknown>)
      .flatMap(([member, values]) => (Array.isArray(values) ? values.map((value) => ({ member, value })) : []))
      .flatMap((item) => usesOf(item, platform as Platform | null).map((use) => ({ deviceId, ...use }))),
  )
  await tx.deleteFrom('fleet_use').where('device_id', '=', oneOf(deviceIds)).where('what', '<>', EXIT).execute()
  await insertUses(tx, uses)
  await readExits(tx, deviceIds)
}

async function insertUses(tx: Tx, uses: { deviceId: string; what: string; value: string }[]): Promise<void> {
  if (uses.length === 0) return
  await sql`
    insert into fleet_use (device_id, what, value)
    select * from unnest(
      ${uses.map((use) => use.deviceId)}::text[], ${uses.map((use) => use.what)}::text[],
      ${uses.map((use) => use.value)}::text[])
    on conflict do nothing`.execute(tx)
}

const EXIT = 'network_exit'

/** By which address some devices come out now: what the newest of their sources says. */
async function readExits(tx: Tx, deviceIds: string[]): Promise<void> {
  if (deviceIds.length === 0) return
  await tx.deleteFrom('fleet_use').where('device_id', '=', oneOf(deviceIds)).where('what', '=', EXIT).execute()
  await sql`
    insert into fleet_use (device_id, what, value)
    select distinct on (f.device_id) f.device_id, ${EXIT}, f.content->>'publicIp'
    from facets f join devices d on d.id = f.device_id and d.withdrawn_at is null
    where f.device_id = ${oneOf(deviceIds)} and f.facet = 'network' and f.content->>'publicIp' is not null
    order by f.device_id, f.at desc`.execute(tx)
}
