// Several processes that judge at once, and items that cannot be worked on: one site, one case, and nobody waits for them.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { lockSubjects } from '../../server/custody/record.ts'
import { detect } from '../../server/detection/engine.ts'
import { sweep } from '../../server/detection/sweep.ts'
import { fern, openWorld, type TestWorld, time } from '../world.ts'
import { hire, serialOf } from './boston.ts'

let world: TestWorld

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.reset())
afterAll(() => world.close())

const numbers = [1, 2, 3, 4]

/** Four people of Boston with a laptop each that came there by parcel, and is behind the same router now. */
async function farm(): Promise<void> {
  await hire(world, numbers.length, (n) => ({ phone: `+1 617 555 012${n}` }))
  for (const n of numbers)
    await world.checkIn('2026-03-07', {
      serialNumber: serialOf(n),
      publicIp: '198.51.100.1',
      network: { gatewayMac: 'aa:bb:cc:00:00:01', wifi: { bssid: 'aa:bb:cc:00:00:02' } },
    })
}

const openCases = async () => (await world.cases()).filter((row) => row.status !== 'closed' && row.part_of === null)

it('find one site with one case, whoever of them judges whom first', async () => {
  await farm()
  await world.db
    .updateTable('watch')
    .set({ look_again_at: time('2026-03-07') })
    .execute()
  const again = (at: string) => sweep(world.detection(at), { at: time(at), automatic: false })
  await Promise.all([world.detect('2026-03-08'), again('2026-03-08'), again('2026-03-08'), world.detect('2026-03-08')])
  await Promise.all([again('2026-03-09'), world.detect('2026-03-09')])
  expect(await openCases()).toMatchObject([{ subject_kind: 'site' }])
  expect(await world.db.selectFrom('sites').selectAll().execute()).toHaveLength(1)
  expect((await world.alerts()).filter((one) => one.type === 'case.opened')).toHaveLength(1)
  expect(world.errors).toEqual([])
})

it('leave a laptop to whoever has it in hand, and still refer to it', async () => {
  await farm()
  const { id } = await world.device(serialOf(4))
  await world.run(async (tx) => {
    await lockSubjects(tx, { deviceIds: [id] })
    await world.pool.query(
      `insert into rule_failures (rule, device_id, failed_at, error) values ('farm', $1, '2026-03-08', 'late')`,
      [id],
    )
  })
  expect(await world.db.selectFrom('rule_failures').select('device_id').execute()).toEqual([{ device_id: id }])
})

it('make everybody else’s links where those of one person cannot be made', async () => {
  await farm()
  await world.importPeople(
    '2026-03-08',
    [1, 2].map((n) => ({ ...fern, external_id: `E-${n}`, email: `p${n}@example.com`, phone: `+1 617 555 014${n}` })),
  )
  const detection = world.detection('2026-03-08')
  const pseudonym = (text: string) => {
    if (text.endsWith('0141')) throw new TypeError('no such thing')
    return world.world.pseudonym(text)
  }
  await detect({ ...detection, world: { ...world.world, pseudonym } })
  const errors = world.errors.splice(0)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatch(/^what per_\w+ shares could not be read: TypeError/)
  const { id } = await world.person('p2@example.com')
  const phones = await world.db
    .selectFrom('links')
    .select('value')
    .where('person_id', '=', id)
    .where('kind', '=', 'phone')
    .execute()
  expect(phones).toEqual([{ value: world.world.pseudonym('phone +16175550142') }])
  expect(await openCases()).toMatchObject([{ subject_kind: 'site' }])
})
