// Request bodies: read with a limit on inflated bytes, and split into items.
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '../lib/errors.ts'
import { parseJson, textOf, tryParseJson } from '../lib/json.ts'

/** Inflated bytes of one request at most. Source: CONTRACTS, "Incoming". */
export const BYTES_MAX = 16 * 1024 * 1024
export const ITEMS_MAX = 10_000

export interface Body {
  /** Inflated; as they came where that was not possible, so that they can be kept. */
  bytes: Buffer
  /** What is wrong with the compression; null when nothing is. */
  problem: string | null
}

/** The whole body. Throws 'too_large' as soon as it is, 'unsupported' for a coding other than gzip. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  return openBody(await receiveBody(request))
}

/** A body as it came over the wire. */
export interface Received {
  bytes: Buffer
  isCompressed: boolean
}

/** The first half of `readBody`: what it takes hangs on the sender, and needs no more room than was sent. */
export async function receiveBody(request: IncomingMessage): Promise<Received> {
  const coding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (coding !== 'identity' && coding !== 'gzip')
    throw new AppError('unsupported', `Content-Encoding ${coding} is not known here; send gzip or none.`)
  return { bytes: await readBytes(request), isCompressed: coding === 'gzip' }
}

/** How much room it takes once it is open, in bytes, as far as it tells. */
export const roomOf = ({ bytes, isCompressed }: Received): number => (isCompressed ? pieceFor(bytes) : bytes.length)

/** The second half: inflates it. Throws 'too_large'. */
export async function openBody({ bytes, isCompressed }: Received): Promise<Body> {
  return isCompressed ? inflate(bytes) : { bytes, problem: null }
}

const tooLarge = () => new AppError('too_large', 'At most 16 MiB, inflated: send it in parts.')

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= BYTES_MAX) chunks.push(chunk)
      else {
        // What is still coming is read and dropped, so that the answer can be heard.
        chunks.length = 0
        reject(tooLarge())
      }
    })
    const cut = () => reject(new AppError('unreadable', 'The body ended before its end.'))
    request.on('end', () => {
      // Every request closes in the end, and an error nobody waits for costs as much as one that is thrown.
      request.off('close', cut)
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
    request.on('error', cut)
    request.on('close', cut)
  })
}

const unzip = promisify<Buffer, { maxOutputLength: number; chunkSize: number }, Buffer>(gunzip)

/** What deflate makes of a byte at most. Source: zlib's technical details, "Maximum Compression Factor". */
const FACTOR_MAX = 1032
/** Room beyond what is expected, so that the end is met within one piece. */
const ROOM = 64
const PIECE_MIN = 16 * 1024

/**
 * Into how large a piece to inflate: the whole at once, by the size that gzip's last four bytes tell (RFC 1952). In
 * zlib's pieces of 16 KiB each costs a trip to another thread, and putting them together as much memory again.
 */
function pieceFor(bytes: Buffer): number {
  const told = bytes.length < 18 ? 0 : bytes.readUInt32LE(bytes.length - 4)
  return Math.max(PIECE_MIN, Math.min(told, bytes.length * FACTOR_MAX, BYTES_MAX)) + ROOM
}

async function inflate(bytes: Buffer): Promise<Body> {
  try {
    return { bytes: await unzip(bytes, { maxOutputLength: BYTES_MAX, chunkSize: pieceFor(bytes) }), problem: null }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    return { bytes, problem: 'The body is no gzip stream, or is cut short.' }
  }
}

/** One item of a body, where it stands in the bytes; null, and the value, where the whole had to be read to find it. */
export type Posted =
  | { index: number; range: { from: number; to: number }; bytes: Uint8Array }
  | { index: number; range: null; bytes?: never; value: unknown }

/** A body's items without reading them, as far as that goes: one object, an array (which is read), or NDJSON. */
export function postedItems(body: Buffer, contentType: string | null): { items: Posted[]; single: boolean } {
  const kind = kindOf(contentType)
  if (kind === 'lines') return { items: postedLines(body), single: false }
  const first = body.findIndex((byte) => byte > 0x20)
  if (body[first] === 0x7b)
    return { items: [{ index: 0, range: { from: 0, to: body.length }, bytes: body }], single: true }
  const { items, single } = readItems(body, contentType)
  return { items: items.flatMap((item) => ('problem' in item ? [] : [{ ...item, range: null }])), single }
}

/** The same items in a body of their own, so that the rest of the one they came in can go. */
export function apart(items: Posted[]): { items: Posted[]; bytes: Buffer } {
  // With a line's end behind each: an item that is the whole of a body is read as one that was posted alone.
  const bytes = Buffer.concat(
    items.flatMap(({ range, bytes }) => (range === null ? [] : [bytes.subarray(range.from, range.to), lineEnd])),
  )
  let from = 0
  const moved = items.map((item): Posted => {
    if (item.range === null) return item
    const range = { from, to: from + item.range.to - item.range.from }
    from = range.to + lineEnd.length
    return { ...item, range, bytes }
  })
  return { items: moved, bytes }
}

const lineEnd = Buffer.from('\n')

function postedLines(body: Buffer): Posted[] {
  const items: Posted[] = []
  for (let from = 0; from < body.length; ) {
    const found = body.indexOf(0x0a, from)
    const to = found === -1 ? body.length : found
    if (hasText(body, from, to)) items.push({ index: items.length, range: { from, to }, bytes: body })
    from = to + 1
  }
  requireFew(items.length)
  return items
}

function hasText(body: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (body[at]! > 0x20) return true
  return false
}

/** Reads one item. What is no JSON is the item's problem; where it is the whole body it throws 'unreadable'. */
export function readPosted(item: Posted): Item {
  if (item.range === null) return { index: item.index, value: item.value }
  const { from, to } = item.range
  const bytes = item.bytes.subarray(from, to)
  if (to - from === item.bytes.length) return { index: item.index, value: parseJson(bytes) }
  const value = tryParseJson(bytes)
  return value === undefined
    ? { index: item.index, text: Buffer.from(bytes).toString(), problem: 'is not JSON' }
    : { index: item.index, value }
}

export type Item = { index: number; value: unknown } | { index: number; text: string; problem: string }

/** A body as items: one object, an array, or NDJSON. `single` where it was one object, whose fault is the request's. */
export function readItems(body: Buffer, contentType: string | null): { items: Item[]; single: boolean } {
  if (kindOf(contentType) === 'lines') return { items: readLines(textOf(body)), single: false }
  const value = parseJson(body)
  if (!Array.isArray(value)) return { items: [{ index: 0, value }], single: true }
  requireFew(value.length)
  return { items: value.map((one, index) => ({ index, value: one })), single: false }
}

const linesTypes = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl'])

/** Throws 'unsupported' for what is neither. */
function kindOf(contentType: string | null): 'lines' | 'json' {
  if (contentType === 'application/json' || contentType === null) return 'json'
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  if (linesTypes.has(type)) return 'lines'
  if (type === 'application/json' || type === '') return 'json'
  throw new AppError(
    'unsupported',
    `Content-Type ${type} is not known here; send application/json or application/x-ndjson.`,
  )
}

function readLines(text: string): Item[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  requireFew(lines.length)
  return lines.map((line, index) => {
    const value = tryParseJson(line)
    return value === undefined ? { index, text: line, problem: 'is not JSON' } : { index, value }
  })
}

function requireFew(count: number): void {
  if (count > ITEMS_MAX)
    throw new AppError('too_large', `At most ${ITEMS_MAX.toLocaleString('en')} items at a time: send them in parts.`)
}
