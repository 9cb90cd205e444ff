// The one way out: resolves a name, refuses private addresses, connects to just what it resolved, follows nothing, cuts answers.
import { lookup as resolveName } from 'node:dns/promises'
import { type IncomingHttpHeaders, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { AppError, messageOf } from './errors.ts'

interface FetchInit {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

interface FetchAnswer {
  status: number
  /** UTF-8, cut at `maxBytes`. */
  body: string
  /** The same as it came. */
  bytes: Buffer
  headers: IncomingHttpHeaders
}

export type Fetch = (url: string, init?: FetchInit) => Promise<FetchAnswer>

/**
 * An outgoing fetch for http and https. `allowPrivate` is for URLs from the environment only, which are the operator's own word.
 * `timeoutMs` bounds the whole exchange, name and body included. Answers of any status resolve, redirects among them;
 * throws AppError 'invalid' (no such URL), 'forbidden' (private address), 'unavailable' (no answer).
 */
export function createFetch(options: { allowPrivate: boolean; timeoutMs: number; maxBytes: number }): Fetch {
  return async (url, init = {}) => {
    const target = parseUrl(url)
    const deadline = AbortSignal.timeout(options.timeoutMs)
    try {
      const addresses = await beforeDeadline(resolve(target.hostname), deadline)
      if (!options.allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
        throw new AppError('forbidden', 'The URL leads to a private or reserved address.')
      }
      return await exchange(target, init, { addresses, deadline, maxBytes: options.maxBytes })
    } catch (error) {
      if (error instanceof AppError) throw error
      const problem = deadline.aborted ? `No answer within ${options.timeoutMs} ms.` : messageOf(error)
      throw new AppError('unavailable', problem)
    }
  }
}

// Special-purpose ranges of the IANA registries (RFC 6890 and its successors), multicast and the broadcast address included.
const reserved = new BlockList()
for (const range of [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
].flatMap((line) => line.split(' '))) {
  const [net = '', prefix] = range.split('/')
  reserved.addSubnet(net, Number(prefix), 'ipv4')
}
// Within 2000::/3: protocol assignments with Teredo, documentation, and 6to4, which wraps any IPv4 address.
const reservedV6 = new BlockList()
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  reservedV6.addSubnet(net, prefix, 'ipv6')
}
// All that the internet routes is 2000::/3, so mapped, translated, local and multicast addresses lie outside.
const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')

/** Whether an IP address is one that the open internet routes; false for names and anything special. */
export function isPublicAddress(ip: string): boolean {
  const family = isIP(ip)
  if (family === 4) return !reserved.check(ip, 'ipv4')
  return family === 6 && globalV6.check(ip, 'ipv6') && !reservedV6.check(ip, 'ipv6')
}

/** Whether a URL names this machine or a private network, as far as it can be told without asking a name server. */
export function looksPrivate(url: string): boolean {
  const host = parseUrl(url).hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host)) return !isPublicAddress(host)
  return !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/i.test(host)
}

function parseUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : null
  if (target?.protocol !== 'http:' && target?.protocol !== 'https:')
    throw new AppError('invalid', 'The URL must be http or https.')
  return target
}

type Address = { address: string; family: number }

async function resolve(hostname: string): Promise<Address[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  return family ? [{ address: host, family }] : await resolveName(host, { all: true })
}

function beforeDeadline<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    deadline.addEventListener('abort', () => fail(deadline.reason), { once: true })
    work.then(done, fail)
  })
}

function exchange(
  target: URL,
  init: FetchInit,
  { addresses, deadline, maxBytes }: { addresses: Address[]; deadline: AbortSignal; maxBytes: number },
): Promise<FetchAnswer> {
  const options: RequestOptions = {
    method: init.method ?? 'GET',
    headers: {
      ...(init.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(init.body)) }),
      ...init.headers,
    },
    lookup: pinned(addresses),
    agent: false,
    signal: deadline,
  }
  return new Promise((done, fail) => {
    const request = (target.protocol === 'https:' ? requestHttps : requestHttp)(target, options, (response) => {
      const chunks: Buffer[] = []
      let room = maxBytes
      const finish = () => {
        const bytes = Buffer.concat(chunks)
        done({
          status: response.statusCode ?? 0,
          // Read only where it is asked for: some answers are large and no text.
          get body() {
            return bytes.toString('utf8')
          },
          bytes,
          headers: response.headers,
        })
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, room))
        room -= chunk.length
        if (room > 0) return
        finish()
        request.destroy()
      })
      response.on('end', finish)
      response.on('error', fail)
    })
    request.on('error', fail)
    request.end(init.body)
  })
}

/** A lookup that knows only the addresses already checked, so that a second answer of the name server changes nothing. */
function pinned(addresses: Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses
    if (!first) callback(new Error('The name has no address.'), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  }
}
