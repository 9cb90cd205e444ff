// Tables as text in the browser: the file's own lines back, so that the failing ones can be taken away and mended.

/** Bytes to text the way the server reads them: by the byte-order mark, else UTF-8 if it is, else Windows-1252. */
export function decodeBytes(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Base64 of bytes, in pieces, since a call takes only so many arguments. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}

export interface CsvRecord {
  /** Of its first line in the file, the first being 1. */
  line: number
  cells: string[]
}

/** Reads delimited text: quotes may hold delimiters, line breaks and doubled quotes. Blank lines are left out. */
export function readCsv(text: string, delimiter: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let began = 1
  const endRecord = () => {
    cells.push(cell.trim())
    if (cells.some((one) => one !== '')) records.push({ line: began, cells })
    cells = []
    cell = ''
  }
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) line++
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[at + 1] === '"') cell += text[++at]
      else quoted = false
    } else if (char === '"' && cell.trim() === '') {
      quoted = true
      cell = ''
    } else if (char === delimiter) {
      cells.push(cell.trim())
      cell = ''
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') continue
      endRecord()
      began = line
    } else cell += char
  }
  endRecord()
  return records
}

/**
 * Records as comma-separated text with a byte-order mark. A cell that a spreadsheet would run as a formula gets an
 * apostrophe before it (OWASP, "CSV injection"); a bare telephone number runs nothing and must come back as it was.
 */
export function writeCsv(rows: string[][]): string {
  const cell = (value: string) => {
    const isPhone = /^\+[\d\s().-]+$/.test(value)
    const safe = /^[=+\-@\t\r]/.test(value) && !isPhone ? `'${value}` : value
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Hands a text to the browser as a file to keep. */
export function downloadText(fileName: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
