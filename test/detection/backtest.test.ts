// The back-test: the same history, judged again, says what was found when it happened.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeCase } from '../../server/cases/work.ts'
import { headSeq } from '../../server/custody/ledger.ts'
import { record } from '../../server/custody/record.ts'
import { backtest } from '../../server/detection/backtest.ts'
import { assembleDossier } from '../../server/detection/dossier.ts'
import { loadFacts } from '../../server/detection/facts.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { fern, ipIn, openWorld, order, outside, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const replay = (ruleId: string, over: { days?: number; params?: Record<string, unknown> } = {}) =>
  backtest(world.db, { ruleId, days: 90, params: {}, now: time('2026-04-01'), ...over })

/** A laptop redirected on its way, that wakes up far from home with two tools on it. Judged after every step. */
async function divert(): Promise<void> {
  const step = async (at: string, work: Promise<unknown>) => {
    await work
    await world.detect(at)
    await world.sweep(at)
  }
  const serialNumber = parcel.serial_number
  await step('2026-03-01', order(world))
  const change = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' } as const
  await step(
    '2026-03-02T20:00:00Z',
    world.scan('2026-03-02T20:00:00Z', { scans: [{ at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' }] }),
  )
  await step(
    '2026-03-03T20:00:00Z',
    world.scan('2026-03-03T20:00:00Z', { scans: [{ at: '2026-03-03T12:00:00Z', in: 'Columbus', is: change }] }),
  )
  await step(
    '2026-03-05T20:00:00Z',
    world.scan('2026-03-05T20:00:00Z', {
      scans: [{ at: '2026-03-05T12:00:00Z', in: 'Phoenix', is: { is: 'delivered', to: 'address' } }],
    }),
  )
  const software = [
    { name: 'AnyDesk', identifier: 'com.philandro.anydesk', kind: 'app' },
    { name: 'TeamViewer', identifier: 'com.teamviewer.TeamViewer', kind: 'app' },
  ]
  await step(
    '2026-03-06',
    world.checkIn('2026-03-06', { serialNumber, publicIp: ipIn('Phoenix'), platform: 'darwin', software }),
  )
}

const away = { line1: '500 Desert Road', line2: '', city: 'Phoenix', region: 'AZ', postal_code: '85004', country: 'US' }

/**
 * A laptop that is addressed to a stranger and signed for by one, in a place that is no home of its person, who soon
 * has another ordered; the same hand signs for a colleague. After every step it is judged, and `seen` told.
 */
async function entangle(seen: (at: string) => Promise<void>): Promise<void> {
  const step = async (at: string, work: Promise<unknown>) => {
    await work
    await world.detect(at)
    await world.sweep(at)
    await seen(at)
  }
  const identity = {
    identity_line1: '9 Elm Street',
    identity_city: 'Miami',
    identity_region: 'FL',
    identity_country: 'US',
  }
  await step('2026-03-01', order(world, { person: { ...identity }, parcel: { ...away, addressee: 'Robin Quill' } }))
  const { id: personId } = await world.person(fern.email)
  const { address_version_id: addressId } = await world.shipment('PO-1')
  await step(
    '2026-03-01T15:00:00Z',
    world.run((tx) =>
      record(tx, time('2026-03-01T15:00:00Z'), [
        {
          kind: 'address.verified',
          personId,
          occurredAt: time('2026-03-01T15:00:00Z'),
          actor: { type: 'system', part: 'test' },
          payload: {
            addressId: addressId!,
            provider: 'provider',
            result: 'undeliverable',
            codes: ['NOT_FOUND'],
            residential: null,
          },
        },
      ]),
    ),
  )
  await step(
    '2026-03-02T20:00:00Z',
    world.scan('2026-03-02T20:00:00Z', { scans: [{ at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' }] }),
  )
  await step(
    '2026-03-05T20:00:00Z',
    world.scan('2026-03-05T20:00:00Z', {
      signedBy: 'ROBIN QUILL',
      scans: [{ at: '2026-03-05T12:00:00Z', in: 'Phoenix', is: { is: 'delivered', to: 'address' } }],
    }),
  )
  await step(
    '2026-03-09',
    world
      .importPeople('2026-03-09', [
        { ...fern, external_id: 'E-2', name: 'Bo Lind', email: 'bo@example.com', line1: '7 Oak Road' },
      ])
      .then(() =>
        world.importShipments('2026-03-09', [
          {
            ...parcel,
            reference: 'PO-2',
            tracking_code: '1Z2',
            serial_number: 'C02TALE002',
            person_email: 'bo@example.com',
            ordered_at: '2026-03-09T11:00:00Z',
          },
        ]),
      ),
  )
  await step(
    '2026-03-12T20:00:00Z',
    world.scan('2026-03-12T20:00:00Z', {
      trackingCode: '1Z2',
      signedBy: 'Robin Quill',
      scans: [
        { at: '2026-03-10T12:00:00Z', in: 'Columbus', is: 'accepted' },
        { at: '2026-03-12T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
      ],
    }),
  )
  await step(
    '2026-03-14',
    world.importShipments('2026-03-14', [
      {
        ...parcel,
        reference: 'PO-3',
        tracking_code: '1Z3',
        serial_number: 'C02TALE003',
        ordered_at: '2026-03-14T11:00:00Z',
      },
    ]),
  )
  for (const at of ['2026-03-17', '2026-03-24', '2026-03-31', '2026-04-01']) await step(at, Promise.resolve())
}

const dossierNow = async (deviceId: string, seq: number, maxSeq = seq) =>
  assembleDossier((await loadFacts(world.db, deviceId, maxSeq))!, { seq })

test('it finds what live detection found also where other parcels bear on a laptop', async () => {
  await entangle(async () => {})
  const live = await world.findings()
  const { id } = await world.device(parcel.serial_number)
  expect(live.filter((finding) => finding.device_id === id).map((finding) => finding.rule)).toEqual(
    expect.arrayContaining([
      'address-not-approved',
      'address-undeliverable',
      'addressee-mismatch',
      'second-device-soon',
      'ship-to-differs-from-home',
      'ship-to-differs-from-identity',
    ]),
  )
  for (const rule of rules) {
    const { matches } = await replay(rule.id)
    const keys = matches.map((match) => `${match.deviceId}:${match.key}`)
    const found = live.filter((finding) => finding.rule === rule.id).map((finding) => finding.key)
    expect([rule.id, [...new Set(keys)].toSorted()]).toEqual([rule.id, [...new Set(found)].toSorted()])
  }
  const told = JSON.stringify(live.map(({ summary, facts }) => ({ summary, facts })))
  for (const secret of ['Fern', 'Hollis', 'Robin', 'Quill', 'Maple', 'Desert', 'Elm', '85004', '1Z1', 'example.com'])
    expect(told).not.toContain(secret)
})

test('a dossier put together later says what was seen then', async () => {
  const seen: { deviceId: string; seq: number; dossier: unknown }[] = []
  await entangle(async () => {
    const seq = await headSeq(world.db)
    for (const { id } of await world.db.selectFrom('devices').select('id').execute())
      seen.push({ deviceId: id, seq, dossier: await dossierNow(id, seq) })
  })
  const head = await headSeq(world.db)
  expect(seen.length).toBeGreaterThan(15)
  for (const { deviceId, seq, dossier } of seen) expect(await dossierNow(deviceId, seq, head)).toEqual(dossier)
})

test('it finds what live detection found on the same history, rule by rule', async () => {
  await divert()
  const live = await world.findings()
  expect(live.length).toBeGreaterThan(3)
  for (const { id } of rules) {
    const { matches } = await replay(id)
    const keys = matches.map((match) => `${match.deviceId}:${match.key}`).toSorted()
    expect([id, keys]).toEqual([
      id,
      live
        .filter((finding) => finding.rule === id)
        .map((finding) => finding.key)
        .toSorted(),
    ])
  }
})

test('it finds what live detection found of what a laptop reports, day by day', async () => {
  await world.importPeople('2026-02-01', [{ external_id: 'E-101', name: 'Ash Lindqvist', email: 'ash@example.com' }])
  await order(world)
  await world.scan('2026-03-05T12:00:00Z', {
    scans: [
      { at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' },
      { at: '2026-03-05T10:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
    ],
  })
  for (let day = 6; day < 24; day++) {
    const at = `2026-03-${String(day).padStart(2, '0')}T14:00:00Z`
    await world.checkIn(at, {
      serialNumber: parcel.serial_number,
      publicIp: ipIn('Denver'),
      timeZone: 'Asia/Tokyo',
      user: { email: 'ash@example.com' },
      posture: { remoteLogin: day > 8 },
      hardwareUuid: day < 15 ? '4C4C4544-0042-3510-8054-B4C04F565931' : '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12',
      enrollment: { enrolled: day < 20, method: 'automated' },
    })
    await world.detect(at)
    await world.sweep(at)
  }
  const live = await world.findings()
  const endpointRules = [
    'never-at-home',
    'time-zone-mismatch',
    'wrong-user',
    'remote-login-enabled',
    'hardware-swapped',
    'agent-removed',
  ]
  expect(new Set(live.map((one) => one.rule))).toEqual(new Set(['first-check-in-far', ...endpointRules]))
  for (const { id } of rules) {
    const { matches } = await replay(id)
    const keys = matches.map((match) => `${match.deviceId}:${match.key}`).toSorted()
    const own = live.filter((finding) => finding.rule === id).map((finding) => finding.key)
    expect([id, keys]).toEqual([id, own.toSorted()])
  }
})

test('it records nothing', async () => {
  await divert()
  const before = await world.dump()
  for (const { id } of rules) await replay(id)
  expect(await world.dump()).toBe(before)
})

test('time passes in it too', async () => {
  await order(world)
  await world.scan('2026-03-05', {
    scans: [{ at: '2026-03-04T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }],
  })
  const { matches } = await replay('delivered-and-silent')
  expect(matches).toMatchObject([{ backfill: false, outcome: null }])
  expect(matches[0]!.at.slice(0, 10)).toBe('2026-03-11')
  expect((await replay('delivered-and-silent', { params: { days: 30 } })).matches).toEqual([])
})

test('what came in more than a day late is judged at its own time, and counted as backfill', async () => {
  await order(world)
  const change = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' } as const
  await world.scan('2026-03-20', {
    scans: [
      { at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' },
      { at: '2026-03-03T12:00:00Z', in: 'Columbus', is: change },
    ],
  })
  expect((await replay('parcel-redirected')).matches).toMatchObject([
    { backfill: true, at: '2026-03-03T17:00:00.000Z' },
  ])
})

test('it says how the cases ended', async () => {
  await divert()
  const [found] = await world.cases()
  await world.run((tx) =>
    closeCase(tx, world.act('2026-03-10'), outside, { caseId: found!.id, outcome: 'confirmed', note: 'a farm' }),
  )
  expect((await replay('parcel-redirected')).byOutcome).toEqual({ confirmed: 1 })
})

test('only so many days, only rules that there are, only parameters that fit', async () => {
  await divert()
  expect((await replay('parcel-redirected', { days: 7 })).matches).toEqual([])
  await expect(replay('no-such-rule')).rejects.toMatchObject({ problem: 'not_found' })
  await expect(replay('delivered-and-silent', { params: { days: -1 } })).rejects.toMatchObject({ problem: 'invalid' })
  await expect(replay('delivered-and-silent', { params: { dayz: 1 } })).rejects.toMatchObject({ problem: 'invalid' })
})
