// A pasted or uploaded table as rows: encoding, byte-order mark and delimiter are found out, line numbers are kept.
import { parse } from 'csv-parse/sync'
import { AppError, messageOf } from '../lib/errors.ts'

export interface Table {
  encoding: string
  delimiter: string
  header: string[]
  /** Each with the number of its first line in the file, the header being line 1. */
  rows: { line: number; cells: Record<string, string> }[]
}

/** A file of more lines is refused: split it. */
export const LINES_MAX = 200_000

/** Bytes to text: by the byte-order mark, else UTF-8 if it is, else Windows-1252, which accepts anything. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'utf-16le' }
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'utf-16be' }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' }
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' }
  }
}

const delimiters = [',', ';', '\t', '|']

/** The delimiter that occurs most in the header line, outside quotes. */
export function findDelimiter(text: string): string {
  const header = (text.split(/\r?\n|\r/).find((line) => line.trim() !== '') ?? '').replace(/"[^"]*"/g, '')
  const counts = delimiters.map((delimiter) => ({ delimiter, count: header.split(delimiter).length }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter
}

/** A column's name as we know it: `Serial Number` and `serial-number` are `serial_number`. */
export const columnName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')

/**
 * Reads a table. `mapping` renames the file's columns to ours. Blank rows are left out. Throws 'unreadable' when it is
 * no table, with the line.
 */
export function readTable(bytes: Uint8Array, mapping: Record<string, string> = {}): Table {
  const { text: decoded, encoding } = decodeText(bytes)
  // csv-parse counts a line break of two characters within quotes twice.
  const text = decoded.replace(/\r\n?/g, '\n')
  const delimiter = findDelimiter(text)
  let records: { record: string[]; info: { lines: number } }[]
  try {
    records = parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
      relax_quotes: true,
      max_record_size: 1 << 20,
    }) as never
  } catch (error) {
    throw new AppError('unreadable', `This is not a table we can read: ${messageOf(error)}`)
  }
  const [first, ...rest] = records
  if (first === undefined)
    throw new AppError('unreadable', 'The file is empty: the first line has to name the columns.')
  if (rest.length > LINES_MAX)
    throw new AppError('too_large', `At most ${LINES_MAX.toLocaleString('en')} lines at a time: split the file.`)
  const header = first.record.map((name) => mapping[name] ?? mapping[columnName(name)] ?? columnName(name))
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index)
  if (twice !== undefined) throw new AppError('unreadable', `The column “${twice}” is there twice.`)
  let end = first.info.lines
  const rows = rest.flatMap(({ record, info }) => {
    // csv-parse counts to the record's end; a quoted cell may hold line breaks.
    const line = info.lines - record.join('').split('\n').length + 1
    end = info.lines
    if (record.every((value) => value === '')) return []
    return [
      {
        line,
        cells: Object.fromEntries(
          header.flatMap((name, index) => (name === '' || record[index] === undefined ? [] : [[name, record[index]]])),
        ),
      },
    ]
  })
  if (end > LINES_MAX * 50) throw new AppError('too_large', 'The file has too many lines.')
  return { encoding, delimiter, header, rows }
}
