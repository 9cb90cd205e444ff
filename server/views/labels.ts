// What the label panel of a shipment's page shows: the policy, the rates, the label's state, and what has to be done.
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { Carrier } from '../ports.ts'
import { refusalOf } from '../shipping/delivery-policy.ts'
import { type Label, labelInForce, labelsOf, optionsOf, policyOf, ratesOf } from '../shipping/label-rows.ts'
import { readStockroom } from '../shipping/stockroom.ts'
import { namesOf } from './actors.ts'

/** Everything about a parcel's labels. `carrier` is null where none is set up. */
export async function readLabels(db: Db, carrier: Carrier | null, shipmentId: string) {
  const shipment = await db
    .selectFrom('shipments')
    .leftJoin('address_versions', 'address_versions.id', 'shipments.address_version_id')
    .selectAll('shipments')
    .select('address_versions.person_id as owner_id')
    .where('shipments.id', '=', shipmentId)
    .where('shipments.withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (shipment === undefined) throw new AppError('not_found', 'There is no such shipment.')
  const labels = await labelsOf(db as Tx, shipmentId)
  const policy = policyOf(shipment)
  const newest = labelInForce(labels) ?? labels[0]
  const nameOf = await namesOf(db, [shipment.prepared_by, ...labels.map((label) => label.bought_by)])
  const tasks = await db
    .selectFrom('shipment_tasks')
    .selectAll()
    .where('shipment_id', '=', shipmentId)
    .orderBy('added_at')
    .execute()
  const prepared = await db
    .selectFrom('ledger')
    .select(['payload', 'occurred_at'])
    .where('shipment_id', '=', shipmentId)
    .where('kind', '=', 'shipment.prepared')
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  const said = prepared?.payload as { tier: string; answers: { question: string; answer: string }[] } | null | undefined
  return {
    carrier: carrier === null ? null : { name: carrier.name, mode: carrier.mode },
    hasStockroom: (await readStockroom(db)) !== null,
    /** Whether this service buys its labels: prepared here, or a return of which it is known where it comes from. */
    buysHere: policy !== null || labels.length > 0 || (shipment.direction === 'return' && shipment.owner_id !== null),
    policy: policy && {
      ...policy,
      tier: said?.tier ?? null,
      at: prepared?.occurred_at.toISOString() ?? null,
      by: nameOf(shipment.prepared_by),
      answers: said?.answers ?? [],
    },
    label: newest === undefined ? null : labelView(newest, { policy, nameOf }),
    earlier: labels
      .filter((label) => label !== newest && label.bought_at !== null)
      .map((label) => labelView(label, { policy, nameOf })),
    isScanned: shipment.first_scan_at !== null,
    tasks: tasks.map((task) => ({
      id: task.id,
      task: task.task,
      addedAt: task.added_at.toISOString(),
      askedCarrier: task.asked_at !== null,
      doneAt: task.done_at?.toISOString() ?? null,
    })),
  }
}

function labelView(label: Label, known: { policy: ReturnType<typeof policyOf>; nameOf(actor: unknown): string }) {
  return {
    id: label.id,
    state: label.state,
    /** Whether it was voided for good: then another may be bought. */
    isVoided: label.voided_at !== null && label.state !== 'refund refused',
    rates: ratesOf(label)
      .map((rate) => ({ ...rate, refusal: known.policy && refusalOf(known.policy, rate) }))
      .sort((a, b) => Number(a.amount) - Number(b.amount)),
    parcel: optionsOf(label).parcel,
    signature: optionsOf(label).signature,
    carrier: label.carrier,
    service: label.service,
    amount: label.amount,
    currency: label.currency,
    trackingCode: label.tracking_code,
    askedAt: label.asked_at.toISOString(),
    buyingSince: label.buying_since?.toISOString() ?? null,
    boughtAt: label.bought_at?.toISOString() ?? null,
    boughtBy: label.bought_by === null ? null : known.nameOf(label.bought_by),
    printedAt: label.printed_at?.toISOString() ?? null,
    hasPicture: label.label_url !== null,
    error: label.error,
  }
}
