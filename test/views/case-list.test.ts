// The queue: what is in it, what is out of it, and in which order.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CasePage, countCases, listCases, matchingCases } from '../../server/views/case-list.ts'
import { putCase } from '../cases/queue.ts'
import { openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await putCase(world, 1, { due_at: time('2026-03-09') })
  await putCase(world, 2, { due_at: time('2026-03-05'), severity: 'high', assignee_id: 'usr_1' })
  await putCase(world, 3, { due_at: time('2026-03-01'), escalated_at: time('2026-03-02') })
  await putCase(world, 4, { due_at: time('2026-03-01'), due_paused_at: time('2026-03-01'), status: 'waiting' })
  await putCase(world, 5, { due_at: time('2026-03-01'), part_of: 'case_2' })
})

const now = time('2026-03-04T13:00:00Z')
const page = (over: Partial<CasePage> = {}): CasePage => ({
  status: [],
  severity: [],
  assignee: null,
  due: null,
  escalated: false,
  sort: 'due',
  limit: 50,
  offset: 0,
  ...over,
})
const numbers = async (over: Partial<CasePage> = {}) =>
  (await listCases(world.db, page(over), now)).cases.map((one) => one.number)

test('what is due first stands first, what stands still last, and what a site’s case took in is out', async () => {
  expect(await numbers()).toEqual([3, 2, 1, 4])
  expect(await numbers({ sort: 'severity' })).toEqual([2, 1, 3, 4])
})

test('what is overdue or due within a day leaves out what stands still', async () => {
  expect(await numbers({ due: 'overdue' })).toEqual([3])
  expect(await numbers({ due: 'day' })).toEqual([3, 2])
})

test('the escalated ones, those of one person and those of nobody can be asked for', async () => {
  expect(await numbers({ escalated: true })).toEqual([3])
  expect(await numbers({ assignee: 'usr_1' })).toEqual([2])
  expect(await numbers({ assignee: 'nobody' })).toEqual([3, 1, 4])
})

test('the count and the ids of a filter are those of the list', async () => {
  expect(await countCases(world.db, page({ assignee: 'nobody' }), now)).toBe(3)
  expect(await matchingCases(world.db, page({ assignee: 'nobody' }), now, 2)).toEqual(['case_1', 'case_3'])
})
