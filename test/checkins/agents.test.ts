// Agents that enrolled here: whose key stands, for how long, and what is remembered of them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createAgentFinder,
  enrolAgent,
  invalidateAgent,
  lockAgents,
  rememberAgents,
  retainAgents,
} from '../../server/checkins/agents.ts'
import { openWorld, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
let now = time('2026-03-01')
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  now = time('2026-03-01')
})

const enrol = (hostIdentifier = 'host-1', at = '2026-03-01') =>
  world.run((tx) => enrolAgent(tx, world.act(at), { source: 'agent', hostIdentifier, memory: { of: hostIdentifier } }))
const finder = () => createAgentFinder(world.db, () => now)
const remember = (id: string, memory: unknown) => world.run((tx) => rememberAgents(tx, now, [{ id, memory }]))

test('an agent is found by its key, at its own source only, and with what is remembered of it', async () => {
  const { agentId, key } = await enrol()
  expect(await finder().find('agent', key)).toMatchObject({ id: agentId, memory: { of: 'host-1' } })
  expect(await finder().find('another', key)).toBeNull()
  expect(await finder().find('agent', `${key}x`)).toBeNull()
  await remember(agentId, { of: 'news' })
  expect((await finder().find('agent', key))?.memory).toEqual({ of: 'news' })
})

test('who enrols again takes the place of the time before; two at once leave one key that stands', async () => {
  const first = await enrol()
  const second = await enrol()
  expect(second.replacedIds).toEqual([first.agentId])
  const both = await Promise.all([enrol('host-2'), enrol('host-2')])
  const stand = await Promise.all(both.map(({ key }) => finder().find('agent', key)))
  expect(stand.filter((agent) => agent !== null)).toHaveLength(1)
  const told = await world.events('agent.enrolled')
  expect(told.map((event) => event.payload?.again)).toEqual([false, true, false, true])
})

test('two hosts under one identifier do not take each other’s key for ever', async () => {
  for (let time = 0; time < 24; time++) await enrol()
  const { key } = await enrol('host-2')
  await expect(enrol()).rejects.toMatchObject({ problem: 'too_many' })
  expect(await finder().find('agent', key)).not.toBeNull()
  expect(await world.events('agent.enrolled')).toHaveLength(25)
  const { replacedIds } = await enrol('host-1', '2026-03-03')
  expect(replacedIds, 'the last key went on to stand').toHaveLength(1)
})

test('a key is believed from memory for a minute; whoever records what came under it looks again', async () => {
  const { agentId, key } = await enrol()
  const found = finder()
  await found.find('agent', key)
  await world.run((tx) =>
    invalidateAgent(tx, world.act('2026-03-01', user('admin')), { agentId, reason: 'The laptop was sold.' }),
  )
  expect(await found.find('agent', key), 'in another process').not.toBeNull()
  expect((await world.run((tx) => lockAgents(tx, [agentId]))).size).toBe(0)
  now = new Date(now.getTime() + 61_000)
  expect(await found.find('agent', key)).toBeNull()
})

describe('a key that is taken back', () => {
  test('ends at once where it is known, and the ledger holds why by reference', async () => {
    const { agentId, key } = await enrol()
    const found = finder()
    await found.find('agent', key)
    const act = world.act('2026-03-01', user('admin'))
    await world.run((tx) => invalidateAgent(tx, act, { agentId, reason: 'Fern sold the laptop.' }))
    found.forget(agentId)
    expect(await found.find('agent', key)).toBeNull()
    const [event] = await world.events('agent.invalidated')
    expect(event?.payload).toMatchObject({ agentId, source: 'agent' })
    expect(JSON.stringify(event)).not.toContain('Fern')
  })

  test('is not taken twice, nor from nobody', async () => {
    const { agentId } = await enrol()
    const take = (id: string) =>
      world.run((tx) => invalidateAgent(tx, world.act('2026-03-01'), { agentId: id, reason: 'sold' }))
    await take(agentId)
    await expect(take(agentId)).rejects.toMatchObject({ problem: 'conflict' })
    await expect(take('agt_nobody')).rejects.toMatchObject({ problem: 'not_found' })
  })
})

test('agents whose key ended are forgotten after ninety days, others never', async () => {
  await enrol('host-1', '2026-01-01')
  const { agentId } = await enrol('host-1', '2026-01-02')
  await retainAgents(world.db, time('2026-03-30'))
  expect(await world.db.selectFrom('agents').selectAll().execute()).toHaveLength(2)
  await retainAgents(world.db, time('2026-09-01'))
  expect(await world.db.selectFrom('agents').select('id').execute()).toEqual([{ id: agentId }])
})
