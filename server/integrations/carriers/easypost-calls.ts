// Calls to EasyPost through its own client, with what that client lacks: a time-out, a pause after 429, and answers checked.
import easyPost from '@easypost/api'
import type { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { type CallAnswer, problemOf } from './easypost-errors.ts'

// Its types describe a CommonJS module while Node loads the other one, whose default is the class itself.
const EasyPostClient = easyPost as unknown as typeof easyPost.default
type Client = InstanceType<typeof EasyPostClient>
/** Makes one call and checks the shape of what comes back. */
export type Call = <T>(schema: z.ZodType<T>, work: (client: Client) => unknown) => Promise<T>

export interface CallOptions {
  apiKey: string
  /** Null: EasyPost's own. */
  baseUrl: string | null
  timeoutMs: number
  /** Waits so many milliseconds. */
  wait(ms: number): Promise<void>
}

const pausesMs = [1000, 2000, 4000]
const pauseMaxMs = 30_000
const answerBytesMax = 8 * 1024 * 1024

/**
 * What every call goes through. 429 means not done, so it is asked again, after `Retry-After` or 1, 2, 4 s with a jitter of
 * a quarter; a longer pause than half a minute is left to the caller as 'too_many'.
 * Throws AppError as the port's docstring says; an answer without what we need is 'unavailable'.
 */
export function createCalls(options: CallOptions): Call {
  return async (schema, work) => {
    for (let attempt = 0; ; attempt++) {
      const { answer, error, value } = await once(options, work)
      if (error === undefined) return read(schema, value)
      const pause = answer?.status === 429 ? pauseOf(attempt, answer.retryAfter) : null
      if (pause === null) throw problemOf(answer, error)
      await options.wait(pause)
    }
  }
}

function pauseOf(attempt: number, retryAfter: string | null): number | null {
  const step = pausesMs[attempt]
  if (step === undefined) return null
  const asked = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : step
  const pause = Math.max(asked, 0) + Math.random() * (step / 4)
  return pause > pauseMaxMs ? null : pause
}

interface Outcome {
  answer: CallAnswer | null
  value: unknown
  error: unknown
}

/** A client of its own for each call, so that its hook tells this call's status: the client's own error may be lost on the way. */
async function once({ apiKey, baseUrl, timeoutMs }: CallOptions, work: (client: Client) => unknown): Promise<Outcome> {
  let answer: CallAnswer | null = null
  const client = new EasyPostClient(apiKey, {
    ...(baseUrl === null ? {} : { baseUrl: baseUrlOf(baseUrl) }),
    requestMiddleware: (request) =>
      request.timeout({ deadline: timeoutMs }).redirects(0).maxResponseSize(answerBytesMax),
  })
  client.addResponseHook(({ httpStatus, responseBody, headers }) => {
    answer = { status: httpStatus, body: responseBody, retryAfter: headers['retry-after'] ?? null }
  })
  try {
    return { value: await work(client), answer, error: undefined }
  } catch (error) {
    return { value: undefined, answer, error: error ?? new Error('no reason given') }
  }
}

/** The client wants its base URL to end in `/v2/` (wire-formats 1.8). */
function baseUrlOf(url: string): string {
  const bare = url.replace(/\/+$/, '')
  return bare.endsWith('/v2') ? `${bare}/` : `${bare}/v2/`
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'the answer').join(', ')
  throw new AppError('unavailable', `EasyPost's answer lacks what is needed: ${where}.`)
}
