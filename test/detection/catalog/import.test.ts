// Taking in another list: what becomes of each record, twice the same is once, and no name that others have gets in.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bringInForce, catalog } from '../../../server/detection/catalog/catalog.ts'
import { refreshCatalog } from '../../../server/detection/catalog/company.ts'
import { convertLolrmm } from '../../../server/detection/catalog/convert.ts'
import { importCatalog } from '../../../server/detection/catalog/import.ts'
import { readLolrmm } from '../../../server/detection/catalog/lolrmm.ts'
import { matchSoftware } from '../../../server/detection/catalog/match.ts'
import { executableOf, plainName } from '../../../server/detection/catalog/names.ts'
import { openWorld, type TestWorld } from '../../world.ts'
import { foundFleet, report, serialOf } from './company.ts'

const record = (over: object = {}) => ({
  id: 'glowdesk',
  name: 'GlowDesk',
  category: 'RAT',
  installationPaths: ['C:\\Program Files\\GlowDesk\\*', '%APPDATA%\\glowdesk\\GlowDeskSvc.exe'],
  executables: ['glowdesk.exe'],
  artifacts: { services: [{ name: 'GlowDeskService' }], network: [{ domains: ['*.glowdesk.example'], ports: [7001] }] },
  ...over,
})
const convert = (...records: object[]) => convertLolrmm(readLolrmm(JSON.stringify(records)))

describe('a record', () => {
  it('becomes a tool that lets somebody in, known by its own names', () => {
    const { entries } = convert(record())
    expect(entries).toMatchObject([
      {
        id: 'glowdesk',
        name: 'GlowDesk',
        family: 'remote desktop',
        drives: true,
        sources: { lolrmm: 'https://github.com/magicsword-io/LOLRMM/blob/main/yaml/glowdesk.yaml' },
        traces: {
          any: [{ source: 'lolrmm', names: ['GlowDesk'] }],
          windows: [{ source: 'lolrmm', processes: ['glowdesk', 'glowdesksvc'], services: ['GlowDeskService'] }],
        },
      },
    ])
  })

  it('is read in the published YAML as well as in the export', () => {
    const yaml = `
Name: GlowDesk
Category: RMM
Details:
  PEMetadata:
    - Filename: glowdesk.exe
      OriginalFileName: GlowDesk.exe
  InstallationPaths:
    - C:\\Program Files\\GlowDesk\\*
Artifacts:
  EventLog:
    - EventID: 7045
      ServiceName: GlowDesk Agent Service
  Registry: []
---
Name: MoonReach Host
Category: RAT
Details:
  InstallationPaths: [moonreach.exe]
`
    const { entries } = convertLolrmm(readLolrmm(yaml))
    expect(entries.map(({ id, family, traces }) => ({ id, family, windows: traces.windows }))).toMatchObject([
      { id: 'glowdesk', family: 'rmm', windows: [{ processes: ['glowdesk'], services: ['GlowDesk Agent Service'] }] },
      { id: 'moonreach-host', family: 'remote desktop', windows: [{ processes: ['moonreach'] }] },
    ])
  })

  it('of a tool that is here adds nothing but new names written like it', () => {
    const { entries } = convert(
      record({ id: 'anydesk', name: 'AnyDesk', executables: ['anydesk.exe', 'anydeskhelper.exe', 'vncviewer.exe'] }),
    )
    expect(entries.map(({ id, traces }) => [id, traces])).toEqual([
      ['anydesk', { windows: [{ source: 'lolrmm', processes: ['anydeskhelper'] }] }],
    ])
    expect(convert(record({ id: 'anydesk', executables: ['AnyDesk.exe'], installationPaths: [] })).entries).toEqual([])
  })

  it.each([
    ['putty', 'a terminal'],
    ['winscp', 'file transfer'],
    ['nvda', 'a screen reader'],
    ['zabbix_agent', 'monitoring'],
    ['mstsc', 'drives others from here'],
  ])('%s lets nobody in, and is left out as %s', (id, why) => {
    const { entries, skipped } = convert(record({ id, name: 'Some Name' }))
    expect(entries).toEqual([])
    expect(skipped).toEqual([{ name: 'Some Name', why: `left out: ${why}` }])
  })

  it('without a name of its own is skipped, with the reason', () => {
    const { entries, skipped, refused } = convert(
      record({
        id: 'x',
        name: 'Harbour',
        executables: ['agent.exe', 'svchost.exe'],
        installationPaths: [],
        artifacts: {},
      }),
    )
    expect(entries).toEqual([])
    expect(skipped[0]?.why).toContain('nothing new in it')
    expect(refused.map(({ trace }) => trace)).toEqual(['agent.exe', 'svchost.exe', 'Harbour'])
  })

  it('of another category is skipped', () => {
    expect(convert(record({ category: 'C2' })).skipped).toEqual([
      { name: 'GlowDesk', why: 'its category is “C2”, neither RAT nor RMM' },
    ])
  })

  it('shares no executable with another: neither is told by it', () => {
    const { entries } = convert(
      record({ executables: ['glowdesk.exe', 'lanternhost.exe'] }),
      record({ id: 'lantern', name: 'Lantern Reach', executables: ['lanternhost.exe'], installationPaths: [] }),
    )
    expect(JSON.stringify(entries)).not.toContain('lanternhost')
  })
})

it('of aliases that stand for gigabytes is refused as unreadable', () => {
  const levels = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]']
  for (const [n, name] of [...'bcdefgh'].entries())
    levels.push(`${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[n]}`).join(', ')}]`)
  expect(() => readLolrmm(levels.join('\n'))).toThrow(expect.objectContaining({ problem: 'unreadable' }))
})

describe('a name', () => {
  it.each([
    'agent.exe',
    'client32.exe',
    'remote_host.exe',
    'RemoteConsole.exe',
    'svchost.exe',
    'vncviewer.exe',
    'perl.exe',
    'Setup.exe',
    'C:\\Program Files\\Thing\\*',
    'wec_launcher_[a-z0-9]*_.exe',
    '*.exe',
    'ab*.exe',
    'x'.repeat(80),
    'support-tool.exe',
    'driver.sys',
  ])('%s is no trace', (path) => {
    expect(executableOf(path)).toHaveProperty('why')
  })

  it.each([
    ['C:\\Program Files\\GlowDesk\\GlowDesk.exe', 'glowdesk'],
    ['/opt/glow/glowdeskd', 'glowdeskd'],
    ['glowdesk*.exe', 'glowdesk*'],
  ])('%s is one', (path, trace) => {
    expect(executableOf(path)).toEqual({ trace })
  })

  it('is judged in time that grows with its length, whatever it holds', () => {
    const hostile = `${'a-'.repeat(50_000)}!`
    expect(plainName(hostile)).toHaveProperty('why')
  })
})

describe('a list', () => {
  let world: TestWorld
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world.close())
  beforeEach(() => refreshCatalog(world.db))
  afterEach(async () => {
    await world.reset()
    bringInForce([])
  })

  const take = (at: string, records: object, dryRun = false) =>
    world.run((tx) => importCatalog(tx, world.act(at), { texts: [JSON.stringify(records)], dryRun }))

  it('is taken once: the same again changes nothing, another word of it updates', async () => {
    const came = await take('2026-03-01', [
      record(),
      record({ id: 'putty', name: 'PuTTY', executables: ['putty.exe'], installationPaths: [] }),
    ])
    expect(came).toMatchObject({ origin: 'lolrmm', created: ['glowdesk'], updated: [], unchanged: 0 })
    expect(came.skipped).toHaveLength(1)
    expect(await take('2026-03-02', [record()])).toMatchObject({ created: [], updated: [], unchanged: 1, woken: 0 })
    const more = record({ executables: ['glowdesk.exe', 'glowdesk_service.exe'] })
    expect(await take('2026-03-03', [more])).toMatchObject({ updated: ['glowdesk'] })
    expect((await world.events('catalog.imported')).map(({ payload }) => payload)).toMatchObject([
      { created: 1, skipped: 1 },
      { updated: 1 },
    ])
  })

  it('that is tried dry records nothing', async () => {
    expect(await take('2026-03-01', [record()], true)).toMatchObject({ created: ['glowdesk'] })
    expect(await world.events()).toEqual([])
    expect(catalog.byId.has('glowdesk')).toBe(false)
  })

  it('speaks of laptops that had the tool before, and of those that get it after', async () => {
    await foundFleet(world)
    const glow = { name: 'GlowDesk', kind: 'program' }
    await report(world, '2026-03-06', [20], { software: [glow] })
    await world.detect('2026-03-06')
    const about = async () =>
      new Set((await world.findings()).flatMap((one) => (one.summary.includes('GlowDesk') ? [one.device_id] : [])))
    expect(await about()).toEqual(new Set())
    const { woken } = await take('2026-03-07', [record()])
    expect(woken).toBeGreaterThanOrEqual(30)
    await world.sweep('2026-03-07T13:00:00Z')
    await report(world, '2026-03-08', [21], { software: [glow] })
    await world.detect('2026-03-08')
    expect(await about()).toEqual(
      new Set([(await world.device(serialOf(20))).id, (await world.device(serialOf(21))).id]),
    )
  })

  it('of the company’s own is taken as it is written, or not at all', async () => {
    const tool = {
      id: 'house-reach',
      name: 'House Reach',
      vendor: 'ours',
      family: 'rmm',
      drives: true,
      sources: { ours: 'our own installer' },
      traces: { any: [{ source: 'ours', names: ['House Reach*'] }] },
    }
    expect(await take('2026-03-01', { tools: [tool] })).toMatchObject({ origin: 'company', created: ['house-reach'] })
    expect(matchSoftware({ name: 'House Reach 4.2', kind: 'app' }, null)?.toolId).toBe('house-reach')
    await expect(take('2026-03-02', { tools: [{ ...tool, family: 'toaster' }] })).rejects.toThrow('has faults')
    const faulty = { ...tool, traces: { any: [{ source: 'ours', names: ['Ho*se'] }] } }
    await expect(take('2026-03-02', { tools: [faulty] })).rejects.toThrow()
  })

  it('leaves to a tool that ships what is that one’s', async () => {
    const thief = {
      id: 'thief',
      name: 'Thief',
      vendor: 'nobody',
      family: 'keep-awake',
      drives: false,
      sources: { ours: 'made up' },
      traces: { any: [{ source: 'ours', names: ['AnyDesk*', 'Thief Of Names'] }] },
    }
    const came = await take('2026-03-01', { tools: [thief] })
    expect(came.refused).toEqual([{ name: 'thief', trace: 'AnyDesk*', why: 'it is anydesk’s' }])
    expect(matchSoftware({ name: 'AnyDesk 8.1' }, null)?.toolId).toBe('anydesk')
    expect(matchSoftware({ name: 'Thief Of Names' }, null)?.toolId).toBe('thief')
  })

  it('that is none is refused with what it should be', async () => {
    await expect(take('2026-03-01', [])).rejects.toThrow('There is no tool in this')
    await expect(
      world.run((tx) => importCatalog(tx, world.act('2026-03-01'), { texts: ['{ not json'], dryRun: false })),
    ).rejects.toThrow('no JSON')
  })
})
