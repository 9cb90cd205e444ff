// What a year tells the outside way: rows of systems, carriers' events, check-ins; and what only its labels know.
import type { Parcel } from '../easypost.ts'

export type RowKind = 'people' | 'devices' | 'shipments' | 'declarations'

export type Input =
  | { at: Date; is: 'rows'; to: RowKind; row: Record<string, string> }
  /** The carrier's event after so many scans. */
  | { at: Date; is: 'tracker'; parcel: Parcel; count: number }
  /** `at` is when it was made; where `heardAt` differs, it came in later, in a batch. */
  | { at: Date; is: 'check-in'; serialNumber: string; source: string; heardAt?: Date }
  /** Who decides on a parcel that is held lets it go. */
  | { at: Date; is: 'release'; reference: string }

/** The layers in which evidence must agree, as threat.md files its indicators: A1 and A2, A3, A4, A5, A6. */
export type Layer = 'custody' | 'place' | 'software' | 'hardware' | 'co-location'

/** One indicator of threat.md's section A that the inputs up to `at` show. */
export interface Indicator {
  at: Date
  /** As threat.md numbers it. */
  id: string
  layer: Layer
  /** 1 to 5, as rated there. */
  strength: number
  /** Enough for a fair analyst without anything else: a KVM's own name, a forwarder's customer code, two remote tools at once. */
  isAlone?: boolean
}

export interface Diversion {
  number: number
  variant: string
  email: string
  serialNumbers: string[]
  /** The farm it is hosted at; null where it is at none of this company's. */
  farm: string | null
  indicators: Indicator[]
  /** See `firstPossible`. */
  firstPossibleAt: Date | null
}

/** What two layers must each show to count as agreeing. */
const STRONG = 4

/**
 * The first moment at which a fair analyst who saw all inputs so far would open a case of high severity: one indicator that
 * is enough alone, or strong ones (4 or 5 of threat.md) in two layers, as its section F asks of pairs across layers.
 * An indicator counts from the input that first shows it. Null where that never comes: a trace too weak to be found.
 */
export function firstPossible(indicators: readonly Indicator[]): Date | null {
  const layers = new Set<Layer>()
  for (const one of indicators.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    if (one.isAlone) return one.at
    if (one.strength >= STRONG) layers.add(one.layer)
    if (layers.size >= 2) return one.at
  }
  return null
}
