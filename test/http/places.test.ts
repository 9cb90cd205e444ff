// The data behind places as an admin sets it up: files, sets, fetching, and what follows for every process.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { run } from '../../server/cli.ts'
import { refreshMonthly } from '../../server/place-files.ts'
import { type Mirror, startMirror } from '../fixtures/mirror.ts'
import { mmdbBytes } from '../fixtures/mmdb.ts'
import { startTestService, type TestService } from '../service.ts'

let mirror: Mirror
let service: TestService
let admin: string
const call = (name: string, input?: unknown) => service.rpc(admin, `places.${name}`, input)
const files = async () => (await call('read')).data.files as { id: string; [member: string]: unknown }[]
const file = async (id: string) => (await files()).find((one) => one.id === id)
const network = async (ip: string) => (await call('look', { ip })).data.place?.network
const events = async (kind: string) =>
  (await service.database.pool.query('select payload from ledger where kind = $1 order by seq', [kind])).rows.map(
    (row) => row.payload,
  )

beforeAll(async () => {
  mirror = await startMirror()
  service = await startTestService({ PLACES_MIRROR: mirror.url })
  admin = await service.signIn('admin')
})
afterAll(async () => {
  await service.stop()
  await mirror.close()
})
afterEach(() => vi.restoreAllMocks())

const porto = {
  country: { iso_code: 'PT' },
  city: { names: { en: 'Porto' } },
  location: { latitude: 41, longitude: -8.6 },
}

describe("a file of the operator's own", () => {
  const own = async () => {
    const at = path.join(service.dataFolder, 'own.mmdb')
    const networks = { '72.208.0.0/16': porto }
    await writeFile(at, mmdbBytes({ databaseType: 'GeoIP2-City', networks, builtOn: '2025-01-15' }))
    return at
  }

  it('is refused with what is wrong, and nothing changes', async () => {
    const { error } = await call('addFile', { path: '/nowhere/city.mmdb' })
    expect(error).toMatchObject({ code: 'UNPROCESSABLE_CONTENT', message: expect.stringContaining('is not there') })
    expect((await files()).some((one) => one['from'] === 'own')).toBe(false)
  })

  it('is used at once, told with its age, and recorded', async () => {
    const at = await own()
    expect((await call('addFile', { path: at })).data).toMatchObject({ title: 'GeoIP2-City (MaxMind)' })
    expect((await call('look', { ip: '72.208.248.11' })).data).toMatchObject({
      place: { city: 'Porto', country: 'PT' },
      said: expect.arrayContaining([{ by: 'GeoIP2-City (MaxMind)', what: 'Porto, PT' }]),
    })
    const credits = (await service.rpc(await service.signIn('auditor'), 'places.credits')).data
    expect(credits.map((one: { url: string }) => one.url)).toEqual(['https://www.maxmind.com', 'https://db-ip.com'])
    expect((await files())[0]).toMatchObject({ id: at, builtOn: '2025-01-15', isOld: true })
    expect(await events('places.changed')).toMatchObject([
      { dataset: 'GeoIP2-City (MaxMind)', builtOn: '2025-01-15', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
  })

  it('is let go again', async () => {
    const at = await own()
    expect((await call('removeFile', { path: at })).error).toBeNull()
    expect((await call('look', { ip: '72.208.248.11' })).data.place.city).toBe('Phoenix')
    expect((await call('removeFile', { path: at })).error?.code).toBe('NOT_FOUND')
  })
})

describe('sets', () => {
  it('that cannot be fetched say so, each by itself, and what was there stays', async () => {
    const { data } = await call('refresh', {})
    expect(data).toHaveLength(6)
    expect(data[0]).toMatchObject({ name: 'cities', outcome: 'failed', problem: expect.stringContaining('404') })
    expect((await call('read')).data.refresh.results).toHaveLength(6)
    expect((await call('look', { ip: '72.208.248.11' })).data.place.city).toBe('Phoenix')
    expect((await call('refresh', { only: 'no such set' })).error?.code).toBe('NOT_FOUND')
  })

  it('fetched by a command beside the service are used by the service', async () => {
    mirror.serveVpn()
    expect(await network('20.0.2.9')).toBe('unknown')
    const said = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    const over = { DATABASE_URL: service.database.url, TELLTALE_DATA: service.dataFolder, PLACES_MIRROR: mirror.url }
    for (const [name, value] of Object.entries(over)) vi.stubEnv(name, value)
    expect(await run(['data', 'refresh', '--only', 'vpn', '--json'])).toBe(0)
    expect(await run(['data', 'list'])).toBe(0)
    expect(await run(['data', 'refresh', '--only', 'relay'])).toBe(1)
    process.exitCode = 0
    vi.unstubAllEnvs()
    const printed = said.mock.calls.map(([text]) => String(text))
    expect(JSON.parse(printed[0]!)).toEqual([{ name: 'vpn', outcome: 'new', problem: null }])
    expect(printed[1]).toMatch(/^vpn {2}X4BNet VPN ranges {2}fetched .* 1201 rows {2}MIT$/m)
    expect(printed[2]).toContain('relay  The answer was 404.')
    await expect.poll(() => network('20.0.2.9')).toBe('vpn')
    expect((await events('places.changed')).at(-1)).toMatchObject({ dataset: 'X4BNet VPN ranges' })
  })

  it('are left out while they are switched off', async () => {
    await call('switchSet', { name: 'vpn', on: false })
    expect(await network('20.0.2.9')).toBe('unknown')
    expect(await file('vpn')).toMatchObject({ isOff: true })
    mirror.asked.length = 0
    await call('refresh', {})
    expect(mirror.asked.filter((one) => one.includes('/vpn/'))).toEqual([])
    await call('switchSet', { name: 'vpn', on: true })
    expect(await network('20.0.2.9')).toBe('vpn')
    expect((await call('switchSet', { name: 'nothing', on: true })).error?.code).toBe('NOT_FOUND')
  })

  it('are fetched by themselves once a month where that is asked, the next day where it failed, and never else', async () => {
    const { house } = service.service
    const askedFor = async (now: string) => {
      mirror.asked.length = 0
      await refreshMonthly({ ...house, clock: () => new Date(now) })
      return mirror.asked.length > 0
    }
    const at = Date.parse((await call('read')).data.refresh.at)
    const laterBy = (days: number) => new Date(at + days * 86_400_000).toISOString()
    expect(await askedFor(laterBy(90))).toBe(false)
    await call('setMonthly', { on: true })
    expect((await call('read')).data.monthly).toBe(true)
    expect(await askedFor(laterBy(0.5))).toBe(false)
    expect(await askedFor(laterBy(1.5)), 'most of it failed').toBe(true)
  })
})

describe('an address', () => {
  it('that is none is refused, and one nobody knows is told so', async () => {
    expect((await call('look', { ip: 'phoenix' })).error?.message).toContain('must be an IP address')
    expect((await call('look', { ip: '10.0.0.1' })).data).toEqual({ place: null, asn: null, said: [] })
  })
})
