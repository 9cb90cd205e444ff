// The errors we throw on purpose: a closed list of problems, and one table per transport that turns them into answers.

/** What went wrong, in the words of the domain; each transport maps it in one table. */
export type Problem =
  | 'unreadable'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'invalid'
  | 'too_many'
  | 'unavailable'

/** One fault of one member of an input: `path` names the member, `problem` says what to do about it. */
export interface Fault {
  path: string
  problem: string
}

/** An error whose message may be shown to whoever asked. Anything else is shown as a request id only. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly problem: Problem
  readonly faults: Fault[]

  constructor(problem: Problem, message: string, faults: Fault[] = []) {
    super(message)
    this.problem = problem
    this.faults = faults
  }
}

/** What is wrong with one member of an input. */
export const faultOf = (path: string, problem: string): AppError =>
  new AppError('invalid', `${path} ${problem}`, [{ path, problem }])

/** What a schema found wrong with an input (zod's issues). */
export const faultsOf = (issues: readonly { path: PropertyKey[]; message: string }[]): Fault[] =>
  issues.map(({ path, message }) => ({ path: path.join('.'), problem: message }))

/** Refused for now, with the time after which it may be asked again. */
export class RetryLater extends AppError {
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super('too_many', message)
    this.retryAfterMs = retryAfterMs
  }
}

/** HTTP status per problem (RFC 9110). */
export const httpStatus = {
  unreadable: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  too_many: 429,
  unavailable: 503,
} as const satisfies Record<Problem, number>

/** The message of anything thrown, for a log or an inbox row. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Faults as one sentence. */
export function faultsText(faults: Fault[]): string {
  return faults.map((fault) => (fault.path === '' ? fault.problem : `${fault.path}: ${fault.problem}`)).join('; ')
}

/**
 * Anything thrown, for a log: PostgreSQL's messages quote the values they refuse, which may be names and addresses, so
 * of those only the code and the place are told.
 */
export function logText(error: unknown): string {
  const { code, routine } = error as { code?: unknown; routine?: unknown }
  if (typeof code === 'string' && typeof routine === 'string') return `the database refused it (${code} in ${routine})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
