// EasyPost's proof of a webhook: HMAC-SHA256 in two versions, over the bytes as they came.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { WebhookRequest } from '../../ports.ts'

const prefix = 'hmac-sha256-hex='
const hour = 3_600_000
// EasyPost resends for up to a day, perhaps with the first timestamp; the event id keeps replays out (wire-formats 1.6).
const oldestMs = 24 * hour
const aheadMs = hour / 6

/**
 * Whether a request carries a valid proof. Version 2 signs timestamp + METHOD + path + body and is tried first, version 1
 * signs the body alone; the key is the secret in NFKD as UTF-8. A signed path other than ours is refused outright.
 * `path` is the public path of our endpoint. Source: wire-formats 1.6 (version 1 checked against EasyPost's own vector).
 */
export function hasValidProof(request: WebhookRequest, options: { secret: string; path: string; now: Date }): boolean {
  const signedPath = request.header('x-path')
  if (signedPath !== null && signedPath !== options.path) return false
  return hasValidV2(request, options) || hasValidV1(request, options.secret)
}

function hasValidV1(request: WebhookRequest, secret: string): boolean {
  return isSignature(request.header('x-hmac-signature'), digest(secret, request.body))
}

function hasValidV2(
  request: WebhookRequest,
  { secret, path, now }: { secret: string; path: string; now: Date },
): boolean {
  const timestamp = request.header('x-timestamp')
  if (timestamp === null || request.header('x-path') === null) return false
  const age = now.getTime() - Date.parse(timestamp)
  if (!(age <= oldestMs && age >= -aheadMs)) return false
  const expected = digest(secret, timestamp + request.method.toUpperCase() + path, request.body)
  return isSignature(request.header('x-hmac-signature-v2'), expected)
}

function digest(secret: string, ...parts: (string | Uint8Array)[]): Buffer {
  const hmac = createHmac('sha256', secret.normalize('NFKD'))
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

function isSignature(header: string | null, expected: Buffer): boolean {
  if (!header?.startsWith(prefix)) return false
  const hex = header.slice(prefix.length)
  return /^[0-9a-f]{64}$/i.test(hex) && timingSafeEqual(Buffer.from(hex, 'hex'), expected)
}
