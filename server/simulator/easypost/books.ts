// What the look-alike keeps while it runs, and the ids it gives: the same requests in the same order give the same ids.
import type { Address } from './addresses.ts'
import type { Shipment } from './shipments.ts'
import { hexOf } from './tracker-body.ts'
import type { Tracker } from './trackers.ts'
import type { Hook, SentEvent } from './webhooks.ts'

export interface Refund {
  id: string
  object: 'Refund'
  created_at: string
  updated_at: string
  tracking_code: string
  confirmation_number: null
  status: 'submitted' | 'refunded' | 'rejected'
  carrier: string
  shipment_id: string
}

export interface Books {
  mode: 'production' | 'test'
  now(): Date
  /** Where labels are served: the server's own origin. */
  origin(): string
  /** Of the form `adr_` and 32 hexadecimal digits. */
  newId(prefix: string): string
  addresses: Map<string, Address>
  shipments: Map<string, Shipment>
  trackers: Map<string, Tracker>
  refunds: Refund[]
  hooks: Map<string, Hook>
  events: SentEvent[]
  /** Says that something happened to an object; who is registered hears of it. */
  tell(description: string, result: { mode: Books['mode'] }, previous: Record<string, unknown>): void
}

export function createBooks(options: Pick<Books, 'mode' | 'now' | 'origin' | 'tell'>): Books {
  let count = 0
  return {
    ...options,
    newId: (prefix) => `${prefix}_${hexOf(`${prefix} ${++count} ${options.now().toISOString()}`)}`,
    addresses: new Map(),
    shipments: new Map(),
    trackers: new Map(),
    refunds: [],
    hooks: new Map(),
    events: [],
  }
}

/** Newest first, with the paging of every list. */
export function page<T extends { id: string }>(all: T[], query: Record<string, string>): { items: T[]; more: boolean } {
  const size = Math.min(100, Math.max(1, Number(query['page_size'] ?? 20) || 20))
  const newest = [...all].reverse()
  const before = query['before_id'] === undefined ? -1 : newest.findIndex(({ id }) => id === query['before_id'])
  const after = query['after_id'] === undefined ? newest.length : newest.findIndex(({ id }) => id === query['after_id'])
  const within = newest.slice(before + 1, after === -1 ? newest.length : after)
  return { items: within.slice(0, size), more: within.length > size }
}
