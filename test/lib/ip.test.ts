// Addresses and ranges as numbers: what Node itself says of them is the measure.
import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holds, parseAddress, parseRange, sizeOf } from '../../server/lib/ip.ts'

describe('an address', () => {
  test.each([
    ['192.0.2.1', 4, 3221225985n],
    ['255.255.255.255', 4, 4294967295n],
    ['::1', 6, 1n],
    ['::', 6, 0n],
    ['2001:db8::1:0:0:1', 6, 0x20010db8000000000001000000000001n],
    ['64:ff9b::192.0.2.1', 6, 0x0064ff9b0000000000000000c0000201n],
    ['fe80::1%en0', 6, 0xfe800000000000000000000000000001n],
    ['::ffff:192.0.2.1', 4, 3221225985n],
    ['::FFFF:C000:0201', 4, 3221225985n],
    [' 192.0.2.1 ', 4, 3221225985n],
  ])('%s is a number of IPv%i', (text, version, value) => {
    const address = parseAddress(text)!
    expect([address.version, BigInt(address.value)]).toEqual([version, value])
  })

  test.each(['', 'phoenix', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4/24', ':::', '12345::'])('“%s” is none', (text) =>
    expect(parseAddress(text)).toBeNull(),
  )

  test('of any text at all is an answer', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseAddress(text) !== null).toBe(isIP(text.trim().replace(/%.*$/s, '')) !== 0)
        parseRange(text)
      }),
    )
  })
})

describe('a range', () => {
  test.each([
    ['192.0.2.0/24', 256n],
    ['192.0.2.77/24', 256n],
    ['0.0.0.0/0', 4294967296n],
    ['192.0.2.7', 1n],
    ['192.0.2.7 - 192.0.2.9', 3n],
    ['2001:db8::/32', 2n ** 96n],
    ['2001:db8::7', 1n],
  ])('%s has its size', (text, size) => expect(sizeOf(parseRange(text)!)).toBe(size))

  test.each([
    '192.0.2.0/33',
    '2001:db8::/129',
    '192.0.2.9-192.0.2.7',
    '192.0.2.9-2001:db8::1',
    '192.0.2.0/24/8',
    '192.0.2.0/-1',
    '192.0.2.0/',
    'office',
    '',
  ])('“%s” is none', (text) => expect(parseRange(text)).toBeNull())

  test('holds what Node holds it to hold', () => {
    const version = fc.constantFrom(4 as const, 6 as const)
    fc.assert(
      fc.property(version, fc.ipV4(), fc.ipV6(), fc.ipV4(), fc.ipV6(), fc.nat(128), (kind, a4, a6, b4, b6, bits) => {
        const [net, address] = kind === 4 ? [a4, b4] : [a6, b6]
        const width = kind === 4 ? bits % 33 : bits
        if (/^(0*:)*:?(0*:)*ffff:/i.test(net) || /^(0*:)*:?(0*:)*ffff:/i.test(address)) return
        const known = new BlockList()
        known.addSubnet(net, width, kind === 4 ? 'ipv4' : 'ipv6')
        const range = parseRange(`${net}/${width}`)!
        for (const one of [address, net])
          expect(holds(range, parseAddress(one)!)).toBe(known.check(one, kind === 4 ? 'ipv4' : 'ipv6'))
      }),
      { numRuns: 500 },
    )
  })
})
