// The data behind places: the operator's own files, and sets fetched over HTTP from somebody who may send anything.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPlaceData } from '../../server/integrations/places/place-data.ts'
import type { PlaceData } from '../../server/ports.ts'
import { lines, type Mirror, network, startMirror, vpnList } from '../fixtures/mirror.ts'
import { mmdbBytes } from '../fixtures/mmdb.ts'

const now = new Date('2026-03-10T12:00:00Z')
let mirror: Mirror
let folder: string
let data: PlaceData
beforeAll(async () => {
  mirror = await startMirror()
})
afterAll(async () => {
  await mirror.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  if (folder) rmSync(folder, { recursive: true, force: true })
  folder = mkdtempSync(path.join(tmpdir(), 'telltale places '))
  mirror.served.clear()
  mirror.asked.length = 0
  data = createPlaceData({ folder, mirror: `${mirror.url}/` })
})

const own = (name: string, bytes: Buffer | string) => {
  const file = path.join(folder, name)
  writeFileSync(file, bytes)
  return file
}
const serve = (at: string, body: Buffer | string) => mirror.served.set(`/${at}`, body)
const use = (...ownFiles: string[]) => data.open({ ownFiles, off: [] })
const locate = (ip: string) => data.places.locateIp(ip)

describe("the operator's own file", () => {
  const maxmind = {
    country: { iso_code: 'DE' },
    city: { names: { en: 'Cologne' } },
    subdivisions: [{ iso_code: 'NW', names: { en: 'North Rhine-Westphalia' } }],
    location: { latitude: 50.93, longitude: 6.95, accuracy_radius: 200 },
  }

  test('of MaxMind is known by its type, and believed before ours with the radius that it says', () => {
    const file = own('city.mmdb', mmdbBytes({ databaseType: 'GeoLite2-City', networks: { '72.208.0.0/16': maxmind } }))
    expect(data.inspect(file)).toMatchObject({
      title: 'GeoLite2-City (MaxMind)',
      tells: 'country, region and city',
      builtOn: '2026-06-01',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    use(file)
    expect(locate('72.208.248.11')).toEqual({
      country: 'DE',
      region: 'North Rhine-Westphalia',
      city: 'Cologne',
      circle: { latitude: 50.93, longitude: 6.95, radiusKm: 200 },
      operator: null,
      network: 'unknown',
    })
    expect(locate('73.0.0.1')?.country, 'what it does not know, ours says').toBe('US')
  })

  test('of IPinfo tells places in flat members, and its city is believed for 100 km at least', () => {
    const record = { city: 'Porto', region: 'Porto', country: 'PT', lat: '41.15', lng: '-8.61', radius: 5 }
    use(own('l.mmdb', mmdbBytes({ databaseType: 'ipinfo standard_location.mmdb', networks: { '9.9.0.0/16': record } })))
    expect(locate('9.9.9.9')).toMatchObject({ city: 'Porto', circle: { latitude: 41.15, radiusKm: 100 } })
  })

  test('of operators and one of VPNs add up with a file of places', () => {
    const asn = { autonomous_system_number: 64500, autonomous_system_organization: 'Fernhill Fibre' }
    const vpn = { vpn: 'true', proxy: '', tor: '', relay: '', hosting: 'true', service: 'Astrill VPN' }
    use(
      own('p.mmdb', mmdbBytes({ databaseType: 'ipinfo privacy.mmdb', networks: { '72.208.1.0/24': vpn } })),
      own('a.mmdb', mmdbBytes({ databaseType: 'DBIP-ASN-Lite', networks: { '72.208.0.0/16': asn } })),
    )
    expect(locate('72.208.1.5')).toMatchObject({ country: 'US', network: 'vpn', operator: 'Astrill VPN' })
    expect(locate('72.208.2.5')).toMatchObject({ country: 'US', network: 'unknown', operator: 'Fernhill Fibre' })
  })

  test.each([
    [{ is_anonymous_vpn: true }, 'vpn'],
    [{ is_tor_exit_node: true }, 'vpn'],
    [{ is_hosting_provider: true }, 'hosting'],
    [{ relay: true, vpn: true }, 'relay'],
    [{ connection_type: 'Cellular' }, 'mobile'],
    [{ traits: { user_type: 'residential' } }, 'home'],
    [{ as_type: 'hosting' }, 'hosting'],
    [{ connection_type: 'Corporate' }, 'unknown'],
  ])('that says %j of a network means %s', (record, network) => {
    use(own('x.mmdb', mmdbBytes({ databaseType: 'GeoIP2-Enterprise', networks: { '24.0.0.0/16': record } })))
    expect(locate('24.0.0.1')?.network).toBe(network)
  })

  test('of a type nobody has heard of is used for what it tells of well-known addresses', () => {
    const record = { country_code: 'us', city: 'Mountain View', latitude: '37.4', longitude: '-122.1' }
    const file = own('n.mmdb', mmdbBytes({ databaseType: 'Our own net', networks: { '8.8.8.0/24': record } }))
    expect(data.inspect(file)).toMatchObject({ title: 'Our own net', tells: 'country, region and city', credit: null })
  })

  test.each([
    ['rubbish', () => own('r.mmdb', 'no database at all'), 'no MMDB file'],
    ['an archive', () => own('r.gz', gzipSync('x')), 'take the .mmdb out of its archive'],
    [
      'a cut file',
      () => own('c.mmdb', mmdbBytes({ databaseType: 'GeoLite2-City', networks: {} }).subarray(-90)),
      'part',
    ],
    ['a file that is not there', () => path.join(folder, 'gone.mmdb'), 'is not there'],
    ['a folder', () => folder, 'is a folder'],
    ['a path from nowhere', () => 'city.mmdb', 'must be a whole path'],
    [
      'data about something else',
      () => own('w.mmdb', mmdbBytes({ databaseType: 'Weather', networks: { '8.8.8.0/24': { rain: 4 } } })),
      'tells nothing of places',
    ],
  ])('%s is refused, with what to do', (_, file, problem) => {
    expect(() => data.inspect(file())).toThrow(problem)
  })

  test('however broken, is refused or used, and neither throws at a check-in nor holds it up', () => {
    const good = mmdbBytes({ databaseType: 'GeoLite2-City', networks: { '72.208.0.0/16': maxmind } })
    const byte = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 6 }), fc.nat(good.length), (changes, cut) => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) bytes[at] = value
        use(own('broken.mmdb', cut % 5 === 0 ? bytes.subarray(cut) : bytes))
        for (const ip of ['72.208.248.11', '73.0.0.1', '2600:1700::1']) expect(() => locate(ip)).not.toThrow()
      }),
      { numRuns: 100 },
    )
  })

  test('that has gone is said so, while the others serve on; it is read again when it is another', () => {
    const file = own('city.mmdb', mmdbBytes({ databaseType: 'GeoLite2-City', networks: { '72.208.0.0/16': maxmind } }))
    use(file)
    rmSync(file)
    use(file)
    expect(data.files()[0]).toMatchObject({ id: file, problem: expect.stringContaining('is not there') })
    expect(locate('72.208.248.11')?.country).toBe('US')
    own('city.mmdb', mmdbBytes({ databaseType: 'GeoLite2-City', networks: { '72.208.0.0/16': maxmind } }))
    use(file)
    expect(locate('72.208.248.11')?.country).toBe('DE')
  })
})

describe('a set that is fetched', () => {
  test('is used from the next opening on, and told with its age, rows and digest', async () => {
    mirror.serveVpn()
    expect(locate('20.0.2.9')?.network).toBe('unknown')
    expect(await data.fetch('vpn', now)).toMatchObject({ isNew: true, file: { rows: 1201 } })
    use()
    expect(locate('20.0.2.9')).toMatchObject({ network: 'vpn' })
    expect(locate('20.0.3.9')?.network).toBe('unknown')
    expect(locate('2a07:a880:1:2::1')).toMatchObject({ network: 'vpn' })
    expect(data.files().find((file) => file.id === 'vpn')).toMatchObject({
      from: 'fetched',
      builtOn: '2026-03-10',
      licence: 'MIT',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      problem: null,
    })
    expect((await data.fetch('vpn', now)).isNew, 'the same again').toBe(false)
  })

  test('is there for another process too, and left out where it is switched off', async () => {
    mirror.serveVpn()
    await data.fetch('vpn', now)
    const other = createPlaceData({ folder })
    expect(other.places.locateIp('20.0.2.9')?.network).toBe('vpn')
    other.open({ ownFiles: [], off: ['vpn', 'cities'] })
    expect(other.places.locateIp('20.0.2.9')).toBeNull()
    expect(other.files().find((file) => file.id === 'vpn')?.isOff).toBe(true)
  })

  const whole = gzipSync(vpnList())
  test.each([
    ['cut on the way', { cutAfter: 4000, bytes: Buffer.from(vpnList()) }],
    ['compressed and cut', whole.subarray(0, whole.length - 20)],
    ['a page of apologies', `<html>\n${lines(2000, () => '<p>Sorry</p>')}\n</html>`],
    ['a list of three', '20.0.0.0/24\n20.0.1.0/24\n20.0.3.0/24'],
    ['empty', ''],
    ['far too large', Buffer.alloc(20_000_002, '#')],
    ['a bomb of zeros', gzipSync(Buffer.alloc(60_000_000))],
  ])('that comes %s changes nothing', async (_, answer) => {
    mirror.serveVpn()
    await data.fetch('vpn', now)
    mirror.serveVpn(answer)
    await expect(data.fetch('vpn', now)).rejects.toMatchObject({ name: 'AppError' })
    use()
    expect(locate('20.0.2.9')?.network).toBe('vpn')
    expect(data.files().find((file) => file.id === 'vpn')?.rows).toBe(1201)
  })

  test('whose file was broken on the disk is said so, and everything else serves on', async () => {
    mirror.serveVpn()
    await data.fetch('vpn', now)
    own('vpn.ranges', 'half of it')
    use()
    expect(locate('72.208.248.11')?.country).toBe('US')
    expect(data.files().find((file) => file.id === 'vpn')?.problem).toContain('fetch it again')
  })

  test('of operators names them, and those that are hosting providers by our list or by another', async () => {
    serve(
      'iptoasn.com/data/ip2asn-combined.tsv.gz',
      gzipSync(
        lines(
          100_100,
          (n) =>
            `${network(n)}\t${network(n).replace(/0$/, '255')}\t${65000 + (n % 7)}\tUS\tFERNHILL-${n % 7} - Fernhill ${n % 7}`,
        ).concat('\n23.20.0.0\t23.23.255.255\t14618\tUS\tAMAZON-AES\n6.0.0.0\t6.255.255.255\t0\tNone\tNot routed'),
      ),
    )
    serve(
      'raw.githubusercontent.com/brianhama/bad-asn-list/master/bad-asn-list.csv',
      `ASN,Entity\n${lines(150, (n) => (n === 0 ? '65003, "Racks of Fernhill, US"' : `${70000 + n},"Other"`))}`,
    )
    await data.fetch('operators', now)
    await data.fetch('hosting-operators', now)
    use()
    expect(locate('20.0.1.1')).toMatchObject({ operator: 'Fernhill 1', network: 'unknown' })
    expect(locate('20.0.3.1')).toMatchObject({ operator: 'Fernhill 3', network: 'hosting' })
    expect(data.explain('23.22.1.1')).toMatchObject({
      asn: 14618,
      place: { operator: 'Amazon Web Services', network: 'hosting' },
    })
    expect(locate('6.1.1.1')?.operator).toBeNull()
  })

  test('of relays outweighs the VPN ranges it stands in', async () => {
    mirror.serveVpn()
    serve(
      'mask-api.icloud.com/egress-ip-ranges.csv',
      lines(1100, (n) => `${network(n * 2)}/28,US,US-MA,Boston,`),
    )
    await data.fetch('vpn', now)
    await data.fetch('relay', now)
    use()
    expect(locate('20.0.2.9')).toMatchObject({ network: 'relay', operator: 'iCloud Private Relay' })
    expect(locate('20.0.2.99')).toMatchObject({ network: 'vpn' })
  })

  const place = {
    country: { iso_code: 'PT' },
    city: { names: { en: 'Porto' } },
    location: { latitude: 41.15, longitude: -8.6 },
  }
  const cityFile = (count: number) =>
    mmdbBytes({
      databaseType: 'DBIP-City-Lite',
      networks: Object.fromEntries([
        ['72.208.0.0/16', place],
        ['2600:1700::/32', place],
        ...Array.from({ length: count }, (_, n) => [
          `${100 + (n % 20)}.${(n * 167) % 251}.${(n * 59) % 241}.${(n * 31) % 239}`,
          place,
        ]),
      ]),
    })
  const cityPath = (month: string) => `/download.db-ip.com/free/dbip-city-lite-2026-${month}.mmdb.gz`

  test('of cities takes the month before while this month’s is not out, and serves IPv6 too', async () => {
    mirror.served.set(cityPath('02'), gzipSync(cityFile(8000)))
    expect(await data.fetch('cities', now)).toMatchObject({ isNew: true, file: { builtOn: '2026-06-01' } })
    expect(mirror.asked).toEqual([cityPath('03'), cityPath('02')])
    use()
    expect(locate('72.208.248.11')?.city).toBe('Porto')
    expect(locate('2600:1700::1')?.city).toBe('Porto')
    expect(data.files().find((file) => file.id === 'cities')?.from).toBe('fetched')
  })

  test.each([
    ['of too few rows', () => cityFile(10)],
    ['of another kind', () => mmdbBytes({ databaseType: 'DBIP-ASN-Lite', networks: {} })],
    ['of nothing', () => Buffer.from('nothing')],
  ])('of cities that comes with a file %s leaves the shipped one in use', async (_, bytes) => {
    mirror.served.set(cityPath('03'), gzipSync(bytes()))
    await expect(data.fetch('cities', now)).rejects.toMatchObject({ problem: 'unreadable' })
    use()
    expect(locate('72.208.248.11')?.city).toBe('Phoenix')
  })

  test('is one of those there are', async () => {
    await expect(data.fetch('../secret', now)).rejects.toThrow('There is no set “../secret”; there are cities')
    expect(mirror.asked).toEqual([])
  })
})

describe('what ships', () => {
  test('tells carriers’ shared addresses, hosting, and the exits that reports named, without any download', () => {
    expect(locate('172.56.1.1')).toMatchObject({ network: 'mobile', operator: 'T-Mobile USA' })
    expect(locate('2607:fb91::1')).toMatchObject({ network: 'mobile', operator: 'T-Mobile USA' })
    expect(locate('88.198.1.1')).toMatchObject({ network: 'hosting', operator: 'Hetzner' })
    expect(locate('70.39.70.196')).toMatchObject({ network: 'vpn', operator: 'Astrill VPN' })
    expect(locate('70.39.70.198')).toMatchObject({ network: 'hosting', operator: 'Sharktech' })
  })

  test('says who says what', () => {
    expect(data.explain('70.39.70.196').said).toContainEqual({
      by: 'our list of exits that reports name',
      what: 'Astrill VPN',
    })
    expect(data.explain('10.0.0.1')).toEqual({ place: null, asn: null, said: [] })
    expect(data.explain('not an address')).toEqual({ place: null, asn: null, said: [] })
  })

  test('is told with its credit', () => {
    expect(data.files().find((file) => file.id === 'cities')).toMatchObject({
      from: 'shipped',
      credit: { url: 'https://db-ip.com' },
      builtOn: expect.stringMatching(/^2026-/),
    })
  })
})
