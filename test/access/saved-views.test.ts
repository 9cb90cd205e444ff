// Saved views are a person's own: seen by others only where shared, changed by nobody else.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  listViews,
  markView,
  readSingleKeys,
  removeView,
  saveView,
  setSingleKeys,
} from '../../server/access/saved-views.ts'
import { openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

type Saved = Parameters<typeof saveView>[1]
const save = (over: Partial<Saved> = {}) =>
  world.run((tx) =>
    saveView(tx, {
      userId: 'usr_1',
      now: time('2026-03-01'),
      id: null,
      page: 'cases',
      name: 'Mine',
      search: { severity: 'critical,high' },
      isShared: false,
      ...over,
    }),
  )
const mark = (id: string, userId: string, isPinned: boolean, isDefault: boolean) =>
  world.run((tx) => markView(tx, { id, userId, isPinned, isDefault }))

test('a new view is pinned for whoever made it, and nobody else sees it unless it is shared', async () => {
  await save()
  await save({ name: 'Ours', isShared: true })
  expect((await listViews(world.db, 'usr_1')).map((view) => [view.name, view.isPinned, view.isMine])).toEqual([
    ['Mine', true, true],
    ['Ours', true, true],
  ])
  expect((await listViews(world.db, 'usr_2')).map((view) => [view.name, view.isPinned, view.isMine])).toEqual([
    ['Ours', false, false],
  ])
})

test('only its owner changes or deletes a view; to others it does not exist', async () => {
  const { id } = await save({ isShared: true })
  await expect(save({ id, userId: 'usr_2', name: 'Theirs' })).rejects.toMatchObject({ problem: 'not_found' })
  await expect(world.run((tx) => removeView(tx, { id, userId: 'usr_2' }))).rejects.toMatchObject({
    problem: 'not_found',
  })
  await save({ id, name: 'Renamed', search: { status: 'new' } })
  expect(await listViews(world.db, 'usr_1')).toMatchObject([{ id, name: 'Renamed', search: { status: 'new' } }])
  await world.run((tx) => removeView(tx, { id, userId: 'usr_1' }))
  expect(await listViews(world.db, 'usr_1')).toEqual([])
})

test('a list opens with one view at most, for each person by themselves', async () => {
  const { id: a } = await save({ isShared: true })
  const { id: b } = await save({ name: 'Other', isShared: true })
  const { id: c } = await save({ name: 'Parcels', page: 'shipments' })
  await mark(a, 'usr_1', true, true)
  await mark(c, 'usr_1', true, true)
  await mark(b, 'usr_1', false, true)
  await mark(a, 'usr_2', true, true)
  const defaults = async (userId: string) =>
    (await listViews(world.db, userId)).filter((view) => view.isDefault).map((view) => view.id)
  expect((await defaults('usr_1')).sort()).toEqual([b, c].sort())
  expect(await defaults('usr_2')).toEqual([a])
})

test('a private view of another cannot be pinned', async () => {
  const { id } = await save()
  await expect(mark(id, 'usr_2', true, false)).rejects.toMatchObject({ problem: 'not_found' })
})

test('single keys are on until a person switches them off, for themselves', async () => {
  expect(await readSingleKeys(world.db, 'usr_1')).toBe(true)
  await world.run((tx) => setSingleKeys(tx, { userId: 'usr_1', areOn: false }))
  expect([await readSingleKeys(world.db, 'usr_1'), await readSingleKeys(world.db, 'usr_2')]).toEqual([false, true])
})
