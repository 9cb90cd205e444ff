// Address versions: approved, refused and looked at on record.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  addressOf,
  approveAddress,
  currentHome,
  isSameAddress,
  isWrittenAlike,
  refuseAddress,
  revealAddress,
  versionsOf,
} from '../../server/addresses/versions.ts'
import { fern, openWorld, type TestWorld, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.importPeople('2026-02-01', [fern])
  await world.importPeople('2026-03-01', [
    { ...fern, line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85004', address_verified: 'no' },
  ])
})

const act = () => world.act('2026-03-02', user('usr_1'))
const versions = async () => {
  const { id } = await world.person(fern.email)
  return world.run((tx) => versionsOf(tx, id))
}
const newest = async () => (await versions()).at(-1)!

test('an approval says who, when and why', async () => {
  const { id: addressId } = await newest()
  await world.run((tx) => approveAddress(tx, act(), { addressId, reason: 'lease seen' }))
  expect(await newest()).toMatchObject({ approved_at: new Date('2026-03-02T12:00:00Z'), approved_by: user('usr_1') })
  const [approved] = await world.events('address.approved')
  const note = await world.db
    .selectFrom('notes')
    .select('text')
    .where('id', '=', approved!.payload!.noteId)
    .executeTakeFirst()
  expect([approved!.actor, note?.text]).toEqual([user('usr_1'), 'lease seen'])
  await expect(world.run((tx) => approveAddress(tx, act(), { addressId, reason: 'again' }))).rejects.toMatchObject({
    problem: 'conflict',
  })
})

test('an approval holds for the person’s every version at that door: a parcel’s ship-to from before it too', async () => {
  const to = { line1: '12 Maple Street', city: 'Denver', region: 'CO', postal_code: '80205', country: 'US' }
  await world.importShipments('2026-03-02', [
    { reference: 'PO-9', person_email: fern.email, ordered_at: '2026-03-02', ...to },
  ])
  await world.importPeople('2026-03-03', [{ ...fern, ...to, address_verified: 'yes' }])
  const denver = (await versions()).filter((version) => version.city === 'Denver')
  expect(denver.map((version) => [version.use, version.approved_at !== null])).toEqual(
    expect.arrayContaining([
      ['ship_to', true],
      ['home', true],
    ]),
  )
})

test('a refused address stays on file and is nobody’s home', async () => {
  const { id: addressId } = await newest()
  expect(currentHome(await versions())?.city).toBe('Phoenix')
  await world.run((tx) => refuseAddress(tx, act(), { addressId, reason: 'never lived there' }))
  expect(currentHome(await versions())?.city).toBe('Boston')
  expect(await versions()).toHaveLength(2)
  await expect(world.run((tx) => refuseAddress(tx, act(), { addressId, reason: 'again' }))).rejects.toMatchObject({
    problem: 'conflict',
  })
})

test('a look at a whole address is on record with its reason', async () => {
  const { id: addressId } = await newest()
  const address = await world.run((tx) => revealAddress(tx, act(), { addressId, reason: 'to call' }))
  expect(address).toMatchObject({ line1: '500 Desert Road', city: 'Phoenix' })
  expect(await world.events('address.revealed')).toMatchObject([{ actor: user('usr_1'), payload: { addressId } }])
})

test('an address that is not there is not found', async () => {
  const none = world.run((tx) => revealAddress(tx, act(), { addressId: 'adr_none', reason: 'to call' }))
  await expect(none).rejects.toMatchObject({ problem: 'not_found' })
})

test('a slip of the pen is the same address, and still another writing; another number is neither', async () => {
  const home = await newest()
  const slipped = { ...addressOf(home), line1: '500 Dessert Rd' }
  expect([isSameAddress(home, slipped), isWrittenAlike(home, slipped)]).toEqual([true, false])
  const spelled = { ...addressOf(home), line1: '500 DESERT RD.' }
  expect([isSameAddress(home, spelled), isWrittenAlike(home, spelled)]).toEqual([true, true])
  const other = { ...addressOf(home), line1: '501 Desert Road' }
  expect([isSameAddress(home, other), isWrittenAlike(home, other)]).toEqual([false, false])
})
