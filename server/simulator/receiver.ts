// Whoever gets the alerts: a small listener that keeps what came, as a company's own receiver would.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: Record<string, string>
  body: string
}

export interface Receiver {
  url: string
  received: Received[]
  close(): Promise<void>
}

/** Listens on a free port of this machine and answers 204 to all. Keeps the newest `keep` messages. */
export async function startReceiver(
  options: { keep?: number; onMessage?: (message: Received) => void } = {},
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const message = { headers, body: Buffer.concat(chunks).toString('utf8') }
      received.push(message)
      if (received.length > (options.keep ?? 10_000)) received.shift()
      options.onMessage?.(message)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
