// Takes another list of tools into the company's catalogue: what is new, what changed, and what was not taken and why.
import { isDeepStrictEqual } from 'node:util'
import type { Act } from '../../custody/act.ts'
import { record } from '../../custody/record.ts'
import type { Tx } from '../../lib/database.ts'
import { AppError } from '../../lib/errors.ts'
import { recountFleetUse } from '../fleet-use.ts'
import { wakeDevices } from '../settings.ts'
import { shipped } from './catalog.ts'
import { refreshCatalog } from './company.ts'
import { type Converted, convertLolrmm, readOwnList } from './convert.ts'
import type { Tool } from './entries.ts'
import { documentsOf, readLolrmm } from './lolrmm.ts'
import { withEntries } from './merge.ts'

export interface CatalogImport {
  origin: 'lolrmm' | 'company'
  created: string[]
  updated: string[]
  unchanged: number
  skipped: Converted['skipped']
  /** Names left out of entries that were taken. */
  refused: Converted['refused']
  /** Laptops that are judged again. */
  woken: number
}

/**
 * Imports the texts of one list: LOLRMM's export or files, or tools in our own shape. The same again changes nothing. A
 * dry run tells what would come of it, and records nothing.
 */
export async function importCatalog(
  tx: Tx,
  act: Act,
  input: { texts: string[]; dryRun: boolean },
): Promise<CatalogImport> {
  const { origin, entries, skipped, refused } = readList(input.texts)
  if (entries.length + skipped.length === 0)
    throw new AppError(
      'unreadable',
      'There is no tool in this: give LOLRMM’s JSON export, its YAML files, or {"tools": [...]}.',
    )
  const merged = withEntries(shipped.tools, entries)
  const rows = await tx.selectFrom('catalog_entries').select(['id', 'tool']).orderBy('id').forUpdate().execute()
  const known = new Map(rows.map((row) => [row.id, row.tool]))
  // What is another's in this list too would only be left out again at each start.
  const taken = new Set(merged.tools.map((tool) => tool.id))
  const kept = entries.filter((entry) => taken.has(entry.id))
  const isNew = (tool: Tool) => !known.has(tool.id)
  const changed = kept.filter((tool) => !isDeepStrictEqual(known.get(tool.id), JSON.parse(JSON.stringify(tool))))
  const summary: CatalogImport = {
    origin,
    created: changed.filter(isNew).map((tool) => tool.id),
    updated: changed.filter((tool) => !isNew(tool)).map((tool) => tool.id),
    unchanged: kept.length - changed.length,
    skipped: [
      ...skipped,
      ...entries
        .filter((entry) => !taken.has(entry.id))
        .map(({ name }) => ({ name, why: 'all of it is other tools’' })),
    ],
    refused: [
      ...refused,
      ...merged.refused.map(({ toolId, trace, owner }) => ({ name: toolId, trace, why: `it is ${owner}’s` })),
    ],
    woken: 0,
  }
  if (input.dryRun || changed.length === 0) return summary
  for (const tool of changed) {
    const values = { origin, tool: JSON.stringify(tool), set_by: JSON.stringify(act.actor), set_at: act.now }
    await tx
      .insertInto('catalog_entries')
      .values({ id: tool.id, ...values })
      .onConflict((oc) => oc.column('id').doUpdateSet(values))
      .execute()
  }
  return { ...summary, woken: await takeEffect(tx, act, summary) }
}

function readList(texts: string[]): Converted & { origin: CatalogImport['origin'] } {
  const own = texts.length === 1 ? documentsOf(texts[0]!) : []
  if (own.length === 1 && typeof own[0] === 'object' && own[0] !== null && 'tools' in own[0])
    return { origin: 'company', entries: readOwnList(own[0]), skipped: [], refused: [] }
  return { origin: 'lolrmm', ...convertLolrmm(texts.flatMap(readLolrmm), shipped) }
}

/** What the new catalogue knows has been on the laptops before: they are counted and judged anew. */
async function takeEffect(tx: Tx, act: Act, { origin, created, updated, ...summary }: CatalogImport): Promise<number> {
  await refreshCatalog(tx)
  await recountFleetUse(tx)
  const woken = await wakeDevices(tx, act.now)
  await record(tx, act.now, [
    {
      kind: 'catalog.imported',
      occurredAt: act.now,
      actor: act.actor,
      payload: {
        origin,
        created: created.length,
        updated: updated.length,
        unchanged: summary.unchanged,
        skipped: summary.skipped.length,
      },
    },
  ])
  return woken
}
