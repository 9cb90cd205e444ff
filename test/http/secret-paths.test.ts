// Webhooks of a vendor that signs nothing: the secret at the end of the URL lets them in, and is written nowhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { type FleetServer, startFleet } from '../../server/simulator/mdm/fleet-server.ts'
import { startTestService, type TestService } from '../service.ts'

const secret = 'a-secret-for-the-end-of-a-url'
const at = new Date('2026-03-09T12:00:00Z')
const computer = simulatedComputer({ number: 12, at })

describe('a webhook proven by its path', () => {
  let service: TestService
  let fleet: FleetServer
  beforeAll(async () => {
    service = await startTestService({ FLEET_WEBHOOK_SECRET: secret })
    service.time.now = new Date('2026-03-09T12:01:00Z')
    fleet = await startFleet({ token: 'sesame', computers: [computer] })
  })
  afterAll(async () => {
    await fleet.close()
    await service.stop()
  })
  const tell = (path: string, type: Parameters<FleetServer['tell']>[1]['type'] = 'mdm_enrolled') =>
    fleet.tell(`${service.base}${path}`, { type, at, computer })

  test('is stored and becomes a check-in, once however often it is sent', async () => {
    expect(await tell(`/webhooks/fleet/${secret}`)).toBe(200)
    expect(await tell(`/webhooks/fleet/${secret}`)).toBe(200)
    await service.drain()
    const { db } = service.service.house
    const kept = await db.selectFrom('inbox').select(['status']).where('source', '=', 'fleet').execute()
    expect(kept).toEqual([{ status: 'read' }])
    const device = await db
      .selectFrom('devices')
      .select('id')
      .where('serial_number', '=', computer.serialNumber)
      .execute()
    expect(device).toHaveLength(1)
  })

  test('is refused without the secret, and keeps nothing', async () => {
    for (const path of ['/webhooks/fleet', `/webhooks/fleet/${secret}x`, `/webhooks/fleet/${secret}/more`])
      expect([401, 404], path).toContain(await tell(path, 'fleet_enrolled'))
    const rows = await service.service.house.db.selectFrom('inbox').select('id').where('source', '=', 'fleet').execute()
    expect(rows).toHaveLength(1)
  })

  test('leaves its secret in no log and in nothing that is kept', async () => {
    await tell(`/webhooks/fleet/${secret}`, 'ran_script')
    await tell(`/webhooks/fleet/${secret}-guess`, 'ran_script')
    expect(service.logged.join('\n')).not.toContain(secret)
    const rows = await service.service.house.db.selectFrom('inbox').select('body').execute()
    expect(rows.some((row) => row.body?.toString().includes(secret))).toBe(false)
  })

  test('is unknown where no secret is set', async () => {
    const bare = await startTestService()
    try {
      expect(await fleet.tell(`${bare.base}/webhooks/fleet/${secret}`, { type: 'mdm_enrolled', at, computer })).toBe(
        404,
      )
    } finally {
      await bare.stop()
    }
  })
})
