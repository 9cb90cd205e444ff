// Rules about endpoints on a real ledger: what check-ins leave there is enough for them, and the sweep brings the rest.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { distrustToken } from '../../server/access/tokens.ts'
import { ipIn, openWorld, order, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const board = '4C4C4544-0042-3510-8054-B4C04F565931'
const otherBoard = '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12'
const enrolled = { enrollment: { enrolled: true, method: 'automated' } }
const laptop = { serialNumber: parcel.serial_number, hardwareUuid: board, ...enrolled }

/** The parcel of Fern's laptop comes home, and the laptop checks in the day after. */
async function delivered(first: object) {
  await order(world)
  await world.scan('2026-03-05T12:00:00Z', {
    scans: [
      { at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' },
      { at: '2026-03-05T10:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
    ],
  })
  await world.checkIn('2026-03-06', { ...laptop, ...first })
  await world.detect('2026-03-06')
}
const active = async () =>
  (await world.findings()).filter((one) => one.status === 'active').map(({ rule, weight }) => ({ rule, weight }))
const rules = async () => (await active()).map((one) => one.rule).toSorted()

test('a laptop that nobody issued is told after the grace, and adopted by its import', async () => {
  await world.checkIn('2026-03-01', { ...laptop, model: 'MacBookPro18,3', publicIp: ipIn('Denver') })
  await world.detect('2026-03-01')
  expect(await rules()).toEqual([])
  await world.sweep('2026-03-05')
  expect(await active()).toEqual([{ rule: 'unknown-device', weight: 5 }])
  expect(await world.cases()).toEqual([])
  await world.importDevices('2026-03-06', [{ serial_number: parcel.serial_number, asset_tag: 'A-1' }])
  await world.detect('2026-03-06')
  expect(await rules()).toEqual([])
  expect(world.errors).toEqual([])
})

test('days that say nothing new count by the sweep', async () => {
  await delivered({ publicIp: ipIn('Denver') })
  for (let day = 7; day < 15; day++) {
    const at = `2026-03-${String(day).padStart(2, '0')}`
    expect(await world.checkIn(at, { ...laptop, publicIp: ipIn('Denver') })).toBe('unchanged')
    await world.sweep(`${at}T13:00:00Z`)
  }
  expect(await active()).toContainEqual({ rule: 'never-at-home', weight: 5 })
  const [finding] = (await world.findings()).filter((one) => one.rule === 'never-at-home')
  expect(finding?.since).toEqual(time('2026-03-06'))
})

test('a clock, a user and a way in are read from what a check-in left', async () => {
  await world.importPeople('2026-02-01', [{ external_id: 'E-101', name: 'Ash Lindqvist', email: 'ash@example.com' }])
  const told = {
    publicIp: ipIn('Boston'),
    timeZone: 'Asia/Tokyo',
    user: { email: 'Ash@example.com' },
    posture: { remoteLogin: true },
  }
  await delivered(told)
  await world.checkIn('2026-03-10', { ...laptop, ...told })
  await world.sweep('2026-03-10T13:00:00Z')
  expect(await active()).toEqual([
    { rule: 'time-zone-mismatch', weight: 6 },
    { rule: 'remote-login-enabled', weight: 5 },
    { rule: 'wrong-user', weight: 8 },
  ])
})

test('a board swapped without a repair opens a case of high severity at once', async () => {
  await delivered({ publicIp: ipIn('Boston') })
  expect(await rules()).toEqual([])
  await world.checkIn('2026-05-01', { ...laptop, hardwareUuid: otherBoard })
  await world.detect('2026-05-01')
  expect(await rules()).toEqual(['hardware-swapped'])
  expect(await world.cases()).toMatchObject([{ severity: 'high' }])
})

test('a token that is distrusted takes at once what rests on its reports', async () => {
  const admin = await world.addUser('ada')
  await world.addToken('tok_1', admin)
  await delivered({ publicIp: ipIn('Boston') })
  const remote = { ...laptop, posture: { remoteLogin: true } }
  await world.checkIn('2026-03-08', remote, { source: 'agent', tokenId: 'tok_1' })
  await world.detect('2026-03-08')
  expect(await rules()).toEqual(['remote-login-enabled'])
  await world.run((tx) =>
    distrustToken(tx, world.act('2026-03-09', admin), { id: 'tok_1', since: time('2026-03-07T00:00:00Z') }),
  )
  await world.detect('2026-03-09')
  expect(await rules()).toEqual([])
})

test('the same board in the other byte order is no news to anybody', async () => {
  await delivered({ publicIp: ipIn('Boston') })
  await world.checkIn('2026-05-01', { ...laptop, hardwareUuid: '44454C4C-4200-1035-8054-B4C04F565931' })
  await world.detect('2026-05-01')
  expect(await rules()).toEqual([])
})
