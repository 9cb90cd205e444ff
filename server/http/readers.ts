// What reads the inbox: each webhook's adapter, and the endpoints that keep what they refuse, so that it can be tried again.
import type { Reader } from '../inbox.ts'
import { readCheckIn } from '../integrations/mdm/generic.ts'
import { AppError, faultsText } from '../lib/errors.ts'
import type { WebhookSource } from '../ports.ts'

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new AppError('unreadable', 'The body is not JSON.')
  }
}

const checkIns: Reader = {
  source: 'checkins',
  vouches: 'nothing',
  read(body) {
    const read = readCheckIn(parse(body))
    if (!read.ok) throw new AppError('invalid', faultsText(read.faults), read.faults)
    return [{ kind: 'check-in', checkIn: read.checkIn }]
  },
}

const rows = (kind: 'people' | 'devices' | 'shipments'): Reader => ({
  source: kind,
  vouches: 'nothing',
  read: (body) => ({ kind, cells: parse(body) }),
})

/** By source. */
export function readersOf(sources: WebhookSource[]): Map<string, Reader> {
  return new Map<string, Reader>(
    [...sources, checkIns, rows('people'), rows('devices'), rows('shipments')].map((reader) => [reader.source, reader]),
  )
}
