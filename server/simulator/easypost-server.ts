// A local server that looks like EasyPost: its paths, bodies, refusals, proofs and oddities, and its faults when asked for.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locate } from './easypost/addresses.ts'
import { createBooks } from './easypost/books.ts'
import { type Fault, takeFault, targetOf } from './easypost/faults.ts'
import { locateByName } from './easypost/places.ts'
import { createPost, type Delivery } from './easypost/post.ts'
import { Refusal, refusalBody } from './easypost/refusal.ts'
import { createRoutes } from './easypost/routes.ts'
import { payRefunds } from './easypost/shipments.ts'
import type { Tracked } from './easypost/tracker-body.ts'
import { adoptTracker, type ScanInput, scanParcel } from './easypost/trackers.ts'

export interface EasyPostOptions {
  /** `EZTK…` makes everything test mode, anything else production, as EasyPost's keys do. */
  apiKey: string
  now(): Date
  /** How webhooks come; `late` and `out of order` leave some for `release`. At once without. */
  deliver?: Delivery
  /** Which proofs go with a webhook; both without. */
  signs?: 'v1' | 'v2' | 'both'
  /** A free one without. */
  port?: number
  locate?: Locate
}

export interface EasyPostLookAlike {
  apiKey: string
  /** `http://127.0.0.1:PORT/v2/`, with the final slash that the official client needs. */
  url: string
  /** What was asked, oldest first; `path` with its query. */
  requests: { method: string; path: string; body: unknown }[]
  /** Labels that were really bought, by our reference. */
  bought(reference: string): { shipmentId: string; trackingCode: string }[]
  /** The next matching requests misbehave, in the order in which they were asked for. */
  fail(fault: Fault): void
  /** A carrier scans a parcel: its tracker moves, and registered webhooks are told. Resolves when they have answered. Throws where no tracker has this code. */
  scan(trackingCode: string, scan: ScanInput): Promise<void>
  /** A tracker that exists already; scans of it later than now are still to come. */
  adopt(tracked: Tracked): void
  /** Carriers pay back every refund that was asked for. */
  payRefunds(): Promise<void>
  /** Sends the webhooks that wait: late ones, those held back, and those that nobody took. */
  release(): Promise<void>
  /** Every webhook under way has been answered. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Starts it on loopback. */
export async function startEasyPost(options: EasyPostOptions): Promise<EasyPostLookAlike> {
  const { apiKey, now, deliver = 'at once', signs = 'both', locate = locateByName } = options
  let origin = ''
  const post = createPost(() => books, { deliver, signs })
  const mode = apiKey.startsWith('EZTK') ? 'test' : 'production'
  const books = createBooks({ mode, now, origin: () => origin, tell: post.tell })
  const app = createRoutes(books, { apiKey, locate })
  const requests: EasyPostLookAlike['requests'] = []
  const faults: Fault[] = []
  const server = createServer((incoming, outgoing) => {
    const asked = async () => {
      const { request, body } = await requestOf(incoming, origin)
      const { pathname, search } = new URL(request.url)
      requests.push({ method: request.method, path: `${pathname}${search}`, body })
      const fault = takeFault(faults, targetOf(request.method, pathname))
      await answer({ run: async () => app.fetch(request), fault, outgoing })
    }
    asked().catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    apiKey,
    url: `${origin}/v2/`,
    requests,
    bought: (reference) =>
      [...books.shipments.values()].flatMap(({ id, reference: its, tracker }) =>
        its === reference && tracker !== null ? [{ shipmentId: id, trackingCode: tracker.trackingCode }] : [],
      ),
    fail: (fault) => void faults.push(fault),
    async scan(trackingCode, scan) {
      scanParcel(books, trackingCode, scan)
      await post.settled()
    },
    adopt: (tracked) => adoptTracker(books, tracked),
    async payRefunds() {
      payRefunds(books)
      await post.settled()
    },
    release: post.release,
    settled: post.settled,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await post.settled()
    },
  }
}

async function requestOf(incoming: IncomingMessage, origin: string): Promise<{ request: Request; body: unknown }> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, [value].flat().join(', '))
  const hasBody = text !== '' && method !== 'GET' && method !== 'HEAD'
  const request = new Request(`${origin}${incoming.url ?? '/'}`, {
    method,
    headers,
    ...(hasBody ? { body: text } : {}),
  })
  return { request, body: parsed(text) }
}

function parsed(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Asked {
  run(): Promise<Response>
  fault: Fault | undefined
  outgoing: ServerResponse
}

const json = { 'content-type': 'application/json; charset=utf-8' }

/** Answers as it should, or as the fault has it. */
async function answer({ run, fault, outgoing }: Asked): Promise<void> {
  const refuse = (refusal: Refusal, headers: Record<string, string> = {}) =>
    outgoing.writeHead(refusal.status, { ...json, ...headers }).end(JSON.stringify(refusalBody(refusal)))
  const write = async (response: Response) => {
    const bytes = Buffer.from(await response.arrayBuffer())
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(bytes)
  }
  const how = fault?.how
  switch (how) {
    case undefined:
      return write(await run())
    case '429': {
      const wait: Record<string, string> =
        fault?.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      refuse(new Refusal(429, 'RATE_LIMITED', 'Too many requests. Please slow down and try again later.'), wait)
      return
    }
    case '500':
      if (fault?.isDone) await run()
      refuse(new Refusal(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side. Please try again later.'))
      return
    case 'carrier timed out':
      if (fault?.isDone) await run()
      refuse(new Refusal(422, 'SHIPMENT.POSTAGE.TIMED_OUT', 'The carrier did not answer in time.'))
      return
    case 'broken JSON': {
      const response = await run()
      const text = await response.text()
      outgoing.writeHead(response.status, json).end(text.slice(0, Math.floor(text.length / 2)))
      return
    }
    case 'late': {
      const response = await run()
      await new Promise((resolve) => setTimeout(resolve, fault?.ms ?? 1000).unref())
      return write(response)
    }
    case 'close after doing it':
      await run()
      return void outgoing.destroy()
    case 'close before':
      return void outgoing.destroy()
    case 'error of another shape':
      outgoing.writeHead(503, json).end(JSON.stringify({ message: 'no healthy upstream', status: 503 }))
      return
    case 'no JSON':
      outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>')
      return
    default:
      return how satisfies never
  }
}
