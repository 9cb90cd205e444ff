// One label's row from quote to refund, step by step within a transaction: what is committed before the network is asked, and what after.
import type { Selectable } from 'kysely'
import { requireSecondPerson } from '../access/second-person.ts'
import { addressOf } from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import { type Actor, actorSchema, type DeliveryPolicy, deliveryPolicySchema, type NewEvent } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { LabelsTable } from '../lib/tables.ts'
import { HOUR, MINUTE, plus } from '../lib/time.ts'
import type { Carrier, ParcelOrder, ProvidedShipment, Rate } from '../ports.ts'
import { refusalOf } from './delivery-policy.ts'
import { lockShipment, stoppable } from './holds.ts'
import { postalOf } from './prepare.ts'
import { type Shipment, wakeSetAside } from './shipments.ts'
import { readStockroom } from './stockroom.ts'

export type Label = Selectable<LabelsTable>

/**
 * A purchase that the provider does not know after so long was never taken: a call ends within two minutes, its pauses
 * after 429 among them, and the provider's own work within that.
 */
const CERTAIN_MS = 5 * MINUTE
const LOOK_AGAIN_MS = MINUTE
/** Rates that were asked for so long ago are asked for anew: that buys nothing, and whoever asked may have been cut off. */
const QUOTING_MS = MINUTE
/** Carriers take days to pay back. */
const REFUND_LOOK_MS = 6 * HOUR
/** Without a webhook for so long after the label, the tracker is asked. */
const TRACK_AFTER_MS = 12 * HOUR

export type Parcel = ParcelOrder['parcel']
type Options = Pick<ParcelOrder, 'signature' | 'holdForPickup' | 'forbidRedirect'> & { parcel: Parcel }

export const optionsOf = (label: Label) => label.options as Options
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
async function lockLabel(tx: Tx, labelId: string): Promise<{ label: Label; shipment: Shipment }> {
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

const set = (tx: Tx, labelId: string, values: Partial<Record<keyof Label, unknown>>) =>
  tx
    .updateTable('labels')
    .set(values as never)
    .where('id', '=', labelId)
    .execute()

// ── Quote ──────────────────────────────────────────────────────────────────────────────────────────────────

export const held = () =>
  new AppError('conflict', 'This shipment is held: no label is bought or printed until a second person releases it.')

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
      options: JSON.stringify({ signature, holdForPickup, forbidRedirect, parcel } satisfies Options),
      asked_by: JSON.stringify(act.actor),
      asked_at: act.now,
      next_look_at: plus(act.now, CERTAIN_MS),
    })
    .execute()
  return { labelId, order }
}

function refuseSecond(labels: Label[]): void {
  if (labels.some((label) => label.state === 'buying'))
    throw new AppError(
      'conflict',
      'A purchase is not settled: nobody knows yet whether a label was bought. Look it up first.',
    )
  if (labels.some((label) => label.state === 'refund asked' && label.voided_at === null))
    throw new AppError('conflict', 'A label is being voided: wait until the carrier’s service has answered.')
  if (labelInForce(labels)) throw new AppError('conflict', 'It has a label already: void that one first.')
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

function refuseGone(shipment: Shipment): void {
  if (!stoppable.includes(shipment.status))
    throw new AppError('conflict', `It is ${shipment.status} already: no label is bought for it now.`)
}

/** The delivery policy that a parcel was prepared under. */
export const policyOf = (shipment: Pick<Shipment, 'policy'>): DeliveryPolicy | null =>
  shipment.policy === null ? null : deliveryPolicySchema.parse(shipment.policy)

/** The rates came: from here on the provider's id is on file, whatever happens. */
export async function recordQuote(tx: Tx, labelId: string, provided: ProvidedShipment): Promise<void> {
  const { label } = await lockLabel(tx, labelId)
  if (label.state !== 'quoting') return
  await set(tx, labelId, {
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
  await set(tx, labelId, { state: 'given up', error: why.slice(0, 1000), next_look_at: null })
}

// ── Buy ────────────────────────────────────────────────────────────────────────────────────────────────────

export interface BuyInput {
  shipmentId: string
  labelId: string
  rateId: string
  /** The money that the person saw. */
  amount: string
  currency: string
}

/**
 * Commits to one purchase: after this, nobody buys another label for the parcel until it is settled. Throws 'conflict'
 * for another price than the person saw or an address that nobody approved, and 'forbidden' where the policy wants a second person or another service.
 */
export async function beginBuying(tx: Tx, act: Act, input: BuyInput): Promise<{ externalId: string }> {
  const { label, shipment } = await lockLabel(tx, input.labelId)
  if (label.shipment_id !== input.shipmentId) throw new AppError('not_found', 'There is no such label.')
  if (shipment.held_at !== null) throw held()
  refuseGone(shipment)
  const labels = await labelsOf(tx, shipment.id)
  refuseSecond(labels)
  if (label.state !== 'quoted' || label.external_id === null)
    throw new AppError('conflict', 'These rates are out of date: get rates again.')
  const rate = seenRate(ratesOf(label), input)
  const policy = policyOf(shipment)
  if (shipment.direction === 'out') await requireApproved(tx, shipment)
  const refusal = policy && refusalOf(policy, rate)
  if (refusal) throw new AppError('forbidden', `This cannot be bought: ${refusal}.`)
  if (policy?.secondPerson) await requireSecondPerson(tx, act, await preparation(tx, shipment))
  await set(tx, label.id, {
    state: 'buying',
    rate_id: rate.id,
    carrier: rate.carrier,
    service: rate.service,
    amount: rate.amount,
    currency: rate.currency,
    buying_since: act.now,
    bought_by: JSON.stringify(act.actor),
    // Due at once: a server that starts after one was killed looks it up before anything else. Reading changes nothing.
    next_look_at: act.now,
    error: null,
  })
  return { externalId: label.external_id }
}

/** Who ordered, changed or prepared a parcel, and since when it stands as it was prepared. */
async function preparation(tx: Tx, shipment: Shipment): Promise<{ involved: Actor[]; since: Date }> {
  const events = await tx
    .selectFrom('ledger')
    .select(['kind', 'actor', 'occurred_at'])
    .where('shipment_id', '=', shipment.id)
    .where('kind', 'in', ['shipment.ordered', 'shipment.changed', 'shipment.prepared'])
    .orderBy('seq')
    .execute()
  return {
    involved: [shipment.prepared_by, ...events.map((event) => event.actor)].map((actor) => actorSchema.parse(actor)),
    since: events.findLast((event) => event.kind === 'shipment.prepared')?.occurred_at ?? shipment.created_at,
  }
}

/** Nothing ships to an address that nobody vouched for: whoever did not bring it approves it first. */
async function requireApproved(tx: Tx, shipment: Shipment): Promise<void> {
  const version = await tx
    .selectFrom('address_versions')
    .select('approved_at')
    .where('id', '=', shipment.address_version_id)
    .executeTakeFirst()
  if (version?.approved_at == null)
    throw new AppError(
      'conflict',
      'Nobody has approved this address yet: somebody who did not bring it approves it under Address review, then buy the label.',
    )
}

/** The rate that was chosen, if it still costs what the person saw. */
function seenRate(rates: Rate[], input: BuyInput): Rate {
  const rate = rates.find((one) => one.id === input.rateId)
  if (rate === undefined) throw new AppError('conflict', 'This rate is no longer offered: get rates again.')
  if (rate.amount !== input.amount || rate.currency !== input.currency)
    throw new AppError(
      'conflict',
      `Nothing was bought: ${rate.carrier} ${rate.service} is now ${rate.amount} ${rate.currency}, not ${input.amount} ${input.currency}.`,
    )
  return rate
}

/** What the provider bought, recorded once however often it is told. `at` is when it was bought, as far as we know. */
export async function recordBought(
  tx: Tx,
  act: Act,
  input: { labelId: string; provided: ProvidedShipment; at: Date; canForbidRedirect: Carrier['canForbidRedirect'] },
): Promise<void> {
  const { label: row, shipment } = await lockLabel(tx, input.labelId)
  const bought = input.provided.label
  if (bought === null || !['quoted', 'given up', 'buying'].includes(row.state)) return
  const { carrier, service, amount, currency, trackingCode, trackerId, url } = bought
  const actor: Actor = row.bought_by === null ? act.actor : actorSchema.parse(row.bought_by)
  await set(tx, row.id, {
    state: 'bought',
    carrier,
    service,
    amount,
    currency,
    tracking_code: trackingCode,
    tracker_id: trackerId,
    label_url: url,
    bought_by: JSON.stringify(actor),
    bought_at: input.at,
    next_look_at: null,
    error: null,
  })
  await tx
    .updateTable('shipments')
    .set({
      carrier,
      tracking_code: trackingCode,
      tracker_id: trackerId,
      next_track_at: plus(act.now, TRACK_AFTER_MS),
    })
    .where('id', '=', shipment.id)
    .execute()
  await wakeSetAside(tx, act.now, trackingCode)
  const { signature, holdForPickup, forbidRedirect } = optionsOf(row)
  const redirect = !forbidRedirect ? 'allowed' : input.canForbidRedirect(carrier) ? 'forbidden' : 'not offered'
  await record(tx, act.now, [
    {
      kind: 'shipment.label_bought',
      shipmentId: shipment.id,
      personId: shipment.person_id,
      occurredAt: input.at,
      actor,
      payload: { labelId: row.id, carrier, service, amount, currency, signature, holdForPickup, redirect },
    },
  ])
}

/**
 * It was not bought: back to the rates, with a sentence. `certain` false keeps the mark that it was tried, so that the
 * provider is asked once more before anything else is bought.
 */
export async function unbuy(tx: Tx, input: { labelId: string; why: string; certain: boolean }): Promise<void> {
  const { label } = await lockLabel(tx, input.labelId)
  if (label.state !== 'buying') return
  await set(tx, label.id, {
    state: 'quoted',
    error: input.why.slice(0, 1000),
    next_look_at: null,
    ...(input.certain ? { buying_since: null, bought_by: null } : {}),
  })
}

/** The answer was lost: it stays as it is, and is looked up again. */
export async function keepOpen(tx: Tx, now: Date, input: { labelId: string; why: string }): Promise<void> {
  const { label } = await lockLabel(tx, input.labelId)
  if (label.state !== 'buying' && label.state !== 'refund asked') return
  await set(tx, label.id, { error: input.why.slice(0, 1000), next_look_at: plus(now, LOOK_AGAIN_MS) })
}

// ── Settle ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What the provider said of a purchase or a refund whose answer was lost. */
export async function settle(
  tx: Tx,
  act: Act,
  input: { labelId: string; provided: ProvidedShipment | null; canForbidRedirect: Carrier['canForbidRedirect'] },
): Promise<void> {
  const { labelId, provided } = input
  const { label } = await lockLabel(tx, labelId)
  if (label.state === 'quoting') return giveUp(tx, labelId, 'No rates came. Asking for them costs nothing: ask again.')
  if (provided === null) return
  if (label.state === 'refund asked') return settleRefund(tx, act, { label, refund: provided.refund })
  if (provided.label !== null) return recordBought(tx, act, { ...input, provided, at: label.buying_since ?? act.now })
  if (label.state !== 'buying' || label.buying_since === null) return
  if (act.now.getTime() - label.buying_since.getTime() >= CERTAIN_MS)
    return unbuy(tx, {
      labelId,
      why: 'The carrier’s service never took the order: no label was bought. Buy it again.',
      certain: false,
    })
  await set(tx, labelId, { next_look_at: plus(act.now, LOOK_AGAIN_MS) })
}

/** Unheard for so long it was never asked; sooner, the question may still be under way. */
async function settleRefund(
  tx: Tx,
  act: Act,
  { label, refund }: { label: Label; refund: ProvidedShipment['refund'] },
): Promise<void> {
  const isCertain = label.voiding_since === null || plus(label.voiding_since, CERTAIN_MS) <= act.now
  if (refund !== null || isCertain) return recordRefund(tx, act, { labelId: label.id, refund })
  await set(tx, label.id, { next_look_at: plus(act.now, LOOK_AGAIN_MS) })
}

// ── Refund ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Commits to voiding a label that no carrier has scanned. */
export async function beginRefund(tx: Tx, act: Act, input: { labelId: string }): Promise<{ externalId: string }> {
  const { label, shipment } = await lockLabel(tx, input.labelId)
  if (label.state !== 'bought' || label.external_id === null)
    throw new AppError('conflict', 'Only a label that was bought and not voided yet can be voided.')
  if (shipment.first_scan_at !== null)
    throw new AppError('conflict', 'The carrier has scanned this parcel: its label cannot be voided any more.')
  await set(tx, label.id, {
    state: 'refund asked',
    voiding_since: act.now,
    next_look_at: plus(act.now, LOOK_AGAIN_MS),
    error: null,
  })
  return { externalId: label.external_id }
}

/** What the provider says of a refund: taken, paid, refused, or (null) never asked. An answer that comes late counts. */
export async function recordRefund(
  tx: Tx,
  act: Act,
  input: { labelId: string; refund: ProvidedShipment['refund'] },
): Promise<void> {
  const { label, shipment } = await lockLabel(tx, input.labelId)
  const { refund } = input
  const isLate = label.state === 'bought' && refund !== null
  if (label.state !== 'refund asked' && !isLate) return
  if (refund === null)
    return unrefund(tx, label.id, 'The carrier’s service never heard that it was voided: void it again.')
  const isNews = refund !== 'submitted' || label.voided_at === null
  const state = { submitted: 'refund asked', refunded: 'refunded', rejected: 'refund refused' }[refund]
  await set(tx, label.id, {
    state,
    voided_at: refund === 'rejected' ? label.voided_at : (label.voided_at ?? act.now),
    next_look_at: refund === 'submitted' ? plus(act.now, REFUND_LOOK_MS) : null,
    error: refund === 'rejected' ? 'The carrier refused to take the label back: it stands, and can be used.' : null,
  })
  if (!isNews) return
  const event: NewEvent = {
    kind: 'shipment.label_refunded',
    shipmentId: shipment.id,
    personId: shipment.person_id,
    occurredAt: act.now,
    actor: act.actor,
    payload: { labelId: label.id, state: refund },
  }
  await record(tx, act.now, [event])
}

/** It was not voided: the label stands. */
export async function unrefund(tx: Tx, labelId: string, why: string): Promise<void> {
  const { label } = await lockLabel(tx, labelId)
  if (label.state !== 'refund asked' || label.voided_at !== null) return
  await set(tx, labelId, { state: 'bought', next_look_at: null, error: why.slice(0, 1000) })
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
  if (input.labelId !== null) await set(tx, input.labelId, { printed_at: act.now })
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
