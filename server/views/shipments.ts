// What the shipment list and a shipment's page show.
import { type RawBuilder, sql } from 'kysely'
import type { ShipmentState } from '../custody/state.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { faultsOfOrder } from '../shipping/prepare-order.ts'
import type { Shipment } from '../shipping/shipments.ts'
import { maskedAddress } from './mask.ts'
import { countSome, cutPage } from './page.ts'

export interface ShipmentFilter {
  text: string
  status: string[]
  held: boolean | null
  direction: 'out' | 'return' | null
  /** Only parcels that were changed on their way. */
  deliveryChange: boolean
  /** Only parcels that wait for this: a label, packing, the carrier's first scan after the label, or a person's task. */
  waits: ShipmentWait | null
  after: { orderedAt: string; id: string } | null
  limit: number
}

export const shipmentWaits = ['label', 'pack', 'scan', 'task'] as const
export type ShipmentWait = (typeof shipmentWaits)[number]

const hasLabel = sql<boolean>`exists (select from labels l where l.shipment_id = shipments.id and l.state in ('bought', 'refund refused'))`
/** What each wait means, of a row of `shipments`. */
export const waitingShipments: Record<ShipmentWait, RawBuilder<boolean>> = {
  label: sql`shipments.status in ('ordered', 'packed') and shipments.policy is not null and not ${hasLabel}`,
  pack: sql`shipments.status = 'ordered' and ${hasLabel}`,
  scan: sql`shipments.status in ('ordered', 'packed', 'shipped') and shipments.first_scan_at is null and ${hasLabel}`,
  task: sql`exists (select from shipment_tasks t where t.shipment_id = shipments.id and t.done_at is null)`,
}
/** Its carrier reported a delivery change, a forwarding or a corrected address. */
export const changedOnItsWay = sql<boolean>`shipments.id = any (array(select distinct scanned.shipment_id from ledger scanned
  where scanned.kind = 'shipment.scanned' and scanned.payload->'reading'->>'is' in ('delivery change', 'forwarded', 'address corrected')))`

/** A page of shipments, newest order first, by keyset. */
export async function listShipments(db: Db, filter: ShipmentFilter) {
  const text = filter.text.trim()
  const like = `${text.toUpperCase().replace(/[\\%_]/g, '\\$&')}%`
  const matching = db
    .selectFrom('shipments')
    .where('shipments.withdrawn_at', 'is', null)
    .$if(text !== '', (qb) =>
      qb.where((eb) =>
        eb.or([eb(eb.fn('upper', ['tracking_code']), 'like', like), eb(eb.fn('upper', ['reference']), 'like', like)]),
      ),
    )
    .$if(filter.status.length > 0, (qb) => qb.where('status', 'in', filter.status))
    .$if(filter.held === true, (qb) => qb.where('held_at', 'is not', null))
    .$if(filter.held === false, (qb) => qb.where('held_at', 'is', null))
    .$if(filter.direction !== null, (qb) => qb.where('direction', '=', filter.direction!))
    .$if(filter.waits !== null, (qb) => qb.where(waitingShipments[filter.waits!]))
    .$if(filter.deliveryChange, (qb) => qb.where(changedOnItsWay))
  const rows = await matching
    .leftJoin('people', 'people.id', 'shipments.person_id')
    .leftJoin('address_versions', 'address_versions.id', 'shipments.address_version_id')
    .select([
      'shipments.id',
      'reference',
      'direction',
      'carrier',
      'tracking_code',
      'status',
      'ordered_at',
      'shipped_at',
      'first_scan_at',
      'delivered_at',
      'held_at',
      'shipments.person_id',
      'pending_email',
      'people.name as person_name',
      'address_versions.city',
      'address_versions.region',
      'address_versions.country',
      'address_versions.approved_at',
      'address_versions.person_id as address_person_id',
      hasLabel.as('has_label'),
      waitingShipments.task.as('has_task'),
      sql<
        string[]
      >`array(select coalesce(d.serial_number, 'no serial') from shipment_devices sd join devices d on d.id = sd.device_id where sd.shipment_id = shipments.id)`.as(
        'serials',
      ),
    ])
    .$if(filter.after !== null, (qb) =>
      qb.where(sql<boolean>`(ordered_at, shipments.id) < (${new Date(filter.after!.orderedAt)}, ${filter.after!.id})`),
    )
    .orderBy('ordered_at', 'desc')
    .orderBy('shipments.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, filter.limit)
  return {
    total: await countSome(db, matching.select('shipments.id')),
    next: last && { orderedAt: last.ordered_at.toISOString(), id: last.id },
    shipments: page.map((row) => ({
      id: row.id,
      reference: row.reference,
      direction: row.direction,
      carrier: row.carrier,
      trackingCode: row.tracking_code,
      status: row.status,
      held: row.held_at !== null,
      /** A label was bought, and no carrier has scanned it yet. */
      labelUnscanned: row.has_label && row.first_scan_at === null,
      taskOpen: row.has_task,
      orderedAt: row.ordered_at.toISOString(),
      firstScanAt: row.first_scan_at?.toISOString() ?? null,
      deliveredAt: row.delivered_at?.toISOString() ?? null,
      person: row.person_id === null ? null : { id: row.person_id, name: row.person_name },
      waitsForPerson: row.pending_email !== null,
      place: [row.city, row.region, row.country].filter(Boolean).join(', ') || null,
      /** The place is where it comes from: a person's own, on the way back. */
      isFrom: isFrom(row.direction, row.address_person_id),
      addressApproved: row.approved_at !== null,
      serials: row.serials,
    })),
  }
}

/** A return's address is where its person sends it from; one that belongs to nobody is where it goes. */
const isFrom = (direction: 'out' | 'return', ownerId: string | null) => direction === 'return' && ownerId !== null

/** Ordered elsewhere, with nothing bought for it yet. */
const isOrder = (row: Shipment) =>
  row.direction === 'out' && row.policy === null && row.status === 'ordered' && row.tracking_code === null

/** A shipment whole, by its id. */
export async function readShipment(db: Db, id: string) {
  const row = await db
    .selectFrom('shipments')
    .selectAll()
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such shipment.')
  const address =
    row.address_version_id === null
      ? undefined
      : await db.selectFrom('address_versions').selectAll().where('id', '=', row.address_version_id).executeTakeFirst()
  const person =
    row.person_id === null
      ? undefined
      : await db.selectFrom('people').select(['id', 'name']).where('id', '=', row.person_id).executeTakeFirst()
  const devices = await db
    .selectFrom('devices')
    .innerJoin('shipment_devices', 'shipment_devices.device_id', 'devices.id')
    .select(['devices.id', 'serial_number', 'model', 'life_cycle', 'holder_kind'])
    .where('shipment_id', '=', id)
    .execute()
  const state = row.state as Partial<ShipmentState>
  const finding = state.held?.findingId
    ? await db
        .selectFrom('findings')
        .leftJoin('cases', 'cases.id', 'findings.case_id')
        .select(['summary', 'rule', 'cases.number as case_number'])
        .where('findings.id', '=', state.held.findingId)
        .executeTakeFirst()
    : undefined
  const packed = await db
    .selectFrom('ledger')
    .select('occurred_at')
    .where('shipment_id', '=', id)
    .where('kind', '=', 'shipment.packed')
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  const said = state.held
    ? await db
        .selectFrom('ledger')
        .innerJoin('notes', (join) => join.on('notes.id', '=', sql`payload->>'noteId'`))
        .select('notes.text')
        .where('seq', '=', state.held.seq)
        .executeTakeFirst()
    : undefined
  const label = await db
    .selectFrom('labels')
    .select('bought_at')
    .where('shipment_id', '=', id)
    .where('state', 'in', ['bought', 'refund refused'])
    .orderBy('bought_at', 'desc')
    .executeTakeFirst()
  return {
    id: row.id,
    reference: row.reference,
    direction: row.direction,
    carrier: row.carrier,
    trackingCode: row.tracking_code,
    status: row.status,
    /** For an order that came from elsewhere and waits to be prepared here: what stands in the way. Else null. */
    obstacles: isOrder(row) ? (await faultsOfOrder(db, row)).map((fault) => fault.problem) : null,
    orderedAt: row.ordered_at.toISOString(),
    /** A label is no hand-over: the carrier has the parcel from its first scan. */
    labelBoughtAt: label?.bought_at?.toISOString() ?? null,
    packedAt: packed?.occurred_at.toISOString() ?? null,
    shippedAt: row.shipped_at?.toISOString() ?? null,
    firstScanAt: row.first_scan_at?.toISOString() ?? null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    held:
      row.held_at === null
        ? null
        : {
            at: row.held_at.toISOString(),
            by: state.held?.by ?? 'person',
            /** The words of the person who holds it. */
            reason: said?.text ?? null,
            /** What the finding says, where a rule holds it. */
            summary: finding?.summary ?? null,
            rule: finding?.rule ?? null,
            caseNumber: finding?.case_number ?? null,
          },
    /** Whether a name was given at the door; the name itself is personal. */
    signed: row.signed_by !== null,
    addresseeOnFile: row.addressee !== null,
    person: person ?? null,
    waitsForPerson: row.pending_email !== null,
    address: address ? { ...maskedAddress(address), isFrom: isFrom(row.direction, address.person_id) } : null,
    devices: devices.map((device) => ({
      id: device.id,
      serialNumber: device.serial_number,
      model: device.model,
      lifeCycle: device.life_cycle,
      holder: device.holder_kind,
    })),
    contradictions: state.contradictions ?? [],
    notes: row.notes,
  }
}
