// A parcel prepared by mistake is cancelled while it is here: the laptop is in stock again, and nothing that was paid for is forgotten.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openHandover } from '../../server/devices/handovers.ts'
import { cancelShipment } from '../../server/shipping/cancel.ts'
import { holdShipment } from '../../server/shipping/holds.ts'
import { refundLabel } from '../../server/shipping/labels.ts'
import { type Bench, openBench } from './desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())
beforeEach(async () => {
  await bench.reset()
  await bench.found()
})

const cancel = (shipmentId: string, by?: string) =>
  bench.world.run((tx) => cancelShipment(tx, bench.act(by), { shipmentId, reason: 'the wrong laptop was chosen' }))

test('a cancelled parcel sets its laptop and its reference free, withdraws its hand-over, and says why', async () => {
  const shipmentId = await bench.prepare()
  const { personId, deviceId } = await bench.ids()
  const about = { kind: 'delivery' as const, personId, shipmentId, deviceIds: [deviceId] }
  await bench.world.run((tx) => openHandover(tx, bench.act(), about))
  await cancel(shipmentId)
  expect(await bench.world.device('C02TALE001')).toMatchObject({ life_cycle: 'stock', assignee_id: null })
  const handovers = await bench.world.db.selectFrom('handovers').select('status').execute()
  expect(handovers).toEqual([{ status: 'withdrawn' }])
  const [withdrawn] = await bench.world.events('shipment.withdrawn')
  expect(withdrawn).toMatchObject({ shipmentId, personId, payload: { noteId: expect.any(String) } })
  await expect(cancel(shipmentId)).rejects.toMatchObject({ problem: 'not_found' })
  expect(await bench.prepare()).not.toBe(shipmentId)
})

test('one with a label is cancelled once that is voided', async () => {
  const shipmentId = await bench.prepare()
  const quoted = await bench.quote(shipmentId)
  await bench.buy(shipmentId, quoted)
  await expect(cancel(shipmentId)).rejects.toThrow('void that first')
  await refundLabel(bench.desk(), bench.act(), { labelId: quoted.labelId })
  await cancel(shipmentId)
  expect(await bench.world.device('C02TALE001')).toMatchObject({ life_cycle: 'stock' })
})

test('a hold is not got round by cancelling: a held parcel is a second person’s to cancel', async () => {
  const shipmentId = await bench.prepare()
  await bench.world.run((tx) => holdShipment(tx, bench.act(), { shipmentId, reason: 'call first' }))
  await expect(cancel(shipmentId)).rejects.toMatchObject({ problem: 'forbidden' })
  await cancel(shipmentId, 'usr_2')
  expect(await bench.world.device('C02TALE001')).toMatchObject({ life_cycle: 'stock' })
})
