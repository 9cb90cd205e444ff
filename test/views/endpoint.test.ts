// What the pages about endpoints show: each source's word beside the others', how old it is, what changed, and where laptops are.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { followPlaces } from '../../server/checkins/device-places.ts'
import { followPresence } from '../../server/checkins/device-seen.ts'
import { type DeviceListInput, listDevices, listSources } from '../../server/views/device-list.ts'
import { readSoftware } from '../../server/views/device-software.ts'
import { readEndpoint } from '../../server/views/endpoint.ts'
import { type HistoryInput, readHistory, readPresence } from '../../server/views/facet-history.ts'
import { readMap } from '../../server/views/map.ts'
import { fern, ipIn, openWorld, order, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(() => world.reset())
afterAll(() => world?.close())

const SERIAL = 'C02TALE001'
const UUID = '4C4C4544-0042-4810-8057-000000000001'
const idOf = async (serial = SERIAL) => (await world.device(serial)).id

test('sources stand side by side; what differs is marked, what nobody told is said', async () => {
  await order(world)
  const full = { serialNumber: SERIAL, hardwareUuid: UUID, osVersion: '15.5', publicIp: ipIn('Denver') }
  await world.checkIn('2026-03-05', { ...full, user: { email: fern.email, name: fern.name } })
  await world.checkIn(
    '2026-03-06',
    { serialNumber: SERIAL, osVersion: '15.6', timeZone: 'America/Denver' },
    { source: 'agent' },
  )
  const { sources, sections } = await readEndpoint(world.db, await idOf(), time('2026-03-07'))
  expect(sources.map((one) => [one.source, one.proof, one.matchedBy, one.isSilent])).toEqual([
    ['agent', 'enrolled', 'serial number', false],
    ['mdm', 'enrolled', 'serial number', false],
  ])
  const row = (member: string) => sections.flatMap((one) => one.rows).find((one) => one.member === member)
  expect(row('osVersion')).toMatchObject({
    differs: true,
    cells: { mdm: { told: [{ text: '15.5' }] }, agent: { told: [{ text: '15.6' }] } },
  })
  expect(row('publicIp')?.cells['mdm']?.place).toMatchObject({ city: 'Denver', radiusKm: 100, kind: 'unknown' })
  expect(row('userEmail')?.cells['mdm']).toMatchObject({
    person: { name: fern.name, isAssignee: true },
    told: [{ isHash: true }],
  })
  expect(sections.find((one) => one.facet === 'posture')?.untold).toContain('firewall')
  expect(sections.find((one) => one.facet === 'clock')?.since).toEqual({ agent: '2026-03-06T12:00:00.000Z' })
})

test('a source that fell silent is unknown by now, and disagrees with nobody', async () => {
  await world.checkIn('2026-01-05', { serialNumber: SERIAL, osVersion: '15.5' })
  await world.checkIn('2026-03-06', { serialNumber: SERIAL, osVersion: '15.6' }, { source: 'agent' })
  const { sources, sections } = await readEndpoint(world.db, await idOf(), time('2026-03-07'))
  expect(sources.map((one) => [one.source, one.isSilent])).toEqual([
    ['agent', false],
    ['mdm', true],
  ])
  expect(sections.flatMap((one) => one.rows).some((one) => one.differs)).toBe(false)
})

test('no name that a check-in told leaves the view: hashes, and people on file', async () => {
  await world.checkIn('2026-03-05', {
    serialNumber: SERIAL,
    hostname: 'ferns-secret-mac',
    user: { email: 'hidden@example.com', name: 'Hidden Name' },
    network: { wifi: { ssid: 'Hidden Net', bssid: 'aa:bb:cc:00:00:01' }, gatewayMac: '94:83:c4:00:00:01' },
  })
  const id = await idOf()
  const shown = JSON.stringify([
    await readEndpoint(world.db, id, time('2026-03-07')),
    await readHistory(world.db, { deviceId: id, facet: [], source: [], before: null, limit: 50 }),
  ])
  expect(shown).not.toMatch(/hidden|ferns-secret/i)
  expect(shown).not.toMatch(/94:83:c4:00:00:01|aa:bb:cc:00:00:01/)
})

test('software is one list, what the catalogue knows first, and can be searched', async () => {
  const slack = { name: 'Slack', version: '4.4', kind: 'app' }
  const desk = { name: 'AnyDesk', version: '8.1', identifier: 'com.philandro.anydesk', kind: 'app', startup: true }
  await world.checkIn('2026-03-05', { serialNumber: SERIAL, platform: 'darwin', software: [slack, desk] })
  await world.checkIn(
    '2026-03-06',
    { serialNumber: SERIAL, software: [{ ...slack, version: '4.5' }] },
    { source: 'agent' },
  )
  const deviceId = await idOf()
  const all = await readSoftware(world.db, { deviceId, text: '', known: false })
  expect(all.programs.map((one) => [one.name, one.mark?.weighs ?? null])).toEqual([
    ['AnyDesk', true],
    ['Slack', null],
  ])
  expect(all).toMatchObject({ total: 2, marked: 1, sources: ['agent', 'mdm'] })
  expect(all.programs[1]?.versions).toEqual([
    { source: 'agent', version: '4.5' },
    { source: 'mdm', version: '4.4' },
  ])
  expect((await readSoftware(world.db, { deviceId, text: 'sla', known: false })).programs).toHaveLength(1)
  expect((await readSoftware(world.db, { deviceId, text: '', known: true })).programs[0]?.name).toBe('AnyDesk')
})

test('history is paged and filtered by facet and source, and each change keeps its proof', async () => {
  for (const day of [1, 2, 3, 4, 5])
    await world.checkIn(`2026-03-0${day}`, { serialNumber: SERIAL, osVersion: `15.${day}`, timeZone: 'America/Denver' })
  await world.checkIn(
    '2026-03-06',
    { serialNumber: SERIAL, osVersion: '15.5' },
    { source: 'agent', vouches: 'nothing' },
  )
  const deviceId = await idOf()
  const read = (over: Partial<HistoryInput>) =>
    readHistory(world.db, { deviceId, facet: [], source: [], before: null, limit: 50, ...over })
  const first = await read({ facet: ['posture'], limit: 4 })
  expect(first.changes.map((one) => [one.source, one.proof, one.added[0]?.text])).toEqual([
    ['agent', 'claimed', '15.5'],
    ['mdm', 'enrolled', '15.5'],
    ['mdm', 'enrolled', '15.4'],
    ['mdm', 'enrolled', '15.3'],
  ])
  const second = await read({ facet: ['posture'], limit: 4, before: first.next })
  expect(second.changes.map((one) => one.added[0]?.text)).toEqual(['15.2', '15.1'])
  expect(second.next).toBeNull()
  expect((await read({ source: ['agent'] })).changes).toHaveLength(1)
  expect((await read({ facet: ['clock'] })).changes).toMatchObject([{ isFirst: true, source: 'mdm' }])
})

test('presence is paged by day and source', async () => {
  for (const day of [1, 2, 3]) {
    await world.checkIn(`2026-03-0${day}`, { serialNumber: SERIAL })
    await world.checkIn(`2026-03-0${day}`, { serialNumber: SERIAL }, { source: 'agent' })
  }
  const deviceId = await idOf()
  const first = await readPresence(world.db, { deviceId, after: null, limit: 3 })
  const second = await readPresence(world.db, { deviceId, after: first.next, limit: 3 })
  expect([...first.days, ...second.days].map((one) => `${one.day} ${one.source}`)).toEqual([
    '2026-03-03 agent',
    '2026-03-03 mdm',
    '2026-03-02 agent',
    '2026-03-02 mdm',
    '2026-03-01 agent',
    '2026-03-01 mdm',
  ])
  expect(second.next).toBeNull()
})

const all: DeviceListInput = {
  text: '',
  lifeCycle: [],
  holder: [],
  known: null,
  proof: [],
  network: [],
  abroad: false,
  place: null,
  seen: null,
  source: null,
  sort: 'newest',
  after: null,
  limit: 50,
}
const NOW = '2026-03-20'
const listed = async (over: Partial<DeviceListInput>) => {
  const { devices, total } = await listDevices(world.db, { ...all, ...over }, time(NOW))
  expect(total).toBe(devices.length)
  return devices.map((one) => one.serialNumber)
}

test('the list sorts and filters by proof and by silence, for one source or for any', async () => {
  await world.importDevices(
    '2026-01-01',
    ['A1', 'B2', 'C3', 'D4'].map((serial) => ({ serial_number: serial })),
  )
  await world.checkIn('2026-01-10', { serialNumber: 'A1', osVersion: '15.5' })
  await world.checkIn('2026-03-10', { serialNumber: 'B2', osVersion: '15.5' }, { vouches: 'nothing' })
  await world.checkIn('2026-03-20', { serialNumber: 'C3', osVersion: '15.5' }, { source: 'agent' })
  await world.checkIn('2026-03-01', { serialNumber: 'C3', osVersion: '15.5' })
  await followPresence(world.db)
  expect(await listed({ sort: 'silent' })).toEqual(['A1', 'B2', 'C3'])
  expect(await listed({ sort: 'seen', source: 'mdm' })).toEqual(['B2', 'C3', 'A1'])
  expect(await listed({ seen: 'older' })).toEqual(['A1'])
  expect(await listed({ seen: 'today' })).toEqual(['C3'])
  expect(await listed({ seen: 'month', source: 'mdm' })).toEqual(expect.arrayContaining(['B2', 'C3']))
  expect(await listed({ seen: 'never' })).toEqual(['D4'])
  expect((await listed({ seen: 'never', source: 'agent' })).toSorted()).toEqual(['A1', 'B2', 'D4'])
  expect(await listed({ proof: ['claimed'] })).toEqual(['B2'])
  expect(await listed({ proof: ['claimed', 'none'] })).toEqual(expect.arrayContaining(['B2', 'D4']))
  expect(await listSources(world.db)).toEqual(['agent', 'mdm'])
  const first = await listDevices(world.db, { ...all, sort: 'silent', limit: 2 }, time(NOW))
  const second = await listDevices(world.db, { ...all, sort: 'silent', limit: 2, after: first.next }, time(NOW))
  expect([...first.devices, ...second.devices].map((one) => one.serialNumber)).toEqual(['A1', 'B2', 'C3'])
})

test('the map counts last places, says what it cannot place, and each count is the list it leads to', async () => {
  await order(world)
  await world.importDevices('2026-01-01', [{ serial_number: 'B2' }, { serial_number: 'C3' }, { serial_number: 'D4' }])
  await world.checkIn('2026-03-05', { serialNumber: SERIAL, publicIp: ipIn('Lisbon') })
  await world.checkIn('2026-03-05', { serialNumber: 'B2', publicIp: ipIn('Denver') }, { vouches: 'nothing' })
  await world.checkIn('2026-03-05', { serialNumber: 'C3', publicIp: '203.0.113.99' })
  await followPlaces(world.db)
  const none = { proof: [], network: [], abroad: false }
  const map = await readMap(world.db, none)
  expect(map).toMatchObject({ devices: 3, unknown: 1, untold: 1, rest: { places: 0, devices: 0 } })
  expect(map.places.map((one) => [one.city, one.devices, one.circle?.radiusKm])).toEqual([
    ['Lisbon', 1, 100],
    ['Denver', 1, 100],
  ])
  expect((await readMap(world.db, { ...none, proof: ['claimed'] })).places.map((one) => one.city)).toEqual(['Denver'])
  expect((await readMap(world.db, { ...none, abroad: true })).places.map((one) => one.city)).toEqual(['Lisbon'])
  expect((await readMap(world.db, { ...none, network: ['vpn'] })).devices).toBe(0)
  for (const { country, region, city, devices } of map.places)
    expect(await listed({ place: { country, region, city } })).toHaveLength(devices)
  expect(await listed({ place: { country: null, region: null, city: null } })).toEqual(['C3'])
  expect(await listed({ abroad: true })).toEqual([SERIAL])
})
