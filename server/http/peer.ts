// Who is on the other end of a connection, as far as it can be believed.
import type { IncomingMessage } from 'node:http'

/**
 * The address that a request came from. Only a proxy on this machine is believed about whom it speaks for, and only the
 * last hop, which it added itself: the rest of X-Forwarded-For is the caller's own word. Null when the socket is gone.
 */
export function peerOf(request: IncomingMessage): string | null {
  const address = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null
  if (address === null || !(address === '::1' || address.startsWith('127.'))) return address
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',')
  return forwarded.split(',').at(-1)?.trim() || address
}
