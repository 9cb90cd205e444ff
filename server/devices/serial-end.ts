// The end of a serial number, as somebody read it from a laptop, against the one on file: that one is shown to nobody.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { HandoverItemsTable } from '../lib/tables.ts'
import { type Handover, itemsOf } from './links.ts'

export type Item = Selectable<HandoverItemsTable>

/** So many times the end of one serial number may be tried; then what was read is another one. */
export const READ_BACK_TRIES = 5
const END = 4

/** Letters and digits as they are compared: small print makes no O of a zero and no I of a one. */
const plain = (text: string) =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replaceAll('O', '0')
    .replaceAll('I', '1')

/** Whether a device has a serial number of which an end can be read. */
export const hasEnd = (serialNumber: string | null): boolean => plain(serialNumber ?? '').length >= END

/** Whether what was typed ends as the serial number does, in constant time. */
export function isSameEnd(serialNumber: string, typed: string): boolean {
  const digest = (text: string) => createHash('sha256').update(plain(text).slice(-END)).digest()
  return plain(typed).length >= END && timingSafeEqual(digest(serialNumber), digest(typed))
}

/** What somebody read: the end of the serial number, or null where they cannot read it, which is an answer like any other. */
export interface Read {
  deviceId: string
  lastFour: string | null
}

export interface Tried {
  /** What stands now, by device. Absent: to be tried again. */
  results: Map<string, NonNullable<Item['read_back']>>
  /** Wrong for now, with the tries that are left. */
  wrong: { deviceId: string; left: number }[]
  /** The caller's to record. */
  events: NewEvent[]
}

/**
 * Compares what was read with the serial numbers on file and counts what was wrong. The last wrong try settles it:
 * another one. The hand-over has to be locked.
 */
export async function tryReadBacks(tx: Tx, act: Act, handover: Handover, reads: Read[]): Promise<Tried> {
  const items = new Map((await itemsOf(tx, handover.id)).map((item) => [item.device_id, item]))
  const serials = await tx
    .selectFrom('devices')
    .select(['id', 'serial_number'])
    .where('id', 'in', [...items.keys()])
    .execute()
  const serialOf = new Map(serials.map((row) => [row.id, row.serial_number]))
  const tried: Tried = { results: new Map(), wrong: [], events: [] }
  for (const { deviceId, lastFour } of reads) {
    const item = items.get(deviceId)
    if (item === undefined) throw new AppError('invalid', 'This laptop is not part of the hand-over.')
    const serial = serialOf.get(deviceId) ?? null
    const outcome = outcomeOf(item, serial, lastFour)
    if (outcome.result === null) tried.wrong.push({ deviceId, left: READ_BACK_TRIES - outcome.attempts })
    else tried.results.set(deviceId, outcome.result)
    const isNew = item.read_back === null && outcome.result !== null
    await tx
      .updateTable('handover_items')
      .set({ attempts: outcome.attempts, ...(isNew ? { read_back: outcome.result, read_back_at: act.now } : {}) })
      .where('handover_id', '=', handover.id)
      .where('device_id', '=', deviceId)
      .execute()
    if (isNew && outcome.result !== null) tried.events.push(readBackEvent(act, handover, deviceId, outcome.result))
  }
  return tried
}

function outcomeOf(item: Item, serial: string | null, lastFour: string | null) {
  const { attempts } = item
  if (item.read_back !== null) return { result: item.read_back, attempts }
  if (serial === null || !hasEnd(serial) || lastFour === null) return { result: 'cannot' as const, attempts }
  if (isSameEnd(serial, lastFour)) return { result: 'same' as const, attempts }
  const isLast = attempts + 1 >= READ_BACK_TRIES
  return { result: isLast ? ('different' as const) : null, attempts: attempts + 1 }
}

const readBackEvent = (
  act: Act,
  handover: Handover,
  deviceId: string,
  result: NonNullable<Item['read_back']>,
): NewEvent => ({
  kind: 'device.read_back',
  deviceId,
  personId: handover.person_id,
  shipmentId: handover.shipment_id,
  caseId: handover.case_id,
  occurredAt: act.now,
  actor: act.actor,
  payload: { handoverId: handover.id, result },
})
