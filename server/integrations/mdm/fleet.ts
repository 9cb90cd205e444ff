// Fleet's webhooks, to check-ins: who enrolled and who left.
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { parseJson, tryParseJson } from '../../lib/json.ts'
import type { CheckIn, CheckInReport, WebhookSource } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { computerPlatform } from './fleet-platforms.ts'
import { noTime, reportOf } from './report.ts'
import { flag, instantTold, partOf, word } from './words.ts'

/** Settings from the environment. The secret stands in a URL, so it is of characters that need no escape there. */
export const fleetWebhookEnvironment = z
  .object({
    FLEET_WEBHOOK_SECRET: z
      .string()
      .trim()
      .regex(
        /^[A-Za-z0-9_-]{24,200}$/,
        'must be 24 to 200 letters, digits, - or _, such as `openssl rand -hex 32` gives',
      )
      .optional(),
  })
  .transform(({ FLEET_WEBHOOK_SECRET: secret }) => (secret === undefined ? null : { secret }))

const PATH = '/webhooks/fleet/'

/**
 * The source behind `POST /webhooks/fleet/<secret>`. Fleet signs nothing and sends no header of ours, so the secret is the
 * last part of the URL that it is given. Reads the activities `mdm_enrolled`, `mdm_unenrolled` and `fleet_enrolled`; all
 * others, and the webhooks about host status, policies and vulnerabilities, name no serial number and are no news. A wipe
 * or lock is told when it is asked for, not when it is done. Source: fleetdm/fleet, docs/Contributing/reference/audit-logs.md.
 */
export function createFleet(settings: { secret: string } | null): WebhookSource {
  const expected = settings && sha256(settings.secret)
  return {
    source: 'fleet',
    configured: settings !== null,
    takesTokens: true,
    secretInPath: true,
    vouches: 'enrolment',
    verify: ({ path }) =>
      expected !== null && path.startsWith(PATH) && timingSafeEqual(sha256(path.slice(PATH.length)), expected),
    deliveryKey,
    read: (body) => readWebhook(parseJson(body)),
  }
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()

const webhookSchema = z.object({
  timestamp: instantTold,
  type: word(100),
  details: partOf(
    z.object({
      host_serial: word(200),
      host_display_name: word(300),
      installed_from_dep: flag,
      /** Of personal enrolments only. */
      enrollment_id: word(200),
      platform: word(100),
    }),
  ),
})
type Details = NonNullable<z.output<typeof webhookSchema>['details']>

function readWebhook(json: unknown): CheckInReport[] {
  const parsed = webhookSchema.safeParse(json)
  if (!parsed.success) throw new AppError('invalid', 'This is no webhook of Fleet.', faultsOf(parsed.error))
  const { type, timestamp, details } = parsed.data
  const enrollment = enrollmentBy.get(type ?? '')
  // Microsoft's enrolments come without a serial number: they are told by the list of hosts.
  if (enrollment === undefined || details?.host_serial === undefined || isPhone(details)) return []
  if (timestamp === undefined) throw noTime('The activity', 'timestamp')
  return [
    reportOf('The host', {
      serialNumber: details.host_serial,
      reportedAt: timestamp,
      source: 'fleet',
      platform: computerPlatform(details.platform) ?? undefined,
      enrollment: enrollment(details),
    }),
  ]
}

/** What an activity says of the enrolment. `fleet_enrolled` is the agent's own, and says nothing of the MDM. */
const enrollmentBy = new Map<string, (details: Details) => CheckIn['enrollment']>([
  ['mdm_enrolled', (details) => ({ enrolled: true, method: methodOf(details) })],
  ['mdm_unenrolled', () => ({ enrolled: false })],
  ['fleet_enrolled', () => undefined],
])

function methodOf({ installed_from_dep: isAutomated, enrollment_id: personalId }: Details) {
  if (personalId !== undefined) return 'user'
  return isAutomated === undefined ? 'unknown' : isAutomated ? 'automated' : 'manual'
}

/** Servers that tell no platform begin the name with the model. */
const isPhone = ({ platform, host_display_name: name = '' }: Details): boolean =>
  computerPlatform(platform) === null || (platform === undefined && /^(iphone|ipad|ipod|appletv)/i.test(name))

/** Fleet numbers no delivery. An activity has a time of its own, so that the same bytes are the same activity. */
function deliveryKey(body: Uint8Array): string | null {
  const timestamp = webhookSchema.safeParse(tryParseJson(body)).data?.timestamp
  return timestamp === undefined ? null : sha256(body).toString('hex')
}
