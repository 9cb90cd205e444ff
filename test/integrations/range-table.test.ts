// Ranges found by halving: the same answer as by looking through all of them, in memory and from the disk.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  buildTable,
  type LabelledRange,
  labelAt,
  readTable,
  tableBytes,
} from '../../server/integrations/places/range-table.ts'
import { holds, type IpAddress, parseAddress, parseRange } from '../../server/lib/ip.ts'

const range = (text: string, label = ''): LabelledRange => ({ range: parseRange(text)!, label })
const at = (ip: string) => parseAddress(ip)!

/** Few addresses, so that ranges meet: of IPv6 whole /64s. */
const rangeOf = fc
  .tuple(fc.boolean(), fc.nat(400), fc.nat(30), fc.constantFrom('a', 'b', ''))
  .map(([wide, start, length, label]): LabelledRange => {
    if (!wide) return { range: { version: 4, start, end: start + length }, label }
    const [from, to] = [BigInt(start) << 64n, (BigInt(start + length + 1) << 64n) - 1n]
    return { range: { version: 6, start: from, end: to }, label }
  })

const everyAddress: IpAddress[] = Array.from({ length: 440 }, (_, n) => [
  { version: 4 as const, value: n },
  { version: 6 as const, value: (BigInt(n) << 64n) + 5n },
]).flat()

describe('a table of ranges', () => {
  test('holds what its ranges hold, with the label of one of them, and is the same from the disk', () => {
    fc.assert(
      fc.property(fc.array(rangeOf, { maxLength: 40 }), (ranges) => {
        const table = buildTable(ranges)
        const again = readTable(tableBytes(table))!
        for (const address of everyAddress) {
          const labels = ranges.filter((one) => holds(one.range, address)).map((one) => one.label)
          const found = labelAt(table, address)
          if (labels.length === 0) expect(found).toBeNull()
          else expect(labels).toContain(found)
          expect(labelAt(again, address)).toBe(found)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('joins what touches and says the same', () => {
    const table = buildTable([
      range('192.0.2.0/25'),
      range('192.0.2.128/25'),
      range('192.0.2.64/26'),
      range('2001:db8::/33'),
    ])
    expect(table.rows).toBe(2)
    expect(labelAt(table, at('192.0.2.255'))).toBe('')
    expect(labelAt(table, at('192.0.3.0'))).toBeNull()
  })

  test('goes to the last address', () => {
    const table = buildTable([range('255.255.255.0/24', 'end'), range('ffff::/16', 'end')])
    expect(labelAt(table, at('255.255.255.255'))).toBe('end')
    expect(labelAt(table, at('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'))).toBe('end')
    expect(labelAt(buildTable([]), at('1.1.1.1'))).toBeNull()
  })

  test('takes no bytes that are not a whole table', () => {
    const bytes = tableBytes(buildTable([range('192.0.2.0/24', 'one'), range('2001:db8::/32', 'two')]))
    expect(readTable(bytes)?.rows).toBe(2)
    for (const wrong of [Buffer.alloc(0), Buffer.from('rubbish'), bytes.subarray(0, -1), Buffer.concat([bytes, bytes])])
      expect(readTable(wrong)).toBeNull()
  })
})
