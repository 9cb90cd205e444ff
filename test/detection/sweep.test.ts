// Sweeps: what is due by the passing of time alone, each rule with a time of its own.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { judgeDevices } from '../../server/detection/engine.ts'
import { ruleById } from '../../server/detection/rules/index.ts'
import { forecast } from '../../server/detection/sweep.ts'
import { storeDelivery } from '../../server/inbox.ts'
import { openWorld, order, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await order(world)
  await world.scan('2026-03-04T12:00:00Z', {
    scans: [
      { at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' },
      { at: '2026-03-04T10:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
    ],
  })
  await world.detect('2026-03-04T12:00:00Z')
})

const rules = async () => (await world.findings()).map((finding) => finding.rule)
const watch = async () => (await world.db.selectFrom('watch').selectAll().execute())[0]

test('what is silent is found once it is due, and not a day before', async () => {
  expect(await watch()).toMatchObject({ by_rule: { 'delivered-and-silent': expect.any(String) } })
  expect(await world.sweep('2026-03-09')).toEqual({ devices: 0, raised: 0 })
  expect(await world.sweep('2026-03-12')).toEqual({ devices: 1, raised: 1 })
  expect(await rules()).toEqual(['delivered-and-silent'])
  expect((await watch())!.look_again_at!.getTime()).toBeGreaterThan(time('2026-03-12').getTime())
})

test('a check-in in time leaves nothing to find', async () => {
  await world.checkIn('2026-03-06', { serialNumber: parcel.serial_number, osVersion: '15' })
  await world.detect('2026-03-06')
  await world.sweep('2026-03-20')
  expect(await rules()).toEqual([])
})

test('a time in the future says what would be raised, and records nothing', async () => {
  const before = await world.dump()
  const found = await forecast(world.db, time('2026-03-12'))
  expect(found).toMatchObject([{ rule: 'delivered-and-silent', serialNumber: parcel.serial_number }])
  expect(await forecast(world.db, time('2026-03-09'))).toEqual([])
  expect(await world.dump()).toBe(before)
})

test('what was raised already is no news of a future time', async () => {
  await world.sweep('2026-03-12')
  expect(await forecast(world.db, time('2026-03-26'))).toEqual([])
})

test('the automatic sweep waits while anything is unread', async () => {
  await storeDelivery(world.db, time('2026-03-12'), {
    source: 'carrier',
    deliveryKey: 'evt_1',
    body: Buffer.from('{}'),
    tokenId: null,
  })
  expect(await world.sweep('2026-03-12', true)).toEqual({ devices: 0, raised: 0 })
  expect(await world.sweep('2026-03-12')).toEqual({ devices: 1, raised: 1 })
})

test('the automatic sweep leaves a laptop alone that has just been told of, by its parcel too', async () => {
  await world.scan('2026-03-12T11:50:00Z', { scans: [{ at: '2026-03-04T16:00:00Z', in: 'Boston', is: 'moving' }] })
  expect(await world.sweep('2026-03-12T12:00:00Z', true)).toEqual({ devices: 0, raised: 0 })
  expect(await world.sweep('2026-03-12T12:10:00Z', true)).toEqual({ devices: 1, raised: 1 })
})

test('each rule keeps its own time to look again, whichever of them ran', async () => {
  const { id: deviceId } = await world.device(parcel.serial_number)
  const asks = (id: string, at: string | null) => ({
    rule: {
      ...ruleById(id)!,
      watches: [id],
      evaluate: () => ({ findings: [], lookAgainAt: at === null ? null : time(at) }),
    },
    params: {},
    ladder: 'hold' as const,
  })
  const run = (id: string, at: string | null) =>
    world.run((tx) =>
      judgeDevices(tx, world.detection('2026-03-05'), [{ deviceId, wake: new Set([id]), late: false }], {
        rules: [asks(id, at)],
        seq: 99,
      }),
    )
  const next = async () => (await watch())!.look_again_at?.toISOString().slice(0, 10)
  await run('delivered-and-silent', '2026-03-20')
  await run('kvm-hardware', '2026-03-25')
  expect(await next()).toBe('2026-03-20')
  await run('kvm-hardware', '2026-03-30')
  await run('delivered-and-silent', null)
  expect(await next()).toBe('2026-03-30')
  await run('kvm-hardware', null)
  expect(await next()).toBeUndefined()
})

test('a rule that throws when its time has come is due later, not for ever', async () => {
  const { id: deviceId } = await world.device(parcel.serial_number)
  const rule = ruleById('delivered-and-silent')!
  const broken = () => {
    throw new Error('it broke')
  }
  await world.run((tx) =>
    judgeDevices(tx, world.detection('2026-03-12'), [{ deviceId, wake: new Set(['all']), late: false }], {
      rules: [{ rule: { ...rule, evaluate: broken }, params: {}, ladder: 'hold' }],
      seq: 99,
      now: time('2026-03-12'),
    }),
  )
  expect((await watch())!.look_again_at).toEqual(time('2026-03-12T13:00:00Z'))
})
