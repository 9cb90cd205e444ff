// The check-in of CONTRACTS, sent by any agent to `POST /checkins`.
import type { Fault } from '../../lib/errors.ts'
import { type CheckIn, checkInSchema } from '../../ports.ts'
import { faultsOf } from '../faults.ts'

/** Reads one item; a wrong one comes back with every fault and its dotted path (`usbDevices.0.vendorId`). */
export function readCheckIn(item: unknown): { ok: true; checkIn: CheckIn } | { ok: false; faults: Fault[] } {
  const parsed = checkInSchema.safeParse(item)
  return parsed.success ? { ok: true, checkIn: parsed.data } : { ok: false, faults: faultsOf(parsed.error) }
}
