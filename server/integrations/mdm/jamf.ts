// Jamf Pro's webhooks about computers, to check-ins.
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { parseJson, tryParseJson } from '../../lib/json.ts'
import { type CheckInReport, checkInSchema, type WebhookSource } from '../../ports.ts'
import { allOrNone, optionalSecret } from '../environment.ts'
import { faultsOf } from '../faults.ts'
import { ipAddress, word } from './words.ts'

/** Settings from the environment: both or neither. */
export const jamfEnvironment = allOrNone({
  JAMF_WEBHOOK_USER: optionalSecret,
  JAMF_WEBHOOK_PASSWORD: optionalSecret,
}).transform(({ JAMF_WEBHOOK_USER: user, JAMF_WEBHOOK_PASSWORD: password }) =>
  user && password ? { user, password } : null,
)

/**
 * The source behind `POST /webhooks/jamf`, proven by HTTP Basic. Reads ComputerCheckIn, ComputerInventoryCompleted and
 * ComputerAdded, nested or flat (wire-formats 3.2). A computer that Jamf knows is enrolled; how, its webhooks do not say.
 */
export function createJamf(basic: { user: string; password: string } | null): WebhookSource {
  const expected = basic && sha256(`${basic.user}:${basic.password}`)
  return {
    source: 'jamf',
    configured: basic !== null,
    takesTokens: true,
    vouches: 'enrolment',
    verify: (request) =>
      expected !== null && timingSafeEqual(sha256(credentialsOf(request.header('authorization'))), expected),
    deliveryKey,
    read: (body) => readWebhook(parseJson(body)),
  }
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

function credentialsOf(header: string | null): Uint8Array {
  const found = /^basic +([a-z0-9+/=_-]+) *$/i.exec(header ?? '')
  return Buffer.from(found?.[1] ?? '', 'base64')
}

const webhookSchema = z.object({
  webhook: z.object({
    id: z.union([z.number(), z.string()]).nullish().catch(null),
    webhookEvent: z.string('the name of the event is missing'),
    eventTimestamp: z.coerce.number<unknown>().positive().optional().catch(undefined),
  }),
  event: z.unknown(),
})

const computerSchema = z.object({
  serialNumber: word(200),
  udid: word(100),
  deviceName: word(300),
  emailAddress: word(320),
  username: word(300),
  realName: word(300),
  model: word(200),
  osVersion: word(100),
  ipAddress,
  reportedIpAddress: ipAddress,
})

const events = new Set(['ComputerCheckIn', 'ComputerInventoryCompleted', 'ComputerAdded'])

function readWebhook(json: unknown): CheckInReport[] {
  const parsed = webhookSchema.safeParse(json)
  if (!parsed.success) throw new AppError('invalid', 'This is no webhook of Jamf Pro.', faultsOf(parsed.error))
  const { webhook, event } = parsed.data
  if (!events.has(webhook.webhookEvent)) return []
  const computer = computerSchema.safeParse(computerOf(event))
  if (!computer.success) throw new AppError('invalid', 'The event has no computer.', faultsOf(computer.error, 'event'))
  return [reportOf(computer.data, reportedAt(webhook.eventTimestamp))]
}

/** `ComputerCheckIn` nests the computer on newer servers; everything else, and older servers, have it flat. */
function computerOf(event: unknown): unknown {
  const nested = typeof event === 'object' && event !== null && 'computer' in event ? event.computer : undefined
  return typeof nested === 'object' && nested !== null ? nested : event
}

/** The docs say milliseconds, samples show seconds; below 10^11 it is seconds (wire-formats 3.2). */
function reportedAt(timestamp: number | undefined): string {
  const date = new Date(timestamp === undefined ? Number.NaN : timestamp < 1e11 ? timestamp * 1000 : timestamp)
  const year = date.getUTCFullYear()
  if (!(year >= 1970 && year <= 9999)) {
    const fault = { path: 'webhook.eventTimestamp', problem: 'must be a time in seconds or milliseconds since 1970' }
    throw new AppError('invalid', 'The event has no time.', [fault])
  }
  return date.toISOString()
}

function reportOf(computer: z.output<typeof computerSchema>, at: string): CheckInReport {
  const name = computer.username ?? computer.realName
  const checkIn = checkInSchema.safeParse({
    serialNumber: computer.serialNumber,
    hardwareUuid: computer.udid,
    sourceDeviceId: computer.udid,
    reportedAt: at,
    source: 'jamf',
    hostname: computer.deviceName,
    platform: 'darwin',
    osVersion: computer.osVersion,
    model: computer.model,
    publicIp: computer.ipAddress,
    user: name || computer.emailAddress ? { name, email: computer.emailAddress } : undefined,
    enrollment: { enrolled: true, method: 'unknown' },
    network: computer.reportedIpAddress ? { privateIps: [computer.reportedIpAddress] } : undefined,
  })
  if (!checkIn.success)
    throw new AppError('invalid', 'The computer cannot be told from others.', faultsOf(checkIn.error, 'event'))
  return { kind: 'check-in', checkIn: checkIn.data }
}

/** Jamf numbers no delivery, so one is known by what it says; null without a time, when identical bytes may be news again. */
function deliveryKey(body: Uint8Array): string | null {
  const parsed = webhookSchema.safeParse(tryParseJson(body))
  if (!parsed.success || parsed.data.webhook.eventTimestamp === undefined) return null
  const { id, webhookEvent, eventTimestamp } = parsed.data.webhook
  const serialNumber = computerSchema.safeParse(computerOf(parsed.data.event)).data?.serialNumber
  const parts = [id ?? null, webhookEvent, eventTimestamp, serialNumber ?? null, sha256(body).toString('hex')]
  return sha256(JSON.stringify(parts)).toString('hex')
}
