// Receives the outgoing webhooks, and knows when each laptop's case came.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Receiver {
  url: string
  secret: string
  /** When the case about a laptop was opened, by `performance.now()`; waits for it. */
  opened(serialNumber: string): Promise<number>
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const at = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const now = performance.now()
      response.end()
      const message = JSON.parse(Buffer.concat(chunks).toString()) as {
        type: string
        data: { devices: { serialNumber: string }[] }
      }
      if (message.type !== 'case.opened') return
      for (const { serialNumber } of message.data.devices) {
        at.set(serialNumber, now)
        waiting.get(serialNumber)?.(now)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret: `whsec_${Buffer.from('a secret of the bench, 32 bytes.').toString('base64')}`,
    opened: (serialNumber) =>
      new Promise((resolve) => {
        const known = at.get(serialNumber)
        if (known !== undefined) resolve(known)
        else waiting.set(serialNumber, resolve)
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
