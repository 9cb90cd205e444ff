// What reads the inbox: each webhook's adapter, and the endpoints that keep what they refuse, so that it can be tried again.
import type { Reader } from '../inbox.ts'
import { readCheckIn } from '../integrations/mdm/generic.ts'
import { AppError, faultsText } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'
import type { WebhookSource } from '../ports.ts'

const checkIns: Reader = {
  source: 'checkins',
  vouches: 'nothing',
  read(body) {
    const read = readCheckIn(parseJson(body))
    if (!read.ok) throw new AppError('invalid', faultsText(read.faults), read.faults)
    return [{ kind: 'check-in', checkIn: read.checkIn }]
  },
}

const rows = (kind: 'people' | 'devices' | 'shipments'): Reader => ({
  source: kind,
  vouches: 'nothing',
  read: (body) => ({ kind, cells: parseJson(body) }),
})

/** By source. */
export function readersOf(sources: WebhookSource[]): Map<string, Reader> {
  return new Map<string, Reader>(
    [...sources, checkIns, rows('people'), rows('devices'), rows('shipments')].map((reader) => [reader.source, reader]),
  )
}
