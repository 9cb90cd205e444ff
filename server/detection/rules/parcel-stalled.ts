// The parcel is under way, and the carrier has said nothing for days.
import { z } from 'zod'
import { hoursBetween, hoursText, placeName, weightAt, workdaysAfter } from '../measure.ts'
import { type Dossier, defineRule, type ScanFact, type ShipmentFact } from '../rule.ts'

/** So many times the wait, and it weighs no more. */
const STEPS_MAX = 4

/** Twice as likely, and four times after weeks: carriers lose more than anybody steals. Our own judgement. */
const WEIGHT = 3

export const parcelStalled = defineRule({
  id: 'parcel-stalled',
  title: 'Parcel without a scan for days',
  severity: 'medium',
  weight: WEIGHT,
  group: 'silence',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.scanned',
    'device.received',
    'device.accepted',
    'device.checked_in',
    'device.status_reported',
    'network',
    'time',
  ],
  status: 'stable',
  why: 'A parcel that disappears on its way was lost, stolen or handed over without a scan. The sooner somebody asks, the likelier it is still found.',
  references: [
    'United States v. Chapman, where laptops went on by parcel unseen: https://lifestyle.swishinteractiv.com/us-woman-jailed-for-8-years-over-identity-theft-scheme-aiding-north-korean-workers',
    'FBI IC3, 2025-07-23, on laptops that are sent on: https://www.ic3.gov/PSA/2025/PSA250723-4',
  ],
  attack: [],
  falsePositives: [
    'Holidays, storms and strikes.',
    'Cheap services that scan little on long legs.',
    'A tracker that the carrier no longer feeds.',
  ],
  blindSpots: [
    'A parcel with a label and no scan at all: see label-without-scan.',
    'A parcel that waits at a counter: see parcel-held-for-pickup.',
    'A connector that is behind looks like a silent carrier.',
  ],
  runbook: [
    'Open the carrier’s tracking page, and ask the carrier where it last was.',
    'Ask the person whether it came without a scan.',
    'If nobody knows, file the search with the carrier, and lock the laptop in the management system before it appears.',
  ],
  params: z.object({
    days: z
      .number()
      .int()
      .positive()
      .max(60)
      .default(4)
      .describe('Working days without a scan. A default, not a fact: most services scan daily.'),
    customsDays: z
      .number()
      .int()
      .positive()
      .max(60)
      .default(12)
      .describe('Working days without a scan while it is in customs. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const waiting = dossier.shipments.flatMap((shipment) => {
      const scan = lastScanUnderWay(dossier, shipment)
      return scan === null ? [] : [{ shipment, scan }]
    })
    // A laptop is in one parcel at a time: the last of them.
    const last = waiting.at(-1)
    if (last === undefined || last.shipment !== dossier.shipments.at(-1)) return []
    const { shipment, scan } = last
    const days = scan.reading.is === 'customs' ? params.customsDays : params.days
    const steps = stepsSince(scan.to, dossier.now, days)
    const lookAgainAt = steps >= STEPS_MAX ? null : workdaysAfter(scan.to, (steps + 1) * days)
    if (steps < 1) return { findings: [], lookAgainAt }
    const since = workdaysAfter(scan.to, days)
    return {
      findings: [
        {
          key: shipment.id,
          summary: `The ${shipment.direction === 'return' ? 'return parcel' : 'parcel'} was last scanned in ${placeName(scan.place)}, ${steps * days} working days ago or more`,
          evidence: [scan.seq, shipment.seq],
          since,
          facts: {
            lastScanAt: scan.at.toISOString(),
            place: placeName(scan.place),
            direction: shipment.direction,
            customs: scan.reading.is === 'customs',
            underWay: shipment.firstScanAt === null ? null : hoursText(hoursBetween(shipment.firstScanAt, scan.at)),
          },
          weight: weightAt(steps, [
            [1, WEIGHT],
            [STEPS_MAX, WEIGHT * 2],
          ]),
        },
      ],
      lookAgainAt,
    }
  },
})

/** How often the wait has passed, at most as often as it matters. */
function stepsSince(from: Date, now: Date, days: number): number {
  let steps = 0
  while (steps < STEPS_MAX && workdaysAfter(from, (steps + 1) * days) <= now) steps++
  return steps
}

/** The last scan of a parcel that is with the carrier; null where it has none, has ended, or waits to be fetched. */
function lastScanUnderWay(dossier: Dossier, shipment: ShipmentFact): ScanFact | null {
  const scans = shipment.scans.filter((scan) => scan.reading.is !== 'created')
  const last = scans.at(-1)
  if (last === undefined || scans.some((scan) => scan.reading.is === 'delivered' || scan.reading.is === 'lost'))
    return null
  if (last.reading.is === 'held' && last.reading.at !== 'carrier') return null
  return hasEnded(dossier, shipment, last) ? null : last
}

/** Whether the laptop is known to be where it belongs, or to be gone: then the parcel's silence says nothing. */
function hasEnded({ device, presence, networks, returns }: Dossier, shipment: ShipmentFact, last: ScanFact): boolean {
  if (['accepted', 'in service', 'returned', 'repair', 'lost', 'retired', 'stock'].includes(device.lifeCycle))
    return true
  if (shipment.direction === 'return')
    return returns.some((one) => one.received !== null && one.received.at > last.from)
  return [...presence.map((day) => day.lastAt), ...networks.map((one) => one.at)].some((at) => at > last.to)
}
