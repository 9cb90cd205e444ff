// The gaps of a timeline: spans in which something should have happened and nothing did.
import type { Outputs } from '../api.ts'

export type Entry = Outputs['devices']['timeline']['entries'][number]

export interface Gap {
  ms: number
  /** What is missing: `delivered, nobody has accepted it`. */
  says: string
  /** It lasts until now. */
  isOpen: boolean
}

const HOUR = 3_600_000

/** What is waited for after a fact, and from how many hours on the wait is worth a line. */
interface Wait {
  says: string
  hours: number
}

const waits = {
  packing: { says: 'ordered, not packed', hours: 72 },
  returning: { says: 'return asked for, nothing on its way', hours: 72 },
  dispatch: { says: 'packed, not with the carrier', hours: 24 },
  firstScan: { says: 'shipped, the carrier has not scanned it', hours: 24 },
  nextScan: { says: 'no scan', hours: 36 },
  pickUp: { says: 'waits to be picked up', hours: 24 },
  acceptance: { says: 'delivered, nobody has accepted it', hours: 12 },
  lateAcceptance: { says: 'in use, nobody has accepted it', hours: 24 },
  checkIn: { says: 'accepted, not seen yet', hours: 24 },
} satisfies Record<string, Wait>

/**
 * Gaps by the sequence number of the entry before them. `entries` are one device's or one parcel's, oldest first; talk
 * between them does not end a gap.
 */
export function gapsOf(entries: Entry[], now: number): Map<number, Gap> {
  const gaps = new Map<number, Gap>()
  const lastAt = new Map(entries.map((entry) => [entry.occurredAt, entry.seq]))
  const facts = entries.filter((entry) => entry.tone !== 'talk' && isFact(entry))
  let wait: Wait | null = null
  for (const [index, entry] of facts.entries()) {
    wait = waitAfter(entry, wait)
    const next = facts[index + 1]
    const ms = (next ? Date.parse(next.occurredAt) : now) - Date.parse(entry.occurredAt)
    if (wait === null || ms < wait.hours * HOUR) continue
    const isOpen = next === undefined
    // After all that was said at the same moment; what lasts until now stands last.
    const after = isOpen ? entries.at(-1)?.seq : lastAt.get(entry.occurredAt)
    gaps.set(after ?? entry.seq, { ms, says: wait.says, isOpen })
  }
  return gaps
}

const isFact = ({ kind }: Entry) =>
  /^shipment\.(ordered|packed|shipped|scanned|held|released)$|^device\.(accepted|received|checked_in|status_reported)$/.test(
    kind,
  )

function waitAfter(entry: Entry, before: Wait | null): Wait | null {
  switch (entry.kind) {
    case 'shipment.ordered':
      return entry.title.startsWith('Return') ? waits.returning : waits.packing
    case 'shipment.packed':
      return waits.dispatch
    case 'shipment.shipped':
      return before === waits.acceptance || before === waits.nextScan ? before : waits.firstScan
    case 'shipment.scanned':
      return waitAfterScan(entry)
    case 'device.accepted':
      return before === waits.lateAcceptance ? null : waits.checkIn
    case 'device.checked_in':
      return before === waits.acceptance || before === waits.lateAcceptance ? waits.lateAcceptance : null
    case 'shipment.held':
    case 'device.received':
    case 'device.status_reported':
      return null
    default:
      return before
  }
}

function waitAfterScan({ payload }: Entry): Wait | null {
  const reading = (payload as { reading?: { is: string; to?: string; at?: string } } | null)?.reading
  switch (reading?.is) {
    case undefined:
    case 'returned':
    case 'lost':
      return null
    case 'delivered':
      return reading.to === 'sender'
        ? null
        : reading.to === 'counter' || reading.to === 'locker'
          ? waits.pickUp
          : waits.acceptance
    case 'held':
      return reading.at === 'carrier' ? waits.nextScan : waits.pickUp
    case 'created':
      return waits.firstScan
    default:
      return waits.nextScan
  }
}
