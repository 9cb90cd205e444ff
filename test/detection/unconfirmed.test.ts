// Scans that the provider has not said again hold no parcel and clear no finding, where it can be asked (DESIGN 11).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { headSeq } from '../../server/custody/ledger.ts'
import { record } from '../../server/custody/record.ts'
import { type Detection, detect, judgeDevices } from '../../server/detection/engine.ts'
import type { Dossier } from '../../server/detection/rule.ts'
import { ruleById } from '../../server/detection/rules/index.ts'
import type { SetRule } from '../../server/detection/settings.ts'
import { standingBy } from '../../server/shipping/confirm.ts'
import { recordTracker } from '../../server/shipping/scans.ts'
import { openWorld, order, parcel, type ScanTold, type TestWorld, time, tracker } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await order(world)
})

/** As with a key of the provider's, or without one. */
const detection = (now: string, canAsk: boolean): Detection => ({
  ...world.detection(now),
  carrier: () => (canAsk ? { mode: 'production' } : null),
})
const hear = (now: string, scans: ScanTold[]) => world.scan(now, { scans })
const confirm = (now: string, scans: ScanTold[]) =>
  world.run((tx) => recordTracker(tx, world.act(now), standingBy(tracker({ scans }))))

const label: ScanTold = { at: '2026-03-02T09:00:00Z', is: 'created' }
const left: ScanTold = { at: '2026-03-02T18:00:00Z', in: 'Columbus', is: 'accepted' }
const elsewhere: ScanTold = { at: '2026-03-05T12:00:00Z', in: 'Phoenix', is: { is: 'delivered', to: 'address' } }
const atHome: ScanTold = { at: '2026-03-05T15:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }

describe('a hold', () => {
  /** Holds whatever has a scan, and rests on all of them. */
  const holding: SetRule = {
    rule: {
      ...ruleById('parcel-redirected')!,
      response: 'hold',
      evaluate: ({ shipment }: Dossier) =>
        shipment === null || shipment.scans.length === 0
          ? []
          : [
              {
                key: shipment.id,
                summary: 'found',
                evidence: shipment.scans.map((scan) => scan.seq),
                since: shipment.orderedAt,
                facts: {},
              },
            ],
    },
    params: {},
    ladder: 'hold',
  }
  const judge = async (now: string, asked: boolean | Detection) => {
    const by = typeof asked === 'boolean' ? detection(now, asked) : asked
    const { id: deviceId } = await world.device(parcel.serial_number)
    await world.run(async (tx) => {
      const due = [{ deviceId, wake: new Set(['all']), late: false }]
      const came = await judgeDevices(tx, by, due, { rules: [holding], seq: await headSeq(tx) })
      await record(tx, time(now), came.events)
    })
  }
  const held = async () => (await world.shipment(parcel.reference)).held_at !== null

  test('waits while the scans that it rests on can be asked for, and is a case meanwhile', async () => {
    await hear('2026-03-03', [label])
    await judge('2026-03-03', true)
    expect(await held()).toBe(false)
    expect(await world.findings()).toMatchObject([{ status: 'active', response: 'case' }])
    expect(await world.cases()).toMatchObject([{ status: 'new' }])
  })

  test('comes with their confirmation', async () => {
    await hear('2026-03-03', [label])
    await judge('2026-03-03', true)
    await confirm('2026-03-03T13:00:00Z', [label])
    await judge('2026-03-03T13:00:00Z', true)
    expect(await held()).toBe(true)
    expect(await world.findings()).toMatchObject([{ response: 'hold' }])
    await hear('2026-03-03T14:00:00Z', [label, { ...label, at: '2026-03-02T10:00:00Z' }])
    await judge('2026-03-03T14:00:00Z', true)
    expect(await world.findings()).toMatchObject([{ response: 'hold' }])
  })

  test('comes at once where nobody can be asked', async () => {
    await hear('2026-03-03', [label])
    await judge('2026-03-03', false)
    expect(await held()).toBe(true)
  })

  test('comes at once where the key is one for tests, which knows no real parcel', async () => {
    const inTest: Detection = { ...world.detection('2026-03-03'), carrier: () => ({ mode: 'test' }) }
    await hear('2026-03-03', [label])
    await judge('2026-03-03', inTest)
    expect(await held()).toBe(true)
  })

  test('comes at once where it rests on something else', async () => {
    await world.importShipments('2026-03-02', [
      {
        ...parcel,
        line1: '500 Desert Road',
        line2: '',
        city: 'Phoenix',
        region: 'AZ',
        postal_code: '85004',
        country: 'US',
      },
    ])
    await hear('2026-03-03', [label])
    await detect(detection('2026-03-03', true))
    expect(await world.findings()).toEqual(expect.arrayContaining([expect.objectContaining({ response: 'hold' })]))
  })
})

describe('a finding', () => {
  const standing = async () => {
    const rows = await world.findings()
    return rows.find((row) => row.rule === 'delivered-elsewhere')?.status
  }

  test('is not cleared by a scan that nobody has confirmed, and is once somebody has', async () => {
    await hear('2026-03-05', [left, elsewhere])
    await detect(detection('2026-03-05', true))
    expect(await standing()).toBe('active')
    await hear('2026-03-05T18:00:00Z', [left, elsewhere, atHome])
    await detect(detection('2026-03-05T18:00:00Z', true))
    expect(await standing()).toBe('active')
    await confirm('2026-03-05T19:00:00Z', [left, elsewhere, atHome])
    await detect(detection('2026-03-05T19:00:00Z', true))
    expect(await standing()).toBe('cleared')
  })

  test('is cleared at once where nobody can be asked', async () => {
    await hear('2026-03-05', [left, elsewhere])
    await detect(detection('2026-03-05', false))
    await hear('2026-03-05T18:00:00Z', [left, elsewhere, atHome])
    await detect(detection('2026-03-05T18:00:00Z', false))
    expect(await standing()).toBe('cleared')
  })

  test('is cleared at once by a fact that is no scan', async () => {
    await hear('2026-03-05', [left, elsewhere])
    await detect(detection('2026-03-05', true))
    await world.importPeople('2026-03-06', [
      {
        external_id: 'E-100',
        email: 'fern@example.com',
        line1: '500 Desert Road',
        line2: '',
        city: 'Phoenix',
        region: 'AZ',
        postal_code: '85004',
        country: 'US',
        address_verified: 'yes',
      },
    ])
    await detect(detection('2026-03-06', true))
    expect(await standing()).toBe('cleared')
  })

  test('is raised by unconfirmed scans as by any: only holds and clearing wait', async () => {
    await hear('2026-03-05', [left, elsewhere])
    await detect(detection('2026-03-05', true))
    expect(await world.findings()).toEqual(
      expect.arrayContaining([expect.objectContaining({ rule: 'delivered-elsewhere', response: 'notify' })]),
    )
  })
})
