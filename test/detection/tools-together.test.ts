// Ways to drive a laptop are known of those it is together with, and tie nobody to anybody by themselves.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import { loadFacts } from '../../server/detection/facts.ts'
import { rebuildDevice } from '../../server/detection/project-links.ts'
import { fern, ipIn, openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const serialOf = (n: number) => `C02TALE00${n}`
const network = { gatewayMac: 'aa:bb:cc:00:00:01' }
const pikvm = [{ vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device' }]

async function checkIn(n: number, at: string, over: object): Promise<void> {
  await world.checkIn(at, { serialNumber: serialOf(n), platform: 'darwin', publicIp: ipIn('Boston'), network, ...over })
  await world.detect(at)
}

async function hire(count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n + 1)
  const email = (n: number) => `p${n}@example.com`
  await world.importPeople(
    '2026-02-01',
    numbers.map((n) => ({
      ...fern,
      external_id: `E-${n}`,
      name: `P ${n}`,
      email: email(n),
      line1: `${n}00 Larch Avenue`,
    })),
  )
  await world.importDevices(
    '2026-03-01',
    numbers.map((n) => ({ serial_number: serialOf(n), status: 'in_service', holder_email: email(n) })),
  )
}

const toolLinks = async () =>
  (await world.db.selectFrom('links').selectAll().where('kind', '=', 'tool').orderBy('id').execute()).map(
    ({ value, person_id, from_seq, to_seq, from_at, to_at }) => ({
      value,
      person_id,
      from_seq,
      to_seq,
      from_at,
      to_at,
    }),
  )

const toolsOfOthers = async (seq?: number) => {
  const head = seq ?? (await world.events()).at(-1)!.seq
  const { id } = await world.device(serialOf(1))
  const { shared } = assembleDossier((await loadFacts(world.db, id, head))!, { seq: head, now: time('2026-03-10') })
  return shared.filter((one) => one.kind === 'gateway').flatMap((one) => one.others.map((other) => other.tools))
}

test('its arrival is a moment; another version of it is none, nor is one that only watches', async () => {
  await hire(1)
  await checkIn(1, '2026-03-06', {
    software: [
      { name: 'AnyDesk', version: '8.1', kind: 'app' },
      { name: 'Slack', kind: 'app' },
    ],
  })
  await checkIn(1, '2026-03-07', { software: [{ name: 'AnyDesk', version: '8.2', kind: 'app' }] })
  await checkIn(1, '2026-03-08', { usbDevices: pikvm })
  const links = await toolLinks()
  expect(links.map((one) => one.value)).toEqual(['anydesk', 'pikvm'])
  for (const link of links) expect([link.to_seq, link.to_at]).toEqual([link.from_seq, link.from_at])
  const { id } = await world.device(serialOf(1))
  await world.run((tx) => rebuildDevice(tx, id))
  expect(await toolLinks()).toEqual(links)
})

test('of whom it is together with is known as of the number, and of nobody else', async () => {
  await hire(3)
  await checkIn(1, '2026-03-06', {})
  await checkIn(2, '2026-03-06T13:00:00Z', {})
  const before = (await world.events()).at(-1)!.seq
  await checkIn(2, '2026-03-07', { software: [{ name: 'AnyDesk', kind: 'app' }] })
  await checkIn(3, '2026-03-07T13:00:00Z', {
    network: { gatewayMac: 'aa:bb:cc:00:00:99' },
    publicIp: ipIn('Denver'),
    usbDevices: pikvm,
  })
  expect(await toolsOfOthers()).toEqual([['anydesk']])
  expect(await toolsOfOthers(before)).toEqual([[]])
})

test('two who have the same tool and nothing else have nothing in common', async () => {
  await hire(2)
  await checkIn(1, '2026-03-06', { software: [{ name: 'AnyDesk', kind: 'app' }] })
  await checkIn(2, '2026-03-06T13:00:00Z', {
    network: { gatewayMac: 'aa:bb:cc:00:00:99' },
    publicIp: ipIn('Denver'),
    software: [{ name: 'AnyDesk', kind: 'app' }],
  })
  const { id } = await world.device(serialOf(1))
  const head = (await world.events()).at(-1)!.seq
  expect(assembleDossier((await loadFacts(world.db, id, head))!, { seq: head }).shared).toEqual([])
  expect(await world.db.selectFrom('sites').selectAll().execute()).toEqual([])
})
