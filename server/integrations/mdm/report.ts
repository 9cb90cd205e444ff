// A check-in put together from a vendor's record.
import { AppError } from '../../lib/errors.ts'
import { type CheckInReport, checkInSchema } from '../../ports.ts'
import { faultsOf } from '../faults.ts'

/** What to throw where a record's time, by the path of its member, cannot be read. */
export const noTime = (what: string, path: string): AppError =>
  new AppError('invalid', `${what} has no time.`, [{ path, problem: 'must be a time, such as 2026-11-02T15:04:05Z' }])

/** Members that are undefined say nothing. Throws AppError 'invalid' where nothing tells which device it is. */
export function reportOf(what: string, checkIn: Record<string, unknown>): CheckInReport {
  const parsed = checkInSchema.safeParse(checkIn)
  if (parsed.success) return { kind: 'check-in', checkIn: parsed.data }
  throw new AppError('invalid', `${what} cannot be told from others.`, faultsOf(parsed.error))
}
