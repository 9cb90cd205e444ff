// Turns zod's issues into faults: a dotted path and a sentence, never the value.
import type { z } from 'zod'
import type { Fault } from '../lib/errors.ts'

/** One fault per issue; `prefix` names where in the whole the parsed part stands. */
export function faultsOf(error: z.ZodError, prefix = ''): Fault[] {
  return error.issues.map((issue) => ({
    path: [...(prefix ? [prefix] : []), ...issue.path.map(String)].join('.'),
    problem: problemOf(issue),
  }))
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message
  const reasons = new Set(issue.errors.flatMap((branch) => branch.map((inner) => inner.message)))
  return reasons.size > 0 ? [...reasons].join(', or: ') : issue.message
}
