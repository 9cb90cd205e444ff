// Prepares a parcel that an ordering system or a file ordered: its person and laptops as they came, its address once checked.
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, type Fault } from '../lib/errors.ts'
import type { ShipmentsTable } from '../lib/tables.ts'
import { type Answer, faultsOfAnswers, faultsOfDevices, outlookOf, policyKept, preparedBy, refuse } from './prepare.ts'

type Order = Pick<
  Selectable<ShipmentsTable>,
  'id' | 'direction' | 'policy' | 'status' | 'shipped_at' | 'tracking_code' | 'person_id' | 'pending_email'
>

export interface PrepareOrderInput {
  shipmentId: string
  /** The order's own, or another of the person's: then the order is changed. */
  addressId: string
  answers: Answer[]
}

/** Why an order cannot be prepared, whatever its address; nothing where it can. */
export async function faultsOfOrder(db: Db, order: Order): Promise<Fault[]> {
  const fault = (path: string, problem: string): Fault[] => [{ path, problem }]
  if (order.direction === 'return') return fault('shipmentId', 'it is a return: prepare that under Returns')
  if (order.policy !== null) return fault('shipmentId', 'it is prepared already')
  if (order.status !== 'ordered') return fault('shipmentId', `it is ${order.status} already`)
  if (order.shipped_at !== null) return fault('shipmentId', 'it was shipped already')
  if (order.tracking_code !== null)
    return fault('shipmentId', 'it has a tracking number already, so its label was bought elsewhere')
  return [...faultsOfPerson(order), ...(await faultsOfContent(db, order.id))]
}

function faultsOfPerson(order: Order): Fault[] {
  if (order.person_id !== null) return []
  const problem =
    order.pending_email === null ? 'nobody is named in it' : 'its person is not on file yet: import them first'
  return [{ path: 'personId', problem }]
}

async function faultsOfContent(db: Db, orderId: string): Promise<Fault[]> {
  const devices = await devicesIn(db, orderId)
  const path = 'deviceIds'
  if (devices.length === 0) return [{ path, problem: 'no laptop is named in it' }]
  const unknown = devices.filter((device) => !device.known)
  if (unknown.length > 0)
    return unknown.map((device) => ({
      path,
      problem: `${device.serial_number ?? 'a laptop without a serial number'} is not on file yet: import the laptop first`,
    }))
  return faultsOfDevices(
    db,
    devices.map((device) => device.id),
    orderId,
  )
}

const devicesIn = (db: Db, orderId: string) =>
  db
    .selectFrom('devices')
    .innerJoin('shipment_devices', 'shipment_devices.device_id', 'devices.id')
    .select(['devices.id', 'serial_number', 'known'])
    .where('shipment_id', '=', orderId)
    .orderBy('devices.id')
    .execute()

/**
 * Prepares an order that came from elsewhere as `prepareShipment` prepares a new one: from then on it is locked to this
 * person and address, and labels can be bought for it. Throws 'not_found' or 'invalid' with every reason why it cannot be.
 */
export async function prepareOrder(tx: Tx, act: Act, input: PrepareOrderInput): Promise<{ shipmentId: string }> {
  await lockSubjects(tx, { shipmentIds: [input.shipmentId] })
  const order = await tx
    .selectFrom('shipments')
    .selectAll()
    .where('id', '=', input.shipmentId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (order === undefined) throw new AppError('not_found', 'There is no such shipment.')
  refuse(await faultsOfOrder(tx, order))
  const personId = order.person_id!
  const outlook = await outlookOf(tx, act.now, { personId, addressId: input.addressId })
  refuse(faultsOfAnswers(outlook.checks, input.answers))
  await tx
    .updateTable('shipments')
    .set({
      address_version_id: input.addressId,
      prepared_by: JSON.stringify(act.actor),
      policy: policyKept(outlook),
    })
    .where('id', '=', order.id)
    .execute()
  const about = { shipmentId: order.id, personId, occurredAt: act.now, actor: act.actor }
  const changed = {
    ...about,
    kind: 'shipment.changed' as const,
    payload: { fields: ['address_version_id'], personId, addressId: input.addressId, deviceIds: [] },
  }
  await record(tx, act.now, [
    ...(input.addressId === order.address_version_id ? [] : [changed]),
    { ...about, ...preparedBy(outlook, input) },
  ])
  return { shipmentId: order.id }
}
