// What several rules measure and say alike: hours, distances, proof, changes of address, tools, places in words.
import { z } from 'zod'
import { regionCode } from '../lib/countries.ts'
import { distanceKm, gapKm } from '../lib/geo.ts'
import { DAY, HOUR, plus } from '../lib/time.ts'
import type { ProofLevel } from '../ports.ts'
import type {
  AddressFact,
  Dossier,
  HardwareFact,
  Place,
  RuleFinding,
  ScanFact,
  ShipmentFact,
  ToolFact,
} from './rule.ts'

/** Whether a declaration of a kind covers a time. */
export function isDeclared(dossier: Dossier, kind: string, at: Date): boolean {
  return dossier.declarations.some((one) => one.kind === kind && one.from <= at && at <= one.to)
}

/**
 * The address on file that held at a time: the newest approved home from before it, else the newest home. The first
 * that we ever heard of holds from ever, unless somebody said since when.
 */
export function homeAt(dossier: Dossier, at: Date): AddressFact | null {
  const homes = dossier.addresses.filter(
    (address) => address.use === 'home' && !address.refused && (address.validFrom <= at || isFirst(address)),
  )
  return homes.filter((address) => address.approved).at(-1) ?? homes.at(-1) ?? null
}

/** Hours from one moment to another; negative where it is before. */
export const hoursBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / HOUR

export const hoursAfter = (at: Date, hours: number): Date => new Date(at.getTime() + hours * HOUR)

/**
 * Weight at `x` on a line through points of rising `x`, one decimal; flat outside them. Windows decay by it: they
 * do not end on a day (DESIGN 6.9).
 */
export function weightAt(x: number, points: readonly (readonly [x: number, weight: number])[]): number {
  const next = points.findIndex(([at]) => x < at)
  const [x1, y1] = points[next < 0 ? points.length - 1 : next] ?? [0, 0]
  const [x0, y0] = points[next < 0 ? points.length - 1 : Math.max(0, next - 1)] ?? [0, 0]
  const weight = x1 === x0 ? y1 : y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
  return Math.round(weight * 10) / 10
}

/** Part of a weight, one decimal. */
export const partOf = (weight: number, share: number): number => Math.round(weight * share * 10) / 10

/** What fades does so in so many steps: a finding moves a few times, not every day. */
const FADE_STEPS = 4

/**
 * How much of a weight still counts, and when that changes next: all of it for `fullDays`, then less in equal steps, and
 * nothing from `goneDays` on (DESIGN 6.9).
 */
export function fading(
  from: Date,
  now: Date,
  { fullDays, goneDays }: { fullDays: number; goneDays: number },
): { share: number; nextAt: Date | null } {
  const full = plus(from, fullDays * DAY)
  const step = Math.max(HOUR, Math.round(((goneDays - fullDays) * DAY) / FADE_STEPS))
  const steps = Math.min(FADE_STEPS, Math.max(0, Math.floor((now.getTime() - full.getTime()) / step)))
  return { share: 1 - steps / FADE_STEPS, nextAt: steps === FADE_STEPS ? null : plus(full, (steps + 1) * step) }
}

/** The parameters of what fades, with the defaults of one rule and the moment it fades from. */
export const fadingParams = (fullDays: number, goneDays: number, from = 'the parcel’s last step') => ({
  fullDays: z
    .number()
    .nonnegative()
    .max(730)
    .default(fullDays)
    .describe(`Days after ${from} in which it counts in full. A default, not a fact.`),
  goneDays: z
    .number()
    .positive()
    .max(730)
    .default(goneDays)
    .describe(`Days after ${from} from which it counts no more. A default, not a fact.`),
})

/** The time so many working days later. Saturdays and Sundays do not count; holidays differ too much to know them. */
export function workdaysAfter(at: Date, days: number): Date {
  let left = days
  let to = at
  while (left > 0) {
    to = plus(to, DAY)
    if (to.getUTCDay() !== 0 && to.getUTCDay() !== 6) left--
  }
  return to
}

/** How much of a finding's weight counts when a check-in of this proof carries it: nobody claims signs against themselves. */
const trust: Record<ProofLevel, number> = { attested: 1, assigned: 1, enrolled: 1, claimed: 0.9, doubtful: 0.5 }

/** Whether a proof shows an enrolment with us, and is not only a claim of the report's own. */
export const isProven = (proof: ProofLevel): boolean => ['attested', 'assigned', 'enrolled'].includes(proof)

/** A weight, lowered where the check-in behind it hardly proves that it is the device issued. */
export const weighProof = (weight: number, proof: ProofLevel): number => Math.round(weight * trust[proof] * 10) / 10

type Located = Pick<Place, 'city' | 'region' | 'country' | 'circle'>

/** How far apart two places are: `gapKm` is the least that both circles allow; null where one has no circle. */
export interface Apart {
  km: number | null
  gapKm: number | null
  /** Another country, or another region of the same; false where either is not known. */
  isOtherCountry: boolean
  isOtherRegion: boolean
}

export function apart(a: Located, b: Located): Apart {
  const known = a.circle !== null && b.circle !== null
  const isOtherCountry = a.country !== null && b.country !== null && a.country !== b.country
  const regionA = regionCode(a.country ?? '', a.region)
  const regionB = regionCode(b.country ?? '', b.region)
  return {
    km: known ? distanceKm(a.circle!, b.circle!) : null,
    gapKm: known ? gapKm(a.circle!, b.circle!) : null,
    isOtherCountry,
    isOtherRegion: !isOtherCountry && regionA !== null && regionB !== null && regionA !== regionB,
  }
}

/** The parcel's scans by when they happened, without what the carrier noted after handing it over. */
export function scansUntilDelivered(shipment: ShipmentFact): ScanFact[] {
  const end = shipment.delivered?.to
  return end === undefined ? shipment.scans : shipment.scans.filter((scan) => scan.from <= end)
}

/** When the carrier had the parcel at the latest: its first scan, else when it was said to be shipped. */
export const handedToCarrierAt = (shipment: ShipmentFact): Date | null => shipment.firstScanAt ?? shipment.shippedAt

/** The parcel that the laptop went out by; null once it comes back, since its way out then matters no more. */
export const parcelOut = ({ device, shipment }: Dossier): ShipmentFact | null =>
  ['returning', 'returned'].includes(device.lifeCycle) ? null : shipment

/** When a parcel last came nearer to its receiver: by its address, its label, the carrier's first scan, the delivery. */
export function lastStepAt(shipment: ShipmentFact): Date {
  const steps = [shipment.orderedAt, shipment.destinationAt, shipment.label?.at, handedToCarrierAt(shipment)]
  return [...steps, deliveredToReceiver(shipment)?.at].reduce<Date>(
    (last, at) => (at && at > last ? at : last),
    shipment.orderedAt,
  )
}

/** The scan by which a parcel came to its receiver; null where it goes back to the sender, whatever the last scan says. */
export function deliveredToReceiver(shipment: ShipmentFact): ScanFact | null {
  const { delivered, scans } = shipment
  if (delivered === null) return null
  return scans.some((scan) => scan.reading.is === 'returned' && scan.at <= delivered.at) ? null : delivered
}

/** Whether the parcel goes back to the sender, or came back to them: then nobody else has it. */
export const goesBack = ({ scans }: ShipmentFact): boolean =>
  scans.some(({ reading }) => reading.is === 'returned' || (reading.is === 'delivered' && reading.to === 'sender'))

/** The scans by which the parcel waited to be fetched, at a counter or in a locker. */
export const waitedForPickUp = (shipment: ShipmentFact): ScanFact[] =>
  scansUntilDelivered(shipment).filter(({ reading }) =>
    reading.is === 'held'
      ? reading.at !== 'carrier'
      : reading.is === 'delivered' && (reading.to === 'counter' || reading.to === 'locker'),
  )

/** Whether a place is that of an address of theirs that is approved, as far as both are known. */
export const isApprovedPlace = (dossier: Dossier, place: Place): boolean =>
  dossier.addresses.some((address) => address.approved && apart(address.place, place).gapKm === 0)

/** Whether two places lie apart: by more than `gapKmMin` beyond what they cover; by country and region where one has no circle. */
export const isApart = ({ gapKm, isOtherCountry, isOtherRegion }: Apart, gapKmMin: number): boolean =>
  gapKm === null ? isOtherCountry || isOtherRegion : gapKm > gapKmMin

/** The person's newest approved home address. */
export const approvedHome = (dossier: Dossier): AddressFact | null =>
  dossier.addresses.findLast((address) => address.use === 'home' && address.approved) ?? null

/** Whether somebody vouched for an address: for this version, or for another at the same door. */
export const isApproved = (dossier: Dossier, address: AddressFact): boolean =>
  address.approved ||
  (!address.refused &&
    dossier.addresses.some((one) => one.approved && one.doorKey !== null && one.doorKey === address.doorKey))

/**
 * From when an address took another's place: as it was said, or because another home was on file. Null for the first
 * that we ever heard of, and for one at the same door as the others.
 */
export function changeOf(dossier: Dossier, address: AddressFact): Date | null {
  if (address.changedAt !== null) return address.changedAt
  const others = dossier.addresses.filter((one) => one.use === 'home' && one.id !== address.id && !one.refused)
  const held = others.filter(
    (one) => one.validFrom <= address.validFrom || (one.changedAt === null && one.replaces === null),
  )
  const isSame = held.some((one) => one.doorKey !== null && one.doorKey === address.doorKey)
  return (held.length > 0 || address.replaces !== null) && !isSame ? address.validFrom : null
}

/**
 * Whether something that was there from `from` to `to` belongs to this custody period. With a parcel: it came after the
 * carrier had the laptop, since what is on the bench is the company's own. Without one the period begins when somebody
 * told us of it, and what is still there then counts, however long it has been.
 */
export function isOfPeriod(dossier: Dossier, { from, to }: { from: Date; to: Date | null }): boolean {
  const start = dossier.shipment === null ? dossier.device.assignedAt : handedToCarrierAt(dossier.shipment)
  if (start === null) return false
  return from >= start || (dossier.shipment === null && (to === null || to >= start))
}

/** What begins, moves or ends a custody period: whoever reads one is woken by all of it. */
export const custodySteps = [
  'shipment.ordered',
  'shipment.changed',
  'shipment.shipped',
  'shipment.scanned',
  'device.accepted',
  'device.received',
  'device.status_reported',
  'device.transferred',
] as const

/** An unapproved tool through which somebody else can drive the laptop, with its first stay of this custody period. */
export interface DrivingTool {
  tool: ToolFact
  /** Hours since the first check-in; 0 where it was there already. */
  hours: number
}

/**
 * Unapproved driving tools that came to the laptop after the carrier had it, oldest first, one per tool; gone ones
 * too. What was on it at the bench and stayed is the company's own. Without a parcel: what was there in its period.
 */
export const drivingTools = (dossier: Dossier): DrivingTool[] =>
  toolsOfPeriod(dossier, (tool) => tool.drives && !isTunnel(tool))

/** Seen beside the laptop and not on it: it may be anybody's in the house. */
export const isNeighbour = ({ by }: Pick<HardwareFact, 'by'>): boolean => by === 'hostname' || by === 'mac'

/** A way into the laptop past its network: developers' own, and weaker than a tool that shows its screen. */
export const isTunnel = ({ family }: Pick<ToolFact, 'family'>): boolean => family === 'tunnel or mesh'

/**
 * Those of the tools asked for that came in this custody period, one per tool, oldest first: without what was approved,
 * and without what most of the fleet has.
 */
export function toolsOfPeriod(dossier: Dossier, isAskedFor: (tool: ToolFact) => boolean): DrivingTool[] {
  const { firstCheckInAt } = dossier.device
  if (firstCheckInAt === null) return []
  const found = new Map<string, DrivingTool>()
  for (const tool of dossier.tools.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    if (!isAskedFor(tool) || tool.approved || tool.isCommon || !isOfPeriod(dossier, tool)) continue
    const first = found.get(tool.toolId)
    // It is gone when its last stay is over.
    if (first) first.tool = { ...first.tool, to: tool.to, unattended: first.tool.unattended ?? tool.unattended }
    else found.set(tool.toolId, { tool, hours: Math.max(0, hoursBetween(firstCheckInAt, tool.from)) })
  }
  return [...found.values()]
}

/**
 * Whether the first check-in tells when this laptop was first used: it came by a parcel, and was heard of within
 * `days` of its delivery. Else the sources may have been connected long after, and nothing is early.
 */
export function knowsFirstUse(dossier: Dossier, days: number): boolean {
  const { shipment, device } = dossier
  if (shipment === null || device.firstCheckInAt === null) return false
  const since = shipment.delivered?.at ?? handedToCarrierAt(shipment)
  return since !== null && hoursBetween(since, device.firstCheckInAt) <= days * 24
}

const isFirst = (address: AddressFact) => address.changedAt === null && address.replaces === null

// ── Words for summaries ────────────────────────────────────────────────────────────────────────────────────

const countryNames = new Intl.DisplayNames('en', { type: 'region' })

/** A country's English name, or what was given where it is no code. */
export const countryName = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (countryNames.of(code) ?? code) : code)

/** A place at the level of a city, as a summary says it: "Phoenix, AZ", "Lagos, Nigeria". */
export function placeName({ city, region, country }: Located): string {
  const nation = country === null ? null : countryName(country)
  if (city !== null)
    return `${capitalised(city)}, ${(country && regionCode(country, region)) ?? nation ?? region ?? 'country unknown'}`
  return [region, nation].filter((part) => part !== null).join(', ') || 'an unnamed place'
}

/** A place as people write it: "Phoenix", "AZ" for what a carrier shouts or a place file spells out. */
export const tidyPlace = ({ city, region, country }: Pick<Place, 'city' | 'region' | 'country'>) => ({
  city: city === null ? null : capitalised(city),
  region: (country && regionCode(country, region)) ?? region,
  country,
})

/** Carriers shout their cities. */
const capitalised = (text: string) =>
  text === text.toUpperCase() ? text.toLowerCase().replace(/(^|[\s-])\p{L}/gu, (start) => start.toUpperCase()) : text

/** "3,700 km": no finer than it is known. */
export function kmText(km: number): string {
  const step = km >= 1000 ? 100 : km >= 100 ? 10 : 5
  return `${(Math.round(km / step) * step).toLocaleString('en-US')} km`
}

/** "less than an hour", "7 hours", "3 days". */
export function hoursText(hours: number): string {
  if (hours < 1) return 'less than an hour'
  const [count, unit] = hours < 48 ? [Math.round(hours), 'hour'] : [Math.round(hours / 24), 'day']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** What wakes a rule about the kind of place that a parcel goes to. */
export const destinationWatches = [
  'shipment.ordered',
  'shipment.changed',
  'address.added',
  'address.approved',
  'address.refused',
  'address.classified',
] as const

export const destinationParams = {
  confidenceMin: z
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe('How sure the address check must be. Below 0.4 it calls itself a mere hint; a default, not a fact.'),
  approvedShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('How much counts where the address is approved all the same. A default, not a fact.'),
}

export interface PlaceAsked {
  /** The kinds of place, as addresses are classified. */
  kinds: readonly string[]
  /** Weight by how sure the address check is: points as `weightAt` takes them. */
  weights: readonly (readonly [confidence: number, weight: number])[]
  params: { confidenceMin: number; approvedShare: number }
  /** The place in words: a mail drop. */
  what(to: AddressFact): string
}

/** The finding that the parcel of this custody period goes to a place of such a kind; null where it does not. */
export function goesToPlace(
  { shipment }: Dossier,
  { kinds, weights, params, what }: PlaceAsked,
): { to: AddressFact; finding: RuleFinding & { weight: number } } | null {
  const to = shipment?.destination
  if (!shipment || !to || !kinds.includes(to.kind) || to.confidence < params.confidenceMin) return null
  const weight = weightAt(to.confidence, weights)
  const finding = {
    key: shipment.id,
    summary: `The parcel is addressed to ${what(to)} in ${placeName(to.place)}`,
    evidence: [to.seq, shipment.seq],
    since: shipment.destinationAt,
    facts: {
      kind: to.kind,
      confidence: to.confidence,
      listed: to.placeId !== null,
      approved: to.approved,
      place: placeName(to.place),
      ...(to.isOfNoCensusArea ? { isOfNoCensusArea: true } : {}),
    },
    weight: to.approved ? partOf(weight, params.approvedShare) : weight,
  }
  return { to, finding }
}
