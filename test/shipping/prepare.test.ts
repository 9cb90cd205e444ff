// Preparing a parcel: every check is a question, every refusal says why, and the address is locked from then on.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refuseAddress } from '../../server/addresses/versions.ts'
import { erasePerson } from '../../server/people/erase.ts'
import { prepareShipment, revealSuggestion, verifyAddress } from '../../server/shipping/prepare.ts'
import { fern, parcel, time } from '../world.ts'
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

const phoenix = { line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85001', country: 'US' }
const moves = (now: string, over: object = {}) =>
  bench.world.importPeople(now, [{ ...fern, ...phoenix, address_verified: 'no', ...over }])
const checks = async (addressId?: string) => (await bench.outlook(addressId)).checks.map((check) => check.id)
const question = async (id: string) => (await bench.outlook()).checks.find((check) => check.id === id)?.question
const prepareWith = async (over: object) => {
  const { personId, deviceId, addressId } = await bench.ids()
  return bench.world.run((tx) =>
    prepareShipment(tx, bench.act(), { personId, deviceIds: [deviceId], addressId, answers: [], ...over }),
  )
}

test('an approved home of long standing is asked nothing about', async () => {
  expect(await checks()).toEqual([])
  const id = await bench.prepare()
  expect(await bench.world.shipment('PO-1')).toMatchObject({ id, status: 'ordered', direction: 'out' })
  expect(await bench.world.device('C02TALE001')).toMatchObject({ life_cycle: 'ordered' })
  const [ordered] = await bench.world.events('shipment.ordered')
  expect(ordered!.actor).toEqual({ type: 'user', id: 'usr_1' })
})

describe('questions', () => {
  test('an address that replaced another lately: how long ago and by whom, unapproved, far from the document', async () => {
    await bench.world.importPeople('2026-02-10', [
      {
        ...fern,
        identity_line1: '12 Maple Street',
        identity_city: 'Boston',
        identity_region: 'MA',
        identity_country: 'US',
      },
    ])
    await moves('2026-02-27')
    expect(await checks()).toEqual(['not approved', 'changed', 'identity'])
    expect(await question('changed')).toMatch(/replaced another 2 days ago, by an import/)
    expect(await question('identity')).toMatch(/^This address is \d{4} km from the address on their identity document/)
  })

  test('an old change is not asked about', async () => {
    await moves('2026-01-02')
    expect(await checks()).toEqual(['not approved'])
  })

  test('what kind of place it is', async () => {
    await moves('2026-01-02', { line1: 'PO Box 441' })
    expect(await question('class')).toBe('This is a PO box. Is that intended?')
  })

  test('an older address than the home of now differs from it', async () => {
    const { addressId: old } = await bench.ids()
    await moves('2026-01-02', { address_verified: 'yes' })
    expect(await checks(old)).toEqual(['home'])
    expect((await bench.outlook(old)).checks[0]!.question).toMatch(/km from their home address on file/)
  })

  test('other people at the same door, unless they are declared to share it', async () => {
    await bench.world.importPeople('2025-03-01', [
      { ...fern, external_id: 'E-101', name: 'Ash Rowan', email: 'ash@example.com' },
    ])
    expect(await question('others')).toMatch(/^One other person on file lives at this door/)
    await bench.world.importDeclarations('2026-02-01', [
      {
        kind: 'household',
        person_email: 'ash@example.com',
        other_email: fern.email,
        starts_on: '2026-01-01',
        ends_on: '2026-06-01',
        reason: 'they said so',
      },
    ])
    expect(await checks()).toEqual([])
  })

  test('somebody else who is to receive it', async () => {
    await moves('2026-01-02', { line2: 'c/o Harbor Goods', address_verified: 'yes' })
    expect(await checks()).toContain('addressee')
  })

  test('no question names the person, a street or anybody else, since it is kept', async () => {
    await bench.world.importPeople('2025-03-01', [
      { ...fern, ...phoenix, external_id: 'E-101', name: 'Ash Rowan', email: 'ash@example.com' },
    ])
    await moves('2026-02-27', { line2: 'c/o Harbor Goods' })
    const said = (await bench.outlook()).checks.map((check) => check.question).join(' ')
    expect(said).not.toMatch(/Fern|Hollis|Ash|Rowan|Desert|Harbor|500/)
    await bench.prepare()
    expect(JSON.stringify(await bench.world.events('shipment.prepared'))).not.toMatch(/Fern|Ash|Desert|Harbor/)
  })
})

describe('what the carriers say of an address', () => {
  const verify = async () => verifyAddress(bench.desk(), bench.act(), { addressId: (await bench.ids()).addressId })

  test('is on record, and deliverable asks nothing', async () => {
    expect((await verify()).result).toBe('deliverable')
    expect(await bench.world.events('address.verified')).toMatchObject([{ payload: { result: 'deliverable' } }])
    expect(JSON.stringify(await bench.world.events('address.verified'))).not.toMatch(/Maple/i)
  })

  test('undeliverable becomes a question', async () => {
    await moves('2026-01-02', { line1: 'Nowhere at all', address_verified: 'yes' })
    expect((await verify()).result).toBe('undeliverable')
    expect(await checks()).toContain('verdict')
  })

  test('a suggestion elsewhere than what is on file becomes a question, and both are shown for a reason', async () => {
    const { addressId } = await bench.ids()
    const suggestion = {
      line1: '21 Maple Street',
      line2: '',
      city: 'Boston',
      region: 'MA',
      postalCode: '02118',
      country: 'US',
    }
    await bench.world.db
      .updateTable('address_versions')
      .set({
        verification: JSON.stringify({
          provider: 'p',
          result: 'deliverable',
          codes: ['E.SECONDARY_INFORMATION.MISSING'],
          residential: true,
          suggestion: { ...suggestion, name: '', company: '', phone: '', email: '' },
          point: null,
        }),
      })
      .where('id', '=', addressId)
      .execute()
    expect(await checks()).toEqual(['unit', 'suggestion'])
    const both = await bench.world.run((tx) =>
      revealSuggestion(tx, bench.act(), { addressId, reason: 'to compare them' }),
    )
    expect(both).toMatchObject({ onFile: { line1: '12 Maple Street' }, suggested: suggestion })
    expect(await bench.world.events('address.revealed')).toHaveLength(1)
  })

  test('a provider that does not answer leaves the address as it was', async () => {
    bench.provider.fail({ on: 'address', how: '500' })
    await expect(verify()).rejects.toMatchObject({ problem: 'unavailable' })
    expect(await bench.world.events('address.verified')).toEqual([])
  })
})

describe('refused, with the reason', () => {
  const refused = (over: object) => expect(prepareWith(over)).rejects

  test('a question that is not answered, or answered no', async () => {
    await moves('2026-01-02')
    await refused({}).toMatchObject({ problem: 'invalid', faults: [{ path: 'answers.not approved' }] })
    await refused({ answers: [{ check: 'not approved', answer: 'no' }] }).toMatchObject({
      message: expect.stringContaining('answered no'),
    })
    expect(await bench.world.events('shipment.ordered')).toEqual([])
  })

  test('a laptop that is not in stock, is in an open parcel, or does not exist', async () => {
    await refused({ deviceIds: ['dev_none'] }).toMatchObject({ faults: [{ problem: 'there is no such laptop' }] })
    await refused({ deviceIds: [] }).toMatchObject({ problem: 'invalid' })
    await bench.prepare()
    await refused({}).toMatchObject({ message: expect.stringContaining('open shipment already (PO-1)') })
    await bench.world.importDevices('2026-02-02', [{ serial_number: 'C02TALE002', status: 'repair' }])
    const repaired = (await bench.world.device('C02TALE002')).id
    await refused({ deviceIds: [repaired] }).toMatchObject({ message: expect.stringContaining('it is repair') })
  })

  test('an address that was refused, or is somebody else’s', async () => {
    await bench.world.importPeople('2025-03-01', [
      { ...fern, ...phoenix, external_id: 'E-101', name: 'Ash Rowan', email: 'ash@example.com' },
    ])
    const other = await bench.ids('ash@example.com')
    await refused({ addressId: other.addressId }).toMatchObject({
      message: expect.stringContaining('not this person’s'),
    })
    const { addressId } = await bench.ids()
    await bench.world.run((tx) => refuseAddress(tx, bench.act(), { addressId, reason: 'not theirs' }))
    await refused({}).toMatchObject({ message: expect.stringContaining('refused') })
  })

  test('a person who was erased', async () => {
    const { personId, deviceId, addressId } = await bench.ids()
    const erasing = bench.world.act(bench.clock.now)
    await bench.world.run((tx) => erasePerson(tx, erasing, { personId, reason: 'asked for it' }))
    const input = { personId, deviceIds: [deviceId], addressId, answers: [] }
    await expect(bench.world.run((tx) => prepareShipment(tx, bench.act(), input))).rejects.toMatchObject({
      message: expect.stringContaining('erased'),
    })
  })

  test('a reference that another shipment has', async () => {
    await bench.world.importShipments('2026-02-01', [{ reference: 'PO-7', direction: 'out' }])
    await refused({ reference: 'PO-7' }).toMatchObject({ faults: [{ path: 'reference' }] })
  })

  test('everything at once, so that nobody tries five times', async () => {
    await moves('2026-01-02')
    await refused({ deviceIds: ['dev_none'] }).toMatchObject({
      faults: [{ path: 'deviceIds.0' }, { path: 'answers.not approved' }],
    })
  })
})

test('two people who prepare the same laptop at once make one parcel', async () => {
  const came = await Promise.allSettled([prepareWith({}), prepareWith({})])
  expect(came.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
})

describe('the address is locked', () => {
  test('a new home on file moves no parcel that is prepared', async () => {
    const { addressId } = await bench.ids()
    await bench.prepare()
    await moves('2026-03-03')
    expect((await bench.world.shipment('PO-1')).address_version_id).toBe(addressId)
  })

  test('nor does an order system: its other address is kept, marked once, and the parcel stays bound where it was', async () => {
    const { addressId, personId } = await bench.ids()
    await bench.world.importPeople('2025-03-01', [
      { ...fern, ...phoenix, external_id: 'E-101', name: 'Ash Rowan', email: 'ash@example.com' },
    ])
    await bench.prepare()
    const told = { reference: 'PO-1', person_email: 'ash@example.com', ...phoenix, line1: '9 Cactus Way' }
    await bench.world.importShipments('2026-03-03', [told])
    await bench.world.importShipments('2026-03-04', [told])
    const row = await bench.world.shipment('PO-1')
    expect(row).toMatchObject({ address_version_id: addressId, person_id: personId })
    expect(row.state.contradictions).toMatchObject([{ why: expect.stringContaining('another address was reported') }])
    const [changed] = await bench.world.events('shipment.changed')
    expect(changed!.payload).toMatchObject({ addressId, reportedAddressId: expect.stringMatching(/^adr_/) })
    const reported = await bench.world.db
      .selectFrom('address_versions')
      .selectAll()
      .where('id', '=', changed!.payload!.reportedAddressId!)
      .executeTakeFirstOrThrow()
    expect(reported).toMatchObject({ line1: '9 Cactus Way', approved_at: null })
  })

  test('the same address again is no contradiction', async () => {
    await bench.prepare()
    await bench.world.importShipments('2026-03-03', [{ ...parcel, ...fern, reference: 'PO-1' }])
    expect((await bench.world.shipment('PO-1')).state.contradictions).toEqual([])
  })

  test('one that was ordered elsewhere and not prepared here is moved as before', async () => {
    await bench.world.importShipments('2026-03-01', [
      { ...parcel, reference: 'PO-8', ordered_at: time('2026-03-01').toISOString() },
    ])
    const was = (await bench.world.shipment('PO-8')).address_version_id
    await bench.world.importShipments('2026-03-02', [{ reference: 'PO-8', ...phoenix }])
    expect((await bench.world.shipment('PO-8')).address_version_id).not.toBe(was)
  })
})
