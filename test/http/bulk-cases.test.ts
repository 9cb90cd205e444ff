// A step for all cases that match, over HTTP: what matches is asked again, and a list that has changed is not worked unseen.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestService, type TestService } from '../service.ts'

let service: TestService
let cookie: string
beforeAll(async () => {
  service = await startTestService()
  cookie = await service.signIn('analyst')
  for (const number of [1, 2, 3])
    await service.database.db
      .insertInto('cases')
      .values({
        id: `case_${number}`,
        number,
        subject_kind: 'person',
        subject_id: `per_${number}`,
        title: `Case ${number}`,
        status: 'new',
        severity: number === 3 ? 'high' : 'low',
        score: 12,
        opened_at: new Date('2026-03-01T12:00:00Z'),
      })
      .execute()
})
afterAll(() => service?.stop())

const all = (expected: number | null) => ({ which: 'all', filter: { severity: ['low'] }, expected })
const step = { step: 'snooze', until: '2126-01-01T00:00:00Z' }
const snoozed = async () =>
  (await service.database.db.selectFrom('cases').select('number').where('status', '=', 'snoozed').execute()).length

test('the preview tells what it would do, and does nothing', async () => {
  const { data } = await service.rpc(cookie, 'cases.previewBulk', { which: all(null), aim: { step: 'snooze' } })
  expect(data.map((one: { number: number }) => one.number)).toEqual([1, 2])
  expect(await snoozed()).toBe(0)
})

test('a count that is not what it was is a conflict, and nothing is done', async () => {
  const { error } = await service.rpc(cookie, 'cases.bulk', { which: all(5), step })
  expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('2 cases match now, not 5') })
  expect(await snoozed()).toBe(0)
})

test('the filter that was counted is what is worked', async () => {
  const { data } = await service.rpc(cookie, 'cases.bulk', { which: all(2), step })
  expect(data).toMatchObject({ done: [{ number: 1 }, { number: 2 }], skipped: [], failed: [] })
  expect(await snoozed()).toBe(2)
})

test('a saved view takes an address’s search, and not a heap of anything', async () => {
  const heap = Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`part${at}`, 'x']))
  const save = (search: object) => service.rpc(cookie, 'savedViews.save', { page: 'cases', name: 'Mine', search })
  expect((await save(heap)).error?.code).toBe('BAD_REQUEST')
  expect((await save({ severity: 'low' })).data.id).toMatch(/^viw_/)
  expect((await service.rpc(cookie, 'savedViews.list')).data).toMatchObject([{ name: 'Mine', isPinned: true }])
})
