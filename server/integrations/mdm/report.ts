// A check-in put together from a vendor's record.
import { AppError } from '../../lib/errors.ts'
import { type CheckInReport, checkInSchema } from '../../ports.ts'
import { faultsOf } from '../faults.ts'

/** Members that are undefined say nothing. Throws AppError 'invalid' where nothing tells which device it is. */
export function reportOf(what: string, checkIn: Record<string, unknown>): CheckInReport {
  const parsed = checkInSchema.safeParse(checkIn)
  if (parsed.success) return { kind: 'check-in', checkIn: parsed.data }
  throw new AppError('invalid', `${what} cannot be told from others.`, faultsOf(parsed.error))
}
