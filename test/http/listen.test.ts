// Hearing from the database: what is lost with it comes back, once, however long it was away.
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Listener, listenTo } from '../../server/http/listen.ts'
import { freePort, startTestService, type TestService } from '../service.ts'

let house: TestService
let way: Server
/** A way to the database that can be cut; whoever comes is counted. */
const passing = new Set<Socket>()
let came = 0
let refusals = 0
let listener: Listener
beforeAll(async () => {
  house = await startTestService()
  const there = new URL(house.database.url)
  way = createServer((socket) => {
    came++
    if (refusals-- > 0) return void socket.destroy()
    const onward = connectTo(Number(there.port), there.hostname)
    for (const [from, to] of [[socket, onward] as const, [onward, socket] as const]) {
      passing.add(from)
      from.on('error', () => {}).on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  const port = await freePort()
  await new Promise<void>((resolve) => way.listen(port, '127.0.0.1', resolve))
  const url = Object.assign(new URL(there), { host: `127.0.0.1:${port}` }).href
  listener = await listenTo(url, house.service.house)
})
afterAll(async () => {
  await listener.close()
  for (const socket of passing) socket.destroy()
  way.close()
  await house.stop()
})

it('a database that is away for some tries is listened to again by one connection, not by one more for each try', async () => {
  let heard = 0
  listener.changes.subscribe(() => heard++)
  came = 0
  refusals = 3
  for (const socket of passing) socket.destroy()
  const told = async () => {
    await house.database.pool.query("select pg_notify('ledger', '')")
    return heard
  }
  await expect.poll(told, { timeout: 15_000, interval: 200 }).toBeGreaterThan(0)
  expect(came).toBe(4)
})
