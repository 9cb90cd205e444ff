// The parcel in which a device comes back: from where its person lives to the stockroom, with a label that is bought like any other.
import { currentHome, versionsOf } from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import { lockOpenReturn } from '../devices/returns.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'

/**
 * Makes the parcel of a return, from the person's approved home, else the one on file. Gives its id, also where it was
 * made before. Throws 'conflict' where there is nobody or no address to send it from.
 */
export async function prepareReturnShipment(
  tx: Tx,
  act: Act,
  input: { returnId: string },
): Promise<{ shipmentId: string }> {
  const row = await lockOpenReturn(tx, input.returnId)
  if (row.received_at !== null) throw new AppError('conflict', 'It was received: no parcel is needed.')
  if (row.shipment_id !== null) return { shipmentId: row.shipment_id }
  if (row.person_id === null) throw new AppError('conflict', 'Nobody is named who could send it.')
  const versions = (await versionsOf(tx, row.person_id)).filter((version) => version.line1 !== null)
  const home = currentHome(versions.filter((version) => version.approved_at !== null)) ?? currentHome(versions)
  if (home === undefined)
    throw new AppError(
      'conflict',
      'There is no home address of theirs on file: import one, or have it brought to the office.',
    )
  const shipmentId = newId('shp')
  await tx
    .insertInto('shipments')
    .values({
      id: shipmentId,
      direction: 'return',
      person_id: row.person_id,
      address_version_id: home.id,
      ordered_at: act.now,
      prepared_by: JSON.stringify(act.actor),
      created_at: act.now,
    })
    .execute()
  await tx.insertInto('shipment_devices').values({ shipment_id: shipmentId, device_id: row.device_id }).execute()
  await tx.updateTable('returns').set({ shipment_id: shipmentId }).where('id', '=', row.id).execute()
  await record(tx, act.now, [
    {
      kind: 'shipment.ordered',
      shipmentId,
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { direction: 'return', personId: row.person_id, addressId: home.id, deviceIds: [row.device_id] },
    },
  ])
  return { shipmentId }
}
