// People: created once, updated from → to, told apart by number and by e-mail.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { endDeclaration } from '../../server/people/declarations.ts'
import { fern, openWorld, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const versions = () => world.db.selectFrom('address_versions').selectAll().orderBy('valid_from').orderBy('id').execute()
const elsewhere = { ...fern, line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', postal_code: '85004' }

test('a person is found by number, else by e-mail in any case', async () => {
  await world.importPeople('2026-02-01', [fern])
  expect(
    await world.importPeople('2026-02-02', [
      { external_id: 'E-100', phone: '1' },
      { email: 'FERN@example.com', phone: '2' },
    ]),
  ).toMatchObject({ created: 0, updated: 2 })
  expect(await world.person('FERN@example.com')).toMatchObject({ phone: '2', name: 'Fern Hollis' })
})

test('somebody first known by e-mail takes on their number; another’s e-mail is refused', async () => {
  await world.importPeople('2026-02-01', [{ name: 'Fern', email: fern.email }])
  await world.importPeople('2026-02-02', [{ external_id: 'E-100', email: fern.email }])
  expect(await world.person(fern.email)).toMatchObject({ external_id: 'E-100' })
  const came = await world.importPeople('2026-02-03', [{ external_id: 'E-200', name: 'Bo', email: fern.email }])
  expect(came.rejected).toMatchObject([{ column: 'email' }])
})

test('somebody new needs a name', async () => {
  expect((await world.importPeople('2026-02-01', [{ external_id: 'E-1' }])).rejected).toMatchObject([
    { column: 'name' },
  ])
})

test('payloads name nobody', async () => {
  await world.importPeople('2026-02-01', [fern])
  await world.importPeople('2026-02-02', [{ ...elsewhere, name: 'Fern Quill' }])
  const ledger = JSON.stringify((await world.events()).map((event) => event.payload))
  for (const word of ['Fern', 'Quill', 'example.com', 'Maple', 'Desert', '02118']) expect(ledger).not.toContain(word)
})

test('another address is a new version from when it changed, and the old one stays', async () => {
  await world.importPeople('2026-02-01', [fern])
  await world.importPeople('2026-03-01', [{ ...elsewhere, address_verified: 'no', address_changed_at: '2026-02-20' }])
  const [old, now] = await versions()
  expect(old).toMatchObject({ city: 'Boston', approved_at: new Date('2026-02-01T12:00:00Z') })
  expect(now).toMatchObject({ city: 'Phoenix', approved_at: null, valid_from: new Date('2026-02-20T00:00:00Z') })
  const [, added] = await world.events('address.added')
  expect(added!.payload).toMatchObject({ replaces: old!.id, changedAt: '2026-02-20T00:00:00.000Z', approved: false })
})

test('the same home written otherwise is the same version; verified later, it is approved', async () => {
  await world.importPeople('2026-02-01', [{ ...fern, address_verified: 'no' }])
  const written = {
    ...fern,
    line1: '12 MAPLE ST',
    city: 'boston',
    region: 'Massachusetts',
    postal_code: '02118-0001',
    country: 'United States',
  }
  await world.importPeople('2026-02-02', [{ ...written, address_verified: 'no' }])
  expect(await versions()).toHaveLength(1)
  await world.importPeople('2026-02-03', [written])
  expect(await versions()).toMatchObject([{ approved_at: new Date('2026-02-03T12:00:00Z') }])
  expect(await world.events('address.approved')).toHaveLength(1)
})

test('absent address columns, or all empty ones, take no address away', async () => {
  await world.importPeople('2026-02-01', [fern])
  await world.importPeople('2026-02-02', [{ external_id: fern.external_id, name: 'Fern H' }])
  await world.importPeople('2026-02-03', [{ external_id: fern.external_id, line1: '', city: '', country: '' }])
  expect(await versions()).toMatchObject([{ city: 'Boston', withdrawn_at: null }])
})

test('the address of the identity document is a version of its own, that no parcel goes to by itself', async () => {
  await world.importPeople('2026-02-01', [
    { ...fern, identity_line1: '9 Cedar Row', identity_city: 'Denver', identity_country: 'US' },
  ])
  expect((await versions()).map((version) => version.use).toSorted()).toEqual(['home', 'identity'])
})

test('declarations are about people on file, need what their kind needs, and end once', async () => {
  await world.importPeople('2026-02-01', [fern])
  const travel = {
    kind: 'travel',
    person_email: fern.email,
    starts_on: '2026-03-01',
    ends_on: '2026-03-10',
    reason: 'visit',
  }
  const came = await world.importDeclarations('2026-02-02', [
    travel,
    travel,
    { ...travel, person_email: 'who@example.com' },
    { ...travel, ends_on: '2026-02-01' },
    { kind: 'tool', starts_on: '2026-03-01' },
    { kind: 'household', person_email: fern.email, starts_on: '2026-03-01' },
  ])
  expect(came).toMatchObject({ created: 1, unchanged: 1 })
  expect(came.rejected.map((one) => one.column)).toEqual(['person_email', 'ends_on', 'value', 'other_email'])
  const declarationId = came.outcomes[0]!.result === 'created' ? came.outcomes[0]!.id : ''
  const end = () =>
    world.run((tx) => endDeclaration(tx, world.act('2026-03-02'), { declarationId, reason: 'back early' }))
  await end()
  await expect(end()).rejects.toMatchObject({ problem: 'conflict' })
})
