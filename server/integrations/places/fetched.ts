// Sets that were fetched: kept in the data folder, each replaced as a whole or not at all.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Reader, type Response } from 'maxmind'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { Fetch } from '../../lib/fetch.ts'
import { syncFolder } from '../../lib/files.ts'
import type { PlaceFile } from '../../ports.ts'
import { compileAside } from './compiling.ts'
import type { PlaceSource } from './sources.ts'

/** What is kept beside the data, of the download it came from. */
const noteSchema = z.object({
  url: z.string(),
  fetchedAt: z.string(),
  builtOn: z.string().nullable(),
  rows: z.number(),
  bytes: z.number(),
  digest: z.string(),
})

export interface FetchOptions {
  folder: string
  fetch: (bytesMax: number) => Fetch
  /** Asked instead of the sources themselves: each file under the name of its host and its path. */
  mirror: string | null
  now: Date
}

export const dataPath = (folder: string, { name, ending }: PlaceSource) => path.join(folder, `${name}.${ending}`)
const notePath = (folder: string, { name }: PlaceSource) => path.join(folder, `${name}.json`)

/** Fetches a set and keeps it. False where it is what was there. Whatever goes wrong, the one before stays. */
export async function fetchSource(source: PlaceSource, options: FetchOptions): Promise<boolean> {
  const { url, parts } = await download(source, options)
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  const came = digest.digest('hex')
  const isNew = noteOf(options.folder, source)?.digest !== came || !existsSync(dataPath(options.folder, source))
  const { bytes, rows } = await compileAside(source.name, parts)
  if (rows < source.rowsMin)
    throw new AppError('unreadable', `Only ${rows} rows came; at least ${source.rowsMin} are expected.`)
  const note: z.input<typeof noteSchema> = {
    url,
    fetchedAt: options.now.toISOString(),
    builtOn: source.ending === 'mmdb' ? dayBuilt(bytes) : null,
    rows,
    bytes: parts.reduce((sum, part) => sum + part.length, 0),
    digest: came,
  }
  await mkdir(options.folder, { recursive: true })
  if (isNew) await replace(dataPath(options.folder, source), bytes)
  await replace(notePath(options.folder, source), Buffer.from(JSON.stringify(note)))
  return isNew
}

/** Changes when the file does; null where there is none. */
export function stampOf(filePath: string): string | null {
  const found = statSync(filePath, { throwIfNoEntry: false })
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : null
}

/** A set in the list of files: as it was fetched, or not at all. */
export function fetchedFile(folder: string, source: PlaceSource, isOff: boolean, problem: string | null): PlaceFile {
  const isThere = existsSync(dataPath(folder, source))
  const note = isThere ? noteOf(folder, source) : null
  return {
    id: source.name,
    title: source.title,
    tells: source.tells,
    from: isThere ? 'fetched' : 'none',
    isOff,
    builtOn: note?.builtOn ?? note?.fetchedAt.slice(0, 10) ?? null,
    fetchedAt: note?.fetchedAt ?? null,
    rows: note?.rows ?? null,
    bytes: note?.bytes ?? null,
    digest: note?.digest ?? null,
    licence: source.licence,
    credit: source.credit,
    problem,
  }
}

function noteOf(folder: string, source: PlaceSource): z.output<typeof noteSchema> | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(notePath(folder, source), 'utf8')))
  } catch {
    return null
  }
}

const dayBuilt = (bytes: Buffer): string => new Reader<Response>(bytes).metadata.buildEpoch.toISOString().slice(0, 10)

async function download(source: PlaceSource, options: FetchOptions): Promise<{ url: string; parts: Buffer[] }> {
  const fetch = options.fetch(source.bytesMax + 1)
  const choices = source.urls(options.now)
  for (const [at, urls] of choices.entries()) {
    const parts: Buffer[] = []
    for (const url of urls) {
      const { status, bytes } = await fetch(options.mirror === null ? url : mirrored(options.mirror, url))
      if (status === 404 && at < choices.length - 1) break
      if (status !== 200) throw new AppError('unavailable', `The answer was ${status}.`)
      if (bytes.length > source.bytesMax)
        throw new AppError('too_large', `More than ${source.bytesMax} bytes came, which it never had.`)
      parts.push(bytes)
    }
    if (parts.length === urls.length) return { url: urls[0]!, parts }
  }
  throw new AppError('unavailable', 'There is no such file.')
}

const mirrored = (mirror: string, url: string): string => {
  const { host, pathname } = new URL(url)
  return `${mirror.replace(/\/+$/, '')}/${host}${pathname}`
}

/** Written aside, made to last, and only then put in the place of the one before. */
async function replace(filePath: string, bytes: Buffer): Promise<void> {
  const aside = `${filePath}.${randomBytes(6).toString('hex')}.new`
  try {
    const file = await open(aside, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, filePath)
    await syncFolder(path.dirname(filePath))
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
