// The person's address changed again and again around the time of the order.
import { z } from 'zod'
import {
  apart,
  fading,
  fadingParams,
  hoursBetween,
  isApproved,
  parcelOut,
  partOf,
  placeName,
  weightAt,
} from '../measure.ts'
import { type AddressFact, type Dossier, defineRule, type ShipmentFact } from '../rule.ts'

/** Decibans per number of doors: two moves in a quarter happen to people who relocate, four hardly to anybody. */
const WEIGHTS = [
  [3, 5],
  [5, 8],
] as const

/** A door that gives way to the next so soon was a slip of the pen. */
const CORRECTED_HOURS = 1

export const addressChangedRepeatedly = defineRule({
  id: 'address-changed-repeatedly',
  title: 'Address changed again and again',
  severity: 'medium',
  weight: 5,
  group: 'address',
  layer: 'custody',
  watches: [
    'shipment.ordered',
    'shipment.changed',
    'shipment.scanned',
    'device.received',
    'address.added',
    'address.approved',
    'address.refused',
    'time',
  ],
  status: 'stable',
  why: 'Whoever steers a laptop tries doors until one passes. Addresses that change several times while somebody is hired are what employers are told to watch for.',
  references: [
    'FBI IC3, 2024-05-16, on addresses that change during onboarding: https://www.ic3.gov/PSA/2024/PSA240516',
    'FBI IC3, 2023-10-18, on delivery addresses that change quickly once hired: https://www.ic3.gov/PSA/2023/PSA231018',
  ],
  attack: [],
  falsePositives: [
    'Somebody who relocates by way of a hotel or of friends.',
    'A house number or unit that was mistyped and corrected more than an hour later.',
  ],
  blindSpots: [
    'One change is enough for a helper who knows the rules.',
    'Several changes within an hour count as one, as corrections do.',
    'Addresses from which no door could be read.',
    'A change at the carrier: see parcel-redirected.',
  ],
  runbook: [
    'Ask the person, by a contact that was on file before the first change, where they live and since when.',
    'See who brought each address, and by what way.',
    'Send nothing until one address is approved by somebody who brought none of them.',
  ],
  params: z.object({
    doorsMin: z
      .number()
      .int()
      .min(2)
      .max(100)
      .default(3)
      .describe('So many different doors count. A default, not a fact.'),
    windowDays: z
      .number()
      .positive()
      .max(730)
      .default(60)
      .describe('Days within which they came, the last no longer before the order. A default, not a fact.'),
    nearbyShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe('How much counts where all of them are in one place. A default, not a fact.'),
    approvedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.4)
      .describe('How much counts once the latest is approved. A default, not a fact.'),
    ...fadingParams(30, 120, 'the order or the latest change'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const shipment = parcelOut(dossier)
    if (shipment === null) return []
    const doors = doorsAround(dossier, shipment, params.windowDays)
    const [first, last] = [doors[0], doors.at(-1)]
    if (!first || !last || doors.length < params.doorsMin) return []
    const isNearby = doors.every((door) => apart(door.place, last.place).gapKm === 0)
    const approved = isApproved(dossier, last)
    const fade = fading(last.validFrom > shipment.orderedAt ? last.validFrom : shipment.orderedAt, dossier.now, params)
    if (fade.share === 0) return []
    const days = Math.max(1, Math.ceil(hoursBetween(first.validFrom, last.validFrom) / 24))
    const weight =
      weightAt(doors.length, WEIGHTS) * (isNearby ? params.nearbyShare : 1) * (approved ? params.approvedShare : 1)
    return {
      findings: [
        {
          key: shipment.id,
          summary: `${doors.length} different addresses within ${days} ${days === 1 ? 'day' : 'days'}, the latest in ${placeName(last.place)}${approved ? ' and approved' : ''}`,
          evidence: [...doors.map((door) => door.seq), shipment.seq],
          since: doors[params.doorsMin - 1]?.validFrom ?? last.validFrom,
          facts: {
            doors: doors.length,
            days,
            firstPlace: placeName(first.place),
            latestPlace: placeName(last.place),
            approved,
            orderedAt: shipment.orderedAt.toISOString(),
          },
          weight: partOf(weight, fade.share),
        },
      ],
      lookAgainAt: fade.nextAt,
    }
  },
})

/** Longest run of doors within the window up to the latest before the delivery, by when each first came; oldest first. */
function doorsAround(dossier: Dossier, shipment: ShipmentFact, windowDays: number): AddressFact[] {
  const until = shipment.delivered?.at ?? dossier.now
  const told = dossier.addresses.filter(
    (one) => one.use !== 'identity' && one.kind !== 'office' && one.doorKey !== null && one.validFrom <= until,
  )
  const first = [...Map.groupBy(told, (one) => one.doorKey).values()].flatMap((same) => same[0] ?? [])
  const settled = first.filter((door, index) => {
    const next = first[index + 1]
    return next === undefined || hoursBetween(door.validFrom, next.validFrom) >= CORRECTED_HOURS
  })
  const last = settled.at(-1)
  if (last === undefined || hoursBetween(last.validFrom, shipment.orderedAt) > windowDays * 24) return []
  return settled.filter((door) => hoursBetween(door.validFrom, last.validFrom) <= windowDays * 24)
}
