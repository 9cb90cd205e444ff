// Reads outside bytes as JSON.
import { AppError } from '../lib/errors.ts'

/** UTF-8 bytes to a JSON value; throws AppError 'unreadable' for anything else. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new AppError('unreadable', 'The body is not JSON in UTF-8.')
  }
}

/** The same, with undefined for bytes that are no JSON. */
export function tryParseJson(body: Uint8Array): unknown {
  try {
    return parseJson(body)
  } catch {
    return undefined
  }
}
