// The delivery policy of a parcel: by tier and country, with sane defaults, and never by who somebody is called.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DeliveryPolicy, payloads, type Tier } from '../../server/custody/events.ts'
import { defaultPolicies, policyFor, refusalOf, setPolicy, tierOf } from '../../server/shipping/delivery-policy.ts'
import { fern, user } from '../world.ts'
import { type Bench, openBench } from './desk.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench?.close())
beforeEach(() => bench.reset())

const tier = async (person: object = {}) => {
  await bench.found(person)
  return (await bench.outlook()).tier
}

test('an employee of long standing at an ordinary address is standard', async () => {
  expect(await tier()).toBe('standard')
})

test('a contractor is elevated', async () => {
  expect(await tier({ kind: 'contractor' })).toBe('elevated')
})

test('somebody in their first thirty days, or before their first, is elevated; after them no more', async () => {
  expect(await tier({ starts_on: '2026-02-20' })).toBe('elevated')
  await bench.reset()
  expect(await tier({ starts_on: '2026-04-01' })).toBe('elevated')
  await bench.reset()
  expect(await tier({ starts_on: '2026-01-30' })).toBe('standard')
})

test('an address that is no home is elevated, and says so', async () => {
  await bench.found({ line1: 'PO Box 441' })
  const outlook = await bench.outlook()
  expect(outlook).toMatchObject({ tier: 'elevated', reasons: ['the address is no home (po box)'] })
})

test('an open high case about the person is high; a closed one is nothing', async () => {
  await bench.found()
  const { personId, versions } = await bench.ids()
  const open = (status: 'new' | 'closed') =>
    bench.world.db
      .insertInto('cases')
      .values({
        id: `case_${status}`,
        number: status === 'closed' ? 1 : 2,
        subject_kind: 'person',
        subject_id: personId,
        title: 'Laptop checks in far away',
        status,
        severity: 'high',
        score: 25,
        opened_at: bench.clock.now,
        ...(status === 'closed' ? { closed_at: bench.clock.now, outcome: 'benign' as const } : {}),
      })
      .execute()
  const of = async () => {
    const person = await bench.world.person(fern.email)
    return bench.world.run((tx) => tierOf(tx, bench.clock.now, { person, address: versions[0]! }))
  }
  await open('closed')
  expect((await of()).tier).toBe('standard')
  await open('new')
  expect(await of()).toEqual({ tier: 'high', reasons: ['case C-2 about this person is open'] })
})

test('every default asks for a signature, and a riskier tier never asks for less', () => {
  const asks = (one: Tier) => defaultPolicies[one].policy
  expect(asks('standard').signature).toBe('signature')
  expect(asks('elevated').signature).toBe('adult signature')
  expect(asks('high')).toMatchObject({ signature: 'adult signature', secondPerson: true, forbidRedirect: true })
})

const set = (of: Tier, country: string | null, over: Partial<DeliveryPolicy>) =>
  bench.world.run((tx) =>
    setPolicy(tx, bench.act(), {
      tier: of,
      country,
      policy: { ...defaultPolicies[of].policy, ...over },
      reason: 'as agreed with the carrier',
    }),
  )
const inForce = (of: Tier, country: string | null) => bench.world.run((tx) => policyFor(tx, { tier: of, country }))

test('a country’s own policy comes before the general one, and that before the default', async () => {
  expect((await inForce('standard', 'US')).policyId).toBeNull()
  await set('standard', null, { holdForPickup: true })
  await set('standard', 'Germany', { signature: 'adult signature' })
  expect((await inForce('standard', 'US')).policy.holdForPickup).toBe(true)
  expect((await inForce('standard', 'DE')).policy.signature).toBe('adult signature')
  expect((await inForce('elevated', 'DE')).policyId).toBeNull()
})

test('setting one keeps the one before as a retired version, with a note, on record', async () => {
  expect((await set('high', 'US', {})).version).toBe(1)
  bench.later(1)
  expect((await set('high', 'US', { holdForPickup: true })).version).toBe(2)
  const rows = await bench.world.db.selectFrom('delivery_policies').selectAll().orderBy('version').execute()
  expect(rows.map((row) => row.retired_at)).toEqual([bench.clock.now, null])
  const events = await bench.world.events('policy.set')
  expect(events).toMatchObject([{ actor: user('usr_1') }, { payload: { tier: 'high', country: 'US' } }])
  expect(JSON.stringify(events)).not.toContain('agreed')
})

test('two people who set the same one at once leave one in force', async () => {
  await Promise.all([set('standard', null, {}), set('standard', null, { holdForPickup: true })])
  const rows = await bench.world.db.selectFrom('delivery_policies').selectAll().execute()
  expect(rows.filter((row) => row.retired_at === null)).toHaveLength(1)
  expect(rows.map((row) => row.version).sort()).toEqual([1, 2])
})

test('a country that does not exist is refused with what to write', async () => {
  await expect(set('standard', 'Atlantis', {})).rejects.toMatchObject({
    problem: 'invalid',
    faults: [{ path: 'country' }],
  })
})

test('a carrier that is not named, or a service that is not, is refused; no list at all takes any', () => {
  const policy = { ...defaultPolicies.standard.policy, carriers: { Swift: ['Ground'], Owl: [] } }
  expect(refusalOf(policy, { carrier: 'Swift', service: 'Ground' })).toBeNull()
  expect(refusalOf(policy, { carrier: 'Swift', service: 'Air' })).toContain('Swift Air')
  expect(refusalOf(policy, { carrier: 'Owl', service: 'Anything' })).toBeNull()
  expect(refusalOf(policy, { carrier: 'Crow', service: 'Ground' })).toContain('Crow')
  expect(refusalOf(defaultPolicies.high.policy, { carrier: 'Crow', service: 'Ground' })).toBeNull()
})

test('what is kept with a shipment is the whole policy', async () => {
  await bench.found({ kind: 'contractor' })
  await bench.prepare()
  const [prepared] = await bench.world.events('shipment.prepared')
  expect(payloads['shipment.prepared'].parse(prepared!.payload)).toMatchObject({
    tier: 'elevated',
    policyId: null,
    policy: defaultPolicies.elevated.policy,
  })
})
