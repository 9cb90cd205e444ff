// The file of a backup: gzip over records, each a line of JSON that may announce raw bytes, sealed by the last one.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { syncFolder } from './files.ts'

const Header = z.object({
  kind: z.literal('header'),
  format: z.literal('telltale-backup'),
  version: z.literal(1),
  takenAt: z.iso.datetime(),
  migrations: z.array(z.string()),
})
const Table = z.object({ kind: z.literal('table'), schema: z.string(), name: z.string(), columns: z.array(z.string()) })
const Data = z.object({ kind: z.literal('data'), bytes: z.int().min(1) })
const Sequence = z.object({
  kind: z.literal('sequence'),
  schema: z.string(),
  name: z.string(),
  value: z.string().regex(/^-?\d+$/),
})
const Trailer = z.object({ kind: z.literal('trailer'), rows: z.record(z.string(), z.int()), sha256: z.string() })
const Line = z.discriminatedUnion('kind', [Header, Table, Data, Sequence, Trailer])

export type Header = z.infer<typeof Header>
export type Table = z.infer<typeof Table>
/** `data` is a piece of the table named last, in COPY's text format. */
export type BackupRecord =
  | Header
  | Table
  | { kind: 'data'; content: Buffer }
  | z.infer<typeof Sequence>
  | { kind: 'trailer'; rows: Record<string, number> }

/** Writes one record, and waits while the disk is slower than we are. */
export type WriteRecord = (record: BackupRecord) => Promise<void>

/** No piece and no line is larger, so that a file that lies about sizes cannot take our memory. */
const maxBytes = 1024 * 1024

/**
 * Writes a backup through `fill`: to `<file>.part`, readable by the owner only, synced, then renamed. Nothing is left
 * behind when it fails.
 */
export async function writeBackupFile(file: string, fill: (write: WriteRecord) => Promise<void>): Promise<void> {
  const part = `${file}.part`
  await rm(part, { force: true })
  const target = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true })
  const gzip = createGzip()
  const written = pipeline(gzip, target)
  const hash = createHash('sha256')
  try {
    await Promise.race([fill((record) => writeRecord(gzip, hash, record)), written])
    gzip.end()
    await written
    await rename(part, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await abandon(gzip, target, written)
    await rm(part, { force: true })
    throw error
  }
}

type Gzip = ReturnType<typeof createGzip>

async function abandon(gzip: Gzip, target: WriteStream, written: Promise<void>): Promise<void> {
  gzip.destroy()
  await written.catch(() => {})
  if (!target.closed) await finished(target).catch(() => {})
}

async function writeRecord(gzip: Gzip, hash: Hash, record: BackupRecord): Promise<void> {
  if (record.kind === 'trailer') {
    return put(gzip, null, `${JSON.stringify({ ...record, sha256: hash.digest('hex') })}\n`)
  }
  if (record.kind !== 'data') return put(gzip, hash, `${JSON.stringify(record)}\n`)
  for (let from = 0; from < record.content.length; from += maxBytes) {
    const piece = record.content.subarray(from, from + maxBytes)
    await put(gzip, hash, `${JSON.stringify({ kind: 'data', bytes: piece.length })}\n`)
    await put(gzip, hash, piece)
  }
}

async function put(gzip: Gzip, hash: Hash | null, bytes: string | Buffer): Promise<void> {
  hash?.update(bytes)
  if (gzip.write(bytes)) return
  await new Promise<void>((ready, refuse) => {
    const settle = () => {
      gzip.off('drain', settle).off('close', settle)
      if (gzip.destroyed) refuse(gzip.errored ?? new Error('the file was closed'))
      else ready()
    }
    gzip.on('drain', settle).on('close', settle)
  })
}

/**
 * Reads the records of a backup, holding one at a time. Throws AppError `unreadable` for a file that is no backup, was
 * cut or changed: only a consumer that got to the trailer may keep what it read.
 */
export async function* readBackupFile(file: string): AsyncGenerator<BackupRecord> {
  const source = createReadStream(file)
  const gunzip = createGunzip()
  source.once('error', (error) => gunzip.destroy(error)).pipe(gunzip)
  try {
    yield* records(bytesOf(gunzip))
  } catch (error) {
    if (error instanceof AppError || isFileError(error)) throw error
    throw new AppError('unreadable', `${file} is not a whole backup of Telltale: it was cut short or changed.`, [])
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

function isFileError(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'EISDIR', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '')
}

async function* records(bytes: Bytes): AsyncGenerator<BackupRecord> {
  const hash = createHash('sha256')
  for (let first = true; ; first = false) {
    const raw = await bytes.line()
    const line = Line.parse(JSON.parse(raw.toString('utf8')))
    if (first !== (line.kind === 'header')) throw new Error('the header is not the first record')
    if (line.kind === 'trailer') {
      if (line.sha256 !== hash.digest('hex')) throw new Error('the sum does not agree')
      if (!(await bytes.isAtEnd())) throw new Error('something follows the trailer')
      return yield { kind: 'trailer', rows: line.rows }
    }
    hash.update(raw).update('\n')
    if (line.kind !== 'data') {
      yield line
      continue
    }
    if (line.bytes > maxBytes) throw new Error('a piece is too large')
    const content = await bytes.take(line.bytes)
    hash.update(content)
    yield { kind: 'data', content }
  }
}

interface Bytes {
  line(): Promise<Buffer>
  take(count: number): Promise<Buffer>
  isAtEnd(): Promise<boolean>
}

/** Pulls lines and counted bytes out of a stream. */
function bytesOf(stream: AsyncIterable<Buffer>): Bytes {
  const chunks = stream[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const next = await chunks.next()
    if (!next.done) held = held.length ? Buffer.concat([held, next.value]) : next.value
    return !next.done
  }
  const cut = (count: number, skip = 0): Buffer => {
    const piece = held.subarray(0, count)
    held = held.subarray(count + skip)
    return piece
  }
  return {
    async line() {
      for (;;) {
        const end = held.indexOf(10)
        if (end >= 0) return cut(end, 1)
        if (held.length > maxBytes || !(await more())) throw new Error('a line does not end')
      }
    },
    async take(count) {
      while (held.length < count) if (!(await more())) throw new Error('the file ends too early')
      return cut(count)
    },
    async isAtEnd() {
      return held.length === 0 && !(await more())
    },
  }
}
