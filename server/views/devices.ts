// What the device list and the device page show.
import { sql } from 'kysely'
import { verifyChain } from '../custody/ledger.ts'
import type { DeviceState, LifeCycle } from '../custody/state.ts'
import { mayBecome } from '../devices/custody.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { countSome, cutPage } from './page.ts'

export interface DeviceFilter {
  text: string
  lifeCycle: string[]
  holder: string[]
  known: boolean | null
  /** The last row of the page before. */
  after: string | null
  limit: number
}

const seen = sql<Date | null>`(select max(last_at) from presence where presence.device_id = devices.id)`

/** A page of devices, newest first, by keyset. */
export async function listDevices(db: Db, filter: DeviceFilter) {
  const like = `${filter.text.trim().replace(/[\\%_]/g, '\\$&')}%`
  const matching = db
    .selectFrom('devices')
    .where('devices.withdrawn_at', 'is', null)
    .$if(filter.text.trim() !== '', (qb) =>
      qb.where((eb) =>
        eb.or([
          eb('serial_number', 'like', like.toUpperCase()),
          eb(eb.fn('lower', ['asset_tag']), 'like', like.toLowerCase()),
          eb(eb.fn('lower', ['model']), 'like', `%${like.toLowerCase()}`),
          eb(eb.fn('lower', ['hostname']), 'like', like.toLowerCase()),
        ]),
      ),
    )
    .$if(filter.lifeCycle.length > 0, (qb) => qb.where('life_cycle', 'in', filter.lifeCycle))
    .$if(filter.holder.length > 0, (qb) => qb.where('holder_kind', 'in', filter.holder))
    .$if(filter.known !== null, (qb) => qb.where('known', '=', filter.known!))
  const rows = await matching
    .leftJoin('people', 'people.id', 'devices.assignee_id')
    .select([
      'devices.id',
      'serial_number',
      'asset_tag',
      'manufacturer',
      'model',
      'life_cycle',
      'holder_kind',
      'known',
      'assignee_id',
      'people.name as assignee_name',
      seen.as('last_seen_at'),
    ])
    .$if(filter.after !== null, (qb) => qb.where('devices.id', '<', filter.after!))
    .orderBy('devices.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, filter.limit)
  return {
    total: await countSome(db, matching.select('devices.id')),
    next: last?.id ?? null,
    devices: page.map((row) => ({
      id: row.id,
      serialNumber: row.serial_number,
      assetTag: row.asset_tag,
      manufacturer: row.manufacturer,
      model: row.model,
      lifeCycle: row.life_cycle,
      holder: row.holder_kind,
      known: row.known,
      assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name },
      lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    })),
  }
}

/** A device whole, by its id. */
export async function readDevice(db: Db, id: string) {
  const row = await db
    .selectFrom('devices')
    .selectAll()
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such device.')
  const { lifeCycle: _, ...state } = row.state as Partial<DeviceState>
  const people = await db
    .selectFrom('people')
    .select(['id', 'name', 'external_id'])
    .where('id', 'in', [row.assignee_id ?? '', row.holder_id ?? ''])
    .execute()
  const byId = new Map(
    people.map((person) => [person.id, { id: person.id, name: person.name, externalId: person.external_id }]),
  )
  const shipments = await db
    .selectFrom('shipments')
    .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'shipments.id')
    .select(['shipments.id', 'reference', 'direction', 'carrier', 'status', 'ordered_at', 'delivered_at', 'held_at'])
    .where('device_id', '=', id)
    .where('withdrawn_at', 'is', null)
    .orderBy('ordered_at', 'desc')
    .execute()
  const facets = await db
    .selectFrom('facets')
    .select(['source', 'facet', 'content', 'at', 'proof'])
    .where('device_id', '=', id)
    .orderBy('facet')
    .orderBy('source')
    .execute()
  const presence = await db
    .selectFrom('presence')
    .select(['source', 'day', 'first_at', 'last_at', 'proof', sql<number>`bit_count(slots)`.as('slots')])
    .where('device_id', '=', id)
    .orderBy('day', 'desc')
    .limit(60)
    .execute()
  const cases = await db
    .selectFrom('cases')
    .select(['cases.number', 'cases.title', 'cases.status', 'cases.severity', 'cases.score', 'cases.outcome'])
    .distinct()
    .innerJoin('findings', 'findings.case_id', 'cases.id')
    .where('findings.device_id', '=', id)
    .execute()
  const findings = await db
    .selectFrom('findings')
    .select(['id', 'rule', 'summary', 'severity', 'weight', 'status', 'since'])
    .where('device_id', '=', id)
    .where('status', '=', 'active')
    .orderBy('weight', 'desc')
    .execute()
  const watch = await db.selectFrom('watch').select('look_again_at').where('device_id', '=', id).executeTakeFirst()
  const aliases = await db
    .selectFrom('device_aliases')
    .select(['source', 'alias'])
    .where('device_id', '=', id)
    .execute()
  return {
    id: row.id,
    serialNumber: row.serial_number,
    assetTag: row.asset_tag,
    manufacturer: row.manufacturer,
    model: row.model,
    hardwareUuid: row.hardware_uuid,
    hostname: row.hostname,
    platform: row.platform,
    purchasedOn: row.purchased_on,
    known: row.known,
    notes: row.notes,
    lifeCycle: row.life_cycle,
    /** What people may report of it now. */
    mayBecome: mayBecome(row.life_cycle as LifeCycle),
    holder: { kind: row.holder_kind, person: row.holder_id === null ? null : (byId.get(row.holder_id) ?? null) },
    assignee: row.assignee_id === null ? null : (byId.get(row.assignee_id) ?? null),
    state: {
      assignedAt: state.assignedAt ?? null,
      shippedAt: state.shippedAt ?? null,
      firstScanAt: state.firstScanAt ?? null,
      deliveredAt: state.deliveredAt ?? null,
      acceptedAt: state.acceptedAt ?? null,
      firstCheckInAt: state.firstCheckInAt ?? null,
      contradictions: state.contradictions ?? [],
    },
    shipments: shipments.map((one) => ({
      id: one.id,
      reference: one.reference,
      direction: one.direction,
      carrier: one.carrier,
      status: one.status,
      orderedAt: one.ordered_at.toISOString(),
      deliveredAt: one.delivered_at?.toISOString() ?? null,
      held: one.held_at !== null,
    })),
    facets: facets.map((one) => ({
      source: one.source,
      facet: one.facet,
      content: one.content as Record<string, unknown>,
      at: one.at.toISOString(),
      proof: one.proof,
    })),
    presence: presence.map((one) => ({
      source: one.source,
      day: one.day,
      firstAt: one.first_at.toISOString(),
      lastAt: one.last_at.toISOString(),
      proof: one.proof,
      slots: one.slots,
    })),
    proof: presence[0]?.proof ?? null,
    lastSeenAt:
      presence
        .map((one) => one.last_at.toISOString())
        .sort()
        .at(-1) ?? null,
    cases,
    findings: findings.map((finding) => ({ ...finding, since: finding.since.toISOString() })),
    lookAgainAt: watch?.look_again_at?.toISOString() ?? null,
    aliases,
    chain: await verifyChain(db, { deviceId: id }),
  }
}
