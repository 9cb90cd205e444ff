// Reads outside bytes as JSON.
import { AppError } from './errors.ts'

/** Deeper than anything that is sent in earnest, and far from where a recursive reader runs out of stack. */
const DEPTH_MAX = 100

/** UTF-8 bytes, or a text, to a JSON value. Throws AppError 'unreadable' for anything else, never quoting what is in it. */
export function parseJson(body: Uint8Array | string): unknown {
  const text = typeof body === 'string' ? body : textOf(body)
  if (isTooDeep(text)) throw new AppError('unreadable', `The body nests deeper than ${DEPTH_MAX} levels.`)
  try {
    return JSON.parse(text)
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1]
    throw new AppError('unreadable', `The body is not JSON${position ? ` from character ${position} on` : ''}.`)
  }
}

/** The same, with undefined for what is no JSON. */
export function tryParseJson(body: Uint8Array | string): unknown {
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}

/** Bytes as text. Throws AppError 'unreadable' when they are not UTF-8. */
export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new AppError('unreadable', 'The body is not JSON in UTF-8.')
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at++
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') {
      if (++depth > DEPTH_MAX) return true
    } else if (character === ']' || character === '}') depth--
  }
  return false
}
