// The laptop checked in while, by the carrier's scans, its parcel was still on the way.
import { z } from 'zod'
import { hoursAfter, hoursBetween, hoursText, placeName, weighProof } from '../measure.ts'
import {
  type CheckInFact,
  type Dossier,
  defineRule,
  type NetworkFact,
  type ScanFact,
  type ShipmentFact,
} from '../rule.ts'

/** Readings that show a parcel in the carrier's hands. Words about a change of delivery show nothing of where it is. */
const stillMoving = ['accepted', 'moving', 'out', 'attempted', 'customs', 'held', 'forwarded', 'returned']

const WEIGHT = 12

export const checkInBeforeDelivery = defineRule({
  id: 'check-in-before-delivery',
  title: 'Checked in before it was delivered',
  severity: 'high',
  weight: WEIGHT,
  group: 'order of custody',
  layer: 'custody',
  watches: ['shipment.scanned', 'device.checked_in', 'network'],
  status: 'stable',
  why: 'A laptop that reports while the carrier carries its parcel was taken out of it, was never in it, or is another one under the same serial number.',
  references: [
    'Mandiant 2024 on checking that the laptop used is the one sent: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
  ],
  attack: [],
  falsePositives: [
    'A label scanned while the laptop was still on the bench, or a wrong laptop in the box.',
    'A driver who notes a delivery at the end of the round.',
    'A laptop that woke in the box near a network it knows.',
  ],
  blindSpots: [
    'Parcels with few scans: nothing shows the order.',
    'Times whose zone is not known overlap by up to 28 hours, and then nothing is said.',
    'A laptop opened and closed again without a network.',
  ],
  runbook: [
    'Compare the place of the check-in with the places of the scans.',
    'Ask who packed the parcel whether this serial number was in it.',
    'Have the serial number read from the laptop by whoever receives it.',
    'If the parcel is still on its way, have it held and inspected.',
  ],
  params: z.object({
    graceMinutes: z
      .number()
      .nonnegative()
      .max(1440)
      .default(30)
      .describe('Minutes by which a scan may be noted after the fact. A default, not a fact.'),
    benchWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(5)
      .describe(
        'Decibans while the laptop shows no other network than before it was sent: perhaps it never left. A default, not a fact.',
      ),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    const first = shipment?.scans.find((scan) => scan.reading.is !== 'created')
    if (!shipment || !first) return []
    for (const seen of sightings(dossier)) {
      // Before the carrier's first scan is bench work.
      if (seen.at <= first.to) continue
      const proof = carriedAfter(shipment, seen.at, params.graceMinutes)
      if (proof === null) continue
      const network = networkAt(dossier, first, seen.at)
      const weight = network === 'as at the bench' ? params.benchWeight : WEIGHT
      const where = typeof network === 'object' && network?.place ? ` from ${placeName(network.place)}` : ''
      const gap = hoursBetween(seen.at, proof.from)
      return [
        {
          key: shipment.id,
          summary: `Checked in${where} ${hoursText(gap)} before the parcel was ${proof.reading.is === 'delivered' ? 'delivered' : 'last seen on its way'} in ${placeName(proof.place)}`,
          evidence: [seen.seq, first.seq, proof.seq],
          since: seen.at,
          facts: {
            checkedInAt: seen.at.toISOString(),
            scanAt: proof.at.toISOString(),
            reading: proof.reading.is,
            hours: Math.round(gap),
            proof: seen.proof,
          },
          weight: weighProof(weight, seen.proof),
        },
      ]
    }
    return []
  },
})

/** Check-ins of their own and changes of network, oldest first. */
function sightings(dossier: Dossier): { seq: number; at: Date; proof: CheckInFact['proof'] }[] {
  return [...dossier.checkIns, ...dossier.networks].toSorted((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
}

/**
 * A scan surely after `at` that shows the parcel with the carrier, the newest; or the delivery after it. Null where
 * it may have been handed over by then: scans after a delivery are the carrier's paperwork.
 */
function carriedAfter(shipment: ShipmentFact, at: Date, graceMinutes: number): ScanFact | null {
  const isHandedOver = (scan: ScanFact) => scan.reading.is === 'delivered' && scan.reading.to !== 'sender'
  if (shipment.scans.some((scan) => isHandedOver(scan) && scan.from <= at)) return null
  const from = hoursAfter(at, graceMinutes / 60)
  const after = shipment.scans.filter((scan) => scan.from > from)
  return after.find(isHandedOver) ?? after.findLast((scan) => stillMoving.includes(scan.reading.is)) ?? null
}

/** The network it reported since the carrier had it; or that it shows none but the one from before. */
function networkAt(dossier: Dossier, first: ScanFact, at: Date): NetworkFact | 'as at the bench' | null {
  const until = dossier.networks.filter((network) => network.at <= at)
  return until.findLast((network) => network.at > first.to) ?? (until.length > 0 ? 'as at the bench' : null)
}
