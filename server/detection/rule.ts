// What a rule is, and all that it may look at: a dossier of one device, as of one sequence number.
import type { z } from 'zod'
import type { Contradiction, Holder, LifeCycle } from '../custody/state.ts'
import { regionCode } from '../lib/countries.ts'
import { distanceKm, gapKm } from '../lib/geo.ts'
import { HOUR } from '../lib/time.ts'
import type { Circle, IpPlace, ProofLevel, Reading } from '../ports.ts'

export const severities = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The kinds of evidence that must come together for a high severity (DESIGN 8). */
export const layers = ['custody', 'place', 'software', 'hardware', 'co-location', 'identity'] as const
export type Layer = (typeof layers)[number]

/** What a rule's finding leads to, weakest first; the ladder of the same words caps it. */
export const responses = ['off', 'watch', 'notify', 'case', 'hold'] as const
export type Response = (typeof responses)[number]

export interface Place {
  city: string | null
  region: string | null
  country: string | null
  circle: Circle | null
}

/** One address version as rules see it: where and what kind it is, never its street. */
export interface AddressFact {
  /** Of the event that added it. */
  seq: number
  id: string
  use: 'home' | 'identity' | 'ship_to'
  source: string
  /** From when it holds. */
  validFrom: Date
  recordedAt: Date
  /** When it replaced another, as far as anybody said; null: it is the first, or nobody knows. */
  changedAt: Date | null
  replaces: string | null
  approved: boolean
  /** When it was approved, as of this dossier. */
  approvedAt: Date | null
  refused: boolean
  /** Equal keys are the same door or building; null where the address could not be read. */
  doorKey: string | null
  buildingKey: string | null
  place: Place
  kind: string
  why: string
  confidence: number
  /** The known place it is, where it is a listed one. */
  placeId: string | null
  customerCode: boolean
}

export interface ScanFact {
  seq: number
  at: Date
  /** The carrier's time is an interval: rules about order fire only when intervals do not overlap. */
  from: Date
  to: Date
  status: string
  reading: Reading
  place: Place
}

export interface ShipmentFact {
  id: string
  seq: number
  direction: 'out' | 'return'
  orderedAt: Date
  recordedAt: Date
  /** Reported by us or a file; null when only scans say so. */
  shippedAt: Date | null
  shippedSeq: number | null
  destination: AddressFact | null
  /** Of the event that gave it this destination: the order, or a change of it. */
  destinationSeq: number
  destinationAt: Date
  /** Oldest first. */
  scans: ScanFact[]
  firstScanAt: Date | null
  /** The newest scan that says delivered, anywhere but back to the sender. */
  delivered: ScanFact | null
  held: boolean
  /** Whether this parcel began the present custody period. */
  isCurrent: boolean
}

/** The device reported one public address from `at` until the next of the same source. */
export interface NetworkFact {
  seq: number
  at: Date
  source: string
  proof: ProofLevel
  late: boolean
  publicIp: string
  place: IpPlace | null
}

/** One stay of a tool that the catalogue knows: seen on the device, by any source, without a break. */
export interface ToolFact {
  seq: number
  toolId: string
  name: string
  family: string
  /** Somebody else can drive the machine through it. */
  drives: boolean
  from: Date
  /** Null while it is still there. */
  to: Date | null
  startup: boolean
  /** The company declared it as its own. */
  approved: boolean
  proof: ProofLevel
}

/** One stay of a piece of remote-control hardware, per way in which it showed itself. */
export interface HardwareFact {
  seq: number
  hardwareId: string
  name: string
  family: string
  by: 'usb' | 'display' | 'hostname' | 'mac'
  /** A default identity attached by USB or as the display: enough alone. */
  exceptional: boolean
  from: Date
  to: Date | null
  proof: ProofLevel
}

export interface CheckInFact {
  seq: number
  at: Date
  source: string
  proof: ProofLevel
}

/** A day on which the device was seen. */
export interface PresenceFact {
  source: string
  day: string
  firstAt: Date
  lastAt: Date
}

export interface DeclarationFact {
  id: string
  kind: string
  /** Null: everybody. */
  personId: string | null
  value: string | null
  place: Place | null
  from: Date
  to: Date
}

export interface Dossier {
  /** After an event: the newest plausible time in the dossier. In a sweep: the time of the sweep. */
  now: Date
  seq: number
  device: {
    id: string
    serialNumber: string | null
    lifeCycle: LifeCycle
    holder: Holder
    /** From when the assignee is the one it is meant for: the start of the custody period. */
    assignedAt: Date | null
    shippedAt: Date | null
    firstScanAt: Date | null
    deliveredAt: Date | null
    acceptedAt: Date | null
    firstCheckInAt: Date | null
    contradictions: Contradiction[]
  }
  /** The assignee; null where nobody is. */
  person: { id: string; kind: 'employee' | 'contractor'; startsOn: Date | null; leavesOn: Date | null } | null
  /** Of the assignee, oldest first. */
  addresses: AddressFact[]
  /** Every parcel this device was in, oldest first. */
  shipments: ShipmentFact[]
  /** The outgoing parcel that began this custody period, also while the device is on its way back; null where it was handed over otherwise. */
  shipment: ShipmentFact | null
  /** Facts of their own while a first check-in was awaited. */
  checkIns: CheckInFact[]
  presence: PresenceFact[]
  /** Oldest first; late ones in their place. */
  networks: NetworkFact[]
  tools: ToolFact[]
  hardware: HardwareFact[]
  declarations: DeclarationFact[]
}

/** One statement of a rule about a device. Summaries are templates with typed slots: no name, no street, no number. */
export interface RuleFinding {
  /** What it is about, within the rule and the device: a shipment id, a tool id. The same key is the same finding. */
  key: string
  summary: string
  /** Sequence numbers of the facts it rests on. At least one. */
  evidence: number[]
  /** When it came to be so. */
  since: Date
  /** The values it saw, for the explanation: named, plain, no personal data. */
  facts: Record<string, string | number | boolean | null>
  /** Decibans, where it differs from the rule's weight. */
  weight?: number
  severity?: Severity
  /** Enough alone for a high severity (DESIGN 8). */
  exceptional?: boolean
}

export interface Evaluation {
  findings: RuleFinding[]
  /** When to look again if nothing new comes. */
  lookAgainAt?: Date | null
}

export interface RuleDefinition<P extends z.ZodObject = z.ZodObject> {
  /** Equals the file's name. */
  id: string
  title: string
  /** A cap: the rule alone never says more. */
  severity: Severity
  /** Decibans: 10·log10 of how much likelier this is for a diverted laptop than for an ordinary one. */
  weight: number
  /** Findings of one group say much the same: the strongest counts in full, the others at a discount. */
  group: string
  layer: Layer
  /** What wakes it: facets and kinds of event; `time` for a sweep. */
  watches: readonly string[]
  status: 'experimental' | 'stable' | 'retired'
  why: string
  references: readonly string[]
  attack: readonly string[]
  falsePositives: readonly string[]
  blindSpots: readonly string[]
  /** Two to six lines: what to do next. */
  runbook: readonly string[]
  params: P
  response: Response
  evaluate(dossier: Dossier, params: z.output<P>): Evaluation | RuleFinding[]
}

/** Gives a rule its types. */
export function defineRule<P extends z.ZodObject>(rule: RuleDefinition<P>): RuleDefinition<P> {
  return rule
}

/** Whether a declaration of a kind covers a time. */
export function isDeclared(dossier: Dossier, kind: string, at: Date): boolean {
  return dossier.declarations.some((one) => one.kind === kind && one.from <= at && at <= one.to)
}

/** The address on file that held at a time: the newest approved home from before it, else the newest home. */
export function homeAt(dossier: Dossier, at: Date): AddressFact | null {
  const homes = dossier.addresses.filter(
    (address) => address.use === 'home' && !address.refused && address.validFrom <= at,
  )
  return homes.filter((address) => address.approved).at(-1) ?? homes.at(-1) ?? null
}

// ── What several rules measure alike ───────────────────────────────────────────────────────────────────────

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

/** How much of a finding's weight counts when a check-in of this proof carries it. Our own judgement: a start. */
const trust: Record<ProofLevel, number> = { attested: 1, assigned: 1, enrolled: 1, claimed: 0.8, doubtful: 0.5 }

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

/** The scan by which a parcel came to its receiver; null where it goes back to the sender, whatever the last scan says. */
export function deliveredToReceiver(shipment: ShipmentFact): ScanFact | null {
  const { delivered, scans } = shipment
  if (delivered === null) return null
  return scans.some((scan) => scan.reading.is === 'returned' && scan.at <= delivered.at) ? null : delivered
}

/** The person's newest approved home address. */
export const approvedHome = (dossier: Dossier): AddressFact | null =>
  dossier.addresses.findLast((address) => address.use === 'home' && address.approved) ?? null

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

/** An unapproved tool through which somebody else can drive the laptop, with its first stay of this custody period. */
export interface DrivingTool {
  tool: ToolFact
  /** Hours since the first check-in; 0 where it was there already. */
  hours: number
}

/**
 * Unapproved driving tools that came to the laptop after the carrier had it, oldest first, one per tool; gone ones
 * too. What was on it at the bench and stayed is the company's own. Without a parcel: what came after the first check-in.
 */
export function drivingTools(dossier: Dossier): DrivingTool[] {
  const { firstCheckInAt, assignedAt } = dossier.device
  const start = dossier.shipment === null ? assignedAt : handedToCarrierAt(dossier.shipment)
  if (firstCheckInAt === null || start === null) return []
  const found = new Map<string, DrivingTool>()
  for (const tool of dossier.tools.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    if (!tool.drives || tool.approved || tool.from < start) continue
    const first = found.get(tool.toolId)
    // It is gone when its last stay is over.
    if (first) first.tool = { ...first.tool, to: tool.to }
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
