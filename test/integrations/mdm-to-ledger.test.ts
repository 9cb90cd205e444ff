// From a vendor's look-alike to the ledger: two MDMs and one push about one laptop are one record, and what did not move costs nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { type FleetServer, startFleet } from '../../server/simulator/mdm/fleet-server.ts'
import { type GraphServer, startGraph } from '../../server/simulator/mdm/graph-server.ts'
import { mdmOf, syncNow } from '../../server/sync.ts'
import { startTestService, type TestService } from '../service.ts'

const start = new Date('2026-03-09T12:00:00Z')
let now = start
const computers = [1, 2, 3].map((number) => simulatedComputer({ number, at: start }))
const moved = (changes: Partial<SimulatedComputer>) =>
  computers.map((one) => ({ ...one, reportedAt: now, lastContactAt: now, ...changes }))

let fleet: FleetServer
let graph: GraphServer
let service: TestService
beforeAll(async () => {
  const app = { tenantId: 'tenant-1', clientId: 'client-1', clientSecret: 'sesame' }
  fleet = await startFleet({ token: 'sesame', computers })
  graph = await startGraph({ ...app, now: () => now, computers })
  service = await startTestService({
    FLEET_URL: fleet.url,
    FLEET_TOKEN: 'sesame',
    FLEET_WEBHOOK_SECRET: 'a-secret-for-the-end-of-a-url',
    INTUNE_TENANT_ID: app.tenantId,
    INTUNE_CLIENT_ID: app.clientId,
    INTUNE_CLIENT_SECRET: app.clientSecret,
    INTUNE_GRAPH_URL: graph.url,
    INTUNE_LOGIN_URL: graph.url,
  })
})
afterAll(async () => {
  await service?.stop()
  await fleet?.close()
  await graph?.close()
})

async function syncAll(): Promise<void> {
  const { house } = service.service
  service.time.now = now
  for (const source of ['fleet-hosts', 'intune']) expect(await syncNow(house, mdmOf(house, source)), source).toBeNull()
}

const events = async () => {
  const rows = await service.service.house.db
    .selectFrom('ledger')
    .select(['kind', (eb) => eb.fn.countAll<string>().as('count')])
    .where((eb) => eb.or([eb('kind', 'like', 'checkin.%'), eb('kind', 'like', 'mismatch.%')]))
    .groupBy('kind')
    .orderBy('kind')
    .execute()
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, Number(count)]))
}

test('two MDMs and a webhook about three laptops are three records', async () => {
  await syncAll()
  const url = `${service.base}/webhooks/fleet/a-secret-for-the-end-of-a-url`
  expect(await fleet.tell(url, { type: 'mdm_enrolled', at: now, computer: computers[0]! })).toBe(200)
  await service.drain()
  const devices = await service.service.house.db.selectFrom('devices').select('serial_number').execute()
  expect(devices.map((one) => one.serial_number).sort()).toEqual(['TT00SIM0001', 'TT00SIM0002', 'TT00SIM0003'])
})

test('a fleet that was seen again and says the same adds no event', async () => {
  const before = await events()
  expect(Object.keys(before)).not.toEqual([])
  now = new Date(start.getTime() + 2 * 3_600_000)
  fleet.computers = moved({})
  graph.computers = moved({})
  await syncAll()
  expect(await events()).toEqual(before)
})

test('a program that came is one change per laptop and source', async () => {
  const before = await events()
  now = new Date(start.getTime() + 4 * 3_600_000)
  const program = {
    name: 'Heron Desk',
    version: '1.0',
    identifier: 'com.example.heron',
    path: '/Applications/Heron.app',
    publisher: 'Heron',
  }
  const changes = { software: [...computers[0]!.software, program] }
  fleet.computers = moved(changes)
  graph.computers = moved(changes)
  await syncAll()
  expect((await events())['checkin.changed']).toBe((before['checkin.changed'] ?? 0) + 6)
})
