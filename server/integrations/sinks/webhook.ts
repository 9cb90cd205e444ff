// The outgoing webhook: alerts signed by the Standard Webhooks scheme.
import { Webhook } from 'standardwebhooks'
import { messageOf } from '../../lib/errors.ts'
import type { Fetch } from '../../lib/fetch.ts'
import { cleanText, type Sink } from '../../ports.ts'
import { allOrNone, optionalSecret, optionalUrl } from '../environment.ts'

const bodyCharactersMax = 4096

const secretSchema = optionalSecret.refine(
  (secret) => secret === undefined || isWebhookSecret(secret),
  'must be whsec_ and 24 to 64 bytes in base64',
)

/** Settings from the environment: both or neither, since nothing leaves unsigned. */
export const alertWebhookEnvironment = allOrNone({
  ALERT_WEBHOOK_URL: optionalUrl,
  ALERT_WEBHOOK_SECRET: secretSchema,
}).transform(({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret }) => (url && secret ? { url, secret } : null))

/** `whsec_` and base64 of 24 to 64 bytes, as the Standard Webhooks specification asks. */
function isWebhookSecret(secret: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  if (!base64) return false
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === base64
}

/**
 * Sends to one URL; answers are cut to 4096 characters, and what goes wrong on the way is an answer with `error`.
 * `timestamp` is signed and should be that of this attempt: receivers refuse what is older than five minutes.
 */
export function createWebhookSink({ url, secret, fetch }: { url: string; secret: string; fetch: Fetch }): Sink {
  const signer = new Webhook(secret)
  return {
    name: 'webhook',
    async send({ id, timestamp, body }) {
      const requestHeaders = {
        'content-type': 'application/json',
        'user-agent': 'telltale',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
        'webhook-signature': signer.sign(id, timestamp, body),
      }
      try {
        const answer = await fetch(url, { method: 'POST', headers: requestHeaders, body })
        return {
          status: answer.status,
          body: cleanText(answer.body.slice(0, bodyCharactersMax)),
          error: null,
          requestHeaders,
        }
      } catch (error) {
        return { status: null, body: '', error: messageOf(error), requestHeaders }
      }
    },
  }
}
