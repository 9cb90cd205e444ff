// How often and where to a carrier turned a parcel: what was said last about a moment stands, since reports come late.
import type { LedgerEvent, Place } from './events.ts'

export interface DestinationChange {
  seq: number
  at: Date
  from: Place
  to: Place
}

/** The changes of destination that stand, oldest first. One from a place to itself takes an earlier one at its moment back. */
export function destinationChanges(events: LedgerEvent[]): DestinationChange[] {
  const byMoment = new Map<number, DestinationChange>()
  for (const event of events.toSorted((a, b) => a.seq - b.seq))
    if (event.kind === 'shipment.destination_changed' && event.payload !== null)
      byMoment.set(event.occurredAt.getTime(), { seq: event.seq, at: event.occurredAt, ...event.payload })
  return [...byMoment.values()]
    .filter(({ from, to }) => !isOnePlace(from, to))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** Whether two places are written the same. */
export const isOnePlace = (a: Place, b: Place): boolean =>
  a.city === b.city && a.region === b.region && a.country === b.country
