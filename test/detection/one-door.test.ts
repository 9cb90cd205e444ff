// One door in two writings: whoever mistypes a street, or leaves out a postal code, still shares a door with whoever did not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { rekeyAddresses } from '../../server/addresses/rekey.ts'
import { fern, openWorld, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const larch = {
  line1: '77 Larchmont Avenue',
  line2: '',
  city: 'Denver',
  region: 'CO',
  postal_code: '80202',
  country: 'US',
}
let known = 0
/** Somebody who lives there; gives the keys by which their address is known. */
async function livesAt(over: object) {
  known += 1
  const email = `p${known}@example.com`
  await world.importPeople('2026-02-01', [
    { ...fern, ...larch, external_id: `E-${known}`, name: `Somebody ${known}`, email, ...over },
  ])
  return keysOf(email)
}
async function keysOf(email: string) {
  const { id } = await world.person(email)
  const row = await world.db
    .selectFrom('address_versions')
    .selectAll()
    .where('person_id', '=', id)
    .executeTakeFirstOrThrow()
  return {
    door: row.linked_door_key ?? row.door_key,
    building: row.linked_building_key ?? row.building_key,
    isLinked: row.linked_door_key !== null || row.linked_building_key !== null,
  }
}

describe('the same door', () => {
  test.each([
    ['a slip in the street', { line1: '77 Larchmomt Avenue' }],
    ['a slip, and another flat of the house', { line1: '77 Larchmomt Ave Apt 4' }],
    ['no postal code', { postal_code: '' }],
  ])('with %s is known by the older one’s keys', async (_, over) => {
    const first = await livesAt({})
    const second = await livesAt(over)
    expect(second.building).toBe(first.building)
    expect(second.isLinked).toBe(true)
  })

  test('with a slip in a short name is one where no flat is given, or the same', async () => {
    const first = await livesAt({ line1: '77 Maple Street' })
    expect((await livesAt({ line1: '77 Mapel Street' })).door).toBe(first.door)
    expect((await livesAt({ line1: '77 Mapel Street Apt 4' })).isLinked).toBe(false)
  })

  test('stays known as it was for whoever writes it so again', async () => {
    const first = await livesAt({})
    await livesAt({ line1: '77 Larchmomt Avenue' })
    expect(await livesAt({ line1: '77 Larchmomt Avenue' })).toMatchObject({ door: first.door })
  })
})

test.each([
  ['another house number', { line1: '79 Larchmont Avenue' }],
  ['another street', { line1: '77 Birchmont Avenue' }],
  ['another postal code', { postal_code: '80203' }],
  ['the same street of another city', { city: 'Boston', region: 'MA', postal_code: '' }],
])('%s is another door', async (_, over) => {
  await livesAt({})
  expect((await livesAt(over)).isLinked).toBe(false)
})

test('an address without a postal code never makes one of two streets of one name', async () => {
  const bare = await livesAt({ postal_code: '' })
  expect((await livesAt({})).door).toBe(bare.door)
  expect((await livesAt({ postal_code: '80219' })).isLinked).toBe(false)
})

test('people who share a door in two writings share it for the rules', async () => {
  await world.importPeople('2026-02-01', [
    fern,
    { ...fern, external_id: 'E-2', name: 'Ash Tolliver', email: 'ash@example.com', line1: '4 Reed Court' },
  ])
  await world.importShipments('2026-03-01T12:00:00Z', [
    { ...parcel, ...larch },
    {
      ...parcel,
      ...larch,
      line1: '77 Larchmomt Ave',
      reference: 'PO-2',
      tracking_code: '1Z2',
      serial_number: 'C02TALE002',
      person_email: 'ash@example.com',
    },
  ])
  await world.detect('2026-03-02')
  const found = (await world.findings()).filter((one) => one.rule === 'address-shared')
  expect(found).toHaveLength(2)
})

test('keys of an older normaliser are made again so, and the old ones go by the same', async () => {
  await livesAt({})
  await livesAt({ line1: '77 Larchmomt Avenue' })
  const made = await Promise.all([`p${known - 1}@example.com`, `p${known}@example.com`].map(keysOf))
  await world.db
    .updateTable('address_versions')
    .set({ normaliser_version: 1, linked_door_key: null, linked_building_key: null, site_hints: null, door_key: null })
    .execute()
  await rekeyAddresses({ db: world.db, clock: () => time('2026-03-03'), log: { error: () => {} } })
  const again = await Promise.all([`p${known - 1}@example.com`, `p${known}@example.com`].map(keysOf))
  expect(again[0]!.door).toBe(again[1]!.door)
  expect(made[0]!.door).toBe(made[1]!.door)
})
