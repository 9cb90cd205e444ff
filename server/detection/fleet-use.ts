// Which tools and exits each laptop shows now: follows the ledger with its own cursor, so that a check-in pays nothing for it.
import { sql } from 'kysely'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import { headSeq } from '../custody/ledger.ts'
import type { Db, Tx } from '../lib/database.ts'
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

async function followBatch(tx: Tx): Promise<number> {
  const from = await lockCursor(tx, CURSOR)
  const to = Math.min(await headSeq(tx), from + BATCH)
  if (to === from) return 0
  const { rows } = await sql<{ device_id: string; other: string | null; items: Item[] | null }>`
    select device_id, payload->>'fromDeviceId' as other, (payload->'added') || (payload->'removed') as items
    from ledger where seq > ${from} and seq <= ${to} and device_id is not null and payload is not null and (
      kind in ('device.merged', 'device.unmerged') or
      (kind = 'checkin.changed' and payload->>'facet' in ('software', 'network', 'hardware')))`.execute(tx)
  const touched = new Set<string>()
  for (const { device_id, other, items } of rows) {
    if (items === null || items.some(isCounted)) touched.add(device_id)
    if (other !== null) touched.add(other)
  }
  await readDevices(tx, [...touched].sort())
  await moveCursor(tx, CURSOR, to)
  return to - from
}

const isCounted = (item: Item) =>
  item.member === 'publicIp' ||
  matchTool(item, null) !== null ||
  (isAttached(item) && matchHardware(item, null) !== null)

/** What stands beside a laptop on its network may be anybody's, and is not counted. */
const isAttached = ({ member }: Item) => member === 'usbDevices' || member === 'displays'

/** What some devices show now, out of the last word of each of their sources. */
async function readDevices(tx: Tx, deviceIds: string[]): Promise<void> {
  if (deviceIds.length === 0) return
  const facets = await tx
    .selectFrom('facets')
    .innerJoin('devices', 'devices.id', 'facets.device_id')
    .select(['facets.device_id', 'facet', 'content', 'devices.platform', 'facets.at'])
    .where('facets.device_id', 'in', deviceIds)
    .where('facet', 'in', ['software', 'network', 'hardware'])
    .where('devices.withdrawn_at', 'is', null)
    .execute()
  const found = new Set<string>()
  const exits = new Map<string, { at: Date; ip: string }>()
  for (const { device_id, facet, content, platform, at } of facets) {
    const members = content as Record<string, unknown>
    for (const member of ['software', 'listeningPorts', 'dnsServers'])
      for (const value of (members[member] as unknown[] | undefined) ?? []) {
        const hit = matchTool({ member, value }, platform as Platform | null)
        if (hit) found.add(JSON.stringify([device_id, 'tool', hit.toolId]))
      }
    for (const member of ['usbDevices', 'displays'])
      for (const value of (members[member] as unknown[] | undefined) ?? []) {
        const hit = matchHardware({ member, value }, platform as Platform | null)
        if (hit) found.add(JSON.stringify([device_id, 'hardware', hit.hardwareId]))
      }
    const known = exits.get(device_id)
    if (facet === 'network' && typeof members['publicIp'] === 'string' && (known === undefined || known.at < at))
      exits.set(device_id, { at, ip: members['publicIp'] })
  }
  for (const [deviceId, { ip }] of exits) found.add(JSON.stringify([deviceId, 'network_exit', ip]))
  const rows = [...found].map((row) => JSON.parse(row) as [string, string, string])
  await tx.deleteFrom('fleet_use').where('device_id', 'in', deviceIds).execute()
  await sql`
    insert into fleet_use (device_id, what, value)
    select * from unnest(
      ${rows.map(([id]) => id)}::text[], ${rows.map(([, what]) => what)}::text[], ${rows.map(([, , value]) => value)}::text[])
    on conflict do nothing`.execute(tx)
}
