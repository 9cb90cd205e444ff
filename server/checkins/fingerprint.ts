// What a check-in says, told apart from its bytes alone: equal fingerprints differ at most in time, order and white space.
import { instant } from '../ports.ts'

/** A check-in as it can be seen without reading it. */
export interface Glance {
  /** 53 bits: the same for the same members and values, in whatever order objects and lists come. */
  fingerprint: number
  /** In ms; null where it is absent or not written as check-ins write it. */
  reportedAt: number | null
  uptimeSeconds: number | null
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const COMMA = 0x2c
const COLON = 0x3a

/** Deeper than any check-in goes; what is deeper is for the reader to refuse. */
const DEPTH_MAX = 8

// The scanner's state. One check-in is scanned at a time, without a pause, so that no object is made per value.
let bytes: Uint8Array = new Uint8Array()
let words: DataView = new DataView(new ArrayBuffer(0))
let at = 0
let end = 0
let high = 0
let low = 0
let reportedFrom = 0
let reportedTo = 0
let uptimeFrom = 0
let uptimeTo = 0

/**
 * Looks at one check-in's JSON between `from` and `to`. Left out of the fingerprint is what no facet holds
 * (`checkins/facets.ts`): the time, the uptime, the battery's charge. Lists are sets there, so their order is nothing.
 * `salt` keeps apart what must not be taken for the same: the source, and what it vouches for. Null for what is no
 * object, or no JSON as far as the scan can see; equal fingerprints are as good as equal texts only if one of them was read.
 */
export function glanceAt(text: Uint8Array, from: number, to: number, salt: number): Glance | null {
  bytes = text
  words = new DataView(text.buffer, text.byteOffset, text.byteLength)
  at = from
  end = to
  reportedFrom = reportedTo = uptimeFrom = uptimeTo = 0
  skipSpace()
  if (bytes[at] !== OPEN_OBJECT || !scanObject(0)) return null
  skipSpace()
  if (at !== end) return null
  return {
    fingerprint: number53(mix(high ^ salt), mix(low + salt)),
    reportedAt: reportedTo === 0 ? null : timeAt(reportedFrom, reportedTo),
    uptimeSeconds: uptimeTo === 0 ? null : numberAt(uptimeFrom, uptimeTo),
  }
}

/** A number for a text, to salt with: as good as the fingerprints themselves. */
export function saltOf(text: string): number {
  bytes = Buffer.from(`"${text.replaceAll('"', "'").replaceAll('\\', '/')}"`)
  at = 0
  end = bytes.length
  scanString()
  return high
}

const number53 = (a: number, b: number) => (a >>> 0) * 0x20_0000 + (b >>> 11)

/** MurmurHash3's finaliser (Austin Appleby, public domain): every bit of the input moves every bit of the result. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85eb_ca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2_ae35)
  return mixed ^ (mixed >>> 16)
}

function skipSpace(): void {
  while (at < end && (bytes[at] as number) <= 0x20) at++
}

/** Each scan leaves its value's hash in `high` and `low`, and says whether there was a value. */
function scanValue(depth: number): boolean {
  const first = bytes[at]
  if (first === QUOTE) return scanString()
  if (first === OPEN_OBJECT) return scanObject(depth)
  return first === OPEN_LIST ? scanList(depth) : scanLiteral()
}

function scanString(): boolean {
  // Locals: the scanner's own variables would be read and written for every byte.
  const text = bytes
  const stop = end
  let cursor = at + 1
  let a = 0x811c_9dc5
  let b = 0
  while (cursor < stop) {
    let byte = text[cursor++] as number
    if (byte === QUOTE) {
      at = cursor
      high = mix(a)
      low = mix(b ^ 0x1b87_3593)
      return true
    }
    a = Math.imul(a ^ byte, 0x0100_0193)
    // The sum of all states before: a second hash for the price of an addition.
    b = (b + a) | 0
    if (byte === BACKSLASH && cursor < stop) {
      byte = text[cursor++] as number
      a = Math.imul(a ^ byte, 0x0100_0193)
      b = (b + a) | 0
    }
  }
  return false
}

function scanLiteral(): boolean {
  const text = bytes
  const from = at
  let a = 0x2f0b_4c47
  let b = 0
  while (at < end) {
    const byte = text[at] as number
    if (byte <= 0x20 || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST) break
    a = Math.imul(a ^ byte, 0x0100_0193)
    b = (b + a) | 0
    at++
  }
  high = mix(a)
  low = mix(b ^ 0x5bd1_e995)
  return at > from
}

function scanList(depth: number): boolean {
  if (depth >= DEPTH_MAX) return false
  let a = 0x3c6e_f372
  let b = 0x510e_527f
  at++
  skipSpace()
  if (bytes[at] === CLOSE_LIST) return closed(a, b)
  for (;;) {
    if (bytes[at] === OPEN_OBJECT ? !scanItem() : !scanValue(depth + 1)) return false
    a = (a + high) | 0
    b = (b + low) | 0
    skipSpace()
    const next = bytes[at]
    if (next === CLOSE_LIST) return closed(a, b)
    if (next !== COMMA) return false
    at++
    skipSpace()
  }
}

/** Whether one of a word's four bytes is zero: the carry of a subtraction tells (Alan Mycroft, 1987). */
const hasZero = (word: number) => ((word - 0x0101_0101) & ~word & 0x8080_8080) !== 0

/**
 * An object within a list, four bytes at a time, up to the brace that closes it: programs are most of a check-in. Its
 * members count in the order in which they come, and a brace within a text counts too: where that misleads, the scan
 * fails and the check-in is read.
 */
function scanItem(): boolean {
  const text = bytes
  const view = words
  const stop = end
  let cursor = at
  let a = 0x811c_9dc5
  let b = 0
  let open = 0
  do {
    while (cursor + 4 <= stop) {
      const word = view.getInt32(cursor, true)
      if (hasZero(word ^ 0x7b7b_7b7b) || hasZero(word ^ 0x7d7d_7d7d)) break
      a = Math.imul(a ^ word, 0x9e37_79b1)
      a ^= a >>> 15
      b = (b + a) | 0
      cursor += 4
    }
    if (cursor >= stop) return false
    const byte = text[cursor++] as number
    a = Math.imul(a ^ byte, 0x0100_0193)
    b = (b + a) | 0
    if (byte === OPEN_OBJECT) open++
    else if (byte === CLOSE_OBJECT) open--
  } while (open > 0)
  at = cursor
  high = mix(a)
  low = mix(b ^ 0x27d4_eb2f)
  return true
}

function closed(a: number, b: number): boolean {
  at++
  high = mix(a)
  low = mix(b)
  return at <= end
}

function scanObject(depth: number): boolean {
  if (depth >= DEPTH_MAX) return false
  let a = 0x6a09_e667
  let b = 0x1f83_d9ab
  at++
  skipSpace()
  if (bytes[at] === CLOSE_OBJECT) return closed(a, b)
  for (;;) {
    const from = at
    if (bytes[at] !== QUOTE || !scanString()) return false
    const to = at
    const keyHigh = high
    const keyLow = low
    skipSpace()
    if (bytes[at] !== COLON) return false
    at++
    skipSpace()
    const valueFrom = at
    if (!scanValue(depth + 1)) return false
    if (!isLeftOut(depth, from + 1, to - 1, valueFrom)) {
      a = (a + mix(high ^ keyHigh)) | 0
      b = (b + mix(low + keyLow)) | 0
    }
    skipSpace()
    const next = bytes[at]
    if (next === CLOSE_OBJECT) return closed(a, b)
    if (next !== COMMA) return false
    at++
    skipSpace()
  }
}

const reportedAt = Buffer.from('reportedAt')
const uptimeSeconds = Buffer.from('uptimeSeconds')
const batteryPercent = Buffer.from('batteryPercent')

/** Whether the member's value, which ends here, is one that no facet holds; where the two times stand is noted. */
function isLeftOut(depth: number, from: number, to: number, valueFrom: number): boolean {
  if (depth === 1) return isKey(batteryPercent, from, to)
  if (depth !== 0) return false
  if (isKey(reportedAt, from, to)) {
    reportedFrom = valueFrom
    reportedTo = at
    return true
  }
  if (!isKey(uptimeSeconds, from, to)) return false
  uptimeFrom = valueFrom
  uptimeTo = at
  return true
}

function isKey(key: Uint8Array, from: number, to: number): boolean {
  if (to - from !== key.length) return false
  for (let index = 0; index < key.length; index++) if (bytes[from + index] !== key[index]) return false
  return true
}

const textAt = (from: number, to: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1')

function timeAt(from: number, to: number): number | null {
  if (to - from > 50) return null
  // The reader's own schema: what it would refuse is no time here either.
  const said = instant.safeParse(textAt(from + 1, to - 1))
  return bytes[from] === QUOTE && said.success ? Date.parse(said.data) : null
}

function numberAt(from: number, to: number): number | null {
  const number = Number(textAt(from, to))
  return Number.isFinite(number) && number >= 0 && number <= 1e10 ? number : null
}
