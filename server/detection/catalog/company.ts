// What the company put into the catalogue: read from the database, and in force here as soon as it changed.
import { sql } from 'kysely'
import type { Db, Tx } from '../../lib/database.ts'
import { bringInForce } from './catalog.ts'
import { type Tool, toolSchema } from './entries.ts'

/** What the catalogue in force was made of; one process has one catalogue. */
let inForce = ''

/** Brings the catalogue in force up to what is on file. One small statement where nothing changed. */
export async function refreshCatalog(db: Db | Tx): Promise<void> {
  const version = await versionOf(db)
  if (version === inForce) return
  bringInForce(await readEntries(db))
  inForce = version
}

async function versionOf(db: Db | Tx): Promise<string> {
  const { rows } = await sql<{ version: string | null }>`
    select current_database() || count(*) || ' ' || max(set_at) as version from catalog_entries`.execute(db)
  return rows[0]?.version ?? ''
}

/** Every tool of the company's own lists. One that no longer fits the shape of a tool is left out. */
export async function readEntries(db: Db | Tx): Promise<Tool[]> {
  const rows = await db.selectFrom('catalog_entries').select('tool').orderBy('id').execute()
  return rows.flatMap((row) => {
    const read = toolSchema.safeParse(row.tool)
    return read.success ? [read.data] : []
  })
}
