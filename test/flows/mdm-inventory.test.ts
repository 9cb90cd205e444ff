// Inventories asked over HTTP, recorded and judged: what repeats says nothing, and what moved is said once, at its own time.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createJamfInventory } from '../../server/integrations/mdm/jamf-inventory.ts'
import { createKandji } from '../../server/integrations/mdm/kandji.ts'
import { DAY, HOUR, MINUTE, plus } from '../../server/lib/time.ts'
import type { Mdm } from '../../server/ports.ts'
import { type SimulatedComputer, simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { startJamf } from '../../server/simulator/mdm/jamf-server.ts'
import { startKandji } from '../../server/simulator/mdm/kandji-server.ts'
import { syncDue } from '../../server/sync.ts'
import { openWorld, outside, type TestWorld } from '../world.ts'

const start = new Date('2026-03-09T10:00:00.000Z')

let world: TestWorld
let now: Date
let server: { computers: SimulatedComputer[]; close(): Promise<void> }

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  now = start
})
afterEach(() => server.close())

const clock = () => now

const computers = [1, 2, 3].map((number) => simulatedComputer({ number, at: start }))

async function jamf(): Promise<Mdm> {
  const started = await startJamf({ clientId: 'client', clientSecret: 'secret', now: clock, computers })
  server = started
  return createJamfInventory({ url: started.url, clientId: 'client', clientSecret: 'secret' }, { clock })
}

async function kandji(): Promise<Mdm> {
  const started = await startKandji({ token: 'token', computers })
  server = started
  return createKandji({ url: started.url, token: 'token' })
}

const move = (number: number, changes: Partial<SimulatedComputer>) => {
  server.computers = server.computers.map((one) => (one.number === number ? { ...one, ...changes } : one))
}

/** The changes that a sync at `at` brought. */
async function syncAt(at: Date, mdm: Mdm) {
  now = at
  const before = (await world.events('checkin.changed')).length
  const errors: string[] = []
  const log = { error: (message: string) => void errors.push(message) }
  await syncDue({ db: world.db, clock, world: world.world, outside, mdms: [mdm], log })
  expect(errors).toEqual([])
  return (await world.events('checkin.changed')).slice(before).map(({ occurredAt, payload }) => ({
    at: occurredAt.toISOString(),
    facet: payload?.facet,
    proof: payload?.proof,
    late: payload?.late,
    added: ((payload?.added ?? []) as { member: string; value: unknown }[]).map(({ member, value }) => [member, value]),
  }))
}

describe.each([
  ['Jamf Pro', jamf],
  ['Iru (Kandji)', kandji],
])('%s', (_, begin) => {
  test('a fleet that says nothing new adds no event, sync after sync, and after a day', async () => {
    const mdm = await begin()
    expect(await syncAt(start, mdm)).not.toEqual([])
    for (const after of [20 * MINUTE, 40 * MINUTE, HOUR, DAY, DAY + HOUR, 2 * DAY]) {
      for (const number of [1, 2]) move(number, { lastContactAt: plus(start, after) })
      expect(await syncAt(plus(start, after + MINUTE), mdm)).toEqual([])
    }
    const seen = await world.db.selectFrom('presence').select(['day', 'proof']).orderBy('day').execute()
    expect(seen.every((one) => one.proof === 'assigned')).toBe(true)
  })

  test('another network, another user and a new program are said once, when they were seen', async () => {
    const mdm = await begin()
    await syncAt(start, mdm)
    const at = plus(start, HOUR)
    const user = { username: 'fern', name: 'fern', email: 'fern@example.com' }
    const [software] = computers[0]!.software
    move(1, { lastContactAt: at, reportedAt: at, publicIp: '203.0.113.9', user, software: [software!] })
    const found = await syncAt(plus(at, MINUTE), mdm)
    expect(found.map(({ facet }) => facet).toSorted()).toEqual(['identity', 'network', 'software'])
    for (const one of found) expect(one).toMatchObject({ at: at.toISOString(), late: false, proof: 'assigned' })
    move(1, { lastContactAt: plus(at, 2 * DAY) })
    expect(await syncAt(plus(at, 2 * DAY + MINUTE), mdm)).toEqual([])
  })

  test('an enrolment that ended without another word is said once', async () => {
    const mdm = await begin()
    await syncAt(start, mdm)
    move(1, { enrollment: { ...computers[0]!.enrollment, isEnrolled: false } })
    const found = await syncAt(plus(start, DAY), mdm)
    expect(found).toMatchObject([
      { facet: 'identity', at: '2026-03-09T10:00:01.000Z', late: false, added: [['enrolled', false]] },
    ])
    expect(await syncAt(plus(start, 2 * DAY), mdm)).toEqual([])
    const last = plus(start, 3 * DAY)
    move(1, { lastContactAt: last, enrollment: { isEnrolled: true, isAutomated: false, at: last } })
    const again = await syncAt(plus(last, MINUTE), mdm)
    expect(again.flatMap(({ added }) => added)).toEqual(
      expect.arrayContaining([
        ['enrolled', true],
        ['enrolmentMethod', 'user'],
      ]),
    )
  })
})
