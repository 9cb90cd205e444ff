// A farm from the first check-in to the closed case: links in the database, one site, one case, one alert.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closeCase } from '../../server/cases/work.ts'
import { fillLinks } from '../../server/detection/project-links.ts'
import { erasePerson } from '../../server/people/erase.ts'
import { openWorld, outside, type TestWorld, user } from '../world.ts'
import { emailOf, hire, serialOf, streets } from './boston.ts'

let world: TestWorld

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.reset())
afterAll(() => world.close())

const router = { gatewayMac: 'aa:bb:cc:00:00:01', wifi: { bssid: 'aa:bb:cc:00:00:02' } }
const elsewhere = { gatewayMac: 'aa:bb:cc:00:00:09', wifi: { bssid: 'aa:bb:cc:00:00:0a' } }

async function checkIn(n: number, at: string, network: object = router): Promise<void> {
  await world.checkIn(at, { serialNumber: serialOf(n), publicIp: '198.51.100.1', network })
  await world.detect(at)
}

const openLinks = async () =>
  (await world.db.selectFrom('links').selectAll().where('to_seq', 'is', null).orderBy('id').execute()).map(
    ({ kind, value, device_id, person_id }) => ({ kind, value, device_id, person_id }),
  )

describe('two laptops behind one router', () => {
  it('wake each other, are one site with one case and one alert, and reach high', async () => {
    await hire(world, 2)
    await checkIn(1, '2026-03-06')
    expect(await world.cases()).toEqual([])
    await checkIn(2, '2026-03-07')
    await world.sweep('2026-03-08')
    const [found] = await world.cases()
    expect(found).toMatchObject({ subject_kind: 'site', severity: 'high', status: 'new', part_of: null })
    expect(await world.cases()).toHaveLength(1)
    expect((await world.events('site.found')).map((event) => event.payload?.personIds.length)).toEqual([2])
    const opened = (await world.alerts()).filter((one) => one.type === 'case.opened')
    expect(opened).toHaveLength(1)
    expect(opened[0]?.data.people).toHaveLength(2)
    expect(world.errors).toEqual([])
  })

  it('say nothing where both live at one door, and where a household is declared', async () => {
    await hire(world, 2, () => ({ line1: streets[0] }))
    await checkIn(1, '2026-03-06')
    await checkIn(2, '2026-03-07')
    expect(await world.cases()).toEqual([])
    await world.importDeclarations('2026-03-08', [
      { kind: 'household', person_email: emailOf(1), other_email: emailOf(2), starts_on: '2026-03-08' },
    ])
    await world.detect('2026-03-08')
    expect((await world.findings()).filter((one) => one.status === 'active')).toEqual([])
  })

  it('clear again where a household is declared afterwards, for both', async () => {
    await hire(world, 2)
    await checkIn(1, '2026-03-06')
    await checkIn(2, '2026-03-07')
    await world.importDeclarations('2026-03-08', [
      { kind: 'household', person_email: emailOf(1), other_email: emailOf(2), starts_on: '2026-03-08' },
    ])
    await world.detect('2026-03-08')
    expect((await world.findings()).filter((one) => one.status === 'active')).toEqual([])
  })
})

describe('a site’s case', () => {
  it('takes in what its people have open, which keeps its number and leaves the queue', async () => {
    await hire(world, 3)
    // A case of the first alone.
    await world.checkIn('2026-03-06', {
      serialNumber: serialOf(1),
      usbDevices: [
        { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
      ],
    })
    await world.detect('2026-03-06')
    const [alone] = await world.cases()
    expect(alone).toMatchObject({ subject_kind: 'person', status: 'new' })
    for (const n of [1, 2, 3]) await checkIn(n, `2026-03-0${n + 6}`)
    const [first, site, ...more] = await world.cases()
    expect(more).toEqual([])
    expect(site).toMatchObject({ subject_kind: 'site', severity: 'critical' })
    expect(first).toMatchObject({ id: alone?.id, number: alone?.number, part_of: site?.id })
    expect((await world.events('case.taken_in')).map((event) => [event.caseId, event.payload?.into])).toEqual([
      [alone?.id, site?.id],
    ])
    const told = (await world.alerts()).filter((one) => one.key === site?.id)
    expect(told.map((one) => one.type)).toContain('case.opened')
    expect(told.at(-1)?.data.people).toHaveLength(3)
    expect(told.at(-1)?.data.findings.map((one: { rule: string }) => one.rule)).toContain('kvm-hardware')
  })

  it('closes with those that it took in, and what was confirmed tells of the next laptop at the place', async () => {
    await hire(world, 3)
    await checkIn(1, '2026-03-06')
    await checkIn(2, '2026-03-07')
    const [site] = await world.cases()
    await world.run((tx) =>
      closeCase(tx, world.act('2026-03-10', user('u_1')), outside, {
        caseId: site!.id,
        outcome: 'confirmed',
        note: 'a farm',
      }),
    )
    await world.detect('2026-03-10')
    expect((await world.cases()).map((one) => [one.status, one.outcome])).toEqual([['closed', 'confirmed']])
    await checkIn(3, '2026-03-12')
    const rules = (await world.findings()).filter((one) => one.status === 'active').map((one) => one.rule)
    expect(rules).toContain('site-of-closed-case')
  })

  it('is one of two sites that meet: the older stays', async () => {
    await hire(world, 4)
    await checkIn(1, '2026-03-06')
    await checkIn(2, '2026-03-06T13:00:00Z')
    await checkIn(3, '2026-03-07', elsewhere)
    await checkIn(4, '2026-03-07T13:00:00Z', elsewhere)
    const before = await world.cases()
    // One address shows all four already where the addresses are one household's: the routers alone tell two places.
    await checkIn(3, '2026-03-08', router)
    await checkIn(4, '2026-03-08T13:00:00Z', router)
    const sites = await world.db.selectFrom('sites').selectAll().orderBy('found_at').execute()
    expect(sites.filter((one) => one.merged_into === null)).toHaveLength(1)
    const open = (await world.cases()).filter((one) => one.status !== 'closed' && one.part_of === null)
    expect(open).toHaveLength(1)
    expect(open[0]?.number).toBe(before[0]?.number)
  })
})

describe('links', () => {
  const project = async () => {
    await hire(world, 2)
    await checkIn(1, '2026-03-06')
    await checkIn(2, '2026-03-07')
    await checkIn(2, '2026-03-09', elsewhere)
  }

  it('begin and end with what a source tells, for the person who has the laptop', async () => {
    await project()
    const { id } = await world.device(serialOf(2))
    const person = await world.person(emailOf(2))
    const rows = await world.db.selectFrom('links').selectAll().where('device_id', '=', id).execute()
    const told = rows.map(
      (row) =>
        `${row.kind} ${row.from_at.toISOString().slice(0, 10)} ${row.to_at?.toISOString().slice(0, 10) ?? 'now'}`,
    )
    expect(rows.every((row) => row.person_id === person.id)).toBe(true)
    expect(told.sort()).toEqual([
      'access point 2026-03-07 2026-03-09',
      'access point 2026-03-09 now',
      'gateway 2026-03-07 2026-03-09',
      'gateway 2026-03-09 now',
      'network 2026-03-07 now',
    ])
    expect(JSON.stringify(rows)).not.toContain('aa:bb:cc')
  })

  it('are the same when they are made anew from the ledger of before there were any', async () => {
    await project()
    const sorted = async () => {
      const rows = await world.db.selectFrom('links').selectAll().execute()
      return rows.map(({ id: _, ...row }) => JSON.stringify(row)).sort()
    }
    const told = await sorted()
    const head = (await world.events()).at(-1)!.seq
    await world.db.deleteFrom('links').execute()
    await world.db.updateTable('cursors').set({ seq: head }).where('name', '=', 'links').execute()
    for (let step = 0; step < 20; step++)
      if ((await world.run((tx) => fillLinks(tx, { world: world.world, log: console }, head))) === null) break
    expect(await sorted()).toEqual(told)
  })

  it('go with the laptop to its next person, and end where it comes back', async () => {
    await project()
    const { id } = await world.device(serialOf(2))
    const owners = async () =>
      new Set((await openLinks()).filter((row) => row.device_id === id).map((row) => row.person_id))
    const next = await world.person(emailOf(1))
    await world.importDevices('2026-03-20', [
      { serial_number: serialOf(2), status: 'in_service', holder_email: emailOf(1) },
    ])
    await world.detect('2026-03-20')
    expect(await owners()).toEqual(new Set([next.id]))
    await world.importDevices('2026-03-25', [{ serial_number: serialOf(2), status: 'retired' }])
    await world.detect('2026-03-25')
    expect(await owners()).toEqual(new Set([null]))
  })

  it('forget doors and phones of a person who is erased', async () => {
    await hire(world, 1, () => ({ phone: '+1 617 555 0123' }))
    expect((await openLinks()).map((row) => row.kind)).toEqual(['door', 'building', 'phone'])
    expect(JSON.stringify(await openLinks())).not.toContain('5550123')
    const { id } = await world.person(emailOf(1))
    await world.run((tx) => erasePerson(tx, world.act('2026-04-01'), { personId: id, reason: 'asked' }))
    expect(await openLinks()).toEqual([])
  })
})
