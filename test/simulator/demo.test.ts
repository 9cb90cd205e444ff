// The demo as a whole: months and stories through the public endpoints, a queue that a person can work, and a folder that is its own.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emptyDemo, settling } from '../../server/demo.ts'
import { startService } from '../../server/main.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { createHttp, type Procedures, procedures, signIn } from '../../server/simulator/http.ts'
import { type FleetServer, startFleet } from '../../server/simulator/mdm/fleet-server.ts'
import { accounts, createSimulation } from '../../server/simulator/simulation.ts'
import { testDatabase } from '../database.ts'
import { easypostSecret, type House, jamf, openFlowHouse } from '../flows/house.ts'

const quiet = { info() {}, warn() {}, error() {} }

describe('a small company played to the end of the ten stories', () => {
  let house: House
  let admin: Procedures
  let easypost: EasyPostLookAlike
  let fleet: FleetServer
  const said: string[] = []

  beforeAll(async () => {
    const startsAt = new Date('2026-03-02T00:00:00Z')
    let now = startsAt
    easypost = await startEasyPost({ apiKey: 'EZAKdemo', now: () => now })
    const token = 'a token for the demo'
    const webhookSecret = 'a-secret-for-webhooks-of-the-demo'
    fleet = await startFleet({ token, computers: [] })
    house = await openFlowHouse(startsAt.toISOString(), {
      demo: true,
      easypost,
      fleet: { url: fleet.url, token, webhookSecret },
    })
    const simulation = await createSimulation({
      url: house.url,
      origin: house.config.url,
      adminLink: house.service.adminLink!,
      seed: 1,
      startsAt,
      size: { staffed: 40, people: 70 },
      easypostSecret,
      easypost,
      jamf,
      fleet: { server: fleet, webhookSecret },
      setClock(at) {
        now = at
        house.setClock(at)
      },
      settle: settling(house.service.house),
      say: (line) => said.push(line),
    })
    await simulation.play(simulation.storiesUntil, { stepHours: 12 })
    const http = createHttp({ url: house.url, origin: house.config.url })
    admin = procedures(http, await signIn(http, accounts.admin))
  }, 300_000)
  afterAll(async () => {
    await house.close()
    await easypost.close()
    await fleet.close()
  })

  interface Listed {
    status: string
    severity: string
    outcome: string | null
    devices: { serialNumber: string; lifeCycle: string }[]
    summaries: string[]
  }
  const cases = async (): Promise<Listed[]> =>
    (await admin.ask<{ cases: Listed[] }>('cases.list', { limit: 200 })).cases
  const serialOf = (story: string) => /\((\w+)\)/.exec(said.find((line) => line.includes(story)) ?? '')?.[1] ?? ''
  const caseOf = async (story: string) =>
    (await cases()).find((one) => one.devices.some((device) => device.serialNumber === serialOf(story)))
  const lifeOf = async (story: string) =>
    (await admin.ask<{ devices: { lifeCycle: string }[] }>('devices.list', { text: serialOf(story) })).devices[0]
      ?.lifeCycle

  test('nobody was refused, and nothing was left unread', async () => {
    expect(said.filter((line) => line.includes('refused'))).toEqual([])
    const waiting = await house.service.house.db
      .selectFrom('inbox')
      .select('reason')
      .where('status', '<>', 'read')
      .execute()
    expect(waiting).toEqual([])
  })

  test('clean delivery: in service, no case', async () => {
    expect([await lifeOf('Clean delivery'), await caseOf('Clean delivery')]).toEqual(['in service', undefined])
  })

  test('house move: held, approved and released by two, in service, its case closed as benign', async () => {
    expect(await lifeOf('House move')).toBe('in service')
    expect(await caseOf('House move')).toMatchObject({ status: 'closed', outcome: 'benign' })
  })

  test('redirected parcel: a high case that names the redirect, the place and the tools', async () => {
    const found = await caseOf('Redirected parcel')
    expect(found).toMatchObject({ status: 'new', severity: expect.stringMatching(/^(high|critical)$/) })
    expect(found!.summaries.join('\n')).toMatch(/redirected[\s\S]*Newark/)
    expect(await lifeOf('Redirected parcel')).toBe('checked in')
  })

  test('four in one house: one case about all four, none of them in another', async () => {
    const found = await caseOf('Four in one house')
    expect(found).toMatchObject({ severity: expect.stringMatching(/^(high|critical)$/) })
    const serials = said.flatMap((line) => /Four in one house \((\w+)\)/.exec(line)?.[1] ?? [])
    const devices = found!.devices.map((device) => device.serialNumber)
    expect(devices).toHaveLength(4)
    expect(devices).toEqual(expect.arrayContaining(serials))
  })

  test('reshipped abroad: a high case about a laptop that was accepted', async () => {
    expect(await caseOf('Reshipped abroad')).toMatchObject({
      status: 'new',
      severity: expect.stringMatching(/^(high|critical)$/),
    })
    expect(await lifeOf('Reshipped abroad')).toBe('in service')
  })

  test('collected by a stranger: a high case that names the counter, the name and the place', async () => {
    const found = await caseOf('Collected by a stranger')
    expect(found).toMatchObject({ status: 'new', severity: expect.stringMatching(/^(high|critical)$/) })
    for (const word of ['Atlanta', 'Somebody else', 'counter'])
      expect(found!.summaries).toContainEqual(expect.stringContaining(word))
    expect(await lifeOf('Collected by a stranger')).toBe('checked in')
  })

  test('declined hand-over: delivered, and accepted by nobody', async () => {
    expect(await lifeOf('Declined hand-over')).toBe('delivered')
    const { handovers } = await admin.ask<{ handovers: object[] }>('handovers.list', { view: 'needs a look' })
    expect(handovers).toHaveLength(1)
  })

  test('return from elsewhere: a case, and the laptop kept apart', async () => {
    expect(await caseOf('Return from elsewhere')).toMatchObject({
      status: 'new',
      severity: 'medium',
      summaries: [expect.stringContaining('comes back from Toronto')],
    })
    expect(await lifeOf('Return from elsewhere')).toBe('returned')
  })

  /** What is held of a laptop now, by rule. */
  const findingsOf = async (serialNumber: string): Promise<{ rule: string; weight: number }[]> =>
    house.service.house.db
      .selectFrom('findings')
      .innerJoin('devices', 'devices.id', 'device_id')
      .select(['rule', 'weight'])
      .where('serial_number', '=', serialNumber)
      .where('findings.status', '=', 'active')
      .execute()

  test('copied enrolment: proof in doubt, one low finding, no case', async () => {
    const { db } = house.service.house
    const proofs = await db
      .selectFrom('presence')
      .innerJoin('devices', 'devices.id', 'device_id')
      .select(['source', 'presence.proof'])
      .distinct()
      .where('serial_number', '=', serialOf('Copied enrolment'))
      .orderBy('source')
      .execute()
    expect(proofs).toEqual([{ source: 'fleet-hosts', proof: 'doubtful' }])
    const found = await findingsOf(serialOf('Copied enrolment'))
    expect(found).toEqual([{ rule: 'enrolment-doubtful', weight: 7 }])
    expect([await caseOf('Copied enrolment'), await lifeOf('Copied enrolment')]).toEqual([undefined, 'in service'])
  })

  test('move to another MDM: nobody who moves has a finding, and each is in the new one', async () => {
    const { db } = house.service.house
    const moved = await db
      .selectFrom('declarations')
      .innerJoin('devices', 'assignee_id', 'declarations.person_id')
      .select(['devices.id', 'serial_number'])
      .where('kind', '=', 'migration')
      .execute()
    expect(moved).toHaveLength(12)
    for (const { serial_number: serial } of moved) expect([serial, await findingsOf(serial!)]).toEqual([serial, []])
    const seen = await db
      .selectFrom('presence')
      .select('device_id')
      .distinct()
      .where('source', '=', 'fleet-hosts')
      .where(
        'device_id',
        'in',
        moved.map(({ id }) => id),
      )
      .execute()
    expect(seen).toHaveLength(12)
  })

  test('what drops out of its MDM without being part of the move is found, and is no case', async () => {
    const found = await findingsOf(serialOf('Not among them'))
    expect(found.map(({ rule }) => rule)).toEqual(['agent-removed'])
    expect(await caseOf('Not among them')).toBeUndefined()
  })

  test('the refused token is told once, and recovers; one person stands mistaken for another', async () => {
    const { db } = house.service.house
    const told = await db
      .selectFrom('ledger')
      .select('kind')
      .where('kind', 'like', 'connector.%')
      .orderBy('seq')
      .execute()
    expect(told.map(({ kind }) => kind)).toEqual(['connector.failing', 'connector.recovered'])
    const open = await db.selectFrom('mismatches').select('field').where('status', '=', 'open').execute()
    expect(open.map(({ field }) => field)).toContain('user')
  })

  test('what weighs was read back from the carrier, and agrees', async () => {
    const asked = easypost.requests.filter(({ path }) => path.startsWith('/v2/trackers'))
    expect(asked.length).toBeGreaterThan(0)
    const { db } = house.service.house
    const failed = await db.selectFrom('shipments').select('track_error').where('track_error', 'is not', null).execute()
    expect(failed).toEqual([])
  })

  test('the queue is short and mixed: ordinary people are in no case', async () => {
    const all = await cases()
    const open = all.filter((one) => one.status !== 'closed')
    expect(open.length).toBeGreaterThanOrEqual(5)
    expect(open.length).toBeLessThanOrEqual(8)
    expect(new Set(open.map((one) => one.severity)).size).toBeGreaterThanOrEqual(2)
    expect(all.length - open.length).toBeGreaterThanOrEqual(2)
  })

  test('a held parcel is left to release', async () => {
    const { shipments } = await admin.ask<{ shipments: { status: string }[] }>('shipments.list', { held: true })
    expect(shipments.map(({ status }) => status)).toContain('ordered')
  })

  test('the ledger of all this holds', async () => {
    expect(await admin.tell('system.verify')).toMatchObject({ bad: null })
  })

  test('“start” refuses its database, whose first row says what it is', async () => {
    await expect(startService({ ...house.config, port: 0 }, { log: quiet })).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringContaining('demo'),
    })
  })
})

describe('before a demo begins anew', () => {
  test('what another demo left is removed, and the service starts in it again', async () => {
    const house = await openFlowHouse('2026-03-02T00:00:00Z', { demo: true })
    const { db } = house.service.house
    expect(await emptyDemo(db)).toBe(true)
    expect(await emptyDemo(db)).toBe(false)
    const again = await startService({ ...house.config, port: 0 }, { log: quiet, demo: { seed: 2 }, timed: false })
    expect(again.adminLink).not.toBeNull()
    await again.stop()
    await house.close().catch(() => {})
  })

  test('a database that holds real records is left alone', async () => {
    const house = await openFlowHouse('2026-03-02T00:00:00Z')
    const { db } = house.service.house
    await expect(emptyDemo(db)).rejects.toMatchObject({ problem: 'conflict' })
    expect(await db.selectFrom('ledger').select('kind').orderBy('seq').limit(1).executeTakeFirst()).toEqual({
      kind: 'ledger.opened',
    })
    await house.close()
  })

  test('so is one of some other program', async () => {
    const database = await testDatabase({ empty: true })
    await sql`create table invoices (number int)`.execute(database.db)
    await expect(emptyDemo(database.db)).rejects.toMatchObject({ problem: 'conflict' })
    expect((await sql`select * from invoices`.execute(database.db)).rows).toEqual([])
    await database.drop()
  })

  test('and an empty one is as good as new', async () => {
    const database = await testDatabase({ empty: true })
    expect(await emptyDemo(database.db)).toBe(false)
    await database.drop()
  })
})
