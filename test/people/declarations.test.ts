// Network exits that the company declares: ranges of addresses, never half the internet, and counted from both sides in time.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ipIn, openWorld, order, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const declare = (value: string, at = '2026-03-01') =>
  world.importDeclarations(at, [{ kind: 'network_exit', value, starts_on: at, reason: 'the office' }])

test.each(['203.0.113.0/24', '203.0.113.7', '203.0.113.4 - 203.0.113.9', '2001:db8:5::/48', '198.51.0.0/16'])(
  '%s is taken',
  async (value) => expect(await declare(value)).toMatchObject({ created: 1, rejected: [] }),
)

test.each([
  ['the office in Boston', 'must be a network range such as 203.0.113.0/24'],
  ['203.0.113.0/40', 'must be a network range'],
  ['203.0.113.9 - 203.0.113.4', 'must be a network range'],
  ['0.0.0.0/0', 'is wider than a /16'],
  ['10.0.0.0/15', 'is wider than a /16'],
  ['2000::/3', 'IPv6: a /32'],
])('%s is refused, with what to do', async (value, problem) => {
  const { created, rejected } = await declare(value)
  expect({ created, rejected }).toMatchObject({
    created: 0,
    rejected: [{ line: 2, column: 'value', problem: expect.stringContaining(problem) }],
  })
})

test('an exit that is declared later makes what was found at it go away', async () => {
  await order(world, { parcel: { shipped_at: '2026-03-02T12:00:00Z' } })
  await world.checkIn('2026-03-06', { serialNumber: 'C02TALE001', publicIp: ipIn('Lisbon') })
  await world.detect('2026-03-06')
  const abroad = async () => (await world.findings()).find((one) => one.rule === 'check-in-abroad')?.status
  expect(await abroad()).toBe('active')
  await declare(`${ipIn('Lisbon')}/32`, '2026-03-08')
  await world.detect('2026-03-08')
  expect(await abroad()).not.toBe('active')
})
