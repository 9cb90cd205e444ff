// Tables as people have them: every delimiter, encoding and quoting that a spreadsheet writes.
import { expect, test } from 'vitest'
import { readTable } from '../../server/imports/table.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, bigEndian = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return new Uint8Array(bigEndian ? bytes.swap16() : bytes)
}
const cells = (bytes: Uint8Array, mapping?: Record<string, string>) =>
  readTable(bytes, mapping).rows.map((row) => row.cells)

test.each([',', ';', '\t', '|'])('the delimiter %j is found out, also where others stand in cells', (delimiter) => {
  const text = [
    ['name', '"Line 1, or; so"', 'city'],
    ['"Hollis, Fern; |x"', '12 Maple', 'Boston'],
  ]
    .map((row) => row.join(delimiter))
    .join('\r\n')
  const table = readTable(utf8(text))
  expect(table.delimiter).toBe(delimiter)
  expect(Object.values(table.rows[0]!.cells)).toEqual(['Hollis, Fern; |x', '12 Maple', 'Boston'])
})

test.each([
  ['UTF-8', utf8('name,city\nFern Höllis,Łódź'), 'utf-8'],
  ['UTF-8 with a byte-order mark', utf8('\ufeffname,city\nFern Höllis,Łódź'), 'utf-8'],
  ['UTF-16, little end first', utf16('name,city\nFern Höllis,Łódź'), 'utf-16le'],
  ['UTF-16, big end first', utf16('name,city\nFern Höllis,Łódź', true), 'utf-16be'],
])('%s is read', (_, bytes, encoding) => {
  const table = readTable(bytes)
  expect(table.encoding).toBe(encoding)
  expect(table.rows).toEqual([{ line: 2, cells: { name: 'Fern Höllis', city: 'Łódź' } }])
})

test('Windows-1252 is read where it is no UTF-8', () => {
  const table = readTable(new Uint8Array(Buffer.from('name\nFern H\xf6llis \x96 x', 'latin1')))
  expect(table).toMatchObject({ encoding: 'windows-1252', rows: [{ cells: { name: 'Fern Höllis – x' } }] })
})

test('line numbers are those of the file, over quoted line breaks, blank lines and rows of nothing', () => {
  const text = 'name,city\n"two\nlines",Boston\n\nnext,Boston\n,\n"three\r\nof\r\nthem","a\nb"\nlast,Boston\n'
  expect(readTable(utf8(text)).rows.map((row) => [row.line, row.cells['name']])).toEqual([
    [2, 'two\nlines'],
    [5, 'next'],
    [7, 'three\nof\nthem'],
    [11, 'last'],
  ])
})

test('columns are known by their names however written, and by a mapping of the reader’s', () => {
  expect(cells(utf8('Serial Number,ASSET-TAG, Wer \nA,B,C'), { ' Wer ': 'holder_email', Wer: 'holder_email' })).toEqual(
    [{ serial_number: 'A', asset_tag: 'B', holder_email: 'C' }],
  )
})

test('short rows say nothing of what they lack, and long ones lose nothing that has a column', () => {
  expect(cells(utf8('a,b,c\n1\n1,2,3,4'))).toEqual([{ a: '1' }, { a: '1', b: '2', c: '3' }])
})

test.each([
  ['nothing', ''],
  ['a column twice', 'name,Name\na,b'],
  ['a quote that never ends', 'name\n"a'],
])('%s is no table', (_, text) => {
  expect(() => readTable(utf8(text))).toThrow(expect.objectContaining({ problem: 'unreadable' }))
})
