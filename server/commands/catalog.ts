// catalog: another list of remote-access tools taken into the company's own.
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { importCatalog } from '../detection/catalog/import.ts'
import { AppError, messageOf } from '../lib/errors.ts'
import { print, withHouse } from './opening.ts'

/** One file of a list; LOLRMM's whole export is a few megabytes. */
const BYTES_MAX = 20_000_000
const FILES_MAX = 2_000
const LINES_MAX = 40

export function catalogCommands(program: Command): void {
  const catalog = program.command('catalog').description('the catalogue of remote-access tools and hardware')
  catalog
    .command('import')
    .description('take in a list of tools: LOLRMM’s JSON export, a folder of its YAML files, or {"tools": [...]}')
    .argument('<file>', 'a file, or a folder of YAML files')
    .option('--dry-run', 'say what would come of it, and record nothing')
    .option('--json', 'answer in JSON')
    .action(async (file: string, options: { dryRun?: boolean; json?: boolean }) => {
      const texts = await readTexts(file)
      const dryRun = options.dryRun ?? false
      const summary = await withHouse((house, act) =>
        house.db.transaction().execute((tx) => importCatalog(tx, act, { texts, dryRun })),
      )
      const { created, updated, unchanged, skipped, refused, woken } = summary
      const why = skipped.map((one) => `${one.name}: ${one.why}`)
      print(
        options.json,
        summary,
        [
          `${dryRun ? 'would be: ' : ''}${created.length} created, ${updated.length} updated, ${unchanged} unchanged, ${skipped.length} skipped; ${refused.length} names left out`,
          ...(woken > 0 ? [`${woken} laptops are judged again in the background`] : []),
          ...why.slice(0, LINES_MAX),
          ...(why.length > LINES_MAX ? [`and ${why.length - LINES_MAX} more: --json tells them all`] : []),
        ].join('\n'),
      )
    })
}

async function readTexts(file: string): Promise<string[]> {
  try {
    if (!(await stat(file)).isDirectory()) return [await readText(file)]
    const names = (await readdir(file)).filter((name) => /\.(ya?ml|json)$/i.test(name)).sort()
    if (names.length > FILES_MAX)
      throw new AppError('too_large', `${file} holds ${names.length} files: at most ${FILES_MAX} are read at a time.`)
    return await Promise.all(names.map((name) => readText(path.join(file, name))))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('not_found', `${file} cannot be read: ${messageOf(error)}`)
  }
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file)
  if (bytes.length > BYTES_MAX) throw new AppError('too_large', `${file} is larger than ${BYTES_MAX / 1_000_000} MB.`)
  return bytes.toString('utf8')
}
