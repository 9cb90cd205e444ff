// Keys that an older normaliser made are made again, once, and what differs is on record.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { NORMALISER_VERSION } from '../../server/addresses/keys.ts'
import { rekeyAddresses } from '../../server/addresses/rekey.ts'
import { readSetting, saveSetting } from '../../server/lib/settings.ts'
import { fern, openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.importPeople('2026-02-01', [fern])
})

const house = () => ({ db: world.db, clock: () => time('2026-03-01'), log: world.detection('2026-03-01').log })
const stored = () =>
  world.db.selectFrom('address_versions').select(['id', 'door_key', 'building_key', 'normaliser_version']).execute()

test('an old key is replaced, and the person’s laptops hear of it', async () => {
  const [fresh] = await stored()
  await world.db
    .updateTable('address_versions')
    .set({ door_key: 'us|old', building_key: null, normaliser_version: 1 })
    .execute()
  await rekeyAddresses(house())
  expect(await stored()).toEqual([fresh])
  expect(fresh).toMatchObject({ normaliser_version: NORMALISER_VERSION, door_key: expect.any(String) })
  const { id: personId } = await world.person(fern.email)
  expect(await world.events('address.keyed')).toMatchObject([
    { personId, payload: { addressId: fresh!.id, normaliserVersion: NORMALISER_VERSION } },
  ])
})

test('a key that comes out the same is no event, and a second walk finds nothing', async () => {
  await world.db.updateTable('address_versions').set({ normaliser_version: 1 }).execute()
  await rekeyAddresses(house())
  await rekeyAddresses(house())
  expect(await world.events('address.keyed')).toEqual([])
  expect(await stored()).toMatchObject([{ normaliser_version: NORMALISER_VERSION }])
})

test('a walk of a later release is left to it', async () => {
  const later = { version: NORMALISER_VERSION + 1, after: '', isDone: false }
  await world.run((tx) => saveSetting(tx, 'addresses keyed', later))
  await world.db.updateTable('address_versions').set({ door_key: 'us|later', normaliser_version: 1 }).execute()
  await rekeyAddresses(house())
  expect(await stored()).toMatchObject([{ door_key: 'us|later' }])
  expect(await readSetting(world.db, 'addresses keyed')).toEqual(later)
})

test('an erased address is left as it is', async () => {
  await world.db.updateTable('address_versions').set({ line1: null, door_key: null, normaliser_version: 1 }).execute()
  await rekeyAddresses(house())
  expect(await stored()).toMatchObject([{ door_key: null, normaliser_version: 1 }])
})
