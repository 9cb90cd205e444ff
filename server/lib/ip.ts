// IP addresses and ranges as numbers: what can be compared, sorted and searched.
import { isIP } from 'node:net'

export type IpAddress = { version: 4; value: number } | { version: 6; value: bigint }

/** Both ends belong to it. */
export type IpRange = { version: 4; start: number; end: number } | { version: 6; start: bigint; end: bigint }

/** An address; null where the text is none. IPv4 written as IPv6 (::ffff:192.0.2.1) is IPv4; a zone (fe80::1%en0) is dropped. */
export function parseAddress(text: string): IpAddress | null {
  const bare = text.trim().replace(/%.*$/s, '')
  const version = isIP(bare)
  if (version === 4) return { version, value: ipv4Value(bare) }
  if (version !== 6) return null
  const value = ipv6Value(bare)
  return value >> 32n === MAPPED ? { version: 4, value: Number(value & 0xffffffffn) } : { version, value }
}

/** `203.0.113.0/24`, `203.0.113.4 - 203.0.113.9` or one address; null where the text is none of them. */
export function parseRange(text: string): IpRange | null {
  const [, from = '', bits, to] = /^([^/-]+?)\s*(?:\/(\d{1,3})|-\s*([^/-]+))?$/s.exec(text.trim()) ?? []
  const start = parseAddress(from)
  if (start === null) return null
  if (bits !== undefined) return networkOf(start, Number(bits))
  const end = to === undefined ? start : parseAddress(to)
  if (end === null || end.version !== start.version || end.value < start.value) return null
  return { version: start.version, start: start.value, end: end.value } as IpRange
}

/** Whether an address lies in a range. */
export const holds = (range: IpRange, { version, value }: IpAddress): boolean =>
  range.version === version && range.start <= value && value <= range.end

/** How many addresses a range has. */
export const sizeOf = ({ start, end }: IpRange): bigint => BigInt(end) - BigInt(start) + 1n

const MAPPED = 0xffffn

function networkOf(address: IpAddress, bits: number): IpRange | null {
  if (bits > (address.version === 4 ? 32 : 128)) return null
  if (address.version === 4) {
    const size = 2 ** (32 - bits)
    const start = address.value - (address.value % size)
    return { version: 4, start, end: start + size - 1 }
  }
  const size = 1n << BigInt(128 - bits)
  const start = address.value - (address.value % size)
  return { version: 6, start, end: start + size - 1n }
}

const ipv4Value = (text: string): number => text.split('.').reduce((value, part) => value * 256 + Number(part), 0)

function ipv6Value(text: string): bigint {
  const dotted = /[\d.]+$/.exec(text)?.[0]
  const plain = dotted?.includes('.') ? text.slice(0, -dotted.length) + hexOf(ipv4Value(dotted)) : text
  const [head = '', tail] = plain.split('::')
  const left = wordsOf(head)
  const right = wordsOf(tail ?? '')
  const gap = Array<string>(tail === undefined ? 0 : 8 - left.length - right.length).fill('0')
  return BigInt(`0x${[...left, ...gap, ...right].map((word) => word.padStart(4, '0')).join('')}`)
}

const wordsOf = (text: string): string[] => (text === '' ? [] : text.split(':'))

const hexOf = (value: number): string => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`
