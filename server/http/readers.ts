// What reads the inbox: each webhook's adapter, and the endpoints that keep what they refuse, so that it can be tried again.
import type { Reader } from '../inbox.ts'
import { readCheckIn } from '../integrations/mdm/generic.ts'
import { AppError, faultsText } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'
import type { AgentProtocol, Mdm, WebhookSource } from '../ports.ts'

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

/** One record of a page, kept as JSON. */
const records = (mdm: Mdm): Reader => ({
  source: mdm.source,
  vouches: mdm.vouches,
  read: (body) => mdm.readRecord(parseJson(body)),
})

/** A line of an agent's report, kept as JSON with whose it is. */
const lines = (protocol: AgentProtocol): Reader => ({
  source: protocol.source,
  vouches: protocol.vouches,
  read: (body) => protocol.readKept(body),
})

/** By source. */
export function readersOf(sources: WebhookSource[], mdms: Mdm[], agents: AgentProtocol[]): Map<string, Reader> {
  const endpoints = [checkIns, rows('people'), rows('devices'), rows('shipments')]
  return new Map<string, Reader>(
    [...sources, ...mdms.map(records), ...agents.map(lines), ...endpoints].map((reader) => [reader.source, reader]),
  )
}
