// A claim is for the moment: it ends by itself, is renewed while somebody works, and never takes a case from two at once.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { attendCase, claimCase, releaseCase, takeNext } from '../../server/cases/claims.ts'
import { openWorld, type TestWorld, time } from '../world.ts'
import { putCase } from './queue.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const claim = (caseId: string, userId: string, at: string, takeOver = false) =>
  world.run((tx) => claimCase(tx, { caseId, userId, takeOver, now: time(at) }))
const next = (userId: string, at: string) => world.run((tx) => takeNext(tx, { userId, now: time(at) }))
const attend = (caseId: string, userId: string, at: string, isActive = false) =>
  attendCase(world.db, { caseId, userId, isActive, now: time(at) })

test('a claimed case is with its claimer for 15 minutes, and then with nobody', async () => {
  const id = await putCase(world, 1)
  expect(await claim(id, 'usr_1', '2026-03-02T10:00:00Z')).toEqual({ until: '2026-03-02T10:15:00.000Z' })
  await expect(claim(id, 'usr_2', '2026-03-02T10:14:00Z')).rejects.toMatchObject({ problem: 'conflict' })
  expect((await attend(id, 'usr_2', '2026-03-02T10:14:00Z')).claim).toMatchObject({ userId: 'usr_1' })
  expect((await attend(id, 'usr_2', '2026-03-02T10:15:00Z')).claim).toBeNull()
  await claim(id, 'usr_2', '2026-03-02T10:15:00Z')
})

test('it is taken over only when that is meant, and let go only by whoever has it', async () => {
  const id = await putCase(world, 1)
  await claim(id, 'usr_1', '2026-03-02T10:00:00Z')
  await claim(id, 'usr_2', '2026-03-02T10:01:00Z', true)
  await world.run((tx) => releaseCase(tx, { caseId: id, userId: 'usr_1' }))
  expect((await attend(id, 'usr_1', '2026-03-02T10:02:00Z')).claim).toMatchObject({ userId: 'usr_2' })
  await world.run((tx) => releaseCase(tx, { caseId: id, userId: 'usr_2' }))
  expect((await attend(id, 'usr_1', '2026-03-02T10:02:00Z')).claim).toBeNull()
})

test('being active renews one’s own claim; looking renews nothing, and neither renews another’s', async () => {
  const id = await putCase(world, 1)
  await claim(id, 'usr_1', '2026-03-02T10:00:00Z')
  await attend(id, 'usr_1', '2026-03-02T10:05:00Z', false)
  await attend(id, 'usr_2', '2026-03-02T10:05:00Z', true)
  expect((await attend(id, 'usr_1', '2026-03-02T10:06:00Z')).claim?.until).toBe('2026-03-02T10:15:00.000Z')
  expect((await attend(id, 'usr_1', '2026-03-02T10:10:00Z', true)).claim?.until).toBe('2026-03-02T10:25:00.000Z')
})

test('who has it open is seen by the others until a minute after they close it', async () => {
  const id = await putCase(world, 1)
  await attend(id, 'usr_1', '2026-03-02T10:00:00Z')
  expect((await attend(id, 'usr_2', '2026-03-02T10:00:30Z')).viewers).toEqual(['usr_1'])
  expect((await attend(id, 'usr_2', '2026-03-02T10:01:30Z')).viewers).toEqual([])
})

test('the next one is the worst that nobody has, and of equals what is due first', async () => {
  await putCase(world, 1, { severity: 'medium', due_at: time('2026-03-01') })
  await putCase(world, 2, { severity: 'high', due_at: time('2026-03-05') })
  await putCase(world, 3, { severity: 'high', due_at: time('2026-03-04') })
  await putCase(world, 4, { severity: 'critical', assignee_id: 'usr_9' })
  await putCase(world, 5, { severity: 'critical', status: 'waiting' })
  await putCase(world, 6, { severity: 'critical', part_of: 'case_4' })
  expect(await next('usr_1', '2026-03-02')).toEqual({ number: 3 })
  expect(await next('usr_1', '2026-03-02')).toEqual({ number: 2 })
  expect(await next('usr_2', '2026-03-02')).toEqual({ number: 1 })
  expect(await next('usr_2', '2026-03-02')).toBeNull()
})

test('two who ask for the next one at the same time are never given the same', async () => {
  for (const number of [1, 2, 3, 4]) await putCase(world, number)
  const given = await Promise.all(['usr_1', 'usr_2', 'usr_3', 'usr_4'].map((who) => next(who, '2026-03-02')))
  expect(given.map((one) => one?.number).sort()).toEqual([1, 2, 3, 4])
})
