// What is compared of devices: our records beside what sources tell, where HR has the person living, where a parcel came to.
import { sql } from 'kysely'
import type { DeviceState } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { type Compared, lookAlikes, type PlaceTold, type Told } from './differences.ts'
import { normaliseUuid } from './identity.ts'

/** Life cycles in which the assignee should have the laptop. */
const inHand = ['delivered', 'accepted', 'checked in', 'in service']

type Loaded = Omit<Compared, 'serials'> & { isKnown: boolean }

/** What our records, the sources, HR and the carrier say of these devices now, in id order; of what is not on file nothing. */
export async function loadCompared(tx: Tx, deviceIds: string[]): Promise<Loaded[]> {
  const devices = await tx
    .selectFrom('devices')
    .select(['id', 'known', 'asset_tag', 'model', 'hardware_uuid', 'life_cycle', 'assignee_id', 'state'])
    .select(
      sql<Date | null>`(select max(occurred_at) from ledger l where l.device_id = devices.id
        and l.kind in ('device.registered', 'device.changed'))`.as('written_at'),
    )
    .where((eb) => eb('id', '=', eb.fn.any(eb.val(deviceIds))))
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .execute()
  const told = Map.groupBy(await loadTold(tx, deviceIds), (row) => row.deviceId)
  const shipmentIds = devices.flatMap((row) => (row.state as Partial<DeviceState>).shipmentId ?? [])
  const delivered = await loadDelivered(tx, shipmentIds)
  const homes = await loadHomes(tx, [...new Set(devices.flatMap((row) => row.assignee_id ?? []))])
  return devices.map((row) => {
    const state = row.state as Partial<DeviceState>
    const isWithAssignee = inHand.includes(row.life_cycle)
    return {
      id: row.id,
      isKnown: row.known,
      assetTag: row.asset_tag,
      model: row.model,
      hardwareUuid: row.hardware_uuid,
      assigneeId: row.assignee_id,
      assignedAt: state.assignedAt ?? null,
      isWithAssignee,
      writtenAt: row.written_at?.toISOString() ?? null,
      told: told.get(row.id) ?? [],
      home: (isWithAssignee && homes.get(row.assignee_id ?? '')) || null,
      delivered: (isWithAssignee && state.isReturn !== true && delivered.get(state.shipmentId ?? '')) || null,
    }
  })
}

async function loadTold(tx: Tx, deviceIds: string[]): Promise<(Told & { deviceId: string })[]> {
  const rows = await sql<{
    device_id: string
    source: string
    proof: string
    last_at: Date
    uuid: string | null
    model: string | null
    tag: string | null
    person_id: string | null
    at: Date
  }>`
    select f.device_id, f.source, newest.proof, newest.last_at,
      max(f.content->>'hardwareUuid') as uuid, max(f.content->>'model') as model, max(f.content->>'assetTag') as tag,
      max(p.id) as person_id, max(f.at) as at
    from facets f
    cross join lateral (
      select last_at, proof from presence where device_id = f.device_id and source = f.source order by day desc limit 1
    ) as newest
    left join people p on lower(p.email) = lower(f.private->>'userEmail') and p.withdrawn_at is null
    where f.device_id = any (${deviceIds}::text[]) and f.facet in ('hardware', 'identity')
    group by f.device_id, f.source, newest.proof, newest.last_at`.execute(tx)
  return rows.rows.map((row) => ({
    deviceId: row.device_id,
    source: row.source,
    proof: row.proof,
    lastSeenAt: row.last_at,
    hardwareUuid: normaliseUuid(row.uuid),
    model: row.model,
    assetTag: row.tag,
    personId: row.person_id,
    at: row.at,
  }))
}

/** Where each parcel came to, by the newest scan that says delivered. */
async function loadDelivered(tx: Tx, shipmentIds: string[]): Promise<Map<string, PlaceTold>> {
  const rows = await sql<{
    shipment_id: string
    occurred_at: Date
    place: Omit<PlaceTold, 'at' | 'label'>
    carrier: string | null
  }>`
    select distinct on (l.shipment_id) l.shipment_id, l.occurred_at, l.payload->'place' as place, s.carrier
    from ledger l join shipments s on s.id = l.shipment_id
    where l.shipment_id = any (${shipmentIds}::text[]) and l.kind = 'shipment.scanned'
      and l.payload->'reading'->>'is' = 'delivered' and s.withdrawn_at is null and s.direction = 'out'
    order by l.shipment_id, l.occurred_at desc, l.seq desc`.execute(tx)
  return new Map(
    rows.rows.map((row) => [row.shipment_id, { ...row.place, at: row.occurred_at, label: row.carrier }] as const),
  )
}

/** Where each person lives, by the newest home on file. */
async function loadHomes(tx: Tx, personIds: string[]): Promise<Map<string, PlaceTold>> {
  const rows = await tx
    .selectFrom('address_versions')
    .distinctOn('person_id')
    .select(['person_id', 'city', 'region', 'country', 'latitude', 'longitude', 'radius_km', 'valid_from', 'source'])
    .where((eb) => eb('person_id', '=', eb.fn.any(eb.val(personIds))))
    .where('use', '=', 'home')
    .where('withdrawn_at', 'is', null)
    .where('refused_at', 'is', null)
    .orderBy('person_id')
    .orderBy('valid_from', 'desc')
    .execute()
  return new Map(
    rows.map(({ person_id, city, region, country, latitude, longitude, radius_km, valid_from, source }) => {
      const circle = latitude === null || longitude === null ? null : { latitude, longitude, radiusKm: radius_km ?? 0 }
      return [person_id!, { city, region, country, circle, at: valid_from, label: source }] as const
    }),
  )
}

/**
 * Laptops of ours whose serial number somebody wrote down wrong: one that never reported, beside an unknown record whose
 * serial number looks like it, or that tells its asset tag. Both ways, whichever of the two is asked about.
 */
export async function loadMisread(
  tx: Tx,
  deviceIds: string[],
): Promise<({ deviceId: string } & Compared['serials'][number])[]> {
  const asked = await tx
    .selectFrom('devices')
    .select(['serial_number', 'asset_tag'])
    .where((eb) => eb('id', '=', eb.fn.any(eb.val(deviceIds))))
    .where('withdrawn_at', 'is', null)
    .where('serial_number', 'is not', null)
    .where((eb) => eb.or([eb('known', '=', false), eb('proof', 'is', null)]))
    .execute()
  if (asked.length === 0) return []
  const serials = [...new Set(asked.flatMap((row) => [row.serial_number!, ...lookAlikes(row.serial_number!)]))]
  const rows = await sql<{ id: string; ours: string; theirs: string; source: string; at: Date; by_tag: boolean }>`
    with unknown as (
      select d.id, d.serial_number, f.source, f.at, max(lower(f.content->>'assetTag')) as tag
      from devices d join facets f on f.device_id = d.id
      where d.withdrawn_at is null and not d.known and not exists (select from shipment_devices where device_id = d.id) and (d.id = any (${deviceIds}::text[]) or d.serial_number = any (${serials}::text[]))
        and d.serial_number is not null
      group by d.id, d.serial_number, f.source, f.at
    )
    select distinct on (k.id, u.source) k.id, k.serial_number as ours, u.serial_number as theirs, u.source, u.at,
      coalesce(lower(k.asset_tag) = u.tag, false) as by_tag
    from unknown u join devices k on k.withdrawn_at is null and (k.known or exists (select from shipment_devices where device_id = k.id)) and k.proof is null and k.serial_number is not null
      and k.id <> u.id and (k.serial_number = any (${serials}::text[]) or lower(k.asset_tag) = u.tag)
    order by k.id, u.source, by_tag desc, u.at desc`.execute(tx)
  return rows.rows
    .filter((row) => row.by_tag || lookAlikes(row.theirs).includes(row.ours))
    .map(({ id, by_tag: _, ...one }) => ({ deviceId: id, ...one }))
}
