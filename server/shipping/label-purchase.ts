// Buying one rate: what is committed before the provider is asked, and what is recorded after, also long after.
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { type Actor, actorSchema } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { HOUR, plus } from '../lib/time.ts'
import type { Carrier, ProvidedShipment, Rate } from '../ports.ts'
import { refusalOf } from './delivery-policy.ts'
import { giveUp } from './label-quote.ts'
import { settleRefund } from './label-refund.ts'
import {
  CERTAIN_MS,
  held,
  LOOK_AGAIN_MS,
  labelsOf,
  lockLabel,
  optionsOf,
  policyOf,
  ratesOf,
  refuseGone,
  refuseSecond,
  setLabel,
} from './label-rows.ts'
import { type Shipment, wakeSetAside } from './shipments.ts'

/** Without a webhook for so long after the label, the tracker is asked. */
const TRACK_AFTER_MS = 12 * HOUR

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
  await setLabel(tx, label.id, {
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
  await setLabel(tx, row.id, {
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
  await setLabel(tx, label.id, {
    state: 'quoted',
    error: input.why.slice(0, 1000),
    next_look_at: null,
    ...(input.certain ? { buying_since: null, bought_by: null } : {}),
  })
}

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
  await setLabel(tx, labelId, { next_look_at: plus(act.now, LOOK_AGAIN_MS) })
}
