// The company's part of the list of known places: added at once, silenced by two, and read anew by what is on file.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { classifyAnew, readWalk } from '../../server/addresses/classify-anew.ts'
import {
  addPlace,
  companyPlaces,
  confirmPlace,
  correctPlace,
  createKnownPlaces,
  type PlaceEntry,
  placesInForce,
  refusePlace,
  switchOffPlace,
  switchOnPlace,
} from '../../server/addresses/company-places.ts'
import { knownPlaces } from '../../server/addresses/known-places.ts'
import { versionsOf } from '../../server/addresses/versions.ts'
import { importPlaces } from '../../server/imports/import-places.ts'
import { exportKnownPlaces, listKnownPlaces, readKnownPlace } from '../../server/views/known-places.ts'
import { fern, openWorld, parcel, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const ada = (now = '2026-03-01') => world.act(now, user('usr_ada'))
const bob = (now = '2026-03-02') => world.act(now, user('usr_bob'))
const reason = 'seen on their page'
const places = createKnownPlaces()

const entry: PlaceEntry = {
  kind: 'freight forwarder',
  name: 'Quay Forwarding',
  line1: '14 Quay Street',
  city: 'Boston',
  region: 'MA',
  postalCode: '02110',
  country: 'US',
  unitPattern: null,
  multiTenant: false,
  confidence: 0.95,
  source: 'https://example.com/quay',
}

const person = (n: number) => ({ ...fern, external_id: `F-${n}`, email: `p${n}@example.com`, line1: `${n} Elm Street` })

const inForce = async () => placesInForce(await companyPlaces(world.db))
const entryOf = async (id: string) => (await inForce()).find((place) => place.id === id)
const add = (act = ada(), changed: Partial<PlaceEntry> = {}) =>
  world.run((tx) => addPlace(tx, act, { entry: { ...entry, ...changed }, reason }))
const readAnew = (now = '2026-03-03', known = places, classify = known.classify) =>
  classifyAnew({
    db: world.db,
    clock: () => time(now),
    world: { ...world.world, classify },
    knownPlaces: known,
    log: world.detection(now).log,
  })

describe('the company’s own entries', () => {
  test('count at once, on record with who and why', async () => {
    const { placeId, waits } = await add()
    expect(waits).toBe(false)
    expect(await entryOf(placeId)).toMatchObject({ kind: 'freight forwarder', name: 'Quay Forwarding' })
    const [set] = await world.events('place.set')
    expect(set).toMatchObject({ actor: user('usr_ada'), payload: { placeId, change: 'added', alone: false } })
    expect(JSON.stringify(set!.payload)).not.toMatch(/Quay/)
    expect(await readKnownPlace(world.db, placeId)).toMatchObject({ from: 'company', history: [{ reason }] })
  })

  test('of a kind that silences wait for somebody else', async () => {
    const { placeId, waits } = await add(ada(), { kind: 'office' })
    expect(waits).toBe(true)
    expect(await entryOf(placeId)).toBeUndefined()
    await expect(world.run((tx) => confirmPlace(tx, ada(), { placeId, reason }))).rejects.toThrow(
      /24 hours|somebody else/,
    )
    await world.run((tx) => confirmPlace(tx, bob(), { placeId, reason }))
    expect(await entryOf(placeId)).toMatchObject({ kind: 'office' })
  })

  test.each([
    [{ unitPattern: '(a+)+$' }, 'unitPattern'],
    [{ line1: 'by the harbour' }, 'line1'],
    [{ confidence: 2 }, 'confidence'],
    [{ line1: '', name: 'Co' }, 'name'],
  ])('are refused with the field that is wrong: %o', async (changed, path) => {
    await expect(add(ada(), changed)).rejects.toMatchObject({ problem: 'invalid', faults: [{ path }] })
  })

  test('hide none of ours at the same door that is as sure', async () => {
    const ours = knownPlaces.find(({ id }) => id === 'corporation-trust-center')!
    await add(ada(), { ...ours, kind: 'hotel', name: 'Grand', unitPattern: null, confidence: ours.confidence })
    await places.refresh(world.db)
    expect(places.classify({ ...ours, line2: '' })).toMatchObject({ placeId: ours.id })
  })
})

describe('switching off and correcting', () => {
  const ours = 'myus-sarasota'

  test('one of ours counts until a second person confirms', async () => {
    expect(await world.run((tx) => switchOffPlace(tx, ada(), { placeId: ours, reason }))).toMatchObject({ waits: true })
    expect(await entryOf(ours)).toBeDefined()
    await world.run((tx) => confirmPlace(tx, bob(), { placeId: ours, reason }))
    expect(await entryOf(ours)).toBeUndefined()
    const { places: off } = await listKnownPlaces(world.db, {
      kinds: [],
      from: null,
      state: 'off',
      text: '',
      after: null,
      limit: 10,
    })
    expect(off.map(({ id }) => id)).toEqual([ours])
    await world.run((tx) => switchOnPlace(tx, ada('2026-03-04'), { placeId: ours, reason }))
    expect(await entryOf(ours)).toBeDefined()
  })

  test('whoever wrote an entry is no second person for it', async () => {
    const { placeId } = await add()
    await world.run((tx) => switchOffPlace(tx, bob(), { placeId, reason }))
    await expect(world.run((tx) => confirmPlace(tx, ada('2026-03-02'), { placeId, reason }))).rejects.toMatchObject({
      problem: 'forbidden',
    })
    expect(await entryOf(placeId)).toBeDefined()
  })

  test('a house with one user may act alone after a day, marked so', async () => {
    await world.run((tx) => switchOffPlace(tx, ada(), { placeId: ours, reason }))
    await world.run((tx) => confirmPlace(tx, ada('2026-03-03'), { placeId: ours, reason }))
    expect((await world.events('place.set')).at(-1)).toMatchObject({ payload: { change: 'switched off', alone: true } })
  })

  test('a correction stands beside what it would replace, and may be refused', async () => {
    const before = (await entryOf(ours))!
    const { id: _, ...told } = before
    const corrected = { ...told, name: 'MyUS by another name' }
    await world.run((tx) => correctPlace(tx, ada(), { placeId: ours, entry: corrected, reason }))
    expect(await readKnownPlace(world.db, ours)).toMatchObject({ asked: 'correct', askedEntry: corrected })
    await expect(world.run((tx) => switchOffPlace(tx, bob(), { placeId: ours, reason }))).rejects.toMatchObject({
      problem: 'conflict',
    })
    await world.run((tx) => refusePlace(tx, bob(), { placeId: ours, reason }))
    expect(await entryOf(ours)).toEqual(before)
    await world.run((tx) => correctPlace(tx, ada(), { placeId: ours, entry: corrected, reason }))
    await world.run((tx) => confirmPlace(tx, bob(), { placeId: ours, reason }))
    expect((await entryOf(ours))?.name).toBe('MyUS by another name')
    expect(await readKnownPlace(world.db, ours)).toMatchObject({ isCorrected: true, original: before })
  })
})

describe('what is on file', () => {
  beforeEach(async () => {
    await world.importPeople('2026-02-01', [fern])
    await world.importShipments('2026-02-02', [parcel])
    await readAnew('2026-02-03')
    await world.detect('2026-02-03')
  })
  const home = async () => {
    const { id } = await world.person(fern.email)
    return (await world.run((tx) => versionsOf(tx, id))).at(-1)!
  }
  const listedThere = async () => {
    const { line1, city, region, postal_code, country } = await home()
    return add(ada('2026-02-10'), {
      line1: line1!,
      city: city!,
      region: region!,
      postalCode: postal_code!,
      country: country!,
    })
  }

  test('is read anew in the background, and judged again', async () => {
    const { placeId } = await listedThere()
    await readAnew('2026-02-11')
    expect((await home()).class).toMatchObject({ kind: 'freight forwarder', placeId })
    const changed = (await world.events('address.classified')).filter(({ payload }) => payload?.placeId === placeId)
    expect(changed.length).toBeGreaterThan(0)
    expect(await readWalk(world.db)).toMatchObject({ isDone: true, changed: changed.length })
    expect(await readKnownPlace(world.db, placeId)).toMatchObject({ matches: 1 })
    await world.detect('2026-02-11')
    const findings = await world.db.selectFrom('findings').select(['rule', 'status']).execute()
    expect(findings).toContainEqual({ rule: 'shipped-to-forwarder', status: 'active' })
  })

  test('is read once per list: nothing new, nothing recorded', async () => {
    await listedThere()
    await readAnew('2026-02-11')
    const before = (await world.events('address.classified')).length
    await readAnew('2026-02-12')
    expect((await world.events('address.classified')).length).toBe(before)
  })

  test('is read to its end where one address cannot be read, which keeps what it has', async () => {
    const { placeId } = await listedThere()
    const broken = (await home()).line1
    await world.importPeople('2026-02-10', [{ ...person(2), line1: '14 Quay Street' }])
    await add(ada('2026-02-10'))
    await readAnew('2026-02-11', places, (address) => {
      if (address.line1 === broken) throw new TypeError('no such thing')
      return places.classify(address)
    })
    expect((await home()).class).not.toMatchObject({ placeId })
    expect(await readWalk(world.db)).toMatchObject({ isDone: true })
    expect(await world.events('address.classified')).toHaveLength(1)
    expect(world.errors.splice(0).join()).toMatch(/^adr_\w+ could not be classified: TypeError/)
  })

  test('is read to its end by two processes, one of which has an older list', async () => {
    const rows = Array.from({ length: 450 }, (_, n) => person(n + 2))
    await world.importPeople('2026-02-10', rows)
    const older = createKnownPlaces()
    await older.refresh(world.db)
    await listedThere()
    await Promise.all([readAnew('2026-02-11', older), readAnew('2026-02-11'), readAnew('2026-02-11', older)])
    expect(await readWalk(world.db)).toMatchObject({ isDone: true })
    expect((await home()).class).toMatchObject({ kind: 'freight forwarder' })
  })

  test('is what it was before when the entry is switched off again', async () => {
    const was = (await home()).class
    const { placeId } = await listedThere()
    await readAnew('2026-02-11')
    await world.detect('2026-02-11')
    await world.run((tx) => switchOffPlace(tx, bob('2026-02-12'), { placeId, reason }))
    await world.run((tx) => confirmPlace(tx, world.act('2026-02-12', user('usr_cay')), { placeId, reason }))
    await readAnew('2026-02-13')
    expect((await home()).class).toEqual(was)
    expect((await home()).first_class).toEqual(was)
    await world.detect('2026-02-13')
    const active = await world.db
      .selectFrom('findings')
      .select('rule')
      .where('status', '=', 'active')
      .where('rule', '=', 'shipped-to-forwarder')
      .execute()
    expect(active).toEqual([])
  })
})

describe('files', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const bring = (text: string, act = ada()) => importPlaces(world.db, act, { bytes: bytes(text), reason })

  test('add what is new, once, and name each line that is not right', async () => {
    const text = [
      'kind,name,line1,city,region,postal_code,country,unit_pattern,multi_tenant,confidence,source',
      'mail drop,Dock Mail,55 Dock Rd,Boston,MA,02110,US,,no,0.8,seen there',
      'office,Our desk,1 Pier Rd,Boston,MA,02110,US,,no,0.9,lease',
      'castle,Dock Mail,55 Dock Rd,Boston,MA,02110,US,,no,0.8,seen there',
      'mail drop,Slow,9 Dock Rd,Boston,MA,02110,US,(a+)+$,no,0.8,seen there',
      'hotel,Harbour Rooms Inn,,,,,,,,0.6,their page',
    ].join('\n')
    const came = await bring(text)
    expect(came).toMatchObject({ added: 2, waiting: 1, unchanged: 0 })
    expect(came.rejected.map(({ line, column }) => [line, column])).toEqual([
      [4, 'kind'],
      [5, 'unit_pattern'],
    ])
    expect(await bring(text)).toMatchObject({ added: 0, unchanged: 2 })
  })

  test('that were written here change nothing when they come back', async () => {
    await add()
    const rows = await exportKnownPlaces(world.db)
    const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n')
    expect(await bring(text)).toMatchObject({ added: 0, waiting: 0, unchanged: knownPlaces.length + 1, rejected: [] })
  })

  test('ask for a correction where a line says otherwise under a known id', async () => {
    const [head, ...rows] = await exportKnownPlaces(world.db)
    const row = rows.find(([id]) => id === 'amazon-locker')!
    const text = [head!.join(','), row.with(head!.indexOf('confidence'), '0.5').join(',')].join('\n')
    expect(await bring(text)).toMatchObject({ added: 0, waiting: 1, rejected: [] })
    expect(await readKnownPlace(world.db, 'amazon-locker')).toMatchObject({ asked: 'correct', confidence: 0.9 })
  })
})
