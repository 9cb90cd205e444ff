// A step for many cases: each by itself, so that one that cannot be done stops none of the others.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BulkStep, previewBulk, workMany } from '../../server/cases/bulk.ts'
import { openWorld, outside, type TestWorld, time, user } from '../world.ts'
import { putCase } from './queue.ts'

let world: TestWorld
let caseIds: string[]
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  caseIds = [
    await putCase(world, 1),
    await putCase(world, 2, { status: 'closed', closed_at: time('2026-03-01'), outcome: 'benign' }),
    await putCase(world, 3, { assignee_id: 'usr_1' }),
    await putCase(world, 4, { part_of: 'case_1' }),
    await putCase(world, 5),
  ]
})

const act = () => world.act('2026-03-02', user('usr_1'))
const work = (step: BulkStep) =>
  workMany(world.db, (run) => world.run((tx) => run(tx, act())), outside, { caseIds, step })
const numbers = (items: { number: number }[]) => items.map((item) => item.number)

test('the preview says what would be left out and why, and changes nothing', async () => {
  const preview = await previewBulk(world.db, { caseIds, aim: { step: 'assign', to: 'usr_1' } })
  expect(preview.map(({ number, why }) => [number, why])).toEqual([
    [1, null],
    [2, 'It is closed.'],
    [3, 'It is theirs already.'],
    [4, 'It is worked with the case of its site.'],
    [5, null],
  ])
  expect(await world.events('case.assigned')).toEqual([])
})

test('assigning gives the rest, each with an event of its own', async () => {
  const result = await work({ step: 'assign', to: 'usr_1' })
  expect([numbers(result.done), numbers(result.skipped), result.failed]).toEqual([[1, 5], [2, 3, 4], []])
  expect(await world.events('case.assigned')).toHaveLength(2)
})

test('one that fails is told with why; the others are done', async () => {
  const run = async (one: Parameters<Parameters<typeof workMany>[1]>[0]) => {
    await world.run((tx) => one(tx, act()))
  }
  let first = true
  const result = await workMany(
    world.db,
    async (one) => {
      // Somebody else is quicker with the first one.
      if (first) await world.db.updateTable('cases').set({ assignee_id: 'usr_2' }).where('number', '=', 1).execute()
      first = false
      await run(one)
    },
    outside,
    { caseIds, step: { step: 'assign', to: 'usr_1' } },
  )
  expect(numbers(result.done)).toEqual([5])
  expect(result.failed).toMatchObject([{ number: 1, why: expect.stringContaining('Somebody else') }])
})

test('a snooze in the past fails for each, and says so', async () => {
  const result = await work({ step: 'snooze', until: time('2026-03-01'), note: null })
  expect(result.done).toEqual([])
  expect(result.failed.map((item) => item.why)).toEqual(Array(3).fill('A snooze needs a time in the future.'))
})

test('closing many keeps the outcome and a note for each, and tells outside of each', async () => {
  const result = await work({ step: 'close', outcome: 'benign', note: 'one migration' })
  // The fourth is closed with the first, which took it in.
  expect(numbers(result.done)).toEqual([1, 3, 5])
  expect((await world.cases()).map((one) => one.status)).toEqual(Array(5).fill('closed'))
  expect((await world.alerts()).filter((one) => one.type === 'case.closed')).toHaveLength(4)
})
