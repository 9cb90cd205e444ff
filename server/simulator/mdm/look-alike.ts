// What the MDM look-alikes share: a server on loopback that notes what it is asked, and goes wrong when told to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * - `400`, `401`, `403`, `404`, `500`: not done. `429`: not done; `retryAfter` in seconds, or as a date; without, none is named.
 * - `cut`: the JSON ends in the middle. `closed`: the connection ends in the middle. `no JSON`: a proxy's page in HTML.
 * - `late`: answered after `ms`. `changed`: `change` makes another answer of the right one.
 */
export type Fault = {
  /** The path begins so; any request without. */
  on?: string
  /** How many matching requests; one without. */
  times?: number
} & (
  | { how: '400' | '401' | '403' | '404' | '500' | 'cut' | 'closed' | 'no JSON' }
  | { how: '429'; retryAfter?: number | string }
  | { how: 'late'; ms: number }
  | { how: 'changed'; change: (json: never) => unknown }
)

export interface LookAlike {
  /** `http://127.0.0.1:PORT`. */
  url: string
  /** What was asked, oldest first; `path` with its query. */
  requests: { method: string; path: string }[]
  /** The next matching requests go wrong, in the order in which they were asked for. */
  fail(fault: Fault): void
  close(): Promise<void>
}

/** Starts it; on a free port without one. */
export async function startLookAlike(
  answer: (request: Request) => Response | Promise<Response>,
  { port = 0 }: { port?: number } = {},
): Promise<LookAlike> {
  const faults: Fault[] = []
  const requests: LookAlike['requests'] = []
  const server = createServer((incoming, outgoing) => {
    const asked = async () => {
      const request = await requestOf(incoming)
      const { pathname, search } = new URL(request.url)
      requests.push({ method: request.method, path: `${pathname}${search}` })
      await send(outgoing, takeFault(faults, pathname), async () => answer(request))
    }
    asked().catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (fault) => void faults.push(fault),
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The next fault for a path, counted down. */
function takeFault(faults: Fault[], path: string): Fault | undefined {
  const at = faults.findIndex(({ on }) => on === undefined || path.startsWith(on))
  const fault = faults[at]
  if (fault === undefined) return undefined
  const left = (fault.times ?? 1) - 1
  if (left <= 0) faults.splice(at, 1)
  else faults[at] = { ...fault, times: left }
  return fault
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, [value].flat().join(', '))
  const body = Buffer.concat(chunks)
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD'
  return new Request(`http://${incoming.headers.host ?? '127.0.0.1'}${incoming.url ?? '/'}`, {
    method,
    headers,
    ...(hasBody ? { body } : {}),
  })
}

const json = { 'content-type': 'application/json' }

/** Answers as it should, or as the fault has it. */
async function send(outgoing: ServerResponse, fault: Fault | undefined, run: () => Promise<Response>): Promise<void> {
  const write = async (response: Response) => {
    const bytes = Buffer.from(await response.arrayBuffer())
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(bytes)
  }
  switch (fault?.how) {
    case undefined:
      return write(await run())
    case '400':
    case '401':
    case '403':
    case '404':
    case '500':
      outgoing.writeHead(Number(fault.how), json).end(JSON.stringify({ error: `${fault.how} on purpose` }))
      return
    case '429': {
      const wait = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
      outgoing.writeHead(429, { ...json, ...wait }).end('{}')
      return
    }
    case 'cut': {
      const text = await (await run()).text()
      outgoing.writeHead(200, json).end(text.slice(0, Math.floor(text.length / 2)))
      return
    }
    case 'closed': {
      const bytes = Buffer.from(await (await run()).arrayBuffer())
      outgoing.writeHead(200, { ...json, 'content-length': String(bytes.length) })
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy())
      return
    }
    case 'no JSON':
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Please sign in</h1></html>')
      return
    case 'late': {
      const response = await run()
      await new Promise((resolve) => setTimeout(resolve, fault.ms).unref())
      return write(response)
    }
    case 'changed':
      return write(Response.json(fault.change((await (await run()).json()) as never)))
    default:
      return fault satisfies never
  }
}
