// Labels: quote, buy, look up, void. The provider is asked outside transactions, and what is asked is committed before.
import type { Act } from '../custody/act.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, logText, messageOf } from '../lib/errors.ts'
import type { Carrier, Clock, ProvidedShipment } from '../ports.ts'
import { type BuyInput, beginBuying, recordBought, settle, unbuy } from './label-purchase.ts'
import { beginQuote, giveUp, recordQuote } from './label-quote.ts'
import { beginRefund, recordRefund, unrefund } from './label-refund.ts'
import { held, keepOpen, labelInForce, labelsOf, labelToPrint, type Parcel, recordPrinted } from './label-rows.ts'

/** What buying needs of the house. */
export interface LabelDesk {
  carrier: Carrier
  clock: Clock
  /** One transaction of its own, tried again where it met another writer. */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Judges a parcel within the transaction that is about to let it go, and says whether it is held (DESIGN 3). */
  judge(tx: Tx, shipmentId: string): Promise<boolean>
  log: { error(message: string): void }
}

const later = (desk: LabelDesk, act: Act): Act => ({ ...act, now: desk.clock() })

/** Whether nobody knows if it was done: the port's word for a lost answer, and whatever was not thrown on purpose. */
const isLost = (error: unknown) => !(error instanceof AppError) || error.problem === 'unavailable'

/**
 * Makes a shipment at the provider and keeps its rates; nothing is bought. For a return the person sends and the
 * stockroom receives. Throws as `beginQuote`, and as the port.
 */
export async function quoteLabel(
  desk: LabelDesk,
  act: Act,
  input: { shipmentId: string; parcel: Parcel },
): Promise<{ labelId: string }> {
  await settleTried(desk, act, input.shipmentId)
  const { labelId, order } = await desk.run((tx) => beginQuote(tx, act, { ...input, provider: desk.carrier.name }))
  try {
    const provided = await desk.carrier.quote(order)
    await desk.run((tx) => recordQuote(tx, labelId, provided))
  } catch (error) {
    await desk.run((tx) => giveUp(tx, labelId, messageOf(error)))
    throw error
  }
  return { labelId }
}

/**
 * Buys one rate at the price that was seen. Throws 'conflict' while the parcel is held, and 'unavailable' where nobody
 * knows whether it was bought: then nothing else is bought until `settleLabels` knows.
 */
export async function buyLabel(desk: LabelDesk, act: Act, input: BuyInput): Promise<void> {
  const begun = await desk.run(async (tx) => {
    // What was found on the way stands, also when it stops the purchase: so it commits, and then says no.
    if (await desk.judge(tx, input.shipmentId)) return null
    return beginBuying(tx, act, input)
  })
  if (begun === null) throw held()
  const { labelId, rateId } = input
  const provided = await desk.carrier.buy({ externalId: begun.externalId, rateId }).catch(async (error: unknown) => {
    await desk.run((tx) =>
      isLost(error)
        ? keepOpen(tx, desk.clock(), { labelId, why: lost })
        : unbuy(tx, { labelId, why: `Not bought: ${messageOf(error)}`, certain: true }),
    )
    throw error instanceof AppError && !isLost(error) ? error : new AppError('unavailable', lost)
  })
  if (provided.label === null) {
    await desk.run((tx) => keepOpen(tx, desk.clock(), { labelId, why: lost }))
    throw new AppError('unavailable', lost)
  }
  await recordAnswer(desk, act, labelId, provided)
}

const lost =
  'The carrier’s service gave no clear answer, so nobody knows yet whether the label was bought. It is being looked up; until then no other label can be bought for this shipment.'

const recordAnswer = (desk: LabelDesk, act: Act, labelId: string, provided: ProvidedShipment) => {
  const { canForbidRedirect } = desk.carrier
  const now = later(desk, act)
  return desk.run((tx) => recordBought(tx, now, { labelId, provided, at: now.now, canForbidRedirect }))
}

const notVoidedYet =
  'The carrier’s service gave no clear answer, so nobody knows yet whether the label was voided. It is being looked up; do not use the label meanwhile.'

/** Voids a label that was not scanned and asks for the money. Throws as the port; a lost answer is looked up later. */
export async function refundLabel(desk: LabelDesk, act: Act, input: { labelId: string }): Promise<void> {
  const { labelId } = input
  const { externalId } = await desk.run((tx) => beginRefund(tx, act, input))
  const provided = await desk.carrier.refund(externalId).catch(async (error: unknown) => {
    await desk.run((tx) =>
      isLost(error)
        ? keepOpen(tx, desk.clock(), { labelId, why: notVoidedYet })
        : unrefund(tx, labelId, `Not voided: ${messageOf(error)}`),
    )
    throw isLost(error) ? new AppError('unavailable', notVoidedYet) : error
  })
  await desk.run((tx) => recordRefund(tx, later(desk, act), { labelId, refund: provided.refund }))
}

/**
 * The label's PDF for somebody who prints it now: judged first, refused while held, never kept here.
 */
export async function printLabel(desk: LabelDesk, act: Act, input: { labelId: string }): Promise<Uint8Array> {
  const { labelId } = input
  const asked = await desk.run(async (tx) => {
    const row = await tx.selectFrom('labels').select('shipment_id').where('id', '=', labelId).executeTakeFirst()
    if (row === undefined) throw new AppError('not_found', 'There is no such label.')
    if (await desk.judge(tx, row.shipment_id)) return null
    return { shipmentId: row.shipment_id, ...(await labelToPrint(tx, labelId)) }
  })
  if (asked === null) throw held()
  const pdf = await desk.carrier.label(asked.url)
  await desk.run(async (tx) => {
    await labelToPrint(tx, labelId)
    await recordPrinted(tx, later(desk, act), { shipmentId: asked.shipmentId, labelId, what: 'label' })
  })
  return pdf
}

// ── Looking up what was lost ───────────────────────────────────────────────────────────────────────────────

/** Looks up at the provider whatever is due: purchases and refunds whose answer was lost. One that fails stops no other. */
export async function settleLabels(desk: LabelDesk, act: Act): Promise<void> {
  const due = await desk.run((tx) =>
    tx
      .selectFrom('labels')
      .select(['id', 'external_id'])
      .where('next_look_at', '<=', act.now)
      .where('provider', '=', desk.carrier.name)
      .orderBy('next_look_at')
      .execute(),
  )
  for (const { id, external_id } of due) {
    try {
      await lookUp(desk, act, { labelId: id, externalId: external_id })
    } catch (error) {
      desk.log.error(`label ${id} could not be looked up: ${logText(error)}`)
      await desk.run((tx) => keepOpen(tx, desk.clock(), { labelId: id, why: messageOf(error) }))
    }
  }
}

/** Looks up one parcel's open purchase now, because somebody asks. */
export async function settleShipment(desk: LabelDesk, act: Act, input: { shipmentId: string }): Promise<void> {
  const labels = await desk.run((tx) => labelsOf(tx, input.shipmentId))
  const open = labels.find((label) => label.next_look_at !== null && label.state !== 'quoting')
  if (open) await lookUp(desk, act, { labelId: open.id, externalId: open.external_id })
}

/** What was asked for is there for ever; a key that does not see it is another account's. */
function ofAnotherKey(error: unknown): never {
  throw error instanceof AppError && error.problem === 'not_found'
    ? new AppError(
        'conflict',
        'The carrier’s service does not know this order under the key that is set now: it was given with another one. An admin sets that key again under Settings; then it is looked up.',
      )
    : error
}

async function lookUp(desk: LabelDesk, act: Act, input: { labelId: string; externalId: string | null }): Promise<void> {
  const { labelId, externalId } = input
  const provided = externalId === null ? null : await desk.carrier.read(externalId).catch(ofAnotherKey)
  const { canForbidRedirect } = desk.carrier
  await desk.run((tx) => settle(tx, later(desk, act), { labelId, provided, canForbidRedirect }))
}

/** Before another shipment is made at the provider, every one that was tried before is read once more. */
async function settleTried(desk: LabelDesk, act: Act, shipmentId: string): Promise<void> {
  const labels = await desk.run((tx) => labelsOf(tx, shipmentId))
  const tried = labels.filter(
    (label) => label.buying_since !== null && label.bought_at === null && label.state !== 'buying',
  )
  for (const label of tried) await lookUp(desk, act, { labelId: label.id, externalId: label.external_id })
  if (tried.length > 0 && labelInForce(await desk.run((tx) => labelsOf(tx, shipmentId))))
    throw new AppError('conflict', 'The label had been bought after all: it is recorded now. Nothing else was bought.')
}
