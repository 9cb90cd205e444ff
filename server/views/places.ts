// The five places of a device's custody period: where they part is where to look.

import { headSeq } from '../custody/ledger.ts'
import { assembleDossier } from '../detection/dossier.ts'
import { type Facts, loadFacts } from '../detection/facts.ts'
import { homeAt, tidyPlace } from '../detection/measure.ts'
import type { Place } from '../detection/rule.ts'
import type { Db } from '../lib/database.ts'
import { distanceKm } from '../lib/geo.ts'

export interface FivePlace {
  step: 'HR address' | 'Ordered' | 'On the label' | 'Delivered' | 'First check-ins'
  /** Null where nothing is known of it yet. */
  place: { city: string | null; region: string | null; country: string | null } | null
  at: string | null
  note: string | null
  /** From the step before; null where either cannot be placed. */
  km: number | null
}

/**
 * The five places as of now, with the distances between them: of the parcel that began the present custody period, or of
 * the one asked for. Null for a device without an outgoing parcel.
 */
export async function readFivePlaces(
  db: Db,
  { deviceId, shipmentId }: { deviceId: string; shipmentId: string | null },
): Promise<FivePlace[] | null> {
  const facts = await loadFacts(db, deviceId, await headSeq(db))
  if (facts === null) return null
  const dossier = assembleDossier(facts, { seq: Number.MAX_SAFE_INTEGER })
  const shipment = shipmentId === null ? dossier.shipment : dossier.shipments.find((one) => one.id === shipmentId)
  if (shipment?.direction !== 'out') return null
  const home = homeAt(dossier, shipment.orderedAt)
  const label = shipment.destination
  const ordered = orderedTo(facts, shipment.id) ?? label?.place ?? null
  // Check-ins are told of the present custody period only.
  const firstCheckInAt = shipment.isCurrent ? dossier.device.firstCheckInAt : null
  const network =
    firstCheckInAt === null
      ? undefined
      : (dossier.networks.find((one) => one.at >= firstCheckInAt) ??
        dossier.networks.findLast((one) => one.at <= firstCheckInAt))
  const delivered = shipment.delivered
  const steps: (Omit<FivePlace, 'km' | 'place'> & { full: Place | null })[] = [
    {
      step: 'HR address',
      full: home?.place ?? null,
      at: home?.validFrom.toISOString() ?? null,
      note: home ? (home.approved ? 'approved' : 'not approved') : null,
    },
    {
      step: 'Ordered',
      full: ordered,
      at: shipment.orderedAt.toISOString(),
      note: label?.use === 'ship_to' ? 'not an address on file' : null,
    },
    {
      step: 'On the label',
      full: label?.place ?? null,
      at: (shipment.label?.at ?? shipment.shippedAt)?.toISOString() ?? null,
      note: null,
    },
    { step: 'Delivered', full: delivered?.place ?? null, at: delivered?.at.toISOString() ?? null, note: null },
    {
      step: 'First check-ins',
      full: network?.place ?? null,
      at: firstCheckInAt?.toISOString() ?? null,
      note: network?.place?.circle ? `± ${network.place.circle.radiusKm} km` : null,
    },
  ]
  return steps.map(({ full, ...step }, index) => {
    const before = index === 0 ? null : steps[index - 1]!.full
    const km = full?.circle && before?.circle ? Math.round(distanceKm(before.circle, full.circle)) : null
    return {
      ...step,
      place: full === null ? null : tidyPlace(full),
      km,
    }
  })
}

/** Where the order itself wanted it, before anything was changed. */
function orderedTo(facts: Facts, shipmentId: string): Place | null {
  const order = facts.events.find((event) => event.kind === 'shipment.ordered' && event.shipmentId === shipmentId)
  const addressId = order?.kind === 'shipment.ordered' ? order.payload?.addressId : null
  return facts.addresses.find((address) => address.id === addressId)?.place ?? null
}
