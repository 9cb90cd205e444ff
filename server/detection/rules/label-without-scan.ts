// A label was bought for the laptop's parcel, and the carrier has not seen it since.
import { z } from 'zod'
import { weightAt, workdaysAfter } from '../measure.ts'
import { type Dossier, defineRule, type ShipmentFact } from '../rule.ts'

/** So many times the wait, and it weighs no more. */
const STEPS_MAX = 3

/** Nearly always a parcel that stands in the stockroom; now and then one that left it by another way. */
const WEIGHT = 2

export const labelWithoutScan = defineRule({
  id: 'label-without-scan',
  title: 'Label bought, parcel not seen',
  severity: 'low',
  weight: WEIGHT,
  group: 'silence',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.label_bought',
    'shipment.label_refunded',
    'shipment.held',
    'shipment.released',
    'shipment.shipped',
    'shipment.scanned',
    'device.accepted',
    'device.status_reported',
    'device.received',
    'time',
  ],
  status: 'experimental',
  why: 'Between the stockroom and the first scan nobody answers for a laptop. One that is missing there is missed only when its receiver complains.',
  references: [
    'On parcels that stay at "label created", and when that is more than a delay: https://shipped.online/label-created-but-not-yet-in-system-why-packages-sit-in-pre-shipment',
  ],
  attack: [],
  falsePositives: [
    'A parcel that was not picked up, or waits for a second one.',
    'Holidays, and carriers that scan for the first time at a depot far off.',
    'A parcel that was released from a hold only now.',
  ],
  blindSpots: ['Labels that were bought elsewhere.', 'A parcel that is scanned and has something else in it.'],
  runbook: [
    'Look for the parcel where parcels are picked up from; ask who handed it over, and when.',
    'If it cannot be found, ask the carrier for its pick-up list of that day.',
    'If it never left, refund the label before its term ends.',
  ],
  params: z.object({
    days: z
      .number()
      .int()
      .positive()
      .max(730)
      .default(3)
      .describe('Working days from the purchase to the first scan. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment, now } = dossier
    if (shipment === null || shipment.label === null || !isWaitedFor(dossier, shipment)) return []
    const { label } = shipment
    const dueAt = (step: number) => workdaysAfter(label.at, step * params.days)
    let steps = 0
    while (steps < STEPS_MAX && dueAt(steps + 1) <= now) steps += 1
    const lookAgainAt = steps === STEPS_MAX ? null : dueAt(steps + 1)
    if (steps === 0) return { findings: [], lookAgainAt }
    const days = steps * params.days
    return {
      findings: [
        {
          key: shipment.id,
          summary: `A label was bought, and the carrier has not seen the parcel for ${days} working days or more`,
          evidence: [label.seq, shipment.seq],
          since: dueAt(1),
          facts: { boughtAt: label.at.toISOString(), days, saidToBeShipped: shipment.shippedAt !== null },
          weight: weightAt(steps, [
            [1, WEIGHT],
            [STEPS_MAX, WEIGHT * 2.5],
          ]),
        },
      ],
      lookAgainAt,
    }
  },
})

/** Not while it is held here, and not once the laptop is somewhere by other means. */
const isWaitedFor = ({ device }: Dossier, { firstScanAt, held }: ShipmentFact): boolean =>
  firstScanAt === null && !held && ['ordered', 'packed', 'shipped'].includes(device.lifeCycle)
