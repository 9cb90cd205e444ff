// Working a case: each step an event, and nothing that was decided comes back by itself.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { wakeSnoozed } from '../../server/cases/snooze.ts'
import {
  assignCase,
  closeCase,
  commentCase,
  escalateCase,
  finishTask,
  reopenCase,
  setCaseStatus,
  splitCase,
} from '../../server/cases/work.ts'
import type { Act } from '../../server/custody/act.ts'
import type { Tx } from '../../server/lib/database.ts'
import { openWorld, outside, parcel, type TestWorld, time, user } from '../world.ts'
import { putCase, sendElsewhere } from './queue.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await sendElsewhere(world)
})

const only = async () => (await world.cases())[0]!
const as = (by: string, at: string, work: (tx: Tx, act: Act) => Promise<void>) =>
  world.run((tx) => work(tx, world.act(at, user(by))))
const close = async (at = '2026-03-05') => {
  const { id: caseId } = await only()
  return as('usr_1', at, (tx, act) => closeCase(tx, act, outside, { caseId, outcome: 'benign', note: 'moved house' }))
}
const snooze = async (until: string) => {
  const { id: caseId } = await only()
  return as('usr_1', '2026-03-04', (tx, act) =>
    setCaseStatus(tx, act, { caseId, status: 'snoozed', until: time(until), waitingOn: null, note: null }),
  )
}
const again = (line1: string, at: string) =>
  world.importShipments(at, [{ ...parcel, line1, city: 'Phoenix', region: 'AZ', country: 'US' }])
const types = async () => (await world.alerts()).map((alert) => alert.type).filter((type) => type.startsWith('case.'))
const statuses = async () => [...new Set((await world.findings()).map((finding) => finding.status))]

test('taking a case starts it; one that somebody else has taken meanwhile is a conflict', async () => {
  const { id: caseId } = await only()
  await as('usr_1', '2026-03-04', (tx, act) => assignCase(tx, act, { caseId, from: null, to: 'usr_1' }))
  expect(await only()).toMatchObject({ status: 'investigating', assignee_id: 'usr_1' })
  const late = as('usr_2', '2026-03-04', (tx, act) => assignCase(tx, act, { caseId, from: null, to: 'usr_2' }))
  await expect(late).rejects.toMatchObject({ problem: 'conflict' })
  expect(await only()).toMatchObject({ assignee_id: 'usr_1' })
})

test('what people say is on record by reference, and told to nobody outside', async () => {
  const { id: caseId } = await only()
  await as('usr_1', '2026-03-04', (tx, act) => commentCase(tx, act, { caseId, text: 'Spoke to Fern' }))
  const [said] = await world.events('case.commented')
  expect(JSON.stringify(said)).not.toContain('Fern')
  expect(
    await world.db.selectFrom('notes').select(['text', 'case_id']).where('id', '=', said!.payload!.noteId).execute(),
  ).toEqual([{ text: 'Spoke to Fern', case_id: caseId }])
  expect(await types()).toEqual(['case.opened'])
})

test('a snooze needs a time in the future, and ends by itself', async () => {
  await expect(snooze('2026-03-04')).rejects.toMatchObject({ problem: 'invalid' })
  await snooze('2026-03-06')
  expect(await wakeSnoozed(world.db, world.act('2026-03-05'))).toBe(0)
  expect(await wakeSnoozed(world.db, world.act('2026-03-06'))).toBe(1)
  expect(await only()).toMatchObject({ status: 'investigating', snoozed_until: null })
})

test('news wake a snoozed case at once', async () => {
  await snooze('2026-04-01')
  await world.importPeople('2026-03-05', [
    { external_id: 'E-100', line1: '9 Cedar Row', city: 'Denver', region: 'CO', postal_code: '80202', country: 'US' },
  ])
  await world.detect('2026-03-05')
  expect((await world.findings()).length).toBeGreaterThan(1)
  expect(await only()).toMatchObject({ status: 'investigating', snoozed_until: null })
})

test('closing decides its findings, tells outside, and the same evidence opens nothing', async () => {
  await close()
  expect(await only()).toMatchObject({ status: 'closed', outcome: 'benign' })
  expect(await statuses()).toEqual(['decided'])
  expect(await types()).toEqual(['case.opened', 'case.closed'])
  const closed = (await world.alerts()).at(-1)!
  expect(closed.data).toMatchObject({
    case: { status: 'closed', outcome: 'benign' },
    findings: expect.arrayContaining([expect.objectContaining({ rule: 'address-changed-in-flight' })]),
  })
  await world.scan('2026-03-06', { scans: [{ at: '2026-03-05T12:00:00Z', in: 'Columbus', is: 'moving' }] })
  await world.detect('2026-03-06')
  expect(await world.cases()).toHaveLength(1)
})

test('new evidence after that opens a new case', async () => {
  await close()
  await again('777 Cactus Avenue', '2026-03-06')
  await world.detect('2026-03-06')
  expect(await world.cases()).toMatchObject([{ status: 'closed' }, { status: 'new', number: 2 }])
})

test('a closed case is worked on only once it is reopened, with its findings', async () => {
  await close()
  const { id: caseId } = await only()
  const assign = () => as('usr_1', '2026-03-06', (tx, act) => assignCase(tx, act, { caseId, from: null, to: 'usr_1' }))
  await expect(assign()).rejects.toMatchObject({ problem: 'conflict' })
  await expect(close()).rejects.toMatchObject({ problem: 'conflict' })
  await as('usr_1', '2026-03-06', (tx, act) => reopenCase(tx, act, outside, { caseId, note: 'they lied' }))
  expect(await only()).toMatchObject({ status: 'investigating', outcome: null, closed_at: null })
  expect(await statuses()).toEqual(['active'])
  expect(await types()).toEqual(['case.opened', 'case.closed', 'case.updated'])
  await assign()
})

test('a closed case stays closed while another is open about the same', async () => {
  await close()
  const { id: caseId } = await only()
  await again('777 Cactus Avenue', '2026-03-06')
  await world.detect('2026-03-06')
  const reopen = as('usr_1', '2026-03-07', (tx, act) => reopenCase(tx, act, outside, { caseId, note: 'x' }))
  await expect(reopen).rejects.toMatchObject({ problem: 'conflict', message: expect.stringContaining('C-2') })
})

test('a task is ticked off once', async () => {
  const [task] = await world.db.selectFrom('case_tasks').select('id').execute()
  for (const at of ['2026-03-04', '2026-03-05'])
    await as('usr_1', at, (tx, act) => finishTask(tx, act, { taskId: task!.id }))
  expect(await world.events('case.task_done')).toHaveLength(1)
})

test('every step is in the case’s own chain', async () => {
  const { id: caseId } = await only()
  await as('usr_1', '2026-03-04', (tx, act) => assignCase(tx, act, { caseId, from: null, to: 'usr_1' }))
  await snooze('2026-03-06')
  await wakeSnoozed(world.db, world.act('2026-03-06'))
  await close('2026-03-07')
  const chain = (await world.events()).filter((event) => event.caseId === caseId).map((event) => event.kind)
  expect(chain.filter((kind) => kind !== 'case.task_added')).toEqual([
    'case.opened',
    'case.assigned',
    'case.status_set',
    'case.status_set',
    'case.status_set',
    'case.closed',
    ...(await world.findings()).map(() => 'finding.decided'),
  ])
})

const wait = (caseId: string, at: string, status: 'waiting' | 'investigating') =>
  as('usr_1', at, (tx, act) =>
    setCaseStatus(tx, act, {
      caseId,
      status,
      until: null,
      waitingOn: status === 'waiting' ? 'the carrier' : null,
      note: null,
    }),
  )

test('the due time stands still while a case waits on somebody, and moves on by as long', async () => {
  const { id: caseId, due_at: due } = await only()
  await wait(caseId, '2026-03-04T12:00:00Z', 'waiting')
  await wait(caseId, '2026-03-04T18:00:00Z', 'waiting')
  expect(await only()).toMatchObject({ due_at: due, due_paused_at: time('2026-03-04T12:00:00Z') })
  await wait(caseId, '2026-03-05T12:00:00Z', 'investigating')
  expect(await only()).toMatchObject({ due_at: new Date(due!.getTime() + 86_400_000), due_paused_at: null })
})

test('a case is escalated with words for whoever looks next, and set back with words too', async () => {
  const { id: caseId } = await only()
  const escalate = (escalated: boolean) =>
    as('usr_1', '2026-03-04', (tx, act) => escalateCase(tx, act, { caseId, escalated, note: 'please look' }))
  await escalate(true)
  expect((await only()).escalated_at).toEqual(time('2026-03-04'))
  await escalate(false)
  expect((await only()).escalated_at).toBeNull()
  expect((await world.events('case.escalated')).map((event) => event.payload!.escalated)).toEqual([true, false])
})

/** A site's case that has taken in the one that there is. */
async function takeIn(): Promise<{ site: string; part: string }> {
  const { id: part } = await only()
  const site = await putCase(world, 99, { subject_kind: 'site', subject_id: 'site_1' })
  await world.db.updateTable('cases').set({ part_of: site }).where('id', '=', part).execute()
  return { site, part }
}
const statusOf = async (id: string) => (await world.cases()).find((row) => row.id === id)!.status

test('what a site’s case took in is worked and closed with it, and opens with it again', async () => {
  const { site, part } = await takeIn()
  const alone = as('usr_1', '2026-03-04', (tx, act) =>
    closeCase(tx, act, outside, { caseId: part, outcome: 'benign', note: 'alone' }),
  )
  await expect(alone).rejects.toMatchObject({ problem: 'conflict' })
  await as('usr_1', '2026-03-04', (tx, act) =>
    closeCase(tx, act, outside, { caseId: site, outcome: 'confirmed', note: 'all of them' }),
  )
  expect([await statusOf(site), await statusOf(part)]).toEqual(['closed', 'closed'])
  expect(await statuses()).toEqual(['decided'])
  await as('usr_1', '2026-03-05', (tx, act) => reopenCase(tx, act, outside, { caseId: site, note: 'not yet' }))
  expect([await statusOf(site), await statusOf(part)]).toEqual(['investigating', 'investigating'])
  expect(await statuses()).toEqual(['active'])
})

test('one person’s case is taken out of the site’s again, with a reason, and worked by itself', async () => {
  const { site, part } = await takeIn()
  const split = () => as('usr_1', '2026-03-04', (tx, act) => splitCase(tx, act, { caseId: part, note: 'a visitor' }))
  await split()
  expect((await world.cases()).find((row) => row.id === part)).toMatchObject({ part_of: null, split_from: site })
  await expect(split()).rejects.toMatchObject({ problem: 'conflict' })
  await as('usr_1', '2026-03-05', (tx, act) =>
    closeCase(tx, act, outside, { caseId: part, outcome: 'benign', note: 'visiting' }),
  )
  expect([await statusOf(site), await statusOf(part)]).toEqual(['new', 'closed'])
})
