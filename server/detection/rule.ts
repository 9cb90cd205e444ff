// What a rule is, and all that it may look at: a dossier of one device, as of one sequence number.
import type { z } from 'zod'
import type { DeliveryPolicy, IdentityDoubt, Tier } from '../custody/events.ts'
import type { Contradiction, Holder, LifeCycle } from '../custody/state.ts'
import type { Circle, IpPlace, NameMatch, ProofLevel, Reading } from '../ports.ts'

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
  /** No Census area has its postal code: context, and never a sign alone. */
  isOfNoCensusArea?: true
  /** The account here that brought it, by a page or a file of its own; null where a system or the person themselves did. */
  authorId: string | null
  /** The account here that approved it; null where it came approved, or is not. */
  approverId: string | null
  /** The newest verdict of a provider's check. */
  verified: { seq: number; at: Date; result: 'deliverable' | 'undeliverable' | 'cannot tell'; codes: string[] } | null
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
  /** The provider said the same when it was asked. */
  confirmed: boolean
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
  /** The account that prepared it here; null where a file or a system did. */
  preparedBy: string | null
  /** The delivery policy it was prepared under. */
  policy: { seq: number; at: Date; tier: Tier; policy: DeliveryPolicy } | null
  /** The newest label that was bought here and not given back. */
  label: { seq: number; at: Date; signature: DeliveryPolicy['signature']; holdForPickup: boolean } | null
  /** Where the carrier said it is bound, and then elsewhere; oldest first. */
  destinationChanges: { seq: number; at: Date; from: Place; to: Place }[]
  /** The name on the parcel against the assignee's. */
  addressee: { seq: number; result: NameMatch } | null
  signed: SignedFact | null
  /** Whether this parcel began the present custody period. */
  isCurrent: boolean
}

/** Somebody signed for a parcel; who is only ever compared. */
export interface SignedFact {
  seq: number
  at: Date
  result: NameMatch
  /** Other people whose parcels the same signer signed for, with the events that say so. */
  others: { seq: number; at: Date; personId: string; result: NameMatch; where: Nearness }[]
}

/** How near another parcel came to this one: the same door or building of their addresses, else by the cities they came to. */
export type Nearness = 'door' | 'building' | 'near' | 'far' | 'cannot tell'

/** A return that was asked for. */
export interface ReturnFact {
  id: string
  seq: number
  openedAt: Date
  reason: 'leaving' | 'exchange' | 'repair' | 'asked'
  /** The end of the day by which it is due. */
  dueAt: Date
  received: { seq: number; at: Date; serial: 'same' | 'different' | 'unread' } | null
  closed: { seq: number; at: Date; outcome: string } | null
}

/** Another laptop that was ordered for the same person. */
export interface OrderFact {
  seq: number
  shipmentId: string
  deviceIds: string[]
  at: Date
}

/** The device reported one public address from `at` until the next of the same source. */
export interface NetworkFact {
  seq: number
  at: Date
  source: string
  proof: ProofLevel
  late: boolean
  /** Its clock ran ahead, and the time is that of receipt. */
  capped: boolean
  publicIp: string
  /** Its network is `ours` where the company declared it so for then, or does now. */
  place: IpPlace | null
  /** The VPN service of the catalogue that its operator is. */
  service: { toolId: string; name: string; approved: boolean } | null
}

/** Of every report of a facet: who said it, when, and how far it proves anything. */
export interface Said {
  seq: number
  at: Date
  source: string
  proof: ProofLevel
  late: boolean
}

/** A source told of another time zone. */
export interface ClockFact extends Said {
  timeZone: string
}

/** A source told of another user of the laptop. */
export interface UserFact extends Said {
  /** Whom the e-mail belongs to here; null where it is nobody's, or was not told. */
  personId: string | null
  /** Whether an e-mail was told at all; a name alone says too little. */
  hasEmail: boolean
}

/** A source told how it manages the laptop; null where it does not say. */
export interface EnrolmentFact extends Said {
  enrolled: boolean | null
  method: 'automated' | 'user' | 'manual' | 'unknown' | null
  attested: boolean | null
}

/** A source told of another machine under this record. */
export interface MachineFact extends Said {
  hardwareUuid: string | null
  model: string | null
}

/** A source told what is switched on. */
export interface PostureFact extends Said {
  remoteLogin: boolean | null
  screenSharing: boolean | null
  onAc: boolean | null
  lidClosed: boolean | null
}

/** One stay of a port on which the laptop listens for whoever wants to drive it. */
export interface PortFact {
  seq: number
  port: number
  from: Date
  /** Null while it is still there. */
  to: Date | null
  proof: ProofLevel
}

/** An import's or a person's word on where the laptop stands. */
export interface StatusFact {
  seq: number
  at: Date
  status: 'stock' | 'in_service' | 'repair' | 'retired' | 'lost'
}

/** Something that a report said of itself belongs to another machine too. */
export interface DoubtFact {
  seq: number
  at: Date
  source: string
  doubt: IdentityDoubt
  otherDeviceId: string | null
}

/** A source that failed or was silent as a whole: what it did not say meanwhile says nothing. Null: it still does. */
export interface OutageFact {
  seq: number
  source: string
  from: Date
  to: Date | null
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
  /** When it first showed itself as something that starts by itself or waits for a caller: a startup item, a service, a port. */
  unattended: { seq: number; at: Date } | null
  /** The company declared it as its own. */
  approved: boolean
  /** Most of the fleet has it, and whether it is the company's own is not decided yet: no rule speaks of it per laptop. */
  isCommon: boolean
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
  /** The company declared it, as a tool of its own or of this person's. */
  approved: boolean
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
  /** Of the day's newest report. */
  proof: ProofLevel
  /** When it was last started, to ± 10 minutes. */
  bootedAt: Date | null
}

export interface DeclarationFact {
  id: string
  kind: string
  /** Null: everybody. */
  personId: string | null
  /** The other one, where it is about two people. */
  otherPersonId: string | null
  value: string | null
  /** Where an office or a second home is, as far as its line tells; its keys as addresses have them. */
  place: (Place & { doorKey: string | null; buildingKey: string | null }) | null
  from: Date
  to: Date
}

/** What people and laptops may have in common. */
export const linkKinds = [
  'door',
  'building',
  'unit code',
  'phone',
  'network',
  'gateway',
  'access point',
  'peripheral',
  // A way for others to drive the laptop, at the moment it showed itself: beside something else shared only.
  'tool',
] as const
export type LinkKind = (typeof linkKinds)[number]

/** A value that this laptop or its person had in this custody period, and that others here had too. */
export interface SharedFact {
  kind: LinkKind
  /** Opaque: equal keys of one kind are one value. */
  key: string
  /** From when to when it was this laptop's, or its person's; oldest first. */
  spans: { seq: number; from: Date; to: Date | null }[]
  /** More have it than are looked at: it says nothing, and `others` is empty. */
  crowded: boolean
  /** The company said that it is its own: an office, an exit. */
  declared: boolean
  /** A listed place (a mail drop, a forwarder, a counter) or one of ours: many have it who have nothing to do with each other. */
  isPublicPlace: boolean
  /** People of this company who have it or had it, this one among them. */
  people: number
  /** For an address: what it is to this laptop's person, and whether somebody approved it. */
  use: 'home' | 'ship to' | null
  approved: boolean
  /** Oldest first. */
  others: SharedWith[]
}

/** Somebody else who has or had the same value; of one person and value, one entry. */
export interface SharedWith {
  personId: string
  deviceIds: string[]
  /** Of the events that began it for them. */
  seqs: number[]
  from: Date
  /** Null while it is theirs. */
  to: Date | null
  /** When both had it at once; null: never. */
  together: { from: Date; to: Date | null } | null
  /** The two are declared as one household now. */
  household: boolean
  /** How near the two live, by the doors and buildings of their homes and of what was approved for them. */
  homes: 'door' | 'building' | 'elsewhere' | 'cannot tell'
  /** Opaque keys of the buildings they live in, so that others who live together count once. */
  buildings: string[]
  /** For an address: what it is to the other, and whether somebody approved it. */
  use: 'home' | 'ship to' | null
  approved: boolean
  /** Where the two laptops were besides, of late: nowhere since they have it, nowhere for a week, or somewhere. */
  besides: 'never' | 'not of late' | 'somewhere' | 'cannot tell'
  /** Tools and devices of the catalogue by which their laptops can be driven, as far as they showed any. */
  tools: string[]
  /** When a case about them ended so, the newest; null where none did. */
  confirmed: { seq: number; at: Date; outcome: 'confirmed' | 'policy_breach' } | null
}

export interface Dossier {
  /** After an event: the newest plausible time in the dossier. In a sweep: the time of the sweep. */
  now: Date
  seq: number
  device: {
    id: string
    serialNumber: string | null
    /** False while it is known from reports only: no import, no order of ours named it. */
    isKnown: boolean
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
  clocks: ClockFact[]
  users: UserFact[]
  enrolments: EnrolmentFact[]
  machines: MachineFact[]
  postures: PostureFact[]
  ports: PortFact[]
  statuses: StatusFact[]
  doubts: DoubtFact[]
  /** Of the sources that this device was seen by. */
  outages: OutageFact[]
  tools: ToolFact[]
  hardware: HardwareFact[]
  declarations: DeclarationFact[]
  /** Oldest first. */
  returns: ReturnFact[]
  /** Outgoing parcels with other laptops for the assignee, oldest first. */
  otherOrders: OrderFact[]
  /** What this laptop and its person have in common with others here. */
  shared: SharedFact[]
  readBacks: { seq: number; at: Date; result: 'same' | 'different' | 'cannot' }[]
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
