// The laptop comes back from another place than the one it was meant to be in.
import { z } from 'zod'
import { type Apart, apart, deliveredToReceiver, isApart, kmText, placeName, weightAt } from '../measure.ts'
import { type Dossier, defineRule, type RuleFinding, type ScanFact, type ShipmentFact } from '../rule.ts'
import { isAway } from '../spans.ts'

/** Leavers visit family and move away; that one in twenty or so sends it from afar is our own judgement. */
const WEIGHT = 8

export const returnFromElsewhere = defineRule({
  id: 'return-from-elsewhere',
  title: 'Return from elsewhere',
  severity: 'medium',
  weight: WEIGHT,
  group: 'return',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'address.refused',
    'declaration.made',
    'declaration.ended',
  ],
  status: 'experimental',
  why: 'Where a return is handed in is where the laptop was. A helper sends it back from where the farm stands.',
  references: [
    'Google Threat Intelligence: a laptop meant for New York was at work in London: https://channellife.co.uk/story/google-warns-of-rising-global-threat-from-n-korean-it-ops',
    'United States v. Chapman, where laptops of many people stood in one house: https://www.threatshub.org/blog/laptop-farmer-behind-17m-north-korean-it-worker-scam-locked-up-for-8-5-years',
  ],
  attack: [],
  falsePositives: [
    'Handed in on a journey, or with the parents.',
    'A move after the last day, which nobody need tell us of.',
    'A first scan at the depot of a wide country.',
  ],
  blindSpots: [
    'Another door in the same city.',
    'A scan without a place, and one that comes only after we have the laptop.',
    'A label that travels with somebody else to the right city.',
  ],
  runbook: [
    'Ask the person where they handed it in, and how it came there.',
    'Look at where the laptop checked in during its last weeks.',
    'Keep the laptop apart when it comes, and read its serial number before anything else.',
  ],
  params: z.object({
    gapKmMin: z
      .number()
      .nonnegative()
      .max(20000)
      .default(100)
      .describe(
        'Kilometres beyond what the two cities cover by themselves: depots lie far out. A default, not a fact.',
      ),
    abroadWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(11)
      .describe('Decibans where it comes from another country than any it was meant to be in. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { assignedAt } = dossier.device
    return dossier.shipments
      .filter((one) => one.direction === 'return' && assignedAt !== null && one.orderedAt >= assignedAt)
      .flatMap((one) => judgeParcel(dossier, one, params))
  },
})

function judgeParcel(
  dossier: Dossier,
  parcel: ShipmentFact,
  params: { gapKmMin: number; abroadWeight: number },
): RuleFinding[] {
  const scan = handedIn(parcel)
  const meant = scan === null ? null : nearest(dossier, scan)
  if (scan === null || meant === null || !isApart(meant.apart, params.gapKmMin)) return []
  if (isAway(dossier, scan.at, scan.place)) return []
  const { km, isOtherCountry } = meant.apart
  const distance = km === null ? 'away from' : `${kmText(km)} from`
  return [
    {
      key: parcel.id,
      summary: `The laptop comes back from ${placeName(scan.place)}, ${distance} where it was meant to be, ${placeName(meant.place)}`,
      evidence: [...new Set([scan.seq, meant.seq, parcel.seq])],
      since: scan.at,
      facts: {
        handedInAt: scan.at.toISOString(),
        place: placeName(scan.place),
        meant: placeName(meant.place),
        km: km === null ? null : Math.round(km),
      },
      weight: isOtherCountry ? params.abroadWeight : weightOf(meant.apart, params.gapKmMin),
    },
  ]
}

/** The first scan of a parcel that the carrier has, with a place. */
const handedIn = ({ scans }: ShipmentFact): ScanFact | null =>
  scans.find(({ reading, place }) => reading.is !== 'created' && (place.circle !== null || place.country !== null)) ??
  null

/** Of where its parcel was bound, where that came to and the addresses on file that hold, the nearest; any will do. */
function nearest(dossier: Dossier, scan: ScanFact) {
  const { shipment } = dossier
  const came = shipment === null ? null : deliveredToReceiver(shipment)
  const homes = dossier.addresses.filter((one) => one.use === 'home' && !one.refused)
  const known = homes.some((one) => one.approved) ? homes.filter((one) => one.approved) : homes
  const measured = [...(shipment?.destination ? [shipment.destination] : []), ...(came ? [came] : []), ...known]
    .filter(({ place }) => place.circle !== null || place.country !== null)
    .map(({ seq, place }) => ({ seq, place, apart: apart(place, scan.place) }))
  const rank = ({ gapKm, isOtherCountry, isOtherRegion }: Apart) =>
    gapKm ?? (isOtherCountry ? 20_000 : isOtherRegion ? 10_000 : 0)
  return measured.toSorted((a, b) => rank(a.apart) - rank(b.apart) || a.seq - b.seq)[0] ?? null
}

/** Grows with the distance. */
function weightOf({ gapKm }: Apart, gapKmMin: number): number {
  if (gapKm === null) return 5
  return weightAt(gapKm, [
    [gapKmMin, 4],
    [Math.max(1000, gapKmMin + 1), WEIGHT],
  ])
}
