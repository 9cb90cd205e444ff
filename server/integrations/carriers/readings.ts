// What we take a carrier's scan to mean: its words first, then its code, then the aggregator's status; else `cannot tell`.
import type { Reading } from '../../ports.ts'
import { dhl } from './readings/dhl.ts'
import { fedex } from './readings/fedex.ts'
import { changeLike, generic, plainTransport } from './readings/generic.ts'
import { maskWording } from './readings/mask.ts'
import type { CarrierName, CarrierTable, CodeRow, WordRow } from './readings/row.ts'
import { ups } from './readings/ups.ts'
import { usps } from './readings/usps.ts'

export const carrierTables: Record<CarrierName, CarrierTable> = { ups, fedex, usps, dhl }

export interface ScanWords {
  carrier: string
  status: string
  statusDetail: string | null
  message: string
  carrierCode: string | null
}

/** What a scan means, and the row that knew it; null where only the status spoke, or nothing did. */
export interface ReadScan {
  reading: Reading
  by: WordRow | CodeRow | null
}

const saysDelivered =
  /^(?:(?:your |the )?(?:item|package|parcel|shipment) (?:was|has been) )?delivered\b(?! to (?:the )?(?:local )?(?:post office|usps|carrier)\b)/

/**
 * One scan to one reading. Words outweigh the status; a code decides only where the words are mute and hide no change; wording
 * that nobody knows is `cannot tell` as soon as a change of delivery may hide in it. `status` and `statusDetail` are
 * EasyPost's (wire-formats 1.4), unknown ones welcome.
 */
export function readScan(scan: ScanWords): Reading {
  return interpretScan(scan).reading
}

/** `readScan`, and which row it was read by. */
export function interpretScan(scan: ScanWords): ReadScan {
  const text = normaliseWording(scan.message)
  const carrier = carrierName(scan.carrier)
  const delivered = scan.status === 'delivered' || saysDelivered.test(text)
  const row = findRow(delivered ? 'delivered' : 'words', text, carrier, scan.status)
  if (row) {
    const { reading } = row
    return { reading: typeof reading === 'function' ? reading(text, carrier ?? '') : reading, by: row }
  }
  if (delivered) return { reading: { is: 'delivered', to: 'address' }, by: null }
  const code = carrier === null ? undefined : codeRow(carrier, scan.carrierCode)
  if (code && isKnown(code, text)) return { reading: code.reading, by: code }
  const plain = changeLike.test(text) ? undefined : plainTransport.find((one) => fits(one, text, scan.status))
  const reading = readStatus(scan, text, plain !== undefined)
  // A code of two meanings is a doubt that a status of plain transport does not settle.
  const isDoubtful = code !== undefined && plain === undefined && isDoubt(code) && isTransport(reading)
  return { reading: isDoubtful ? { is: 'cannot tell' } : reading, by: plain ?? null }
}

/**
 * The wording of a scan that no row knows, as it may be counted and shown: masked, or its code where there are no words.
 * Null where a row knows it, or it says nothing.
 */
export function unknownWording(scan: ScanWords): string | null {
  if (interpretScan(scan).by !== null) return null
  if (normaliseWording(scan.message) !== '') return maskWording(scan.message, normaliseWording)
  const code = scan.carrierCode?.trim().toLowerCase().slice(0, 40)
  return code ? `code ${code}` : null
}

/** Services of one carrier share their wording: `FedExSmartPost` is `fedex`. Others are their own family. */
export function carrierFamily(carrier: string): string {
  return carrierName(carrier) ?? carrier.toLowerCase().slice(0, 100)
}

/** Wording made comparable: lower case, single spaces, straight quotes, without mark-up, entities and ™ ® ©; 500 characters at most. */
export function normaliseWording(message: string): string {
  return decodeEntities(message.slice(0, 1000))
    .replace(/<[^<>]{0,40}>/g, '')
    .replace(/[™®©]/g, '')
    .normalize('NFKC')
    .replace(/[‘’`´]/g, "'")
    .replace(/[‐-―]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
    .slice(0, 500)
}

const named: Record<string, string> = {
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  lt: '<',
  gt: '>',
  reg: '',
  trade: '',
  copy: '',
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name) return named[name.toLowerCase()] ?? whole
    const point = decimal ? Number(decimal) : Number.parseInt(hex, 16)
    return String.fromCodePoint(point)
  })
}

// EasyPost names services too: "FedExSmartPost", "UPSDAP", "DHLExpress".
function carrierName(carrier: string): CarrierName | null {
  const found = /^(ups|fedex|usps|dhl)/.exec(carrier.toLowerCase())
  return found ? (found[1] as CarrierName) : null
}

const fits = (row: WordRow, text: string, status: string) =>
  (row.status === undefined || row.status === status) &&
  (typeof row.says === 'function' ? row.says(text) : row.says.test(text))

/** The carrier's own rows before those that all have in common. */
function findRow(of: 'delivered' | 'words', text: string, carrier: CarrierName | null, status: string) {
  const own = carrier === null ? [] : carrierTables[carrier][of]
  return own.find((row) => fits(row, text, status)) ?? generic[of].find((row) => fits(row, text, status))
}

// ── Codes ──────────────────────────────────────────────────────────────────────────────────────────────────

const byCode = new Map(
  Object.entries(carrierTables).map(([carrier, table]) => [
    carrier,
    new Map(table.codes.flatMap((row) => row.codes.map((code) => [code, row] as const))),
  ]),
)

/** Where several codes stand together, one of three digits is the plainer one (wire-formats 2.2, UPS). */
function codeRow(carrier: CarrierName, written: string | null): CodeRow | undefined {
  const codes = (written ?? '')
    .slice(0, 100)
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter(Boolean)
    .sort((a, b) => Number(/^\d{3}$/.test(b)) - Number(/^\d{3}$/.test(a)))
  const rows = byCode.get(carrier)
  return codes.map((code) => rows?.get(code)).find((row) => row !== undefined)
}

const isDoubt = (row: CodeRow) => row.onlyIf !== undefined || row.reading.is === 'cannot tell'

/** Whether a code decides: with words that agree where it needs them, and never over words that may hide a change. */
function isKnown(row: CodeRow, text: string): boolean {
  if (row.reading.is === 'cannot tell') return false
  if (row.onlyIf) return row.onlyIf.test(text)
  return !(isTransport(row.reading) && changeLike.test(text))
}

function isTransport(reading: Reading): boolean {
  return reading.is === 'created' || reading.is === 'accepted' || reading.is === 'moving' || reading.is === 'out'
}

// ── Status ─────────────────────────────────────────────────────────────────────────────────────────────────

const transportDetails = new Set([
  'arrived_at_destination',
  'arrived_at_facility',
  'delayed',
  'departed_facility',
  'departed_origin_facility',
  'in_transit',
  'missorted',
  'received_at_destination_facility',
  'transferred_to_destination_carrier',
  'weather_delay',
])

function readStatus(scan: ScanWords, text: string, isPlain: boolean): Reading {
  const hidesChange = changeLike.test(text)
  switch (scan.status) {
    case 'pre_transit':
      return hidesChange ? { is: 'cannot tell' } : { is: 'created' }
    case 'out_for_delivery':
      return hidesChange ? { is: 'cannot tell' } : { is: 'out' }
    case 'available_for_pickup':
      return { is: 'held', at: 'counter' }
    case 'return_to_sender':
      return { is: 'returned' }
    default:
      return readDetail(scan, hidesChange, isPlain)
  }
}

function readDetail(scan: ScanWords, hidesChange: boolean, isPlain: boolean): Reading {
  const detail = scan.statusDetail ?? ''
  if (detail === 'lost' || detail === 'damaged') return { is: detail }
  if (detail === 'return' || detail === 'refused') return { is: 'returned' }
  if (detail === 'arrived_at_pickup_location') return { is: 'held', at: 'counter' }
  if (detail === 'address_correction') return { is: 'address corrected' }
  if (detail === 'held') return { is: 'held', at: 'carrier' }
  if (scan.status !== 'in_transit' || hidesChange) return { is: 'cannot tell' }
  if (detail === 'received_at_origin_facility') return { is: 'accepted' }
  return transportDetails.has(detail) || isPlain ? { is: 'moving' } : { is: 'cannot tell' }
}
