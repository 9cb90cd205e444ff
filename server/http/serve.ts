// The HTTP server: takes connections from the start, input once it is open, and drains so that nothing is cut off.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { AppError } from '../lib/errors.ts'
import { type ErrorLog, problemResponse } from './problem.ts'

interface Fetches {
  fetch(request: Request, env: unknown): Response | Promise<Response>
  /** What answers a request without the frame of the web's Request and Response; null for what it does not know. */
  direct?(request: IncomingMessage): Promise<DirectAnswer> | null
}

export interface DirectAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export interface Server {
  /** Gives requests to the app from now on. Before and while draining, all but /healthz are answered 503. */
  open(app: Fetches): void
  /** Takes nothing new and waits a few seconds for what is under way. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** What is under way when the end is asked for gets so long. */
const DRAIN_MS = 5_000

function send(response: ServerResponse, { status, headers, body }: DirectAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** Listens; resolves once connections are taken. Throws 'conflict' when the port is in use. */
export async function serve({ port, host, log }: { port: number; host: string; log: ErrorLog }): Promise<Server> {
  let app: Fetches | null = null
  let isDraining = false
  const answer = getRequestListener((request, env) => {
    if (app !== null && !isDraining) return app.fetch(request, env)
    if (new URL(request.url).pathname === '/healthz') return Response.json({ alive: true })
    return problemResponse(new AppError('unavailable', isDraining ? 'It is going down.' : 'It is starting.'), log)
  })
  /** What is under way, and whether it is a live page's stream, which would be for ever. */
  const underWay = new Map<ServerResponse, { isStream: boolean }>()
  let whenIdle = () => {}
  const server = createServer({ requestTimeout: 120_000, headersTimeout: 20_000 }, (request, response) => {
    underWay.set(response, { isStream: request.headers.accept?.includes('text/event-stream') === true })
    response.once('close', () => {
      underWay.delete(response)
      if (underWay.size === 0) whenIdle()
    })
    const direct = app === null || isDraining ? null : app.direct?.(request)
    if (direct) void direct.then((came) => send(response, came))
    else void answer(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new AppError('conflict', `Port ${port} is in use: stop what listens there, or set PORT.`)
          : error,
      ),
    )
    server.listen(port, host, resolve)
  })
  return {
    open: (opened) => {
      app = opened
    },
    async drain() {
      isDraining = true
      for (const [response, { isStream }] of underWay) if (isStream) response.destroy()
      if (underWay.size === 0) return
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        whenIdle = resolve
        timer = setTimeout(resolve, DRAIN_MS)
      })
      clearTimeout(timer)
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
