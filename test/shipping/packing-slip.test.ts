// The packing slip: what belongs in the box and for whom, a code that can be scanned, and never a serial number.
import { constants, inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdShipment } from '../../server/shipping/holds.ts'
import { drawSlip, readSlip, spelled } from '../../server/shipping/packing-slip.ts'
import { type Bench, laptop, openBench } from './desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench?.close())

/** What is written on a page: the hex strings of its text operators, put together. */
function textOf(pdf: Buffer): string {
  const raw = pdf.toString('latin1')
  const streams = [...raw.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body]) => {
    try {
      // Its last byte may be a line's end, which the pattern takes for the one before `endstream`.
      return inflateSync(Buffer.from(body!, 'latin1'), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1')
    } catch {
      return ''
    }
  })
  return streams
    .flatMap((stream) => [...stream.matchAll(/\[(.*?)\] TJ/g)])
    .map(([, parts]) =>
      [...parts!.matchAll(/<([0-9a-f]+)>/g)].map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1')).join(''),
    )
    .join('\n')
}

test('it says reference, person, model, asset tag and the shipment’s id, and no serial number', async () => {
  await bench.found()
  const id = await bench.prepare({ reference: 'PO-1' })
  const slip = await bench.world.run((tx) => readSlip(tx, id))
  const text = textOf(await drawSlip(slip))
  for (const said of ['PO-1', 'Fern Hollis', 'Apple MacBook Pro 14', 'T-1', id]) expect(text).toContain(said)
  expect(text).not.toContain(laptop.serial_number)
  expect(JSON.stringify(slip)).not.toContain(laptop.serial_number)
  await bench.world.run((tx) => holdShipment(tx, bench.act('usr_2'), { shipmentId: id, reason: 'call first' }))
  await expect(bench.world.run((tx) => readSlip(tx, id))).rejects.toMatchObject({
    problem: 'conflict',
    message: expect.stringContaining('held'),
  })
})

test('letters that the fonts lack are spelled plainly, and the slip says so', async () => {
  expect(spelled('Zoë Müller-Åström')).toBe('Zoë Müller-Åström')
  expect(spelled('Łukasz Dvořák')).toBe('Lukasz Dvorák')
  expect(spelled('山田')).toBe('??')
  const slip = { shipmentId: 'shp_1', reference: null, devices: [{ model: 'X1', assetTag: null }] }
  expect(textOf(await drawSlip({ ...slip, person: 'Łukasz Dvořák' }))).toContain('spelled plainly')
  expect(textOf(await drawSlip({ ...slip, person: 'Zoë Müller' }))).not.toContain('spelled plainly')
})
