// Back-test and live detection say the same of a mixed history of several people: a real database, every rule.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { headSeq } from '../../server/custody/ledger.ts'
import { backtest } from '../../server/detection/backtest.ts'
import { assembleDossier } from '../../server/detection/dossier.ts'
import { loadFacts } from '../../server/detection/facts.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { type City, fern, ipIn, openWorld, parcel, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const people = [
  { n: 1, name: 'Fern Hollis', line1: '12 Maple Street', city: 'Boston', region: 'MA', postal_code: '02118' },
  { n: 2, name: 'Bo Lind', line1: '7 Oak Road', city: 'Columbus', region: 'OH', postal_code: '43004' },
  { n: 3, name: 'Cleo Marsh', line1: '80 Pine Avenue', city: 'Denver', region: 'CO', postal_code: '80202' },
  { n: 4, name: 'Dag Ruiz', line1: '3 Birch Lane', city: 'Miami', region: 'FL', postal_code: '33101' },
  { n: 5, name: 'Eve Stone', line1: '12 Maple Street', city: 'Boston', region: 'MA', postal_code: '02118' },
] as const

const serial = (n: number) => `C02TALE00${n}`
const emailOf = (n: number) => `person${n}@example.com`

/** What happens is judged at once, and so is what is due. */
async function step(at: string, ...work: (() => Promise<unknown>)[]): Promise<void> {
  for (const one of work) await one()
  await world.detect(at)
  await world.sweep(at)
}

const wakes =
  (n: number, at: string, city: City, over: object = {}) =>
  () =>
    world.checkIn(at, { serialNumber: serial(n), publicIp: ipIn(city), platform: 'darwin', ...over })

const scans = (n: number, at: string, city: City, is: Parameters<TestWorld['scan']>[1]['scans'][number]['is']) => () =>
  world.scan(at, { trackingCode: `1Z${n}`, scans: [{ at, in: city, is }] })

const gateway = { gatewayMac: '94:83:c4:00:00:01', wifi: { bssid: 'aa:bb:cc:00:00:01' } }
const anyDesk = { name: 'AnyDesk', identifier: 'com.philandro.anydesk', kind: 'app' }
const kvm = [
  { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
]

/** A spring of five people: an honest laptop, a farm of three, one that goes abroad, a tool, a KVM and a return. */
async function spring(): Promise<void> {
  await step('2026-02-01', () =>
    world.importPeople(
      '2026-02-01',
      people.map(({ n, ...person }) => ({ ...fern, external_id: `E-${n}`, email: emailOf(n), ...person })),
    ),
  )
  await step('2026-03-01', () =>
    world.importShipments(
      '2026-03-01',
      people.map(({ n }) => ({
        ...parcel,
        reference: `PO-${n}`,
        tracking_code: `1Z${n}`,
        serial_number: serial(n),
        person_email: emailOf(n),
      })),
    ),
  )
  for (const { n } of people) await step('2026-03-02', scans(n, '2026-03-02', 'Columbus', 'accepted'))
  const redirect = { is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' } as const
  await step('2026-03-03', scans(3, '2026-03-03', 'Columbus', redirect))
  for (const { n, city } of people)
    await step(
      '2026-03-05',
      scans(n, '2026-03-05', n === 3 ? 'Boston' : (city as City), { is: 'delivered', to: 'address' }),
    )
  await step('2026-03-06', wakes(1, '2026-03-06', 'Boston', { network: gateway, timeZone: 'America/New_York' }))
  await step(
    '2026-03-07',
    wakes(3, '2026-03-07', 'Boston', { network: gateway, software: [anyDesk, { name: 'RustDesk', kind: 'app' }] }),
    wakes(5, '2026-03-07', 'Boston', { network: gateway, usbDevices: kvm }),
  )
  await step('2026-03-08', wakes(2, '2026-03-08', 'Lisbon', { timeZone: 'Europe/Lisbon', software: [anyDesk] }))
  await step('2026-03-09', () =>
    world.importDeclarations('2026-03-09', [
      { kind: 'travel', person_email: emailOf(2), starts_on: '2026-03-01', ends_on: '2026-03-20', reason: 'a visit' },
      {
        kind: 'tool',
        person_email: emailOf(2),
        value: 'AnyDesk',
        starts_on: '2026-03-09',
        ends_on: '2026-05-01',
        reason: 'support',
      },
    ]),
  )
  await step(
    '2026-03-10',
    wakes(4, '2026-03-10', 'Miami', { software: [{ name: 'com.visualstudio.code.tunnel', kind: 'service' }] }),
  )
  for (const day of ['12', '15', '19', '24']) {
    const at = `2026-03-${day}`
    await step(
      at,
      wakes(1, at, 'Boston', { network: gateway, software: day > '14' ? [{ ...anyDesk, startup: true }] : [] }),
      wakes(3, at, 'Boston', { network: gateway, power: { onAc: true, lidClosed: true } }),
      wakes(4, at, day === '19' ? 'Lisbon' : 'Miami', { timeZone: day > '15' ? 'Asia/Tokyo' : 'America/New_York' }),
      wakes(5, at, 'Boston', { network: { ...gateway, neighbors: [{ hostname: 'jetkvm.local', ip: '192.168.1.9' }] } }),
    )
  }
  // What comes late finds its place.
  await step('2026-03-28', () =>
    world.checkIn(
      '2026-03-11',
      { serialNumber: serial(4), publicIp: ipIn('Phoenix'), software: [anyDesk] },
      { told: '2026-03-28' },
    ),
  )
  await step('2026-04-10', () => Promise.resolve())
}

test('on the same mixed history both find the same, rule by rule and laptop by laptop', {
  timeout: 120_000,
}, async () => {
  await spring()
  expect(world.errors).toEqual([])
  const live = await world.findings()
  expect(new Set(live.map((finding) => finding.rule)).size).toBeGreaterThan(12)
  for (const rule of rules) {
    const { matches } = await backtest(world.db, { ruleId: rule.id, days: 90, params: {}, now: time('2026-04-10') })
    const keys = new Set(matches.map((match) => `${match.deviceId}:${match.key}`))
    const found = new Set(live.filter((finding) => finding.rule === rule.id).map((finding) => finding.key))
    expect([rule.id, [...keys].toSorted()]).toEqual([rule.id, [...found].toSorted()])
  }

  // What stands now, stands in the dossier as it is put together now, with the weights that live detection gave it.
  const seq = await headSeq(world.db)
  for (const { id } of await world.db.selectFrom('devices').select('id').execute()) {
    const dossier = assembleDossier((await loadFacts(world.db, id, seq))!, { seq, now: time('2026-04-10') })
    for (const rule of rules) {
      const came = rule.evaluate(dossier, rule.params.parse({}))
      const said = (Array.isArray(came) ? came : came.findings).map(({ key, weight }) => [
        `${id}:${key}`,
        weight ?? rule.weight,
      ])
      const standing = live
        .filter((finding) => finding.device_id === id && finding.rule === rule.id && finding.status === 'active')
        .map((finding) => [finding.key, finding.weight])
      expect([rule.id, said.toSorted()]).toEqual([rule.id, standing.toSorted()])
    }
    // And no name, street, number or mail of anybody is in it, but for the keys by which doors are compared.
    expect(
      namedIn(JSON.stringify(dossier, (member, value) => (/key$|^buildings$/i.test(member) ? null : value))),
    ).toEqual([])
  }
  expect(namedIn(JSON.stringify(live.map(({ summary, facts, key }) => [summary, facts, key])))).toEqual([])
})

const namedIn = (text: string): string[] =>
  people
    .flatMap(({ name, line1, postal_code, n }) => [...name.split(' '), line1, postal_code, emailOf(n), `1Z${n}`])
    .filter((secret) => new RegExp(`\\b${secret}\\b`, 'i').test(text))
