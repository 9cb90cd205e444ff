// What a monitor says of itself: the identity at the head of its EDID (VESA E-EDID 1.4), and in the ways systems spell it.
import type { z } from 'zod'
import type { displaySchema } from '../../ports.ts'

type Display = z.output<typeof displaySchema>

/** Three letters, five bits each, of a manufacturer's number; undefined where it spells none. */
export function makerOf(number: number): string | undefined {
  const letters = [10, 5, 0].map((shift) => String.fromCharCode(64 + ((number >> shift) & 31))).join('')
  return /^[A-Z]{3}$/.test(letters) ? letters : undefined
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')

/** A display by the plug-and-play id that Windows files it under: `DISPLAY\LNX7771\…`. */
export function displayOfPath(path: string): Display | null {
  const found = /\\DISPLAY\\([A-Z]{3})([0-9A-F]{4})(?:\\|$)/i.exec(path)
  return found ? { manufacturer: found[1]!.toUpperCase(), productCode: found[2]!.toLowerCase() } : null
}

/** A display from its EDID in hexadecimal; null for anything else. */
export function displayOfEdid(text: string): Display | null {
  if (!/^00ffffffffffff00(?:[0-9a-f]{2}){120,}$/i.test(text)) return null
  const bytes = Buffer.from(text, 'hex')
  const manufacturer = makerOf(bytes.readUInt16BE(8))
  const number = bytes.readUInt32LE(12)
  const name = descriptor(bytes, 0xfc)
  const serial = descriptor(bytes, 0xff) ?? (number === 0 ? undefined : hex(number, 8))
  return {
    ...(manufacturer && { manufacturer }),
    productCode: hex(bytes.readUInt16LE(10), 4),
    ...(name && { name }),
    ...(serial && { serial }),
  }
}

/** The text of one of the four descriptors of 18 bytes: 0xfc is the product's name, 0xff its serial number. */
function descriptor(bytes: Buffer, tag: number): string | undefined {
  for (let at = 54; at < 126; at += 18)
    if (bytes.readUIntBE(at, 3) === 0 && bytes[at + 3] === tag)
      return (
        bytes
          .toString('latin1', at + 5, at + 18)
          .split('\n')[0]!
          .trim() || undefined
      )
  return undefined
}
