// Columns: what a line may say, and how it is read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressOfRow, kinds, readRow } from '../../server/imports/columns.ts'

const fault = (kind: (typeof kinds)[number], cells: object) => {
  const read = readRow(kind, cells)
  return read.ok ? null : read.faults[0]!.path
}

test.each([
  ['people', { external_id: 'E', starts_on: '2026-02-30' }, 'starts_on'],
  ['people', { external_id: 'E', email: 'no address' }, 'email'],
  ['people', { external_id: 'E', kind: 'robot' }, 'kind'],
  ['people', { external_id: 'E', address_changed_at: '2026-03-01T12:00:00' }, 'address_changed_at'],
  ['people', { external_id: 'E', name: 'x'.repeat(301) }, 'name'],
  ['people', { name: 'nobody in particular' }, 'external_id'],
  ['devices', { serial_number: 'A', status: 'sold' }, 'status'],
  ['shipments', { direction: 'out' }, 'reference'],
  ['shipments', { reference: 'A', shipped_at: '0001-01-01' }, 'shipped_at'],
  ['declarations', { kind: 'travel' }, 'starts_on'],
] as const)('%s: %j is a fault of its column', (kind, cells, path) => {
  expect(fault(kind, cells)).toBe(path)
})

test('words and times are read as people write them', () => {
  const read = readRow('people', {
    external_id: 7,
    kind: 'Contractor',
    address_verified: true,
    address_changed_at: '2026-03-01',
    email: ' Fern@Example.com ',
  })
  expect(read).toMatchObject({
    ok: true,
    row: {
      external_id: '7',
      kind: 'contractor',
      address_verified: true,
      address_changed_at: new Date('2026-03-01T00:00:00Z'),
      email: 'Fern@Example.com',
    },
  })
})

test('absent is unchanged, empty is cleared', () => {
  expect(readRow('people', { external_id: 'E', phone: '' })).toMatchObject({ row: { phone: null } })
  expect(readRow('people', { external_id: 'E' })).toEqual({ ok: true, row: { external_id: 'E' }, notes: {} })
})

test('columns nobody asked for are kept as notes, cleaned and bounded', () => {
  const read = readRow('devices', {
    serial_number: 'A',
    'colour\u0000': 'grey\u0000',
    depth: { mm: 3 },
    empty: '',
    long: 'x'.repeat(5000),
  })
  expect(read).toMatchObject({ notes: { colour: 'grey', depth: '{"mm":3}' } })
  expect(read.ok && read.notes['long']).toHaveLength(1000)
  expect(read.ok && Object.keys(read.notes)).not.toContain('empty')
})

test('the six address columns count as one', () => {
  expect(addressOfRow({ line1: '1 Main', city: 'Boston' })).toEqual({
    line1: '1 Main',
    line2: '',
    city: 'Boston',
    region: '',
    postalCode: '',
    country: '',
  })
  expect(addressOfRow({ city: 'Boston' })).toBeUndefined()
})

test('anything at all is read or refused, and never thrown over', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.anything(), (kind, cells) => {
      const read = readRow(kind, cells)
      expect(read.ok || read.faults.length > 0).toBe(true)
    }),
  )
})
