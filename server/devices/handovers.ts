// Hand-overs: opened for one or more devices that pass to a person, and taken back.
import type { Act } from '../custody/act.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { DeviceState } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { aboutHandover, type Handover, heldBack, itemsOf, lockHandover } from './links.ts'
import { termsInForce } from './terms.ts'

export interface LockedDevice {
  id: string
  name: string
  lifeCycle: string
  assigneeId: string | null
  shipmentId: string | null
  isHeld: boolean
}

/** What a laptop is called where its serial number may not be said. */
export const laptopName = (device: { manufacturer: string | null; model: string | null }): string =>
  [device.manufacturer, device.model].filter(Boolean).join(' ') || 'the laptop'

/** Locks the devices with their parcels and says where each stands. Throws 'not_found' unless all are there. */
export async function lockDevices(tx: Tx, deviceIds: string[], shipmentId: string | null): Promise<LockedDevice[]> {
  await lockSubjects(tx, { deviceIds, shipmentIds: shipmentId === null ? [] : [shipmentId] })
  const rows = await tx
    .selectFrom('devices')
    .select(['id', 'manufacturer', 'model', 'life_cycle', 'assignee_id', 'state'])
    .where('id', 'in', deviceIds)
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .execute()
  if (rows.length !== new Set(deviceIds).size) throw new AppError('not_found', 'There is no such device.')
  const parcelOf = (state: unknown) => (state as Partial<DeviceState>).shipmentId ?? null
  const parcels = rows.flatMap((row) => parcelOf(row.state) ?? [])
  const held =
    parcels.length === 0
      ? []
      : await tx
          .selectFrom('shipments')
          .select('id')
          .where('id', 'in', parcels)
          .where('held_at', 'is not', null)
          .where('withdrawn_at', 'is', null)
          .execute()
  const heldIds = new Set(held.map((row) => row.id))
  return rows.map((row) => ({
    id: row.id,
    name: laptopName(row),
    lifeCycle: row.life_cycle,
    assigneeId: row.assignee_id,
    shipmentId: parcelOf(row.state),
    isHeld: heldIds.has(parcelOf(row.state) ?? ''),
  }))
}

export interface OpenHandover {
  kind: Handover['kind']
  personId: string
  deviceIds: string[]
  shipmentId?: string
  fromPersonId?: string
  caseId?: string
}

/**
 * Opens ONE hand-over for all the devices, under the terms in force. Refused where it breaks the life cycle, where the
 * parcel is held, or where one is open for the same parcel.
 */
export async function openHandover(tx: Tx, act: Act, input: OpenHandover): Promise<{ id: string }> {
  const deviceIds = [...new Set(input.deviceIds)].sort()
  if (deviceIds.length === 0) throw new AppError('invalid', 'A hand-over needs at least one laptop.')
  const devices = await lockDevices(tx, deviceIds, input.shipmentId ?? null)
  const person = await tx
    .selectFrom('people')
    .select('erased_at')
    .where('id', '=', input.personId)
    .where('withdrawn_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst()
  if (person === undefined || person.erased_at !== null) throw new AppError('not_found', 'There is no such person.')
  requireFitting(input, devices)
  const addressId = input.shipmentId === undefined ? null : await requireParcel(tx, input, deviceIds, input.shipmentId)
  const terms =
    input.kind === 'read-back' ? null : await termsInForce(tx, act, input.kind === 'return' ? 'return' : 'issue')
  const id = newId('hnd')
  const handover = await tx
    .insertInto('handovers')
    .values({
      id,
      kind: input.kind,
      person_id: input.personId,
      from_person_id: input.fromPersonId ?? null,
      shipment_id: input.shipmentId ?? null,
      case_id: input.caseId ?? null,
      terms_id: terms?.id ?? null,
      address_version_id: addressId,
      status: 'open',
      created_by: JSON.stringify(act.actor),
      created_at: act.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('handover_items')
    .values(deviceIds.map((deviceId) => ({ handover_id: id, device_id: deviceId })))
    .execute()
  await record(tx, act.now, [
    {
      ...aboutHandover(act, handover, deviceIds),
      kind: 'handover.opened',
      payload: { handoverId: id, kind: input.kind, deviceIds, termsId: handover.terms_id },
    },
  ])
  return { id }
}

/** Where each device has to stand for a hand-over of its kind. */
function requireFitting(input: OpenHandover, devices: LockedDevice[]): void {
  for (const device of devices) {
    if (input.kind === 'read-back') continue
    if (device.isHeld && input.kind !== 'return') throw heldBack()
    if (input.kind === 'counter') requireAtCounter(device, input.personId)
    if (input.kind === 'delivery' && device.assigneeId !== input.personId)
      throw new AppError('conflict', `${device.name} is not meant for this person.`)
  }
}

/** Over the counter goes what is in stock, or what was delivered to somebody who now comes to sign for it. */
function requireAtCounter(device: LockedDevice, personId: string): void {
  if (device.lifeCycle === 'stock') return
  if (device.lifeCycle !== 'delivered' && device.lifeCycle !== 'checked in')
    throw new AppError(
      'conflict',
      `${device.name} cannot be handed over at the counter while it is ${device.lifeCycle}; it has to be in stock, or delivered to this person.`,
    )
  if (device.assigneeId !== personId)
    throw new AppError('conflict', `${device.name} was delivered for somebody else: have it received back first.`)
}

async function requireParcel(
  tx: Tx,
  input: OpenHandover,
  deviceIds: string[],
  shipmentId: string,
): Promise<string | null> {
  const parcel = await tx
    .selectFrom('shipments')
    .select(['person_id', 'direction', 'address_version_id', 'held_at'])
    .where('id', '=', shipmentId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (parcel === undefined) throw new AppError('not_found', 'There is no such shipment.')
  if (parcel.held_at !== null && parcel.direction === 'out') throw heldBack()
  if (input.kind === 'delivery' && parcel.person_id !== input.personId)
    throw new AppError('conflict', 'This shipment is for somebody else.')
  const inside = await tx
    .selectFrom('shipment_devices')
    .select('device_id')
    .where('shipment_id', '=', shipmentId)
    .where('device_id', 'in', deviceIds)
    .execute()
  if (inside.length !== deviceIds.length) throw new AppError('conflict', 'Not all of these laptops are in the parcel.')
  const open = await tx
    .selectFrom('handovers')
    .select('id')
    .where('shipment_id', '=', shipmentId)
    .where('status', '=', 'open')
    .where('kind', '=', input.kind)
    .executeTakeFirst()
  if (open) throw new AppError('conflict', 'A hand-over of this shipment is open already: go on with that one.')
  return parcel.address_version_id
}

/** Takes a hand-over back before it was answered; its links work no more. */
export async function withdrawHandover(tx: Tx, act: Act, input: { handoverId: string; reason: string }): Promise<void> {
  const handover = await lockHandover(tx, input.handoverId)
  if (handover.status !== 'open') throw new AppError('conflict', `This hand-over is ${handover.status} already.`)
  await tx
    .updateTable('handovers')
    .set({ status: 'withdrawn', closed_at: act.now })
    .where('id', '=', handover.id)
    .execute()
  const items = await itemsOf(tx, handover.id)
  const deviceIds = items.map((item) => item.device_id)
  const noteId = await keepNote(tx, act.now, input.reason, handover.case_id)
  await record(tx, act.now, [
    {
      ...aboutHandover(act, handover, deviceIds),
      kind: 'handover.withdrawn',
      payload: { handoverId: handover.id, noteId },
    },
  ])
}
