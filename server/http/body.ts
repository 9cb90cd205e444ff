// Request bodies: read with a limit on inflated bytes, and split into items.
import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { AppError } from '../lib/errors.ts'

/** Inflated bytes of one request at most. Source: CONTRACTS, "Incoming". */
export const BYTES_MAX = 16 * 1024 * 1024
export const ITEMS_MAX = 10_000

/** The whole body, inflated. Throws 'too_large' as soon as it is, 'unreadable' for a broken gzip stream, 'unsupported' for another coding. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const coding = (request.headers['content-encoding'] ?? 'identity').toLowerCase()
  if (coding !== 'identity' && coding !== 'gzip')
    return Promise.reject(
      new AppError('unsupported', `Content-Encoding ${coding} is not known here; send gzip or none.`),
    )
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const stream = coding === 'gzip' ? request.pipe(createGunzip()) : request
    const fail = (error: AppError) => {
      request.unpipe()
      stream.removeAllListeners('data')
      // What is still coming is read and dropped, so that the answer can be heard.
      request.resume()
      reject(error)
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > BYTES_MAX) fail(new AppError('too_large', 'At most 16 MiB, inflated: send it in parts.'))
      else chunks.push(chunk)
    })
    stream.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    stream.on('error', () =>
      fail(new AppError('unreadable', 'The body could not be read to its end, or is no gzip stream.')),
    )
    request.on('aborted', () => fail(new AppError('unreadable', 'The body ended before its end.')))
  })
}

export type Item = { index: number; value: unknown } | { index: number; text: string; problem: string }

/** A body as items: one object, an array, or NDJSON. `single` where it was one object, whose fault is the request's. */
export function readItems(body: Buffer, contentType: string | null): { items: Item[]; single: boolean } {
  const type = (contentType ?? '').split(';')[0]!.trim().toLowerCase()
  if (type === 'application/x-ndjson' || type === 'application/ndjson' || type === 'application/jsonl')
    return { items: readLines(textOf(body)), single: false }
  if (type !== 'application/json' && type !== '')
    throw new AppError(
      'unsupported',
      `Content-Type ${type} is not known here; send application/json or application/x-ndjson.`,
    )
  const value = parse(textOf(body))
  if (!Array.isArray(value)) return { items: [{ index: 0, value }], single: true }
  requireFew(value.length)
  return { items: value.map((one, index) => ({ index, value: one })), single: false }
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new AppError('unreadable', 'The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AppError('unreadable', `The body is not JSON: ${(error as Error).message}`)
  }
}

function readLines(text: string): Item[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  requireFew(lines.length)
  return lines.map((line, index) => {
    try {
      return { index, value: JSON.parse(line) as unknown }
    } catch {
      return { index, text: line, problem: 'is not JSON' }
    }
  })
}

function requireFew(count: number): void {
  if (count > ITEMS_MAX)
    throw new AppError('too_large', `At most ${ITEMS_MAX.toLocaleString('en')} items at a time: send them in parts.`)
}
