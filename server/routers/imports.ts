// Imports in the browser: detect, map, dry run, run, undo. The same path as files and endpoints.
import { z } from 'zod'
import { columnNames, kinds } from '../imports/columns.ts'
import { importRows } from '../imports/import.ts'
import { columnName, readTable } from '../imports/table.ts'
import { undoImport } from '../imports/undo.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'

const provisioner = allow('admin', 'provisioner')
/** Base64 of at most 16 MiB. */
const content = z.base64().max(22_500_000)
const mapping = z.record(z.string().max(300), z.string().max(100)).default({})

export const importsRouter = router({
  /** Which columns there are, for the mapping. */
  columns: everybody.query(() => Object.fromEntries(kinds.map((kind) => [kind, columnNames(kind)]))),

  detect: provisioner.input(z.object({ kind: z.enum(kinds), content })).mutation(({ input }) => {
    const table = readTable(Buffer.from(input.content, 'base64'), {})
    const known = columnNames(input.kind)
    return {
      encoding: table.encoding,
      delimiter: table.delimiter,
      lines: table.rows.length,
      columns: table.header.map((name) => ({
        name,
        to: known.find((column) => column === columnName(name)) ?? null,
        samples: table.rows.slice(0, 3).map((row) => row.cells[name] ?? ''),
      })),
    }
  }),

  run: provisioner
    .input(
      z.object({
        kind: z.enum(kinds),
        content,
        mapping,
        dryRun: z.boolean(),
        fileName: z.string().max(300).nullable(),
      }),
    )
    .mutation(async ({ ctx, input }) => {
      const table = readTable(Buffer.from(input.content, 'base64'), input.mapping)
      const rows = table.rows.map(({ line, cells }) => ({ line, cells }))
      const summary = await importRows(ctx.house.db, ctx.act, {
        kind: input.kind,
        rows,
        fileName: input.fileName,
        source: 'import',
        dryRun: input.dryRun,
        undoable: true,
      })
      if (!input.dryRun) {
        ctx.house.worker.wake('read')
        // A leaving date that came with it asks for laptops back.
        ctx.house.worker.wake('returns')
      }
      // Streets are personal: a preview says that an address changes, the file itself says to what.
      return { ...summary, outcomes: summary.outcomes.slice(0, 2000) }
    }),

  list: everybody.query(async ({ ctx }) => {
    const rows = await ctx.house.db.selectFrom('imports').selectAll().orderBy('applied_at', 'desc').limit(50).execute()
    return rows.map((row) => ({
      id: row.id,
      what: row.what,
      fileName: row.file_name,
      appliedAt: row.applied_at.toISOString(),
      created: row.created,
      updated: row.updated,
      unchanged: row.unchanged,
      rejected: Array.isArray(row.rejected) ? row.rejected.length : 0,
      undoneAt: row.undone_at?.toISOString() ?? null,
    }))
  }),
  undo: provisioner
    .input(z.object({ importId: z.string().max(100) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => undoImport(tx, act, input))),
})
