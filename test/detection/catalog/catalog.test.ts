// The catalogue's data and its gate: what may enter it, and how a declared tool is found in it.
import { describe, expect, test } from 'vitest'
import { catalog, findTool, readCatalog } from '../../../server/detection/catalog/catalog.ts'
import type { Tool, Traces } from '../../../server/detection/catalog/entries.ts'
import { partsOf } from '../../../server/detection/catalog/entries.ts'

const tool = (over: object) => ({
  id: 'far-hand',
  name: 'Far Hand',
  vendor: 'Far Hand Ltd',
  family: 'remote desktop',
  drives: true,
  sources: { maker: 'its own installer' },
  traces: { any: [{ source: 'maker', names: ['Far Hand*'] }] },
  ...over,
})
const box = (over: object) => ({
  id: 'far-box',
  name: 'Far Box',
  family: 'ip-kvm',
  sources: { maker: 'its own firmware' },
  traces: [{ source: 'maker', hostnames: ['farbox*'] }],
  ...over,
})
const shows = (found: object) => [{ source: 'maker', ...found }]
const read = (tools: object[], hardware: object[] = []) => readCatalog({ tools, hardware })

describe('the data that ships', () => {
  test('has each id once', () => {
    const entries = [...catalog.tools, ...catalog.hardware]
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length)
  })

  test('has a page to read for each of its sources', () => {
    const sources = [...catalog.tools, ...catalog.hardware].flatMap((entry) => Object.values(entry.sources))
    expect(sources.filter((source) => !/^https:\/\/[a-z0-9.-]+\.[a-z]+\/?\S*$/.test(source))).toEqual([])
  })

  test('shows nearly each tool on every system that it runs on, by what that system tells', () => {
    const tells = (part: Traces, platform: string) =>
      (['identifiers', 'processes', 'services', 'extensions', 'listens', 'resolvers'] as const).some((k) => part[k]) ||
      // A package of Linux has no display name.
      (platform !== 'linux' && (part.names ?? part.signed) !== undefined)
    const shown = catalog.tools.filter(({ platforms = [], traces }) =>
      platforms.every((on) => [...(traces[on] ?? []), ...(traces.any ?? [])].some((part) => tells(part, on))),
    )
    expect(catalog.tools.filter(({ platforms }) => platforms === undefined)).toEqual([])
    expect(shown.length).toBeGreaterThanOrEqual(175)
    expect(new Set(shown.map(({ family }) => family)).size).toBe(6)
    const none = catalog.tools.filter(({ platforms = [], traces }) =>
      Object.keys(traces).some((part) => part !== 'any' && !platforms.some((on) => on === part)),
    )
    expect(none.map(({ id }) => id)).toEqual([])
  })

  test('gives no identity on the USB bus or as a monitor to two devices', () => {
    const { usb, displays } = catalog.hardwareIndex
    for (const map of [usb, displays]) {
      const identities = [...map.values()].flat().map(({ identity }) => JSON.stringify({ ...identity, exceptional: 0 }))
      expect(new Set(identities).size).toBe(identities.length)
    }
  })

  test('is wide: tools and devices in all, in each family, and with traces of each platform', () => {
    expect(catalog.tools.length + catalog.hardware.length).toBeGreaterThanOrEqual(150)
    const { length } = catalog.hardware
    const families = Map.groupBy(catalog.tools, (entry) => entry.family)
    const atLeast = (family: Tool['family'], count: number) =>
      expect(families.get(family)?.length, family).toBeGreaterThanOrEqual(count)
    atLeast('remote desktop', 95)
    atLeast('rmm', 45)
    atLeast('tunnel or mesh', 20)
    atLeast('keep-awake', 10)
    atLeast('virtual camera or audio', 15)
    atLeast('vpn', 1)
    expect(length).toBeGreaterThanOrEqual(18)
    const onPlatform = (part: keyof Tool['traces']) => catalog.tools.filter((entry) => entry.traces[part]).length
    expect(onPlatform('darwin')).toBeGreaterThanOrEqual(45)
    expect(onPlatform('windows')).toBeGreaterThanOrEqual(110)
    expect(onPlatform('linux')).toBeGreaterThanOrEqual(25)
  })

  test('has no prose, no path, no version and no unfinished word for a trace', () => {
    const texts = catalog.tools.flatMap((entry) =>
      partsOf(entry.traces).flatMap((part) => [
        ...(part.names ?? []),
        ...(part.processes ?? []),
        ...(part.services ?? []),
        ...(part.identifiers ?? []),
        ...(part.signed ?? []).flatMap(({ name, publisher }) => [name, publisher]),
      ]),
    )
    expect(texts.filter((text) => /[<>\\/%:;"]|\.(exe|app|msi|plist|dll)\*?$/i.test(text))).toEqual([])
    expect(texts.filter((text) => /\b(unknown|various|random|tbd|placeholder|e\.g)\b/i.test(text))).toEqual([])
    expect(texts.filter((text) => text.split(' ').length > 6)).toEqual([])
  })

  test('has no stem so short that it takes in strangers', () => {
    const stems = catalog.tools.flatMap((entry) =>
      partsOf(entry.traces).flatMap((part) => [...(part.names ?? []), ...(part.processes ?? [])]),
    )
    expect(stems.filter((stem) => stem.endsWith('*') && stem.length < 5 && /^[\x20-\x7e]*$/.test(stem))).toEqual([])
  })

  test('knows every family, and drives through none that is mere context', () => {
    expect(new Set(catalog.tools.map((entry) => entry.family))).toEqual(
      new Set(['remote desktop', 'rmm', 'tunnel or mesh', 'keep-awake', 'virtual camera or audio', 'vpn']),
    )
    const context = ['keep-awake', 'virtual camera or audio', 'vpn']
    expect(catalog.tools.filter((entry) => context.includes(entry.family) && entry.drives)).toEqual([])
  })
})

describe('the gate', () => {
  test('lets a sound entry in', () => {
    expect(read([tool({})], [box({ traces: shows({ ouis: ['aabbcc'] }) })]).tools).toHaveLength(1)
  })

  test.each([
    ['no source', tool({ sources: {} })],
    ['no trace', tool({ traces: {} })],
    ['an empty platform', tool({ traces: { any: [] } })],
    ['a source that tells nothing', tool({ traces: { any: [...shows({ names: ['Far Hand'] }), ...shows({})] } })],
    ['a trace whose source is not told', tool({ traces: { any: [{ source: 'nobody', names: ['Far Hand'] }] } })],
    ['a trace of no source', tool({ traces: { any: [{ names: ['Far Hand'] }] } })],
    ['a source that tells no trace', tool({ sources: { maker: 'its own installer', other: 'a page' } })],
    ['a trace of a sort we do not know', tool({ traces: { any: shows({ publishers: ['Far Hand Ltd'] }) } })],
    ['a star inside', tool({ traces: { any: shows({ names: ['Far*Hand'] }) } })],
    ['a star after no word', tool({ traces: { any: shows({ names: ['Far Hand *'] }) } })],
    ['a bare star', tool({ traces: { any: shows({ names: ['***'] }) } })],
    ['an id with a capital', tool({ id: 'FarHand' })],
    ['a keep-awake tool that drives', tool({ family: 'keep-awake' })],
    ['a remote desktop that does not drive', tool({ drives: false })],
  ])('refuses a tool with %s', (_, entry) => {
    expect(() => read([entry])).toThrow('the catalogue has faults')
  })

  test.each([
    [
      'the generic Linux gadget without its words',
      { usb: [{ vendorId: '1d6b', productId: '0104', exceptional: true }] },
    ],
    ['a vendor id alone', { usb: [{ vendorId: '38eb', exceptional: true }] }],
    ['a monitor maker alone', { displays: [{ manufacturer: 'LNX', exceptional: true }] }],
    ['a MAC block with colons', { ouis: ['30:52:53'] }],
  ])('refuses a device known by %s', (_, found) => {
    expect(() => read([], [box({ traces: shows(found) })])).toThrow('the catalogue has faults')
  })

  test('refuses a trace of two tools, also across platforms and as a stem', () => {
    const other = { id: 'other-hand', name: 'Other Hand' }
    expect(() => read([tool({}), tool({ ...other, traces: { linux: shows({ names: ['far hand'] }) } })])).toThrow(
      'two entries',
    )
    expect(() => read([tool({}), tool({ ...other, traces: { any: shows({ names: ['FAR HAND*'] }) } })])).toThrow(
      'two entries',
    )
  })

  test('refuses an id or a MAC block twice', () => {
    expect(() => read([tool({}), tool({ traces: { any: shows({ names: ['Something Else'] }) } })])).toThrow('far-hand')
    expect(() =>
      read([], [box({ traces: shows({ ouis: ['aabbcc'] }) }), box({ id: 'b', traces: shows({ ouis: ['aabbcc'] }) })]),
    ).toThrow('aabbcc')
  })

  test('names the path of each fault', () => {
    expect(() => read([tool({ name: '' }), tool({ vendor: '' })])).toThrow(
      expect.objectContaining({
        problem: 'invalid',
        faults: [
          expect.objectContaining({ path: 'tools.0.name' }),
          expect.objectContaining({ path: 'tools.1.vendor' }),
        ],
      }),
    )
  })
})

describe('a declared tool', () => {
  test('is found by its id, its name and each of its aliases', () => {
    for (const entry of catalog.tools) {
      for (const text of [entry.id, entry.name, entry.name.toUpperCase(), ...(entry.aliases ?? [])]) {
        expect(findTool(text)?.id, text).toBe(entry.id)
      }
    }
  })

  test.each([
    ['any desk', 'anydesk'],
    [' AnyDesk 8.1 (x64) ', 'anydesk'],
    ['Team Viewer 15', 'teamviewer'],
    ['jamf-remote-assist', 'jamf-remote-assist'],
    ['ConnectWise Control', 'screenconnect'],
    ['Splashtop Streamer 3.7', 'splashtop'],
    ['sunlogin', 'awesun'],
    ['向日葵', 'awesun'],
    ['n-able n-central', 'n-able'],
    ['Kaseya', 'kaseya-vsa'],
    ['NinjaRMM', 'ninjaone'],
  ])('is found from "%s"', (text, id) => {
    expect(findTool(text)?.id).toBe(id)
  })

  test.each([
    '',
    ' ',
    '*',
    'any',
    'desk',
    'Remote Desktop',
    'TeamViewer Meeting',
    'Microsoft Remote Desktop',
    'viewer',
  ])('is not found from "%s"', (text) => {
    expect(findTool(text)).toBeNull()
  })
})
