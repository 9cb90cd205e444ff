// The HTTP server: started, and drained so that what is under way is answered and open streams do not keep it.
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { AppError } from '../lib/errors.ts'

export interface Server {
  isDraining(): boolean
  /** Takes nothing new, answers what is under way for a few seconds, and closes. */
  drain(): Promise<void>
}

/** What is under way when the end is asked for gets so long. */
const DRAIN_MS = 5_000

interface Fetches {
  fetch(request: Request, env: unknown): Response | Promise<Response>
}

/** Listens; resolves once connections are taken. Throws 'conflict' when the port is in use. */
export async function serve(app: Fetches, { port, host }: { port: number; host: string }): Promise<Server> {
  let isDraining = false
  const server = createServer(
    { requestTimeout: 120_000, headersTimeout: 20_000 },
    getRequestListener((request, env) => app.fetch(request, env)),
  )
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
    isDraining: () => isDraining,
    async drain() {
      isDraining = true
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      // Live pages hold their streams open for ever: they reconnect elsewhere, or later.
      const cut = setTimeout(() => server.closeAllConnections(), 1000)
      const end = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
      await closed
      clearTimeout(cut)
      clearTimeout(end)
    },
  }
}
