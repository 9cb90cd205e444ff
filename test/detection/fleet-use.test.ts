// What each laptop shows now: it follows the ledger by what reports add, and is what reading every laptop anew would give.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { followFleetUse, recountFleetUse } from '../../server/detection/fleet-use.ts'
import { ipIn, openWorld, type TestWorld } from '../world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
afterEach(() => world.reset())

const anyDesk = { name: 'AnyDesk', identifier: 'com.philandro.anydesk', kind: 'app' }
const slack = { name: 'Slack', kind: 'app' }
const serialNumber = 'C02FLEETUSE1'

const report = (at: string, body: object, source = 'agent', told = at) =>
  world.checkIn(at, { serialNumber, platform: 'darwin', ...body }, { source, told })

/** What is counted after following; reading everything anew must give the same. */
async function shown(): Promise<string[]> {
  await followFleetUse(world.db)
  const followed = await rows()
  await world.run((tx) => recountFleetUse(tx))
  expect(await rows()).toEqual(followed)
  return followed
}

async function rows(): Promise<string[]> {
  const all = await world.db
    .selectFrom('fleet_use')
    .select(['what', 'value'])
    .orderBy('what')
    .orderBy('value')
    .execute()
  return all.map(({ what, value }) => `${what} ${value}`)
}

it('counts a tool from the report that adds it to the one that it is gone from', async () => {
  await report('2026-03-05', { software: [slack] })
  expect(await shown()).toEqual([])
  await report('2026-03-06', { software: [slack, anyDesk] })
  expect(await shown()).toEqual(['tool anydesk'])
  await report('2026-03-07', { software: [slack] })
  expect(await shown()).toEqual([])
})

it('keeps a tool that another source still shows', async () => {
  await report('2026-03-05', { software: [anyDesk] })
  await report('2026-03-06', { software: [anyDesk] }, 'jamf')
  await report('2026-03-07', { software: [slack] })
  expect(await shown()).toEqual(['tool anydesk'])
  await report('2026-03-08', { software: [slack] }, 'jamf')
  expect(await shown()).toEqual([])
})

it('knows one exit of a laptop, the newest, and one that is told no more is not forgotten', async () => {
  const [boston, phoenix] = [ipIn('Boston'), ipIn('Phoenix')]
  await report('2026-03-05', { publicIp: boston })
  expect(await shown()).toEqual([`network_exit ${boston}`])
  await report('2026-03-06', { publicIp: phoenix })
  expect(await shown()).toEqual([`network_exit ${phoenix}`])
  await report('2026-03-07', { software: [slack] })
  expect(await shown()).toEqual([`network_exit ${phoenix}`])
})

it('is not moved by a report that comes late', async () => {
  await report('2026-03-08', { software: [slack] })
  await report('2026-03-07', { software: [anyDesk] }, 'agent', '2026-03-09')
  expect(await shown()).toEqual([])
})

it('takes what comes and goes between two looks as it is in the end', async () => {
  await report('2026-03-05', { software: [anyDesk] })
  await report('2026-03-06', { software: [slack] })
  await report('2026-03-07', { software: [slack], usbDevices: [pikvm] })
  expect(await shown()).toEqual(['hardware pikvm'])
})

const pikvm = {
  vendorId: '1d6b',
  productId: '0104',
  vendor: 'PiKVM',
  product: 'PiKVM Composite Device',
  serial: 'CAFEBABE',
}
