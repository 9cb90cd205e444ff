// Offices and second homes that were declared by an address line: what is there is ordinary, and what is elsewhere is not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { declareForAll } from '../../server/detection/company-declarations.ts'
import { assembleDossier } from '../../server/detection/dossier.ts'
import { loadFacts } from '../../server/detection/facts.ts'
import { firstCheckInFar } from '../../server/detection/rules/first-check-in-far.ts'
import { shipToDiffersFromHome } from '../../server/detection/rules/ship-to-differs-from-home.ts'
import { erasePerson } from '../../server/people/erase.ts'
import { listDeclarations } from '../../server/views/declarations.ts'
import { fern, ipIn, openWorld, parcel, type TestWorld, time, user } from '../world.ts'
import { judge } from './story.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const door = {
  line1: '500 Larch Avenue Suite 30',
  line2: '',
  city: 'Denver',
  region: 'CO',
  postal_code: '80202',
  country: 'US',
}
const line = '500 Larch Ave, Ste 30, Denver, CO 80202'
const ash = {
  ...fern,
  external_id: 'E-200',
  name: 'Ash Tolliver',
  email: 'ash@example.com',
  line1: '4 Reed Court',
  postal_code: '02119',
}

/** Fern's and Ash's laptops go to one door in Denver; both live in Boston. */
async function bothGoThere() {
  await world.importPeople('2026-02-01', [fern, ash])
  await world.importShipments('2026-03-01T12:00:00Z', [
    { ...parcel, ...door, shipped_at: '2026-03-02T12:00:00Z' },
    {
      ...parcel,
      ...door,
      reference: 'PO-2',
      tracking_code: '1Z2',
      serial_number: 'C02TALE002',
      person_email: ash.email,
    },
  ])
  await world.detect('2026-03-02T13:00:00Z')
}

const dossier = async (seq?: number) => {
  const { id } = await world.device(parcel.serial_number)
  const head = (await world.events()).at(-1)!.seq
  const facts = await loadFacts(world.db, id, seq ?? head)
  return assembleDossier(facts!, { seq: seq ?? head })
}
const active = async () =>
  [...new Set((await world.findings()).filter((one) => one.status === 'active').map((one) => one.rule))].sort()

const declare = (row: object, at = '2026-03-03') =>
  world.importDeclarations(at, [{ starts_on: '2026-03-01', ends_on: '2026-06-01', reason: 'ours', ...row }])

describe('a declared office', () => {
  test('makes an address in its building an office of ours, and sharing it says nothing', async () => {
    await bothGoThere()
    expect(await active()).toEqual(expect.arrayContaining(['address-shared', 'ship-to-differs-from-home']))
    const before = (await world.events()).at(-1)!.seq
    await declare({ kind: 'office', value: line })
    await world.detect('2026-03-03')
    expect(await active()).not.toContain('address-shared')
    expect(await active()).not.toContain('ship-to-differs-from-home')
    const now = await dossier()
    expect(now.shipment?.destination).toMatchObject({ kind: 'office' })
    expect(now.shared.filter((one) => one.kind !== 'phone')).not.toEqual([])
    for (const one of now.shared) expect(one).toMatchObject({ declared: true })
    const then = await dossier(before)
    expect(then.shipment?.destination).toMatchObject({ kind: 'unknown' })
    expect(then.shared.some((one) => one.declared)).toBe(false)
  })

  test('says nothing of another building', async () => {
    await bothGoThere()
    await declare({ kind: 'office', value: '502 Larch Ave, Denver, CO 80202' })
    await world.detect('2026-03-03')
    expect(await active()).toContain('address-shared')
  })

  test('that was declared before places were kept is read when it is needed', async () => {
    await bothGoThere()
    await declare({ kind: 'office', value: line })
    await world.db.updateTable('declarations').set({ place: null }).execute()
    await world.detect('2026-03-03')
    expect(await active()).not.toContain('address-shared')
  })

  test('comes by a file even where its line names no building, and the list says so; a page asks for a whole one', async () => {
    expect(await declare({ kind: 'office', value: 'our office in Denver' })).toMatchObject({ created: 1, rejected: [] })
    const { declarations } = await listDeclarations(world.db, {
      state: 'all',
      kind: null,
      scope: null,
      now: time('2026-03-03'),
      after: null,
      limit: 10,
    })
    expect(declarations).toMatchObject([{ value: 'our office in Denver', isRead: false }])
    const asked = { kind: 'office' as const, startsOn: '2026-03-01', endsOn: '2026-06-01', reason: 'ours' }
    const onPage = (value: string) =>
      world.run((tx) => declareForAll(tx, world.act('2026-03-03', user('ann')), { ...asked, value }))
    await expect(onPage('our office in Denver')).rejects.toMatchObject({
      problem: 'invalid',
      faults: [{ path: 'value', problem: expect.stringContaining('write its whole address in one line') }],
    })
    expect(await onPage(line)).toMatchObject({ state: 'waiting' })
  })
})

describe('a second home', () => {
  const isSecond = { kind: 'second_home', person_email: fern.email }
  const isFar = async () => {
    const one = await dossier()
    return [firstCheckInFar, shipToDiffersFromHome]
      .filter((rule) => judge(rule, one).findings.length > 0)
      .map((rule) => rule.id)
  }
  /** A parcel to Boston that is first used in Denver, or one that goes to Denver. */
  const wakesInDenver = async () => {
    await world.importPeople('2026-02-01', [fern])
    await world.importShipments('2026-03-01T12:00:00Z', [{ ...parcel, shipped_at: '2026-03-02T12:00:00Z' }])
    await world.checkIn('2026-03-06', { serialNumber: parcel.serial_number, publicIp: ipIn('Denver') })
  }

  test('makes a first check-in near it ordinary, and no other', async () => {
    await wakesInDenver()
    expect(await isFar()).toEqual(['first-check-in-far'])
    await declare({ ...isSecond, value: 'Phoenix, AZ' })
    expect(await isFar()).toEqual(['first-check-in-far'])
    await declare({ ...isSecond, value: '12 Hill Road, Denver, CO 80203' })
    expect(await isFar()).toEqual([])
  })

  test('makes a parcel to it ordinary, and none to elsewhere', async () => {
    await bothGoThere()
    await declare({ ...isSecond, value: 'Phoenix, AZ' })
    expect(await isFar()).toEqual(['ship-to-differs-from-home'])
    await declare({ ...isSecond, value: 'Denver, CO' })
    expect(await isFar()).toEqual([])
  })

  test('that nobody can place counts wherever they are', async () => {
    await wakesInDenver()
    await declare({ ...isSecond, value: 'the cabin' })
    expect(await isFar()).toEqual([])
  })

  test('leaves no trace of its street once its person is erased', async () => {
    await world.importPeople('2026-02-01', [fern])
    await declare({ ...isSecond, value: '12 Hill Road, Denver, CO 80203' })
    const { id: personId } = await world.person(fern.email)
    await world.run((tx) => erasePerson(tx, world.act('2026-03-04'), { personId, reason: 'asked for it' }))
    expect((await world.dump()).toLowerCase()).not.toContain('hill r')
  })
})
