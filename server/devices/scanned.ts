// What a scanner sends, read as serial numbers: bare, behind a barcode's prefix, or several run together.
import { sql } from 'kysely'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { normaliseSerial } from './identity.ts'

export interface ScannedCode {
  serial: string
  /** Null where no device has it. */
  deviceId: string | null
}

// The data identifiers that stand before a serial number in a barcode: S (serial number, ANSI MH10.8.2), and 1S, behind
// which some makers put the model first. They are letters of a serial number too, so only what is known is cut.
const prefixes = ['1S', 'S']
/** Shorter than any serial number of a laptop. */
const SHORTEST = 5
const LONGEST = 30
/** Two or three codes at most run together before a person notices. */
const RUN_TOGETHER_MAX = 100

/** The serial numbers in one scan, in its order. What is known to nobody comes back as it was read. */
export async function readScanned(db: Db | Tx, text: string): Promise<ScannedCode[]> {
  const whole = normaliseSerial(text)
  if (whole === null) return []
  const known = await knownAmong(db, candidatesOf(whole))
  const first = candidatesOf(whole).find((serial) => known.has(serial))
  if (first !== undefined) return [{ serial: first, deviceId: known.get(first)! }]
  const codes = whole.split(/[\s,;|]+/).filter((code) => code !== '')
  if (codes.length > 1) return (await Promise.all(codes.map((code) => readScanned(db, code)))).flat()
  return (await splitKnown(db, whole)) ?? [{ serial: whole, deviceId: null }]
}

/** The one serial number in a scan. Throws 'invalid' where there is none, or several; `path` names the field. */
export async function readOneScanned(db: Db | Tx, text: string, path: string): Promise<ScannedCode> {
  const [code, another] = await readScanned(db, text)
  if (code === undefined)
    throw new AppError('invalid', 'That is no serial number.', [{ path, problem: 'is no serial number' }])
  if (another !== undefined)
    throw new AppError('invalid', 'Read one serial number at a time.', [{ path, problem: 'names several laptops' }])
  return code
}

/** The parcel of the event that this very scan of a laptop has made; undefined where it made none yet. */
export async function eventOfScan(
  tx: Tx,
  input: { deviceId: string; kind: 'shipment.packed' | 'device.received'; scanId: string },
): Promise<{ shipmentId: string | null } | undefined> {
  const row = await tx
    .selectFrom('ledger')
    .select('shipment_id')
    .where('device_id', '=', input.deviceId)
    .where('kind', '=', input.kind)
    .where(sql<boolean>`payload->>'scanId' = ${input.scanId}`)
    .limit(1)
    .executeTakeFirst()
  return row && { shipmentId: row.shipment_id }
}

/** The code itself, what is behind its prefix, and the last parts of what is behind 1S. */
function candidatesOf(code: string): string[] {
  const bare = prefixes.filter((prefix) => code.startsWith(prefix)).map((prefix) => code.slice(prefix.length))
  const tails = code.startsWith('1S')
    ? Array.from({ length: code.length - 2 }, (_, at) => code.slice(at + 3)).filter((tail) => tail.length >= SHORTEST)
    : []
  return [...new Set([code, ...bare, ...tails])].filter((serial) => serial.length > 0)
}

async function knownAmong(db: Db | Tx, serials: string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('devices')
    .select(['id', 'serial_number'])
    .where((eb) => eb('serial_number', '=', eb.fn.any(eb.val(serials))))
    .where('withdrawn_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.serial_number!, row.id]))
}

/** Codes that came without anything between them: only where every part is a serial number on file. */
async function splitKnown(db: Db | Tx, code: string): Promise<ScannedCode[] | null> {
  if (code.length < 2 * SHORTEST || code.length > RUN_TOGETHER_MAX) return null
  const parts = new Set<string>()
  for (let from = 0; from <= code.length - SHORTEST; from++)
    for (let to = from + SHORTEST; to <= Math.min(code.length, from + LONGEST); to++) parts.add(code.slice(from, to))
  const known = await knownAmong(db, [...parts])
  const cover = (from: number): string[] | null => {
    if (from === code.length) return []
    for (const prefix of ['', ...prefixes]) {
      if (!code.startsWith(prefix, from)) continue
      const start = from + prefix.length
      for (const serial of known.keys()) {
        const rest = code.startsWith(serial, start) ? cover(start + serial.length) : null
        if (rest !== null) return [serial, ...rest]
      }
    }
    return null
  }
  return cover(0)?.map((serial) => ({ serial, deviceId: known.get(serial)! })) ?? null
}
