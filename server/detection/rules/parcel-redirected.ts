// Somebody other than us had the carrier take the parcel to another address on its way.
import { z } from 'zod'
import {
  apart,
  deliveredToReceiver,
  fading,
  fadingParams,
  isApart,
  isApprovedPlace,
  partOf,
  placeName,
  scansUntilDelivered,
} from '../measure.ts'
import { type Dossier, defineRule, type ScanFact, type ShipmentFact } from '../rule.ts'
import { tellsPlace } from '../spans.ts'

type Change = Extract<ScanFact['reading'], { is: 'delivery change' }>
type ChangeScan = ScanFact & { reading: Change }

const WEIGHT = 14
/** Kilometres beyond what the two places cover: databases have few home lines so far off. */
const FAR_KM = 300

export const parcelRedirected = defineRule({
  id: 'parcel-redirected',
  title: 'Parcel redirected on its way',
  severity: 'high',
  weight: WEIGHT,
  group: 'delivery',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'address.added',
    'address.approved',
    'network',
    'device.checked_in',
    'time',
  ],
  status: 'stable',
  why: "The carrier's own delivery options move a parcel past every address check. Whoever holds the tracking number and a code by e-mail can use them.",
  references: [
    'Secureworks incident (the laptop was rerouted), told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
    'KnowBe4: collected at a carrier counter with a matching name: https://veroot.com/cyber-resources/knowbe4s-unintentional-recruitment-of-a-north-korean-hacker-a-cautionary-tale',
  ],
  attack: [],
  falsePositives: [
    'People who are not at home send parcels to work, to family or to a shop.',
    'Carriers word a change of the day or of the signature like a change of the place.',
    'A mover who has the parcel follow.',
  ],
  blindSpots: [
    'Carriers that report a redirect without words or code for it.',
    'A helper who picks the parcel up at the right address and carries it on.',
    'A redirect by somebody with our own carrier account reads as ours.',
  ],
  runbook: [
    'Ask the carrier who changed the delivery, when, and to where; have the parcel held or brought back.',
    'Call the person on a number that was on file before the order.',
    'Do not enrol or unlock the laptop until its place is settled.',
    'Switch receiver redirects off for this account at the carrier.',
  ],
  params: z.object({
    requestedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('How much counts while the change is only asked for. A default, not a fact.'),
    unclearShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.65)
      .describe(
        'How much counts where the carrier does not say what was changed to, or changed it itself. A default, not a fact.',
      ),
    nearShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'How much counts once the parcel came to the place of an approved address after all. A default, not a fact.',
      ),
    pickUpWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(3)
      .describe('Decibans for a change to a counter or locker, which most people do at times. A default, not a fact.'),
    ...fadingParams(30, 150, 'the redirect'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment } = dossier
    if (shipment === null) return []
    const standing = standingChanges(shipment)
    const weights = standing.map(({ reading }) => weightOf(reading, params))
    const weight = Math.max(0, ...weights) * (cameNear(dossier, shipment) ? params.nearShare : 1)
    const strongest = standing[weights.indexOf(Math.max(...weights))]
    if (strongest === undefined || weight === 0) return []
    const { stage, to, by } = strongest.reading
    const { share, nextAt } = fading(strongest.at, dossier.now, params)
    if (share === 0) return []
    const finding = {
      key: shipment.id,
      summary: `${stage === 'done' ? 'The parcel was redirected' : 'A redirect of the parcel was asked for'} ${words[to]} while it was in ${placeName(strongest.place)}`,
      evidence: [...standing.map((scan) => scan.seq), shipment.seq],
      since: strongest.at,
      facts: { stage, by, to, place: placeName(strongest.place), scans: standing.length },
      weight: partOf(weight, share),
    }
    return { findings: [finding], lookAgainAt: nextAt }
  },
})

/** A change that the carrier made itself, or does not name, is as often about something else. */
function weightOf(
  { to, stage, by }: Change,
  params: { requestedShare: number; unclearShare: number; pickUpWeight: number },
) {
  const isClear = to === 'address' && by !== 'carrier'
  const base = to === 'counter' || to === 'locker' ? params.pickUpWeight : WEIGHT * (isClear ? 1 : params.unclearShare)
  return stage === 'done' ? base : base * params.requestedShare
}

const words: Record<Change['to'], string> = {
  address: 'to another address',
  unknown: 'in a way that the carrier does not name',
  counter: 'to a counter for pick-up',
  locker: 'to a locker',
  neighbour: 'to a neighbour',
  'other day': 'to another day',
  back: 'back to the sender',
}

/** Changes of the place that were done, or asked for and not refused since. What the sender asked for is ours. */
function standingChanges(shipment: ShipmentFact): ChangeScan[] {
  let standing: ChangeScan[] = []
  for (const scan of scansUntilDelivered(shipment)) {
    if (!isChange(scan)) continue
    const { stage, by, to } = scan.reading
    if (stage === 'refused') standing = standing.filter((one) => one.reading.stage === 'done')
    else if (by !== 'sender' && ['address', 'unknown', 'counter', 'locker'].includes(to)) standing.push(scan)
  }
  return standing
}

const isChange = (scan: ScanFact): scan is ChangeScan => scan.reading.is === 'delivery change'

/** Whether the parcel ended where the person has an approved address: a neighbour's door, or the new home. */
function cameNear(dossier: Dossier, shipment: ShipmentFact): boolean {
  const delivered = deliveredToReceiver(shipment)
  return delivered !== null && isApprovedPlace(dossier, delivered.place) && !wokeFar(dossier)
}

/** The first line that tells a place is nowhere near an approved address: whatever the carrier's last scan says. */
function wokeFar({ addresses, device, networks }: Dossier): boolean {
  const first = device.firstCheckInAt
  const line = first === null ? undefined : networks.find((one) => one.at >= first && tellsPlace(one))
  if (!line?.place) return false
  const { place } = line
  return !addresses.some((one) => one.approved && !isApart(apart(one.place, place), FAR_KM))
}
