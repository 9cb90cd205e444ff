// Terms: versions that never change, so that what was signed can be shown years later.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { hashOfTerms, listTerms, setTerms, termsInForce } from '../../server/devices/terms.ts'
import { readHandover } from '../../server/views/handovers.ts'
import { openWorld, type TestWorld, time, user } from '../world.ts'
import { tell } from './handover-story.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const admin = user('usr_admin')
const set = (body: string) =>
  world.run((tx) => setTerms(tx, world.act('2026-03-01', admin), { kind: 'issue', title: 'Ours', body }))

it('there are terms from the first hand-over on, and the page shows them before', async () => {
  const [issue] = await listTerms(world.db)
  expect(issue).toMatchObject({ kind: 'issue', versions: [{ id: null, version: 1 }] })
  const inForce = await world.run((tx) => termsInForce(tx, world.act('2026-03-01'), 'issue'))
  expect(inForce.hash.toString('hex')).toBe(issue!.versions[0]!.hash)
  expect(await world.events('terms.set')).toMatchObject([{ actor: { type: 'system' }, payload: { version: 1 } }])
})

it('a new version leaves the old one standing; the same words are none', async () => {
  await set('You look after it, and give it back.')
  await set('You look after it, and give it back in one piece.')
  const [issue, giveBack] = await listTerms(world.db)
  expect(issue!.versions.map((one) => one.version)).toEqual([3, 2, 1])
  expect(giveBack!.versions[0]!.id).toBeNull()
  await expect(set('You look after it, and give it back in one piece. ')).rejects.toMatchObject({ problem: 'conflict' })
})

it('a hand-over keeps the version it was opened under, with its hash', async () => {
  const story = await tell(world)
  const id = await story.open()
  await set('You look after it, and give it back.')
  const { terms } = await readHandover(world.db, { id, now: time('2026-03-03'), role: 'auditor' })
  expect(terms?.version).toBe(1)
  expect(terms?.hash).toBe(hashOfTerms(terms!).toString('hex'))
})
