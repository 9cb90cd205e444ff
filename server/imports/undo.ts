// Undoing an import: everything it did that nothing newer has touched. The ledger keeps both.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { lockSubjects, record, refoldDevices } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { nameEventsOf } from '../shipping/name-checks.ts'
import { lastSeqs } from './import.ts'

export interface Undone {
  undone: number
  /** Lines whose thing was touched since, and so stays as it is. */
  kept: { line: number; entity: string; id: string; why: string }[]
}

/** Takes an import back, thing by thing. Things that something newer touched are kept and named. */
export async function undoImport(tx: Tx, act: Act, input: { importId: string }): Promise<Undone> {
  const batch = await tx
    .selectFrom('imports')
    .selectAll()
    .where('id', '=', input.importId)
    .forUpdate()
    .executeTakeFirst()
  if (batch === undefined) throw new AppError('not_found', 'There is no such import.')
  if (batch.undone_at !== null) throw new AppError('conflict', 'This import was undone already.')
  const changes = await tx
    .selectFrom('import_changes')
    .selectAll()
    .where('import_id', '=', batch.id)
    .orderBy('line', 'desc')
    .execute()
  const last = await lastSeqs(
    tx,
    changes.map((change) => ({ entity: change.entity, id: change.entity_id })),
  )
  const kept: Undone['kept'] = []
  const events: NewEvent[] = []
  // Several lines may be about one thing: what the last of them did is this import's own.
  const own = new Map(changes.map((change) => [change.entity_id, 0]))
  for (const { entity_id, last_seq } of changes) own.set(entity_id, Math.max(own.get(entity_id)!, last_seq))
  for (const change of changes) {
    const { line, entity, entity_id: id } = change
    const seq = own.get(id)!
    const isNewer = (last.get(id) ?? 0) > seq && (await isTouched(tx, id, seq))
    if (isNewer) kept.push({ line, entity, id, why: 'something newer touched it' })
    else if (hasReported(change))
      kept.push({ line, entity, id, why: 'it reported a status, which stays on record: report the right one' })
    else events.push(...(await takeBack(tx, act, batch.id, change)))
  }
  await tx.updateTable('imports').set({ undone_at: act.now }).where('id', '=', batch.id).execute()
  events.push({
    kind: 'import.undone',
    occurredAt: act.now,
    actor: act.actor,
    payload: { importId: batch.id, undone: changes.length - kept.length, kept: kept.length },
  })
  // What is refolded below is locked before the ledger is.
  await lockSubjects(tx, { shipmentIds: events.flatMap((event) => event.shipmentId ?? []) })
  const recorded = await record(tx, act.now, events)
  for (const event of recorded) {
    if (event.kind !== 'shipment.withdrawn' || event.shipmentId === null) continue
    const devices = await tx
      .selectFrom('shipment_devices')
      .select('device_id')
      .where('shipment_id', '=', event.shipmentId)
      .execute()
    await refoldDevices(
      tx,
      devices.map((row) => row.device_id),
    )
  }
  return { undone: changes.length - kept.length, kept }
}

/** Touched by a fact or a person; what detection concluded goes with the thing. */
async function isTouched(tx: Tx, id: string, seq: number): Promise<boolean> {
  const row = await tx
    .selectFrom('ledger')
    .select('seq')
    .where('seq', '>', seq)
    .where(sql<boolean>`actor->>'type' <> 'rule' and actor->>'part' is distinct from 'detection'`)
    .where((eb) => eb.or([eb('person_id', '=', id), eb('device_id', '=', id), eb('shipment_id', '=', id)]))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

const hasReported = ({ entity, action, before }: { entity: string; action: string; before: unknown }) =>
  entity === 'device' && action === 'update' && (before as { status?: unknown } | null)?.status !== undefined

const tables = { person: 'people', device: 'devices', shipment: 'shipments' } as const

async function takeBack(
  tx: Tx,
  act: Act,
  importId: string,
  change: {
    entity: 'person' | 'device' | 'shipment' | 'declaration'
    entity_id: string
    action: 'create' | 'update'
    before: unknown
  },
): Promise<NewEvent[]> {
  const about = { occurredAt: act.now, actor: act.actor }
  const id = change.entity_id
  if (change.entity === 'declaration') {
    const ended = await tx
      .updateTable('declarations')
      .set({ ended_at: act.now })
      .where('id', '=', id)
      .returning(['person_id', 'other_person_id'])
      .executeTakeFirstOrThrow()
    return [
      { ...about, kind: 'declaration.ended', payload: { declarationId: id } },
      ...(await nameEventsOf(tx, act, [ended.person_id, ended.other_person_id])),
    ]
  }
  if (change.action === 'create') {
    await tx.updateTable(tables[change.entity]).set({ withdrawn_at: act.now }).where('id', '=', id).execute()
    if (change.entity === 'person') {
      await tx.updateTable('address_versions').set({ withdrawn_at: act.now }).where('person_id', '=', id).execute()
      return [{ ...about, kind: 'person.withdrawn', personId: id, payload: { importId } }]
    }
    if (change.entity === 'device') return [{ ...about, kind: 'device.withdrawn', deviceId: id, payload: { importId } }]
    const { person_id: personId, address_version_id: addressId } = await boundOf(tx, id)
    await withdrawShipTo(tx, act, addressId)
    return [{ ...about, kind: 'shipment.withdrawn', shipmentId: id, personId, payload: { importId } }]
  }
  const { addedAddresses = [], ...before } = (change.before ?? {}) as Record<string, unknown> & {
    addedAddresses?: string[]
  }
  if (addedAddresses.length > 0)
    await tx.updateTable('address_versions').set({ withdrawn_at: act.now }).where('id', 'in', addedAddresses).execute()
  const bound = change.entity === 'shipment' ? (await boundOf(tx, id)).address_version_id : null
  const columns = Object.fromEntries(
    Object.entries(before).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    ]),
  )
  if (Object.keys(columns).length > 0)
    await tx
      .updateTable(tables[change.entity])
      .set(columns as never)
      .where('id', '=', id)
      .execute()
  if (change.entity === 'shipment') {
    await withdrawShipTo(tx, act, bound)
    return [await shipmentChanged(tx, act, id, Object.keys(columns))]
  }
  if (change.entity === 'person')
    return [
      { ...about, kind: 'person.changed', personId: id, payload: { fields: Object.keys(columns) } },
      ...('name' in columns ? await nameEventsOf(tx, act, [id]) : []),
    ]
  return [
    {
      ...about,
      kind: 'device.changed',
      deviceId: id,
      payload: { changes: Object.entries(before).map(([field, to]) => ({ field, from: null, to })) },
    },
  ]
}

/** Whose a parcel is, and where it is bound. */
const boundOf = (tx: Tx, shipmentId: string) =>
  tx
    .selectFrom('shipments')
    .select(['person_id', 'address_version_id'])
    .where('id', '=', shipmentId)
    .executeTakeFirstOrThrow()

/** Takes back a ship-to that no parcel is bound for any more, and that nobody approved. */
async function withdrawShipTo(tx: Tx, act: Act, addressId: string | null): Promise<void> {
  if (addressId === null) return
  await tx
    .updateTable('address_versions')
    .set({ withdrawn_at: act.now })
    .where('id', '=', addressId)
    .where('use', '=', 'ship_to')
    .where('approved_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('shipments')
            .select('id')
            .where('address_version_id', '=', addressId)
            .where('withdrawn_at', 'is', null),
        ),
      ),
    )
    .execute()
}

/** For whom and where the parcel is again: what follows the ledger has to hear both. */
async function shipmentChanged(tx: Tx, act: Act, id: string, fields: string[]): Promise<NewEvent> {
  const row = await boundOf(tx, id)
  return {
    kind: 'shipment.changed',
    shipmentId: id,
    personId: row.person_id,
    occurredAt: act.now,
    actor: act.actor,
    payload: { fields, personId: row.person_id, addressId: row.address_version_id, deviceIds: [] },
  }
}
