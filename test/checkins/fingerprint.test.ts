// The fingerprint of a check-in's bytes: the same for the same report, another for any other, and never a surprise.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { glanceAt, saltOf } from '../../server/checkins/fingerprint.ts'

const salt = saltOf('enrolment agent')
const glance = (value: unknown, with_ = salt) => {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  return glanceAt(bytes, 0, bytes.length, with_)
}
const fingerprint = (value: unknown) => glance(value)?.fingerprint

// Without braces: an odd one within a program's name sends the report the long way.
const text = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'ab1 é"\\,:[]ß'), maxLength })
const program = fc.record({ name: text(12), version: text(6), startup: fc.boolean() }, { requiredKeys: ['name'] })
const checkIn = fc.record({
  serialNumber: text(10),
  hostname: text(10),
  reportedAt: fc.constant('2026-03-01T10:00:00Z'),
  uptimeSeconds: fc.nat(),
  power: fc.record({ onAc: fc.boolean(), batteryPercent: fc.nat({ max: 100 }) }),
  network: fc.record({
    privateIps: fc.uniqueArray(fc.ipV4(), { maxLength: 4 }),
    gatewayMac: text(8),
  }),
  software: fc.uniqueArray(program, { maxLength: 6, selector: (one) => JSON.stringify(one) }),
  listeningPorts: fc.uniqueArray(fc.record({ port: fc.nat({ max: 65535 }) }), {
    maxLength: 4,
    selector: (one) => one.port,
  }),
})
type CheckIn = typeof checkIn extends fc.Arbitrary<infer T> ? T : never

/** The same report in another order, at another time. */
const retold = (said: CheckIn) => ({
  ...Object.fromEntries(Object.entries(said).reverse()),
  reportedAt: '2026-03-02T08:30:00.250+01:00',
  uptimeSeconds: said.uptimeSeconds + 900,
  software: said.software.toReversed(),
  listeningPorts: said.listeningPorts.toReversed(),
  network: { gatewayMac: said.network.gatewayMac, privateIps: said.network.privateIps.toReversed() },
  power: { batteryPercent: 3, onAc: said.power.onAc },
})

describe('what is the same', () => {
  it('the order of lists and members, white space, time, uptime and the battery’s charge make no difference', () => {
    fc.assert(
      fc.property(checkIn, (said) => {
        expect(fingerprint(retold(said))).toBe(fingerprint(said))
        expect(fingerprint(` ${JSON.stringify(said).replace('{"', '{ \n"')}\n`)).toBe(fingerprint(said))
      }),
    )
  })
  it('the time and the uptime are told beside it', () => {
    expect(glance({ reportedAt: '2026-03-01T10:00:00+02:00', uptimeSeconds: 90.5 })).toMatchObject({
      reportedAt: Date.UTC(2026, 2, 1, 8),
      uptimeSeconds: 90.5,
    })
    expect(glance({ reportedAt: 'yesterday', uptimeSeconds: 'long' })).toMatchObject({
      reportedAt: null,
      uptimeSeconds: null,
    })
    for (const never of ['2026-02-31T10:00:00Z', '2026-03-01T24:00:00Z', '2026-03-01T10:00:00', 1772355600])
      expect(glance({ reportedAt: never })).toMatchObject({ reportedAt: null })
    expect(glance({ power: { reportedAt: '2026-03-01T10:00:00Z' } })).toMatchObject({ reportedAt: null })
  })
})

describe('what is not the same', () => {
  it('any other value, one more, one less', () => {
    fc.assert(
      fc.property(checkIn, checkIn, (said, other) => {
        const isSame = canonical(said) === canonical(other)
        expect(fingerprint(said) === fingerprint(other)).toBe(isSame)
        expect(fingerprint({ ...said, software: [...said.software, { name: 'One more of these' }] })).not.toBe(
          fingerprint(said),
        )
        expect(fingerprint({ ...said, hostname: `${said.hostname}x` })).not.toBe(fingerprint(said))
        expect(fingerprint({ ...said, power: { ...said.power, onAc: !said.power.onAc } })).not.toBe(fingerprint(said))
      }),
    )
  })
  it.each([
    [
      'two programs that swap their versions',
      [
        { name: 'A', version: '1' },
        { name: 'B', version: '2' },
      ],
      [
        { name: 'A', version: '2' },
        { name: 'B', version: '1' },
      ],
    ],
    ['a text and a number', [1], ['1']],
    ['an empty list and one that is not said', [], undefined],
    ['an empty list and an empty object', [], {}],
    ['twice the same and once', ['a', 'a'], ['a']],
    ['null and the text', [null], ['null']],
    ['a list within a list', [['a'], ['b']], [['a', 'b']]],
  ])('%s', (_, one, other) => {
    expect(fingerprint({ software: one })).not.toBe(fingerprint({ software: other }))
  })
  it('the same list under another name', () => {
    const list = [{ name: 'A' }]
    expect(fingerprint({ software: list, displays: [] })).not.toBe(fingerprint({ software: [], displays: list }))
  })
  it('the same report of another source, or one that vouches for more', () => {
    const said = { serialNumber: 'A' }
    expect(glance(said, saltOf('enrolment other'))?.fingerprint).not.toBe(fingerprint(said))
    expect(glance(said, saltOf('nothing agent'))?.fingerprint).not.toBe(fingerprint(said))
  })
  it('tens of thousands of reports that differ a little all differ', () => {
    const seen = new Set<number>()
    for (let index = 0; index < 40_000; index++)
      seen.add(fingerprint({ serialNumber: `A${index}`, software: [{ name: 'x', version: `1.${index % 7}` }] })!)
    expect(seen.size).toBe(40_000)
  })
})

describe('rubbish', () => {
  it.each([
    '',
    ' ',
    '[]',
    '"a"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1}}',
    '{"a":[1,}',
    '{"a":[{"b":1]}',
    '{a:1}',
    '{"a":[{"b":"}"}]',
    `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`,
  ])('is no check-in that could be a repeat: %s', (text) => {
    expect(glance(text)).toBeNull()
  })
  it('any bytes at all do no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        glanceAt(bytes, 0, bytes.length, salt)
      }),
    )
  })
  it('a brace within a text is never taken for the end of what is not the end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', 'a', ',') }), { maxLength: 4 }),
        (names) => {
          const said = (version: string) => ({ software: names.map((name) => ({ name, version })) })
          const one = fingerprint(said('1'))
          if (one !== undefined && names.length > 0) expect(fingerprint(said('2'))).not.toBe(one)
        },
      ),
    )
  })
})

/** What the fingerprint stands for, the slow way. */
function canonical(said: CheckIn): string {
  const { reportedAt: _, uptimeSeconds: __, power, ...rest } = said
  const sorted = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort()
  return JSON.stringify([
    rest.serialNumber,
    rest.hostname,
    power.onAc,
    rest.network.gatewayMac,
    sorted(rest.network.privateIps),
    sorted(rest.software),
    sorted(rest.listeningPorts),
  ])
}
