// What went wrong in a call to EasyPost, in the words of the port: not known whether done, not done, or refused.
import { z } from 'zod'
import { AppError, type Fault } from '../../lib/errors.ts'
import { cleanText } from '../../ports.ts'

/** What came back of one call, as far as anything did. */
export interface CallAnswer {
  status: number
  body: unknown
  /** As sent; null where there is none. */
  retryAfter: string | null
}

// `errors` holds objects or plain texts, and `message` may be a text, a list or an object (wire-formats 1.7).
const errorSchema = z.object({
  error: z.object({
    code: z.string().catch(''),
    message: z.unknown(),
    errors: z.array(z.unknown()).nullish().catch(null),
  }),
})
const fieldSchema = z.object({ field: z.string().nullish(), message: z.string(), suggestion: z.string().nullish() })

/** EasyPost's code of a refusal, such as SHIPMENT.POSTAGE.EXISTS; empty where there is none. */
export const codeOf = (answer: CallAnswer): string => errorSchema.safeParse(answer.body).data?.error.code ?? ''

// A carrier that gave no answer to EasyPost may have sold the label all the same; these come with 422.
const unsettled = new Set([
  'SHIPMENT.POSTAGE.TIMED_OUT',
  'SHIPMENT.POSTAGE.NO_RESPONSE',
  'SHIPMENT.PURCHASE.IN_PROGRESS',
])

/**
 * The error that an answer means. No answer, a redirect, a time-out and 5xx leave open what was done; 429 was not done;
 * any other 4xx was refused, whatever the shape of its body.
 */
export function problemOf(answer: CallAnswer | null, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  if (answer === null) return new AppError('unavailable', `EasyPost gave no answer that can be read: ${wordOf(cause)}.`)
  const { status } = answer
  const words = wordsOf(answer)
  if (status === 429) return new AppError('too_many', 'EasyPost takes no more requests for now: try again in a minute.')
  if (status < 400 || status === 408 || status >= 500 || unsettled.has(codeOf(answer)))
    return new AppError('unavailable', `EasyPost could not answer (${status}): ${words}`)
  const faults = faultsIn(answer.body)
  if (status === 401 || status === 403)
    return new AppError('conflict', `EasyPost does not take this API key for that: ${words}`, faults)
  if (status === 402) return new AppError('conflict', `EasyPost's billing refused it: ${words}`, faults)
  if (status === 404) return new AppError('not_found', `EasyPost has no such thing: ${words}`, faults)
  return new AppError('invalid', `EasyPost refused it: ${words}`, faults)
}

const wordOf = (cause: unknown): string => {
  const { code, message } = cause as { code?: unknown; message?: unknown }
  if (code === 'ECONNABORTED' || code === 'ETIME' || code === 'ETIMEDOUT') return 'it took too long'
  if (typeof code === 'string') return code
  return cause instanceof SyntaxError ? 'its answer is broken' : cleanText(String(message ?? cause)).slice(0, 200)
}

const wordsMax = 500

function wordsOf({ status, body }: CallAnswer): string {
  const error = errorSchema.safeParse(body).data?.error
  const said = textsIn(error?.message ?? (body as { message?: unknown } | null)?.message)
  const listed = (error?.errors ?? []).flatMap((one) => (typeof one === 'string' ? [one] : []))
  const text =
    [...new Set([...said, ...listed])].join(' ') || `status ${status}, in a shape that EasyPost does not use.`
  return cleanText(text).slice(0, wordsMax)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

function faultsIn(body: unknown): Fault[] {
  const errors = errorSchema.safeParse(body).data?.error.errors ?? []
  return errors.slice(0, 50).flatMap((one) => {
    const parsed = fieldSchema.safeParse(one)
    if (!parsed.success) return []
    const { field, message, suggestion } = parsed.data
    const problem = suggestion ? `${message} (${suggestion})` : message
    return [{ path: cleanText(field ?? '').slice(0, 100), problem: cleanText(problem).slice(0, wordsMax) }]
  })
}
