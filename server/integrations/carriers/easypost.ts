// EasyPost's webhooks: events about trackers, each with the whole tracker, to tracker reports.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { parseJson, tryParseJson } from '../../lib/json.ts'
import { cleanText, type NamedPlace, type ScanReport, type TrackerReport, type WebhookSource } from '../../ports.ts'
import { optionalSecret, optionalUrl } from '../environment.ts'
import { faultsOf } from '../faults.ts'
import { hasValidProof } from './easypost-proof.ts'
import { carrierFamily, readScan, unknownWording } from './readings.ts'

/** Settings from the environment; each may be set alone, none set is null. */
export const easyPostEnvironment = z
  .object({ EASYPOST_API_KEY: optionalSecret, EASYPOST_BASE_URL: optionalUrl, EASYPOST_WEBHOOK_SECRET: optionalSecret })
  .transform((env) =>
    env.EASYPOST_API_KEY || env.EASYPOST_BASE_URL || env.EASYPOST_WEBHOOK_SECRET
      ? {
          apiKey: env.EASYPOST_API_KEY ?? null,
          baseUrl: env.EASYPOST_BASE_URL ?? null,
          webhookSecret: env.EASYPOST_WEBHOOK_SECRET ?? null,
        }
      : null,
  )

export interface EasyPostOptions {
  /** Our public URL (TELLTALE_URL), whose path counts in proof v2. */
  url: string
  /** Whether there is a secret to check with. */
  hasWebhook(): boolean
  /** Tries each secret that holds now: two while a rotation runs. */
  verify(isSignedWith: (secret: string) => boolean): boolean
}

/**
 * The source behind `POST /webhooks/easypost`. Shapes: wire-formats 1.4 to 1.6; whatever a body leaves out or nulls is
 * taken as unknown.
 */
export function createEasyPost({ url, hasWebhook, verify }: EasyPostOptions): WebhookSource {
  const path = `${new URL(url).pathname.replace(/\/+$/, '')}/webhooks/easypost`
  return {
    source: 'easypost',
    get configured() {
      return hasWebhook()
    },
    takesTokens: false,
    vouches: 'nothing',
    verify: (request, now) => verify((secret) => hasValidProof(request, { secret, path, now })),
    deliveryKey: (body) => deliverySchema.safeParse(tryParseJson(body)).data?.id ?? null,
    read: (body) => readEvent(parseJson(body)),
  }
}

/** A text, or null for whatever is not one or is blank. */
const word = z.unknown().transform((value) => {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  return cleanText(String(value)).trim() || null
})
const needed = (what: string) =>
  z
    .string(`${what} is missing`)
    .transform(cleanText)
    .pipe(z.string().trim().min(1, `${what} is missing`))

const deliverySchema = z.object({
  id: z
    .string()
    .regex(/^evt_[\x21-\x7e]{1,200}$/)
    .nullable(),
})

const eventSchema = z.object({
  description: needed('the name of the event'),
  mode: word.optional(),
  result: z.unknown(),
})

const placeSchema = z.object({
  city: word.optional(),
  state: word.optional(),
  zip: word.optional(),
  country: word.optional(),
})

const detailSchema = z.object({
  datetime: word.optional(),
  status: word.optional(),
  status_detail: word.optional(),
  message: word.optional(),
  description: word.optional(),
  carrier_code: word.optional(),
  tracking_location: placeSchema.nullish().catch(null),
})

const trackerSchema = z.object({
  object: z.literal('Tracker', 'must be a Tracker').optional(),
  id: needed('the id of the tracker'),
  tracking_code: needed('the tracking code'),
  carrier: word.optional(),
  mode: word.optional(),
  updated_at: word.optional(),
  is_return: z.boolean().nullish().catch(null),
  signed_by: word.optional(),
  tracking_details: z.array(z.unknown(), 'must be a list').nullish(),
  carrier_detail: z
    .object({ destination_location: word.optional(), destination_tracking_location: placeSchema.nullish().catch(null) })
    .nullish()
    .catch(null),
})

function readEvent(json: unknown): TrackerReport[] {
  const event = eventSchema.safeParse(json)
  if (!event.success) throw new AppError('invalid', 'This is no event of EasyPost.', faultsOf(event.error))
  if (event.data.description !== 'tracker.created' && event.data.description !== 'tracker.updated') return []
  if (event.data.result === undefined || event.data.result === null) {
    throw new AppError('invalid', 'The event has no result.', [{ path: 'result', problem: 'the tracker is missing' }])
  }
  const tracker = trackerSchema.safeParse(event.data.result)
  if (!tracker.success) throw new AppError('invalid', 'The result is no tracker.', faultsOf(tracker.error, 'result'))
  return [reportOf(tracker.data, event.data.mode === 'test')]
}

/** A Tracker object as EasyPost answers with it; the same report as its webhook gives. */
export const trackerAnswerSchema = trackerSchema.transform((tracker) => reportOf(tracker, false))

function reportOf(tracker: z.output<typeof trackerSchema>, isTestEvent: boolean): TrackerReport {
  const carrier = tracker.carrier ?? 'unknown'
  return {
    kind: 'tracker',
    trackerId: tracker.id,
    trackingCode: tracker.tracking_code,
    carrier,
    family: carrierFamily(carrier),
    mode: isTestEvent || tracker.mode === 'test' ? 'test' : 'production',
    updatedAt: instantOf(tracker.updated_at),
    isReturn: tracker.is_return ?? false,
    signedBy: tracker.signed_by ?? null,
    destination: destinationOf(tracker.carrier_detail),
    scans: (tracker.tracking_details ?? []).flatMap((detail) => scanOf(detail, carrier)),
  }
}

/** A detail as a scan; none for a detail without a time, since nothing can be said of when it was. */
function scanOf(detail: unknown, carrier: string): ScanReport[] {
  const parsed = detailSchema.safeParse(detail)
  const at = instantOf(parsed.data?.datetime)
  if (!parsed.success || !at) return []
  const status = parsed.data.status ?? 'unknown'
  const statusDetail = parsed.data.status_detail ?? null
  const carrierCode = parsed.data.carrier_code ?? null
  const message = wordsOf(parsed.data.message ?? null, parsed.data.description ?? null)
  const words = { carrier, status, statusDetail, message, carrierCode }
  const unknown = unknownWording(words)
  const place = placeOf(parsed.data.tracking_location)
  const scan = { at, status, statusDetail, message, carrierCode, place, reading: readScan(words) }
  return [unknown === null ? scan : { ...scan, unknownWording: unknown }]
}

// Carriers repeat the message as description, or put the telling half of it there.
function wordsOf(message: string | null, description: string | null): string {
  if (!message || !description) return message ?? description ?? ''
  return message.includes(description) ? message : `${message}; ${description}`
}

function placeOf(place: z.output<typeof placeSchema> | null | undefined): NamedPlace {
  return {
    city: place?.city ?? null,
    region: place?.state ?? null,
    postalCode: place?.zip ?? null,
    country: place?.country ?? null,
  }
}

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/

/** A time of EasyPost, as sent; one without offset is UTC by their habit. Null for what is no time. */
function instantOf(text: string | null | undefined): string | null {
  const found = text ? iso.exec(text) : null
  if (!found || !text) return null
  const instant = found[1] ? text : `${text}Z`
  return Number.isNaN(Date.parse(instant)) ? null : instant
}

function destinationOf(detail: z.output<typeof trackerSchema>['carrier_detail']): NamedPlace | null {
  const place = placeOf(detail?.destination_tracking_location)
  if (Object.values(place).some((part) => part !== null)) return place
  return detail?.destination_location ? parseDestination(detail.destination_location) : null
}

// The codes that are a state of the US and, some of them, a country as well: alone at the end they tell neither.
const states = new Set(
  'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR'.split(
    ' ',
  ),
)

/** "MAPLE HGTS OH US" or "DULUTH MN, 55802": city, region, then country or postal code. */
function parseDestination(text: string): NamedPlace {
  const [, rest = '', postalCode = null] = /^(.*?)(?:,?\s+(\d{5}(?:-\d{4})?))?$/s.exec(text.trim()) ?? []
  const words = rest.split(/[\s,]+/).filter(Boolean)
  const codes: string[] = []
  while (codes.length < 2 && /^[A-Z]{2}$/.test(words.at(-1) ?? '')) codes.unshift(words.pop() as string)
  const [first = null, second = null] = codes
  const city = words.join(' ') || null
  if (second) return { city, region: first, postalCode, country: second }
  if (postalCode) return { city, region: first, postalCode, country: null }
  return { city, region: null, postalCode, country: first && states.has(first) ? null : first }
}
