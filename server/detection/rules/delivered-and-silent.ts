// The parcel was delivered, and the laptop has not been heard of since.
import { z } from 'zod'
import { excusedUntil, heardFrom, heardFromAny } from '../hearing.ts'
import { deliveredToReceiver, hoursAfter, hoursBetween, placeName, weightAt } from '../measure.ts'
import { type Dossier, defineRule } from '../rule.ts'

/** So many times the wait, and it weighs no more. */
const STEPS_MAX = 4

const WEIGHT = 4

export const deliveredAndSilent = defineRule({
  id: 'delivered-and-silent',
  title: 'Delivered and silent',
  severity: 'medium',
  weight: WEIGHT,
  group: 'silence',
  layer: 'custody',
  watches: [
    'shipment.scanned',
    'shipment.ordered',
    'device.checked_in',
    'device.received',
    'device.status_reported',
    'network',
    'software',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Between delivery and the first check-in nothing is known of a laptop. One that is sent on, sold or set up afresh is silent exactly then.',
  references: [
    'United States v. Chapman, where 49 devices went abroad after delivery: https://lifestyle.swishinteractiv.com/us-woman-jailed-for-8-years-over-identity-theft-scheme-aiding-north-korean-workers',
  ],
  attack: [],
  falsePositives: [
    'Holidays, illness, and people who start later than the records say.',
    'A spare laptop that nobody unpacks.',
    'An enrolment that failed.',
    'Parcels left at a counter or locker are not counted until they are fetched.',
  ],
  blindSpots: [
    'While every source that would hear of it fails, nothing is concluded; the wait begins anew when one is heard again.',
    'A laptop that checks in from elsewhere is not silent: see first-check-in-far.',
  ],
  runbook: [
    'Ask the person whether the laptop came, and to switch it on.',
    'If they do not have it, ask the carrier for the proof of delivery.',
    'If they have it and it cannot enrol, have the serial number read to you.',
    'If nobody answers, lock the laptop in the management system before it appears.',
  ],
  params: z.object({
    days: z
      .number()
      .positive()
      .max(730)
      .default(7)
      .describe(
        'Days without a check-in from delivery, from the first working day or from the end of a declared absence. A default, not a fact.',
      ),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const { shipment, now } = dossier
    const scan = shipment === null ? null : deliveredToReceiver(shipment)
    if (shipment === null || scan === null || scan.reading.is !== 'delivered') return []
    if (
      ['locker', 'counter', 'sender'].includes(scan.reading.to) ||
      !isWaitedFor(dossier) ||
      isHeardOf(dossier, scan.from)
    )
      return []
    const from = waitsFrom(dossier, scan.to, params.days)
    if (from === null) return { findings: [], lookAgainAt: hoursAfter(now, 24) }
    const steps = Math.floor(hoursBetween(from, now) / (24 * params.days))
    const lookAgainAt = steps >= STEPS_MAX ? null : hoursAfter(from, (Math.max(0, steps) + 1) * params.days * 24)
    if (steps < 1) return { findings: [], lookAgainAt }
    const days = Math.min(steps, STEPS_MAX) * params.days
    return {
      findings: [
        {
          key: shipment.id,
          summary: `Delivered in ${placeName(scan.place)} and not heard of for ${days} days or more`,
          evidence: [scan.seq, shipment.seq],
          since: hoursAfter(from, params.days * 24),
          facts: {
            deliveredAt: scan.at.toISOString(),
            countedFrom: from.toISOString(),
            days,
            place: placeName(scan.place),
          },
          weight: weightAt(Math.min(steps, STEPS_MAX), [
            [1, WEIGHT],
            [STEPS_MAX, WEIGHT * 2],
          ]),
        },
      ],
      lookAgainAt,
    }
  },
})

/** Not while it is on its way back, lost, or with the repairer: others look after that. */
function isWaitedFor({ device }: Dossier): boolean {
  return !['returning', 'returned', 'repair', 'lost', 'retired', 'stock'].includes(device.lifeCycle)
}

/** Heard of at or after the earliest moment of its delivery, by any source. */
function isHeardOf(dossier: Dossier, deliveredFrom: Date): boolean {
  const times = [
    ...dossier.presence.map((day) => day.lastAt),
    ...dossier.checkIns.map((one) => one.at),
    ...dossier.networks.map((one) => one.at),
  ]
  return times.some((at) => at >= deliveredFrom)
}

/**
 * From when the wait counts: delivery, the first working day, or the end of an absence that the company vouches for; and
 * not while whoever would hear of it fails. Null: they still do.
 */
function waitsFrom(dossier: Dossier, deliveredAt: Date, days: number): Date | null {
  const startsOn = dossier.person?.startsOn ?? deliveredAt
  const from = excusedUntil(dossier, startsOn > deliveredAt ? startsOn : deliveredAt, days)
  const sources = [...new Set(dossier.presence.map((one) => one.source))]
  return sources.length === 0 ? heardFromAny(dossier, from) : heardFrom(dossier, sources, from)
}
