// Stopping a parcel on its way: the carrier's service where it can, a person who calls where it cannot, once.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../server/lib/errors.ts'
import { packShipment, shipShipment } from '../../server/shipping/holds.ts'
import { askToStop, finishShipmentTask, stopShipment } from '../../server/shipping/tasks.ts'
import { fern } from '../world.ts'
import { type Bench, openBench } from './desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench?.close())
beforeEach(async () => {
  await bench.reset()
  await bench.found()
})

/** Bought, and scanned by the carrier. */
async function onItsWay(): Promise<string> {
  const id = await bench.prepare()
  await bench.buy(id, await bench.quote(id))
  const label = await bench.label(id)
  await bench.world.scan('2026-03-02T12:00:00Z', {
    trackingCode: label.tracking_code!,
    trackerId: label.tracker_id!,
    carrier: label.carrier!,
    scans: [{ at: '2026-03-02T11:00:00Z', in: 'Columbus', is: 'accepted' }],
  })
  return id
}
const stop = (shipmentId: string) =>
  bench.world.run((tx) => stopShipment(tx, bench.act('usr_2'), { shipmentId, reason: 'nobody knows this address' }))
const tasks = () => bench.world.db.selectFrom('shipment_tasks').selectAll().execute()

test('a person who wants it stopped leaves a task that names the carrier and no telephone number', async () => {
  const id = await onItsWay()
  await stop(id)
  const [task] = await tasks()
  const { carrier } = await bench.world.shipment('PO-1')
  expect(task!.task).toContain(`call ${carrier}`)
  expect(task!.task).not.toMatch(/\d{3}/)
  expect(await bench.world.events('shipment.task_added')).toMatchObject([
    { shipmentId: id, payload: { noteId: expect.any(String) } },
  ])
  await expect(stop(id)).rejects.toMatchObject({ problem: 'conflict' })
})

test('where the carrier’s service takes it, the task is done; where it cannot, it stays', async () => {
  const id = await onItsWay()
  await stop(id)
  await askToStop(bench.desk({ intercept: async () => false }), bench.act())
  expect(await tasks()).toMatchObject([{ asked_at: bench.clock.now, done_at: null }])
  await bench.world.db.updateTable('shipment_tasks').set({ asked_at: null }).execute()
  await askToStop(bench.desk({ intercept: async () => true }), bench.act())
  expect(await tasks()).toMatchObject([{ done_at: bench.clock.now }])
  expect(await bench.world.events('shipment.task_done')).toHaveLength(1)
})

test('it is asked once, also when its answer was lost', async () => {
  const id = await onItsWay()
  await stop(id)
  let asked = 0
  const desk = bench.desk({
    async intercept() {
      asked++
      throw new AppError('unavailable', 'no answer')
    },
  })
  await askToStop(desk, bench.act())
  await askToStop(desk, bench.act())
  expect(asked).toBe(1)
  expect(await tasks()).toMatchObject([{ done_at: null }])
})

test('done with one click, and a second click changes nothing', async () => {
  const id = await onItsWay()
  await stop(id)
  const [task] = await tasks()
  const finish = () => bench.world.run((tx) => finishShipmentTask(tx, bench.act('usr_2'), { taskId: task!.id }))
  await finish()
  await finish()
  expect(await bench.world.events('shipment.task_done')).toHaveLength(1)
})

test('what has not left is held, not stopped; what arrived can be neither', async () => {
  const id = await bench.prepare()
  await expect(stop(id)).rejects.toMatchObject({ message: expect.stringContaining('hold it instead') })
})

test('a rule that would hold a parcel on its way leaves the same task, and the case has its own', async () => {
  const id = await onItsWay()
  await bench.world.importPeople('2026-03-03', [
    { ...fern, line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85001', address_verified: 'no' },
  ])
  const label = await bench.label(id)
  await bench.world.scan('2026-03-04T12:00:00Z', {
    trackingCode: label.tracking_code!,
    trackerId: label.tracker_id!,
    carrier: label.carrier!,
    scans: [
      { at: '2026-03-02T11:00:00Z', in: 'Columbus', is: 'accepted' },
      {
        at: '2026-03-04T11:00:00Z',
        in: 'Denver',
        is: { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' },
      },
    ],
  })
  await bench.world.detect('2026-03-04T13:00:00Z')
  expect(await bench.world.findings()).not.toEqual([])
  const open = await tasks()
  const onCases = await bench.world.db.selectFrom('case_tasks').selectAll().execute()
  expect(open.map((task) => task.key)).toEqual(onCases.length > 0 ? ['call-carrier'] : [])
  expect(onCases.map((task) => task.key)).toEqual([`call-carrier:${id}`])
})

test('a held parcel is neither packed nor handed over', async () => {
  const id = await bench.prepare()
  const { holdShipment } = await import('../../server/shipping/holds.ts')
  await bench.world.run((tx) => holdShipment(tx, bench.act('usr_2'), { shipmentId: id, reason: 'call first' }))
  await expect(bench.world.run((tx) => packShipment(tx, bench.act(), { shipmentId: id }))).rejects.toMatchObject({
    problem: 'conflict',
  })
  await expect(bench.world.run((tx) => shipShipment(tx, bench.act(), { shipmentId: id }))).rejects.toMatchObject({
    problem: 'conflict',
  })
})
