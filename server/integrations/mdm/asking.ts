// Asks a vendor's API: a bearer token renewed in time, answers as JSON, and every way of failing in the words of the port.
import { z } from 'zod'
import { AppError, RetryLater } from '../../lib/errors.ts'
import { createFetch, type Fetch, looksPrivate } from '../../lib/fetch.ts'
import { tryParseJson } from '../../lib/json.ts'
import type { Clock } from '../../ports.ts'
import { faultsOf } from '../faults.ts'

/** Asks for JSON at a path under the base URL, or at a whole URL on the same host, as vendors give for the next page. */
export type Ask = (path: string, init?: { method?: string; body?: unknown }) => Promise<unknown>

/** The token for a request; `renew` where the one before was refused. */
type Authorize = (renew: boolean) => Promise<string>

/** So many records may one page hold; none that was asked for has more than a few hundred. */
const RECORDS_MAX = 5000

/** The records of a page: any values, but not so many that reading them keeps everybody waiting. */
export const pageRecords = z.custom<unknown[]>((value) => Array.isArray(value) && value.length <= RECORDS_MAX, {
  error: `must be a list of ${RECORDS_MAX} at most`,
})

/** An answer in the shape that it should have. Throws AppError 'unreadable'. */
export function shaped<T extends z.ZodType>(title: string, schema: T, answer: unknown): z.output<T> {
  const { data, error } = schema.safeParse(answer)
  if (error) throw new AppError('unreadable', `${title} sent an answer of another shape.`, faultsOf(error))
  return data
}

const TIMEOUT_MS = 60_000
/** A page of a few hundred devices with their software is some megabytes. */
const BYTES_MAX = 64 * 1024 * 1024

/** The base URL comes from the environment, is the operator's own word and may be private. */
export const fetchFor = (baseUrl: string): Fetch =>
  createFetch({ allowPrivate: looksPrivate(baseUrl), timeoutMs: TIMEOUT_MS, maxBytes: BYTES_MAX })

/** `title` is the vendor as people write it: it stands in what is thrown. */
export function createAsk(input: { title: string; baseUrl: string; fetch: Fetch; authorize: Authorize }): Ask {
  const { title, baseUrl, fetch, authorize } = input
  const base = new URL(`${baseUrl.replace(/\/+$/, '')}/`)
  return async (path, init = {}) => {
    const url = new URL(path.replace(/^\/+/, ''), base)
    // A token goes to no host but its own, whatever a page's next link says.
    if (url.origin !== base.origin) throw new AppError('unreadable', `${title} pointed to another host than its own.`)
    const send = async (renew: boolean) =>
      fetch(url.href, {
        method: init.method ?? 'GET',
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${await authorize(renew)}`,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      })
    const first = await send(false)
    return jsonOf(title, first.status === 401 ? await send(true) : first)
  }
}

/** A question that the vendor does not take as it was asked: an adapter that knows another way may ask again. */
export class Refused extends AppError {
  readonly status: number

  constructor(title: string, status: number) {
    super('unreadable', `${title} answered ${status}.`)
    this.status = status
  }
}

type Answer = Awaited<ReturnType<Fetch>>

/** The answer's JSON; every other answer is thrown in the words of `Mdm`. Bodies are never quoted: they may hold names. */
export function jsonOf(title: string, answer: Answer): unknown {
  const { status } = answer
  if (status === 401)
    throw new AppError('unauthenticated', `${title} refused the credentials (401): check them in its settings.`)
  if (status === 403)
    throw new AppError(
      'forbidden',
      `${title} does not allow this (403): the credentials lack a right that the adapter needs.`,
    )
  if (status === 429 || (status === 503 && answer.headers['retry-after'] !== undefined))
    throw new RetryLater(`${title} asks to be asked later (${status}).`, retryAfterMs(answer.headers))
  if (status >= 500) throw new AppError('unavailable', `${title} answered ${status}.`)
  if (status < 200 || status > 299) throw new Refused(title, status)
  const json = tryParseJson(answer.bytes)
  if (json === undefined) throw new AppError('unreadable', `${title} sent an answer that is cut, or no JSON.`)
  return json
}

/** Seconds, or a date by the vendor's own clock (RFC 9110); a minute where it says neither, an hour at most. */
export function retryAfterMs({
  'retry-after': after,
  date,
}: {
  'retry-after'?: string | undefined
  date?: string | undefined
}): number {
  const seconds = Number(after ?? Number.NaN)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after ?? '') - Date.parse(date ?? '')
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 1000), 3_600_000) : 60_000
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number<unknown>().positive().catch(300),
})

/** So long before its end a token is no longer used. */
const MARGIN_MS = 60_000

/** A token by OAuth 2 client credentials (RFC 6749 4.4), kept until shortly before it ends. */
export function clientCredentials(input: {
  title: string
  tokenUrl: string
  form: Record<string, string>
  fetch: Fetch
  clock: Clock
}): Authorize {
  let token: { value: string; until: number } | null = null
  return async (renew) => {
    if (token !== null && !renew && input.clock().getTime() < token.until) return token.value
    const answer = await input.fetch(input.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...input.form }).toString(),
    })
    // A refused client is 400 or 401 (RFC 6749 5.2).
    if (answer.status === 400)
      throw new AppError(
        'unauthenticated',
        `${input.title} refused the client's credentials (400): check them in its settings.`,
      )
    const { access_token: value, expires_in: seconds } = shaped(input.title, tokenSchema, jsonOf(input.title, answer))
    token = { value, until: input.clock().getTime() + Math.max(seconds * 1000 - MARGIN_MS, 1000) }
    return value
  }
}
