// What a row of the carriers' tables is: words or codes, what they are taken to mean, where that is known from, and an example.
import type { Reading } from '../../../ports.ts'

/** The carriers whose words we know; every other one is read by the generic rows alone. */
export type CarrierName = 'ups' | 'fedex' | 'usps' | 'dhl'

/** Words to a reading. Rows are tried in order and the first that fits wins, so what is particular stands above what is plain. */
export interface WordRow {
  /** Tried on normalised text: lower case, single spaces, no ™ ® ©, no mark-up. */
  says: RegExp | ((text: string) => boolean)
  /** Only scans of this status. */
  status?: string
  reading: Reading | ((text: string, carrier: string) => Reading)
  source: string
  /** Words that this row reads. A test walks them all. */
  example: string
  /** What the example comes to, where the reading hangs on the words. */
  comesTo?: Reading
}

/** Codes to a reading, where no row knows the words. */
export interface CodeRow {
  codes: string[]
  reading: Reading
  /** For codes that are remembered, weak or of two meanings: without words that agree they are `cannot tell`. */
  onlyIf?: RegExp
  source: string
  /** Words beside the code that no row of words knows; empty where the code stands for itself. */
  example: string
}

export interface CarrierTable {
  /** Tried first, and only where status or words say that the parcel was delivered. */
  delivered: WordRow[]
  words: WordRow[]
  codes: CodeRow[]
}

export const is = (
  kind: Exclude<Reading['is'], 'held' | 'delivered' | 'delivery change'>,
): Extract<Reading, { is: typeof kind }> => ({ is: kind }) as Extract<Reading, { is: typeof kind }>

export const heldAt = (at: Extract<Reading, { is: 'held' }>['at']): Reading => ({ is: 'held', at })

export const deliveredTo = (to: Extract<Reading, { is: 'delivered' }>['to']): Reading => ({ is: 'delivered', to })

type Change = Extract<Reading, { is: 'delivery change' }>

export const change = (stage: Change['stage'], by: Change['by'], to: Change['to']): Reading => ({
  is: 'delivery change',
  stage,
  by,
  to,
})

/** Where the facts of the tables come from, by their place in the research notes. */
export const notes = 'wire-formats 2.2'
export const remembered = 'wire-formats 2.2, from memory there'
export const recorded = 'recorded trackers'
export const common = 'common wording, from memory'
