// The checklist: proposed by what was found, answered with who and when, and asked is never taken for done.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { acknowledgeCheck, answerCheck, checksFor } from '../../server/cases/checklists.ts'
import { readChecks } from '../../server/views/case-checks.ts'
import { openWorld, type TestWorld, time, user } from '../world.ts'
import { putCase } from './queue.ts'

let world: TestWorld
let caseId: string
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.addUser('usr_1')
  caseId = await putCase(world, 1, { severity: 'critical' })
})

const about = (severity: 'low' | 'medium' | 'high' | 'critical', layers: string[], lifeCycle: string) => ({
  severity,
  isSite: false,
  layers: new Set(layers),
  lifeCycles: new Set([lifeCycle]),
})
type Answer = Parameters<typeof answerCheck>[2]
const answer = (given: Partial<Answer> & Pick<Answer, 'item' | 'answer'>, at = '2026-03-02') =>
  world.run((tx) =>
    answerCheck(tx, world.act(at, user('usr_1')), {
      caseId,
      userId: 'usr_1',
      reference: null,
      waitingOn: null,
      note: null,
      ...given,
    }),
  )
const acknowledge = (item: Answer['item'], at: string, now = at) =>
  world.run((tx) =>
    acknowledgeCheck(tx, world.act(now, user('usr_1')), { caseId, item, userId: 'usr_1', at: time(at) }),
  )
const read = async (item: string) =>
  (await readChecks(world.db, caseId, about('critical', ['custody', 'software'], 'in service'))).find(
    (one) => one.item === item,
  )?.answer

test('the employee is always asked first; what is hard on them is proposed only where it is serious', () => {
  expect(checksFor(about('low', ['place'], 'in service'))).toEqual(['talk', 'read-back'])
  expect(checksFor(about('medium', ['custody'], 'shipped'))).toEqual(['talk', 'carrier'])
  expect(checksFor(about('high', ['software'], 'in service'))).toEqual(['talk', 'read-back', 'lock', 'access', 'hr'])
  expect(checksFor(about('critical', ['custody', 'hardware'], 'delivered'))).toEqual([
    'talk',
    'carrier',
    'read-back',
    'lock',
    'access',
    'hr',
    'legal',
    'police',
  ])
})

test('an answer keeps who, when, reference and note, and the ledger has ids and codes only', async () => {
  await answer({ item: 'carrier', answer: 'waiting', waitingOn: 'the depot', reference: 'TCK-9', note: 'Asked Fern' })
  expect(await read('carrier')).toEqual({
    is: 'waiting',
    by: 'usr_1',
    at: '2026-03-02T12:00:00.000Z',
    reference: 'TCK-9',
    waitingOn: 'the depot',
    note: 'Asked Fern',
    acknowledgedAt: null,
  })
  const [event] = await world.events('case.checked')
  expect(event!.payload).toMatchObject({ item: 'carrier', from: null, to: 'waiting' })
  expect(JSON.stringify(event)).not.toMatch(/Fern|depot|TCK/)
})

test('what is not needed says why, and what waits says on whom', async () => {
  await expect(answer({ item: 'legal', answer: 'not needed' })).rejects.toMatchObject({ problem: 'invalid' })
  await expect(answer({ item: 'legal', answer: 'waiting' })).rejects.toMatchObject({ problem: 'invalid' })
  await answer({ item: 'legal', answer: 'not needed', note: 'nothing was shipped' })
  expect((await read('legal'))?.is).toBe('not needed')
})

test('asked is not done: it is done when the other side says so, at their time', async () => {
  await expect(acknowledge('lock', '2026-03-02')).rejects.toMatchObject({ problem: 'conflict' })
  await answer({ item: 'lock', answer: 'waiting', waitingOn: 'the laptop' })
  await expect(acknowledge('lock', '2026-03-04', '2026-03-03')).rejects.toMatchObject({ problem: 'invalid' })
  await acknowledge('lock', '2026-03-02T13:00:00Z', '2026-03-03')
  expect(await read('lock')).toMatchObject({ is: 'done', acknowledgedAt: '2026-03-02T13:00:00.000Z' })
  await expect(acknowledge('talk', '2026-03-02')).rejects.toMatchObject({ problem: 'invalid' })
})

test('an answer can be taken back, and the record keeps that there was one', async () => {
  await answer({ item: 'hr', answer: 'done' })
  await answer({ item: 'hr', answer: null })
  await answer({ item: 'hr', answer: null })
  expect(await read('hr')).toBeNull()
  expect((await world.events('case.checked')).map((event) => [event.payload!.from, event.payload!.to])).toEqual([
    [null, 'done'],
    ['done', null],
  ])
})
