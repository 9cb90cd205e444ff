// What saving one row came to: the same answer for the import's preview, its counts, its undo and the endpoints.
import type { NewEvent } from './events.ts'

export interface Change {
  field: string
  from: unknown
  to: unknown
}

/** The rows are written; `events` are for the caller to record last, together with those of other rows. */
export interface Saved {
  result: 'created' | 'updated' | 'unchanged'
  entity: 'person' | 'device' | 'shipment' | 'declaration'
  id: string
  changes: Change[]
  /** Column values to go back to, when an import is undone; null for a new row. */
  before: Record<string, unknown> | null
  events: NewEvent[]
}

/**
 * The columns of `next` that differ from `row`. Absent (undefined) means unchanged, null means cleared.
 * Days compare as text, objects by their JSON.
 */
export function differences(row: Record<string, unknown>, next: Record<string, unknown>): Change[] {
  const plain = (value: unknown) =>
    value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : value
  return Object.entries(next)
    .filter(([field, to]) => to !== undefined && plain(row[field]) !== plain(to))
    .map(([field, to]) => ({ field, from: row[field] ?? null, to }))
}
