// Imports: many rows through one code path, for files, the browser and the endpoints; a dry run is the same run taken back.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import type { Change, Saved } from '../custody/saved.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, type Fault, faultsText, messageOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { type ImportKind, readRow } from './columns.ts'
import { savers } from './save-row.ts'

export interface ImportRow {
  /** Of the file, or the index of an item. */
  line: number
  cells: unknown
}

/** A row that was not applied: its first fault, and all of them. */
export interface Rejection {
  line: number
  column: string
  problem: string
  faults: Fault[]
}

export type RowOutcome =
  | { line: number; result: 'created' | 'updated' | 'unchanged'; id: string; changes: Change[] }
  | ({ result: 'rejected' } & Rejection)

export interface ImportSummary {
  /** Null for a dry run, and where no batch is kept. */
  importId: string | null
  created: number
  updated: number
  unchanged: number
  rejected: Rejection[]
  outcomes: RowOutcome[]
}

export interface ImportInput {
  kind: ImportKind
  rows: ImportRow[]
  fileName: string | null
  source: string
  dryRun: boolean
  /** Whether what it does is kept as a batch that can be undone: files and pages, not each object of a machine. */
  undoable: boolean
}

/** So many rows share a transaction: long enough to be quick, short enough to let others in between. */
const CHUNK = 200

/** The advisory lock that makes imports take turns, a few hundred rows each. */
const IMPORT_LOCK = 7_355_610

class DryRun extends Error {}

/** Applies rows, each on its own: one bad line never stops the others. Counts, and per line what it came to. */
export async function importRows(db: Db, act: Act, input: ImportInput): Promise<ImportSummary> {
  if (input.dryRun) return previewRows(db, act, input)
  const importId = input.undoable ? await openBatch(db, act, input) : null
  const outcomes: RowOutcome[] = []
  for (let at = 0; at < input.rows.length; at += CHUNK) {
    const rows = input.rows.slice(at, at + CHUNK)
    const apply = async (tx: Tx) => {
      // Two files that name the same things in other orders would wait for each other for ever.
      await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(tx)
      const applied = await applyRows(tx, act, input, rows)
      await record(
        tx,
        act.now,
        applied.saved.flatMap((one) => one.saved.events),
      )
      if (importId !== null) await keepChanges(tx, importId, applied.saved)
      return applied.outcomes
    }
    outcomes.push(...(await retrying(() => db.transaction().execute(apply))))
  }
  const summary = summaryOf(importId, outcomes)
  if (importId !== null) await closeBatch(db, act, input.kind, { ...summary, importId })
  return summary
}

/**
 * The same run, taken back: one transaction, so that later lines see what earlier ones did. Nothing is recorded, so the
 * ledger stays free for others meanwhile.
 */
async function previewRows(db: Db, act: Act, input: ImportInput): Promise<ImportSummary> {
  const outcomes: RowOutcome[] = []
  const preview = db.transaction().execute(async (tx) => {
    outcomes.push(...(await applyRows(tx, act, input, input.rows)).outcomes)
    throw new DryRun()
  })
  await preview.catch((error: unknown) => {
    if (!(error instanceof DryRun)) throw error
  })
  return summaryOf(null, outcomes)
}

async function openBatch(db: Db, act: Act, input: ImportInput): Promise<string> {
  const id = newId('imp')
  const counts = { created: 0, updated: 0, unchanged: 0 }
  const batch = {
    id,
    what: input.kind,
    file_name: input.fileName,
    actor: JSON.stringify(act.actor),
    applied_at: act.now,
  }
  await db
    .insertInto('imports')
    .values({ ...batch, ...counts })
    .execute()
  return id
}

async function closeBatch(
  db: Db,
  act: Act,
  what: ImportKind,
  summary: ImportSummary & { importId: string },
): Promise<void> {
  const { importId, created, updated, unchanged, rejected } = summary
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('imports')
      .set({ created, updated, unchanged, rejected: JSON.stringify(rejected.slice(0, 1000)) })
      .where('id', '=', importId)
      .execute()
    if (created + updated === 0) return
    const payload = { importId, what, created, updated, unchanged, rejected: rejected.length }
    await record(tx, act.now, [{ kind: 'import.applied', occurredAt: act.now, actor: act.actor, payload }])
  })
}

/** Two writers may meet in the database; the one that is told to step back tries again. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const code = (error as { code?: unknown }).code
      if (attempt >= 4 || (code !== '40P01' && code !== '40001' && code !== '23505')) throw error
    }
  }
}

function summaryOf(importId: string | null, outcomes: RowOutcome[]): ImportSummary {
  const count = (result: RowOutcome['result']) => outcomes.filter((outcome) => outcome.result === result).length
  const rejected = outcomes.flatMap((outcome): Rejection[] => {
    if (outcome.result !== 'rejected') return []
    const { result: _, ...rejection } = outcome
    return [rejection]
  })
  return {
    importId,
    created: count('created'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    rejected,
    outcomes,
  }
}

interface Applied {
  outcomes: RowOutcome[]
  saved: { line: number; saved: Saved }[]
}

async function applyRows(tx: Tx, act: Act, input: ImportInput, rows: ImportRow[]): Promise<Applied> {
  const applied: Applied = { outcomes: [], saved: [] }
  for (const row of rows) {
    const { outcome, saved } = await applyRow(tx, act, input, row)
    applied.outcomes.push(outcome)
    if (saved !== null) applied.saved.push({ line: row.line, saved })
  }
  return applied
}

/** Applies one row inside a transaction of the caller's. Throws AppError with the fault when it is refused. */
export async function importOne(
  tx: Tx,
  act: Act,
  input: { kind: ImportKind; cells: unknown; source: string },
): Promise<void> {
  const { outcome, saved } = await applyRow(tx, act, input, { line: 0, cells: input.cells })
  if (outcome.result === 'rejected') throw new AppError('invalid', faultsText(outcome.faults), outcome.faults)
  await record(tx, act.now, saved?.events ?? [])
}

async function applyRow(
  tx: Tx,
  act: Act,
  input: Pick<ImportInput, 'kind' | 'source'>,
  row: ImportRow,
): Promise<{ outcome: RowOutcome; saved: Saved | null }> {
  const rejected = (faults: Fault[], message: string): { outcome: RowOutcome; saved: null } => {
    const all = faults.length > 0 ? faults : [{ path: '', problem: message }]
    const { path: column, problem } = all[0]!
    return { outcome: { line: row.line, result: 'rejected', column, problem, faults: all }, saved: null }
  }
  const read = readRow(input.kind, row.cells)
  if (!read.ok) return rejected(read.faults, 'cannot be read')
  const save = async () => {
    await sql`savepoint line`.execute(tx)
    try {
      const saved = await savers[input.kind](tx, act, {
        row: read.row as never,
        notes: read.notes,
        source: input.source,
      })
      await sql`release savepoint line`.execute(tx)
      return saved
    } catch (error) {
      await sql`rollback to savepoint line`.execute(tx)
      throw error
    }
  }
  try {
    // What was not there a moment ago, and now is taken: somebody else has just made it, so this is an update.
    const saved = await save().catch((error) => (codeOf(error) === '23505' ? save() : Promise.reject(error)))
    return { outcome: { line: row.line, result: saved.result, id: saved.id, changes: saved.changes }, saved }
  } catch (error) {
    if (error instanceof AppError) return rejected(error.faults, error.message)
    if (isRefusal(error)) return rejected([], `the database refused it: ${messageOf(error)}`)
    throw error
  }
}

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? '')

// A unique value that is taken, a value out of range: the line's fault. Deadlocks and lost connections are not.
const isRefusal = (error: unknown) => /^(22|23)/.test(codeOf(error))

async function keepChanges(tx: Tx, importId: string, saved: { line: number; saved: Saved }[]): Promise<void> {
  const changed = saved.filter((one) => one.saved.result !== 'unchanged')
  if (changed.length === 0) return
  const last = await lastSeqs(
    tx,
    changed.map((one) => one.saved),
  )
  await tx
    .insertInto('import_changes')
    .values(
      changed.map(({ line, saved: { entity, id, result, before } }) => ({
        import_id: importId,
        line,
        entity,
        entity_id: id,
        action: result === 'created' ? ('create' as const) : ('update' as const),
        before: before === null ? null : JSON.stringify(before),
        last_seq: last.get(id) ?? 0,
      })),
    )
    .execute()
}

/** The ledger's last word on each thing: newer than that, and it was touched since. */
export async function lastSeqs(tx: Tx, things: { entity: string; id: string }[]): Promise<Map<string, number>> {
  const ids = things.map((thing) => thing.id)
  const rows = await sql<{ id: string; seq: number }>`
    select id, max(seq) as seq from (
      select person_id as id, max(seq) as seq from ledger where person_id = any (${ids}::text[]) group by 1
      union all select device_id, max(seq) from ledger where device_id = any (${ids}::text[]) group by 1
      union all select shipment_id, max(seq) from ledger where shipment_id = any (${ids}::text[]) group by 1
    ) as last group by id`.execute(tx)
  return new Map(rows.rows.map((row) => [row.id, row.seq]))
}
