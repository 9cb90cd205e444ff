// A load of HTTP requests over so many connections: as little work per request as can be, since it shares the machine.
import { connect, type Socket } from 'node:net'

export interface LoadResult {
  ms: number
  /** How many came to each status. */
  statuses: Record<number, number>
}

/** One request as it goes over the wire. */
export function requestBytes(input: { host: string; headers?: Record<string, string>; body: string | Buffer }): Buffer {
  const body = Buffer.from(input.body)
  const headers = { 'content-type': 'application/json', ...input.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `POST /checkins HTTP/1.1\r\nhost: ${input.host}\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** Sends every request, one at a time on each connection, and waits for its answer. Throws when a connection breaks. */
export async function load(port: number, requests: Buffer[], connections: number): Promise<LoadResult> {
  const statuses: Record<number, number> = {}
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  let next = 0
  const began = performance.now()
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          const send = () => {
            const request = requests[next++]
            if (request === undefined) return resolve()
            socket.write(request)
          }
          let rest = ''
          socket.on('data', (chunk) => {
            rest += chunk.toString('latin1')
            const head = rest.indexOf('\r\n\r\n')
            if (head === -1) return
            const length = Number(/content-length: (\d+)/i.exec(rest)?.[1])
            if (rest.length < head + 4 + length) return
            const status = Number(rest.slice(9, 12))
            statuses[status] = (statuses[status] ?? 0) + 1
            rest = ''
            send()
          })
          socket.on('error', reject)
          socket.on('close', () => reject(new Error('A connection was closed.')))
          send()
        }),
    ),
  )
  const ms = performance.now() - began
  for (const socket of sockets) socket.removeAllListeners('close').destroy()
  return { ms, statuses }
}

const open = (port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
