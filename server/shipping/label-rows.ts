// The labels of a parcel as their rows: which one is in force, and what every step on one has to know first.
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import { type DeliveryPolicy, deliveryPolicySchema } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { LabelsTable } from '../lib/tables.ts'
import { MINUTE, plus } from '../lib/time.ts'
import type { ParcelOrder, Rate } from '../ports.ts'
import { lockShipment, stoppable } from './holds.ts'
import type { Shipment } from './shipments.ts'

export type Label = Selectable<LabelsTable>

export type Parcel = ParcelOrder['parcel']
export type LabelOptions = Pick<ParcelOrder, 'signature' | 'holdForPickup' | 'forbidRedirect'> & { parcel: Parcel }

export const optionsOf = (label: Label) => label.options as LabelOptions
export const ratesOf = (label: Label) => label.rates as Rate[]

export async function labelsOf(tx: Tx, shipmentId: string): Promise<Label[]> {
  return tx
    .selectFrom('labels')
    .selectAll()
    .where('shipment_id', '=', shipmentId)
    .orderBy('asked_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** The label that may be on the parcel: bought, or one whose refund was refused. */
export const labelInForce = (labels: Label[]): Label | undefined =>
  labels.find((label) => label.state === 'bought') ?? labels.find((label) => label.state === 'refund refused')

/** Locks the parcel and then the label. */
export async function lockLabel(tx: Tx, labelId: string): Promise<{ label: Label; shipment: Shipment }> {
  const found = await tx.selectFrom('labels').select('shipment_id').where('id', '=', labelId).executeTakeFirst()
  if (found === undefined) throw new AppError('not_found', 'There is no such label.')
  const shipment = await lockShipment(tx, found.shipment_id)
  const label = await tx
    .selectFrom('labels')
    .selectAll()
    .where('id', '=', labelId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { label, shipment }
}

/** Writes columns of one label. */
export const setLabel = (tx: Tx, labelId: string, values: Partial<Record<keyof Label, unknown>>) =>
  tx
    .updateTable('labels')
    .set(values as never)
    .where('id', '=', labelId)
    .execute()

export const held = () =>
  new AppError('conflict', 'This shipment is held: no label is bought or printed until a second person releases it.')

/** The delivery policy that a parcel was prepared under. */
export const policyOf = (shipment: Pick<Shipment, 'policy'>): DeliveryPolicy | null =>
  shipment.policy === null ? null : deliveryPolicySchema.parse(shipment.policy)

/** Refuses another label beside one that is in force or not settled. */
export function refuseSecond(labels: Label[]): void {
  if (labels.some((label) => label.state === 'buying'))
    throw new AppError(
      'conflict',
      'A purchase is not settled: nobody knows yet whether a label was bought. Look it up first.',
    )
  if (labels.some((label) => label.state === 'refund asked' && label.voided_at === null))
    throw new AppError('conflict', 'A label is being voided: wait until the carrier’s service has answered.')
  if (labelInForce(labels)) throw new AppError('conflict', 'It has a label already: void that one first.')
}

/** Refuses a label for a parcel that has left. */
export function refuseGone(shipment: Shipment): void {
  if (!stoppable.includes(shipment.status))
    throw new AppError('conflict', `It is ${shipment.status} already: no label is bought for it now.`)
}

/**
 * A purchase that the provider does not know after so long was never taken: a call ends within two minutes, its pauses
 * after 429 among them, and the provider's own work within that.
 */
export const CERTAIN_MS = 5 * MINUTE
/** What is under way is looked up so often. */
export const LOOK_AGAIN_MS = MINUTE

/** The answer was lost: it stays as it is, and is looked up again. */
export async function keepOpen(tx: Tx, now: Date, input: { labelId: string; why: string }): Promise<void> {
  const { label } = await lockLabel(tx, input.labelId)
  if (label.state !== 'buying' && label.state !== 'refund asked') return
  await setLabel(tx, label.id, { error: input.why.slice(0, 1000), next_look_at: plus(now, LOOK_AGAIN_MS) })
}

// ── Print ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Where a label's PDF lies. Refused while the parcel is held, and for what is no longer in force. */
export async function labelToPrint(tx: Tx, labelId: string): Promise<{ url: string }> {
  const { label, shipment } = await lockLabel(tx, labelId)
  if (shipment.held_at !== null) throw held()
  if (labelInForce(await labelsOf(tx, shipment.id))?.id !== label.id)
    throw new AppError('conflict', 'This label is not in force: it was voided, or never bought.')
  if (label.label_url === null) throw new AppError('not_found', 'This label’s picture was erased.')
  return { url: label.label_url }
}

/** Somebody has the label, or the packing slip, on paper. */
export async function recordPrinted(
  tx: Tx,
  act: Act,
  input: { shipmentId: string; labelId: string | null; what: 'label' | 'packing slip' },
): Promise<void> {
  const shipment = await lockShipment(tx, input.shipmentId)
  if (input.labelId !== null) await setLabel(tx, input.labelId, { printed_at: act.now })
  await record(tx, act.now, [
    {
      kind: 'shipment.label_printed',
      shipmentId: shipment.id,
      personId: shipment.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { labelId: input.labelId, what: input.what },
    },
  ])
}
