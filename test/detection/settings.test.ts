// How a rule is set: on record, checked, and felt by every laptop.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { effectiveResponse, loadRules, setRule } from '../../server/detection/settings.ts'
import { openWorld, order, type TestWorld, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const set = (over: Partial<Parameters<typeof setRule>[2]>) =>
  world.run((tx) =>
    setRule(tx, world.act('2026-03-03', user('usr_1')), {
      ruleId: 'delivered-and-silent',
      ladder: 'case',
      params: {},
      note: 'trial',
      ...over,
    }),
  )
const silent = async () => (await loadRules(world.db)).find((one) => one.rule.id === 'delivered-and-silent')!

test('as it comes, a rule has its own parameters and the top of the ladder', async () => {
  expect(await silent()).toMatchObject({ params: { days: 7 }, ladder: 'hold' })
})

test('the lower of rule and ladder counts', async () => {
  const one = await silent()
  expect(effectiveResponse({ ...one, ladder: 'hold' })).toBe('notify')
  expect(effectiveResponse({ ...one, ladder: 'watch' })).toBe('watch')
})

test('what was set holds, is on record with its reason by reference, and wakes every laptop', async () => {
  await order(world)
  expect(await set({ params: { days: 14 } })).toEqual({ woken: 1, version: 1 })
  expect(await silent()).toMatchObject({ params: { days: 14 }, ladder: 'case' })
  const [event] = await world.events('rule.set')
  expect(event).toMatchObject({
    actor: user('usr_1'),
    payload: { rule: 'delivered-and-silent', ladder: 'case', params: { days: 14 } },
  })
  expect(JSON.stringify(event)).not.toContain('trial')
  expect(await world.sweep('2026-03-03')).toMatchObject({ devices: 1 })
})

test('parameters that do not fit, and rules that are not there, are refused', async () => {
  await expect(set({ params: { days: 'soon' } })).rejects.toMatchObject({
    problem: 'invalid',
    faults: [{ path: 'days' }],
  })
  await expect(set({ params: { dayz: 3 } })).rejects.toMatchObject({ problem: 'invalid' })
  await expect(set({ ruleId: 'none' })).rejects.toMatchObject({ problem: 'not_found' })
})

test('a stored parameter that no longer fits falls back to the defaults', async () => {
  await set({ params: { days: 14 } })
  await world.db
    .updateTable('rule_settings')
    .set({ params: JSON.stringify({ days: 'x' }) })
    .execute()
  expect(await silent()).toMatchObject({ params: { days: 7 }, ladder: 'case' })
})
