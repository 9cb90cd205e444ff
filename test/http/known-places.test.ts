// Known places over the whole road: a change on the page reaches every process, the addresses on file, and the cases.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestService, type TestService } from '../service.ts'

let edge: TestService
beforeAll(async () => {
  edge = await startTestService()
})
afterAll(() => edge.stop())

const person = {
  external_id: 'E-1',
  name: 'Ines Calder',
  email: 'ines@example.com',
  line1: '14 Quay Street',
  city: 'Boston',
  region: 'MA',
  postal_code: '02110',
  country: 'US',
}

const entry = {
  kind: 'mail drop',
  name: 'Quay Mail',
  line1: '14 Quay St',
  city: 'Boston',
  region: 'MA',
  postalCode: '02110',
  country: 'US',
  unitPattern: null,
  multiTenant: false,
  confidence: 0.9,
  source: 'https://example.com/quay',
}

test('an entry that is added counts for what comes and, soon after, for what is on file', async () => {
  const token = await edge.token({ scopes: ['directory:write'] })
  const bring = (rows: object[]) => edge.send('POST', '/people', JSON.stringify(rows), token.headers)
  expect((await bring([person])).status).toBe(200)
  await edge.drain()
  const analyst = await edge.signIn('analyst')
  const { data } = await edge.rpc(analyst, 'knownPlaces.add', { entry, reason: 'seen there' })
  expect(data).toMatchObject({ waits: false })
  const matches = async () => (await edge.rpc(analyst, 'knownPlaces.get', { id: data.placeId })).data.matches
  await expect.poll(matches, { timeout: 15_000, interval: 100 }).toBe(1)
  expect((await bring([{ ...person, external_id: 'E-2', name: 'Otto Lind', email: 'otto@example.com' }])).status).toBe(
    200,
  )
  await edge.drain()
  expect(await matches()).toBe(2)
  const { data: list } = await edge.rpc(analyst, 'knownPlaces.list', { state: 'matched' })
  expect(list.places).toMatchObject([{ id: data.placeId, matches: 2, from: 'company' }])
  expect(edge.logged.join('\n')).not.toMatch(/Quay/)
})

test('who has an address there is told for a reason, and each look stands in their timeline', async () => {
  const provisioner = await edge.signIn('provisioner')
  const { data: list } = await edge.rpc(provisioner, 'knownPlaces.list', { state: 'matched' })
  const placeId = list.places[0].id
  const { data: place } = await edge.rpc(provisioner, 'knownPlaces.get', { id: placeId })
  expect(JSON.stringify(place)).not.toMatch(/Ines|Otto/)
  const { data: people } = await edge.rpc(provisioner, 'knownPlaces.revealPeople', {
    placeId,
    reason: 'they all moved',
  })
  expect(people.map(({ name }: { name: string }) => name).sort()).toEqual(['Ines Calder', 'Otto Lind'])
  const looks = await edge.database.db
    .selectFrom('ledger')
    .select('person_id')
    .where('kind', '=', 'address.revealed')
    .execute()
  expect(looks.map((look) => look.person_id).sort()).toEqual(people.map(({ id }: { id: string }) => id).sort())
  const { error } = await edge.rpc(await edge.signIn('auditor'), 'knownPlaces.revealPeople', {
    placeId,
    reason: 'why not',
  })
  expect(error).toMatchObject({ code: 'FORBIDDEN' })
})

test('a form that could be slow is refused with its field', async () => {
  const answer = await edge.rpc(await edge.signIn('admin'), 'knownPlaces.add', {
    entry: { ...entry, unitPattern: '(a+)+$' },
    reason: 'seen there',
  })
  expect(answer.error).toMatchObject({ code: 'UNPROCESSABLE_CONTENT', faults: [{ path: 'unitPattern' }] })
})

test('what is asked of one is confirmed by another only', async () => {
  const [analyst, admin] = [await edge.signIn('analyst'), await edge.signIn('admin')]
  const input = { placeId: 'amazon-hub', reason: 'not for us' }
  expect((await edge.rpc(admin, 'knownPlaces.switchOff', input)).data).toMatchObject({ waits: true })
  expect((await edge.rpc(admin, 'knownPlaces.confirm', input)).error).toMatchObject({ code: 'FORBIDDEN' })
  // The admin has just made the analyst's account: a third person has to do it.
  expect((await edge.rpc(analyst, 'knownPlaces.confirm', input)).error).toMatchObject({ code: 'FORBIDDEN' })
  expect((await edge.rpc(analyst, 'knownPlaces.refuse', input)).error).toBeNull()
  expect((await edge.rpc(analyst, 'knownPlaces.get', { id: 'amazon-hub' })).data).toMatchObject({
    asked: null,
    isOff: false,
  })
})
