// A sync that comes to an end, whatever an MDM says of its next page.
import { createHash } from 'node:crypto'
import { AppError } from '../../lib/errors.ts'
import type { Mdm } from '../../ports.ts'

/** A million devices, twice over, at the fewest a page that an adapter asks for. */
const PAGES_MAX = 40_000

/**
 * The same MDM, of which a page throws AppError 'unreadable' where it holds the records of the one before (a server, or a
 * proxy before it, that does not heed which page it is asked for), or where the sync has had `pagesMax` pages. Counts in
 * this process alone: another begins at none.
 */
export function ending(mdm: Mdm, pagesMax = PAGES_MAX): Mdm {
  let pages = 0
  let before: { from: string; digest: string } | null = null
  return {
    ...mdm,
    async readPage(cursor) {
      if (cursor === null) begin()
      const from = JSON.stringify(cursor)
      const page = await mdm.readPage(cursor)
      const digest = digestOf(page.records)
      // A page that could not be recorded is asked for again, from the same cursor.
      if (digest !== null && digest === before?.digest && from !== before.from)
        throw new AppError('unreadable', `${mdm.title} gave the same page again.`)
      if (++pages > pagesMax) throw new AppError('unreadable', `${mdm.title} gave ${pagesMax} pages and no last one.`)
      if (page.isLast) begin()
      else if (digest !== null) before = { from, digest }
      return page
    },
  }

  function begin() {
    pages = 0
    before = null
  }
}

/** Null for none: pages without a record may follow one another. */
function digestOf(records: unknown[]): string | null {
  if (records.length === 0) return null
  const hash = createHash('sha256')
  for (const record of records) hash.update(`${JSON.stringify(record)}\n`)
  return hash.digest('base64')
}
