// Every row of the carriers' tables reads its own example; ordinary and unknown wording is never taken for a change of delivery.
import { describe, expect, test } from 'vitest'
import { generic, plainTransport } from '../../server/integrations/carriers/readings/generic.ts'
import type { CarrierTable, CodeRow, WordRow } from '../../server/integrations/carriers/readings/row.ts'
import {
  carrierFamily,
  carrierTables,
  interpretScan,
  readScan,
  unknownWording,
} from '../../server/integrations/carriers/readings.ts'
import type { Reading } from '../../server/ports.ts'

const scan = (carrier: string, message: string, over: { status?: string; detail?: string; code?: string } = {}) => ({
  carrier,
  message,
  status: over.status ?? 'in_transit',
  statusDetail: over.detail ?? null,
  carrierCode: over.code ?? null,
})

const tables: [string, CarrierTable][] = [
  ...Object.entries(carrierTables).map(([name, table]): [string, CarrierTable] => [name, table]),
  ['other', { ...generic, words: [...generic.words, ...plainTransport] }],
]

const wordRows = tables.flatMap(([carrier, { delivered, words }]) => [
  ...delivered.map((row): [string, string, string, WordRow] => [carrier, 'delivered', row.example, row]),
  ...words.map((row): [string, string, string, WordRow] => [carrier, row.status ?? 'in_transit', row.example, row]),
])

describe('every row of words', () => {
  test.each(wordRows)('%s, %s: %s', (carrier, status, example, row) => {
    expect(example.trim(), 'a row needs an example').not.toBe('')
    expect(row.source.trim(), 'a row needs its source').not.toBe('')
    const found = interpretScan(scan(carrier, example, { status }))
    const expected = typeof row.reading === 'function' ? row.comesTo : row.reading
    expect(expected, 'a row that hangs on the words says what its example comes to').toBeDefined()
    expect(found.reading).toEqual(expected)
    expect(found.by, 'no row above it takes its example').toBe(row)
  })
})

const codeRows = tables.flatMap(([carrier, { codes }]) =>
  codes.flatMap((row) => row.codes.map((code): [string, string, CodeRow] => [carrier, code, row])),
)

describe('every code', () => {
  test.each(codeRows)('%s %s', (carrier, code, row) => {
    expect(row.source.trim(), 'a row needs its source').not.toBe('')
    if (row.onlyIf) expect(row.example.trim(), 'a doubtful code needs words that agree').not.toBe('')
    expect(readScan(scan(carrier, row.example, { code }))).toEqual(row.reading)
    if (row.reading.is !== 'cannot tell')
      expect(interpretScan(scan(carrier, row.example, { code: ` ${code.toLowerCase()} ` })).by).toBe(row)
  })

  test.each(codeRows.filter(([, , row]) => row.onlyIf || row.reading.is === 'cannot tell'))(
    '%s %s alone, or beside words that do not agree, tells nothing',
    (carrier, code) => {
      for (const message of ['', 'Gnorp'])
        expect(readScan(scan(carrier, message, { code, detail: 'in_transit' }))).toEqual({ is: 'cannot tell' })
    },
  )

  test('stands in one row of its carrier only', () => {
    for (const [carrier, { codes }] of tables) {
      const all = codes.flatMap((row) => row.codes)
      expect([carrier, new Set(all).size]).toEqual([carrier, all.length])
    }
  })

  test('of three digits is preferred to one of two characters, whichever stands first', () => {
    for (const code of ['AG 034', '034/AG', 'KR, 034'])
      expect(readScan(scan('UPS', '', { code }))).toEqual({ is: 'returned' })
    expect(readScan(scan('UPS', '', { code: 'UD 018' }))).toMatchObject({ by: 'unknown', to: 'counter' })
  })

  test('of two meanings leaves a status that is no plain transport as it is, and plain words too', () => {
    expect(readScan(scan('DHLExpress', '', { code: 'CC', status: 'available_for_pickup' }))).toMatchObject({
      is: 'held',
    })
    expect(readScan(scan('DHLExpress', 'Departed facility', { code: 'CC' }))).toEqual({ is: 'moving' })
    expect(readScan(scan('DHLExpress', 'Processed for clearance', { code: 'CC' }))).toEqual({ is: 'customs' })
  })
})

// Wording that means nothing out of the ordinary, or that nobody can know the meaning of: what it must come to.
type Ordinary = [message: string, is: Reading['is'], status?: string]
const everywhere: Ordinary[] = [
  ['Gnorp', 'cannot tell'],
  ['New instruction on file', 'cannot tell'],
  ['Courier has the option slip', 'cannot tell', 'out_for_delivery'],
  ['Arrived at facility', 'moving'],
  ['Out for delivery today', 'out', 'out_for_delivery'],
]
const ordinary: Record<string, Ordinary[]> = {
  UPS: [
    ['Exception: see the note at the destination', 'cannot tell'],
    ['Option 2 was noted', 'cannot tell'],
    ['Left for pickup elsewhere', 'cannot tell'],
    ['Destination Scan', 'moving'],
    ['Loaded on Delivery Vehicle', 'out', 'out_for_delivery'],
    ['Your package is on the way', 'moving'],
    ['Due to weather, your package may be late. Weather delay', 'cannot tell'],
    ['Severe weather: the next scan will follow', 'cannot tell'],
    ['Export Scan; papers in order', 'cannot tell'],
    ['Customer was not available when UPS attempted delivery.', 'attempted'],
    ['DELIVERED', 'delivered', 'delivered'],
  ],
  FedEx: [
    ['Location changed', 'cannot tell'],
    ['Delivery exception', 'cannot tell'],
    ['Customer instruction noted', 'cannot tell'],
    ['Package handling note', 'cannot tell'],
    ['At local FedEx facility', 'moving'],
    ['Left FedEx origin facility', 'moving'],
    ['Operational Delay', 'moving'],
    ['On FedEx vehicle for delivery', 'out'],
    ['Shipment information sent to FedEx', 'created', 'pre_transit'],
    ['Picked up', 'accepted'],
    ['Tracking page changed', 'cannot tell'],
    ['Left at front door. Signature Service not requested.', 'delivered', 'delivered'],
  ],
  USPS: [
    ['Processed through USPS Facility', 'moving'],
    ['Departed USPS Regional Facility', 'moving'],
    ['In Transit to Next Facility', 'moving'],
    ['Arriving Late', 'moving'],
    ['Missent', 'moving'],
    ['USPS in possession of item', 'accepted'],
    ['Reminder to schedule something', 'cannot tell'],
    ['Awaiting Delivery Scan', 'cannot tell'],
    ['Alert', 'cannot tell'],
    ['Forward thinking packaging used', 'cannot tell'],
    ['Delivered, Garage or Other Location at Address', 'delivered', 'delivered'],
    ['Notice Left', 'attempted'],
  ],
  DHLExpress: [
    ['Die Sendung wird umgeleitet', 'cannot tell'],
    ['Zustellung an Wunschort', 'cannot tell'],
    ['Forwarded for delivery', 'cannot tell'],
    ['Sendung liegt zur Abholung bereit', 'cannot tell'],
    ['La dirección cambió', 'cannot tell'],
    ['Shipment has departed from a DHL facility', 'moving'],
    ['Arrived at DHL Delivery Facility', 'moving'],
    ['With delivery courier', 'out'],
    ['Clearance processing complete', 'customs'],
    ['Proof of something is there', 'cannot tell'],
    ['Delivered', 'delivered', 'delivered'],
  ],
}

describe.each(Object.entries(ordinary))('%s: what is ordinary or unknown', (carrier, own) => {
  const rows = [...own, ...everywhere]
  test('has ten wordings and more', () => expect(rows.length).toBeGreaterThanOrEqual(10))
  test.each(rows)('%s', (message, is, status = 'in_transit') => {
    expect(readScan(scan(carrier, message, { status })).is).toBe(is)
  })
})

describe('wording that no row knows', () => {
  const unknown = (message: string, over: Parameters<typeof scan>[2] = {}, carrier = 'UPS') =>
    unknownWording(scan(carrier, message, over))

  test('is told apart from wording that rows know, by words or by code', () => {
    expect(unknown('Gnorp')).toBe('gnorp')
    expect(unknown('Departure Scan')).toBeNull()
    expect(unknown('Redirect complete')).toBeNull()
    expect(unknown('Gnorp', { code: '034' })).toBeNull()
    expect(unknown('', { status: 'delivered' })).toBeNull()
  })

  test('is counted though the status says where the parcel is', () => {
    expect(unknown('Gnorp', { status: 'delivered' })).toBe('gnorp')
    expect(readScan(scan('UPS', 'Gnorp', { status: 'delivered' }))).toEqual({ is: 'delivered', to: 'address' })
    expect(unknown('Delivered, Front Door/Porch', { status: 'delivered' })).toBeNull()
  })

  test('is a code where there are no words', () => {
    expect(unknown('', { code: 'XQ' })).toBe('code xq')
    expect(unknown(' ', { code: 'CC' }, 'DHLExpress')).toBe('code cc')
    expect(unknown('', { code: '034' })).toBeNull()
  })

  test.each([
    ['Zephyr event 12345 for parcel 1Z999AA10123456784', 'zephyr event # for parcel #'],
    ['Ask jane.doe@example.com about it', 'ask # about it'],
    ['Zephyr note, signed by JANE DOE', 'zephyr note, signed by #'],
    ['Zephyr note: left with Ms O’Hara at the desk', 'zephyr note: left with # at the desk'],
    ['The box went along with Maria Quill to the van', 'the box went along with # to the van'],
    ['Zephyr stop at 221 North Maple Street', 'zephyr stop at #'],
    ['Zephyr Ablage Lindenstraße 12', 'zephyr ablage #'],
    ['ZEPHYR  event at 17:05, 12/03/2026', 'zephyr event at #'],
  ])('“%s” counts as one and names nobody', (message, masked) => {
    expect(unknown(message, {}, 'LSO')).toBe(masked)
  })

  test('keeps the carrier’s own terms', () => {
    expect(unknown('The zephyr is at the UPS Access Hub now', {}, 'LSO')).toBe(
      'the zephyr is at the ups access hub now',
    )
  })

  test('belongs to the carrier, whichever of its services carried it', () => {
    expect(carrierFamily('FedExSmartPost')).toBe(carrierFamily('FEDEX'))
    expect(carrierFamily('LSO')).toBe('lso')
  })
})

test('no wording takes long to read, however it is made', () => {
  const parts = [
    'hold ',
    'request ',
    'address ',
    'delivery ',
    'not ',
    'a',
    '# ',
    'changed ',
    'X y ',
    'signed by ',
    '1 a ',
  ]
  // Catastrophic backtracking would take hours of one of these: the time-out of the tests is the measure.
  for (const part of parts)
    for (const end of ['', '!', ' request', ' street'])
      for (const carrier of ['UPS', 'FedEx', 'USPS', 'DHL', 'LSO']) {
        unknownWording(scan(carrier, part.repeat(1000 / part.length) + end))
        unknownWording(scan(carrier, part.repeat(1000 / part.length) + end, { status: 'delivered' }))
      }
})
