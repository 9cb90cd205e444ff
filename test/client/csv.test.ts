// The browser's own reading and writing of tables, for the failing lines of an import.
import { expect, test } from 'vitest'
import { decodeBytes, readCsv, toBase64, writeCsv } from '../../client/parts/csv.ts'

test('each record keeps the number of its first line, across quoted line breaks and blank lines', () => {
  const records = readCsv('a,b\r\n"one\ntwo",2\r\n\r\n"say ""hi""", x \n', ',')
  expect(records).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['one\ntwo', '2'] },
    { line: 5, cells: ['say "hi"', 'x'] },
  ])
})

test('what a spreadsheet would run is written as text', () => {
  expect(writeCsv([['=1+1', '@x', '+1 617', '+1+cmd|x', 'a,b', 'q"q', 'plain']])).toBe(
    '\ufeff\'=1+1,\'@x,+1 617,\'+1+cmd|x,"a,b","q""q",plain\r\n',
  )
})

test('written records read back as they were', () => {
  const rows = [
    ['name', 'note'],
    ['Ines "I" Calder', 'two\nlines; and, commas'],
  ]
  expect(readCsv(writeCsv(rows), ',').map((record) => record.cells)).toEqual(rows)
})

test('bytes are decoded as the server decodes them', () => {
  expect(decodeBytes(new Uint8Array([0xff, 0xfe, 0x41, 0x00]))).toBe('A')
  expect(decodeBytes(new TextEncoder().encode('Zoë'))).toBe('Zoë')
  expect(decodeBytes(new Uint8Array([0x5a, 0x6f, 0xeb]))).toBe('Zoë')
})

test('base64 of more bytes than one call takes', () => {
  const bytes = new Uint8Array(100_000).map((_, at) => at % 256)
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
})
