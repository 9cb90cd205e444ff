// Errors as application/problem+json (RFC 9457), each with a request id to quote.
import { randomUUID } from 'node:crypto'
import { isAway } from '../lib/database.ts'
import { AppError, httpStatus, logText, type Problem } from '../lib/errors.ts'

const titles: Record<Problem, string> = {
  unreadable: 'Unreadable',
  unauthenticated: 'No or bad proof',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  too_large: 'Too large',
  unsupported: 'Not supported',
  invalid: 'Readable, but wrong',
  too_many: 'Too many requests',
  unavailable: 'Not available now',
}

export interface ErrorLog {
  error(message: string): void
}

/** An answer for anything thrown. What is not ours is logged under the request id and not shown. */
export function problemResponse(error: unknown, log: ErrorLog): Response {
  const requestId = randomUUID()
  if (!(error instanceof AppError)) {
    log.error(`request ${requestId} failed: ${logText(error)}`)
    if (isAway(error))
      return problemResponse(new AppError('unavailable', 'The database does not answer: send it again soon.'), log)
    return answer(500, { title: 'A fault of ours', detail: `Quote ${requestId} when you report it.`, requestId }, {})
  }
  const status = httpStatus[error.problem]
  const faults = error.faults.length > 0 ? { errors: error.faults } : {}
  const headers: Record<string, string> = {}
  if (error.problem === 'too_many') headers['retry-after'] = '60'
  if (error.problem === 'unavailable') headers['retry-after'] = '2'
  if (error.problem === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
  return answer(status, { title: titles[error.problem], detail: error.message, ...faults, requestId }, headers)
}

function answer(status: number, body: Record<string, unknown>, headers: Record<string, string>): Response {
  return new Response(JSON.stringify({ type: 'about:blank', status, ...body }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}
