// Delivers events to whoever is registered: signed, at once, late, twice or in another order (wire formats 1.5, 1.6).
import { createHmac } from 'node:crypto'
import { signatureHeaders } from '../easypost.ts'
import type { Books } from './books.ts'
import { eventView, instant } from './tracker-body.ts'
import type { Hook, SentEvent } from './webhooks.ts'

export type Delivery = 'at once' | 'late' | 'twice' | 'out of order'

/** After so many in a row that failed, a URL is switched off. Third parties repeat six; EasyPost does not say. */
const FAILURES_MAX = 6

export interface Post {
  tell: Books['tell']
  /** Everything under way has been answered. */
  settled(): Promise<void>
  /** Sends what waits: the late ones, those held back, and those that failed. */
  release(): Promise<void>
}

/** Delivers events to whoever is registered when they happen. `signs` says which proofs go with them. */
export function createPost(books: () => Books, options: { deliver: Delivery; signs: 'v1' | 'v2' | 'both' }): Post {
  const underWay = new Set<Promise<void>>()
  let waiting: (() => Promise<void>)[] = []
  const start = (job: () => Promise<void>) => {
    const running = job().finally(() => underWay.delete(running))
    underWay.add(running)
  }
  const settled = async () => {
    while (underWay.size > 0) await Promise.all(underWay)
  }
  const deliver = (job: () => Promise<void>) => {
    switch (options.deliver) {
      case 'at once':
        return start(job)
      case 'twice':
        return start(() => job().then(job))
      case 'late':
        return void waiting.push(job)
      case 'out of order': {
        const held = waiting.shift()
        if (held === undefined) return void waiting.push(job)
        return start(() => job().then(held))
      }
      default:
        return options.deliver satisfies never
    }
  }
  return {
    settled,
    async release() {
      const jobs = waiting
      waiting = []
      for (const job of jobs) await job()
      await settled()
    },
    tell(description, result, previous) {
      const at = books().now()
      const hooks = [...books().hooks.values()].filter(({ disabledAt }) => disabledAt === null)
      const event: SentEvent = {
        id: books().newId('evt'),
        description,
        mode: result.mode,
        previous,
        at,
        urls: hooks.map(({ url }) => url),
        attempts: [],
      }
      books().events.push(event)
      const body = JSON.stringify({ ...eventView(event), result })
      for (const hook of hooks) {
        const job = async () => {
          const isTaken = await send(books(), { hook, event, body, signs: options.signs })
          if (!isTaken && hook.disabledAt === null) waiting.push(job)
        }
        deliver(job)
      }
    },
  }
}

interface Sending {
  hook: Hook
  event: SentEvent
  body: string
  signs: 'v1' | 'v2' | 'both'
}

/** One attempt. Never throws; whether it was taken. */
async function send(books: Books, { hook, event, body, signs }: Sending): Promise<boolean> {
  const url = new URL(hook.url)
  const headers = headersFor(books, hook, { url, body, signs })
  url.username = ''
  url.password = ''
  const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
    .then(async (response) => ({
      code: response.status,
      headers: Object.fromEntries(response.headers),
      text: await response.text(),
    }))
    .catch((error: unknown) => ({ code: null, headers: {}, text: String(error) }))
  const at = instant(books.now())
  event.attempts.push({
    id: books.newId('payload'),
    object: 'Payload',
    created_at: at,
    updated_at: at,
    request_url: hook.url,
    request_headers: headers,
    request_body: body,
    response_code: answer.code,
    response_headers: answer.headers,
    response_body: answer.text,
    total_time: 34,
  })
  const isTaken = answer.code !== null && answer.code >= 200 && answer.code < 300
  hook.failures = isTaken ? 0 : hook.failures + 1
  if (hook.failures >= FAILURES_MAX) hook.disabledAt = at
  return isTaken
}

function headersFor(
  books: Books,
  hook: Hook,
  { url, body, signs }: { url: URL; body: string; signs: Sending['signs'] },
): Record<string, string> {
  const user = url.username === '' ? null : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'Go-http-client/1.1',
    ...Object.fromEntries(hook.customHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
    ...(user === null ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
    ...(hook.secret === null || signs === 'v2' ? {} : signatureHeaders(hook.secret, body)),
    ...(hook.secret === null || signs === 'v1' ? {} : proofV2(hook.secret, url.pathname, body, books.now())),
  }
}

/** Proof v2: timestamp, method, path and body in one text. */
function proofV2(secret: string, path: string, body: string, now: Date): Record<string, string> {
  const timestamp = now.toUTCString().replace('GMT', '-0000')
  const hmac = createHmac('sha256', secret.normalize('NFKD')).update(`${timestamp}POST${path}${body}`).digest('hex')
  return { 'x-timestamp': timestamp, 'x-path': path, 'x-hmac-signature-v2': `hmac-sha256-hex=${hmac}` }
}
