// Rates for a parcel: what the provider is asked for, and what it offered.
import { addressOf } from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { MINUTE, plus } from '../lib/time.ts'
import type { ParcelOrder, ProvidedShipment } from '../ports.ts'
import { lockShipment } from './holds.ts'
import {
  CERTAIN_MS,
  held,
  type LabelOptions,
  labelsOf,
  lockLabel,
  type Parcel,
  policyOf,
  refuseGone,
  refuseSecond,
  setLabel,
} from './label-rows.ts'
import { postalOf } from './prepare.ts'
import type { Shipment } from './shipments.ts'
import { readStockroom } from './stockroom.ts'

/** Rates that were asked for so long ago are asked for anew: that buys nothing, and whoever asked may have been cut off. */
const QUOTING_MS = MINUTE

/** What the provider is asked for, with the row that says so. Refused while another label is in force or not settled. */
export async function beginQuote(
  tx: Tx,
  act: Act,
  input: { shipmentId: string; parcel: Parcel; provider: string },
): Promise<{ labelId: string; order: ParcelOrder }> {
  const shipment = await lockShipment(tx, input.shipmentId)
  if (shipment.held_at !== null) throw held()
  const labels = await labelsOf(tx, shipment.id)
  if (labels.some((label) => label.state === 'quoting' && plus(label.asked_at, QUOTING_MS) > act.now))
    throw new AppError('conflict', 'Rates are being asked for just now: wait a minute.')
  refuseSecond(labels)
  const { order, addressId } = await orderOf(tx, shipment, input.parcel)
  await tx
    .updateTable('labels')
    .set({ state: 'given up', next_look_at: null })
    .where('shipment_id', '=', shipment.id)
    .where('state', 'in', ['quoting', 'quoted'])
    .execute()
  const labelId = newId('lbl')
  const { signature, holdForPickup, forbidRedirect, parcel } = order
  await tx
    .insertInto('labels')
    .values({
      id: labelId,
      shipment_id: shipment.id,
      provider: input.provider,
      state: 'quoting',
      address_version_id: addressId,
      options: JSON.stringify({ signature, holdForPickup, forbidRedirect, parcel } satisfies LabelOptions),
      asked_by: JSON.stringify(act.actor),
      asked_at: act.now,
      next_look_at: plus(act.now, CERTAIN_MS),
    })
    .execute()
  return { labelId, order }
}

async function orderOf(tx: Tx, shipment: Shipment, parcel: Parcel): Promise<{ order: ParcelOrder; addressId: string }> {
  const isReturn = shipment.direction === 'return'
  const policy = policyOf(shipment)
  if (!isReturn && policy === null)
    throw new AppError(
      'conflict',
      'This shipment was ordered elsewhere and not prepared here: prepare it first, then buy its label.',
    )
  refuseGone(shipment)
  const version =
    shipment.address_version_id === null
      ? undefined
      : await tx
          .selectFrom('address_versions')
          .selectAll()
          .where('id', '=', shipment.address_version_id)
          .executeTakeFirst()
  if (version === undefined || version.line1 === null)
    throw new AppError('conflict', 'This shipment has no address: a label needs one.')
  if (isReturn && version.person_id === null)
    throw new AppError(
      'conflict',
      'This return was ordered elsewhere: where it comes from is not known. Open a return for the laptop, and buy the label for that one.',
    )
  if (version.refused_at !== null)
    throw new AppError('conflict', 'The address was refused after this was prepared: nothing is sent there.')
  const person = await tx
    .selectFrom('people')
    .select(['name', 'phone', 'email'])
    .where('id', '=', shipment.person_id)
    .where('erased_at', 'is', null)
    .executeTakeFirst()
  if (person === undefined) throw new AppError('conflict', 'This shipment is for nobody on file: a label needs a name.')
  const theirs = postalOf(addressOf(version), person)
  const ours = await readStockroom(tx)
  if (ours === null)
    throw new AppError(
      'conflict',
      'Nobody has said yet where parcels leave from: an admin sets the stockroom under Settings.',
    )
  return {
    addressId: version.id,
    order: {
      reference: shipment.id,
      isReturn,
      from: isReturn ? theirs : ours,
      to: isReturn ? ours : theirs,
      parcel,
      signature: policy?.signature ?? 'none',
      holdForPickup: policy?.holdForPickup ?? false,
      forbidRedirect: policy?.forbidRedirect ?? false,
    },
  }
}

/** The rates came: from here on the provider's id is on file, whatever happens. */
export async function recordQuote(tx: Tx, labelId: string, provided: ProvidedShipment): Promise<void> {
  const { label } = await lockLabel(tx, labelId)
  if (label.state !== 'quoting') return
  await setLabel(tx, labelId, {
    state: 'quoted',
    external_id: provided.externalId,
    rates: JSON.stringify(provided.rates),
    error: provided.messages.join(' ').slice(0, 1000) || null,
    next_look_at: null,
  })
}

/** No rates: nothing was bought by asking, so the row is given up. */
export async function giveUp(tx: Tx, labelId: string, why: string): Promise<void> {
  const { label } = await lockLabel(tx, labelId)
  if (label.state !== 'quoting') return
  await setLabel(tx, labelId, { state: 'given up', error: why.slice(0, 1000), next_look_at: null })
}
