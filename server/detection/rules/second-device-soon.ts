// Soon after this laptop, another one was ordered for the same person, and nothing says that this one is gone.
import { z } from 'zod'
import { fading, fadingParams, hoursAfter, hoursBetween, partOf, weightAt } from '../measure.ts'
import {
  type Dossier,
  defineRule,
  type Evaluation,
  type OrderFact,
  type RuleFinding,
  type ShipmentFact,
} from '../rule.ts'

/** Three times as likely where one is sent on: most second laptops are a muddle of orders. Our own judgement. */
const WEIGHT = 5

export const secondDeviceSoon = defineRule({
  id: 'second-device-soon',
  title: 'Another laptop ordered soon after this one',
  severity: 'medium',
  weight: WEIGHT,
  group: 'second device',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'return.opened',
    'return.closed',
    'device.received',
    'device.status_reported',
    'device.transferred',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'One laptop stays with the helper, and the next goes abroad or to another farm. A replacement that replaces nothing is how the second one is had.',
  references: [
    'FBI IC3, 2025-07-23, on helpers who send laptops on: https://www.ic3.gov/PSA/2025/PSA250723-4',
    'United States v. Chapman, where 49 devices were sent on: https://lifestyle.swishinteractiv.com/us-woman-jailed-for-8-years-over-identity-theft-scheme-aiding-north-korean-workers',
  ],
  attack: [],
  falsePositives: [
    'Somebody who needs two: a test machine, another platform, a spare.',
    'A replacement for a broken one whose return nobody has opened yet.',
    'An order that was entered twice.',
  ],
  blindSpots: [
    'A second laptop that was ordered in the same parcel, or within a day.',
    'A loss that is only claimed: where this one was reported lost, the rule is quiet.',
    'Orders that carry no serial number.',
  ],
  runbook: [
    'Ask who ordered the second one, and for what.',
    'If it is a replacement, open the return of this one, and read its serial number when it comes.',
    'Have the person show both laptops and read the last four of each serial number.',
  ],
  params: z.object({
    days: z
      .number()
      .positive()
      .max(730)
      .default(45)
      .describe(
        'Days after this laptop’s order within which another one counts, less the later it is. A default, not a fact.',
      ),
    togetherHours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(24)
      .describe('Hours within which two orders are one purchase. A default, not a fact.'),
    graceHours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(48)
      .describe('Hours after the second order for opening the return of this one. A default, not a fact.'),
    ...fadingParams(30, 120, 'the second order'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment, now } = dossier
    if (shipment === null || isGone(dossier, shipment)) return []
    const findings: RuleFinding[] = []
    const times: Date[] = []
    for (const order of dossier.otherOrders) {
      const after = hoursBetween(shipment.orderedAt, order.at)
      if (after <= params.togetherHours || after > params.days * 24 || order.deviceIds.length === 0) continue
      const due = hoursAfter(order.at, params.graceHours)
      const fade = fading(order.at, now, params)
      const next = now < due ? due : fade.nextAt
      if (next !== null) times.push(next)
      if (now >= due && fade.share > 0)
        findings.push(findingOf(shipment, order, partOf(weightOf(after, params.days), fade.share)))
    }
    return { findings, lookAgainAt: earliest(times) }
  },
})

const earliest = (times: Date[]): NonNullable<Evaluation['lookAgainAt']> | null =>
  times.reduce<Date | null>((first, at) => (first === null || at < first ? at : first), null)

/** The sooner the second, the less the first can have been used up. */
const weightOf = (hours: number, days: number) =>
  weightAt(hours / 24, [
    [Math.min(14, days / 2), WEIGHT],
    [days, 2],
  ])

function findingOf(shipment: ShipmentFact, order: OrderFact, weight: number): RuleFinding {
  const days = Math.round(hoursBetween(shipment.orderedAt, order.at) / 24)
  return {
    key: order.shipmentId,
    summary: `Another laptop was ordered for the same person ${days} ${days === 1 ? 'day' : 'days'} after this one, and this one is not known to be broken, lost or on its way back`,
    evidence: [order.seq, shipment.seq],
    since: order.at,
    facts: { days, firstOrderedAt: shipment.orderedAt.toISOString(), secondOrderedAt: order.at.toISOString() },
    weight,
  }
}

/** Whether something says why a second one is needed: this one comes back, is broken, lost, or never arrived. */
function isGone(dossier: Dossier, shipment: ShipmentFact): boolean {
  const { device, returns, declarations } = dossier
  return (
    ['repair', 'lost', 'retired', 'returning', 'returned'].includes(device.lifeCycle) ||
    returns.some((one) => one.openedAt >= shipment.orderedAt && one.closed?.outcome !== 'withdrawn') ||
    shipment.scans.some((scan) => ['damaged', 'lost', 'returned'].includes(scan.reading.is)) ||
    declarations.some(
      (one) =>
        one.kind === 'repair' &&
        one.to >= shipment.orderedAt &&
        (one.value === null ? one.personId !== null : one.value === device.serialNumber),
    )
  )
}
