// Shipments: parcels as an ordering system or a file has them, tied to people and devices as these appear.
import { type Selectable, sql } from 'kysely'
import type { Address } from '../addresses/parse.ts'
import {
  type AddressVersion,
  addAddress,
  addressOf,
  currentHome,
  isSameAddress,
  versionsOf,
} from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { type Change, differences, type Saved } from '../custody/saved.ts'
import { deviceForSerial } from '../devices/devices.ts'
import { normaliseSerial } from '../devices/identity.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { ShipmentsTable } from '../lib/tables.ts'
import { findPersonByEmail } from '../people/people.ts'
import { nameEvents } from './name-checks.ts'

export type Shipment = Selectable<ShipmentsTable>

/** One line of a parcel: rows with one `reference` are one parcel. Undefined is unchanged, null is cleared. */
export interface ShipmentInput {
  reference: string
  direction?: 'out' | 'return' | undefined
  carrier?: string | null | undefined
  trackingCode?: string | null | undefined
  serialNumber?: string | null | undefined
  personEmail?: string | null | undefined
  to?: Address | undefined
  orderedAt?: Date | null | undefined
  shippedAt?: Date | null | undefined
  addressee?: string | null | undefined
  notes?: Record<string, string>
}

const isEmpty = (address: Address) => Object.values(address).every((part) => part.trim() === '')

async function findShipment(tx: Tx, reference: string): Promise<Shipment | undefined> {
  return tx
    .selectFrom('shipments')
    .selectAll()
    .where('reference', '=', reference)
    .where('withdrawn_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

/** Creates or updates a parcel by one of its lines. */
export async function saveShipment(tx: Tx, act: Act, input: ShipmentInput): Promise<Saved> {
  const serial = normaliseSerial(input.serialNumber)
  if (input.serialNumber && serial === null)
    throw new AppError('invalid', 'The serial number is a placeholder.', [
      { path: 'serial_number', problem: `“${input.serialNumber}” is a placeholder and identifies no device` },
    ])
  const row = await findShipment(tx, input.reference)
  const id = row?.id ?? newId('shp')
  const orderedAt = row?.ordered_at ?? input.orderedAt ?? input.shippedAt ?? act.now
  const events: NewEvent[] = []
  // Prepared here, it stays bound for the person and the address that were checked, whatever is reported later.
  const isLocked = row !== undefined && row.policy !== null
  const person = input.personEmail && !isLocked ? await findPersonByEmail(tx, input.personEmail) : undefined
  const tellsPerson = input.personEmail && !isLocked
  const personId = person?.id ?? (tellsPerson ? null : (row?.person_id ?? null))
  const pendingEmail = tellsPerson && person === undefined ? input.personEmail : null
  const isReturn = (input.direction ?? row?.direction ?? 'out') === 'return'
  const reported = await addressTold(tx, act, { id, row, personId, isReturn, to: input.to, orderedAt })
  if (reported.event) events.push(reported.event)
  const shipTo = isLocked ? { id: null } : reported
  const next = {
    direction: input.direction,
    carrier: input.carrier,
    tracking_code: input.trackingCode,
    addressee: input.addressee,
    person_id: tellsPerson ? personId : undefined,
    pending_email: tellsPerson ? pendingEmail : undefined,
    address_version_id: shipTo.id ?? undefined,
    notes: input.notes && Object.keys(input.notes).length > 0 ? input.notes : undefined,
  }
  const changes: Change[] = differences(row ?? {}, next).filter((change) => row !== undefined || change.to !== null)
  const set = Object.fromEntries(
    changes.map((change) => [change.field, change.field === 'notes' ? JSON.stringify(change.to) : change.to]),
  )
  const before = row === undefined ? null : Object.fromEntries(changes.map((change) => [change.field, change.from]))
  if (row === undefined) {
    await tx
      .insertInto('shipments')
      .values({
        direction: 'out',
        ...set,
        id,
        reference: input.reference,
        ordered_at: orderedAt,
        prepared_by: JSON.stringify(act.actor),
        created_at: act.now,
      } as never)
      .execute()
  } else if (changes.length > 0) await tx.updateTable('shipments').set(set).where('id', '=', id).execute()
  const added = await addDevice(tx, act, id, serial)
  events.push(...added.events)
  if (added.isNew) changes.push({ field: 'serial_number', from: null, to: serial })
  const subject = { shipmentId: id, personId, actor: act.actor }
  const deviceIds = added.deviceId === null ? [] : [added.deviceId]
  const addressId = shipTo.id ?? row?.address_version_id ?? null
  if (row === undefined)
    events.push({
      ...subject,
      kind: 'shipment.ordered',
      occurredAt: orderedAt,
      payload: { direction: input.direction ?? 'out', personId, addressId, deviceIds },
    })
  else if (changes.length > 0)
    events.push({
      ...subject,
      kind: 'shipment.changed',
      occurredAt: act.now,
      payload: { fields: changes.map((change) => change.field), personId, addressId, deviceIds },
    })
  if (isLocked && reported.id !== null) events.push(...(await otherShipTo(tx, act, row, reported.id)))
  if (input.shippedAt && row?.shipped_at?.getTime() !== input.shippedAt.getTime()) {
    // A report, not a command: kept even when the parcel is held, and then marked as a contradiction.
    events.push({ ...subject, kind: 'shipment.shipped', occurredAt: input.shippedAt, payload: {} })
    // The fold comes once for all lines of a batch; the next line of this parcel has to see it before.
    await tx.updateTable('shipments').set({ shipped_at: input.shippedAt }).where('id', '=', id).execute()
    changes.push({ field: 'shipped_at', from: row?.shipped_at ?? null, to: input.shippedAt })
  }
  if (changes.some((change) => change.field === 'addressee' || change.field === 'person_id'))
    events.push(...(await nameEvents(tx, act, { shipmentId: id, at: row === undefined ? orderedAt : act.now })))
  if (input.trackingCode && (row === undefined || row.tracking_code !== input.trackingCode))
    await wakeSetAside(tx, act.now, input.trackingCode)
  return {
    result: row === undefined ? 'created' : changes.length > 0 ? 'updated' : 'unchanged',
    entity: 'shipment',
    id,
    changes,
    before,
    events,
  }
}

/** A report that a prepared parcel goes elsewhere: kept once per address, as something that does not fit. */
async function otherShipTo(tx: Tx, act: Act, row: Shipment, reportedAddressId: string): Promise<NewEvent[]> {
  const known = await tx
    .selectFrom('ledger')
    .select('seq')
    .where('shipment_id', '=', row.id)
    .where('kind', '=', 'shipment.changed')
    .where(sql<boolean>`payload->>'reportedAddressId' = ${reportedAddressId}`)
    .executeTakeFirst()
  if (known) return []
  return [
    {
      kind: 'shipment.changed',
      shipmentId: row.id,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: {
        fields: ['reported address'],
        personId: row.person_id,
        addressId: row.address_version_id,
        deviceIds: [],
        reportedAddressId,
      },
    },
  ]
}

/**
 * Who sets a webhook aside for a tracking number, and who brings that number, take turns until they commit: else the
 * one would miss the parcel and the other the webhook, for good.
 */
export async function lockTrackingCode(tx: Tx, trackingCode: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7355611, hashtext(${trackingCode.toUpperCase()}))`.execute(tx)
}

/** Webhooks about a parcel that nobody here knew yet are read again once it is known. */
export async function wakeSetAside(tx: Tx, now: Date, trackingCode: string): Promise<void> {
  await lockTrackingCode(tx, trackingCode)
  await tx
    .updateTable('inbox')
    .set({ status: 'waiting', next_attempt_at: now, reason: null })
    .where('status', '=', 'set aside')
    .where('about', '=', trackingCode.toUpperCase())
    .execute()
}

async function addDevice(
  tx: Tx,
  act: Act,
  shipmentId: string,
  serial: string | null,
): Promise<{ deviceId: string | null; isNew: boolean; events: NewEvent[] }> {
  if (serial === null) return { deviceId: null, isNew: false, events: [] }
  const device = await deviceForSerial(tx, act, serial)
  const inserted = await tx
    .insertInto('shipment_devices')
    .values({ shipment_id: shipmentId, device_id: device.id })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst()
  return { deviceId: device.id, isNew: inserted.numInsertedOrUpdatedRows !== 0n, events: device.events }
}

interface Told {
  id: string
  row: Shipment | undefined
  personId: string | null
  isReturn: boolean
  to: Address | undefined
  orderedAt: Date
}

/**
 * A ship-to at the same door as one of the person's versions *is* that version; else it is a new, unapproved one. What a
 * return goes to is a stockroom: it belongs to nobody. Without an address a parcel is for the person's home, or comes from it.
 */
async function addressTold(tx: Tx, act: Act, input: Told): Promise<{ id: string | null; event: NewEvent | null }> {
  const { row, personId, isReturn, to, orderedAt } = input
  const versions = personId === null ? [] : await versionsOf(tx, personId)
  if (to === undefined || isEmpty(to))
    return { id: row === undefined ? (currentHome(versions)?.id ?? null) : null, event: null }
  const ownerId = isReturn ? null : personId
  if (row?.address_version_id) {
    const current = await tx
      .selectFrom('address_versions')
      .selectAll()
      .where('id', '=', row.address_version_id)
      .executeTakeFirst()
    if (current && current.person_id === ownerId && isSameAddress(current, to)) return { id: null, event: null }
  }
  const same = ownerId === null ? undefined : versionAt(versions, to)
  if (same) return { id: same.id, event: null }
  return addAddress(tx, act, {
    personId: ownerId,
    use: 'ship_to',
    address: to,
    source: 'shipment',
    approved: false,
    validFrom: row === undefined ? orderedAt : act.now,
    changedAt: null,
    replaces: row?.address_version_id ?? null,
    shipmentId: input.id,
  })
}

/** The version at that door: an approved one, else the newest. */
function versionAt(versions: AddressVersion[], address: Address): AddressVersion | undefined {
  const known = versions.filter((version) => isSameAddress(version, address))
  return known.find((version) => version.approved_at !== null) ?? known.at(-1)
}

/** Ties parcels that waited for somebody with this e-mail to the person who now appeared. Events are the caller's to record. */
export async function tieShipments(tx: Tx, act: Act, input: { personId: string; email: string }): Promise<NewEvent[]> {
  const waiting = await tx
    .selectFrom('shipments')
    .selectAll()
    .where((eb) => eb(eb.fn('lower', ['pending_email']), '=', input.email.toLowerCase()))
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  const events: NewEvent[] = []
  for (const row of waiting) {
    const addressId =
      row.direction === 'return'
        ? row.address_version_id
        : await adoptShipTo(tx, input.personId, row.address_version_id)
    await tx
      .updateTable('shipments')
      .set({ person_id: input.personId, pending_email: null, address_version_id: addressId })
      .where('id', '=', row.id)
      .execute()
    events.push({
      kind: 'shipment.changed',
      shipmentId: row.id,
      personId: input.personId,
      occurredAt: row.ordered_at,
      actor: act.actor,
      payload: { fields: ['person_id'], personId: input.personId, addressId, deviceIds: [] },
    })
    events.push(...(await nameEvents(tx, act, { shipmentId: row.id, at: row.ordered_at })))
  }
  return events
}

async function adoptShipTo(tx: Tx, personId: string, addressId: string | null): Promise<string | null> {
  if (addressId === null) return null
  const version = await tx
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '=', addressId)
    .executeTakeFirstOrThrow()
  const same = versionAt(await versionsOf(tx, personId), addressOf(version))
  if (same) return same.id
  await tx.updateTable('address_versions').set({ person_id: personId }).where('id', '=', addressId).execute()
  return addressId
}
