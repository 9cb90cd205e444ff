// Reads an MDM as the sync does: page after page from a cursor kept as JSON, and each record on its own.
import { AppError } from '../../server/lib/errors.ts'
import type { CheckIn, Mdm } from '../../server/ports.ts'

export interface Synced {
  checkIns: CheckIn[]
  /** What could not be read, by its message. */
  refused: string[]
  records: unknown[]
  cursor: unknown
  pages: number
}

/** One whole sync; `between` runs before each page but the first. Throws what a page throws. */
export async function sync(mdm: Mdm, from: unknown = null, between: () => void = () => {}): Promise<Synced> {
  const records: unknown[] = []
  let cursor = from
  for (let pages = 1; pages <= 1000; pages++) {
    if (pages > 1) between()
    const page = await mdm.readPage(cursor)
    cursor = JSON.parse(JSON.stringify(page.cursor))
    records.push(...page.records)
    if (page.isLast) return { ...readAll(mdm, records), records, cursor, pages }
  }
  throw new Error('the sync has no end')
}

function readAll(mdm: Mdm, records: unknown[]): Pick<Synced, 'checkIns' | 'refused'> {
  const refused: string[] = []
  const checkIns = records.flatMap((record) => {
    try {
      return checkInsOf(mdm, record)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refused.push(error.message)
      return []
    }
  })
  return { checkIns, refused }
}

export const checkInsOf = (mdm: Pick<Mdm, 'readRecord'>, record: unknown): CheckIn[] =>
  mdm.readRecord(record).map(({ checkIn }) => checkIn)

/** What a page fails with: the problem, and after what pause it may be asked again. */
export async function problemOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return 'retryAfterMs' in error ? `${error.problem}, again after ${error.retryAfterMs} ms` : error.problem
  }
  return 'none'
}
