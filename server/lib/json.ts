// Reads outside bytes as JSON.
import { AppError } from './errors.ts'

/** Deeper than anything that is sent in earnest, and far from where a recursive reader runs out of stack. */
const DEPTH_MAX = 100

/** UTF-8 bytes, or a text, to a JSON value. Throws AppError 'unreadable' for anything else, never quoting what is in it. */
export function parseJson(body: Uint8Array | string): unknown {
  const text = typeof body === 'string' ? body : textOf(body)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1]
    throw new AppError('unreadable', `The body is not JSON${position ? ` from character ${position} on` : ''}.`)
  }
  if (isDeeper(value, DEPTH_MAX)) throw new AppError('unreadable', `The body nests deeper than ${DEPTH_MAX} levels.`)
  return value
}

/** The same, with undefined for what is no JSON. */
export function tryParseJson(body: Uint8Array | string): unknown {
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Bytes as text. Throws AppError 'unreadable' when they are not UTF-8. */
export function textOf(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch {
    throw new AppError('unreadable', 'The body is not JSON in UTF-8.')
  }
}

/** Whether a value nests deeper than so many levels. JSON.parse itself needs no stack for depth; whoever walks it does. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const one of Array.isArray(value) ? value : Object.values(value)) if (isDeeper(one, levels - 1)) return true
  return false
}
