// What we take a carrier's scan to mean: its words first, then its code, then the aggregator's status; else `cannot tell`.
import type { Reading } from '../../ports.ts'
import { codes } from './readings/codes.ts'
import {
  type CarrierName,
  changeLike,
  deliveredRows,
  plainTransport,
  type Row,
  wordingRows,
} from './readings/wording.ts'

interface ScanWords {
  carrier: string
  status: string
  statusDetail: string | null
  message: string
  carrierCode: string | null
}

const saysDelivered =
  /^(?:(?:your |the )?(?:item|package|parcel|shipment) (?:was|has been) )?delivered\b(?! to (?:the )?(?:local )?(?:post office|usps|carrier)\b)/

/**
 * One scan to one reading. Words outweigh the status; a code decides only where the words are mute and hide no change; wording
 * that nobody knows is `cannot tell` as soon as a change of delivery may hide in it. `status` and `statusDetail` are
 * EasyPost's (wire-formats 1.4), unknown ones welcome.
 */
export function readScan(scan: ScanWords): Reading {
  const text = normaliseWording(scan.message)
  const carrier = carrierName(scan.carrier)
  const delivered = scan.status === 'delivered' || saysDelivered.test(text)
  const row = findRow(delivered ? deliveredRows : wordingRows, text, carrier, scan.status)
  if (row) return typeof row.reading === 'function' ? row.reading(text, carrier ?? '') : row.reading
  if (delivered) return { is: 'delivered', to: 'address' }
  return readCode(scan, text, carrier) ?? readStatus(scan, text)
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

function findRow(rows: Row[], text: string, carrier: CarrierName | null, status: string): Row | undefined {
  return rows.find(
    (row) =>
      (row.carrier === 'any' || row.carrier === carrier) &&
      (row.status === undefined || row.status === status) &&
      (typeof row.says === 'function' ? row.says(text) : row.says.test(text)),
  )
}

function readCode(scan: ScanWords, text: string, carrier: CarrierName | null): Reading | null {
  if (!carrier || !scan.carrierCode) return null
  const code = scan.carrierCode.trim().toUpperCase()
  const reading = Object.hasOwn(codes[carrier], code) ? codes[carrier][code] : undefined
  return reading && !(isTransport(reading) && changeLike.test(text)) ? reading : null
}

function isTransport(reading: Reading): boolean {
  return reading.is === 'created' || reading.is === 'accepted' || reading.is === 'moving' || reading.is === 'out'
}

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

function readStatus(scan: ScanWords, text: string): Reading {
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
      return readDetail(scan, text, hidesChange)
  }
}

function readDetail(scan: ScanWords, text: string, hidesChange: boolean): Reading {
  const detail = scan.statusDetail ?? ''
  if (detail === 'lost' || detail === 'damaged') return { is: detail }
  if (detail === 'return' || detail === 'refused') return { is: 'returned' }
  if (detail === 'arrived_at_pickup_location') return { is: 'held', at: 'counter' }
  if (detail === 'address_correction') return { is: 'address corrected' }
  if (detail === 'held') return { is: 'held', at: 'carrier' }
  if (scan.status !== 'in_transit' || hidesChange) return { is: 'cannot tell' }
  if (detail === 'received_at_origin_facility') return { is: 'accepted' }
  return transportDetails.has(detail) || plainTransport.test(text) ? { is: 'moving' } : { is: 'cannot tell' }
}
