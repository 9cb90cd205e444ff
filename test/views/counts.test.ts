// The numbers beside the navigation: each is how many the list has that it leads to.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addShipmentTask } from '../../server/shipping/tasks.ts'
import { readCounts } from '../../server/views/counts.ts'
import { listShipments, type ShipmentFilter } from '../../server/views/shipments.ts'
import { type Bench, openBench } from '../shipping/desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await bench.found()
})
afterAll(() => bench?.close())

const all: ShipmentFilter = {
  text: '',
  status: [],
  held: null,
  direction: null,
  deliveryChange: false,
  waits: null,
  after: null,
  limit: 10,
}
const listed = async (over: Partial<ShipmentFilter>) => (await listShipments(bench.world.db, { ...all, ...over })).total
const counts = () => readCounts(bench.world.db, { userId: 'usr_1', now: new Date('2026-03-02') })
/** Each view's count, and beside it how many its list has. */
const both = async () => {
  const { unscanned, tasks, changed } = await counts()
  return {
    unscanned: [unscanned, await listed({ waits: 'scan' })],
    tasks: [tasks, await listed({ waits: 'task' })],
    changed: [changed, await listed({ deliveryChange: true })],
  }
}

test('a label counts until the first scan, a task until it is done, a delivery change for good', async () => {
  expect(await both()).toEqual({ unscanned: [0, 0], tasks: [0, 0], changed: [0, 0] })
  const id = await bench.prepare()
  expect(await both()).toMatchObject({ unscanned: [0, 0] })
  await bench.buy(id, await bench.quote(id))
  await bench.world.run((tx) => addShipmentTask(tx, bench.act(), { shipmentId: id, key: 'look', task: 'Look for it.' }))
  expect(await both()).toEqual({ unscanned: [1, 1], tasks: [1, 1], changed: [0, 0] })

  const { tracking_code } = await bench.world.shipment('PO-1')
  const redirected = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' } as const
  await bench.world.scan('2026-03-05', {
    trackingCode: tracking_code!,
    scans: [
      { at: '2026-03-03T09:00:00Z', in: 'Columbus', is: 'accepted' },
      { at: '2026-03-04T09:00:00Z', in: 'Boston', is: redirected },
    ],
  })
  await bench.world.db.updateTable('shipment_tasks').set({ done_at: bench.clock.now }).execute()
  expect(await both()).toEqual({ unscanned: [0, 0], tasks: [0, 0], changed: [1, 1] })
})
