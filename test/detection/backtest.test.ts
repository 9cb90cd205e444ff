// The back-test: the same history, judged again, says what was found when it happened.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeCase } from '../../server/cases/work.ts'
import { backtest } from '../../server/detection/backtest.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { ipIn, openWorld, order, outside, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const replay = (ruleId: string, over: { days?: number; params?: Record<string, unknown> } = {}) =>
  backtest(world.db, { ruleId, days: 90, params: {}, now: time('2026-04-01'), ...over })

/** A laptop redirected on its way, that wakes up far from home with two tools on it. Judged after every step. */
async function divert(): Promise<void> {
  const step = async (at: string, work: Promise<unknown>) => {
    await work
    await world.detect(at)
    await world.sweep(at)
  }
  const serialNumber = parcel.serial_number
  await step('2026-03-01', order(world))
  const change = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' } as const
  await step(
    '2026-03-02T20:00:00Z',
    world.scan('2026-03-02T20:00:00Z', { scans: [{ at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' }] }),
  )
  await step(
    '2026-03-03T20:00:00Z',
    world.scan('2026-03-03T20:00:00Z', { scans: [{ at: '2026-03-03T12:00:00Z', in: 'Columbus', is: change }] }),
  )
  await step(
    '2026-03-05T20:00:00Z',
    world.scan('2026-03-05T20:00:00Z', {
      scans: [{ at: '2026-03-05T12:00:00Z', in: 'Phoenix', is: { is: 'delivered', to: 'address' } }],
    }),
  )
  const software = [
    { name: 'AnyDesk', identifier: 'com.philandro.anydesk', kind: 'app' },
    { name: 'TeamViewer', identifier: 'com.teamviewer.TeamViewer', kind: 'app' },
  ]
  await step(
    '2026-03-06',
    world.checkIn('2026-03-06', { serialNumber, publicIp: ipIn('Phoenix'), platform: 'darwin', software }),
  )
}

test('it finds what live detection found on the same history, rule by rule', async () => {
  await divert()
  const live = await world.findings()
  expect(live.length).toBeGreaterThan(3)
  for (const { id } of rules) {
    const { matches } = await replay(id)
    const keys = matches.map((match) => `${match.deviceId}:${match.key}`).toSorted()
    expect([id, keys]).toEqual([
      id,
      live
        .filter((finding) => finding.rule === id)
        .map((finding) => finding.key)
        .toSorted(),
    ])
  }
})

test('it records nothing', async () => {
  await divert()
  const before = await world.dump()
  for (const { id } of rules) await replay(id)
  expect(await world.dump()).toBe(before)
})

test('time passes in it too', async () => {
  await order(world)
  await world.scan('2026-03-05', {
    scans: [{ at: '2026-03-04T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }],
  })
  const { matches } = await replay('delivered-and-silent')
  expect(matches).toMatchObject([{ backfill: false, outcome: null }])
  expect(matches[0]!.at.slice(0, 10)).toBe('2026-03-11')
  expect((await replay('delivered-and-silent', { params: { days: 30 } })).matches).toEqual([])
})

test('what came in more than a day late is judged at its own time, and counted as backfill', async () => {
  await order(world)
  const change = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' } as const
  await world.scan('2026-03-20', {
    scans: [
      { at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' },
      { at: '2026-03-03T12:00:00Z', in: 'Columbus', is: change },
    ],
  })
  expect((await replay('parcel-redirected')).matches).toMatchObject([
    { backfill: true, at: '2026-03-03T17:00:00.000Z' },
  ])
})

test('it says how the cases ended', async () => {
  await divert()
  const [found] = await world.cases()
  await world.run((tx) =>
    closeCase(tx, world.act('2026-03-10'), outside, { caseId: found!.id, outcome: 'confirmed', note: 'a farm' }),
  )
  expect((await replay('parcel-redirected')).byOutcome).toEqual({ confirmed: 1 })
})

test('only so many days, only rules that there are, only parameters that fit', async () => {
  await divert()
  expect((await replay('parcel-redirected', { days: 7 })).matches).toEqual([])
  await expect(replay('no-such-rule')).rejects.toMatchObject({ problem: 'not_found' })
  await expect(replay('delivered-and-silent', { params: { days: -1 } })).rejects.toMatchObject({ problem: 'invalid' })
  await expect(replay('delivered-and-silent', { params: { dayz: 1 } })).rejects.toMatchObject({ problem: 'invalid' })
})
