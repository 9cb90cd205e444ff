// A finding explained: what it would be now, told apart from what it was, and kept by nobody.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setRule } from '../../server/detection/settings.ts'
import { readFindingNow } from '../../server/views/finding-now.ts'
import { sendElsewhere } from '../cases/queue.ts'
import { openWorld, parcel, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await sendElsewhere(world)
})

const only = async () => (await world.findings()).find((one) => one.status === 'active')!
const now = (id: string) => readFindingNow(world.db, id, time('2026-03-04'))

test('one that still holds says what its rule sees now, and writes nothing', async () => {
  const before = await only()
  const head = (await world.events()).length
  const said = await now(before.id)
  expect(said).toMatchObject({ why: null, changes: [], others: [], othersCount: 0 })
  expect(said.now?.summary).toBe(before.summary)
  expect((await world.events()).length).toBe(head)
  expect(await only()).toEqual(before)
})

test('a rule that is switched off says so, rather than that nothing holds', async () => {
  const { id, rule } = await only()
  await world.run((tx) =>
    setRule(tx, world.act('2026-03-03T14:00:00Z', user('usr_1')), {
      ruleId: rule,
      ladder: 'off',
      params: {},
      note: 'x',
    }),
  )
  expect(await now(id)).toMatchObject({ now: null, why: 'The rule is switched off.' })
})

test('settings that were changed since stand beside each other', async () => {
  const { id } = await only()
  await world.db
    .updateTable('findings')
    .set({ params: JSON.stringify({ wasOnce: 12 }) })
    .where('id', '=', id)
    .execute()
  expect((await now(id)).changes).toContainEqual({ param: 'wasOnce', before: '12', after: null })
})

test('other laptops of whom the same is said are listed with their cases', async () => {
  const { id } = await only()
  await world.importPeople('2026-02-01', [
    {
      external_id: 'E-200',
      name: 'Otto Brill',
      email: 'otto@example.com',
      line1: '9 Oak Avenue',
      city: 'Denver',
      region: 'CO',
      postal_code: '80205',
      country: 'US',
      address_verified: 'yes',
    },
  ])
  await world.importShipments('2026-03-01T12:00:00Z', [
    {
      ...parcel,
      reference: 'PO-2',
      tracking_code: '1Z2',
      serial_number: 'C02TALE002',
      person_email: 'otto@example.com',
    },
  ])
  const other = await world.device('C02TALE002')
  await world.db
    .insertInto('findings')
    .columns([
      'id',
      'rule',
      'key',
      'device_id',
      'person_id',
      'case_id',
      'status',
      'severity',
      'weight',
      'summary',
      'facts',
      'params',
      'evidence',
      'response',
      'since',
      'raised_at',
      'changed_at',
    ])
    .expression((eb) =>
      eb
        .selectFrom('findings')
        .select([
          eb.val('fnd_other').as('id'),
          'rule',
          eb.val('other').as('key'),
          eb.val(other.id).as('device_id'),
          'person_id',
          'case_id',
          'status',
          'severity',
          'weight',
          'summary',
          'facts',
          'params',
          'evidence',
          'response',
          'since',
          'raised_at',
          'changed_at',
        ])
        .where('id', '=', id),
    )
    .execute()
  expect(await now(id)).toMatchObject({
    othersCount: 1,
    others: [{ deviceId: other.id, serialNumber: 'C02TALE002', caseNumber: 1 }],
  })
})
