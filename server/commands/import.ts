// import: files through the same path as the endpoints and the browser.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Argument, type Command } from 'commander'
import { type ImportKind, kinds } from '../imports/columns.ts'
import { importRows } from '../imports/import.ts'
import { readTable } from '../imports/table.ts'
import { AppError, messageOf } from '../lib/errors.ts'
import { print, withHouse } from './opening.ts'

export function importCommands(program: Command): void {
  program
    .command('import')
    .description('import a CSV file; one bad line never stops the others')
    .addArgument(new Argument('<what>', 'what the lines are').choices(kinds))
    .argument('<file>', 'a CSV file with a header line')
    .option('--dry-run', 'say what would happen, and record nothing')
    .option('--json', 'answer in JSON')
    .action(async (kind: ImportKind, file: string, options: { dryRun?: boolean; json?: boolean }) => {
      const bytes = await readFile(file).catch((error: unknown) => {
        throw new AppError('not_found', `${file} cannot be read: ${messageOf(error)}`)
      })
      const table = readTable(bytes)
      const rows = table.rows.map(({ line, cells }) => ({ line, cells }))
      const summary = await withHouse((house, act) =>
        importRows(house.db, act, {
          kind,
          rows,
          fileName: path.basename(file),
          source: 'import',
          dryRun: options.dryRun ?? false,
          undoable: true,
        }),
      )
      const { created, updated, unchanged, rejected } = summary
      const lines = rejected.map(
        ({ line, column, problem }) => `line ${line}${column ? `, ${column}` : ''}: ${problem}`,
      )
      const counts = `${options.dryRun ? 'would be: ' : ''}${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected.length} rejected`
      print(options.json, { created, updated, unchanged, rejected }, [counts, ...lines].join('\n'))
      process.exitCode = rejected.length === 0 ? 0 : 1
    })
}
