// The detector on a real ledger: findings come and go with the facts, and a fault in one stops no other.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approveAddress } from '../../server/addresses/versions.ts'
import { closeCase } from '../../server/cases/work.ts'
import { headSeq } from '../../server/custody/ledger.ts'
import { record } from '../../server/custody/record.ts'
import { judgeDevices } from '../../server/detection/engine.ts'
import type { Evaluation, Response, RuleDefinition, RuleFinding } from '../../server/detection/rule.ts'
import { ruleById } from '../../server/detection/rules/index.ts'
import { type SetRule, setRule } from '../../server/detection/settings.ts'
import { openWorld, order, outside, parcel, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const elsewhere = {
  line1: '500 Desert Road',
  line2: '',
  city: 'Phoenix',
  region: 'AZ',
  postal_code: '85004',
  country: 'US',
}
const serialNumber = parcel.serial_number
const says = (weight: number, over: Partial<RuleFinding> = {}): RuleFinding => ({
  key: 'k',
  summary: 'found',
  evidence: [1],
  since: time('2026-03-01'),
  facts: {},
  weight,
  ...over,
})

/** A rule of the house that says what the test has it say. */
function rule(
  id: string,
  evaluate: () => Evaluation | RuleFinding[],
  over: Partial<RuleDefinition> = {},
  ladder: Response = 'hold',
): SetRule {
  return { rule: { ...ruleById(id)!, ...over, evaluate }, params: {}, ladder }
}

async function judge(rules: SetRule[], { now = '2026-03-02', late = false, serial = serialNumber } = {}) {
  const { id: deviceId } = await world.device(serial)
  return world.run(async (tx) => {
    const due = [{ deviceId, wake: new Set(['all']), late }]
    const came = await judgeDevices(tx, world.detection(now), due, { rules, seq: await headSeq(tx) })
    await record(tx, time(now), came.events)
    return came.raised.length
  })
}
const statuses = async () => (await world.findings()).map((finding) => finding.status)

describe('findings', () => {
  test('are raised once, updated when they move, and cleared when they no longer hold', async () => {
    await order(world)
    expect(await judge([rule('kvm-hardware', () => [says(4)])])).toBe(1)
    expect(await judge([rule('kvm-hardware', () => [says(4)])])).toBe(0)
    await judge([rule('kvm-hardware', () => [says(6, { evidence: [1, 2] })])])
    expect(await world.findings()).toMatchObject([{ status: 'active', weight: 6, evidence: [1, 2] }])
    await judge([rule('kvm-hardware', () => [])])
    expect(await world.findings()).toMatchObject([{ status: 'cleared', late_data: false }])
    const kinds = (await world.events()).map((event) => event.kind).filter((kind) => kind.startsWith('finding.'))
    expect(kinds).toEqual(['finding.raised', 'finding.changed', 'finding.cleared'])
  })

  test('cleared by late data carry that mark', async () => {
    await order(world)
    await judge([rule('kvm-hardware', () => [says(4)])])
    await judge([rule('kvm-hardware', () => [])], { late: true })
    expect(await world.findings()).toMatchObject([{ status: 'cleared', late_data: true }])
    expect((await world.events('finding.cleared'))[0]!.payload).toMatchObject({ lateData: true })
  })

  test('that were decided raise again only on new evidence', async () => {
    await order(world)
    await judge([rule('kvm-hardware', () => [says(20)])])
    const [found] = await world.cases()
    await world.run((tx) =>
      closeCase(tx, world.act('2026-03-03'), outside, { caseId: found!.id, outcome: 'benign', note: 'a laboratory' }),
    )
    expect(await judge([rule('kvm-hardware', () => [says(20)])])).toBe(0)
    expect(await judge([rule('kvm-hardware', () => [says(20, { evidence: [1, 2] })])])).toBe(1)
    expect(await statuses()).toEqual(['decided', 'active'])
    expect(await world.cases()).toMatchObject([{ status: 'closed' }, { status: 'new' }])
  })
})

describe('faults', () => {
  const broken = () =>
    rule('kvm-hardware', () => {
      throw new Error('it broke')
    })

  test('a rule that throws stops no other, and is written down until it works again', async () => {
    await order(world)
    expect(await judge([broken(), rule('parcel-redirected', () => [says(12)])])).toBe(1)
    const failures = () => world.db.selectFrom('rule_failures').select(['rule', 'error']).execute()
    expect(await failures()).toEqual([{ rule: 'kvm-hardware', error: 'it broke' }])
    await judge([rule('kvm-hardware', () => [])])
    expect(await failures()).toEqual([])
  })

  test('a rule that throws clears nothing that it found before', async () => {
    await order(world)
    await judge([rule('kvm-hardware', () => [says(12)])])
    await judge([broken()])
    expect(await statuses()).toEqual(['active'])
  })

  test('a device that cannot be judged stops no other, and is looked at again', async () => {
    await order(world, { parcel: elsewhere })
    await world.importPeople('2026-02-01', [{ external_id: 'E-2', name: 'Bo', email: 'bo@example.com' }])
    await world.importShipments('2026-03-01', [
      {
        ...parcel,
        reference: 'PO-2',
        serial_number: 'C02TALE002',
        person_email: 'bo@example.com',
        tracking_code: '1Z2',
      },
    ])
    const bad = await world.device('C02TALE002')
    // A time that no database takes.
    await judge([rule('kvm-hardware', () => [says(Number.NaN, { since: new Date(Number.NaN) })])], {
      serial: 'C02TALE002',
    })
    expect(world.errors).toHaveLength(1)
    expect(await world.db.selectFrom('rule_failures').select(['device_id', 'rule']).execute()).toEqual([
      { device_id: bad.id, rule: '(dossier)' },
    ])
    expect(
      await world.db.selectFrom('watch').select('device_id').where('look_again_at', 'is not', null).execute(),
    ).toEqual([{ device_id: bad.id }])
    expect((await world.detect('2026-03-02')).raised).toBeGreaterThan(0)
  })
})

describe('the ladder', () => {
  test.each([
    ['off', [], 'ordered', 0, []],
    ['watch', ['active'], 'ordered', 0, []],
    ['notify', ['active'], 'ordered', 0, ['finding.raised']],
    ['case', ['active'], 'ordered', 1, ['case.opened']],
    ['hold', ['active'], 'held', 1, ['case.opened', 'shipment.held']],
  ] as const)('%s: findings %j, the parcel %s, cases %d, alerts %j', async (ladder, found, held, cases, alerts) => {
    await order(world)
    await judge([rule('address-changed-in-flight', () => [says(4)], {}, ladder)])
    expect(await statuses()).toEqual(found)
    expect((await world.shipment('PO-1')).held_at === null ? 'ordered' : 'held').toBe(held)
    expect(await world.cases()).toHaveLength(cases)
    expect((await world.alerts()).map((alert) => alert.type)).toEqual(alerts)
  })

  test('never lifts a rule above what it asks for itself', async () => {
    await order(world)
    await judge([rule('address-changed-in-flight', () => [says(4)], { response: 'notify' }, 'hold')])
    expect(await world.cases()).toEqual([])
  })

  test('set to off, what the rule had found is cleared at the next look', async () => {
    await order(world, { parcel: elsewhere })
    await world.importShipments('2026-03-02', [{ ...parcel, ...elsewhere, line1: '501 Desert Road' }])
    await world.detect('2026-03-02')
    const [found] = await world.findings()
    const { woken } = await world.run((tx) =>
      setRule(tx, world.act('2026-03-03', user('usr_1')), {
        ruleId: found!.rule,
        ladder: 'off',
        params: {},
        note: 'too loud',
      }),
    )
    expect(woken).toBe(1)
    await world.sweep('2026-03-03')
    expect((await world.findings()).filter((finding) => finding.rule === found!.rule)).toMatchObject([
      { status: 'cleared' },
    ])
  })

  test('on its way already, a hold is a task once: call the carrier', async () => {
    await order(world)
    await world.scan('2026-03-03', { scans: [{ at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' }] })
    await judge([rule('address-changed-in-flight', () => [says(12), says(5, { key: 'other' })])], { now: '2026-03-04' })
    expect((await world.shipment('PO-1')).held_at).toBeNull()
    expect(await world.events('case.task_added')).toHaveLength(1)
  })
})

describe('cases', () => {
  test('open at a score of ten, whatever the response', async () => {
    await order(world)
    await judge([rule('kvm-hardware', () => [says(9)], { response: 'notify' })])
    expect(await world.cases()).toEqual([])
    await judge([rule('kvm-hardware', () => [says(10)], { response: 'notify' })])
    expect(await world.cases()).toMatchObject([{ score: 10, severity: 'medium', subject_kind: 'person' }])
  })

  test('outside hears of an open one only when severity, rules or people change, in order', async () => {
    await order(world)
    const kvm = (weight: number) =>
      rule('kvm-hardware', () => [says(weight)], { severity: 'critical', response: 'case' })
    const far = (weight: number) => rule('first-check-in-far', () => [says(weight)], { response: 'case' })
    const types = async () => (await world.alerts()).map((alert) => alert.type)
    await judge([kvm(12)])
    await judge([kvm(13)])
    expect(await types()).toEqual(['case.opened'])
    expect(await world.cases()).toMatchObject([{ score: 13 }])
    await judge([kvm(13), far(12)])
    expect(await types()).toEqual(['case.opened', 'case.updated'])
    await judge([kvm(13), rule('first-check-in-far', () => [])])
    expect(await types()).toEqual(['case.opened', 'case.updated', 'case.updated'])
    const alerts = await world.alerts()
    expect(new Set(alerts.map((alert) => alert.key)).size).toBe(1)
    expect(alerts.map((alert) => alert.data.case.severity)).toEqual(['medium', 'high', 'medium'])
    expect(alerts[1]!.data.findings.map((finding: { rule: string }) => finding.rule).toSorted()).toEqual([
      'first-check-in-far',
      'kvm-hardware',
    ])
  })

  test('no name, street or tracking number leaves in an alert', async () => {
    await order(world, { parcel: elsewhere })
    await world.importShipments('2026-03-02', [{ ...parcel, ...elsewhere, line1: '501 Desert Road' }])
    await world.detect('2026-03-02')
    const bodies = (await world.alerts()).map((alert) => alert.body).join('\n')
    expect(bodies).toContain('Phoenix')
    for (const secret of ['Fern', 'Hollis', 'Maple', 'Desert', '85004', '1Z1', 'example.com'])
      expect(bodies).not.toContain(secret)
  })

  test('about a laptop of nobody becomes its person’s once they are known', async () => {
    await world.importShipments('2026-03-01', [parcel])
    const kvm = rule('kvm-hardware', () => [says(20)])
    await judge([kvm])
    expect(await world.cases()).toMatchObject([{ subject_kind: 'device' }])
    await world.importPeople('2026-03-02', [{ external_id: 'E-100', name: 'Fern', email: 'fern@example.com' }])
    await judge([kvm], { now: '2026-03-03' })
    const { id } = await world.person('fern@example.com')
    expect(await world.cases()).toMatchObject([{ subject_kind: 'person', subject_id: id, score: 20 }])
    expect(await world.findings()).toMatchObject([{ person_id: id, status: 'active' }])
  })
})

test('a parcel bound elsewhere is held by what was recorded, and clears once the address is approved', async () => {
  await order(world)
  await world.importShipments('2026-03-02', [{ ...parcel, ...elsewhere }])
  await world.detect('2026-03-02')
  const standing = async () =>
    (await world.findings()).filter((finding) => finding.status === 'active').map((finding) => finding.rule)
  expect((await standing()).toSorted()).toEqual([
    'address-changed-before-dispatch',
    'address-not-approved',
    'ship-to-differs-from-home',
  ])
  const { held_at, address_version_id } = await world.shipment('PO-1')
  expect(held_at).not.toBeNull()
  await world.run((tx) =>
    approveAddress(tx, world.act('2026-03-03', user('usr_1')), {
      addressId: address_version_id!,
      reason: 'lease seen',
    }),
  )
  await world.detect('2026-03-03')
  // What is approved is still far from home.
  expect(await standing()).toEqual(['ship-to-differs-from-home'])
  expect((await world.detect('2026-03-03')).events).toBeGreaterThan(0)
  expect((await world.detect('2026-03-03')).events).toBe(0)
})

describe('what happens elsewhere wakes a laptop', () => {
  const foundOf = async (serial: string) => {
    const { id } = await world.device(serial)
    return (await world.findings())
      .filter((finding) => finding.device_id === id && finding.status === 'active')
      .map((finding) => finding.rule)
  }
  const another = { ...parcel, reference: 'PO-2', tracking_code: '1Z2', serial_number: 'C02TALE002' }

  test('another order for the same person does, and gives it time to come back', async () => {
    await order(world)
    await world.detect('2026-03-01')
    await world.importShipments('2026-03-10', [{ ...another, ordered_at: '2026-03-10T12:00:00Z' }])
    await world.detect('2026-03-10')
    await world.sweep('2026-03-11')
    expect(await foundOf(serialNumber)).toEqual([])
    await world.sweep('2026-03-12')
    expect(await foundOf(serialNumber)).toEqual(['second-device-soon'])
    expect(await foundOf('C02TALE002')).toEqual([])
    const { id } = await world.device(serialNumber)
    await world.run((tx) =>
      record(tx, time('2026-03-13'), [
        {
          kind: 'return.opened',
          deviceId: id,
          occurredAt: time('2026-03-13'),
          actor: user('usr_1'),
          payload: { returnId: 'ret_1', reason: 'exchange', dueOn: '2026-04-01' },
        },
      ]),
    )
    await world.detect('2026-03-13')
    expect(await foundOf(serialNumber)).toEqual([])
  })

  test('a check of its person’s address does', async () => {
    await order(world)
    await world.detect('2026-03-01')
    const { id: personId } = await world.person('fern@example.com')
    const { address_version_id: addressId } = await world.shipment('PO-1')
    const check = (at: string, result: 'undeliverable' | 'deliverable') =>
      world.run((tx) =>
        record(tx, time(at), [
          {
            kind: 'address.verified',
            personId,
            occurredAt: time(at),
            actor: user('usr_1'),
            payload: { addressId: addressId!, provider: 'provider', result, codes: [], residential: null },
          },
        ]),
      )
    await check('2026-03-02', 'undeliverable')
    await world.detect('2026-03-02')
    expect(await foundOf(serialNumber)).toEqual(['address-undeliverable'])
    await check('2026-03-03', 'deliverable')
    await world.detect('2026-03-03')
    expect(await foundOf(serialNumber)).toEqual([])
  })

  test('a signature of the same hand on a colleague’s parcel does', async () => {
    await order(world)
    await world.importPeople('2026-03-01', [{ external_id: 'E-2', name: 'Bo Lind', email: 'bo@example.com' }])
    await world.importShipments('2026-03-01T12:00:00Z', [{ ...another, person_email: 'bo@example.com' }])
    const deliver = (at: string, trackingCode: string) =>
      world.scan(at, {
        trackingCode,
        signedBy: 'Robin Quill',
        scans: [{ at: `${at}T12:00:00Z`, in: 'Boston', is: { is: 'delivered', to: 'address' } }],
      })
    await deliver('2026-03-05', '1Z1')
    await world.detect('2026-03-05')
    expect(await foundOf(serialNumber)).not.toContain('signer-shared')
    await deliver('2026-03-09', '1Z2')
    await world.detect('2026-03-09')
    expect(await foundOf(serialNumber)).toContain('signer-shared')
    expect(await foundOf('C02TALE002')).toContain('signer-shared')
  })
})
