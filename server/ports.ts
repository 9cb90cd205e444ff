// What we ask of the outside world, and the shapes in which it answers: no vendor's name, no database.
import { z } from 'zod'

/** Now, as the process sees it. The demo drives it; nothing below the composition root reads the wall clock. */
export type Clock = () => Date

// ── Carriers ───────────────────────────────────────────────────────────────────────────────────────────────

/** What we take a scan to mean: one closed list (DESIGN 2). Wording we cannot place is `cannot tell`, never a guess. */
export const readingSchema = z.discriminatedUnion('is', [
  z.object({
    is: z.enum(['created', 'accepted', 'moving', 'out', 'attempted', 'returned', 'lost', 'damaged', 'customs']),
  }),
  z.object({ is: z.literal('address corrected') }),
  z.object({ is: z.literal('forwarded') }),
  /** Waits for pick-up: at a counter (post office, shop), in a locker, or with the carrier for another reason. */
  z.object({ is: z.literal('held'), at: z.enum(['counter', 'locker', 'carrier']) }),
  z.object({
    is: z.literal('delivered'),
    to: z.enum(['address', 'person', 'desk', 'agent', 'neighbour', 'locker', 'counter', 'sender']),
  }),
  z.object({
    is: z.literal('delivery change'),
    stage: z.enum(['requested', 'done', 'refused']),
    by: z.enum(['receiver', 'sender', 'carrier', 'unknown']),
    to: z.enum(['address', 'counter', 'locker', 'neighbour', 'other day', 'back', 'unknown']),
  }),
  z.object({ is: z.literal('cannot tell') }),
])
export type Reading = z.infer<typeof readingSchema>

/** A place as a carrier names it; every part may be missing. */
export interface NamedPlace {
  city: string | null
  region: string | null
  postalCode: string | null
  country: string | null
}

/** How one name compares with another; names themselves go nowhere. `delegate`: somebody declared for the person. */
export const nameMatches = ['same', 'different', 'desk or agent', 'delegate', 'cannot tell'] as const
export type NameMatch = (typeof nameMatches)[number]

/** One tracking event as the carrier told it, with our reading of it. */
export interface ScanReport {
  /** The carrier's time, ISO 8601 with offset, as sent. Often local time written as UTC: see `shipping/scans.ts`. */
  at: string
  status: string
  statusDetail: string | null
  /** The carrier's own words. */
  message: string
  carrierCode: string | null
  place: NamedPlace
  reading: Reading
  /** True where the provider was asked and said the same (DESIGN 11). */
  confirmed?: boolean
  /** Set where no row of our tables knows the wording: as it is to be shown to whoever says what it means. */
  unknownWording?: string
}

/** A whole tracker as of one moment: carriers' aggregators resend all scans each time. */
export interface TrackerReport {
  kind: 'tracker'
  trackerId: string
  trackingCode: string
  carrier: string
  /** The carrier whose services share their wording; the carrier itself where it is not said. */
  family?: string
  /** Test-mode trackers are kept apart and never judged. */
  mode: 'production' | 'test'
  updatedAt: string | null
  isReturn: boolean
  /** Name given at the door, as the carrier wrote it. */
  signedBy: string | null
  /** Where the carrier says the parcel is bound, if it says so. */
  destination: NamedPlace | null
  scans: ScanReport[]
}

/** A whole address as a provider takes it. Every part may be empty but the first line, the city and the country. */
export interface PostalAddress {
  name: string
  company: string
  line1: string
  line2: string
  city: string
  region: string
  postalCode: string
  /** Two letters. */
  country: string
  phone: string
  email: string
}

export const verdicts = ['deliverable', 'undeliverable', 'cannot tell'] as const

/** What a provider's check says of an address. Deliverable says nothing of who lives there. */
export interface AddressVerdict {
  result: (typeof verdicts)[number]
  /** The provider's own codes, unknown ones kept. */
  codes: string[]
  residential: boolean | null
  /** The same address as the provider writes it, where it found it. */
  suggestion: PostalAddress | null
  point: { latitude: number; longitude: number } | null
}

/** One price. Money is a decimal text with a currency of three letters, never a float. */
export interface Rate {
  id: string
  carrier: string
  service: string
  amount: string
  currency: string
  deliveryDays: number | null
}

export interface ParcelOrder {
  /** Ours: comes back in what the provider keeps. */
  reference: string
  isReturn: boolean
  from: PostalAddress
  to: PostalAddress
  parcel: { lengthCm: number; widthCm: number; heightCm: number; weightGrams: number }
  signature: 'none' | 'signature' | 'adult signature'
  holdForPickup: boolean
  forbidRedirect: boolean
}

/** A shipment as the provider has it: rates while nothing is bought, then the label. */
export interface ProvidedShipment {
  externalId: string
  rates: Rate[]
  label: {
    carrier: string
    service: string
    amount: string
    currency: string
    trackingCode: string
    trackerId: string | null
    /** Of a PDF. */
    url: string
  } | null
  refund: 'submitted' | 'refunded' | 'rejected' | null
  /** What carriers said instead of a rate. */
  messages: string[]
}

/**
 * What buys labels and tracks parcels. Every call throws AppError: 'unavailable' where nobody knows whether it was done
 * (no answer, a broken answer, 5xx), 'too_many' where it was not done and may be later, anything else where it was refused.
 */
export interface Carrier {
  /** The provider's name, as its source has it. */
  name: string
  mode: 'test' | 'production'
  /** Whether the provider can be asked that the receiver may not redirect a parcel of this carrier. */
  canForbidRedirect(carrier: string): boolean
  verifyAddress(address: PostalAddress): Promise<AddressVerdict>
  /** Makes a shipment with rates; buys nothing. */
  quote(order: ParcelOrder): Promise<ProvidedShipment>
  read(externalId: string): Promise<ProvidedShipment>
  /** Buys one rate. Asked twice for one shipment, it gives the label that was bought. */
  buy(input: { externalId: string; rateId: string }): Promise<ProvidedShipment>
  /** The PDF behind a label's URL. */
  label(url: string): Promise<Uint8Array>
  refund(externalId: string): Promise<ProvidedShipment>
  /** Starts to track a number bought elsewhere; the same one again gives the same tracker. */
  track(input: { trackingCode: string; carrier: string | null }): Promise<TrackerReport>
  readTracker(trackerId: string): Promise<TrackerReport>
  /** Asks the carrier to stop a parcel on its way. False where the provider cannot: then somebody has to call. */
  intercept(input: { externalId: string }): Promise<boolean>
  webhooks: {
    /** Registers our URL; returns the provider's id of it. */
    register(input: { url: string; secret: string }): Promise<{ id: string }>
    setSecret(input: { id: string; secret: string }): Promise<void>
    list(): Promise<{ id: string; url: string; disabledAt: string | null }[]>
    remove(id: string): Promise<void>
  }
}

/** Who buys and tracks for us, as the environment sets it up; what is null may come from a page. */
export interface CarrierProvider {
  /** As its source has it. */
  name: string
  /** As people write it. */
  title: string
  apiKey: string | null
  webhookSecret: string | null
  /** Whether its address is within the house: it may then reach a URL of ours that nobody else can. */
  isPrivate: boolean
  /** Makes no call by itself. */
  create(apiKey: string): Carrier
}

/** Sends one plain mail. Throws AppError 'unavailable' with what went wrong. */
export interface Mail {
  send(message: { to: string; subject: string; text: string }): Promise<void>
}

// ── Check-ins ──────────────────────────────────────────────────────────────────────────────────────────────

const text = (max: number) => z.string().max(max).overwrite(cleanText)
/** A time as check-ins write it. */
export const instant = z.iso.datetime({
  offset: true,
  message: 'must be ISO 8601 with an offset, such as 2026-11-02T15:04:05Z',
})
const hex4 = z
  .string()
  .regex(/^[0-9a-f]{4}$/i, 'must be four hex digits')
  .transform((s) => s.toLowerCase())
const mac = z
  .string()
  .regex(/^([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i, 'must be a MAC address such as aa:bb:cc:00:00:01')
  .transform((s) =>
    s
      .split(/[:-]/)
      .map((part) => part.padStart(2, '0').toLowerCase())
      .join(':'),
  )

/** One program, app, package, extension, service or process that a device has. */
export const softwareSchema = z.object({
  // In the order of the alphabet: what is read is then written canonically without sorting.
  identifier: text(300).optional(),
  kind: z.enum(['app', 'program', 'package', 'extension', 'service', 'process']).optional(),
  name: text(300),
  path: text(1000).optional(),
  publisher: text(300).optional(),
  startup: z.boolean().optional(),
  version: text(100).optional(),
})

export const usbDeviceSchema = z.object({
  vendorId: hex4,
  productId: hex4,
  vendor: text(200).optional(),
  product: text(200).optional(),
  serial: text(200).optional(),
  interfaces: z.array(text(50)).max(50).optional(),
})

export const displaySchema = z.object({
  manufacturer: text(100).optional(),
  productCode: text(50).optional(),
  name: text(200).optional(),
  serial: text(200).optional(),
})

/** A check-in as CONTRACTS has it; every MDM's own shape is turned into this. Unknown members are dropped. */
export const checkInSchema = z
  .object({
    serialNumber: text(200).optional(),
    hardwareUuid: text(100).optional(),
    assetTag: text(100).optional(),
    /** The source's own id of the device. */
    sourceDeviceId: text(200).optional(),
    reportedAt: instant,
    source: text(100).optional(),
    hostname: text(300).optional(),
    platform: z.enum(['darwin', 'windows', 'linux', 'chromeos']).optional(),
    osVersion: text(100).optional(),
    model: text(200).optional(),
    publicIp: z.union([z.ipv4(), z.ipv6()]).optional(),
    timeZone: text(100).optional(),
    uptimeSeconds: z.number().nonnegative().max(1e10).optional(),
    user: z.object({ name: text(300).optional(), email: text(320).optional() }).optional(),
    enrollment: z
      .object({
        enrolled: z.boolean().optional(),
        method: z.enum(['automated', 'user', 'manual', 'unknown']).optional(),
        attested: z.boolean().optional(),
      })
      .optional(),
    network: z
      .object({
        privateIps: z.array(text(60)).max(200).optional(),
        gatewayMac: mac.optional(),
        wifi: z.object({ ssid: text(200).optional(), bssid: mac.optional() }).optional(),
        interfaces: z
          .array(z.object({ name: text(100).optional(), mac: mac.optional() }))
          .max(200)
          .optional(),
        neighbors: z
          .array(z.object({ ip: text(60).optional(), mac: mac.optional(), hostname: text(300).optional() }))
          .max(1000)
          .optional(),
        dnsServers: z.array(text(60)).max(50).optional(),
      })
      .optional(),
    software: z.array(softwareSchema).max(5000).optional(),
    usbDevices: z.array(usbDeviceSchema).max(500).optional(),
    displays: z.array(displaySchema).max(50).optional(),
    listeningPorts: z
      .array(z.object({ port: z.number().int().min(0).max(65535), process: text(300).optional() }))
      .max(2000)
      .optional(),
    power: z
      .object({
        onAc: z.boolean().optional(),
        batteryPercent: z.number().optional(),
        lidClosed: z.boolean().optional(),
      })
      .optional(),
    posture: z
      .object({
        diskEncrypted: z.boolean().optional(),
        firewall: z.boolean().optional(),
        remoteLogin: z.boolean().optional(),
        screenSharing: z.boolean().optional(),
      })
      .optional(),
  })
  .refine((c) => c.serialNumber || c.hardwareUuid || c.sourceDeviceId, {
    message: 'serialNumber or hardwareUuid is needed',
    path: ['serialNumber'],
  })
export type CheckIn = z.infer<typeof checkInSchema>

export interface CheckInReport {
  kind: 'check-in'
  checkIn: CheckIn
}

/** Everything a source can tell us; `intake.ts` gives each kind to the one verb that records it. */
export type Observation = TrackerReport | CheckInReport

/** How far a token or a connector answers for what its check-ins say of themselves. A body never lifts its own proof. */
export const vouchesSchema = z.enum(['nothing', 'enrolment', 'attestation'])
export type Vouches = z.infer<typeof vouchesSchema>

/** How far a check-in proves that the device is the one issued, strongest first. */
export const proofLevels = ['attested', 'assigned', 'enrolled', 'claimed', 'doubtful'] as const
export type ProofLevel = (typeof proofLevels)[number]

/**
 * An MDM that is asked for its devices, page by page. Where a vendor also pushes, the two name different sources: what one
 * source says is in the order of its times, and a webhook overtakes an inventory.
 */
export interface Mdm {
  /** As its check-ins name it. */
  source: string
  /** As people write it. */
  title: string
  vouches: Vouches
  /** Between two syncs, in ms. */
  everyMs: number
  /**
   * Reads the next page. `cursor` is what the page before gave, or, for the first page of a sync, the last one of the sync
   * before; null begins anew. Throws AppError: 'unauthenticated' and 'forbidden' where the credentials are refused,
   * 'too_many' (see `RetryLater`) and 'unavailable' where it may be asked again, 'unreadable' where the answer is cut or of
   * another shape.
   */
  readPage(cursor: unknown): Promise<MdmPage>
  /** One record of a page, as check-ins; none where it is no computer. Throws AppError 'invalid' with what is wrong. */
  readRecord(record: unknown): CheckInReport[]
  /** The cheapest call that shows that the address and the credentials work. Says what it saw; throws as `readPage`. */
  test(): Promise<string>
}

/** A way to hear of laptops that the environment may set up. */
export interface VendorOffer {
  title: string
  /** Names only; never what they hold. */
  variables: string[]
  isSet: boolean
}

export interface MdmPage {
  /** As the vendor sent them, each to be read on its own. */
  records: unknown[]
  /** Where to go on, in the vendor's words: kept as JSON. */
  cursor: unknown
  /** Whether the sync is whole with this page. */
  isLast: boolean
}

// ── Agents that enrol here ─────────────────────────────────────────────────────────────────────────────────

/** An agent that enrolled, and what its protocol keeps of it between two reports: kept as JSON. */
export interface EnrolledAgent {
  id: string
  memory: unknown
}

/** What a request of an agent is; what comes under a key that does not stand is refused. */
export type AgentRequest =
  | {
      is: 'enrolment'
      /** Whether it showed the secret that lets agents in. */
      isProven: boolean
      /** As it names itself: enrolling again under one name takes the place of the time before. Null: it does not say. */
      hostIdentifier: string | null
      /** What to begin with. */
      memory: unknown
    }
  | { is: 'question'; key: string; answer(agent: EnrolledAgent): unknown }
  | { is: 'report'; key: string; report: unknown }

export interface AgentReading {
  checkIns: CheckIn[]
  /** Parts that are kept for another try, with what is wrong: `body` is what `readKept` takes. */
  unreadable: { body: unknown; reason: string }[]
  memory: unknown
}

/** Agents that enrol with a shared secret and then report under a key of their own. Pure: one file under `integrations/` each. */
export interface AgentProtocol {
  /** As its check-ins name it. */
  source: string
  /** As people write it. */
  title: string
  /** Whether its secret is set; without, its endpoints do not exist. */
  configured: boolean
  vouches: Vouches
  /** Where its endpoints stand: `POST <basePath>/<path>`. */
  basePath: string
  paths: string[]
  /** Whatever JSON came to one of the paths. Never throws. */
  readRequest(request: { path: string; body: unknown; authorization: string | null }): AgentRequest
  /**
   * What a report says, given what is remembered of its agent. `publicIp` is where it came from, null where that is no
   * public address. Never throws.
   */
  readReport(report: unknown, about: { agent: EnrolledAgent; now: Date; publicIp: string | null }): AgentReading
  /** One kept part, tried again. Throws AppError 'unreadable' or 'invalid'. */
  readKept(body: Uint8Array): CheckInReport[]
  answers: {
    enrolled(key: string): unknown
    /** It has to enrol (again). */
    refused: unknown
    taken: unknown
  }
}

// ── Webhooks that come in ──────────────────────────────────────────────────────────────────────────────────

export interface WebhookRequest {
  method: string
  path: string
  /** Case-insensitive; null when absent. */
  header(name: string): string | null
  body: Uint8Array
}

/** A vendor that pushes to `POST /webhooks/<source>`. One file under `integrations/` each. */
export interface WebhookSource {
  source: string
  /** Whether its own proof is set up; without, its endpoint does not exist (but for tokens, where it takes them). */
  configured: boolean
  /** Whether a bearer token of ours is proof enough. */
  takesTokens: boolean
  /** Whether its proof is a secret at the end of the path: no other vendor has anything below its endpoint. */
  secretInPath?: boolean
  /** What its check-ins are vouched for with. */
  vouches: Vouches
  /** Checks the vendor's own proof over the raw bytes, in constant time. */
  verify(request: WebhookRequest, now: Date): boolean
  /** The vendor's id of this delivery, or null (then identical bytes within an hour are one). Never throws. */
  deliveryKey(body: Uint8Array): string | null
  /** Bytes to observations; an event without news for us is an empty list. Throws AppError 'unreadable' or 'invalid' with what is wrong. */
  read(body: Uint8Array): Observation[]
}

// ── Sinks ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What a sink answered, kept so that a person can see it. */
export interface SinkAnswer {
  status: number | null
  body: string
  error: string | null
  requestHeaders: Record<string, string>
}

export interface Sink {
  name: string
  /** Sends one message; never throws. `status` 2xx means delivered. */
  send(message: { id: string; type: string; timestamp: Date; body: string }): Promise<SinkAnswer>
}

// ── Places ─────────────────────────────────────────────────────────────────────────────────────────────────

/** A point with the radius in km within which we believe it. */
export interface Circle {
  latitude: number
  longitude: number
  radiusKm: number
}

/** Where a public IP address seems to be. A city at best; never a verdict alone. */
export interface IpPlace {
  country: string | null
  region: string | null
  city: string | null
  circle: Circle | null
  operator: string | null
  network: 'home' | 'mobile' | 'carrier NAT' | 'hosting' | 'vpn' | 'relay' | 'ours' | 'unknown'
}

export interface Places {
  /** Null for private, reserved and unknown addresses. */
  locateIp(ip: string): IpPlace | null
  /** The centre of a city, as far as it can be told; region as its usual code or name. */
  locateCity(place: { city: string | null; region: string | null; country: string | null }): Circle | null
  /** IANA time zone at a point, or null at sea. */
  timeZoneAt(point: { latitude: number; longitude: number }): string | null
  /** Two-letter country code of whatever was typed ("USA", "Germany"), or null. */
  countryCode(text: string | null): string | null
}

/** The parts of an address as typed; an absent part is empty. */
export interface WrittenAddress {
  line1: string
  line2: string
  city: string
  region: string
  postalCode: string
  country: string
}

/** What kind of place an address is. */
export interface AddressClass {
  /** In the words of the list of known places; `unknown` for an ordinary street address. */
  kind: string
  /** One neutral sentence for a person. */
  why: string
  /** 0 to 1: below 0.4 a mere hint, from 0.4 needs a second signal, from 0.75 worth acting on alone. */
  confidence: number
  /** The known place it is, if it is one. */
  placeId: string | null
  /** The unit has the form of a forwarder's or mail agent's customer code. */
  customerCode: boolean
  /** A street in the United States under a postal code that no Census area has: a slip, or a code of its own. */
  isOfNoCensusArea?: true
}

/** One file by which places are told: a set that ships or can be fetched, or a file of the operator's own. */
export interface PlaceFile {
  /** The set's name, or the file's path. */
  id: string
  title: string
  /** What it tells, in words. */
  tells: string
  /** `none`: not fetched yet. */
  from: 'shipped' | 'fetched' | 'own' | 'none'
  isOff: boolean
  /** ISO 8601, a day; when its maker made it, or when it was fetched where it does not say. */
  builtOn: string | null
  fetchedAt: string | null
  rows: number | null
  bytes: number | null
  /** SHA-256 of what came, in hex. */
  digest: string | null
  licence: string | null
  /** To be named where its answers show. */
  credit: { text: string; url: string } | null
  /** Why it cannot be used, and what to do. */
  problem: string | null
}

/** What is known of an address, and who says what of it. */
export interface IpExplained {
  place: IpPlace | null
  asn: number | null
  said: { by: string; what: string }[]
}

/** The data behind `Places`: which files are in use, and newer ones. */
export interface PlaceData {
  places: Places
  /** Uses the operator's own files, in this order of trust, and leaves out the sets switched off. Reads only what is new. */
  open(settings: { ownFiles: string[]; off: string[] }): void
  files(): PlaceFile[]
  explain(ip: string): IpExplained
  /** Looks at a file of the operator's own without using it. Throws AppError 'invalid' with what is wrong with it. */
  inspect(path: string): PlaceFile
  /**
   * Fetches a set and puts it in the place of the one before, all of it or nothing; it is used from the next `open` on.
   * Throws AppError 'not_found' (no such set), 'unavailable' (no answer), 'unreadable' and 'too_large' (another thing came).
   */
  fetch(name: string, now: Date): Promise<{ isNew: boolean; file: PlaceFile }>
}

/** Makes any outside text safe to store: no NUL (jsonb refuses it), no lone surrogates. */
export function cleanText(text: string): string {
  const isClean = text.isWellFormed() && !text.includes('\u0000')
  return isClean ? text : text.toWellFormed().replaceAll('\u0000', '')
}
